//! Reminders: noted once, sent once, waiting while the server is away, and none for those who want none.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::actor::{Actor, OwnAccount, Permit, Role, SendReminders};
use domain::mail::{Choice, NotSent};
use domain::reminder::{Kind, Occasion, Reminder};
use jiff::{SignedDuration, ToSpan};
use store::Store;
use store::enterprises;
use store::reminders::{self, LEASE};

use crate::ledger::{add_account, at, ledgers};
use crate::register::{enter, enterprise};

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

async fn choose(store: &Store, account: &str, choice: Choice) {
    let own = Actor::with(account, Role::Reader, Default::default());
    let permit = own.permit(OwnAccount { account: account.into() }).unwrap();
    let mut tx = store.begin(at(1)).await.unwrap();
    reminders::choose(&mut tx, &permit, choice).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reminders::wanted(store, account).await.unwrap(), choice);
}

#[tokio::test]
async fn whoever_wants_none_gets_none() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Reader).await;
        let choice = reminders::wanted(store, "siti").await.unwrap();
        assert_eq!(choice, Choice { reminders: true, questions: false }, "unless one says otherwise");
        for (wanted, due) in [(false, false), (true, true)] {
            choose(store, "siti", Choice { reminders: wanted, questions: false }).await;
            note(store, &wanted.to_string(), &[visit("siti", "v1")]).await;
            let taken = reminders::take(store, &self::permit(), at(1), at(1)).await.unwrap();
            assert_eq!(taken.is_some(), due, "{}", ledger.name);
        }
    }
}

#[tokio::test]
async fn a_question_is_told_to_those_who_want_to_hear_of_it_and_names_the_own_enterprise_alone() {
    let programme = crate::delivery::programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        crate::delivery::up_to_closing(&ledger, &programme).await;
        enter(store, "e2", enterprise("CV Tetangga", "3319", None)).await;
        for id in ["wati", "owner-e2"] {
            add_account(store, id, Role::Reader).await;
        }
        let today = store::delivery::day(at(2));
        crate::network::agree_and_ask(store, "e2", "Rak apa yang dipakai?").await;
        let asked = reminders::occasions(store, today).await.unwrap();
        let asked = asked.into_iter().find(|one| one.kind == Kind::Question).expect("it waits");
        assert_eq!((asked.subject.as_str(), asked.path.as_str()), ("q1", "/network/questions"));
        assert_eq!(
            asked.place,
            enterprises::place(store, "e1").await.unwrap(),
            "where an answer is permitted"
        );
        let letter = |occasion: &Occasion, account: &str| Reminder {
            account: account.into(),
            kind: occasion.kind,
            subject: occasion.subject.clone(),
            on: occasion.on,
            about: occasion.about.clone(),
            path: occasion.path.clone(),
            synthetic: occasion.synthetic,
        };
        assert!(!asked.about.contains("Tetangga") && !asked.about.contains("Rak"), "{}", asked.about);
        assert!(reminders::listeners(store).await.unwrap().is_empty(), "nobody said yes");
        note(store, "a", &[letter(&asked, "wati")]).await;
        assert!(reminders::take(store, &permit(), at(2), at(2)).await.unwrap().is_none(), "{}", ledger.name);
        choose(store, "wati", Choice { reminders: false, questions: true }).await;
        assert_eq!(reminders::listeners(store).await.unwrap()[0].id, "wati");
        let taken = reminders::take(store, &permit(), at(2), at(2)).await.unwrap().unwrap();
        assert_eq!((taken.kind.as_str(), taken.account_id.as_str()), ("question", "wati"));

        crate::network::answer_with(store, "q1", "Rak besi.").await;
        let after = reminders::occasions(store, today).await.unwrap();
        assert!(!after.iter().any(|one| one.kind == Kind::Question), "answered");
        let answered = after.into_iter().find(|one| one.kind == Kind::Answer).expect("it came back");
        assert_eq!(
            (answered.about.as_str(), answered.in_charge.as_deref()),
            ("CV Tetangga", Some("owner-e2"))
        );
        let long_after = reminders::occasions(store, today.saturating_add(60.days())).await.unwrap();
        assert!(!long_after.iter().any(|one| one.kind == Kind::Answer), "{}", ledger.name);
    }
}
