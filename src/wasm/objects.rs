//! Plain objects and bytes for the caller.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem::replace;

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::JsValue;

use super::arrays;
use super::exception::{Exception, set};
use super::host::JavaScript;
use super::lists;
use crate::error::{Argument, Error};
use crate::merge;
use crate::state::{Class, Metadata};

/// An object for which wasm-bindgen will find a place on the heap: it would trap where there is none.
pub fn with_room<T>(object: T) -> Result<T, Exception> {
    let mut room: Vec<T> = Vec::new();
    room.try_reserve_exact(2).map_err(|_| Error::OutOfMemory)?; // more than the object and its counters
    Ok(object)
}

/// An object of numbers.
pub fn numbers(fields: &[(&str, f64)]) -> Object {
    let object = Object::new();
    for &(name, value) in fields {
        set(&object, name, &value.into());
    }
    object
}

/// An object of texts.
pub fn texts(metadata: &Metadata) -> Object {
    let entries = Array::new();
    for (key, value) in metadata.iter() {
        entries.push(&Array::of2(&key.into(), &value.into()));
    }
    // Not by assignment, to which a key "__proto__" means something else.
    Object::from_entries(&entries).unwrap_or_default()
}

/// The file of an object, with metadata that the caller has `given`, or those that the object has. It keeps what was given, unless
/// that is refused.
pub fn saved<T>(
    object: &mut T,
    metadata: fn(&mut T) -> &mut Metadata,
    given: &JsValue,
    save: fn(&T) -> Result<Vec<u8>, Box<Error>>,
) -> Result<Vec<u8>, Exception> {
    if given.is_undefined() {
        return Ok(save(object)?);
    }
    let new = Metadata::new(lists::entries(given, "metadata")?)?;
    let before = replace(metadata(object), new);
    save(object).map_err(|error| {
        *metadata(object) = before;
        error.into()
    })
}

/// A new array of these bytes.
pub fn bytes(bytes: &[u8]) -> Result<Uint8Array, Exception> {
    arrays::copy_bytes_out(bytes.as_ptr(), bytes.len()).ok_or_else(|| Error::OutOfMemory.into())
}

/// `{ bytes, dropped }` of what files merge to.
pub fn merged(class: Class, files: &JsValue, weights: &JsValue, normalize: Option<bool>) -> Result<Object, Exception> {
    arrays::connect_snippet();
    let files = lists::list(files, Argument::Files, "an array of Uint8Arrays", false)?;
    let weights = match weights.is_undefined() || weights.is_null() {
        true => None,
        false => Some(lists::numbers(weights, Argument::Weights)?),
    };
    let normalize = normalize.unwrap_or(true);
    let mut file = |i: usize| arrays::bytes(&files[i], &merge::source(i));
    let merged = merge::files::<JavaScript, _>(class, files.len(), &mut file, weights.as_deref(), normalize)?;
    let object = numbers(&[("dropped", merged.dropped)]);
    set(&object, "bytes", bytes(&merged.bytes)?.as_ref());
    Ok(object)
}
