//! The drawing room: charts and maps as SVG, drawn on the server.
//!
//! Pure functions from numbers to pictures. Every picture is drawn twice, for a wide column and
//! for a phone, is coloured by class so that it follows light, dark and print, and carries a
//! title and a description that give its message without the picture. It never smooths: a gap
//! stays a gap and a weak source a hollow mark. It never computes a statistic.

pub mod bar;
pub mod bullet;
mod canvas;
pub mod dumbbell;
mod ink;
pub mod line;
pub mod map;
pub mod range;
mod scale;
mod standalone;

use std::fmt::{self, Display};

pub use canvas::Canvas;
pub use standalone::{Label, standalone};

/// What a mark says about its importance; the style sheet knows the colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// The series or the row that the picture is about.
    #[default]
    Main,
    /// Its counterpart: a target, a reference, the mean.
    Alternative,
    /// Everybody else.
    Context,
}

impl Tone {
    fn fill(self) -> &'static str {
        match self {
            Tone::Main => "f-main",
            Tone::Alternative => "f-alt",
            Tone::Context => "f-ctx",
        }
    }

    fn stroke(self) -> &'static str {
        match self {
            Tone::Main => "g-main",
            Tone::Alternative => "g-alt",
            Tone::Context => "g-ctx",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Tone::Main => "tm",
            Tone::Alternative => "ta",
            Tone::Context => "t3",
        }
    }
}

/// What a reader hears instead of seeing: the content, then the message with the main values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// Unique on the page; lower case letters and digits.
    pub id: String,
    pub title: String,
    pub description: String,
}

/// Which of the two drawings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Wide,
    Narrow,
}

/// A picture, drawn twice.
#[derive(Clone, Debug)]
pub struct Picture {
    pub caption: Caption,
    pub wide: Canvas,
    pub narrow: Canvas,
}

impl Picture {
    /// Draws both widths with one function.
    pub fn draw(caption: Caption, mut draw: impl FnMut(Width) -> Canvas) -> Self {
        Picture { caption, wide: draw(Width::Wide), narrow: draw(Width::Narrow) }
    }
}

/// The markup of the page: both drawings, one of which the style sheet hides.
impl Display for Picture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (canvas, class, suffix) in [(&self.wide, "wide", "w"), (&self.narrow, "narrow", "n")] {
            canvas.write_element(out, &self.caption, class, suffix)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
