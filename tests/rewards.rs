//! Rewards: their fixed point, their clamp, and what `predicted_improvement` reads back.

use crate::common::{self, Inputs, adapter, bits};
use ruvector_learning_wasm::{Config, MicroLora, ScopedLora};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn a_reward_of_zero_is_an_observation() {
    let mut lora = adapter(16, 0.1, 0.2);
    let x = Inputs::new(2).vector(16, 1.0);
    lora.forward_array(&x).unwrap();
    lora.adapt_with_reward(0.0).unwrap();
    assert_eq!(lora.adapt_count(), 1);
    for _ in 0..50 {
        lora.adapt_with_reward(1.0).unwrap();
    }
    let high = lora.predicted_improvement(&x).unwrap();
    lora.adapt_with_reward(0.0).unwrap();
    assert!(lora.predicted_improvement(&x).unwrap() < high);
}

#[wasm_bindgen_test(unsupported = test)]
fn rewards_have_their_fixed_point_and_are_clamped() {
    let x = Inputs::new(4).vector(64, 1.0);
    for (reward, expected) in [(0.5, 0.5), (-0.2, -0.2), (-1.0, -1.0), (-7.0, -1.0), (2.0, 2.0), (1e300, 2.0)] {
        let mut lora = adapter(64, 0.1, 0.1);
        lora.forward_array(&x).unwrap();
        for _ in 0..400 {
            lora.adapt_with_reward(reward).unwrap();
        }
        let predicted = lora.predicted_improvement(&x).unwrap();
        assert!((predicted - expected).abs() < 1e-4, "{predicted} for {reward}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn two_inputs_in_turn_reach_their_two_rewards() {
    // What the rate says: 1 − 0.99¹⁰⁰ = 0.634 of each reward after 100 rounds, and all of it after 1600.
    let mut inputs = Inputs::new(12);
    let (good, bad) = (inputs.vector(256, 1.0), inputs.vector(256, 1.0));
    let mut lora = adapter(256, 0.1, 0.01);
    let mut rounds = |count| {
        for _ in 0..count {
            for (x, reward) in [(&good, 0.5), (&bad, -0.2)] {
                lora.forward_array(x).unwrap();
                lora.adapt_with_reward(reward).unwrap();
            }
        }
        [lora.predicted_improvement(&good).unwrap(), lora.predicted_improvement(&bad).unwrap()]
    };
    let early = rounds(100);
    assert!((early[0] - 0.317).abs() < 0.01 && (early[1] + 0.127).abs() < 0.01, "{early:?}");
    let late = rounds(1500);
    assert!((late[0] - 0.5).abs() < 1e-4 && (late[1] + 0.2).abs() < 1e-4, "{late:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn predicting_changes_nothing() {
    let mut inputs = Inputs::new(14);
    let (x, other, g) = (inputs.vector(24, 1.0), inputs.vector(24, 1.0), inputs.vector(24, 1.0));
    let (mut asked, mut left) = (adapter(24, 0.1, 0.1), adapter(24, 0.1, 0.1));
    for lora in [&mut asked, &mut left] {
        lora.forward_array(&x).unwrap();
        lora.adapt_with_reward(0.4).unwrap();
        lora.forward_array(&x).unwrap();
    }
    let y = asked.output().to_vec();
    let gain = common::dot(&y, &x) / common::dot(&x, &x) - 1.0;
    assert!((asked.predicted_improvement(&x).unwrap() - gain).abs() < 1e-6);
    asked.predicted_improvement(&other).unwrap();
    assert_eq!(asked.predicted_improvement(&[0.0; 24]).unwrap(), 0.0);
    for lora in [&mut asked, &mut left] {
        lora.adapt_array(&g).unwrap();
        lora.adapt_with_reward(0.1).unwrap();
    }
    assert_eq!(bits(&asked), bits(&left));
    assert_eq!(asked.forward_count(), left.forward_count());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_reward_is_never_overshot() {
    let x = Inputs::new(15).vector(64, 1.0);
    for rate in [0.01, 0.1, 0.3, 0.5, 1.0] {
        let mut lora = adapter(64, 0.1, rate);
        lora.forward_array(&x).unwrap();
        let mut highest: f64 = 0.0;
        for _ in 0..1500 {
            lora.adapt_with_reward(0.5).unwrap();
            highest = highest.max(lora.predicted_improvement(&x).unwrap());
        }
        let last = lora.predicted_improvement(&x).unwrap();
        assert!(highest < 0.505 && (last - 0.5).abs() < 1e-4, "{highest}, {last} at rate {rate}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn any_two_inputs_reach_their_two_rewards_at_any_rate() {
    // With both factors from the old values, a tenth to a quarter of such pairs never settled.
    for (dim, pairs) in [(16, 60), (256, 30)] {
        for rate in [0.01, 0.1, 0.5, 1.0] {
            let mut inputs = Inputs::new(16);
            for pair in 0..pairs {
                let taught = [(inputs.vector(dim, 1.0), 0.5), (inputs.vector(dim, 1.0), -0.2)];
                let mut lora = adapter(dim, 0.1, rate);
                for _ in 0..600 {
                    for (x, reward) in &taught {
                        lora.forward_array(x).unwrap();
                        lora.adapt_with_reward(*reward).unwrap();
                    }
                }
                for (x, reward) in &taught {
                    let predicted = lora.predicted_improvement(x).unwrap();
                    assert!((predicted - reward).abs() < 0.05, "{predicted} for {reward}: {dim}, {rate}, {pair}");
                }
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_first_reward_counts_and_the_second_as_much() {
    for dim in [1, 2, 16, 256, 384] {
        for rate in [0.01, 0.1, 0.5, 1.0] {
            for scale in [1e-3, 1.0, 1e4] {
                let x = Inputs::new(17).vector(dim, scale);
                let mut lora = adapter(dim, 0.1, rate);
                for n in 1..=3 {
                    lora.reward(&x, 1.0).unwrap();
                    let (predicted, expected) = (lora.predicted_improvement(&x).unwrap(), 1.0 - (1.0 - rate).powi(n));
                    assert!((predicted - expected).abs() < 1e-4, "{predicted}, not {expected}: {dim}, {rate}, {scale}");
                }
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_second_input_counts_as_much_as_the_first() {
    // Orthogonal to the first, and long after it: A's first column is then many times as long as at the start.
    for rate in [0.01, 0.1, 0.5] {
        let mut lora = adapter(64, 0.1, rate);
        let [first, second] = [0, 32].map(|at| {
            Inputs::new(18)
                .vector(64, 1.0)
                .iter()
                .enumerate()
                .map(|(j, x)| if (at..at + 32).contains(&j) { *x } else { 0.0 })
                .collect::<Vec<_>>()
        });
        for _ in 0..300 {
            lora.reward(&first, 1.0).unwrap();
        }
        let kept = lora.predicted_improvement(&first).unwrap();
        for n in 1..=3 {
            lora.reward(&second, 1.0).unwrap();
            let (predicted, expected) = (lora.predicted_improvement(&second).unwrap(), 1.0 - (1.0 - rate).powi(n));
            assert!((predicted - expected).abs() < 2e-3 * expected, "{predicted}, not {expected}: rate {rate}");
        }
        assert!((lora.predicted_improvement(&first).unwrap() - kept).abs() < 1e-3);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rounding_is_no_direction_of_its_own() {
    // The second reward takes the prediction to almost zero, and A's first column with it: what rounding leaves there must
    // not be taken for another direction, since there is only one more.
    for seed in 0..50 {
        let mut inputs = Inputs::new(100 + seed);
        let (x, other) = (inputs.vector(42, 1.0), inputs.vector(42, 1.0));
        let mut lora = adapter(42, 0.9, 0.01);
        lora.reward(&x, -1.0).unwrap();
        let predicted = lora.predicted_improvement(&x).unwrap();
        lora.reward(&x, (1e-4 - 0.99) / 0.01 * predicted).unwrap(); // 1e-4 of it is left
        lora.reward(&x, -1.0).unwrap();
        lora.reward(&other, 1.0).unwrap();
        let predicted = lora.predicted_improvement(&other).unwrap();
        assert!((predicted - 0.01).abs() < 0.002, "{predicted}");
    }
}

/// The mean of 0/1 rewards by input, and that of the predictions before each of them, at one input or two.
fn means(dim: usize, rate: f64, chances: &[f64], rounds: usize) -> Vec<[f64; 2]> {
    let mut inputs = Inputs::new(19);
    let taught: Vec<_> = chances.iter().map(|&chance| (inputs.vector(dim, 1.0), chance)).collect();
    let mut lora = adapter(dim, 0.1, rate);
    let mut sums = vec![[0.0; 3]; chances.len()];
    let burn_in = (10.0 / rate) as usize * chances.len();
    for round in 0..burn_in + rounds {
        let k = inputs.below(chances.len());
        let (x, chance) = &taught[k];
        let reward = if inputs.uniform() < *chance { 1.0 } else { 0.0 };
        if round >= burn_in {
            let predicted = lora.predicted_improvement(x).unwrap();
            sums[k] = [sums[k][0] + reward, sums[k][1] + predicted, sums[k][2] + 1.0];
        }
        lora.reward(x, reward).unwrap();
    }
    sums.iter().map(|[rewards, predictions, count]| [rewards / count, predictions / count]).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_predicted_of_rewards_that_vary_is_their_mean() {
    let rounds = if common::IN_WASM { 20_000 } else { 100_000 };
    for rate in [0.01, 0.03, 0.1, 0.3, 0.5, 0.9] {
        for chances in [vec![0.1], vec![0.02], vec![0.1, 0.6]] {
            for [rewarded, predicted] in means(32, rate, &chances, rounds) {
                let ratio = predicted / rewarded;
                assert!((ratio - 1.0).abs() < 0.02, "{ratio} at rate {rate}, {chances:?}");
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn rewards_after_gradients_keep_their_mean_and_change_nothing_about_gradients() {
    let mut inputs = Inputs::new(20);
    let mut lora = adapter(32, 0.1, 0.1);
    for _ in 0..50 {
        let (x, target) = (inputs.vector(32, 1.0), inputs.vector(32, 1.0));
        lora.train(&x, &target).unwrap();
    }
    let x = inputs.vector(32, 1.0);
    let (mut rewards, mut predictions) = (0.0, 0.0);
    for round in 0..30_000 {
        let reward = if inputs.uniform() < 0.1 { 1.0 } else { 0.0 };
        if round >= 2_000 {
            rewards += reward;
            predictions += lora.predicted_improvement(&x).unwrap();
        }
        lora.reward(&x, reward).unwrap();
    }
    let ratio: f64 = predictions / rewards;
    assert!((ratio - 1.0).abs() < 0.02, "{ratio}");
}

#[wasm_bindgen_test(unsupported = test)]
fn in_a_set_a_reward_goes_to_the_input_of_its_operator() {
    let config = || Config::new(Some(16.0), None, Some(0.1)).unwrap();
    let mut set = ScopedLora::new(config()).unwrap();
    let [scan, join] = [0.0, 2.0].map(|id| set.operator(id).unwrap());
    let mut inputs = Inputs::new(21);
    let (x, y) = (inputs.vector(16, 1.0), inputs.vector(16, 1.0));
    set.forward_array(scan, &x).unwrap();
    set.forward_array(join, &y).unwrap();
    set.adapt_with_reward(scan, 1.0).unwrap();
    assert!((set.predicted_improvement(scan, &x).unwrap() - 0.1).abs() < 1e-5);
    assert_eq!(set.predicted_improvement(join, &y).unwrap(), 0.0);
    // The blend follows the same curve while it goes over from the category to the operator.
    for n in 2..=15 {
        set.forward_array(join, &y).unwrap();
        set.adapt_with_reward(scan, 1.0).unwrap();
        let (predicted, expected) = (set.predicted_improvement(scan, &x).unwrap(), 1.0 - 0.9_f64.powi(n));
        assert!((predicted - expected).abs() < 1e-4, "{predicted}, not {expected}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_reward_in_one_call_is_a_forward_and_a_reward() {
    let config = || Config::new(Some(24.0), None, Some(0.3)).unwrap();
    let (mut one, mut two) = (MicroLora::new(config()).unwrap(), MicroLora::new(config()).unwrap());
    let (mut one_set, mut two_sets) = (ScopedLora::new(config()).unwrap(), ScopedLora::new(config()).unwrap());
    let join = one_set.operator(2.0).unwrap();
    let mut inputs = Inputs::new(22);
    for _ in 0..600 {
        let (x, reward) = (inputs.vector(24, 1.0), inputs.normal());
        one.reward(&x, reward).unwrap();
        two.forward_array(&x).unwrap();
        two.adapt_with_reward(reward).unwrap();
        assert_eq!((one.input(), one.output()), (two.input(), two.output()));
        one_set.reward(join, &x, reward).unwrap();
        two_sets.forward_array(join, &x).unwrap();
        two_sets.adapt_with_reward(join, reward).unwrap();
        assert_eq!(one_set.output(), two_sets.output());
    }
    assert_eq!(bits(&one), bits(&two));
    assert_eq!((one.adapt_count(), one.forward_count()), (600, 600));
    let x = inputs.vector(24, 1.0);
    assert_eq!(one_set.forward_array(join, &x).unwrap(), two_sets.forward_array(join, &x).unwrap());
    one.adapt_array(&x).unwrap(); // the context is the same, too
    two.adapt_array(&x).unwrap();
    assert_eq!(bits(&one), bits(&two));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_refused_reward_changes_nothing() {
    let (mut tried, mut left) = (adapter(8, 0.1, 0.1), adapter(8, 0.1, 0.1));
    for lora in [&mut tried, &mut left] {
        lora.reward(&[1.0; 8], 0.5).unwrap();
    }
    let mut x = [1.0; 8];
    x[3] = f32::NAN;
    assert!(tried.reward(&x, 0.5).is_err() && tried.reward(&[1.0; 7], 0.5).is_err());
    assert!(tried.reward(&[2.0; 8], f64::NAN).is_err());
    for lora in [&mut tried, &mut left] {
        lora.adapt_with_reward(0.3).unwrap();
    }
    assert_eq!(bits(&tried), bits(&left));
    assert_eq!((tried.forward_count(), tried.input()), (left.forward_count(), left.input()));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_list_is_predicted_as_its_rows_are() {
    let config = Config::new(Some(20.0), None, Some(0.3)).unwrap();
    let (mut lora, mut set) = (MicroLora::new(config).unwrap(), ScopedLora::new(config).unwrap());
    let join = set.operator(2.0).unwrap();
    let mut inputs = Inputs::new(23);
    let rows: Vec<_> = (0..5).map(|_| inputs.vector(20, 1.0)).collect();
    let padded: Vec<_> = rows.iter().flat_map(|row| common::blocks(&[row.as_slice(), &[0.0; 12]].concat())).collect();
    let (mut found, mut zeros) = ([0.0; 5], [1.0; 5]);
    set.predicted_improvements(join, &padded, &mut zeros).unwrap();
    assert_eq!(zeros, [0.0; 5]); // nothing has been learned, there is not even an adapter
    for (row, reward) in rows.iter().zip([1.0, 0.5, -0.2]) {
        lora.reward(row, reward).unwrap();
        set.reward(join, row, reward).unwrap();
    }
    let before = bits(&lora);
    lora.predicted_improvements(&padded, &mut found).unwrap();
    let one_by_one = rows.iter().map(|row| lora.predicted_improvement(row).unwrap() as f32);
    assert!(one_by_one.eq(found));
    set.predicted_improvements(join, &padded, &mut found).unwrap();
    let one_by_one = rows.iter().map(|row| set.predicted_improvement(join, row).unwrap() as f32);
    assert!(one_by_one.eq(found));
    assert_eq!(bits(&lora), before);
    assert!(lora.predicted_improvements(&padded, &mut found[..4]).is_err());
    let mut spoiled = padded.clone();
    spoiled[4 * 3].0[1] = f32::NAN; // row 3, value 1
    let error = lora.predicted_improvements(&spoiled, &mut found).unwrap_err();
    assert_eq!(error.to_string(), "inputs[61] is NaN, it must be finite");
    let mut spoiled = padded;
    spoiled[4 * 2].0[0] = 3e38;
    let error = set.predicted_improvements(join, &spoiled, &mut found).unwrap_err();
    assert_eq!(error.to_string(), "inputs: row 2 is too large: its squared norm overflows f32");
}
