//! Delivery: from letter to case study, two people at once, and who may not.

use std::collections::BTreeMap;
use std::path::Path;

use domain::actor::{Actor, Place, Role, Scope};
use domain::delivery::{
    Act, DaysThere, FiveS, NotTracked, Order, Participant, Position, ReadDelivery, Refusal, Sex, Stage,
    State, Step, Team, TrainingAct, TrainingOrder,
};
use domain::programme::Programme;
use sqlx::Connection as _;
use store::delivery::{
    self, case_studies, engagements, reports, trainings,
    visits::{self, Agenda},
};
use store::{Store, StoreError};

use crate::ledger::{Ledger, at, ledgers};

/// The programme that travels with the program.
pub(crate) fn programme() -> Programme {
    fn gather(folder: &Path, below: &str, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                gather(&path, &format!("{name}/"), files);
            } else {
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes");
    let folder = std::fs::read_dir(root).unwrap().next().unwrap().unwrap();
    let mut files = BTreeMap::new();
    gather(&folder.path(), "", &mut files);
    Programme::parse(folder.file_name().to_str().unwrap(), &files).unwrap()
}

fn place(programme: &Programme) -> Place {
    Place::programme(&programme.id).in_region("3374").of_organisation("blk").of_enterprise("e1")
}

fn trainer() -> Actor {
    Actor::with("siti", Role::Trainer, Scope::organisation("blk").in_region("33"))
}

fn manager() -> Actor {
    Actor::with("joko", Role::ProviderManager, Scope::organisation("blk"))
}

fn officer(programme: &Programme) -> Actor {
    Actor::with("rina", Role::ProgrammeOfficer, Scope::programme(&programme.id))
}

/// One enterprise of the register.
async fn enter_enterprise(ledger: &Ledger) {
    let entry = crate::register::enterprise("UD Batik Lasem Indah", "3374", None);
    crate::register::enter(&ledger.store, "e1", entry).await;
}

async fn perform(store: &Store, actor: &Actor, programme: &Programme, act: Act) -> Result<(), StoreError> {
    let order = Order { engagement: "g1".into(), place: place(programme), act };
    let allowed = order.allow(actor).expect("the test asks somebody who may");
    let mut tx = store.begin(at(0)).await.unwrap();
    delivery::perform(&mut tx, &allowed, programme).await?;
    tx.commit().await
}

pub(crate) fn day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

pub(crate) fn select(programme: &Programme) -> Act {
    Act::Select {
        enterprise: "e1".into(),
        programme: programme.id.clone(),
        phase: programme.phases.last().unwrap().id.clone(),
        product: "standard".into(),
        organisation: "blk".into(),
        region: "3374".into(),
        on: day("2026-01-10"),
        synthetic: false,
    }
}

fn assess(id: &str, stage: Stage, on: &str) -> Act {
    Act::Assess {
        id: id.into(),
        stage,
        course: (stage == Stage::AfterModule).then(|| "c1".to_owned()),
        on: day(on),
        practices: BTreeMap::from([("C1".into(), stage != Stage::Baseline), ("C4".into(), true)]),
        problems: vec!["stock".into(), "menu".into()],
        not_tracked: vec![NotTracked { what: "absence".into(), because: "belum ada daftar hadir".into() }],
        note: String::new(),
    }
}

fn participant(id: &str, name: &str, sex: Sex, position: Position) -> Participant {
    Participant {
        id: id.into(),
        course: "c1".into(),
        name: name.into(),
        sex,
        position,
        days: DaysThere::all_of(2),
        namesake: false,
    }
}

/// Plans a training, enrols the enterprise, holds it.
async fn train(store: &Store, programme: &Programme) {
    let place = Place::programme(&programme.id).in_region("33").of_organisation("blk");
    let order = |act| TrainingOrder { training: "t1".into(), place: place.clone(), act };
    let plan = TrainingAct::Plan {
        programme: programme.id.clone(),
        module: "cooperation".into(),
        product: "standard".into(),
        organisation: "blk".into(),
        region: "33".into(),
        venue: "BLK Semarang".into(),
        starts_on: day("2026-02-24"),
        ends_on: day("2026-02-25"),
        trainer: Some("siti".into()),
    };
    let hold = TrainingAct::Hold {
        version: 1,
        participants: vec![
            participant("p1", "Wulan", Sex::Woman, Position::Owner),
            participant("p2", "Budi", Sex::Man, Position::Worker),
            participant("p3", "Aminah", Sex::Woman, Position::Worker),
        ],
    };
    let mut tx = store.begin(at(0)).await.unwrap();
    let allowed = order(plan).allow(&manager()).unwrap();
    trainings::perform(&mut tx, &allowed, programme).await.unwrap();
    tx.commit().await.unwrap();
    let open = Act::OpenCourse {
        course: "c1".into(),
        module: "cooperation".into(),
        training: Some("t1".into()),
        on: day("2026-02-20"),
    };
    perform(store, &trainer(), programme, open).await.unwrap();
    let mut tx = store.begin(at(0)).await.unwrap();
    let allowed = order(hold).allow(&trainer()).unwrap();
    trainings::perform(&mut tx, &allowed, programme).await.unwrap();
    let allowed = order(TrainingAct::Feedback { answers: [0, 0, 1, 1, 1] }).allow(&trainer()).unwrap();
    trainings::perform(&mut tx, &allowed, programme).await.unwrap();
    tx.commit().await.unwrap();
}

/// What a trainer does between workshop and report.
fn improvement() -> Vec<Act> {
    let visit = |id: &str, on: &str| {
        [
            Act::PlanVisit {
                visit: id.into(),
                course: "c1".into(),
                on: day(on),
                starts_at: "09:00".into(),
                trainer: None,
            },
            Act::RecordVisit {
                visit: id.into(),
                version: 1,
                on: day(on),
                women: 2,
                men: 1,
                progress: "rak selesai".into(),
                five_s: Some(FiveS::new([3, 3, 3, 3, 2]).unwrap()),
                findings: String::new(),
                next_steps: "label".into(),
            },
        ]
    };
    let mut acts = planning();
    acts.extend(visit("v1", "2026-03-09"));
    acts.extend(visit("v2", "2026-04-14"));
    acts.extend(visit("v3", "2026-06-02"));
    acts.extend(closing());
    acts
}

/// The team, one project, the plan.
fn planning() -> Vec<Act> {
    vec![
        Act::FormTeam {
            course: "c1".into(),
            team: Team {
                formed_on: day("2026-02-25"),
                leader: "kepala produksi".into(),
                managers_women: 1,
                managers_men: 0,
                workers_women: 2,
                workers_men: 1,
            },
        },
        Act::AddProject {
            project: "x1".into(),
            course: "c1".into(),
            problem: "bahan menumpuk di lantai".into(),
            problem_kind: Some("stock".into()),
            action: "rak berlabel".into(),
            owner: "gudang".into(),
            due: day("2026-03-31"),
            cost: Some(4_200_000),
            saving: Some(9_700_000),
            saving_kind: Some(domain::delivery::SavingKind::Yearly),
            measure: "menit mencari bahan".into(),
            before: Some(12.0),
            unit: "menit".into(),
        },
        Act::AgreePlan { course: "c1".into(), on: day("2026-02-26") },
    ]
}

/// What is left between the last visit and the closing of the module.
fn closing() -> Vec<Act> {
    vec![
        Act::FinishProject {
            project: "x1".into(),
            version: 1,
            on: day("2026-03-20"),
            cost: None,
            saving: None,
            after: Some(3.0),
        },
        Act::VerifyProject {
            project: "x1".into(),
            version: 2,
            on: day("2026-06-02"),
            saving: Some(9_000_000),
            evidence: "kartu stok".into(),
        },
        Act::ReviewProgress { course: "c1".into(), on: day("2026-06-02"), review: "berjalan baik".into() },
        assess("a2", Stage::AfterModule, "2026-06-05"),
        Act::WriteReport {
            report: "r1".into(),
            course: "c1".into(),
            version: 0,
            summary: "tim bekerja".into(),
            lessons: String::new(),
            submit: true,
            on: day("2026-06-10"),
        },
    ]
}

pub(crate) async fn up_to_closing(ledger: &Ledger, programme: &Programme) {
    let store = &ledger.store;
    enter_enterprise(ledger).await;
    perform(store, &manager(), programme, select(programme)).await.unwrap();
    let commit = Act::Commit { on: day("2026-02-03"), signed_by: "pemilik".into(), shares_data: true };
    perform(store, &trainer(), programme, commit).await.unwrap();
    perform(store, &trainer(), programme, assess("a1", Stage::Baseline, "2026-02-12")).await.unwrap();
    train(store, programme).await;
    for act in improvement() {
        perform(store, &trainer(), programme, act.clone()).await.unwrap_or_else(|e| panic!("{act:?}: {e}"));
    }
}

async fn dossier(store: &Store, programme: &Programme) -> domain::delivery::Dossier {
    let permit = trainer().permit(ReadDelivery { what: "g1".into(), place: place(programme) }).unwrap();
    delivery::get(store, &permit).await.unwrap()
}

#[tokio::test]
async fn an_enterprise_goes_from_letter_to_case_study() {
    let programme = programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        up_to_closing(&ledger, &programme).await;
        let before = dossier(store, &programme).await;
        assert_eq!(before.verified_yearly_saving(), 9_000_000);
        assert_eq!((before.courses[0].turnout.women(), before.courses[0].turnout.workers()), (2, 2));
        let reach = officer(&programme).reach().unwrap();
        assert_eq!(
            reports::queue(store, &reach, None, 10).await.unwrap().rows[0].enterprise_name,
            "UD Batik Lasem Indah"
        );

        let close =
            Act::Deliver { course: "c1".into(), version: before.engagement.version, on: day("2026-06-12") };
        perform(store, &trainer(), &programme, close).await.unwrap();
        let approve = Act::ApproveReport { report: "r1".into(), version: 1, on: day("2026-06-15") };
        perform(store, &officer(&programme), &programme, approve).await.unwrap();
        perform(store, &trainer(), &programme, assess("a3", Stage::Final, "2026-06-20")).await.unwrap();
        let version = dossier(store, &programme).await.engagement.version;
        let exit = Act::Exit { version, on: day("2026-06-30"), because: "modul yang dipilih selesai".into() };
        perform(store, &manager(), &programme, exit).await.unwrap();
        let write = Act::WriteCaseStudy {
            case_study: "k1".into(),
            course: "c1".into(),
            version: 0,
            title: "Rak berlabel".into(),
            problem_kind: "stock".into(),
            shown_as: "sebuah usaha batik di Rembang".into(),
            problem: "bahan menumpuk".into(),
            action: "rak".into(),
            result: "cepat ditemukan".into(),
            pairs: Vec::new(),
        };
        perform(store, &trainer(), &programme, write).await.unwrap();
        let consent = Act::ConsentCaseStudy {
            case_study: "k1".into(),
            version: 1,
            by: "pemilik".into(),
            on: day("2026-07-01"),
        };
        perform(store, &trainer(), &programme, consent).await.unwrap();
        assert!(case_studies::published(store, &programme.id, None, 10).await.unwrap().is_empty());
        let publish = Act::PublishCaseStudy { case_study: "k1".into(), version: 2, on: day("2026-07-02") };
        perform(store, &officer(&programme), &programme, publish).await.unwrap();

        let told = case_studies::published(store, &programme.id, Some("stock"), 10).await.unwrap();
        assert_eq!((told[0].province.as_str(), told[0].module.as_str()), ("33", "cooperation"));
        let after = dossier(store, &programme).await;
        assert_eq!(after.engagement.state, State::Exited);
        let reached = engagements::reached_by_province(store, &programme.id).await.unwrap();
        assert_eq!(reached, [("33".to_owned(), 1)]);
        names_are_sealed(&ledger).await;
        let chain = store::audit::verify_chain(store).await.unwrap();
        assert!(chain.entries > 25, "every act leaves its entry: {}", chain.entries);
    }
}

/// Nobody who reads the tables learns who took part; whoever may read the roster does.
async fn names_are_sealed(ledger: &Ledger) {
    const NAMES: &str = "select name from participation order by id";
    let stored: Vec<String> = if ledger.url.starts_with("sqlite") {
        let mut connection = sqlx::SqliteConnection::connect(&ledger.url).await.unwrap();
        sqlx::query_scalar(NAMES).fetch_all(&mut connection).await.unwrap()
    } else {
        let mut connection = sqlx::PgConnection::connect(&ledger.url).await.unwrap();
        sqlx::query_scalar(NAMES).fetch_all(&mut connection).await.unwrap()
    };
    assert!(stored.len() == 3 && stored.iter().all(|name| !name.contains("Wulan")), "{stored:?}");
    let place = trainings::find(&ledger.store, "t1").await.unwrap().unwrap();
    let permit = manager().permit(ReadDelivery { what: "t1".into(), place }).unwrap();
    let roster = trainings::get(&ledger.store, &permit).await.unwrap();
    assert!(roster.participants.iter().any(|one| one.name == "Wulan"), "{roster:?}");
}

#[tokio::test]
async fn two_entries_that_were_merged_are_reached_once() {
    let programme = programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        crate::register::add_organisation(store, "blk").await;
        for (id, engagement) in [("e1", "g1"), ("e2", "g2")] {
            let entry = crate::register::enterprise("UD Batik Lasem Indah", "3374", Some("blk"));
            crate::register::enter(store, id, entry).await;
            let place = Place { enterprise: Some(id.into()), ..place(&programme) };
            let Act::Select { phase, product, .. } = select(&programme) else { unreachable!("a selection") };
            let select = Act::Select {
                enterprise: id.into(),
                programme: programme.id.clone(),
                phase,
                product,
                organisation: "blk".into(),
                region: "3374".into(),
                on: day("2026-01-10"),
                synthetic: false,
            };
            let commit =
                Act::Commit { on: day("2026-02-03"), signed_by: "pemilik".into(), shares_data: true };
            for act in [select, commit] {
                let order = Order { engagement: engagement.into(), place: place.clone(), act };
                let allowed = order.allow(&manager()).unwrap();
                let mut tx = store.begin(at(2)).await.unwrap();
                delivery::perform(&mut tx, &allowed, &programme).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
        let reached = async || engagements::reached_by_province(store, &programme.id).await.unwrap();
        assert_eq!(reached().await, [("33".to_owned(), 2)], "{}", ledger.name);
        crate::register::merge(store, "m1", "e1", "e2").await.unwrap();
        assert_eq!(reached().await, [("33".to_owned(), 1)], "{}: one enterprise", ledger.name);
        crate::register::undo(store, "m1").await.unwrap();
        assert_eq!(reached().await, [("33".to_owned(), 2)], "{}", ledger.name);
    }
}

#[tokio::test]
async fn a_module_closed_twice_at_once_is_closed_once_and_the_second_is_told_who_did_it() {
    let programme = programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        up_to_closing(&ledger, &programme).await;
        let version = dossier(store, &programme).await.engagement.version;
        let close = || Act::Deliver { course: "c1".into(), version, on: day("2026-06-12") };
        let (siti, joko) = (trainer(), manager());
        let (first, second) = tokio::join!(
            perform(store, &siti, &programme, close()),
            perform(store, &joko, &programme, close())
        );
        let (won, lost) = if first.is_ok() { ("siti", second) } else { ("joko", first) };
        match lost {
            Err(StoreError::Overtaken { noun, action, by, .. }) => {
                assert_eq!((noun, action.as_str(), by.as_str()), ("module", "course.deliver", won));
            }
            other => panic!("{}: {other:?}", ledger.name),
        }
        let after = dossier(store, &programme).await;
        assert_eq!(after.courses[0].delivered_on, Some(day("2026-06-12")));
        assert_eq!(after.engagement.version, version + 1, "nothing was written twice");
    }
}

#[tokio::test]
async fn two_people_write_one_report_and_the_second_learns_of_the_first() {
    let programme = programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        enter_enterprise(&ledger).await;
        perform(store, &manager(), &programme, select(&programme)).await.unwrap();
        let commit = Act::Commit { on: day("2026-02-03"), signed_by: "pemilik".into(), shares_data: true };
        perform(store, &trainer(), &programme, commit).await.unwrap();
        perform(store, &trainer(), &programme, assess("a1", Stage::Baseline, "2026-02-12")).await.unwrap();
        train(store, &programme).await;
        let write = |id: &str, words: &str| Act::WriteReport {
            report: id.into(),
            course: "c1".into(),
            version: 0,
            summary: words.into(),
            lessons: String::new(),
            submit: false,
            on: day("2026-06-10"),
        };
        perform(store, &trainer(), &programme, write("r1", "dari Siti")).await.unwrap();
        let second = perform(store, &manager(), &programme, write("r2", "dari Joko")).await;
        assert!(matches!(second, Err(StoreError::Overtaken { noun: "report", .. })), "{second:?}");
        assert_eq!(dossier(store, &programme).await.reports[0].summary, "dari Siti");
    }
}

#[tokio::test]
async fn what_is_refused_leaves_no_trace() {
    let programme = programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        let unknown = perform(store, &manager(), &programme, select(&programme)).await;
        assert!(unknown.is_err(), "no such enterprise");
        enter_enterprise(&ledger).await;
        perform(store, &manager(), &programme, select(&programme)).await.unwrap();
        let entries = store::audit::verify_chain(store).await.unwrap().entries;
        let twice = perform(store, &manager(), &programme, select(&programme)).await;
        assert!(
            matches!(twice, Err(StoreError::Unlawful(Refusal::AlreadyThere { noun: "engagement" }))),
            "{twice:?}"
        );
        let early = perform(store, &trainer(), &programme, assess("a1", Stage::Baseline, "2026-01-12")).await;
        assert!(matches!(early, Err(StoreError::Unlawful(Refusal::NotCommitted))), "{early:?}");
        let later = Act::Commit { on: day("2026-11-23"), signed_by: "pemilik".into(), shares_data: true };
        let later = perform(store, &trainer(), &programme, later).await;
        assert!(matches!(later, Err(StoreError::Unlawful(Refusal::InTheFuture { .. }))), "{later:?}");
        assert_eq!(store::audit::verify_chain(store).await.unwrap().entries, entries);
    }
}

#[tokio::test]
async fn nobody_reaches_beyond_the_own_scope_by_naming_another_place() {
    let programme = programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        up_to_closing(&ledger, &programme).await;
        // A trainer of another province claims that the engagement stands in the own one.
        let outsider = Actor::with("budi", Role::Trainer, Scope::organisation("blk").in_region("35"));
        let claimed = place(&programme).in_region("3578");
        let order = Order {
            engagement: "g1".into(),
            place: claimed.clone(),
            act: Act::AgreePlan { course: "c1".into(), on: day("2026-06-01") },
        };
        let allowed = order.allow(&outsider).unwrap();
        let mut tx = store.begin(at(0)).await.unwrap();
        let outcome = delivery::perform(&mut tx, &allowed, &programme).await;
        assert!(matches!(outcome, Err(StoreError::Conflict { rule: "place" })), "{outcome:?}");
        drop(tx);
        let permit = outsider.permit(ReadDelivery { what: "g1".into(), place: claimed }).unwrap();
        assert!(matches!(delivery::get(store, &permit).await, Err(StoreError::NotFound { .. })));
        let reach = outsider.reach::<ReadDelivery>().unwrap();
        let filter = engagements::Filter::default();
        assert!(engagements::list(store, &reach, &filter, None, 10).await.unwrap().rows.is_empty());
        let own = trainer().reach::<ReadDelivery>().unwrap();
        let lines = engagements::list(store, &own, &filter, None, 10).await.unwrap().rows;
        assert_eq!(lines[0].next_step.as_deref(), Some(Step::Deliver.code()));
        let year = Agenda::Between(day("2026-03-01"), day("2026-12-31"));
        let agenda = visits::agenda(store, &own, None, year, 10).await.unwrap();
        let numbers: Vec<i64> = agenda.iter().map(|visit| visit.number).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(agenda[1].left_to_do.as_deref(), Some("label"));
        let nothing = visits::agenda(store, &reach, None, year, 10).await;
        assert!(nothing.unwrap().is_empty());
        let open = Agenda::OpenBefore(day("2027-01-01"));
        let left = visits::agenda(store, &own, None, open, 1).await.unwrap();
        let planned = agenda.iter().rfind(|visit| visit.state == "planned").map(|visit| &visit.id);
        assert_eq!(left.first().map(|visit| &visit.id), planned, "the newest first");
        let all = agenda.iter().filter(|visit| visit.state == "planned").count() as u64;
        assert_eq!(visits::count(store, &own, None, open).await.unwrap(), all);
    }
}

#[tokio::test]
async fn what_falls_due_is_found_in_the_records() {
    let programme = programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        up_to_closing(&ledger, &programme).await;
        let visit = Act::PlanVisit {
            visit: "v9".into(),
            course: "c1".into(),
            on: day("2026-12-01"),
            starts_at: "09:00".into(),
            trainer: Some("siti".into()),
        };
        perform(store, &trainer(), &programme, visit).await.unwrap();
        for (today, kinds) in [
            ("2026-11-29", vec!["report"]),
            ("2026-11-30", vec!["visit", "report"]),
            ("2026-12-02", vec!["report"]),
        ] {
            let found = store::reminders::occasions(store, day(today)).await.unwrap();
            let codes: Vec<&str> = found.iter().map(|one| one.kind.code()).collect();
            assert_eq!(codes, kinds, "{} {today}", ledger.name);
            assert!(found.iter().all(|one| one.about == "UD Batik Lasem Indah"), "{found:?}");
        }
        let found = store::reminders::occasions(store, day("2026-11-30")).await.unwrap();
        assert_eq!(found[0].in_charge.as_deref(), Some("siti"));
        assert_eq!(found[1].path, "/delivery/engagements/g1/report");
    }
}
