import { versionOf } from '../lib/bundled.mjs';
import { output } from '../lib/command.mjs';

export default {
  name: 'Vitest',
  async run({ folder }) {
    await output(process.execPath, ['node_modules/vitest/vitest.mjs', 'run'], { cwd: folder });
    return { version: versionOf(folder, 'vitest'), results: [{ 'a test by import': true }] };
  },
};
