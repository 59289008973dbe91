//! The picture of a choice: lines over years, dumbbells between two years, ranges where there
//! are quartiles, a map for provinces, and bars for everything else. The title states what the
//! numbers say, or names the content where they say nothing sure.

use super::choice::Choice;
use super::grid::member_name;
use crate::address;
use crate::chart::line::{LineChart, Point, Series};
use crate::chart::map::{AreaMap, AreaValue, Geometry, round_breaks};
use crate::chart::{Canvas, Caption, Picture, Tone, bar, dumbbell, range};
use crate::finding::{Named, Trend, lower_first};
use crate::parts::table::words;
use crate::reading::{Reading, Shown};
use crate::speech::Speech;

/// More rows than this are for the table, not for a picture.
const MOST_ROWS: usize = 26;
const MOST_LINES: usize = 5;

/// A picture with its finding.
pub(super) struct Drawn {
    /// The markup for the page.
    pub markup: String,
    pub legend: String,
    /// For the file.
    pub canvas: Canvas,
    pub finding: Option<String>,
    /// How to read the marks; keys of sentences.
    pub reading_keys: Vec<&'static str>,
    /// Where a line's axis starts, if not at zero.
    pub axis_starts_at: Option<f64>,
}

pub(super) struct Painter<'a> {
    pub reading: &'a Reading,
    pub speech: Speech,
    pub choice: &'a Choice,
    pub geometry: Option<&'a Geometry>,
    pub title: &'a str,
    /// Unique on the page.
    pub id: &'a str,
}

impl Painter<'_> {
    pub(super) fn draw(&self) -> Option<Drawn> {
        let time = self.reading.time();
        if time == Some(self.choice.rows.dimension) {
            return self.lines_of_columns();
        }
        if time.is_some() && self.choice.columns.map(|axis| axis.dimension) == time {
            let members = self.choice.row_members(self.reading);
            return if members.len() <= MOST_LINES {
                self.lines_of_rows(&members)
            } else {
                self.dumbbell(&members)
            };
        }
        let members = self.choice.row_members(self.reading);
        if let Some(map) = self.map(&members) {
            return Some(map);
        }
        if members.len() > MOST_ROWS * 4 {
            return None;
        }
        self.ranges(&members).or_else(|| self.bars(&members))
    }

    fn measure(&self) -> &domain::measure::Measure {
        &self.reading.measures()[self.choice.measure]
    }

    fn caption(&self, finding: Option<&str>, values: &[Named]) -> Caption {
        let mut description = finding.map(|finding| format!("{finding}. ")).unwrap_or_default();
        let told: Vec<String> = values
            .iter()
            .take(8)
            .map(|named| {
                format!("{} {}", named.name, self.speech.number(named.value, self.measure().decimals))
            })
            .collect();
        description.push_str(&told.join("; "));
        Caption { id: self.id.to_owned(), title: self.title.to_owned(), description }
    }

    fn points(&self, key: &[u32]) -> Vec<Point> {
        let series = self.reading.series(key, self.choice.measure);
        series.into_iter().map(|(year, shown)| Point::new(year, shown.value())).collect()
    }

    fn lines_of_columns(&self) -> Option<Drawn> {
        let columns = self.choice.column_members(self.reading);
        if columns.len() > MOST_LINES {
            return None;
        }
        let Some(axis) = self.choice.columns else {
            let name = self.speech.say(&self.measure().label).to_owned();
            return self.lines(vec![(name, self.choice.scope.clone())]);
        };
        let name = |member| member_name(self.reading, self.speech, axis.dimension, member);
        let keys = columns.iter().map(|member| {
            let mut key = self.choice.scope.clone();
            key[axis.dimension] = *member;
            (name(*member), key)
        });
        self.lines(keys.collect())
    }

    fn lines_of_rows(&self, members: &[u32]) -> Option<Drawn> {
        let dimension = self.choice.rows.dimension;
        let keys = members.iter().map(|member| {
            (member_name(self.reading, self.speech, dimension, *member), self.choice.key(*member, None))
        });
        self.lines(keys.collect())
    }

    fn lines(&self, keys: Vec<(String, Vec<u32>)>) -> Option<Drawn> {
        let several = keys.len() > 1;
        let mut series: Vec<Series> = keys
            .into_iter()
            .map(|(name, key)| Series { name, tone: Tone::Context, points: self.points(&key) })
            .filter(|series| series.points.iter().filter(|point| point.value.is_some()).count() > 1)
            .collect();
        // The one that ends highest is told, the others are its context.
        let last =
            |series: &Series| series.points.iter().rev().find_map(|point| point.value).unwrap_or(f64::MIN);
        let top =
            series.iter().enumerate().max_by(|a, b| last(a.1).total_cmp(&last(b.1))).map(|(at, _)| at)?;
        series[top].tone = Tone::Main;
        let known: Vec<(i32, f64)> =
            series[top].points.iter().filter_map(|point| Some((point.year, point.value?))).collect();
        let what = if several {
            series[top].name.clone()
        } else {
            self.speech.say(&self.measure().label).to_owned()
        };
        let finding = Trend::over(&known).map(|trend| self.speech.trend(&what, &trend));
        let values: Vec<Named> =
            known.iter().map(|(year, value)| Named { name: year.to_string(), value: *value }).collect();
        let gaps = series.iter().any(|series| has_gap(&series.points));
        let chart = LineChart {
            caption: self.caption(finding.as_deref(), &values),
            series,
            spans: Vec::new(),
            reference: None,
            from_zero: false,
            decimals: self.measure().decimals,
        };
        let drawn = chart.draw(self.speech);
        Some(Drawn {
            markup: drawn.picture.to_string(),
            legend: String::new(),
            canvas: drawn.picture.wide,
            finding,
            reading_keys: if gaps { vec!["read-line"] } else { Vec::new() },
            axis_starts_at: drawn.axis_starts_at,
        })
    }

    /// First and last year of each row.
    fn dumbbell(&self, members: &[u32]) -> Option<Drawn> {
        let dimension = self.choice.rows.dimension;
        let mut rows: Vec<dumbbell::Row> = members
            .iter()
            .filter_map(|member| {
                let series = self.reading.series(&self.choice.key(*member, None), self.choice.measure);
                let (before, after) = (series.first()?.1.value()?, series.last()?.1.value()?);
                Some(dumbbell::Row {
                    name: member_name(self.reading, self.speech, dimension, *member),
                    before,
                    after,
                })
            })
            .collect();
        rows.sort_by(|a, b| b.after.total_cmp(&a.after));
        rows.truncate(MOST_ROWS);
        if rows.is_empty() {
            return None;
        }
        let up = rows.iter().filter(|row| row.after > row.before).count();
        let (up_text, all) = (up.to_string(), rows.len().to_string());
        let years = self.reading.periods();
        let (from, to) = (years.first()?.code.clone(), years.last()?.code.clone());
        let told = [("up", up_text.as_str()), ("all", &all), ("from", &from), ("to", &to)];
        let finding = Some(self.speech.with("finding-risen", &told));
        let values: Vec<Named> =
            rows.iter().map(|row| Named { name: row.name.clone(), value: row.after }).collect();
        let chart = dumbbell::Dumbbell {
            caption: self.caption(finding.as_deref(), &values),
            rows,
            better_is_more: self.measure().higher_is_better,
            decimals: self.measure().decimals,
        };
        Some(finished(chart.draw(self.speech), finding, vec!["read-dumbbell"]))
    }

    /// The visible values of rows with their names, highest first.
    fn named(&self, members: &[u32]) -> Vec<(u32, Named)> {
        let dimension = self.choice.rows.dimension;
        let mut named: Vec<(u32, Named)> = members
            .iter()
            .filter_map(|member| {
                let value = self.reading.value(&self.choice.key(*member, None), self.choice.measure)?;
                Some((
                    *member,
                    Named { name: member_name(self.reading, self.speech, dimension, *member), value },
                ))
            })
            .collect();
        named.sort_by(|a, b| b.1.value.total_cmp(&a.1.value));
        named
    }

    /// The whole within which the rows lie, as a line to compare with; sums have none.
    fn reference(&self) -> Option<(f64, String)> {
        let measure = self.measure();
        if measure.is_additive() {
            return None;
        }
        let scope = self.choice.scope[self.choice.rows.dimension];
        let value = self.reading.value(&self.choice.key(scope, None), self.choice.measure)?;
        let written = self.speech.number(value, measure.decimals);
        Some((value, self.speech.with("reference-whole", &[("value", &written)])))
    }

    fn ranges(&self, members: &[u32]) -> Option<Drawn> {
        if !matches!(self.measure().code.as_str(), "LP_P50" | "LP_P25" | "LP_P75") {
            return None;
        }
        let measure = |code: &str| self.reading.measure(code);
        let (low, high) = (measure("LP_P25")?, measure("LP_P75")?);
        let most = measure("LP_P10").zip(measure("LP_P90"));
        let named = self.named(members);
        let finding = self.finding(&named);
        let rows = named.iter().take(MOST_ROWS).map(|(member, named)| {
            let key = self.choice.key(*member, None);
            let pair = |low, high| self.reading.value(&key, low).zip(self.reading.value(&key, high));
            range::Row {
                name: named.name.clone(),
                middle: Some(named.value),
                half: pair(low, high),
                most: most.and_then(|(low, high)| pair(low, high)),
                tone: Tone::Main,
            }
        });
        let rows: Vec<range::Row> = rows.collect();
        if rows.is_empty() {
            return None;
        }
        let values: Vec<Named> = named.into_iter().map(|(_, named)| named).collect();
        let chart = range::RangeChart {
            caption: self.caption(finding.as_deref(), &values),
            rows,
            reference: self.reference(),
            decimals: self.measure().decimals,
        };
        Some(finished(chart.draw(self.speech), finding, vec!["read-range"]))
    }

    fn bars(&self, members: &[u32]) -> Option<Drawn> {
        let named = self.named(members);
        if named.is_empty() {
            return None;
        }
        let finding = self.finding(&named);
        let reference = self.reference();
        let rows = named.iter().take(MOST_ROWS).map(|(_, named)| {
            let below = reference.as_ref().is_some_and(|(value, _)| named.value < *value);
            let tone = if below { Tone::Context } else { Tone::Main };
            bar::Row { name: named.name.clone(), value: Some(named.value), tone, words: None }
        });
        let rows = rows.collect();
        let values: Vec<Named> = named.into_iter().map(|(_, named)| named).collect();
        let chart = bar::BarChart {
            caption: self.caption(finding.as_deref(), &values),
            rows,
            reference,
            decimals: self.measure().decimals,
        };
        let mut keys = vec!["read-bars"];
        keys.extend(chart.reference.is_some().then_some("read-reference"));
        Some(finished(chart.draw(self.speech), finding, keys))
    }

    fn map(&self, members: &[u32]) -> Option<Drawn> {
        let geometry = self.geometry?;
        let dimension = self.choice.rows.dimension;
        let known = &self.reading.dimensions()[dimension];
        let codes = |member: &u32| known.members[*member as usize].code.as_str();
        let here =
            members.iter().filter(|member| geometry.areas.iter().any(|area| area.code == codes(member)));
        if known.classification != "REGION" || self.measure().is_additive() || here.count() < 10 {
            return None;
        }
        let named = self.named(members);
        let finding = self.finding(&named);
        let values = members.iter().map(|member| (codes(member).to_owned(), self.area(*member))).collect();
        let list: Vec<Named> = named.iter().map(|(_, named)| named.clone()).collect();
        let map = AreaMap {
            caption: self.caption(finding.as_deref(), &list),
            geometry,
            values,
            breaks: round_breaks(list.iter().map(|named| named.value)),
            decimals: self.measure().decimals,
            without: "map-none",
        };
        Some(Drawn {
            markup: map.element(),
            legend: map.legend_element(self.speech),
            canvas: map.travelling_canvas(self.speech),
            finding,
            reading_keys: vec!["read-map"],
            axis_starts_at: None,
        })
    }

    fn area(&self, member: u32) -> AreaValue {
        let dimension = self.choice.rows.dimension;
        let shown = self.reading.shown(&self.choice.key(member, None), self.choice.measure);
        let code = &self.reading.dimensions()[dimension].members[member as usize].code;
        AreaValue {
            value: shown.value(),
            name: member_name(self.reading, self.speech, dimension, member),
            words: in_words(self.speech, shown, self.measure()),
            href: self.speech.href(&format!("/provinces/{}", address::escape(code))),
        }
    }

    fn finding(&self, named: &[(u32, Named)]) -> Option<String> {
        let values: Vec<Named> = named.iter().map(|(_, named)| named.clone()).collect();
        self.speech.extremes(&values, self.measure())
    }
}

/// Is something missing between two known values?
fn has_gap(points: &[Point]) -> bool {
    let first = points.iter().position(|point| point.value.is_some());
    let last = points.iter().rposition(|point| point.value.is_some());
    first.zip(last).is_some_and(|(first, last)| points[first..last].iter().any(|point| point.value.is_none()))
}

/// A value or its kind of nothing, in words.
pub(crate) fn in_words(speech: Speech, shown: Shown, measure: &domain::measure::Measure) -> String {
    match shown {
        Shown::Value(value) => speech.amount(value, measure),
        Shown::Withheld(reason) => {
            format!("{} ({})", speech.t("held"), lower_first(&speech.t(words(reason))))
        }
        Shown::Unknown => speech.t("unknown"),
        Shown::Nobody => speech.t("nobody"),
    }
}

fn finished(picture: Picture, finding: Option<String>, reading_keys: Vec<&'static str>) -> Drawn {
    Drawn {
        markup: picture.to_string(),
        legend: String::new(),
        canvas: picture.wide,
        finding,
        reading_keys,
        axis_starts_at: None,
    }
}
