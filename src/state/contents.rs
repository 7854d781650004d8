//! What a file of adapters holds, of whichever class: a single adapter is that of one operator, without a table of them.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Host, Metadata};
use crate::adapter::Adapter;
use crate::buffers::Buffers;
use crate::config::Config;
use crate::error::{Error, reason};
use crate::micro::{self, MicroLora};
use crate::operators::Operators;
use crate::rows::boxed;
use crate::scoped::{Scope, ScopedLora, stream_of_category, stream_of_operator};

/// Name of the tensor of factor "A" or "B" of the adapter on a module.
pub(super) fn key(module: &str, factor: &str) -> String {
    ["base_model.model.", module, ".lora_", factor, ".weight"].concat()
}

/// A class of adapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Micro,
    Scoped,
}

impl Class {
    /// Its name in files and in JavaScript.
    pub fn name(self) -> &'static str {
        match self {
            Self::Micro => "WasmMicroLoRA",
            Self::Scoped => "WasmScopedLoRA",
        }
    }
}

/// Numbers of the adapters of an object: those of a table's operators, by id, and then those of its categories. A single adapter
/// has number 0.
#[derive(Clone, Copy)]
pub(crate) struct Numbering<'a>(pub Option<&'a Operators>);

impl Numbering<'_> {
    pub fn class(self) -> Class {
        if self.0.is_none() { Class::Micro } else { Class::Scoped }
    }

    /// How many operators there are.
    pub fn operator_count(self) -> usize {
        self.0.map_or(1, Operators::count)
    }

    /// How many categories there are.
    pub fn category_count(self) -> usize {
        self.0.map_or(0, Operators::category_count)
    }

    /// How many adapters there can be.
    pub fn adapter_count(self) -> usize {
        self.operator_count() + self.category_count()
    }

    /// The category of an operator.
    pub fn category(self, id: usize) -> Option<usize> {
        self.0.map(|operators| operators.category(id))
    }

    /// The module that adapter number `number` is put on: an identity Linear(d, d) of this name.
    pub fn module(self, number: usize) -> String {
        let Some(operators) = self.0 else { return "linear".into() };
        match number.checked_sub(operators.count()) {
            None => ["operators.", operators.name(number)].concat(),
            Some(category) => ["categories.", operators.category_name(category)].concat(),
        }
    }

    /// The random stream that the start of its A is drawn from.
    pub fn stream(self, number: usize) -> u64 {
        let Some(operators) = self.0 else { return micro::STREAM };
        number.checked_sub(operators.count()).map_or(stream_of_operator(number), stream_of_category)
    }
}

/// All that a file of adapters says.
pub(crate) struct Contents {
    pub config: Config,
    pub initial: Config,
    pub category_fallback: bool,
    /// None has a single adapter.
    pub operators: Option<Operators>,
    /// By operator.
    pub scopes: Box<[Scope]>,
    /// By category.
    pub categories: Box<[Option<Adapter>]>,
    pub buffers: Buffers,
    pub metadata: Metadata,
}

impl Contents {
    /// Without any adapter.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: Config, operators: Option<Operators>) -> Result<Self, Error> {
        let numbering = Numbering(operators.as_ref());
        Ok(Self {
            config,
            initial: config,
            category_fallback: true,
            scopes: boxed(numbering.operator_count(), |_| Ok(Scope::default()))?,
            categories: boxed(numbering.category_count(), |_| Ok(None))?,
            operators,
            buffers: Buffers::new(&config)?,
            metadata: Metadata::default(),
        })
    }

    pub fn numbering(&self) -> Numbering<'_> {
        Numbering(self.operators.as_ref())
    }

    /// Adapter number `number`, if there is one.
    pub fn adapter(&self, number: usize) -> Option<&Adapter> {
        match number.checked_sub(self.scopes.len()) {
            None => self.scopes[number].adapter.as_ref(),
            Some(category) => self.categories[category].as_ref(),
        }
    }

    /// Where adapter number `number` is.
    pub fn adapter_mut(&mut self, number: usize) -> &mut Option<Adapter> {
        match number.checked_sub(self.scopes.len()) {
            None => &mut self.scopes[number].adapter,
            Some(category) => &mut self.categories[category],
        }
    }

    /// Refuses the adapter of a category none of whose operators has one.
    pub fn check_categories(&self, source: &str) -> Result<(), Box<Error>> {
        let numbering = self.numbering();
        for (category, adapter) in self.categories.iter().enumerate() {
            let is_used = |id| numbering.category(id) == Some(category) && self.scopes[id].adapter.is_some();
            if adapter.is_some() && !(0..self.scopes.len()).any(is_used) {
                let name = key(&numbering.module(self.scopes.len() + category), "A");
                return Err(Error::file(
                    source,
                    reason![name, " is not expected here: none of its operators has an adapter"],
                ));
            }
        }
        Ok(())
    }

    /// The file of the object with these contents.
    pub fn save<H: Host>(self) -> Result<Vec<u8>, Box<Error>> {
        match self.numbering().class() {
            Class::Micro => MicroLora::from(self).save::<H>(),
            Class::Scoped => ScopedLora::from(self).save::<H>(),
        }
    }
}

impl From<Contents> for MicroLora {
    fn from(Contents { config, initial, mut scopes, buffers, metadata, .. }: Contents) -> Self {
        let Scope { context, adapter, adapt_count, forward_count } = core::mem::take(&mut scopes[0]);
        let (Some(adapter), Some(context)) = (adapter, context) else {
            unreachable!("a single adapter is always there")
        };
        Self { config, initial, adapter, context, buffers, adapt_count, forward_count, metadata }
    }
}

impl From<Contents> for ScopedLora {
    fn from(contents: Contents) -> Self {
        let Contents { config, initial, category_fallback, operators, scopes, categories, buffers, metadata } =
            contents;
        let Some(operators) = operators else { unreachable!("a set has a table of operators") };
        Self { config, initial, operators, scopes, categories, category_fallback, buffers, metadata }
    }
}
