//! The seeded generators that the start of A is drawn from, and what recommendations leave to chance.

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"), of which there is one per number.
#[derive(Clone, Debug)]
pub struct Stream(SplitMix64);

impl Stream {
    /// The generator number `number`. The number is mixed before use: neighbouring SplitMix64 states would otherwise
    /// give the same sequence, shifted by one.
    pub fn new(number: u64) -> Self {
        let seeded = |seed: u64| SplitMix64::from_seed(seed.to_le_bytes());
        Self(seeded(seeded(number).next_u64()))
    }

    /// Uniform on the open interval (-1, 1): the midpoints of 2^23 equal cells, so neither end nor zero is drawn.
    pub fn next_signed(&mut self) -> f32 {
        let cell = (self.0.next_u64() >> 41) as f32;
        (cell + 0.5) * (2.0 / 8_388_608.0) - 1.0
    }

    /// Nearly standard normal: half the sum of twelve, whose variance is 4.
    pub fn next_normal(&mut self) -> f64 {
        (0..12).map(|_| 0.5 * f64::from(self.next_signed())).sum()
    }
}
