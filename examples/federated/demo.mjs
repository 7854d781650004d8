// The demo: federated rounds on Flower in processes of their own, a table of what came of each, and a page with the plot.

import { HELP, readArguments } from './arguments.mjs';
import { runCommand } from '../command.mjs';

async function main() {
  const args = readArguments(process.argv.slice(2));
  if (args.error) {
    console.error(`demo:federated: ${args.error}\n\n${HELP}`);
    return 2;
  }
  if (args.help) {
    console.log(HELP);
    return 0;
  }
  const { default: init } = await import('../../pkg/index.js');
  const { runFlower } = await import('./flower.mjs');
  const { environment } = await import('./python.mjs');
  const { references } = await import('./references.mjs');
  const { writeReport } = await import('./report.mjs');
  const { faultLines, headLine, rowLine, summary } = await import('./table.mjs');
  const { taskOf } = await import('./tasks.mjs');
  await init();

  const { task: name, clients, seed, rounds, simulation } = args;
  const bin = environment({ simulation, say: console.log });
  const began = performance.now();
  const since = () => `${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s`;
  const say = (text) => console.log(`${since()}  ${text}`);

  say(`task ${name}, ${clients} clients, ${rounds} rounds${simulation ? ', simulated' : ', a supernode each'}`);
  const task = taskOf({ name, clients, seed });
  const compared = references(task, { rounds, freezeFrom: args['freeze-from'], clip: args.clip, alone: clients <= 16 });
  say('trained for comparison, without Flower: one adapter on all the data, each client alone, averages of the factors');

  const config = {
    task: name, seed, rounds, faults: args.faults, deadline: args.deadline, work: 0.6 * args.deadline, noise: args.noise, clip: args.clip,
    'freeze-from': args['freeze-from'], 'least-replies': Math.min(2, clients),
  };
  const rows = [];
  const onRound = (row) => {
    if (row.round === 0) console.log(`\n${headLine(compared.rows[0])}`);
    rows.push({ ...compared.rows[row.round], ...row });
    console.log(rowLine(rows.at(-1)));
    for (const line of faultLines(row)) console.log(line);
  };
  const { file, folder } = await runFlower({ bin, clients, config, simulation, tls: args.tls, keep: args.keep, say, onRound });
  const result = { args, rows, milliseconds: performance.now() - began, bytes: file.length, identical: Buffer.from(compared.files[rounds]).equals(file) };
  console.log(`\n${summary(result).join('\n')}`);
  if (args.keep) console.log(`Logs: ${folder}`);
  console.log(`\nReport: ${writeReport(result)}\n${since()}`);
  return 0;
}

await runCommand('demo:federated', main);
