//! Lines over years. The time axis is true to scale; a missing year is a dashed line, a weak
//! source a hollow mark, an average over a phase a span. Series are labelled at their ends.

use super::scale::{Scale, clip, spread, text_width, year_ticks};
use super::{Canvas, Caption, Picture, Tone, Width};
use crate::speech::Speech;

/// One moment of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub year: i32,
    /// `None`: nobody knows, or it is held back.
    pub value: Option<f64>,
    /// Drawn hollow: a weak or a different source.
    pub weak: bool,
    /// Words beside the value, which make the value be written out.
    pub note: Option<String>,
}

impl Point {
    pub fn new(year: i32, value: Option<f64>) -> Self {
        Point { year, value: value.filter(|value| value.is_finite()), weak: false, note: None }
    }
}

/// One line with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub tone: Tone,
    /// In order of years.
    pub points: Vec<Point>,
}

/// A level that holds for some years.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub from: i32,
    pub to: i32,
    pub value: f64,
    pub name: String,
}

/// What is drawn. At most five series; more are for small multiples or a table.
#[derive(Clone, Debug)]
pub struct LineChart {
    pub caption: Caption,
    pub series: Vec<Series>,
    pub spans: Vec<Span>,
    /// A level to compare with, and its name.
    pub reference: Option<(f64, String)>,
    /// Lines may start elsewhere; the page then says where.
    pub from_zero: bool,
    pub decimals: u8,
}

/// What was drawn, and where its axis starts if not at zero.
pub struct Drawn {
    pub picture: Picture,
    pub axis_starts_at: Option<f64>,
}

struct Plot<'a> {
    chart: &'a LineChart,
    speech: Speech,
    canvas: Canvas,
    x: (f64, f64),
    years: (i32, i32),
    scale: Scale,
    width: Width,
}

impl LineChart {
    pub fn draw(&self, speech: Speech) -> Drawn {
        let mut starts = None;
        let picture = Picture::draw(self.caption.clone(), |width| {
            let (canvas, start) = self.draw_one(speech, width);
            starts = start;
            canvas
        });
        Drawn { picture, axis_starts_at: starts }
    }

    fn draw_one(&self, speech: Speech, width: Width) -> (Canvas, Option<f64>) {
        let (size, most) = match width {
            Width::Wide => ((620.0, 300.0), 5),
            Width::Narrow => ((358.0, 240.0), 4),
        };
        let points = || self.series.iter().flat_map(|series| &series.points);
        let values = points()
            .filter_map(|point| point.value)
            .chain(self.spans.iter().map(|span| span.value))
            .chain(self.reference.iter().map(|(value, _)| *value));
        let scale = Scale::over(values, self.from_zero, most, (size.1 - 30.0, 20.0));
        let years = points()
            .map(|point| point.year)
            .chain(self.spans.iter().flat_map(|span| [span.from, span.to]))
            .fold((i32::MAX, i32::MIN), |(low, high), year| (low.min(year), high.max(year)));
        let years = if years.0 > years.1 { (0, 1) } else { years };
        let left = scale
            .ticks
            .iter()
            .map(|tick| text_width(&speech.number(*tick, scale.decimals), false))
            .fold(18.0, f64::max)
            + 12.0;
        let right = size.0 - self.room_at_the_end(speech, width);
        let starts = (scale.low > 0.0).then_some(scale.low);
        let mut plot = Plot {
            chart: self,
            speech,
            canvas: Canvas::new(size.0, size.1),
            x: (left, right),
            years,
            scale,
            width,
        };
        plot.axes();
        plot.reference();
        plot.spans();
        plot.series();
        (plot.canvas, starts)
    }

    /// Room right of the plot for the last value and the name of each series.
    fn room_at_the_end(&self, speech: Speech, width: Width) -> f64 {
        let most = if width == Width::Wide { 190.0 } else { 104.0 };
        self.series
            .iter()
            .filter_map(|series| {
                let last = series.points.iter().rev().find_map(|point| point.value)?;
                let value = text_width(&speech.number(last, self.decimals), true);
                let name = if self.series.len() > 1 { text_width(&series.name, false) } else { 0.0 };
                Some(value.max(name))
            })
            .fold(30.0, f64::max)
            .min(most)
            + 16.0
    }
}

impl Plot<'_> {
    fn x_of(&self, year: i32) -> f64 {
        if self.years.0 == self.years.1 {
            return (self.x.0 + self.x.1) / 2.0;
        }
        let share = f64::from(year - self.years.0) / f64::from(self.years.1 - self.years.0);
        self.x.0 + 8.0 + share * (self.x.1 - self.x.0 - 16.0)
    }

    fn axes(&mut self) {
        let ticks = self.scale.ticks.clone();
        for (position, tick) in ticks.into_iter().enumerate() {
            let y = self.scale.at(tick);
            let base = position == 0 || tick == 0.0;
            self.canvas.line(if base { "g-axis" } else { "g-grid" }, (self.x.0, y), (self.x.1, y));
            let label = self.speech.number(tick, self.scale.decimals);
            self.canvas.text("end t3", (self.x.0 - 8.0, y + 4.0), &label);
        }
        let most = if self.width == Width::Wide { 6 } else { 4 };
        for year in year_ticks(self.years.0, self.years.1, most) {
            let place = (self.x_of(year), self.canvas.height - 8.0);
            self.canvas.text("mid t3", place, &year.to_string());
        }
    }

    fn reference(&mut self) {
        let Some((value, name)) = &self.chart.reference else { return };
        let y = self.scale.at(*value);
        self.canvas.line("g-alt dash thin", (self.x.0, y), (self.x.1, y));
        self.canvas.text("ta halo", (self.x.0 + 4.0, y - 6.0), name);
    }

    fn spans(&mut self) {
        for span in &self.chart.spans {
            let y = self.scale.at(span.value);
            let (from, to) = (self.x_of(span.from), self.x_of(span.to));
            self.canvas.line("g-main band", (from, y), (to, y));
            let value = self.speech.number(span.value, self.chart.decimals);
            self.canvas.text("tm halo", (from, y - 9.0), &format!("{value} {}", span.name));
        }
    }

    fn series(&mut self) {
        // Context first, so that the series that matters lies on top.
        let mut order: Vec<usize> = (0..self.chart.series.len()).collect();
        order.sort_by_key(|at| match self.chart.series[*at].tone {
            Tone::Context => 0,
            Tone::Alternative => 1,
            Tone::Main => 2,
        });
        for at in order {
            self.strokes(&self.chart.series[at]);
        }
        self.ends();
        if let [only] = self.chart.series.as_slice() {
            self.milestones(only);
        }
    }

    /// Solid where year follows year, dashed over what is missing.
    fn strokes(&mut self, series: &Series) {
        let stroke = series.tone.stroke();
        let known: Vec<(&Point, (f64, f64))> = series
            .points
            .iter()
            .filter_map(|point| Some((point, (self.x_of(point.year), self.scale.at(point.value?)))))
            .collect();
        let step = known.windows(2).map(|pair| pair[1].0.year - pair[0].0.year).min().unwrap_or(1);
        let mut run: Vec<(f64, f64)> = Vec::new();
        for pair in known.windows(2) {
            let gap = pair[1].0.year - pair[0].0.year > step || pair[1].0.weak != pair[0].0.weak;
            if gap {
                self.stroke(stroke, &std::mem::take(&mut run));
                self.canvas.polyline(&format!("ln {stroke} dash"), &[pair[0].1, pair[1].1]);
                continue;
            }
            if run.is_empty() {
                run.push(pair[0].1);
            }
            run.push(pair[1].1);
        }
        self.stroke(stroke, &run);
        for (point, place) in &known {
            if point.weak {
                self.canvas.ring(stroke, *place, 5.0);
            }
        }
    }

    fn stroke(&mut self, stroke: &str, run: &[(f64, f64)]) {
        if run.len() > 1 {
            self.canvas.polyline(&format!("ln {stroke}"), run);
        }
    }

    /// The last value of each series, and its name if there are several.
    fn ends(&mut self) {
        let named = self.chart.series.len() > 1;
        let ends: Vec<(&Series, &Point, f64)> = self
            .chart
            .series
            .iter()
            .filter_map(|series| {
                let point = series.points.iter().rev().find(|point| point.value.is_some())?;
                Some((series, point, self.scale.at(point.value?)))
            })
            .collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, _, y)| *y).collect();
        let room = if named { 32.0 } else { 16.0 };
        let places = spread(&wanted, room, 14.0, self.canvas.height - 46.0);
        for ((series, point, y), place) in ends.into_iter().zip(places) {
            let x = self.x_of(point.year);
            if !point.weak {
                self.canvas.circle(series.tone.fill(), (x, y), 3.5);
            }
            let text_x = self.x.1 + 6.0;
            if (place - y).abs() > 12.0 {
                self.canvas.line("g-lead", (x + 6.0, y), (text_x - 2.0, place));
            }
            let value = self.speech.number(point.value.unwrap_or_default(), self.chart.decimals);
            self.canvas.text(series.tone.text(), (text_x, place + 4.0), &value);
            let under = if named { Some(&series.name) } else { point.note.as_ref() };
            if let Some(words) = under {
                let room = self.canvas.width - text_x;
                self.canvas.text("t3", (text_x, place + 20.0), &clip(words, room + 8.0, false));
            }
        }
    }

    /// On a single line: the first value, and those with words of their own.
    fn milestones(&mut self, series: &Series) {
        let last = series.points.iter().rposition(|point| point.value.is_some());
        let first = series.points.iter().position(|point| point.value.is_some());
        for (at, point) in series.points.iter().enumerate() {
            let Some(value) = point.value else { continue };
            if Some(at) == last || (Some(at) != first && point.note.is_none()) {
                continue;
            }
            let (x, y) = (self.x_of(point.year), self.scale.at(value));
            if !point.weak {
                self.canvas.circle(series.tone.fill(), (x, y), 3.5);
            }
            let mut words = self.speech.number(value, self.chart.decimals);
            if let Some(note) = point.note.as_ref().filter(|_| self.width == Width::Wide) {
                words = format!("{words} {note}");
            }
            // A dip is labelled below, where the line is not; a start according to where it goes.
            let next = series.points[at + 1..].iter().find_map(|point| point.value);
            let before = series.points[..at].iter().rev().find_map(|point| point.value);
            let dip = next.is_none_or(|next| next >= value) && before.is_none_or(|before| before >= value);
            let below = if Some(at) == first { next.is_some_and(|next| next >= value) } else { dip };
            let label_y = if below { y + 20.0 } else { y - 12.0 };
            let label_y = label_y.clamp(12.0, self.canvas.height - 34.0);
            let class = if Some(at) == first { "t1 halo" } else { "t1 mid halo" };
            let x = if Some(at) == first { (x - 4.0).max(self.x.0 + 2.0) } else { x };
            self.canvas.text(class, (x, label_y), &words);
        }
    }
}
