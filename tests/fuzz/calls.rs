//! Any calls, with good and with hostile numbers, on one adapter, on a set, or on a trajectory buffer. What is refused leaves no
//! trace, everything stays finite, counters are exact; steps on ordinary numbers are those of the `f64` reference.
#![no_main]

mod adapters;
#[path = "../common/mod.rs"]
mod common;
mod ring;
mod values;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Script {
    Adapters(adapters::Script),
    Ring(ring::Script),
}

fuzz_target!(|script: Script| match script {
    Script::Adapters(script) => adapters::run(&script),
    Script::Ring(script) => ring::run(&script),
});
