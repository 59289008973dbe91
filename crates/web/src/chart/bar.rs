//! Bars, which start at zero, always. As a chart of its own, and inside a table's cells.

use std::fmt::Write as _;

use super::canvas::At;
use super::scale::{Scale, clip, text_width};
use super::{Canvas, Caption, Picture, Tone, Width};
use crate::speech::Speech;

/// One bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub name: String,
    pub value: Option<f64>,
    pub tone: Tone,
    /// Instead of a value: "ditahan", "belum ada data".
    pub words: Option<String>,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub struct BarChart {
    pub caption: Caption,
    pub rows: Vec<Row>,
    pub reference: Option<(f64, String)>,
    pub decimals: u8,
}

impl BarChart {
    pub fn draw(&self, speech: Speech) -> Picture {
        Picture::draw(self.caption.clone(), |width| self.draw_one(speech, width))
    }

    fn draw_one(&self, speech: Speech, width: Width) -> Canvas {
        let written: Vec<String> = self.rows.iter().map(|row| self.written(speech, row)).collect();
        let value_room = written.iter().map(|text| text_width(text, true)).fold(20.0, f64::max);
        let name_room =
            self.rows.iter().map(|row| text_width(&row.name, false)).fold(60.0, f64::max).min(230.0);
        let (total, row_height, from) = match width {
            Width::Wide => {
                let long = self.rows.iter().any(|row| text_width(&row.name, false) > name_room);
                (700.0, if long { 34.0 } else { 26.0 }, name_room + value_room + 28.0)
            }
            Width::Narrow => (358.0, 40.0, value_room + 12.0),
        };
        let values = self.rows.iter().filter_map(|row| row.value);
        let values = values.chain(self.reference.iter().map(|(value, _)| *value));
        let scale = Scale::over(values, true, 5, (from, total - 12.0));
        let bottom = 8.0 + row_height * self.rows.len() as f64;
        let height = bottom + if self.reference.is_some() { 22.0 } else { 4.0 };
        let mut canvas = Canvas::new(total, height);
        let zero = scale.at(0.0);
        for (position, (row, text)) in self.rows.iter().zip(&written).enumerate() {
            let top = 8.0 + row_height * position as f64;
            let y = if width == Width::Wide { top + (row_height - 16.0) / 2.0 } else { top + 20.0 };
            match width {
                Width::Wide => {
                    canvas.name(name_room, y + 12.0, &row.name);
                    canvas.text(value_class(row), (from - 14.0, y + 12.0), text);
                }
                Width::Narrow => {
                    canvas.text("tb", (0.0, top + 14.0), &clip(&row.name, 350.0, true));
                    canvas.text(value_class(row), (value_room, y + 12.0), text);
                }
            }
            if let Some(value) = row.value {
                let end = scale.at(value);
                canvas.rect(row.tone.fill(), (zero.min(end), y + 1.0), ((end - zero).abs().max(1.0), 13.0));
            }
        }
        canvas.line("g-axis", (zero, 4.0), (zero, bottom));
        if let Some((value, name)) = &self.reference {
            let x = scale.at(*value);
            canvas.line("g-alt dash thin", (x, 4.0), (x, bottom + 2.0));
            let right = x + 6.0 + text_width(name, true) < total;
            let (class, x) = if right { ("ta", x + 5.0) } else { ("ta end", x - 5.0) };
            canvas.text(class, (x, bottom + 16.0), name);
        }
        canvas
    }

    fn written(&self, speech: Speech, row: &Row) -> String {
        match (row.value, &row.words) {
            (Some(value), _) => speech.number(value, self.decimals),
            (None, Some(words)) => words.clone(),
            (None, None) => "–".to_owned(),
        }
    }
}

fn value_class(row: &Row) -> &'static str {
    match (row.value, row.tone) {
        (None, _) => "t3 end",
        (_, Tone::Main) => "tm end",
        (_, Tone::Alternative) => "ta end",
        (_, Tone::Context) => "t1 end",
    }
}

/// The bar inside a table's cell, on a scale that the whole column shares.
///
/// The number stands in its own cell, so the bar is hidden from screen readers.
pub fn in_cell(value: Option<f64>, largest: f64, tone: Tone, tick: Option<f64>) -> String {
    let share = |value: f64| if largest > 0.0 { (value / largest).clamp(0.0, 1.0) * 120.0 } else { 0.0 };
    let mut svg = String::from(
        r#"<svg class="bar" viewBox="0 0 120 10" preserveAspectRatio="none" aria-hidden="true">"#,
    );
    if let Some(value) = value.filter(|value| value.is_finite()) {
        let width = At(share(value).max(0.6));
        let class = tone.fill();
        write!(svg, r#"<rect class="{class}" width="{width}" height="10"/>"#).expect("a string takes all");
    }
    if let Some(tick) = tick.filter(|tick| tick.is_finite()) {
        let x = At(share(tick));
        write!(svg, r#"<rect class="tick" x="{x}" width="0.7" height="10"/>"#).expect("a string takes all");
    }
    svg.push_str("</svg>");
    svg
}
