//! The rights of persons, through their pages.

use axum::http::StatusCode;
use domain::actor::Role;

use super::register::{enter, trainer, with_providers};

#[tokio::test]
async fn a_person_is_recorded_looked_at_on_record_handed_out_and_forgotten() {
    let office = with_providers().await;
    let ani = office.signed_in_with("ani", trainer("blk")).await;
    let admin = office.signed_in("admin", Role::Administrator).await;
    let contact = [("contact_name", "Wati Rahasia"), ("contact_phone", "0812-3456-7890")];
    enter(&office, &ani, "ent-1", "CV Contoh", &contact).await;
    let person = [
        ("id", "person-1"),
        ("enterprise", "ent-1"),
        ("name", "Wati Rahasia"),
        ("sex", "female"),
        ("phone", "081234567890"),
        ("email", "wati@usaha.id"),
    ];
    let recorded = office.post(&ani, "/people", &person).await;
    let here = recorded.location().to_owned();
    assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{}", recorded.body);
    let page = office.get(&ani, &here).await;
    assert!(page.body.contains("Wati Rahasia") && page.body.contains("wati@usaha.id"), "{}", page.body);
    let consent = [("purpose", "photos"), ("given", "yes"), ("on", "2026-11-01"), ("evidence", "formulir 3")];
    let agreed = office.post(&ani, &format!("{here}/consent"), &consent).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.body);
    let list = office.get(&ani, "/people?enterprise=ent-1").await;
    assert!(list.body.contains("Wati Rahasia") && list.body.contains(&here), "{}", list.body);

    let stranger = office.signed_in_with("budi", trainer("other")).await;
    assert_eq!(office.get(&stranger, &here).await.status, StatusCode::FORBIDDEN);
    assert!(!office.get(&stranger, "/people").await.body.contains("Wati"));
    assert_eq!(office.get(&ani, &format!("{here}/export.json")).await.status, StatusCode::FORBIDDEN);

    let json = office.get(&admin, &format!("{here}/export.json")).await;
    let all: serde_json::Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(all["person"]["name"], "Wati Rahasia");
    assert_eq!(all["consents"][0]["purpose"], "photos");
    assert_eq!(all["contacts"][0]["phone"], "0812-3456-7890");
    assert!(all["looks"].as_array().unwrap().iter().any(|look| look["by"] == "ani"), "{all}");
    let print = office.get(&admin, &format!("{here}/export")).await;
    for words in ["Wati Rahasia", "Siapa yang melihat data ini", "ANI", "formulir 3"] {
        let found = print.body.contains(words);
        assert_eq!(found, words != "formulir 3", "{words}: {}", print.body);
    }

    let confirm = office.get(&admin, &format!("{here}/erase")).await;
    for words in ["1 kontak usaha", "tanpa nama", "rantainya tetap utuh"] {
        assert!(confirm.body.contains(words), "{words}: {}", confirm.body);
    }
    assert_eq!(office.post(&ani, &format!("{here}/erase"), &[]).await.status, StatusCode::FORBIDDEN);
    let erased = office.post(&admin, &format!("{here}/erase"), &[]).await;
    assert_eq!(erased.status, StatusCode::SEE_OTHER, "{}", erased.body);
    let page = office.get(&admin, &here).await;
    assert!(page.body.contains("nama sudah dihapus") && !page.body.contains("Wati"), "{}", page.body);
    let contacts = office.get(&ani, "/register/ent-1/contacts").await;
    assert!(!contacts.body.contains("Wati"), "{}", contacts.body);

    let log = office.get(&admin, "/office/audit?personal=true&verify=true").await;
    for words in ["menghapus data pribadi", "menyerahkan data pribadi", "membuka data pribadi", "Rantai utuh"]
    {
        assert!(log.body.contains(words), "{words}: {}", log.body);
    }
    assert!(!log.body.contains("Wati") && !log.body.contains("mendaftarkan"), "{}", log.body);
}

#[tokio::test]
async fn one_person_is_recorded_once_and_who_is_on_record_is_shown() {
    let office = with_providers().await;
    let ani = office.signed_in_with("ani", trainer("blk")).await;
    enter(&office, &ani, "ent-1", "CV Contoh", &[]).await;
    let person = [
        ("id", "person-1"),
        ("enterprise", "ent-1"),
        ("name", "Wati Rahasia"),
        ("sex", "female"),
        ("phone", "081234567890"),
        ("email", "wati@usaha.id"),
    ];
    let recorded = office.post(&ani, "/people", &person).await;
    let here = recorded.location().to_owned();
    let twice = office.post(&ani, "/people", &person).await;
    assert_eq!(twice.location(), here, "a second press of the button: {}", twice.body);
    let mut other = person;
    other[0] = ("id", "person-2");
    let double = office.post(&ani, "/people", &other).await;
    assert_eq!(double.status, StatusCode::CONFLICT);
    assert!(double.body.contains("Sudah ada orang") && double.body.contains(&here), "{}", double.body);
    other[4] = ("phone", "bukan nomor");
    let wrong = office.post(&ani, "/people", &other).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(
        wrong.body.contains("Tulis nomor telepon") && wrong.body.contains("bukan nomor"),
        "{}",
        wrong.body
    );
}
