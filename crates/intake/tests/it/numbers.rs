//! Numbers in whole columns.

use crate::{Setting, check, check_in};

fn column(values: &[&str]) -> String {
    let rows = values.iter().enumerate().map(|(row, value)| format!("F{row};2024;3;{value}\n"));
    format!("firm;year;workers;turnover\n{}", rows.collect::<String>())
}

#[test]
fn a_column_of_indonesian_numbers_is_read_by_its_own_convention() {
    let outcome = check(column(&["1.234", "1.234.567,89", "Rp 5.000,-", "12,5", "-", "n/a"]));
    let read = outcome.numbers("turnover");
    assert_eq!(read, [Some(1234.0), Some(1_234_567.89), Some(5000.0), Some(12.5), None, None]);
    assert_eq!(outcome.found(), ["6 turnover required held", "7 turnover required held"]);
    assert_eq!(outcome.summary.columns[3].decimals.as_deref(), Some("comma"));
}

#[test]
fn the_value_that_settles_the_convention_may_come_last() {
    // The settling value lies beyond the first block, so the file is read twice.
    let mut values = vec!["1.234"; 300_000];
    values.push("1.235,5");
    let outcome = check(column(&values));
    assert_eq!(outcome.counts(), [300_001, 0, 0, 0]);
    assert_eq!(outcome.numbers("turnover")[0], Some(1234.0));
}

#[test]
fn mixed_conventions_hold_what_does_not_fit() {
    let outcome = check(column(&["1.5", "2.5", "3,5", "1.234", "77"]));
    assert_eq!(
        outcome.found(),
        [
            "0 turnover mixed-decimals warning",
            "4 turnover other-decimals held",
            "5 turnover ambiguous-number held",
        ]
    );
    assert_eq!(outcome.counts(), [3, 0, 2, 0]);
    assert_eq!(outcome.numbers("turnover"), [Some(1.5), Some(2.5), None, None, Some(77.0)]);
    insta::assert_snapshot!(
        outcome.finding("mixed-decimals").message.id,
        @"Di kolom ini 2 nilai memakai titik desimal dan 1 memakai koma desimal"
    );
}

#[test]
fn numbers_that_nothing_settles_are_held_until_the_mapping_says() {
    let text = column(&["1.234", "5"]);
    let outcome = check(&text);
    assert_eq!(
        outcome.found(),
        ["0 turnover undecided-decimals warning", "2 turnover ambiguous-number held"]
    );
    for (decimals, expected) in [("comma", 1234.0), ("point", 1.234)] {
        let mapping = format!("[columns]\nturnover = {{ decimals = \"{decimals}\", factor = 1000 }}");
        let outcome = check_in(text.as_bytes(), &Setting { mapping: &mapping, ..Setting::default() });
        assert_eq!(outcome.numbers("turnover"), [Some(expected * 1000.0), Some(5000.0)]);
        assert_eq!(outcome.counts(), [2, 0, 0, 0]);
    }
}

#[test]
fn what_is_no_number_is_held_with_its_text() {
    let outcome = check(column(&["abc", "5%", "#REF!", "2024-05-01", "12 juta", "1e999"]));
    assert_eq!(
        outcome.found(),
        [
            "2 turnover not-a-number held",
            "3 turnover percent held",
            "4 turnover excel-error held",
            "5 turnover date-in-number held",
            "6 turnover number-with-word held",
            "7 turnover too-large held",
        ]
    );
    assert_eq!(outcome.finding("not-a-number").value, "abc");
    insta::assert_snapshot!(
        outcome.finding("percent").message.id,
        @"“5%” memakai tanda persen, padahal Omzet dalam ribu rupiah"
    );
}

#[test]
fn persons_are_whole() {
    let outcome = check("firm,year,workers,turnover\nA,2024,2.5,5\n");
    assert_eq!(outcome.found(), ["2 workers not-whole held"]);
}
