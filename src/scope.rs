//! What one operator or category has of its own.

use alloc::boxed::Box;

use crate::blend::Known;
use crate::buffer::{Row, row, values_mut};
use crate::config::Config;
use crate::error::Refusal;
use crate::kernel;
use crate::memory::boxed;
use crate::operators::Operator;
use crate::weights::Weights;

/// Random streams of the categories start here; those of the operators at 1. (0 is `MicroLora`'s.)
const CATEGORY_STREAM: u64 = 1 << 32;

/// The state of one operator. A category has no context and no counts.
#[derive(Clone, Debug, Default)]
#[repr(C)]
pub struct Scope {
    /// The input of the last forward; empty before the first one.
    pub context: Row,
    /// What the start of A is drawn from.
    stream: u64,
    pub weights: Option<Weights>,
    /// The context on the A's of operator and category.
    pub known: [Known; 2],
    pub forward_count: u64,
    pub adapt_count: u64,
    /// Number of the category, and one; 0 if there is none.
    category: u16,
}

pinned!(Scope[176] { context: 0, weights: 16, known: 104, forward_count: 152, adapt_count: 160 });

impl Scope {
    /// Makes the context and the adapter, where they are not there.
    #[cold]
    #[inline(never)]
    pub fn make(&mut self, config: &Config) -> Result<(), Refusal> {
        self.make_context(config)?;
        if self.weights.is_none() {
            self.weights = Some(Weights::new(config, self.stream).ok_or(Refusal::OutOfMemory)?);
        }
        Ok(())
    }

    /// Makes the context, which is the unit vector (1/√d, …) before the first forward, if it is not there.
    #[inline(always)]
    pub fn make_context(&mut self, config: &Config) -> Result<(), Refusal> {
        if self.context.is_empty() { self.start_context(config) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn start_context(&mut self, config: &Config) -> Result<(), Refusal> {
        if self.context.is_empty() {
            self.context = row(config.dim()).ok_or(Refusal::OutOfMemory)?;
        }
        values_mut(&mut self.context, config.dim()).fill((1.0 / kernel::sqrt(config.dim() as f64)) as f32);
        Ok(())
    }

    /// Whether the adapter has taken a step.
    pub fn has_learned(&self) -> bool {
        self.weights.as_ref().is_some_and(|weights| weights.steps() > 0)
    }

    /// Forgets everything but where it is kept.
    #[inline(never)]
    pub fn reset(&mut self, config: &Config) {
        if let Some(weights) = &mut self.weights {
            weights.reset(config);
        }
        if !self.context.is_empty() {
            let _ = self.start_context(config); // which is there
        }
        self.known = Default::default();
        self.forward_count = 0;
        self.adapt_count = 0;
    }
}

/// The operators by id, and the categories by number.
#[derive(Clone, Debug, Default)]
#[repr(C)]
pub struct Scopes {
    operators: Box<[Scope]>,
    categories: Box<[Scope]>,
}

pinned!(Scopes[16] { operators: 0, categories: 8 });

impl Scopes {
    /// Makes scopes that have nothing yet, and no category, if there is room. Operators draw from the random streams from
    /// number `first` on.
    pub fn set_aside(&mut self, operators: usize, categories: usize, first: u64) -> Option<()> {
        self.operators = scopes(operators, first)?;
        self.categories = scopes(categories, CATEGORY_STREAM)?;
        Some(())
    }

    pub fn set_category(&mut self, operator: Operator, category: usize) {
        let known = category < self.categories.len();
        if let Some(scope) = self.of_mut(operator).filter(|_| known) {
            scope.category = category as u16 + 1;
            scope.known[1].forget(); // it is about another one's A
        }
    }

    pub fn operators(&self) -> &[Scope] {
        &self.operators
    }

    /// What an operator has, if there is one.
    pub fn of(&self, operator: Operator) -> Option<&Scope> {
        self.operators.get(operator.id())
    }

    /// What an operator has, if there is one.
    pub fn of_mut(&mut self, operator: Operator) -> Option<&mut Scope> {
        self.operators.get_mut(operator.id())
    }

    /// What an operator's category has, if there is one.
    pub fn category_of(&self, operator: Operator) -> Option<&Scope> {
        self.categories.get(usize::from(self.of(operator)?.category).wrapping_sub(1))
    }

    /// What an operator has, and its category.
    ///
    /// # Errors
    /// [`Refusal::Operator`] if there is no such operator.
    #[inline(always)]
    pub fn with_category(&mut self, operator: Operator) -> Result<(&mut Scope, Option<&mut Scope>), Refusal> {
        let scope = self.operators.get_mut(operator.id()).ok_or(Refusal::Operator)?;
        let category = self.categories.get_mut(usize::from(scope.category).wrapping_sub(1));
        Ok((scope, category))
    }

    pub fn reset(&mut self, config: &Config) {
        for scope in self.operators.iter_mut().chain(&mut self.categories) {
            scope.reset(config);
        }
    }
}

#[inline(never)]
fn scopes(count: usize, first: u64) -> Option<Box<[Scope]>> {
    if count == 0 {
        return Some(Box::default());
    }
    boxed(count, |i| Scope { stream: first + i as u64, ..Scope::default() })
}
