import { command, output, told } from '../lib/command.mjs';

export default {
  name: 'Bun',
  quick: true,
  with: ['node'],
  async run({ folder, bin }) {
    const run = (file) => told(command(bin('bun'), ['run', file], { cwd: folder }));
    return { version: await output(bin('bun'), ['--version']), results: [await run('bun.mjs'), await run('main.cjs'), await run('files.cjs')] };
  },
};
