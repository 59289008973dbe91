//! Rolling windows: a multilateral index is extended by a new period without revising what was published.

use super::multilateral::{Multilateral, compare};
use super::situations::Situations;
use crate::bench::{MethodError, Saying};
use crate::numerics::summation::sum;

/// Over which period, or periods, the new window is linked to the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Splice {
    /// The last period before the new one.
    Movement,
    /// The first period of the new window, by the figures of the window before.
    Window,
    /// The middle of the new window, by the figures of the window before.
    Half,
    /// All common periods, by the figures of the window before: the geometric mean.
    Mean,
    /// The first period of the new window, by the published figures.
    WindowPublished,
    /// The middle of the new window, by the published figures.
    HalfPublished,
    /// All common periods, by the published figures: the geometric mean.
    MeanPublished,
}

/// The words on the command line; the first is the default.
pub const WORDS: &[&str] = &["mean-published", "mean", "movement", "window", "half", "wisp", "hasp"];

impl Splice {
    pub(super) fn named(word: &str) -> Splice {
        match word {
            "movement" => Splice::Movement,
            "window" => Splice::Window,
            "half" => Splice::Half,
            "mean" => Splice::Mean,
            "wisp" => Splice::WindowPublished,
            "hasp" => Splice::HalfPublished,
            _ => Splice::MeanPublished,
        }
    }

    /// The linking periods among those common to both windows, counted from the first of the new window.
    fn links(self, common: usize) -> std::ops::Range<usize> {
        let one = |place: usize| place..place + 1;
        match self {
            Splice::Movement => one(common - 1),
            Splice::Window | Splice::WindowPublished => one(0),
            Splice::Half | Splice::HalfPublished => one(common / 2),
            Splice::Mean | Splice::MeanPublished => 0..common,
        }
    }

    fn by_published(self) -> bool {
        matches!(self, Splice::WindowPublished | Splice::HalfPublished | Splice::MeanPublished)
    }
}

/// The series over all situations from windows of `length`, with 1 in the first.
pub fn rolling(
    situations: &Situations,
    by: Multilateral,
    length: usize,
    splice: Splice,
) -> Result<Vec<f64>, MethodError> {
    if length < 2 || length > situations.len() {
        let what = Saying::new(
            "periode dalam jendela (2 … banyaknya periode)",
            "periods in the window (2 … all periods)",
        );
        return Err(MethodError::TooFew { what, needed: length.max(2), found: situations.len().min(length) });
    }
    let mut before = compare(&situations.only(0..length), by)?;
    let mut published: Vec<f64> = before.clone();
    for start in 1..=situations.len() - length {
        let window = compare(&situations.only(start..start + length), by)?;
        let (newest, last) = (length - 1, start + length - 2);
        let links = splice.links(length - 1);
        let count = links.len() as f64;
        let logs = links.map(|link| {
            let from = if splice.by_published() {
                published[start + link]
            } else {
                published[last] * before[link + 1] / before[length - 1]
            };
            (from * window[newest] / window[link]).ln()
        });
        published.push((sum(logs) / count).exp());
        before = window;
    }
    Ok(published)
}
