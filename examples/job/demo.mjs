// The demo: replays the Join Order Benchmark through ruvector-learning-wasm, prints what came out, writes a report.

import { readArguments, HELP } from './arguments.mjs';
import { installDependencies } from './install.mjs';
import { runCommand } from '../command.mjs';

async function main() {
  const args = readArguments(process.argv.slice(2));
  if (args.error) {
    console.error(`demo: ${args.error}\n\n${HELP}`);
    return 2;
  }
  if (args.help) {
    console.log(HELP);
    return 0;
  }
  if (typeof process.getBuiltinModule !== 'function') {
    throw new Error(`Node 20.16, 22.3 or newer is needed, this is ${process.versions.node}`);
  }
  installDependencies();

  // Only now: these import what was just installed.
  const { default: init } = await import('ruvector-learning-wasm');
  const { loadBenchmark } = await import('./benchmark.mjs');
  const { resultOf } = await import('./result.mjs');
  const { startBar } = await import('./bar.mjs');
  const { printResult } = await import('./print.mjs');
  const { writeReport } = await import('./report.mjs');

  await init();
  const benchmark = loadBenchmark();
  const passes = args.passes === 1 ? '1 pass' : `${args.passes} passes`;
  console.log(`Join Order Benchmark: ${benchmark.queries.length} queries, ${benchmark.hintSets} hint sets, ${passes}, seed ${args.seed}`);

  const bar = startBar(args.seeds * args.passes);
  const result = resultOf(benchmark, args, bar.advance);
  bar.stop();
  const report = writeReport(benchmark, result);
  printResult(result);
  console.log(`\nReport: ${report}`);
  return 0;
}

await runCommand('demo', main);
