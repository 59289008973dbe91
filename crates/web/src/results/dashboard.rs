//! Does the programme do what it set out to do? The answer, with n and coverage.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::framework::Status;
use domain::indicator::{Comparison, Direction, Indicator};
use domain::outcome::COVERAGE_MIN_PERCENT;

use super::actuals::{Actuals, actuals};
use super::answer::{self, Answer, Shown};
use super::room::Room;
use crate::error::WebError;
use crate::layout::{Link, private_page};
use crate::office::guard::SignedIn;
use crate::parts::{Column, Grid, Line, Notice, Section, Square, Stat};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// `GET /results`: the one programme, or the first.
pub(super) async fn choose(
    State(app): State<AppState>,
    visit: Visit,
    _signed_in: SignedIn,
) -> Result<Response, WebError> {
    let programme = app.content.programmes().next().ok_or(WebError::NotFound)?;
    Ok(Redirect::to(&visit.speech.href(&format!("/results/{}", programme.id))).into_response())
}

/// `GET /results/{programme}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let answers = answer::all(&room.ground()).await?;
    let actuals = actuals(&room.ground()).await?;
    let find = |code: &str| answers.document.iter().find(|answer| answer.indicator == code);
    let core: Vec<(&Indicator, &Answer)> = room
        .measurement
        .indicators
        .current()
        .filter(|indicator| indicator.core)
        .filter_map(|indicator| Some((indicator, find(&indicator.code)?)))
        .collect();
    let other: Vec<(&Indicator, &Answer)> = room
        .measurement
        .indicators
        .current()
        .filter(|indicator| !indicator.core)
        .filter_map(|indicator| Some((indicator, find(&indicator.code)?)))
        .collect();
    let mut sheet = room.sheet("", room.t("results-title"), lead(&room, &core, &actuals));
    sheet.shell = sheet.shell.synthetic_if(answers.document.iter().any(|answer| answer.synthetic));
    sheet.stats = stats(&room, &core, &actuals);
    let computed = room.computed("results-computed", answers.computed_at, answers.holds);
    sheet.sections.push(Section {
        title: room.t("results-core"),
        hint: room.t("results-core-hint"),
        grid: Some(grid(&room, &core, room.t("results-core-caption"))),
        source: format!("{} {computed}", room.t("results-no-comparison")),
        notices: warnings(&room, &core),
        ..Section::default()
    });
    let (other, unmeasured): (Vec<_>, Vec<_>) =
        other.into_iter().partition(|(_, answer)| answer.total().pairs != Shown::Value(0.0));
    let empty = if other.is_empty() { room.t("results-other-none") } else { String::new() };
    sheet.sections.push(Section {
        title: room.t("results-other"),
        grid: empty.is_empty().then(|| grid(&room, &other, room.t("results-other-caption"))),
        empty,
        source: computed,
        ..Section::default()
    });
    sheet.sections.extend(not_measured(&room, &unmeasured));
    private_page(&sheet)
}

/// Indicators of which nobody has two values yet: named, not drawn as rows of nothing.
fn not_measured(room: &Room<'_>, unmeasured: &[(&Indicator, &Answer)]) -> Option<Section> {
    let links = unmeasured.iter().map(|(indicator, _)| {
        let label = room.speech().say(&indicator.label).to_owned();
        room.link(&format!("/indicators/{}", indicator.code), label)
    });
    (!unmeasured.is_empty()).then(|| Section {
        title: room.with("results-unmeasured", &[("number", &unmeasured.len().to_string())]),
        hint: room.t("results-unmeasured-hint"),
        links: links.collect(),
        ..Section::default()
    })
}

fn lead(room: &Room<'_>, core: &[(&Indicator, &Answer)], actuals: &Actuals) -> String {
    let improved = core.iter().filter(|(indicator, answer)| is_better(indicator, answer)).count();
    let known = core.iter().filter(|(_, answer)| answer.total().median.value().is_some()).count();
    let (reached, all) = (actuals.with(Status::Reached), actuals.all.len());
    if known == 0 {
        return room.t("results-lead-nothing");
    }
    let lead = room.with(
        "results-lead",
        &[
            ("better", &improved.to_string()),
            ("known", &known.to_string()),
            ("reached", &reached.to_string()),
            ("targets", &all.to_string()),
        ],
    );
    match thin(core) {
        0 => lead,
        some => format!("{lead} {}", room.with("results-lead-thin", &[("number", &some.to_string())])),
    }
}

/// Core indicators with fewer pairs than a figure of the programme needs.
fn thin(core: &[(&Indicator, &Answer)]) -> usize {
    let is_thin = |answer: &Answer| answer.coverage().is_some_and(|share| share < COVERAGE_MIN_PERCENT);
    core.iter().filter(|(_, answer)| is_thin(answer)).count()
}

fn is_better(indicator: &Indicator, answer: &Answer) -> bool {
    let progress = answer.total().median.value().and_then(|change| indicator.better.progress(change));
    progress.is_some_and(|progress| progress > 0.0)
}

fn stats(room: &Room<'_>, core: &[(&Indicator, &Answer)], actuals: &Actuals) -> Vec<Stat> {
    let speech = room.speech();
    let mut stats = Vec::new();
    if let Some((indicator, answer)) = core.first() {
        stats.push(Stat::new(
            "is-main",
            speech.say(&indicator.label).to_owned(),
            change(speech, indicator, answer.total().median).unwrap_or_else(|| room.t("unknown")),
            room.with("results-stat-pairs", &[("pairs", &pairs(room, answer))]),
        ));
        let coverage = answer.coverage();
        let class =
            if coverage.is_some_and(|share| share >= COVERAGE_MIN_PERCENT) { "is-ok" } else { "is-warn" };
        stats.push(Stat::new(
            class,
            room.t("results-stat-coverage"),
            coverage.map_or_else(|| room.t("unknown"), |share| speech.percent(share, 0)),
            room.with(
                "results-stat-of",
                &[("pairs", &pairs(room, answer)), ("all", &speech.integer(answer.engagements as u64))],
            ),
        ));
    }
    let unknown = actuals.with(Status::Unknown);
    stats.push(Stat::new(
        if actuals.with(Status::Reached) == actuals.all.len() { "is-ok" } else { "is-warn" },
        room.t("results-stat-targets"),
        room.with(
            "results-stat-targets-of",
            &[
                ("reached", &actuals.with(Status::Reached).to_string()),
                ("all", &actuals.all.len().to_string()),
            ],
        ),
        speech.count("results-stat-targets-unknown", unknown as u64, &[("number", &unknown.to_string())]),
    ));
    stats
}

pub(super) fn pairs(room: &Room<'_>, answer: &Answer) -> String {
    match answer.total().pairs {
        Shown::Value(pairs) => room.speech().number(pairs, 0),
        Shown::Held => answer.total().class.clone(),
        Shown::Nothing => "0".into(),
    }
}

/// A change as readers say it: percent with a sign, or points, or counts.
pub(super) fn change(speech: Speech, indicator: &Indicator, shown: Shown) -> Option<String> {
    let value = shown.value()?;
    Some(match indicator.comparison {
        Comparison::Percent => speech.change(value, 0),
        Comparison::Points | Comparison::Counts => {
            let sign = if value > 0.0 { "+" } else { "" };
            let number = format!("{sign}{}", speech.number(value, indicator.decimals.max(1)));
            if indicator.comparison == Comparison::Points {
                speech.with("results-points", &[("number", &number)])
            } else {
                number
            }
        }
    })
}

fn grid(room: &Room<'_>, answers: &[(&Indicator, &Answer)], caption: String) -> Grid {
    let heads = vec![
        Column::words(room.t("results-head-indicator")),
        Column::number(room.t("results-head-median"), room.t("results-head-change")),
        Column::number(room.t("results-head-half"), "").wide_only(),
        Column::number(room.t("results-head-improved"), room.t("results-head-improved-unit")),
        Column::number(room.t("results-head-pairs"), room.t("results-head-enterprises")),
        Column::number(room.t("results-head-coverage"), room.t("results-head-coverage-unit")),
    ];
    let rows = answers.iter().map(|(indicator, answer)| line(room, indicator, answer)).collect();
    Grid { caption, note: room.t("results-grid-note"), heads, rows, ..Grid::default() }
}

fn line(room: &Room<'_>, indicator: &Indicator, answer: &Answer) -> Line {
    let speech = room.speech();
    let total = answer.total();
    let few = || Square::Held(room.t("results-held"));
    let median = match total.median {
        _ if indicator.comparison == Comparison::Counts || indicator.is_practice() => {
            counts(room, indicator, answer)
        }
        Shown::Held => few(),
        shown => Square::known(change(speech, indicator, shown)),
    };
    let half = match (total.quartiles, total.median) {
        // Of a yes and a no there is no middle half.
        (Some(_), _) if indicator.is_practice() => Square::Nobody,
        (Some((low, high)), _) => Square::Number(speech.range(low, high, 0)),
        (None, Shown::Held) => few(),
        _ => Square::Unknown,
    };
    let improved = match (total.improved, total.pairs.value().filter(|pairs| *pairs > 0.0)) {
        (Shown::Held, _) => few(),
        (Shown::Value(improved), Some(pairs)) if indicator.better != Direction::Neither => {
            Square::Number(speech.percent(improved / pairs * 100.0, 0))
        }
        _ => Square::Unknown,
    };
    let pairs = match total.pairs {
        Shown::Held => few(),
        _ => room.opens(pairs(room, answer), &format!("/indicators/{}/records?show=pair", indicator.code)),
    };
    Line {
        name: speech.say(&indicator.label).to_owned(),
        sub: direction(room, indicator),
        href: Some(room.href(&format!("/indicators/{}", indicator.code))),
        class: "",
        cells: vec![
            median,
            half,
            improved,
            pairs,
            Square::known(answer.coverage().map(|share| speech.percent(share, 0))),
        ],
    }
}

/// Counts and practices are told as sums, before and after: "3 → 1".
pub(super) fn counts(room: &Room<'_>, indicator: &Indicator, answer: &Answer) -> Square {
    let speech = room.speech();
    match (answer.total().sums, answer.total().pairs) {
        (Some((before, after)), Shown::Value(pairs)) if indicator.is_practice() && pairs > 0.0 => {
            let share = |count: f64| speech.percent(count / pairs * 100.0, 0);
            Square::Number(format!("{} → {}", share(before), share(after)))
        }
        (Some((before, after)), _) => {
            Square::Number(format!("{} → {}", speech.number(before, 0), speech.number(after, 0)))
        }
        (None, Shown::Held) => Square::Held(room.t("results-held")),
        _ => Square::Unknown,
    }
}

pub(super) fn direction(room: &Room<'_>, indicator: &Indicator) -> String {
    room.t(match indicator.better {
        Direction::Higher => "results-better-higher",
        Direction::Lower => "results-better-lower",
        Direction::Neither => "results-better-neither",
    })
}

fn warnings(room: &Room<'_>, core: &[(&Indicator, &Answer)]) -> Vec<Notice> {
    let mut notices = Vec::new();
    let thin = thin(core);
    if thin > 0 {
        notices.push(Notice {
            class: "warn",
            strong: room.with("results-thin", &[("count", &thin.to_string())]),
            text: room.t("results-thin-why"),
            link: None,
        });
    }
    let missing = core.iter().map(|(_, answer)| without(answer, "no-later")).max().unwrap_or(0);
    if missing > 0 {
        notices.push(Notice {
            class: "warn",
            strong: room.with("results-missing", &[("count", &missing.to_string())]),
            text: room.t("results-missing-why"),
            link: Some(Link {
                href: room.href("/review"),
                label: room.t("results-missing-do"),
                current: false,
            }),
        });
    }
    notices
}

fn without(answer: &Answer, why: &str) -> usize {
    answer.unusable.iter().find(|(code, _)| code == why).map_or(0, |(_, count)| *count)
}
