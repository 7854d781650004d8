const inline = require('ruvector-learning-wasm/inline');

import('./check.mjs').then(({ checkSync, tell }) => tell({ '/inline by require': () => checkSync(inline.initSync, inline) }));
