//! Where trainers are missing: active certified trainers against the enterprises that wait, as a map and a
//! table.

use std::collections::{BTreeMap, HashMap};

use domain::outcome::Breakdown;
use domain::trainer::Coverage;
use store::tallies;

use super::indicator::{Names, names};
use super::room::Room;
use super::trainers::Registered;
use crate::address;
use crate::chart::Caption;
use crate::chart::map::{AreaMap, AreaValue};
use crate::error::WebError;
use crate::parts::{Column, FigureView, Grid, Line, Section, Square};

/// One province.
struct Place {
    code: String,
    name: String,
    coverage: Coverage,
    /// Trainers that are missing to serve those who wait within a year.
    missing: u32,
}

impl Place {
    /// Of those who wait, how many the active trainers can serve within a year, in percent; `None` if nobody
    /// waits.
    fn served(&self) -> Option<f64> {
        let waiting = self.coverage.enterprises_waiting;
        let served = self.coverage.capacity.min(waiting);
        (waiting > 0).then(|| f64::from(served) / f64::from(waiting) * 100.0)
    }
}

/// The section of the page of trainers.
pub(super) async fn section(
    room: &Room<'_>,
    all: &BTreeMap<String, Registered>,
) -> Result<Section, WebError> {
    let rules = &room.measurement.certification;
    let waiting = tallies::waiting(&room.app.desk.store, &room.programme.id).await?;
    let mut provinces: BTreeMap<String, (u32, u32)> =
        waiting.into_iter().map(|(province, waiting)| (province, (0, waiting))).collect();
    for trainer in all.values().filter(|trainer| trainer.counts()) {
        provinces.entry(trainer.region.chars().take(2).collect()).or_default().0 += 1;
    }
    let name = names(room, Breakdown::Province).await?;
    let mut places: Vec<Place> = provinces
        .into_iter()
        .map(|(code, (active, waiting))| {
            let coverage = Coverage::new(active, waiting, rules);
            let missing = coverage.missing(rules);
            Place { name: name(&code), code, missing, coverage }
        })
        .collect();
    places.sort_by_key(|place| std::cmp::Reverse((place.missing, place.coverage.enterprises_waiting)));
    let empty = if places.is_empty() { room.t("results-coverage-none") } else { String::new() };
    let capacity = rules.enterprises_per_trainer.to_string();
    Ok(Section {
        title: finding(room, &places),
        hint: room.with("results-coverage-hint", &[("number", &capacity)]),
        figure: map(room, &places, &*name),
        grid: empty.is_empty().then(|| grid(room, &places)),
        empty,
        ..Section::default()
    })
}

/// The heading says what was found.
fn finding(room: &Room<'_>, places: &[Place]) -> String {
    let short = places.iter().filter(|place| place.missing > 0).count();
    let missing: u32 = places.iter().map(|place| place.missing).sum();
    if places.is_empty() {
        return room.t("results-coverage");
    }
    room.speech().count(
        "results-coverage-finding",
        missing.into(),
        &[("number", &missing.to_string()), ("provinces", &short.to_string())],
    )
}

/// The enterprises of a province on record.
fn register(room: &Room<'_>, province: &str) -> String {
    room.speech().href(&format!("/register?{}", address::query([("region", province)])))
}

fn map(room: &Room<'_>, places: &[Place], names: &Names) -> Option<FigureView> {
    let geometry = room.app.geometry.as_ref()?;
    let speech = room.speech();
    places.iter().find_map(Place::served)?;
    let nobody = |code: &str| AreaValue {
        value: None,
        name: names(code),
        words: room.t("results-coverage-nobody-waits"),
        href: register(room, code),
    };
    let mut values: HashMap<String, AreaValue> =
        geometry.areas.iter().map(|area| (area.code.clone(), nobody(&area.code))).collect();
    values.extend(places.iter().map(|place| {
        let share = place.served();
        let words = match share {
            Some(share) => room.with(
                "results-coverage-served",
                &[
                    ("share", &speech.percent(share, 0)),
                    ("waiting", &place.coverage.enterprises_waiting.to_string()),
                ],
            ),
            None => room.t("results-coverage-nobody-waits"),
        };
        let href = register(room, &place.code);
        (place.code.clone(), AreaValue { value: share, name: place.name.clone(), words, href })
    }));
    let map = AreaMap {
        caption: Caption {
            id: "coverage".to_owned(),
            title: room.t("results-coverage"),
            description: format!("{} {}", finding(room, places), speech.t("map-table-below")),
        },
        geometry,
        values,
        breaks: vec![1.0, 50.0, 100.0],
        decimals: 0,
        without: "results-coverage-nobody-waits",
    };
    Some(FigureView {
        unit: format!("{} {}.", room.t("results-coverage-unit"), speech.say(&geometry.vintage)),
        picture: map.element(),
        legend: map.legend_element(speech),
        ..FigureView::default()
    })
}

fn grid(room: &Room<'_>, places: &[Place]) -> Grid {
    let speech = room.speech();
    let rows = places.iter().map(|place| {
        let coverage = &place.coverage;
        let missing = place.missing;
        let status = match missing {
            0 => Square::Chip("ok", room.t("results-coverage-enough")),
            some => Square::Chip(
                "warn",
                speech.count("results-coverage-missing", some.into(), &[("number", &some.to_string())]),
            ),
        };
        Line {
            name: place.name.clone(),
            cells: vec![
                Square::Number(speech.integer(coverage.active_trainers.into())),
                Square::Number(speech.integer(coverage.enterprises_waiting.into())),
                Square::Number(speech.integer(coverage.capacity.into())),
                place.served().map_or(Square::Nobody, |share| Square::Number(speech.percent(share, 0))),
                status,
            ],
            ..Line::default()
        }
    });
    Grid {
        caption: room.t("results-coverage-caption"),
        heads: vec![
            Column::words(room.t("results-by-province")),
            Column::number(room.t("results-funnel-active"), ""),
            Column::number(room.t("results-coverage-waiting"), room.t("results-head-enterprises")),
            Column::number(room.t("results-coverage-capacity"), room.t("results-head-enterprises")),
            Column::number(room.t("results-coverage-share"), ""),
            Column::words(room.t("results-head-status")),
        ],
        rows: rows.collect(),
        cards: true,
        ..Grid::default()
    }
}
