// Only Next with webpack needs the line.
export default process.env.WITH_WEBPACK ? { serverExternalPackages: ['ruvector-learning-wasm'] } : {};
