// The panels of the playground, in the order of their tabs.
import Adapt from './Adapt.vue';
import Decide from './Decide.vue';
import Keep from './Keep.vue';
import Operators from './Operators.vue';
import Rank from './Rank.vue';
import Speed from './Speed.vue';

export const panels = [
  { id: 'adapt', name: 'Adapt', component: Adapt },
  { id: 'rank', name: 'Rank', component: Rank },
  { id: 'operators', name: 'Operators', component: Operators },
  { id: 'decide', name: 'Decide', component: Decide },
  { id: 'speed', name: 'Speed', component: Speed },
  { id: 'keep', name: 'Keep', component: Keep },
];
