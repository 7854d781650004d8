// `standalone` is for deployment. Only Next with webpack needs the last line.
const here = import.meta.dirname; // not what a lock file further up says

export default {
  output: 'standalone',
  outputFileTracingRoot: here,
  turbopack: { root: here },
  ...(process.env.WITH_WEBPACK && { serverExternalPackages: ['ruvector-learning-wasm'] }),
};
