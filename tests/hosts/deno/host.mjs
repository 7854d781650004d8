import path from 'node:path';

import { command, output, told } from '../lib/command.mjs';

export default {
  name: 'Deno',
  quick: true,
  with: ['node'],
  async run({ folder, bin }) {
    const env = { DENO_NO_UPDATE_CHECK: '1', DENO_DIR: path.join(folder, '.deno') };
    const results = [];
    for (const file of ['page.mjs', 'main.cjs', 'inline.js', 'inline.cjs', 'source.mjs']) {
      results.push(await told(command(bin('deno'), ['run', '--allow-read', '--no-prompt', file], { cwd: folder, env })));
    }
    return { version: (await output(bin('deno'), ['--version'])).match(/deno ([\d.]+)/)[1], results };
  },
};
