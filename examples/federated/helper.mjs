// The process beside the server app: it makes the first adapter, checks and merges what clients return, and has the held-out examples.

import init from '../../pkg/index.js';
import { aggregate } from './aggregate.mjs';
import { serve } from './frames.mjs';
import { firstFile, lossOf } from './local.mjs';
import { taskOf } from './tasks.mjs';

await init();

let task;
const questions = {
  first({ task: name, seed, clients }) {
    task = taskOf({ name, clients, seed });
    return { serverRate: task.serverRate, momentum: task.momentum, files: [firstFile(task)] };
  },
  loss: (_, [file]) => ({ loss: lossOf(file, task) }),
  aggregate({ replies, options }, [old, before, ...files]) {
    const began = performance.now();
    const { file, dropped, verdicts } = aggregate(old, before.length > 0 ? before : null, replies.map((reply, i) => ({ ...reply, file: files[i] })), options);
    return { dropped, verdicts, milliseconds: performance.now() - began, files: file === null ? [] : [file] };
  },
};

await serve((header, files) => questions[header.question](header, files));
