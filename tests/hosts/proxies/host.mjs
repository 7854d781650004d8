import { versionOf } from '../lib/bundled.mjs';
import { command, told } from '../lib/command.mjs';

export default {
  name: 'Vue and Valtio',
  quick: true,
  async run({ folder }) {
    const results = await told(command(process.execPath, ['--expose-gc', 'main.mjs'], { cwd: folder }));
    return { version: `${versionOf(folder, 'vue')}, ${versionOf(folder, 'valtio')}`, results: [results] };
  },
};
