import { cpSync } from 'node:fs';
import path from 'node:path';

import { outcome } from '../common/check.mjs';
import { learnsAt } from '../frameworks/learns.mjs';
import { inChromium } from '../lib/browsers.mjs';
import { prefixed, versionOf } from '../lib/bundled.mjs';
import { output, start } from '../lib/command.mjs';
import { elsewhere } from '../lib/elsewhere.mjs';
import { freePort } from '../lib/serve.mjs';

export default {
  name: 'Nuxt',
  with: ['frameworks'],
  async run({ folder }) {
    await output(process.execPath, ['node_modules/nuxt/bin/nuxt.mjs', 'build'], { cwd: folder });
    const results = await elsewhere(async (place) => {
      cpSync(path.join(folder, '.output'), place, { recursive: true });
      const port = await freePort();
      const running = start(process.execPath, ['server/index.mjs'], { cwd: place, env: { NITRO_HOST: '127.0.0.1', NITRO_PORT: String(port) } });
      try {
        await running.said(/Listening on/);
        const url = `http://127.0.0.1:${port}`;
        const page = await inChromium(url, /favicon|404/);
        return prefixed('the output alone', { ...page, 'a route that learns': await outcome(() => learnsAt(`${url}/api/learn`)) });
      } finally {
        await running.end();
      }
    });
    return { version: versionOf(folder, 'nuxt'), results: [results] };
  },
};
