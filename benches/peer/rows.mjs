// The table: the calls, what each is compared with, and the goals.
//
// `loop` names the case that benches/floor loops inside wasm, `floor` a case of ours that does only what must be done.
// A goal is about one other column: ours is at least `faster` times as fast, or takes at most `longest` times as long.

const peer = (faster) => ({ than: 'peer', faster });
const same = (name, goals) => ({ name, loop: name, goals });
/** Of every call. */
const NO_SLOWER = { than: 'previous', longest: 1.1 };

export const DIM = 256;

const CALLS = [
  same('forward()', [peer(3.7), { than: 'loop', longest: 1.15 }]),
  {
    name: 'forward_array',
    loop: 'forward()',
    floor: 'forward() and view.slice()',
    goals: [peer(2), { than: 'floor', longest: 1.25 }],
  },
  { name: 'forward_into', loop: 'forward()', goals: [] },
  { name: 'forward_batch', loop: 'forward()', goals: [{ than: 'loop', faster: 0.9 }] },
  { name: 'forward_batch(inputs, outputs)', loop: 'forward()', goals: [{ than: 'loop', faster: 0.9 }] },
  { name: 'adapt_array', loop: 'adapt()', goals: [peer(3.3)] },
  same('adapt()', [peer(3.3)]),
  same('adapt_with_reward', [peer(3.3)]),
  { name: 'train', goals: [] },
  { name: 'predicted_improvement', goals: [] },
  same('scoped forward(op)', [peer(6)]),
  same('scoped forward(op), learned', [peer(6)]),
  { name: 'scoped forward_array', loop: 'scoped forward(op)', goals: [peer(2.2)] },
  { name: 'scoped forward_into', loop: 'scoped forward(op)', goals: [] },
  { name: 'scoped forward_batch', loop: 'scoped forward(op)', goals: [] },
  { name: 'scoped adapt_array', loop: 'scoped adapt(op)', goals: [peer(3.3)] },
  same('scoped adapt(op)', []),
  same('scoped adapt_with_reward', []),
  { name: 'record', loop: 'record in place', goals: [peer(1.5)] },
  same('high_quality_count', [peer(5)]),
  { name: 'recommend', loop: 'a pass over the embeddings', goals: [{ than: 'loop', longest: 1.5 }] },
  { name: 'recommend and record', loop: 'a pass over the embeddings', goals: [{ than: 'loop', longest: 1.5 }] },
  { name: 'recommend, 100 contexts', loop: 'a pass over the embeddings', goals: [] },
  { name: 'predict', loop: 'a pass over the embeddings', goals: [] },
  { name: 'new WasmScopedLoRA', goals: [peer(10)] },
  { name: 'to_safetensors', goals: [] },
  { name: 'from_safetensors', goals: [] },
];

export const ROWS = [
  ...CALLS.map(({ goals, ...row }) => ({ ...row, goals: [NO_SLOWER, ...goals] })),
  { name: 'view.slice()', floor: 'view.slice()', alone: true },
  { name: 'an empty call', loop: 'an empty call', alone: true },
];

/** What a WasmScopedLoRA may take of the peer's memory. */
export const MEMORY_GOAL = 1 / 10;

/** To replace an adapter by a new one takes at most `longest` times as long with many live ones as with few. */
export const CHURN = { live: [10, 10_000], longest: 2, nameOf: (live) => `free() and new, ${live} live` };

/** Time per number of the vector should not depend on how many there are. */
export const CURVE = {
  calls: ['forward()', 'adapt_array', 'adapt_with_reward'],
  dims: [32, 64, 128, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096],
  /** Above this the published package silently cuts the vector. */
  peerUpTo: 256,
};
