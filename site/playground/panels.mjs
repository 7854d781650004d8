// The panels of the playground, in the order of their tabs.
import Adapt from './Adapt.vue';
import Keep from './Keep.vue';
import Operators from './Operators.vue';
import Rank from './Rank.vue';

export const panels = [
  { id: 'adapt', name: 'Adapt', component: Adapt },
  { id: 'rank', name: 'Rank', component: Rank },
  { id: 'operators', name: 'Operators', component: Operators },
  { id: 'keep', name: 'Keep', component: Keep },
];
