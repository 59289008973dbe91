//! From what was typed to an act.

use std::collections::BTreeMap;

use domain::delivery::{Act, FiveS, NotTracked, Pair, SavingKind, Team};
use jiff::civil::Date;

use super::case::{self, Offer};
use super::fields::{Reader, Values};
use super::form::{Subject, stage_of};
use crate::speech::Speech;

/// A form as it was sent.
pub(super) struct Sheet<'a> {
    pub(super) form: &'a str,
    pub(super) speech: Speech,
    pub(super) values: &'a Values,
    pub(super) subject: &'a Subject,
    /// Figures that the records offer, for a case study.
    pub(super) offers: &'a [Offer],
    /// A fresh one, for forms that begin something.
    pub(super) id: String,
    pub(super) today: Date,
}

/// Reads a form into its act.
pub(super) fn act(sheet: &Sheet<'_>) -> Result<Act, BTreeMap<String, String>> {
    let Sheet { form, speech, values, subject, offers, id, today } = sheet;
    let (form, id) = (*form, id.as_str());
    let mut read = Reader::new(*speech, values);
    let course = subject.course.clone();
    let thing = subject.thing.clone();
    let new = || id.to_owned();
    let act = match form {
        "commit" => Act::Commit {
            on: read.date("on"),
            signed_by: read.text("signed_by"),
            shares_data: read.ticked("shares_data"),
        },
        "module" | "enrol" | "team" | "plan" | "review" | "deliver" => module(form, &mut read, course, id),
        "exit" => Act::Exit { version: read.version(), on: read.date("on"), because: read.text("because") },
        "withdraw" => {
            Act::Withdraw { version: read.version(), on: read.date("on"), because: read.text("because") }
        }
        "project" | "finish" | "verify" | "drop" => project(form, &mut read, course, thing, id),
        "visit-plan" => Act::PlanVisit {
            visit: new(),
            course,
            on: read.date("on"),
            starts_at: read.text("starts_at"),
            trainer: None,
        },
        "visit" => visit(&mut read, thing),
        "visit-cancel" => {
            Act::CancelVisit { visit: thing, version: read.version(), because: read.text("because") }
        }
        "words" => Act::WriteReport {
            report: new(),
            course,
            version: read.version(),
            summary: read.text("summary"),
            lessons: read.text("lessons"),
            submit: read.text("do") == "submit",
            on: *today,
        },
        "case" => {
            let pairs = case::read(*speech, &mut read, values, offers);
            case_study(&mut read, course, if thing.is_empty() { new() } else { thing }, pairs)
        }
        "consent" => Act::ConsentCaseStudy {
            case_study: thing,
            version: read.version(),
            by: read.text("by"),
            on: read.date("on"),
        },
        "trainer" => Act::AssignTrainer { trainer: read.text("trainer") },
        "retract" => Act::RetractCaseStudy { case_study: thing, because: read.text("because") },
        "publish" => {
            Act::PublishCaseStudy { case_study: thing, version: read.version(), on: read.date("on") }
        }
        _ => assessment(form, &mut read, course, id),
    };
    if read.errors.is_empty() { Ok(act) } else { Err(read.errors) }
}

fn case_study(read: &mut Reader<'_>, course: String, case_study: String, pairs: Vec<Pair>) -> Act {
    Act::WriteCaseStudy {
        case_study,
        course,
        version: read.version(),
        title: read.text("title"),
        problem_kind: read.text("problem_kind"),
        shown_as: read.text("shown_as"),
        problem: read.text("problem"),
        action: read.text("action"),
        result: read.text("result"),
        pairs,
    }
}

/// What concerns a module as a whole.
fn module(form: &str, read: &mut Reader<'_>, course: String, id: &str) -> Act {
    match form {
        "module" => Act::OpenCourse {
            course: id.to_owned(),
            module: read.text("module"),
            training: read.optional("training"),
            on: read.date("on"),
        },
        "enrol" => Act::Enrol { course, training: read.text("training") },
        "team" => Act::FormTeam { course, team: team(read) },
        "plan" => Act::AgreePlan { course, on: read.date("on") },
        "review" => Act::ReviewProgress { course, on: read.date("on"), review: read.text("review") },
        _ => Act::Deliver { course, version: read.version(), on: read.date("on") },
    }
}

fn team(read: &mut Reader<'_>) -> Team {
    Team {
        formed_on: read.date("on"),
        leader: read.text("leader"),
        managers_women: read.count("managers_women"),
        managers_men: read.count("managers_men"),
        workers_women: read.count("workers_women"),
        workers_men: read.count("workers_men"),
    }
}

fn project(form: &str, read: &mut Reader<'_>, course: String, project: String, id: &str) -> Act {
    match form {
        "project" => Act::AddProject {
            project: id.to_owned(),
            course,
            problem: read.text("problem"),
            problem_kind: read.optional("problem_kind"),
            action: read.text("action"),
            owner: read.text("owner"),
            due: read.date("due"),
            cost: read.rupiah("cost"),
            saving: read.rupiah("saving"),
            saving_kind: SavingKind::parse(&read.text("saving_kind")),
            measure: read.text("measure"),
            before: read.number("before"),
            unit: read.text("unit"),
        },
        "finish" => Act::FinishProject {
            project,
            version: read.version(),
            on: read.date("on"),
            cost: read.rupiah("cost"),
            saving: read.rupiah("saving"),
            after: read.number("after"),
        },
        "verify" => Act::VerifyProject {
            project,
            version: read.version(),
            on: read.date("on"),
            saving: read.rupiah("saving"),
            evidence: read.text("evidence"),
        },
        _ => Act::DropProject { project, version: read.version(), because: read.text("because") },
    }
}

fn visit(read: &mut Reader<'_>, visit: String) -> Act {
    let mut parts = [0; 5];
    let mut answered = 0;
    let names = ["five_s_1", "five_s_2", "five_s_3", "five_s_4", "five_s_5"];
    for (part, name) in parts.iter_mut().zip(names) {
        if read.optional(name).is_some() {
            *part = u8::try_from(read.count(name)).unwrap_or(u8::MAX);
            answered += 1;
        }
    }
    // A score of some of the five parts is no score; nobody should lose the four that were given.
    if (1..5).contains(&answered) {
        for name in names.into_iter().filter(|name| read.optional(name).is_none()).collect::<Vec<_>>() {
            read.refuse(name, "delivery-error-five-s");
        }
    }
    let five_s = if answered == 5 { FiveS::new(parts).ok() } else { None };
    Act::RecordVisit {
        visit,
        version: read.version(),
        on: read.date("on"),
        women: read.count("women"),
        men: read.count("men"),
        progress: read.text("progress"),
        five_s,
        findings: read.text("findings"),
        next_steps: read.text("next_steps"),
    }
}

fn assessment(form: &str, read: &mut Reader<'_>, course: String, id: &str) -> Act {
    let practices =
        read.answered("practice.").map(|(code, answer)| (code.to_owned(), answer == "yes")).collect();
    let problems = read.answered("problem.").map(|(code, _)| code.to_owned()).collect();
    let because = read.optional("because");
    Act::Assess {
        id: id.to_owned(),
        // `acts` has looked the form up; anything else is a baseline, which is refused twice.
        stage: stage_of(form).unwrap_or(domain::delivery::Stage::Baseline),
        course: (form == "after").then_some(course),
        on: read.date("on"),
        practices,
        problems,
        not_tracked: because
            .map(|because| NotTracked { what: "practices".into(), because })
            .into_iter()
            .collect(),
        note: read.text("note"),
    }
}
