import { nodeResolve } from '@rollup/plugin-node-resolve';
import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets';

export default [
  { input: 'page.js', plugins: [nodeResolve(), importMetaAssets()], output: { file: 'dist/plugin/main.js' } },
  { input: 'page.js', plugins: [nodeResolve()], output: { file: 'dist/copied/main.js' } },
  { input: 'inline.js', plugins: [nodeResolve()], output: { file: 'dist/inline/main.js', format: 'iife' } },
];
