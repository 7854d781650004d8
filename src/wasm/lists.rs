//! Lists and objects of the caller's, read entry by entry. Reading one can run the caller's code and throw, which becomes the
//! cause of a TypeError.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{ArrayBuffer, JsString};
use wasm_bindgen::{JsCast, JsValue};

use super::arrays;
use super::exception::{Exception, type_error};
use crate::check;
use crate::error::Argument;

/// The entries of an array; or, if `typed`, of a typed array. Each is read once.
pub fn list(value: &JsValue, argument: Argument, must_be: &str, typed: bool) -> Result<Vec<JsValue>, Exception> {
    let refuse = |cause: &JsValue| type_error(argument.name(), must_be, cause);
    let is_list = arrays::is_array(value) || typed && ArrayBuffer::is_view(value);
    let length = if is_list {
        arrays::property(value, &"length".into()).map_err(|cause| refuse(&cause))?
    } else {
        JsValue::NULL
    };
    let Some(length) = length.as_f64() else { return Err(refuse(&JsValue::UNDEFINED)) };
    let length = length as usize;
    if argument != Argument::Weights {
        check::entries(argument, length)?; // weights are as many as something that was checked
    }
    let mut entries = Vec::new();
    for i in 0..length.min(argument.most_entries()) {
        entries.push(arrays::property(value, &(i as f64).into()).map_err(|cause| refuse(&cause))?);
    }
    Ok(entries)
}

/// A list of texts.
pub fn texts(value: &JsValue, argument: Argument) -> Result<Vec<String>, Exception> {
    let entries = list(value, argument, "an array of strings", false)?;
    let text = |(i, entry): (usize, &JsValue)| {
        let name = || [argument.name(), "[", itoa::Buffer::new().format(i), "]"].concat();
        text(entry, &name)
    };
    entries.iter().enumerate().map(text).collect()
}

/// A text, which must be one that UTF-8 can hold.
fn text(value: &JsValue, name: &dyn Fn() -> String) -> Result<String, Exception> {
    let Some(text) = value.dyn_ref::<JsString>() else {
        return Err(type_error(&name(), "a string", &JsValue::UNDEFINED));
    };
    if !text.is_valid_utf16() {
        return Err(type_error(
            &name(),
            "a string without half a surrogate pair, which no file can hold",
            &JsValue::UNDEFINED,
        ));
    }
    Ok(text.into())
}

/// Numbers: an array or a typed array of them.
pub fn numbers(value: &JsValue, argument: Argument) -> Result<Vec<f64>, Exception> {
    let entries = list(value, argument, "an array of numbers", true)?;
    let number = |(i, entry): (usize, &JsValue)| {
        let name = || [argument.name(), "[", itoa::Buffer::new().format(i), "]"].concat();
        entry.as_f64().ok_or_else(|| type_error(&name(), "a number", &JsValue::UNDEFINED))
    };
    entries.iter().enumerate().map(number).collect()
}

/// The property of an object.
pub fn property(object: &JsValue, key: &str, name: &str) -> Result<JsValue, Exception> {
    arrays::property(object, &key.into()).map_err(|cause| type_error(name, "an object", &cause))
}

/// Keys and values of an object of texts; nothing of undefined.
pub fn entries(value: &JsValue, name: &str) -> Result<Vec<(String, String)>, Exception> {
    let refuse = |cause: &JsValue| type_error(name, "an object of strings", cause);
    if !value.is_object() || arrays::is_array(value) {
        return Err(refuse(&JsValue::UNDEFINED));
    }
    let keys = arrays::keys(value).map_err(|cause| refuse(&cause))?;
    let mut entries = Vec::new();
    for key in keys.iter() {
        let text_of_key = text(&key, &|| ["a key of ", name].concat())?;
        let found = arrays::property(value, &key).map_err(|cause| refuse(&cause))?;
        let named = || [name, ".", &text_of_key].concat();
        let found = text(&found, &named)?;
        entries.push((text_of_key, found));
    }
    Ok(entries)
}
