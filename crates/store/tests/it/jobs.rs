use domain::actor::{CancelJob, CreateSnapshot, Role};
use domain::progress::Watch;
use jiff::SignedDuration;
use serde_json::json;
use store::jobs::{self, ATTEMPTS_MAX, Beat, Claim, JobStatus, JobWatch, Work};
use store::snapshots::NewSnapshot;
use store::{Store, StoreError, imports, snapshots};

use crate::ledger::{actor, at, hand_in, ledgers};

const STALE: SignedDuration = SignedDuration::from_secs(30);

async fn order(store: &Store, job: &str) {
    let mut tx = store.begin(at(0)).await.unwrap();
    let permit =
        actor("siti", Role::Statistician).permit(CreateSnapshot { survey: "survey".into() }).unwrap();
    snapshots::order(&mut tx, &permit, job).await.unwrap();
    tx.commit().await.unwrap();
}

async fn claim(store: &Store, worker: &str, minutes: i64) -> Option<Claim> {
    jobs::claim(store, worker, at(minutes), STALE, None).await.unwrap()
}

#[test]
fn work_is_written_as_it_will_be_read_for_years() {
    let work = Work::MakeRelease { release: "r1".into(), plan: "npd".into() };
    assert_eq!(
        serde_json::to_string(&work).unwrap(),
        r#"{"kind":"make-release","release":"r1","plan":"npd"}"#
    );
    let work: Work = serde_json::from_str(r#"{"kind":"check-import","import":"i1"}"#).unwrap();
    assert_eq!(work, Work::CheckImport { import: "i1".into() });
}

#[tokio::test]
async fn many_workers_take_each_job_once() {
    for ledger in ledgers().await {
        for number in 0..12 {
            order(&ledger.store, &format!("job-{number:02}")).await;
        }
        // A second pool on the same database: two processes.
        let other = Store::open(&ledger.url).await.unwrap();
        let workers = (0..6).map(|number| {
            let store = if number % 2 == 0 { ledger.store.clone() } else { other.clone() };
            tokio::spawn(async move {
                let mut taken = Vec::new();
                // A claim may come away empty-handed while others hold the row it looked at.
                while jobs::active(&store, 99)
                    .await
                    .unwrap()
                    .iter()
                    .any(|job| job.status == JobStatus::Queued)
                {
                    taken.extend(claim(&store, &format!("worker-{number}"), 1).await.map(|claim| claim.id));
                }
                taken
            })
        });
        let mut taken = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            taken.extend(worker.await.unwrap());
        }
        taken.sort();
        let expected: Vec<_> = (0..12).map(|number| format!("job-{number:02}")).collect();
        assert_eq!(taken, expected, "{}", ledger.name);
    }
}

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_again_and_the_dead_records_nothing() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        order(store, "job").await;
        let first = claim(store, "first", 1).await.unwrap();
        assert!(claim(store, "second", 1).await.is_none(), "{}: it is being worked on", ledger.name);
        let second = claim(store, "second", 2).await.expect("silent for a minute, so taken again");
        assert_eq!((first.attempts, second.attempts), (1, 2));

        assert_eq!(JobWatch::new(&first).beat(store, at(2)).await.unwrap(), Beat::Lost);
        let mut tx = store.begin(at(2)).await.unwrap();
        let lost = jobs::finish(&mut tx, &first).await;
        assert!(matches!(lost, Err(StoreError::Lost { .. })));
        drop(tx);
        let mut tx = store.begin(at(3)).await.unwrap();
        jobs::finish(&mut tx, &second).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(jobs::get(store, "job").await.unwrap().status, JobStatus::Done);
        assert!(claim(store, "third", 99).await.is_none());
    }
}

#[tokio::test]
async fn a_job_that_kills_its_workers_is_given_up() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        hand_in(store, "i1", "aa").await;
        for attempt in 1..=ATTEMPTS_MAX {
            assert!(claim(store, "worker", 2 * attempt).await.is_some());
        }
        assert!(claim(store, "worker", 90).await.is_none(), "{}", ledger.name);
        let job = jobs::get(store, "job-i1").await.unwrap();
        assert_eq!(job.status, JobStatus::Failed);
        assert!(job.message.unwrap().id.contains("tiga kali"));
        let import = imports::get(store, "i1").await.unwrap();
        assert_eq!(import.status, imports::ImportStatus::Failed);
    }
}

#[tokio::test]
async fn progress_is_seen_and_a_wish_to_stop_is_heard() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        order(store, "job").await;
        let claim = claim(store, "worker", 1).await.unwrap();
        let watch = JobWatch::new(&claim);
        watch.report("snapshot.write", 3, 5);
        assert_eq!(watch.beat(store, at(2)).await.unwrap(), Beat::Continue);
        let job = jobs::get(store, "job").await.unwrap();
        assert_eq!((job.step.as_str(), job.done, job.total), ("snapshot.write", 3, 5), "{}", ledger.name);
        assert_eq!(job.heartbeat_at, Some(at(2)));

        let permit = actor("budi", Role::Statistician).permit(CancelJob { job: "job".into() }).unwrap();
        let mut tx = store.begin(at(3)).await.unwrap();
        assert_eq!(jobs::cancel(&mut tx, &permit).await.unwrap(), JobStatus::Running);
        tx.commit().await.unwrap();
        assert!(!watch.cancelled());
        assert_eq!(watch.beat(store, at(3)).await.unwrap(), Beat::Cancel);
        assert!(watch.cancelled());
        let mut tx = store.begin(at(4)).await.unwrap();
        jobs::stop(&mut tx, &claim).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(jobs::get(store, "job").await.unwrap().status, JobStatus::Cancelled);
        let mut tx = store.begin(at(5)).await.unwrap();
        assert!(matches!(jobs::cancel(&mut tx, &permit).await, Err(StoreError::State { .. })));
    }
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once_and_its_import_put_aside() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        hand_in(store, "i1", "aa").await;
        let permit = actor("siti", Role::Statistician).permit(CancelJob { job: "job-i1".into() }).unwrap();
        let mut tx = store.begin(at(2)).await.unwrap();
        assert_eq!(jobs::cancel(&mut tx, &permit).await.unwrap(), JobStatus::Cancelled);
        tx.commit().await.unwrap();
        let import = imports::get(store, "i1").await.unwrap();
        assert_eq!(import.status, imports::ImportStatus::Discarded, "{}", ledger.name);
        assert!(claim(store, "worker", 3).await.is_none());
    }
}

#[tokio::test]
async fn the_command_line_takes_its_own_job() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        order(store, "a").await;
        order(store, "b").await;
        let taken = jobs::claim(store, "cli", at(1), STALE, Some("b")).await.unwrap().unwrap();
        assert_eq!(taken.id, "b", "{}", ledger.name);
        assert!(jobs::claim(store, "cli", at(1), STALE, Some("b")).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn snapshots_are_listed_newest_first_and_entered_once() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        order(store, "job").await;
        let claim = claim(store, "worker", 1).await.unwrap();
        let mut tx = store.begin(at(2)).await.unwrap();
        for (id, minutes) in [("s1", 10), ("s2", 20), ("s3", 20), ("s1", 10)] {
            let new = NewSnapshot {
                id: id.into(),
                survey: "survey".into(),
                rows: 300_000,
                years: vec![2022, 2023],
                checksum: "ab".into(),
                taken_at: at(minutes),
                detail: json!({ "files": 2 }),
            };
            snapshots::record(&mut tx, &claim, &new).await.unwrap();
        }
        tx.commit().await.unwrap();
        let page = snapshots::list(store, Some("survey"), None, 2).await.unwrap();
        let ids: Vec<_> = page.rows.iter().map(|snapshot| snapshot.id.as_str()).collect();
        assert_eq!(ids, ["s3", "s2"], "{}", ledger.name);
        let page = snapshots::list(store, None, page.next.as_deref(), 2).await.unwrap();
        assert_eq!((page.rows[0].id.as_str(), page.rows[0].years.as_slice()), ("s1", &[2022, 2023][..]));
        assert_eq!(page.next, None);
    }
}
