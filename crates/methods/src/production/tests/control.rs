use std::fmt::Write;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::bench::{Frame, MethodError, Outcome};
use crate::numerics::normal::quantile;
use crate::tests::{agree, ask, case, numbers, read};

fn elasticities(outcome: &Outcome) -> Vec<f64> {
    numbers(&outcome.tables[0], "estimate")
}

fn estprod(method: &str, more: &[(&str, &str)]) -> Option<(Vec<f64>, Vec<f64>)> {
    let name = "24_tfp_estprod";
    let data = case(name, "data.csv")?;
    let expected = case(name, "expected.csv").unwrap();
    let models = expected.categories("model").unwrap();
    let word = match method {
        "olley-pakes" => "OP",
        "wooldridge" => "WRDG",
        _ => "LP",
    };
    let all = expected.numbers("est").unwrap();
    let wanted = (0..all.len()).filter(|row| models.word(*row) == Some(word)).map(|row| all[row]).collect();
    let arguments = [
        ("output", "var1"),
        ("free", "var2"),
        ("state", "var3"),
        ("proxy", "var4"),
        ("unit", "id"),
        ("period", "year"),
    ];
    let outcome = ask(method, &data, &[&arguments[..], more].concat()).unwrap();
    Some((elasticities(&outcome), wanted))
}

#[test]
fn olley_pakes_with_exit_as_in_stata() {
    let Some((found, wanted)) = estprod("olley-pakes", &[("exit", "exit")]) else { return };
    agree(&found[..1], &wanted[..1], 1e-8, "labour");
    agree(&found[1..], &wanted[1..], 1e-4, "capital");
}

#[test]
fn levinsohn_petrin_as_in_stata() {
    let Some((found, wanted)) = estprod("levinsohn-petrin", &[("exit", "exit")]) else { return };
    agree(&found[..1], &wanted[..1], 1e-8, "labour");
    agree(&found[1..], &wanted[1..], 1e-4, "capital");
}

#[test]
fn wooldridge_stacked_as_in_estprod() {
    let Some((found, wanted)) = estprod("wooldridge", &[("form", "stacked")]) else { return };
    agree(&found[..1], &wanted[..1], 1e-8, "labour");
    agree(&found[1..], &wanted[1..], 1e-8, "capital");
}

const SIMULATED: [(&str, &str); 6] = [
    ("output", "Y"),
    ("free", "fX"),
    ("state", "sX"),
    ("proxy", "pX1"),
    ("unit", "idvar"),
    ("period", "timevar"),
];

#[test]
fn ackerberg_caves_and_frazer_find_the_truth_where_others_do_not() {
    let Some(data) = case("37_tfp_panelsim_truth", "data_dgp1.csv") else { return };
    let acf = ask("ackerberg-caves-frazer", &data, &SIMULATED).unwrap();
    agree(&elasticities(&acf), &[0.6, 0.4], 0.03, "ACF");
    agree(&elasticities(&acf), &[0.60872017227664, 0.381609936075839], 3e-4, "ACF as prodest found it");
    assert!(acf.notes.iter().any(|note| note.text.en.starts_with("the moments hold at another point")));
    let ols = ask("ols", &data, &[("model", "Y ~ fX + sX")]).unwrap();
    agree(&elasticities(&ols)[1..], &[0.949948148565985, 0.0495751869596626], 1e-9, "OLS");
    // Under this process labour moves with the proxy alone: stage one cannot see it, and says almost nothing.
    let petrin = ask("levinsohn-petrin", &data, &[&SIMULATED[..], &[("degree", "2")]].concat()).unwrap();
    agree(&elasticities(&petrin), &[0.00733996039471977, 1.08352879037167], 1e-6, "LP as prodest found it");
}

/// Value-added enterprises whose labour has its own shocks and whose materials reveal productivity: b_l .6,
/// b_k .3.
fn enterprises(units: usize, periods: usize) -> String {
    let mut random = Pcg64Mcg::seed_from_u64(11);
    let mut normal = || quantile(random.random::<f64>().clamp(1e-12, 1.0 - 1e-12));
    let mut text = "firm,year,y,l,k,m\n".to_owned();
    for unit in 0..units {
        let (mut omega, mut capital, mut shock) = (0.3 * normal(), 2.0 + normal(), normal());
        for period in 0..periods {
            let innovation = 0.2 * normal();
            shock = 0.7 * shock + 0.7 * normal();
            let (labour, noise) = (1.0 + 0.4 * capital + 0.5 * omega + 0.6 * shock, 0.1 * normal());
            omega = 0.7 * omega + innovation;
            let labour = labour + 0.3 * innovation;
            let materials = 0.5 + 0.4 * capital + 1.2 * omega;
            let y = 0.6 * labour + 0.3 * capital + omega + noise;
            writeln!(text, "{unit},{},{y},{labour},{capital},{materials}", 2010 + period).unwrap();
            capital = 0.9 * capital + 0.2 + 0.3 * omega + 0.2 * normal();
        }
    }
    text
}

const OWN: [(&str, &str); 6] =
    [("output", "y"), ("free", "l"), ("state", "k"), ("proxy", "m"), ("unit", "firm"), ("period", "year")];

fn own(method: &str, frame: &Frame, more: &[(&str, &str)]) -> Result<Outcome, MethodError> {
    ask(method, frame, &[&OWN[..], more].concat())
}

#[test]
fn all_find_the_truth_where_their_assumptions_hold() {
    let frame = read(&enterprises(1000, 6));
    for method in ["olley-pakes", "levinsohn-petrin", "ackerberg-caves-frazer", "wooldridge"] {
        let outcome = own(method, &frame, &[]).unwrap();
        agree(&elasticities(&outcome), &[0.6, 0.3], 0.03, method);
    }
    let stacked = own("wooldridge", &frame, &[("form", "stacked")]).unwrap();
    agree(&elasticities(&stacked), &[0.6, 0.3], 0.1, "stacked, which leaves out the proxy itself");
    let ols = ask("ols", &frame, &[("model", "y ~ l + k")]).unwrap();
    assert!(elasticities(&ols)[1] > 0.63, "least squares is biased here, or the test says nothing");
}

#[test]
fn errors_come_from_a_seeded_bootstrap_of_enterprises() {
    let frame = read(&enterprises(200, 5));
    let more = [("replications", "20"), ("seed", "5")];
    let once = own("levinsohn-petrin", &frame, &more).unwrap();
    let again = own("levinsohn-petrin", &frame, &more).unwrap();
    assert_eq!(once.tables, again.tables);
    let errors = numbers(&once.tables[0], "standard_error");
    assert!(errors.iter().all(|error| *error > 0.001 && *error < 0.1), "{errors:?}");
    let without = own("levinsohn-petrin", &frame, &[]).unwrap();
    assert!(numbers(&without.tables[0], "standard_error").iter().all(|error| error.is_nan()));
}

#[test]
fn productivity_is_output_less_inputs() {
    let frame = read(&enterprises(50, 5));
    let outcome = own("wooldridge", &frame, &[("productivity", "")]).unwrap();
    let b = elasticities(&outcome);
    let [y, l, k] = ["y", "l", "k"].map(|name| frame.numbers(name).unwrap());
    let expected: Vec<f64> = (0..y.len()).map(|row| y[row] - b[0] * l[row] - b[1] * k[row]).collect();
    agree(&numbers(&outcome.tables[2], "productivity"), &expected, 1e-12, "productivity");
}

#[test]
fn bad_data_end_well() {
    for method in ["olley-pakes", "levinsohn-petrin", "ackerberg-caves-frazer", "wooldridge"] {
        let few = own(method, &read("firm,year,y,l,k,m\na,1,1,1,1,1\n"), &[]).unwrap_err();
        assert!(matches!(few, MethodError::TooFew { .. }), "{method}: {few}");
        let same: String = (0..80).map(|row| format!("{},{},1,1,1,1\n", row / 8, row % 8)).collect();
        let same = own(method, &read(&format!("firm,year,y,l,k,m\n{same}")), &[]).unwrap_err();
        assert!(matches!(same, MethodError::Collinear { .. }), "{method}: {same}");
        let text = own(method, &read("firm,year,y,l,k,m\na,1,satu,1,1,1\n"), &[]).unwrap_err();
        assert!(matches!(text, MethodError::NotANumber { .. }));
        let text = enterprises(20, 4) + "0,2010,1,1,1,1\n";
        let twice = own(method, &read(&text), &[]).unwrap_err();
        assert!(matches!(twice, MethodError::Impossible(_)), "{method}: {twice}");
        let frame = read(&enterprises(20, 4));
        let lost = ask(method, &frame, &[("output", "log(y - 1e9)"), OWN[1], OWN[2], OWN[3], OWN[4], OWN[5]]);
        assert!(matches!(lost, Err(MethodError::NoRows { .. })));
    }
    let frame = read(&enterprises(20, 4));
    let never = own("olley-pakes", &frame, &[("exit", "k * 0")]).unwrap_err();
    assert!(matches!(never, MethodError::Impossible(_)));
}
