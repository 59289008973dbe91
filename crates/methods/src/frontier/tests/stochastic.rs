use std::fmt::Write;

use nalgebra::DVector;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::bench::{Cell, MethodError, Outcome};
use crate::frontier::stochastic::{Data, log_likelihood};
use crate::numerics::least_squares::matrix;
use crate::numerics::normal::quantile;
use crate::tests::{agree, ask, case, numbers, read};

const MODEL: (&str, &str) = ("model", "log(output) ~ log(capital) + log(labour)");

fn figure(outcome: &Outcome, name: &str) -> f64 {
    let table = &outcome.tables[1];
    let row = table.rows.iter().position(|row| row[0] == Cell::from(name)).unwrap();
    numbers(table, "value")[row]
}

fn estimates(outcome: &Outcome) -> Vec<f64> {
    numbers(&outcome.tables[0], "estimate")
}

#[test]
fn the_first_example_of_frontier_41() {
    let name = "12_sfa_front41";
    let Some(data) = case(name, "data.csv") else { return };
    let outcome = ask("sfa", &data, &[MODEL]).unwrap();
    // As printed in the guide to FRONTIER 4.1 (Coelli, 1996).
    let printed = [0.56161963, 0.28110205, 0.53647981, 0.21700046, 0.79720730];
    agree(&estimates(&outcome), &printed, 1e-4, "half-normal");
    assert!((figure(&outcome, "log_likelihood") + 17.027229).abs() < 1e-5);
    assert!((figure(&outcome, "log_likelihood_without_inefficiency") + 18.446849).abs() < 1e-5);
    assert!((figure(&outcome, "likelihood_ratio") - 2.8392402).abs() < 1e-4);
    assert!((figure(&outcome, "mean_efficiency") - 0.74056772).abs() < 1e-5);
    for (file, column) in [
        ("published_frontier41_efficiencies.csv", "te_published_frontier41"),
        ("expected_efficiencies.csv", "te"),
    ] {
        let expected = case(name, file).unwrap().numbers(column).unwrap();
        agree(&numbers(&outcome.tables[2], "efficiency"), &expected, 1e-5, column);
    }
}

#[test]
fn the_truncated_frontier_climbs_beyond_frontier_41() {
    let Some(frame) = case("12_sfa_front41", "data.csv") else { return };
    let outcome = ask("sfa", &frame, &[MODEL, ("distribution", "truncated")]).unwrap();
    let log = |name: &str| frame.numbers(name).unwrap().iter().map(|value| value.ln()).collect::<Vec<f64>>();
    let ones = vec![1.0; 60];
    let data = Data {
        y: DVector::from_vec(log("output")),
        x: matrix(&[&ones, &log("capital"), &log("labour")]),
        names: Vec::new(),
        z: matrix(&[&ones]),
        z_names: Vec::new(),
        units: (0..60).map(|row| vec![row]).collect(),
        periods: None,
        cost: false,
    };
    // FRONTIER 4.1 keeps mu within two standard deviations of zero and stops at that border: its point has
    // the likelihood that it prints, and beyond the border the likelihood still rises.
    let theirs = [0.476405744081057, 0.282593086037596, 0.540384982002193, -1.41059519155475];
    let variances: [f64; 2] = [0.54775839120888, 0.908146194732869];
    assert!((theirs[3] + 2.0 * (variances[0] * variances[1]).sqrt()).abs() < 1e-6);
    let at_theirs = log_likelihood(&data, &[&theirs[..], &variances[..]].concat());
    assert!((at_theirs + 16.7956674456669).abs() < 1e-5, "{at_theirs}");
    let ours = figure(&outcome, "log_likelihood");
    assert!(ours > at_theirs + 0.01 && figure(&outcome, "gradient_at_most") < 1e-7, "{ours}");
}

/// A panel with known truth: constant 1, slopes .6 and .4, noise .15, and inefficiency as `mean` says.
fn panel(units: usize, periods: usize, eta: f64, by_age: f64) -> String {
    let mut random = Pcg64Mcg::seed_from_u64(7);
    let mut text = "unit,year,y,x1,x2,age\n".to_owned();
    for unit in 0..units {
        let mut own = 0.0;
        for period in 0..periods {
            let mut normal = || quantile(random.random::<f64>().clamp(1e-12, 1.0 - 1e-12));
            let (x1, x2, noise) = (normal(), normal(), 0.15 * normal());
            let age = (unit % 10) as f64 / 5.0;
            let drawn = loop {
                let drawn = by_age * age + 0.5 * quantile(random.random::<f64>().clamp(1e-12, 1.0 - 1e-12));
                if drawn > 0.0 {
                    break drawn;
                }
            };
            if period == 0 || by_age != 0.0 {
                own = drawn;
            }
            let fade = (-eta * (period as f64 - (periods - 1) as f64)).exp();
            let y = 1.0 + 0.6 * x1 + 0.4 * x2 + noise - own * fade;
            writeln!(text, "{unit},{},{y},{x1},{x2},{age}", 2000 + period).unwrap();
        }
    }
    text
}

#[test]
fn fading_inefficiency_is_found() {
    let frame = read(&panel(400, 6, 0.1, 0.0));
    let arguments = [("model", "y ~ x1 + x2 | unit + year"), ("decay", "")];
    let outcome = ask("sfa", &frame, &arguments).unwrap();
    let truth = [1.0, 0.6, 0.4, 0.1, 0.15 * 0.15 + 0.25, 0.25 / (0.15 * 0.15 + 0.25)];
    let errors = numbers(&outcome.tables[0], "standard_error");
    for ((found, truth), error) in estimates(&outcome).iter().zip(truth).zip(errors) {
        assert!((found - truth).abs() < 4.0 * error && error < 0.05, "{found} {truth} {error}");
    }
}

#[test]
fn what_explains_inefficiency_is_found() {
    let frame = read(&panel(3000, 1, 0.0, 0.6));
    let outcome = ask("sfa", &frame, &[("model", "y ~ x1 + x2"), ("effects", "age")]).unwrap();
    let truth = [1.0, 0.6, 0.4, 0.0, 0.6, 0.2725, 0.25 / 0.2725];
    let errors = numbers(&outcome.tables[0], "standard_error");
    for ((found, truth), error) in estimates(&outcome).iter().zip(truth).zip(errors) {
        assert!((found - truth).abs() < 4.0 * error && error < 0.3, "{found} {truth} {error}");
    }
}

#[test]
fn a_cost_frontier_is_the_mirror_of_a_production_frontier() {
    let text = panel(200, 1, 0.0, 0.0);
    let mirrored = ask("sfa", &read(&text), &[("model", "0 - y ~ x1 + x2"), ("cost", "")]).unwrap();
    let plain = ask("sfa", &read(&text), &[("model", "y ~ x1 + x2")]).unwrap();
    let turned: Vec<f64> = estimates(&mirrored)[..3].iter().map(|value| -value).collect();
    agree(&turned, &estimates(&plain)[..3], 1e-7, "coefficients");
    agree(
        &numbers(&mirrored.tables[2], "efficiency"),
        &numbers(&plain.tables[2], "efficiency"),
        1e-7,
        "efficiency",
    );
    let skewed = ask("sfa", &read(&text), &[("model", "0 - y ~ x1 + x2")]).unwrap_err();
    assert!(matches!(skewed, MethodError::Impossible(_)), "{skewed}");
}

#[test]
fn units_of_measurement_do_not_matter() {
    let text = panel(200, 1, 0.0, 0.0);
    let plain = ask("sfa", &read(&text), &[("model", "y ~ x1 + x2")]).unwrap();
    let scaled = ask("sfa", &read(&text), &[("model", "y ~ I(x1 * 1e6) + I(x2 * 1e-6)")]).unwrap();
    let (plain, scaled) = (estimates(&plain), estimates(&scaled));
    assert!(
        (plain[1] / scaled[1] / 1e6 - 1.0).abs() < 1e-6 && (plain[2] / scaled[2] * 1e6 - 1.0).abs() < 1e-6
    );
}

#[test]
fn bad_data_end_well() {
    let fitted = |text: &str| ask("sfa", &read(text), &[("model", "log(y) ~ log(x)")]);
    let few = fitted("y,x\n1,2\n").unwrap_err();
    assert!(matches!(few, MethodError::TooFew { .. }));
    let same = fitted(&format!("y,x\n{}", "3,2\n".repeat(20))).unwrap_err();
    assert!(matches!(same, MethodError::Collinear { .. }), "{same}");
    let line: String = (1..30).map(|x| format!("{x},{x}\n")).collect();
    assert!(matches!(fitted(&format!("y,x\n{line}")).unwrap_err(), MethodError::Impossible(_)));
    let lost = fitted("y,x\n-1,2\n0,3\n").unwrap_err();
    assert!(matches!(lost, MethodError::NoRows { rows: 2 }));
    let periods =
        ask("sfa", &read("y,x,u,t\n1,2,a,1\n2,1,b,1\n"), &[("model", "y ~ x | u + t"), ("decay", "")]);
    assert!(matches!(periods, Err(MethodError::TooFew { needed: 2, .. })));
}
