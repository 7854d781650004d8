//! Temporary: for the search.
use core::sync::atomic::{AtomicU64, Ordering};
static K: [AtomicU64; 64] = [const { AtomicU64::new(0) }; 64];
/// get
pub fn k(i: usize, default: f64) -> f64 { let b = K[i].load(Ordering::Relaxed); if b == 0 { default } else { f64::from_bits(b) } }
/// set
pub fn set(i: usize, v: f64) { K[i].store(if v == 0.0 { (1e-300f64).to_bits() } else { v.to_bits() }, Ordering::Relaxed) }
