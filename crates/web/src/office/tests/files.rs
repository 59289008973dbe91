use axum::http::StatusCode;
use domain::actor::Role;
use intake::Task;
use store::imports::{self, Import, ImportCounts, ImportStatus};
use store::jobs::{self, Work};

use super::*;

const GOOD: &[u8] = b"enterprise_id,year,turnover,persons\nE1,2024,1000,10\nE2,2024,2000,-5\nE3,2024,900,9\n";

/// Does what the worker of the binary does for a file that waits to be checked.
pub(super) async fn check(office: &TestOffice) -> Import {
    let stale = SignedDuration::from_secs(30);
    let claim =
        jobs::claim(&office.store, "worker", office.now(), stale, None).await.unwrap().expect("a job waits");
    let Work::CheckImport { import } = &claim.work else { panic!("{:?}", claim.work) };
    let import = imports::get(&office.store, import).await.unwrap();
    let survey = domain::survey::Survey::parse(SURVEY).unwrap();
    let folder = office.folder.path();
    let summary = intake::check(
        &Task {
            source: &folder.join("blobs").join(&import.blake3),
            file_name: &import.file_name,
            survey: &survey,
            classifications: &[],
            mapping: &intake::mapping::Mapping::parse(&import.mapping, &survey).unwrap(),
            previous: &(),
            period: import.period.map(|year| i32::try_from(year).unwrap()),
            staging: &folder.join("imports").join(&import.id),
            threads: 1,
        },
        &(),
    )
    .unwrap();
    let rows = &summary.rows;
    let count = |rows: u64| i64::try_from(rows).unwrap();
    let counts = ImportCounts {
        received: count(rows.received),
        accepted: count(rows.accepted),
        warned: count(rows.warned),
        held: count(rows.held),
        refused: count(rows.refused),
    };
    let mut tx = office.store.begin(office.now()).await.unwrap();
    imports::checked(&mut tx, &claim, &counts, serde_json::json!({})).await.unwrap();
    jobs::finish(&mut tx, &claim).await.unwrap();
    tx.commit().await.unwrap();
    imports::get(&office.store, &import.id).await.unwrap()
}

#[tokio::test]
async fn a_file_is_uploaded_checked_looked_at_and_accepted() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let answer = office.upload(&siti, "demo", "Data 2024.csv", GOOD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = answer.location().to_owned();
    let waiting = office.get(&siti, &page).await;
    assert!(waiting.body.contains("Data 2024.csv sedang diperiksa"), "{}", waiting.body);
    assert!(waiting.body.contains("Muat ulang"), "works without scripts");

    let import = check(&office).await;
    assert_eq!((import.counts.received, import.counts.held), (3, 1));
    let shown = office.get(&siti, &page).await;
    for words in [
        "2 dari 3 baris siap diterima; 1 perlu Anda lihat",
        "Terima 2 baris",
        "Buang unggahan",
        "-5",
        "Jumlah orang",
    ] {
        assert!(shown.body.contains(words), "{words} in {}", shown.body);
    }
    let english = office.get(&siti, &format!("/en{page}")).await;
    assert!(english.body.contains("Accept 2 rows") && english.body.contains("Row by row"));
    assert!(office.get(&siti, "/office").await.body.contains("Data 2024.csv"), "waits on the desk");

    let csv = office.get(&siti, &format!("{page}/findings.csv")).await;
    assert!(csv.body.starts_with("file,row,column,value,rule,severity"), "{}", csv.body);
    let xlsx = office.get(&siti, &format!("{page}/findings.xlsx")).await;
    assert_eq!((xlsx.status, &xlsx.body[..2]), (StatusCode::OK, "PK"));
    let disposition = xlsx.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_eq!(disposition, "attachment; filename=\"Data-2024-temuan.xlsx\"");

    let accepted = office.post(&siti, &format!("{page}/accept"), &[]).await;
    assert_eq!(accepted.location(), page);
    let twice = office.post(&siti, &format!("{page}/accept"), &[]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.body.contains("mungkin oleh rekan Anda"));
    assert!(office.get(&siti, &page).await.body.contains("Memasukkan baris ke arsip"));
    assert_eq!(imports::get(&office.store, &import.id).await.unwrap().status, ImportStatus::Accepting);
}

#[tokio::test]
async fn a_whole_column_is_repaired_with_a_reason() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let page = office.upload(&siti, "demo", "a.csv", GOOD).await.location().to_owned();
    check(&office).await;
    let repair = format!("{page}/repair");
    let no_reason = office
        .post(&siti, &repair, &[("variable", "turnover"), ("factor", "1000"), ("reason", "salah")])
        .await;
    assert_eq!(no_reason.status, StatusCode::BAD_REQUEST);
    assert!(
        no_reason.body.contains("paling sedikit tiga kata") && no_reason.body.contains("value=\"salah\"")
    );
    let reason = ("reason", "kolom omzet dalam ribu rupiah");
    let nothing = office.post(&siti, &repair, &[("variable", "turnover"), ("factor", ""), reason]).await;
    assert!(nothing.body.contains("Belum ada yang diubah"), "{}", nothing.body);
    let unknown = office.post(&siti, &repair, &[("variable", "profit"), ("factor", "1000"), reason]).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    let applied = office.post(&siti, &repair, &[("variable", "turnover"), ("factor", "1000"), reason]).await;
    assert_eq!((applied.status, applied.location()), (StatusCode::SEE_OTHER, page.as_str()));
    let import = check(&office).await;
    assert_eq!(import.mapping, "[columns.turnover]\nfactor = 1000.0\n");
    assert_eq!(import.status, ImportStatus::Checked);
}

#[tokio::test]
async fn the_same_file_again_is_recognised_and_a_discarded_one_may_come_again() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let page = office.upload(&siti, "demo", "a.csv", GOOD).await.location().to_owned();
    let again = office.upload(&siti, "demo", "b.csv", GOOD).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("sudah pernah diunggah") && again.body.contains(&page), "{}", again.body);
    check(&office).await;
    assert_eq!(office.post(&siti, &format!("{page}/discard"), &[]).await.location(), "/office/imports");
    assert_eq!(office.upload(&siti, "demo", "b.csv", GOOD).await.status, StatusCode::SEE_OTHER);
    let blobs: Vec<_> = std::fs::read_dir(office.folder.path().join("blobs")).unwrap().collect();
    assert_eq!(blobs.len(), 1, "one file, kept once, and nothing half-received");
}

#[tokio::test]
async fn uploads_that_cannot_be_taken_in_say_why_and_leave_nothing() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    for (survey, name, content, status, words) in [
        ("demo", "kosong.csv", &b""[..], 400, "Berkas ini kosong"),
        ("demo", "", &b""[..], 400, "Belum ada berkas yang dipilih"),
        ("nothing", "a.csv", GOOD, 400, "Survei itu tidak ada di daftar"),
        ("demo", "besar.csv", &[b'x'; 100_001][..], 413, "lebih besar daripada"),
    ] {
        let answer = office.upload(&siti, survey, name, content).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.body);
        assert!(answer.body.contains(words), "{words} in {}", answer.body);
    }
    assert!(imports::list(&office.store, None, None, 10).await.unwrap().rows.is_empty());
    let left: Vec<_> = std::fs::read_dir(office.folder.path().join("blobs")).unwrap().flatten().collect();
    assert!(left.iter().all(|file| !file.file_name().to_string_lossy().starts_with(".incoming")), "{left:?}");

    let foreign = Browser { form_token: "0".repeat(64), ..siti.clone() };
    assert_eq!(office.upload(&foreign, "demo", "a.csv", GOOD).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn two_uploads_at_once_are_both_taken_in() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let (one, two) = tokio::join!(
        office.upload(&siti, "demo", "a.csv", GOOD),
        office.upload(&siti, "demo", "b.csv", b"enterprise_id,year,turnover,persons\nE9,2024,1,1\n"),
    );
    assert_eq!((one.status, two.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_ne!(one.location(), two.location());
}

#[tokio::test]
async fn an_unreadable_file_ends_on_a_page_that_says_so() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let page = office.upload(&siti, "demo", "gambar.csv", &[0x89, b'P', b'N', b'G', 0, 0, 1, 2]).await;
    check(&office).await;
    let shown = office.get(&siti, page.location()).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.body.contains("Belum ada baris yang dapat diterima"), "{}", shown.body);
    assert!(!shown.body.contains("/accept\""), "nothing to accept");
    assert!(shown.body.contains("seluruh berkas"));
}

#[tokio::test]
async fn what_a_file_says_is_shown_as_text_and_never_as_markup() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let nasty = b"enterprise_id,year,turnover,persons\nE1,2024,<script>alert(1)</script>,3\n";
    let page = office.upload(&siti, "demo", "<img src=x>.csv", nasty).await.location().to_owned();
    check(&office).await;
    let shown = office.get(&siti, &page).await;
    assert!(!shown.body.contains("<script>alert") && !shown.body.contains("<img src=x>"));
    assert!(
        shown.body.contains("&#60;script&#62;alert") || shown.body.contains("&lt;script&gt;alert"),
        "{}",
        shown.body
    );
    assert!(shown.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
}

#[tokio::test]
async fn templates_name_every_column_of_the_survey() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let csv = office.get(&siti, "/office/surveys/demo/template.csv").await;
    assert_eq!(csv.body, "enterprise_id,year,turnover,persons\r\n");
    let xlsx = office.get(&siti, "/office/surveys/demo/template.xlsx").await;
    assert_eq!(&xlsx.body[..2], "PK");
    assert_eq!(office.get(&siti, "/office/surveys/none/template.csv").await.status, StatusCode::NOT_FOUND);
}
