//! A program without std that uses the library: it takes allocator and panic handler from the feature `runtime`, and links.
#![no_std]

use ruvector_learning_wasm::{Config, Error, MicroLora};

/// Improvement expected after `rounds` rewards of 0.5, or NaN if something was refused.
#[unsafe(no_mangle)]
pub extern "C" fn learn(rounds: u32) -> f64 {
    learned(rounds).unwrap_or(f64::NAN)
}

fn learned(rounds: u32) -> Result<f64, Error> {
    let mut lora = MicroLora::new(Config::new(Some(64.0), None, Some(0.1))?)?;
    lora.input_mut().fill(0.5);
    for _ in 0..rounds {
        lora.adapt_with_reward(0.5)?;
    }
    lora.predicted_improvement(&[0.5; 64])
}
