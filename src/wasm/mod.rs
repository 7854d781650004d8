//! What the wasm file exports: plain functions of numbers, for the JavaScript classes of pkg/js to call. Check, one call,
//! say how it went. No arithmetic here.
//!
//! An object is known by its address, which only the class that made it has; the classes hold wasm-bindgen's place because
//! an exported struct costs each of its methods 60 to 110 bytes of checks that the classes make anyway. Words stay in
//! JavaScript, too: a refusal is a number here, see [`status`].

mod handle;
mod lora;
mod status;
mod trajectory;
