//! One enterprise is measured twice, a doubtful value is reviewed, and its training is paid for.

use axum::http::StatusCode;
use domain::actor::{Actor, Grant, Role, Scope};
use domain::enterprise::{Enterprise, RegisterEnterprise};
use domain::organisation::{Organisation, OrganisationKind, RecordOrganisation};

use super::{P, office};
use crate::office::tests::{Browser, TestOffice};

/// A provider and an enterprise of the register.
async fn registered() -> TestOffice {
    let office = office().await;
    let organisation = Organisation {
        id: "blk".into(),
        name: "BLK Semarang".into(),
        kind: OrganisationKind::TrainingCentre,
        region: Some("33".into()),
        note: Default::default(),
        source: Default::default(),
    };
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
    let mut tx = office.store.begin(office.now()).await.unwrap();
    let permit = Actor::operator().permit(RecordOrganisation { organisation }).unwrap();
    store::organisations::record(&mut tx, &permit).await.unwrap();
    let permit = Actor::operator().permit(register).unwrap();
    store::enterprises::register(&mut tx, &permit).await.unwrap();
    tx.commit().await.unwrap();
    office
}

/// The value of the first choice on a page that contains the words.
fn choice(body: &str, words: &str) -> String {
    let found =
        body.split("value=\"").find(|rest| rest.split('"').next().is_some_and(|it| it.contains(words)));
    found.and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

/// Selects the enterprise and gives the id of its engagement.
async fn selected(office: &TestOffice, manager: &Browser) -> String {
    let form = office.get(manager, "/delivery/engagements/new?enterprise=e1").await;
    let product = choice(&form.body, "/standard");
    let fields =
        [("enterprise", "e1"), ("product", product.as_str()), ("organisation", "blk"), ("on", "2026-01-10")];
    let answer = office.post(manager, "/delivery/engagements/new", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().rsplit('/').next().unwrap().to_owned()
}

fn value<'a>(rejected: &'a str, produced: &'a str, month: &'a str) -> Vec<(&'static str, &'a str)> {
    let (from, to) = if month == "01" { ("2026-01-01", "2026-01-31") } else { ("2026-08-01", "2026-08-31") };
    vec![
        ("from", from),
        ("to", to),
        ("input_rejected_units", rejected),
        ("input_produced_units", produced),
        ("verification", "company-records"),
    ]
}

#[tokio::test]
async fn an_enterprise_is_measured_twice_and_nothing_is_overwritten() {
    let office = registered().await;
    let provider = || Scope::organisation("blk");
    let manager = office.signed_in_with("joko", Grant::new(Role::ProviderManager, provider())).await;
    let away = Grant::new(Role::Trainer, provider().in_region("35"));
    let outsider = office.signed_in_with("budi", away).await;
    let officer = office.signed_in_with("rina", Grant::everywhere(Role::ProgrammeOfficer)).await;
    let engagement = selected(&office, &manager).await;
    let page = format!("{P}/engagements/{engagement}");
    let (baseline, end) = (format!("{page}/defect-rate/baseline"), format!("{page}/defect-rate/final"));

    let form = office.get(&manager, &baseline).await;
    assert!(form.body.contains("Hasil yang ditolak") && form.body.contains("satuan hasil"), "{}", form.body);
    for (rejected, produced, expected) in [
        ("30", "0", "“Hasil seluruhnya, baik dan cacat”, nol. Periksa angkanya"),
        ("tiga puluh", "1.000", "Isi setiap angka"),
        ("-3", "1.000", "tidak dapat di bawah nol"),
    ] {
        let refused = office.post(&manager, &baseline, &value(rejected, produced, "01")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.body.contains(expected), "{expected}: {}", refused.body);
        assert!(refused.body.contains(&format!("value=\"{rejected}\"")), "what was typed is kept");
    }
    assert_eq!(
        office.post(&outsider, &baseline, &value("30", "1.000", "01")).await.status,
        StatusCode::FORBIDDEN
    );
    let saved = office.post(&manager, &baseline, &value("30", "1.000", "01")).await;
    assert_eq!(saved.location(), page, "{}", saved.body);
    let again = office.post(&manager, &baseline, &value("31", "1.000", "01")).await;
    assert!(again.body.contains("sudah ada"), "{}", again.body);
    let overview = office.get(&manager, &page).await.body;
    assert!(overview.contains(">3,0</a>"), "{overview}");

    let first = choice(&overview.replace("href=\"", "value=\""), "/observations/");
    let first = first.rsplit('/').next().unwrap().to_owned();
    let mut correction = value("40", "1.000", "01");
    correction.push(("replaces", first.as_str()));
    assert_eq!(office.post(&manager, &baseline, &correction).await.status, StatusCode::SEE_OTHER);
    let old = office.get(&manager, &format!("{P}/observations/{first}")).await.body;
    assert!(old.contains("Nilai ini sudah diperbaiki"), "{old}");

    let doubtful = office.post(&manager, &end, &value("900", "1.000", "08")).await;
    let observation = doubtful.location().to_owned();
    assert!(observation.contains("/observations/"), "{observation}");
    let queue = office.get(&officer, &format!("{P}/review")).await.body;
    assert!(
        queue.contains("UD Batik Lasem Indah") && queue.contains("di luar kisaran yang lazim"),
        "{queue}"
    );
    let fields = [("decision", "confirm"), ("note", "Diperiksa di pabrik")];
    let decide = format!("{observation}/review");
    assert_eq!(office.post(&manager, &decide, &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.post(&officer, &decide, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.post(&officer, &decide, &fields).await.status, StatusCode::CONFLICT, "only once");
    let funder = office.signed_in_with("funder", Grant::everywhere(Role::Funder)).await;
    assert_eq!(office.get(&funder, &observation).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_training_is_paid_for_and_its_cost_recovery_is_told() {
    let office = registered().await;
    let manager =
        office.signed_in_with("joko", Grant::new(Role::ProviderManager, Scope::organisation("blk"))).await;
    let _ = selected(&office, &manager).await;
    let form = office.get(&manager, "/delivery/trainings/new").await;
    let taught = choice(&form.body, "/standard/cooperation");
    let fields = [
        ("taught", taught.as_str()),
        ("organisation", "blk"),
        ("region", "33"),
        ("venue", "BLK Semarang"),
        ("starts_on", "2026-02-24"),
        ("ends_on", "2026-02-25"),
        ("trainer", ""),
    ];
    let planned = office.post(&manager, "/delivery/trainings/new", &fields).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
    let training = planned.location().rsplit('/').next().unwrap().to_owned();
    let book = |what: &'static str, amount: &'static str| {
        let training = training.clone();
        let (office, manager) = (&office, &manager);
        async move {
            let fields =
                [("training", training.as_str()), ("what", what), ("amount", amount), ("on", "2026-03-01")];
            let answer = office.post(manager, &format!("{P}/money/entries/new"), &fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what}: {}", answer.body);
            // The next page is there.
            assert_eq!(office.get(manager, answer.location()).await.status, StatusCode::OK);
        }
    };
    book("cost.trainer-fee", "2.000.000").await;
    book("contribution.enterprise", "500.000").await;
    book("contribution.funder", "1.500.000").await;
    let page = office.get(&manager, &format!("{P}/money?by=module")).await.body;
    assert!(page.contains("25% biaya langsung pelatihan dibayar bukan oleh pendana program"), "{page}");
    let other =
        office.signed_in_with("app", Grant::new(Role::ProviderManager, Scope::organisation("app"))).await;
    let elsewhere = office.get(&other, &format!("{P}/money")).await.body;
    assert!(elsewhere.contains("Belum ada biaya yang dicatat"), "another provider sees its own money alone");
    let fields =
        [("training", training.as_str()), ("what", "cost.venue"), ("amount", "5"), ("on", "2026-03-01")];
    let foreign = office.post(&other, &format!("{P}/money/entries/new"), &fields).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    receipts_are_numbered(&office, &manager, &other).await;
}

/// Two contributions have two receipts with their own numbers; a cost has none, and nobody else gets them.
async fn receipts_are_numbered(office: &TestOffice, manager: &Browser, other: &Browser) {
    let entries = office.get(manager, &format!("{P}/money/entries")).await.body;
    let links = entries.split("href=\"").filter_map(|rest| rest.split('"').next());
    let mut receipts: Vec<&str> = links.filter(|link| link.ends_with("/receipt.pdf")).collect();
    receipts.sort_unstable();
    assert_eq!(receipts.len(), 2, "{entries}");
    for (receipt, number, words) in [
        (receipts[0], "BLK/2026/0001", "lima ratus ribu rupiah"),
        (receipts[1], "BLK/2026/0002", "satu juta lima ratus ribu rupiah"),
    ] {
        let printed = office.get(manager, receipt).await;
        assert_eq!(printed.status, StatusCode::OK, "{}", printed.body);
        let printed: serde_json::Value = serde_json::from_str(&printed.body).unwrap();
        let body = &printed["document"]["body"];
        assert_eq!((&printed["code"], &body["number"]), (&"receipt".into(), &number.into()));
        assert_eq!((&body["amount"]["words"], &body["day"]), (&words.into(), &"1 Maret 2026".into()));
        assert_eq!(body["purpose"], "Pelatihan Kerja sama di tempat kerja, 24 Februari 2026");
        assert_eq!(office.get(other, receipt).await.status, StatusCode::FORBIDDEN);
    }
    let quote = format!("{P}/money/quote.pdf?product=standard&enterprises=5&fee=2500000&to=UD%20Batik");
    let quote: serde_json::Value = serde_json::from_str(&office.get(manager, &quote).await.body).unwrap();
    let body = &quote["document"]["body"];
    assert_eq!((&body["provider"], &body["to"]), (&"BLK Semarang".into(), &"UD Batik".into()));
    assert_eq!(body["fee"]["words"], "dua juta lima ratus ribu rupiah");
    assert_eq!(body["valid_until"], "22 Desember 2026");
    let none = office.get(manager, &format!("{P}/money/quote.pdf?product=none")).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
