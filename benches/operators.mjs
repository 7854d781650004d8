// The built-in operators, asked of the package.

import init, { OperatorType, WasmScopedLoRA } from '../pkg/index.js';

export { OperatorType };

await init();
const set = new WasmScopedLoRA(1);
const categories = Array.from({ length: set.operator_count() }, (_, op) => set.category_name(op));
set.free();
const distinct = [...new Set(categories)];

/** The number of each operator's category: 0 for the first one that an operator has, 1 for the next one. */
export const CATEGORY = categories.map((name) => distinct.indexOf(name));
