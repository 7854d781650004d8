// The maths of the adapters in plain float64 loops, written from the formulas: what the package is compared with.
//
//   h = x A,  y = x + alpha · h B                                  A: d rows of 2, B: 2 rows of d
//   dL/dB = alpha hᵀ g,  dL/dA = alpha xᵀ uᵀ with u = B g          g = dL/dy
//   A′ = A − s dL/dA (B Bᵀ + δb I)⁻¹                               s = learning_rate / (alpha² |x|²)
//   B′ = B − s (A′ᵀA′ + δa I)⁻¹ dL/dB, that of A′ and of g′        g′ = g − alpha x (A − A′) B: what A's step leaves of g
//                                                                  δ = 1e-3 tr(G)/2 + 1e-30
// A is stepped first; with A frozen, A′ = A and g′ = g. Factors whose squared norms are further apart than 2^20 are
// balanced by a power of two: only their product can be seen.
//
// A reward r is a step with g = y − (1 + r) x whose two lengths a and b, in place of learning_rate, make the error of the
// prediction, e = p − r, smaller by that share: e1 = e − a (v · B x)/|x|² after A's part, e1 (1 − b h′ · w/|x|²) after B's.
import { CATEGORY } from '../../benches/operators.mjs';

/** Squared norms below this teach nothing. */
const TINY = 1e-16;

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const columns = (a) => [0, 1].map((k) => a.map((row) => row[k]));
const gram = (rows) => [0, 1].map((i) => [0, 1].map((j) => dot(rows[i], rows[j])));
const traceOfProduct = (g, h) => g[0][0] * h[0][0] + 2 * g[0][1] * h[0][1] + g[1][1] * h[1][1];

/**
 * The documented generator (SplitMix64, one stream per adapter) and the documented start of A: uniform on (−1/√d, 1/√d),
 * one column after the other. Which A an adapter starts from is a choice that no formula gives; only the space that A's
 * columns span can be seen from outside.
 */
function startOfA(dim, stream) {
  const key = `${dim} ${stream}`;
  if (!starts.has(key)) starts.set(key, drawStart(dim, stream));
  return starts.get(key);
}

/** Those that were drawn: no step changes an array, each makes new ones. */
const starts = new Map();

function drawStart(dim, stream) {
  const word = (value) => BigInt.asUintN(64, value);
  const mix = (value) => {
    let z = value;
    z = word((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = word((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
  const gamma = 0x9e3779b97f4a7c15n;
  let state = mix(word(stream + gamma));
  const uniform = () => {
    state = word(state + gamma);
    return (Number(mix(state) >> 41n) + 0.5) / 2 ** 22 - 1;
  };
  const bound = 1 / Math.sqrt(dim);
  const [first, second] = [0, 1].map(() => Array.from({ length: dim }, () => bound * uniform()));
  return first.map((value, i) => [value, second[i]]);
}

const trace = ([[p], [, r]]) => p + r;

/** What A is divided by, and B multiplied with, for squared norms of these sizes. */
function balance(sizeA, sizeB) {
  const far = (sizeA > 2 ** 20 * sizeB && sizeB > 0) || (sizeB > 2 ** 20 * sizeA && sizeA > 0);
  return far ? 2 ** Math.floor((Math.floor(Math.log2(sizeA / sizeB)) + 2) / 4) : 1;
}

/** (G + δI)⁻¹ as rows, by Cramer's rule. */
function dampedInverse(g) {
  const damping = 1e-3 * trace(g) / 2 + 1e-30;
  const [[p, q], [, r]] = g;
  const [a, d] = [p + damping, r + damping];
  const determinant = a * d - q * q;
  return [[d / determinant, -q / determinant], [-q / determinant, a / determinant]];
}

/** The plain gradients of a loss with dL/dy = g at input x. */
export function gradients({ a, b, alpha }, x, g, product = dot) {
  const h = columns(a).map((column) => product(x, column));
  const u = b.map((row) => product(row, g));
  return {
    a: x.map((value) => u.map((uk) => alpha * value * uk)),
    b: h.map((hk) => g.map((value) => alpha * hk * value)),
  };
}

/** x A B · alpha. */
export function delta({ a, b, alpha }, x) {
  const h = columns(a).map((column) => dot(x, column));
  return b[0].map((_, i) => alpha * (h[0] * b[0][i] + h[1] * b[1][i]));
}

/**
 * The factors of one adapter. `noise` is applied to every value and every sum of a step: with it, a second reference shows
 * how much rounding matters to a history.
 */
export class Factors {
  constructor({ dim, alpha, learningRate, noise = (value) => value }, stream = 0n) {
    Object.assign(this, { alpha, learningRate, noise, frozen: false });
    this.peak = { a: 0, b: 0 };
    this.a = startOfA(dim, stream);
    this.b = [0, 1].map(() => Array(dim).fill(0));
  }

  /**
   * One step, A first; the caller has made sure that there is something to learn. B's step starts from this reference's own
   * A′, of which the package's differs by rounding: unlike the Rust tests, which can start it from the A that the adapter
   * under test has come to, these see no factors. What the preconditioner makes of that rounding shows in the blurred
   * references, whose A′ are off by as much. `reward` is given if g is what one names.
   */
  step(x, g, reward) {
    const { alpha, learningRate, noise } = this;
    const [a, b] = [this.a, this.b].map((factor) => factor.map((row) => row.map(noise)));
    // Sums round by a share of the lengths of the two vectors, however small they come out.
    const product = (p, q) => dot(p, q) + (noise(1) - 1) * Math.sqrt(dot(p, p) * dot(q, q));
    const energy = dot(x, x);
    const along = b.map((row) => product(row, x)); // B x
    const predict = (factor) => alpha * dot(columns(factor).map((column) => dot(column, x)), along) / energy;
    const error = predict(a) - reward;

    this.peak.a = Math.max(this.peak.a, trace(gram(columns(a))));
    const inverseB = dampedInverse(this.blurredGram(b, 'b'));
    const gradientA = gradients({ a, b, alpha }, x, g, product).a;
    const perRateA = 1 / (alpha * alpha * energy);
    let rateA = learningRate;
    if (reward !== undefined) {
      const u = b.map((row) => product(row, g));
      const share = dot(inverseB.map((row) => dot(row, u)), along) / (energy * error);
      rateA = share > 0 ? Math.min(1, 2 * learningRate, learningRate / share) : 0;
    }
    const newA = this.frozen ? a : a.map((row, i) => row.map((value, k) => value - rateA * perRateA * dot(gradientA[i], inverseB[k])));
    const [before, after] = [a, newA].map((each) => delta({ a: each, b, alpha }, x));
    const left = g.map((value, i) => value - (before[i] - after[i]));

    const isClosed = reward !== undefined && !this.frozen && !this.secondIsOpen && b[1].every((value) => value === 0);
    const gramA = this.blurredGram(columns(newA), 'a');
    const inverseA = isClosed ? [[1 / gramA[0][0], 0], [0, 0]] : dampedInverse(gramA);
    const gradientB = gradients({ a: newA, b, alpha }, x, left, product).b;
    let rateB = learningRate;
    if (reward !== undefined) {
      const h = columns(newA).map((column) => product(x, column));
      const corrected = dot(h, inverseA.map((row) => dot(row, h))) / energy;
      const wanted = (1 - (1 - learningRate) * error / (predict(newA) - reward)) / corrected;
      if (Number.isFinite(wanted)) rateB = Math.min(learningRate, Math.max(0, wanted));
    }
    const newB = b.map((row, k) => row.map((value, i) => value - rateB * perRateA * (inverseA[k][0] * gradientB[0][i] + inverseA[k][1] * gradientB[1][i])));
    const scale = this.frozen ? 1 : balance(trace(gram(columns(newA))), trace(gram(newB)));
    this.a = newA.map((row) => row.map((value) => value / scale));
    this.b = newB.map((row) => row.map((value) => value * scale));
  }

  /**
   * A step from a reward. While rows of B are zero, their columns of A go where the input needs them: the first along the
   * first input, the second along what the first other input has of its own.
   */
  reward(x, reward) {
    const gradient = () => add(delta(this, x), x, -reward);
    this.secondIsOpen = false;
    const energy = dot(x, x);
    const [isFirst, isSecond] = this.b.map((row) => row.every((value) => value === 0));
    if (!this.frozen && isSecond && dot(gradient(), gradient()) >= TINY) {
      const [first, second] = columns(this.a);
      if (isFirst) {
        const share = dot(second, x) / energy;
        this.a = x.map((value, i) => [value / Math.sqrt(3 * energy), second[i] - share * value]);
      } else {
        const own = add(x, first, -dot(first, x) / dot(first, first));
        this.secondIsOpen = dot(own, own) > 0.01 * energy;
        const scale = Math.sqrt(dot(first, first) / dot(own, own));
        if (this.secondIsOpen) this.a = first.map((value, i) => [value, scale * own[i]]);
      }
    }
    const g = gradient();
    if (dot(g, g) >= TINY) this.step(x, g, reward);
  }

  /**
   * The package does not compute a Gram matrix from the factors at every step but keeps it up to date, so that it is off by
   * the rounding of the factors: at each step a share of its trace at the time, and so in the end of the largest there was.
   * Blurring the factors has the same effect, except in one dimension: there the matrix is singular however they are
   * blurred, and the package's is not quite, which is all that matters to an inverse.
   */
  blurredGram(rows, factor) {
    const exact = gram(rows);
    if (rows[0].length > 1) return exact;
    this.peak[factor] = Math.max(this.peak[factor], trace(exact));
    const off = () => (this.noise(1) - 1) * this.peak[factor];
    const [[p, q], [, r]] = exact;
    const shared = q + off();
    return [[p + off(), shared], [shared, r + off()]];
  }

  /** alpha · ‖A B‖: by the whole d × d product, and where that takes too long from 2 × 2 ones. */
  deltaNorm() {
    const { a, b, alpha } = this;
    if (a.length > 100) return alpha * Math.sqrt(traceOfProduct(gram(columns(a)), gram(b)));
    const squares = a.flatMap((row) => b[0].map((_, j) => (row[0] * b[0][j] + row[1] * b[1][j]) ** 2));
    return alpha * Math.sqrt(squares.reduce((sum, square) => sum + square));
  }
}

const clampReward = (reward) => Math.min(2, Math.max(-1, reward));
const unit = (dim) => Array(dim).fill(1 / Math.sqrt(dim));
const add = (a, b, share = 1) => a.map((value, i) => value + share * b[i]);

/** `WasmMicroLoRA`. */
export class ReferenceLora {
  constructor(config) {
    this.factors = new Factors(config);
    this.context = unit(config.dim);
    this.input = Array(config.dim).fill(0);
    this.adaptCount = 0n;
    this.forwardCount = 0n;
  }

  forward(x) {
    this.input = this.context = [...x];
    this.forwardCount += 1n;
    return add(this.input, delta(this.factors, this.input));
  }

  adapt(g) {
    if (dot(g, g) < TINY || dot(this.context, this.context) < TINY) return;
    this.factors.step(this.context, [...g]);
    this.adaptCount += 1n;
  }

  adaptWithReward(reward) {
    if (dot(this.context, this.context) < TINY) return;
    this.factors.reward(this.context, clampReward(reward));
    this.adaptCount += 1n;
  }

  reward(x, reward) {
    this.forward(x);
    this.adaptWithReward(reward);
  }

  /** Every adapter. */
  get adapters() {
    return [this.factors];
  }

  /** How far the output for x is from x. */
  change(x) {
    return Math.hypot(...delta(this.factors, [...x]));
  }

  predictedImprovement(x) {
    return dot(delta(this.factors, [...x]), x) / dot(x, x);
  }
}

const FULL_WEIGHT = 10n;

/** `WasmScopedLoRA`; `categories` has the number of each operator's category, the built-in ones if left out. */
export class ReferenceScoped {
  constructor({ categories = CATEGORY, ...config }) {
    const { dim } = config;
    this.categoryOf = categories;
    this.fallback = true;
    this.input = Array(dim).fill(0);
    this.newScope = (op) => ({
      own: new Factors(config, 1n + BigInt(op)),
      context: unit(dim),
      adaptCount: 0n,
      forwardCount: 0n,
    });
    this.scopes = categories.map((_, op) => this.newScope(op));
    this.categories = Array.from({ length: 1 + Math.max(...categories) }, (_, i) => new Factors(config, (1n << 32n) + BigInt(i)));
  }

  /** What the operator's adapter and its category's add to x, and the blend of the two. */
  deltas(op, x) {
    const { own, adaptCount } = this.scopes[op];
    const w = this.fallback && adaptCount < FULL_WEIGHT ? Number(adaptCount) / Number(FULL_WEIGHT) : 1;
    const [ownDelta, categoryDelta] = [own, this.categories[this.categoryOf[op]]].map((factors) => delta(factors, x));
    const blend = ownDelta.map((value, i) => w * value + (1 - w) * categoryDelta[i]);
    return { ownDelta, categoryDelta, blend };
  }

  forward(op, x) {
    const scope = this.scopes[op];
    this.input = scope.context = [...x];
    scope.forwardCount += 1n;
    return add(this.input, this.deltas(op, this.input).blend);
  }

  /** The operator's adapter and its category's, each from its own output for x towards x + `wanted`. */
  stepTowards(op, x, wanted) {
    const { ownDelta, categoryDelta } = this.deltas(op, x);
    const steps = [[this.scopes[op].own, ownDelta], [this.categories[this.categoryOf[op]], categoryDelta]];
    for (const [factors, from] of steps) {
      const g = add(from, wanted, -1);
      if (dot(g, g) >= TINY) factors.step(x, g);
    }
    this.scopes[op].adaptCount += 1n;
  }

  /** g names the target y − g, where y is the blend. */
  adapt(op, g) {
    const { context } = this.scopes[op];
    if (dot(g, g) < TINY || dot(context, context) < TINY) return;
    this.stepTowards(op, context, add(this.deltas(op, context).blend, g, -1));
  }

  adaptWithReward(op, reward) {
    const scope = this.scopes[op];
    const x = scope.context;
    if (dot(x, x) < TINY) return;
    for (const factors of [scope.own, this.categories[this.categoryOf[op]]]) factors.reward(x, clampReward(reward));
    scope.adaptCount += 1n;
  }

  reward(op, x, reward) {
    this.forward(op, x);
    this.adaptWithReward(op, reward);
  }

  get adapters() {
    return [...this.scopes.map(({ own }) => own), ...this.categories];
  }

  /** How far the output for x is from x, were the blend's two terms not to cancel. */
  change(op, x) {
    const { ownDelta, categoryDelta } = this.deltas(op, [...x]);
    return Math.hypot(...ownDelta) + Math.hypot(...categoryDelta);
  }

  predictedImprovement(op, x) {
    return dot(this.deltas(op, [...x]).blend, x) / dot(x, x);
  }

  resetScope(op) {
    this.scopes[op] = this.newScope(op);
  }
}
