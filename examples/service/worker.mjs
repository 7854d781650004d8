// One worker thread: does requests, and chooses how from what it and the others have recorded.

import { parentPort, workerData } from 'node:worker_threads';

import { Experience } from './experience.mjs';
import { ROUTES, routeOf } from './routes.mjs';

const WARM_UPS = 60;

const data = { columns: workerData.data.columns, texts: withStrings(workerData.data.texts) };
const experience = await Experience.from(workerData.bytes);
experience.seed(workerData.seed);
warmUp();

const messages = {
  run: ({ task }) => parentPort.postMessage({ type: 'done', ...run(task) }),
  record: ({ record }) => experience.record(record),
  count: () => parentPort.postMessage({ type: 'count', count: experience.count }),
};
parentPort.on('message', (message) => messages[message.type](message));
parentPort.postMessage({ type: 'ready' });

/** A strategy that was asked for is run and timed, but it is no decision, and is not recorded. */
function run({ name, request, wanted }) {
  const route = routeOf(name);
  const input = route.input(data, request);
  const asked = performance.now();
  const features = route.features(input);
  const id = wanted ?? experience.choose(route, features);
  const strategy = route.strategies.find((candidate) => candidate.id === id);
  const started = performance.now();
  const result = strategy.run(...input);
  const ms = Math.max(performance.now() - started, Number.EPSILON); // a clock may stand still, a recorded time may not be 0
  const done = {
    run: { route: name, kind: features.kind, strategy: id, ms, decisionMs: started - asked, wanted: wanted !== undefined },
    answer: { strategy: strategy.name, ms, decision_ms: started - asked, kind: features.kind, ...route.answer(result) },
  };
  if (wanted) return done;
  const record = experience.recordOf(route, features, id, ms);
  experience.record(record);
  return { ...done, record };
}

/** The first runs of a function are those of the compiler; what they take says nothing about the strategy. */
function warmUp() {
  for (const route of ROUTES) {
    const inputs = route.samples.map((request) => route.input(data, request));
    for (let i = 0; i < WARM_UPS; i += 1) {
      for (const input of inputs) for (const { run: strategy } of route.strategies) strategy(...input);
    }
  }
}

/** The decoder refuses shared memory: it gets a copy. */
function withStrings(texts) {
  const decoder = new TextDecoder();
  return Object.fromEntries(Object.entries(texts).map(([name, bytes]) => [name, { bytes, string: decoder.decode(bytes.slice()) }]));
}
