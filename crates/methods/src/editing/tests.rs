use nalgebra::DMatrix;
use proptest::prelude::*;

use super::edit::Edits;
use super::hidiroglou_berthelot::{Strictness, effects, wrong_unit};
use super::imputation::{By, impute};
use super::localisation::{deduce, localise};
use super::multivariate::{Centre, distances};
use super::outliers::{Rule, bounds};
use super::selective;
use crate::bench::{Cell, MethodError};
use crate::numerics::random::generator;
use crate::tests::{ask, close, numbers, read};

/// The fields at fault, by name.
#[track_caller]
fn check(rules: &str, record: &[(&str, f64)], weights: &[(&str, f64)], expected: &[&str]) {
    let edits = Edits::parse(rules).unwrap();
    let of = |pairs: &[(&str, f64)], default: f64| -> Vec<f64> {
        let value = |name: &String| {
            pairs.iter().find(|(known, _)| known == name).map_or(default, |(_, value)| *value)
        };
        edits.variables.iter().map(value).collect()
    };
    let found = localise(&edits, &of(record, f64::NAN), &of(weights, 1.0), 0.0).unwrap();
    let names: Option<Vec<&str>> =
        found.map(|(fields, _)| fields.iter().map(|field| edits.variables[*field].as_str()).collect());
    assert_eq!(names.as_deref(), Some(expected));
}

const PROFIT: &str = "profit + cost == turnover; cost >= 0.6 * turnover; turnover >= 0";

/// Case 41: published examples of error localisation (de Waal, Pannekoek and Scholtus 2011; errorlocate).
#[test]
fn the_published_records_have_the_published_errors() {
    check(PROFIT, &[("profit", 755.0), ("cost", 125.0), ("turnover", 200.0)], &[], &["profit"]);
    let married = "if married == 1 then age >= 17";
    let weights = [("married", 1.0), ("age", 2.0)];
    check(married, &[("married", 1.0), ("age", 16.0)], &weights, &["married"]);
    check(married, &[("married", 1.0), ("age", 16.0)], &[("married", 3.0)], &["age"]);
    let record = [("profit", 30.0), ("cost", 70.0), ("turnover", 80.0)];
    let kept = |names: [&'static str; 2]| names.map(|name| (name, f64::INFINITY));
    let rules = format!("{PROFIT}; cost >= 0");
    check(&rules, &record, &kept(["profit", "turnover"]), &["cost"]);
    check(&rules, &record, &kept(["profit", "cost"]), &["turnover"]);
}

#[test]
fn a_missing_field_belongs_and_what_is_determined_is_deduced() {
    check(PROFIT, &[("cost", 125.0), ("turnover", 200.0)], &[], &["profit"]);
    let edits = Edits::parse(PROFIT).unwrap();
    assert_eq!(deduce(&edits, &[755.0, 125.0, 200.0], &[0]), [(0, 75.0)]);
    assert_eq!(deduce(&edits, &[755.0, 125.0, 200.0], &[0, 1]), []);
}

#[test]
fn edits_that_contradict_each_other_are_said() {
    let edits = Edits::parse("a >= 2; a <= 1").unwrap();
    assert_eq!(localise(&edits, &[1.0], &[1.0], 0.0).unwrap(), None);
    let found = ask("error-localisation", &read("a\n1\n"), &[("edits", "a >= 2; a <= 1")]).unwrap();
    assert!(found.notes.iter().any(|note| note.text.en.contains("cannot be repaired")));
}

#[test]
fn rules_are_read_as_they_are_written() {
    let edits = Edits::parse("2 * `biaya lain` - upah*3 + 4 <= -1 ; if x > 0 then y < 2").unwrap();
    assert_eq!(edits.variables, ["biaya lain", "upah", "x", "y"]);
    assert_eq!(edits.rules[0].then.terms, [(0, 2.0), (1, -3.0)]);
    close(edits.rules[0].then.constant, 5.0, 0.0);
    assert_eq!(edits.rules[1].broken(&[0.0, 0.0, 1.0, 2.0], 0.0), Some(true));
    assert_eq!(edits.rules[1].broken(&[0.0, 0.0, 0.0, 2.0], 0.0), Some(false));
    for wrong in ["", "a", "a == ", "a b == 1", "a * b == 1", "== 1 + +", "`a == 1", "a => 1 2"] {
        assert!(matches!(Edits::parse(wrong), Err(MethodError::Expression { .. })), "{wrong}");
    }
}

/// By hand: ratios 1, 1, 1.1, 2; median 1.05.
#[test]
fn effects_of_hidiroglou_and_berthelot_by_hand() {
    let strictness = Strictness { size: 0.5, least: 0.05, width: 4.0 };
    let found = effects(&[100.0, 100.0, 100.0, 100.0], &[100.0, 100.0, 110.0, 200.0], strictness).unwrap();
    close(found.median_ratio, 1.05, 1e-15);
    close(found.effects[0], (1.0 - 1.05) * 10.0, 1e-12);
    close(found.effects[3], (2.0 / 1.05 - 1.0) * 200.0_f64.sqrt(), 1e-12);
    let middle = (found.effects[0] + found.effects[2]) / 2.0;
    let first = found.effects[0];
    close(found.lower, middle - 4.0 * (middle - first), 1e-12);
}

#[test]
fn thousands_written_for_ones_are_seen() {
    assert_eq!(wrong_unit(1050.0, 1.0), Some(3));
    assert_eq!(wrong_unit(0.0011, 1.05), Some(-3));
    assert_eq!([10.0, 100.0, 3.0, 300.0].map(|ratio| wrong_unit(ratio, 1.0)), [None; 4]);
}

#[test]
fn fences_and_deviations_by_hand() {
    let values = [1.0, 2.0, 3.0, 4.0, 100.0];
    assert_eq!(bounds(&values, Rule::Fences(1.5)), Some((-1.0, 7.0)));
    let (lower, upper) = bounds(&values, Rule::Deviation(3.5)).unwrap();
    close(lower, 3.0 - 3.5 * 1.4826, 1e-12);
    close(upper, 3.0 + 3.5 * 1.4826, 1e-12);
    assert_eq!(bounds(&[], Rule::Fences(1.5)), None);
}

/// A line with noise, and a fifth of the rows far from it on one side: they mask each other from the plain
/// distance.
#[test]
fn many_outliers_on_one_side_do_not_mask_each_other() {
    let noise = |row: usize| ((row * 7919) % 101) as f64 / 101.0 - 0.5;
    let x = DMatrix::from_fn(100, 2, |row, column| {
        let place = noise(row * 3 + 1) * 4.0;
        match (column, row % 5) {
            (0, _) => place,
            (_, 0) => 6.0 + noise(row + 50) * 0.2,
            _ => place + noise(row + 7),
        }
    });
    let beyond = |centre| {
        let found = distances(&x, centre, 0.05).unwrap();
        (0..100).filter(|row| found.distances[*row] >= found.cut).collect::<Vec<usize>>()
    };
    assert_eq!(beyond(Centre::Bacon), (0..100).step_by(5).collect::<Vec<usize>>());
    assert!(beyond(Centre::All).is_empty());
}

/// By hand: the square of four corners and its centre, covariance 1 on the diagonal.
#[test]
fn the_plain_distance_by_hand() {
    let corners = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0], [0.0, 0.0]];
    let rows: Vec<[f64; 2]> = corners.iter().chain(&corners).copied().collect();
    let x = DMatrix::from_fn(10, 2, |row, column| rows[row][column]);
    let found = distances(&x, Centre::All, 0.05).unwrap();
    // Eight of ten rows at distance 1 in each column: variance 8/9.
    close(found.distances[0], (2.0_f64 * 9.0 / 8.0).sqrt(), 1e-12);
    close(found.distances[4], 0.0, 1e-12);
    // The 99.5th percentile of chi-square with 2 degrees of freedom is -2 ln 0.005.
    close(found.cut, (-2.0 * 0.005_f64.ln()).sqrt(), 1e-9);
    let line = DMatrix::from_fn(20, 2, |row, _| row as f64);
    assert!(matches!(distances(&line, Centre::Bacon, 0.05), Err(MethodError::Impossible(_))));
    assert!(matches!(
        distances(&x.rows(0, 4).into_owned(), Centre::Bacon, 0.05),
        Err(MethodError::TooFew { .. })
    ));
}

#[test]
fn what_is_imputed_is_flagged_and_says_its_donor() {
    let frame = read("y,x,k\n10,1,a\n30,3,a\n,2,a\n5,1,b\n,9,c\n,,a\n");
    let asked = |how: &str| {
        let pairs = [("value", "y"), ("auxiliary", "x"), ("class", "k"), ("with", how)];
        ask("impute", &frame, &pairs).unwrap()
    };
    let found = asked("ratio");
    assert_eq!(numbers(&found.tables[0], "row"), [3.0]);
    assert_eq!(numbers(&found.tables[0], "value"), [20.0]);
    assert_eq!(found.tables[0].rows[0][3], Cell::from("imputed: ratio"));
    assert!(found.notes.iter().any(|note| note.text.en.starts_with("2 values stay missing")));
    let found = asked("nearest");
    assert_eq!(
        (numbers(&found.tables[0], "value"), numbers(&found.tables[0], "donor")),
        (vec![10.0], vec![1.0])
    );
    let found = asked("median");
    assert_eq!(numbers(&found.tables[0], "value"), [20.0, 20.0]);
    assert_eq!(asked("donor"), asked("donor"), "the seed decides");
}

/// The first record misses one field of a balance; the second two, of which neither follows.
#[test]
fn what_the_rules_leave_no_choice_about_is_deduced() {
    let frame = read("profit,cost,turnover\n,125,200\n,,90\n20,30,50\n");
    let pairs = [("value", "profit"), ("with", "deductive"), ("edits", PROFIT)];
    let found = ask("impute", &frame, &pairs).unwrap();
    assert_eq!(
        (numbers(&found.tables[0], "row"), numbers(&found.tables[0], "value")),
        (vec![1.0], vec![75.0])
    );
    assert_eq!(found.tables[0].rows[0][3], Cell::from("imputed: deductive"));
    let without = ask("impute", &frame, &pairs[..2]);
    assert!(matches!(without, Err(MethodError::MissingArgument { argument, .. }) if argument == "edits"));
    let other = ask("impute", &frame, &[("value", "profit + 0"), pairs[1], pairs[2]]);
    assert!(matches!(other, Err(MethodError::BadArgument { .. })));
}

#[test]
fn the_largest_likely_error_comes_first() {
    close(selective::scores(&[10.0, 7.0], &[10.0, 10.0], &[1.0, 3.0]).unwrap()[1], 9.0 / 40.0, 1e-15);
    let frame = read("y,e\n10,10\n90,10\n12,10\n");
    let found =
        ask("selective-editing", &frame, &[("value", "y"), ("expected", "e"), ("threshold", "0.1")]).unwrap();
    assert_eq!(numbers(&found.tables[0], "row"), [2.0]);
    let nothing = ask("selective-editing", &frame, &[("value", "y"), ("expected", "e - e")]);
    assert!(matches!(nothing, Err(MethodError::Impossible(_))));
}

#[test]
fn bad_input_ends_in_words() {
    let frame = read("a,b,t\n1,0,x\n1,-2,1\n1,1e300,2\n1,1e-300,3\n");
    let changes = |pairs: &[(&str, &str)]| ask("hidiroglou-berthelot", &frame, pairs);
    assert!(matches!(changes(&[("before", "a"), ("after", "b")]), Err(MethodError::TooFew { found: 2, .. })));
    assert!(changes(&[("before", "a"), ("after", "a")]).unwrap().tables[0].rows.is_empty());
    let text = ask("outliers", &frame, &[("value", "t")]);
    assert!(matches!(text, Err(MethodError::NotANumber { row: 1, .. })));
    let equal = ask("outliers", &frame, &[("value", "a")]).unwrap();
    assert!(equal.notes.iter().any(|note| note.text.en.contains("at least half")));
    assert!(ask("outliers", &frame, &[("value", "b")]).is_ok());
    assert!(matches!(ask("impute", &frame, &[("value", "a")]), Err(MethodError::MissingArgument { .. })));
}

proptest! {
    /// Distances do not depend on units of measurement, nor on mixing the columns.
    #[test]
    fn distances_from_all_rows_do_not_depend_on_units(
        values in prop::collection::vec(-5.0..5.0_f64, 40),
        size in 1e-3..1e3_f64,
    ) {
        let x = DMatrix::from_fn(20, 2, |row, column| values[row * 2 + column]);
        let turned = DMatrix::from_fn(20, 2, |row, column| match column {
            0 => size * (x[(row, 0)] + 2.0 * x[(row, 1)]) + 3.0,
            _ => x[(row, 1)],
        });
        let [plain, turned] = [x, turned].map(|x| distances(&x, Centre::All, 0.05));
        if let (Ok(plain), Ok(turned)) = (plain, turned) {
            for (a, b) in plain.distances.iter().zip(&turned.distances) {
                prop_assert!((a - b).abs() < 1e-6);
            }
        }
    }

    /// Whatever the record: after changing the fields named, some values satisfy the balance edit.
    #[test]
    fn no_smaller_set_of_fields_repairs_a_balance(
        record in prop::collection::vec(-50_i32..50, 3),
    ) {
        let edits = Edits::parse("a + b == c").unwrap();
        let record: Vec<f64> = record.into_iter().map(f64::from).collect();
        let (fields, cost) = localise(&edits, &record, &[1.0, 2.0, 3.0], 0.0).unwrap().unwrap();
        let holds = record[0] + record[1] == record[2];
        prop_assert_eq!(fields.len(), usize::from(!holds));
        prop_assert_eq!(cost, if holds { 0.0 } else { 1.0 });
    }

    #[test]
    fn imputing_the_ratio_keeps_the_ratio_of_the_totals(
        sizes in prop::collection::vec(1.0..100.0_f64, 6),
        values in prop::collection::vec(1.0..100.0_f64, 6),
    ) {
        let mut given = values.clone();
        (given[1], given[4]) = (f64::NAN, f64::NAN);
        let rows: Vec<usize> = (0..6).collect();
        let found = impute(&given, &sizes, &[1.0; 6], &rows, By::Ratio, &mut generator(1));
        found.iter().for_each(|imputed| given[imputed.row] = imputed.value);
        let known = |of: &[f64]| [0, 2, 3, 5].iter().map(|row| of[*row]).sum::<f64>();
        let ratio = known(&values) / known(&sizes);
        prop_assert!((given.iter().sum::<f64>() / sizes.iter().sum::<f64>() - ratio).abs() < 1e-12 * ratio);
    }
}
