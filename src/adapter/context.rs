//! The context of a step: the input of the last forward, with its projections on the A's of the adapters.

use super::Adapter;
use crate::config::Config;
use crate::error::Error;
use crate::kernels::{self, Projection};
use crate::rows::{Block, Row, row, values, values_mut};

/// The input of the last forward; before the first one the unit vector (1/√d, …).
#[derive(Clone, Debug)]
pub struct Context {
    /// x, padded.
    pub x: Row,
    /// x projected on the A of the adapter, or of the operator's own adapter and then of its category's.
    pub projections: [CachedProjection; 2],
}

impl Context {
    /// The context before the first forward.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: &Config) -> Result<Self, Error> {
        let mut context = Self { x: row(config.dim())?, projections: Default::default() };
        context.reset(config);
        Ok(context)
    }

    /// Back to what it was before the first forward.
    pub fn reset(&mut self, config: &Config) {
        let unit = (1.0 / kernels::sqrt(config.dim() as f64)) as f32;
        values_mut(&mut self.x, config.dim()).fill(unit);
        self.projections = Default::default();
    }

    /// x without its padding.
    pub fn values(&self, config: &Config) -> &[f32] {
        values(&self.x, config.dim())
    }
}

/// The projection of a context on the A of an adapter, valid until that A changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct CachedProjection {
    /// 1 + the number of steps that the adapter had taken when the projection was computed; 0 if there is no projection.
    pub as_of: u64,
    /// The projection.
    pub projection: Projection,
}

impl CachedProjection {
    /// `projection`, on the A that `adapter` has now.
    pub fn new(projection: Projection, adapter: &Adapter) -> Self {
        Self { projection, as_of: adapter.steps() + 1 }
    }

    /// The projection of `x` on A: the cached one if A is still what it was.
    pub fn or_project(self, adapter: &Adapter, x: &[Block]) -> Projection {
        if self.as_of == adapter.steps() + 1 { self.projection } else { kernels::project(adapter.a(), x) }
    }
}
