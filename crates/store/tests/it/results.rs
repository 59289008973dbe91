use domain::actor::{Actor, AttestTarget, LockReport, Permit, Place, RecordObservation, ReviewObservation};
use domain::framework::{Actual, Framework, NewAttestation, NewReport, ReportedFigure};
use domain::indicator::IndicatorSet;
use domain::observation::{NewObservation, NotTracked, Observation, Quality, Reading, Stage};
use jiff::SignedDuration;
use jiff::civil::date;
use store::observations::Around;
use store::{Store, StoreError, audit, observations, results};

use crate::ledger::{at, ledgers};

pub(crate) const INDICATORS: &str = r#"
[[input]]
code = "rejected"
label = { id = "Cacat", en = "Rejected" }
unit = "output"
[[input]]
code = "produced"
label = { id = "Hasil", en = "Produced" }
unit = "output"
[[indicator]]
code = "defect-rate"
version = 1
core = true
label = { id = "Cacat", en = "Defects" }
definition = { id = "…", en = "…" }
formula = "rejected / produced"
unit = "percent"
unit_label = { id = "%", en = "%" }
better = "lower"
semantic = "magnitude"
comparison = "percent"
verification = ["company-records"]
stages = ["baseline", "final"]
plausible = [0, 60]
source = { id = "…", en = "…" }
"#;

const TARGETS: &str = r#"
pairs_min = 5
quantile_pairs_min = 10
deflator = "x"
[[period]]
code = "2018"
label = { id = "2018", en = "2018" }
from = "2018-01-01"
to = "2018-12-31"
[[target]]
code = "buyers"
label = { id = "…", en = "…" }
unit = { id = "…", en = "…" }
definition = { id = "…", en = "…" }
phase = "III"
value = 3
from = "2017-11-01"
due = "2021-10-31"
measure = "attested"
source = { id = "…", en = "…" }
"#;

pub(crate) fn new(id: &str, stage: Stage, value: f64) -> NewObservation {
    let from = if stage == Stage::Baseline { date(2026, 1, 1) } else { date(2026, 8, 1) };
    NewObservation {
        id: id.into(),
        programme: "p".into(),
        indicator: "defect-rate".into(),
        version: 1,
        enterprise: "ent".into(),
        engagement: "eng".into(),
        training: None,
        stage,
        from,
        to: from.last_of_month(),
        reading: Reading::Inputs([("rejected".into(), value), ("produced".into(), 100.0)].into()),
        output_unit: String::new(),
        verification: None,
        evidence: "buku produksi".into(),
        replaces: None,
        synthetic: true,
    }
}

fn may_record(engagement: &str) -> Permit<RecordObservation> {
    let place = Place::programme("p").of_enterprise("ent");
    Actor::operator().permit(RecordObservation { engagement: engagement.into(), place }).unwrap()
}

async fn record(store: &Store, new: NewObservation) -> Result<Observation, StoreError> {
    let set = IndicatorSet::parse("x", INDICATORS).unwrap();
    let mut tx = store.begin(at(0)).await.unwrap();
    let around = Around { today: date(2026, 11, 22), workshop_on: None };
    let indicator = set.get("defect-rate").unwrap();
    let recorded = observations::record(&mut tx, &may_record("eng"), new, indicator, around).await?;
    tx.commit().await?;
    Ok(recorded)
}

#[tokio::test]
async fn an_observation_is_corrected_and_never_overwritten() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        record(store, new("a", Stage::Baseline, 3.0)).await.unwrap();
        let again = record(store, new("b", Stage::Baseline, 4.0)).await.unwrap_err();
        assert!(matches!(again, StoreError::Rule(_)), "{}: {again}", ledger.name);
        let mut correction = new("b", Stage::Baseline, 4.0);
        correction.replaces = Some("a".into());
        assert_eq!(record(store, correction.clone()).await.unwrap().value, Some(4.0));
        let all = observations::of_engagement(store, "eng").await.unwrap();
        let seen: Vec<_> = all.iter().map(|one| (one.observation.value, one.replaced)).collect();
        assert_eq!(seen, [(Some(3.0), true), (Some(4.0), false)], "{}", ledger.name);
        assert_eq!(all[1].observation.new, correction);
        correction.id = "c".into();
        assert!(record(store, correction).await.is_err(), "what was corrected cannot be corrected twice");
        assert_eq!(results::generation(store, "p").await.unwrap(), 2);
        assert_eq!(audit::verify_chain(store).await.unwrap().entries, 2);
    }
}

#[tokio::test]
async fn two_who_record_one_stage_at_once_do_not_both_win() {
    for ledger in ledgers().await {
        let attempts = ["a", "b", "c", "d"].map(|id| {
            let store = ledger.store.clone();
            tokio::spawn(async move { record(&store, new(id, Stage::Baseline, 3.0)).await.is_ok() })
        });
        let mut won = 0;
        for attempt in attempts {
            won += usize::from(attempt.await.unwrap());
        }
        assert_eq!(won, 1, "{}", ledger.name);
    }
}

#[tokio::test]
async fn what_is_not_tracked_has_no_value_and_a_zero_denominator_is_refused() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let mut none = new("a", Stage::Baseline, 1.0);
        none.reading = Reading::NotTracked(NotTracked::NoRecords);
        assert_eq!(record(store, none).await.unwrap().value, None);
        assert_eq!(observations::get(store, "a").await.unwrap().observation.value, None);
        let mut zero = new("b", Stage::Final, 1.0);
        zero.reading = Reading::Inputs([("rejected".into(), 1.0), ("produced".into(), 0.0)].into());
        let refused = record(store, zero).await.unwrap_err();
        assert!(refused.to_string().contains("is zero"), "{refused}");
        assert!(matches!(observations::get(store, "b").await, Err(StoreError::NotFound { .. })));
    }
}

#[tokio::test]
async fn a_doubtful_value_waits_for_a_review_that_happens_once() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let held = record(store, new("a", Stage::Baseline, 90.0)).await.unwrap();
        assert_eq!(held.quality, Quality::Doubtful);
        let permit = || {
            let place = Place::programme("p");
            Actor::operator().permit(ReviewObservation { observation: "a".into(), place }).unwrap()
        };
        let mut tx = store.begin(at(1)).await.unwrap();
        observations::review(&mut tx, &permit(), true, " Diperiksa di pabrik ").await.unwrap();
        tx.commit().await.unwrap();
        let seen = observations::get(store, "a").await.unwrap();
        assert_eq!(
            (seen.observation.quality, seen.review_note.as_str()),
            (Quality::Confirmed, "Diperiksa di pabrik")
        );
        let mut tx = store.begin(at(2)).await.unwrap();
        let twice = observations::review(&mut tx, &permit(), false, "").await.unwrap_err();
        assert!(matches!(twice, StoreError::State { .. }), "{twice}");
    }
}

#[tokio::test]
async fn a_computed_result_is_kept_until_something_changes_or_it_is_old() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        assert_eq!(results::kept::<i64>(store, "p", "board", at(0)).await.unwrap(), None);
        results::keep(store, "p", "board", 0, at(0), at(0), &7).await.unwrap();
        let kept = results::kept::<i64>(store, "p", "board", at(9)).await.unwrap().unwrap();
        assert_eq!((kept.document, kept.computed_at, kept.holds), (7, at(0), true));
        let old = results::kept::<i64>(store, "p", "board", at(11)).await.unwrap().unwrap();
        assert_eq!((old.document, old.holds), (7, false), "old, and says so");
        record(store, new("a", Stage::Baseline, 3.0)).await.unwrap();
        let changed = results::kept::<i64>(store, "p", "board", at(1)).await.unwrap().unwrap();
        assert_eq!((changed.document, changed.holds), (7, false), "something was recorded since");
        results::keep(store, "p", "board", 1, at(0), at(1), &8).await.unwrap();
        let anew = results::kept::<i64>(store, "p", "board", at(2)).await.unwrap().unwrap();
        assert_eq!((anew.document, anew.holds, anew.took), (8, true, SignedDuration::from_mins(1)));
    }
}

#[tokio::test]
async fn attested_figures_pile_up_and_a_report_is_locked_once() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let framework = Framework::parse("x", TARGETS).unwrap();
        let today = date(2026, 11, 22);
        for (id, value, minute) in [("1", Some(1.0), 1), ("2", None, 2), ("3", Some(2.0), 3)] {
            let new = NewAttestation {
                id: id.into(),
                programme: "p".into(),
                target: "buyers".into(),
                value,
                as_of: date(2018, 6, 1),
                evidence: "MoU".into(),
            };
            let place = Place::programme("p");
            let permit = Actor::operator().permit(AttestTarget { target: "buyers".into(), place }).unwrap();
            let mut tx = store.begin(at(minute)).await.unwrap();
            results::attest(&mut tx, &permit, &new, &framework, today).await.unwrap();
            tx.commit().await.unwrap();
        }
        let values: Vec<_> = results::attestations(store, "p").await.unwrap();
        let values: Vec<_> = values.into_iter().map(|one| one.attestation.value).collect();
        assert_eq!(values, [Some(2.0), None, Some(1.0)], "{}", ledger.name);
        let report = |id: &str| NewReport {
            id: id.into(),
            programme: "p".into(),
            period: "2018".into(),
            as_of: date(2018, 12, 31),
            figures: vec![ReportedFigure { target: "buyers".into(), actual: Actual::default(), wanted: 3.0 }],
        };
        for (id, expected) in [("r1", true), ("r2", false)] {
            let place = Place::programme("p");
            let permit = Actor::operator().permit(LockReport { report: id.into(), place }).unwrap();
            let mut tx = store.begin(at(4)).await.unwrap();
            let locked = results::lock(&mut tx, &permit, &report(id), &framework, today).await;
            assert_eq!(locked.is_ok(), expected, "{}: {locked:?}", ledger.name);
            if expected {
                tx.commit().await.unwrap();
            }
        }
        let reports = results::reports(store, "p").await.unwrap();
        assert_eq!((reports.len(), &reports[0].report), (1, &report("r1")));
        assert_eq!(reports[0].report.figures[0].actual.value, None, "no data stays no data");
    }
}
