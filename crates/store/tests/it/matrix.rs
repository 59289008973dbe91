//! Who may do what, through the ledger: accounts whose grants are stored and read back, records whose place
//! is looked up, the table of `docs/roles.md`, and a permit for a claimed place that opens nothing.

use std::collections::BTreeMap;
use std::path::Path;

use domain::actor::{
    Action, Actor, BookMoney, CertifyTrainer, Function, Grant, GuideTrainer, ManageAccounts, Place,
    ReadMoney, ReadObservations, ReadResults, ReadTrainers, Reason, RecordObservation, ReviewObservation,
    Role, Scope,
};
use domain::delivery::{Act, Arrange, Consent, Deliver, Guide, Improve, Order, ReadDelivery};
use domain::enterprise::{
    ChangeEnterprise, Contact, MergeEnterprises, ReadContacts, ReadEnterprise, RecordContacts, RecordSites,
    RecordWorkforce, UndoMerge, Workforce,
};
use domain::network::{AnswerQuestion, AskPeer, JoinGroup, ReadNetwork, TendGroup};
use domain::person::{
    ConsentSubject, ErasePerson, Erasure, ExportPerson, Person, Purpose, ReadPerson, RecordConsent,
    RecordPerson, Sex,
};
use store::accounts::{Email, NewAccount};
use store::{
    Store, StoreError, accounts, audit, consents, delivery, enterprises, merges, observations, people,
};

use crate::delivery::{day, programme, select};
use crate::ledger::{Ledger, at, ledgers};
use crate::register::{add_organisation, enter, enterprise};

type Table = BTreeMap<String, BTreeMap<Role, Vec<Function>>>;

fn table() -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/roles.md");
    let text = std::fs::read_to_string(path).expect("docs/roles.md is there");
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let functions = |cell: &str| match cell {
            "●" => Function::ALL.to_vec(),
            some => some.split(',').filter_map(|code| Function::parse(code.trim())).collect(),
        };
        let roles = Role::ALL.into_iter().zip(&cells[2..]).filter(|(_, cell)| !cell.is_empty());
        (cells[0].to_owned(), roles.map(|(role, cell)| (role, functions(cell))).collect())
    })
    .collect()
}

/// An enterprise, somebody of it, an engagement and a merge, all in Semarang with the organisation `blk`.
async fn furnish(ledger: &Ledger) {
    let store = &ledger.store;
    for organisation in ["blk", "other"] {
        add_organisation(store, organisation).await;
    }
    for id in ["e1", "e2"] {
        enter(store, id, enterprise("UD Batik Lasem Indah", "3374", Some("blk"))).await;
    }
    enter(store, "far", enterprise("CV Jauh", "3471", Some("other"))).await;
    let place = enterprises::place(store, "e1").await.unwrap();
    let person = Person {
        name: "Wati Rahasia".into(),
        sex: Some(Sex::Female),
        enterprise: Some("e1".into()),
        ..Person::default()
    };
    let operator = Actor::operator();
    let mut tx = store.begin(at(1)).await.unwrap();
    let record = RecordPerson { id: "p1".into(), person, place: place.clone() };
    people::record(&mut tx, &operator.permit(record).unwrap()).await.unwrap();
    let contacts = vec![Contact { name: "Wati".into(), phone: "081234567".into(), ..Contact::default() }];
    let act = RecordContacts { enterprise: "e1".into(), place: place.clone(), contacts };
    enterprises::record_contacts(&mut tx, &operator.permit(act).unwrap()).await.unwrap();
    let merge = MergeEnterprises {
        id: "m1".into(),
        kept: "e1".into(),
        merged: "e2".into(),
        place,
        why: "ejaan".into(),
    };
    merges::merge(&mut tx, &operator.permit(merge).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let programme = programme();
    let place = Place::programme(&programme.id).in_region("3374").of_organisation("blk").of_enterprise("e1");
    let order = Order { engagement: "g1".into(), place, act: select(&programme) };
    let mut tx = store.begin(at(1)).await.unwrap();
    delivery::perform(&mut tx, &order.allow(&operator).unwrap(), &programme).await.unwrap();
    tx.commit().await.unwrap();
}

/// Opens an account with one grant and reads it back as it signs in.
async fn account(store: &Store, role: Role, function: Option<Function>, scope: Scope) -> Actor {
    let name = |scope: &Scope| {
        let parts = [&scope.programme, &scope.region, &scope.organisation, &scope.enterprise];
        parts.map(|part| part.clone().unwrap_or_default()).join("-")
    };
    let id = format!("{}-{}-{}", role.code(), function.map_or("", Function::code), name(&scope));
    if let Some(known) = accounts::find(store, &id).await.unwrap() {
        return known.actor();
    }
    let permit = Actor::operator().permit(ManageAccounts { account: id.clone() }).unwrap();
    let new = NewAccount {
        email: Email::parse(&format!("{id}@kemnaker.go.id")).unwrap(),
        name: id.clone(),
        grant_id: format!("grant-{id}"),
        grant: Grant { role, function, scope },
    };
    let mut tx = store.begin(at(2)).await.unwrap();
    accounts::add(&mut tx, &permit, &new).await.unwrap();
    tx.commit().await.unwrap();
    accounts::get(store, &id).await.unwrap().actor()
}

/// One scope in which the records stand, and one beside it, that this role may have.
fn scopes(role: Role) -> (Scope, Scope) {
    match role {
        Role::EnterpriseMember => (Scope::enterprise("e1"), Scope::enterprise("far")),
        Role::ProductivityOfficer => (Scope::region("33"), Scope::region("34")),
        Role::ProviderManager | Role::Trainer => {
            (Scope::organisation("blk").in_region("33"), Scope::organisation("blk").in_region("34"))
        }
        _ => (Scope::region("3374"), Scope::organisation("other")),
    }
}

/// Where the records stand, as the ledger has it now.
struct There {
    enterprise: Place,
    person: Place,
    engagement: Place,
    merge: Place,
}

async fn there(store: &Store) -> There {
    There {
        enterprise: enterprises::place(store, "e1").await.unwrap(),
        person: people::place(store, "p1").await.unwrap(),
        engagement: delivery::find(store, "g1").await.unwrap().unwrap(),
        merge: merges::place(store, "m1").await.unwrap(),
    }
}

/// May they, by the code of the action?
fn answers(actor: &Actor, there: &There) -> Vec<(&'static str, Result<(), Reason>)> {
    fn ask<A: Action>(actor: &Actor, action: A) -> (&'static str, Result<(), Reason>) {
        (A::NAME, actor.permit(action).map(drop).map_err(|refused| refused.reason))
    }
    macro_rules! all {
        ($($name:ident { $subject:ident } at $place:ident),+ $(,)?) => {
            vec![$(ask(actor, $name { $subject: "x".into(), place: there.$place.clone() })),+]
        };
    }
    all![
        ReadEnterprise { enterprise } at enterprise,
        ReadContacts { enterprise } at enterprise,
        UndoMerge { merge } at merge,
        ReadPerson { person } at person,
        ExportPerson { person } at person,
        ErasePerson { person } at person,
        ReadDelivery { what } at engagement,
        Arrange { what } at engagement,
        Deliver { what } at engagement,
        Improve { what } at engagement,
        Guide { what } at engagement,
        Consent { what } at engagement,
        RecordObservation { engagement } at engagement,
        ReviewObservation { observation } at engagement,
        ReadObservations { what } at engagement,
        ReadResults { programme } at engagement,
        ReadTrainers { what } at engagement,
        GuideTrainer { person } at engagement,
        CertifyTrainer { person } at engagement,
        BookMoney { entry } at engagement,
        ReadMoney { what } at engagement,
        ReadNetwork { what } at enterprise,
        AskPeer { question } at enterprise,
        AnswerQuestion { question } at enterprise,
        TendGroup { group } at engagement,
        JoinGroup { group } at enterprise,
    ]
}

#[tokio::test]
async fn stored_grants_open_what_the_table_says_where_the_records_stand_and_nowhere_else() {
    let table = table();
    for ledger in ledgers().await {
        furnish(&ledger).await;
        let there = there(&ledger.store).await;
        let mut asked = 0;
        for role in Role::ALL {
            let functions = match role {
                Role::EnterpriseMember => Function::ALL.map(Some).to_vec(),
                _ => vec![None],
            };
            for function in functions {
                let (inside, outside) = scopes(role);
                let inside = account(&ledger.store, role, function, inside).await;
                let outside = account(&ledger.store, role, function, outside).await;
                for (action, answer) in answers(&inside, &there) {
                    let row = table.get(action).unwrap_or_else(|| panic!("{action} is not in docs/roles.md"));
                    let may = row.get(&role).is_some_and(|all| function.is_none_or(|one| all.contains(&one)));
                    let expected = if may { Ok(()) } else { Err(Reason::Role) };
                    assert_eq!(answer, expected, "{}: {action} {role:?} {function:?}", ledger.name);
                    asked += 1;
                }
                for (action, answer) in answers(&outside, &there) {
                    assert!(answer.is_err(), "{}: {action} {role:?} outside", ledger.name);
                    asked += 1;
                }
            }
        }
        println!("{}: {asked} questions", ledger.name);
    }
}

/// What somebody outside tries with a permit for a place that is only claimed.
async fn claim(store: &Store, trial: usize, eve: &Actor, place: Place) -> Option<Result<(), StoreError>> {
    if trial > 6 {
        return claim_of_people(store, trial, eve, place).await;
    }
    let mut tx = store.begin(at(5)).await.unwrap();
    macro_rules! permit {
        ($act:expr) => {
            eve.permit($act).expect("the claimed place is their own")
        };
    }
    let e1 = || "e1".to_owned();
    let outcome = match trial {
        0 => {
            enterprises::contacts(&mut tx, &permit!(ReadContacts { enterprise: e1(), place })).await.map(drop)
        }
        1 => {
            let act =
                ChangeEnterprise { id: e1(), version: 2, enterprise: enterprise("X", "3471", None), place };
            enterprises::change(&mut tx, &permit!(act)).await.map(drop)
        }
        2 => {
            let workforce = Workforce { year: 2025, ..Workforce::default() };
            let act = RecordWorkforce { enterprise: e1(), place, workforce };
            enterprises::record_workforce(&mut tx, &permit!(act)).await
        }
        3 => {
            let act = RecordSites { enterprise: e1(), place, sites: Vec::new() };
            enterprises::record_sites(&mut tx, &permit!(act)).await
        }
        4 => {
            let act = RecordContacts { enterprise: e1(), place, contacts: Vec::new() };
            enterprises::record_contacts(&mut tx, &permit!(act)).await
        }
        5 => {
            let act = MergeEnterprises {
                id: "m2".into(),
                kept: e1(),
                merged: "far".into(),
                place,
                why: "x".into(),
            };
            merges::merge(&mut tx, &permit!(act)).await
        }
        6 => merges::undo(&mut tx, &permit!(UndoMerge { merge: "m1".into(), place })).await,
        _ => return None,
    };
    if outcome.is_ok() {
        tx.commit().await.unwrap();
    }
    Some(outcome)
}

/// The same about persons, engagements and values.
async fn claim_of_people(
    store: &Store,
    trial: usize,
    eve: &Actor,
    place: Place,
) -> Option<Result<(), StoreError>> {
    let mut tx = store.begin(at(5)).await.unwrap();
    macro_rules! permit {
        ($act:expr) => {
            eve.permit($act).expect("the claimed place is their own")
        };
    }
    let e1 = || "e1".to_owned();
    let outcome = match trial {
        7 => {
            let person = Person { enterprise: Some(e1()), ..Person::default() };
            people::record(&mut tx, &permit!(RecordPerson { id: "p1".into(), person, place })).await
        }
        8 => people::read(&mut tx, &permit!(ReadPerson { person: "p1".into(), place })).await.map(drop),
        9 => people::export(&mut tx, &permit!(ExportPerson { person: "p1".into(), place })).await.map(drop),
        10 => {
            people::erase(&mut tx, &permit!(ErasePerson { person: "p1".into(), place }), &Erasure::default())
                .await
        }
        11 => {
            let act = RecordConsent {
                id: "c9".into(),
                subject: ConsentSubject::Enterprise(e1()),
                purpose: Purpose::Network,
                given: true,
                on: day("2026-01-01"),
                evidence: String::new(),
                place,
            };
            consents::record(&mut tx, &permit!(act)).await
        }
        12 => {
            let programme = programme();
            let act = Act::AssignTrainer { trainer: "eve".into() };
            let order = Order { engagement: "g1".into(), place, act };
            delivery::perform(&mut tx, &order.allow(eve).unwrap(), &programme).await
        }
        13 => {
            let set = domain::indicator::IndicatorSet::parse("x", crate::results::INDICATORS).unwrap();
            let mut new = crate::results::new("o1", domain::observation::Stage::Baseline, 3.0);
            new.engagement = "g1".into();
            let around = observations::Around { today: day("2026-11-22"), workshop_on: None };
            let permit = permit!(RecordObservation { engagement: "g1".into(), place });
            let indicator = set.get("defect-rate").unwrap();
            observations::record(&mut tx, &permit, new, indicator, around).await.map(drop)
        }
        _ => return None,
    };
    if outcome.is_ok() {
        tx.commit().await.unwrap();
    }
    Some(outcome)
}

#[tokio::test]
async fn a_permit_for_a_claimed_place_opens_nothing_and_leaves_no_trace() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        furnish(&ledger).await;
        // An officer of another province may do all of this at home.
        let eve = Actor {
            id: "eve".into(),
            email: String::new(),
            grants: [Role::Administrator, Role::ProgrammeOfficer, Role::ProviderManager]
                .map(|role| Grant::new(role, Scope::region("34")))
                .to_vec(),
        };
        let home = Place::shared().in_region("3471").of_organisation("blk").of_enterprise("e1");
        let entries = audit::verify_chain(store).await.unwrap().entries;
        let mut trials = 0;
        while let Some(outcome) = claim(store, trials, &eve, home.clone()).await {
            assert!(outcome.is_err(), "{}: trial {trials} went through", ledger.name);
            trials += 1;
        }
        assert_eq!(trials, 14);
        assert_eq!(audit::verify_chain(store).await.unwrap().entries, entries, "{}", ledger.name);
    }
}
