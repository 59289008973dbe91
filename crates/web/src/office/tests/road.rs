use axum::http::StatusCode;
use domain::actor::Role;
use domain::progress::Watch;
use store::jobs::{self, JobWatch};
use store::releases::Made;
use store::snapshots::NewSnapshot;
use store::{releases, snapshots};

use super::*;

async fn claim(office: &TestOffice) -> jobs::Claim {
    let stale = SignedDuration::from_secs(30);
    jobs::claim(&office.store, "worker", office.now(), stale, None).await.unwrap().expect("a job waits")
}

#[tokio::test]
async fn a_release_is_chosen_watched_over_a_restart_and_read() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let form = office.get(&siti, "/office/releases/new").await;
    for words in ["Rencana percobaan", "DEMO_SET", "Survei percobaan", "dibuat baru", "kurang dari 3"] {
        assert!(form.body.contains(words), "{words} in {}", form.body);
    }
    let ordered = office.post(&siti, "/office/releases", &[("plan", "demo")]).await;
    assert_eq!(ordered.status, StatusCode::SEE_OTHER, "{}", ordered.body);
    let page = ordered.location().to_owned();
    let twice = office.post(&siti, "/office/releases", &[("plan", "demo")]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "two of one plan would race for a vintage");
    assert!(office.get(&siti, &page).await.body.contains("Menunggu giliran."));

    let dead = claim(&office).await;
    let watch = JobWatch::new(&dead);
    watch.report("publication.render", 3, 8);
    watch.beat(&office.store, office.now()).await.unwrap();
    let running = office.get(&siti, &page).await;
    assert!(running.body.contains("max=\"8\" value=\"3\""), "{}", running.body);
    assert!(running.body.contains("3 dari 8"));
    // The program ends here. After the restart another worker takes the job again.
    office.later(5);
    let alive = claim(&office).await;
    assert_eq!(alive.attempts, 2);
    let feed = office.get(&siti, &format!("/office/jobs/{}/progress", alive.id)).await;
    let feed: serde_json::Value = serde_json::from_str(&feed.body).unwrap();
    assert_eq!((&feed["status"], &feed["is_final"]), (&"running".into(), &false.into()));

    let mut tx = office.store.begin(office.now()).await.unwrap();
    let made = Made {
        release_id: "demo_set-1".into(),
        dataset: "DEMO_SET".into(),
        vintage: 1,
        snapshot: "s1".into(),
        embargo_until: None,
        audit_passed: true,
        detail: serde_json::json!({ "cells": 6000, "unknown": 1 }),
    };
    releases::made(&mut tx, &alive, &made).await.unwrap();
    jobs::finish(&mut tx, &alive).await.unwrap();
    tx.commit().await.unwrap();
    let done = office.get(&siti, &page).await;
    for words in
        ["Audit kerahasiaan lulus.", "href=\"/releases/demo_set-1\"", "6.000", "Rencana percobaan, edisi 1"]
    {
        assert!(done.body.contains(words), "{words} in {}", done.body);
    }
    let english = office.get(&siti, &format!("/en{page}")).await;
    assert!(english.body.contains("The confidentiality audit passed."), "{}", english.body);
    assert!(office.get(&siti, "/office/releases").await.body.contains("demo_set-1"));
}

#[tokio::test]
async fn a_snapshot_is_ordered_stopped_ordered_again_and_shown() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let ordered = office.post(&siti, "/office/snapshots", &[("survey", "demo")]).await;
    let job = ordered.location().to_owned();
    let stopped = office.post(&siti, &format!("{job}/cancel"), &[]).await;
    assert_eq!(stopped.location(), job);
    assert!(office.get(&siti, &job).await.body.contains("dihentikan"));
    let again = office.post(&siti, &format!("{job}/cancel"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "it has ended already");
    let unknown = office.post(&siti, "/office/snapshots", &[("survey", "nothing")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    office.post(&siti, "/office/snapshots", &[("survey", "demo")]).await;
    let claim = claim(&office).await;
    let mut tx = office.store.begin(office.now()).await.unwrap();
    let new = NewSnapshot {
        id: "demo-2026-11-22".into(),
        survey: "demo".into(),
        rows: 300_123,
        years: vec![2021, 2022, 2023, 2024],
        checksum: "ab".repeat(32),
        taken_at: office.now(),
        detail: serde_json::json!({ "files": 4 }),
    };
    snapshots::record(&mut tx, &claim, &new).await.unwrap();
    jobs::finish(&mut tx, &claim).await.unwrap();
    tx.commit().await.unwrap();
    let list = office.get(&siti, "/office/snapshots").await;
    assert!(list.body.contains("300.123") && list.body.contains("2021–2024"), "{}", list.body);
    let shown = office.get(&siti, "/office/snapshots/demo-2026-11-22").await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.body.contains("Potret data Survei percobaan"), "{}", shown.body);
    assert_eq!(office.get(&siti, "/office/snapshots/other").await.status, StatusCode::NOT_FOUND);
}
