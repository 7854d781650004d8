import { carriedNode, lackingNode } from '../lib/carried.mjs';
import { inNode } from '../node/host.mjs';

export default {
  name: 'Node, newest',
  quick: true,
  with: ['node'],
  lacking: lackingNode,
  run: ({ folder }) => inNode(carriedNode(folder), folder, ['source.mjs']),
};
