//! The seeded generator that the start of A is drawn from, and what recommendations leave to chance.

/// SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

#[inline(never)] // small rather than fast: it runs when an adapter is made
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl SplitMix64 {
    /// The generator number `stream`. The number is mixed before use: neighbouring SplitMix64 states would otherwise
    /// give the same sequence, shifted by one.
    pub fn stream(stream: u64) -> Self {
        Self(mix(stream.wrapping_add(GOLDEN_GAMMA)))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        mix(self.0)
    }

    /// Uniform on the open interval (-1, 1): the midpoints of 2^23 equal cells, so neither end nor zero is drawn.
    pub fn next_signed(&mut self) -> f32 {
        let cell = (self.next_u64() >> 41) as f32;
        (cell + 0.5) * (2.0 / 8_388_608.0) - 1.0
    }

    /// Nearly standard normal: half the sum of twelve, whose variance is 4.
    pub fn next_normal(&mut self) -> f64 {
        (0..12).map(|_| 0.5 * f64::from(self.next_signed())).sum()
    }
}
