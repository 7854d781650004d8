// A component for each framework, in one page: each learns by its button, and is taken away.
import { StrictMode, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { mount, unmount } from 'svelte';
import { createApp } from 'vue';

import ReactLearner from './Learner.jsx';
import SvelteLearner from './Learner.svelte';
import VueLearner from './Learner.vue';
import { tell } from './check.mjs';
import { learns, pair } from './learns.mjs';

const place = () => document.body.appendChild(document.createElement('div'));

tell({
  React: () => learns(place(), (target) => {
    const root = createRoot(target);
    root.render(createElement(StrictMode, null, createElement(ReactLearner, pair)));
    return () => root.unmount();
  }),
  Vue: () => learns(place(), (target) => {
    const app = createApp(VueLearner, pair);
    app.mount(target);
    return () => app.unmount();
  }),
  Svelte: () => learns(place(), (target) => {
    const component = mount(SvelteLearner, { target, props: pair });
    return () => unmount(component);
  }),
});
