//! Files in Rust: the header is read by the `safetensors` crate, texts and lists by `serde_json`.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use safetensors::SafeTensors;

use super::{Class, Dtype, Entry, Header, Host, Merged, Metadata, PeftConfig};
use crate::error::{Error, reason};
use crate::merge;
use crate::micro::MicroLora;
use crate::scoped::ScopedLora;
use crate::trajectory::TrajectoryBuffer;

struct Native;

impl Host for Native {
    fn parse_header(file: &[u8], _: &str, source: &str) -> Result<Header, Box<Error>> {
        let refuse = |what: String| Error::file(source, reason![what]);
        let (_, found) = SafeTensors::read_metadata(file).map_err(|error| refuse(format!("{error}")))?;
        let mut entries = Vec::new();
        for name in found.offset_keys() {
            let Some(info) = found.info(&name) else { unreachable!("the name is one of the header's") };
            let dtype = Dtype::named(&format!("{:?}", info.dtype));
            let dtype = dtype.ok_or_else(|| refuse(format!("dtype of {name} is {:?}", info.dtype)))?;
            let offsets = [info.data_offsets.0, info.data_offsets.1];
            entries.push(Entry { dtype, shape: info.shape.clone(), offsets, name });
        }
        let metadata = found.metadata().as_ref().map(|found| {
            let mut entries: Vec<_> = found.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            entries.sort(); // a hash map has no order of its own
            entries
        });
        Ok(Header { metadata, entries })
    }

    fn parse_list(text: &str) -> Option<Vec<String>> {
        serde_json::from_str(text).ok()
    }

    fn quote(text: &str) -> String {
        format!("{}", serde_json::Value::from(text))
    }

    fn number(number: f64) -> String {
        // Where JavaScript writes an exponent.
        if number == 0.0 || (1e-6..1e21).contains(&number.abs()) {
            return format!("{number}");
        }
        let text = format!("{number:e}");
        if text.contains("e-") { text } else { text.replace('e', "e+") }
    }

    fn parse_number(text: &str) -> Option<f64> {
        text.parse().ok()
    }
}

macro_rules! files {
    ($class:ty) => {
        impl $class {
            /// The whole state as a safetensors file: what is loaded from it goes on bit for bit as this object does, here
            /// and in JavaScript.
            ///
            /// # Errors
            /// [`Error::OutOfMemory`].
            pub fn to_safetensors(&self) -> Result<Vec<u8>, Error> {
                self.save::<Native>().map_err(|error| *error)
            }

            /// Texts of the user's own that files carry beside the state.
            pub fn metadata(&self) -> &Metadata {
                &self.metadata
            }

            /// Changes the texts that files carry beside the state.
            pub fn set_metadata(&mut self, metadata: Metadata) {
                self.metadata = metadata;
            }
        }
    };
}
files!(MicroLora);
files!(ScopedLora);
files!(TrajectoryBuffer);

macro_rules! adapter_files {
    ($class:ident, $name:path) => {
        impl $class {
            /// A new object with the state of a file; or with the factors of a rank-2 adapter that PEFT has trained, and of
            /// whose adapter_config.json this is the `config`.
            ///
            /// # Errors
            /// [`Error::File`] that names the field, if anything about the file is wrong; [`Error::OutOfMemory`].
            pub fn from_safetensors(bytes: &[u8], config: Option<&PeftConfig>) -> Result<Self, Error> {
                Self::load::<Native>(bytes, "bytes", config).map_err(|error| *error)
            }

            /// The adapter_config.json with which PEFT loads a file of this object.
            pub fn peft_config(&self) -> String {
                self.peft_config_json::<Native>()
            }

            /// The weighted sum of what adapters add to their inputs, as one object: exact if all have the same A, else
            /// the best of rank 2. Weights are all alike if there are none, and divided by their sum if they are to be
            /// `normalized`.
            ///
            /// # Errors
            /// [`Error::File`], [`Error::Entries`], [`Error::Unequal`], [`Error::Weight`], [`Error::NoWeight`],
            /// [`Error::MergeOverflow`], [`Error::OutOfMemory`].
            pub fn merge_safetensors(
                files: &[&[u8]],
                weights: Option<&[f64]>,
                normalized: bool,
            ) -> Result<Merged, Error> {
                let mut file = |i: usize| Ok::<_, Box<Error>>(files[i].into());
                merge::merge_files::<Native, _>($name, files.len(), &mut file, weights, normalized)
                    .map_err(|error| *error)
            }
        }
    };
}
adapter_files!(MicroLora, Class::Micro);
adapter_files!(ScopedLora, Class::Scoped);

impl TrajectoryBuffer {
    /// A new buffer with the state of a file.
    ///
    /// # Errors
    /// [`Error::File`] that names the field, if anything about the file is wrong; [`Error::OutOfMemory`].
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, Error> {
        Self::load::<Native>(bytes, "bytes").map_err(|error| *error)
    }
}
