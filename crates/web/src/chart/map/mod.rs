//! Maps of provinces. Rates and ratios are coloured, never raw counts; a province without a value
//! is hatched; only the extremes are named on the map, the table beneath is the real reading.

mod geometry;

use std::collections::HashMap;
use std::fmt::{self, Display, Write as _};

use super::canvas::{At, escape};
use super::scale::text_width;
use super::{Canvas, Caption};
use crate::speech::Speech;

pub use geometry::{Area, Geometry, GeometryError};

/// What the map shows of one area.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AreaValue {
    /// `None`: held back or unknown; hatched.
    pub value: Option<f64>,
    pub name: String,
    /// The value in words: `Rp 23,1 juta`, `ditahan`, `belum ada data`.
    pub words: String,
    pub href: String,
}

/// What is drawn.
pub struct AreaMap<'a> {
    pub caption: Caption,
    pub geometry: &'a Geometry,
    /// By the code of the area.
    pub values: HashMap<String, AreaValue>,
    /// Upper bounds of the classes but the last; see [`round_breaks`].
    pub breaks: Vec<f64>,
    pub decimals: u8,
    /// The key of the words for areas without a value.
    pub without: &'static str,
}

/// One class of the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// `q1` … `q6`, or `none`.
    pub style: &'static str,
    pub bounds: String,
    pub areas: usize,
}

const STYLES: [&str; 6] = ["q1", "q2", "q3", "q4", "q5", "q6"];

/// Round class breaks near the quantiles: at most five, so at most six classes.
pub fn round_breaks(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let mut breaks: Vec<f64> = Vec::new();
    if sorted.len() < 2 {
        return breaks;
    }
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
    if at(0.05) > 0.0 && at(0.95) / at(0.05) < 3.0 {
        return even_breaks(at(0.05), at(0.95));
    }
    // Quantiles that leave the tails, which people look for, classes of their own.
    for share in [0.13, 0.4, 0.72, 0.86, 0.95] {
        let mut rounded = round_near(at(share));
        if let Some(last) = breaks.last().copied().filter(|last| rounded <= *last) {
            rounded = next_round(last);
        }
        if rounded > sorted[0] && rounded <= sorted[sorted.len() - 1] {
            breaks.push(rounded);
        }
    }
    breaks
}

/// Breaks at even round steps, for values that lie close together.
fn even_breaks(low: f64, high: f64) -> Vec<f64> {
    if high - low <= 1e-6 * high.abs() {
        return Vec::new();
    }
    let magnitude = 10f64.powf(((high - low) / 5.0).max(f64::MIN_POSITIVE).log10().floor());
    let count = |step: f64| (high / step).floor() - (low / step).floor();
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0, 20.0].map(|step| step * magnitude);
    let Some(step) = steps.into_iter().find(|step| count(*step) <= 5.0) else { return Vec::new() };
    let first = (low / step).floor() as i64 + 1;
    (first..=(high / step).floor() as i64).map(|at| (at as f64 * step * 1e9).round() / 1e9).collect()
}

/// What people call round, between 1 and 10.
const ROUND: [f64; 11] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];

/// The next round number above a round number.
fn next_round(value: f64) -> f64 {
    if value <= 0.0 {
        return round_near(value / 2.0);
    }
    let magnitude = 10f64.powf((value * 1.000_001).log10().floor());
    let lead = value / magnitude;
    let next = ROUND.into_iter().find(|step| *step > lead * 1.000_001).unwrap_or(12.0);
    (next * magnitude * 1e9).round() / 1e9
}

/// The nearest number that people call round.
fn round_near(value: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let magnitude = 10f64.powf(value.abs().log10().floor());
    let lead = value.abs() / magnitude;
    let near = ROUND.into_iter().min_by(|a, b| (a - lead).abs().total_cmp(&(b - lead).abs()));
    let rounded = near.unwrap_or(lead) * magnitude * value.signum();
    // 0.30000000000000004 is not round.
    (rounded * 1e9).round() / 1e9
}

impl AreaMap<'_> {
    fn style_of(&self, value: f64) -> &'static str {
        let class = self.breaks.iter().filter(|bound| value >= **bound).count();
        // Few classes are spread over the whole ramp, so that the extremes stay apart.
        let last = self.breaks.len().clamp(1, 5);
        STYLES[(class * 5 / last).min(5)]
    }

    /// The classes with their bounds and how many areas are in each.
    pub fn legend(&self, speech: Speech) -> Vec<Class> {
        let number = |value: f64| speech.number(value, decimals_of(&self.breaks));
        let mut classes = Vec::new();
        for at in 0..=self.breaks.len() {
            let low = at.checked_sub(1).map(|below| self.breaks[below]);
            let high = self.breaks.get(at).copied();
            let holds =
                |value: f64| low.is_none_or(|low| value >= low) && high.is_none_or(|high| value < high);
            let known = self.values.values().filter_map(|area| area.value);
            let bounds = match (low, high) {
                (None, None) => speech.t("map-all"),
                (None, Some(high)) => format!("<{}", number(high)),
                (Some(low), Some(high)) => format!("{}–{}", number(low), number(high)),
                (Some(low), None) => format!("≥{}", number(low)),
            };
            let last = self.breaks.len().clamp(1, 5);
            classes.push(Class {
                style: STYLES[(at * 5 / last).min(5)],
                bounds,
                areas: known.filter(|value| holds(*value)).count(),
            });
        }
        let without = self.values.values().filter(|area| area.value.is_none()).count();
        if without > 0 {
            classes.push(Class { style: "none", bounds: speech.t(self.without), areas: without });
        }
        classes
    }

    /// The map as one canvas, for the page and for the file.
    pub fn canvas(&self) -> Canvas {
        let mut canvas = Canvas::new(self.geometry.width, self.geometry.height);
        canvas.class = "chart map";
        let hatch = format!("{}-hatch", self.caption.id);
        canvas.define_hatch(&hatch);
        for area in &self.geometry.areas {
            let Some(shown) = self.values.get(&area.code) else { continue };
            let name = format!("{}: {}", shown.name, shown.words);
            canvas.open_link(&shown.href);
            match shown.value {
                Some(value) => {
                    canvas.named_path(&format!("area {}", self.style_of(value)), &area.path, &name)
                }
                None => canvas.hatched_path(&hatch, &area.path, &name),
            }
            canvas.close_link();
        }
        self.name_extremes(&mut canvas);
        canvas
    }

    /// Names the two highest and the two lowest, in the sea near them, with a line to the place.
    fn name_extremes(&self, canvas: &mut Canvas) {
        let mut ranked: Vec<(&Area, &AreaValue, f64)> = self
            .geometry
            .areas
            .iter()
            .filter_map(|area| {
                let shown = self.values.get(&area.code)?;
                Some((area, shown, shown.value?))
            })
            .collect();
        ranked.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.code.cmp(&b.0.code)));
        let count = ranked.len();
        if count < 6 {
            return;
        }
        let mut room = self.geometry.room();
        for at in [0, 1, count - 1, count - 2] {
            let (area, shown, _) = ranked[at];
            let width = text_width(&shown.name, true).max(text_width(&shown.words, false)) + 8.0;
            let Some((x, y)) = room.near(area.centre, (width, 36.0)) else { continue };
            let middle = x + width / 2.0;
            // The line ends at the side of the words that faces the place.
            let end_y = if area.centre.1 > y + 18.0 { y + 36.0 } else { y - 1.0 };
            canvas.open_group("map-label");
            canvas.line("g-lead", area.centre, (middle, end_y));
            canvas.text("tb mid halo", (middle, y + 13.0), &shown.name);
            canvas.text("t1 mid halo", (middle, y + 30.0), &shown.words);
            canvas.close_group();
        }
    }

    /// The file's picture: the map with its legend inside.
    pub fn travelling_canvas(&self, speech: Speech) -> Canvas {
        let mut canvas = self.canvas();
        let top = canvas.height + 12.0;
        let mut x = 0.0;
        canvas.height += 58.0;
        for class in self.legend(speech) {
            if class.style == "none" {
                x += 12.0;
                canvas.marks.push_str(&format!(
                    r#"<rect fill="url(#{}-hatch)" x="{}" y="{}" width="104" height="12"/>"#,
                    self.caption.id,
                    At(x),
                    At(top)
                ));
            } else {
                canvas.rect(class.style, (x, top), (104.0, 12.0));
            }
            canvas.text("", (x, top + 28.0), &class.bounds);
            let areas = class.areas.to_string();
            canvas.text("t3", (x, top + 44.0), &speech.with("map-areas", &[("count", &areas)]));
            x += 106.0;
        }
        canvas
    }

    /// The element of the page. One drawing serves both widths; labels hide on phones.
    pub fn element(&self) -> String {
        struct Element<'a>(&'a Canvas, &'a Caption);
        impl Display for Element<'_> {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write_element(out, self.1, "whole", "m")
            }
        }
        Element(&self.canvas(), &self.caption).to_string()
    }

    /// The legend as a list for the page.
    pub fn legend_element(&self, speech: Speech) -> String {
        let mut list = String::from(r#"<ul class="legend">"#);
        for class in self.legend(speech) {
            let fill = if class.style == "none" {
                format!(r#"fill="url(#{}-hatch)""#, self.caption.id)
            } else {
                format!(r#"class="{}""#, class.style)
            };
            let apart = if class.style == "none" { r#" class="apart""# } else { "" };
            let areas = class.areas.to_string();
            write!(
                list,
                concat!(
                    r#"<li{apart}><svg viewBox="0 0 10 4" preserveAspectRatio="none" aria-hidden="true">"#,
                    r#"<rect {fill} width="10" height="4"/></svg>{}<br>{}</li>"#,
                ),
                escape(&class.bounds),
                escape(&speech.with("map-areas", &[("count", &areas)])),
                apart = apart,
                fill = fill,
            )
            .expect("a string takes all");
        }
        list.push_str("</ul>");
        list
    }
}

fn decimals_of(breaks: &[f64]) -> u8 {
    (0..6)
        .find(|decimals| {
            let power = 10f64.powi(i32::from(*decimals));
            breaks.iter().all(|bound| ((bound * power) - (bound * power).round()).abs() < 1e-6)
        })
        .unwrap_or(6)
}

#[cfg(test)]
mod tests;
