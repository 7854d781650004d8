//! The safetensors format and this crate's checksum, written once more and as plainly as possible: to look into files, and to
//! make files that are wrong in one way only.

use safetensors::SafeTensors;

/// A file, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Raw {
    pub metadata: Vec<(String, String)>,
    pub tensors: Vec<RawTensor>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RawTensor {
    pub name: String,
    pub dtype: String,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

impl RawTensor {
    pub fn new(name: &str, dtype: &str, shape: &[usize], bytes: Vec<u8>) -> Self {
        Self { name: name.into(), dtype: dtype.into(), shape: shape.into(), bytes }
    }
}

impl Raw {
    /// What the reference implementation finds in a file; tensors by name.
    pub fn parse(file: &[u8]) -> Self {
        let tensors = SafeTensors::deserialize(file).unwrap();
        let mut tensors: Vec<_> = tensors
            .iter()
            .map(|(name, view)| RawTensor::new(name, &format!("{:?}", view.dtype()), view.shape(), view.data().into()))
            .collect();
        tensors.sort_by(|a, b| a.name.cmp(&b.name));
        let (_, header) = SafeTensors::read_metadata(file).unwrap();
        let mut metadata: Vec<_> = header.metadata().clone().unwrap_or_default().into_iter().collect();
        metadata.sort();
        Self { metadata, tensors }
    }

    pub fn tensor(&mut self, name: &str) -> &mut RawTensor {
        self.tensors.iter_mut().find(|tensor| tensor.name == name).unwrap_or_else(|| panic!("no {name}"))
    }

    /// The values of a tensor of 32-bit floats.
    pub fn floats(&self, name: &str) -> Vec<f32> {
        let tensor = self.tensors.iter().find(|tensor| tensor.name == name).unwrap();
        tensor.bytes.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect()
    }

    pub fn text(&mut self, key: &str) -> &mut String {
        &mut self.metadata.iter_mut().find(|(other, _)| other == key).unwrap().1
    }

    /// As docs/saving.md says it.
    pub fn checksum(&self) -> String {
        let mut content = Vec::new();
        let mut metadata = self.metadata.clone();
        metadata.sort();
        for (key, value) in metadata.iter().filter(|(key, _)| key != "checksum") {
            content.extend_from_slice(format!("{key}\0{value}\0").as_bytes());
        }
        let mut tensors = self.tensors.clone();
        tensors.sort_by(|a, b| a.name.cmp(&b.name));
        for RawTensor { name, dtype, shape, bytes } in &tensors {
            let shape: Vec<_> = shape.iter().map(usize::to_string).collect();
            content.extend_from_slice(format!("{name}\0{dtype}\0{}\0", shape.join(",")).as_bytes());
            content.extend_from_slice(bytes);
        }
        format!("{:08x}", crc32(&content))
    }

    /// The same with the right checksum, if it has one to be corrected.
    pub fn signed(mut self) -> Self {
        let sum = self.checksum();
        self.metadata.iter_mut().filter(|(key, _)| key == "checksum").for_each(|(_, value)| *value = sum.clone());
        self
    }

    pub fn header(&self) -> String {
        let quoted = |text: &str| {
            let escaped = text.chars().map(|char| match char {
                '"' => "\\\"".into(),
                '\\' => "\\\\".into(),
                char if char < ' ' => format!("\\u{:04x}", char as u32),
                char => char.to_string(),
            });
            format!("\"{}\"", escaped.collect::<String>())
        };
        let metadata: Vec<_> =
            self.metadata.iter().map(|(key, value)| format!("{}:{}", quoted(key), quoted(value))).collect();
        let mut members = vec![format!("\"__metadata__\":{{{}}}", metadata.join(","))];
        if metadata.is_empty() {
            members.clear();
        }
        let mut end = 0;
        for RawTensor { name, dtype, shape, bytes } in &self.tensors {
            let begin = end;
            end += bytes.len();
            let name = quoted(name);
            members.push(format!(r#"{name}:{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{begin},{end}]}}"#));
        }
        format!("{{{}}}", members.join(","))
    }

    pub fn data(&self) -> Vec<u8> {
        self.tensors.iter().flat_map(|tensor| tensor.bytes.clone()).collect()
    }

    pub fn write(&self) -> Vec<u8> {
        assemble(&self.header(), &self.data())
    }
}

/// The bytes of a header and of what comes behind it.
pub fn assemble(header: &str, data: &[u8]) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.extend_from_slice(data);
    file
}

/// The CRC-32 of zlib, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let bit = |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, &byte| (0..8).fold(sum ^ u32::from(byte), bit))
}
