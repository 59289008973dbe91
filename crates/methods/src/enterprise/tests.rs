use proptest::prelude::*;

use super::owner_wage::{Source, Staff, impute};
use super::productivity_index::index;
use super::ratios::{Books, RATIOS, adjusted_labour_share, ratio};
use super::unit_labour_cost::Sums;
use super::value_added::Statement;
use crate::bench::{Arguments, Categories, Cell, Column, Frame, Method, MethodError, Outcome, run};

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} for {expected}");
}

/// The value added statement in the annual report of Perennial Real Estate Holdings (million Singapore
/// dollars).
#[test]
fn a_published_statement_of_value_added_reconciles() {
    let (revenue, purchases, other_income, associates) = (139.4, 54.2, 115.7, 39.8);
    let gross = Statement::new(&[revenue, other_income], &[purchases], &[], 0.01);
    near(gross.by_subtraction, 200.9, 1e-9, "gross value added");
    let (employees, tax, finance, dividends) = (22.4, 30.6, 71.5, 1.0);
    let (depreciation, minority, retained, allowance) = (4.4, 31.1, 79.0, 0.7);
    near(employees + tax + finance + dividends, 125.5, 1e-9, "shared out");
    near(depreciation + minority + retained, 114.5, 1e-9, "kept");
    let distribution = [employees, tax, finance, dividends, depreciation, minority, retained, allowance];
    let total = Statement::new(&[revenue, other_income, associates], &[purchases], &distribution, 0.0);
    near(total.by_subtraction, 240.7, 1e-9, "total value added");
    near(total.by_addition, 240.7, 1e-9, "total distributed");
    assert!(total.agrees());
    near(gross.by_subtraction / employees, 8.97, 0.005, "value added per dollar of employment cost");
    near(gross.by_subtraction / revenue, 1.44, 0.005, "value added per dollar of sales");
}

#[test]
fn the_two_ways_may_differ_by_one_percent_of_output() {
    let agrees = |profit: f64| Statement::new(&[1000.0], &[600.0], &[300.0, profit], 0.01).agrees();
    assert!(agrees(90.0) && agrees(110.0) && !agrees(89.9) && !agrees(110.1));
    assert!(Statement::new(&[10.0], &[6.0], &[3.0], 0.01).agrees());
}

#[test]
fn unpaid_owners_are_paid_as_their_class() {
    let staff = |labour_cost: f64, paid: f64, unpaid: f64| Staff { labour_cost, paid, unpaid, weight: 1.0 };
    let all = [staff(40.0, 4.0, 0.0), staff(20.0, 1.0, 1.0), staff(0.0, 0.0, 2.0), staff(0.0, 0.0, 1.0)];
    let found = impute(&all, &[0, 0, 0, 1], 2, &[f64::NAN; 4]);
    // The class pays 60 for 5: 12 each.
    assert_eq!(found[0], Some((40.0, Source::None)));
    assert_eq!(found[1], Some((32.0, Source::Class)));
    assert_eq!(found[2], Some((24.0, Source::Class)));
    assert_eq!(found[3], Some((12.0, Source::All)));
    let given = impute(&all, &[0, 0, 0, 1], 2, &[f64::NAN, 5.0, f64::NAN, 7.0]);
    assert_eq!((given[1], given[3]), (Some((25.0, Source::Given)), Some((7.0, Source::Given))));
    assert_eq!(impute(&all[3..], &[0], 1, &[f64::NAN]), [None]);
}

#[test]
fn owners_without_employees_stay_in_the_adjusted_labour_share() {
    let books = |labour_cost: f64, workers: f64, employees: f64| Books {
        value_added: 100.0,
        workers,
        hours: f64::NAN,
        output: f64::NAN,
        capital: f64::NAN,
        labour_cost,
        employees,
        materials: f64::NAN,
        bought_in: f64::NAN,
        profit: f64::NAN,
        capital_cost: f64::NAN,
    };
    let found = adjusted_labour_share(&[books(60.0, 3.0, 3.0), books(0.0, 1.0, 0.0)], &[1.0, 1.0]).unwrap();
    near(found.value, 60.0 * (4.0 / 3.0) / 200.0, 1e-15, "adjusted");
    assert_eq!(found.n, 2);
    assert!(adjusted_labour_share(&[books(0.0, 1.0, 0.0)], &[1.0]).is_none());
}

#[test]
fn an_index_is_hundred_in_its_base_and_unknown_where_nothing_is_known() {
    assert_eq!(index(&[10.0, 12.0, 5.0], &[2.0, 2.0, 0.0], 0), [Some(100.0), Some(120.0), None]);
    assert_eq!(index(&[-1.0, 1.0], &[1.0, 1.0], 0), [None, None]);
}

fn frame(values: Vec<f64>) -> Frame {
    let n = values.len();
    let words = |of: fn(usize) -> String| {
        let words: Vec<String> = (0..n).map(of).collect();
        Column::Text(Categories::of(words.iter().map(|word| Some(word.as_str()))))
    };
    Frame::new(vec![
        ("year".into(), words(|row| (2020 + row % 2).to_string())),
        ("v".into(), Column::Number(values)),
        ("one".into(), Column::Number(vec![1.0; n])),
        ("none".into(), Column::Number(vec![0.0; n])),
        ("minus".into(), Column::Number(vec![-1.0; n])),
        ("word".into(), words(|_| "banyak".into())),
    ])
    .unwrap()
}

const ASKED: [(&str, &str, &[(&str, &str)]); 5] = [
    ("value-added", "output", &[("bought-in", "one"), ("distribution", "v")]),
    ("productivity-ratios", "value-added", &[("workers", "one"), ("output", "v"), ("capital", "none")]),
    ("unit-labour-cost", "value-added", &[("period", "year"), ("labour-cost", "one"), ("workers", "one")]),
    ("productivity-index", "numerator", &[("period", "year"), ("denominator", "one")]),
    ("owner-wage", "labour-cost", &[("paid", "one"), ("unpaid", "one")]),
];

fn ask(
    method: &str,
    name: &str,
    more: &[(&str, &str)],
    column: &str,
    values: &[f64],
    weight: Option<&str>,
) -> Result<Outcome, MethodError> {
    let mut all =
        more.iter().fold(Arguments::default().with(name, column), |all, (name, value)| all.with(name, value));
    if let Some(weight) = weight {
        all = all.with("weight", weight);
    }
    run(Method::find(method).unwrap(), &frame(values.to_vec()), &[], &all)
}

#[test]
fn bad_input_ends_well_in_every_method() {
    for (method, name, more) in ASKED {
        let fine = |values: &[f64]| {
            let outcome = ask(method, name, more, "v", values, None)
                .unwrap_or_else(|error| panic!("{method}: {error}"));
            for cell in outcome.tables.iter().flat_map(|table| &table.rows).flatten() {
                assert!(!matches!(cell, Cell::Number(value) if !value.is_finite()), "{method}");
            }
            outcome
        };
        fine(&[5.0; 4]);
        fine(&[5.0]);
        fine(&[0.0, 1.0, 2.0]);
        fine(&[1e-300, 1e300, 1e-300, 1e300]);
        let gaps = fine(&[1.0, f64::NAN, 3.0]);
        assert_eq!((gaps.used, gaps.left_out), (2, 1), "{method}");
        assert!(ask(method, name, more, "v", &[f64::NAN], None).is_err(), "{method}");
        assert!(
            ask(method, name, more, "word", &[1.0], None).unwrap_err().to_string().contains("`banyak`"),
            "{method}"
        );
        assert!(ask(method, name, more, "v", &[1.0], Some("minus")).is_err(), "{method}");
        // Without weight there is nothing to divide by, and that is said.
        if let Ok(outcome) = ask(method, name, more, "v", &[1.0, 2.0], Some("none")) {
            let figures = outcome.tables.iter().flat_map(|table| &table.rows).flatten();
            assert!(
                figures.clone().all(|cell| !matches!(cell, Cell::Number(value) if *value != 0.0)),
                "{method}"
            );
        }
    }
    let loss = ask(
        "value-added",
        "output",
        &[("bought-in", "one"), ("distribution", "none")],
        "v",
        &[500.0, 2.0],
        None,
    )
    .unwrap();
    assert!(loss.notes[0].warning && loss.notes[0].text.en.starts_with("in 1 of 2 enterprises"));
}

fn books() -> impl Strategy<Value = Books> {
    prop::collection::vec(0.1_f64..100.0, 10).prop_map(|of| Books {
        value_added: of[0],
        workers: of[1],
        hours: of[2],
        output: of[3] + of[7] + 1.0,
        capital: of[4],
        labour_cost: of[5],
        employees: of[6],
        materials: of[7],
        bought_in: of[7] + of[8],
        profit: of[9],
        capital_cost: of[4] / 10.0,
    })
}

proptest! {
    /// The branches of the tree meet again in labour productivity and in profitability, for one enterprise or
    /// many.
    #[test]
    fn the_tree_of_ratios_holds_together(books in prop::collection::vec(books(), 1..20)) {
        let weights: Vec<f64> = (0..books.len()).map(|row| 1.0 + row as f64).collect();
        let named = |id: &str| RATIOS.iter().find(|ratio| ratio.id == id).unwrap();
        let of = |id: &str| ratio(named(id), &books, &weights).unwrap().value;
        let productivity = of("labour_productivity");
        for product in [
            of("output_per_worker") * of("value_added_content"),
            of("capital_productivity") * of("capital_intensity"),
            of("labour_cost_competitiveness") * of("labour_cost_per_worker"),
        ] {
            prop_assert!((product / productivity - 1.0).abs() < 1e-12);
        }
        let profitability = of("profit_share") * of("capital_productivity");
        prop_assert!((profitability / of("profitability") - 1.0).abs() < 1e-12);
        prop_assert!((of("labour_share") * of("labour_cost_competitiveness") - 1.0).abs() < 1e-12);
        let content = of("profit_margin") / of("profit_share");
        prop_assert!((content / of("value_added_content") - 1.0).abs() < 1e-12);
    }

    #[test]
    fn unit_labour_cost_is_pay_over_productivity(
        labour_cost in 0.1_f64..9.0,
        real_value_added in 0.1_f64..9.0,
        workers in 0.1_f64..9.0,
        employees in 0.1_f64..9.0,
    ) {
        let sums = Sums { labour_cost, real_value_added, output: 1.0, workers, employees };
        prop_assert!((sums.real() / (sums.pay() / sums.productivity()) - 1.0).abs() < 1e-12);
    }
}
