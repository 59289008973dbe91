//! Outcomes: what changed in the enterprises that were measured twice, and in how many that is.
//!
//! Only pairs count: a baseline and a later value of the same engagement, by the same definition, in the same
//! unit, at constant prices. Whatever is left out is counted and named. A result never mixes pairs with
//! single values, never averages where a median is due, and never says that the programme caused the change.

use std::collections::BTreeMap;

use crate::deflator::Deflator;
use crate::indicator::{Comparison, Indicator};
use crate::observation::{Quality, change};

mod table;

pub use table::{BREAKDOWNS, Breakdown, cube};

/// Changes beyond this many percent, up or down, are set apart for review.
pub const OUTLIER_PERCENT: f64 = 200.0;
/// Below this share of pairs a result must not be used as a figure of the programme.
pub const COVERAGE_MIN_PERCENT: f64 = 50.0;
/// Counts with a baseline below this are told as counts, never as a percentage.
pub const COUNT_MIN: f64 = 5.0;

/// One of the two values of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Absent: not tracked, with a reason.
    pub value: Option<f64>,
    pub quality: Quality,
    /// What one unit of output is; empty where there is none.
    pub output: String,
    /// Version of the definition.
    pub version: u32,
    /// The year whose prices it is in.
    pub year: i16,
}

/// An engagement as a result sees it: two points, and the groups to which it belongs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    pub engagement: String,
    pub enterprise: String,
    /// By [`BREAKDOWNS`]; `None` is not known, and stays a group of its own.
    pub groups: [Option<String>; BREAKDOWNS],
    pub baseline: Option<Point>,
    pub later: Option<Point>,
    pub synthetic: bool,
}

/// Why a case gives no pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unusable {
    NoBaseline,
    NoLater,
    NotTracked,
    /// Held for review, or rejected after it.
    Doubtful,
    UnitChanged,
    DefinitionChanged,
    BaselineNotPositive,
    /// No price index for one of the two years.
    NoPriceIndex,
}

impl Unusable {
    pub const ALL: [Unusable; 8] = [
        Unusable::NoBaseline,
        Unusable::NoLater,
        Unusable::NotTracked,
        Unusable::Doubtful,
        Unusable::UnitChanged,
        Unusable::DefinitionChanged,
        Unusable::BaselineNotPositive,
        Unusable::NoPriceIndex,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Unusable::NoBaseline => "no-baseline",
            Unusable::NoLater => "no-later",
            Unusable::NotTracked => "not-tracked",
            Unusable::Doubtful => "doubtful",
            Unusable::UnitChanged => "unit-changed",
            Unusable::DefinitionChanged => "definition-changed",
            Unusable::BaselineNotPositive => "baseline-not-positive",
            Unusable::NoPriceIndex => "no-price-index",
        }
    }
}

/// What a case says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// A pair: both values at the prices of the later year, the change, and the change with plus for better.
    Pair {
        before: f64,
        after: f64,
        change: f64,
        progress: Option<f64>,
    },
    /// A pair so far out that somebody must look first.
    SetApart {
        change: f64,
    },
    Unusable(Unusable),
}

/// The result of one indicator over a group of cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// N: engagements that could have both points.
    pub engagements: usize,
    /// n: usable pairs.
    pub pairs: usize,
    pub set_apart: usize,
    pub unusable: BTreeMap<Unusable, usize>,
    /// Of the changes, in percent or points.
    pub median: Option<f64>,
    pub quartiles: Option<(f64, f64)>,
    pub improved: usize,
    pub unchanged: usize,
    pub worsened: usize,
    /// Sums of counts, or numbers of enterprises with a practice: before and after.
    pub sums: Option<(f64, f64)>,
    pub synthetic: bool,
}

impl Outcome {
    /// n of N in percent; `None` if there is nobody.
    pub fn coverage(&self) -> Option<f64> {
        share(self.pairs, self.engagements)
    }

    /// Of the pairs, how many are better, in percent.
    pub fn improved_share(&self) -> Option<f64> {
        share(self.improved, self.pairs)
    }

    /// May it be quoted as a figure of the programme?
    pub fn is_quotable(&self) -> bool {
        self.coverage().is_some_and(|coverage| coverage >= COVERAGE_MIN_PERCENT)
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}

/// Judges one case.
pub fn judge(indicator: &Indicator, case: &Case, deflator: Option<&Deflator>) -> Standing {
    let unusable = |why| Standing::Unusable(why);
    let Some(before) = &case.baseline else { return unusable(Unusable::NoBaseline) };
    let Some(after) = &case.later else { return unusable(Unusable::NoLater) };
    let (Some(mut first), Some(second)) = (before.value, after.value) else {
        return unusable(Unusable::NotTracked);
    };
    if !before.quality.counts() || !after.quality.counts() {
        return unusable(Unusable::Doubtful);
    }
    if before.version != after.version {
        return unusable(Unusable::DefinitionChanged);
    }
    if indicator.is_own_unit() && before.output != after.output {
        return unusable(Unusable::UnitChanged);
    }
    if indicator.is_money() && before.year != after.year {
        let factor = deflator.and_then(|prices| factor(prices, before.year, after.year));
        let Some(factor) = factor else { return unusable(Unusable::NoPriceIndex) };
        first *= factor;
    }
    let Some(change) = change(indicator, first, second) else {
        return unusable(Unusable::BaselineNotPositive);
    };
    let confirmed = before.quality == Quality::Confirmed || after.quality == Quality::Confirmed;
    if indicator.comparison == Comparison::Percent && change.abs() > OUTLIER_PERCENT && !confirmed {
        return Standing::SetApart { change };
    }
    Standing::Pair { before: first, after: second, change, progress: indicator.better.progress(change) }
}

fn factor(prices: &Deflator, year: i16, base: i16) -> Option<f64> {
    prices.factor(u16::try_from(year).ok()?, u16::try_from(base).ok()?, [])
}

/// The result over all cases.
pub fn outcome<'a>(
    indicator: &Indicator,
    cases: impl IntoIterator<Item = &'a Case>,
    deflator: Option<&Deflator>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut changes = Vec::new();
    let mut sums = (0.0, 0.0);
    for case in cases {
        outcome.engagements += 1;
        outcome.synthetic |= case.synthetic;
        match judge(indicator, case, deflator) {
            Standing::Unusable(why) => *outcome.unusable.entry(why).or_default() += 1,
            Standing::SetApart { .. } => outcome.set_apart += 1,
            Standing::Pair { before, after, change, progress } => {
                outcome.pairs += 1;
                sums = (sums.0 + before, sums.1 + after);
                changes.push(change);
                match progress {
                    Some(progress) if progress > 0.0 => outcome.improved += 1,
                    Some(progress) if progress < 0.0 => outcome.worsened += 1,
                    _ => outcome.unchanged += 1,
                }
            }
        }
    }
    changes.sort_by(f64::total_cmp);
    outcome.median = quantile(&changes, 0.5);
    outcome.quartiles = quantile(&changes, 0.25).zip(quantile(&changes, 0.75));
    let summed = indicator.is_practice() || indicator.comparison == Comparison::Counts;
    outcome.sums = (summed && outcome.pairs > 0).then_some(sums);
    outcome
}

/// A quantile of sorted numbers, interpolated between neighbours (definition 7 of Hyndman and Fan, 1996).
pub fn quantile(sorted: &[f64], probability: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = probability.clamp(0.0, 1.0) * last as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    Some(sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64))
}

#[cfg(test)]
mod tests;
