use domain::actor::{Actor, ManageAccounts, OwnAccount, Role, Scope};
use domain::person::{
    ConsentSubject, ErasePerson, Erasure, ExportPerson, Person, Purpose, ReadPerson, RecordConsent,
    RecordPerson, Sex,
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
        people::erase(&mut tx, &permit_to_erase, &Erasure::default()).await.unwrap();
        assert_eq!(people::read(&mut tx, &permit).await.unwrap(), None, "{}", ledger.name);
        let twice = people::erase(&mut tx, &permit_to_erase, &Erasure::default()).await;
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

/// The names in the list of the training `t1`, as a trainer sees them.
async fn names_on_the_list(store: &Store) -> Vec<String> {
    let place = store::delivery::trainings::find(store, "t1").await.unwrap().unwrap();
    let read = domain::delivery::ReadDelivery { what: "t1".into(), place };
    let permit = Actor::operator().permit(read).unwrap();
    let roster = store::delivery::trainings::get(store, &permit).await.unwrap();
    let mut names: Vec<String> = roster.participants.into_iter().map(|one| one.name).collect();
    names.sort_unstable();
    names
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
        let traces = people::traces_of(&mut tx, &look).await.unwrap();
        assert_eq!((traces.participations.len(), traces.contacts, traces.mentions.len()), (1, 0, 0));
        let seat = &traces.participations[0];
        assert_eq!((seat.sex.as_str(), seat.position.as_str()), ("woman", "owner"), "{}", ledger.name);
        let export = operator.permit(ExportPerson { person: "p9".into(), place: place.clone() }).unwrap();
        let all = people::export(&mut tx, &export).await.unwrap();
        assert_eq!(all["trainings"][0]["module"], "cooperation", "{all}");
        let erase = operator.permit(ErasePerson { person: "p9".into(), place }).unwrap();
        let erasure = Erasure { participations: [seat.id.clone()].into(), ..Erasure::default() };
        people::erase(&mut tx, &erase, &erasure).await.unwrap();
        tx.commit().await.unwrap();

        let names = names_on_the_list(store).await;
        assert_eq!(names, ["-", "Aminah", "Budi"], "{}: a name less, nobody less", ledger.name);
        let entry = audit::of_subject(store, "p9", 10).await.unwrap().pop().unwrap();
        let counted = serde_json::json!({ "participations": 1, "contacts": 0, "texts": 0 });
        assert_eq!(entry.detail, counted, "no names");
        audit::verify_chain(store).await.unwrap();
    }
}

#[tokio::test]
async fn a_namesake_stays_on_the_list_and_only_what_was_chosen_is_taken_away() {
    let programme = crate::delivery::programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        crate::delivery::up_to_closing(&ledger, &programme).await;
        add_person(store, "p9", Person { name: "Wulan".into(), ..wati() }).await;
        let place = people::place(store, "p9").await.unwrap();
        let operator = Actor::operator();
        let erase = operator.permit(ErasePerson { person: "p9".into(), place }).unwrap();
        let mut tx = store.begin(at(7)).await.unwrap();
        for stranger in ["nobody", "x1"] {
            let foreign = Erasure { participations: [stranger.to_owned()].into(), ..Erasure::default() };
            let refused = people::erase(&mut tx, &erase, &foreign).await;
            assert!(matches!(refused, Err(StoreError::Rule(_))), "{}: not of this person", ledger.name);
        }
        drop(tx);
        let mut tx = store.begin(at(7)).await.unwrap();
        people::erase(&mut tx, &erase, &Erasure::default()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(names_on_the_list(store).await, ["Aminah", "Budi", "Wulan"], "{}", ledger.name);
    }
}

#[tokio::test]
async fn texts_that_name_the_forgotten_are_shown_and_lose_the_name_where_it_is_meant() {
    let programme = crate::delivery::programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        crate::delivery::up_to_closing(&ledger, &programme).await;
        enter(store, "e2", enterprise("CV Tetangga", "3319", None)).await;
        crate::network::agree_and_ask(store, "e2", "Apakah Pak Gudang Produksi masih memakai rak itu?").await;
        add_person(store, "p9", Person { name: "Gudang Produksi".into(), ..wati() }).await;
        let place = people::place(store, "p9").await.unwrap();
        let operator = Actor::operator();
        let look = operator.permit(ReadPerson { person: "p9".into(), place: place.clone() }).unwrap();
        let mut tx = store.begin(at(7)).await.unwrap();
        let found = people::traces_of(&mut tx, &look).await.unwrap().mentions;
        let shown: Vec<(&str, &str, &str)> =
            found.iter().map(|one| (one.key.as_str(), one.text.as_str(), one.without.as_str())).collect();
        let question = "Apakah Pak Gudang Produksi masih memakai rak itu?";
        assert_eq!(
            shown,
            [
                ("project.owner.x1", "gudang", "…"),
                ("course.team.c1", "kepala produksi", "kepala …"),
                ("peer_question.words.q1", question, "Apakah Pak … … masih memakai rak itu?"),
            ],
            "{}",
            ledger.name
        );
        let erase = operator.permit(ErasePerson { person: "p9".into(), place }).unwrap();
        let chosen = ["course.team.c1", "peer_question.words.q1"].map(str::to_owned).into();
        people::erase(&mut tx, &erase, &Erasure { mentions: chosen, ..Erasure::default() }).await.unwrap();
        tx.commit().await.unwrap();

        // Somebody of the same name is found where it was left, and nowhere else.
        add_person(store, "p10", Person { name: "Gudang Produksi".into(), ..wati() }).await;
        let place = people::place(store, "p10").await.unwrap();
        let look = operator.permit(ReadPerson { person: "p10".into(), place }).unwrap();
        let mut tx = store.begin(at(8)).await.unwrap();
        let left = people::traces_of(&mut tx, &look).await.unwrap().mentions;
        assert_eq!(left.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["project.owner.x1"]);
    }
}
