import { cpSync } from 'node:fs';
import path from 'node:path';

import { prefixed, versionOf } from '../lib/bundled.mjs';
import { output, start } from '../lib/command.mjs';
import { elsewhere } from '../lib/elsewhere.mjs';
import { freePort } from '../lib/serve.mjs';

export default {
  name: 'Nitro',
  async run({ folder }) {
    await output(process.execPath, ['node_modules/nitropack/dist/cli/index.mjs', 'build'], { cwd: folder });
    const results = await elsewhere(async (place) => {
      cpSync(path.join(folder, '.output'), place, { recursive: true });
      const port = await freePort();
      const env = { NITRO_HOST: '127.0.0.1', NITRO_PORT: String(port) };
      const running = start(process.execPath, ['server/index.mjs'], { cwd: place, env });
      try {
        await running.said(/Listening on/);
        const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).json();
        return [await ask(), await ask()].map((told) => prefixed('the output alone', told));
      } finally {
        await running.end();
      }
    });
    return { version: versionOf(folder, 'nitropack'), results };
  },
};
