use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::{Circumstances, NewObservation, NotTracked, Observation, Quality, Reading, Stage, examine};
use crate::indicator::{Indicator, IndicatorSet, Verification};

fn indicators() -> IndicatorSet {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("programmes/score-id/indicators.toml")).unwrap();
    IndicatorSet::parse("indicators.toml", &text).unwrap()
}

fn indicator(code: &str) -> Indicator {
    indicators().get(code).unwrap().clone()
}

const TODAY: Date = date(2026, 11, 22);

fn new(indicator: &str, stage: Stage, reading: Reading) -> NewObservation {
    let from = if stage == Stage::Baseline { date(2026, 1, 1) } else { date(2026, 7, 1) };
    NewObservation {
        id: format!("{indicator}-{}", stage.code()),
        programme: "p".into(),
        indicator: indicator.into(),
        version: 1,
        enterprise: "e".into(),
        engagement: "g".into(),
        training: None,
        stage,
        from,
        to: from.last_of_month(),
        reading,
        output_unit: "mangkuk".into(),
        verification: Some(Verification::CompanyRecords),
        evidence: String::new(),
        replaces: None,
        synthetic: false,
    }
}

fn around(earlier: &[Observation]) -> Circumstances<'_> {
    Circumstances { today: TODAY, workshop_on: Some(date(2026, 3, 2)), earlier }
}

fn record(new: NewObservation, earlier: &[Observation]) -> Result<Observation, String> {
    let indicator = indicator(&new.indicator);
    examine(new, &indicator, &around(earlier)).map_err(|error| error.0.en)
}

fn rules(observation: &Observation) -> Vec<&str> {
    observation.doubts.iter().map(|doubt| doubt.rule.as_str()).collect()
}

fn inputs(values: &[(&str, f64)]) -> Reading {
    Reading::Inputs(
        values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect::<BTreeMap<_, _>>(),
    )
}

#[test]
fn a_value_is_computed_from_what_the_enterprise_gives() {
    let reading = inputs(&[("rejected_units", 30.0), ("produced_units", 1000.0)]);
    let sound = record(new("defect-rate", Stage::Baseline, reading), &[]).unwrap();
    assert_eq!((sound.value, sound.quality), (Some(3.0), Quality::Sound));
    let reading = inputs(&[("value_added", 240e6), ("workers", 20.0)]);
    let mut quarter = new("value-added-per-worker", Stage::Baseline, reading);
    quarter.from = date(2025, 10, 1);
    quarter.to = date(2025, 12, 31);
    assert_eq!(record(quarter, &[]).unwrap().value, Some(48.0), "a quarter of a year, told for a year");
}

#[test]
fn not_tracked_with_a_reason_is_lawful_and_never_zero() {
    let reading = Reading::NotTracked(NotTracked::NoRecords);
    let answer = record(new("defect-rate", Stage::Baseline, reading), &[]).unwrap();
    assert_eq!((answer.value, answer.quality), (None, Quality::Sound));
}

#[test]
fn a_denominator_of_zero_or_less_is_refused_in_words() {
    let rate = |produced| {
        let reading = inputs(&[("rejected_units", 3.0), ("produced_units", produced)]);
        record(new("defect-rate", Stage::Baseline, reading), &[]).unwrap_err()
    };
    assert_eq!(rate(0.0), "The denominator, `produced_units`, is zero. Check it, or record \"not tracked\".");
    assert_eq!(rate(-5.0), "The denominator, `produced_units`, is below zero, so the result has no meaning.");
}

#[test]
fn what_nobody_can_have_measured_is_refused() {
    let refused = |change: fn(&mut NewObservation)| {
        let mut new = new("defect-rate", Stage::Baseline, Reading::Value(3.0));
        change(&mut new);
        record(new, &[]).unwrap_err()
    };
    assert_eq!(
        refused(|new| new.to = date(2027, 1, 1)),
        "The period ends 2027-01-01, and today is 2026-11-22."
    );
    assert_eq!(
        refused(|new| new.from = date(2026, 5, 1)),
        "The period ends (2026-01-31) before it begins (2026-05-01)."
    );
    assert_eq!(
        refused(|new| new.training = Some("t".into())),
        "A value after a module names its training; other stages do not."
    );
    assert_eq!(
        refused(|new| new.reading = Reading::Value(f64::NAN)),
        "Fill in a number, or choose \"not tracked\"."
    );
    let practice = new("daily-meeting", Stage::Baseline, Reading::Value(0.5));
    assert_eq!(record(practice, &[]).unwrap_err(), "The answer is yes or no.");
    let wrong_stage = {
        let mut new = new("lowest-wage", Stage::AfterModule, Reading::Value(3e6));
        new.training = Some("t".into());
        record(new, &[]).unwrap_err()
    };
    assert_eq!(wrong_stage, "This indicator is not asked at that stage.");
}

#[test]
fn an_endline_without_a_baseline_is_kept_and_said() {
    let alone = record(new("defect-rate", Stage::Final, Reading::Value(2.0)), &[]).unwrap();
    assert_eq!((rules(&alone), alone.quality), (vec!["no-baseline"], Quality::Sound));
}

#[test]
fn a_baseline_taken_after_the_workshop_is_held() {
    let mut late = new("defect-rate", Stage::Baseline, Reading::Value(3.0));
    late.to = date(2026, 3, 31);
    let late = record(late, &[]).unwrap();
    assert_eq!((rules(&late), late.quality), (vec!["baseline-after-workshop"], Quality::Doubtful));
}

#[test]
fn a_unit_that_changes_between_stages_is_held() {
    let before = record(new("output-per-worker-day", Stage::Baseline, Reading::Value(40.0)), &[]).unwrap();
    let mut after = new("output-per-worker-day", Stage::Final, Reading::Value(3.0));
    after.output_unit = "Kilogram".into();
    let held = record(after.clone(), std::slice::from_ref(&before)).unwrap();
    assert_eq!((rules(&held), held.quality), (vec!["unit-changed"], Quality::Doubtful));
    after.output_unit = " MANGKUK".into();
    assert!(rules(&record(after, &[before]).unwrap()).is_empty());
}

#[test]
fn a_gain_of_more_than_400_percent_is_set_apart_and_so_is_the_implausible() {
    let before = record(new("output-per-worker-day", Stage::Baseline, Reading::Value(10.0)), &[]).unwrap();
    for (after, expected) in
        [(49.0, vec![]), (50.1, vec!["gain-too-large"]), (2e6, vec!["implausible", "gain-too-large"])]
    {
        let after = new("output-per-worker-day", Stage::Final, Reading::Value(after));
        assert_eq!(rules(&record(after, std::slice::from_ref(&before)).unwrap()), expected);
    }
    let zero = record(new("defect-rate", Stage::Baseline, Reading::Value(0.0)), &[]).unwrap();
    let after = record(new("defect-rate", Stage::Final, Reading::Value(1.0)), &[zero]).unwrap();
    assert_eq!(rules(&after), ["baseline-not-positive"]);
}

#[test]
fn nothing_is_overwritten_a_correction_names_what_it_corrects() {
    let first = record(new("defect-rate", Stage::Baseline, Reading::Value(3.0)), &[]).unwrap();
    let mut second = new("defect-rate", Stage::Baseline, Reading::Value(4.0));
    second.id = "second".into();
    let again = record(second.clone(), std::slice::from_ref(&first)).unwrap_err();
    assert!(again.starts_with("There is a value for this stage already."), "{again}");
    second.replaces = Some(first.new.id.clone());
    assert_eq!(record(second.clone(), &[first]).unwrap().value, Some(4.0));
    let gone = record(second, &[]).unwrap_err();
    assert!(gone.starts_with("The value to be corrected no longer stands"), "{gone}");
}

#[test]
fn acts_travel_as_text_and_come_back() {
    let sent = new("defect-rate", Stage::FollowUp6, inputs(&[("rejected_units", 1.0)]));
    let text = toml::to_string(&sent).unwrap();
    assert_eq!(toml::from_str::<NewObservation>(&text).unwrap(), sent);
}
