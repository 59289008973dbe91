use std::fs::File;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;
use domain::survey::Access;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;

use super::staging::{Place, Row, meta, moment, stage, survey};
use crate::{ArchiveError, Counts, Decision, Snapshot, Value, Verdict, declared_access};

/// Enterprise and turnover of every row of a snapshot, year after year.
pub(super) fn content(snapshot: &Snapshot) -> Vec<(i32, String, f64)> {
    let mut rows = Vec::new();
    for (year, path) in snapshot.files() {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build();
        for batch in reader.unwrap() {
            let batch = batch.unwrap();
            let ids = batch.column_by_name("enterprise_id").unwrap().as_string::<i32>().clone();
            let turnover = batch.column_by_name("turnover").unwrap().as_primitive::<Float64Type>().clone();
            rows.extend((0..ids.len()).map(|row| (year, ids.value(row).to_owned(), turnover.value(row))));
        }
    }
    rows
}

fn decision(id: &str, import: &str, row: u64, verdict: Verdict) -> Decision {
    Decision {
        id: id.to_owned(),
        sequence: 0,
        survey: survey().id,
        import: import.to_owned(),
        rows: vec![row],
        verdict,
        reason: "confirmed by telephone".to_owned(),
        decided_at: moment(),
        actor: "operator".to_owned(),
    }
}

#[test]
fn the_same_file_again_is_recognised_and_counted_once() {
    let place = Place::new();
    let first = place.import("a", &[(1, 2024, 10.0, 0), (2, 2024, 20.0, 1)]);
    assert_eq!((first.sequence, first.counts.accepted, first.counts.warned), (1, 1, 1));
    let found = place.archive.find_import(&survey().id, &meta("a").source_blake3).unwrap();
    assert_eq!(found.as_ref(), Some(&first));

    let again = crate::ImportMeta { id: "b".into(), ..meta("a") };
    let staged = place.stage("b", &[(1, 2024, 10.0, 0), (2, 2024, 20.0, 1)]);
    assert_eq!(place.archive.append(&staged, &survey(), &again, &()).unwrap(), first);
    assert_eq!(place.archive.imports(&survey().id).unwrap().len(), 1);

    let other = crate::ImportMeta { source_blake3: "00".into(), ..meta("a") };
    let error = place.archive.append(&staged, &survey(), &other, &()).unwrap_err();
    assert_eq!(error.to_string(), "the id `a` already stands for another file; use a new id");
}

#[test]
fn a_corrected_file_supersedes_rows_and_history_remembers_them() {
    let place = Place::new();
    place.import("a", &[(1, 2023, 9.0, 0), (1, 2024, 10.0, 0), (2, 2024, 20.0, 0)]);
    let corrected = place.import("b", &[(1, 2024, 11.0, 0), (3, 2024, 30.0, 0)]);
    assert_eq!(corrected.counts.superseded, 1);
    // A held row replaces nothing.
    let held = place.import("c", &[(1, 2024, 99_000.0, 2)]);
    assert_eq!(held.counts.superseded, 0);

    let snapshot = place.archive.create_snapshot(&survey(), moment(), &()).unwrap();
    let expected = [
        (2023, "E00001".to_owned(), 9.0),
        (2024, "E00003".to_owned(), 30.0),
        (2024, "E00001".to_owned(), 11.0),
        (2024, "E00002".to_owned(), 20.0),
    ];
    assert_eq!(content(&snapshot), expected);
    let counts = Counts {
        received: 6,
        accepted: 5,
        held: 1,
        superseded: 1,
        imputed: 2,
        current: 4,
        ..Counts::default()
    };
    assert_eq!(snapshot.manifest().counts, counts);

    let history = place.archive.history(&survey(), &["E00001", "2024"], &()).unwrap();
    let versions: Vec<(&str, u64, u8, bool, &Value)> = history
        .iter()
        .map(|version| (&*version.import, version.row, version.status, version.current, &version.values[5].1))
        .collect();
    let expected = [
        ("a", 3, 0, false, &Value::Number(10.0)),
        ("b", 2, 0, true, &Value::Number(11.0)),
        ("c", 2, 2, false, &Value::Number(99_000.0)),
    ];
    assert_eq!(versions, expected);
    let error = place.archive.history(&survey(), &["E00001", "last year"], &()).unwrap_err();
    assert_eq!(error.to_string(), "there is no row `last year (no year)` in the archive");
}

#[test]
fn the_last_of_two_accepted_rows_with_one_key_counts() {
    let place = Place::new();
    place.import("a", &[(1, 2024, 10.0, 0), (1, 2024, 12.0, 0)]);
    let snapshot = place.archive.create_snapshot(&survey(), moment(), &()).unwrap();
    assert_eq!(content(&snapshot), [(2024, "E00001".to_owned(), 12.0)]);
    assert_eq!(snapshot.manifest().counts.superseded, 1);
}

#[test]
fn a_held_row_counts_once_it_is_confirmed_and_a_withdrawn_row_no_more() {
    let place = Place::new();
    let survey = survey();
    place.import("a", &[(1, 2024, 10.0, 2), (2, 2024, 20.0, 0), (0, 0, 1.0, 2)]);
    let before = place.archive.create_snapshot(&survey, moment(), &()).unwrap();
    assert_eq!(content(&before).len(), 1);

    let archive = &place.archive;
    archive.decide(&survey, decision("d1", "a", 2, Verdict::Confirm), &()).unwrap();
    let again = archive.decide(&survey, decision("d1", "a", 2, Verdict::Confirm), &()).unwrap();
    assert_eq!((again.sequence, archive.decisions(&survey.id).unwrap().len()), (1, 1));
    let confirmed = archive.create_snapshot(&survey, moment(), &()).unwrap();
    assert_eq!(content(&confirmed).len(), 2);
    assert_eq!(confirmed.manifest().counts.confirmed, 1);
    assert!(before.verify().is_ok() && before.id() != confirmed.id(), "the first one still stands");

    archive.decide(&survey, decision("d2", "a", 2, Verdict::Withdraw), &()).unwrap();
    archive.decide(&survey, decision("d3", "a", 3, Verdict::Withdraw), &()).unwrap();
    let error = archive.create_snapshot(&survey, moment(), &()).unwrap_err();
    assert!(matches!(error, ArchiveError::Nothing { .. }), "{error}");
}

#[test]
fn a_decision_that_makes_no_sense_is_refused_with_the_reason() {
    let place = Place::new();
    place.import("a", &[(1, 2024, 10.0, 0), (0, 2024, 1.0, 2)]);
    let check = |decision: Decision, expected: &str| {
        let error = place.archive.decide(&survey(), decision, &()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    check(
        decision("d", "a", 2, Verdict::Confirm),
        "the decision cannot be taken: row 2 is not held, so there is nothing to confirm",
    );
    check(
        decision("d", "a", 3, Verdict::Confirm),
        "the decision cannot be taken: row 3 does not say which unit and year it speaks of: correct the file instead",
    );
    check(
        decision("d", "a", 9, Verdict::Withdraw),
        "the decision cannot be taken: the import `a` has no row 9",
    );
    check(decision("d", "z", 2, Verdict::Withdraw), "there is no import `z` in the archive");
    let silent = Decision { reason: " ".into(), ..decision("d", "a", 2, Verdict::Withdraw) };
    check(silent, "the decision cannot be taken: give the reason in a few words");
    check(
        decision("../d", "a", 2, Verdict::Withdraw),
        "`../d` cannot name a decision: use letters, digits, `-` and `_`, at most 100 of them",
    );
}

#[test]
fn every_column_declares_who_may_see_it() {
    let place = Place::new();
    place.import("a", &[(1, 2024, 10.0, 0)]);
    let snapshot = place.archive.create_snapshot(&survey(), moment(), &()).unwrap();
    let declared = declared_access(&snapshot.files()[0].1).unwrap();
    assert_eq!(declared.len(), survey().variables.len());
    assert_eq!(declared[0], ("enterprise_id".to_owned(), Access::Identifier));
    assert_eq!(declared[1], ("year".to_owned(), Access::Open));
    let import = place.archive.root().join("test-enterprise/imports/a/year=2024.parquet");
    assert_eq!(declared_access(&import).unwrap().len(), 9);

    // The check itself fails when a column says nothing.
    let staged = place.stage("b", &[(1, 2024, 10.0, 0)]).join("rows.parquet");
    let error = declared_access(&staged).unwrap_err();
    assert!(error.to_string().contains("the column `_row` does not declare who may see it"), "{error}");
}

#[test]
fn staged_rows_that_do_not_fit_are_refused_and_nothing_stays_behind() {
    let place = Place::new();
    let check = |survey: &domain::survey::Survey, rows: &[Row], expected: &str| {
        let staged = place.stage("a", rows);
        let error = place.archive.append(&staged, survey, &meta("a"), &()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(place.archive.imports(&survey.id).unwrap().is_empty());
        assert!(!place.archive.root().join(".tmp/a").exists());
    };
    let good = survey();
    check(&good, &[(0, 2024, 1.0, 0)], "row 2 is accepted although its `enterprise_id` is empty");
    check(&good, &[(1, 0, 1.0, 1)], "row 2 is accepted although its `year` is empty");
    check(&good, &[(1, 2024, 1.0, 7)], "the status 7 has no meaning");
    let many: Vec<Row> = (1..=401).map(|year| (1, year, 1.0, 0)).collect();
    check(&good, &many, "more than 400 years");
    let mut narrow = survey();
    narrow.variables.truncate(5);
    check(&narrow, &[(1, 2024, 1.0, 0)], "the column `turnover` is not a variable");
    let mut wrong = survey();
    wrong.variables[2].variable_type = domain::survey::VariableType::Number;
    check(&wrong, &[(1, 2024, 1.0, 0)], "the column `activity` is Utf8, not Float64");
    let mut keyless = survey();
    keyless.key = vec!["name".into()];
    check(&keyless, &[(1, 2024, 1.0, 0)], "its key names `name`, which is no variable");
}

#[test]
fn a_flipped_bit_is_found_by_verification() {
    let place = Place::new();
    let record = place.import("a", &[(1, 2024, 10.0, 0)]);
    let snapshot = place.archive.create_snapshot(&survey(), moment(), &()).unwrap();
    place.archive.verify_import(&record).unwrap();
    snapshot.verify().unwrap();
    let path = &snapshot.files()[0].1;
    let mut bytes = std::fs::read(path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(path, bytes).unwrap();
    let error = snapshot.verify().unwrap_err();
    assert!(error.to_string().contains("its checksum is"), "{error}");
    std::fs::remove_file(path).unwrap();
    assert!(snapshot.verify().unwrap_err().to_string().contains("it is missing"));
}

#[test]
fn a_snapshot_is_fresh_until_something_comes_in() {
    let place = Place::new();
    let survey = survey();
    assert!(matches!(
        place.archive.create_snapshot(&survey, moment(), &()),
        Err(ArchiveError::Nothing { .. })
    ));
    place.import("a", &[(1, 2024, 10.0, 0)]);
    assert_eq!(place.archive.fresh_snapshot(&survey).unwrap(), None);
    let first = place.archive.create_snapshot(&survey, moment(), &()).unwrap();
    assert!(first.id().starts_with("test-enterprise-20261122-"), "{}", first.id());
    assert_eq!(place.archive.create_snapshot(&survey, moment(), &()).unwrap(), first);
    assert_eq!(place.archive.fresh_snapshot(&survey).unwrap().as_ref(), Some(&first));
    assert_eq!(place.archive.snapshot(first.id()).unwrap().reference(), first.reference());
    place.import("b", &[(2, 2024, 10.0, 0)]);
    assert_eq!(place.archive.fresh_snapshot(&survey).unwrap(), None);
    let later = "2027-01-05T00:00:00Z".parse().unwrap();
    let second = place.archive.create_snapshot(&survey, later, &()).unwrap();
    let ids: Vec<String> =
        place.archive.list_snapshots().unwrap().iter().map(|snapshot| snapshot.id().to_owned()).collect();
    assert_eq!(ids, [first.id(), second.id()]);
    assert_eq!(second.manifest().imports.len(), 2);
}

#[test]
fn last_years_values_are_those_that_count() {
    let place = Place::new();
    place.import("a", &[(1, 2023, 10.0, 0), (2, 2023, 20.0, 0), (3, 2023, 30.0, 2), (1, 2024, 99.0, 0)]);
    place.import("b", &[(1, 2023, 11.0, 1)]);
    let previous =
        place.archive.previous_values(&survey(), &["turnover", "persons_engaged"], &[2023], &()).unwrap();
    assert_eq!(previous.value("turnover", "E00001", 2023), Some(11.0));
    assert_eq!(previous.value("persons_engaged", "E00002", 2023), Some(2.0));
    assert_eq!(previous.value("turnover", "E00003", 2023), None, "it is held");
    assert_eq!(previous.value("turnover", "E00001", 2024), None, "nobody asked for that year");
    assert_eq!(previous.len("turnover", 2023), 2);
}

#[test]
fn a_year_larger_than_memory_is_sorted_range_by_range() {
    let place = Place::new();
    // More rows than one range holds, in an order that is not that of the snapshot.
    let rows: Vec<Row> =
        (1..=600_000u32).map(|n| (n.wrapping_mul(2_654_435_761) % 9_999_991 + 1, 2024, 1.0, 0)).collect();
    place.import("a", &rows);
    let snapshot = place.archive.create_snapshot(&survey(), moment(), &()).unwrap();
    let ids: Vec<u32> = content(&snapshot).iter().map(|row| row.1[1..].parse().unwrap()).collect();
    let mut expected: Vec<u32> = rows.iter().map(|row| row.0).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(snapshot.manifest().counts.current, expected.len() as u64);
    expected.sort_by_cached_key(|&id| (id % 3, id % 2, format!("E{id:05}")));
    assert!(ids == expected, "the rows are not in order");
    // Nothing is left of the ranges.
    assert!(std::fs::read_dir(place.archive.root().join(".tmp")).unwrap().next().is_none());
}

#[test]
fn a_stopped_snapshot_leaves_nothing() {
    let place = Place::new();
    place.import("a", &[(1, 2024, 10.0, 0)]);
    let stop = std::sync::atomic::AtomicBool::new(true);
    let error = place.archive.create_snapshot(&survey(), moment(), &stop).unwrap_err();
    assert!(matches!(error, ArchiveError::Cancelled));
    assert!(place.archive.list_snapshots().unwrap().is_empty());
    assert!(std::fs::read_dir(place.archive.root().join(".tmp")).unwrap().next().is_none());
}

#[test]
fn two_writers_wait_for_each_other() {
    let place = Place::new();
    let staged: Vec<_> =
        (0..8u32).map(|n| place.stage(&format!("i{n}"), &[(n + 1, 2024, f64::from(n), 0)])).collect();
    std::thread::scope(|threads| {
        for (n, staged) in staged.iter().enumerate() {
            // Every thread opens the archive for itself, as another process would.
            let archive = crate::Archive::open(place.archive.root()).unwrap();
            threads.spawn(move || archive.append(staged, &survey(), &meta(&format!("i{n}")), &()).unwrap());
        }
    });
    let sequences: Vec<u64> =
        place.archive.imports(&survey().id).unwrap().iter().map(|record| record.sequence).collect();
    assert_eq!(sequences, [1, 2, 3, 4, 5, 6, 7, 8]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the order and number of files, a snapshot holds the newest accepted row of every
    /// unit and year, and the same rows make the same bytes.
    #[test]
    fn a_snapshot_is_what_a_map_would_hold(
        files in prop::collection::vec(
            prop::collection::vec((1u32..12, 2022i32..2025, 0u32..100, 0u8..3), 1..20), 1..5)
    ) {
        let place = Place::new();
        let mut model = std::collections::BTreeMap::new();
        for (number, file) in files.iter().enumerate() {
            let rows: Vec<Row> = file.iter().map(|row| (row.0, row.1, f64::from(row.2), row.3)).collect();
            place.import(&format!("i{number}"), &rows);
            for row in rows.iter().filter(|row| row.3 < 2) {
                model.insert((row.1, format!("E{:05}", row.0)), row.2);
            }
        }
        prop_assume!(!model.is_empty());
        let snapshot = place.archive.create_snapshot(&survey(), moment(), &()).unwrap();
        let mut rows = content(&snapshot);
        rows.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let expected: Vec<_> = model.iter().map(|((year, id), &value)| (*year, id.clone(), value)).collect();
        prop_assert_eq!(rows, expected);
        let counts = snapshot.manifest().counts;
        prop_assert_eq!(counts.current + counts.superseded, counts.accepted + counts.warned);
        prop_assert_eq!(counts.received, counts.accepted + counts.warned + counts.held);

        // The same rows in one file, in another order.
        let one = Place::new();
        let rows: Vec<Row> = model
            .iter()
            .rev()
            .map(|((year, id), &value)| (id[1..].parse().unwrap(), *year, value, 0))
            .collect();
        stage(&one.folder.path().join("staged/one"), &rows);
        one.import("one", &rows);
        let same = one.archive.create_snapshot(&survey(), moment(), &()).unwrap();
        let sums = |snapshot: &Snapshot| -> Vec<String> {
            snapshot.manifest().files.iter().map(|file| file.blake3.clone()).collect()
        };
        prop_assert_eq!(sums(&same), sums(&snapshot));
    }
}

#[test]
fn a_held_row_is_read_with_its_year_before_and_the_last_decision() {
    let place = Place::new();
    place.import("a", &[(1, 2023, 9.0, 0), (2, 2024, 20.0, 0)]);
    place.import("b", &[(1, 2024, 9_000.0, 2), (2, 2024, 21.0, 0), (3, 2024, 5.0, 2)]);
    let page = place.archive.held(&survey(), "b", 0, 1).unwrap();
    assert_eq!((page.total, page.undecided, page.rows.len()), (2, 2, 1));
    let first = page.rows[0].row;
    assert_eq!(page.rows[0].unit, "E00001");
    let rest = place.archive.held(&survey(), "b", page.next.unwrap(), 10).unwrap();
    assert_eq!((rest.rows[0].unit.as_str(), rest.next), ("E00003", None));

    let case = place.archive.held_case(&survey(), "b", first).unwrap().unwrap();
    assert!(case.year_before.contains(&("turnover".to_owned(), Value::Number(9.0))), "{case:?}");
    assert!(case.versions.len() == 1 && case.versions[0].held && !case.versions[0].current);
    let accepted = place.archive.held_case(&survey(), "b", first + 1).unwrap();
    assert_eq!(accepted, None, "that row is not held");

    place.archive.decide(&survey(), decision("d", "b", first, Verdict::Confirm), &()).unwrap();
    let case = place.archive.held_case(&survey(), "b", first).unwrap().unwrap();
    let ruling = case.row.ruling.unwrap();
    assert_eq!((ruling.verdict, ruling.reason.as_str()), (Verdict::Confirm, "confirmed by telephone"));
    assert!(case.versions[0].current, "history stays readable");
    assert_eq!(place.archive.held(&survey(), "b", 0, 9).unwrap().undecided, 1);
}
