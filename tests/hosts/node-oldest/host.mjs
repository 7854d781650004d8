import { carriedNode, lackingNode } from '../lib/carried.mjs';
import { inNode } from '../node/host.mjs';

export default {
  name: 'Node, oldest',
  with: ['node'],
  lacking: lackingNode,
  run: ({ folder }) => inNode(carriedNode(folder), folder),
};
