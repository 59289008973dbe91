use std::fmt::Write;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::bench::{MethodError, Outcome};
use crate::numerics::normal::quantile;
use crate::tests::{agree, ask, numbers, optional_case, read};

fn estimates(outcome: &Outcome) -> Vec<f64> {
    numbers(&outcome.tables[0], "estimate")
}

/// y = .5 y(-1) + 1 x + own level + noise, x tied to the noise of the same year.
fn panel(units: usize, periods: usize, tied: f64) -> String {
    let mut random = Pcg64Mcg::seed_from_u64(3);
    let mut normal = || quantile(random.random::<f64>().clamp(1e-12, 1.0 - 1e-12));
    let mut text = "firm,year,y,x\n".to_owned();
    for unit in 0..units {
        let level = normal();
        let (mut y, mut x) = (2.0 * level, level);
        for period in 0..periods + 10 {
            let noise = normal();
            x = 0.6 * x + 0.3 * level + normal() + tied * noise;
            y = 0.5 * y + x + level + noise;
            if period >= 10 {
                writeln!(text, "{unit},{},{y},{x}", 2000 + period).unwrap();
            }
        }
    }
    text
}

/// Panics unless `found` is within four standard errors of `truth`, and these are small.
#[track_caller]
fn near(outcome: &Outcome, truth: &[f64]) {
    let errors = numbers(&outcome.tables[0], "standard_error");
    for ((found, truth), error) in estimates(outcome).iter().zip(truth).zip(errors) {
        assert!((found - truth).abs() < 4.0 * error && error < 0.15, "{found} {truth} {error}");
    }
}

#[test]
fn the_truth_is_found_where_fixed_effects_miss_it() {
    let frame = read(&panel(500, 6, 0.5));
    let model = ("model", "y ~ x | firm + year");
    for more in
        [&[][..], &[("form", "system")], &[("steps", "one")], &[("collapse", "")], &[("period-effects", "")]]
    {
        let arguments = [&[model, ("endogenous", "x")][..], more].concat();
        let outcome = ask("dynamic-panel", &frame, &arguments).unwrap();
        near(&outcome, &[0.5, 1.0]);
        let summary = numbers(&outcome.tables[1], "value");
        assert!(summary[5] > 0.001, "the instruments are valid: {summary:?}");
        assert!(summary[6] < -4.0 && summary[8].abs() < 3.5, "correlated at order one alone: {summary:?}");
    }
    let exogenous = ask("dynamic-panel", &frame, &[model]).unwrap();
    assert!(estimates(&exogenous)[1] > 1.2, "x is tied to the noise, or the test says nothing");
}

#[test]
fn just_identified_both_steps_agree() {
    let frame = read(&panel(100, 4, 0.0));
    let arguments = [("model", "y ~ x | firm + year"), ("collapse", ""), ("deepest", "2")];
    let two = ask("dynamic-panel", &frame, &arguments).unwrap();
    let one = ask("dynamic-panel", &frame, &[&arguments[..], &[("steps", "one")]].concat()).unwrap();
    agree(&estimates(&two), &estimates(&one), 1e-9, "steps");
    let (errors, plain) =
        (numbers(&two.tables[0], "standard_error"), numbers(&one.tables[0], "standard_error"));
    agree(&errors, &plain, 1e-9, "with nothing to weigh there is nothing to correct");
}

/// As printed by Arellano and Bond (1991, table 4b) and, with corrected errors, by Croissant and Millo
/// (2008).
#[test]
fn employment_of_arellano_and_bond() {
    let Some(data) = optional_case("arellano_bond_1991", "data.csv") else { return };
    let arguments = [
        ("model", "log(emp) ~ log(wage) + log(capital) + log(output) | firm + year"),
        ("lags", "2"),
        ("lagged", "log(wage), log(output)"),
        ("period-effects", ""),
    ];
    let outcome = ask("dynamic-panel", &data, &arguments).unwrap();
    let printed = [0.474151, -0.052967, -0.513205, 0.224640, 0.292723, 0.609775, -0.446373];
    agree(&estimates(&outcome)[..7], &printed, 1e-6, "estimates");
    let errors = [0.185398, 0.051749, 0.145565, 0.141950, 0.062627, 0.156263, 0.217302];
    agree(&numbers(&outcome.tables[0], "standard_error")[..7], &errors, 1e-6, "errors");
    let summary = numbers(&outcome.tables[1], "value");
    agree(&summary[3..5], &[30.11247, 25.0], 1e-5, "Sargan");
    agree(&[summary[6], summary[8]], &[-1.53845, -0.2796829], 1e-5, "correlation");
}

#[test]
fn bad_data_end_well() {
    let model = ("model", "y ~ x | firm + year");
    let asked = |text: &str, more: &[(&str, &str)]| {
        ask("dynamic-panel", &read(text), &[&[model][..], more].concat()).unwrap_err()
    };
    let few = asked("firm,year,y,x\na,1,1,1\na,2,2,3\n", &[]);
    assert!(matches!(few, MethodError::TooFew { .. }), "{few}");
    let gaps = asked("firm,year,y,x\na,1,1,1\na,3,2,3\na,5,2,1\nb,1,2,1\nb,3,2,1\nb,5,2,3\n", &[]);
    assert!(matches!(gaps, MethodError::TooFew { .. }), "{gaps}");
    let text = panel(30, 5, 0.0);
    let same: String =
        text.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned() + ",1\n").collect();
    let same = asked(&same.replacen(",1\n", ",x\n", 1), &[]);
    assert!(matches!(same, MethodError::Collinear { .. }), "{same}");
    let unknown = asked(&text, &[("endogenous", "y")]);
    assert!(matches!(unknown, MethodError::BadArgument { .. }), "{unknown}");
}
