use std::sync::Mutex;

use axum::http::StatusCode;
use domain::actor::Role;
use domain::held::{HeldCase, HeldPage, HeldRow, HeldRows, RowVersion, Ruling, Value, Verdict};
use domain::language::Text;
use domain::survey::Survey;
use store::imports;
use store::jobs::{self, Work};

use super::*;

/// An archive in which row 3 of every import is held: E2, with -5 persons.
#[derive(Default)]
pub(super) struct OneHeldRow {
    ruling: Mutex<Option<Ruling>>,
}

impl OneHeldRow {
    fn row(&self) -> HeldRow {
        let value = |name: &str, value| (name.to_owned(), value);
        HeldRow {
            row: 3,
            unit: "E2".into(),
            year: Some(2024),
            values: vec![
                value("enterprise_id", Value::Text("E2".into())),
                value("year", Value::Integer(2024)),
                value("turnover", Value::Number(2000.0)),
                value("persons", Value::Number(-5.0)),
            ],
            ruling: self.ruling.lock().unwrap().clone(),
            confirmable: true,
        }
    }
}

impl HeldRows for OneHeldRow {
    fn held_page(&self, _: &Survey, _: &str, from: u64, _: usize) -> Result<HeldPage, Text> {
        let row = self.row();
        let undecided = u64::from(row.ruling.is_none());
        let rows = if from <= 3 { vec![row] } else { Vec::new() };
        Ok(HeldPage { rows, total: 1, undecided, next: None })
    }

    fn held_case(&self, _: &Survey, import: &str, row: u64) -> Result<Option<HeldCase>, Text> {
        let held = self.row();
        let version = RowVersion {
            import: import.to_owned(),
            row: 3,
            imported_at: start(),
            held: true,
            verdict: held.ruling.as_ref().map(|ruling| ruling.verdict),
            current: held.ruling.is_some(),
        };
        let year_before = vec![("turnover".to_owned(), Value::Number(500.0))];
        Ok((row == 3).then(|| HeldCase { row: held, year_before, versions: vec![version] }))
    }
}

/// An import of three rows, one of them held, whose usable rows lie in the archive.
async fn accepted(office: &TestOffice, siti: &Browser) -> String {
    let file = b"enterprise_id,year,turnover,persons\nE1,2024,1000,10\nE2,2024,2000,-5\nE3,2024,900,9\n";
    let page = office.upload(siti, "demo", "2024.csv", file).await.location().to_owned();
    super::files::check(office).await;
    let early = office.get(siti, &format!("{page}/held")).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "nothing is archived yet");
    office.post(siti, &format!("{page}/accept"), &[]).await;
    let claim = claim(office).await;
    let mut tx = office.store.begin(office.now()).await.unwrap();
    imports::accepted(&mut tx, &claim, serde_json::json!({})).await.unwrap();
    jobs::finish(&mut tx, &claim).await.unwrap();
    tx.commit().await.unwrap();
    page
}

async fn claim(office: &TestOffice) -> jobs::Claim {
    let stale = SignedDuration::from_secs(30);
    jobs::claim(&office.store, "worker", office.now(), stale, None).await.unwrap().expect("a job waits")
}

#[tokio::test]
async fn a_held_row_is_compared_with_last_year_and_confirmed_with_a_reason() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let page = accepted(&office, &siti).await;
    let shown = office.get(&siti, &page).await;
    assert!(shown.body.contains(&format!("href=\"{page}/held\"")), "{}", shown.body);
    let list = office.get(&siti, &format!("{page}/held")).await;
    for words in ["1 baris ditahan; 1 belum diputuskan", "Jumlah orang kurang dari nol.", "E2"] {
        assert!(list.body.contains(words), "{words} in {}", list.body);
    }
    let row = format!("{page}/held/3");
    let opened = office.get(&siti, &row).await;
    for words in
        ["Baris 3: E2", "Omzet (ribu rupiah)", "2.000", "500", "×\u{a0}4,00", "<mark class=\"warn\">"]
    {
        assert!(opened.body.contains(words), "{words} in {}", opened.body);
    }
    assert!(office.get(&siti, &format!("/en{row}")).await.body.contains("The year before"));
    assert_eq!(office.get(&siti, &format!("{page}/held/99")).await.status, StatusCode::NOT_FOUND);

    let short = [("verdict", "confirm"), ("reason", "ya")];
    let refused = office.post(&siti, &row, &short).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("paling sedikit tiga kata"), "{}", refused.body);
    let form = [("verdict", "confirm"), ("reason", "Sudah ditanyakan lewat telepon")];
    let answer = office.post(&siti, &row, &form).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, row.as_str()));
    assert!(office.get(&siti, &row).await.body.contains("Menyimpan keputusan"), "on its way");

    let claim = claim(&office).await;
    let Work::DecideRows { rows, verdict, reason, .. } = &claim.work else { panic!("{:?}", claim.work) };
    assert_eq!((rows.as_slice(), *verdict), ([3].as_slice(), Verdict::Confirm));
    let ruling = Ruling {
        verdict: *verdict,
        reason: reason.clone(),
        decided_at: office.now(),
        actor: claim.actor.id.clone(),
    };
    *office.held_rows.ruling.lock().unwrap() = Some(ruling);
    let mut tx = office.store.begin(office.now()).await.unwrap();
    imports::rows_decided(&mut tx, &claim).await.unwrap();
    jobs::finish(&mut tx, &claim).await.unwrap();
    tx.commit().await.unwrap();
    let decided = office.get(&siti, &row).await;
    assert!(decided.body.contains("Alasan: Sudah ditanyakan lewat telepon"), "{}", decided.body);
    let admin = office.signed_in("admin", Role::Administrator).await;
    let audit = office.get(&admin, "/office/audit").await.body;
    assert!(audit.contains("memutuskan baris yang ditahan") && audit.contains("lewat telepon"), "{audit}");
}

#[tokio::test]
async fn readers_neither_see_nor_decide_held_rows() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let page = accepted(&office, &siti).await;
    let budi = office.signed_in("budi", Role::Reader).await;
    assert_eq!(office.get(&budi, &format!("{page}/held")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.get(&budi, &format!("{page}/held/3")).await.status, StatusCode::FORBIDDEN);
    let form = [("verdict", "confirm"), ("reason", "saya rasa ini benar")];
    let answer = office.post(&budi, &format!("{page}/held/3"), &form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
