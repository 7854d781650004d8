import { command, output, told } from '../lib/command.mjs';

/** What to run with any Node. */
export async function inNode(node, folder, more = []) {
  const results = [];
  for (const file of ['main.mjs', 'main.cjs', 'inline.js', 'inline.cjs', 'files.cjs', ...more]) results.push(await told(command(node, [file], { cwd: folder })));
  return { version: (await output(node, ['--version'])).slice(1), results };
}

export default {
  name: 'Node',
  quick: true,
  run: ({ folder }) => inNode(process.execPath, folder),
};
