// What is timed: every call of the table, for whichever player.
//
// A case: `prepare()` brings about the same state before every round; `call()` is timed and is `operations()` operations;
// `result()` is what came of it, in numbers, and `before()`, where it can be told, what that was before the first call;
// `count()`, where there is one, is how many operations were carried out.
import { normal, vector } from '../../tests/js/numbers.mjs';
import { OPERATOR } from './players.mjs';
import { CHURN } from './rows.mjs';

const BATCH_ROWS = 64;
const CAPACITY = 1000;
const ATTENTION_TYPES = Uint8Array.from({ length: 16 }, (_, type) => type);
/** Steps that a scoped operator has learned: with few, forward blends in its category; from ten on it answers alone. */
const FEW = 5;
const MANY = 20;

const minus = (a, b) => Array.from(a, (value, i) => value - b[i]);

/** By name, functions of the dimension that return a case, or undefined where the player has not the method. */
export function casesOf(player) {
  const once = () => player.repeat?.count ?? 1;

  /** `lora` after some lessons, with an input as its context; `op` is what its methods take first. */
  function taught(lora, dim, steps, ...op) {
    const next = normal(dim);
    const draw = (scale) => vector(dim, next, scale);
    // The gradients are long, so that a few steps bend the output enough to compare it in float32.
    const lessons = [1, 2, 3].map(() => [draw(1), draw(100)]);
    const [input, gradient, probe] = [draw(1), draw(100), draw(1)];
    const prepare = (inBuffer) => {
      lora[op.length > 0 ? 'reset_all' : 'reset']();
      for (let i = 0; i < steps; i++) {
        const [x, g] = lessons[i % lessons.length];
        lora.forward_array(...op, x);
        lora.adapt_array(...op, g);
      }
      lora.forward_array(...op, input);
      player.input(lora, dim).set(inBuffer);
    };
    const counter = (name) => lora[name] && (() => Number(lora[name](...op)));
    const learned = () => minus(lora.forward_array(...op, probe), probe);
    const adapt = { before: learned, result: learned, count: counter('adapt_count'), operations: once };
    return {
      input,
      gradient,
      batch: vector(BATCH_ROWS * dim, next),
      targets: [draw(1), draw(1)],
      output: () => minus(player.output(lora, dim), input),
      forward: { prepare: () => prepare(input), count: counter('forward_count'), operations: once },
      adapt: { ...adapt, prepare: () => prepare(input) },
      adaptInPlace: { ...adapt, prepare: () => prepare(gradient) },
    };
  }

  const micro = (dim) => {
    const lora = player.micro(dim);
    return { lora, ...taught(lora, dim, FEW) };
  };
  const scoped = (dim, steps = FEW) => {
    const lora = player.scoped(dim);
    return { lora, ...taught(lora, dim, steps, OPERATOR) };
  };

  /** A full ring; half of what it holds was better than the baseline. */
  function ring(dim) {
    const buffer = player.buffer(CAPACITY, dim);
    const next = normal(dim);
    const embedding = vector(dim, next);
    const improvements = Array.from({ length: CAPACITY }, () => Math.exp(next()) - 1);
    const prepare = () => {
      buffer.reset();
      for (const improvement of improvements) buffer.record(embedding, OPERATOR, 5, 100, 100 * (1 + improvement));
    };
    return { buffer, embedding, prepare, operations: once };
  }

  /** A full ring of `contexts` embeddings, each tried with attention types in turn; and one more embedding. */
  function advised(dim, contexts) {
    const buffer = player.buffer(CAPACITY, dim);
    if (!buffer.recommend) return undefined;
    const next = normal(dim);
    const embeddings = Array.from({ length: contexts }, () => vector(dim, next));
    const embedding = vector(dim, next);
    const prepare = () => {
      buffer.reset();
      for (let i = 0; i < CAPACITY; i++) {
        const type = Math.floor(i / contexts) + (i % ATTENTION_TYPES.length);
        buffer.record(embeddings[i % contexts], OPERATOR, type, 100, 100 * Math.exp(next()));
      }
    };
    let type;
    let turn = 0;
    const ask = () => (type = buffer.recommend(embedding, OPERATOR, ATTENTION_TYPES));
    const go = () => {
      ask();
      buffer.record(embeddings[turn], OPERATOR, type, 100, 110);
      turn = (turn + 1) % contexts;
    };
    const predict = () => buffer.predict(embedding, OPERATOR, ATTENTION_TYPES);
    const calls = { ask, go, predict };
    return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, { prepare, operations: once, call }]));
  }

  /** The oldest of `live` adapters goes, and a new one takes its place. */
  function replacing(dim, live) {
    const input = vector(dim, normal(dim));
    // Where there is no wasm memory, nothing depends on how many there are.
    const loras = Array.from({ length: player.memory ? live : 1 }, () => player.micro(dim));
    let turn = 0;
    const call = () => {
      player.free(loras[turn]);
      loras[turn] = player.micro(dim);
      turn = (turn + 1) % loras.length;
    };
    const result = () => Array.from(loras.at(turn - 1).forward_array(input)); // of the newest
    return { prepare() {}, operations: once, call, result };
  }

  /** An adapter that has learned, and the bytes of its file. */
  function saved(dim) {
    if (!player.save) return undefined;
    const { lora, forward, input } = micro(dim);
    let bytes;
    const prepare = () => {
      forward.prepare();
      bytes = player.save(lora);
    };
    const result = () => {
      const loaded = player.load(bytes);
      const output = minus(loaded.forward_array(input), input);
      player.free(loaded);
      return output;
    };
    const save = () => (bytes = player.save(lora));
    const load = () => player.free(player.load(bytes));
    return { save: { prepare, operations: once, call: save, result }, load: { prepare, operations: once, call: load, result } };
  }

  return {
    'forward()': (dim) => {
      const { lora, forward, output } = micro(dim);
      return { ...forward, call: () => lora.forward(), result: output };
    },
    'forward_array': (dim) => {
      const { lora, forward, input } = micro(dim);
      let output;
      return { ...forward, call: () => (output = lora.forward_array(input)), result: () => minus(output, input) };
    },
    'forward_into': (dim) => {
      const { lora, forward, input } = micro(dim);
      const output = new Float32Array(dim);
      if (!lora.forward_into) return undefined;
      return { ...forward, call: () => lora.forward_into(input, output), result: () => minus(output, input) };
    },
    'forward_batch': (dim) => {
      const { lora, forward, batch } = micro(dim);
      let outputs;
      if (!lora.forward_batch) return undefined;
      const operations = () => BATCH_ROWS;
      return { ...forward, operations, call: () => (outputs = lora.forward_batch(batch)), result: () => minus(outputs, batch) };
    },
    'forward_batch(inputs, outputs)': (dim) => {
      const { lora, forward, batch } = micro(dim);
      const outputs = new Float32Array(batch.length);
      if (!lora.forward_batch) return undefined;
      const operations = () => BATCH_ROWS;
      return { ...forward, operations, call: () => lora.forward_batch(batch, outputs), result: () => minus(outputs, batch) };
    },
    'adapt_array': (dim) => {
      const { lora, adapt, gradient } = micro(dim);
      return { ...adapt, call: () => lora.adapt_array(gradient) };
    },
    'adapt()': (dim) => {
      const { lora, adaptInPlace } = micro(dim);
      return { ...adaptInPlace, call: () => lora.adapt() };
    },
    'adapt_with_reward': (dim) => {
      const { lora, adapt } = micro(dim);
      const { rewards } = player;
      let turn = 0;
      const prepare = () => {
        turn = 0;
        adapt.prepare();
      };
      const call = () => {
        lora.adapt_with_reward(rewards[turn]);
        turn ^= 1;
      };
      return { ...adapt, prepare, call };
    },
    'train': (dim) => {
      const { lora, adapt, input, targets } = micro(dim);
      if (!lora.train) return undefined;
      // In turn, because one target alone would be reached, and then there is nothing left to learn.
      let turn = 0;
      const prepare = () => {
        turn = 0;
        adapt.prepare();
      };
      const call = () => {
        lora.train(input, targets[turn]);
        turn ^= 1;
      };
      return { ...adapt, prepare, call };
    },
    'predicted_improvement': (dim) => {
      const { lora, forward: { prepare }, input } = micro(dim);
      if (!lora.predicted_improvement) return undefined;
      let found;
      return { prepare, operations: once, call: () => (found = lora.predicted_improvement(input)), result: () => [found] };
    },

    'scoped forward(op)': (dim) => {
      const { lora, forward, output } = scoped(dim);
      return { ...forward, call: () => lora.forward(OPERATOR), result: output };
    },
    'scoped forward(op), learned': (dim) => {
      const { lora, forward, output } = scoped(dim, MANY);
      return { ...forward, call: () => lora.forward(OPERATOR), result: output };
    },
    'scoped forward_array': (dim) => {
      const { lora, forward, input } = scoped(dim);
      let output;
      return { ...forward, call: () => (output = lora.forward_array(OPERATOR, input)), result: () => minus(output, input) };
    },
    'scoped forward_into': (dim) => {
      const { lora, forward, input } = scoped(dim);
      const output = new Float32Array(dim);
      if (!lora.forward_into) return undefined;
      return { ...forward, call: () => lora.forward_into(OPERATOR, input, output), result: () => minus(output, input) };
    },
    'scoped forward_batch': (dim) => {
      const { lora, forward, batch } = scoped(dim);
      let outputs;
      if (!lora.forward_batch) return undefined;
      const operations = () => BATCH_ROWS;
      const call = () => (outputs = lora.forward_batch(OPERATOR, batch));
      return { ...forward, operations, call, result: () => minus(outputs, batch) };
    },
    'scoped adapt_array': (dim) => {
      const { lora, adapt, gradient } = scoped(dim);
      return { ...adapt, call: () => lora.adapt_array(OPERATOR, gradient) };
    },
    'scoped adapt(op)': (dim) => {
      const { lora, adaptInPlace } = scoped(dim);
      return { ...adaptInPlace, call: () => lora.adapt(OPERATOR) };
    },
    'scoped adapt_with_reward': (dim) => {
      const { lora, adapt } = scoped(dim);
      const { rewards } = player;
      let turn = 0;
      const prepare = () => {
        turn = 0;
        adapt.prepare();
      };
      const call = () => {
        lora.adapt_with_reward(OPERATOR, rewards[turn]);
        turn ^= 1;
      };
      return { ...adapt, prepare, call };
    },
    'new WasmScopedLoRA': (dim) => {
      const { input } = scoped(dim);
      const result = () => {
        const lora = player.scoped(dim);
        const output = Array.from(lora.forward_array(OPERATOR, input));
        player.free(lora);
        return output;
      };
      return { prepare() {}, operations: once, call: () => player.free(player.scoped(dim)), result };
    },

    'record': (dim) => {
      const { buffer, embedding, prepare } = ring(dim);
      const result = () => [buffer.mean_improvement()];
      const count = buffer.total_count && (() => Number(buffer.total_count()));
      const call = () => buffer.record(embedding, OPERATOR, 5, 45.2, 120.5);
      return { prepare, operations: once, count, call, before: result, result };
    },
    'record in place': (dim) => {
      const { buffer, prepare } = ring(dim);
      const result = () => [buffer.mean_improvement()];
      return { prepare, operations: once, call: () => buffer.record_again(OPERATOR, 5, 45.2, 120.5), result };
    },
    'high_quality_count': (dim) => {
      const { buffer, prepare } = ring(dim);
      let found;
      return { prepare, operations: once, call: () => (found = buffer.high_quality_count(0.5)), result: () => [found] };
    },

    'recommend': (dim) => advised(dim, CAPACITY)?.ask,
    'recommend and record': (dim) => advised(dim, CAPACITY)?.go,
    'recommend, 100 contexts': (dim) => advised(dim, CAPACITY / 10)?.ask,
    'predict': (dim) => advised(dim, CAPACITY)?.predict,
    'a pass over the embeddings': (dim) => {
      const embeddings = player.embeddings?.(CAPACITY, dim);
      return embeddings && { prepare() {}, operations: once, call: () => embeddings.pass() };
    },

    'to_safetensors': (dim) => saved(dim)?.save,
    'from_safetensors': (dim) => saved(dim)?.load,
    ...Object.fromEntries(CHURN.live.map((live) => [CHURN.nameOf(live), (dim) => replacing(dim, live)])),

    // The engine's own part in what the calls above cost.
    'an empty call': () => ({ prepare() {}, operations: () => 1, call: () => player.nothing() }),
    'view.slice()': (dim) => {
      const { lora, forward } = micro(dim);
      let view;
      const prepare = () => {
        forward.prepare();
        view = player.output(lora, dim);
      };
      return { prepare, operations: () => 1, call: () => view.slice() };
    },
    'forward() and view.slice()': (dim) => {
      const { lora, forward, input } = micro(dim);
      let view;
      let output;
      const prepare = () => {
        forward.prepare();
        view = player.output(lora, dim);
      };
      const call = () => {
        lora.forward();
        output = view.slice();
      };
      return { ...forward, prepare, call, result: () => minus(output, input) };
    },
  };
}
