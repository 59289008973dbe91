//! The board of targets: what was to be reached, what the records say today, and what was reported.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{LockReport, Place};
use domain::framework::{AidActivity, NewReport, ReportedFigure, Status};
use store::results;
use store::results::Locked;

use super::actuals::{self, Actuals, actuals, count};
use super::room::Room;
use crate::chart::bullet;
use crate::error::WebError;
use crate::layout::private_page;
use crate::office::guard::{Nothing, OwnForm, SignedIn};
use crate::parts::{Column, Form, Grid, Line, Notice, Section, Square};
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
    let files = app.content.programme_files(&programme);
    if let Some(Ok(activity)) = files.get("aid.toml").map(|text| AidActivity::parse(text)) {
        section.links.push(room.link("/iati.xml", room.t("framework-iati")));
        section.facts = vec![
            (room.t("framework-iati-identifier"), activity.identifier.clone()),
            (room.t("framework-iati-reporter"), room.speech().say(&activity.reporting.name).to_owned()),
        ];
        section.notices.extend(activity.example.then(|| Notice {
            class: "warn",
            text: room.t("framework-iati-example"),
            ..Notice::default()
        }));
    }
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
    let (actuals, ended) =
        (actuals(&room.ground()).await?, actuals::of_period(&room.ground(), period).await?);
    let title = room.with("results-report-title", &[("period", speech.say(&period.label))]);
    let lead = match &locked {
        Some(locked) => room.with("results-report-lead-locked", &[("at", &speech.moment(locked.at))]),
        None => room.t("results-report-lead-open"),
    };
    let mut sheet = room.sheet("/report", title, lead);
    sheet.shell = sheet.shell.synthetic_if(actuals.synthetic());
    let rows = actuals.all.iter().map(|(target, actual, _)| {
        let number = |value: f64| speech.number(value, target.decimals);
        let at_end = ended.all.iter().find(|(other, _, _)| other.code == target.code);
        let figures = locked.iter().flat_map(|locked| &locked.report.figures);
        let reported = figures.clone().find(|figure| figure.target == target.code);
        Line {
            name: speech.say(&target.label).to_owned(),
            sub: speech.say(&target.unit).to_owned(),
            cells: vec![
                Square::known(reported.and_then(|figure| figure.actual.value).map(number)),
                Square::known(at_end.and_then(|(_, actual, _)| actual.value).map(number)),
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
            Column::number(room.t("results-report-end"), speech.short_date(period.to)),
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

/// `POST /results/{programme}/reports/{period}`: locks the figures at the end of the period as reported.
pub(super) async fn lock(
    State(app): State<AppState>,
    visit: Visit,
    Path((programme, code)): Path<(String, String)>,
    OwnForm(signed_in, Nothing {}): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let id = app.new_id();
    let permit = signed_in.permit(LockReport { report: id.clone(), place: Place::programme(&programme) })?;
    let period = room.measurement.framework.period(&code).ok_or(WebError::NotFound)?;
    let counted = count(&room.ground(), period.to.min(room.today())).await?;
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
