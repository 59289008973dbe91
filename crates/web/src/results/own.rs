//! An enterprise's own page: what we planned, what changed here, what comes next.
//!
//! Nobody else's numbers stand on it, and nobody is ranked.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::actor::Role;
use domain::delivery::{Dossier, Project, ProjectState, ReadDelivery, VisitState};
use domain::indicator::{Comparison, Indicator};
use domain::observation::{Stage, change};
use store::delivery::engagements::{self, Filter};
use store::observations::{self, Recorded};

use super::answer::Shown;
use super::dashboard;
use super::room::Room;
use crate::chart::{Caption, dumbbell};
use crate::error::WebError;
use crate::layout::{Link, private_page};
use crate::office::desk;
use crate::office::guard::SignedIn;
use crate::parts::{Column, FigureView, Grid, Line, Section, Sheet, Square, Stat};
use crate::state::AppState;
use crate::visit::Visit;

/// Engagements of one enterprise that are looked through for the one that runs.
const ENGAGEMENTS_MAX: u32 = 50;

/// `GET /results/{programme}/own`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let reach = signed_in.actor.reach::<ReadDelivery>()?;
    let member = signed_in.actor.grants.iter().find(|grant| grant.role == Role::EnterpriseMember);
    let enterprise = member.and_then(|grant| grant.scope.enterprise.clone()).ok_or(WebError::NotFound)?;
    let store = &app.desk.store;
    let filter = Filter { programme: Some(&programme), enterprise: Some(&enterprise), ..Filter::default() };
    let all = engagements::list(store, &reach, &filter, None, ENGAGEMENTS_MAX).await?.rows;
    let ended = ["exited", "withdrawn"];
    let running = all.iter().find(|line| !ended.contains(&line.state.as_str()));
    let Some(line) = running.or_else(|| all.iter().max_by_key(|line| &line.id)) else {
        return private_page(&nothing_yet(&room, &enterprise));
    };
    let place = store::delivery::find(store, &line.id).await?.ok_or(WebError::NotFound)?;
    let permit = signed_in.permit(ReadDelivery { what: line.id.clone(), place })?;
    let dossier = store::delivery::get(store, &permit).await?;
    let recorded = observations::of_engagement(store, &line.id).await?;
    let numbers = numbers(&room, &recorded);
    let mut sheet = own_sheet(&room, line.enterprise_name.clone(), lead(&room, &dossier, &numbers));
    sheet.shell = sheet.shell.synthetic_if(line.synthetic);
    sheet.next = next(&room, &dossier);
    sheet.stats = stats(&room, &dossier, &numbers);
    sheet.sections.push(our_numbers(&room, &line.id, &numbers));
    sheet.sections.push(our_plan(&room, &dossier));
    sheet.sections.push(Section {
        title: room.t("home-more"),
        links: vec![
            link(&room, &format!("/delivery/engagements/{}", line.id), "home-engagement"),
            link(&room, &format!("/results/{programme}/engagements/{}", line.id), "home-fill-in"),
            link(&room, &format!("/register/{enterprise}"), "home-register"),
        ],
        ..Section::default()
    });
    private_page(&sheet)
}

fn link(room: &Room<'_>, path: &str, key: &str) -> Link {
    Link { href: room.speech().href(path), label: room.t(key), current: false }
}

/// The page has no way up: it is where its reader begins.
fn own_sheet(room: &Room<'_>, title: String, lead: String) -> Sheet {
    let shell = desk::shell(room.visit, &room.signed_in.session, "/office", title);
    Sheet::new(shell, &room.signed_in.session.form_token, lead)
}

fn nothing_yet(room: &Room<'_>, enterprise: &str) -> Sheet {
    let mut sheet = own_sheet(room, room.t("home-own-title"), String::new());
    sheet.sections.push(Section {
        empty: room.t("home-own-none"),
        links: vec![link(room, &format!("/register/{enterprise}"), "home-register")],
        ..Section::default()
    });
    sheet
}

/// One indicator that has a baseline, with the newest value after it.
struct Number<'a> {
    indicator: &'a Indicator,
    before: f64,
    latest: Option<(f64, Stage)>,
    /// In percent, points or counts.
    change: Option<f64>,
    progress: Option<f64>,
}

fn numbers<'a>(room: &Room<'a>, recorded: &[Recorded]) -> Vec<Number<'a>> {
    let standing = |code: &str| {
        recorded
            .iter()
            .filter(|one| !one.replaced && one.observation.quality.counts())
            .filter(|one| one.observation.new.indicator == code)
            .filter_map(|one| {
                Some((one.observation.new.stage, one.observation.new.to, one.observation.value?))
            })
            .collect::<Vec<_>>()
    };
    let measured = |indicator: &'a Indicator| {
        let all = standing(&indicator.code);
        let (_, _, before) = *all.iter().find(|(stage, _, _)| *stage == Stage::Baseline)?;
        let later = all.iter().filter(|(stage, _, _)| *stage != Stage::Baseline);
        let latest =
            later.max_by_key(|(stage, to, _)| (*to, *stage)).map(|(stage, _, value)| (*value, *stage));
        let change = latest.and_then(|(value, _)| change(indicator, before, value));
        let progress = change.and_then(|change| indicator.better.progress(change));
        Some(Number { indicator, before, latest, change, progress })
    };
    let magnitudes = room.measurement.indicators.current().filter(|indicator| !indicator.is_practice());
    magnitudes.filter_map(measured).collect()
}

fn better(numbers: &[Number<'_>]) -> (usize, usize) {
    let known = numbers.iter().filter_map(|number| number.progress);
    (known.clone().filter(|progress| *progress > 0.0).count(), known.count())
}

fn lead(room: &Room<'_>, dossier: &Dossier, numbers: &[Number<'_>]) -> String {
    let product = room.programme.product(&dossier.engagement.product);
    let product = product.map_or("", |product| room.speech().say(&product.title)).to_owned();
    let (better, known) = better(numbers);
    if known == 0 {
        return room.with("home-own-lead-unmeasured", &[("product", &product)]);
    }
    let (better, known) = (better.to_string(), known.to_string());
    room.with("home-own-lead", &[("product", &product), ("better", &better), ("known", &known)])
}

/// The visit that comes next and what the last one left to do.
fn next(room: &Room<'_>, dossier: &Dossier) -> Option<(String, Link)> {
    let today = room.today();
    let planned = dossier.visits.iter().filter(|visit| visit.state == VisitState::Planned);
    let coming = planned.filter(|visit| visit.planned_on >= today).min_by_key(|visit| visit.planned_on);
    let done = dossier.visits.iter().filter(|visit| visit.state == VisitState::Done);
    let last = done.max_by_key(|visit| visit.done_on);
    let engagement =
        link(room, &format!("/delivery/engagements/{}", dossier.engagement.id), "home-engagement");
    let visit = coming?;
    let day = room.speech().date(visit.planned_on);
    let when = if visit.planned_on == today { room.t("home-today") } else { day };
    let mut words = room.with("home-next-visit", &[("day", &when), ("at", &visit.starts_at)]);
    if let Some(last) = last.filter(|last| !last.next_steps.is_empty()) {
        words = format!("{words} {}", room.with("home-left-to-do", &[("words", &last.next_steps)]));
    }
    Some((words, engagement))
}

fn stats(room: &Room<'_>, dossier: &Dossier, numbers: &[Number<'_>]) -> Vec<Stat> {
    let speech = room.speech();
    let (better, known) = better(numbers);
    let open = dossier.projects.iter().filter(|project| project.is_open()).count();
    let finished = dossier
        .projects
        .iter()
        .filter(|project| matches!(project.state, ProjectState::Done | ProjectState::Verified))
        .count();
    let verified = dossier.projects.iter().any(|project| project.verified_saving.is_some());
    let saving = dossier.verified_yearly_saving();
    let of = |part: usize, all: usize| {
        room.with("home-of", &[("part", &part.to_string()), ("all", &all.to_string())])
    };
    vec![
        Stat::new(
            "is-main",
            room.t("home-better"),
            if known > 0 { of(better, known) } else { room.t("unknown") },
            room.t("home-better-note"),
        ),
        Stat::new(
            "",
            room.t("home-saving"),
            if verified { crate::money::rupiah(speech, saving) } else { room.t("unknown") },
            room.t("home-saving-note"),
        ),
        Stat::new(
            "",
            room.t("home-projects"),
            of(finished, dossier.projects.len()),
            speech.count("home-projects-open", open as u64, &[("number", &open.to_string())]),
        ),
    ]
}

fn our_numbers(room: &Room<'_>, engagement: &str, numbers: &[Number<'_>]) -> Section {
    let speech = room.speech();
    let rows: Vec<Line> = numbers.iter().map(|number| number_line(room, engagement, number)).collect();
    if rows.is_empty() {
        return Section {
            title: room.t("home-numbers"),
            empty: room.t("home-numbers-none"),
            ..Section::default()
        };
    }
    let (good, known) = better(numbers);
    let values = [("better", &*good.to_string()), ("known", &known.to_string())];
    Section {
        title: room.t("home-numbers"),
        hint: if known > 0 { room.with("home-numbers-lead", &values) } else { String::new() },
        figure: figure(room, numbers),
        grid: Some(Grid {
            caption: room.t("home-numbers-caption"),
            note: room.t("home-numbers-note"),
            heads: vec![
                Column::words(room.t("results-head-indicator")),
                Column::number(speech.t("delivery-head-before"), ""),
                Column::number(speech.t("delivery-head-latest"), ""),
                Column::number(speech.t("delivery-head-before-after"), ""),
                Column::words(speech.t("delivery-head-status")),
            ],
            rows,
            cards: true,
            ..Grid::default()
        }),
        source: room.t("home-numbers-source"),
        ..Section::default()
    }
}

fn number_line(room: &Room<'_>, engagement: &str, number: &Number<'_>) -> Line {
    let speech = room.speech();
    let indicator = number.indicator;
    let written = |value: f64| Square::Number(speech.number(value, indicator.decimals));
    let change = number.change.map_or(Shown::Nothing, Shown::Value);
    let status = match number.progress {
        Some(progress) if progress > 0.0 => Square::Chip("ok", room.t("home-is-better")),
        Some(progress) if progress < 0.0 => Square::Chip("warn", room.t("home-is-worse")),
        Some(_) => Square::Chip("", room.t("home-is-same")),
        None if number.latest.is_none() => Square::Chip("", room.t("home-not-yet")),
        None => Square::Words(String::new()),
    };
    Line {
        name: speech.say(&indicator.label).to_owned(),
        sub: speech.say(&indicator.unit_label).to_owned(),
        href: Some(room.href(&format!("/engagements/{engagement}"))),
        cells: vec![
            written(number.before),
            number.latest.map_or(Square::Unknown, |(value, _)| written(value)),
            Square::known(dashboard::change(speech, indicator, change)),
            status,
        ],
        ..Line::default()
    }
}

/// How far each number came, with plus for better: one axis for all of them.
fn figure(room: &Room<'_>, numbers: &[Number<'_>]) -> Option<FigureView> {
    let speech = room.speech();
    let percent = numbers.iter().filter(|number| number.indicator.comparison == Comparison::Percent);
    let mut rows: Vec<dumbbell::Row> = percent
        .filter_map(|number| {
            let name = speech.say(&number.indicator.label).to_owned();
            Some(dumbbell::Row { name, before: 0.0, after: number.progress? })
        })
        .collect();
    if rows.len() < 2 {
        return None;
    }
    rows.sort_by(|one, other| other.after.total_cmp(&one.after));
    let said: Vec<String> =
        rows.iter().map(|row| format!("{} {}", row.name, speech.change(row.after, 0))).collect();
    let chart = dumbbell::Dumbbell {
        caption: Caption { id: "own".into(), title: room.t("home-figure"), description: said.join("; ") },
        rows,
        better_is_more: Some(true),
        decimals: 0,
    };
    Some(FigureView {
        heading: "h3",
        title: room.t("home-figure"),
        unit: room.t("home-figure-unit"),
        picture: chart.draw(speech).to_string(),
        ..FigureView::default()
    })
}

fn our_plan(room: &Room<'_>, dossier: &Dossier) -> Section {
    let speech = room.speech();
    let mut projects: Vec<&Project> = dossier.projects.iter().collect();
    // What is to be done comes first, the most urgent on top.
    projects.sort_by_key(|project| (project.state, project.due));
    let rows: Vec<Line> = projects.into_iter().map(|project| project_line(room, project)).collect();
    let empty = if rows.is_empty() { room.t("home-plan-none") } else { String::new() };
    Section {
        title: room.t("home-plan"),
        hint: if empty.is_empty() { room.t("home-plan-lead") } else { String::new() },
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("home-plan-caption"),
            heads: vec![
                Column::words(speech.t("delivery-head-project")),
                Column::words(speech.t("delivery-head-owner")),
                Column::words(speech.t("delivery-head-due")),
                Column::number(speech.t("delivery-head-saving"), room.t("home-rupiah")),
                Column::words(speech.t("delivery-head-status")),
            ],
            rows,
            cards: true,
            ..Grid::default()
        }),
        empty,
        ..Section::default()
    }
}

fn project_line(room: &Room<'_>, project: &Project) -> Line {
    let speech = room.speech();
    let late = project.is_open() && project.due < room.today();
    let status = match project.state {
        ProjectState::Verified => "ok",
        ProjectState::Open if late => "warn",
        ProjectState::Open => "info",
        ProjectState::Done | ProjectState::Dropped => "",
    };
    let word = if late {
        room.t("home-late")
    } else {
        room.t(&format!("delivery-project-{}", project.state.code()))
    };
    let saving = project.verified_saving.or(project.saving);
    Line {
        name: project.action.clone(),
        sub: project.problem.clone(),
        cells: vec![
            Square::Words(project.owner.clone()),
            Square::Words(speech.short_date(project.due)),
            Square::known(saving.map(|saving| speech.integer(saving.unsigned_abs()))),
            Square::Chip(status, word),
        ],
        ..Line::default()
    }
}
