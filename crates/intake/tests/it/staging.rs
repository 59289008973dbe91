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
