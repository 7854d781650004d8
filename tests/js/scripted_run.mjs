// 10,000 mixed calls of every class, and a digest of everything that came back: the same wherever the package runs.
// No imports, so that a page can load it as it is; integer arithmetic and single IEEE operations only, so that no engine's
// Math gets into it.

const CALLS = 10_000;
const PART = 1000;

/** The mulberry32 generator: 32 uniform bits. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** 2ⁿ: exact, which `**` need not be. */
const power = (n) => (n < 0 ? 0.5 * power(n + 1) : n > 0 ? 2 * power(n - 1) : 1);

/** Everything that came back, as bytes. */
class Journal {
  #parts = [];

  #bytes(bytes) {
    this.#parts.push(new Uint8Array(bytes));
  }

  file(bytes) {
    this.#bytes(bytes);
  }

  /** A value of any kind; the sign and payload of a NaN are an engine's own, so all NaNs are one. */
  put(value) {
    if (typeof value === 'number') return this.#bytes(new Float64Array([Number.isNaN(value) ? NaN : value]).buffer);
    if (typeof value === 'bigint') return this.#bytes(new BigInt64Array([value]).buffer);
    if (value instanceof Float32Array) return this.#bytes(value.map((x) => (Number.isNaN(x) ? NaN : x)).buffer);
    if (typeof value !== 'object') return this.#bytes(new TextEncoder().encode(`${value};`));
    for (const [key, inner] of Object.entries(value)) {
      this.put(key);
      this.put(inner);
    }
  }

  async take() {
    const digest = await crypto.subtle.digest('SHA-256', await new Blob(this.#parts.splice(0)).arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}

/** The calls that `WasmMicroLoRA` and `WasmScopedLoRA` share, of which only the second has operators. */
function script(next, journal, player) {
  const { operators = 0 } = player;
  const below = (n) => next() % n;
  const dim = player.object.dim();
  // 24 bits are exact in a 32-bit float, and so are they times a power of two.
  const signed = () => ((next() >>> 8) - 8_388_608) / 8_388_608;
  const vector = (length = dim) => Float32Array.from({ length }, signed);
  const target = (x) => x.map((value, i) => value + (x[dim - 1 - i] + x[0]) / 8);
  const gradient = (x, y) => {
    const t = target(x);
    return y.map((value, i) => value - t[i]);
  };
  const output = new Float32Array(dim);

  return () => {
    const adapters = player.object; // another one after a reload
    const op = operators > 0 ? [below(operators)] : [];
    const x = vector();
    const call = (name, ...args) => adapters[name](...op, ...args);
    const refused = [
      () => call('forward_array', vector(dim + 1)),
      () => call('adapt_array', vector().fill(NaN, dim >> 1)),
      () => call('train', x, vector().fill(Infinity, dim - 1)),
      () => call('adapt_with_reward', NaN),
      () => call('reward', vector(dim + 1), 1),
      () => call('adapt_array', vector().fill(1e30)),
      () => call('predicted_improvement', null),
      () => adapters.set_learning_rate(1.5),
    ];
    const calls = [
      () => call('forward_array', x),
      () => {
        call('forward_into', x, output);
        return output;
      },
      () => call('forward_batch', vector(dim * below(20))),
      () => {
        adapters.input_view().set(x);
        call('forward'); // an operator's first one can move the view
        return adapters.output_view();
      },
      () => {
        const y = call('forward_array', x);
        adapters.input_view().set(gradient(x, y));
        call('adapt');
        return adapters.input_view();
      },
      () => call('adapt_array', gradient(x, call('forward_array', x))),
      () => call('adapt_array', vector().map((value) => value * power(below(40) - 30))),
      () => call('train', x, target(x)),
      () => call('train', x.map((value) => value * 1_048_576), target(x)),
      () => call('adapt_with_reward', signed() * 2),
      () => call('reward', x, signed() * 2),
      () => call('predicted_improvement', x),
      () => call('predicted_improvements', vector(dim * below(20))),
      () => call('delta_norm'),
      () => adapters.set_learning_rate((1 + below(32)) / 32),
      () => (below(4) ? adapters.stats() : adapters.freeze_a(below(4) === 0)),
      () => operators && adapters.set_category_fallback(below(4) > 0),
      () => below(8) || (operators ? call('reset_scope') : adapters.reset()),
      () => below(32) || (operators ? adapters.reset_all() : adapters.reset()),
      refused[below(refused.length)],
    ];
    journal.put(calls[below(calls.length)]());
  };
}

function ring(next, journal, player) {
  const below = (n) => next() % n;
  return () => {
    const buffer = player.object;
    const embedding = Float32Array.from({ length: 24 }, () => below(16_777_216) / 4096);
    const record = () => buffer.record(embedding, below(18), below(257), below(64), below(4096) / 64); // some are refused
    const calls = [record, record, record, record, () => buffer.stats(), () => buffer.high_quality_count(below(16) / 8 - 1)];
    const types = Uint8Array.from({ length: below(20) }, () => below(256)); // none is refused
    const rare = [
      () => buffer.count_by_operator(below(17)),
      () => below(16) || buffer.reset(),
      () => buffer.recommend(embedding, below(18), types),
      () => buffer.predict(embedding, below(18), types),
      () => below(4) || buffer.set_seed(below(256)),
      () => buffer.mean_improvement_for(below(18)),
    ];
    journal.put([...calls, ...rare][below(calls.length + rare.length)]());
  };
}

/** Saves an object, frees it, and goes on with what is loaded from the file. */
function reload(player) {
  const { object } = player;
  const bytes = object.to_safetensors();
  object.free();
  player.object = object.constructor.from_safetensors(bytes);
}

/**
 * `{ digest, parts, refused, saved }`: the digest of all, of each thousand calls, how many calls threw, and the digest of the
 * files that the objects are saved to at the end. `reloadEvery` says after how many calls all objects are saved and loaded;
 * never, if it is 0. Takes what the second entry of the package exports.
 */
export async function scriptedRun({ WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }, reloadEvery = 0) {
  const next = generator(1);
  const journal = new Journal();
  const tools = ['search', 'browse', 'run', 'rest'];
  const adapters = [
    { object: new WasmMicroLoRA(1, 0.25, 0.5) },
    { object: new WasmMicroLoRA(3, 1, 1) },
    { object: new WasmMicroLoRA(256) },
    { object: new WasmMicroLoRA(384, 0.1, 0.1) },
    { object: new WasmMicroLoRA(40, 1e-12, 0.3) },
    { object: new WasmScopedLoRA(64, 0.1, 0.1), operators: 17 },
    { object: WasmScopedLoRA.with_operators(tools, ['web', 'web', 'code', 'none'], 20, 2, 0.25), operators: 4 },
  ];
  const trajectories = { object: new WasmTrajectoryBuffer(50, 24) };
  const all = [...adapters, trajectories];
  const players = [...adapters.map((player) => script(next, journal, player)), ring(next, journal, trajectories)];
  const parts = [];
  let refused = 0;
  for (let i = 1; i <= CALLS; i++) {
    try {
      players[next() % players.length]();
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      refused += 1;
      journal.put(error.name); // the words may change
    }
    if (reloadEvery > 0 && i % reloadEvery === 0) all.forEach(reload);
    if (i === CALLS) for (const { object } of all) journal.put(object.stats());
    if (i % PART === 0) parts.push(await journal.take());
  }
  journal.put(parts);
  const digest = await journal.take();
  for (const { object } of all) journal.file(object.to_safetensors());
  const saved = await journal.take();
  for (const { object } of all) object.free();
  return { digest, parts, refused, saved };
}
