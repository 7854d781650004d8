//! State as files: each object as named tensors and metadata and back, every check beside the field that it guards.
//!
//! The container is safetensors (<https://huggingface.co/docs/safetensors>): `container` has the format, `fields` takes a
//! file apart, `adapters` and `trajectories` say what the fields mean, `contents` is what a file of adapters holds, `peft` is
//! about programs that use Hugging Face PEFT. JSON and decimal numbers are left to a [`Host`]: JavaScript in wasm; natively the
//! crates `safetensors` and `serde_json`.

mod adapters;
mod container;
mod contents;
mod fields;
#[cfg(feature = "safetensors")]
mod native;
mod peft;
mod trajectories;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::Error;
use crate::order::sorted_indices;

pub(crate) use adapters::load as load_adapters;
pub(crate) use container::Header;
#[cfg(any(feature = "safetensors", all(feature = "bindings", target_arch = "wasm32")))]
pub(crate) use container::{Dtype, Entry};
pub(crate) use contents::{Class, Contents};
pub use peft::PeftConfig;

/// Version of what this crate puts into the format.
const FORMAT_VERSION: &str = "1";

/// Keys of `__metadata__` that are the format's own, of whatever class. One that is missing here would come back as a text of
/// the user's own, and be saved twice.
const OWN_KEYS: [&str; 15] = [
    "format",
    "format_version",
    "checksum",
    "class",
    "dim",
    "alpha",
    "learning_rate",
    "initial_learning_rate",
    "freeze_a",
    "initial_freeze_a",
    "category_fallback",
    "operators",
    "categories",
    "capacity",
    "embedding_dim",
];

/// Texts of the user's own that a file carries beside the state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata(Vec<(String, String)>);

impl Metadata {
    /// Keys and values, which are kept by key.
    ///
    /// # Errors
    /// [`Error::File`] for a key that is the format's own, or that comes twice: no file could be read that has it.
    pub fn new(mut entries: Vec<(String, String)>) -> Result<Self, Box<Error>> {
        let refuse = |key: &String, why| Err(Error::file("metadata", crate::error::reason![*key, why]));
        if let Some((key, _)) = entries.iter().find(|(key, _)| OWN_KEYS.contains(&key.as_str())) {
            return refuse(key, " is a key of the format itself");
        }
        let order = sorted_indices(entries.len(), &|i, j| entries[i].0.cmp(&entries[j].0));
        let entries: Vec<_> = order.into_iter().map(|i| core::mem::take(&mut entries[i])).collect();
        match entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => refuse(&pair[0].0, " is a key twice"),
            None => Ok(Self(entries)),
        }
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// What `merge_safetensors` gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The file of the merged adapters.
    pub bytes: Vec<u8>,
    /// Share of the energy (the square of the Frobenius norm) that rank 2 does not hold, from 0 to 1.
    pub dropped: f64,
}

/// JSON and decimal numbers, as a host reads and writes them.
pub(crate) trait Host {
    /// The header of a file, whose text is `header`. What is wrong about it is refused in the name of `source`.
    fn parse_header(file: &[u8], header: &str, source: &str) -> Result<Header, Box<Error>>;
    /// A list of texts; `None` if it is no JSON or something else.
    fn parse_list(text: &str) -> Option<Vec<String>>;
    /// A text as JSON, as `JSON.stringify` writes it.
    fn quote(text: &str) -> String;
    /// A number as JavaScript writes it.
    fn number(number: f64) -> String;
    /// A number that is written with digits, signs, points and exponents alone.
    fn parse_number(text: &str) -> Option<f64>;
}
