use domain::actor::{Actor, ChangeSetting, ReadAudit, Role};
use serde_json::json;
use sqlx::Connection as _;
use store::{Store, StoreError, audit, settings};

use crate::ledger::{Ledger, actor, add_account, at, ledgers};

async fn change(store: &Store, key: &str, value: i64) {
    let mut tx = store.begin(at(value)).await.unwrap();
    let permit = Actor::operator().permit(ChangeSetting { key: key.into() }).unwrap();
    settings::set(&mut tx, &permit, &json!(value)).await.unwrap();
    tx.commit().await.unwrap();
}

/// Changes the database behind the ledger's back.
async fn tamper(ledger: &Ledger, sql: &'static str) {
    if ledger.name == "sqlite" {
        let mut connection = sqlx::SqliteConnection::connect(&ledger.url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(&ledger.url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
}

#[tokio::test]
async fn settings_are_kept_and_every_change_is_on_record() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        change(store, "banner", 1).await;
        change(store, "banner", 2).await;
        assert_eq!(settings::find(store, "banner").await.unwrap(), Some(json!(2)));
        assert_eq!(settings::find(store, "nothing").await.unwrap(), None);
        let permit = Actor::operator().permit(ReadAudit { what: "log".into() }).unwrap();
        let page = audit::list(store, &permit, None, 1).await.unwrap();
        assert_eq!((page.rows[0].seq, page.rows[0].detail.clone()), (2, json!(2)), "{}", ledger.name);
        let page = audit::list(store, &permit, page.next.as_deref(), 1).await.unwrap();
        assert_eq!((page.rows[0].seq, page.next), (1, None));
        assert_eq!(audit::of_subject(store, "banner", 10).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn what_is_loaded_together_is_dated_act_by_act_and_never_backwards() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let mut tx = store.begin(at(1)).await.unwrap();
        for minute in [3, 2, 5] {
            tx.go_on_to(at(minute));
            let permit = Actor::operator().permit(ChangeSetting { key: "banner".into() }).unwrap();
            settings::set(&mut tx, &permit, &json!(minute)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let entries = audit::of_subject(store, "banner", 10).await.unwrap();
        let dated: Vec<_> = entries.iter().map(|entry| entry.at).collect();
        assert_eq!(dated, [at(3), at(3), at(5)], "{}", ledger.name);
        audit::verify_chain(store).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_rolled_back_leaves_no_audit_entry() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        change(store, "kept", 1).await;
        let mut tx = store.begin(at(2)).await.unwrap();
        let permit = Actor::operator().permit(ChangeSetting { key: "lost".into() }).unwrap();
        settings::set(&mut tx, &permit, &json!(true)).await.unwrap();
        drop(tx);
        change(store, "kept", 3).await;
        assert_eq!(audit::verify_chain(store).await.unwrap().entries, 2, "{}", ledger.name);
        assert_eq!(settings::find(store, "lost").await.unwrap(), None);
    }
}

#[tokio::test]
async fn any_tampering_breaks_the_chain_at_its_place() {
    let cases: &[(&'static str, i64)] = &[
        ("update audit set actor = 'nobody' where seq = 2", 2),
        ("update audit set detail = '99' where seq = 3", 3),
        ("update audit set at = '2020-01-01T00:00:00.000000Z' where seq = 1", 1),
        ("delete from audit where seq = 2", 2),
        ("delete from audit where seq = 4", 4),
        ("update audit set hash = previous_hash where seq = 4", 4),
        ("update audit_head set hash = 'x' where id = 1", 4),
    ];
    for (sql, place) in cases {
        for ledger in ledgers().await {
            for value in 1..=4 {
                change(&ledger.store, "key", value).await;
            }
            assert_eq!(audit::verify_chain(&ledger.store).await.unwrap().entries, 4);
            tamper(&ledger, sql).await;
            match audit::verify_chain(&ledger.store).await {
                Err(StoreError::AuditBroken { seq, .. }) => assert_eq!(seq, *place, "{}: {sql}", ledger.name),
                other => panic!("{}: {sql}: {other:?}", ledger.name),
            }
        }
    }
}

#[tokio::test]
async fn writers_at_the_same_time_make_one_chain() {
    for ledger in ledgers().await {
        let writers = (0..8).map(|writer| {
            let store = ledger.store.clone();
            tokio::spawn(async move {
                for value in 0..5 {
                    change(&store, &format!("key-{writer}"), value).await;
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(audit::verify_chain(&ledger.store).await.unwrap().entries, 40, "{}", ledger.name);
    }
}

#[tokio::test]
async fn a_statistician_does_not_read_the_log() {
    for ledger in ledgers().await {
        add_account(&ledger.store, "siti", Role::Statistician).await;
    }
    assert!(actor("siti", Role::Statistician).permit(ReadAudit { what: "log".into() }).is_err());
}
