import path from 'node:path';

import { versionOf, visitBuilt } from '../lib/bundled.mjs';
import { output } from '../lib/command.mjs';

export default {
  name: 'React, Vue and Svelte',
  quick: true,
  async run({ folder }) {
    await output(process.execPath, [path.join(folder, 'node_modules/vite/bin/vite.js'), 'build'], { cwd: folder });
    const version = ['react', 'vue', 'svelte'].map((name) => versionOf(folder, name)).join(', ');
    return { version, results: await visitBuilt(path.join(folder, 'dist')) };
  },
};
