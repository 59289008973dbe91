use domain::actor::{Actor, MakeRelease, Role};
use domain::language::Text;
use jiff::SignedDuration;
use serde_json::json;
use store::releases::{Made, ReleaseStatus};
use store::{Store, StoreError, jobs, releases};

use crate::ledger::{actor, at, ledgers};

async fn order(store: &Store, actor: &Actor, id: &str) -> Result<(), StoreError> {
    let mut tx = store.begin(at(0)).await.unwrap();
    let permit = actor.permit(MakeRelease { plan: "npd-enterprise".into() }).unwrap();
    releases::order(&mut tx, &permit, id, &format!("job-{id}")).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_release_is_ordered_once_at_a_time_and_recorded_when_made() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let siti = actor("siti", Role::Statistician);
        order(store, &siti, "r1").await.unwrap();
        let busy = order(store, &siti, "r2").await;
        assert!(matches!(busy, Err(StoreError::State { .. })), "{}: {busy:?}", ledger.name);

        let stale = SignedDuration::from_secs(30);
        let claim = jobs::claim(store, "worker", at(1), stale, None).await.unwrap().unwrap();
        let made = Made {
            release_id: "npd_enterprise-1".into(),
            dataset: "NPD_ENTERPRISE".into(),
            vintage: 1,
            snapshot: "s1".into(),
            embargo_until: Some(at(600)),
            audit_passed: true,
            detail: json!({ "cells": 6000 }),
        };
        let mut tx = store.begin(at(2)).await.unwrap();
        releases::made(&mut tx, &claim, &made).await.unwrap();
        jobs::finish(&mut tx, &claim).await.unwrap();
        tx.commit().await.unwrap();
        let release = releases::get(store, "r1").await.unwrap();
        assert_eq!(release.status, ReleaseStatus::Made);
        assert_eq!(release.release_id.as_deref(), Some("npd_enterprise-1"));
        assert_eq!((release.embargo_until, release.audit_passed), (Some(at(600)), Some(true)));

        order(store, &siti, "r3").await.unwrap();
        let claim = jobs::claim(store, "worker", at(3), stale, None).await.unwrap().unwrap();
        let mut tx = store.begin(at(4)).await.unwrap();
        jobs::fail(&mut tx, &claim, &Text::same("disk full")).await.unwrap();
        tx.commit().await.unwrap();
        let page = releases::list(store, None, 1).await.unwrap();
        assert_eq!((page.rows[0].id.as_str(), page.rows[0].status), ("r3", ReleaseStatus::Failed));
        assert_eq!(page.next.as_deref(), Some("r3"));
    }
}

#[test]
fn a_reader_orders_nothing() {
    assert!(actor("rudi", Role::Reader).permit(MakeRelease { plan: "npd-enterprise".into() }).is_err());
}
