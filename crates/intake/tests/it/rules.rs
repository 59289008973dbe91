//! Rules of the survey, in the row and across rows.

use intake::LastYear;

use crate::{Setting, check, check_in};

fn file(rows: &[(&str, u16, i64, i64)]) -> String {
    let rows =
        rows.iter().map(|(firm, year, workers, turnover)| format!("{firm},{year},{workers},{turnover}\n"));
    format!("firm,year,workers,turnover\n{}", rows.collect::<String>())
}

#[test]
fn negative_persons_are_held_with_the_value_in_the_sentence() {
    let outcome = check(file(&[("A", 2024, -12, 5)]));
    assert_eq!(outcome.found(), ["2 workers R01 held"]);
    let finding = outcome.finding("R01");
    assert_eq!(
        (finding.message.id.as_str(), finding.value.as_str()),
        ("−12 pekerja, paling sedikit 0", "-12")
    );
    assert_eq!(finding.unit, "A");
}

#[test]
fn turnover_in_another_unit_in_one_row_is_held() {
    let mut rows: Vec<_> = ["A", "B", "C", "D", "E", "F"].map(|firm| (firm, 2024, 10, 50_000)).into();
    rows.push(("G", 2024, 10, 52_000_000));
    rows.push(("H", 2024, 10, 55));
    let outcome = check(file(&rows));
    assert_eq!(outcome.found(), ["8 turnover R02 held", "9 turnover R02 held"]);
    assert_eq!(outcome.finding("R02").message.en, "52,000,000, 1,040 times the usual; perhaps 52,000");
    assert_eq!(outcome.counts(), [6, 0, 2, 0]);
    assert_eq!(outcome.statuses()[6..], [(8, 2), (9, 2)]);
    assert_eq!(outcome.summary.years[&2024].held, 2);
}

#[test]
fn a_contradicting_duplicate_holds_both_rows_and_a_repetition_the_later_ones() {
    let outcome = check(file(&[("A", 2024, 3, 5), ("B", 2024, 3, 5), ("A", 2024, 3, 6), ("A", 2023, 3, 5)]));
    assert_eq!(outcome.found(), ["2 firm duplicate held", "4 firm duplicate held"]);
    assert_eq!(outcome.finding("duplicate").message.en, "A · 2024 already stands in row 4");
    let outcome = check(file(&[("A", 2024, 3, 5), ("A", 2024, 3, 5), ("A", 2024, 3, 5)]));
    assert_eq!(outcome.statuses(), [(2, 0), (3, 2), (4, 2)]);
    assert_eq!(outcome.findings[1].message.id, "A · 2024 sudah ada di baris 2");
}

/// The example of `whole_file::change`, worked by hand there: only the last change stands out.
const NOW: [(&str, u16, i64, i64); 5] =
    [("A", 2024, 1, 110), ("B", 2024, 1, 400), ("C", 2024, 1, 30), ("D", 2024, 1, 810), ("E", 2024, 1, 1000)];
const BEFORE: [(&str, i64); 5] = [("A", 100), ("B", 400), ("C", 25), ("D", 900), ("E", 100)];

#[test]
fn a_large_change_against_last_year_as_given_is_warned_of() {
    let mut previous = LastYear::default();
    for (firm, value) in BEFORE {
        previous.insert("turnover", firm, 2023, value as f64);
    }
    let outcome = check_in(file(&NOW).as_bytes(), &Setting { previous: &previous, ..Setting::default() });
    assert_eq!(outcome.found(), ["6 turnover R03 warning"]);
    assert_eq!(outcome.finding("R03").message.en, "1,000, last year 100");
    assert_eq!(outcome.counts(), [4, 1, 0, 0]);
}

#[test]
fn a_large_change_within_the_file_is_warned_of() {
    let mut rows: Vec<_> = BEFORE.map(|(firm, value)| (firm, 2023, 1, value)).into();
    rows.extend(NOW);
    let outcome = check(file(&rows));
    assert_eq!(outcome.found(), ["11 turnover R03 warning"]);
}

#[test]
fn what_men_and_women_make_is_derived_and_flagged() {
    let outcome =
        check("firm,year,men,women,workers,turnover\nA,2024,3,4,,5\nB,2024,3,,,5\nC,2024,1,1,x,5\n");
    assert_eq!(outcome.numbers("workers"), [Some(7.0), None, None]);
    assert_eq!(outcome.texts("_imputed")[0].as_deref(), Some("workers,weight"));
    assert_eq!(outcome.found(), ["3 workers required held", "4 workers not-a-number held"]);
}

#[test]
fn causes_are_counted_gravest_first() {
    let outcome = check("firm,year,workers,turnover\n,2024,1,5\nB,2024,-1,5\nC,2024,-2,5\nD,2024,1,x\n");
    let causes: Vec<_> = outcome
        .summary
        .causes
        .iter()
        .map(|cause| (cause.rule.as_str(), cause.count, cause.first_row, cause.example.as_str()))
        .collect();
    assert_eq!(causes, [("no-key", 1, 2, ",2024,1,5"), ("R01", 2, 3, "-1"), ("not-a-number", 1, 5, "x")]);
}
