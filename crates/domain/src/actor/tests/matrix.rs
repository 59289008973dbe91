//! The table of `docs/roles.md` against the code: every action, every role, inside and outside a scope.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::delivery::{Arrange, Consent, Deliver, Guide, Improve, ReadDelivery};
use crate::enterprise::{
    ChangeEnterprise, Enterprise, MergeEnterprises, ReadContacts, ReadEnterprise, RecordContacts,
    RecordSites, RecordWorkforce, RegisterEnterprise, UndoMerge,
};
use crate::network::{AnswerQuestion, AskPeer, JoinGroup, ReadNetwork, TendGroup};
use crate::organisation::{Organisation, OrganisationKind, RecordOrganisation};
use crate::person::{
    ConsentSubject, ErasePerson, ExportPerson, Person, Purpose, ReadPerson, RecordConsent, RecordPerson,
};

/// What the table says of one action.
struct Row {
    place: String,
    /// By role: nothing, everybody of the role, or the functions that may.
    cells: BTreeMap<Role, Vec<Function>>,
}

/// The table as people read it.
fn table() -> BTreeMap<String, Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/roles.md");
    let text = std::fs::read_to_string(path).expect("docs/roles.md is there");
    let mut lines = text.lines().filter(|line| line.starts_with('|')).map(cells);
    let roles: Vec<Role> =
        lines.next().unwrap()[2..].iter().map(|code| Role::parse(code).expect(code)).collect();
    assert_eq!(roles, Role::ALL, "the table has a column for every role");
    lines
        .skip(1)
        .map(|line| {
            let cells = roles.iter().zip(&line[2..]).filter(|(_, cell)| !cell.is_empty());
            let cells = cells.map(|(role, cell)| (*role, functions(cell))).collect();
            (line[0].clone(), Row { place: line[1].clone(), cells })
        })
        .collect()
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn functions(cell: &str) -> Vec<Function> {
    if cell == "●" {
        return Function::ALL.to_vec();
    }
    cell.split(',').map(|code| Function::parse(code.trim()).expect(cell)).collect()
}

/// The code of an action and whether an actor may do it at a place.
struct Entry {
    name: &'static str,
    may: Box<dyn Fn(&Actor, Place) -> Result<(), Reason>>,
}

fn entry<A: Action + 'static>(at: impl Fn(Place) -> A + 'static) -> Entry {
    Entry {
        name: A::NAME,
        may: Box::new(move |actor, place| {
            actor.permit(at(place)).map(drop).map_err(|refused| refused.reason)
        }),
    }
}

fn x() -> String {
    "x".into()
}

/// An enterprise that stands at a place.
fn enterprise(place: &Place) -> Enterprise {
    Enterprise {
        region: place.region.clone().unwrap_or_default(),
        organisation: place.organisation.clone(),
        ..Enterprise::default()
    }
}

/// Every action there is.
fn entries() -> Vec<Entry> {
    let mut all = office();
    all.extend(register());
    all.extend(people());
    macro_rules! placed {
        ($($name:ident { $subject:ident }),+ $(,)?) => { vec![$(entry(|place| $name { $subject: x(), place })),+] };
    }
    all.extend(placed![
        ReadEnterprise { enterprise },
        ReadContacts { enterprise },
        UndoMerge { merge },
        ReadPerson { person },
        ExportPerson { person },
        ErasePerson { person },
        ReadDelivery { what },
        Arrange { what },
        Deliver { what },
        Improve { what },
        Guide { what },
        Consent { what },
        RecordObservation { engagement },
        ReviewObservation { observation },
        ReadObservations { what },
        ReadResults { programme },
        AttestTarget { target },
        LockReport { report },
        GuideTrainer { person },
        CertifyTrainer { person },
        ReadTrainers { what },
        BookMoney { entry },
        ReadMoney { what },
        ReadNetwork { what },
        AskPeer { question },
        AnswerQuestion { question },
        TendGroup { group },
        JoinGroup { group },
    ]);
    all
}

fn office() -> Vec<Entry> {
    macro_rules! whole {
        ($($name:ident { $subject:ident }),+ $(,)?) => { vec![$(entry(|_| $name { $subject: x() })),+] };
    }
    let mut all = whole![
        ReadOffice { what },
        ImportSurvey { survey },
        AcceptImport { import },
        RepairImport { import },
        DiscardImport { import },
        DecideRows { import },
        CreateSnapshot { survey },
        MakeRelease { plan },
        CancelJob { job },
        ManageAccounts { account },
        ReadAudit { what },
        SendReminders { what },
        ChangeSetting { key },
    ];
    all.push(entry(|_| OwnAccount { account: "me".into() }));
    all
}

fn register() -> Vec<Entry> {
    vec![
        entry(|place| RecordOrganisation {
            organisation: Organisation {
                id: place.organisation.unwrap_or_default(),
                name: x(),
                kind: OrganisationKind::Other,
                region: place.region,
                note: Text::default(),
                source: Text::default(),
            },
        }),
        entry(|place| RegisterEnterprise {
            id: place.enterprise.clone().unwrap_or_default(),
            enterprise: enterprise(&place),
            workforce: None,
            contacts: Vec::new(),
            synthetic: false,
            not_the_same_as: Vec::new(),
        }),
        entry(|place| ChangeEnterprise { id: x(), version: 1, enterprise: enterprise(&place), place }),
        entry(|place| RecordWorkforce { enterprise: x(), place, workforce: Default::default() }),
        entry(|place| RecordContacts { enterprise: x(), place, contacts: Vec::new() }),
        entry(|place| RecordSites { enterprise: x(), place, sites: Vec::new() }),
        entry(|place| MergeEnterprises { id: x(), kept: x(), merged: x(), place, why: x() }),
    ]
}

fn people() -> Vec<Entry> {
    vec![
        entry(|place| RecordPerson { id: x(), person: Person::default(), place }),
        entry(|place| RecordConsent {
            id: x(),
            subject: ConsentSubject::Person(x()),
            purpose: Purpose::Network,
            given: true,
            on: jiff::civil::date(2026, 1, 1),
            evidence: x(),
            place,
        }),
    ]
}

/// The codes of all actions that the sources of this room declare.
fn declared() -> BTreeSet<String> {
    fn walk(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("the folder can be read").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && name != "tests" {
                walk(&path, found);
            } else if path.is_file() && name.ends_with(".rs") && name != "tests.rs" {
                read(&std::fs::read_to_string(&path).expect("a source is text"), found);
            }
        }
    }
    fn read(source: &str, found: &mut BTreeSet<String>) {
        let code = |rest: &str| rest.split('"').next().unwrap_or_default().to_owned();
        found.extend(source.split("const NAME: &'static str = \"").skip(1).map(code));
        for declaration in source.split("action!(").skip(1).filter(|rest| rest.starts_with('\n')) {
            let rest = declaration.split_once("}, \"").expect("a declaration names its code").1;
            found.insert(code(rest));
        }
    }
    let mut found = BTreeSet::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn place() -> Place {
    Place::programme("rice").in_region("3374").of_organisation("blk").of_enterprise("e1")
}

fn actor(role: Role, function: Option<Function>, scope: Scope) -> Actor {
    Actor { id: "me".into(), email: String::new(), grants: vec![Grant { role, function, scope }] }
}

#[test]
fn every_action_stands_in_the_table_and_the_table_names_no_other() {
    let table: BTreeSet<String> = table().into_keys().collect();
    let named: BTreeSet<String> = entries().iter().map(|entry| entry.name.to_owned()).collect();
    assert_eq!(declared(), table, "the code on the left, docs/roles.md on the right");
    assert_eq!(named, table, "this test on the left, docs/roles.md on the right");
}

#[test]
fn every_role_may_do_inside_its_scope_what_the_table_says_and_nothing_outside() {
    let table = table();
    let mut asked = 0;
    for entry in entries() {
        let row = &table[entry.name];
        for role in Role::ALL {
            let functions = row.cells.get(&role);
            for function in Function::ALL {
                let held = (role == Role::EnterpriseMember).then_some(function);
                let may = functions.is_some_and(|all| held.is_none() || all.contains(&function));
                let ask = |scope: Scope| (entry.may)(&actor(role, held, scope), place());
                let inside = if may { Ok(()) } else { Err(Reason::Role) };
                assert_eq!(ask(Scope::default()), inside, "{} {role:?} {held:?}", entry.name);
                let outside = match (may, row.place.as_str()) {
                    (false, _) => Err(Reason::Role),
                    (true, "own") => Ok(()),
                    (true, _) => Err(Reason::Scope),
                };
                for limited in [
                    Scope::region("34"),
                    Scope::organisation("other"),
                    Scope::region("33").of_organisation("other"),
                ] {
                    assert_eq!(ask(limited.clone()), outside, "{} {role:?} {limited:?}", entry.name);
                }
                let narrow = match row.place.as_str() {
                    "office" => outside,
                    _ => inside,
                };
                if entry.name != "organisation.record" {
                    assert_eq!(ask(Scope::region("33").of_organisation("blk")), narrow, "{}", entry.name);
                    assert_eq!(ask(Scope::enterprise("e2")), outside, "{} {role:?}", entry.name);
                }
                asked += 6;
            }
        }
    }
    println!("{asked} questions asked");
}
