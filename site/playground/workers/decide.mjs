// The worker of the panel Decide: the data are those of examples/job.
import init from 'ruvector-learning-wasm';

import numbersUrl from '../../../examples/job/data/embeddings.f32?url';
import runtimesUrl from '../../../examples/job/data/runtimes.json?url';
import { answer } from '../parts/remote.mjs';
import { Replay, benchmark } from '../parts/replay.mjs';

const load = async (url, kind) => (await fetch(url))[kind]();

answer(async () => {
  const [runtimes, numbers] = await Promise.all([load(runtimesUrl, 'json'), load(numbersUrl, 'arrayBuffer'), init()]);
  const data = benchmark(runtimes, numbers);
  let replay;
  return {
    begin(settings) {
      replay?.free();
      replay = new Replay(data, settings);
    },
    next: () => replay.next(),
    query: () => replay.query(),
  };
});
