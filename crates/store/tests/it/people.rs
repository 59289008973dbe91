use domain::actor::{Actor, ManageAccounts, OwnAccount, Role, Scope};
use domain::person::{
    ConsentSubject, ErasePerson, ExportPerson, Person, Purpose, ReadPerson, RecordConsent, RecordPerson, Sex,
};
use store::{Store, StoreError, accounts, audit, consents, people, second_factor};

use crate::ledger::{actor, add_account, at, ledgers};
use crate::register::{add_organisation, enter, enterprise};

async fn add_person(store: &Store, id: &str, person: Person) {
    let place =
        people::place_for(store, person.enterprise.as_deref(), person.organisation.as_deref()).await.unwrap();
    let act = RecordPerson { id: id.into(), person, place };
    let mut tx = store.begin(at(2)).await.unwrap();
    people::record(&mut tx, &Actor::operator().permit(act).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

fn wati() -> Person {
    Person {
        name: "Wati Rahasia".into(),
        phone: "0812 3456".into(),
        email: "Wati@usaha.id".into(),
        sex: Some(Sex::Female),
        enterprise: Some("e1".into()),
        ..Person::default()
    }
}

#[tokio::test]
async fn a_person_is_read_on_record_exported_and_erased() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_organisation(store, "blk").await;
        enter(store, "e1", enterprise("CV Contoh", "3374", Some("blk"))).await;
        add_account(store, "wati", Role::Reader).await;
        add_account(store, "admin", Role::Administrator).await;
        add_person(store, "p1", Person { account: Some("wati".into()), ..wati() }).await;
        let place = people::place(store, "p1").await.unwrap();
        let stranger = Actor::with("t", Role::Trainer, Scope::organisation("other"));
        assert!(stranger.permit(ReadPerson { person: "p1".into(), place: place.clone() }).is_err());
        let again = Person { email: "wati@USAHA.id".into(), ..Person::default() };
        assert_eq!(people::same_as(store, &again).await.unwrap(), ["p1"], "without reading a name");

        let trainer = Actor::with("t", Role::Trainer, Scope::organisation("blk"));
        let permit = trainer.permit(ReadPerson { person: "p1".into(), place: place.clone() }).unwrap();
        let mut tx = store.begin(at(3)).await.unwrap();
        assert_eq!(people::read(&mut tx, &permit).await.unwrap().unwrap().name, "Wati Rahasia");
        let list = people::read_many(&mut tx, &trainer, "training-1", &["p1".into()]).await.unwrap();
        assert_eq!(list[0].1.as_ref().unwrap().sex, Some(Sex::Female));
        assert!(people::read_many(&mut tx, &stranger, "training-1", &["p1".into()]).await.is_err());
        tx.commit().await.unwrap();
        assert_eq!(audit::of_subject(store, "p1", 10).await.unwrap().last().unwrap().action, "person.read");

        let consent = RecordConsent {
            id: "c1".into(),
            subject: ConsentSubject::Person("p1".into()),
            purpose: Purpose::Photos,
            given: true,
            on: "2026-03-01".parse().unwrap(),
            evidence: "formulir 3".into(),
            place: place.clone(),
        };
        let mut tx = store.begin(at(4)).await.unwrap();
        consents::record(&mut tx, &Actor::operator().permit(consent).unwrap()).await.unwrap();
        let export = ExportPerson { person: "p1".into(), place: place.clone() };
        let all = people::export(&mut tx, &Actor::operator().permit(export).unwrap()).await.unwrap();
        assert_eq!(
            (&all["person"]["name"], &all["consents"][0]["purpose"]),
            (&"Wati Rahasia".into(), &"photos".into())
        );

        let erase = ErasePerson { person: "p1".into(), place };
        let permit_to_erase = Actor::operator().permit(erase).unwrap();
        people::erase(&mut tx, &permit_to_erase).await.unwrap();
        assert_eq!(people::read(&mut tx, &permit).await.unwrap(), None, "{}", ledger.name);
        let twice = people::erase(&mut tx, &permit_to_erase).await;
        assert!(matches!(twice, Err(StoreError::State { .. })));
        tx.commit().await.unwrap();
        let account = accounts::get(store, "wati").await.unwrap();
        assert!(account.disabled && account.email == "erased-wati" && account.name == "-");
        assert!(people::same_as(store, &again).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_person_stands_where_the_enterprise_stands() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        enter(store, "e1", enterprise("CV Contoh", "3374", None)).await;
        let act = RecordPerson { id: "p1".into(), person: wati(), place: domain::actor::Place::shared() };
        let mut tx = store.begin(at(2)).await.unwrap();
        let refused = people::record(&mut tx, &Actor::operator().permit(act).unwrap()).await;
        assert!(matches!(refused, Err(StoreError::State { .. })), "{}: {refused:?}", ledger.name);
    }
}

#[tokio::test]
async fn a_second_factor_counts_once_proven_and_each_code_works_once() {
    // The codes of the test vectors in RFC 6238 belong to this secret.
    let secret = *b"12345678901234567890";
    let second = |second: i64| jiff::Timestamp::from_second(second).unwrap();
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_account(store, "siti", Role::Statistician).await;
        let own = actor("siti", Role::Statistician).permit(OwnAccount { account: "siti".into() }).unwrap();
        let mut tx = store.begin(second(1_111_111_100)).await.unwrap();
        second_factor::begin(&mut tx, &own, &secret).await.unwrap();
        assert!(second_factor::passes(&mut tx, "siti", "").await.unwrap(), "does not count yet");
        assert!(!second_factor::confirm(&mut tx, &own, "000000").await.unwrap());
        assert!(second_factor::confirm(&mut tx, &own, "081804").await.unwrap(), "{}", ledger.name);
        assert!(
            second_factor::begin(&mut tx, &own, &secret).await.is_err(),
            "not replaced by whoever passes"
        );
        tx.commit().await.unwrap();
        assert!(second_factor::is_on(store, "siti").await.unwrap());

        let mut tx = store.begin(second(1_111_111_111)).await.unwrap();
        assert!(!second_factor::passes(&mut tx, "siti", "").await.unwrap());
        assert!(!second_factor::passes(&mut tx, "siti", "081804").await.unwrap(), "used");
        assert!(second_factor::passes(&mut tx, "siti", "050471").await.unwrap());
        assert!(!second_factor::passes(&mut tx, "siti", "050471").await.unwrap(), "used");
        let permit = Actor::operator().permit(ManageAccounts { account: "siti".into() }).unwrap();
        second_factor::remove_for(&mut tx, &permit).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!second_factor::is_on(store, "siti").await.unwrap());
    }
}

#[tokio::test]
async fn whoever_is_forgotten_leaves_the_lists_of_participants_and_stays_counted() {
    let programme = crate::delivery::programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        crate::delivery::up_to_closing(&ledger, &programme).await;
        add_person(store, "p9", Person { name: "wulan".into(), ..wati() }).await;
        let place = people::place(store, "p9").await.unwrap();
        let operator = Actor::operator();
        let mut tx = store.begin(at(7)).await.unwrap();
        let look = operator.permit(ReadPerson { person: "p9".into(), place: place.clone() }).unwrap();
        assert_eq!(people::traces_of(&mut tx, &look).await.unwrap(), (1, 0), "{}", ledger.name);
        let export = operator.permit(ExportPerson { person: "p9".into(), place: place.clone() }).unwrap();
        let all = people::export(&mut tx, &export).await.unwrap();
        assert_eq!(all["trainings"][0]["module"], "cooperation", "{all}");
        let erase = operator.permit(ErasePerson { person: "p9".into(), place }).unwrap();
        people::erase(&mut tx, &erase).await.unwrap();
        tx.commit().await.unwrap();

        let place = store::delivery::trainings::find(store, "t1").await.unwrap().unwrap();
        let read = domain::delivery::ReadDelivery { what: "t1".into(), place };
        let roster = store::delivery::trainings::get(store, &operator.permit(read).unwrap()).await.unwrap();
        let mut names: Vec<&str> = roster.participants.iter().map(|one| one.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["-", "Aminah", "Budi"], "{}: a name less, nobody less", ledger.name);
        let entry = audit::of_subject(store, "p9", 10).await.unwrap().pop().unwrap();
        assert_eq!(entry.detail, serde_json::json!({ "participations": 1, "contacts": 0 }), "no names");
        audit::verify_chain(store).await.unwrap();
    }
}
