import { cpSync } from 'node:fs';
import path from 'node:path';

import { prefixed, versionOf } from '../lib/bundled.mjs';
import { command, output, told } from '../lib/command.mjs';
import { elsewhere } from '../lib/elsewhere.mjs';

/** Runs a program from a folder with the files that were traced, and nothing else. */
async function deployed(folder, program) {
  const { files, warnings } = JSON.parse(await output(process.execPath, ['trace.mjs', program], { cwd: folder }));
  if (warnings.length > 0) throw new Error(`warned: ${warnings.join('\n')}`);
  return elsewhere(async (place) => {
    for (const file of files) cpSync(path.join(folder, file), path.join(place, file));
    return prefixed('the traced files alone', await told(command(process.execPath, [program], { cwd: place })));
  });
}

export default {
  name: 'nft',
  quick: true,
  with: ['node'],
  async run({ folder }) {
    const results = [];
    for (const program of ['main.mjs', 'main.cjs', 'inline.js', 'inline.cjs']) results.push(await deployed(folder, program));
    return { version: versionOf(folder, '@vercel/nft'), results };
  },
};
