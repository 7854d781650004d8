//! The safetensors format: eight bytes that say how long the header is, the header in JSON, and the tensors, one behind the
//! other. What is not exactly that is refused with the name of the field.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crc::{CRC_32_ISO_HDLC, Crc, Digest};

use super::Host;
use crate::error::{Error, Message, reason};
use crate::order::sorted_indices;

const PREFIX: usize = 8;

/// Most bytes of a header, in files that are read and in those that are written; the reference implementation reads no longer one.
const MAX_HEADER: u64 = 100_000_000;

/// The checksum of zlib and zip: it sees every flipped bit, and every burst of up to 32.
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Type of a tensor's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dtype {
    F64,
    I64,
    F32,
    F16,
    BF16,
    U8,
}

impl Dtype {
    const ALL: [Self; 6] = [Self::F64, Self::I64, Self::F32, Self::F16, Self::BF16, Self::U8];

    /// Name in a header.
    pub fn name(self) -> &'static str {
        match self {
            Self::F64 => "F64",
            Self::I64 => "I64",
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
            Self::U8 => "U8",
        }
    }

    /// The type with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dtype| dtype.name() == name)
    }

    /// Bytes per value.
    pub fn size(self) -> usize {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::BF16 => 2,
            Self::U8 => 1,
        }
    }
}

/// What a header says.
pub(crate) struct Header {
    /// `__metadata__`.
    pub metadata: Option<Vec<(String, String)>>,
    pub entries: Vec<Entry>,
}

/// What a header says of a tensor.
pub(crate) struct Entry {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    /// First byte and the one after the last, counted from the end of the header.
    pub offsets: [usize; 2],
}

/// A tensor of a file that is being read.
pub(crate) struct Tensor<'a> {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: &'a [u8],
}

/// A file to be written.
#[derive(Default)]
pub(crate) struct NewFile {
    metadata: Vec<(String, String)>,
    tensors: Vec<NewTensor>,
}

/// A tensor to be written.
pub(crate) struct NewTensor {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl NewFile {
    /// The file of an object of `class`.
    pub fn of_class(class: &str) -> Self {
        let mut file = Self::default();
        file.text("format", "pt");
        file.text("format_version", super::FORMAT_VERSION);
        file.text("class", class);
        file
    }

    /// Adds a text to the metadata.
    #[inline(never)]
    pub fn text(&mut self, key: &str, value: &str) {
        self.metadata.push((key.into(), value.into()));
    }

    /// Adds a tensor without values, with room for all of them.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    #[inline(never)]
    pub fn tensor(&mut self, name: &str, dtype: Dtype, shape: &[usize]) -> Result<&mut NewTensor, Box<Error>> {
        let mut bytes = Vec::new();
        let size = dtype.size() * shape.iter().product::<usize>();
        bytes.try_reserve_exact(size).map_err(|_| Error::OutOfMemory)?;
        self.tensors.push(NewTensor { name: name.into(), dtype, shape: shape.into(), bytes });
        let last = self.tensors.len() - 1;
        Ok(&mut self.tensors[last])
    }
}

impl NewTensor {
    /// Adds 32-bit floats.
    #[inline(never)]
    pub fn f32(&mut self, values: &[f32]) {
        values.iter().for_each(|value| self.bytes.extend_from_slice(&value.to_le_bytes()));
    }

    /// Adds 64-bit floats.
    #[inline(never)]
    pub fn f64(&mut self, values: &[f64]) {
        values.iter().for_each(|value| self.bytes.extend_from_slice(&value.to_le_bytes()));
    }

    /// Adds counts. One that is too large for an `i64` (a sum of merged ones can be) is the largest that fits.
    #[inline(never)]
    pub fn i64(&mut self, values: &[u64]) {
        let largest = i64::MAX as u64;
        values.iter().for_each(|&value| self.bytes.extend_from_slice(&value.min(largest).to_le_bytes()));
    }

    /// Adds a byte.
    #[inline(never)]
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }
}

/// The sum over everything that a file says, in whatever order: metadata by key but for the sum itself, `key\0value\0`;
/// tensors by name, `name\0dtype\0` and the shape with commas and `\0`, then the values.
fn checksum(metadata: &[(String, String)], tensors: &[(&str, Dtype, &[usize], &[u8])]) -> String {
    let mut digest = CRC.digest();
    for i in sorted_indices(metadata.len(), &|i, j| metadata[i].0.cmp(&metadata[j].0)) {
        let (key, value) = &metadata[i];
        if key != "checksum" {
            add(&mut digest, key);
            add(&mut digest, value);
        }
    }
    for i in sorted_indices(tensors.len(), &|i, j| tensors[i].0.cmp(tensors[j].0)) {
        let (name, dtype, shape, bytes) = tensors[i];
        add(&mut digest, name);
        add(&mut digest, dtype.name());
        add(&mut digest, &joined(shape));
        digest.update(bytes);
    }
    let sum = digest.finalize();
    (0..8).map(|i| char::from(b"0123456789abcdef"[(sum >> (28 - 4 * i)) as usize & 15])).collect()
}

#[inline(never)]
fn add(digest: &mut Digest<'_, u32>, text: &str) {
    digest.update(text.as_bytes());
    digest.update(&[0]);
}

/// Integers in decimal, with commas.
fn joined(numbers: &[usize]) -> String {
    let mut text = String::new();
    for (i, &number) in numbers.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push_str(itoa::Buffer::new().format(number));
    }
    text
}

impl NewFile {
    /// The bytes of the file, with a checksum.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn encode<H: Host>(mut self) -> Result<Vec<u8>, Box<Error>> {
        let tensors = &self.tensors;
        let parts: Vec<_> =
            tensors.iter().map(|t| (t.name.as_str(), t.dtype, t.shape.as_slice(), t.bytes.as_slice())).collect();
        let sum = checksum(&self.metadata, &parts);
        self.metadata.push(("checksum".into(), sum));
        // Those with the widest values first: then all are aligned.
        let order = sorted_indices(tensors.len(), &|i, j| tensors[j].dtype.size().cmp(&tensors[i].dtype.size()));

        let mut header = Json::<H>::new();
        header.raw("{\"__metadata__\":{");
        for (i, (key, value)) in self.metadata.iter().enumerate() {
            header.raw(if i > 0 { "," } else { "" });
            header.quoted(key);
            header.raw(":");
            header.quoted(value);
        }
        header.raw("}");
        let mut end = 0;
        for &i in &order {
            let NewTensor { name, dtype, shape, bytes } = &self.tensors[i];
            assert!(bytes.len() == dtype.size() * shape.iter().product::<usize>(), "as many values as the shape says");
            header.raw(",");
            header.quoted(name);
            header.raw(":{\"dtype\":\"");
            header.raw(dtype.name());
            header.raw("\",\"shape\":[");
            header.raw(&joined(shape));
            header.raw("],\"data_offsets\":[");
            header.raw(&joined(&[end, end + bytes.len()]));
            header.raw("]}");
            end += bytes.len();
        }
        header.raw("}");

        let length = header.text.len().next_multiple_of(8);
        if length as u64 > MAX_HEADER {
            let what = "metadata and names of operators are too long: the header of the file would have ";
            let reason = reason![what, length, " bytes, it must have ", MAX_HEADER, " at most"];
            return Err(Error::file("to_safetensors", reason));
        }
        let mut file = Vec::new();
        file.try_reserve_exact(PREFIX + length + end).map_err(|_| Error::OutOfMemory)?;
        file.extend_from_slice(&(length as u64).to_le_bytes());
        file.extend_from_slice(header.text.as_bytes());
        file.resize(PREFIX + length, b' ');
        order.iter().for_each(|&i| file.extend_from_slice(&self.tensors[i].bytes));
        Ok(file)
    }
}

/// JSON in the making.
pub(crate) struct Json<H> {
    pub text: String,
    host: PhantomData<H>,
}

impl<H: Host> Json<H> {
    pub fn new() -> Self {
        Self { text: String::new(), host: PhantomData }
    }

    /// Adds what is JSON already.
    #[inline(never)]
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a text in quotation marks.
    #[inline(never)]
    pub fn quoted(&mut self, text: &str) {
        self.text.push_str(&H::quote(text));
    }
}

/// A file that has been read.
pub(crate) struct Decoded<'a> {
    pub metadata: Option<Vec<(String, String)>>,
    pub tensors: Vec<Tensor<'a>>,
}

impl Decoded<'_> {
    /// The checksum over all that the file says.
    pub fn checksum(&self) -> String {
        let tensors = self.tensors.iter();
        let parts: Vec<_> = tensors.map(|t| (t.name.as_str(), t.dtype, t.shape.as_slice(), t.bytes)).collect();
        checksum(self.metadata.as_deref().unwrap_or_default(), &parts)
    }
}

/// What a file holds; refused unless it is a whole one. `source` is the argument that it came in.
///
/// # Errors
/// [`Error::File`].
pub(crate) fn decode<'a, H: Host>(file: &'a [u8], source: &str) -> Result<Decoded<'a>, Box<Error>> {
    let refuse = |reason: Message| Err(Error::file(source, reason));
    let Some((prefix, rest)) = file.split_first_chunk::<PREFIX>() else {
        return refuse(reason![file.len(), " bytes are too few for the length of a header"]);
    };
    let length = u64::from_le_bytes(*prefix);
    if length > MAX_HEADER || length > rest.len() as u64 {
        return refuse(reason!["the header has ", length, " bytes, the file ", file.len(), " with it"]);
    }
    let (header, data) = rest.split_at(length as usize);
    let (Ok(text), Some(members)) = (core::str::from_utf8(header), count_members(header)) else {
        return refuse(reason!["the header is not JSON"]);
    };
    let Header { metadata, entries } = H::parse_header(file, text, source)?;

    let of_metadata = metadata.as_ref().map_or(0, |metadata| 1 + metadata.len());
    if 4 * entries.len() + of_metadata != members {
        return refuse(reason!["the header has a key twice"]);
    }
    let mut at = 0;
    let order = sorted_indices(entries.len(), &|i, j| entries[i].offsets.cmp(&entries[j].offsets));
    for Entry { name, dtype, shape, offsets: [begin, end] } in order.into_iter().map(|i| &entries[i]) {
        let size = shape.iter().try_fold(dtype.size(), |size, &length| size.checked_mul(length));
        if size.is_none() || end.checked_sub(*begin) != size {
            let size = size.map_or(f64::INFINITY, |size| size as f64);
            let offsets = reason!["data_offsets of ", name, " are [", *begin, ",", *end, "]"];
            return refuse(reason![offsets, ", its shape has ", size, " bytes"]);
        }
        if *begin != at {
            let begins = reason!["data_offsets of ", name, " begin at ", *begin];
            return refuse(reason![begins, ", the tensor before it ends at ", at]);
        }
        at = *end;
    }
    if at != data.len() {
        return refuse(reason!["the tensors have ", at, " bytes, the file has ", data.len(), " for them"]);
    }
    let tensor =
        |Entry { name, dtype, shape, offsets: [begin, end] }| Tensor { bytes: &data[begin..end], name, dtype, shape };
    Ok(Decoded { metadata, tensors: entries.into_iter().map(tensor).collect() })
}

/// How many members all objects of a JSON text have; `None` if an escape is not spelt as this format spells it. (Readers of
/// JSON keep the last of two members with one key, and take `\u00E4` for `\u00e4`: a flipped bit that no checksum sees.)
fn count_members(json: &[u8]) -> Option<usize> {
    let (mut members, mut in_string) = (0, false);
    let mut rest = json.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => in_string = !in_string,
            b':' if !in_string => members += 1,
            b'\\' if in_string && rest.next() == Some(&b'u') => {
                let digits = rest.as_slice().get(..4)?;
                if !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
                    return None;
                }
            }
            _ => {}
        }
    }
    Some(members)
}
