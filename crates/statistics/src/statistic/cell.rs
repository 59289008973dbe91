//! What is known of a cell once its enterprises have been added up.

use super::Noun;

/// The sums of a cell, and the quantiles of labour productivity in it.
#[derive(Clone, Debug, Default)]
pub struct Cell<'a> {
    /// Enterprises, unweighted.
    pub enterprises: u32,
    /// Enterprises with value added of 0 or less.
    pub value_added_nonpositive: u32,
    /// Sum of the weights.
    pub population: f64,
    /// Weighted totals by [`Noun`], in the unit of the input; NaN where nobody told it.
    pub totals: [f64; 8],
    /// Over enterprises with a labour productivity x: sums of w, w x and w x^2.
    pub moments: [f64; 3],
    /// Over enterprises with value added above 0: sums of w, w L, w ln x and w L ln x.
    pub olley_pakes: [f64; 4],
    /// Quantiles of x at the probabilities of the plan.
    pub quantiles: &'a [f64],
    /// From the unit of the input to the published one: totals, per person, per hour.
    pub factors: [f64; 3],
    /// Positions of the 10th and the 90th percentile in `quantiles`.
    pub tails: Option<(usize, usize)>,
}

impl Cell<'_> {
    pub fn total(&self, noun: Noun) -> f64 {
        self.totals[noun as usize]
    }

    /// A total over a total; NaN unless the denominator is above 0, because a ratio to nothing
    /// or to a loss says nothing.
    pub fn ratio(&self, numerator: Noun, denominator: Noun) -> f64 {
        over(self.total(numerator), self.total(denominator))
    }
}

pub(super) fn over(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 { numerator / denominator } else { f64::NAN }
}
