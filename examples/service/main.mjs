// `npm run example:service`: starts the service, or runs the demo.

import path from 'node:path';

import { HELP, readArguments } from './arguments.mjs';
import { printDemo, sendAll } from './demo.mjs';
import { Service } from './service.mjs';

const fail = (error) => {
  console.error(`service: ${error.message}`);
  process.exit(1);
};
const onReplaced = (worker, reason) => console.error(`service: a worker died (${reason}); another one goes on with what is known`);

async function demo(args) {
  const service = await Service.start({ ...args, file: undefined, onReplaced, onBroken: fail });
  console.log(`${args.requests} requests to ${service.url} by ${args.workers} workers, each as decided and by each strategy`);
  const show = (done) => process.stderr.isTTY && process.stderr.write(`\r${done === args.requests ? '\x1b[K' : `${done} of ${args.requests}`}`);
  const all = await sendAll(service.url, args, show);
  await service.close();
  printDemo(all, args);
}

async function serve(args) {
  const file = path.resolve(args.file);
  const service = await Service.start({ ...args, file, onReplaced, onBroken: fail });
  const { count } = service.experience;
  console.log(`${service.url} (Ctrl-C ends it)`);
  console.log(count > 0 ? `going on from ${count} runs in ${file}` : `nothing is known yet; it will be kept in ${file}`);
  const stop = async () => {
    await service.close();
    console.log(`saved ${service.experience.count} runs`);
  };
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      if (stopping) process.exit(1); // asked twice: at once, without saving
      stopping = true;
      stop().catch(fail);
    });
  }
}

const args = readArguments(process.argv.slice(2));
if (args.error) {
  console.error(`service: ${args.error}\n\n${HELP}`);
  process.exitCode = 2;
} else if (args.help) {
  console.log(HELP);
} else {
  await (args.demo ? demo(args) : serve(args)).catch(fail);
}
