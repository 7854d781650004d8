// The pages of ../docs as a site. `SITE_BASE` is the folder of the server that it is for: `/` unless it is given. `SITE_RUST` is where
// `cargo doc` has put its pages, if it has.
import { createHash } from 'node:crypto';
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const root = fileURLToPath(new URL('../..', import.meta.url));
const REPOSITORY = 'https://github.com/ruvnet/ruvector';
const base = process.env.SITE_BASE ?? '/';
const rust = process.env.SITE_RUST;

/** A link of a guide to a file outside of docs/ goes to the repository. */
function toRepository(markdown) {
  const render = markdown.renderer.rules.link_open;
  markdown.renderer.rules.link_open = (tokens, i, options, env, self) => {
    const href = tokens[i].attrGet('href');
    if (href.startsWith('../') && !env.relativePath.includes('/')) tokens[i].attrSet('href', `${REPOSITORY}/blob/HEAD/${href.slice('../'.length)}`);
    return render ? render(tokens, i, options, env, self) : self.renderToken(tokens, i, options);
  };
}

/** Commands, which the guides indent, look like other code. */
function fenced(markdown) {
  markdown.renderer.rules.code_block = (tokens, i, ...rest) => {
    tokens[i].info = 'sh';
    return markdown.renderer.rules.fence(tokens, i, ...rest);
  };
}

/** A cell of a table's head without a text heads nothing. */
function plainEmptyHeads(markdown) {
  for (const side of ['open', 'close']) {
    markdown.renderer.rules[`th_${side}`] = (tokens, i, options, env, self) => {
      const text = tokens[side === 'open' ? i + 1 : i - 1];
      if (text.content === '') tokens[i].tag = 'td';
      return self.renderToken(tokens, i, options);
    };
  }
}

/** Tells the service worker what to keep: every file of the site, and a version that changes with them. Pages of the Rust crate are kept when visited. */
async function listFiles({ outDir }) {
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(outDir, path.join(entry.parentPath, entry.name)));
  const wanted = files.map((file) => file.split(path.sep).join('/')).filter((file) => !/^(offline\.js|files\.json|404\.html)$/.test(file)).sort();
  const hash = createHash('sha256');
  for (const file of wanted) hash.update(file).update(await readFile(path.join(outDir, file)));
  const worker = path.join(outDir, 'offline.js');
  await writeFile(worker, (await readFile(worker, 'utf8')).replace('of the build', hash.digest('hex').slice(0, 16)));
  await writeFile(path.join(outDir, 'files.json'), JSON.stringify(wanted));
  if (rust) await cp(rust, path.join(outDir, 'rust'), { recursive: true, filter: (file) => path.basename(file) !== '.lock' });
}

/** Pages are outside of this folder, where Vue's server renderer would not be found when they are rendered. */
const vueFromHere = {
  name: 'vue-from-here',
  enforce: 'pre',
  resolveId: (id, _, { ssr }) => (ssr && /^vue(\/server-renderer)?$/.test(id) ? { id, external: true } : null),
};

export default defineConfig({
  base,
  srcDir: '../docs',
  outDir: path.join(root, 'site/.vitepress/dist'),
  lang: 'en',
  title: 'ruvector-learning-wasm',
  description: 'Adapters for embedding vectors that learn while a program runs',
  head: [['link', { rel: 'icon', href: `${base}favicon.ico` }]],
  lastUpdated: false,
  markdown: {
    config: (markdown) => [toRepository, fenced, plainEmptyHeads].forEach((change) => change(markdown)),
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  buildEnd: listFiles,
  vite: {
    publicDir: path.join(root, 'site/public'),
    resolve: { alias: { 'ruvector-learning-wasm': path.join(root, 'pkg/index.js') } },
    plugins: [vueFromHere],
    worker: { format: 'es' },
    optimizeDeps: { exclude: ['published'] }, // else the development server would not find its wasm file
    server: { fs: { allow: [root] } },
    build: { chunkSizeWarningLimit: 1000 },
  },
  themeConfig: {
    nav: [{ text: 'Playground', link: '/playground' }, { text: 'Guides', link: '/choosing' }, { text: 'Reference', link: '/reference/' }, { text: 'Repository', link: REPOSITORY }],
    sidebar: [
      { text: 'See it learn', items: [{ text: 'Playground', link: '/playground' }] },
      {
        text: 'Guides',
        items: [
          { text: 'Choosing a class and a rate', link: '/choosing' },
          { text: 'A ranking that learns', link: '/ranking' },
          { text: 'Decisions in a service', link: '/service' },
          { text: 'Saving, loading, merging', link: '/saving' },
          { text: 'Workers and threads', link: '/workers' },
          { text: 'Frameworks', link: '/frameworks' },
          { text: 'Hosts', link: '/hosts' },
          { text: 'Federated rounds', link: '/federated' },
          { text: 'From the published package', link: '/migrating' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'All names', link: '/reference/' },
          ...['WasmMicroLoRA', 'WasmScopedLoRA', 'WasmTrajectoryBuffer'].map((name) => ({ text: name, link: `/reference/classes/${name}` })),
          ...(rust ? [{ text: 'The Rust crate', link: '/rust/ruvector_learning_wasm/index.html', target: '_self' }] : []),
        ],
      },
      {
        text: 'Details',
        items: [
          { text: 'How it learns, and how well', link: '/learning' },
          { text: 'How it decides, and how well', link: '/decisions' },
          { text: 'Performance', link: '/performance' },
          { text: 'Reliability', link: '/reliability' },
          { text: 'Building from source', link: '/building' },
        ],
      },
    ],
    search: { provider: 'local' },
    outline: [2, 3],
  },
});
