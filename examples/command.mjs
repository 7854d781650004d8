/** Runs a demo: what `main` returns is the exit code, and an error ends it with its message and 1. */
export async function runCommand(name, main) {
  // `npm run demo | head` closes the pipe early; that is no failure.
  process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
