//! Dumbbells: from then to now, row by row, on one axis.

use super::scale::{Scale, clip, text_width};
use super::{Canvas, Caption, Picture, Tone, Width};
use crate::speech::Speech;

/// One row: where it was and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub name: String,
    pub before: f64,
    pub after: f64,
}

/// What is drawn: `better_is_more` decides which changes get the counter-colour.
#[derive(Clone, Debug)]
pub struct Dumbbell {
    pub caption: Caption,
    pub rows: Vec<Row>,
    pub better_is_more: Option<bool>,
    pub decimals: u8,
}

impl Dumbbell {
    pub fn draw(&self, speech: Speech) -> Picture {
        Picture::draw(self.caption.clone(), |width| self.draw_one(speech, width))
    }

    fn draw_one(&self, speech: Speech, width: Width) -> Canvas {
        let value_room = self
            .rows
            .iter()
            .flat_map(|row| [row.before, row.after])
            .map(|value| text_width(&speech.number(value, self.decimals), true))
            .fold(20.0, f64::max)
            + 14.0;
        let names = self.rows.iter().map(|row| text_width(&row.name, false)).fold(60.0, f64::max).min(230.0);
        let (total, row_height, from) = match width {
            Width::Wide => {
                let long = self.rows.iter().any(|row| text_width(&row.name, false) > names);
                (700.0, if long { 36.0 } else { 28.0 }, names + 14.0 + value_room)
            }
            Width::Narrow => (358.0, 44.0, value_room),
        };
        let values = self.rows.iter().flat_map(|row| [row.before, row.after]);
        let ticks = if width == Width::Wide { 6 } else { 4 };
        let scale = Scale::over(values, true, ticks, (from, total - value_room));
        let bottom = 20.0 + row_height * self.rows.len() as f64 + 4.0;
        let mut canvas = Canvas::new(total, bottom + 2.0);
        for tick in &scale.ticks {
            let x = scale.at(*tick);
            canvas.line(if *tick == 0.0 { "g-axis" } else { "g-grid" }, (x, 20.0), (x, bottom));
            canvas.text("mid t3", (x, 12.0), &speech.number(*tick, scale.decimals));
        }
        for (position, row) in self.rows.iter().enumerate() {
            let top = 20.0 + row_height * position as f64;
            let y = if width == Width::Wide { top + row_height / 2.0 + 2.0 } else { top + 34.0 };
            match width {
                Width::Wide => canvas.name(names, y + 4.0, &row.name),
                Width::Narrow => canvas.text("tb halo", (0.0, top + 18.0), &clip(&row.name, 350.0, true)),
            }
            self.mark(&mut canvas, speech, row, &scale, y);
        }
        canvas
    }

    fn mark(&self, canvas: &mut Canvas, speech: Speech, row: &Row, scale: &Scale, y: f64) {
        let worse = self.better_is_more.is_some_and(|more| (row.after < row.before) == more)
            && row.after != row.before;
        let tone = if worse { Tone::Alternative } else { Tone::Main };
        let (from, to) = (scale.at(row.before), scale.at(row.after));
        canvas.line(&format!("{} whisker", tone.stroke()), (from, y), (to, y));
        canvas.ring(tone.stroke(), (from, y), 5.0);
        canvas.circle(tone.fill(), (to, y), 6.0);
        let rises = to >= from;
        let (before_class, before_x) = if rises { ("t1 end", from - 11.0) } else { ("t1", from + 11.0) };
        let (after_class, after_x) = if rises { ("", to + 11.0) } else { (" end", to - 11.0) };
        canvas.text(before_class, (before_x, y + 4.0), &speech.number(row.before, self.decimals));
        let after = speech.number(row.after, self.decimals);
        canvas.text(&format!("{}{after_class}", tone.text()), (after_x, y + 4.0), &after);
    }
}
