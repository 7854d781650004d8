import { cpSync } from 'node:fs';
import path from 'node:path';

import { prefixed, versionOf, visitBuilt } from '../lib/bundled.mjs';
import { command, output, told } from '../lib/command.mjs';

export default {
  name: 'webpack',
  quick: true,
  async run({ folder }) {
    const webpack = path.join(folder, 'node_modules/webpack-cli/bin/cli.js');
    const dist = path.join(folder, 'dist');
    const build = (...args) => output(process.execPath, [webpack, '--mode', 'production', ...args], { cwd: folder });
    await build('--entry', './main.js', '-o', dist);
    await build('--entry', './require.cjs', '-o', path.join(dist, 'require'));
    await build('--entry', './require.cjs', '-o', path.join(folder, 'node'), '--target', 'node', '--output-filename', 'main.cjs');
    for (const page of [dist, path.join(dist, 'require')]) cpSync(path.join(folder, 'index.html'), path.join(page, 'index.html'));
    const results = await visitBuilt(dist, ['/', '/require/']);
    results.push(prefixed('target node', await told(command(process.execPath, ['node/main.cjs'], { cwd: folder }))));
    return { version: versionOf(folder, 'webpack'), results };
  },
};
