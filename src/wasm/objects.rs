//! Plain objects and bytes for the caller.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hint::black_box;
use core::mem::replace;

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::JsValue;

use super::arrays;
use super::exception::{Exception, set};
use super::host::JavaScript;
use super::lists;
use crate::check;
use crate::error::{Argument, Error};
use crate::merge;
use crate::state::{Class, Metadata};

/// What the texts, tables and messages of one call need at most, in bytes, unless the caller's texts are longer than that.
const SMALL: usize = 65_536;

/// Refuses a call whose allocations, of `bytes` and [`SMALL`], might not all succeed: a small one that fails is a trap.
pub fn ensure_room(bytes: usize) -> Result<(), Exception> {
    let mut room: Vec<u8> = Vec::new();
    room.try_reserve_exact(bytes.saturating_add(SMALL)).map_err(|_| Error::OutOfMemory)?;
    black_box(room); // an allocation that nobody sees may be optimized away
    Ok(())
}

/// An object for which wasm-bindgen will find a place on the heap: it would trap where there is none.
pub fn with_room<T>(object: T) -> Result<T, Exception> {
    let mut room: Vec<T> = Vec::new();
    room.try_reserve_exact(2).map_err(|_| Error::OutOfMemory)?; // more than the object and its counters
    Ok(object)
}

/// An object of numbers.
pub fn of_numbers(fields: &[(&str, f64)]) -> Object {
    let object = Object::new();
    for &(name, value) in fields {
        set(&object, name, &value.into());
    }
    object
}

/// An object of texts.
pub fn of_texts(metadata: &Metadata) -> Object {
    let entries = Array::new();
    for (key, value) in metadata.iter() {
        entries.push(&Array::of2(&key.into(), &value.into()));
    }
    // Not by assignment, to which a key "__proto__" means something else.
    Object::from_entries(&entries).unwrap_or_default()
}

/// The file of an object whose tensors have up to `size` bytes, with metadata that the caller has `given`, or those that the
/// object has. It keeps what was given, unless that is refused.
pub fn saved<T>(
    object: &mut T,
    size: usize,
    metadata: fn(&mut T) -> &mut Metadata,
    given: &JsValue,
    save: fn(&T) -> Result<Vec<u8>, Box<Error>>,
) -> Result<Vec<u8>, Exception> {
    ensure_room(size.saturating_mul(2))?; // the tensors, and the file that they are copied into
    if given.is_undefined() {
        return Ok(save(object)?);
    }
    let new = Metadata::new(lists::read_entries(given, "metadata")?)?;
    let before = replace(metadata(object), new);
    save(object).map_err(|error| {
        *metadata(object) = before;
        error.into()
    })
}

/// A new array of these bytes.
pub fn new_bytes(bytes: &[u8]) -> Result<Uint8Array, Exception> {
    arrays::copy_bytes_out(bytes.as_ptr(), bytes.len()).ok_or_else(|| Error::OutOfMemory.into())
}

/// How many times the bytes of all files a merge needs: the factors, and those of one adapter of each file as f64, twice. A set has
/// more than one adapter.
fn merge_copies(class: Class) -> usize {
    match class {
        Class::Micro => 6,
        Class::Scoped => 2,
    }
}

/// `{ bytes, dropped }` of what files merge to.
pub fn merged(class: Class, files: &JsValue, weights: &JsValue, normalize: Option<bool>) -> Result<Object, Exception> {
    arrays::connect_snippet();
    ensure_room(0)?;
    let files = lists::read_list(files, Argument::Files, "an array of Uint8Arrays", false, &|count| {
        check::entries(Argument::Files, count)
    })?;
    let weights = match weights.is_undefined() || weights.is_null() {
        true => None,
        false => {
            let check_count = |count| merge::check_weight_count(count, files.len());
            Some(lists::read_numbers(weights, Argument::Weights, &check_count)?)
        }
    };
    let normalize = normalize.unwrap_or(true);
    let size: f64 = files.iter().map(|file| arrays::count_bytes(file).max(0.0)).sum();
    ensure_room(merge_copies(class).saturating_mul(size as usize))?;
    let mut file = |i: usize| arrays::read_bytes(&files[i], &merge::source(i));
    let merged = merge::merge_files::<JavaScript, _>(class, files.len(), &mut file, weights.as_deref(), normalize)?;
    let object = of_numbers(&[("dropped", merged.dropped)]);
    set(&object, "bytes", new_bytes(&merged.bytes)?.as_ref());
    Ok(object)
}
