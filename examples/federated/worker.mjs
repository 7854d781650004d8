// The process of a client: it holds the adapter and the client's own examples, which never leave it.

import init from '../../pkg/index.js';
import { committed } from './faults.mjs';
import { serve } from './frames.mjs';
import { trainClient } from './local.mjs';
import { taskOf } from './tasks.mjs';

await init();

await serve(async ({ task: name, seed, clients, client, round, frozen, fault }, [file]) => {
  const task = taskOf({ name, clients, seed });
  const trained = trainClient(file, task, client, { round, frozen });
  const { file: returned, examples } = fault === '' ? trained : await committed(fault, trained);
  return { client, examples, files: [returned] };
});
