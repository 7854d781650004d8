import path from 'node:path';

import { versionOf, visitBuilt } from '../lib/bundled.mjs';
import { output } from '../lib/command.mjs';

export default {
  name: 'Parcel',
  quick: true,
  async run({ folder }) {
    const parcel = path.join(folder, 'node_modules/parcel/lib/bin.js');
    const env = { PARCEL_WORKERS: '1' };
    await output(process.execPath, [parcel, 'build', 'index.html', 'inline.html', '--dist-dir', 'dist', '--no-cache'], { cwd: folder, env });
    return { version: versionOf(folder, 'parcel'), results: await visitBuilt(path.join(folder, 'dist'), ['/index.html', '/inline.html']) };
  },
};
