//! The pages of the network: empty they say what to do, and a group is begun and joined with consent alone.

use axum::http::StatusCode;
use domain::actor::{Actor, Function, Grant, Role, Scope};
use domain::enterprise::{Enterprise, RegisterEnterprise};
use domain::organisation::{Organisation, OrganisationKind, RecordOrganisation};

use crate::office::tests::TestOffice;

async fn office() -> TestOffice {
    let office = TestOffice::open_with(crate::results::tests::content()).await;
    let organisation = Organisation {
        id: "blk".into(),
        name: "BLK Semarang".into(),
        kind: OrganisationKind::TrainingCentre,
        region: Some("33".into()),
        note: Default::default(),
        source: Default::default(),
    };
    let operator = Actor::operator();
    let mut tx = office.store.begin(office.now()).await.unwrap();
    let permit = operator.permit(RecordOrganisation { organisation }).unwrap();
    store::organisations::record(&mut tx, &permit).await.unwrap();
    let register = RegisterEnterprise {
        id: "e1".into(),
        enterprise: Enterprise {
            name: "UD Batik Lasem Indah".into(),
            region: "3317".into(),
            organisation: Some("blk".into()),
            ..Enterprise::default()
        },
        workforce: None,
        contacts: Vec::new(),
        synthetic: false,
        not_the_same_as: Vec::new(),
    };
    store::enterprises::register(&mut tx, &operator.permit(register).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    office
}

#[tokio::test]
async fn a_group_is_begun_by_a_trainer_and_joined_by_an_owner_who_agreed() {
    let office = office().await;
    let trainer = Grant::new(Role::Trainer, Scope::organisation("blk"));
    let trainer = office.signed_in_with("ani", trainer).await;
    let owner = office.signed_in_with("sari", Grant::member(Function::Owner, "e1")).await;
    let reader = office.signed_in_with("rudi", Grant::everywhere(Role::Reader)).await;
    for (path, words) in [
        ("/network", "Belum ada usaha yang cocok"),
        ("/network?problem=stock&sector=13", "Belum ada usaha yang cocok"),
        ("/network/questions", "Belum ada yang bertanya"),
        ("/network/groups", "Belum ada kelompok belajar"),
        ("/en/network", "No enterprise fits yet"),
    ] {
        let page = office.get(&owner, path).await;
        assert!(page.status == StatusCode::OK && page.body.contains(words), "{path}: {}", page.body);
        assert_eq!(office.get(&reader, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(office.get(&owner, "/network/ask/nothing").await.status, StatusCode::NOT_FOUND);
    let group = [
        ("programme", "score-id"),
        ("organisation", "blk"),
        ("region", "33"),
        ("title", "Belajar 5S"),
        ("problem", "stock"),
        ("next_on", "2026-12-01"),
        ("note", "Di aula BLK"),
    ];
    let refused = office.post(&owner, "/network/groups", &group).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "an owner begins none");
    let begun = office.post(&trainer, "/network/groups", &group).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let page = office.get(&owner, "/network/groups").await;
    for words in ["Belajar 5S", "BLK Semarang, Jawa Tengah", "Di aula BLK", "Anggota: belum ada"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let join = page.body.split("action=\"/network/groups/").nth(1).unwrap().split('"').next().unwrap();
    let join = format!("/network/groups/{join}");
    let own = [("enterprise", "e1"), ("programme", "score-id")];
    let early = office.post(&owner, &join, &own).await;
    assert!(early.body.contains("belum setuju dilihat usaha lain"), "{}", early.body);
    let consent = [("purpose", "network"), ("given", "yes"), ("on", "2026-11-01")];
    let agreed = office.post(&owner, "/register/e1/consent", &consent).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.body);
    office.post(&owner, &join, &own).await;
    let page = office.get(&trainer, "/network/groups").await;
    assert!(page.body.contains("Anggota: UD Batik Lasem Indah"), "{}", page.body);
}

#[tokio::test]
async fn practices_are_found_by_problem_and_sector_without_signing_in() {
    let office = office().await;
    let nobody = crate::office::tests::Browser::default();
    let all = office.get(&nobody, "/programme/score-id/practices").await;
    assert_eq!(all.status, StatusCode::OK);
    let cards = |page: &str| page.matches("class=\"box case\"").count();
    assert!(cards(&all.body) >= 4, "{}", all.body);
    let untidy = office.get(&nobody, "/programme/score-id/practices?problem=untidy").await;
    assert!((1..cards(&all.body)).contains(&cards(&untidy.body)), "{}", untidy.body);
    let sectors: Vec<&str> = all.body.split("<option>").skip(1).collect();
    let sector = sectors[0].split('<').next().unwrap();
    let path = format!("/programme/score-id/practices?sector={}", crate::address::escape(sector));
    let narrowed = office.get(&nobody, &path).await;
    assert!((1..cards(&all.body)).contains(&cards(&narrowed.body)), "{sector}: {}", narrowed.body);
    let english = office.get(&nobody, "/en/programme/score-id/practices").await;
    assert!(english.body.contains("Practices that worked"));
}

#[tokio::test]
async fn locked_reports_are_handed_out_as_iati_and_as_a_table() {
    let office = office().await;
    let siti = office.signed_in_with("siti", Grant::everywhere(Role::ProgrammeOfficer)).await;
    let trainer = office.signed_in_with("sari", Grant::member(Function::Owner, "e1")).await;
    office.post(&siti, "/results/score-id/reports/2019", &[]).await;
    let xml = office.get(&siti, "/results/score-id/iati.xml").await;
    assert!(xml.status == StatusCode::OK && xml.body.contains("<period-start iso-date=\"2019-01-01\"/>"));
    assert!(!xml.body.contains("<actual"), "nothing is recorded: no data is not zero");
    let table = office.get(&siti, "/results/score-id/framework.csv").await;
    assert_eq!(table.body.lines().count(), 9, "{}", table.body);
    for path in ["iati.xml", "framework.csv"] {
        let refused = office.get(&trainer, &format!("/results/score-id/{path}")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
}
