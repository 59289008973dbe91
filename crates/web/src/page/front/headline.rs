//! How productive: the newest figure, what became of it, and the line that leads there.

use crate::chart::Caption;
use crate::chart::Tone;
use crate::chart::line::{LineChart, Point, Series};
use crate::finding::Trend;
use crate::layout::Link;
use crate::page::facts;
use crate::page::plan::PLAN;
use crate::parts::FigureView;
use crate::reading::Reading;
use crate::speech::Speech;

/// The block of the page.
pub(super) struct Block {
    pub label: String,
    pub figure: String,
    pub scale: String,
    pub lead: String,
    pub definition: String,
    pub picture: FigureView,
}

/// Two sources of one thing may be told as one line if they agree this well where both exist.
const AGREEMENT: f64 = 0.02;

pub(super) fn block(reading: &Reading, speech: Speech) -> Option<Block> {
    let plan = &PLAN.headline;
    let measure = reading.measure(&plan.measure)?;
    let beside = plan.beside.as_ref().and_then(|code| reading.measure(code));
    let whole = reading.whole();
    let known = |measure: usize| -> Vec<(i32, f64)> {
        let series = reading.series(&whole, measure);
        series.into_iter().filter_map(|(year, shown)| Some((year, shown.value()?))).collect()
    };
    let own = known(measure);
    let other = beside.map(known).unwrap_or_default();
    let newest_own = *own.last()?;
    let newest_other = other.last().copied().filter(|(year, _)| *year > newest_own.0);
    let newest = newest_other.unwrap_or(newest_own);
    let told = &reading.measures()[if newest_other.is_some() { beside? } else { measure }];
    let spoken = speech.spoken(newest.1, &told.unit, 4);
    // The change is told within one source.
    let trend = Trend::of_last(if newest_other.is_some() { &other } else { &own }, 5);
    let year = newest.0.to_string();
    let constant = reading.table.provenance().price_basis.en.to_lowercase().contains("constant");
    Some(Block {
        label: speech.with("front-label", &[("measure", speech.say(&told.label)), ("year", &year)]),
        figure: spoken.figure,
        scale: speech.with("front-scale", &[("scale", spoken.scale)]).trim().to_owned(),
        lead: trend.map(|trend| lead(speech, &trend, constant)).unwrap_or_default(),
        definition: speech.say(&told.definition).to_owned(),
        picture: picture(reading, speech, measure, told.decimals.max(1), &own, &other)?,
    })
}

/// "Naik 4,8% dalam 4 tahun, atau sekitar 1,2% setahun, setelah kenaikan harga dikeluarkan."
fn lead(speech: Speech, trend: &Trend, constant: bool) -> String {
    let percent = speech.percent(trend.percent().abs(), 1);
    let yearly = speech.percent(trend.percent_a_year().abs(), 1);
    let years = trend.years().to_string();
    let values = [("percent", percent.as_str()), ("years", years.as_str()), ("yearly", yearly.as_str())];
    let key = if trend.percent() >= 0.0 { "front-lead-up" } else { "front-lead-down" };
    let mut sentence = speech.with(key, &values);
    if constant {
        sentence.push_str(&speech.t("front-lead-real"));
    }
    sentence.push('.');
    sentence
}

fn picture(
    reading: &Reading,
    speech: Speech,
    measure: usize,
    decimals: u8,
    own: &[(i32, f64)],
    other: &[(i32, f64)],
) -> Option<FigureView> {
    let definition = &reading.measures()[measure];
    let agree = own.iter().all(|(year, value)| {
        let same = other.iter().find(|(known, _)| known == year);
        same.is_none_or(|(_, published)| (published / value - 1.0).abs() < AGREEMENT)
    });
    let mut line: Vec<(i32, f64, bool)> = own.iter().map(|(year, value)| (*year, *value, false)).collect();
    let last = own.last()?.0;
    if agree {
        line.extend(other.iter().filter(|(year, _)| *year > last).map(|(year, value)| (*year, *value, true)));
    }
    let points = line.iter().map(|(year, value, weak)| Point {
        year: *year,
        value: Some(*value),
        weak: *weak,
        note: falls_most(&line, *year).then(String::new),
    });
    let series =
        Series { name: speech.say(&definition.label).to_owned(), tone: Tone::Main, points: points.collect() };
    let plain: Vec<(i32, f64)> = line.iter().map(|(year, value, _)| (*year, *value)).collect();
    let what = speech.say(&definition.label);
    let finding =
        Trend::over(&plain).map(|trend| speech.trend(what, &trend)).unwrap_or_else(|| what.to_owned());
    let told: Vec<String> =
        plain.iter().map(|(year, value)| format!("{year}: {}", speech.number(*value, decimals))).collect();
    let chart = LineChart {
        caption: Caption {
            id: "headline".to_owned(),
            title: what.to_owned(),
            description: format!("{finding}. {}", told.join("; ")),
        },
        series: vec![series],
        spans: Vec::new(),
        reference: None,
        from_zero: false,
        decimals,
    };
    let drawn = chart.draw(speech);
    let mut unit = format!("{}.", facts::unit_and_prices(reading, speech, definition));
    if let Some(start) = drawn.axis_starts_at {
        unit.push(' ');
        unit.push_str(&speech.with("axis-starts", &[("value", &speech.number(start, 0))]));
    }
    let mut source = facts::source_line(reading, speech);
    if line.iter().any(|(_, _, weak)| *weak) {
        source.push(' ');
        source.push_str(&speech.t("front-hollow"));
    }
    Some(FigureView {
        heading: "h2",
        title: finding,
        unit,
        picture: drawn.picture.to_string(),
        legend: String::new(),
        source,
        take: take(reading, speech, &definition.code),
        take_label: speech.t("take-label"),
    })
}

/// The ways in which the picture and its figures can be taken away.
fn take(reading: &Reading, speech: Speech, code: &str) -> Vec<Link> {
    let base = format!("/datasets/{}", crate::address::escape(&reading.dataset.id));
    let query = format!("measure={code}&rows={}", reading.periods_id());
    let link = |page: &str, key: &str| Link {
        href: speech.href(&format!("{base}/{page}?{query}")),
        label: speech.t(key),
        current: false,
    };
    let mut take = facts::downloads(reading, speech, "");
    take.truncate(2);
    take.push(link("table.svg", "take-svg"));
    take.push(link("table", "take-table"));
    take
}

/// Is this the year that a sharp fall ended in? Such a year is written out on the line.
fn falls_most(line: &[(i32, f64, bool)], year: i32) -> bool {
    let fall = |pair: &[(i32, f64, bool)]| pair[1].1 / pair[0].1 - 1.0;
    let worst = line.windows(2).min_by(|a, b| fall(a).total_cmp(&fall(b)));
    worst.is_some_and(|pair| fall(pair) < -0.01 && pair[1].0 == year)
}
