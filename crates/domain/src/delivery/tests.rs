use std::collections::BTreeMap;

use jiff::civil::Date;

use super::*;
use crate::actor::{Actor, Function, Grant, Reason, Role, Scope};
use crate::programme::Programme;

mod gates;
mod people;
mod words;

pub(super) const PROGRAMME: &str = "
id = 'coaching'
title = { id = 'P', en = 'P' }
description = { id = 'd', en = 'd' }
about = []
source = { id = 's', en = 's' }
[[phase]]
id = 'one'
title = { id = 'I', en = 'I' }
focus = { id = 'f', en = 'f' }
from = '2020-01-01'
source = { id = 's', en = 's' }
";

const PRODUCTS: &str = "
[[product]]
id = 'standard'
title = { id = 'p', en = 'p' }
description = { id = 'd', en = 'd' }
modules = ['first', 'second', 'third']
first = 'first'
order = 'diagnosis'
cohort_max = 5
participants = 4
source = { id = 's', en = 's' }
";

const DIAGNOSIS: &str = "
[[problem]]
code = 'stock'
label = { id = 'stok', en = 'stock' }
question = { id = 'q', en = 'q' }
[[rule]]
problems = ['stock']
module = 'second'
weight = 1
reason = { id = 'r', en = 'r' }
";

fn module(code: &str, number: u8) -> String {
    format!(
        "code = '{code}'\nnumber = {number}\ntitle = {{ id = '{code}', en = '{code}' }}\n\
         purpose = {{ id = 'p', en = 'p' }}\n[[edition]]\nversion = '1'\nvalid_from = '2020-01-01'\n\
         content = []\nworkshop_days = 2\nvisits = 2\ncohort_max = 5\nsource = {{ id = 's', en = 's' }}\n"
    )
}

pub(super) fn programme() -> Programme {
    let practice = |code: &str| {
        format!(
            "[[practice]]\ncode = '{code}'\nquestion = {{ id = 'q', en = 'q' }}\n\
             evidence = {{ id = 'e', en = 'e' }}\n"
        )
    };
    let checklist = format!("module = 'first'\nedition = '1'\n{}{}", practice("C1"), practice("C2"));
    let files = BTreeMap::from([
        ("programme.toml".to_owned(), PROGRAMME.to_owned()),
        ("products.toml".to_owned(), PRODUCTS.to_owned()),
        ("diagnosis.toml".to_owned(), DIAGNOSIS.to_owned()),
        ("modules/first.toml".to_owned(), module("first", 1)),
        ("modules/second.toml".to_owned(), module("second", 2)),
        ("modules/third.toml".to_owned(), module("third", 3)),
        ("checklists/first.toml".to_owned(), checklist),
    ]);
    Programme::parse("coaching", &files).unwrap()
}

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(super) fn today() -> Date {
    day("2026-11-22")
}

/// Selected in January, committed in February.
pub(super) fn dossier() -> Dossier {
    Dossier::of(Engagement {
        id: "g1".into(),
        enterprise: "e1".into(),
        programme: "coaching".into(),
        phase: "one".into(),
        product: "standard".into(),
        organisation: "o1".into(),
        region: "3374".into(),
        state: State::Committed,
        version: 2,
        trainer: Some("siti".into()),
        selected_on: day("2026-01-10"),
        committed_on: Some(day("2026-02-03")),
        shares_data: true,
        ended_on: None,
        ended_because: None,
        synthetic: false,
    })
}

pub(super) fn assessed(stage: Stage, on: &str) -> Assessment {
    Assessment {
        id: format!("a-{}", stage.code()),
        stage,
        course: None,
        on: day(on),
        practices: BTreeMap::from([("C1".into(), false), ("C2".into(), true)]),
        problems: vec!["stock".into()],
        not_tracked: Vec::new(),
        note: String::new(),
    }
}

pub(super) fn course(id: &str, module: &str) -> Course {
    Course {
        id: id.into(),
        module: module.into(),
        edition: "1".into(),
        training: Some("t1".into()),
        opened_on: day("2026-02-20"),
        trained_on: Some(day("2026-02-24")),
        turnout: Turnout { managers_women: 1, managers_men: 1, workers_women: 1, workers_men: 1 },
        team: None,
        plan_agreed_on: None,
        reviewed_on: None,
        review: String::new(),
        delivered_on: None,
    }
}

pub(super) fn visit(id: &str, done: Option<&str>) -> Visit {
    Visit {
        id: id.into(),
        course: "c1".into(),
        planned_on: day("2026-03-09"),
        starts_at: "09:00".into(),
        trainer: Some("siti".into()),
        state: if done.is_some() { VisitState::Done } else { VisitState::Planned },
        done_on: done.map(day),
        women: 2,
        men: 3,
        progress: "rak selesai".into(),
        five_s: Some(FiveS::new([2, 2, 2, 2, 1]).unwrap()),
        findings: String::new(),
        next_steps: "label".into(),
        version: 1,
    }
}

pub(super) fn project(id: &str, state: ProjectState) -> Project {
    Project {
        id: id.into(),
        course: "c1".into(),
        problem: "bahan menumpuk".into(),
        problem_kind: Some("stock".into()),
        action: "rak berlabel".into(),
        owner: "gudang".into(),
        due: day("2026-03-31"),
        cost: Some(4_200_000),
        saving: Some(9_700_000),
        saving_kind: Some(SavingKind::Yearly),
        measure: String::new(),
        before: None,
        after: None,
        unit: String::new(),
        state,
        done_on: (state != ProjectState::Open).then(|| day("2026-03-20")),
        verified_on: None,
        verified_saving: (state == ProjectState::Verified).then_some(9_000_000),
        evidence: String::new(),
        version: 1,
    }
}

pub(super) fn report(state: ReportState) -> Report {
    Report {
        id: "r1".into(),
        course: "c1".into(),
        state,
        summary: "ringkas".into(),
        lessons: String::new(),
        version: 1,
        submitted_on: (state != ReportState::Draft).then(|| day("2026-06-10")),
        decided_on: None,
    }
}

/// Module 1 with everything that closing it needs.
pub(super) fn ready_to_close() -> Dossier {
    let mut dossier = dossier();
    dossier.engagement.state = State::Delivering;
    dossier.assessments.push(assessed(Stage::Baseline, "2026-02-12"));
    let mut first = course("c1", "first");
    first.team = Some(Team {
        formed_on: day("2026-02-25"),
        leader: "kepala produksi".into(),
        managers_women: 1,
        managers_men: 1,
        workers_women: 2,
        workers_men: 2,
    });
    first.plan_agreed_on = Some(day("2026-02-26"));
    first.reviewed_on = Some(day("2026-06-02"));
    dossier.courses.push(first);
    dossier.projects.push(project("p1", ProjectState::Verified));
    dossier.visits.push(visit("v1", Some("2026-03-09")));
    dossier.visits.push(visit("v2", Some("2026-06-02")));
    let mut after = assessed(Stage::AfterModule, "2026-06-05");
    after.course = Some("c1".into());
    dossier.assessments.push(after);
    dossier.reports.push(report(ReportState::Submitted));
    dossier
}

pub(super) fn check(act: &Act, dossier: &Dossier) -> Result<(), Refusal> {
    act.check(dossier, &programme(), today())
}

pub(super) fn assess(stage: Stage, on: &str) -> Act {
    Act::Assess {
        id: "a1".into(),
        stage,
        course: None,
        on: day(on),
        practices: BTreeMap::from([("C1".into(), true)]),
        problems: Vec::new(),
        not_tracked: Vec::new(),
        note: String::new(),
    }
}

pub(super) fn not_tracked(stage: Stage, on: &str, because: &str) -> Act {
    Act::Assess {
        id: "a1".into(),
        stage,
        course: None,
        on: day(on),
        practices: BTreeMap::new(),
        problems: Vec::new(),
        not_tracked: vec![NotTracked { what: "baseline".into(), because: because.into() }],
        note: String::new(),
    }
}

pub(super) fn trainer_in(region: &str) -> Actor {
    let scope = Scope::organisation("o1").in_region(region);
    Actor::with("siti", Role::Trainer, scope)
}

pub(super) fn member(function: Function) -> Actor {
    Actor { id: "wulan".into(), email: String::new(), grants: vec![Grant::member(function, "e1")] }
}

pub(super) const SCOPE: Reason = Reason::Scope;
