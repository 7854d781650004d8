//! Types of the package that wasm-bindgen cannot say by itself.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What `WasmMicroLoRA.stats()` returns. */
export interface MicroStats {
  /** Numbers per vector. */
  dim: number;
  /** Scale of the low-rank term, as a 32-bit float. */
  alpha: number;
  /** Share of the error that a step corrects, as a 32-bit float. */
  learning_rate: number;
  /** Trained numbers: 4 · dim. */
  param_count: number;
  /** Adaptations since construction or reset. */
  adapt_count: number;
  /** Forward passes since construction or reset. */
  forward_count: number;
  /** alpha · ‖A B‖, the distance from the identity. */
  delta_norm: number;
}

/** What `WasmScopedLoRA.stats(op_type)` returns. */
export interface OperatorStats {
  /** The name of the operator. */
  name: string;
  /** The name of its category. */
  category: string;
  /** Its adaptations since construction or reset. */
  adapt_count: number;
  /** Its forward passes since construction or reset. */
  forward_count: number;
  /** alpha · ‖A B‖ of its own adapter. */
  delta_norm: number;
}

/** What `WasmScopedLoRA.stats()` returns. */
export interface ScopedStats {
  /** Numbers per vector. */
  dim: number;
  /** Scale of the low-rank term, as a 32-bit float. */
  alpha: number;
  /** Share of the error that a step corrects, as a 32-bit float. */
  learning_rate: number;
  /** Adaptations of all operators since construction or reset. */
  total_adapt_count: number;
  /** Forward passes of all operators since construction or reset. */
  total_forward_count: number;
  /** By id. */
  operators: OperatorStats[];
}

/** What `WasmTrajectoryBuffer.stats()` returns. */
export interface TrajectoryStats {
  /** Trajectories that the ring can hold. */
  capacity: number;
  /** Numbers per embedding. */
  embedding_dim: number;
  /** Trajectories that the ring holds. */
  len: number;
  /** Trajectories recorded since construction or reset: all that follow are about these. */
  total_count: number;
  /** Share with an improvement above 0, from 0 to 1. */
  success_rate: number;
  /** Mean of baseline / execution − 1. */
  mean_improvement: number;
  /** Best baseline / execution − 1. */
  best_improvement: number;
  /** Attention type of the best improvement. */
  best_attention: number;
  /** Sample variance of the improvements. */
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
   * @example const { adapt_count } = scoped.stats(OperatorType.Join);
   */
  stats(op_type: number): OperatorStats;
}
"#;
