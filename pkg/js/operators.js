// Names: of the built-in operators and their categories, and of a user's own.
import { checkNumber } from './refusals.js';

/** The built-in operators' ids. */
export const OperatorType = Object.freeze({
  Scan: 0,
  Filter: 1,
  Join: 2,
  Aggregate: 3,
  Project: 4,
  Sort: 5,
  IndexScan: 6,
  HnswScan: 7,
  IvfFlatScan: 8,
  HashJoin: 9,
  MergeJoin: 10,
  GroupBy: 11,
  Limit: 12,
  VectorDistance: 13,
  Rerank: 14,
  Materialize: 15,
  Result: 16,
});

const CATEGORY_NAMES = ['Scan', 'Transform', 'Join', 'Aggregation', 'Order', 'Vector', 'Utility'];
const CATEGORY_OF = [0, 1, 2, 3, 1, 4, 0, 0, 0, 2, 2, 3, 4, 5, 5, 6, 6];
const MOST = 1024;

/** Operators by id, and the category that each leans on. */
export class Operators {
  constructor(names, categories) {
    this.names = names;
    this.categories = categories;
    /** The categories by number. */
    this.distinct = [...new Set(categories)];
  }

  /** The operators that a user names; refused if they are no distinct names. */
  static named(givenNames, givenCategories) {
    // Copied before they are checked: a getter may give something else the next time.
    const [names, categories] = [[givenNames, 'names'], [givenCategories, 'categories']].map(([list, name]) => {
      if (!Array.isArray(list)) throw new TypeError(`${name} must be an array of strings`);
      const { length } = list;
      if (length < 1 || length > MOST) throw new RangeError(`${name} must have 1 to ${MOST} entries, got ${length}`);
      const copy = Array.from({ length }, (_, i) => list[i]);
      const wrong = copy.findIndex((entry) => typeof entry !== 'string');
      if (wrong >= 0) throw new TypeError(`${name}[${wrong}] must be a string`);
      return copy;
    });
    if (categories.length !== names.length) {
      throw new RangeError(`categories has ${categories.length} entries, names has ${names.length}`);
    }
    const again = names.find((name, i) => names.indexOf(name) !== i);
    if (again !== undefined) throw new RangeError(`names must be distinct, got '${again}' twice`);
    return new Operators(names, categories);
  }

  /** Throws unless `op_type` is the id of one. */
  check(op_type) {
    const { length } = this.names;
    checkNumber(op_type, 'op_type'); // before >>>, which would call a valueOf()
    if (op_type === op_type >>> 0 && op_type < length) return;
    throw new RangeError(`op_type must be an integer from 0 to ${length - 1}, got ${op_type}`);
  }
}

export const BUILT_IN = new Operators(
  Object.keys(OperatorType),
  CATEGORY_OF.map((category) => CATEGORY_NAMES[category]),
);
