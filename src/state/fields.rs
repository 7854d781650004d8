//! A decoded file, taken apart field by field.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::container::{Decoded, Dtype, Tensor};
use super::{FORMAT_VERSION, Host, Metadata};
use crate::adapter::MAX_NORM2;
use crate::check;
use crate::error::{Argument, Error, Message, MessageSink, Rule, TOO_LARGE, reason};

/// Says the number at a position if it breaks the rule.
type Wrong<'a, const N: usize> = dyn Fn(&[[u8; N]], usize) -> Option<f64> + 'a;

/// A decoded file: all of its metadata, and the tensors that were not taken yet.
pub(crate) struct Fields<'a> {
    /// The argument that the file came in.
    source: &'a str,
    metadata: Vec<(String, String)>,
    tensors: Vec<Tensor<'a>>,
}

/// Writes values that are as a file has them.
pub(super) fn put(values: &[[u8; 4]], to: &mut [f32]) {
    to.iter_mut().zip(values).for_each(|(to, &value)| *to = f32::from_le_bytes(value));
}

/// The sum of the squares of some values.
pub(super) fn square(values: impl Iterator<Item = f32>) -> f64 {
    values.map(|value| f64::from(value) * f64::from(value)).sum()
}

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

    /// A text of the metadata.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str())
    }

    /// The error for a text of the metadata that is missing or breaks the rule.
    #[cold]
    #[inline(never)]
    pub fn wrong(&self, key: &str, rule: Rule) -> Box<Error> {
        let what = self.text(key).map_or("missing".into(), quoted);
        self.error(reason![key, " is ", what, ", it must be ", rule])
    }

    /// A number of the metadata that `is_right`, as `rule` says.
    #[inline(never)]
    pub fn number<H: Host>(&self, key: &str, rule: Rule, is_right: &dyn Fn(f64) -> bool) -> Result<f64, Box<Error>> {
        // Hosts also read other texts as numbers: "", "0x1".
        let is_plain = |byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let plain = self.text(key).filter(|text| !text.is_empty() && text.bytes().all(is_plain));
        let number = plain.and_then(H::parse_number).filter(|&number| is_right(number));
        number.ok_or_else(|| self.wrong(key, rule))
    }

    /// A number of the metadata that is an integer in the range of an argument.
    pub fn integer<H: Host>(&self, key: &str, argument: Argument) -> Result<f64, Box<Error>> {
        self.number::<H>(key, argument.rule(), &|value| check::integer(argument, value).is_ok())
    }

    /// A boolean of the metadata.
    pub fn boolean(&self, key: &str) -> Result<bool, Box<Error>> {
        match self.text(key) {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => Err(self.wrong(key, Rule::Condition("\"true\" or \"false\""))),
        }
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.iter().any(|tensor| tensor.name == name)
    }

    /// Refuses values whose squared norm overflows `f32`; returns it.
    pub fn check_norm(&self, name: &str, values: impl Iterator<Item = f32>) -> Result<f64, Box<Error>> {
        let norm2 = square(values);
        if norm2 > MAX_NORM2 {
            return self.refuse(reason![name, TOO_LARGE]);
        }
        Ok(norm2)
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
            let [found, wanted] = [shown(&exactly(&found)), shown(shape)];
            return self.refuse(reason!["shape of ", name, " is ", found, ", it must be ", wanted]);
        }
        Ok((dtype, bytes))
    }

    /// The values of a tensor of the type `dtype`, `N` bytes each. `wrong` gives the number at a position that breaks the `rule`.
    fn values<const N: usize>(
        &mut self,
        name: &str,
        dtype: Dtype,
        shape: &[Option<usize>],
        rule: &str,
        wrong: &Wrong<'_, N>,
    ) -> Result<&'a [[u8; N]], Box<Error>> {
        let (_, bytes) = self.take(name, &[dtype], shape)?;
        let (values, _) = bytes.as_chunks();
        for i in 0..values.len() {
            if let Some(value) = wrong(values, i) {
                return self.refuse(reason![name, " has ", value, " at ", i, ", it must be ", rule]);
            }
        }
        Ok(values)
    }

    /// 32-bit floats that are `is_right`, as `rule` says.
    pub fn f32(
        &mut self,
        name: &str,
        shape: &[usize],
        rule: &str,
        is_right: fn(f32) -> bool,
    ) -> Result<&'a [[u8; 4]], Box<Error>> {
        self.values(name, Dtype::F32, &exactly(shape), rule, &|values, i| {
            let value = f32::from_le_bytes(values[i]);
            (!is_right(value)).then_some(value.into())
        })
    }

    /// Any 32-bit floats, infinity and NaN too.
    pub fn any_f32(&mut self, name: &str, shape: &[usize]) -> Result<&'a [[u8; 4]], Box<Error>> {
        self.f32(name, shape, "", |_| true)
    }

    /// 64-bit floats, finite.
    pub fn f64(&mut self, name: &str, shape: &[usize]) -> Result<&'a [[u8; 8]], Box<Error>> {
        self.values(name, Dtype::F64, &exactly(shape), "finite", &|values, i| {
            let value = f64::from_le_bytes(values[i]);
            (!value.is_finite()).then_some(value)
        })
    }

    /// Counts: integers from 0 on.
    pub fn counts(&mut self, name: &str, shape: &[usize]) -> Result<&'a [[u8; 8]], Box<Error>> {
        self.i64(name, &exactly(shape), "at least 0", &|value, _| value >= 0)
    }

    /// Integers that are `is_right`, as `rule` says; it is told the value before.
    pub fn i64(
        &mut self,
        name: &str,
        shape: &[Option<usize>],
        rule: &str,
        is_right: &dyn Fn(i64, Option<i64>) -> bool,
    ) -> Result<&'a [[u8; 8]], Box<Error>> {
        self.values(name, Dtype::I64, shape, rule, &|values, i| {
            let value = i64::from_le_bytes(values[i]);
            let before = i.checked_sub(1).map(|before| i64::from_le_bytes(values[before]));
            (!is_right(value, before)).then_some(value as f64)
        })
    }

    /// Bytes that are `is_right`, as `rule` says.
    pub fn u8(
        &mut self,
        name: &str,
        shape: &[usize],
        rule: &str,
        is_right: fn(u8) -> bool,
    ) -> Result<&'a [u8], Box<Error>> {
        let values = self.values(name, Dtype::U8, &exactly(shape), rule, &|values, i| {
            let [value] = values[i];
            (!is_right(value)).then_some(value.into())
        })?;
        Ok(values.as_flattened())
    }

    /// The user's own metadata: all but the keys of the format. All tensors must have been taken.
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

/// A shape of which every length is given.
fn exactly(shape: &[usize]) -> Vec<Option<usize>> {
    shape.iter().copied().map(Some).collect()
}
