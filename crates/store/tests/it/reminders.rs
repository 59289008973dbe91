//! Reminders: noted once, sent once, waiting while the server is away, and none for those who want none.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::actor::{Actor, OwnAccount, Permit, Role, SendReminders};
use domain::mail::NotSent;
use domain::reminder::{Kind, Reminder};
use jiff::SignedDuration;
use store::Store;
use store::reminders::{self, LEASE};

use crate::ledger::{add_account, at, ledgers};

fn permit() -> Permit<SendReminders> {
    Actor::operator().permit(SendReminders { what: "test".into() }).unwrap()
}

fn visit(account: &str, subject: &str) -> Reminder {
    Reminder {
        account: account.into(),
        kind: Kind::Visit,
        subject: subject.into(),
        on: "2026-03-31".parse().unwrap(),
        about: "UD Batik Lasem Indah".into(),
        path: "/delivery/engagements/g1".into(),
        synthetic: false,
    }
}

async fn note(store: &Store, round: &str, due: &[Reminder]) {
    let (round, numbers) = (round.to_owned(), AtomicU64::new(1));
    let ids = move || format!("{round}-{}", numbers.fetch_add(1, Ordering::Relaxed));
    let mut tx = store.begin(at(0)).await.unwrap();
    reminders::note(&mut tx, &permit(), due, &ids).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_reminder_is_noted_once_and_sent_once() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Reader).await;
        note(store, "a", &[visit("siti", "v1"), visit("nobody", "v1")]).await;
        note(store, "b", &[visit("siti", "v1")]).await;
        let taken =
            reminders::take(store, &permit(), at(1), at(1)).await.unwrap().expect("one letter is due");
        assert_eq!((taken.account_id.as_str(), taken.about.as_str()), ("siti", "UD Batik Lasem Indah"));
        assert!(taken.email.starts_with("siti@"), "{}", ledger.name);
        assert!(
            reminders::take(store, &permit(), at(1), at(1)).await.unwrap().is_none(),
            "taken by somebody else"
        );
        let mut tx = store.begin(at(1)).await.unwrap();
        reminders::sent(&mut tx, &permit(), &taken).await.unwrap();
        tx.commit().await.unwrap();
        note(store, "c", &[visit("siti", "v1")]).await;
        let later = at(1) + LEASE + SignedDuration::from_mins(1);
        assert!(reminders::take(store, &permit(), later, later).await.unwrap().is_none(), "{}", ledger.name);
        let room = reminders::post_room(store, &permit(), 10).await.unwrap();
        assert_eq!((room.sent, room.waiting, room.latest.len()), (1, 0, 1), "{}", ledger.name);
    }
}

#[tokio::test]
async fn what_the_server_does_not_take_stays_due_and_the_office_sees_why() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Reader).await;
        note(store, "a", &[visit("siti", "v1")]).await;
        let taken = reminders::take(store, &permit(), at(1), at(1)).await.unwrap().unwrap();
        let down = NotSent { reason: "connection refused".into(), this_letter: false };
        reminders::failed(store, &permit(), &taken.id, &down).await.unwrap();
        let again = reminders::take(store, &permit(), at(2), at(1)).await.unwrap();
        assert!(again.is_none(), "not again in the same round");
        let room = reminders::post_room(store, &permit(), 10).await.unwrap();
        assert_eq!(room.failure.as_deref(), Some("connection refused"), "{}", ledger.name);
        assert_eq!((room.waiting, room.tried_at), (1, Some(at(1))));
        let again = reminders::take(store, &permit(), at(2), at(2)).await.unwrap().unwrap();
        assert_eq!(again.id, taken.id, "{}", ledger.name);
        // Five refusals of this very letter are enough.
        let refused = NotSent { reason: "no such user".into(), this_letter: true };
        for minute in 3..8 {
            reminders::failed(store, &permit(), &taken.id, &refused).await.unwrap();
            let next = reminders::take(store, &permit(), at(minute), at(minute)).await.unwrap();
            assert_eq!(next.is_some(), minute < 7, "{} {minute}", ledger.name);
        }
        // What is no longer true is not sent late.
        note(store, "b", &[]).await;
        let room = reminders::post_room(store, &permit(), 10).await.unwrap();
        assert_eq!((room.waiting, room.failure), (0, None), "{}", ledger.name);
    }
}

#[tokio::test]
async fn whoever_wants_none_gets_none() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Reader).await;
        assert!(reminders::wanted(store, "siti").await.unwrap());
        let own = Actor::with("siti", Role::Reader, Default::default());
        for (wanted, due) in [(false, false), (true, true)] {
            let permit = own.permit(OwnAccount { account: "siti".into() }).unwrap();
            let mut tx = store.begin(at(1)).await.unwrap();
            reminders::choose(&mut tx, &permit, wanted).await.unwrap();
            tx.commit().await.unwrap();
            note(store, &wanted.to_string(), &[visit("siti", "v1")]).await;
            let taken = reminders::take(store, &self::permit(), at(1), at(1)).await.unwrap();
            assert_eq!(taken.is_some(), due, "{}", ledger.name);
            assert_eq!(reminders::wanted(store, "siti").await.unwrap(), wanted);
        }
    }
}
