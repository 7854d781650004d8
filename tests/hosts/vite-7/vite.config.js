export default {
  optimizeDeps: { exclude: ['ruvector-learning-wasm'] },
};
