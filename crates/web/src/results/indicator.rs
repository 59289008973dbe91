//! One indicator: its result, its groups, its definition, and what was left out.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::actor::ReadObservations;
use domain::indicator::{Indicator, Semantic};
use domain::outcome::{Breakdown, Unusable};
use serde::Deserialize;
use store::cases;
use store::results::Kept;

use super::answer::{self, Answer, Cell, Shown};
use super::dashboard::{change, counts, direction, pairs};
use super::room::Room;
use crate::address;
use crate::chart::range::{RangeChart, Row};
use crate::chart::{Caption, Tone};
use crate::error::WebError;
use crate::layout::{Link, private_page};
use crate::office::guard::SignedIn;
use crate::parts::{Column, FigureView, Grid, Line, Notice, Section, Square, Stat};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    by: String,
}

/// `GET /results/{programme}/indicators/{indicator}?by=province`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, code)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let indicator = room.measurement.indicators.get(&code).ok_or(WebError::NotFound)?;
    let by = Breakdown::parse(&wanted.by).unwrap_or(Breakdown::Province);
    let Kept { computed_at, holds, document: answer, .. } =
        answer::one(&room.ground(), indicator, by).await?;
    let names = names(&room, by).await?;
    let speech = room.speech();
    let title = speech.say(&indicator.label).to_owned();
    let mut sheet = room.sheet("/indicators", title, speech.say(&indicator.definition).to_owned());
    sheet.shell = sheet.shell.synthetic_if(answer.synthetic);
    sheet.stats = stats(&room, indicator, &answer);
    let computed = room.computed("results-computed", computed_at, holds);
    sheet.sections.push(groups(&room, indicator, &answer, by, &*names, computed));
    sheet.sections.push(left_out(&room, indicator, &answer));
    sheet.sections.push(definition(&room, indicator));
    private_page(&sheet)
}

pub(crate) type Names = dyn Fn(&str) -> String + Send + Sync;

/// How groups of a breakdown are called.
pub(crate) async fn names(room: &Room<'_>, by: Breakdown) -> Result<Box<Names>, WebError> {
    let speech = room.speech();
    let unknown = room.t("results-group-unknown");
    let total = room.t("results-group-total");
    let organisations = match by {
        Breakdown::Provider => cases::organisations(&room.app.desk.store).await?,
        _ => Default::default(),
    };
    let classification = match by {
        Breakdown::Province => room.app.content.classification("REGION"),
        Breakdown::Section => room.app.content.classification("KBLI2020"),
        Breakdown::Size => room.app.content.classification("SIZE_BPS"),
        _ => None,
    };
    let codes = classification.into_iter().flat_map(|classification| &classification.codes);
    let mut labels: Vec<(String, String)> =
        codes.map(|code| (code.code.clone(), speech.say(&code.label).to_owned())).collect();
    labels.sort();
    let own = move |code: &str| {
        let key = format!("results-group-{}", code.to_lowercase());
        speech.knows(&key).then(|| speech.t(&key))
    };
    Ok(Box::new(move |code| match code {
        "_U" => unknown.clone(),
        "_T" => total.clone(),
        _ => organisations
            .get(code)
            .cloned()
            .or_else(|| own(code))
            .or_else(|| {
                let place = labels.binary_search_by(|(known, _)| known.as_str().cmp(code)).ok()?;
                Some(labels[place].1.clone())
            })
            .unwrap_or_else(|| code.to_owned()),
    }))
}

fn stats(room: &Room<'_>, indicator: &Indicator, answer: &Answer) -> Vec<Stat> {
    let speech = room.speech();
    let total = answer.total();
    let words = |square: Square| match square {
        Square::Number(text) => text,
        Square::Held(_) => room.t("held"),
        _ => room.t("unknown"),
    };
    let median = match total.sums {
        Some(_) => words(counts(room, indicator, answer)),
        None if total.median == Shown::Held => room.t("held"),
        None => change(speech, indicator, total.median).unwrap_or_else(|| room.t("unknown")),
    };
    let label = if total.sums.is_some() { "results-before-after" } else { "results-median-change" };
    let share = total.improved.value().zip(total.pairs.value().filter(|pairs| *pairs > 0.0));
    vec![
        Stat::new("is-main", room.t(label), median, direction(room, indicator)),
        Stat::new(
            "",
            room.t("results-head-improved"),
            share.map_or_else(|| room.t("unknown"), |(part, whole)| speech.percent(part / whole * 100.0, 0)),
            room.t("results-of-pairs"),
        ),
        Stat::new(
            if answer.coverage().is_some_and(|share| share >= 50.0) { "is-ok" } else { "is-warn" },
            room.t("results-head-coverage"),
            answer.coverage().map_or_else(|| room.t("unknown"), |share| speech.percent(share, 0)),
            room.with(
                "results-stat-of",
                &[("pairs", &pairs(room, answer)), ("all", &speech.integer(answer.engagements as u64))],
            ),
        ),
    ]
}

fn groups(
    room: &Room<'_>,
    indicator: &Indicator,
    answer: &Answer,
    by: Breakdown,
    name: &Names,
    computed: String,
) -> Section {
    let heads = vec![
        Column::words(room.t(&format!("results-by-{}", by.code()))),
        Column::number(room.t("results-head-median"), room.t("results-head-change")),
        Column::number(room.t("results-head-half"), "").wide_only(),
        Column::number(room.t("results-head-improved"), room.t("results-head-improved-unit")),
        Column::number(room.t("results-head-pairs"), room.t("results-head-enterprises")),
        Column::number(room.t("results-head-engagements"), room.t("results-head-enterprises")).wide_only(),
    ];
    let rows = answer.cells.iter().enumerate().map(|(place, cell)| {
        let class = if place == 0 { "mean" } else { "" };
        Line { class, ..group_line(room, indicator, by, cell, name(&cell.code)) }
    });
    let grid = Grid {
        caption: room.t("results-groups-caption"),
        note: room.t("results-groups-note"),
        heads,
        rows: rows.collect(),
        ..Grid::default()
    };
    let links = Breakdown::ALL.map(|other| Link {
        href: room.href(&format!("/indicators/{}?by={}", indicator.code, other.code())),
        label: room.t(&format!("results-by-{}", other.code())),
        current: other == by,
    });
    Section {
        title: room
            .with("results-groups", &[("by", &room.t(&format!("results-by-{}", by.code())).to_lowercase())]),
        figure: picture(room, indicator, answer, name),
        grid: (!answer.cells.is_empty()).then_some(grid),
        links: links.into_iter().filter(|link| !link.current).collect(),
        source: format!("{} {computed}", room.t("results-no-comparison")),
        ..Section::default()
    }
}

fn group_line(room: &Room<'_>, indicator: &Indicator, by: Breakdown, cell: &Cell, name: String) -> Line {
    let speech = room.speech();
    let held = || Square::Held(room.t("results-held"));
    let records = |show: &str| {
        let mut asked = vec![("show", show)];
        if cell.code != "_T" {
            asked.extend([("by", by.code()), ("group", cell.code.as_str())]);
        }
        asked.retain(|(_, value)| !value.is_empty());
        format!("/indicators/{}/records?{}", indicator.code, address::query(asked))
    };
    let pairs = match cell.pairs {
        Shown::Value(pairs) if pairs > 0.0 => room.opens(speech.number(pairs, 0), &records("pair")),
        Shown::Value(pairs) => Square::Number(speech.number(pairs, 0)),
        Shown::Held => held(),
        Shown::Nothing => Square::Unknown,
    };
    let improved = match (cell.improved, cell.pairs.value().filter(|pairs| *pairs > 0.0)) {
        (Shown::Value(improved), Some(pairs)) => Square::Number(speech.percent(improved / pairs * 100.0, 0)),
        (Shown::Held, _) => held(),
        _ => Square::Unknown,
    };
    let half = match (cell.quartiles, cell.median) {
        (Some((low, high)), _) => Square::Number(speech.range(low, high, 0)),
        (None, Shown::Held) => held(),
        _ => Square::Unknown,
    };
    Line {
        name,
        cells: vec![
            match cell.median {
                Shown::Held => held(),
                shown => Square::known(change(speech, indicator, shown)),
            },
            half,
            improved,
            pairs,
            room.opens(speech.integer(cell.engagements as u64), &records("")),
        ],
        ..Line::default()
    }
}

fn picture(room: &Room<'_>, indicator: &Indicator, answer: &Answer, name: &Names) -> Option<FigureView> {
    let rows: Vec<Row> = answer
        .cells
        .iter()
        .enumerate()
        .filter_map(|(place, cell)| {
            Some(Row {
                name: name(&cell.code),
                middle: Some(cell.median.value()?),
                half: cell.quartiles,
                most: None,
                tone: if place == 0 { Tone::Main } else { Tone::Context },
            })
        })
        .collect();
    if rows.len() < 2 {
        return None;
    }
    let chart = RangeChart {
        caption: Caption {
            id: "groups".into(),
            title: room.speech().say(&indicator.label).to_owned(),
            description: room.with("results-picture", &[("groups", &(rows.len() - 1).to_string())]),
        },
        rows,
        reference: Some((0.0, room.t("results-unchanged"))),
        decimals: 0,
    };
    Some(FigureView {
        unit: room.t("results-picture-unit"),
        picture: chart.draw(room.speech()).to_string(),
        ..FigureView::default()
    })
}

fn left_out(room: &Room<'_>, indicator: &Indicator, answer: &Answer) -> Section {
    let speech = room.speech();
    let opens = |count: usize, what: &str| {
        let records = format!("/indicators/{}/records?show={what}", indicator.code);
        room.opens(speech.integer(count as u64), &records)
    };
    let mut rows: Vec<Line> = answer
        .unusable
        .iter()
        .map(|(why, count)| Line {
            name: room.t(&format!("results-unusable-{why}")),
            cells: vec![opens(*count, why)],
            ..Line::default()
        })
        .collect();
    if answer.set_apart > 0 {
        rows.push(Line {
            name: room.t("results-set-apart"),
            cells: vec![opens(answer.set_apart, "set-apart")],
            ..Line::default()
        });
    }
    let empty = if rows.is_empty() { room.t("results-nothing-left-out") } else { String::new() };
    let grid = Grid {
        caption: room.t("results-left-out-caption"),
        heads: vec![
            Column::words(room.t("results-why")),
            Column::number(room.t("results-head-engagements"), room.t("results-head-enterprises")),
        ],
        rows,
        cards: true,
        ..Grid::default()
    };
    let may_read = room.signed_in.actor.may_somewhere::<ReadObservations>();
    let all = room.link(&format!("/indicators/{}/records", indicator.code), room.t("results-open-records"));
    Section {
        title: room.t("results-left-out"),
        grid: empty.is_empty().then_some(grid),
        empty,
        notices: without_index(room, answer).into_iter().collect(),
        links: may_read.then_some(all).into_iter().collect(),
        ..Section::default()
    }
}

/// Rupiah of a year without a price index are compared with nothing, and the page says how many that are.
fn without_index(room: &Room<'_>, answer: &Answer) -> Option<Notice> {
    let code = Unusable::NoPriceIndex.code();
    let count = answer.unusable.iter().find(|(why, _)| why == code)?.1;
    let last = room.ground().deflator()?.years()?.1;
    let speech = room.speech();
    Some(Notice {
        class: "warn",
        strong: speech.count("results-no-index", count as u64, &[("number", &speech.integer(count as u64))]),
        text: room.with("results-no-index-why", &[("last", &last.to_string())]),
        link: None,
    })
}

fn definition(room: &Room<'_>, indicator: &Indicator) -> Section {
    let speech = room.speech();
    let verification = indicator
        .verification
        .iter()
        .map(|means| room.t(&format!("results-verification-{}", means.code())))
        .collect::<Vec<_>>()
        .join(", ");
    let stages = indicator.stages.iter().map(|stage| room.t(&format!("results-stage-{}", stage.code())));
    let semantic = match indicator.semantic {
        Semantic::Magnitude => "results-semantic-magnitude",
        Semantic::ShareOfEnterprises => "results-semantic-share",
    };
    let formula =
        indicator.formula.as_ref().map_or_else(|| room.t("results-yes-no"), |f| f.text().to_owned());
    let (low, high) = indicator.plausible;
    let mut facts = vec![
        (room.t("results-formula"), formula),
        (room.t("results-unit"), speech.say(&indicator.unit_label).to_owned()),
        (room.t("results-direction"), direction(room, indicator)),
        (room.t("results-semantic"), room.t(semantic)),
        (room.t("results-verification"), verification),
        (room.t("results-stages"), stages.collect::<Vec<_>>().join(", ")),
        (room.t("results-plausible"), speech.range(low, high, 0)),
        (room.t("results-version"), indicator.version.to_string()),
        (room.t("results-source"), speech.say(&indicator.source).to_owned()),
    ];
    if let Some(deflator) = room.ground().deflator().filter(|_| indicator.is_money()) {
        let years = deflator.years().map(|(first, last)| format!(" ({first}–{last})")).unwrap_or_default();
        facts.insert(3, (room.t("results-prices"), format!("{}{years}", speech.say(&deflator.title))));
        facts.insert(4, (room.t("results-prices-source"), speech.say(&deflator.source).to_owned()));
    }
    let own = Notice { text: room.t("results-own-unit"), ..Notice::default() };
    Section {
        title: room.t("results-definition"),
        facts,
        notices: if indicator.is_own_unit() { vec![own] } else { Vec::new() },
        ..Section::default()
    }
}
