use domain::actor::{ManageAccounts, OwnAccount, Role};
use store::accounts::Email;
use store::sessions::NewSession;
use store::sign_in::{self, Brake, FAILURES_PER_ACCOUNT};
use store::{Secret, Store, StoreError, accounts, sessions};

use crate::ledger::{actor, add_account, at, ledgers};

async fn sign_in(store: &Store, id: &str, number: u8) -> Secret {
    let secret = Secret::from_bytes([number; 32]);
    let mut tx = store.begin(at(0)).await.unwrap();
    let permit = actor(id, Role::Statistician).permit(OwnAccount { account: id.into() }).unwrap();
    let session = format!("session-{number}");
    let form_token = Secret::from_bytes([200 + number; 32]);
    let new = NewSession { id: &session, secret: &secret, form_token: &form_token, user_agent: "Firefox" };
    sessions::begin(&mut tx, &permit, &new).await.unwrap();
    tx.commit().await.unwrap();
    secret
}

#[tokio::test]
async fn a_session_ends_when_unused_when_old_and_when_revoked() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Statistician).await;
        let secret = sign_in(store, "siti", 1).await;
        let session = sessions::find(store, &secret, at(1)).await.unwrap().unwrap();
        assert_eq!(session.account.id, "siti");
        assert!(sessions::find(store, &secret, at(119)).await.unwrap().is_some(), "{}", ledger.name);
        assert!(sessions::find(store, &secret, at(120)).await.unwrap().is_none(), "idle for two hours");

        for minutes in (100..720).step_by(100) {
            let session = sessions::find(store, &secret, at(minutes)).await.unwrap().unwrap();
            sessions::touch(store, &session, at(minutes)).await.unwrap();
        }
        assert!(sessions::find(store, &secret, at(719)).await.unwrap().is_some());
        assert!(sessions::find(store, &secret, at(720)).await.unwrap().is_none(), "twelve hours old");

        let permit = actor("siti", Role::Statistician).permit(OwnAccount { account: "siti".into() }).unwrap();
        let mut tx = store.begin(at(700)).await.unwrap();
        sessions::revoke(&mut tx, &permit, "session-1").await.unwrap();
        tx.commit().await.unwrap();
        assert!(sessions::find(store, &secret, at(701)).await.unwrap().is_none(), "revoked");
        assert!(sessions::find(store, &Secret::from_bytes([9; 32]), at(1)).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn nobody_ends_the_session_of_another() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Statistician).await;
        add_account(store, "budi", Role::Reader).await;
        let secret = sign_in(store, "siti", 1).await;
        let budi = actor("budi", Role::Reader).permit(OwnAccount { account: "budi".into() }).unwrap();
        let mut tx = store.begin(at(1)).await.unwrap();
        let refused = sessions::revoke(&mut tx, &budi, "session-1").await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{}", ledger.name);
        drop(tx);
        assert!(sessions::find(store, &secret, at(2)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_disabling_ends_all() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Statistician).await;
        let (here, there) = (sign_in(store, "siti", 1).await, sign_in(store, "siti", 2).await);
        let own = actor("siti", Role::Statistician).permit(OwnAccount { account: "siti".into() }).unwrap();
        let mut tx = store.begin(at(1)).await.unwrap();
        accounts::set_password(&mut tx, &own, "hash", Some("session-1")).await.unwrap();
        tx.commit().await.unwrap();
        assert!(sessions::find(store, &here, at(2)).await.unwrap().is_some());
        assert!(sessions::find(store, &there, at(2)).await.unwrap().is_none(), "{}", ledger.name);

        add_account(store, "admin", Role::Administrator).await;
        let permit =
            actor("admin", Role::Administrator).permit(ManageAccounts { account: "siti".into() }).unwrap();
        let mut tx = store.begin(at(3)).await.unwrap();
        accounts::set_disabled(&mut tx, &permit, true).await.unwrap();
        tx.commit().await.unwrap();
        assert!(sessions::find(store, &here, at(4)).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn guessing_is_braked_by_account_and_forgiven_after_a_right_password() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let email = Email::parse("siti@kemnaker.go.id").unwrap();
        let try_once = async |id: &str, minutes: i64| {
            let mut tx = store.begin(at(minutes)).await.unwrap();
            let brake = sign_in::attempt(&mut tx, id, &email, "10.0.0.1").await.unwrap();
            tx.commit().await.unwrap();
            brake
        };
        for attempt in 0..FAILURES_PER_ACCOUNT {
            assert_eq!(try_once(&format!("a{attempt}"), attempt).await, Brake::Go, "{}", ledger.name);
        }
        assert_eq!(try_once("late", 5).await, Brake::Wait { until: at(15) });
        assert_eq!(try_once("later", 15).await, Brake::Go, "the oldest failure is forgotten");

        let mut tx = store.begin(at(15)).await.unwrap();
        sign_in::forgive(&mut tx, "later", &email).await.unwrap();
        tx.commit().await.unwrap();
        for attempt in 0..FAILURES_PER_ACCOUNT {
            assert_eq!(try_once(&format!("b{attempt}"), 16).await, Brake::Go);
        }
    }
}

#[tokio::test]
async fn guessing_is_braked_by_address_over_many_accounts() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let mut braked_at = None;
        for number in 0..40 {
            let email = Email::parse(&format!("user{number}@kemnaker.go.id")).unwrap();
            let mut tx = store.begin(at(0)).await.unwrap();
            let id = number.to_string();
            if sign_in::attempt(&mut tx, &id, &email, "10.0.0.1").await.unwrap() != Brake::Go {
                braked_at = Some(i64::from(number));
                break;
            }
            tx.commit().await.unwrap();
        }
        assert_eq!(braked_at, Some(sign_in::FAILURES_PER_ADDRESS), "{}", ledger.name);
    }
}
