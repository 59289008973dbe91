//! Results, trainers and money as a visitor meets them: whole router, real SQL in memory, real content.

mod walk;

use axum::http::StatusCode;
use domain::actor::{Grant, Role, Scope};
use domain::catalogue::Catalogue;

use super::observe::number;
use crate::office::tests::{Browser, TestOffice};

/// The content of the repository, programmes included.
pub(crate) fn content() -> Catalogue {
    let root = crate::testing::repository();
    let mut files = Vec::new();
    let mut waiting = ["classifications", "deflators", "programmes"].map(|folder| root.join(folder)).to_vec();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                files.push((path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), text));
            }
        }
    }
    Catalogue::parse(files).unwrap()
}

const P: &str = "/results/score-id";

async fn office() -> TestOffice {
    TestOffice::open_with(content()).await
}

async fn officer(office: &TestOffice) -> Browser {
    office.signed_in_with("siti", Grant::everywhere(Role::ProgrammeOfficer)).await
}

#[tokio::test]
async fn every_page_answers_without_data_and_says_no_data_and_not_zero() {
    let office = office().await;
    let siti = officer(&office).await;
    for (path, expected) in [
        ("", "Belum ada cukup perusahaan yang diukur dua kali"),
        ("/day", "Target yang perlu perhatian"),
        ("/indicators/defect-rate", "Hasil yang ditolak dibagi hasil seluruhnya"),
        ("/indicators/defect-rate?by=size", "Menurut ukuran"),
        ("/indicators/defect-rate/records", "Tidak ada catatan seperti itu"),
        ("/review", "Tidak ada nilai yang menunggu pemeriksaan"),
        ("/targets", "0 dari 8 target tercapai; 8 belum ada datanya"),
        ("/targets/multinationals", "Belum ada keterangan"),
        ("/targets/enterprises-direct?by=size", "Menurut ukuran"),
        ("/targets/case-studies", "Studi kasus yang terbit"),
        ("/indicators/defect-rate/records?by=province&group=33&show=pair", "Provinsi: Jawa Tengah"),
        ("/money/entries?by=year&group=2026", "Tahun: 2026"),
        ("/reports/2019", "Laporan periode ini belum dikunci"),
        ("/assertions", "491 tidak mungkin Tahap I: sampai Sep 2017 seluruhnya baru &#62; 261"),
        ("/trainers", "Belum ada pelatih yang tercatat"),
        ("/trainers/new", "Catat calon pelatih"),
        ("/money", "Belum ada biaya yang dicatat"),
        ("/money?by=training", "Belum ada catatan biaya di sini"),
        ("/money/what-if", "Iuran penuh biaya"),
        ("/money/entries", "Belum ada catatan biaya di sini"),
        ("/money/entries/new", "Catat biaya atau bayaran"),
        ("/funder", "Belum ada biaya dan kehadiran"),
    ] {
        let page = office.get(&siti, &format!("{P}{path}")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        assert!(page.body.contains(expected), "{path} lacks `{expected}`:\n{}", page.body);
        let english = office.get(&siti, &format!("/en{P}{path}")).await;
        assert_eq!(english.status, StatusCode::OK, "/en{path}");
        for body in [&page.body, &english.body] {
            let unsaid = body.find("Unknown localization").map(|at| &body[at..(at + 90).min(body.len())]);
            assert_eq!(unsaid, None, "{path}");
        }
    }
    assert_eq!(office.get(&siti, "/results").await.location(), P);
    for nowhere in ["/results/nothing", "/results/score-id/indicators/nothing", "/results/score-id/targets/x"]
    {
        assert_eq!(office.get(&siti, nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[tokio::test]
async fn both_readings_of_a_percentage_and_the_series_are_shown() {
    let office = office().await;
    let page = office.get(&officer(&office).await, &format!("{P}/assertions")).await.body;
    for expected in [
        "berubah 73%",
        "73% perusahaan mengalaminya",
        "5,12",
        "5,03",
        "116,1",
        "70,0",
        "Pemulihan biaya menurut sumber: dari 11% ke 90%, target 100%",
        "Sumber tidak menyebut apakah rata-rata dihitung per pelatihan",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn who_may_not_read_meets_a_closed_door() {
    let office = office().await;
    let reader = office.signed_in_with("rina", Grant::everywhere(Role::Reader)).await;
    let funder = office.signed_in_with("funder", Grant::everywhere(Role::Funder)).await;
    let elsewhere =
        office.signed_in_with("other", Grant::new(Role::ProgrammeOfficer, Scope::programme("another"))).await;
    for (browser, path, expected) in [
        (&reader, "", StatusCode::FORBIDDEN),
        (&reader, "/money", StatusCode::FORBIDDEN),
        (&reader, "/trainers", StatusCode::FORBIDDEN),
        (&funder, "", StatusCode::OK),
        (&funder, "/funder", StatusCode::OK),
        (&funder, "/money", StatusCode::OK),
        (&funder, "/indicators/defect-rate/records", StatusCode::FORBIDDEN),
        (&funder, "/trainers", StatusCode::FORBIDDEN),
        (&funder, "/day", StatusCode::FORBIDDEN),
        (&funder, "/money/entries/new", StatusCode::FORBIDDEN),
        (&elsewhere, "", StatusCode::NOT_FOUND),
        (&elsewhere, "/targets", StatusCode::NOT_FOUND),
    ] {
        let page = office.get(browser, &format!("{P}{path}")).await;
        assert_eq!(page.status, expected, "{path}");
    }
    let anybody = office.get(&Browser::default(), P).await;
    assert!(anybody.location().starts_with("/sign-in?next="), "{}", anybody.location());
}

#[tokio::test]
async fn an_officer_attests_a_target_and_locks_a_report_that_stays() {
    let office = office().await;
    let siti = officer(&office).await;
    let target = format!("{P}/targets/multinationals");
    let attest = |value: &'static str, evidence: &'static str| {
        [("value", value), ("as_of", "2020-05-01"), ("evidence", evidence)]
    };
    let refused = office.post(&siti, &target, &attest("2", "")).await;
    assert!(refused.body.contains("Sebutkan buktinya"), "{}", refused.body);
    assert_eq!(office.post(&siti, &target, &attest("3", "MoU 12/2019")).await.status, StatusCode::SEE_OTHER);
    let board = office.get(&siti, &format!("{P}/targets")).await.body;
    assert!(board.contains("1 dari 8 target tercapai; 7 belum ada datanya"), "{board}");
    let counted = office.post(&siti, &format!("{P}/targets/case-studies"), &attest("9", "x")).await;
    assert!(counted.body.contains("dihitung dari catatan"), "{}", counted.body);
    let report = format!("{P}/reports/2020");
    assert_eq!(office.post(&siti, &report, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.post(&siti, &report, &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(office.post(&siti, &target, &attest("5", "MoU 13/2020")).await.status, StatusCode::SEE_OTHER);
    let locked = office.get(&siti, &report).await.body;
    assert!(locked.contains("tidak berubah lagi"), "{locked}");
    let row = &locked[locked.find("Perusahaan multinasional").unwrap()..];
    let numbers: Vec<&str> =
        row.split("<td").skip(1).take(2).map(|cell| &cell[cell.find('>').unwrap() + 1..]).collect();
    assert!(numbers[0].starts_with('3') && numbers[1].starts_with('5'), "{numbers:?}");
    let funder = office.signed_in_with("funder", Grant::everywhere(Role::Funder)).await;
    assert_eq!(office.post(&funder, &target, &attest("1", "x")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_provider_guides_its_trainer_and_does_not_certify() {
    let office = office().await;
    let siti = officer(&office).await;
    let manager =
        office.signed_in_with("budi", Grant::new(Role::ProviderManager, Scope::organisation("bedo"))).await;
    let step = |step: &'static str, module: &'static str, day: &'static str| {
        [
            ("person", "ani"),
            ("step", step),
            ("module", module),
            ("organisation", "bedo"),
            ("region", "33"),
            ("vouched_by", "budi"),
            ("on", day),
        ]
    };
    let new = format!("{P}/trainers/new");
    let ani = format!("{P}/trainers/ani");
    assert_eq!(office.post(&manager, &new, &step("selected", "", "2025-01-10")).await.location(), ani);
    let early = office.post(&siti, &ani, &step("certified", "cooperation", "2025-02-01")).await;
    assert!(early.body.contains("Siklus modul ini yang diamati baru 0"), "{}", early.body);
    for (name, module, day) in [("trained", "", "2025-03-10"), ("observed", "cooperation", "2025-06-10")] {
        let answer = office.post(&manager, &ani, &step(name, module, day)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}: {}", answer.body);
    }
    let own = office.post(&manager, &ani, &step("certified", "cooperation", "2025-07-01")).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    let other =
        office.signed_in_with("app", Grant::new(Role::ProviderManager, Scope::organisation("app"))).await;
    assert_eq!(office.get(&other, &ani).await.status, StatusCode::FORBIDDEN, "another provider's trainer");
    assert!(!office.get(&other, &format!("{P}/trainers")).await.body.contains("/trainers/ani"));
    assert_eq!(
        office.post(&siti, &ani, &step("certified", "cooperation", "2025-07-01")).await.status,
        StatusCode::SEE_OTHER
    );
    let page = office.get(&siti, &format!("{P}/trainers")).await.body;
    assert!(
        page.contains(
            "1 orang sudah dilatih menjadi pelatih, 1 bersertifikat hari ini, 0 di antaranya aktif"
        )
    );
    let board = office.get(&siti, &format!("{P}/targets/trainers-certified")).await.body;
    assert!(board.contains("<dd>1<small>"), "{board}");
    let withdrawn = step("withdrawn", "cooperation", "2026-08-01");
    the_certificate_is_checked(&office, &siti, &other, &ani, &withdrawn).await;
}

/// On paper while it holds; whoever has the paper sees whether it still does.
async fn the_certificate_is_checked(
    office: &TestOffice,
    officer: &Browser,
    other: &Browser,
    trainer: &str,
    withdrawn: &[(&str, &str)],
) {
    let paper = format!("{trainer}/certificate.pdf?module=cooperation");
    assert!(office.get(officer, trainer).await.body.contains("/certificate.pdf?module=cooperation"));
    assert_eq!(office.get(other, &paper).await.status, StatusCode::FORBIDDEN);
    let printed: serde_json::Value = serde_json::from_str(&office.get(officer, &paper).await.body).unwrap();
    let body = &printed["document"]["body"];
    assert_eq!((&body["name"], &body["module"]), (&"ani".into(), &"Kerja sama di tempat kerja".into()));
    assert_eq!((&body["from"], &body["to"]), (&"1 Juli 2025".into(), &"30 Juni 2028".into()));
    let address = body["address"].as_str().unwrap().strip_prefix("https://npd.example.go.id").unwrap();
    let check = office.get(&Browser::default(), address).await;
    assert!(check.body.contains("asli dan berlaku"), "{}", check.body);
    assert_eq!(office.post(officer, trainer, withdrawn).await.status, StatusCode::SEE_OTHER);
    let check = office.get(&Browser::default(), address).await;
    assert!(check.body.contains("tidak berlaku lagi"), "{}", check.body);
    assert_eq!(office.get(officer, &paper).await.status, StatusCode::NOT_FOUND, "what ended is not printed");
}

#[tokio::test]
async fn money_without_a_training_is_refused_and_what_was_typed_is_kept() {
    let office = office().await;
    let siti = officer(&office).await;
    let fields = [("training", ""), ("what", "cost.venue"), ("amount", "1.500.000"), ("on", "2025-01-10")];
    let refused = office.post(&siti, &format!("{P}/money/entries/new"), &fields).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("Pilih pelatihannya") && refused.body.contains("1.500.000"));
    let page = office.get(&siti, &format!("{P}/money/what-if?enterprises=0&fee=-5&sponsors=9")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Isi jumlah rupiah penuh"), "a fee below zero is told");
    let wild = office.get(&siti, &format!("{P}/money/what-if?enterprises=99999999&fee=2.500.000")).await;
    assert_eq!(wild.status, StatusCode::OK);
    for kept in ["value=\"1.000\"", "value=\"2.500.000\""] {
        assert!(wild.body.contains(kept), "{kept}: {}", wild.body);
    }
}

#[test]
fn numbers_are_read_as_the_reader_writes_them() {
    use domain::language::Language::{En, Id};
    for (text, language, expected) in [
        ("1.234,5", Id, Some(1234.5)),
        ("1,234.5", En, Some(1234.5)),
        ("1234", Id, Some(1234.0)),
        ("−8", Id, Some(-8.0)),
        ("1.5", Id, None),
        ("12.34", Id, None),
        ("1,5", En, None),
        ("", Id, None),
        ("1e9", Id, None),
        ("NaN", Id, None),
        ("1.234.567", Id, Some(1_234_567.0)),
    ] {
        assert_eq!(number(text, language), expected, "{text}");
    }
}
