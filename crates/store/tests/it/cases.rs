use std::collections::BTreeMap;

use domain::actor::{Actor, ReadObservations, RecordObservation, Role, Scope};
use domain::indicator::IndicatorSet;
use domain::observation::{NewObservation, Stage};
use jiff::civil::date;
use sqlx::Connection as _;
use store::observations::Around;
use store::{Store, cases, observations, tallies};

use crate::ledger::{Ledger, at, ledgers};
use crate::results::{INDICATORS, new};

/// What the register and delivery would have written: three enterprises, one of them only selected.
const RECORDS: &str = "
    insert into organisation (id, name, kind, detail, recorded_by, recorded_at, changed_by, changed_at)
        values ('bedo', 'BEDO', 'provider', '{}', 'x', 'x', 'x', 'x');
    insert into enterprise (id, canonical_id, name, name_key, activity, region, workers, detail, recorded_by,
            recorded_at, changed_by, changed_at)
        values ('e1', 'e1', 'CV Satu', 'satu', '10710', '3319', 20, '{}', 'x', 'x', 'x', 'x'),
            ('e2', 'e2', 'CV Dua', 'dua', null, '5171', null, '{}', 'x', 'x', 'x', 'x'),
            ('e3', 'e3', 'CV Tiga', 'tiga', null, '3319', null, '{}', 'x', 'x', 'x', 'x');
    insert into enterprise_workforce (enterprise_id, year, serial, male, female, workers, detail, recorded_by, recorded_at)
        values ('e1', 2025, 1, 8, 12, 20, '{}', 'x', 'x');
    insert into engagement (id, enterprise_id, programme, phase, product, organisation_id, region, state, version,
            selected_on, changed_by, changed_at)
        values ('g1', 'e1', 'p', 'III', 'standard', 'bedo', '3319', 'exited', 1, '2025-01-01', 'x', 'x'),
            ('g2', 'e2', 'p', 'III', 'standard', 'bedo', '5171', 'delivering', 1, '2025-01-01', 'x', 'x'),
            ('g3', 'e3', 'p', 'III', 'standard', 'bedo', '3319', 'selected', 1, '2025-01-01', 'x', 'x');
    insert into training (id, programme, module, edition, product, organisation_id, region, venue, starts_on, ends_on,
            trainer_id, state, version, changed_by, changed_at)
        values ('t1', 'p', 'cooperation', '1', 'standard', 'bedo', '3319', 'x', '2026-03-02', '2026-03-03', 'ani',
            'held', 1, 'x', 'x');
    insert into course (id, engagement_id, module, edition, training_id, opened_on, trained_on)
        values ('c1', 'g1', 'cooperation', '1', 't1', '2026-02-01', '2026-03-02');
    insert into project (id, engagement_id, course_id, problem, action, owner, due_on, measure, unit, state,
            saving_kind, verified_saving, version)
        values ('j1', 'g1', 'c1', 'x', 'x', 'x', '2026-05-01', 'x', 'x', 'verified', 'yearly', 12000000, 1),
            ('j2', 'g1', 'c1', 'x', 'x', 'x', '2026-05-01', 'x', 'x', 'verified', 'one-off', 5, 1),
            ('j3', 'g1', 'c1', 'x', 'x', 'x', '2026-05-01', 'x', 'x', 'done', 'yearly', null, 1)";

async fn fill(ledger: &Ledger) {
    for statement in RECORDS.split(";\n") {
        if ledger.name == "sqlite" {
            let mut connection = sqlx::SqliteConnection::connect(&ledger.url).await.unwrap();
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(&ledger.url).await.unwrap();
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
    }
}

async fn record(store: &Store, id: &str, engagement: &str, stage: Stage, value: f64) {
    let new = NewObservation { engagement: engagement.into(), ..new(id, stage, value) };
    let set = IndicatorSet::parse("x", INDICATORS).unwrap();
    let place = store::delivery::find(store, engagement).await.unwrap().unwrap();
    let permit =
        Actor::operator().permit(RecordObservation { engagement: engagement.into(), place }).unwrap();
    let around = Around { today: date(2026, 11, 22), workshop_on: None };
    let mut tx = store.begin(at(0)).await.unwrap();
    observations::record(&mut tx, &permit, new, set.get("defect-rate").unwrap(), around).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn cases_are_engagements_past_their_start_with_the_points_that_stand() {
    for ledger in ledgers().await {
        fill(&ledger).await;
        let store = &ledger.store;
        record(store, "a", "g1", Stage::Baseline, 4.0).await;
        record(store, "b", "g1", Stage::Final, 3.0).await;
        record(store, "c", "g2", Stage::Baseline, 90.0).await;
        let all = cases::all(store, "p", "defect-rate").await.unwrap();
        assert_eq!(all.len(), 2, "{}: who is only selected is no case yet", ledger.name);
        let first = &all[0];
        assert_eq!(first.enterprise_name, "CV Satu");
        assert_eq!(
            (first.workers, first.women, first.activity.as_deref()),
            (Some(20), Some(12), Some("10710"))
        );
        let value = |point: &Option<domain::outcome::Point>| point.as_ref().and_then(|point| point.value);
        assert_eq!((value(&first.case.baseline), value(&first.case.later)), (Some(4.0), Some(3.0)));
        assert_eq!(first.later_stage.as_deref(), Some("final"));
        assert_eq!((value(&all[1].case.baseline), all[1].case.later.is_none()), (Some(90.0), true));
        for (scope, expected) in [
            (Scope::region("33"), vec!["g1"]),
            (Scope::region("5171"), vec!["g2"]),
            (Scope::organisation("bedo"), vec!["g1", "g2"]),
            (Scope::organisation("app"), vec![]),
            (Scope::programme("another"), vec![]),
        ] {
            let reach =
                Actor::with("x", Role::ProgrammeOfficer, scope.clone()).reach::<ReadObservations>().unwrap();
            let seen = cases::after(store, &reach, "p", "defect-rate", "", 100).await.unwrap();
            let ids: Vec<&str> = seen.iter().map(|one| one.case.engagement.as_str()).collect();
            assert_eq!(ids, expected, "{}: {scope:?}", ledger.name);
            let count = cases::count(store, &reach, "p").await.unwrap();
            assert_eq!(count, expected.len() as u64, "{}: {scope:?}", ledger.name);
            let rest = cases::after(store, &reach, "p", "defect-rate", "g1", 1).await.unwrap();
            let ids: Vec<&str> = rest.iter().map(|one| one.case.engagement.as_str()).collect();
            let expected_rest: Vec<&str> = expected.iter().copied().filter(|id| *id > "g1").collect();
            assert_eq!(ids, expected_rest, "{}: {scope:?}", ledger.name);
            let doubtful = observations::doubtful(store, &reach, "p", None, 10).await.unwrap();
            assert_eq!(doubtful.rows.len(), usize::from(expected.contains(&"g2")), "{scope:?}");
        }
        let head = cases::engagement(store, "g1").await.unwrap();
        assert_eq!(head.workshop_on.as_deref(), Some("2026-03-02"));
        assert!(cases::engagement(store, "nobody").await.is_err());
    }
}

#[tokio::test]
async fn delivery_is_counted_for_targets_trainers_and_gaps() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let nothing = tallies::gaps(store, "p").await.unwrap();
        assert_eq!(nothing, tallies::Gaps::default(), "{}", ledger.name);
        assert_eq!(tallies::yearly_savings(store, "p").await.unwrap(), None, "no data and not zero");
        fill(&ledger).await;
        record(store, "a", "g2", Stage::Baseline, 90.0).await;
        let gaps = tallies::gaps(store, "p").await.unwrap();
        let expected = tallies::Gaps {
            engagements: 2,
            without_baseline: 1,
            without_final: 1,
            doubtful: 1,
            not_tracked: 0,
        };
        assert_eq!(gaps, expected, "{}", ledger.name);
        let attended = tallies::attended(store, "p", "III", date(2026, 12, 31)).await.unwrap();
        assert_eq!(attended.len(), 1);
        assert_eq!((attended[0].enterprise.as_str(), attended[0].training.as_deref()), ("e1", Some("t1")));
        assert!(tallies::attended(store, "p", "II", date(2026, 12, 31)).await.unwrap().is_empty());
        let earlier = tallies::attended(store, "p", "III", date(2026, 3, 1)).await.unwrap();
        assert!(earlier.is_empty(), "{}: the workshop was a day later", ledger.name);
        let deliveries = tallies::deliveries(store, "p", None).await.unwrap();
        assert_eq!(deliveries["ani"], [(date(2026, 3, 2), "cooperation".to_owned())]);
        assert_eq!(tallies::waiting(store, "p").await.unwrap(), BTreeMap::from([("33".to_owned(), 1)]));
        assert_eq!(tallies::yearly_savings(store, "p").await.unwrap(), Some(12_000_000));
        assert_eq!(tallies::case_studies(store, "p", date(2026, 12, 31)).await.unwrap(), (0, 0));
        assert_eq!(tallies::trainings(store, "p", 10).await.unwrap().len(), 1);
        assert_eq!(tallies::training(store, "t1").await.unwrap().organisation_id, "bedo");
        assert_eq!(cases::organisations(store).await.unwrap()["bedo"], "BEDO");
    }
}
