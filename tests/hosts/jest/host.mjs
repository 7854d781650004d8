import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { versionOf } from '../lib/bundled.mjs';
import { output } from '../lib/command.mjs';

export default {
  name: 'Jest',
  async run({ folder }) {
    // Jest as it comes knows CommonJS alone.
    const check = readFileSync(path.join(folder, 'check.mjs'), 'utf8').replaceAll(/^export /gm, '');
    writeFileSync(path.join(folder, 'check.cjs'), `${check}\nmodule.exports = { check };\n`);
    await output(process.execPath, ['node_modules/jest/bin/jest.js', '--ci'], { cwd: folder });
    return { version: versionOf(folder, 'jest'), results: [{ 'a test by require': true, 'the same in jsdom': true }] };
  },
};
