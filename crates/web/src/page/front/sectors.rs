//! In what: output per worker by sector, and how many work below the mean.

use crate::address;
use crate::chart::{Tone, bar};
use crate::layout::Link;
use crate::page::facts;
use crate::page::plan::PLAN;
use crate::parts::{Cell, Head, Row, TableView};
use crate::reading::{Reading, Shown};
use crate::speech::Speech;

/// The block of the page.
pub(super) struct Block {
    pub title: String,
    pub answer: String,
    pub table: TableView,
    pub source: String,
    pub take: Vec<Link>,
}

struct Sector {
    name: String,
    shown: Shown,
    weight: Shown,
}

pub(super) fn block(reading: &Reading, speech: Speech) -> Option<Block> {
    let plan = &PLAN.sectors;
    let measure = reading.measure(&plan.measure)?;
    let weight = reading.measure(&plan.weight)?;
    let dimension = reading.dimension(&plan.dimension)?;
    let known = &reading.dimensions()[dimension];
    let level = known.levels.iter().position(|level| level.id == plan.level)? as u8;
    let mut whole = reading.whole();
    let (period, mean) = reading.newest(&whole, measure)?;
    whole[reading.time()?] = period;
    let mut sectors: Vec<Sector> = reading
        .at_level(dimension, level)
        .map(|member| {
            let mut key = whole.clone();
            key[dimension] = member;
            Sector {
                name: speech.say(&known.members[member as usize].label).to_owned(),
                shown: reading.shown(&key, measure),
                weight: reading.shown(&key, weight),
            }
        })
        .collect();
    sectors
        .sort_by(|a, b| b.shown.value().unwrap_or(f64::MIN).total_cmp(&a.shown.value().unwrap_or(f64::MIN)));
    let share = share_below(&sectors, mean)?;
    let said = speech.share(share);
    let year = speech.say(&reading.periods()[period as usize].label).to_owned();
    let base = format!("/datasets/{}", address::escape(&reading.dataset.id));
    let query = format!("measure={}&rows={}:{}", plan.measure, plan.dimension, plan.level);
    let mut take = facts::downloads(reading, speech, "");
    take.truncate(3);
    take.push(Link {
        href: speech.href(&format!("{base}/table?{query}")),
        label: speech.t("take-table"),
        current: false,
    });
    let frame = Frame { reading, speech, measure, weight, mean };
    Some(Block {
        title: speech.with("front-what", &[("share", &said)]),
        answer: speech.with("front-what-answer", &[("share", &said), ("year", &year)]),
        table: frame.table(&sectors, &year, reading.shown(&whole, weight)),
        source: facts::source_line(reading, speech),
        take,
    })
}

/// Of those whose sector is known, how many work in one below the mean?
fn share_below(sectors: &[Sector], mean: f64) -> Option<f64> {
    let known = sectors.iter().filter_map(|sector| Some((sector.shown.value()?, sector.weight.value()?)));
    let (mut below, mut all) = (0.0, 0.0);
    for (value, weight) in known {
        all += weight;
        if value < mean {
            below += weight;
        }
    }
    (all > 0.0).then_some(below / all)
}

struct Frame<'a> {
    reading: &'a Reading,
    speech: Speech,
    measure: usize,
    weight: usize,
    mean: f64,
}

impl Frame<'_> {
    fn table(&self, sectors: &[Sector], year: &str, people: Shown) -> TableView {
        let (speech, measures) = (self.speech, self.reading.measures());
        let (value, weight) = (&measures[self.measure], &measures[self.weight]);
        let mut table = TableView::new(speech, "sectors");
        table.caption = format!("{}, {year}", speech.say(&value.label));
        table.note = speech.say(&self.reading.table.provenance().price_basis).to_owned();
        table.heads = vec![
            Head::words(speech.t("sector")),
            Head::number(speech.say(&value.label), speech.say(&value.unit.label)),
            Head::bars(),
            Head::number(speech.say(&weight.label), speech.t("unit-million-people")),
        ];
        let largest = sectors.iter().filter_map(|sector| sector.shown.value()).fold(0.0, f64::max);
        let millions = |shown: Shown| match shown {
            Shown::Value(count) => {
                let people = count * 10f64.powi(i32::from(weight.unit.multiplier));
                Cell::Number(speech.number(people / 1e6, 1))
            }
            nothing => Cell::of(speech, nothing, 1),
        };
        let whole = Row {
            name: speech.t("whole-economy"),
            class: "mean",
            cells: vec![
                Cell::Number(speech.number(self.mean, value.decimals)),
                Cell::Picture(bar::in_cell(Some(self.mean), largest, Tone::Alternative, None)),
                millions(people),
            ],
            ..Row::default()
        };
        let mut whole = Some(whole);
        for sector in sectors {
            let below = sector.shown.value().is_none_or(|value| value < self.mean);
            if below {
                table.rows.extend(whole.take());
            }
            let tone = if below { Tone::Context } else { Tone::Main };
            table.rows.push(Row {
                name: sector.name.clone(),
                cells: vec![
                    Cell::of(speech, sector.shown, value.decimals),
                    Cell::Picture(bar::in_cell(sector.shown.value(), largest, tone, None)),
                    millions(sector.weight),
                ],
                ..Row::default()
            });
        }
        table.rows.extend(whole);
        table
    }
}
