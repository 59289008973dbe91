//! The section of one module on the page of an engagement: steps, plan, visits.

use domain::delivery::{
    Course, Dossier, Next, Project, ProjectState, SavingKind, State as Stands, Step, Visit, VisitState,
};
use domain::programme::Programme;
use store::delivery::photos::Photo;

use super::acts::href;
use super::engagement::{link, step_href};
use super::frame::{self, May};
use crate::layout::Link;
use crate::speech::Speech;
use crate::state::AppState;

pub(super) struct ModuleView {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) delivered: bool,
    pub(super) steps: Vec<StepView>,
    pub(super) plan_title: String,
    pub(super) projects: Vec<ProjectView>,
    pub(super) photos: Vec<PhotoView>,
    pub(super) visits: Vec<VisitView>,
    pub(super) links: Vec<Link>,
}

pub(super) struct StepView {
    pub(super) title: String,
    pub(super) said: String,
    pub(super) chip: &'static str,
    pub(super) note: String,
    pub(super) href: Option<String>,
}

pub(super) struct ProjectView {
    pub(super) action: String,
    pub(super) problem: String,
    pub(super) owner: String,
    pub(super) due: String,
    pub(super) pair: String,
    pub(super) cost: String,
    pub(super) saving: String,
    pub(super) status: String,
    pub(super) chip: &'static str,
    pub(super) links: Vec<Link>,
}

pub(super) struct PhotoView {
    pub(super) src: String,
    pub(super) words: String,
}

pub(super) struct VisitView {
    pub(super) day: String,
    pub(super) present: String,
    pub(super) score: String,
    pub(super) notes: String,
    pub(super) status: String,
    pub(super) chip: &'static str,
    pub(super) links: Vec<Link>,
}

/// The modules, the latest first.
pub(super) fn views(
    app: &AppState,
    speech: Speech,
    programme: &Programme,
    dossier: &Dossier,
    photos: &[Photo],
    may: May,
) -> Vec<ModuleView> {
    let courses = dossier.courses.iter().rev();
    courses
        .map(|course| ModuleView {
            photos: photo_views(speech, dossier, course, photos),
            ..view(app, speech, programme, dossier, course, may)
        })
        .collect()
}

/// Photos of the projects and visits of a course, those from before first.
fn photo_views(speech: Speech, dossier: &Dossier, course: &Course, photos: &[Photo]) -> Vec<PhotoView> {
    let belongs = |photo: &&Photo| {
        dossier.projects_of(&course.id).any(|project| project.id == photo.subject_id)
            || dossier.visits_of(&course.id).any(|visit| visit.id == photo.subject_id)
    };
    let mut own: Vec<&Photo> = photos.iter().filter(belongs).collect();
    own.sort_by_key(|photo| (photo.subject_id.clone(), photo.is_after));
    own.into_iter()
        .map(|photo| {
            let key = if photo.is_after { "delivery-photo-after" } else { "delivery-photo-before" };
            let id = &dossier.engagement.id;
            PhotoView {
                src: format!("/delivery/engagements/{id}/photos/{}", photo.id),
                words: format!("{}: {}", speech.t(key), photo.caption),
            }
        })
        .collect()
}

fn view(
    app: &AppState,
    speech: Speech,
    programme: &Programme,
    dossier: &Dossier,
    course: &Course,
    may: May,
) -> ModuleView {
    let projects: Vec<&Project> = dossier.projects_of(&course.id).collect();
    let done = projects
        .iter()
        .filter(|project| matches!(project.state, ProjectState::Done | ProjectState::Verified))
        .count();
    let count = |number: usize| speech.integer(number as u64);
    let open = course.delivered_on.is_none() && dossier.engagement.state == Stands::Delivering;
    ModuleView {
        id: format!("m-{}", course.module),
        title: frame::module_title(app, speech, &programme.id, &course.module),
        delivered: course.delivered_on.is_some(),
        steps: steps(speech, programme, dossier, course, may),
        plan_title: speech
            .with("delivery-plan-title", &[("done", &count(done)), ("all", &count(projects.len()))]),
        projects: projects.iter().map(|project| project_view(speech, dossier, project, may)).collect(),
        photos: Vec::new(),
        visits: dossier
            .visits_of(&course.id)
            .map(|visit| visit_view(speech, dossier, visit, open && may.deliver))
            .collect(),
        links: links(speech, dossier, course, open, may),
    }
}

fn links(speech: Speech, dossier: &Dossier, course: &Course, open: bool, may: May) -> Vec<Link> {
    let id = &dossier.engagement.id;
    let form =
        |form: &str| link(href(speech, id, form, &course.id, ""), speech.t(&format!("delivery-form-{form}")));
    let mut links = Vec::new();
    if open && may.improve {
        links.push(form("project"));
    }
    if open && may.deliver {
        links.push(form("visit-plan"));
    }
    let report = speech.href(&format!("/delivery/engagements/{id}/report?course={}", course.id));
    links.push(link(report, speech.t("delivery-report")));
    let board = speech.href(&format!("/delivery/engagements/{id}/board.pdf?course={}", course.id));
    links.push(link(board, speech.t("paper-board-print")));
    links
}

/// Every step of the module with what is on record.
fn steps(
    speech: Speech,
    programme: &Programme,
    dossier: &Dossier,
    course: &Course,
    may: May,
) -> Vec<StepView> {
    let missing = dossier.missing(course, programme);
    let needed = programme.visits_needed(&dossier.engagement.product, &course.module, &course.edition);
    let order =
        [Step::Workshop, Step::Team, Step::Plan, Step::Visits, Step::Review, Step::Endline, Step::Report];
    order
        .into_iter()
        .map(|step| {
            let done = !missing.contains(&step);
            let next = Next {
                step,
                course: Some(course.id.clone()),
                module: Some(course.module.clone()),
                visit: dossier
                    .visits_of(&course.id)
                    .find(|visit| visit.state == VisitState::Planned)
                    .map(|visit| visit.id.clone()),
                on: None,
            };
            let may_do = may.deliver && course.delivered_on.is_none();
            StepView {
                title: speech.t(&format!("delivery-step-{}", step.code())),
                said: speech.t(if done { "delivery-there" } else { "delivery-not-there" }),
                chip: if done { "ok" } else { "" },
                note: note(speech, dossier, course, step, needed),
                href: (may_do && !done).then(|| step_href(speech, dossier, &next)),
            }
        })
        .collect()
}

fn note(speech: Speech, dossier: &Dossier, course: &Course, step: Step, needed: u8) -> String {
    let number = |value: u32| speech.integer(u64::from(value));
    match step {
        Step::Workshop => match course.trained_on {
            Some(on) => speech.with(
                "delivery-note-workshop",
                &[
                    ("day", &speech.date(on)),
                    ("women", &number(course.turnout.women())),
                    ("men", &number(course.turnout.men())),
                    ("workers", &number(course.turnout.workers())),
                ],
            ),
            None => String::new(),
        },
        Step::Team => course.team.as_ref().map_or_else(String::new, |team| {
            speech.with("delivery-note-team", &[("size", &number(team.size())), ("leader", &team.leader)])
        }),
        Step::Visits => {
            let done = speech.integer(dossier.visits_done(&course.id) as u64);
            speech.with("delivery-note-visits", &[("done", &done), ("needed", &needed.to_string())])
        }
        Step::Review => course.review.clone(),
        Step::Report => dossier
            .report_of(&course.id)
            .map_or_else(String::new, |report| speech.t(&format!("delivery-report-{}", report.state.code()))),
        _ => String::new(),
    }
}

/// `12 → 3 menit`, or what is known of it.
pub(super) fn pair(speech: Speech, project: &Project) -> String {
    let number = |value: f64| speech.number(value, if value.fract() == 0.0 { 0 } else { 1 });
    match (project.before, project.after) {
        (Some(before), Some(after)) => {
            format!("{} → {}\u{a0}{}", number(before), number(after), project.unit).trim().to_owned()
        }
        (Some(before), None) => {
            let value = format!("{}\u{a0}{}", number(before), project.unit);
            speech.with("delivery-only-before", &[("value", value.trim())])
        }
        _ => speech.t("unknown"),
    }
}

/// Verified yearly savings. Nothing verified is not nought.
pub(super) fn verified_savings(speech: Speech, dossier: &Dossier) -> String {
    let counted = dossier
        .projects
        .iter()
        .any(|project| project.state == ProjectState::Verified && project.verified_saving.is_some());
    frame::rupiah(speech, counted.then(|| dossier.verified_yearly_saving()))
}

pub(super) fn saving(speech: Speech, project: &Project) -> String {
    let (amount, key) = match project.state {
        ProjectState::Verified => (project.verified_saving, "delivery-saving-verified"),
        _ => (project.saving, "delivery-saving-claimed"),
    };
    let Some(amount) = amount else { return speech.t("unknown") };
    let kind = match project.saving_kind {
        Some(SavingKind::Yearly) => speech.t("delivery-saving-yearly"),
        Some(SavingKind::OneOff) => speech.t("delivery-saving-one-off"),
        None => String::new(),
    };
    let amount = frame::rupiah(speech, Some(amount));
    speech.with(key, &[("amount", &amount), ("kind", &kind)])
}

fn project_view(speech: Speech, dossier: &Dossier, project: &Project, may: May) -> ProjectView {
    let id = &dossier.engagement.id;
    let form = |form: &str| {
        link(
            href(speech, id, form, &project.course, &project.id),
            speech.t(&format!("delivery-form-{form}-short")),
        )
    };
    let mut links = Vec::new();
    let running = dossier.engagement.state == Stands::Delivering;
    if running && may.improve && project.state == ProjectState::Open {
        links.push(form("finish"));
        links.push(form("drop"));
    }
    if may.deliver && project.state == ProjectState::Done {
        links.push(form("verify"));
    }
    if may.improve {
        let photo = speech.href(&format!("/delivery/engagements/{id}/photos?thing={}", project.id));
        links.push(link(photo, speech.t("delivery-photo-short")));
    }
    ProjectView {
        action: project.action.clone(),
        problem: project.problem.clone(),
        owner: project.owner.clone(),
        due: speech.short_date(project.due),
        pair: pair(speech, project),
        cost: frame::rupiah(speech, project.cost),
        saving: saving(speech, project),
        status: speech.t(&format!("delivery-project-{}", project.state.code())),
        chip: match project.state {
            ProjectState::Open => "info",
            ProjectState::Done => "warn",
            ProjectState::Verified => "ok",
            ProjectState::Dropped => "",
        },
        links,
    }
}

fn visit_view(speech: Speech, dossier: &Dossier, visit: &Visit, open: bool) -> VisitView {
    let id = &dossier.engagement.id;
    let form = |form: &str| {
        link(
            href(speech, id, form, &visit.course, &visit.id),
            speech.t(&format!("delivery-form-{form}-short")),
        )
    };
    let planned = visit.state == VisitState::Planned;
    let day = speech.short_date(visit.done_on.unwrap_or(visit.planned_on));
    VisitView {
        day: if visit.starts_at.is_empty() || !planned { day } else { format!("{day}, {}", visit.starts_at) },
        present: if visit.state == VisitState::Done {
            let number = |value: u32| speech.integer(u64::from(value));
            speech.with("delivery-present", &[("women", &number(visit.women)), ("men", &number(visit.men))])
        } else {
            String::new()
        },
        score: visit.five_s.map_or_else(
            || if planned { String::new() } else { speech.t("unknown") },
            |score| score.total().to_string(),
        ),
        notes: [visit.progress.as_str(), visit.next_steps.as_str(), visit.findings.as_str()]
            .into_iter()
            .filter(|words| !words.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        status: speech.t(&format!("delivery-visit-{}", visit.state.code())),
        chip: match visit.state {
            VisitState::Planned => "info",
            VisitState::Done => "ok",
            VisitState::Cancelled => "",
        },
        links: if planned && open { vec![form("visit"), form("visit-cancel")] } else { Vec::new() },
    }
}
