use jiff::civil::{Date, date};

use super::{Actual, Framework, Measure, NewAttestation, NewReport, Status, reached};

fn framework() -> Framework {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("programmes/score-id/targets.toml")).unwrap();
    Framework::parse("targets.toml", &text).unwrap()
}

const TODAY: Date = date(2020, 6, 1);

/// Acceptance test g: eight targets of Phase III, and what is not known is no data and not 0.
#[test]
fn the_board_has_eight_targets_and_the_unknown_is_no_data() {
    let framework = framework();
    assert_eq!(framework.targets.len(), 8);
    let values: Vec<f64> = framework.targets.iter().map(|target| target.value).collect();
    assert_eq!(values, [4.0, 3.0, 50.0, 200.0, 10.0, 60.0, 30.0, 100.0]);
    for target in &framework.targets {
        assert_eq!(target.status(Actual::default(), TODAY), Status::Unknown, "{}", target.code);
        assert_eq!(target.status(Actual::default(), date(2030, 1, 1)), Status::Unknown, "{}", target.code);
    }
}

#[test]
fn a_count_without_any_record_is_no_data_and_a_count_of_none_among_records_is_zero() {
    assert_eq!(Actual::counted(0, 0).value, None);
    assert_eq!(Actual::counted(0, 7).value, Some(0.0));
}

#[test]
fn a_target_is_judged_by_the_time_that_has_passed() {
    let framework = framework();
    let target =
        framework.targets.iter().find(|target| target.measure == Measure::EnterprisesFunded).unwrap();
    let status = |value: u64, today| target.status(Actual::counted(value, 99), today);
    assert_eq!(status(50, TODAY), Status::Reached);
    assert_eq!(status(40, TODAY), Status::OnCourse);
    assert_eq!(status(10, TODAY), Status::Behind);
    assert_eq!(status(0, date(2017, 10, 1)), Status::OnCourse);
    assert_eq!(status(49, date(2022, 1, 1)), Status::Missed);
}

#[test]
fn an_attested_figure_needs_evidence_and_only_what_cannot_be_counted_is_attested() {
    let framework = framework();
    let attested = framework.targets.iter().find(|target| target.measure == Measure::Attested).unwrap();
    let good = NewAttestation {
        id: "a".into(),
        programme: "p".into(),
        target: attested.code.clone(),
        value: Some(1.0),
        as_of: TODAY,
        evidence: "Notulen 12/2019".into(),
    };
    assert_eq!(good.check(&framework, TODAY), Ok(()));
    let refused = |change: fn(&mut NewAttestation)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad.check(&framework, TODAY).unwrap_err().to_string()
    };
    assert!(refused(|bad| bad.evidence = " ".into()).contains("evidence"));
    assert!(refused(|bad| bad.value = Some(-1.0)).contains("zero or more"));
    assert!(refused(|bad| bad.as_of = date(2021, 1, 1)).contains("still to come"));
    assert!(refused(|bad| bad.target = "case-studies".into()).contains("counted from the records"));
}

#[test]
fn enterprises_are_told_apart_by_who_paid_and_the_unknown_stays_unknown() {
    let funded = [("t1".to_owned(), true), ("t2".to_owned(), false)].into();
    let attended = [
        ("a", Some("t1")),
        ("a", Some("t2")),
        ("b", Some("t2")),
        ("b", Some("t3")),
        ("c", Some("t3")),
        ("d", None),
    ];
    let reached = reached(attended, &funded);
    let names = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().concat();
    assert_eq!(
        [names(&reached.funded), names(&reached.unfunded), names(&reached.undetermined)],
        ["a", "b", "cd"]
    );
}

#[test]
fn a_report_is_locked_when_its_period_is_over() {
    let framework = framework();
    let period = framework.periods[0].clone();
    let report = NewReport {
        id: "r".into(),
        programme: "p".into(),
        period: period.code.clone(),
        as_of: period.to,
        figures: Vec::new(),
    };
    assert_eq!(report.check(&framework, period.to.tomorrow().unwrap()), Ok(()));
    assert!(report.check(&framework, period.to).is_err());
}

#[test]
fn damaged_targets_are_refused() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let good = std::fs::read_to_string(root.join("programmes/score-id/targets.toml")).unwrap();
    for (from, to, expected) in [
        ("pairs_min = 5", "pairs_min = 1", "at least 3 pairs"),
        ("value = 200", "value = 0", "0 is not a number above 0"),
        ("code = \"case-studies\"", "code = \"cost-recovery\"", "stands twice"),
        ("due = \"2021-10-31\"", "due = \"2011-10-31\"", "due before its phase begins"),
        ("measure = \"case-studies\"", "measure = \"guess\"", "line 92: the choice `guess` is not known"),
    ] {
        assert!(good.contains(from), "{from}");
        let errors = Framework::parse("targets.toml", &good.replace(from, to)).unwrap_err();
        let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(all.join("\n").contains(expected), "{to}: {all:?}");
    }
}
