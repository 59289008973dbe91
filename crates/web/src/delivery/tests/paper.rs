//! What delivery prints, who may have it, the photos in it, and calendars on phones.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use domain::actor::{Actor, Grant, Role, SendReminders};
use domain::mail::{Letter, NotSent, Postman};
use domain::reminder::{Kind, Reminder};
use serde_json::Value;
use store::reminders;

use super::walk::{People, content, done, office, people, says, selected, up_to_workshop};
use crate::office::tests::{Browser, TestOffice};

/// A document as the press was given it.
async fn printed(office: &TestOffice, browser: &Browser, path: &str) -> Value {
    let answer = office.get(browser, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{path}: {}", answer.body))
}

fn is(document: &Value, wanted: &[(&str, &str)]) {
    for (pointer, value) in wanted {
        let found = document.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {document:#}"));
        let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        assert_eq!(found, *value, "{pointer}");
    }
}

/// A training held, a team, a project, a visit.
pub(super) async fn at_work() -> (TestOffice, People, String) {
    let office = office().await;
    let people = people(&office).await;
    let page = selected(&office, &people).await;
    up_to_workshop(&office, &people, &page).await;
    let trainer = &people.trainer;
    let team = [("on", "2026-02-25"), ("leader", "kepala produksi"), ("workers_women", "2")];
    done(&office, trainer, &page, "team", &team).await;
    let project = [
        ("problem", "bahan menumpuk #panic(\"x\")"),
        ("problem_kind", "stock"),
        ("action", "rak berlabel"),
        ("owner", "gudang"),
        ("due", "2026-03-31"),
        ("cost", "Rp 4.200.000"),
        ("saving", "9.700.000"),
        ("saving_kind", "yearly"),
        ("before", "12"),
        ("unit", "menit"),
    ];
    done(&office, &people.owner, &page, "project", &project).await;
    done(&office, trainer, &page, "plan", &[("on", "2026-02-26")]).await;
    let visit = [("on", "2026-12-09"), ("starts_at", "09:00")];
    done(&office, trainer, &page, "visit-plan", &visit).await;
    (office, people, page)
}

/// The project and its page, as the form for photos names them.
pub(super) async fn project(office: &TestOffice, people: &People, page: &str) -> String {
    let body = office.get(&people.owner, page).await.body;
    let thing = body.split("/photos?thing=").nth(1).expect("the project takes photos");
    thing.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_report_on_paper_says_what_its_page_says() {
    let (office, people, page) = at_work().await;
    let on_screen = office.get(&people.trainer, &format!("{page}/report")).await;
    says(&on_screen, "/report.pdf?course=");
    says(&on_screen, "Indikator");
    let document = printed(&office, &people.trainer, &format!("{page}/report.pdf")).await;
    let report = "/document/body";
    is(
        &document,
        &[
            ("/code", "module-report"),
            ("/on", "2026-11-22"),
            ("/document/masthead/language", "id"),
            ("/document/masthead/title", "Laporan Modul 1: Kerja sama di tempat kerja"),
            ("/document/masthead/organisation", "BLK Semarang"),
            ("/document/masthead/synthetic", "false"),
            ("/document/masthead/printed", "22 November 2026"),
            (&format!("{report}/enterprise"), "UD Batik Lasem Indah"),
            (&format!("{report}/status"), "belum ditulis"),
            (&format!("{report}/savings"), "belum ada data"),
            (&format!("{report}/projects/0/action"), "rak berlabel"),
            (&format!("{report}/projects/0/problem"), "bahan menumpuk #panic(\"x\")"),
            (&format!("{report}/projects/0/cost"), "Rp\u{a0}4.200.000"),
            (&format!("{report}/projects/0/saving"), "Rp\u{a0}9.700.000 setahun, perkiraan"),
            (&format!("{report}/projects/0/pair"), "sebelum: 12\u{a0}menit"),
            (&format!("{report}/practices/0/before"), "Tidak"),
            (&format!("{report}/practices/0/better"), "false"),
            (&format!("{report}/indicators"), "[]"),
        ],
    );
    for fact in document.pointer("/document/body/facts").unwrap().as_array().unwrap() {
        let value = fact["value"].as_str().unwrap().replace('&', "&#38;");
        says(&on_screen, &value);
    }
    let english = printed(&office, &people.trainer, &format!("/en{page}/report.pdf")).await;
    is(&english, &[("/document/masthead/language", "en"), ("/document/body/practices/0/before", "No")]);
}

#[tokio::test]
async fn letter_board_and_sheet_are_filled_from_the_records() {
    let (office, people, page) = at_work().await;
    let letter = printed(&office, &people.owner, &format!("{page}/letter.pdf")).await;
    is(
        &letter,
        &[
            ("/code", "commitment-letter"),
            ("/document/body/enterprise", "UD Batik Lasem Indah"),
            ("/document/body/provider", "BLK Semarang"),
            ("/document/body/signed", "Ditandatangani 3 Februari 2026"),
            ("/document/body/shares_data", "true"),
            ("/document/body/modules/0", "Modul 1: Kerja sama di tempat kerja"),
        ],
    );
    let board = printed(&office, &people.owner, &format!("{page}/board.pdf")).await;
    is(
        &board,
        &[
            ("/code", "improvement-board"),
            ("/document/body/team", "2 orang, dipimpin kepala produksi"),
            ("/document/body/lines/0/owner", "gudang"),
            ("/document/body/lines/0/due", "31 Mar 2026"),
            ("/document/body/lines/0/late", "true"),
            ("/document/body/lines/0/quarters", "1"),
            ("/document/body/blanks", "4"),
        ],
    );
    let sheet = printed(&office, &people.owner, &format!("{page}/five-s.pdf")).await;
    is(&sheet, &[("/code", "five-s-sheet"), ("/document/body/rounds", "8"), ("/document/body/scores", "[]")]);
}

/// The training of the walk, from the calendar.
pub(super) async fn training(office: &TestOffice, people: &People) -> String {
    let calendar = office.get(&people.manager, "/delivery/calendar?from=2026-02-23").await;
    let id = calendar.body.split("/delivery/trainings/").find(|rest| !rest.starts_with("new"));
    let id = calendar.body.split("/delivery/trainings/").skip(1).find(|rest| !rest.starts_with("new")).or(id);
    format!("/delivery/trainings/{}", id.unwrap().split('"').next().unwrap())
}

#[tokio::test]
async fn certificates_are_printed_by_those_who_train_and_checked_by_anybody() {
    let (office, people, _) = at_work().await;
    let training = training(&office, &people).await;
    says(&office.get(&people.trainer, &training).await, "/certificates.pdf");
    let document = printed(&office, &people.trainer, &format!("{training}/certificates.pdf")).await;
    let names: Vec<&str> = document["document"]["body"]["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"Wulan") && names.contains(&"Budi"), "{names:?}");
    let first = &document["document"]["body"]["certificates"][0];
    assert_eq!(first["days"], "2 hari");
    let address = first["address"].as_str().unwrap();
    let path = address.strip_prefix("https://npd.example.go.id").unwrap();
    let check = office.get(&Browser::default(), path).await;
    assert_eq!(check.status, StatusCode::OK);
    says(&check, "asli dan berlaku");
    says(&check, first["name"].as_str().unwrap());
    says(&check, first["number"].as_str().unwrap());
    let nothing = office.get(&Browser::default(), "/certificates/01930000-0000-7000-8000-000000000000").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    for (browser, who) in [(&people.owner, "owner"), (&people.outsider, "outsider")] {
        let refused = office.get(browser, &format!("{training}/certificates.pdf")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{who}");
    }
    let invitation = printed(&office, &people.manager, &format!("{training}/invitation.pdf")).await;
    is(
        &invitation,
        &[
            ("/code", "invitation"),
            ("/document/body/letters/0/enterprise", "UD Batik Lasem Indah"),
            ("/document/body/letters/0/baseline", "true"),
            ("/document/body/facts/1/value", "BLK Semarang"),
        ],
    );
}

#[tokio::test]
async fn nothing_is_printed_for_those_who_may_not_read_it() {
    let (office, people, page) = at_work().await;
    let reader = office.signed_in_with("rudi", Grant::everywhere(Role::Reader)).await;
    for file in ["report.pdf", "letter.pdf", "board.pdf", "five-s.pdf"] {
        let path = format!("{page}/{file}");
        for browser in [&people.outsider, &reader] {
            assert_eq!(office.get(browser, &path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(office.get(&Browser::default(), &path).await.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(office.get(&people.officer, &path).await.status, StatusCode::OK, "{path}");
    }
}

/// A JPEG as a phone writes it: place, time and owner beside the picture.
pub(super) fn from_a_phone() -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], &length[..], body].concat()
    };
    [
        vec![0xFF, 0xD8],
        segment(0xE0, b"JFIF\0"),
        segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0GPS -7.0051, 110.4381 Siti"),
        segment(0xDB, &[0; 65]),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        vec![0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD9],
    ]
    .concat()
}

#[tokio::test]
async fn a_photo_loses_its_place_and_is_shown_on_page_and_paper() {
    let (office, people, page) = at_work().await;
    let thing = project(&office, &people, &page).await;
    let fields = |moment| {
        [("thing", thing.as_str()), ("caption", "lorong penuh"), ("moment", moment), ("people_agreed", "on")]
    };
    let path = format!("{page}/photos");
    let text = office.send_photo(&people.owner, &path, &fields("before"), b"bukan foto").await;
    assert_eq!(text.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&text, "Ini bukan foto JPEG atau PNG. Pilih foto lain");
    for moment in ["before", "after"] {
        let taken = office.send_photo(&people.owner, &path, &fields(moment), &from_a_phone()).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    }
    let report = office.get(&people.trainer, &format!("{page}/report")).await;
    let src = report.body.split("<img src=\"").nth(1).expect("the report shows photos");
    let shown = office.get(&people.trainer, src.split('"').next().unwrap()).await;
    assert_eq!(shown.status, StatusCode::OK);
    let document = printed(&office, &people.trainer, &format!("{page}/report.pdf")).await;
    is(
        &document,
        &[
            ("/document/body/projects/0/before/0/words", "Sebelum: lorong penuh"),
            ("/document/body/projects/0/after/0/words", "Sesudah: lorong penuh"),
        ],
    );
    let pictures = document["pictures"].as_array().unwrap();
    assert_eq!(pictures.len(), 2);
    for picture in pictures {
        let digest = picture.as_str().unwrap().rsplit(' ').next().unwrap();
        let kept = office.blob(digest);
        for told in [&b"GPS"[..], b"110.4381", b"Siti"] {
            assert!(
                !kept.windows(told.len()).any(|window| window == told),
                "a photo tells where it was taken"
            );
        }
    }
    let board = printed(&office, &people.owner, &format!("{page}/board.pdf")).await;
    is(&board, &[("/document/body/lines/0/before/words", "Sebelum: lorong penuh")]);
    let refused = office.get(&people.outsider, src.split('"').next().unwrap()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn attendance_is_taken_by_day_and_a_certificate_is_earned() {
    let (office, people, page) = at_work().await;
    let engagement = office.get(&people.trainer, &page).await.body;
    let training = training(&office, &people).await;
    assert!(engagement.contains("1 perempuan, 1 laki-laki"), "{engagement}");
    let roster = office.get(&people.trainer, &training).await;
    says(&roster, "2 dari 2 peserta mendapat sertifikat (hadir sedikitnya 2 hari)");
    says(&roster, "Hari 1, 24 Feb 2026: 2 dari 2 hadir");
    let field = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        roster.body.split(&mark).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (course, version) = (field("p0_course"), field("version"));
    let mut list = vec![
        ("version", version.as_str()),
        ("p0_name", "Wulan"),
        ("p0_course", &course),
        ("p0_position", "owner"),
        ("p0_day_1", "on"),
        ("p0_day_2", "on"),
        ("p1_name", "Budi"),
        ("p1_course", &course),
        ("p1_sex", "man"),
        ("p1_position", "worker"),
        ("p1_day_2", "on"),
    ];
    let path = format!("{training}/attendance");
    let unknown = office.post(&people.trainer, &path, &list).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&unknown, "Pilih perempuan atau laki-laki untuk “Wulan”");
    says(&unknown, "value=\"Budi\"");
    list.push(("p0_sex", "woman"));
    let taken = office.post(&people.trainer, &path, &list).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let again = office.get(&people.trainer, &training).await;
    says(&again, "1 dari 2 peserta mendapat sertifikat");
    says(&again, "Hari 1, 24 Feb 2026: 1 dari 2 hadir");
    let document = printed(&office, &people.trainer, &format!("{training}/certificates.pdf")).await;
    let all = document["document"]["body"]["certificates"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    is(&document, &[("/document/body/certificates/0/name", "Wulan")]);
}

#[tokio::test]
async fn a_case_takes_its_figures_from_the_records_and_is_read_before_it_is_agreed_to() {
    let (office, people, page) = at_work().await;
    let thing = project(&office, &people, &page).await;
    let finish = [("thing", thing.as_str()), ("version", "1"), ("on", "2026-03-20"), ("after", "4")];
    done(&office, &people.owner, &page, "finish", &finish).await;
    let form = office.get(&people.trainer, &format!("{page}/do/case")).await;
    says(&form, "12 → 4\u{a0}menit");
    says(&form, "Dari catatan: usulan “rak berlabel”");
    says(&form, "value=\"UD Batik Lasem Indah\"");
    let ledger = format!("ledger.project.{thing}");
    let mut fields = vec![
        ("title", "Rak berlabel"),
        ("problem_kind", "stock"),
        ("shown_as", "sebuah usaha batik"),
        ("problem", "bahan menumpuk"),
        ("action", "rak"),
        ("result", "cepat ditemukan"),
        (ledger.as_str(), "on"),
        ("pair.0.label", "bahan rusak"),
        ("pair.0.before", "1.500"),
        ("pair.0.unit", "kg"),
    ];
    let half = office.post(&people.trainer, &format!("{page}/do/case"), &fields).await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&half, "Tulis angka sesudah.");
    says(&half, "Tulis dari mana angka ini.");
    fields.extend([("pair.0.after", "900,5"), ("pair.0.source", "buku gudang")]);
    let written = office.post(&people.trainer, &format!("{page}/do/case"), &fields).await;
    assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", written.body);
    let draft = office.get(&people.owner, written.location()).await;
    for words in ["Rak berlabel", "bahan rusak", "1.500", "900,5", "Menurut usaha: buku gudang", "do/consent"]
    {
        says(&draft, words);
    }
    let case = written.location().rsplit('/').next().unwrap().to_owned();
    let edit = office.get(&people.trainer, &format!("{page}/do/case?course=&thing={case}")).await;
    says(&edit, "value=\"1500\"");
    says(&edit, "value=\"900,5\"");
    says(&edit, &format!("name=\"{ledger}\" checked"));
    let consent = [("thing", case.as_str()), ("version", "1"), ("by", "pemilik"), ("on", "2026-11-20")];
    done(&office, &people.owner, &page, "consent", &consent).await;
    // Whoever agreed to other words is told that they changed.
    fields.extend([("thing", case.as_str()), ("version", "2")]);
    done(&office, &people.trainer, &page, "case", &fields).await;
    let stale = office.post(&people.owner, &format!("{page}/do/consent"), &consent).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&stale, "Belum tersimpan: sejak halaman ini dibuka");
}

#[tokio::test]
async fn a_form_that_arrives_twice_is_taken_once() {
    let (office, people, page) = at_work().await;
    let form = office.get(&people.owner, &format!("{page}/do/project")).await;
    let fresh = form.body.split("name=\"fresh\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [
        ("fresh", fresh),
        ("problem", "lampu menyala siang"),
        ("action", "saklar per zona"),
        ("owner", "teknisi"),
        ("due", "2026-12-31"),
    ];
    done(&office, &people.owner, &page, "project", &fields).await;
    done(&office, &people.owner, &page, "project", &fields).await;
    let shown = office.get(&people.owner, &page).await;
    assert_eq!(shown.body.matches("saklar per zona").count(), 1);
}

#[tokio::test]
async fn a_calendar_has_a_private_address_that_can_be_renewed() {
    let (office, people, _) = at_work().await;
    let make = async || {
        let made = office.post(&people.trainer, "/delivery/calendar/link", &[]).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        let link = made.body.split("value=\"https://npd.example.go.id").nth(1).expect("the address is shown");
        link.split('"').next().unwrap().to_owned()
    };
    let first = make().await;
    let file = office.get(&Browser::default(), &first).await;
    assert_eq!(file.status, StatusCode::OK);
    for line in [
        "BEGIN:VCALENDAR",
        "DTSTAMP:20261122T030000Z",
        // Nine o'clock in Rembang.
        "DTSTART:20261209T020000Z",
        "DTSTART;VALUE=DATE:20260224",
        "DTEND;VALUE=DATE:20260226",
        "@npd.example.go.id",
        "09:00\u{a0}WIB",
    ] {
        assert!(file.body.contains(line), "no {line} in {}", file.body);
    }
    assert_eq!(
        file.body,
        office.get(&Browser::default(), &first).await.body,
        "the same things keep their names"
    );
    let second = make().await;
    assert_ne!(first, second);
    assert_eq!(office.get(&Browser::default(), &first).await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.get(&Browser::default(), &second).await.status, StatusCode::OK);
    assert_eq!(office.get(&Browser::default(), "/calendar/x.ics").await.status, StatusCode::NOT_FOUND);
    says(
        &office.get(&people.trainer, "/delivery/calendar/link").await,
        "Alamat Anda dibuat 22 November 2026",
    );
    let other = office.get(&people.outsider, "/delivery/calendar.ics").await;
    assert!(!other.body.contains("VEVENT"), "{}", other.body);
    let nobody = office.get(&Browser::default(), "/delivery/calendar.ics").await;
    assert_eq!(nobody.status, StatusCode::SEE_OTHER);
}

/// Keeps letters, or refuses them.
#[derive(Default)]
struct Pigeonhole {
    letters: Mutex<Vec<Letter>>,
    closed: bool,
}

impl Postman for Pigeonhole {
    fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        if self.closed {
            return Err(NotSent { reason: "connection refused".into(), this_letter: false });
        }
        self.letters.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

#[tokio::test]
async fn an_invitation_goes_by_mail_where_mail_is_set_and_the_link_is_always_shown() {
    for closed in [false, true] {
        let post = Arc::new(Pigeonhole { closed, ..Pigeonhole::default() });
        let office = TestOffice::open_with_post(content(), post.clone()).await;
        let admin = office.signed_in_with("admin", Grant::everywhere(Role::Administrator)).await;
        let fields = [("email", "baru@kantor.go.id"), ("name", "Ibu Baru"), ("role", "reader")];
        let answer = office.post(&admin, "/office/accounts", &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        says(&answer, "https://npd.example.go.id/sign-in/");
        let letters = post.letters.lock().unwrap().clone();
        if closed {
            says(&answer, "Tautan tidak terkirim (connection refused)");
            assert!(letters.is_empty());
        } else {
            says(&answer, "Tautan terkirim ke baru@kantor.go.id");
            let [letter] = &letters[..] else { panic!("one letter and not {}", letters.len()) };
            assert_eq!(letter.address, "baru@kantor.go.id");
            let link = answer.body.split("readonly value=\"").nth(1).unwrap().split('"').next().unwrap();
            assert!(letter.body.contains(link), "{}", letter.body);
        }
        says(&office.get(&admin, "/office/mail").await, "Belum ada pengingat");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_answered_by_mail_and_strangers_learn_nothing() {
    let post = Arc::new(Pigeonhole::default());
    let office = TestOffice::open_with_post(content(), post.clone()).await;
    let siti = office.signed_in_with("siti", Grant::everywhere(Role::Reader)).await;
    let nobody = Browser::default();
    let ask = async |email: &str| office.post(&nobody, "/sign-in/forgotten", &[("email", email)]).await;
    let (known, unknown) = (ask("siti@kemnaker.go.id").await, ask("asing@kemnaker.go.id").await);
    assert_eq!((known.status, unknown.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(known.body, unknown.body, "the answer tells nobody who has an account");
    assert_eq!(ask("bukan surel").await.status, StatusCode::BAD_REQUEST);
    // The letter goes its own way; the server is not waited for.
    let letter = loop {
        if let Some(letter) = post.letters.lock().unwrap().first().cloned() {
            break letter;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(letter.address, "siti@kemnaker.go.id");
    let link = letter.body.split("https://npd.example.go.id").nth(1).unwrap();
    let link = link.split(char::is_whitespace).next().unwrap();
    let fields = [("password", "sandi-baru-yang-panjang"), ("repeated", "sandi-baru-yang-panjang")];
    let set = office.post(&nobody, link, &fields).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
    assert_eq!(post.letters.lock().unwrap().len(), 1);
    // A new password ends the sessions there were.
    assert_eq!(office.get(&siti, "/office").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_desk_says_when_the_mail_server_takes_no_letter() {
    let office = office().await;
    let admin = office.signed_in_with("admin", Grant::everywhere(Role::Administrator)).await;
    let permit = Actor::operator().permit(SendReminders { what: "test".into() }).unwrap();
    let due = Reminder {
        account: "admin".into(),
        kind: Kind::Visit,
        subject: "v1".into(),
        on: "2026-11-23".parse().unwrap(),
        about: "UD Batik Lasem Indah".into(),
        path: "/delivery".into(),
        synthetic: false,
    };
    assert!(!office.get(&admin, "/office").await.body.contains("Server surel"));
    let mut tx = office.store.begin(office.now()).await.unwrap();
    reminders::note(&mut tx, &permit, &[due], &|| "r1".to_owned()).await.unwrap();
    tx.commit().await.unwrap();
    let taken = reminders::take(&office.store, &permit, office.now(), office.now()).await.unwrap().unwrap();
    let down = NotSent { reason: "connection refused".into(), this_letter: false };
    reminders::failed(&office.store, &permit, &taken.id, &down).await.unwrap();
    for page in ["/office", "/office/mail"] {
        let words = "Server surel tidak menerima (22 November 2026, 10.00\u{a0}WIB): connection refused";
        says(&office.get(&admin, page).await, words);
    }
}

#[tokio::test]
async fn whoever_wants_no_reminders_says_so_on_the_own_account() {
    let (office, people, _) = at_work().await;
    let own = "/office/account";
    says(&office.get(&people.trainer, own).await, "name=\"reminders\" value=\"yes\" checked");
    let page = office.get(&people.trainer, own).await;
    assert!(!page.body.contains("name=\"questions\" value=\"yes\" checked"), "nobody asked for these");
    let chosen = [("questions", "yes")];
    let stopped = office.post(&people.trainer, "/office/account/reminders", &chosen).await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER);
    let page = office.get(&people.trainer, own).await;
    says(&page, "name=\"questions\" value=\"yes\" checked");
    assert!(!page.body.contains("name=\"reminders\" value=\"yes\" checked"), "{}", page.body);
    let refused = office.get(&people.trainer, "/office/mail").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
