//! The exported classes, called from Rust, and by `wasm.js` from JavaScript: what they throw and return, and that nothing the
//! caller's code does can spoil an object or the stack.
#![cfg(all(target_arch = "wasm32", feature = "bindings"))]

use std::hint::black_box;

use crate::common::Inputs;
use js_sys::{Array, Error, Float32Array, JSON, Object, Promise, RangeError, Reflect, TypeError, Uint8Array};
use ruvector_learning_wasm::wasm::{OperatorType, Outcome, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer};
use ruvector_learning_wasm::{Config, MicroLora, Operator};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/tests/wasm.js")]
extern "C" {
    fn refusals_are_thrown(classes: &Object) -> Promise;
    fn hostile_arrays_leave_no_trace(classes: &Object) -> Promise;
    fn an_exception_of_the_callers_is_the_cause(classes: &Object) -> Promise;
    fn the_stack_is_given_back(classes: &Object, stack: &JsValue) -> Promise;
    fn so_it_is_inside_another_call(classes: &Object, stack: &JsValue) -> Promise;
    fn what_was_freed_or_is_in_use_throws(classes: &Object, stack: &JsValue) -> Promise;
    fn memory_grows_under_views_and_arrays(classes: &Object, memory: &JsValue) -> Promise;
}

fn get<T>(outcome: Outcome<T>) -> T {
    outcome.into_result().unwrap_or_else(|error| panic!("{error:?}"))
}

fn micro(dim: u32) -> WasmMicroLoRA {
    get(WasmMicroLoRA::new(Some(dim.into()), Some(0.25), Some(0.5)))
}

fn set(dim: u32) -> WasmScopedLoRA {
    get(WasmScopedLoRA::new(Some(dim.into()), Some(0.25), Some(0.5)))
}

fn ring(capacity: u32, dim: u32) -> WasmTrajectoryBuffer {
    get(WasmTrajectoryBuffer::new(Some(capacity.into()), Some(dim.into())))
}

fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

fn numbers(values: &[f64]) -> JsValue {
    values.iter().map(|&value| JsValue::from(value)).collect::<Array>().into()
}

fn texts(values: &[&str]) -> JsValue {
    values.iter().map(|&value| JsValue::from(value)).collect::<Array>().into()
}

fn uint8(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn field(object: &impl AsRef<JsValue>, key: &str) -> JsValue {
    Reflect::get(object.as_ref(), &key.into()).unwrap()
}

fn json(value: &impl AsRef<JsValue>) -> String {
    JSON::stringify(value.as_ref()).unwrap().into()
}

/// The classes as JavaScript has them, by name.
fn classes() -> Object {
    let classes = Object::new();
    for object in [JsValue::from(micro(1)), JsValue::from(set(1)), JsValue::from(ring(1, 1))] {
        let class = field(&object, "constructor");
        Reflect::set(&classes, &field(&class, "name"), &class).unwrap();
    }
    classes
}

/// A function that says where the stack ends.
fn stack() -> JsValue {
    let end = || {
        let here = 0u8;
        black_box(&raw const here).addr() as f64
    };
    Closure::<dyn Fn() -> f64>::new(end).into_js_value()
}

async fn passes(test: Promise) {
    if let Err(error) = JsFuture::from(test).await {
        let error: Error = error.unchecked_into();
        panic!("{}\n{}", String::from(error.to_string()), field(&error, "stack").as_string().unwrap_or_default());
    }
}

#[wasm_bindgen_test]
async fn refusals_have_their_class_and_their_words() {
    passes(refusals_are_thrown(&classes())).await;
}

#[wasm_bindgen_test]
async fn hostile_arrays_leave_an_object_as_it_was() {
    passes(hostile_arrays_leave_no_trace(&classes())).await;
}

#[wasm_bindgen_test]
async fn what_the_callers_code_throws_is_kept_as_the_cause() {
    passes(an_exception_of_the_callers_is_the_cause(&classes())).await;
}

#[wasm_bindgen_test]
async fn refused_calls_give_the_stack_back() {
    passes(the_stack_is_given_back(&classes(), &stack())).await;
}

#[wasm_bindgen_test]
async fn refused_calls_inside_another_call_give_the_stack_back() {
    passes(so_it_is_inside_another_call(&classes(), &stack())).await;
}

#[wasm_bindgen_test]
async fn objects_that_are_freed_or_in_use_throw() {
    passes(what_was_freed_or_is_in_use_throws(&classes(), &stack())).await;
}

#[wasm_bindgen_test]
async fn memory_may_grow_at_any_time() {
    passes(memory_grows_under_views_and_arrays(&classes(), &wasm_bindgen::memory())).await;
}

#[wasm_bindgen_test]
fn a_refusal_is_a_value_for_callers_in_rust() {
    let refused = |outcome: Outcome<()>| outcome.into_result().unwrap_err();
    let mut lora = micro(3);
    let error = refused(lora.adapt_array(&floats(&[1.0, 2.0])));
    assert_eq!(error.dyn_ref::<RangeError>().unwrap().message(), "gradient has 2 values, this adapter has dim 3");
    let error = refused(lora.adapt_array(&JsValue::NULL));
    let error: &TypeError = error.dyn_ref().unwrap();
    assert_eq!(error.message(), "gradient must be a Float32Array or an array of numbers");
    assert!(!Object::has_own(error, &"cause".into()));
    // As for callers in JavaScript, the next call is answered as if it had never been made.
    assert_eq!(get(lora.forward_array(&floats(&[1.0, 2.0, 3.0]))).to_vec(), [1.0, 2.0, 3.0]);
}

/// The same calls of an exported object and of the core's.
#[wasm_bindgen_test]
fn an_export_does_what_the_core_does() {
    let mut exported = micro(20);
    let mut core = MicroLora::new(Config::new(Some(20.0), Some(0.25), Some(0.5)).unwrap()).unwrap();
    let mut inputs = Inputs::new(1);
    for _ in 0..100 {
        let (x, target) = (inputs.vector(20, 1.0), inputs.vector(20, 1.0));
        let loss = get(exported.train(&floats(&x), &floats(&target)));
        assert_eq!(loss.to_bits(), core.train(&x, &target).unwrap().to_bits());
        assert_eq!(get(exported.forward_array(&floats(&x))).to_vec(), core.forward_array(&x).unwrap());
        get(exported.adapt_with_reward(0.5));
        core.adapt_with_reward(0.5).unwrap();
        let predicted = get(exported.predicted_improvement(&floats(&target)));
        assert_eq!(predicted, core.predicted_improvement(&target).unwrap());
    }
    assert_eq!((exported.adapt_count(), exported.forward_count()), (core.adapt_count(), core.forward_count()));
    assert_eq!(exported.delta_norm(), core.delta_norm());
    assert_eq!((exported.dim(), exported.param_count()), (20, 80));
}

#[wasm_bindgen_test]
fn numbers_come_in_any_kind_of_array() {
    let expected = get(micro(3).forward_array(&floats(&[1.0, -2.0, 0.5]))).to_vec();
    let values = [1.0, -2.0, 0.5];
    let like = Object::new();
    Reflect::set(&like, &"length".into(), &3.into()).unwrap();
    for (i, value) in values.into_iter().enumerate() {
        Reflect::set_u32(&like, i as u32, &value.into()).unwrap();
    }
    let in_wasm = unsafe { Float32Array::view(black_box(&[1.0, -2.0, 0.5])) };
    for input in [
        numbers(&values),
        js_sys::Float64Array::from(&values[..]).into(),
        texts(&["1", "-2", "0.5"]),
        like.into(),
        in_wasm.into(),
    ] {
        assert_eq!(get(micro(3).forward_array(&input)).to_vec(), expected, "{input:?}");
    }
}

#[wasm_bindgen_test]
fn statistics_are_plain_objects_that_json_can_carry() {
    let mut lora = micro(2);
    get(lora.train(&floats(&[1.0, 0.0]), &floats(&[1.0, 0.0])));
    assert_eq!(
        json(&lora.stats()),
        r#"{"dim":2,"alpha":0.25,"learning_rate":0.5,"param_count":8,"adapt_count":0,"forward_count":1,"delta_norm":0}"#
    );
    let (names, categories) = (texts(&["search", "é🦀"]), texts(&["web", "code"]));
    let mut set = get(WasmScopedLoRA::with_operators(&names, &categories, Some(2.0), Some(0.25), Some(0.5)));
    get(set.forward_array(1.0, &floats(&[1.0, 0.0])));
    let one = r#"{"name":"é🦀","category":"code","adapt_count":0,"forward_count":1,"delta_norm":0}"#;
    assert_eq!(json(&get(set.stats(Some(1.0)))), one);
    let first = r#"{"name":"search","category":"web","adapt_count":0,"forward_count":0,"delta_norm":0}"#;
    let settings = r#""dim":2,"alpha":0.25,"learning_rate":0.5,"total_adapt_count":0,"total_forward_count":1"#;
    assert_eq!(json(&get(set.stats(None))), format!("{{{settings},\"operators\":[{first},{one}]}}"));

    let mut ring = ring(4, 2);
    get(ring.record(&floats(&[1.0, 0.0]), 2.0, 7.0, 2.0, 3.0));
    let stats = [
        "\"capacity\":4,\"embedding_dim\":2,\"total_count\":1,\"success_rate\":1,\"mean_improvement\":0.5",
        "\"best_improvement\":0.5,\"best_attention\":7,\"variance\":0,\"len\":1",
    ];
    assert_eq!(json(&ring.stats()), format!("{{{}}}", stats.join(",")));
    let plain = field(&Object::new(), "constructor");
    for object in [JsValue::from(lora.stats()), get(set.stats(Some(0.0))).into(), ring.stats().into()] {
        assert_eq!(field(&object, "constructor"), plain);
    }
}

#[wasm_bindgen_test]
fn the_enum_and_the_names_are_those_of_the_table() {
    let set = set(1);
    assert_eq!(set.operator_count(), 17);
    for operator in Operator::all() {
        let id = operator.id() as f64;
        assert_eq!(get(set.operator_name(id)), operator.name().unwrap());
        assert_eq!(get(WasmScopedLoRA::scope_name(id)), operator.name().unwrap());
    }
    assert_eq!((OperatorType::Scan as usize, OperatorType::Join as usize, OperatorType::Result as usize), (0, 2, 16));
    assert_eq!(get(set.category_name(OperatorType::HashJoin as u32 as f64)), "Join");
}

#[wasm_bindgen_test]
fn outputs_can_go_to_arrays_that_are_there() {
    let mut lora = micro(3);
    get(lora.train(&floats(&[1.0, 2.0, 3.0]), &floats(&[0.0; 3])));
    let x = floats(&[1.0, -1.0, 2.0]);
    let expected = get(lora.forward_array(&x)).to_vec();
    let output = Float32Array::new_with_length(3);
    get(lora.forward_into(&x, &output));
    assert_eq!(output.to_vec(), expected);
    get(lora.forward_into(&output, &output)); // the one may be the other

    let rows = floats(&[1.0, -1.0, 2.0, 1.0, -1.0, 2.0]);
    let outputs: Float32Array = get(lora.forward_batch(&rows, &JsValue::UNDEFINED)).unchecked_into();
    assert_eq!(outputs.to_vec(), [&expected[..], &expected].concat());
    assert_eq!(get(lora.forward_batch(&rows, &rows)), rows);
    assert_eq!(rows.unchecked_into::<Float32Array>().to_vec(), outputs.to_vec());
    let none: Float32Array = get(lora.forward_batch(&floats(&[]), &JsValue::UNDEFINED)).unchecked_into();
    assert_eq!(none.length(), 0);
    assert_eq!(lora.output_view().to_vec(), expected);
}

/// Files that version 0.1.0 has written.
const ADAPTER: &[u8] = include_bytes!("fixtures/adapter.safetensors");
const ADAPTERS: &[u8] = include_bytes!("fixtures/adapters.safetensors");
const TRAJECTORIES: &[u8] = include_bytes!("fixtures/trajectories.safetensors");

/// The vectors of tests/js/fixtures.mjs.
fn eighths(seed: usize) -> JsValue {
    floats(&(0..20).map(|i| (((7 * i + 13 * seed) % 17) as f32 - 8.0) / 8.0).collect::<Vec<f32>>())
}

const NONE: &JsValue = &JsValue::UNDEFINED;

#[wasm_bindgen_test]
fn files_of_0_1_0_load_and_are_what_is_written_today() {
    let mut lora = get(WasmMicroLoRA::from_safetensors(&uint8(ADAPTER), NONE));
    assert_eq!(get(lora.to_safetensors(NONE)).to_vec(), ADAPTER);
    assert_eq!(get(lora.peft_config()), include_str!("fixtures/adapter_config.json"));
    let mut set = get(WasmScopedLoRA::from_safetensors(&uint8(ADAPTERS), NONE));
    assert_eq!(get(set.to_safetensors(NONE)).to_vec(), ADAPTERS);
    let mut ring = get(WasmTrajectoryBuffer::from_safetensors(&uint8(TRAJECTORIES)));
    assert_eq!(get(ring.to_safetensors(NONE)).to_vec(), TRAJECTORIES);

    // The calls that the files are of.
    let mut again = micro(20);
    for i in 0..300 {
        get(again.train(&eighths(i), &eighths(i + 5)));
    }
    assert_eq!(get(again.to_safetensors(NONE)).to_vec(), ADAPTER);
    let mut again = self::set(20);
    for i in 0..60 {
        get(again.train((i % 3) as f64, &eighths(i), &eighths(i + 5)));
    }
    get(again.forward_array(7.0, &eighths(1)));
    assert_eq!(get(again.to_safetensors(NONE)).to_vec(), ADAPTERS);
    let mut again = self::ring(5, 20);
    for i in 0..8 {
        let number = i as f64;
        get(again.record(&eighths(i), number, 3.0 * number, 1.0 + number, 4.0));
    }
    assert_eq!(get(again.to_safetensors(NONE)).to_vec(), TRAJECTORIES);
}

#[wasm_bindgen_test]
fn metadata_of_the_users_own_goes_with_the_file() {
    let mut lora = micro(2);
    let given = JSON::parse(r#"{"note":"\"\\\u0001é🦀","":"","__proto__":"own","b:c":"{}"}"#).unwrap();
    let file = get(lora.to_safetensors(&given));
    assert_eq!(get(lora.to_safetensors(NONE)).to_vec(), file.to_vec()); // kept
    let mut loaded = get(WasmMicroLoRA::from_safetensors(&file, NONE));
    let found: Object = loaded.metadata();
    for key in ["note", "", "b:c"] {
        assert_eq!(field(&found, key), field(&given, key), "{key}");
    }
    assert_eq!(get(loaded.to_safetensors(NONE)).to_vec(), file.to_vec());
    let without = get(loaded.to_safetensors(&Object::new()));
    assert_eq!(json(&get(WasmMicroLoRA::from_safetensors(&without, NONE)).metadata()), "{}");
    let error = lora.to_safetensors(&JSON::parse(r#"{"fine":"x","checksum":"0"}"#).unwrap()).into_result().unwrap_err();
    assert_eq!(error.unchecked_into::<RangeError>().message(), "metadata: checksum is a key of the format itself");
    assert_eq!(get(lora.to_safetensors(NONE)).to_vec(), file.to_vec()); // as before
}

/// A safetensors file with these header and data.
fn assembled(header: &str, data: &[u8]) -> JsValue {
    uint8(&[&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat())
}

#[wasm_bindgen_test]
fn headers_that_json_takes_and_the_format_does_not_are_refused() {
    let length = u64::from_le_bytes(ADAPTER[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&ADAPTER[8..8 + length]).unwrap();
    let data = &ADAPTER[8 + length..];
    let said = |header: &str| {
        let error =
            WasmMicroLoRA::from_safetensors(&assembled(header, data), NONE).into_result().map(drop).unwrap_err();
        error.unchecked_into::<RangeError>().message()
    };
    get(WasmMicroLoRA::from_safetensors(&assembled(header, data), NONE));
    let with = |from: &str, to: &str| {
        let changed = header.replacen(from, to, 1);
        assert_ne!(changed, header);
        said(&changed)
    };
    let twice = "bytes: the header has a key twice";
    assert_eq!(with(r#""dim":"20""#, r#""dim":"20","dim":"20""#), twice);
    assert_eq!(with(r#""dim":"20""#, r#""dim":"20","\u0064im":"20""#), twice);
    assert_eq!(with(r#""dtype":"I64""#, r#""dtype":"I64","dtype":"I64""#), twice);
    assert_eq!(
        with(r#""state.steps":"#, r#""state.steps":{"dtype":"I64","shape":[1],"data_offsets":[64,72]},"state.steps":"#),
        twice
    );
    assert_eq!(said("[]"), "bytes: the header is no object");
    assert_eq!(said("null"), "bytes: the header is no object");
    assert_eq!(said("{"), "bytes: the header is not JSON");
    assert_eq!(with(r#""shape":[1,2,4]"#, r#""shape":[1,2.5,4]"#), "bytes: shape of state.gram is [1,2.5,4]");
    assert_eq!(with(r#""shape":[1,2,4]"#, r#""shape":[-1,-2,4]"#), "bytes: shape of state.gram is [-1,-2,4]");
    assert_eq!(with(r#""dtype":"F64""#, r#""dtype":"F8""#), "bytes: dtype of state.gram is \"F8\"");
    assert_eq!(with("[0,64]", "[0,64,64]"), "bytes: data_offsets of state.gram are [0,64,64]");
    assert_eq!(with("[0,64]", "[64,0]"), "bytes: data_offsets of state.gram are [64,0], its shape has 64 bytes");
    assert_eq!(with(r#""dim":"20""#, r#""dim":20"#), "bytes: dim in __metadata__ is no text");
}

#[wasm_bindgen_test]
fn an_adapter_of_pefts_loads_with_its_configuration_as_text_or_object() {
    let header = concat!(
        r#"{"__metadata__":{"format":"pt"},"#,
        r#""base_model.model.q.lora_A.weight":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]},"#,
        r#""base_model.model.q.lora_B.weight":{"dtype":"BF16","shape":[2,2],"data_offsets":[8,16]}}"#
    );
    // A = [[1, 0], [0, 1]], B = [[1, 0], [0, −1]].
    let data = [0x3c00u16, 0, 0, 0x3c00, 0x3f80, 0, 0, 0xbf80].map(u16::to_le_bytes).concat();
    let file = assembled(header, &data);
    let scaled = |config: &JsValue| {
        let mut lora = get(WasmMicroLoRA::from_safetensors(&file, config));
        get(lora.forward_array(&floats(&[1.0, 1.0]))).to_vec()
    };
    assert_eq!(scaled(NONE), [2.0, 0.0]);
    assert_eq!(scaled(&JsValue::NULL), [2.0, 0.0]);
    let text = r#"{"peft_type":"LORA","r":2,"lora_alpha":4,"use_rslora":false,"rank_pattern":{},"lora_bias":false}"#;
    assert_eq!(scaled(&text.into()), [3.0, -1.0]);
    assert_eq!(scaled(&JSON::parse(text).unwrap()), [3.0, -1.0]);
    let root = scaled(&r#"{"r":2,"lora_alpha":4,"use_rslora":true}"#.into());
    assert_eq!(root[0], 1.0 + (4.0 / 2f64.sqrt()) as f32);

    let said = |config: &JsValue| {
        let error = WasmMicroLoRA::from_safetensors(&file, config).into_result().map(drop).unwrap_err();
        error.unchecked_into::<Error>().message()
    };
    let text = |text: &str| said(&text.into());
    assert_eq!(text("{"), "adapter_config: it is not JSON");
    assert_eq!(text("[]"), "adapter_config must be JSON of an object, or an object");
    assert_eq!(said(&5.into()), "adapter_config must be JSON of an object, or an object");
    assert_eq!(text(r#"{"r":8,"lora_alpha":16}"#), "adapter_config: r is 8, it must be 2");
    assert_eq!(text(r#"{"r":"2","lora_alpha":16}"#), "adapter_config: r is \"2\", it must be a number");
    assert_eq!(text(r#"{"r":2}"#), "adapter_config: lora_alpha is undefined, it must be a number");
    assert_eq!(
        text(r#"{"r":2,"lora_alpha":4,"use_dora":true}"#),
        "adapter_config: use_dora is set, which cannot be loaded"
    );
    let pattern = text(r#"{"r":2,"lora_alpha":4,"rank_pattern":{"q":4}}"#);
    assert_eq!(pattern, "adapter_config: rank_pattern is set, which cannot be loaded");
}

#[wasm_bindgen_test]
fn files_are_merged_as_they_are_natively() {
    let files = Array::of2(&uint8(ADAPTER), &uint8(ADAPTER));
    let merged = get(WasmMicroLoRA::merge_safetensors(&files, NONE, None));
    assert_eq!(field(&merged, "dropped"), 0.0);
    let merged = get(WasmMicroLoRA::from_safetensors(&field(&merged, "bytes"), NONE));
    let one = get(WasmMicroLoRA::from_safetensors(&uint8(ADAPTER), NONE));
    assert_eq!((merged.delta_norm(), merged.adapt_count()), (one.delta_norm(), 600));

    let weights = numbers(&[1.0, -1.0]);
    let difference = get(WasmMicroLoRA::merge_safetensors(&files, &weights, Some(false)));
    assert_eq!(get(WasmMicroLoRA::from_safetensors(&field(&difference, "bytes"), NONE)).delta_norm(), 0.0);
    let error = WasmMicroLoRA::merge_safetensors(&files, &weights, None).into_result().map(drop).unwrap_err();
    assert_eq!(error.unchecked_into::<RangeError>().message(), "weights[1] is -1, it must be finite and at least 0");
    let sets = Array::of1(&uint8(ADAPTERS));
    assert_eq!(field(&get(WasmScopedLoRA::merge_safetensors(&sets, NONE, None)), "dropped"), 0.0);
}

#[wasm_bindgen_test]
fn trajectories_are_predicted_and_recommended_from() {
    let mut ring = ring(10, 2);
    let x = floats(&[1.0, 0.5]);
    for _ in 0..5 {
        get(ring.record(&x, 2.0, 3.0, 1.0, 4.0));
    }
    let types: JsValue = Uint8Array::from(&[0, 3, 200][..]).into();
    let gains = get(ring.predict(&x, 2.0, &types)).to_vec();
    assert!(gains[0] == 0.0 && (gains[1] - 4f32.ln()).abs() < 0.3, "{gains:?}");
    assert_eq!(get(ring.recommend(&x, 2.0, &types)), 3);
    assert_eq!(get(ring.predict(&x, 2.0, &numbers(&[0.0, 3.0, 200.0]))).to_vec(), gains);
    assert_eq!((ring.len(), ring.total_count(), ring.is_empty()), (5, 5, false));
    assert_eq!((get(ring.count_by_operator(2.0)), get(ring.best_attention_for(2.0))), (5, 3));
}
