use axum::http::StatusCode;
use domain::actor::{Actor, Function, Grant, Role, Scope};
use domain::catalogue::Catalogue;
use domain::enterprise::{Enterprise, RegisterEnterprise};
use domain::organisation::{Organisation, OrganisationKind, RecordOrganisation};

use crate::office::tests::{Answer, Browser, TestOffice};

/// Regions, prices and programmes as they stand in the repository.
pub(super) fn content() -> Catalogue {
    fn gather(folder: &std::path::Path, below: &str, files: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let inside = format!("{below}/{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                gather(&path, &inside, files);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                files.push((inside, text));
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["classifications", "deflators", "programmes"] {
        gather(&root.join(folder), folder, &mut files);
    }
    Catalogue::parse(files).unwrap()
}

/// A provider and an enterprise of the register.
pub(super) async fn office() -> TestOffice {
    let office = TestOffice::open_with(content()).await;
    let organisation = Organisation {
        id: "blk".into(),
        name: "BLK Semarang".into(),
        kind: OrganisationKind::TrainingCentre,
        region: Some("33".into()),
        note: Default::default(),
        source: Default::default(),
    };
    let enterprise = Enterprise {
        name: "UD Batik Lasem Indah".into(),
        region: "3317".into(),
        organisation: Some("blk".into()),
        ..Enterprise::default()
    };
    let operator = Actor::operator();
    let mut tx = office.store.begin(office.now()).await.unwrap();
    let permit = operator.permit(RecordOrganisation { organisation }).unwrap();
    store::organisations::record(&mut tx, &permit).await.unwrap();
    let register = RegisterEnterprise {
        id: "e1".into(),
        enterprise,
        workforce: None,
        contacts: Vec::new(),
        synthetic: false,
        not_the_same_as: Vec::new(),
    };
    let permit = operator.permit(register).unwrap();
    store::enterprises::register(&mut tx, &permit).await.unwrap();
    tx.commit().await.unwrap();
    office
}

pub(super) struct People {
    pub(super) manager: Browser,
    pub(super) trainer: Browser,
    pub(super) officer: Browser,
    pub(super) owner: Browser,
    pub(super) outsider: Browser,
}

pub(super) async fn people(office: &TestOffice) -> People {
    let provider = || Scope::organisation("blk");
    let grant = |role, scope| Grant { role, function: None, scope };
    People {
        manager: office.signed_in_with("joko", grant(Role::ProviderManager, provider())).await,
        trainer: office.signed_in_with("siti", grant(Role::Trainer, provider().in_region("33"))).await,
        officer: office.signed_in_with("rina", Grant::everywhere(Role::ProgrammeOfficer)).await,
        owner: office.signed_in_with("wulan", Grant::member(Function::Owner, "e1")).await,
        outsider: office.signed_in_with("budi", grant(Role::Trainer, provider().in_region("35"))).await,
    }
}

/// The engagement, once the manager has selected the enterprise and put the trainer in charge.
pub(super) async fn selected(office: &TestOffice, people: &People) -> String {
    let form = office.get(&people.manager, "/delivery/engagements/new?enterprise=e1").await;
    assert!(form.body.contains("UD Batik Lasem Indah mulai dari sini"), "{}", form.body);
    let product = form.body.split("value=\"").find(|rest| rest.contains("/standard\"")).unwrap();
    let product = product.split('"').next().unwrap().to_owned();
    let fields =
        [("enterprise", "e1"), ("product", product.as_str()), ("organisation", "blk"), ("on", "2026-01-10")];
    let answer = office.post(&people.manager, "/delivery/engagements/new", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = answer.location().to_owned();
    let assigned = office.post(&people.manager, &format!("{page}/do/trainer"), &[("trainer", "siti")]).await;
    assert_eq!(assigned.status, StatusCode::SEE_OTHER, "{}", assigned.body);
    page
}

pub(super) async fn done(
    office: &TestOffice,
    browser: &Browser,
    page: &str,
    form: &str,
    fields: &[(&str, &str)],
) {
    let answer = office.post(browser, &format!("{page}/do/{form}"), fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form}: {}", answer.body);
}

pub(super) fn says(answer: &Answer, words: &str) {
    assert!(answer.body.contains(words), "no “{words}” in {}", answer.body);
}

/// Commits, takes the baseline, plans and holds the workshop.
pub(super) async fn up_to_workshop(office: &TestOffice, people: &People, page: &str) {
    let trainer = &people.trainer;
    done(
        office,
        trainer,
        page,
        "commit",
        &[("on", "2026-02-03"), ("signed_by", "pemilik"), ("shares_data", "on")],
    )
    .await;
    done(
        office,
        trainer,
        page,
        "baseline",
        &[
            ("on", "2026-02-12"),
            ("practice.C1", "no"),
            ("practice.C4", "yes"),
            ("problem.stock", "on"),
            ("problem.menu", "on"),
        ],
    )
    .await;
    let form = office.get(&people.manager, "/delivery/trainings/new").await;
    let taught = form.body.split("value=\"").find(|rest| rest.contains("/standard/cooperation\"")).unwrap();
    let taught = taught.split('"').next().unwrap().to_owned();
    let fields = [
        ("taught", taught.as_str()),
        ("organisation", "blk"),
        ("region", "33"),
        ("venue", "BLK Semarang"),
        ("starts_on", "2026-02-24"),
        ("ends_on", "2026-02-25"),
        ("trainer", "siti"),
    ];
    let planned = office.post(&people.manager, "/delivery/trainings/new", &fields).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
    let training = planned.location().to_owned();
    let id = training.rsplit('/').next().unwrap();
    done(
        office,
        trainer,
        page,
        "module",
        &[("module", "cooperation"), ("training", id), ("on", "2026-02-20")],
    )
    .await;
    let roster = office.get(trainer, &training).await;
    says(&roster, "data awal 12 Feb 2026");
    let course = roster.body.split("name=\"p0_course\" value=\"").nth(1).unwrap();
    let course = course.split('"').next().unwrap().to_owned();
    let attendance = [
        ("version", "1"),
        ("p0_name", "Wulan"),
        ("p0_course", course.as_str()),
        ("p0_sex", "woman"),
        ("p0_position", "owner"),
        ("p1_name", "Budi"),
        ("p1_course", course.as_str()),
        ("p1_sex", "man"),
        ("p1_position", "worker"),
        ("p0_day_1", "on"),
        ("p0_day_2", "on"),
        ("p1_day_1", "on"),
        ("p1_day_2", "on"),
    ];
    let taken = office.post(trainer, &format!("{training}/attendance"), &attendance).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
}

#[tokio::test]
async fn an_enterprise_goes_from_letter_to_closed_module_through_pages() {
    let office = office().await;
    let people = people(&office).await;
    let page = selected(&office, &people).await;
    let trainer = &people.trainer;
    says(&office.get(trainer, "/delivery").await, "UD Batik Lasem Indah");
    says(&office.get(trainer, &page).await, "Catat surat komitmen");
    up_to_workshop(&office, &people, &page).await;
    let diagnosis = office.get(trainer, &format!("{page}/diagnosis")).await;
    says(&diagnosis, "Modul 3: Produktivitas melalui produksi bersih");
    says(&diagnosis, "Menelusuri bahan, listrik dan stok");
    says(&office.get(trainer, &page).await, "Catat tim perbaikan");
    done(
        &office,
        trainer,
        &page,
        "team",
        &[("on", "2026-02-25"), ("leader", "kepala produksi"), ("workers_women", "2")],
    )
    .await;
    done(
        &office,
        &people.owner,
        &page,
        "project",
        &[
            ("problem", "bahan menumpuk"),
            ("problem_kind", "stock"),
            ("action", "rak berlabel"),
            ("owner", "gudang"),
            ("due", "2026-03-31"),
            ("cost", "Rp 4.200.000"),
            ("saving", "9.700.000"),
            ("saving_kind", "yearly"),
        ],
    )
    .await;
    says(&office.get(&people.owner, &page).await, "Rp\u{a0}4.200.000");
    done(&office, trainer, &page, "plan", &[("on", "2026-02-26")]).await;
    for day in ["2026-03-09", "2026-04-14", "2026-06-02"] {
        done(&office, trainer, &page, "visit-plan", &[("on", day), ("starts_at", "09:00")]).await;
        let body = office.get(trainer, &page).await.body;
        let visit = body.split("/do/visit?course=").nth(1).unwrap();
        let visit = visit.split("thing=").nth(1).unwrap().split(['"', '&']).next().unwrap().to_owned();
        let fields = [
            ("thing", visit.as_str()),
            ("version", "1"),
            ("on", day),
            ("women", "2"),
            ("progress", "rak selesai"),
            ("next_steps", "label"),
        ];
        done(&office, trainer, &page, "visit", &fields).await;
    }
    done(&office, trainer, &page, "review", &[("on", "2026-06-02"), ("review", "berjalan")]).await;
    done(&office, trainer, &page, "after", &[("on", "2026-06-05"), ("practice.C1", "yes")]).await;
    done(&office, trainer, &page, "words", &[("version", "0"), ("summary", "tim bekerja"), ("do", "submit")])
        .await;
    reviewed(&office, &people, &page).await;
    closed_once(&office, &people, &page).await;
}

/// The officer sees the checks first, sends the report back once is not needed here, and approves.
async fn reviewed(office: &TestOffice, people: &People, page: &str) {
    let queue = office.get(&people.officer, "/delivery/reports").await;
    says(&queue, "UD Batik Lasem Indah");
    let report = office.get(&people.officer, &format!("{page}/report")).await;
    says(&report, "Pemeriksaan otomatis");
    says(&report, "1 dari 1 praktik yang dapat dibandingkan kini ada");
    let hidden = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        report.body.split(&mark).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (id, course, version) = (hidden("report"), hidden("course"), hidden("version"));
    let fields = [
        ("report", id.as_str()),
        ("course", course.as_str()),
        ("version", version.as_str()),
        ("words", "Bagus."),
    ];
    let refused = office.post(&people.trainer, &format!("{page}/report/approve"), &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "nobody approves the own report");
    for decision in ["comment", "approve"] {
        let answer = office.post(&people.officer, &format!("{page}/report/{decision}"), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{decision}: {}", answer.body);
    }
    let report = office.get(&people.trainer, &format!("{page}/report")).await;
    says(&report, "disetujui");
    says(&report, "Bagus.");
}

/// The trainer closes the module; the manager, who had the form open, is told who did.
async fn closed_once(office: &TestOffice, people: &People, page: &str) {
    let form = office.get(&people.trainer, &format!("{page}/do/deliver")).await;
    let version = form.body.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("version", version), ("on", "2026-06-12")];
    done(office, &people.trainer, page, "deliver", &fields).await;
    let second = office.post(&people.manager, &format!("{page}/do/deliver"), &fields).await;
    assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&second, "SITI menutup modul");
    says(&second, "value=\"2026-06-12\"");
}

#[tokio::test]
async fn what_cannot_be_is_said_at_the_field_and_what_was_typed_stays() {
    let office = office().await;
    let people = people(&office).await;
    let page = selected(&office, &people).await;
    let fields = [("on", "2026-12-24"), ("signed_by", "Ibu Wulan, pemilik")];
    let answer = office.post(&people.trainer, &format!("{page}/do/commit"), &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&answer, "Tanggal 2026-12-24 belum tiba");
    says(&answer, "Ibu Wulan, pemilik");
    let fields = [("on", "kemarin"), ("signed_by", "pemilik")];
    let answer = office.post(&people.trainer, &format!("{page}/do/commit"), &fields).await;
    says(&answer, "“kemarin” bukan tanggal");
    let early = office.post(&people.trainer, &format!("{page}/do/baseline"), &[("on", "2026-02-01")]).await;
    says(&early, "Surat komitmen belum ditandatangani");
    assert_eq!(office.get(&people.trainer, &format!("{page}/do/sing")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_sees_or_does_more_than_the_own_reach() {
    let office = office().await;
    let people = people(&office).await;
    let page = selected(&office, &people).await;
    for path in ["", "/do/commit", "/diagnosis", "/report", "/photos"] {
        let answer = office.get(&people.outsider, &format!("{page}{path}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let list = office.get(&people.outsider, "/delivery/engagements").await;
    assert!(!list.body.contains("UD Batik"), "{}", list.body);
    let fields = [("on", "2026-02-03"), ("signed_by", "pemilik")];
    let owner = office.post(&people.owner, &format!("{page}/do/commit"), &fields).await;
    assert_eq!(owner.status, StatusCode::FORBIDDEN);
    let reader = office.signed_in_with("rudi", Grant::everywhere(Role::Reader)).await;
    assert_eq!(office.get(&reader, "/delivery").await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.get(&Browser::default(), "/delivery").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn everybody_may_read_what_a_programme_is() {
    let office = office().await;
    let nobody = Browser::default();
    let programme = office.get(&nobody, "/programme").await.location().to_owned();
    let page = office.get(&nobody, &programme).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["CV Mubarokfood Cipta Delicia", "Modul 1: Kerja sama di tempat kerja", "Belum ada usaha"] {
        says(&page, words);
    }
    let narrowed = office.get(&nobody, &format!("{programme}?problem=defects")).await;
    says(&narrowed, "PT Logos Indonesia");
    assert!(!narrowed.body.contains("Mubarokfood"));
    let english = office.get(&nobody, &format!("/en{programme}")).await;
    says(&english, "Module 1: Workplace cooperation");
    assert_eq!(office.get(&nobody, "/programme/none").await.status, StatusCode::NOT_FOUND);
}
