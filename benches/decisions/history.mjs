// The ring of trajectories as the model sees it: contexts, which are distinct pairs of an embedding and an operator, and cells,
// which are pairs of a context and a type.

import { cosine, direction } from './kernels.mjs';
import { relation } from './operators.mjs';

/** Shorter baselines count as this. */
const SHORTEST_MS = 1e-6;

export class History {
  /**
   * `kernel` of a cosine, times `kin` by relation of the operators; gains are clipped to ± `limit`; a new run of a cell weighs
   * 1/n, but at least `newest`; without `merge` every run is a cell of its own. The last `capacity` trajectories are held, less
   * some of the oldest: a part of them goes at a time, of so many `parts`.
   */
  constructor({ kernel, kin = [1, 1, 1], limit, newest, merge = true, capacity = Infinity, parts = 1 }) {
    Object.assign(this, { kernel, kin, limit, newest, merge, capacity, part: Math.ceil(capacity / parts) });
    this.contexts = [];
    this.cells = [];
    this.recorded = 0;
    this.known = new Map(); // contexts by what they are
    this.merged = new Map(); // cells by context and type
    this.ring = []; // the cell of each trajectory, oldest first
  }

  /** The context of these, which is a new one without records if they have not been seen together. */
  context(embedding, operator) {
    const key = `${operator} ${Buffer.from(Float32Array.from(embedding).buffer).toString('latin1')}`;
    if (!this.known.has(key)) this.known.set(key, this.addContext(embedding, operator));
    return this.known.get(key);
  }

  addContext(embedding, operator) {
    const id = this.contexts.length;
    const context = { id, operator, direction: direction(embedding), kernels: [], records: 0, logBaseline: 0 };
    for (const other of this.contexts) {
      const likeness = this.kin[relation(operator, other.operator)] * this.kernel(cosine(context.direction, other.direction));
      context.kernels.push(likeness);
      other.kernels.push(likeness);
    }
    context.kernels.push(1);
    this.contexts.push(context);
    return context;
  }

  record({ embedding, operator, type, executionMs, baselineMs }) {
    const context = this.context(embedding, operator);
    context.records += 1;
    context.logBaseline = Math.log(Math.max(SHORTEST_MS, baselineMs));
    const gain = Math.log(baselineMs / executionMs);
    const cell = this.cellOf(context, type);
    cell.gains.push(Math.max(-this.limit, Math.min(this.limit, gain)));
    cell.gain = this.average(cell.gains);
    this.recorded += 1;
    cell.newest = this.recorded;
    this.ring.push(cell);
    if (this.recorded <= this.capacity) return;
    const first = Math.ceil((this.recorded - this.capacity) / this.part) * this.part;
    while (this.ring.length > this.recorded - first) this.forgetOldest();
  }

  cellOf(context, type) {
    const key = this.merge ? `${context.id} ${type}` : this.recorded;
    if (!this.merged.has(key)) {
      // What the model works out for each cell is kept in it: its weight here and its residual.
      const cell = { key, context, type, gains: [], gain: 0, newest: 0, weight: 0, residual: 0 };
      this.merged.set(key, cell);
      this.cells.push(cell);
    }
    return this.merged.get(key);
  }

  average(gains) {
    return gains.reduce((mean, gain, i) => mean + (gain - mean) * Math.max(this.newest, 1 / (i + 1)));
  }

  forgetOldest() {
    const cell = this.ring.shift();
    cell.context.records -= 1;
    cell.gains.shift();
    if (cell.gains.length > 0) {
      cell.gain = this.average(cell.gains);
    } else {
      this.merged.delete(cell.key);
      this.cells.splice(this.cells.indexOf(cell), 1);
    }
  }
}
