//! The data road's first half on synthetic enterprises: simulate, check, append, snapshot. What
//! was planted is found, what was not is left alone, and the truth arrives.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use arrow::datatypes::Float64Type;
use domain::classification::Classification;
use domain::survey::Survey;
use microdata::{Archive, ImportMeta, Snapshot};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use testkit::synthetic::{Anomaly, Enterprises, Format, Written};

struct Known(microdata::Previous);

impl intake::PreviousValues for Known {
    fn value(&self, variable: &str, unit: &str, year: i32) -> Option<f64> {
        self.0.value(variable, unit, year)
    }
}

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn classification(name: &str) -> Classification {
    let text =
        |ending: &str| std::fs::read_to_string(project(&format!("classifications/{name}.{ending}"))).unwrap();
    Classification::parse(&text("toml"), &text("csv")).unwrap()
}

#[test]
fn what_was_planted_is_found_and_the_truth_arrives_in_the_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let survey =
        Survey::parse(&std::fs::read_to_string(project("surveys/national-enterprise.toml")).unwrap())
            .unwrap();
    let (kbli2020, kbli2025) = (classification("kbli-2020"), classification("kbli-2025"));
    let regions = classification("regions");
    let recipe = Enterprises { threads: 2, ..Enterprises::new(30_000, 2022, 2024, 5) };
    let recipe = recipe.with_classifications(&kbli2020, Some(&kbli2025), &regions);
    let written = recipe.write(&folder.path().join("made"), &[Format::Csv], &()).unwrap();

    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    let mut held = BTreeMap::new();
    for (year, source) in &written.files {
        let staging = folder.path().join(format!("imports/{year}"));
        let previous = archive.previous_values(&survey, &["turnover", "output"], &[year - 1], &()).unwrap();
        let summary = intake::check(
            &intake::Task {
                source,
                file_name: "synthetic.csv",
                survey: &survey,
                classifications: &[&kbli2020, &kbli2025, &regions],
                mapping: &intake::mapping::Mapping::default(),
                previous: &Known(previous),
                period: None,
                staging: &staging,
                threads: 2,
            },
            &(),
        )
        .unwrap();
        assert!(summary.readable);
        assert_eq!(summary.rows.received, written.truth.rows[year]);
        let meta = ImportMeta {
            id: format!("import-{year}"),
            source_name: summary.file.clone(),
            source_blake3: summary.blake3.clone(),
            imported_at: jiff::Timestamp::UNIX_EPOCH,
            actor: "operator".into(),
            refused: summary.rows.refused,
        };
        let record = archive.append(&staging, &survey, &meta, &()).unwrap();
        let counts =
            (record.counts.received, record.counts.accepted, record.counts.warned, record.counts.held);
        let rows = summary.rows;
        assert_eq!(counts, (rows.received, rows.accepted, rows.warned, rows.held));
        held.extend(held_rows(&staging.join("rows.parquet")).into_iter().map(|row| ((*year, row), ())));
    }

    let snapshot = archive.create_snapshot(&survey, jiff::Timestamp::UNIX_EPOCH, &()).unwrap();
    assert!(snapshot.manifest().synthetic);
    compare(&written, &held, &snapshot);
}

/// Every planted row but a jump is held, next to nothing else is, and the totals differ by no
/// more than the few rows that are held without having been planted.
fn compare(written: &Written, held: &BTreeMap<(i32, u64), ()>, snapshot: &Snapshot) {
    let mut missed: BTreeMap<Anomaly, u64> = BTreeMap::new();
    let mut planted = BTreeMap::new();
    for mistake in &written.truth.planted {
        planted.insert((mistake.year, mistake.row), mistake.kind);
        if !mistake.kind.counts() && !held.contains_key(&(mistake.year, mistake.row)) {
            *missed.entry(mistake.kind).or_default() += 1;
        }
    }
    let alarms: Vec<_> =
        held.keys().filter(|row| planted.get(row).is_none_or(|kind| kind.counts())).collect();
    let rows: u64 = written.truth.rows.values().sum();
    println!("planted {}, missed {missed:?}, held without reason {} of {rows}", planted.len(), alarms.len());
    let total_missed: u64 = missed.values().sum();
    assert!(total_missed * 20 <= planted.len() as u64, "missed: {missed:?}");
    assert!(alarms.len() as u64 * 500 <= rows, "held without having been planted: {}", alarms.len());

    let truth: f64 = written.truth.totals.iter().map(|total| total.sums.persons_engaged).sum();
    let (enterprises, persons) = persons_engaged(snapshot);
    let expected: u64 = written.truth.totals.iter().map(|total| total.sums.enterprises).sum();
    assert!(enterprises.abs_diff(expected) <= total_missed + alarms.len() as u64);
    assert!((persons / truth - 1.0).abs() < 0.01, "{persons} persons, the truth is {truth}");
}

/// Rows of the source file that intake held.
fn held_rows(path: &Path) -> Vec<u64> {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let numbers = batch.column(0).as_primitive::<arrow::datatypes::UInt64Type>();
        let status = batch.column(1).as_primitive::<arrow::datatypes::UInt8Type>();
        rows.extend((0..numbers.len()).filter(|&row| status.value(row) == 2).map(|row| numbers.value(row)));
    }
    rows
}

/// Rows of a snapshot, and the weighted sum of persons engaged.
fn persons_engaged(snapshot: &Snapshot) -> (u64, f64) {
    let mut sums = (0, 0.0);
    for (_, path) in snapshot.files() {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let column = |name| batch.column_by_name(name).unwrap();
            let persons = column("persons_engaged").as_primitive::<arrow::datatypes::Int64Type>();
            let weight = column("weight").as_primitive::<Float64Type>();
            sums.0 += batch.num_rows() as u64;
            sums.1 +=
                (0..persons.len()).map(|row| persons.value(row) as f64 * weight.value(row)).sum::<f64>();
        }
    }
    sums
}
