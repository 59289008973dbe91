//! The board of targets: what was to be reached, what the records say today, and what was reported.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{AttestTarget, LockReport, Place, ReadObservations};
use domain::framework::{Measure, NewAttestation, NewReport, ReportedFigure, Status, Target};
use jiff::civil::Date;
use serde::Deserialize;
use store::results::Locked;
use store::{StoreError, money, results, tallies};

use super::actuals::{Actuals, actuals, count, funded};
use super::room::Room;
use crate::address;
use crate::chart::bullet;
use crate::error::WebError;
use crate::layout::private_page;
use crate::office::guard::{Nothing, OwnForm, SignedIn};
use crate::parts::{Column, Field, Form, Grid, Kind, Line, Notice, Section, Square, Stat};
use crate::state::AppState;
use crate::visit::Visit;

/// `GET /results/{programme}/targets`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let actuals = actuals(&room.ground()).await?;
    let reports = results::reports(&app.desk.store, &programme).await?;
    let lead = room.with(
        "results-board-lead",
        &[
            ("reached", &actuals.with(Status::Reached).to_string()),
            ("all", &actuals.all.len().to_string()),
            ("unknown", &actuals.with(Status::Unknown).to_string()),
        ],
    );
    let mut sheet = room.sheet("/targets", room.t("results-board-title"), lead);
    sheet.shell = sheet.shell.synthetic_if(actuals.synthetic());
    sheet.sections.push(Section {
        grid: Some(grid(&room, &actuals)),
        source: room.computed("results-board-source", actuals.computed_at, actuals.holds),
        ..Section::default()
    });
    let mut section = reported(&room, &reports);
    section.links.push(room.link("/framework.csv", room.t("framework-csv")));
    section.links.push(room.link("/iati.xml", room.t("framework-iati")));
    sheet.sections.push(section);
    private_page(&sheet)
}

fn grid(room: &Room<'_>, actuals: &Actuals) -> Grid {
    let speech = room.speech();
    let rows = actuals.all.iter().map(|(target, actual, status)| {
        let number = |value: f64| speech.number(value, target.decimals);
        let share = actual.value.map(|value| speech.percent(value / target.value * 100.0, 0));
        Line {
            name: speech.say(&target.label).to_owned(),
            sub: speech.say(&target.unit).to_owned(),
            href: Some(room.href(&format!("/targets/{}", target.code))),
            cells: vec![
                Square::Number(number(target.value)),
                match actual.value {
                    Some(value) => {
                        Square::Opens(number(value), room.href(&format!("/targets/{}", target.code)))
                    }
                    None => Square::Unknown,
                },
                Square::Picture(bullet::in_cell(actual.value, target.value, target.value * 1.2)),
                share.map_or(Square::Words(String::new()), Square::Number),
                chip(room, *status),
            ],
            ..Line::default()
        }
    });
    Grid {
        caption: room.with("results-board-caption", &[("day", &speech.date(room.today()))]),
        note: room.t("results-board-note"),
        heads: vec![
            Column::words(room.t("results-head-target")),
            Column::number(room.t("results-head-wanted"), room.t("results-head-at-least")),
            Column::number(room.t("results-head-actual"), ""),
            Column::bars(),
            Column::number(room.t("results-head-of-target"), "").wide_only(),
            Column::words(room.t("results-head-status")),
        ],
        rows: rows.collect(),
        cards: true,
        ..Grid::default()
    }
}

fn chip(room: &Room<'_>, status: Status) -> Square {
    let class = match status {
        Status::Reached => "ok",
        Status::OnCourse => "info",
        Status::Behind | Status::Missed => "warn",
        Status::Unknown => "plain",
    };
    Square::Chip(class, room.t(&format!("results-status-{}", status.code())))
}

fn reported(room: &Room<'_>, reports: &[Locked]) -> Section {
    let speech = room.speech();
    let rows = room.measurement.framework.periods.iter().map(|period| {
        let locked = reports.iter().find(|locked| locked.report.period == period.code);
        Line {
            name: speech.say(&period.label).to_owned(),
            href: Some(room.href(&format!("/reports/{}", period.code))),
            cells: vec![match locked {
                Some(locked) => Square::Chip(
                    "ok",
                    room.with("results-report-locked-on", &[("day", &speech.day_of(locked.at))]),
                ),
                None => Square::Chip("plain", room.t("results-report-open")),
            }],
            ..Line::default()
        }
    });
    Section {
        title: room.t("results-reports"),
        hint: room.t("results-reports-hint"),
        grid: Some(Grid {
            caption: room.t("results-reports-caption"),
            heads: vec![
                Column::words(room.t("results-period")),
                Column::words(room.t("results-head-status")),
            ],
            rows: rows.collect(),
            cards: true,
            ..Grid::default()
        }),
        ..Section::default()
    }
}

#[derive(Deserialize)]
pub(super) struct Position {
    /// The last course of the page before.
    after: Option<String>,
}

/// `GET /results/{programme}/targets/{target}`: how it is counted, and how it stands.
pub(super) async fn target(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, code)): Path<(String, String)>,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    target_page(&room, &code, String::new(), position.after.as_deref()).await
}

async fn target_page(
    room: &Room<'_>,
    code: &str,
    error: String,
    after: Option<&str>,
) -> Result<Response, WebError> {
    let speech = room.speech();
    let actuals = actuals(&room.ground()).await?;
    let found = actuals.all.iter().find(|(target, _, _)| target.code == code);
    let (target, actual, status) = found.ok_or(WebError::NotFound)?;
    let title = speech.say(&target.label).to_owned();
    let mut sheet = room.sheet("/target", title, speech.say(&target.definition).to_owned());
    sheet.shell = sheet.shell.synthetic_if(actual.synthetic);
    let value = actual.value.map_or_else(|| room.t("unknown"), |value| speech.number(value, target.decimals));
    let undetermined = match actual.undetermined {
        0 => speech.say(&target.unit).to_owned(),
        some => speech.count("results-undetermined", some, &[("number", &speech.integer(some))]),
    };
    sheet.stats = vec![
        Stat::new("is-main", room.t("results-head-actual"), value, undetermined),
        Stat::new(
            "",
            room.t("results-head-wanted"),
            speech.number(target.value, target.decimals),
            room.with("results-due", &[("day", &speech.date(target.due))]),
        ),
        Stat::new(
            "",
            room.t("results-head-status"),
            room.t(&format!("results-status-{}", status.code())),
            String::new(),
        ),
    ];
    sheet.sections.push(Section {
        facts: vec![
            (room.t("results-counted-from"), room.t(&format!("results-measure-{}", target.measure.code()))),
            (room.t("results-source"), speech.say(&target.source).to_owned()),
        ],
        links: evidence_links(room, target),
        ..Section::default()
    });
    if matches!(target.measure, Measure::EnterprisesFunded | Measure::EnterprisesUnfunded) {
        sheet.sections.extend(enterprises(room, target, after).await?);
    }
    if target.measure == Measure::Attested {
        sheet.sections.push(attested(room, target, error).await?);
    }
    private_page(&sheet)
}

/// Rows of one page of the list of enterprises behind a target.
const ENTERPRISES: u32 = 50;

/// The enterprises behind the figure, for those who may read their records.
async fn enterprises(
    room: &Room<'_>,
    target: &Target,
    after: Option<&str>,
) -> Result<Option<Section>, WebError> {
    let Ok(reach) = room.signed_in.actor.reach::<ReadObservations>() else { return Ok(None) };
    let (store, programme) = (&room.app.desk.store, &room.programme.id);
    let page = tallies::attended_after(store, &reach, programme, &target.phase, after, ENTERPRISES).await?;
    let trainings: BTreeSet<String> = page.rows.iter().filter_map(|one| one.training.clone()).collect();
    let trainings: Vec<String> = trainings.into_iter().collect();
    let funded = funded(&room.ground(), &money::of_trainings(store, &trainings).await?);
    let next = page.next.map(|next| {
        room.href(&format!("/targets/{}?{}", target.code, address::query([("after", next.as_str())])))
    });
    let rows: Vec<Line> = page
        .rows
        .iter()
        .map(|one| {
            let paid = one.training.as_ref().and_then(|training| funded.get(training));
            let (class, key) = match paid {
                Some(true) => ("info", "results-funded"),
                Some(false) => ("ok", "results-unfunded"),
                None => ("plain", "results-funding-unknown"),
            };
            let entries = one.training.as_ref().map(|training| {
                Square::Go(
                    room.t("results-open-money"),
                    room.href(&format!("/money/entries?training={training}")),
                )
            });
            Line {
                name: one.enterprise_name.clone(),
                href: Some(room.href(&format!("/engagements/{}", one.engagement))),
                cells: vec![
                    Square::Chip(class, room.t(key)),
                    entries.unwrap_or_else(|| Square::Words("–".into())),
                ],
                ..Line::default()
            }
        })
        .collect();
    let empty = if rows.is_empty() { room.t("results-records-none") } else { String::new() };
    Ok(Some(Section {
        title: room.t("results-behind"),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("results-behind-caption"),
            heads: vec![
                Column::words(room.t("results-head-enterprise")),
                Column::words(room.t("results-funding")),
                Column::words(room.t("results-tab-money")),
            ],
            rows,
            cards: true,
            next,
            next_label: room.t("results-more"),
            ..Grid::default()
        }),
        empty,
        ..Section::default()
    }))
}

/// Where the records behind a figure are.
fn evidence_links(room: &Room<'_>, target: &Target) -> Vec<crate::layout::Link> {
    let (path, key) = match target.measure {
        Measure::Trainers | Measure::TrainersCertified => ("/trainers", "results-tab-trainers"),
        Measure::CostRecovery | Measure::EnterprisesFunded | Measure::EnterprisesUnfunded => {
            ("/money", "results-tab-money")
        }
        Measure::ProvidersIndependent => ("/money?by=provider", "results-tab-money"),
        Measure::CaseStudies | Measure::Attested => ("/targets", "results-tab-targets"),
    };
    vec![room.link(path, room.t(key))]
}

async fn attested(room: &Room<'_>, target: &Target, error: String) -> Result<Section, WebError> {
    let speech = room.speech();
    let all = results::attestations(&room.app.desk.store, &room.programme.id).await?;
    let rows: Vec<Line> = all
        .iter()
        .filter(|attested| attested.attestation.target == target.code)
        .map(|attested| Line {
            name: speech.date(attested.attestation.as_of),
            cells: vec![
                Square::known(attested.attestation.value.map(|value| speech.number(value, target.decimals))),
                Square::Words(attested.attestation.evidence.clone()),
                Square::Words(speech.moment(attested.at)),
            ],
            ..Line::default()
        })
        .collect();
    let empty = if rows.is_empty() { room.t("results-attest-none") } else { String::new() };
    let grid = Grid {
        caption: room.t("results-attest-caption"),
        heads: vec![
            Column::words(room.t("results-as-of")),
            Column::number(room.t("results-head-actual"), ""),
            Column::words(room.t("results-evidence")),
            Column::words(room.t("results-recorded")),
        ],
        rows,
        cards: true,
        ..Grid::default()
    };
    let permit = AttestTarget { target: target.code.clone(), place: Place::programme(&room.programme.id) };
    let form = room.signed_in.actor.permit(permit).is_ok().then(|| {
        let fields = vec![
            Field::new(
                "value",
                room.t("results-head-actual"),
                Kind::Number(speech.say(&target.unit).to_owned()),
            )
            .hint(room.t("results-attest-empty"))
            .optional(),
            Field::new("as_of", room.t("results-as-of"), Kind::Date).with(room.today().to_string()),
            Field::new("evidence", room.t("results-evidence"), Kind::Text)
                .hint(room.t("results-attest-evidence"))
                .optional(),
        ];
        let path = room.href(&format!("/targets/{}", target.code));
        Form { error, ..Form::post(path, room.t("results-attest-do"), fields) }
    });
    Ok(Section {
        title: room.t("results-attest-title"),
        grid: empty.is_empty().then_some(grid),
        empty,
        form,
        ..Section::default()
    })
}

fn is_attested(room: &Room<'_>, target: &str) -> bool {
    let target = room.measurement.framework.target(target);
    target.is_some_and(|target| target.measure == Measure::Attested)
}

#[derive(Deserialize)]
pub(super) struct AttestForm {
    #[serde(default)]
    value: String,
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    evidence: String,
}

/// `POST /results/{programme}/targets/{target}`: attests a figure.
pub(super) async fn attest(
    State(app): State<AppState>,
    visit: Visit,
    Path((programme, code)): Path<(String, String)>,
    OwnForm(signed_in, form): OwnForm<AttestForm>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let permit =
        signed_in.permit(AttestTarget { target: code.clone(), place: Place::programme(&programme) })?;
    let typed = form.value.trim();
    let value = super::observe::number(typed, room.speech().language());
    let Ok(as_of) = form.as_of.parse::<Date>() else {
        return target_page(&room, &code, room.t("results-wrong-date"), None).await;
    };
    if value.is_none() && !typed.is_empty() {
        return target_page(&room, &code, room.t("results-wrong-number"), None).await;
    }
    let new = NewAttestation {
        id: app.new_id(),
        programme,
        target: code.clone(),
        value,
        as_of,
        evidence: form.evidence,
    };
    let mut tx = app.desk.store.begin(app.now()).await?;
    match results::attest(&mut tx, &permit, &new, &room.measurement.framework, room.today()).await {
        Ok(()) => tx.commit().await?,
        Err(StoreError::Rule(text)) if is_attested(&room, &code) => {
            drop(tx);
            return target_page(&room, &code, room.speech().say(&text).to_owned(), None).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&room.href(&format!("/targets/{code}"))).into_response())
}

/// `GET /results/{programme}/reports/{period}`: what was reported, beside what the records say now.
pub(super) async fn report(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, code)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let speech = room.speech();
    let period = room.measurement.framework.period(&code).ok_or(WebError::NotFound)?;
    let reports = results::reports(&app.desk.store, &programme).await?;
    let locked = reports.into_iter().find(|locked| locked.report.period == code);
    let actuals = actuals(&room.ground()).await?;
    let title = room.with("results-report-title", &[("period", speech.say(&period.label))]);
    let lead = match &locked {
        Some(locked) => room.with("results-report-lead-locked", &[("at", &speech.moment(locked.at))]),
        None => room.t("results-report-lead-open"),
    };
    let mut sheet = room.sheet("/report", title, lead);
    sheet.shell = sheet.shell.synthetic_if(actuals.synthetic());
    let rows = actuals.all.iter().map(|(target, actual, _)| {
        let number = |value: f64| speech.number(value, target.decimals);
        let figures = locked.iter().flat_map(|locked| &locked.report.figures);
        let reported = figures.clone().find(|figure| figure.target == target.code);
        Line {
            name: speech.say(&target.label).to_owned(),
            sub: speech.say(&target.unit).to_owned(),
            cells: vec![
                Square::known(reported.and_then(|figure| figure.actual.value).map(number)),
                Square::known(actual.value.map(number)),
            ],
            ..Line::default()
        }
    });
    let grid = Grid {
        caption: room.t("results-report-caption"),
        heads: vec![
            Column::words(room.t("results-head-target")),
            Column::number(room.t("results-report-then"), ""),
            Column::number(room.t("results-report-now"), ""),
        ],
        rows: rows.collect(),
        ..Grid::default()
    };
    let permit = LockReport { report: String::new(), place: Place::programme(&programme) };
    let may_lock = locked.is_none() && period.to < room.today() && signed_in.actor.permit(permit).is_ok();
    let form = may_lock.then(|| {
        Form::post(room.href(&format!("/reports/{code}")), room.t("results-report-lock"), Vec::new())
    });
    let notices = match form {
        Some(_) => vec![Notice { class: "warn", text: room.t("results-report-final"), ..Notice::default() }],
        None => Vec::new(),
    };
    sheet.sections.push(Section { grid: Some(grid), form, notices, ..Section::default() });
    private_page(&sheet)
}

/// `POST /results/{programme}/reports/{period}`: locks today's figures as what was reported.
pub(super) async fn lock(
    State(app): State<AppState>,
    visit: Visit,
    Path((programme, code)): Path<(String, String)>,
    OwnForm(signed_in, Nothing {}): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let id = app.new_id();
    let permit = signed_in.permit(LockReport { report: id.clone(), place: Place::programme(&programme) })?;
    let counted = count(&room.ground(), room.today()).await?;
    let figures = counted.into_iter().map(|(target, actual, _)| ReportedFigure {
        wanted: target.value,
        target: target.code,
        actual,
    });
    let new =
        NewReport { id, programme, period: code.clone(), as_of: room.today(), figures: figures.collect() };
    let mut tx = app.desk.store.begin(app.now()).await?;
    results::lock(&mut tx, &permit, &new, &room.measurement.framework, room.today()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&room.href(&format!("/reports/{code}"))).into_response())
}
