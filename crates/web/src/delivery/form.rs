//! The forms of acts: what each asks, prefilled from the dossier.

use std::collections::BTreeMap;

use domain::delivery::{Dossier, Stage};
use domain::programme::Programme;
use jiff::civil::Date;

use super::case::{self, Offer};
use super::fields::{Builder, Field, Values};
use crate::speech::Speech;
use crate::state::AppState;

/// The forms by which acts are done, as addresses name them.
pub(super) const FORMS: [&str; 27] = [
    "commit",
    "baseline",
    "after",
    "final",
    "follow-up-6",
    "follow-up-12",
    "module",
    "enrol",
    "team",
    "project",
    "finish",
    "verify",
    "drop",
    "plan",
    "visit-plan",
    "visit",
    "visit-cancel",
    "review",
    "words",
    "deliver",
    "exit",
    "withdraw",
    "case",
    "consent",
    "publish",
    "retract",
    "trainer",
];

/// What a form is about beside the engagement: a course, a visit, a project, a case study.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    pub(super) course: String,
    pub(super) thing: String,
}

/// Everything a form is drawn from.
pub(super) struct Ground<'a> {
    pub(super) app: &'a AppState,
    pub(super) speech: Speech,
    /// What the enterprise is called.
    pub(super) enterprise: String,
    pub(super) programme: &'a Programme,
    pub(super) dossier: &'a Dossier,
    pub(super) subject: &'a Subject,
    pub(super) today: Date,
    /// Trainings to which the enterprise may be sent, or trainers who may be put in charge: id and words.
    pub(super) offered: Vec<(String, String)>,
    /// Figures that the records offer to a case study.
    pub(super) offers: Vec<Offer>,
}

/// The stage that a form of an assessment is about.
pub(super) fn stage_of(form: &str) -> Option<Stage> {
    match form {
        "baseline" => Some(Stage::Baseline),
        "after" => Some(Stage::AfterModule),
        "final" => Some(Stage::Final),
        "follow-up-6" => Some(Stage::FollowUp6),
        "follow-up-12" => Some(Stage::FollowUp12),
        _ => None,
    }
}

/// The fields of a form; nothing if there is no such form.
pub(super) fn fields(
    form: &str,
    ground: &Ground<'_>,
    values: &Values,
    errors: &BTreeMap<String, String>,
) -> Option<Vec<Field>> {
    if !FORMS.contains(&form) {
        return None;
    }
    let mut build = Builder::new(ground.speech, form, values, errors);
    let today = Some(ground.today);
    build.hidden("course", &ground.subject.course).hidden("thing", &ground.subject.thing);
    match form {
        "commit" => {
            build.date("on", today).needed().text("signed_by").needed().tick("shares_data");
        }
        "module" => {
            build.select("module", module_options(ground)).needed();
            build.select("training", with_nothing(ground, ground.offered.clone())).date("on", today).needed();
        }
        "trainer" => {
            build.select("trainer", ground.offered.clone()).needed();
        }
        "enrol" => {
            build.select("training", ground.offered.clone()).needed();
        }
        "team" => {
            build.date("on", today).needed().text("leader").needed();
            for name in ["managers_women", "managers_men", "workers_women", "workers_men"] {
                build.number(name);
            }
        }
        "plan" | "review" | "deliver" | "publish" => {
            build.date("on", today).needed();
            if form == "review" {
                build.area("review").needed();
            }
        }
        "project" | "finish" | "verify" | "drop" => project_fields(form, ground, &mut build),
        "visit-plan" => {
            build.date("on", None).needed().time("starts_at");
        }
        "visit" => visit_fields(ground, &mut build),
        "visit-cancel" | "withdraw" | "exit" | "retract" => {
            if matches!(form, "withdraw" | "exit") {
                build.date("on", today).needed();
            }
            build.area("because").needed();
        }
        "words" => {
            let written = ground.dossier.report_of(&ground.subject.course);
            build.area("summary").needed().preset(written.map(|report| report.summary.clone()));
            build.area("lessons").preset(written.map(|report| report.lessons.clone()));
        }
        "case" => case::fields(ground, &mut build, problem_options(ground)),
        "consent" => {
            build.text("by").needed().date("on", today).needed();
        }
        _ => assessment_fields(form, ground, &mut build),
    }
    build.hidden("version", version(form, ground).to_string());
    Some(build.fields)
}

/// The version the reader sees now, for acts of which only one may win.
fn version(form: &str, ground: &Ground<'_>) -> i64 {
    let (dossier, subject) = (ground.dossier, ground.subject);
    match form {
        "deliver" | "exit" | "withdraw" => dossier.engagement.version,
        "visit" | "visit-cancel" => {
            dossier.visits.iter().find(|visit| visit.id == subject.thing).map_or(0, |visit| visit.version)
        }
        "finish" | "verify" | "drop" => {
            dossier.projects.iter().find(|one| one.id == subject.thing).map_or(0, |one| one.version)
        }
        "words" => dossier.report_of(&subject.course).map_or(0, |report| report.version),
        "case" | "consent" | "publish" => {
            dossier.case_studies.iter().find(|one| one.id == subject.thing).map_or(0, |one| one.version)
        }
        _ => 0,
    }
}

fn with_nothing(ground: &Ground<'_>, options: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut all = vec![(String::new(), ground.speech.t("delivery-training-later"))];
    all.extend(options);
    all
}

fn module_options(ground: &Ground<'_>) -> Vec<(String, String)> {
    let begun = ground.dossier.modules_begun();
    let Some(product) = ground.programme.product(&ground.dossier.engagement.product) else {
        return Vec::new();
    };
    let may = product.may_follow(&begun);
    let problems = ground.dossier.assessments.last().map_or(&[][..], |one| &one.problems);
    let advised = ground.programme.recommend(product, problems, &begun);
    let mut codes: Vec<&str> =
        advised.iter().map(|one| one.module).filter(|code| may.contains(code)).collect();
    codes.extend(may.iter().filter(|code| !advised.iter().any(|one| one.module == **code)));
    let label = |code: &str| {
        let title = ground.programme.module(code).map_or(code, |module| ground.speech.say(&module.title));
        match advised.iter().any(|one| one.module == code) {
            true => ground.speech.with("delivery-module-advised", &[("title", title)]),
            false => title.to_owned(),
        }
    };
    codes.into_iter().map(|code| (code.to_owned(), label(code))).collect()
}

fn problem_options(ground: &Ground<'_>) -> Vec<(String, String)> {
    // Nothing is chosen by inertia.
    let mut all = vec![(String::new(), ground.speech.t("delivery-problem-choose"))];
    let problems = ground.programme.problems.iter();
    all.extend(problems.map(|one| (one.code.clone(), ground.speech.say(&one.label).to_owned())));
    all
}

fn project_fields(form: &str, ground: &Ground<'_>, build: &mut Builder<'_>) {
    let today = Some(ground.today);
    match form {
        "project" => {
            let kinds = [("one-off", "delivery-saving-one-off"), ("yearly", "delivery-saving-yearly")];
            let kinds = kinds.map(|(code, key)| (code.to_owned(), ground.speech.t(key))).to_vec();
            build.area("problem").needed().select("problem_kind", problem_options(ground));
            build.area("action").needed().text("owner").needed().date("due", None).needed();
            build.number("cost").number("saving").choices("saving_kind", kinds);
            build.text("measure").number("before").text("unit");
        }
        "finish" => {
            build.date("on", today).needed().number("cost").number("saving").number("after");
        }
        "verify" => {
            build.date("on", today).needed().number("saving").area("evidence").needed();
        }
        _ => {
            build.area("because").needed();
        }
    }
}

fn visit_fields(ground: &Ground<'_>, build: &mut Builder<'_>) {
    build.date("on", Some(ground.today)).needed().number("women").number("men");
    build.area("progress").needed();
    let speech = ground.speech;
    build.heading(speech.t("delivery-five-s"), speech.t("delivery-five-s-hint"));
    let mut points: Vec<(String, String)> =
        (0..=5).map(|point| (point.to_string(), point.to_string())).collect();
    // A choice that was made by mistake can be taken back.
    points.push((String::new(), "–".to_owned()));
    for name in ["five_s_1", "five_s_2", "five_s_3", "five_s_4", "five_s_5"] {
        build.choices(name, points.clone());
    }
    build.area("findings").area("next_steps").needed();
}

/// The checklist, the problems, and the way to say that nothing was tracked.
fn assessment_fields(form: &str, ground: &Ground<'_>, build: &mut Builder<'_>) {
    let speech = ground.speech;
    let answers = || {
        vec![
            ("yes".to_owned(), speech.t("delivery-answer-yes")),
            ("no".to_owned(), speech.t("delivery-answer-no")),
            (String::new(), speech.t("delivery-answer-unknown")),
        ]
    };
    build.date("on", Some(ground.today)).needed();
    let Some(product) = ground.programme.product(&ground.dossier.engagement.product) else { return };
    let only = ground.dossier.course(&ground.subject.course).filter(|_| form == "after");
    let mut last = "";
    for (module, practice) in ground.programme.practices_of(product) {
        if only.is_some_and(|course| course.module != module.code) {
            continue;
        }
        if last != module.code {
            last = &module.code;
            build.heading(speech.say(&module.title), speech.t("delivery-practices-hint"));
        }
        build.choices(&format!("practice.{}", practice.code), answers());
        build.labelled(speech.say(&practice.question), speech.say(&practice.evidence));
    }
    if form == "baseline" {
        build.heading(speech.t("delivery-problems"), speech.t("delivery-problems-hint"));
        for problem in &ground.programme.problems {
            build.tick(&format!("problem.{}", problem.code)).labelled(speech.say(&problem.question), "");
        }
    }
    build.heading(speech.t("delivery-not-tracked"), speech.t("delivery-not-tracked-hint"));
    build.area("because").area("note");
}
