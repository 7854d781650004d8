import { command, output, told } from '../lib/command.mjs';

export default {
  name: 'Bun',
  quick: true,
  with: ['node'],
  async run({ folder, bin }) {
    const run = (file) => told(command(bin('bun'), ['run', file], { cwd: folder }));
    const results = [];
    for (const file of ['bun.mjs', 'main.cjs', 'inline.js', 'inline.cjs', 'files.cjs']) results.push(await run(file));
    return { version: await output(bin('bun'), ['--version']), results };
  },
};
