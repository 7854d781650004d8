//! JSON and decimal numbers, read and written by JavaScript: code for that would be larger than all the rest.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, JSON, JsString, Number, Object};
use wasm_bindgen::{JsCast, JsValue};

use super::arrays;
use super::exception::Exception;
use super::lists::property;
use crate::error::{Error, Message, reason};
use crate::state::{Dtype, Entry, Header, Host, PeftConfig};

/// JavaScript.
pub struct JavaScript;

/// A value as JSON.
fn json(value: &JsValue) -> String {
    arrays::stringify(value).ok().and_then(|text| text.as_string()).unwrap_or_else(|| "undefined".into())
}

/// Whether a value of JSON is an object, that is, neither a list nor null.
fn is_object(value: &JsValue) -> bool {
    value.is_object() && !arrays::is_array(value)
}

/// Keys and values of an object that JSON has made.
fn members(object: &JsValue) -> Vec<(String, JsValue)> {
    let entry = |entry: JsValue| {
        let entry: &Array = entry.unchecked_ref();
        let [key, value] = [entry.get(0), entry.get(1)];
        (key.as_string().unwrap_or_default(), value)
    };
    Object::entries(object.unchecked_ref()).iter().map(entry).collect()
}

/// Integers of JSON from 0 on that a `usize` can hold.
fn counts(value: &JsValue) -> Option<Vec<usize>> {
    let count = |value: JsValue| {
        let number = value.as_f64()?;
        let count = number as usize;
        (count as f64 == number && !(number == 0.0 && number.is_sign_negative())).then_some(count)
    };
    if arrays::is_array(value) { value.unchecked_ref::<Array>().iter().map(count).collect() } else { None }
}

impl Host for JavaScript {
    fn parse_header(_: &[u8], header: &str, source: &str) -> Result<Header, Box<Error>> {
        let refuse = |reason: Message| Error::file(source, reason);
        let Ok(header) = JSON::parse(header) else { return Err(refuse(reason!["the header is not JSON"])) };
        if !is_object(&header) {
            return Err(refuse(reason!["the header is no object"]));
        }
        let (mut metadata, mut entries) = (None, Vec::new());
        for (name, value) in members(&header) {
            if name == "__metadata__" {
                if !is_object(&value) {
                    return Err(refuse(reason!["__metadata__ is no object"]));
                }
                let mut texts = Vec::new();
                for (key, value) in members(&value) {
                    let Some(value) = value.as_string() else {
                        return Err(refuse(reason![key, " in __metadata__ is no text"]));
                    };
                    texts.push((key, value));
                }
                metadata = Some(texts);
                continue;
            }
            entries.push(entry(name, &value).map_err(refuse)?);
        }
        Ok(Header { metadata, entries })
    }

    fn parse_list(text: &str) -> Option<Vec<String>> {
        let list = JSON::parse(text).ok()?;
        if !arrays::is_array(&list) {
            return None;
        }
        list.unchecked_ref::<Array>().iter().map(|entry| entry.as_string()).collect()
    }

    fn quote(text: &str) -> String {
        json(&text.into())
    }

    fn number(number: f64) -> String {
        String::from(JsString::from("").concat(&number.into()))
    }

    fn parse_number(text: &str) -> Option<f64> {
        Some(Number::from(JsValue::from(text)).value_of())
    }
}

/// What a header says of a tensor, or what is wrong about that.
fn entry(name: String, value: &JsValue) -> Result<Entry, Message> {
    if !is_object(value) {
        return Err(reason![name, " is no object"]);
    }
    let [mut dtype, mut shape, mut offsets] = [(); 3].map(|()| JsValue::UNDEFINED);
    for (key, value) in members(value) {
        match key.as_str() {
            "dtype" => dtype = value,
            "shape" => shape = value,
            "data_offsets" => offsets = value,
            _ => return Err(reason![name, " has a field ", key]),
        }
    }
    let Some(dtype) = dtype.as_string().as_deref().and_then(Dtype::named) else {
        return Err(reason!["dtype of ", name, " is ", json(&dtype)]);
    };
    let Some(shape) = counts(&shape) else {
        return Err(reason!["shape of ", name, " is ", json(&shape)]);
    };
    let found = counts(&offsets).and_then(|offsets| <[usize; 2]>::try_from(offsets).ok());
    let Some(offsets) = found else {
        return Err(reason!["data_offsets of ", name, " are ", json(&offsets)]);
    };
    Ok(Entry { name, dtype, shape, offsets })
}

/// An adapter_config.json, as text or as the object that it is; `None` for undefined.
pub fn peft_config(given: &JsValue) -> Result<Option<PeftConfig>, Exception> {
    if given.is_undefined() || given.is_null() {
        return Ok(None);
    }
    let refuse = |reason| Exception::from(Error::file("adapter_config", reason));
    let config = match given.dyn_ref::<JsString>() {
        Some(text) => JSON::parse(&String::from(text)).map_err(|_| refuse(reason!["it is not JSON"]))?,
        None => given.clone(),
    };
    if !is_object(&config) {
        return Err(super::exception::type_error(
            "adapter_config",
            "JSON of an object, or an object",
            &JsValue::UNDEFINED,
        ));
    }
    let field = |key: &str| property(&config, key, "adapter_config");
    for key in ["use_dora", "lora_bias", "fan_in_fan_out"] {
        if field(key)?.is_truthy() {
            return Err(refuse(reason![key, " is set, which cannot be loaded"]));
        }
    }
    for key in ["rank_pattern", "alpha_pattern"] {
        let pattern = field(key)?;
        if pattern.is_object() && !arrays::keys(&pattern).is_ok_and(|keys| keys.length() == 0) {
            return Err(refuse(reason![key, " is set, which cannot be loaded"]));
        }
    }
    let number = |key: &str| {
        let value = field(key)?;
        value.as_f64().ok_or_else(|| refuse(reason![key, " is ", json(&value), ", it must be a number"]))
    };
    let (r, lora_alpha) = (number("r")?, number("lora_alpha")?);
    Ok(Some(PeftConfig { r, lora_alpha, use_rslora: field("use_rslora")?.is_truthy() }))
}
