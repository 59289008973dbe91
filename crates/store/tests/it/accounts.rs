use domain::actor::{Actor, Grant, InvalidGrant, ManageAccounts, OwnAccount, Role, Scope};
use store::accounts::{Email, NewAccount};
use store::{Secret, StoreError, accounts, grants, links};

use crate::ledger::{actor, add_account, at, ledgers};

#[test]
fn addresses_are_taken_as_people_type_them() {
    for (input, expected) in [
        (" Siti@Kemnaker.GO.id ", Some("siti@kemnaker.go.id")),
        ("siti", None),
        ("siti@", None),
        ("@kemnaker.go.id", None),
        ("siti@kemnaker..id", None),
        ("si ti@kemnaker.go.id", None),
        ("siti@a@b.id", None),
        ("siti@localhost", Some("siti@localhost")),
    ] {
        assert_eq!(Email::parse(input).ok().as_ref().map(Email::as_str), expected, "{input}");
    }
}

#[tokio::test]
async fn one_address_has_one_account_however_it_is_written() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Statistician).await;
        let mut tx = store.begin(at(1)).await.unwrap();
        let permit = Actor::operator().permit(ManageAccounts { account: "other".into() }).unwrap();
        let email = Email::parse("SITI@kemnaker.go.id").unwrap();
        let grant = Grant::everywhere(Role::Reader);
        let new = NewAccount { email, name: "Siti dua".into(), grant_id: "g".into(), grant };
        let refused = accounts::add(&mut tx, &permit, &new).await;
        assert!(matches!(refused, Err(StoreError::EmailTaken { .. })), "{}: {refused:?}", ledger.name);
        drop(tx);
        assert_eq!(accounts::list(store, None, 10).await.unwrap().rows.len(), 1);
    }
}

#[tokio::test]
async fn a_sign_in_link_sets_the_password_once() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Statistician).await;
        let permit = Actor::operator().permit(ManageAccounts { account: "siti".into() }).unwrap();
        let (older, newer) = (Secret::from_bytes([1; 32]), Secret::from_bytes([2; 32]));
        for secret in [&older, &newer] {
            let mut tx = store.begin(at(0)).await.unwrap();
            links::issue(&mut tx, &permit, secret, at(60)).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(links::owner(store, &older, at(1)).await.unwrap(), None, "only the newest link counts");
        assert_eq!(links::owner(store, &newer, at(60)).await.unwrap(), None, "links expire");
        assert_eq!(links::owner(store, &newer, at(1)).await.unwrap().unwrap().id, "siti");
        for (minute, works) in [(2, true), (3, false)] {
            let mut tx = store.begin(at(minute)).await.unwrap();
            let redeemed = links::redeem(&mut tx, &newer, "$argon2id$…").await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(redeemed.is_some(), works, "{} minute {minute}", ledger.name);
        }
        let siti = accounts::get(store, "siti").await.unwrap();
        assert_eq!(siti.password_hash.as_deref(), Some("$argon2id$…"));
    }
}

#[tokio::test]
async fn the_last_administrator_stays() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "admin", Role::Administrator).await;
        let permit = Actor::operator().permit(ManageAccounts { account: "admin".into() }).unwrap();
        let mut tx = store.begin(at(1)).await.unwrap();
        let refused = accounts::set_disabled(&mut tx, &permit, true).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{}", ledger.name);
        drop(tx);
        let mut tx = store.begin(at(1)).await.unwrap();
        assert!(grants::withdraw(&mut tx, &permit, "grant-admin").await.is_err(), "{}", ledger.name);
        drop(tx);
        assert!(!accounts::get(store, "admin").await.unwrap().disabled);

        add_account(store, "second", Role::Administrator).await;
        let mut tx = store.begin(at(2)).await.unwrap();
        accounts::set_disabled(&mut tx, &permit, true).await.unwrap();
        tx.commit().await.unwrap();
        assert!(accounts::get(store, "admin").await.unwrap().disabled);
    }
}

#[tokio::test]
async fn a_disabled_account_cannot_set_a_password() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Statistician).await;
        add_account(store, "admin", Role::Administrator).await;
        let permit = Actor::operator().permit(ManageAccounts { account: "siti".into() }).unwrap();
        let mut tx = store.begin(at(1)).await.unwrap();
        accounts::set_disabled(&mut tx, &permit, true).await.unwrap();
        let own = actor("siti", Role::Statistician).permit(OwnAccount { account: "siti".into() }).unwrap();
        let refused = accounts::set_password(&mut tx, &own, "hash", None).await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{}", ledger.name);
    }
}

#[tokio::test]
async fn lists_of_accounts_go_page_by_page() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        for id in ["a", "b", "c", "d", "e"] {
            add_account(store, id, Role::Reader).await;
        }
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let page = accounts::list(store, before.as_deref(), 2).await.unwrap();
            seen.extend(page.rows.into_iter().map(|account| account.id));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["e", "d", "c", "b", "a"], "{}", ledger.name);
    }
}

#[tokio::test]
async fn grants_count_from_the_next_look_and_are_withdrawn_without_being_lost() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "ani", Role::Reader).await;
        let permit = || Actor::operator().permit(ManageAccounts { account: "ani".into() }).unwrap();
        let trainer = Grant::new(Role::Trainer, Scope::organisation("blk").in_region("33"));
        let mut tx = store.begin(at(1)).await.unwrap();
        grants::give(&mut tx, &permit(), "h2", &trainer).await.unwrap();
        let refused = grants::give(&mut tx, &permit(), "h3", &Grant::everywhere(Role::Trainer)).await;
        assert!(
            matches!(refused, Err(StoreError::Grant(InvalidGrant::OrganisationMissing))),
            "{}: {refused:?}",
            ledger.name
        );
        tx.commit().await.unwrap();
        let actor = accounts::get(store, "ani").await.unwrap().actor();
        assert_eq!(actor.grants, [Grant::everywhere(Role::Reader), trainer.clone()]);
        assert_eq!(accounts::list(store, None, 10).await.unwrap().rows[0].grants.len(), 2);

        let mut tx = store.begin(at(2)).await.unwrap();
        let stranger = Actor::operator().permit(ManageAccounts { account: "budi".into() }).unwrap();
        assert!(grants::withdraw(&mut tx, &stranger, "grant-ani").await.is_err(), "not of that account");
        drop(tx);
        add_account(store, "admin", Role::Administrator).await;
        let mut tx = store.begin(at(2)).await.unwrap();
        grants::withdraw(&mut tx, &permit(), "grant-ani").await.unwrap();
        tx.commit().await.unwrap();
        let given = grants::of_account(store, &permit(), "ani").await.unwrap();
        assert_eq!((given.len(), &given[0].grant), (1, &trainer), "{}", ledger.name);
    }
}
