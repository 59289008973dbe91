//! Where: the map of provinces, the five highest, the five lowest, and all of them as a table.

use std::collections::HashMap;

use crate::address;
use crate::chart::map::{AreaMap, AreaValue, round_breaks};
use crate::chart::{Caption, Tone, bar};
use crate::finding::Named;
use crate::layout::Link;
use crate::page::facts;
use crate::page::plan::PLAN;
use crate::page::table::in_words;
use crate::parts::{Cell, FigureView, Head, Row, TableView};
use crate::reading::{Reading, Shown};
use crate::speech::Speech;
use crate::state::AppState;

/// The block of the page.
pub(super) struct Block {
    pub title: String,
    pub answer: String,
    pub map: Option<FigureView>,
    pub top: TableView,
    pub bottom: TableView,
    pub all: TableView,
    pub all_label: String,
}

struct Province {
    code: String,
    name: String,
    shown: Shown,
}

pub(super) fn block(app: &AppState, reading: &Reading, speech: Speech) -> Option<Block> {
    let plan = &PLAN.places;
    let measure = reading.measure(&plan.measure)?;
    let dimension = reading.dimension(&plan.dimension)?;
    let known = &reading.dimensions()[dimension];
    let level = known.levels.iter().position(|level| level.id == plan.level)? as u8;
    let mut whole = reading.whole();
    if let Some((period, _)) = reading.newest(&whole, measure) {
        whole[reading.time()?] = period;
    }
    let mut provinces: Vec<Province> = reading
        .at_level(dimension, level)
        .map(|member| {
            let mut key = whole.clone();
            key[dimension] = member;
            let known = &known.members[member as usize];
            Province {
                code: known.code.clone(),
                name: speech.say(&known.label).to_owned(),
                shown: reading.shown(&key, measure),
            }
        })
        .collect();
    provinces
        .sort_by(|a, b| b.shown.value().unwrap_or(f64::MIN).total_cmp(&a.shown.value().unwrap_or(f64::MIN)));
    let named: Vec<Named> = provinces
        .iter()
        .filter_map(|province| Some(Named { name: province.name.clone(), value: province.shown.value()? }))
        .collect();
    let definition = &reading.measures()[measure];
    let extremes = speech.extremes(&named, definition)?;
    let year = period_name(reading, speech, &whole);
    let mean = reading.value(&whole, measure);
    let list = List { reading, speech, measure, mean, provinces: &provinces, largest: named.first()?.value };
    let count = named.len();
    let measure_label = speech.say(&definition.label);
    let all_count = provinces.len().to_string();
    Some(Block {
        title: speech.with("front-where", &[("finding", &extremes)]),
        answer: speech.with(
            "front-where-answer",
            &[
                ("finding", &extremes),
                ("measure", &crate::finding::lower_first(measure_label)),
                ("year", &year),
            ],
        ),
        map: map(app, reading, speech, measure, &provinces, &year, &extremes),
        top: list.table("top", &speech.t("front-top"), 0..5.min(count)),
        bottom: list.table("bottom", &speech.t("front-bottom"), count.saturating_sub(5)..count),
        all: list.table("provinces", &format!("{measure_label}, {year}"), 0..provinces.len()),
        all_label: speech.with("front-all-provinces", &[("count", &all_count)]),
    })
}

fn period_name(reading: &Reading, speech: Speech, key: &[u32]) -> String {
    let Some(time) = reading.time() else { return String::new() };
    speech.say(&reading.periods()[key[time] as usize].label).to_owned()
}

fn href(speech: Speech, code: &str) -> String {
    speech.href(&format!("/provinces/{}", address::escape(code)))
}

fn map(
    app: &AppState,
    reading: &Reading,
    speech: Speech,
    measure: usize,
    provinces: &[Province],
    year: &str,
    finding: &str,
) -> Option<FigureView> {
    let geometry = app.geometry.as_ref()?;
    let definition = &reading.measures()[measure];
    let values: HashMap<String, AreaValue> = provinces
        .iter()
        .map(|province| {
            let area = AreaValue {
                value: province.shown.value(),
                name: province.name.clone(),
                words: in_words(speech, province.shown, definition),
                href: href(speech, &province.code),
            };
            (province.code.clone(), area)
        })
        .collect();
    let title = format!("{}, {year}", speech.say(&definition.label));
    let map = AreaMap {
        caption: Caption {
            id: "places".to_owned(),
            title: title.clone(),
            description: format!("{finding}. {}", speech.t("map-table-below")),
        },
        geometry,
        values,
        breaks: round_breaks(provinces.iter().filter_map(|province| province.shown.value())),
        decimals: definition.decimals,
        without: "map-none",
    };
    let boundaries = speech.say(&geometry.vintage);
    let unit = facts::unit_and_prices(reading, speech, definition);
    let base = format!("/datasets/{}", address::escape(&reading.dataset.id));
    let query = format!("measure={}&rows={}:{}", definition.code, PLAN.places.dimension, PLAN.places.level);
    let mut take = facts::downloads(reading, speech, "");
    take.truncate(2);
    take.extend([
        Link {
            href: speech.href(&format!("{base}/table.svg?{query}")),
            label: speech.t("take-svg"),
            current: false,
        },
        Link {
            href: speech.href(&format!("{base}/table?{query}")),
            label: speech.t("take-table"),
            current: false,
        },
    ]);
    Some(FigureView {
        unit: format!("{title}. {unit}, {boundaries}."),
        picture: map.element(),
        legend: map.legend_element(speech),
        source: format!("{} {}", facts::source_line(reading, speech), speech.say(&definition.definition)),
        take,
        take_label: speech.t("take-label"),
        ..FigureView::default()
    })
}

struct List<'a> {
    reading: &'a Reading,
    speech: Speech,
    measure: usize,
    mean: Option<f64>,
    provinces: &'a [Province],
    largest: f64,
}

impl List<'_> {
    fn table(&self, id: &str, caption: &str, ranks: std::ops::Range<usize>) -> TableView {
        let definition = &self.reading.measures()[self.measure];
        let mut table = TableView::new(self.speech, id);
        table.caption = caption.to_owned();
        if let Some(mean) = self.mean {
            let value = self.speech.amount(mean, definition);
            table.note = self.speech.with("bar-tick", &[("value", &value)]);
        }
        table.heads = vec![
            Head::words(self.speech.t("province")),
            Head::number(self.speech.say(&definition.label), self.speech.say(&definition.unit.label)),
            Head::bars(),
        ];
        let start = ranks.start;
        table.rows = self.provinces[ranks]
            .iter()
            .enumerate()
            .map(|(rank, province)| Row {
                name: match province.shown.value() {
                    Some(_) => format!("{}. {}", start + rank + 1, province.name),
                    None => province.name.clone(),
                },
                href: Some(href(self.speech, &province.code)),
                cells: vec![
                    Cell::of(self.speech, province.shown, definition.decimals),
                    Cell::Picture(bar::in_cell(province.shown.value(), self.largest, Tone::Main, self.mean)),
                ],
                ..Row::default()
            })
            .collect();
        table
    }
}
