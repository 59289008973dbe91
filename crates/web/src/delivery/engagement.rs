//! One enterprise on its way: where it stands, what comes next, plan, visits, practices, cases.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::delivery::{
    CaseStudyState, Dossier, Next, Progress, ReadDelivery, Stage, Standing, State as Stands, Step,
};
use domain::programme::Programme;

use super::acts::href;
use super::case;
use super::frame::{self, May};
use super::modules::{self, ModuleView};
use crate::error::WebError;
use crate::layout::{Link, Shell, private_page};
use crate::office::guard::SignedIn;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/engagement.html")]
struct EngagementPage {
    shell: Shell,
    lead: String,
    step: Option<StepCard>,
    facts: Vec<(String, String)>,
    road: Vec<RoadLine>,
    modules: Vec<ModuleView>,
    practices_title: String,
    practices_lead: String,
    practices: Vec<PracticeLine>,
    cases: Vec<CaseLine>,
    more: Vec<Link>,
}

/// The one thing to do next, with its button for whoever may press it.
struct StepCard {
    title: String,
    note: String,
    href: Option<String>,
    button: String,
    waiting: String,
}

struct RoadLine {
    class: &'static str,
    title: String,
    said: String,
    note: String,
}

struct PracticeLine {
    question: String,
    before: String,
    latest: String,
    better: bool,
}

struct CaseLine {
    title: String,
    status: String,
    chip: &'static str,
    note: String,
    links: Vec<Link>,
}

pub(super) fn link(href: String, label: String) -> Link {
    Link { href, label, current: false }
}

/// `GET /delivery/engagements/{engagement}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let dossier = frame::dossier(&app, &signed_in, &id).await?;
    let engagement = &dossier.engagement;
    let programme = frame::programme(&app, &engagement.programme)?;
    let may = May::at(&signed_in.actor, &engagement.place());
    let standing = Standing::of(&dossier, programme, frame::today(&app));
    let name = frame::enterprise_name(&app, &id, &engagement.enterprise).await?;
    let trainer = frame::person(&app, speech, engagement.trainer.as_deref()).await?;
    let (practices_lead, practices) = practices(speech, programme, &dossier);
    let permit = signed_in.permit(ReadDelivery { what: id.clone(), place: engagement.place() })?;
    let photos = store::delivery::photos::list(&app.desk.store, &permit).await?;
    let shell = frame::shell(&visit, &signed_in, "/delivery/engagements", name.clone());
    let here = format!("/delivery/engagements/{id}");
    private_page(&EngagementPage {
        shell: frame::crumbs(
            shell,
            [("/delivery/engagements", speech.t("delivery-nav-engagements")), (here.as_str(), name)],
        )
        .synthetic_if(engagement.synthetic),
        lead: lead(&app, speech, programme, &dossier),
        step: standing
            .next
            .as_ref()
            .map(|next| step_card(&app, speech, &dossier, next, standing.overdue, may)),
        facts: facts(&app, speech, programme, &dossier, trainer),
        road: road(&app, speech, &dossier, &standing),
        modules: modules::views(&app, speech, programme, &dossier, &photos, may),
        practices_title: speech.t("delivery-practices"),
        practices_lead,
        practices,
        cases: cases(speech, &dossier, may),
        more: more(speech, &dossier, may),
    })
}

/// Where it stands, in a sentence.
fn lead(app: &AppState, speech: Speech, programme: &Programme, dossier: &Dossier) -> String {
    let engagement = &dossier.engagement;
    let product = programme.product(&engagement.product).map_or("", |product| speech.say(&product.title));
    let values = [
        ("product", product.to_owned()),
        ("done", dossier.courses.iter().filter(|course| course.delivered_on.is_some()).count().to_string()),
        (
            "module",
            dossier.open_course().map_or_else(String::new, |course| {
                frame::module_title(app, speech, &engagement.programme, &course.module)
            }),
        ),
        ("saving", modules::verified_savings(speech, dossier)),
        ("because", engagement.ended_because.clone().unwrap_or_default()),
    ];
    let values: Vec<(&'static str, &str)> =
        values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let key = match engagement.state {
        Stands::Delivering if dossier.open_course().is_none() => "delivery-lead-between".to_owned(),
        state => format!("delivery-lead-{}", state.code()),
    };
    speech.with(&key, &values)
}

fn step_card(
    app: &AppState,
    speech: Speech,
    dossier: &Dossier,
    next: &Next,
    overdue: bool,
    may: May,
) -> StepCard {
    let engagement = &dossier.engagement;
    let code = next.step.code();
    let note = match (&next.on, &next.module) {
        (Some(on), _) if overdue => speech.with("delivery-was-due", &[("day", &speech.date(*on))]),
        (Some(on), _) => speech.with("delivery-due", &[("day", &speech.date(*on))]),
        (None, Some(module)) => frame::module_title(app, speech, &engagement.programme, module),
        (None, None) => String::new(),
    };
    let allowed = match next.step {
        Step::CaseStudy => may.deliver || may.guide,
        _ => may.deliver,
    };
    StepCard {
        title: speech.t(&format!("delivery-step-{code}")),
        note,
        href: allowed.then(|| step_href(speech, dossier, next)),
        button: speech.t(&format!("delivery-step-{code}-do")),
        waiting: speech.t("delivery-waits-for-trainer"),
    }
}

/// The page on which a step is done.
pub(super) fn step_href(speech: Speech, dossier: &Dossier, next: &Next) -> String {
    let id = &dossier.engagement.id;
    let course = next.course.as_deref().unwrap_or_default();
    let form = |form: &str, thing: &str| href(speech, id, form, course, thing);
    match next.step {
        Step::Selection | Step::Commitment => form("commit", ""),
        Step::Baseline => form("baseline", ""),
        Step::Module => speech.href(&format!("/delivery/engagements/{id}/diagnosis")),
        Step::Workshop => match dossier.course(course).and_then(|course| course.training.as_deref()) {
            Some(training) => speech.href(&format!("/delivery/trainings/{training}")),
            None => form("enrol", ""),
        },
        Step::Team => form("team", ""),
        Step::Plan if dossier.projects_of(course).next().is_none() => form("project", ""),
        Step::Plan => form("plan", ""),
        Step::Visits => match &next.visit {
            Some(visit) => form("visit", visit),
            None => form("visit-plan", ""),
        },
        Step::Review => form("review", ""),
        Step::Endline => form("after", ""),
        Step::Report => form("words", ""),
        Step::Deliver => form("deliver", ""),
        Step::Final => form("final", ""),
        Step::Exit => form("exit", ""),
        Step::FollowUp6 => form("follow-up-6", ""),
        Step::FollowUp12 => form("follow-up-12", ""),
        Step::CaseStudy => case_href(speech, dossier),
    }
}

/// The case study that is under way, or a new one about the last module.
fn case_href(speech: Speech, dossier: &Dossier) -> String {
    let id = &dossier.engagement.id;
    let draft = dossier.case_studies.iter().find(|one| one.state == CaseStudyState::Draft);
    let last = dossier.courses.last().map_or("", |course| course.id.as_str());
    match draft {
        None => href(speech, id, "case", last, ""),
        // Whoever agrees or publishes reads it first.
        Some(draft) => speech.href(&format!("/delivery/engagements/{id}/cases/{}", draft.id)),
    }
}

fn facts(
    app: &AppState,
    speech: Speech,
    programme: &Programme,
    dossier: &Dossier,
    trainer: String,
) -> Vec<(String, String)> {
    let engagement = &dossier.engagement;
    let fact = |key: &str, value: String| (speech.t(&format!("delivery-fact-{key}")), value);
    let commitment = match engagement.committed_on {
        Some(on) if engagement.shares_data => {
            speech.with("delivery-committed-shares", &[("day", &speech.date(on))])
        }
        Some(on) => speech.with("delivery-committed", &[("day", &speech.date(on))]),
        None => speech.t("unknown"),
    };
    vec![
        fact("region", frame::region_name(app, speech, &engagement.region)),
        fact("programme", speech.say(&programme.title).to_owned()),
        fact(
            "product",
            programme
                .product(&engagement.product)
                .map_or_else(|| engagement.product.clone(), |product| speech.say(&product.title).to_owned()),
        ),
        fact("trainer", trainer),
        fact("commitment", commitment),
    ]
}

/// The stations of the road: letter, baseline, one for each module, and the end.
fn road(app: &AppState, speech: Speech, dossier: &Dossier, standing: &Standing) -> Vec<RoadLine> {
    let mut road = Vec::new();
    for line in &standing.lines {
        let is_station = line.course.is_none() || line.step == Step::Deliver;
        if !is_station {
            continue;
        }
        let running = line.course.is_some() && line.progress != Progress::Done;
        let now = line.progress == Progress::Now || running;
        let title = match &line.module {
            Some(module) => frame::module_title(app, speech, &dossier.engagement.programme, module),
            None => speech.t(&format!("delivery-step-{}", line.step.code())),
        };
        let note = match (line.on, line.progress) {
            (Some(on), _) => speech.short_date(on),
            (None, _) if running => speech.t("delivery-running"),
            _ => String::new(),
        };
        let done = line.progress == Progress::Done;
        road.push(RoadLine {
            class: if done {
                "done"
            } else if now {
                "now"
            } else {
                ""
            },
            title,
            said: if done { speech.t("delivery-said-done") } else { String::new() },
            note,
        });
    }
    road
}

/// Practices at the baseline and at the latest assessment, and how many came to be there.
fn practices(speech: Speech, programme: &Programme, dossier: &Dossier) -> (String, Vec<PracticeLine>) {
    let Some(before) = dossier.assessment(Stage::Baseline) else { return (String::new(), Vec::new()) };
    let said = |answer: Option<&bool>| match answer {
        Some(true) => speech.t("delivery-answer-yes"),
        Some(false) => speech.t("delivery-answer-no"),
        None => speech.t("unknown"),
    };
    let latest = |code: &str| {
        dossier
            .assessments
            .iter()
            .filter(|one| one.stage != Stage::Baseline)
            .rev()
            .find_map(|one| one.practices.get(code))
    };
    let mut lines = Vec::new();
    let (mut paired, mut better) = (0u64, 0u64);
    for module in &programme.modules {
        for practice in programme.practices(&module.code) {
            let (first, last) = (before.practices.get(&practice.code), latest(&practice.code));
            if first.is_none() && last.is_none() {
                continue;
            }
            let improved = first == Some(&false) && last == Some(&true);
            paired += u64::from(first.is_some() && last.is_some());
            better += u64::from(improved);
            lines.push(PracticeLine {
                question: speech.say(&practice.question).to_owned(),
                before: said(first),
                latest: said(last),
                better: improved,
            });
        }
    }
    if paired == 0 {
        return (speech.t("delivery-practices-unpaired"), lines);
    }
    let values = [("better", &*speech.integer(better)), ("paired", &speech.integer(paired))];
    (speech.with("delivery-practices-lead", &values), lines)
}

fn cases(speech: Speech, dossier: &Dossier, may: May) -> Vec<CaseLine> {
    let id = &dossier.engagement.id;
    dossier
        .case_studies
        .iter()
        .map(|one| {
            let page = speech.href(&format!("/delivery/engagements/{id}/cases/{}", one.id));
            let (first, rest) = case::links(speech, dossier, one, may);
            CaseLine {
                title: one.title.clone(),
                status: speech.t(&format!("delivery-case-{}", one.state.code())),
                chip: if one.state == CaseStudyState::Published { "ok" } else { "" },
                note: match one.consent_on {
                    Some(on) => speech.with("delivery-consented", &[("day", &speech.date(on))]),
                    None => speech.t("delivery-no-consent"),
                },
                // What is published is read on its public page.
                links: (one.state != CaseStudyState::Published)
                    .then(|| link(page, speech.t("case-read")))
                    .into_iter()
                    .chain(first)
                    .chain(rest)
                    .collect(),
            }
        })
        .collect()
}

/// What may be done beside the next step.
fn more(speech: Speech, dossier: &Dossier, may: May) -> Vec<Link> {
    let id = &dossier.engagement.id;
    let numbers = format!("/results/{}/engagements/{id}", dossier.engagement.programme);
    let mut links = vec![link(speech.href(&numbers), speech.t("delivery-numbers"))];
    let running = !matches!(dossier.engagement.state, Stands::Exited | Stands::Withdrawn);
    for (file, key) in [("letter.pdf", "paper-letter-print"), ("five-s.pdf", "paper-five-s-print")] {
        links.push(link(speech.href(&format!("/delivery/engagements/{id}/{file}")), speech.t(key)));
    }
    let mut add = |form: &str| {
        links.push(link(href(speech, id, form, "", ""), speech.t(&format!("delivery-form-{form}"))));
    };
    if running && may.arrange {
        add("trainer");
    }
    if may.deliver && !dossier.courses.is_empty() {
        add("case");
    }
    if running && may.deliver {
        add("withdraw");
    }
    links
}
