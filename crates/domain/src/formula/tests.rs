use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Formula, FormulaError, NoValue, UnitExpression};

fn unit(text: &str) -> UnitExpression {
    UnitExpression::parse(text).unwrap()
}

fn inputs() -> BTreeMap<String, UnitExpression> {
    [
        ("value_added", "rupiah"),
        ("sales", "rupiah"),
        ("purchases", "rupiah"),
        ("workers", "person"),
        ("produced", "output"),
        ("rejected", "output"),
        ("days_lost", "person*day"),
        ("days_possible", "person*day"),
        ("accidents", "event"),
        ("hours_worked", "hour"),
        ("energy", "kwh"),
        ("wages", "rupiah/person/month"),
    ]
    .into_iter()
    .map(|(code, text)| (code.to_owned(), unit(text)))
    .collect()
}

fn read(text: &str, promised: &str) -> Result<Formula, FormulaError> {
    Formula::parse(text, &inputs(), &unit(promised))
}

fn value(text: &str, promised: &str, values: &[(&str, f64)]) -> Result<f64, NoValue> {
    let values: BTreeMap<&str, f64> = values.iter().copied().collect();
    read(text, promised).unwrap().evaluate(&|name| values.get(name).copied())
}

#[test]
fn formulas_give_numbers_in_the_promised_unit() {
    for (text, promised, values, expected) in [
        ("rejected / produced", "percent", vec![("rejected", 30.0), ("produced", 1000.0)], 3.0),
        ("days_lost / days_possible", "percent", vec![("days_lost", 9.0), ("days_possible", 600.0)], 1.5),
        (
            "(sales - purchases) / workers / period",
            "million*rupiah/person/year",
            vec![("sales", 900e6), ("purchases", 500e6), ("workers", 20.0), ("period", 0.25)],
            80.0,
        ),
        (
            "accidents / hours_worked",
            "event/million*hour",
            vec![("accidents", 2.0), ("hours_worked", 4e5)],
            5.0,
        ),
        ("max(0, sales - purchases)", "rupiah", vec![("sales", 1.0), ("purchases", 3.0)], 0.0),
        ("wages / wages * value_added", "rupiah", vec![("wages", 3.0), ("value_added", 7.0)], 7.0),
        ("wages", "rupiah/person/year", vec![("wages", 3e6)], 36e6),
        ("energy / produced", "kwh/output", vec![("energy", 12.0), ("produced", 4.0)], 3.0),
        ("-abs(sales) ^ 2 / sales", "rupiah", vec![("sales", 4.0)], -4.0),
    ] {
        let got = value(text, promised, &values).unwrap();
        assert!((got - expected).abs() < 1e-9, "{text}: {got} and not {expected}");
    }
}

#[test]
fn rupiah_by_workers_is_not_a_percentage_and_both_units_are_named() {
    let error = read("value_added / workers", "percent").unwrap_err();
    insta::assert_snapshot!(error.text().id, @"Rumus `value_added / workers` menghasilkan rupiah per orang, tetapi yang dijanjikan persen. Ubah rumusnya atau satuannya.");
    insta::assert_snapshot!(error.text().en, @"The formula `value_added / workers` gives rupiah per person, but per cent is promised. Change the formula or the unit.");
}

#[test]
fn what_cannot_be_used_is_refused_with_advice() {
    for (text, promised, expected) in [
        ("", "percent", "The formula is empty. Write for example: good_units / workers"),
        ("rejected /", "percent", "At character 11 stands `…`, which cannot be read there."),
        ("rejected ÷ produced", "percent", "At character 10 stands `÷`, which cannot be read there."),
        ("rejectd / produced", "percent", "There is no input `rejectd`. Did you mean `rejected`?"),
        ("sin(sales)", "rupiah", "There is no function `sin`. There are: min, max, abs."),
        ("sales + workers", "rupiah", "rupiah cannot be added to person."),
        (
            "100 * rejected / produced",
            "percent",
            "The formula `100 * rejected / produced` multiplies by itself what the unit per cent does already. \
             Leave the factor out.",
        ),
        (
            "value_added / workers",
            "rupiah/person/year",
            "The formula `value_added / workers` gives rupiah per person, but rupiah per person per year is \
             promised. Change the formula or the unit.",
        ),
        ("1.2.3", "1", "At character 1 stands `1.2.3`, which cannot be read there."),
        ("--1", "1", "At character 2 stands `-`, which cannot be read there."),
    ] {
        assert_eq!(read(text, promised).unwrap_err().to_string(), expected, "{text}");
    }
    assert_eq!(read(&"(".repeat(400), "1"), Err(FormulaError::TooLong));
    assert_eq!(read(&"1+".repeat(400), "1"), Err(FormulaError::TooLong));
    assert!(
        UnitExpression::parse("rupiah/parsec").unwrap_err().to_string().contains("`parsec` is not known")
    );
    assert!(UnitExpression::parse("rupiah//year").is_err());
}

#[test]
fn no_denominator_of_zero_or_less_and_no_missing_input_gives_a_number() {
    let rate =
        |produced| value("rejected / produced", "percent", &[("rejected", 5.0), ("produced", produced)]);
    assert_eq!(rate(0.0), Err(NoValue::ZeroDenominator { denominator: "produced".into() }));
    assert_eq!(rate(-3.0), Err(NoValue::NegativeDenominator { denominator: "produced".into() }));
    assert_eq!(rate(f64::NAN), Err(NoValue::Missing { input: "produced".into() }));
    assert_eq!(
        value("rejected / produced", "percent", &[("rejected", 5.0)]),
        Err(NoValue::Missing { input: "produced".into() })
    );
    assert_eq!(value("sales * sales / sales", "rupiah", &[("sales", 1e300)]), Err(NoValue::NotANumber));
}

#[test]
fn units_are_said_in_words() {
    for (text, id, en) in [
        ("rupiah/person/year", "rupiah per orang per tahun", "rupiah per person per year"),
        ("person*day", "orang hari kerja", "person working day"),
        ("percent", "persen", "per cent"),
        ("event/million*hour", "kejadian per juta jam kerja", "event per million hour worked"),
        ("1", "bilangan tanpa satuan", "a bare number"),
    ] {
        assert_eq!(unit(text).words().id, id);
        assert_eq!(unit(text).words().en, en);
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,120}") {
        let _ = read(&text, "percent");
        let _ = UnitExpression::parse(&text);
    }

    #[test]
    fn nothing_written_in_its_own_letters_makes_it_panic(text in "[a-z0-9_+*/^().,; -]{0,200}") {
        let _ = read(&text, "percent");
    }

    /// A unit times another over that other is itself, and a ratio of likes is a bare number.
    #[test]
    fn units_cancel(one in 0..11usize, other in 0..11usize) {
        let codes = ["rupiah", "person", "output", "percent", "kwh", "hour", "year", "month", "day", "event", "1"];
        let (one, other) = (unit(codes[one]), unit(codes[other]));
        prop_assert_eq!(&one.times(&other).unwrap().over(&other).unwrap(), &one);
        prop_assert!(one.over(&one).unwrap().is_pure());
    }

    /// A ratio promised in percent is a hundred times the ratio.
    #[test]
    fn percent_is_a_hundred_times_the_ratio(rejected in 0.0..1e6f64, produced in 1.0..1e6f64) {
        let got = value("rejected / produced", "percent", &[("rejected", rejected), ("produced", produced)]).unwrap();
        prop_assert!((got - 100.0 * rejected / produced).abs() <= 1e-9 * got.abs().max(1.0));
    }
}
