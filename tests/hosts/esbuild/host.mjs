import { cpSync } from 'node:fs';
import path from 'node:path';

import { prefixed, versionOf, visitBuilt } from '../lib/bundled.mjs';
import { command, output, told } from '../lib/command.mjs';
import { packageFolder } from '../lib/project.mjs';

const WASM = 'ruvector_learning_wasm_bg.wasm';

export default {
  name: 'esbuild',
  quick: true,
  async run({ folder, bin }) {
    const dist = path.join(folder, 'dist');
    async function build(name, ...args) {
      const said = await output(bin('esbuild'), ['--bundle', '--log-level=warning', `--outdir=${path.join(dist, name)}`, ...args], { cwd: folder });
      if (said) throw new Error(`esbuild said ${said}`);
      cpSync(path.join(folder, 'index.html'), path.join(dist, name, 'index.html'));
    }
    await build('copied', '--format=esm', 'main.js', 'worker.js');
    cpSync(path.join(packageFolder(folder), WASM), path.join(dist, 'copied', WASM));
    await build('iife', '--format=iife', 'main=inline.js');
    await build('binary', '--format=esm', '--loader:.wasm=binary', 'main=file.js');
    await build('node', '--platform=node', '--out-extension:.js=.cjs', 'main=node.cjs');
    const [copied, iife, binary] = await visitBuilt(dist, ['/copied/', '/iife/', '/binary/']);
    const inNode = await told(command(process.execPath, ['dist/node/main.cjs'], { cwd: folder }));
    const results = [prefixed('the .wasm copied beside', copied), prefixed('iife', iife), binary, prefixed('platform node', inNode)];
    return { version: versionOf(folder, 'esbuild'), results };
  },
};
