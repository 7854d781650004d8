//! Seeded random generators, for the initial values of A and the random part of recommendations.

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A random stream, one of 2^64: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"),
/// seeded from the stream's number.
#[derive(Clone, Debug)]
pub struct Stream(SplitMix64);

impl Stream {
    /// The stream with this number. The seed is the first output of a generator seeded with the number, not the number
    /// itself: numbers that differ by SplitMix64's increment would give the same sequence, shifted by one.
    pub fn new(number: u64) -> Self {
        let seeded = |seed: u64| SplitMix64::from_seed(seed.to_le_bytes());
        Self(seeded(seeded(number).next_u64()))
    }

    /// Uniform on the open interval (-1, 1): the midpoints of 2^23 equal cells, so neither end nor zero is drawn.
    pub fn next_signed(&mut self) -> f32 {
        let cell = (self.0.next_u64() >> 41) as f32;
        (cell + 0.5) * (2.0 / 8_388_608.0) - 1.0
    }

    /// Approximately standard normal: half the sum of twelve uniform draws. The sum has variance 4.
    pub fn next_normal(&mut self) -> f64 {
        (0..12).map(|_| 0.5 * f64::from(self.next_signed())).sum()
    }
}
