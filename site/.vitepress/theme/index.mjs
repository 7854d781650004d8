// VitePress's own theme, and the playground as a component of the page docs/playground.md.
import DefaultTheme from 'vitepress/theme';
import { useRoute } from 'vitepress';
import { defineAsyncComponent, onMounted, watch } from 'vue';

import './style.css';

/** Keeps the site for when there is no network. Only the built one has a list of its files. */
function keepOffline() {
  if (import.meta.env.SSR || import.meta.env.DEV || !navigator.serviceWorker) return;
  navigator.serviceWorker.register(`${import.meta.env.BASE_URL}offline.js`).catch((error) => console.info(`Not kept for offline use: ${error}`));
}

/** VitePress gives every page a landmark `main` but the home page. */
function markMain() {
  const mark = () => document.querySelector('.VPContent.is-home')?.setAttribute('role', 'main');
  const route = useRoute();
  onMounted(mark);
  watch(() => route.path, mark, { flush: 'post' });
}

export default {
  extends: DefaultTheme,
  setup: markMain,
  enhanceApp({ app }) {
    app.component('Playground', defineAsyncComponent(() => import('../../playground/Playground.vue')));
    keepOffline();
  },
};
