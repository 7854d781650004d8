// Writes a workload as JSON: `node benches/decisions/export.mjs "job odd" odd.json`.

import { writeFileSync } from 'node:fs';

import { NAMES, toJson, workload } from './workloads.mjs';

const [name, file, seed = '1'] = process.argv.slice(2);
if (!file || !/^\d+$/.test(seed)) {
  console.error(`node benches/decisions/export.mjs NAME FILE [SEED]

  NAME  ${NAMES.join(', ')}, or synthetic with another seed
  SEED  draws the order of a shuffled workload (1)`);
  process.exit(2);
}
writeFileSync(file, toJson(workload(name, Number(seed))));
