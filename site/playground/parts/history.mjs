// Numbers over time, for a chart: of a long run every second point goes, so that there are never too many.

const MOST = 1200;

export class History {
  constructor(names) {
    this.columns = names.map(() => []);
  }

  /** One point; a second one at the same x takes the place of the first. */
  add(...point) {
    const repeated = this.columns[0].at(-1) === point[0];
    this.columns.forEach((column, i) => (repeated ? column.splice(-1, 1, point[i]) : column.push(point[i])));
    if (this.columns[0].length > MOST) this.columns = this.columns.map((column) => column.filter((_, i) => i % 2 === 0));
  }

  clear() {
    this.columns = this.columns.map(() => []);
  }
}
