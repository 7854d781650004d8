// Only Next with webpack needs the line.
export default process.argv.includes('--webpack') ? { serverExternalPackages: ['ruvector-learning-wasm'] } : {};
