//! Types of the package that wasm-bindgen cannot say by itself.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What `WasmMicroLoRA.stats()` returns. */
export interface MicroStats {
  dim: number;
  alpha: number;
  learning_rate: number;
  param_count: number;
  adapt_count: number;
  forward_count: number;
  delta_norm: number;
}

/** What `WasmScopedLoRA.stats(op_type)` returns. */
export interface OperatorStats {
  name: string;
  category: string;
  adapt_count: number;
  forward_count: number;
  delta_norm: number;
}

/** What `WasmScopedLoRA.stats()` returns. */
export interface ScopedStats {
  dim: number;
  alpha: number;
  learning_rate: number;
  total_adapt_count: number;
  total_forward_count: number;
  /** By id. */
  operators: OperatorStats[];
}

/** What `WasmTrajectoryBuffer.stats()` returns. */
export interface TrajectoryStats {
  capacity: number;
  embedding_dim: number;
  len: number;
  total_count: number;
  success_rate: number;
  mean_improvement: number;
  best_improvement: number;
  best_attention: number;
  variance: number;
}

/** The bytes of a file. (From TypeScript 5.7 on a `Uint8Array<ArrayBuffer>`, which a Blob takes.) */
export type FileBytes = ReturnType<Uint8ArrayConstructor['of']>;

/** What `merge_safetensors` returns. */
export interface Merged {
  /** The file of the merged adapters, for `from_safetensors`. */
  bytes: FileBytes;
  /** Share of the energy (the square of the Frobenius norm) that rank 2 does not hold, from 0 to 1. */
  dropped: number;
}

/** An adapter_config.json of Hugging Face PEFT: as text, or the object that it is. */
export type AdapterConfig = string | { r: number; lora_alpha: number; use_rslora?: boolean };

export interface WasmScopedLoRA {
  /**
   * All numbers of the set, for JSON.
   *
   * @example console.table(scoped.stats().operators);
   */
  stats(): ScopedStats;
  /**
   * The numbers of one operator, for JSON.
   *
   * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
   * @throws {RangeError} if `op_type` is no operator
   * @example const { adapt_count } = scoped.stats(2);
   */
  stats(op_type: number): OperatorStats;
}
"#;
