//! A decoded file, taken apart field by field.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::container::{Decoded, Dtype, Tensor};
use super::{FORMAT_VERSION, Host, Metadata};
use crate::error::{Error, Message, Words, reason};

/// What is left of a decoded file.
pub(crate) struct Fields<'a> {
    /// The argument that the file came in.
    source: &'a str,
    metadata: Vec<(String, String)>,
    tensors: Vec<Tensor<'a>>,
}

/// How a value is made of its bytes, and the number that says it in an error.
type Reader<const N: usize, T> = (fn([u8; N]) -> T, fn(T) -> f64);

/// A text in quotation marks.
pub(crate) fn quoted(text: &str) -> String {
    ["\"", text, "\""].concat()
}

/// A shape in brackets, of which a length of `None` may be any.
fn shown(shape: &[Option<usize>]) -> Message {
    let mut message = Message::default();
    for (i, length) in shape.iter().enumerate() {
        message.text(if i > 0 { "," } else { "[" });
        match length {
            Some(length) => message.number(*length as f64),
            None => message.text("any"),
        }
    }
    message.text("]");
    message
}

impl<'a> Fields<'a> {
    /// The fields of a file that an object of `class` has saved.
    ///
    /// # Errors
    /// [`Error::File`] unless it says that it is one, with the right checksum.
    pub fn of_class(decoded: Decoded<'a>, source: &'a str, class: &str) -> Result<Self, Box<Error>> {
        let sum = decoded.checksum();
        let Decoded { metadata, tensors } = decoded;
        let refuse = |reason| Err(Error::file(source, reason));
        let Some(metadata) = metadata else {
            return refuse(reason!["__metadata__ is missing: this is no file of this package"]);
        };
        let said = |key: &str| match metadata.iter().find(|(other, _)| other == key) {
            None => (None, [key, " is missing"].concat()),
            Some((_, value)) => (Some(value.as_str()), [key, " is ", &quoted(value)].concat()),
        };
        let (version, what) = said("format_version");
        if version != Some(FORMAT_VERSION) {
            return refuse(reason![what, ", this version of the package reads \"", FORMAT_VERSION, "\""]);
        }
        let (found, what) = said("class");
        if found != Some(class) {
            return refuse(reason![what, ", it must be \"", class, "\""]);
        }
        let (found, what) = said("checksum");
        if found != Some(&sum) {
            return refuse(reason![what, ", the content has \"", sum, "\""]);
        }
        Ok(Self { source, metadata, tensors })
    }

    /// The fields of a file without the state of an object of this crate.
    pub fn foreign(decoded: Decoded<'a>, source: &'a str) -> Self {
        Self { source, metadata: Vec::new(), tensors: decoded.tensors }
    }

    /// The argument that the file came in.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// What is wrong about the file.
    pub fn error(&self, reason: Message) -> Box<Error> {
        Error::file(self.source, reason)
    }

    /// Refuses the file.
    #[cold]
    pub fn refuse<T>(&self, reason: Message) -> Result<T, Box<Error>> {
        Err(self.error(reason))
    }

    /// A text of the metadata, of which `read` makes a value; `None` is refused for the `rule`.
    #[inline(never)]
    pub fn text<T>(&self, key: &str, rule: &Message, read: &dyn Fn(&str) -> Option<T>) -> Result<T, Box<Error>> {
        let found = self.metadata.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str());
        found.and_then(read).ok_or_else(|| {
            let what = found.map_or("missing".into(), quoted);
            self.error(reason![key, " is ", what, ", it must be ", *rule])
        })
    }

    /// A number of the metadata that `is_right`.
    pub fn number<H: Host>(
        &self,
        key: &str,
        rule: &Message,
        is_right: &dyn Fn(f64) -> bool,
    ) -> Result<f64, Box<Error>> {
        self.text(key, rule, &|text| {
            // Hosts also read other texts as numbers: "", "0x1".
            let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
            H::parse_number(text).filter(|&number| plain && !text.is_empty() && is_right(number))
        })
    }

    /// A boolean of the metadata.
    #[inline(never)]
    pub fn boolean(&self, key: &str) -> Result<bool, Box<Error>> {
        self.text(key, &reason!["\"true\" or \"false\""], &|text| match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
    }

    /// Whether the metadata has a text of this key.
    pub fn has_text(&self, key: &str) -> bool {
        self.metadata.iter().any(|(other, _)| other == key)
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.iter().any(|tensor| tensor.name == name)
    }

    /// Names of the tensors that are left.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.iter().map(|tensor| tensor.name.as_str())
    }

    /// Type and bytes of a tensor, which must have one of these types. A length of `None` in `shape` may be any.
    #[inline(never)]
    pub fn take(
        &mut self,
        name: &str,
        dtypes: &[Dtype],
        shape: &[Option<usize>],
    ) -> Result<(Dtype, &'a [u8]), Box<Error>> {
        let Some(position) = self.tensors.iter().position(|tensor| tensor.name == name) else {
            return self.refuse(reason![name, " is missing"]);
        };
        let Tensor { dtype, shape: found, bytes, .. } = self.tensors.swap_remove(position);
        if !dtypes.contains(&dtype) {
            let mut message = reason!["dtype of ", name, " is ", dtype.name(), ", it must be "];
            for (i, dtype) in dtypes.iter().enumerate() {
                message.text(if i > 0 { " or " } else { "" });
                message.text(dtype.name());
            }
            return self.refuse(message);
        }
        let fits = |(length, wanted): (&usize, &Option<usize>)| wanted.is_none_or(|wanted| wanted == *length);
        if found.len() != shape.len() || !found.iter().zip(shape).all(fits) {
            let [found, wanted] = [shown(&any(&found)), shown(shape)];
            return self.refuse(reason!["shape of ", name, " is ", found, ", it must be ", wanted]);
        }
        Ok((dtype, bytes))
    }

    /// The values of a tensor, each of which must be `is_right`, that is, as `rule` says; it is told the position and the
    /// value before.
    fn values<const N: usize, T: Copy>(
        &mut self,
        name: &str,
        dtype: Dtype,
        shape: &[Option<usize>],
        (read, show): Reader<N, T>,
        rule: &str,
        is_right: &dyn Fn(T, Option<T>) -> bool,
    ) -> Result<Vec<T>, Box<Error>> {
        let (_, bytes) = self.take(name, &[dtype], shape)?;
        let mut values = Vec::new();
        let (chunks, _) = bytes.as_chunks::<N>();
        values.try_reserve_exact(chunks.len()).map_err(|_| Error::OutOfMemory)?;
        for (i, &chunk) in chunks.iter().enumerate() {
            let value = read(chunk);
            if !is_right(value, values.last().copied()) {
                return self.refuse(reason![name, " has ", show(value), " at ", i, ", it must be ", rule]);
            }
            values.push(value);
        }
        Ok(values)
    }

    /// 32-bit floats that are `is_right`, as `rule` says.
    #[inline(never)]
    pub fn f32(
        &mut self,
        name: &str,
        shape: &[usize],
        rule: &str,
        is_right: fn(f32) -> bool,
    ) -> Result<Vec<f32>, Box<Error>> {
        let read: Reader<4, f32> = (f32::from_le_bytes, f64::from);
        self.values(name, Dtype::F32, &any(shape), read, rule, &|value, _| is_right(value))
    }

    /// 64-bit floats, finite.
    #[inline(never)]
    pub fn f64(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f64>, Box<Error>> {
        let read: Reader<8, f64> = (f64::from_le_bytes, |value| value);
        self.values(name, Dtype::F64, &any(shape), read, "finite", &|value, _| value.is_finite())
    }

    /// Counts: integers from 0 on.
    #[inline(never)]
    pub fn counts(&mut self, name: &str, shape: &[usize]) -> Result<Vec<u64>, Box<Error>> {
        let found = self.i64(name, &any(shape), "at least 0", &|value, _| value >= 0)?;
        Ok(found.into_iter().map(|value| value as u64).collect())
    }

    /// Integers that are `is_right`, as `rule` says; it is told the value before.
    #[inline(never)]
    pub fn i64(
        &mut self,
        name: &str,
        shape: &[Option<usize>],
        rule: &str,
        is_right: &dyn Fn(i64, Option<i64>) -> bool,
    ) -> Result<Vec<i64>, Box<Error>> {
        let read: Reader<8, i64> = (i64::from_le_bytes, |value| value as f64);
        self.values(name, Dtype::I64, shape, read, rule, is_right)
    }

    /// Bytes that are `is_right`, as `rule` says.
    #[inline(never)]
    pub fn u8(
        &mut self,
        name: &str,
        shape: &[usize],
        rule: &str,
        is_right: fn(u8) -> bool,
    ) -> Result<Vec<u8>, Box<Error>> {
        let read: Reader<1, u8> = (|[value]| value, f64::from);
        self.values(name, Dtype::U8, &any(shape), read, rule, &|value, _| is_right(value))
    }

    /// What is left when all fields have been taken: the user's own metadata.
    ///
    /// # Errors
    /// [`Error::File`] for a tensor that nothing has asked for.
    pub fn end(self) -> Result<Metadata, Box<Error>> {
        if let Some(tensor) = self.tensors.first() {
            return self.refuse(reason![tensor.name, " is not expected here"]);
        }
        let own = |(key, _): &(String, String)| !super::OWN_KEYS.contains(&key.as_str());
        Ok(Metadata(self.metadata.into_iter().filter(own).collect()))
    }
}

fn any(shape: &[usize]) -> Vec<Option<usize>> {
    shape.iter().copied().map(Some).collect()
}
