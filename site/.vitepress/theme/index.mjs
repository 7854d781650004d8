// VitePress's own theme, and the playground as a component of the page docs/playground.md.
import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent } from 'vue';

import './style.css';

/** Keeps the site for when there is no network. Only the built one has a list of its files. */
function keepOffline() {
  if (import.meta.env.SSR || import.meta.env.DEV || !navigator.serviceWorker) return;
  navigator.serviceWorker.register(`${import.meta.env.BASE_URL}offline.js`).catch((error) => console.info(`Not kept for offline use: ${error}`));
}

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Playground', defineAsyncComponent(() => import('../../playground/Playground.vue')));
    keepOffline();
  },
};
