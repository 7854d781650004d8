// The same maths in plain JavaScript: what a user would write, and write well, instead of installing the package. Rows are
// Float32Arrays, nothing is allocated but outputs, the 2×2 matrices are kept up to date from numbers that a step has anyway.
// Nothing is validated. The names are the package's, so that one set of cases times both.

const ALPHA = 0.1;
const TINY = 1e-16;
/** Steps after which the Gram matrices are recomputed from the factors, against drift. */
const REFRESH_STEPS = 256;

/** What `dots` returns; an array per call would be garbage. */
const sums = new Float64Array(3);

// The loops go by fours, loads before stores: in V8 that takes two thirds of the time of the same loops by ones.

/** Two rows times x, and |x|². */
function dots(row0, row1, x) {
  const dim = x.length;
  const whole = dim - dim % 4;
  let d0 = 0;
  let d1 = 0;
  let norm2 = 0;
  for (let i = 0; i < whole; i += 4) {
    const p = x[i];
    const q = x[i + 1];
    const r = x[i + 2];
    const s = x[i + 3];
    d0 += p * row0[i] + q * row0[i + 1] + r * row0[i + 2] + s * row0[i + 3];
    d1 += p * row1[i] + q * row1[i + 1] + r * row1[i + 2] + s * row1[i + 3];
    norm2 += p * p + q * q + r * r + s * s;
  }
  for (let i = whole; i < dim; i++) {
    d0 += x[i] * row0[i];
    d1 += x[i] * row1[i];
    norm2 += x[i] * x[i];
  }
  sums[0] = d0;
  sums[1] = d1;
  sums[2] = norm2;
}

/** y = factor · x + s0 · row0 + s1 · row1; y may be x. */
function combine(y, factor, x, s0, row0, s1, row1) {
  const dim = y.length;
  const whole = dim - dim % 4;
  for (let i = 0; i < whole; i += 4) {
    const p = factor * x[i] + s0 * row0[i] + s1 * row1[i];
    const q = factor * x[i + 1] + s0 * row0[i + 1] + s1 * row1[i + 1];
    const r = factor * x[i + 2] + s0 * row0[i + 2] + s1 * row1[i + 2];
    const s = factor * x[i + 3] + s0 * row0[i + 3] + s1 * row1[i + 3];
    y[i] = p;
    y[i + 1] = q;
    y[i + 2] = r;
    y[i + 3] = s;
  }
  for (let i = whole; i < dim; i++) y[i] = factor * x[i] + s0 * row0[i] + s1 * row1[i];
}

/** row0 −= s0 · x, row1 −= s1 · x. */
function subtract(row0, s0, row1, s1, x) {
  const dim = x.length;
  const whole = dim - dim % 4;
  for (let i = 0; i < whole; i += 4) {
    const p = x[i];
    const q = x[i + 1];
    const r = x[i + 2];
    const s = x[i + 3];
    row0[i] -= s0 * p;
    row1[i] -= s1 * p;
    row0[i + 1] -= s0 * q;
    row1[i + 1] -= s1 * q;
    row0[i + 2] -= s0 * r;
    row1[i + 2] -= s1 * r;
    row0[i + 3] -= s0 * s;
    row1[i + 3] -= s1 * s;
  }
  for (let i = whole; i < dim; i++) {
    row0[i] -= s0 * x[i];
    row1[i] -= s1 * x[i];
  }
}

/** row0 −= s0 · g′, row1 −= s1 · g′ with g′ = g + m0 · row0 + m1 · row1. */
function subtractMixed(row0, s0, row1, s1, m0, m1, g) {
  const dim = g.length;
  const whole = dim - dim % 4;
  for (let i = 0; i < whole; i += 4) {
    const p = g[i] + m0 * row0[i] + m1 * row1[i];
    const q = g[i + 1] + m0 * row0[i + 1] + m1 * row1[i + 1];
    const r = g[i + 2] + m0 * row0[i + 2] + m1 * row1[i + 2];
    const s = g[i + 3] + m0 * row0[i + 3] + m1 * row1[i + 3];
    row0[i] -= s0 * p;
    row1[i] -= s1 * p;
    row0[i + 1] -= s0 * q;
    row1[i + 1] -= s1 * q;
    row0[i + 2] -= s0 * r;
    row1[i + 2] -= s1 * r;
    row0[i + 3] -= s0 * s;
    row1[i + 3] -= s1 * s;
  }
  for (let i = whole; i < dim; i++) {
    const p = g[i] + m0 * row0[i] + m1 * row1[i];
    row0[i] -= s0 * p;
    row1[i] -= s1 * p;
  }
}

/** A and B as two rows each, with their Gram matrices [[p, q], [q, r]]. `a`: the two columns that A starts from. */
class Factors {
  constructor(a, learningRate) {
    this.dim = a[0].length;
    this.learningRate = learningRate;
    this.start = a;
    this.a0 = a[0].slice();
    this.a1 = a[1].slice();
    this.b0 = new Float32Array(this.dim);
    this.b1 = new Float32Array(this.dim);
    this.gradient = new Float32Array(this.dim);
    // The last projection: h and |x|².
    this.h0 = this.h1 = this.norm2 = 0;
    this.refresh();
  }

  reset() {
    this.a0.set(this.start[0]);
    this.a1.set(this.start[1]);
    this.b0.fill(0);
    this.b1.fill(0);
    this.refresh();
  }

  refresh() {
    const { a0, a1, b0, b1, dim } = this;
    let [ap, aq, ar, bp, bq, br] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < dim; i++) {
      ap += a0[i] * a0[i];
      aq += a0[i] * a1[i];
      ar += a1[i] * a1[i];
      bp += b0[i] * b0[i];
      bq += b0[i] * b1[i];
      br += b1[i] * b1[i];
    }
    Object.assign(this, { ap, aq, ar, bp, bq, br, stepsSinceRefresh: 0 });
  }

  /** h = x A and |x|². */
  project(x) {
    dots(this.a0, this.a1, x);
    this.h0 = sums[0];
    this.h1 = sums[1];
    this.norm2 = sums[2];
  }

  /** y = factor · x + share · alpha · h B. */
  apply(y, factor, x, share) {
    combine(y, factor, x, share * ALPHA * this.h0, this.b0, share * ALPHA * this.h1, this.b1);
  }

  /** The step against gradient g, at the x that was projected last. */
  step(x, g) {
    dots(this.b0, this.b1, g);
    if (sums[2] < TINY || this.norm2 < TINY) return false;
    this.plan(sums[0], sums[1], sums[2]);
    subtract(this.a0, this.v0, this.a1, this.v1, x);
    subtractMixed(this.b0, this.c0, this.b1, this.c1, this.m0, this.m1, g);
    this.countStep(x);
    return true;
  }

  countStep(x) {
    this.stepsSinceRefresh++;
    if (this.stepsSinceRefresh >= REFRESH_STEPS) {
      this.refresh();
      this.project(x);
    }
  }

  /** The step that moves the output for the x that was projected last towards (1 + reward) x. */
  reward(x, reward) {
    if (this.norm2 < TINY) return false;
    const { gradient, norm2 } = this;
    dots(this.b0, this.b1, x);
    const [x0, x1] = sums;
    const error = ALPHA * (this.h0 * x0 + this.h1 * x1) / norm2 - reward;
    this.apply(gradient, -reward, x, 1);
    dots(this.b0, this.b1, gradient);
    const [u0, u1, g2] = sums;
    if (g2 < TINY) return true;
    const aim = { x0, x1, error, byOne: this.br === 0 && this.moveColumns(x) };
    this.plan(u0, u1, g2, aim);
    subtract(this.a0, this.v0, this.a1, this.v1, x);
    subtractMixed(this.b0, this.c0, this.b1, this.c1, this.m0, this.m1, gradient);
    this.countStep(x);
    return true;
  }

  /**
   * Puts a column of A where x needs it, if its row of B is zero: the first along x, the second along what x has besides.
   * Returns whether the second row of B stays zero.
   */
  moveColumns(x) {
    const { a0, a1, h0, h1, norm2 } = this;
    if (this.bp === 0) {
      const along = Math.sqrt(1 / 3 / norm2);
      for (let i = 0; i < x.length; i++) {
        a0[i] = along * x[i];
        a1[i] -= h1 / norm2 * x[i];
      }
      this.ap = 1 / 3;
      this.aq = 0;
      this.ar -= h1 * h1 / norm2;
      this.h0 = along * norm2;
      this.h1 = 0;
      return true;
    }
    const rest = norm2 - h0 * h0 / this.ap;
    if (rest <= 0.01 * norm2) return true;
    const along = Math.sqrt(this.ap / rest);
    for (let i = 0; i < x.length; i++) a1[i] = along * (x[i] - h0 / this.ap * a0[i]);
    this.aq = 0;
    this.ar = this.ap;
    this.h1 = along * rest;
    return false;
  }

  /**
   * What the columns of A lose of x (v0, v1); what is left of g, which is g plus m0 and m1 of B's rows; and what the rows of
   * B lose of that (c0, c1). The Gram matrices follow. With an aim, both go only so far that the error of the prediction
   * shrinks by the learning rate.
   */
  plan(u0, u1, g2, aim) {
    const { ap, aq, ar, bp, bq, br, h0, h1, norm2 } = this;
    const rate = this.learningRate / (ALPHA * norm2);
    const deltaB = 0.5e-3 * (bp + br) + 1e-30;
    const scaleB = rate / ((bp + deltaB) * (br + deltaB) - bq * bq);
    let v0 = scaleB * ((br + deltaB) * u0 - bq * u1);
    let v1 = scaleB * ((bp + deltaB) * u1 - bq * u0);
    let left = 0;
    if (aim !== undefined) {
      const wanted = this.learningRate * aim.error;
      const byA = ALPHA * (v0 * aim.x0 + v1 * aim.x1);
      const length = byA * wanted <= 0 ? 0 : Math.min(2, 1 / this.learningRate, wanted / byA);
      v0 *= length;
      v1 *= length;
      left = wanted - length * byA;
      aim.error -= length * byA;
    }
    this.ap = ap - 2 * v0 * h0 + norm2 * v0 * v0;
    this.aq = aq - v0 * h1 - v1 * h0 + norm2 * v0 * v1;
    this.ar = ar - 2 * v1 * h1 + norm2 * v1 * v1;
    this.h0 = h0 - v0 * norm2;
    this.h1 = h1 - v1 * norm2;
    this.v0 = v0;
    this.v1 = v1;

    const m0 = -ALPHA * norm2 * v0;
    const m1 = -ALPHA * norm2 * v1;
    const w0 = bp * m0 + bq * m1;
    const w1 = bq * m0 + br * m1;
    const left2 = Math.max(0, g2 + 2 * (m0 * u0 + m1 * u1) + m0 * w0 + m1 * w1);
    const deltaA = 0.5e-3 * (this.ap + this.ar) + 1e-30;
    const scaleA = rate / ((this.ap + deltaA) * (this.ar + deltaA) - this.aq * this.aq);
    let c0 = scaleA * ((this.ar + deltaA) * this.h0 - this.aq * this.h1);
    let c1 = scaleA * ((this.ap + deltaA) * this.h1 - this.aq * this.h0);
    if (aim !== undefined) {
      if (aim.byOne) {
        c0 = rate * this.h0 / this.ap;
        c1 = 0;
      }
      const byB = ALPHA * (this.h0 * c0 + this.h1 * c1) * aim.error;
      const length = left * byB < 0 ? 0 : Math.abs(left) < Math.abs(byB) ? left / byB : 1;
      c0 *= length;
      c1 *= length;
    }
    this.bp = bp - 2 * c0 * (u0 + w0) + left2 * c0 * c0;
    this.bq = bq - c0 * (u1 + w1) - c1 * (u0 + w0) + left2 * c0 * c1;
    this.br = br - 2 * c1 * (u1 + w1) + left2 * c1 * c1;
    this.m0 = m0;
    this.m1 = m1;
    this.c0 = c0;
    this.c1 = c1;
  }

  /** (y · x) / |x|² − 1. The last projection stays. */
  gain(x) {
    dots(this.a0, this.a1, x);
    const [h0, h1] = sums;
    dots(this.b0, this.b1, x);
    return ALPHA * (h0 * sums[0] + h1 * sums[1]) / sums[2];
  }

  deltaNorm() {
    const { ap, aq, ar, bp, bq, br } = this;
    return ALPHA * Math.sqrt(ap * bp + 2 * aq * bq + ar * br);
  }
}

/** Where A starts: uniform on (−1/√d, 1/√d). */
function randomStart(dim) {
  const column = () => Float32Array.from({ length: dim }, () => (2 * Math.random() - 1) / Math.sqrt(dim));
  return [column(), column()];
}

/** `start(dim, adapter)`: the columns that an adapter's A starts from; the check of the results passes its own. */
export class MicroLora {
  constructor(dim, learningRate, start = randomStart) {
    this.factors = new Factors(start(dim, 0), learningRate);
    this.dim = dim;
    this.input = new Float32Array(dim);
    this.output = new Float32Array(dim);
    this.context = new Float32Array(dim);
    this.adapted = this.forwarded = 0;
  }

  reset() {
    this.factors.reset();
    this.adapted = this.forwarded = 0;
  }

  forward() {
    this.forward_into(this.input, this.output);
  }

  forward_array(input) {
    this.input.set(input);
    const output = new Float32Array(this.dim);
    this.forward_into(input, output);
    return output;
  }

  forward_into(x, y) {
    this.context.set(x);
    this.factors.project(x);
    this.factors.apply(y, 1, x, 1);
    this.forwarded++;
  }

  forward_batch(inputs, outputs = new Float32Array(inputs.length)) {
    const { dim } = this;
    for (let at = 0; at < inputs.length; at += dim) {
      this.forward_into(inputs.subarray(at, at + dim), outputs.subarray(at, at + dim));
    }
    return outputs;
  }

  adapt() {
    this.adapt_array(this.input);
  }

  adapt_array(gradient) {
    if (this.factors.step(this.context, gradient)) this.adapted++;
  }

  adapt_with_reward(reward) {
    if (this.factors.reward(this.context, Math.min(2, Math.max(-1, reward)))) this.adapted++;
  }

  train(input, target) {
    const { dim, output, factors: { gradient } } = this;
    this.input.set(input);
    this.forward_into(input, output);
    let squares = 0;
    for (let i = 0; i < dim; i++) {
      gradient[i] = output[i] - target[i];
      squares += gradient[i] * gradient[i];
    }
    this.adapt_array(gradient);
    return squares / dim;
  }

  predicted_improvement(input) {
    return this.factors.gain(input);
  }

  delta_norm() {
    return this.factors.deltaNorm();
  }

  adapt_count() {
    return this.adapted;
  }

  forward_count() {
    return this.forwarded;
  }
}

/** `categoryOf`: the number of each operator's category. The adapters of operators are 1 …, those of categories 2³² … */
export class ScopedLora {
  constructor(dim, learningRate, categoryOf, start = randomStart) {
    this.dim = dim;
    this.categoryOf = categoryOf;
    this.newFactors = (adapter) => new Factors(start(dim, adapter), learningRate);
    this.input = new Float32Array(dim);
    this.output = new Float32Array(dim);
    this.missing = new Float32Array(dim);
    this.reset_all();
  }

  reset_all() {
    this.scopes = this.categoryOf.map(() => null);
    this.categories = Array(Math.max(...this.categoryOf) + 1).fill(null);
  }

  /** The operator's adapter, made when first used. */
  scope(op) {
    const number = this.categoryOf[op];
    this.scopes[op] ??= {
      own: this.newFactors(1 + op),
      category: this.categories[number] ??= this.newFactors(2 ** 32 + number),
      context: new Float32Array(this.dim),
      adapted: 0,
      forwarded: 0,
    };
    return this.scopes[op];
  }

  forward(op) {
    this.forward_into(op, this.input, this.output);
  }

  forward_array(op, input) {
    this.input.set(input);
    const output = new Float32Array(this.dim);
    this.forward_into(op, input, output);
    return output;
  }

  forward_into(op, x, y) {
    const scope = this.scope(op);
    const { own, category } = scope;
    const share = Math.min(scope.adapted / 10, 1);
    scope.context.set(x);
    own.project(x);
    own.apply(y, 1, x, share);
    if (share < 1) {
      category.project(x);
      category.apply(y, 1, y, 1 - share);
    }
    scope.forwarded++;
  }

  forward_batch(op, inputs) {
    const { dim } = this;
    const outputs = new Float32Array(inputs.length);
    for (let at = 0; at < inputs.length; at += dim) {
      this.forward_into(op, inputs.subarray(at, at + dim), outputs.subarray(at, at + dim));
    }
    return outputs;
  }

  /** g names the target y − g; the operator's adapter and its category's each step towards it from their own output. */
  adapt_array(op, g) {
    const scope = this.scope(op);
    const { own, category, context } = scope;
    const { missing } = this;
    const share = Math.min(scope.adapted / 10, 1);
    own.project(context);
    category.project(context);
    own.apply(missing, 1, g, -share);
    if (share < 1) {
      category.apply(missing, 1, missing, share - 1);
      own.apply(own.gradient, 1, missing, 1);
    }
    category.apply(category.gradient, 1, missing, 1);
    own.step(context, share < 1 ? own.gradient : g);
    category.step(context, category.gradient);
    scope.adapted++;
  }

  adapt(op) {
    this.adapt_array(op, this.input);
  }

  adapt_with_reward(op, reward) {
    const scope = this.scope(op);
    const { own, category, context } = scope;
    const clamped = Math.min(2, Math.max(-1, reward));
    own.project(context);
    category.project(context);
    if (!own.reward(context, clamped)) return;
    category.reward(context, clamped);
    scope.adapted++;
  }

  delta_norm(op) {
    return this.scope(op).own.deltaNorm();
  }

  adapt_count(op) {
    return this.scope(op).adapted;
  }

  forward_count(op) {
    return this.scope(op).forwarded;
  }
}

export class TrajectoryBuffer {
  constructor(capacity, dim) {
    this.capacity = capacity;
    this.dim = dim;
    this.embeddings = new Float32Array(capacity * dim);
    this.operators = new Uint8Array(capacity);
    this.attentions = new Uint8Array(capacity);
    this.improvements = new Float32Array(capacity);
    this.reset();
  }

  reset() {
    this.count = this.successes = this.mean = this.squares = this.best = this.bestAttention = 0;
  }

  /** The running statistics are Welford's. */
  record(embedding, operator, attention, executionMs, baselineMs) {
    const improvement = baselineMs / executionMs - 1;
    const slot = this.count % this.capacity;
    this.embeddings.set(embedding, slot * this.dim);
    this.operators[slot] = operator;
    this.attentions[slot] = attention;
    this.improvements[slot] = improvement;
    this.count++;
    const off = improvement - this.mean;
    this.mean += off / this.count;
    this.squares += off * (improvement - this.mean);
    if (improvement > 0) this.successes++;
    if (this.count === 1 || improvement > this.best) {
      this.best = improvement;
      this.bestAttention = attention;
    }
  }

  high_quality_count(threshold) {
    const { improvements } = this;
    const held = Math.min(this.count, this.capacity);
    let found = 0;
    for (let i = 0; i < held; i++) if (improvements[i] > threshold) found++;
    return found;
  }

  total_count() {
    return this.count;
  }

  mean_improvement() {
    return this.mean;
  }
}
