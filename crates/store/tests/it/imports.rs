use domain::actor::{AcceptImport, DiscardImport, RepairImport, Role};
use jiff::SignedDuration;
use serde_json::json;
use store::imports::{ImportCounts, ImportStatus, Received};
use store::jobs::{Claim, JobStatus, Work};
use store::{Store, StoreError, imports, jobs};

use crate::ledger::{actor, at, hand_in, ledgers};

const COUNTS: ImportCounts =
    ImportCounts { received: 1248, accepted: 1191, warned: 12, held: 31, refused: 14 };

async fn claim(store: &Store, minutes: i64) -> Claim {
    let stale = SignedDuration::from_secs(30);
    jobs::claim(store, "worker", at(minutes), stale, None).await.unwrap().expect("a job waits")
}

async fn check(store: &Store) {
    let claim = claim(store, 2).await;
    let mut tx = store.begin(at(3)).await.unwrap();
    imports::checked(&mut tx, &claim, &COUNTS, json!({ "seconds": 1.9 })).await.unwrap();
    jobs::finish(&mut tx, &claim).await.unwrap();
    tx.commit().await.unwrap();
}

async fn accept(store: &Store, id: &str, job: &str) -> Result<(), StoreError> {
    let mut tx = store.begin(at(4)).await.unwrap();
    let permit = actor("budi", Role::Statistician).permit(AcceptImport { import: id.into() }).unwrap();
    imports::accept(&mut tx, &permit, job).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_file_is_checked_then_accepted() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        assert_eq!(hand_in(store, "i1", "aa").await, Received::New { job: "job-i1".into() });
        assert_eq!(imports::get(store, "i1").await.unwrap().status, ImportStatus::Checking);
        check(store).await;
        let import = imports::get(store, "i1").await.unwrap();
        assert_eq!((import.status, import.counts), (ImportStatus::Checked, COUNTS), "{}", ledger.name);
        assert_eq!(import.counts.usable(), 1203);
        assert_eq!(import.detail, json!({ "seconds": 1.9 }));
        assert_eq!(imports::undecided(store, 10).await.unwrap().len(), 1);

        accept(store, "i1", "job-accept").await.unwrap();
        let twice = accept(store, "i1", "job-again").await;
        assert!(matches!(twice, Err(StoreError::State { .. })), "accepted once only: {twice:?}");

        let accepting = claim(store, 5).await;
        assert_eq!(accepting.work, Work::AcceptImport { import: "i1".into() });
        assert_eq!(accepting.actor.id, "budi");
        let mut tx = store.begin(at(6)).await.unwrap();
        imports::accepted(&mut tx, &accepting, json!({ "rows": 1203 })).await.unwrap();
        jobs::finish(&mut tx, &accepting).await.unwrap();
        tx.commit().await.unwrap();
        let import = imports::get(store, "i1").await.unwrap();
        assert_eq!(import.status, ImportStatus::Accepted);
        assert_eq!((import.decided_by.as_deref(), import.decided_at), (Some("budi"), Some(at(4))));
    }
}

#[tokio::test]
async fn the_same_file_is_recognised_until_it_was_put_aside() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        hand_in(store, "i1", "aa").await;
        assert!(matches!(hand_in(store, "i2", "aa").await, Received::Same(same) if same.id == "i1"));
        assert!(matches!(hand_in(store, "i3", "bb").await, Received::New { .. }), "{}", ledger.name);
        check(store).await;
        let mut tx = store.begin(at(4)).await.unwrap();
        let permit = actor("siti", Role::Statistician).permit(DiscardImport { import: "i1".into() }).unwrap();
        imports::discard(&mut tx, &permit).await.unwrap();
        tx.commit().await.unwrap();
        assert!(
            matches!(hand_in(store, "i4", "aa").await, Received::New { .. }),
            "put aside, so welcome again"
        );
    }
}

#[tokio::test]
async fn a_failed_check_tells_why_and_the_file_may_come_again() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        hand_in(store, "i1", "aa").await;
        let checking = claim(store, 2).await;
        let mut tx = store.begin(at(3)).await.unwrap();
        let message = domain::language::Text::new("Berkas kosong.", "The file is empty.");
        jobs::fail(&mut tx, &checking, &message).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(imports::get(store, "i1").await.unwrap().status, ImportStatus::Failed);
        let job = jobs::latest_of(store, "i1").await.unwrap().unwrap();
        assert_eq!((job.status, job.message), (JobStatus::Failed, Some(message)), "{}", ledger.name);
        assert!(matches!(hand_in(store, "i2", "aa").await, Received::New { .. }));
    }
}

#[tokio::test]
async fn an_acceptance_that_fails_can_be_tried_again() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        hand_in(store, "i1", "aa").await;
        check(store).await;
        accept(store, "i1", "job-accept").await.unwrap();
        let accepting = claim(store, 5).await;
        let mut tx = store.begin(at(6)).await.unwrap();
        let message = domain::language::Text::new("Diska penuh.", "The disk is full.");
        jobs::fail(&mut tx, &accepting, &message).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(imports::get(store, "i1").await.unwrap().status, ImportStatus::Checked, "{}", ledger.name);
        accept(store, "i1", "job-accept-2").await.unwrap();
    }
}

#[tokio::test]
async fn two_uploads_of_one_file_at_once_become_one_import() {
    for ledger in ledgers().await {
        let uploads = (0..4).map(|number| {
            let store = ledger.store.clone();
            tokio::spawn(async move { hand_in(&store, &format!("i{number}"), "aa").await })
        });
        let mut new = 0;
        for upload in uploads.collect::<Vec<_>>() {
            new += usize::from(matches!(upload.await.unwrap(), Received::New { .. }));
        }
        assert_eq!(new, 1, "{}", ledger.name);
        assert_eq!(imports::list(&ledger.store, None, None, 10).await.unwrap().rows.len(), 1);
    }
}

#[tokio::test]
async fn a_checked_file_is_read_again_with_another_mapping_and_a_reason() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        hand_in(store, "i1", "aa").await;
        check(store).await;
        let permit = actor("siti", Role::Statistician).permit(RepairImport { import: "i1".into() }).unwrap();
        let mapping = "[columns]\nturnover = { factor = 1000.0 }\n";
        let mut tx = store.begin(at(4)).await.unwrap();
        imports::recheck(&mut tx, &permit, mapping, "kolom omzet dalam ribu rupiah", "job-again")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let import = imports::get(store, "i1").await.unwrap();
        assert_eq!((import.status, import.mapping.as_str()), (ImportStatus::Checking, mapping));
        check(store).await;
        assert_eq!(imports::get(store, "i1").await.unwrap().status, ImportStatus::Checked, "{}", ledger.name);
        let log = store::audit::of_subject(store, "i1", 10).await.unwrap();
        let actions: Vec<_> = log.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["import.receive", "import.checked", "import.repair", "import.checked"]);
        assert_eq!(log[2].detail["reason"], "kolom omzet dalam ribu rupiah");
    }
}
