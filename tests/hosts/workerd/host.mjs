import { readFileSync } from 'node:fs';
import path from 'node:path';

import { command, told } from '../lib/command.mjs';

export default {
  name: 'Cloudflare workerd',
  quick: true,
  async run({ folder }) {
    const results = [];
    for (const entry of ['worker.js', 'file.js']) results.push(await told(command(process.execPath, ['serve.mjs', entry], { cwd: folder })));
    return { version: JSON.parse(readFileSync(path.join(folder, 'node_modules/workerd/package.json'))).version, results };
  },
};
