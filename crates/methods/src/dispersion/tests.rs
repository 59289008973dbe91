use std::collections::HashMap;

use proptest::prelude::*;

use super::concentration::concentration;
use super::inequality::{
    Ties, atkinson, atkinson_influence, entropy, entropy_influence, gini, gini_influence, quintile_ratio,
    split,
};
use super::misallocation::{Enterprise, Technology, misallocation, trimmed};
use super::quantile::{Definition, quantiles};
use super::quantile_means::quantile_groups;
use super::spread::{demeaned, spread};
use super::transition::transitions;
use crate::bench::{Arguments, Categories, Cell, Column, Frame, Method, MethodError, Outcome, run};
use crate::numerics::summation::sum;
use crate::survey::design::{Design, Stage};

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} for {expected}");
}

/// 14,827 synthetic persons of Austria (Alfons and Templ 2013), where the shared folder is.
fn persons() -> Option<(Vec<f64>, Vec<f64>, Categories, HashMap<String, f64>)> {
    let Ok(shared) = std::env::var("LUMBUNG_SHARED") else {
        eprintln!("skipped: LUMBUNG_SHARED is not set");
        return None;
    };
    let folder = format!("{shared}/refdata/16_poverty_inequality_eusilc");
    let mut reader = csv::Reader::from_path(format!("{folder}/data.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (income, weight, region) = (column("eqIncome"), column("rb050"), column("db040"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let expected = csv::Reader::from_path(format!("{folder}/expected.csv"))
        .unwrap()
        .records()
        .map(Result::unwrap)
        .map(|row| (row[0].to_owned(), row[1].parse().unwrap()))
        .collect();
    Some((
        rows.iter().map(|row| row[income].parse().unwrap()).collect(),
        rows.iter().map(|row| row[weight].parse().unwrap()).collect(),
        Categories::of(rows.iter().map(|row| Some(&row[region]))),
        expected,
    ))
}

#[test]
fn inequality_between_persons_meets_both_reference_packages() {
    let Some((values, weights, of_region, expected)) = persons() else { return };
    let Categories { levels: regions, codes: strata } = of_region;
    near(100.0 * gini(&values, &weights, Ties::Middle), expected["laeken_gini_pct"], 1e-8, "Eurostat Gini");
    near(100.0 * gini(&values, &weights, Ties::Middle), 26.48962, 5e-6, "published Gini");
    near(quintile_ratio(&values, &weights), expected["laeken_qsr"], 1e-8, "S80/S20");
    for (code, region) in regions.iter().enumerate() {
        let inside: Vec<usize> = (0..values.len()).filter(|row| strata[*row] as usize == code).collect();
        let of = |column: &[f64]| inside.iter().map(|row| column[*row]).collect::<Vec<f64>>();
        let found = 100.0 * gini(&of(&values), &of(&weights), Ties::Middle);
        near(found, expected[&format!("laeken_gini_{region}")], 1e-8, region);
    }
    let ranked = gini(&values, &weights, Ties::Ranked);
    near(ranked, expected["convey_person_gini"], 1e-8, "ranked Gini");
    let stage = Stage { strata: Some(strata), units: None, population: None };
    let design = Design { stages: vec![stage], ..Design::of_rows(weights.clone()) };
    let error = |influence: &[f64]| {
        design.standard_error(influence.iter().zip(&weights).map(|(z, weight)| z * weight).collect()).unwrap()
    };
    near(
        error(&gini_influence(&values, &weights, ranked)),
        expected["convey_person_gini_se"],
        1e-6,
        "its error",
    );
    let positive: Vec<usize> = (0..values.len()).filter(|row| values[*row] > 0.0).collect();
    let pick = |column: &[f64]| positive.iter().map(|row| column[*row]).collect::<Vec<f64>>();
    let (above, own) = (pick(&values), pick(&weights));
    let whole = |part: Vec<f64>| {
        let mut all = vec![0.0; values.len()];
        positive.iter().zip(part).for_each(|(row, influence)| all[*row] = influence);
        all
    };
    for (order, name) in [(0.0, "GE0"), (1.0, "GE1"), (2.0, "GE2")] {
        let found = entropy(&above, &own, order);
        near(found, expected[&format!("convey_person_{name}_pos")], 1e-8, name);
        let influence = whole(entropy_influence(&above, &own, order, found));
        near(error(&influence), expected[&format!("convey_person_{name}_pos_se")], 1e-6, name);
    }
    for (aversion, name) in [(0.5, "atkinson0.5"), (1.0, "atkinson1")] {
        let found = atkinson(&above, &own, aversion);
        near(found, expected[&format!("convey_person_{name}_pos")], 1e-8, name);
        let influence = whole(atkinson_influence(&above, &own, aversion, found));
        near(error(&influence), expected[&format!("convey_person_{name}_pos_se")], 1e-6, name);
    }
}

#[test]
fn quantiles_of_persons_meet_the_reference() {
    let Some((values, weights, _, expected)) = persons() else { return };
    for p in ["0.1", "0.2", "0.25", "0.5", "0.75", "0.8", "0.9"] {
        let found = quantiles(&values, &weights, &[p.parse().unwrap()], Definition::Averaged).unwrap()[0];
        near(found, expected[&format!("laeken_weightedQuantile_{p}")], 1e-8, p);
    }
    let mean = crate::numerics::summation::mean(&values, &weights);
    near(mean, expected["laeken_weightedMean"], 1e-8, "mean");
    let median = |values: &[f64], weights: &[f64]| {
        quantiles(values, weights, &[0.5], Definition::Averaged).unwrap()[0]
    };
    let line = 0.6 * median(&values, &weights);
    near(line, expected["laeken_arpt_threshold"], 1e-8, "at-risk-of-poverty threshold");
    let poor: Vec<usize> = (0..values.len()).filter(|row| values[*row] < line).collect();
    let of = |column: &[f64]| poor.iter().map(|row| column[*row]).collect::<Vec<f64>>();
    let share = 100.0 * of(&weights).iter().sum::<f64>() / weights.iter().sum::<f64>();
    near(share, expected["laeken_arpr_pct"], 1e-8, "at-risk-of-poverty rate");
    let gap = 100.0 * (line - median(&of(&values), &of(&weights))) / line;
    near(gap, expected["laeken_rmpg_pct"], 1e-8, "relative median gap");
}

#[test]
fn inequality_by_hand() {
    let ones = [1.0; 4];
    assert_eq!(gini(&[5.0; 4], &ones, Ties::Middle), 0.0);
    near(gini(&[0.0, 0.0, 0.0, 1.0], &ones, Ties::Middle), 0.75, 1e-15, "one has all of four");
    // The Theil index of {1, 3}: mean 2; (0.5 ln 0.5 + 1.5 ln 1.5) / 2.
    near(
        entropy(&[1.0, 3.0], &[1.0, 1.0], 1.0),
        (0.5 * 0.5_f64.ln() + 1.5 * 1.5_f64.ln()) / 2.0,
        1e-15,
        "Theil",
    );
    near(entropy(&[1.0, 3.0], &[1.0, 1.0], 2.0), 0.125, 1e-15, "half the squared coefficient of variation");
    near(atkinson(&[1.0, 4.0], &[1.0, 1.0], 1.0), 1.0 - 2.0 / 2.5, 1e-15, "geometric over arithmetic mean");
    assert!(gini(&[-1.0, 1.0], &[1.0, 1.0], Ties::Middle).is_nan());
    near(quintile_ratio(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0; 5]), 5.0, 1e-15, "the fifth over the first");
    assert!(quintile_ratio(&[0.0, 1.0], &[1.0, 1.0]).is_nan());
}

fn frame(values: Vec<f64>) -> Frame {
    let n = values.len();
    let words = |of: fn(usize) -> String| {
        let words: Vec<String> = (0..n).map(of).collect();
        Column::Text(Categories::of(words.iter().map(|word| Some(word.as_str()))))
    };
    Frame::new(vec![
        ("unit".into(), words(|row| format!("u{}", row / 2))),
        ("year".into(), words(|row| format!("{}", 2020 + row % 2))),
        ("sector".into(), words(|row| format!("s{}", row % 3))),
        ("value".into(), Column::Number(values.clone())),
        ("share".into(), Column::Number(vec![0.6; n])),
        ("none".into(), Column::Number(vec![0.0; n])),
        ("minus".into(), Column::Number(vec![-1.0; n])),
        ("word".into(), Column::Text(Categories::of((0..n).map(|_| Some("banyak"))))),
    ])
    .unwrap()
}

const ASKED: [(&str, &[(&str, &str)]); 6] = [
    ("inequality", &[]),
    ("dispersion", &[("within", "sector")]),
    ("concentration", &[]),
    ("quantile-means", &[]),
    ("transitions", &[("unit", "unit"), ("period", "year")]),
    (
        "misallocation",
        &[("sector", "sector"), ("capital", "value"), ("labour-cost", "value"), ("labour-share", "share")],
    ),
];

fn ask(
    method: &str,
    more: &[(&str, &str)],
    values: Vec<f64>,
    column: &str,
    weight: Option<&str>,
) -> Result<Outcome, MethodError> {
    let name = if method == "misallocation" { "value-added" } else { "value" };
    let mut arguments =
        more.iter().fold(Arguments::default().with(name, column), |all, (name, value)| all.with(name, value));
    if let Some(weight) = weight {
        arguments = arguments.with("weight", weight);
    }
    run(Method::find(method).unwrap(), &frame(values), &[], &arguments)
}

/// What a method says is told, and no figure is infinite or silently made up.
#[test]
fn bad_input_ends_well_in_every_method() {
    for (method, more) in ASKED {
        let fine = |values: Vec<f64>| {
            let outcome =
                ask(method, more, values, "value", None).unwrap_or_else(|error| panic!("{method}: {error}"));
            assert_eq!(outcome.used + outcome.left_out, outcome.rows, "{method}");
            outcome
        };
        let refused = |values: Vec<f64>, column: &str, weight: Option<&str>| {
            let text = ask(method, more, values, column, weight).expect_err(method).text();
            assert!(!text.id.is_empty() && !text.en.is_empty());
            text.en
        };
        fine(vec![7.0; 12]);
        fine(vec![1e-300, 2e-300, 3e-300, 4e-300, 1e300, 2e300, 3e300, 4e300]);
        let gaps = fine(vec![1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0, 7.0, 8.0]);
        assert!(gaps.left_out >= 1, "{method}");
        assert!(refused(vec![1.0; 6], "word", None).contains("`banyak` is not a number"), "{method}");
        assert!(
            refused(vec![1.0; 6], "value", Some("minus")).contains("a weight may not be negative"),
            "{method}"
        );
        refused(vec![f64::NAN; 6], "value", None);
        refused(vec![1.0; 6], "value", Some("none"));
        match ask(method, more, vec![-1.0, 0.0, 3.0, 4.0, 5.0, 6.0], "value", None) {
            Ok(outcome) => assert!(
                !outcome.notes.is_empty() || ["quantile-means", "transitions"].contains(&method),
                "{method} says that values of zero or below are left out"
            ),
            Err(error) => assert!(error.to_string().contains("not below zero"), "{method}: {error}"),
        }
    }
}

#[test]
fn one_unit_alone_is_too_few_for_inequality_and_a_market_of_its_own() {
    let error = ask("inequality", &[], vec![3.0], "value", None).unwrap_err();
    assert!(matches!(error, MethodError::TooFew { needed: 2, found: 1, .. }));
    let market = ask("concentration", &[], vec![3.0], "value", None).unwrap();
    assert_eq!(market.tables[0].rows[0][2], Cell::Number(1.0));
}

#[test]
fn a_market_of_equals_and_of_a_giant() {
    let equal = concentration(&[2.0; 10], &[1.0; 10], &[4.0]).unwrap();
    near(equal.herfindahl, 0.1, 1e-15, "equals");
    near(equal.largest[0], 0.4, 1e-15, "four of ten");
    // A row of weight ten is ten units.
    let weighted = concentration(&[2.0], &[10.0], &[4.0]).unwrap();
    near(weighted.herfindahl, equal.herfindahl, 1e-15, "weighted");
    near(weighted.top_tenth, 0.1, 1e-15, "tenth");
    let giant =
        concentration(&[91.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], &[1.0; 10], &[1.0]).unwrap();
    near(giant.largest[0], 0.91, 1e-15, "giant");
    assert!(concentration(&[0.0], &[1.0], &[1.0]).is_none());
}

#[test]
fn groups_follow_weighted_quantiles_and_equal_values_stay_together() {
    let values = [1.0, 2.0, 3.0, 4.0, 5.0];
    assert_eq!(quantile_groups(&values, &[1.0; 5], &[0.2, 0.4, 0.6, 0.8, 1.0]).unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!(quantile_groups(&[7.0; 3], &[1.0; 3], &[0.5, 1.0]).unwrap(), [0, 0, 0]);
    assert_eq!(quantile_groups(&values, &[6.0, 1.0, 1.0, 1.0, 1.0], &[0.5, 1.0]).unwrap(), [0, 1, 1, 1, 1]);
}

#[test]
fn moves_are_counted_with_those_who_come_and_go() {
    let moves =
        [(Some(0), Some(1), 2.0), (Some(0), None, 1.0), (None, Some(1), 4.0), (Some(1), Some(1), 1.0)];
    assert_eq!(transitions(&moves, 2), [vec![0.0, 2.0, 1.0], vec![0.0, 1.0, 0.0], vec![0.0, 4.0, 0.0]]);
}

#[test]
fn spread_inside_cells_forgets_the_differences_between_them() {
    let (values, cells) = ([0.0, 1.0, 10.0, 11.0], [0, 0, 1, 1]);
    let raw = spread(&values, &[1.0; 4]).unwrap();
    assert_eq!((raw.p90_p10, raw.p90_p50), (11.0, 10.0));
    let inside = spread(&demeaned(&values, &[1.0; 4], &cells), &[1.0; 4]).unwrap();
    assert_eq!((inside.p90_p10, inside.deviation), (1.0, 0.5));
}

fn enterprise() -> impl Strategy<Value = Enterprise> {
    (0_usize..3, 0.1_f64..50.0, 0.1_f64..50.0, 0.1_f64..50.0, 0.5_f64..9.0).prop_map(
        |(sector, value_added, capital, labour_cost, weight)| Enterprise {
            sector,
            value_added,
            capital,
            labour_cost,
            weight,
        },
    )
}

proptest! {
    /// The sector's productivity is its composite output over its composite input: an identity of the model.
    #[test]
    fn misallocation_keeps_its_identity(enterprises in prop::collection::vec(enterprise(), 1..40)) {
        let technology = Technology { substitution: 3.0, capital_shares: vec![0.3, 0.5, 0.6] };
        let found = misallocation(&enterprises, &technology);
        prop_assert!(found.efficiency <= 1.0 + 1e-12);
        for (sector, figures) in found.sectors.iter().enumerate() {
            let Some(figures) = figures else { continue };
            let inside = || enterprises.iter().filter(|one| one.sector == sector);
            let total = |of: fn(&Enterprise) -> f64| sum(inside().map(|one| one.weight * of(one)));
            let alpha = technology.capital_shares[sector];
            let log = 1.5 * total(|one| one.value_added).ln()
                - alpha * total(|one| one.capital).ln()
                - (1.0 - alpha) * total(|one| one.labour_cost).ln();
            prop_assert!((figures.log_productivity - log).abs() < 1e-12 * log.abs().max(1.0));
        }
        // Without tails nothing is cut.
        prop_assert_eq!(trimmed(&enterprises, &found, 0.0).len(), enterprises.len());
    }

    /// Where capital and labour earn the same everywhere, nothing can be gained.
    #[test]
    fn equal_returns_leave_nothing_to_gain(sizes in prop::collection::vec(0.1_f64..50.0, 1..20)) {
        let enterprises: Vec<Enterprise> = sizes
            .iter()
            .map(|size| Enterprise {
                sector: 0,
                value_added: *size,
                capital: 2.0 * size,
                labour_cost: 0.5 * size,
                weight: 1.0,
            })
            .collect();
        let found = misallocation(&enterprises, &Technology { substitution: 3.0, capital_shares: vec![0.4] });
        prop_assert!(found.gain_percent().abs() < 1e-10);
    }

    #[test]
    fn inequality_is_free_of_scale_replication_and_adds_up_over_groups(
        rows in prop::collection::vec((0.1_f64..100.0, 0.1_f64..20.0, 0_usize..4), 2..40),
        factor in 0.01_f64..100.0,
    ) {
        let values: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let weights: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let groups: Vec<usize> = rows.iter().map(|row| row.2).collect();
        let scaled: Vec<f64> = values.iter().map(|value| value * factor).collect();
        let heavier: Vec<f64> = weights.iter().map(|weight| weight * factor).collect();
        let indices = |values: &[f64], weights: &[f64]| {
            [
                gini(values, weights, Ties::Middle),
                entropy(values, weights, 0.0),
                entropy(values, weights, 1.0),
                entropy(values, weights, 2.0),
                atkinson(values, weights, 0.5),
                atkinson(values, weights, 1.0),
            ]
        };
        let first = indices(&values, &weights);
        for other in [indices(&scaled, &weights), indices(&values, &heavier)] {
            for (one, two) in first.iter().zip(other) {
                prop_assert!((one - two).abs() < 1e-12, "{} {}", one, two);
                prop_assert!(*one > -1e-12);
            }
        }
        for order in [0.0, 1.0, 2.0, -1.0] {
            let found = split(&values, &weights, &groups, 4, order);
            prop_assert!((found.between + found.within - found.total).abs() < 1e-12 * found.total.max(1.0));
        }
    }

    /// An influence is the derivative by the weight: compare with a small step.
    #[test]
    fn influences_are_derivatives(rows in prop::collection::vec((1.0_f64..20.0, 1.0_f64..5.0), 3..12)) {
        let values: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let weights: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let step = 1e-6;
        let mut more = weights.clone();
        more[0] += step;
        let mut fewer = weights.clone();
        fewer[0] -= step;
        let slope = |of: &dyn Fn(&[f64]) -> f64| (of(&more) - of(&fewer)) / (2.0 * step);
        for order in [0.0, 1.0, 2.0, 1.5] {
            let found = entropy_influence(&values, &weights, order, entropy(&values, &weights, order))[0];
            prop_assert!((found - slope(&|weights| entropy(&values, weights, order))).abs() < 1e-7);
        }
        for aversion in [0.5, 1.0, 2.0] {
            let index = atkinson(&values, &weights, aversion);
            let found = atkinson_influence(&values, &weights, aversion, index)[0];
            prop_assert!((found - slope(&|weights| atkinson(&values, weights, aversion))).abs() < 1e-7);
        }
    }
}
