//! Statistics over everything recorded, kept in O(1): mean and variance by Welford's update (Technometrics 4, 1962).

use bytemuck::Zeroable;

/// Running statistics over improvements.
#[derive(Clone, Copy, Debug, Default, Zeroable)]
pub struct Totals {
    /// How many there were.
    pub count: u64,
    /// How many were above 0.
    pub successes: u64,
    /// Their mean; 0 if there were none.
    pub mean: f64,
    /// Sum of squared deviations from the mean.
    pub deviation2: f64,
    /// The best one; 0 if there were none.
    pub best: f64,
    /// Attention type of the best one, the earliest among equals.
    pub best_attention: u8,
}

impl Totals {
    /// Adds one.
    #[inline(always)]
    pub fn add(&mut self, improvement: f64, attention: u8) {
        if self.count == 0 || improvement > self.best {
            self.best = improvement;
            self.best_attention = attention;
        }
        self.count += 1;
        self.successes += u64::from(improvement > 0.0);
        let deviation = improvement - self.mean;
        self.mean += deviation / self.count as f64;
        self.deviation2 += deviation * (improvement - self.mean);
    }

    /// Share above 0; 0 if there were none.
    pub fn success_rate(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.successes as f64 / self.count as f64 }
    }

    /// Sample variance; 0 if there were fewer than two.
    pub fn variance(&self) -> f64 {
        if self.count < 2 { 0.0 } else { self.deviation2 / (self.count - 1) as f64 }
    }
}
