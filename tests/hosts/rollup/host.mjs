import { cpSync } from 'node:fs';
import path from 'node:path';

import { prefixed, versionOf, visitBuilt } from '../lib/bundled.mjs';
import { output } from '../lib/command.mjs';
import { packageFolder } from '../lib/project.mjs';

export default {
  name: 'Rollup',
  quick: true,
  async run({ folder }) {
    const rollup = path.join(folder, 'node_modules/rollup/dist/bin/rollup');
    await output(process.execPath, [rollup, '-c', '--silent'], { cwd: folder });
    for (const name of ['plugin', 'copied', 'inline']) cpSync(path.join(folder, 'index.html'), path.join(folder, 'dist', name, 'index.html'));
    const wasm = 'ruvector_learning_wasm_bg.wasm';
    cpSync(path.join(packageFolder(folder), wasm), path.join(folder, 'dist/copied', wasm));
    const [plugin, copied, inline] = await visitBuilt(path.join(folder, 'dist'), ['/plugin/', '/copied/', '/inline/']);
    const results = [prefixed('plugin-import-meta-assets', plugin), prefixed('the .wasm copied beside', copied), prefixed('iife', inline)];
    return { version: versionOf(folder, 'rollup'), results };
  },
};
