//! The register as a file, and back.

use axum::http::StatusCode;
use domain::actor::{Role, Scope};
use rust_xlsxwriter::Workbook;

use super::register::{enter, trainer, with_providers};
use super::*;

/// The bytes behind an address.
async fn fetch(office: &TestOffice, browser: &Browser, path: &str) -> Vec<u8> {
    let request = Request::get(path).header(header::COOKIE, &browser.cookie).body(Body::empty()).unwrap();
    let response = office.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
}

/// Hands a file in; where its preview is.
async fn hand_in(office: &TestOffice, browser: &Browser, extract: &str, content: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (field, value) in [("form_token", browser.form_token.as_str()), ("extract", extract)] {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(part.bytes());
    }
    let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"usaha.xlsx\"\r\n\r\n";
    body.extend(head.bytes());
    body.extend(content);
    body.extend(b"\r\n--edge--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri("/register/import")
        .header(header::ORIGIN, "https://npd.example.go.id")
        .header(header::COOKIE, &browser.cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    office.send(request.body(Body::from(body)).unwrap()).await
}

fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (number, row) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*row) {
            sheet.write_string(number, column, *text).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// How many rows the preview counts as new, changed, the same, doubtful and refused.
fn counts(page: &str) -> Vec<u64> {
    let facts = page.split("<dl class=\"facts\">").nth(1).expect("the preview counts");
    let facts = facts.split("</dl>").next().unwrap();
    facts.split("<dd>").skip(1).map(|rest| rest.split('<').next().unwrap().parse().unwrap()).collect()
}

async fn accept(office: &TestOffice, browser: &Browser, preview: &str, others: &[(&str, &str)]) -> Answer {
    office.post(browser, &format!("{preview}/accept"), others).await
}

/// Everything that lies in the folder of files on their way in.
fn kept(office: &TestOffice) -> Vec<Vec<u8>> {
    let folder = std::fs::read_dir(office.folder.path().join(".register")).unwrap();
    folder.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

/// A template whose columns stand elsewhere, with one of the office's own, three good rows and two bad ones.
fn with_columns_moved_and_added() -> Vec<u8> {
    workbook(&[
        &["Daftar usaha binaan 2026"],
        &[
            "Catatan kami",
            "Lembaga pendamping",
            "Tahun berdiri",
            "NIB",
            "Nama usaha",
            "Wilayah",
            "Kontrak, perempuan",
            "Tahun data pekerja",
            "Nama kontak",
        ],
        &[
            "x",
            "blk",
            "1998",
            "9120003112345",
            "CV Mubarokfood",
            "3319 Kabupaten Kudus",
            "12",
            "2025",
            "Ibu Sari",
        ],
        &["", "blk", "besok", "", "UD Salah Tahun", "3319", "", "", ""],
        &["", "other", "", "", "UD Milik Lain", "3319", "", "", ""],
        &["", "blk", "", "", "Mubarok Food", "3319", "", "", ""],
    ])
}

#[tokio::test]
async fn a_template_with_columns_moved_and_added_is_read_and_findings_name_row_and_column() {
    let office = with_providers().await;
    let ani = office.signed_in_with("ani", trainer("blk")).await;
    let template = fetch(&office, &ani, "/register/template.xlsx").await;
    assert!(template.starts_with(b"PK"), "a workbook");
    let empty = hand_in(&office, &ani, "", &template).await;
    let page = office.get(&ani, empty.location()).await;
    assert_eq!(counts(&page.body), [0, 0, 0, 0, 0], "{}", page.body);

    let file = with_columns_moved_and_added();
    let sent = hand_in(&office, &ani, "", &file).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let preview = office.get(&ani, sent.location()).await;
    assert_eq!(counts(&preview.body), [1, 0, 0, 1, 2], "{}", preview.body);
    for words in [
        "Catatan kami (A)",
        "besok",
        "Tulis tahun dengan empat angka",
        "Perbaiki sel itu di berkas",
        "register-field",
        "di luar wilayah, lembaga",
        "Mungkin sama dengan baris 3",
    ] {
        assert!(preview.body.contains(words), "{words}: {}", preview.body);
    }
    let files = kept(&office);
    assert_eq!(files.len(), 2, "the empty template, and this one");
    for words in ["Ibu Sari", "Mubarokfood", "9120003112345", "contact_name", "Catatan"] {
        assert!(files.iter().all(|file| !holds(file, words)), "{words} lies open");
    }
    let nobody = office.signed_in("rudi", Role::Reader).await;
    assert_eq!(office.get(&nobody, sent.location()).await.status, StatusCode::FORBIDDEN);
    let other = office.signed_in_with("budi", trainer("blk")).await;
    assert_eq!(office.get(&other, sent.location()).await.status, StatusCode::NOT_FOUND, "not the own file");

    let done = accept(&office, &ani, sent.location(), &[("other-6", "yes")]).await;
    let page = office.get(&ani, done.location()).await;
    assert!(page.body.contains("2 usaha baru tercatat, 0 diperbarui"), "{}", page.body);
    let list = office.get(&ani, "/register?words=mubarokfood").await;
    let entry = list.body.split("/register/f-").nth(1).unwrap().split('"').next().unwrap();
    let page = office.get(&ani, &format!("/register/f-{entry}")).await;
    for words in ["12 pekerja pada 2025", "9120003112345", "1998"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    // A second press of the button, and the very file again, change nothing.
    let twice = accept(&office, &ani, sent.location(), &[]).await;
    let page = office.get(&ani, twice.location()).await;
    assert!(page.body.contains("tidak ada yang tercatat dua kali"), "{}", page.body);
    assert_eq!(kept(&office).len(), 1, "what was entered is gone");
    let again = hand_in(&office, &ani, "", &file).await;
    let preview = office.get(&ani, again.location()).await;
    assert_eq!(counts(&preview.body)[..3], [0, 0, 2], "{}", preview.body);
}

#[tokio::test]
async fn what_is_exported_comes_back_unchanged_and_a_changed_cell_changes_that_alone() {
    let office = with_providers().await;
    let ani = office.signed_in_with("ani", trainer("blk")).await;
    let more = [
        ("nib", "9120003112345"),
        ("npwp", "012345678901234"),
        ("founded", "1998"),
        ("exports", "ya"),
        ("export_share", "12,5"),
        ("buyers", "Toko A; Toko B"),
        ("ownership", "sole"),
        ("workforce_year", "2025"),
        ("permanent_female", "12"),
        ("sales", "1.250.000.000"),
        ("contact_name", "Ibu Sari"),
    ];
    let entered = enter(&office, &ani, "ent-1", "UD Batik \"Lasem\"", &more).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
    enter(&office, &ani, "ent-2", "CV Kosong", &[]).await;
    let file = fetch(&office, &ani, "/register/export.xlsx").await;
    for language in ["", "/en"] {
        let file = fetch(&office, &ani, &format!("{language}/register/export.xlsx")).await;
        let sent = hand_in(&office, &ani, "", &file).await;
        let preview = office.get(&ani, sent.location()).await;
        assert_eq!(counts(&preview.body), [0, 0, 2, 0, 0], "{language}: {}", preview.body);
        assert!(!preview.body.contains("Ibu Sari"));
    }
    assert!(!file.windows(8).any(|bytes| bytes == b"Ibu Sari"), "contacts stay");

    let changed = workbook(&[
        &["Nomor daftar", "Wilayah", "Nama usaha", "Mengekspor?"],
        &["ent-1", "3319", "UD Batik \"Lasem\"", ""],
        &["ent-2", "3319", "CV Kosong", ""],
        &["ent-9", "3319", "CV Tidak Ada", ""],
    ]);
    let sent = hand_in(&office, &ani, "", &changed).await;
    let preview = office.get(&ani, sent.location()).await;
    assert_eq!(counts(&preview.body), [0, 1, 1, 0, 1], "{}", preview.body);
    assert!(preview.body.contains("Nomor daftar ini tidak ada"));
    // A colleague is faster: nothing of theirs is lost.
    let edit = [("version", "1"), ("name", "UD Batik Baru"), ("region", "3319"), ("organisation", "blk")];
    let stored = accept(&office, &ani, sent.location(), &[]).await;
    assert!(stored.location().contains("done=0-1-0"), "{}", stored.location());
    let page = office.get(&ani, "/register/ent-1").await;
    assert!(page.body.contains("Belum tercatat:") && page.body.contains("Mengekspor?"), "{}", page.body);
    assert!(page.body.contains("1998") && page.body.contains("Toko A; Toko B"), "the rest stays");
    let late = office.post(&ani, "/register/ent-1/edit", &edit).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let stranger = office.signed_in_with("budi", trainer("other")).await;
    let file = fetch(&office, &stranger, "/register/export.xlsx").await;
    let sent = hand_in(&office, &stranger, "", &file).await;
    assert_eq!(counts(&office.get(&stranger, sent.location()).await.body), [0, 0, 0, 0, 0]);
}

#[tokio::test]
async fn an_extract_of_another_system_is_read_by_its_own_headings() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../extracts/wlkp.toml");
    let text = std::fs::read_to_string(root).unwrap();
    let content = Catalogue::parse([("extracts/wlkp.toml", text)]).unwrap();
    let office = TestOffice::open_with(content).await;
    let officer = Grant::new(Role::ProductivityOfficer, Scope::region("33"));
    let siti = office.signed_in_with("siti", officer).await;
    let form = office.get(&siti, "/register/import").await;
    assert!(form.body.contains("Ekstrak WLKP"), "{}", form.body);
    let file = workbook(&[
        &[
            "No",
            "Nama Perusahaan",
            "Kab/Kota",
            "Bentuk Badan Usaha",
            "Status Permodalan",
            "SP/SB",
            "Tahun Lapor",
            "PKWTT L",
            "PKWTT P",
            "PKWT P",
        ],
        &["1", "PT Sandang Jaya", "3374", "Perseroan Terbatas", "PMA", "Sudah ada", "2025", "40", "60", "25"],
        &["2", "CV Jauh", "5171", "CV", "PMDN", "Belum ada", "2025", "3", "2", "0"],
    ]);
    let sent = hand_in(&office, &siti, "wlkp", &file).await;
    let preview = office.get(&siti, sent.location()).await;
    assert_eq!(counts(&preview.body), [1, 0, 0, 0, 1], "{}", preview.body);
    let done = accept(&office, &siti, sent.location(), &[]).await;
    assert!(done.location().contains("done=1-0-0"), "{}", done.location());
    let list = office.get(&siti, "/register?words=sandang").await;
    let entry = list.body.split("/register/f-").nth(1).unwrap().split('"').next().unwrap();
    let page = office.get(&siti, &format!("/register/f-{entry}")).await;
    for words in ["125 pekerja pada 2025", "Ada serikat pekerja?", "Milik asing?"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_in_words_and_not_kept() {
    let office = with_providers().await;
    let ani = office.signed_in_with("ani", trainer("blk")).await;
    for (content, words) in [
        (b"halo dunia".to_vec(), "Tulis nama kolom"),
        (workbook(&[&["a", "b"], &["1", "2"]]), "Nama usaha, Wilayah"),
        (b"PK\x03\x04rusak".to_vec(), "rusak"),
    ] {
        let sent = hand_in(&office, &ani, "", &content).await;
        assert_eq!(sent.status, StatusCode::BAD_REQUEST);
        assert!(sent.body.contains(words), "{words}: {}", sent.body);
    }
    let nothing = hand_in(&office, &ani, "", b"").await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
    assert_eq!(kept(&office).len(), 0);
    for path in ["/register/import/x", "/register/import/../../etc/passwd"] {
        assert_eq!(office.get(&ani, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn other_places_of_an_enterprise_are_kept_and_removed() {
    let office = with_providers().await;
    let ani = office.signed_in_with("ani", trainer("blk")).await;
    enter(&office, &ani, "ent-1", "CV Contoh", &[]).await;
    let site = [("site_name", "Gudang Jepara"), ("site_region", "3320"), ("site_address", "Jl. Ukir 1")];
    let kept = office.post(&ani, "/register/ent-1/sites", &site).await;
    assert_eq!(kept.location(), "/register/ent-1?done=sites", "{}", kept.body);
    let page = office.get(&ani, "/register/ent-1").await;
    assert!(page.body.contains("Gudang Jepara") && page.body.contains("Jl. Ukir 1"), "{}", page.body);
    let nameless = office.post(&ani, "/register/ent-1/sites", &[("site_region", "3320")]).await;
    assert_eq!(nameless.status, StatusCode::BAD_REQUEST);
    office.post(&ani, "/register/ent-1/sites", &[("leave_out", "0")]).await;
    assert!(!office.get(&ani, "/register/ent-1").await.body.contains("Gudang Jepara"));
}
