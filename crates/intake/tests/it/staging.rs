//! What a check leaves behind, and what it does not.

use std::sync::atomic::AtomicBool;

use domain::finding::Severity;
use domain::survey::Survey;
use intake::findings::{Filter, page};
use intake::mapping::Mapping;
use intake::{FINDINGS_FILE, IntakeError, SUMMARY_FILE, Task};

use crate::{SURVEY, check, classifications};

#[test]
fn findings_are_read_page_by_page_and_by_cause() {
    let rows: String =
        (0..25).map(|row| format!("F{row},2024,{},x\n", if row % 2 == 0 { -1 } else { 1 })).collect();
    let outcome = check(format!("firm,year,workers,turnover\n{rows}"));
    let path = outcome.folder.path().join("staging").join(FINDINGS_FILE);
    let (mut from, mut seen, mut pages) = (0, Vec::new(), 0);
    loop {
        let page = page(&path, from, 10, &Filter::default()).unwrap();
        seen.extend(page.findings);
        pages += 1;
        let Some(next) = page.next else { break };
        from = next;
    }
    assert_eq!((seen.len(), pages), (38, 4));
    assert_eq!(seen, outcome.findings);
    let filter = Filter { rule: Some("R01".into()), severity: Some(Severity::Held), ..Filter::default() };
    let first = page(&path, 0, 5, &filter).unwrap();
    assert_eq!(first.findings.iter().map(|finding| finding.row).collect::<Vec<_>>(), [2, 4, 6, 8, 10]);
    let second = page(&path, first.next.unwrap(), 5, &filter).unwrap();
    assert_eq!(second.findings[0].row, 12);
    assert_eq!(page(&path, 0, 100, &filter).unwrap().findings.len(), 13);
}

#[test]
fn a_stopped_check_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    std::fs::write(&source, "firm,year,workers,turnover\nA,2024,1,5\n").unwrap();
    let staging = folder.path().join("staging");
    let survey = Survey::parse(SURVEY).unwrap();
    let classifications = classifications();
    let task = Task {
        source: &source,
        file_name: "data.csv",
        survey: &survey,
        classifications: &classifications.each_ref(),
        mapping: &Mapping::default(),
        previous: &(),
        period: None,
        staging: &staging,
        threads: 2,
    };
    let stopped = intake::check(&task, &AtomicBool::new(true));
    assert!(matches!(stopped, Err(IntakeError::Cancelled)), "{stopped:?}");
    assert_eq!(std::fs::read_dir(&staging).unwrap().count(), 0);

    // What a killed check has left does not disturb the next one.
    std::fs::create_dir_all(staging.join(".checking")).unwrap();
    std::fs::write(staging.join(".checking/rows.parquet"), "rubbish").unwrap();
    std::fs::write(staging.join(SUMMARY_FILE), "rubbish").unwrap();
    let summary = intake::check(&task, &()).unwrap();
    assert_eq!(summary.rows.accepted, 1);
    let mut names: Vec<_> =
        std::fs::read_dir(&staging).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["findings.csv", "rows.parquet", "summary.json"]);
}

#[test]
fn a_survey_without_its_classification_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    std::fs::write(&source, "firm,year,workers,turnover\nA,2024,1,5\n").unwrap();
    let survey = Survey::parse(SURVEY).unwrap();
    let task = Task {
        source: &source,
        file_name: "data.csv",
        survey: &survey,
        classifications: &[],
        mapping: &Mapping::default(),
        previous: &(),
        period: None,
        staging: &folder.path().join("staging"),
        threads: 1,
    };
    assert_eq!(
        intake::check(&task, &()).unwrap_err().to_string(),
        "survey `toy` needs the classification `KBLI2020`, which is not loaded"
    );
}

/// Set in the process that the test below starts: how many rows to check.
const ROWS: &str = "LUMBUNG_MEMORY_ROWS";

#[test]
fn memory_does_not_grow_with_the_file() {
    if let Ok(rows) = std::env::var(ROWS) {
        check_stream(rows.parse().unwrap());
        return println!("peak {} KiB", peak_kibibytes().unwrap());
    }
    if peak_kibibytes().is_none() {
        return println!("skipped: this system does not tell how much memory a process has used");
    }
    // Each in a process of its own, so that other tests do not count.
    let peak = |rows: u64| -> u64 {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "staging::memory_does_not_grow_with_the_file", "--nocapture"])
            .env(ROWS, rows.to_string())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let peak = text.split("peak ").nth(1).and_then(|rest| rest.split(' ').next());
        peak.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
    };
    let (small, large) = (peak(300_000), peak(1_500_000));
    // The larger file is 60 MB longer.
    assert!(large < small + (24 << 10), "{small} KiB for the smaller file, {large} KiB for the larger");
}

fn check_stream(rows: u64) {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&source).unwrap());
    writeln!(file, "firm,year,activity,region,workers,turnover").unwrap();
    for row in 0..rows {
        let (firm, year) = (row / 3, 2022 + row % 3);
        writeln!(file, "PT Usaha Nomor {firm:012},{year},10710,1101,{},{}", row % 90 + 1, row % 977 * 50)
            .unwrap();
    }
    file.flush().unwrap();
    let survey = Survey::parse(SURVEY).unwrap();
    let classifications = classifications();
    let task = Task {
        source: &source,
        file_name: "data.csv",
        survey: &survey,
        classifications: &classifications.each_ref(),
        mapping: &Mapping::default(),
        previous: &(),
        period: None,
        staging: &folder.path().join("staging"),
        threads: 2,
    };
    assert_eq!(intake::check(&task, &()).unwrap().rows.received, rows);
}

/// The most memory this process has held, where the system tells.
fn peak_kibibytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
