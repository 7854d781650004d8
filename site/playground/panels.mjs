// The panels of the playground, in the order of their tabs.
import Adapt from './Adapt.vue';

export const panels = [
  { id: 'adapt', name: 'Adapt', component: Adapt },
];
