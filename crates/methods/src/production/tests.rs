mod control;
mod dynamic;

use crate::bench::MethodError;
use crate::tests::{agree, ask, case, numbers, read};

#[test]
fn public_capital_of_munnell() {
    let name = "22_panel_fe_produc";
    let Some(data) = case(name, "Produc.csv") else { return };
    let expected = case(name, "expected.csv").unwrap();
    let models = expected.categories("model").unwrap();
    let formula = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp";
    let panel = format!("{formula} | state + year");
    for (method, model, effects) in [
        ("ols", formula, "Produc_pooling"),
        ("panel-regression", panel.as_str(), "Produc_within"),
        ("panel-regression", panel.as_str(), "Produc_random"),
    ] {
        let mut arguments = vec![("model", model)];
        if method != "ols" {
            arguments.push(("effects", effects.trim_start_matches("Produc_")));
        }
        let table = &ask(method, &data, &arguments).unwrap().tables[0];
        for (ours, theirs) in [("estimate", "est"), ("standard_error", "se")] {
            let all = expected.numbers(theirs).unwrap();
            let wanted: Vec<f64> =
                (0..all.len()).filter(|row| models.word(*row) == Some(effects)).map(|row| all[row]).collect();
            agree(&numbers(table, ours), &wanted, 1e-8, &format!("{effects} {ours}"));
        }
    }
}

/// Three units over three years; y = 2 x + own level + year effect, exactly.
const EXACT: &str =
    "u,t,x,y\na,1,1,12\na,2,4,19\na,3,2,16\nb,1,3,26\nb,2,3,27\nb,3,9,40\nc,1,5,40\nc,3,6,43.5\n";

#[test]
fn two_way_effects_are_those_of_dummies() {
    let frame = read(EXACT);
    let arguments = [("model", "y ~ x | u + t"), ("effects", "two-way")];
    let swept = ask("panel-regression", &frame, &arguments).unwrap();
    let dummies = ask("ols", &frame, &[("model", "y ~ x + factor(u) + factor(t)")]).unwrap();
    for column in ["estimate", "standard_error", "p_value"] {
        let (ours, theirs) = (numbers(&swept.tables[0], column), numbers(&dummies.tables[0], column));
        agree(&ours, &theirs[1..2], 1e-12, column);
    }
}

#[test]
fn differences_use_neighbouring_periods_only() {
    let outcome =
        ask("panel-regression", &read(EXACT), &[("model", "y ~ x | u + t"), ("effects", "first-difference")]);
    assert_eq!(numbers(&outcome.unwrap().tables[1], "value")[0], 4.0, "c has a gap in year 2");
}

#[test]
fn weights_count_rows_and_zeros_do_not() {
    let doubled = read("y,x\n1,1\n3,2\n3,2\n4,4\n");
    let weighted = read("y,x,w\n1,1,1\n3,2,2\n4,4,1\n9,9,0\n");
    let plain = ask("ols", &doubled, &[("model", "y ~ x")]).unwrap();
    let outcome = ask("ols", &weighted, &[("model", "y ~ x"), ("weight", "w")]).unwrap();
    agree(&numbers(&outcome.tables[0], "estimate"), &numbers(&plain.tables[0], "estimate"), 1e-12, "weights");
    assert_eq!((outcome.used, outcome.left_out), (3, 1));
}

#[test]
fn one_row_per_cluster_is_robust_to_heteroscedasticity() {
    let frame = read("y,x,g\n1,1,a\n3,2,b\n3,3,c\n7,4,d\n4,5,e\n");
    let robust = ask("ols", &frame, &[("model", "y ~ x"), ("errors", "robust")]).unwrap();
    let cluster = ask("ols", &frame, &[("model", "y ~ x"), ("errors", "cluster"), ("cluster", "g")]).unwrap();
    agree(
        &numbers(&robust.tables[0], "standard_error"),
        &numbers(&cluster.tables[0], "standard_error"),
        1e-12,
        "HC1",
    );
}

#[test]
fn bad_data_end_well() {
    let ols = |text: &str| ask("ols", &read(text), &[("model", "y ~ x")]).unwrap_err();
    assert!(matches!(ols("y,x\n1,3\n2,3\n4,3\n"), MethodError::Collinear { .. }));
    assert!(matches!(ols("y,x\n1,3\n"), MethodError::TooFew { .. }));
    assert!(matches!(ols("y,x\n1,3\n2,4\n"), MethodError::TooFew { needed: 3, .. }));
    assert!(matches!(ols("y,x\n1e300,3\n-1e300,4\n1e300,8\n"), MethodError::Impossible(_)));
    assert!(matches!(ols("y,x\nsatu,3\n2,4\n"), MethodError::NotANumber { row: 1, .. }));
    let panel = |text: &str, effects| {
        ask("panel-regression", &read(text), &[("model", "y ~ x | u + t"), ("effects", effects)]).unwrap_err()
    };
    let fixed = panel("u,t,x,y\na,1,5,1\na,2,5,2\nb,1,7,1\nb,2,7,4\n", "within");
    assert!(matches!(&fixed, MethodError::Collinear { columns } if columns == "x, unit means"), "{fixed}");
    let twice = panel("u,t,x,y\na,1,5,1\na,1,6,2\n", "within");
    assert!(matches!(twice, MethodError::Impossible(_)));
    let gaps = panel("u,t,x,y\na,1,5,1\na,3,6,2\n", "first-difference");
    assert!(matches!(gaps, MethodError::TooFew { .. }));
    let one = panel("u,t,x,y\na,1,5,1\n", "random");
    assert!(matches!(one, MethodError::Collinear { .. } | MethodError::TooFew { .. }));
}

#[test]
fn the_index_of_enterprises_by_hand() {
    let text =
        "u,t,y,l,k,cl,ck\na,1,8,2,2,1,1\nb,1,8,8,2,1,1\na,2,16,2,2,3,1\nb,2,32,8,4,1,1\nc,2,0,1,1,1,1\n";
    let arguments =
        [("output", "y"), ("inputs", "l, k"), ("costs", "cl, ck"), ("unit", "u"), ("period", "t")];
    let outcome = ask("tfp-index", &read(text), &arguments).unwrap();
    assert_eq!((outcome.used, outcome.left_out), (4, 1), "an output of zero has no logarithm");
    let two = 2.0_f64.ln();
    // In multiples of ln 2: mean output 3 then 4.5, mean labour 2 in both, mean capital 1 then 1.5; mean
    // shares of labour .5 then .625. The chain is the growth of the mean enterprise less that of its inputs.
    let chain = 1.5 * two - 0.5 * (0.5 + 0.375) * 0.5 * two;
    let a = chain - 0.5 * two - 0.5 * (0.75 + 0.625) * -two - 0.5 * (0.25 + 0.375) * -0.5 * two;
    let b = chain + 0.5 * two - 0.5 * (0.5 + 0.625) * two - 0.5 * (0.5 + 0.375) * 0.5 * two;
    agree(&numbers(&outcome.tables[0], "ln_tfp"), &[0.5 * two, a, -0.5 * two, b], 1e-12, "ln TFP");
}

proptest::proptest! {
    /// Units of measurement do not matter to comparisons, and within a period they are transitive around the
    /// average.
    #[test]
    fn the_index_does_not_depend_on_units(values in proptest::collection::vec(0.5..5.0_f64, 40), size in 1e-3..1e3_f64) {
        let table = |factor: f64| {
            let row = |at: usize| {
                let v = &values[at * 5..at * 5 + 5];
                format!("{},{},{},{},{},{},{}\n", at / 2, at % 2, v[0] * factor, v[1], v[2] * factor, v[3], v[4])
            };
            let text: String = (0..8).map(row).collect();
            let arguments =
                [("output", "y"), ("inputs", "l, k"), ("costs", "cl, ck"), ("unit", "u"), ("period", "t")];
            let outcome = ask("tfp-index", &read(&format!("u,t,y,l,k,cl,ck\n{text}")), &arguments).unwrap();
            numbers(&outcome.tables[0], "ln_tfp")
        };
        for (plain, scaled) in table(1.0).iter().zip(table(size)) {
            proptest::prop_assert!((plain - scaled).abs() < 1e-10);
        }
    }
}
