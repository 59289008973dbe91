//! Releases: choose a plan, see what it will do, order it, watch it, read the verdict.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use disclosure::{PlanKind, ProtectionPlan};
use domain::actor::MakeRelease;
use domain::catalogue::PlanFile;
use serde::Deserialize;
use store::releases::{self, Release, ReleaseStatus};
use store::{jobs, snapshots};

use super::audit::who;
use super::guard::{OwnForm, SignedIn};
use super::landing::survey_title;
use super::progress::Progress;
use super::{PAGE_ROWS, desk};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/releases.html")]
struct ReleasesPage {
    shell: Shell,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    href: String,
    title: String,
    plan: String,
    chip: &'static str,
    status: String,
    ordered: String,
    public: String,
}

#[derive(Template)]
#[template(path = "office/release_new.html")]
struct NewReleasePage {
    shell: Shell,
    form_token: String,
    plans: Vec<PlanChoice>,
    chosen: Option<Parts>,
}

struct PlanChoice {
    href: String,
    title: String,
    chosen: bool,
}

/// What a plan will do, part by part.
struct Parts {
    name: String,
    title: String,
    facts: Vec<(String, String)>,
    dimensions: Vec<(String, String)>,
    /// The rules, as sentences.
    protection: Vec<String>,
    text: String,
    /// Why it cannot be started.
    trouble: Option<String>,
}

#[derive(Template)]
#[template(path = "office/release.html")]
struct ReleasePage {
    shell: Shell,
    form_token: String,
    lead: String,
    chip: &'static str,
    status: String,
    job: Option<Progress>,
    public: Option<String>,
    audit: Option<bool>,
    facts: Vec<(String, String)>,
    again: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Position {
    before: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    plan: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Order {
    plan: String,
}

/// `GET /office/releases`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    signed_in.reads_office("releases")?;
    let speech = visit.speech;
    let page = releases::list(&app.desk.store, position.before.as_deref(), PAGE_ROWS).await?;
    let rows = page.rows.iter().map(|release| Row {
        href: speech.href(&format!("/office/releases/{}", release.id)),
        title: title_of(&app, release, speech),
        plan: release.plan.clone(),
        chip: chip(release.status),
        status: speech.t(&format!("office-release-{}", release.status.code())),
        ordered: speech.moment(release.ordered_at),
        public: release.release_id.clone().unwrap_or_default(),
    });
    let shell = desk::shell(&visit, &signed_in.session, "/office/releases", speech.t("office-releases"));
    private_page(&ReleasesPage {
        shell: desk::crumbs(shell, [("/office/releases", speech.t("office-releases"))]),
        rows: rows.collect(),
        next: page.next.map(|next| {
            speech.href(&format!("/office/releases?{}", address::query([("before", next.as_str())])))
        }),
    })
}

/// `GET /office/releases/new`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(chosen): Query<Chosen>,
) -> Result<Response, WebError> {
    signed_in.reads_office("releases")?;
    let speech = visit.speech;
    let chosen = match &chosen.plan {
        Some(name) => Some((name.as_str(), app.content.plan(name).ok_or(WebError::NotFound)?)),
        None => releasable(&app).next(),
    };
    let shell = desk::shell(&visit, &signed_in.session, "/office/releases", speech.t("office-release-new"));
    private_page(&NewReleasePage {
        shell: desk::crumbs(
            shell,
            [
                ("/office/releases", speech.t("office-releases")),
                ("/office/releases/new", speech.t("office-release-new")),
            ],
        ),
        form_token: signed_in.session.form_token.clone(),
        plans: releasable(&app)
            .map(|(name, file)| PlanChoice {
                href: speech.href(&format!("/office/releases/new?{}", address::query([("plan", name)]))),
                title: plan_title(name, file, speech),
                chosen: chosen.is_some_and(|(chosen, _)| chosen == name),
            })
            .collect(),
        chosen: match chosen {
            Some((name, file)) => Some(parts(&app, name, file, speech).await?),
            None => None,
        },
    })
}

/// `POST /office/releases`
pub(super) async fn order(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, order): OwnForm<Order>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(MakeRelease { plan: order.plan.clone() })?;
    let file = app.content.plan(&order.plan).ok_or(WebError::NotFound)?;
    if !is_complete(file) {
        return Err(super::guard::incomplete());
    }
    let (id, job) = (app.new_id(), app.new_id());
    let mut tx = app.desk.store.begin(app.now()).await?;
    releases::order(&mut tx, &permit, &id, &job).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/office/releases/{id}"))).into_response())
}

/// `GET /office/releases/{release}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    let speech = visit.speech;
    let release = releases::get(&app.desk.store, &id).await?;
    let job = jobs::latest_of(&app.desk.store, &id).await?.map(|job| Progress::of(&job, speech));
    let here = format!("/office/releases/{id}");
    let title = title_of(&app, &release, speech);
    let shell = desk::shell(&visit, &signed_in.session, "/office/releases", title.clone());
    let fact = |key: &str, value: String| (speech.t(&format!("office-fact-{key}")), value);
    let mut facts = vec![
        fact("plan", release.plan.clone()),
        fact(
            "ordered",
            format!(
                "{}, {}",
                speech.moment(release.ordered_at),
                who(&app, &visit, &release.ordered_by).await?
            ),
        ),
    ];
    facts.extend(release.release_id.clone().map(|public| fact("id", public)));
    facts.extend(release.snapshot.clone().map(|snapshot| fact("snapshot", snapshot)));
    facts.extend(release.ended_at.map(|at| fact("ended", speech.moment(at))));
    facts.extend(release.embargo_until.map(|until| fact("embargo", speech.moment(until))));
    facts.extend(figures(&release, speech));
    private_page(&ReleasePage {
        shell: desk::crumbs(shell, [("/office/releases", speech.t("office-releases")), (&here, title)]),
        form_token: signed_in.session.form_token.clone(),
        lead: speech.t(&format!("office-release-lead-{}", release.status.code())),
        chip: chip(release.status),
        status: speech.t(&format!("office-release-{}", release.status.code())),
        public: release
            .release_id
            .as_ref()
            .map(|public| speech.href(&format!("/releases/{}", address::escape(public)))),
        audit: release.audit_passed,
        facts,
        again: matches!(release.status, ReleaseStatus::Failed | ReleaseStatus::Cancelled).then(|| {
            speech
                .href(&format!("/office/releases/new?{}", address::query([("plan", release.plan.as_str())])))
        }),
        job,
    })
}

/// The figures that the worker left with the release, such as `cells`, as facts.
fn figures(release: &Release, speech: Speech) -> Vec<(String, String)> {
    let Some(detail) = release.detail.as_object() else { return Vec::new() };
    detail
        .iter()
        .filter_map(|(name, value)| {
            let key = format!("office-figure-{}", name.replace('_', "-"));
            let value = match value {
                serde_json::Value::Number(number) => {
                    speech.number(number.as_f64()?, u8::from(!number.is_u64()))
                }
                serde_json::Value::String(text) => text.clone(),
                _ => return None,
            };
            speech.knows(&key).then(|| (speech.t(&key), value))
        })
        .collect()
}

fn chip(status: ReleaseStatus) -> &'static str {
    match status {
        ReleaseStatus::Making => "info",
        ReleaseStatus::Made => "ok",
        ReleaseStatus::Failed => "err",
        ReleaseStatus::Cancelled => "warn",
    }
}

fn title_of(app: &AppState, release: &Release, speech: Speech) -> String {
    let file = app.content.plan(&release.plan);
    let title = file.map_or_else(|| release.plan.clone(), |file| plan_title(&release.plan, file, speech));
    match release.vintage {
        Some(vintage) => {
            speech.with("office-release-title", &[("title", &title), ("vintage", &vintage.to_string())])
        }
        None => title,
    }
}

/// The plans that lead to a release, in the order in which they are offered.
fn releasable(app: &AppState) -> impl Iterator<Item = (&str, &PlanFile)> {
    app.content.plans().filter(|(_, file)| file.plan.release.is_some())
}

/// Are all the parts there that a release needs?
fn is_complete(file: &PlanFile) -> bool {
    file.plan.cube.is_some() && file.plan.protection.is_some() && file.plan.release.is_some()
}

fn plan_title(name: &str, file: &PlanFile, speech: Speech) -> String {
    file.plan.cube.as_ref().map_or_else(|| name.to_owned(), |cube| speech.say(&cube.title).to_owned())
}

async fn parts(app: &AppState, name: &str, file: &PlanFile, speech: Speech) -> Result<Parts, WebError> {
    let plan = &file.plan;
    let mut parts = Parts {
        name: name.to_owned(),
        title: plan_title(name, file, speech),
        facts: Vec::new(),
        dimensions: Vec::new(),
        protection: Vec::new(),
        text: file.text.clone(),
        trouble: (!is_complete(file)).then(|| speech.t("office-release-incomplete")),
    };
    let fact = |key: &str, value: String| (speech.t(&format!("office-fact-{key}")), value);
    if let Some(release) = &plan.release {
        let newest = snapshots::list(&app.desk.store, Some(&release.survey), None, 1).await?.rows.pop();
        parts.facts.push(fact("survey", survey_title(app, speech, &release.survey)));
        parts.facts.push(fact(
            "snapshot",
            match (&release.snapshot, newest) {
                (Some(named), _) => named.clone(),
                (None, Some(newest)) => {
                    speech.with("office-release-newest", &[("taken", &speech.moment(newest.taken_at))])
                }
                (None, None) => speech.t("office-release-fresh"),
            },
        ));
        parts.facts.push(fact(
            "embargo",
            release
                .embargo_until
                .map_or_else(|| speech.t("office-release-at-once"), |until| speech.moment(until)),
        ));
    }
    if let Some(cube) = &plan.cube {
        let all = || speech.t("office-release-all-measures");
        parts.facts.push(fact("dataset", cube.dataset.clone()));
        parts
            .facts
            .push(fact("measures", if cube.measures.is_empty() { all() } else { cube.measures.join(", ") }));
        parts.dimensions = cube
            .dimensions
            .iter()
            .map(|dimension| (speech.say(&dimension.label).to_owned(), dimension.levels.join(" › ")))
            .collect();
    }
    if let Some(table) = &plan.protection {
        match ProtectionPlan::from_table(table) {
            Ok(protection) => parts.protection = rules_in_words(&protection, speech),
            Err(error) => parts.trouble = Some(error.to_string()),
        }
    }
    Ok(parts)
}

/// The rules of a protection plan as sentences.
fn rules_in_words(plan: &ProtectionPlan, speech: Speech) -> Vec<String> {
    if plan.kind == PlanKind::AlreadyPublic {
        return vec![speech.t("office-rule-public")];
    }
    let mut rules = Vec::new();
    if let Some(threshold) = plan.threshold {
        let least = speech.integer(threshold.into());
        rules.push(speech.with("office-rule-threshold", &[("least", &least)]));
    }
    if let Some(percent) = plan.p_percent {
        rules.push(speech.with("office-rule-p-percent", &[("percent", &speech.percent(percent, 0))]));
    }
    for (largest, percent) in &plan.dominance {
        let (largest, percent) = (speech.integer((*largest).into()), speech.percent(*percent, 0));
        let values: [(&'static str, &str); 2] = [("largest", &largest), ("percent", &percent)];
        rules.push(speech.with("office-rule-dominance", &values));
    }
    let least = speech.integer(plan.quantile_contributors_min.into());
    rules.push(speech.with("office-rule-quantiles", &[("least", &least)]));
    rules.push(speech.t("office-rule-complementary"));
    rules
}
