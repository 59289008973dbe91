use axum::http::StatusCode;
use domain::actor::{Role, Scope};
use domain::organisation::{Organisation, OrganisationKind, RecordOrganisation};

use super::*;

pub(super) async fn with_providers() -> TestOffice {
    let office = TestOffice::open().await;
    for id in ["blk", "other"] {
        let organisation = Organisation {
            id: id.into(),
            name: id.to_uppercase(),
            kind: OrganisationKind::TrainingCentre,
            region: None,
            note: Default::default(),
            source: Default::default(),
        };
        let permit = Actor::operator().permit(RecordOrganisation { organisation }).unwrap();
        let mut tx = office.store.begin(office.now()).await.unwrap();
        store::organisations::record(&mut tx, &permit).await.unwrap();
        tx.commit().await.unwrap();
    }
    office
}

pub(super) fn trainer(organisation: &str) -> Grant {
    Grant::new(Role::Trainer, Scope::organisation(organisation))
}

/// Enters an enterprise through the form; its address.
pub(super) async fn enter(
    office: &TestOffice,
    browser: &Browser,
    id: &str,
    name: &str,
    more: &[(&str, &str)],
) -> Answer {
    let mut fields = vec![("id", id), ("name", name), ("region", "3319"), ("organisation", "blk")];
    fields.extend(more);
    office.post(browser, "/register/new", &fields).await
}

#[tokio::test]
async fn an_enterprise_is_entered_found_and_not_entered_twice() {
    let office = with_providers().await;
    let ani = office.signed_in_with("ani", trainer("blk")).await;
    let form = office.get(&ani, "/register/new").await;
    assert!(form.body.contains("value=\"blk\" selected"), "begins with the own organisation");

    let faulty = enter(&office, &ani, "ent-1", "CV Mubarokfood", &[("nib", "123"), ("exports", "ya")]).await;
    assert_eq!(faulty.status, StatusCode::BAD_REQUEST);
    assert!(faulty.body.contains("NIB terdiri dari 13 angka") && faulty.body.contains("CV Mubarokfood"));
    assert!(faulty.body.contains("value=\"ya\" selected"), "what was typed stays");

    let more = [("workforce_year", "2025"), ("permanent_female", "12"), ("contact_name", "Ibu Sari")];
    let entered = enter(&office, &ani, "ent-1", "CV Mubarokfood Cipta Delicia", &more).await;
    assert_eq!(entered.location(), "/register/ent-1?done=entered", "{}", entered.body);
    let page = office.get(&ani, entered.location()).await;
    for words in ["sudah terdaftar", "CV Mubarokfood", "12 pekerja pada 2025", "Belum tercatat:", "BLK"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Ibu Sari"), "personal data has its own page");
    let list = office.get(&ani, "/register?words=mubarak+fod").await;
    assert!(list.body.contains("/register/ent-1"), "{}", list.body);

    let double = enter(&office, &ani, "ent-2", "Mubarok Food Cipta Delisia", &[]).await;
    assert_eq!(double.status, StatusCode::CONFLICT);
    assert!(double.body.contains("sudah terdaftar") && double.body.contains("/register/ent-1"));
    let seen = [("seen", "ent-1"), ("different", "yes")];
    let another = enter(&office, &ani, "ent-2", "Mubarok Food Cipta Delisia", &seen).await;
    assert_eq!(another.status, StatusCode::SEE_OTHER, "{}", another.body);
}

#[tokio::test]
async fn whoever_is_out_of_scope_sees_and_writes_nothing() {
    let office = with_providers().await;
    let ani = office.signed_in_with("ani", trainer("blk")).await;
    let budi = office.signed_in_with("budi", trainer("other")).await;
    let rudi = office.signed_in("rudi", Role::Reader).await;
    enter(&office, &ani, "ent-1", "CV Mubarokfood", &[]).await;
    for path in ["/register/ent-1", "/register/ent-1/edit", "/register/ent-1/contacts"] {
        assert_eq!(office.get(&ani, path).await.status, StatusCode::OK, "{path}");
        let refused = office.get(&budi, path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.body.contains("di luar wilayah"), "{path}");
        assert_eq!(office.get(&rudi, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(office.get(&rudi, "/register").await.status, StatusCode::FORBIDDEN);
    assert!(!office.get(&budi, "/register?words=mubarok").await.body.contains("Mubarokfood"));
    let elsewhere = enter(&office, &budi, "ent-2", "CV Lain", &[]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    assert!(elsewhere.body.contains("CV Lain"), "what was typed stays");
    let double = enter(&office, &budi, "ent-2", "CV Mubarokfood", &[("organisation", "other")]).await;
    assert!(double.status != StatusCode::SEE_OTHER);
    let edit = [("version", "1"), ("name", "X Y"), ("region", "3319"), ("organisation", "other")];
    assert_eq!(office.post(&budi, "/register/ent-1/edit", &edit).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.post(&ani, "/register/ent-1/edit", &edit).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_second_of_two_writers_sees_what_the_first_wrote() {
    let office = with_providers().await;
    let ani = office.signed_in_with("ani", trainer("blk")).await;
    enter(&office, &ani, "ent-1", "CV Mubarokfood", &[]).await;
    let edit = |name: &'static str, address: &'static str| {
        [("version", "1"), ("name", name), ("region", "3319"), ("organisation", "blk"), ("address", address)]
    };
    let first = office.post(&ani, "/register/ent-1/edit", &edit("CV Mubarok", "Jalan Satu")).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
    let second = office.post(&ani, "/register/ent-1/edit", &edit("CV Mubarok", "Jalan Dua")).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    for words in [
        "ANI sudah menyimpan perubahan",
        "Alamat: Jalan Satu",
        "value=\"Jalan Dua\"",
        "name=\"version\" value=\"2\"",
    ] {
        assert!(second.body.contains(words), "{words}: {}", second.body);
    }
}

#[tokio::test]
async fn contacts_consent_workers_and_merges_go_through_their_pages() {
    let office = with_providers().await;
    let officer =
        office.signed_in_with("officer", Grant::new(Role::ProductivityOfficer, Scope::region("33"))).await;
    enter(&office, &officer, "ent-1", "CV Satu Jaya", &[]).await;
    let seen = [("seen", "ent-1"), ("different", "yes")];
    enter(&office, &officer, "ent-2", "CV Satoe Djaja", &seen).await;

    let fields = [("contact_name", "Ibu Sari"), ("contact_phone", "0812-3456")];
    office.post(&officer, "/register/ent-1/contacts", &fields).await;
    let page = office.get(&officer, "/register/ent-1/contacts").await;
    assert!(page.body.contains("Ibu Sari") && page.body.contains("tel:0812-3456"), "{}", page.body);
    office.post(&officer, "/register/ent-1/contacts", &[("leave_out", "0")]).await;
    assert!(!office.get(&officer, "/register/ent-1/contacts").await.body.contains("Ibu Sari"));

    let consent = [("purpose", "story"), ("given", "yes"), ("on", "2026-11-01"), ("evidence", "Surat 7")];
    office.post(&officer, "/register/ent-1/consent", &consent).await;
    let late = [("purpose", "story"), ("given", "yes"), ("on", "2027-11-01")];
    let refused = office.post(&officer, "/register/ent-1/consent", &late).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "not in the future");
    let unclear = [("purpose", "photos"), ("given", "perhaps"), ("on", "2026-11-22")];
    let refused = office.post(&officer, "/register/ent-1/consent", &unclear).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "neither yes nor no is no word");
    let years = [("workforce_year", "2025"), ("permanent_male", "banyak")];
    let refused = office.post(&officer, "/register/ent-1/workforce", &years).await;
    assert!(refused.body.contains("angka bulat"), "{}", refused.body);
    office
        .post(&officer, "/register/ent-1/workforce", &[("workforce_year", "2025"), ("permanent_male", "9")])
        .await;
    let page = office.get(&officer, "/register/ent-1").await;
    for words in ["Disebut dalam kisah", "Surat 7", "9 pekerja pada 2025", "Mungkin tercatat dua kali"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let compare = office.get(&officer, "/register/ent-1/merge?with=ent-2").await;
    assert!(compare.body.contains("CV Satoe Djaja"), "{}", compare.body);
    let decision = [("merged", "ent-2"), ("why", "ejaan lama")];
    let merged = office.post(&officer, "/register/ent-1/merge", &decision).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", merged.body);
    let page = office.get(&officer, "/register/ent-2").await;
    assert!(page.body.contains("sudah digabungkan ke usaha lain"));
    let undo = page.body.split("/register/merges/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    office.post(&officer, &format!("/register/merges/{undo}/undo"), &[]).await;
    let page = office.get(&officer, "/register/ent-2").await;
    assert!(page.body.contains("lalu dibatalkan: ejaan lama"), "{}", page.body);
    let english = office.get(&officer, "/en/register/ent-2").await;
    assert!(english.body.contains("then undone: ejaan lama") && english.body.contains("What is known"));
}

#[tokio::test]
async fn a_day_is_a_day_in_western_indonesia() {
    let office = with_providers().await;
    let grant = || Grant::new(Role::ProductivityOfficer, Scope::region("33"));
    // Ten in the morning of the 22nd in Jakarta, three at night in London.
    let morning = office.signed_in_with("siti", grant()).await;
    enter(&office, &morning, "ent-1", "CV Satu Jaya", &[]).await;
    let on = |day: &'static str| [("purpose", "photos"), ("given", "yes"), ("on", day)];
    let consent = "/register/ent-1/consent";
    let refused = office.post(&morning, consent, &on("2026-11-23")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("belum tiba"), "{}", refused.body);
    let taken = office.post(&morning, consent, &on("2026-11-22")).await;
    assert_eq!(taken.location(), "/register/ent-1?done=consent", "{}", taken.body);
    // One at night of the 23rd in Jakarta, six in the evening of the 22nd in London.
    office.later(15 * 60);
    let night = office.signed_in_with("rina", grant()).await;
    let taken = office.post(&night, consent, &on("2026-11-23")).await;
    assert_eq!(taken.location(), "/register/ent-1?done=consent", "{}", taken.body);
    let page = office.get(&night, "/register/ent-1").await;
    assert!(page.body.contains("type=\"date\" max=\"2026-11-23\""), "{}", page.body);
}
