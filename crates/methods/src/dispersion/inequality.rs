//! Inequality of a weighted distribution: Gini, generalised entropy, Atkinson, and how much lies between
//! groups.
//!
//! Every index counts a row of weight w as w units. Those that take logarithms want values above zero; the
//! caller leaves the others out and says how many.

use super::quantile::{Definition, quantiles};
use crate::numerics::summation::{mean, sum};

/// How the Gini index treats a row that stands for many units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// The units a row stands for are equal, half above and half below each other (Eurostat; Alfons and Templ
    /// 2013).
    Middle,
    /// They are ranked one after another with a step of one unit (Osier 2009; Pessoa, Damico and Jacob).
    Ranked,
}

/// Values in ascending order with their weights.
fn sorted(values: &[f64], weights: &[f64]) -> Vec<(f64, f64)> {
    let mut rows: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows
}

/// The Gini index; NaN if the values sum to zero or less.
pub fn gini(values: &[f64], weights: &[f64], ties: Ties) -> f64 {
    let rows = sorted(values, weights);
    let units = sum(weights.iter().copied());
    let total = sum(rows.iter().map(|(value, weight)| value * weight));
    if total <= 0.0 || units <= 0.0 {
        return f64::NAN;
    }
    let mut below = 0.0;
    let ranked = sum(rows.iter().map(|(value, weight)| {
        below += weight;
        let step = if ties == Ties::Middle { *weight } else { 1.0 };
        (2.0 * below - step) / units * (weight * value / total)
    }));
    ranked - 1.0
}

/// The influence of every row on the Gini index, in the order of the rows.
pub fn gini_influence(values: &[f64], weights: &[f64], gini: f64) -> Vec<f64> {
    let rows = sorted(values, weights);
    let (mut units, mut total) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    let (mut known, mut earned) = (0.0, 0.0);
    for (value, weight) in &rows {
        known += weight;
        earned += weight * value;
        units.push(known);
        total.push(earned);
    }
    let of = |value: &f64| {
        // The last row that is not above the value: equal values share one rank.
        let place = rows.partition_point(|(other, _)| other <= value);
        let (below, held) = if place == 0 { (0.0, 0.0) } else { (units[place - 1], total[place - 1]) };
        (2.0 * (below * value - held) + earned - known * value - gini * (earned + known * value))
            / (known * earned)
    };
    values.iter().map(of).collect()
}

/// What the best-off fifth has over what the worst-off fifth has (S80/S20); NaN if the latter is not above
/// zero.
pub fn quintile_ratio(values: &[f64], weights: &[f64]) -> f64 {
    let Some(bounds) = quantiles(values, weights, &[0.2, 0.8], Definition::Averaged) else { return f64::NAN };
    let held = |inside: &dyn Fn(f64) -> bool| {
        let rows = values.iter().zip(weights).filter(|(value, _)| inside(**value));
        sum(rows.map(|(value, weight)| value * weight))
    };
    let lowest = held(&|value| value <= bounds[0]);
    if lowest > 0.0 { held(&|value| value > bounds[1]) / lowest } else { f64::NAN }
}

/// The generalised entropy index: 0 is the mean logarithmic deviation, 1 the Theil index, 2 half the squared
/// coefficient of variation. Values must be above zero.
pub fn entropy(values: &[f64], weights: &[f64], order: f64) -> f64 {
    let centre = mean(values, weights);
    let ratios: Vec<f64> = values.iter().map(|value| value / centre).collect();
    let average =
        |of: &dyn Fn(f64) -> f64| mean(&ratios.iter().map(|ratio| of(*ratio)).collect::<Vec<_>>(), weights);
    if order == 0.0 {
        average(&|ratio| -ratio.ln())
    } else if order == 1.0 {
        average(&|ratio| ratio * ratio.ln())
    } else {
        (average(&|ratio| ratio.powf(order)) - 1.0) / (order * (order - 1.0))
    }
}

/// The influence of every row on the generalised entropy index.
pub fn entropy_influence(values: &[f64], weights: &[f64], order: f64, entropy: f64) -> Vec<f64> {
    let (centre, units) = (mean(values, weights), sum(weights.iter().copied()));
    let of = |value: &f64| {
        let ratio = value / centre;
        let moved = ratio - 1.0;
        let influence = if order == 0.0 {
            -ratio.ln() - entropy + moved
        } else if order == 1.0 {
            ratio * ratio.ln() - entropy - moved * (entropy + 1.0)
        } else {
            let factor = order * (order - 1.0);
            let power = entropy * factor + 1.0;
            (ratio.powf(order) - power - order * power * moved) / factor
        };
        influence / units
    };
    values.iter().map(of).collect()
}

/// The Atkinson index for an aversion to inequality above zero. Values must be above zero.
pub fn atkinson(values: &[f64], weights: &[f64], aversion: f64) -> f64 {
    let centre = mean(values, weights);
    let ratios: Vec<f64> = values.iter().map(|value| value / centre).collect();
    let average =
        |of: &dyn Fn(f64) -> f64| mean(&ratios.iter().map(|ratio| of(*ratio)).collect::<Vec<_>>(), weights);
    if aversion == 1.0 {
        1.0 - average(&f64::ln).exp()
    } else {
        1.0 - average(&|ratio| ratio.powf(1.0 - aversion)).powf(1.0 / (1.0 - aversion))
    }
}

/// The influence of every row on the Atkinson index.
pub fn atkinson_influence(values: &[f64], weights: &[f64], aversion: f64, atkinson: f64) -> Vec<f64> {
    let (centre, units) = (mean(values, weights), sum(weights.iter().copied()));
    let level = 1.0 - atkinson;
    let of = |value: &f64| {
        let ratio = value / centre;
        let influence = if aversion == 1.0 {
            level * ((ratio - 1.0) - (ratio.ln() - level.ln()))
        } else {
            let power = level.powf(1.0 - aversion);
            level * ((ratio - 1.0) - (ratio.powf(1.0 - aversion) / power - 1.0) / (1.0 - aversion))
        };
        influence / units
    };
    values.iter().map(of).collect()
}

/// An index split into what lies between the means of groups and what lies inside them.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    pub total: f64,
    pub between: f64,
    pub within: f64,
    /// For each group: share of units, mean, index inside, and what it adds to `within`.
    pub groups: Vec<[f64; 4]>,
}

/// Generalised entropy split by groups; the terms add up. Values must be above zero.
pub fn split(values: &[f64], weights: &[f64], groups: &[usize], count: usize, order: f64) -> Split {
    let (units, centre) = (sum(weights.iter().copied()), mean(values, weights));
    let mut inside: Vec<(Vec<f64>, Vec<f64>)> = vec![(Vec::new(), Vec::new()); count];
    for ((value, weight), group) in values.iter().zip(weights).zip(groups) {
        inside[*group].0.push(*value);
        inside[*group].1.push(*weight);
    }
    let (mut means, mut sizes, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for (values, weights) in &inside {
        let (size, own) = (sum(weights.iter().copied()), mean(values, weights));
        let share = size / units;
        let factor = share * (own / centre).powf(order);
        let index = if size > 0.0 { entropy(values, weights, order) } else { f64::NAN };
        rows.push([share, own, index, if size > 0.0 { factor * index } else { 0.0 }]);
        if size > 0.0 {
            means.push(own);
            sizes.push(size);
        }
    }
    Split {
        total: entropy(values, weights, order),
        between: entropy(&means, &sizes, order),
        within: sum(rows.iter().map(|row| row[3])),
        groups: rows,
    }
}
