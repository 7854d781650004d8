// More files than one call of merge_safetensors takes: merged in groups, then the groups.

import { WasmMicroLoRA } from '../../pkg/index.js';

/**
 * The sum of weight times adapter over all files, at most `most` of them in a call (the package takes 1000). Each group is cut to rank 2
 * before the groups are merged, unless all files have the same A; `dropped` is then the largest share that one of the merges left out.
 */
export function mergeAll(files, weights, most = 1000) {
  if (files.length <= most) return WasmMicroLoRA.merge_safetensors(files, weights, false);
  const merged = [];
  for (let i = 0; i < files.length; i += most) {
    merged.push(WasmMicroLoRA.merge_safetensors(files.slice(i, i + most), weights.slice(i, i + most), false));
  }
  const { bytes, dropped } = mergeAll(merged.map((each) => each.bytes), merged.map(() => 1), most);
  return { bytes, dropped: merged.reduce((most, each) => Math.max(most, each.dropped), dropped) };
}
