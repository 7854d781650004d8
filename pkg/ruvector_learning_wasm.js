/* @ts-self-types="./ruvector_learning_wasm.d.ts" */
import { unwind } from './arrays.js';
import { BEFORE_INIT, dispose, inspected, isModule, noBoolean, noNumber, track, unusable } from './checks.js';
import { TextDecoder, TextEncoder } from './text.js';
import { cause, check_output, connect, copy_bytes_in, copy_bytes_out, copy_doubles_in, copy_in, copy_out, count_bytes, fail, hold, hold_new, is_array, keys, property, release, rows_in, rows_out, stringify, view_of, write_out } from './arrays.js';


export const OperatorType = Object.freeze({
    Scan: 0, "0": "Scan",
    Filter: 1, "1": "Filter",
    Join: 2, "2": "Join",
    Aggregate: 3, "3": "Aggregate",
    Project: 4, "4": "Project",
    Sort: 5, "5": "Sort",
    IndexScan: 6, "6": "IndexScan",
    HnswScan: 7, "7": "HnswScan",
    IvfFlatScan: 8, "8": "IvfFlatScan",
    HashJoin: 9, "9": "HashJoin",
    MergeJoin: 10, "10": "MergeJoin",
    GroupBy: 11, "11": "GroupBy",
    Limit: 12, "12": "Limit",
    VectorDistance: 13, "13": "VectorDistance",
    Rerank: 14, "14": "Rerank",
    Materialize: 15, "15": "Materialize",
    Result: 16, "16": "Result",
});

export class WasmMicroLoRA {
    static __wrap(ptr) {
        const obj = Object.create(WasmMicroLoRA.prototype);
        obj.__wbg_handle = track(ptr, 'WasmMicroLoRA', WasmMicroLoRAFinalization);
        return obj;
    }
    free() {
        dispose(this, 'WasmMicroLoRA', WasmMicroLoRAFinalization, wasm.__wbg_wasmmicrolora_free);
    }
    adapt() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            wasm.wasmmicrolora_adapt(this.__wbg_handle.WasmMicroLoRA);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    adapt_array(gradient) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const borrow0 = addBorrowedObject(gradient);
            try {
                wasm.wasmmicrolora_adapt_array(this.__wbg_handle.WasmMicroLoRA, borrow0);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    adapt_count() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_adapt_count(this.__wbg_handle.WasmMicroLoRA);
            return BigInt.asUintN(64, ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    adapt_with_reward(improvement) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        if (typeof improvement !== 'number') noNumber('improvement');
        try {
            wasm.wasmmicrolora_adapt_with_reward(this.__wbg_handle.WasmMicroLoRA, improvement);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    alpha() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_alpha(this.__wbg_handle.WasmMicroLoRA);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    delta_norm() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_delta_norm(this.__wbg_handle.WasmMicroLoRA);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    dim() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_dim(this.__wbg_handle.WasmMicroLoRA);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            wasm.wasmmicrolora_forward(this.__wbg_handle.WasmMicroLoRA);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward_array(input) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const borrow0 = addBorrowedObject(input);
            try {
                const ret = wasm.wasmmicrolora_forward_array(this.__wbg_handle.WasmMicroLoRA, borrow0);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward_batch(inputs, outputs) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const borrow0 = addBorrowedObject(inputs);
            const borrow1 = addBorrowedObject(outputs);
            try {
                const ret = wasm.wasmmicrolora_forward_batch(this.__wbg_handle.WasmMicroLoRA, borrow0, borrow1);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward_count() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_forward_count(this.__wbg_handle.WasmMicroLoRA);
            return BigInt.asUintN(64, ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward_into(input, output) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const borrow0 = addBorrowedObject(input);
            const borrow1 = addBorrowedObject(output);
            try {
                wasm.wasmmicrolora_forward_into(this.__wbg_handle.WasmMicroLoRA, borrow0, borrow1);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    freeze_a(on) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        if (typeof on !== 'boolean') noBoolean('on');
        try {
            wasm.wasmmicrolora_freeze_a(this.__wbg_handle.WasmMicroLoRA, on);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    static from_safetensors(bytes, adapter_config) {
        try {
            const borrow0 = addBorrowedObject(bytes);
            const borrow1 = addBorrowedObject(adapter_config);
            try {
                const ret = wasm.wasmmicrolora_from_safetensors(borrow0, borrow1);
                return WasmMicroLoRA.__wrap(ret);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    get_input_ptr() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_get_input_ptr(this.__wbg_handle.WasmMicroLoRA);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    get_output_ptr() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_get_output_ptr(this.__wbg_handle.WasmMicroLoRA);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    input_view() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_input_view(this.__wbg_handle.WasmMicroLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    learning_rate() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_learning_rate(this.__wbg_handle.WasmMicroLoRA);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    static merge_safetensors(files, weights, normalize) {
        if (normalize != null && typeof normalize !== 'boolean') noBoolean('normalize');
        try {
            const borrow0 = addBorrowedObject(files);
            const borrow1 = addBorrowedObject(weights);
            try {
                const ret = wasm.wasmmicrolora_merge_safetensors(borrow0, borrow1, isLikeNone(normalize) ? 0xFFFFFF : normalize ? 1 : 0);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    metadata() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_metadata(this.__wbg_handle.WasmMicroLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    constructor(dim, alpha, learning_rate) {
        if (dim != null && typeof dim !== 'number') noNumber('dim');
        if (alpha != null && typeof alpha !== 'number') noNumber('alpha');
        if (learning_rate != null && typeof learning_rate !== 'number') noNumber('learning_rate');
        try {
            const ret = wasm.wasmmicrolora_new(!isLikeNone(dim), isLikeNone(dim) ? 0 : dim, !isLikeNone(alpha), isLikeNone(alpha) ? 0 : alpha, !isLikeNone(learning_rate), isLikeNone(learning_rate) ? 0 : learning_rate);
            this.__wbg_handle = track(ret, 'WasmMicroLoRA', WasmMicroLoRAFinalization);
            return this;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    output_view() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_output_view(this.__wbg_handle.WasmMicroLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    param_count() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_param_count(this.__wbg_handle.WasmMicroLoRA);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    peft_config() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_peft_config(this.__wbg_handle.WasmMicroLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    predicted_improvement(input) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const borrow0 = addBorrowedObject(input);
            try {
                const ret = wasm.wasmmicrolora_predicted_improvement(this.__wbg_handle.WasmMicroLoRA, borrow0);
                return ret;
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    predicted_improvements(inputs) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const borrow0 = addBorrowedObject(inputs);
            try {
                const ret = wasm.wasmmicrolora_predicted_improvements(this.__wbg_handle.WasmMicroLoRA, borrow0);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    reset() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            wasm.wasmmicrolora_reset(this.__wbg_handle.WasmMicroLoRA);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    reward(input, improvement) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        if (typeof improvement !== 'number') noNumber('improvement');
        try {
            const borrow0 = addBorrowedObject(input);
            try {
                wasm.wasmmicrolora_reward(this.__wbg_handle.WasmMicroLoRA, borrow0, improvement);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    set_learning_rate(learning_rate) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        if (typeof learning_rate !== 'number') noNumber('learning_rate');
        try {
            wasm.wasmmicrolora_set_learning_rate(this.__wbg_handle.WasmMicroLoRA, learning_rate);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    stats() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_stats(this.__wbg_handle.WasmMicroLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    toJSON() {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const ret = wasm.wasmmicrolora_toJSON(this.__wbg_handle.WasmMicroLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    to_safetensors(metadata) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const borrow0 = addBorrowedObject(metadata);
            try {
                const ret = wasm.wasmmicrolora_to_safetensors(this.__wbg_handle.WasmMicroLoRA, borrow0);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    train(input, target) {
        if (!this?.__wbg_handle?.WasmMicroLoRA) throw unusable(this, 'WasmMicroLoRA');
        try {
            const borrow0 = addBorrowedObject(input);
            const borrow1 = addBorrowedObject(target);
            try {
                const ret = wasm.wasmmicrolora_train(this.__wbg_handle.WasmMicroLoRA, borrow0, borrow1);
                return ret;
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
        return inspected(this, 'WasmMicroLoRA', depth, options, inspect);
    }
}
if (Symbol.dispose) WasmMicroLoRA.prototype[Symbol.dispose] = WasmMicroLoRA.prototype.free;

export class WasmScopedLoRA {
    static __wrap(ptr) {
        const obj = Object.create(WasmScopedLoRA.prototype);
        obj.__wbg_handle = track(ptr, 'WasmScopedLoRA', WasmScopedLoRAFinalization);
        return obj;
    }
    free() {
        dispose(this, 'WasmScopedLoRA', WasmScopedLoRAFinalization, wasm.__wbg_wasmscopedlora_free);
    }
    adapt(op_type) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            wasm.wasmscopedlora_adapt(this.__wbg_handle.WasmScopedLoRA, op_type);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    adapt_array(op_type, gradient) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const borrow0 = addBorrowedObject(gradient);
            try {
                wasm.wasmscopedlora_adapt_array(this.__wbg_handle.WasmScopedLoRA, op_type, borrow0);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    adapt_count(op_type) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmscopedlora_adapt_count(this.__wbg_handle.WasmScopedLoRA, op_type);
            return BigInt.asUintN(64, ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    adapt_with_reward(op_type, improvement) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        if (typeof improvement !== 'number') noNumber('improvement');
        try {
            wasm.wasmscopedlora_adapt_with_reward(this.__wbg_handle.WasmScopedLoRA, op_type, improvement);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    alpha() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_alpha(this.__wbg_handle.WasmScopedLoRA);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    category_name(op_type) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmscopedlora_category_name(this.__wbg_handle.WasmScopedLoRA, op_type);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    delta_norm(op_type) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmscopedlora_delta_norm(this.__wbg_handle.WasmScopedLoRA, op_type);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    dim() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_dim(this.__wbg_handle.WasmScopedLoRA);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward(op_type) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            wasm.wasmscopedlora_forward(this.__wbg_handle.WasmScopedLoRA, op_type);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward_array(op_type, input) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const borrow0 = addBorrowedObject(input);
            try {
                const ret = wasm.wasmscopedlora_forward_array(this.__wbg_handle.WasmScopedLoRA, op_type, borrow0);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward_batch(op_type, inputs, outputs) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const borrow0 = addBorrowedObject(inputs);
            const borrow1 = addBorrowedObject(outputs);
            try {
                const ret = wasm.wasmscopedlora_forward_batch(this.__wbg_handle.WasmScopedLoRA, op_type, borrow0, borrow1);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward_count(op_type) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmscopedlora_forward_count(this.__wbg_handle.WasmScopedLoRA, op_type);
            return BigInt.asUintN(64, ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forward_into(op_type, input, output) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const borrow0 = addBorrowedObject(input);
            const borrow1 = addBorrowedObject(output);
            try {
                wasm.wasmscopedlora_forward_into(this.__wbg_handle.WasmScopedLoRA, op_type, borrow0, borrow1);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    freeze_a(on) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof on !== 'boolean') noBoolean('on');
        try {
            wasm.wasmscopedlora_freeze_a(this.__wbg_handle.WasmScopedLoRA, on);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    static from_safetensors(bytes, adapter_config) {
        try {
            const borrow0 = addBorrowedObject(bytes);
            const borrow1 = addBorrowedObject(adapter_config);
            try {
                const ret = wasm.wasmscopedlora_from_safetensors(borrow0, borrow1);
                return WasmScopedLoRA.__wrap(ret);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    get_input_ptr() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_get_input_ptr(this.__wbg_handle.WasmScopedLoRA);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    get_output_ptr() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_get_output_ptr(this.__wbg_handle.WasmScopedLoRA);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    input_view() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_input_view(this.__wbg_handle.WasmScopedLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    learning_rate() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_learning_rate(this.__wbg_handle.WasmScopedLoRA);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    static merge_safetensors(files, weights, normalize) {
        if (normalize != null && typeof normalize !== 'boolean') noBoolean('normalize');
        try {
            const borrow0 = addBorrowedObject(files);
            const borrow1 = addBorrowedObject(weights);
            try {
                const ret = wasm.wasmscopedlora_merge_safetensors(borrow0, borrow1, isLikeNone(normalize) ? 0xFFFFFF : normalize ? 1 : 0);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    metadata() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_metadata(this.__wbg_handle.WasmScopedLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    constructor(dim, alpha, learning_rate) {
        if (dim != null && typeof dim !== 'number') noNumber('dim');
        if (alpha != null && typeof alpha !== 'number') noNumber('alpha');
        if (learning_rate != null && typeof learning_rate !== 'number') noNumber('learning_rate');
        try {
            const ret = wasm.wasmscopedlora_new(!isLikeNone(dim), isLikeNone(dim) ? 0 : dim, !isLikeNone(alpha), isLikeNone(alpha) ? 0 : alpha, !isLikeNone(learning_rate), isLikeNone(learning_rate) ? 0 : learning_rate);
            this.__wbg_handle = track(ret, 'WasmScopedLoRA', WasmScopedLoRAFinalization);
            return this;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    operator_count() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_operator_count(this.__wbg_handle.WasmScopedLoRA);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    operator_name(op_type) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmscopedlora_operator_name(this.__wbg_handle.WasmScopedLoRA, op_type);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    output_view() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_output_view(this.__wbg_handle.WasmScopedLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    param_count() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_param_count(this.__wbg_handle.WasmScopedLoRA);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    peft_config() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_peft_config(this.__wbg_handle.WasmScopedLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    predicted_improvement(op_type, input) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const borrow0 = addBorrowedObject(input);
            try {
                const ret = wasm.wasmscopedlora_predicted_improvement(this.__wbg_handle.WasmScopedLoRA, op_type, borrow0);
                return ret;
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    predicted_improvements(op_type, inputs) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const borrow0 = addBorrowedObject(inputs);
            try {
                const ret = wasm.wasmscopedlora_predicted_improvements(this.__wbg_handle.WasmScopedLoRA, op_type, borrow0);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    reset_all() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            wasm.wasmscopedlora_reset_all(this.__wbg_handle.WasmScopedLoRA);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    reset_scope(op_type) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            wasm.wasmscopedlora_reset_scope(this.__wbg_handle.WasmScopedLoRA, op_type);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    reward(op_type, input, improvement) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        if (typeof improvement !== 'number') noNumber('improvement');
        try {
            const borrow0 = addBorrowedObject(input);
            try {
                wasm.wasmscopedlora_reward(this.__wbg_handle.WasmScopedLoRA, op_type, borrow0, improvement);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    static scope_name(op_type) {
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmscopedlora_scope_name(op_type);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    set_category_fallback(enabled) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof enabled !== 'boolean') noBoolean('enabled');
        try {
            wasm.wasmscopedlora_set_category_fallback(this.__wbg_handle.WasmScopedLoRA, enabled);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    set_learning_rate(learning_rate) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof learning_rate !== 'number') noNumber('learning_rate');
        try {
            wasm.wasmscopedlora_set_learning_rate(this.__wbg_handle.WasmScopedLoRA, learning_rate);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    stats(op_type) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (op_type != null && typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmscopedlora_stats(this.__wbg_handle.WasmScopedLoRA, !isLikeNone(op_type), isLikeNone(op_type) ? 0 : op_type);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    toJSON() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_toJSON(this.__wbg_handle.WasmScopedLoRA);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    to_safetensors(metadata) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const borrow0 = addBorrowedObject(metadata);
            try {
                const ret = wasm.wasmscopedlora_to_safetensors(this.__wbg_handle.WasmScopedLoRA, borrow0);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    total_adapt_count() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_total_adapt_count(this.__wbg_handle.WasmScopedLoRA);
            return BigInt.asUintN(64, ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    total_forward_count() {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        try {
            const ret = wasm.wasmscopedlora_total_forward_count(this.__wbg_handle.WasmScopedLoRA);
            return BigInt.asUintN(64, ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    train(op_type, input, target) {
        if (!this?.__wbg_handle?.WasmScopedLoRA) throw unusable(this, 'WasmScopedLoRA');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const borrow0 = addBorrowedObject(input);
            const borrow1 = addBorrowedObject(target);
            try {
                const ret = wasm.wasmscopedlora_train(this.__wbg_handle.WasmScopedLoRA, op_type, borrow0, borrow1);
                return ret;
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    static with_operators(names, categories, dim, alpha, learning_rate) {
        if (dim != null && typeof dim !== 'number') noNumber('dim');
        if (alpha != null && typeof alpha !== 'number') noNumber('alpha');
        if (learning_rate != null && typeof learning_rate !== 'number') noNumber('learning_rate');
        try {
            const borrow0 = addBorrowedObject(names);
            const borrow1 = addBorrowedObject(categories);
            try {
                const ret = wasm.wasmscopedlora_with_operators(borrow0, borrow1, !isLikeNone(dim), isLikeNone(dim) ? 0 : dim, !isLikeNone(alpha), isLikeNone(alpha) ? 0 : alpha, !isLikeNone(learning_rate), isLikeNone(learning_rate) ? 0 : learning_rate);
                return WasmScopedLoRA.__wrap(ret);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
        return inspected(this, 'WasmScopedLoRA', depth, options, inspect);
    }
}
if (Symbol.dispose) WasmScopedLoRA.prototype[Symbol.dispose] = WasmScopedLoRA.prototype.free;

export class WasmTrajectoryBuffer {
    static __wrap(ptr) {
        const obj = Object.create(WasmTrajectoryBuffer.prototype);
        obj.__wbg_handle = track(ptr, 'WasmTrajectoryBuffer', WasmTrajectoryBufferFinalization);
        return obj;
    }
    free() {
        dispose(this, 'WasmTrajectoryBuffer', WasmTrajectoryBufferFinalization, wasm.__wbg_wasmtrajectorybuffer_free);
    }
    best_attention() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_best_attention(this.__wbg_handle.WasmTrajectoryBuffer);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    best_attention_for(op_type) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmtrajectorybuffer_best_attention_for(this.__wbg_handle.WasmTrajectoryBuffer, op_type);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    best_improvement() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_best_improvement(this.__wbg_handle.WasmTrajectoryBuffer);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    category_name(op_type) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmtrajectorybuffer_category_name(this.__wbg_handle.WasmTrajectoryBuffer, op_type);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    count_by_operator(op_type) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmtrajectorybuffer_count_by_operator(this.__wbg_handle.WasmTrajectoryBuffer, op_type);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    forgetting() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_forgetting(this.__wbg_handle.WasmTrajectoryBuffer);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    static from_safetensors(bytes) {
        try {
            const borrow0 = addBorrowedObject(bytes);
            try {
                const ret = wasm.wasmtrajectorybuffer_from_safetensors(borrow0);
                return WasmTrajectoryBuffer.__wrap(ret);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    high_quality_count(threshold) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof threshold !== 'number') noNumber('threshold');
        try {
            const ret = wasm.wasmtrajectorybuffer_high_quality_count(this.__wbg_handle.WasmTrajectoryBuffer, threshold);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    is_empty() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_is_empty(this.__wbg_handle.WasmTrajectoryBuffer);
            return ret !== 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    len() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_len(this.__wbg_handle.WasmTrajectoryBuffer);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    mean_improvement() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_mean_improvement(this.__wbg_handle.WasmTrajectoryBuffer);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    mean_improvement_for(op_type) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmtrajectorybuffer_mean_improvement_for(this.__wbg_handle.WasmTrajectoryBuffer, op_type);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    metadata() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_metadata(this.__wbg_handle.WasmTrajectoryBuffer);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    constructor(capacity, embedding_dim) {
        if (capacity != null && typeof capacity !== 'number') noNumber('capacity');
        if (embedding_dim != null && typeof embedding_dim !== 'number') noNumber('embedding_dim');
        try {
            const ret = wasm.wasmtrajectorybuffer_new(!isLikeNone(capacity), isLikeNone(capacity) ? 0 : capacity, !isLikeNone(embedding_dim), isLikeNone(embedding_dim) ? 0 : embedding_dim);
            this.__wbg_handle = track(ret, 'WasmTrajectoryBuffer', WasmTrajectoryBufferFinalization);
            return this;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    operator_count() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_operator_count(this.__wbg_handle.WasmTrajectoryBuffer);
            return ret >>> 0;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    operator_name(op_type) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmtrajectorybuffer_operator_name(this.__wbg_handle.WasmTrajectoryBuffer, op_type);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    predict(embedding, op_type, attention_types) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const borrow0 = addBorrowedObject(embedding);
            const borrow1 = addBorrowedObject(attention_types);
            try {
                const ret = wasm.wasmtrajectorybuffer_predict(this.__wbg_handle.WasmTrajectoryBuffer, borrow0, op_type, borrow1);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    recommend(embedding, op_type, attention_types) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const borrow0 = addBorrowedObject(embedding);
            const borrow1 = addBorrowedObject(attention_types);
            try {
                const ret = wasm.wasmtrajectorybuffer_recommend(this.__wbg_handle.WasmTrajectoryBuffer, borrow0, op_type, borrow1);
                return ret;
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    record(embedding, op_type, attention_type, execution_ms, baseline_ms) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        if (typeof attention_type !== 'number') noNumber('attention_type');
        if (typeof execution_ms !== 'number') noNumber('execution_ms');
        if (typeof baseline_ms !== 'number') noNumber('baseline_ms');
        try {
            const borrow0 = addBorrowedObject(embedding);
            try {
                wasm.wasmtrajectorybuffer_record(this.__wbg_handle.WasmTrajectoryBuffer, borrow0, op_type, attention_type, execution_ms, baseline_ms);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    record_outcome(embedding, op_type, attention_type, value) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        if (typeof attention_type !== 'number') noNumber('attention_type');
        if (typeof value !== 'number') noNumber('value');
        try {
            const borrow0 = addBorrowedObject(embedding);
            try {
                wasm.wasmtrajectorybuffer_record_outcome(this.__wbg_handle.WasmTrajectoryBuffer, borrow0, op_type, attention_type, value);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    record_timeout(embedding, op_type, attention_type, limit_ms, baseline_ms) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        if (typeof attention_type !== 'number') noNumber('attention_type');
        if (typeof limit_ms !== 'number') noNumber('limit_ms');
        if (typeof baseline_ms !== 'number') noNumber('baseline_ms');
        try {
            const borrow0 = addBorrowedObject(embedding);
            try {
                wasm.wasmtrajectorybuffer_record_timeout(this.__wbg_handle.WasmTrajectoryBuffer, borrow0, op_type, attention_type, limit_ms, baseline_ms);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    reset() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            wasm.wasmtrajectorybuffer_reset(this.__wbg_handle.WasmTrajectoryBuffer);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    set_forgetting(decisions) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof decisions !== 'number') noNumber('decisions');
        try {
            wasm.wasmtrajectorybuffer_set_forgetting(this.__wbg_handle.WasmTrajectoryBuffer, decisions);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    set_seed(seed) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof seed !== 'number') noNumber('seed');
        try {
            wasm.wasmtrajectorybuffer_set_seed(this.__wbg_handle.WasmTrajectoryBuffer, seed);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    stats() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_stats(this.__wbg_handle.WasmTrajectoryBuffer);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    success_rate() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_success_rate(this.__wbg_handle.WasmTrajectoryBuffer);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    success_rate_for(op_type) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        if (typeof op_type !== 'number') noNumber('op_type');
        try {
            const ret = wasm.wasmtrajectorybuffer_success_rate_for(this.__wbg_handle.WasmTrajectoryBuffer, op_type);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    toJSON() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_toJSON(this.__wbg_handle.WasmTrajectoryBuffer);
            return takeObject(ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    to_safetensors(metadata) {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const borrow0 = addBorrowedObject(metadata);
            try {
                const ret = wasm.wasmtrajectorybuffer_to_safetensors(this.__wbg_handle.WasmTrajectoryBuffer, borrow0);
                return takeObject(ret);
            } finally {
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    total_count() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_total_count(this.__wbg_handle.WasmTrajectoryBuffer);
            return BigInt.asUintN(64, ret);
        } catch (error) {
            unwind();
            throw error;
        }
    }
    variance() {
        if (!this?.__wbg_handle?.WasmTrajectoryBuffer) throw unusable(this, 'WasmTrajectoryBuffer');
        try {
            const ret = wasm.wasmtrajectorybuffer_variance(this.__wbg_handle.WasmTrajectoryBuffer);
            return ret;
        } catch (error) {
            unwind();
            throw error;
        }
    }
    static with_operators(names, categories, capacity, embedding_dim) {
        if (capacity != null && typeof capacity !== 'number') noNumber('capacity');
        if (embedding_dim != null && typeof embedding_dim !== 'number') noNumber('embedding_dim');
        try {
            const borrow0 = addBorrowedObject(names);
            const borrow1 = addBorrowedObject(categories);
            try {
                const ret = wasm.wasmtrajectorybuffer_with_operators(borrow0, borrow1, !isLikeNone(capacity), isLikeNone(capacity) ? 0 : capacity, !isLikeNone(embedding_dim), isLikeNone(embedding_dim) ? 0 : embedding_dim);
                return WasmTrajectoryBuffer.__wrap(ret);
            } finally {
                heap[stack_pointer++] = undefined;
                heap[stack_pointer++] = undefined;
            }
        } catch (error) {
            unwind();
            throw error;
        }
    }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
        return inspected(this, 'WasmTrajectoryBuffer', depth, options, inspect);
    }
}
if (Symbol.dispose) WasmTrajectoryBuffer.prototype[Symbol.dispose] = WasmTrajectoryBuffer.prototype.free;
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg___wbindgen_exports_b4867f6a7e493960: function() {
            const ret = wasm;
            return addHeapObject(ret);
        },
        __wbg___wbindgen_is_falsy_d864b623500ae65d: function(arg0) {
            const ret = !getObject(arg0);
            return ret;
        },
        __wbg___wbindgen_is_null_c22311b1cc228e3a: function(arg0) {
            const ret = getObject(arg0) === null;
            return ret;
        },
        __wbg___wbindgen_is_object_8b968c3ab8e96595: function(arg0) {
            const val = getObject(arg0);
            const ret = typeof(val) === 'object' && val !== null;
            return ret;
        },
        __wbg___wbindgen_is_string_fc456fee5d3317de: function(arg0) {
            const ret = typeof(getObject(arg0)) === 'string';
            return ret;
        },
        __wbg___wbindgen_is_undefined_be5b34249ff1fc15: function(arg0) {
            const ret = getObject(arg0) === undefined;
            return ret;
        },
        __wbg___wbindgen_number_get_934b640d0889af78: function(arg0, arg1) {
            const obj = getObject(arg1);
            const ret = typeof(obj) === 'number' ? obj : undefined;
            getDataViewMemory0().setFloat64((arg0 >>> 0) + 8 * 1, isLikeNone(ret) ? 0 : ret, true);
            getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, !isLikeNone(ret), true);
        },
        __wbg___wbindgen_string_get_7ce8eee7fd327545: function(arg0, arg1) {
            const obj = getObject(arg1);
            const ret = typeof(obj) === 'string' ? obj : undefined;
            var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
            var len1 = WASM_VECTOR_LEN;
            getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 1, len1, true);
            getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);
        },
        __wbg___wbindgen_throw_4c88d8bf264fd984: function(arg0, arg1) {
            throw new Error(getStringFromWasm0(arg0, arg1));
        },
        __wbg_cause_c487cf45953fd16d: function() {
            const ret = cause();
            return addHeapObject(ret);
        },
        __wbg_charCodeAt_851946d8f1279e11: function(arg0, arg1) {
            const ret = getObject(arg0).charCodeAt(arg1 >>> 0);
            return ret;
        },
        __wbg_check_output_f8af417a3159f041: function(arg0) {
            const ret = check_output(getObject(arg0));
            return ret;
        },
        __wbg_concat_3d00c6c70212d5c4: function(arg0, arg1) {
            const ret = getObject(arg0).concat(getObject(arg1));
            return addHeapObject(ret);
        },
        __wbg_connect_a8d15f655543d4ea: function(arg0, arg1) {
            connect(getObject(arg0), arg1 >>> 0);
        },
        __wbg_copy_bytes_in_4200eafe7e4f0113: function(arg0, arg1, arg2) {
            const ret = copy_bytes_in(getObject(arg0), arg1 >>> 0, arg2 >>> 0);
            return ret;
        },
        __wbg_copy_bytes_out_e338742e0c9e3a0a: function(arg0, arg1) {
            const ret = copy_bytes_out(arg0 >>> 0, arg1 >>> 0);
            return isLikeNone(ret) ? 0 : addHeapObject(ret);
        },
        __wbg_copy_doubles_in_244f73c3d887c65b: function(arg0, arg1, arg2) {
            const ret = copy_doubles_in(getObject(arg0), arg1 >>> 0, arg2 >>> 0);
            return ret;
        },
        __wbg_copy_in_d2ec4795119a4d6c: function(arg0, arg1, arg2) {
            const ret = copy_in(getObject(arg0), arg1 >>> 0, arg2 >>> 0);
            return ret;
        },
        __wbg_copy_out_5fc4690e24be6c5c: function(arg0, arg1) {
            const ret = copy_out(arg0 >>> 0, arg1 >>> 0);
            return isLikeNone(ret) ? 0 : addHeapObject(ret);
        },
        __wbg_count_bytes_ad89d340cd22fbb3: function(arg0) {
            const ret = count_bytes(getObject(arg0));
            return ret;
        },
        __wbg_entries_7bb1459bd9b5c2b9: function(arg0) {
            const ret = Object.entries(getObject(arg0));
            return addHeapObject(ret);
        },
        __wbg_fail_0213f8f2ec6bc0ae: function(arg0) {
            fail(takeObject(arg0));
        },
        __wbg_fromEntries_d7c8cd4202f2bba8: function() { return handleError(function (arg0) {
            const ret = Object.fromEntries(getObject(arg0));
            return addHeapObject(ret);
        }, arguments); },
        __wbg_get_d7176cfb76d71114: function(arg0, arg1) {
            const ret = getObject(arg0)[arg1 >>> 0];
            return addHeapObject(ret);
        },
        __wbg_get_unchecked_e6325ad374eff861: function(arg0, arg1) {
            const ret = getObject(arg0)[arg1 >>> 0];
            return addHeapObject(ret);
        },
        __wbg_hold_326705036fef3fc1: function(arg0, arg1) {
            const ret = hold(arg0 >>> 0, getObject(arg1));
            return ret;
        },
        __wbg_hold_new_c5a488d9371c0dd6: function(arg0, arg1) {
            const ret = hold_new(arg0 >>> 0, arg1 >>> 0);
            return ret;
        },
        __wbg_isView_7c4f5a7c257b3a84: function(arg0) {
            const ret = ArrayBuffer.isView(getObject(arg0));
            return ret;
        },
        __wbg_is_array_7cc8cc45b1448a17: function(arg0) {
            const ret = is_array(getObject(arg0));
            return ret;
        },
        __wbg_keys_ce6b00097f8b29a6: function() { return handleError(function (arg0) {
            const ret = keys(getObject(arg0));
            return addHeapObject(ret);
        }, arguments); },
        __wbg_length_b03a0fabb109b1e9: function(arg0) {
            const ret = getObject(arg0).length;
            return ret;
        },
        __wbg_length_e83e819f48c774e4: function(arg0) {
            const ret = getObject(arg0).length;
            return ret;
        },
        __wbg_new_37eb45aaf5eeb820: function() {
            const ret = new Array();
            return addHeapObject(ret);
        },
        __wbg_new_4416a2fe2fac9c65: function(arg0, arg1) {
            const ret = new TypeError(getStringFromWasm0(arg0, arg1));
            return addHeapObject(ret);
        },
        __wbg_new_8a1847cd91d0d7fb: function(arg0, arg1) {
            const ret = new RangeError(getStringFromWasm0(arg0, arg1));
            return addHeapObject(ret);
        },
        __wbg_new_cd4348290afae586: function() {
            const ret = new Object();
            return addHeapObject(ret);
        },
        __wbg_of_e7ea0fcd535c1444: function(arg0, arg1) {
            const ret = Array.of(getObject(arg0), getObject(arg1));
            return addHeapObject(ret);
        },
        __wbg_parse_c3f72b5a24f83c01: function() { return handleError(function (arg0, arg1) {
            const ret = JSON.parse(getStringFromWasm0(arg0, arg1));
            return addHeapObject(ret);
        }, arguments); },
        __wbg_property_0c336875dce76f9f: function() { return handleError(function (arg0, arg1) {
            const ret = property(getObject(arg0), getObject(arg1));
            return addHeapObject(ret);
        }, arguments); },
        __wbg_push_c9f4893fc209f768: function(arg0, arg1) {
            const ret = getObject(arg0).push(getObject(arg1));
            return ret;
        },
        __wbg_release_049f65fac305ff1f: function(arg0) {
            const ret = release(arg0 >>> 0);
            return addHeapObject(ret);
        },
        __wbg_rows_in_59610b25c483ed7a: function(arg0, arg1, arg2, arg3, arg4, arg5) {
            rows_in(arg0 >>> 0, arg1 >>> 0, arg2 >>> 0, arg3 >>> 0, arg4 >>> 0, arg5 >>> 0);
        },
        __wbg_rows_out_09f323197a35a9bb: function(arg0, arg1, arg2, arg3, arg4, arg5) {
            rows_out(arg0 >>> 0, arg1 >>> 0, arg2 >>> 0, arg3 >>> 0, arg4 >>> 0, arg5 >>> 0);
        },
        __wbg_set_2793479888329cb6: function() { return handleError(function (arg0, arg1, arg2) {
            const ret = Reflect.set(getObject(arg0), getObject(arg1), getObject(arg2));
            return ret;
        }, arguments); },
        __wbg_stringify_d953885528ce8037: function() { return handleError(function (arg0) {
            const ret = stringify(getObject(arg0));
            return addHeapObject(ret);
        }, arguments); },
        __wbg_valueOf_6db341d77a0b1da4: function(arg0) {
            const ret = getObject(arg0).valueOf();
            return ret;
        },
        __wbg_view_of_fdee80536a3b47cf: function(arg0, arg1) {
            const ret = view_of(arg0 >>> 0, arg1 >>> 0);
            return addHeapObject(ret);
        },
        __wbg_write_out_083d2c2d3009cd98: function(arg0, arg1, arg2) {
            write_out(getObject(arg0), arg1 >>> 0, arg2 >>> 0);
        },
        __wbindgen_generic_0000000000000001: function(arg0) {
            // Cast intrinsic for `F64 -> Externref`.
            const ret = arg0;
            return addHeapObject(ret);
        },
        __wbindgen_generic_0000000000000002: function(arg0, arg1) {
            // Cast intrinsic for `Ref(String) -> Externref`.
            const ret = getStringFromWasm0(arg0, arg1);
            return addHeapObject(ret);
        },
        __wbindgen_object_clone_ref: function(arg0) {
            const ret = getObject(arg0);
            return addHeapObject(ret);
        },
        __wbindgen_object_drop_ref: function(arg0) {
            takeObject(arg0);
        },
    };
    return {
        __proto__: null,
        "./ruvector_learning_wasm_bg.js": import0,
    };
}

const WasmMicroLoRAFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_wasmmicrolora_free(ptr, 1));
const WasmScopedLoRAFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_wasmscopedlora_free(ptr, 1));
const WasmTrajectoryBufferFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_wasmtrajectorybuffer_free(ptr, 1));

function addHeapObject(obj) {
    if (heap_next === heap.length) heap.push(heap.length + 1);
    const idx = heap_next;
    heap_next = heap[idx];

    heap[idx] = obj;
    return idx;
}

function addBorrowedObject(obj) {
    if (stack_pointer == 1) throw new Error('out of js stack');
    heap[--stack_pointer] = obj;
    return stack_pointer;
}

function dropObject(idx) {
    if (idx < 1028) return;
    heap[idx] = heap_next;
    heap_next = idx;
}

let cachedDataViewMemory0 = null;
function getDataViewMemory0() {
    if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)) {
        cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
    }
    return cachedDataViewMemory0;
}

function getStringFromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}

let cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
    if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
        cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
    }
    return cachedUint8ArrayMemory0;
}

function getObject(idx) { return heap[idx]; }

function handleError(f, args) {
    try {
        return f.apply(this, args);
    } catch (e) {
        wasm.__wbindgen_exn_store(addHeapObject(e));
    }
}

let heap = new Array(1024).fill(undefined);
heap.push(undefined, null, true, false);

let heap_next = heap.length;

function isLikeNone(x) {
    return x === undefined || x === null;
}

function passStringToWasm0(arg, malloc, realloc) {
    if (realloc === undefined) {
        const buf = cachedTextEncoder.encode(arg);
        const ptr = malloc(buf.length, 1) >>> 0;
        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
        WASM_VECTOR_LEN = buf.length;
        return ptr;
    }

    let len = arg.length;
    let ptr = malloc(len, 1) >>> 0;

    const mem = getUint8ArrayMemory0();

    let offset = 0;

    for (; offset < len; offset++) {
        const code = arg.charCodeAt(offset);
        if (code > 0x7F) break;
        mem[ptr + offset] = code;
    }
    if (offset !== len) {
        if (offset !== 0) {
            arg = arg.slice(offset);
        }
        ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;
        const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);
        const ret = cachedTextEncoder.encodeInto(arg, view);

        offset += ret.written;
        ptr = realloc(ptr, len, offset, 1) >>> 0;
    }

    WASM_VECTOR_LEN = offset;
    return ptr;
}

let stack_pointer = 1024;

function takeObject(idx) {
    const ret = getObject(idx);
    dropObject(idx);
    return ret;
}

let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
cachedTextDecoder.decode();
const MAX_SAFARI_DECODE_BYTES = 2146435072;
let numBytesDecoded = 0;
function decodeText(bytes) {
    numBytesDecoded += bytes.length;
    if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
        cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
        cachedTextDecoder.decode();
        numBytesDecoded = bytes.length;
    }
    return cachedTextDecoder.decode(bytes);
}

const cachedTextEncoder = new TextEncoder();

if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}

let WASM_VECTOR_LEN = 0;

let wasmModule, wasmInstance, wasm = BEFORE_INIT;
function __wbg_finalize_init(instance, module) {
    wasmInstance = instance;
    wasm = instance.exports;
    wasmModule = module;
    cachedDataViewMemory0 = null;
    cachedUint8ArrayMemory0 = null;
    return wasm;
}

async function __wbg_load(module, imports) {
    if (typeof Response === 'function' && module instanceof Response) {
        if (!module.ok) {
            throw new Error(`failed to fetch Wasm: ${module.status} ${module.statusText} fetching '${module.url}'`);
        }

        if (typeof WebAssembly.instantiateStreaming === 'function') {
            try {
                return await WebAssembly.instantiateStreaming(module, imports);
            } catch (e) {
                const validResponse = expectedResponseType(module.type);

                if (validResponse && module.headers.get('Content-Type') !== 'application/wasm') {
                    console.warn("`WebAssembly.instantiateStreaming` failed because your server does not serve Wasm with `application/wasm` MIME type. Falling back to `WebAssembly.instantiate` which is slower. Original error:\n", e);

                } else { throw e; }
            }
        }

        const bytes = await module.arrayBuffer();
        return await WebAssembly.instantiate(bytes, imports);
    } else {
        const instance = await WebAssembly.instantiate(module, imports);

        if (instance instanceof WebAssembly.Instance) {
            return { instance, module };
        } else {
            return instance;
        }
    }

    function expectedResponseType(type) {
        switch (type) {
            case 'basic': case 'cors': case 'default': return true;
        }
        return false;
    }
}

function initSync(module) {
    if (wasm !== BEFORE_INIT) return wasm;


    if (module !== undefined) {
        if (Object.getPrototypeOf(module) === Object.prototype) {
            ({module} = module)
        } else {
            console.warn('using deprecated parameters for `initSync()`; pass a single object instead')
        }
    }

    const imports = __wbg_get_imports();
    if (!isModule(module)) {
        module = new WebAssembly.Module(module);
    }
    const instance = new WebAssembly.Instance(module, imports);
    return __wbg_finalize_init(instance, module);
}

let __wbg_init_promise;
async function __wbg_init(module_or_path) {
    if (wasm !== BEFORE_INIT) return wasm;
    if (__wbg_init_promise === undefined) {
        __wbg_init_promise = __wbg_init_once(module_or_path);
        __wbg_init_promise.catch(() => { __wbg_init_promise = undefined; });
    }
    return __wbg_init_promise;
}

async function __wbg_init_once(module_or_path) {

    if (module_or_path !== undefined) {
        if (Object.getPrototypeOf(module_or_path) === Object.prototype) {
            ({module_or_path} = module_or_path)
        } else {
            console.warn('using deprecated parameters for the initialization function; pass a single object instead')
        }
    }

    if (module_or_path === undefined) {
        module_or_path = new URL('ruvector_learning_wasm_bg.wasm', import.meta.url);
    }
    const imports = __wbg_get_imports();

    if (typeof module_or_path === 'string' || (typeof Request === 'function' && module_or_path instanceof Request) || (typeof URL === 'function' && module_or_path instanceof URL)) {
        module_or_path = fetch(module_or_path);
    }

    const { instance, module } = await __wbg_load(await module_or_path, imports);

    return __wbg_finalize_init(instance, module);
}

export { initSync, __wbg_init as default };
