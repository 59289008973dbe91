use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use super::{Certification, Coverage, Funnel, Level, NewStep, Record, Step, check, funnel, standing};

fn rules() -> Certification {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("programmes/score-id/certification.toml")).unwrap();
    Certification {
        valid_months: 36,
        first_modules: vec!["m1".into()],
        ..Certification::parse("x", &text).unwrap()
    }
}

fn step(step: Step, module: Option<&str>, on: Date) -> NewStep {
    NewStep {
        id: "s".into(),
        programme: "p".into(),
        person: "ani".into(),
        step,
        module: module.map(str::to_owned),
        on,
        vouched_by: Some("budi".into()),
        note: String::new(),
    }
}

fn certified() -> Record {
    Record {
        person: "ani".into(),
        steps: vec![
            step(Step::Selected, None, date(2018, 1, 5)),
            step(Step::Trained, None, date(2018, 3, 9)),
            step(Step::Observed, Some("m1"), date(2018, 9, 1)),
            step(Step::Certified, Some("m1"), date(2018, 10, 1)),
        ],
        deliveries: vec![(date(2018, 9, 1), "m1".into()), (date(2020, 2, 1), "m1".into())],
    }
}

fn refused(new: &NewStep, record: &Record) -> String {
    let modules: BTreeSet<String> = ["m1", "m2", "m3"].map(str::to_owned).into();
    match check(new, record, &modules, &rules(), date(2020, 6, 1)) {
        Ok(()) => "may".into(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_pathway_has_no_short_cuts() {
    let day = date(2020, 5, 1);
    let none = Record { person: "ani".into(), ..Record::default() };
    let all = certified();
    let mut alone = step(Step::Certified, Some("m1"), day);
    alone.vouched_by = Some("ani".into());
    let mut unvouched = step(Step::Certified, Some("m1"), day);
    unvouched.vouched_by = None;
    let mut observed = certified();
    observed.steps.push(step(Step::Observed, Some("m2"), day));
    observed.steps.retain(|step| step.step != Step::Certified);
    for (new, record, expected) in [
        (step(Step::Selected, None, day), &none, "may"),
        (step(Step::Trained, None, day), &none, "selected as a candidate"),
        (step(Step::Observed, Some("m1"), day), &none, "(ToT) is not on record"),
        (step(Step::Observed, None, day), &all, "Name the module."),
        (step(Step::Observed, Some("m9"), day), &all, "no module `m9`"),
        (step(Step::Certified, Some("m2"), day), &all, "Observed cycles of this module: 0, needed: 1"),
        (step(Step::Certified, Some("m2"), day), &observed, "must be for a first module (m1)"),
        (alone, &all, "Nobody can vouch for themselves"),
        (unvouched, &all, "Name the expert"),
        (step(Step::Certified, Some("m1"), day), &all, "may"),
        (step(Step::Expert, None, day), &all, "on record are 1 and 2"),
        (step(Step::Selected, None, date(2020, 7, 1)), &none, "still to come"),
        (step(Step::Withdrawn, None, day), &all, "may"),
    ] {
        let got = refused(&new, record);
        assert!(got.contains(expected), "{:?} {:?}: {got}", new.step, new.module);
    }
}

#[test]
fn certificates_expire_and_activity_is_another_matter() {
    let record = certified();
    for (today, level, active, valid, expired, renew) in [
        (date(2018, 2, 1), Level::Candidate, false, 0, 0, 0),
        (date(2018, 4, 1), Level::Trained, false, 0, 0, 0),
        (date(2018, 9, 30), Level::Observed, true, 0, 0, 0),
        (date(2018, 10, 1), Level::Certified, true, 1, 0, 0),
        (date(2019, 9, 1), Level::Certified, false, 1, 0, 0),
        (date(2020, 3, 1), Level::Certified, true, 1, 0, 0),
        (date(2021, 9, 30), Level::Certified, false, 1, 0, 1),
        (date(2021, 10, 1), Level::Observed, false, 0, 1, 0),
    ] {
        let got = standing(&record, &rules(), today);
        assert_eq!(
            (got.level, got.active, got.valid.len(), got.expired.len(), got.renew.len()),
            (level, active, valid, expired, renew),
            "{today}"
        );
    }
}

#[test]
fn a_certificate_can_be_renewed_and_taken_back() {
    let mut record = certified();
    record.steps.push(step(Step::Certified, Some("m1"), date(2021, 9, 1)));
    assert_eq!(standing(&record, &rules(), date(2024, 8, 31)).valid.len(), 1);
    record.steps.push(step(Step::Withdrawn, Some("m1"), date(2022, 1, 1)));
    assert!(standing(&record, &rules(), date(2022, 1, 1)).valid.is_empty());
}

#[test]
fn the_funnel_only_narrows_and_trained_is_not_active() {
    let today = date(2019, 9, 1);
    let trained = Record { steps: certified().steps[..2].to_vec(), ..Record::default() };
    let all = [certified(), certified(), trained.clone(), trained, Record::default()];
    let standings: Vec<_> = all.iter().map(|record| standing(record, &rules(), today)).collect();
    assert_eq!(
        funnel(&standings),
        Funnel { candidates: 5, trained: 4, observed: 2, certified: 2, active: 0, experts: 0, lapsed: 0 }
    );
    let later: Vec<_> = all.iter().map(|record| standing(record, &rules(), date(2023, 1, 1))).collect();
    let funnel = funnel(&later);
    assert_eq!((funnel.observed, funnel.certified, funnel.lapsed), (2, 0, 2));
}

#[test]
fn coverage_says_how_many_trainers_are_missing() {
    let rules = Certification { enterprises_per_trainer: 10, ..rules() };
    assert_eq!(Coverage::new(2, 35, &rules).missing(&rules), 2);
    assert_eq!(Coverage::new(4, 35, &rules).missing(&rules), 0);
    assert_eq!(Coverage::new(0, 1, &rules).missing(&rules), 1);
}
