//! The scoped set: the blend, what a category hands on, when adapters are made, and what a reset forgets.

use crate::common::{self, EPS, Inputs, Reference, a_of, b_of, norm, subtract, widen};
use ruvector_learning_wasm::{Config, Factors, MicroLora, Operator, ScopedLora};
use wasm_bindgen_test::wasm_bindgen_test;

const DIM: usize = 24;
const SCAN: f64 = 0.0;
const JOIN: f64 = 2.0;
const INDEX_SCAN: f64 = 6.0;
const HASH_JOIN: f64 = 9.0;

fn operator(id: f64) -> Operator {
    Operator::new(id).unwrap()
}

fn scoped(learning_rate: f64) -> ScopedLora {
    ScopedLora::new(Config::new(Some(DIM as f64), None, Some(learning_rate)).unwrap()).unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn the_table_is_the_one_of_the_readme() {
    let table = [
        ("Scan", 0),
        ("Filter", 1),
        ("Join", 2),
        ("Aggregate", 3),
        ("Project", 1),
        ("Sort", 4),
        ("IndexScan", 0),
        ("HnswScan", 0),
        ("IvfFlatScan", 0),
        ("HashJoin", 2),
        ("MergeJoin", 2),
        ("GroupBy", 3),
        ("Limit", 4),
        ("VectorDistance", 5),
        ("Rerank", 5),
        ("Materialize", 6),
        ("Result", 6),
    ];
    let got: Vec<_> =
        Operator::all().map(|operator| (operator.name().unwrap(), operator.category().unwrap())).collect();
    assert_eq!(got, table);
    for bad in [-1.0, 2.5, 17.0, 300.0, 256.0, f64::NAN, f64::INFINITY, -0.5] {
        let message = Operator::new(bad).unwrap_err().to_string();
        assert_eq!(message, format!("op_type must be an integer from 0 to 16, got {bad}"));
    }
}

/// Operator and category of one scope as two `f64` adapters, by the rule in words: each steps towards y − g from its own
/// output.
#[derive(Clone)]
struct Pair {
    own: Reference,
    category: Reference,
    weight: f64,
}

impl Pair {
    /// The pair behind a scope that has been adapted `count` times.
    fn of(scoped: &ScopedLora, operator: Operator, weight: f64) -> Self {
        let (alpha, rate) = (scoped.config().alpha(), scoped.config().learning_rate());
        let adapter = |factors: Option<Factors<'_>>| Reference::new(factors.unwrap(), alpha, rate);
        let [own, category] = [scoped.factors(operator), scoped.category_factors(operator)].map(Result::unwrap);
        Self { own: adapter(own), category: adapter(category), weight }
    }

    fn forward(&self, x: &[f64]) -> Vec<f64> {
        let (own, category, w) = (self.own.forward(x), self.category.forward(x), self.weight);
        own.iter().zip(category).map(|(own, category)| w * own + (1.0 - w) * category).collect()
    }

    fn adapt(&mut self, x: &[f64], g: &[f64], taken: &Self) {
        let target: Vec<f64> = self.forward(x).iter().zip(g).map(|(y, g)| y - g).collect();
        for (adapter, taken) in [(&mut self.own, &taken.own), (&mut self.category, &taken.category)] {
            let own_gradient: Vec<f64> = adapter.forward(x).iter().zip(&target).map(|(y, t)| y - t).collect();
            adapter.adapt(x, &own_gradient, taken);
        }
    }

    /// `self` took the step that `expected` describes, from `before`.
    fn assert_step(&self, before: &Self, expected: &Self, x: &[f64], g: f64) {
        for (before, expected, got) in
            [(&before.own, &expected.own, &self.own), (&before.category, &expected.category, &self.category)]
        {
            let (error, bound) = (got.distance(expected), before.step_bound(x, g, expected, 1));
            assert!(error <= bound, "{error:e} over {bound:e}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_blend_and_both_steps_match_the_reference() {
    let mut inputs = Inputs::new(40);
    let mut scoped = scoped(0.2);
    for round in 0..200 {
        let operator = operator([SCAN, INDEX_SCAN, JOIN][inputs.below(3)]);
        let (x, target) = (inputs.vector(DIM, 1.0), inputs.vector(DIM, 1.0));
        let y = scoped.forward_array(operator, &x).unwrap().to_vec();
        let weight = scoped.adapt_count(operator).unwrap().min(10) as f64 / 10.0;
        let before = scoped.factors(operator).unwrap().map(|_| Pair::of(&scoped, operator, weight));
        let mut expected = before.clone();
        if let Some(pair) = &before {
            for (got, expected) in y.iter().zip(pair.forward(&widen(&x))) {
                let bound = 100.0 * EPS * (1.0 + expected.abs() + pair.own.norm() + pair.category.norm());
                assert!((f64::from(*got) - expected).abs() <= bound, "{got} for {expected} in round {round}");
            }
        }
        if inputs.below(2) == 0 {
            let gradient = subtract(&y, &target);
            scoped.adapt_array(operator, &gradient).unwrap();
            if let Some(pair) = &mut expected {
                pair.adapt(&widen(&x), &widen(&gradient), &Pair::of(&scoped, operator, weight));
            }
        } else {
            let improvement = inputs.normal();
            scoped.adapt_with_reward(operator, improvement).unwrap();
            if let Some(pair) = &mut expected {
                let taken = Pair::of(&scoped, operator, weight);
                pair.own.reward(&widen(&x), improvement, &taken.own);
                pair.category.reward(&widen(&x), improvement, &taken.category);
            }
        }
        if let (Some(before), Some(expected)) = (before, expected) {
            let terms = norm(&before.own.forward(&widen(&x)))
                + norm(&before.category.forward(&widen(&x)))
                + 3.0 * norm(&widen(&x))
                + norm(&widen(&target));
            Pair::of(&scoped, operator, weight).assert_step(&before, &expected, &widen(&x), terms);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_first_step_starts_from_b_zero_in_both_adapters() {
    // u = B g is zero then, so A does not move, and what A is after the step it was before it.
    let mut inputs = Inputs::new(41);
    let mut scoped = scoped(0.2);
    let (x, g) = (inputs.vector(DIM, 1.0), inputs.vector(DIM, 1.0));
    scoped.forward_array(operator(JOIN), &x).unwrap();
    scoped.adapt_array(operator(JOIN), &g).unwrap();
    let after = Pair::of(&scoped, operator(JOIN), 0.0);
    let mut expected = Pair::of(&scoped, operator(JOIN), 0.0);
    for adapter in [&mut expected.own, &mut expected.category] {
        adapter.b = [vec![0.0; DIM], vec![0.0; DIM]];
    }
    let before = expected.clone();
    expected.adapt(&widen(&x), &widen(&g), &after);
    after.assert_step(&before, &expected, &widen(&x), norm(&widen(&g)));
    assert_ne!(after.own.a, after.category.a);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_new_set_is_the_identity_and_makes_no_adapter() {
    let mut inputs = Inputs::new(42);
    let mut scoped = scoped(0.1);
    for operator in Operator::all() {
        let x = inputs.vector(DIM, 1.0);
        assert_eq!(scoped.forward_array(operator, &x).unwrap(), x);
        assert_eq!((scoped.factors(operator), scoped.category_factors(operator)), (Ok(None), Ok(None)));
        assert_eq!((scoped.forward_count(operator), scoped.adapt_count(operator)), (Ok(1), Ok(0)));
        assert_eq!(scoped.delta_norm(operator), Ok(0.0));
        assert_eq!(scoped.predicted_improvement(operator, &x).unwrap(), 0.0);
    }
    assert_eq!((scoped.total_forward_count(), scoped.total_adapt_count()), (17, 0));
}

#[wasm_bindgen_test(unsupported = test)]
fn every_adapter_starts_from_numbers_of_its_own() {
    let mut scoped = scoped(0.1);
    let mut starts = vec![a_of(MicroLora::new(*scoped.config()).unwrap().factors())];
    for operator in Operator::all() {
        let first_of_category = scoped.category_factors(operator).unwrap().is_none();
        scoped.adapt_array(operator, &[1.0; DIM]).unwrap(); // A does not move in the first step
        starts.push(a_of(scoped.factors(operator).unwrap().unwrap()));
        if first_of_category {
            starts.push(a_of(scoped.category_factors(operator).unwrap().unwrap()));
        }
    }
    assert_eq!(starts.len(), 1 + 17 + 7);
    for (i, x) in starts.iter().enumerate() {
        for y in &starts[..i] {
            // Over 48 independent values a cosine has a standard deviation of 0.14.
            let cosine = common::dot(x, y) / (common::dot(x, x) * common::dot(y, y)).sqrt();
            assert!(cosine.abs() < 0.65, "{cosine}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_new_operator_answers_with_what_its_category_learned() {
    let mut inputs = Inputs::new(43);
    let mut scoped = scoped(0.5);
    let x = inputs.vector(DIM, 1.0);
    for _ in 0..40 {
        scoped.forward_array(operator(SCAN), &x).unwrap();
        scoped.adapt_with_reward(operator(SCAN), 0.5).unwrap();
    }
    let expected = |scoped: &mut ScopedLora, id| scoped.predicted_improvement(operator(id), &x).unwrap();
    assert!((expected(&mut scoped, SCAN) - 0.5).abs() < 1e-3);
    assert!((expected(&mut scoped, INDEX_SCAN) - 0.5).abs() < 1e-3);
    assert_eq!(expected(&mut scoped, HASH_JOIN), 0.0);
    assert_ne!(scoped.forward_array(operator(INDEX_SCAN), &x).unwrap(), x);

    scoped.set_category_fallback(false);
    assert_eq!(expected(&mut scoped, INDEX_SCAN), 0.0);
    assert_eq!(scoped.forward_array(operator(INDEX_SCAN), &x).unwrap(), x);
    scoped.set_category_fallback(true);
    assert!((expected(&mut scoped, INDEX_SCAN) - 0.5).abs() < 1e-3);
}

#[wasm_bindgen_test(unsupported = test)]
fn an_operator_takes_over_without_forgetting_what_its_category_knew() {
    // The category answers well already, so the gradients that the operator sees while it takes over are nearly zero.
    let mut inputs = Inputs::new(44);
    let mut scoped = scoped(0.5);
    let (x, target) = (inputs.vector(DIM, 1.0), inputs.vector(DIM, 1.0));
    let mut learn = |id, rounds| {
        let mut error = 0.0;
        for _ in 0..rounds {
            let gradient = subtract(scoped.forward_array(operator(id), &x).unwrap(), &target);
            error = common::dot(&gradient, &gradient);
            scoped.adapt_array(operator(id), &gradient).unwrap();
        }
        error
    };
    let start = learn(SCAN, 1);
    assert!(learn(SCAN, 15) < 0.01 * start);
    for round in 0..20 {
        assert!(learn(INDEX_SCAN, 1) < 0.05 * start, "round {round}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_category_stays_put_while_its_operator_answers_alone() {
    // A target that no rank-2 map can reach keeps the gradient away from zero for ever.
    let mut inputs = Inputs::new(45);
    let mut scoped = scoped(0.1);
    for _ in 0..20_000 {
        let (x, target) = (inputs.vector(DIM, 1.0), inputs.vector(DIM, 1.0));
        let gradient = subtract(scoped.forward_array(operator(JOIN), &x).unwrap(), &target);
        scoped.adapt_array(operator(JOIN), &gradient).unwrap();
    }
    let pair = Pair::of(&scoped, operator(JOIN), 1.0);
    assert!(pair.category.delta_norm() < 2.0 * pair.own.delta_norm());
}

#[wasm_bindgen_test(unsupported = test)]
fn an_operator_that_answers_alone_is_a_micro_lora_to_the_last_bit() {
    let mut inputs = Inputs::new(46);
    let mut scoped = scoped(0.1);
    scoped.set_category_fallback(false);
    let other = operator(SCAN);
    let mut outputs = Vec::new();
    for id in [JOIN, HASH_JOIN] {
        let mut inputs = Inputs::new(47);
        for _ in 0..30 {
            let (x, g) = (inputs.vector(DIM, 1.0), inputs.vector(DIM, 1.0));
            scoped.forward_array(operator(id), &x).unwrap();
            // What another operator does in between is not this one's business.
            scoped.forward_array(other, &inputs.vector(DIM, 1.0)).unwrap();
            scoped.adapt_array(other, &inputs.vector(DIM, 1.0)).unwrap();
            scoped.adapt_array(operator(id), &g).unwrap();
        }
        let factors = scoped.factors(operator(id)).unwrap().unwrap();
        outputs.push(b_of(factors));
    }
    // Same history, other start: the same kind of step, not the same numbers.
    assert_ne!(outputs[0], outputs[1]);

    let before = Pair::of(&scoped, operator(JOIN), 1.0);
    let (x, g) = (inputs.vector(DIM, 1.0), inputs.vector(DIM, 1.0));
    scoped.forward_array(operator(JOIN), &x).unwrap();
    scoped.adapt_array(operator(JOIN), &g).unwrap();
    let mut expected = before.own.clone();
    let got = Pair::of(&scoped, operator(JOIN), 1.0).own;
    expected.adapt(&widen(&x), &widen(&g), &got);
    assert!(got.distance(&expected) <= before.own.step_bound(&widen(&x), norm(&widen(&g)), &expected, 1));
}

#[wasm_bindgen_test(unsupported = test)]
fn resets_forget_what_they_say() {
    let mut inputs = Inputs::new(48);
    let (x, g) = (inputs.vector(DIM, 1.0), inputs.vector(DIM, 1.0));
    let mut scoped = scoped(0.3);
    let teach = |scoped: &mut ScopedLora, id| {
        scoped.forward_array(operator(id), &x).unwrap();
        scoped.adapt_array(operator(id), &g).unwrap();
    };
    teach(&mut scoped, SCAN);
    teach(&mut scoped, INDEX_SCAN);
    let category = b_of(scoped.category_factors(operator(SCAN)).unwrap().unwrap());
    scoped.reset_scope(operator(SCAN)).unwrap();
    assert_eq!(scoped.factors(operator(SCAN)), Ok(None));
    assert_eq!((scoped.forward_count(operator(SCAN)), scoped.adapt_count(operator(SCAN))), (Ok(0), Ok(0)));
    assert_eq!((scoped.total_forward_count(), scoped.total_adapt_count()), (1, 1));
    assert_eq!(b_of(scoped.category_factors(operator(SCAN)).unwrap().unwrap()), category);
    assert!(scoped.factors(operator(INDEX_SCAN)).unwrap().is_some());

    scoped.set_category_fallback(false);
    scoped.reset_all();
    let mut fresh = ScopedLora::new(*scoped.config()).unwrap();
    for scoped in [&mut scoped, &mut fresh] {
        scoped.adapt_array(operator(INDEX_SCAN), &g).unwrap(); // the context is the unit vector
        teach(scoped, SCAN);
        teach(scoped, INDEX_SCAN);
    }
    for id in [SCAN, INDEX_SCAN] {
        assert_eq!(scoped.factors(operator(id)), fresh.factors(operator(id)));
        assert_eq!(scoped.forward_array(operator(id), &x).unwrap(), fresh.forward_array(operator(id), &x).unwrap());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_refused_call_leaves_everything_as_it_was() {
    let mut inputs = Inputs::new(49);
    let (x, g) = (inputs.vector(DIM, 1.0), inputs.vector(DIM, 1.0));
    let mut bad = g.clone();
    bad[20] = f32::INFINITY;
    let join = operator(JOIN);
    let (mut tried, mut left) = (scoped(0.3), scoped(0.3));
    for scoped in [&mut tried, &mut left] {
        scoped.forward_array(join, &x).unwrap();
        scoped.adapt_array(join, &g).unwrap();
        scoped.forward_array(join, &x).unwrap();
    }
    for _ in 0..3 {
        let refused = [
            tried.adapt_array(join, &bad).unwrap_err().to_string(),
            tried.adapt_array(join, &g[1..]).unwrap_err().to_string(),
            tried.forward_array(join, &g[1..]).unwrap_err().to_string(),
            tried.adapt_with_reward(join, f64::INFINITY).unwrap_err().to_string(),
            tried.predicted_improvement(join, &bad).unwrap_err().to_string(),
        ];
        let expected = [
            "gradient[20] is inf, it must be finite",
            "gradient has 23 values, this adapter has dim 24",
            "input has 23 values, this adapter has dim 24",
            "improvement must be finite, got inf",
            "input[20] is inf, it must be finite",
        ];
        assert_eq!(refused, expected);
    }
    for scoped in [&mut tried, &mut left] {
        scoped.adapt_array(join, &g).unwrap();
        scoped.adapt_with_reward(join, 0.2).unwrap();
    }
    assert_eq!(tried.factors(join), left.factors(join));
    assert_eq!(tried.category_factors(join), left.category_factors(join));
    assert_eq!(tried.adapt_count(join), left.adapt_count(join));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_teaches_nothing_still_moves_the_context() {
    let mut inputs = Inputs::new(50);
    let (mut trained, mut forwarded) = (scoped(0.3), scoped(0.3));
    let (join, zero) = (operator(JOIN), vec![0.0; DIM]);
    for _ in 0..12 {
        let (x, g) = (inputs.vector(DIM, 1.0), inputs.vector(DIM, 1.0));
        let target = forwarded.forward_array(join, &x).unwrap().to_vec();
        forwarded.adapt_array(join, &zero).unwrap();
        assert_eq!(trained.train(join, &x, &target).unwrap(), 0.0);
        for scoped in [&mut trained, &mut forwarded] {
            scoped.adapt_array(join, &g).unwrap();
        }
        assert_eq!(trained.factors(join), forwarded.factors(join));
        assert_eq!(trained.category_factors(join), forwarded.category_factors(join));
    }
}
