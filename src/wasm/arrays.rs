//! Vectors that cross the boundary, copied by engine code: that costs a third of a copy that wasm has to ask for.

use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::{Array, Float32Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::exception::{Exception, type_error};
use crate::error::{Argument, Error};
use crate::rows::{BLOCK_LEN, Block, blocks_for, values_mut};

#[wasm_bindgen(module = "/src/wasm/arrays.js")]
extern "C" {
    fn connect(exports: &JsValue, stack_start: usize);
    pub fn fail(exception: JsValue);
    #[wasm_bindgen(catch)]
    pub fn property(object: &JsValue, key: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub fn keys(object: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch)]
    pub fn stringify(value: &JsValue) -> Result<JsValue, JsValue>;
    pub fn is_array(value: &JsValue) -> bool;
    fn cause() -> JsValue;
    fn copy_in(values: &JsValue, at: *mut f32, length: usize) -> f64;
    fn copy_doubles_in(values: &JsValue, at: *mut f64, most: usize) -> f64;
    fn copy_out(at: *const f32, length: usize) -> Option<Float32Array>;
    fn check_output(output: &JsValue) -> f64;
    fn write_out(output: &JsValue, at: *const f32, length: usize);
    fn view_of(at: *const f32, length: usize) -> Float32Array;
    fn hold(slot: usize, values: &JsValue) -> f64;
    fn hold_new(slot: usize, length: usize) -> bool;
    fn release(slot: usize) -> JsValue;
    fn rows_in(slot: usize, start: usize, rows: usize, dim: usize, at: *mut f32, stride: usize);
    fn rows_out(slot: usize, start: usize, rows: usize, dim: usize, at: *const f32, stride: usize);
    pub fn count_bytes(value: &JsValue) -> f64;
    fn copy_bytes_in(value: &JsValue, at: *mut u8, length: usize) -> bool;
    pub fn copy_bytes_out(at: *const u8, length: usize) -> Option<Uint8Array>;
}

/// Slots of `hold`.
const INPUTS: usize = 0;
const OUTPUTS: usize = 1;

/// Rows of a batch that are copied at a time: so few that they stay in the nearest cache.
const BATCH_ROWS: usize = 16;

struct Connected(Cell<bool>);

// SAFETY: this module is built without threads.
#[allow(unsafe_code)]
unsafe impl Sync for Connected {}

static CONNECTED: Connected = Connected(Cell::new(false));

#[allow(unsafe_code, reason = "only the address of the symbol is taken")]
unsafe extern "C" {
    /// Where the stack begins, by the linker's name for it.
    static __stack_high: u8;
}

/// Gives the snippet the exports of the instance. Every call that makes an object does it: nothing is needed before.
pub fn connect_snippet() {
    if !CONNECTED.0.replace(true) {
        connect(&wasm_bindgen::exports(), (&raw const __stack_high) as usize);
    }
}

#[cold]
fn no_numbers(argument: Argument, must_be: &str) -> Exception {
    type_error(argument.name(), must_be, &cause())
}

/// Copies an array of numbers that the caller has given.
#[inline(always)]
pub fn read(values: &JsValue, argument: Argument, to: &mut [f32]) -> Result<(), Exception> {
    let count = copy_in(values, to.as_mut_ptr(), to.len());
    if count == to.len() as f64 { Ok(()) } else { Err(unreadable(argument, count, to.len())) }
}

#[cold]
#[inline(never)]
fn unreadable(argument: Argument, count: f64, expected: usize) -> Exception {
    if count < 0.0 {
        return no_numbers(argument, "a Float32Array or an array of numbers");
    }
    Error::Length { argument, actual: count as usize, expected }.into()
}

/// Copies attention types that the caller has listed; returns how many there are.
pub fn read_types(values: &JsValue, to: &mut [f64], types: &mut [u8]) -> Result<usize, Exception> {
    let argument = Argument::AttentionTypes;
    let count = copy_doubles_in(values, to.as_mut_ptr(), to.len());
    if count < 0.0 {
        return Err(no_numbers(argument, "an array of numbers"));
    }
    let count = count as usize;
    crate::check::entries(argument, count)?;
    for (to, &value) in types.iter_mut().zip(&to[..count]) {
        *to = value as u8; // saturates, drops the fraction, and makes 0 of NaN
        crate::check::number(argument, value, f64::from(*to) == value)?;
    }
    Ok(count)
}

/// A new array with these values.
#[inline(always)]
pub fn array(values: &[f32]) -> Result<Float32Array, Exception> {
    copy_out(values.as_ptr(), values.len()).ok_or_else(|| Error::OutOfMemory.into())
}

/// A view of these values, which goes stale when the memory grows.
pub fn view(values: &[f32]) -> Float32Array {
    view_of(values.as_ptr(), values.len())
}

/// A Float32Array of the caller's that the output is written to.
pub struct Output<'a>(&'a JsValue);

impl<'a> Output<'a> {
    /// Checks it before anything changes.
    #[inline(always)]
    pub fn new(output: &'a JsValue, dim: usize) -> Result<Self, Exception> {
        let length = check_output(output);
        if length == dim as f64 { Ok(Self(output)) } else { Err(unusable(length, dim)) }
    }

    /// Writes the output.
    #[inline(always)]
    pub fn write(self, values: &[f32]) {
        write_out(self.0, values.as_ptr(), values.len());
    }
}

#[cold]
#[inline(never)]
fn unusable(length: f64, expected: usize) -> Exception {
    let argument = Argument::Output;
    if length < 0.0 {
        return no_numbers(argument, "a Float32Array");
    }
    Error::Length { argument, actual: length as usize, expected }.into()
}

/// What is done with some rows of a batch: the number of the first, the rows, and room for their outputs.
type Step<'a> = dyn FnMut(usize, &[Block], &mut [Block]) -> Result<(), Error> + 'a;

/// Arrays of the caller's that a batch is read from and written to.
pub struct Batch {
    dim: usize,
    rows: usize,
}

impl Batch {
    /// Checks `inputs`. The output is a new array with one number for each.
    pub fn of_scores(inputs: &JsValue, dim: usize) -> Result<Self, Exception> {
        let batch = Self::of(inputs, dim)?;
        if hold_new(OUTPUTS, batch.rows) { Ok(batch) } else { Err(Error::OutOfMemory.into()) }
    }

    /// One without outputs.
    fn of(inputs: &JsValue, dim: usize) -> Result<Self, Exception> {
        let length = hold(INPUTS, inputs);
        let batch = Self { dim, rows: length as usize / dim };
        if length < 0.0 {
            return Err(no_numbers(Argument::Inputs, "a Float32Array"));
        }
        let length = length as usize;
        if !length.is_multiple_of(dim) {
            return Err(Error::Rows { argument: Argument::Inputs, actual: length, dim }.into());
        }
        Ok(batch)
    }

    /// Checks them before anything changes. `outputs` is a new array if it is undefined.
    pub fn new(inputs: &JsValue, outputs: &JsValue, dim: usize) -> Result<Self, Exception> {
        let batch = Self::of(inputs, dim)?;
        let length = batch.rows * dim;
        if outputs.is_undefined() {
            return if hold_new(OUTPUTS, length) { Ok(batch) } else { Err(Error::OutOfMemory.into()) };
        }
        let actual = hold(OUTPUTS, outputs);
        if actual < 0.0 {
            return Err(no_numbers(Argument::Outputs, "a Float32Array"));
        }
        if actual != length as f64 {
            let (argument, actual) = (Argument::Outputs, actual as usize);
            return Err(Error::Unequal { argument, actual, other: Argument::Inputs, expected: length }.into());
        }
        Ok(batch)
    }

    /// What the caller gets: the `outputs` that it gave, or the new array.
    pub fn outputs(self, outputs: &JsValue) -> JsValue {
        if outputs.is_undefined() { release(OUTPUTS) } else { outputs.clone() }
    }

    /// Calls `forward` with some rows of inputs and of outputs at a time; `room`, inputs and then outputs, is made if it is
    /// not there.
    pub fn run(
        &self,
        room: &mut alloc::boxed::Box<[Block]>,
        mut forward: impl FnMut(&[Block], &mut [Block]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let stride = blocks_for(self.dim) * BLOCK_LEN;
        self.walk(room, [self.dim, stride], &mut |_, x, y| forward(x, y))
    }

    /// Calls `score` with some rows of inputs and their scores at a time; `room` is as in [`Batch::run`].
    pub fn score(
        &self,
        room: &mut alloc::boxed::Box<[Block]>,
        mut score: impl FnMut(&[Block], &mut [f32]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let blocks = blocks_for(self.dim);
        self.walk(room, [1, 1], &mut |start, x, scores| {
            let scores = values_mut(scores, x.len() / blocks);
            score(x, scores).map_err(|error| error.in_rows_from(start, self.dim))
        })
    }

    /// Does `step` with some rows at a time. Each output has `width` values; in the room they are `stride` apart.
    #[inline(never)]
    fn walk(
        &self,
        room: &mut alloc::boxed::Box<[Block]>,
        [width, stride]: [usize; 2],
        step: &mut Step,
    ) -> Result<(), Error> {
        let blocks = blocks_for(self.dim);
        if room.is_empty() {
            *room = crate::rows::zeroed(2 * BATCH_ROWS * blocks)?;
        }
        let (inputs, outputs) = room.split_at_mut(BATCH_ROWS * blocks);
        let mut done = 0;
        while done < self.rows {
            let rows = BATCH_ROWS.min(self.rows - done);
            let (inputs, outputs) = (&mut inputs[..rows * blocks], &mut outputs[..rows * blocks]);
            rows_in(INPUTS, done * self.dim, rows, self.dim, inputs.as_mut_ptr().cast(), blocks * BLOCK_LEN);
            step(done, inputs, outputs)?;
            rows_out(OUTPUTS, done * width, rows, width, outputs.as_ptr().cast(), stride);
            done += rows;
        }
        Ok(())
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        release(INPUTS);
        release(OUTPUTS);
    }
}

/// A copy of an ArrayBuffer or a view of one: shared memory can change, and that of wasm goes away when it grows.
pub fn read_bytes(value: &JsValue, name: &str) -> Result<Vec<u8>, Exception> {
    let count = count_bytes(value);
    let mut bytes: Vec<u8> = Vec::new();
    if count >= 0.0 {
        bytes.try_reserve_exact(count as usize).map_err(|_| Error::OutOfMemory)?;
        bytes.resize(count as usize, 0);
        if copy_bytes_in(value, bytes.as_mut_ptr(), bytes.len()) {
            return Ok(bytes);
        }
    }
    Err(type_error(name, "a Uint8Array or an ArrayBuffer", &cause()))
}
