//! Dots and ranges: one row a group, a dot for the median, a band for the middle half and,
//! if wanted, a thin line from the 10th to the 90th percentile: distributions, not only means.

use super::scale::{Scale, clip, text_width, wrap};
use super::{Canvas, Caption, Picture, Tone, Width};
use crate::speech::Speech;

/// One group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub name: String,
    pub middle: Option<f64>,
    /// The middle half: 25th to 75th percentile.
    pub half: Option<(f64, f64)>,
    /// The 10th to the 90th percentile.
    pub most: Option<(f64, f64)>,
    pub tone: Tone,
}

/// What is drawn. Rows without any value are left out and named by the page.
#[derive(Clone, Debug)]
pub struct RangeChart {
    pub caption: Caption,
    pub rows: Vec<Row>,
    /// A value to compare with, and its name.
    pub reference: Option<(f64, String)>,
    pub decimals: u8,
}

/// Distance between rows and places of the columns.
struct Layout {
    width: f64,
    row: f64,
    /// Right end of names and of values; the plot.
    names: f64,
    values: f64,
    plot: (f64, f64),
    ticks: usize,
}

impl RangeChart {
    pub fn draw(&self, speech: Speech) -> Picture {
        Picture::draw(self.caption.clone(), |width| self.draw_one(speech, width))
    }

    fn draw_one(&self, speech: Speech, width: Width) -> Canvas {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| row.middle.is_some()).collect();
        let layout = self.layout(speech, &rows, width);
        let values = rows.iter().flat_map(|row| {
            let ends = [row.half, row.most].into_iter().flatten().flat_map(|(low, high)| [low, high]);
            ends.chain(row.middle)
        });
        let values = values.chain(self.reference.iter().map(|(value, _)| *value));
        let scale = Scale::over(values, true, layout.ticks, layout.plot);
        let bottom = 20.0 + layout.row * rows.len() as f64 + 8.0;
        let height = bottom + if self.reference.is_some() { 18.0 } else { 2.0 };
        let mut canvas = Canvas::new(layout.width, height);
        for tick in &scale.ticks {
            let x = scale.at(*tick);
            let class = if *tick == 0.0 { "g-axis" } else { "g-grid" };
            canvas.line(class, (x, 20.0), (x, bottom));
            canvas.text("mid t3", (x, 12.0), &speech.number(*tick, scale.decimals));
        }
        if let Some((value, name)) = &self.reference {
            let x = scale.at(*value);
            canvas.line("g-alt dash thin", (x, 20.0), (x, bottom));
            // The words stand on the side that has room for them.
            let right = x + 6.0 + text_width(name, true) < layout.width;
            let (class, x) = if right { ("ta", x + 5.0) } else { ("ta end", x - 5.0) };
            canvas.text(class, (x, bottom + 13.0), name);
        }
        for (position, row) in rows.iter().enumerate() {
            let top = 20.0 + layout.row * position as f64;
            self.draw_row(&mut canvas, speech, row, &layout, &scale, (top, width));
        }
        canvas
    }

    fn layout(&self, speech: Speech, rows: &[&Row], width: Width) -> Layout {
        let value = rows
            .iter()
            .filter_map(|row| Some(text_width(&speech.number(row.middle?, self.decimals), true)))
            .fold(24.0, f64::max);
        match width {
            Width::Wide => {
                let name =
                    rows.iter().map(|row| text_width(&row.name, false)).fold(60.0, f64::max).min(230.0);
                let values = name + 14.0 + value;
                let long = rows.iter().any(|row| text_width(&row.name, false) > name);
                let row = if long { 34.0 } else { 26.0 };
                Layout { width: 700.0, row, names: name, values, plot: (values + 14.0, 684.0), ticks: 6 }
            }
            Width::Narrow => Layout {
                width: 358.0,
                row: 40.0,
                names: 0.0,
                values: value,
                plot: (value + 12.0, 346.0),
                ticks: 4,
            },
        }
    }

    fn draw_row(
        &self,
        canvas: &mut Canvas,
        speech: Speech,
        row: &Row,
        layout: &Layout,
        scale: &Scale,
        (top, width): (f64, Width),
    ) {
        let Some(middle) = row.middle else { return };
        let value = speech.number(middle, self.decimals);
        let y = match width {
            Width::Wide => {
                let y = top + layout.row / 2.0 + 6.0;
                canvas.name(layout.names, y + 4.0, &row.name);
                y
            }
            Width::Narrow => {
                // The name lies above the mark and may use the whole width.
                let name = wrap(&row.name, 340.0, true).into_iter().next().unwrap_or_default();
                canvas.text("tb halo", (0.0, top + 18.0), &clip(&name, 340.0, true));
                top + 32.0
            }
        };
        let text = match row.tone {
            Tone::Context => "t1 end",
            Tone::Main => "tm end",
            Tone::Alternative => "ta end",
        };
        canvas.text(text, (layout.values, y + 4.0), &value);
        if let Some((low, high)) = row.most {
            canvas.line("g-ctx whisker", (scale.at(low), y), (scale.at(high), y));
        }
        if let Some((low, high)) = row.half {
            canvas.line("g-ctx band", (scale.at(low), y), (scale.at(high), y));
        }
        let tone = if row.tone == Tone::Context { Tone::Main } else { row.tone };
        canvas.circle(tone.fill(), (scale.at(middle), y), 5.5);
    }
}
