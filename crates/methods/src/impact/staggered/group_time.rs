//! ATT(g, t): the effect on those who started in g, in period t, each from a comparison of two periods.

use nalgebra::DMatrix;

use crate::bench::{MethodError, Saying};
use crate::impact::effect::{Estimator, effect};

/// Who stands in for the treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    NeverTreated,
    /// Also those who start later.
    NotYetTreated,
}

/// With which period a period before the start is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The one before it.
    Varying,
    /// The last one before the start, always.
    Universal,
}

#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub control: Control,
    pub base: Base,
    pub estimator: Estimator,
    /// Periods before the start in which the effect may already show.
    pub anticipation: f64,
}

/// A balanced panel: outcome and covariates of unit u in period p stand at u * periods + p.
#[derive(Clone, Debug)]
pub struct Units {
    /// In order of time.
    pub periods: Vec<f64>,
    pub outcome: Vec<f64>,
    /// The first period with treatment; infinite if never.
    pub start: Vec<f64>,
    pub weights: Vec<f64>,
    pub covariates: Vec<(String, Vec<f64>)>,
    /// Codes of units whose errors go together.
    pub clusters: Option<Vec<u32>>,
}

/// An effect with the influence of every unit that entered it.
#[derive(Clone, Debug)]
pub struct GroupTime {
    pub group: f64,
    pub period: f64,
    pub att: f64,
    pub standard_error: f64,
    /// Treated and comparison units.
    pub treated: usize,
    pub untreated: usize,
    pub(super) influence: Vec<(u32, f64)>,
}

/// All effects, and what aggregation needs.
#[derive(Clone, Debug)]
pub struct Staggered {
    pub effects: Vec<GroupTime>,
    /// Groups in order of time with the weighted share of the units.
    pub groups: Vec<(f64, f64)>,
    /// Comparisons that gave no figure, and why.
    pub failed: Vec<(f64, f64, MethodError)>,
    /// Units left out because they were treated from the first period on.
    pub always_treated: usize,
    pub units: usize,
    /// Of the units kept: the first period with treatment, and the weight.
    pub start: Vec<f64>,
    pub weights: Vec<f64>,
    pub(super) clusters: Option<Vec<u32>>,
}

/// Computes every ATT(g, t).
pub fn group_time(units: &Units, options: Options) -> Result<Staggered, MethodError> {
    let all = units.start.len();
    let first = *units.periods.first().ok_or(MethodError::NoRows { rows: all })?;
    let last = *units.periods.last().ok_or(MethodError::NoRows { rows: all })?;
    let kept: Vec<usize> =
        (0..all).filter(|unit| units.start[*unit] > first + options.anticipation).collect();
    // Whoever starts after the data end is untreated in all of them.
    let start: Vec<f64> = kept
        .iter()
        .map(|unit| {
            if units.start[*unit] > last + options.anticipation { f64::INFINITY } else { units.start[*unit] }
        })
        .collect();
    let size: f64 = kept.iter().map(|unit| units.weights[*unit]).sum();
    let weights: Vec<f64> = kept.iter().map(|unit| units.weights[*unit] * kept.len() as f64 / size).collect();
    let mut groups: Vec<f64> = start.iter().copied().filter(|start| start.is_finite()).collect();
    groups.sort_by(f64::total_cmp);
    groups.dedup();
    enough(&groups, &start, options.control)?;
    let share = |group: f64| {
        let own = (0..start.len()).filter(|unit| start[*unit] == group).map(|unit| weights[unit]);
        own.sum::<f64>() / start.len() as f64
    };
    let mut found = Staggered {
        effects: Vec::new(),
        groups: groups.iter().map(|group| (*group, share(*group))).collect(),
        failed: Vec::new(),
        always_treated: all - kept.len(),
        units: kept.len(),
        clusters: units.clusters.as_ref().map(|codes| kept.iter().map(|unit| codes[*unit]).collect()),
        start,
        weights,
    };
    for group in groups {
        for period in 0..units.periods.len() {
            if let Some(base) = base_period(&units.periods, group, period, options) {
                let pair = Pair { units, options, kept: &kept, group, base, period };
                match pair.effect(&found) {
                    Ok(effect) => found.effects.push(effect),
                    Err(error) => found.failed.push((group, units.periods[period], error)),
                }
            }
        }
    }
    match found.failed.first() {
        Some((_, _, error)) if found.effects.is_empty() => Err(error.clone()),
        _ => Ok(found),
    }
}

fn enough(groups: &[f64], start: &[f64], control: Control) -> Result<(), MethodError> {
    if groups.is_empty() {
        let what = Saying::new(
            "kelompok yang mulai ikut sesudah periode pertama",
            "groups that start after the first period",
        );
        return Err(MethodError::TooFew { what, needed: 1, found: 0 });
    }
    if control == Control::NeverTreated && start.iter().all(|start| start.is_finite()) {
        return Err(MethodError::TooFew {
            what: Saying::new(
                "unit yang tidak pernah ikut (atau pilih --control not-yet-treated)",
                "units never treated (or choose --control not-yet-treated)",
            ),
            needed: 1,
            found: 0,
        });
    }
    Ok(())
}

/// The period to compare with; none where there is nothing before, or for the base itself.
fn base_period(periods: &[f64], group: f64, period: usize, options: Options) -> Option<usize> {
    let before_start = periods.iter().rposition(|at| at + options.anticipation < group)?;
    if periods[period] >= group - options.anticipation {
        return Some(before_start);
    }
    match options.base {
        Base::Varying => period.checked_sub(1),
        Base::Universal => (period != before_start).then_some(before_start),
    }
}

/// A group and two periods.
struct Pair<'a> {
    units: &'a Units,
    options: Options,
    kept: &'a [usize],
    group: f64,
    base: usize,
    period: usize,
}

impl Pair<'_> {
    fn effect(&self, found: &Staggered) -> Result<GroupTime, MethodError> {
        let periods = &self.units.periods;
        let latest = periods[self.period].max(periods[self.base]) + self.options.anticipation;
        let is_control = |start: f64| match self.options.control {
            Control::NeverTreated => start.is_infinite(),
            Control::NotYetTreated => start > latest && start != self.group,
        };
        let rows: Vec<usize> = (0..found.start.len())
            .filter(|row| found.start[*row] == self.group || is_control(found.start[*row]))
            .collect();
        let treated: Vec<bool> = rows.iter().map(|row| found.start[*row] == self.group).collect();
        let count = treated.iter().filter(|treated| **treated).count();
        if count == rows.len() {
            let what = Saying::new("unit pembanding", "comparison units");
            return Err(MethodError::TooFew { what, needed: 1, found: 0 });
        }
        let at = |row: usize, period: usize| self.kept[row] * periods.len() + period;
        let change: Vec<f64> = rows
            .iter()
            .map(|row| self.units.outcome[at(*row, self.period)] - self.units.outcome[at(*row, self.base)])
            .collect();
        let weights: Vec<f64> = rows.iter().map(|row| found.weights[*row]).collect();
        // Covariates are taken as they were before.
        let known = self.base.min(self.period);
        let x = DMatrix::from_fn(rows.len(), self.units.covariates.len() + 1, |row, column| match column {
            0 => 1.0,
            _ => self.units.covariates[column - 1].1[at(rows[row], known)],
        });
        let names: Vec<String> = std::iter::once("(constant)".to_owned())
            .chain(self.units.covariates.iter().map(|(name, _)| name.clone()))
            .collect();
        let estimate = effect(&change, &treated, &weights, &x, &names, self.options.estimator)?;
        let factor = found.units as f64 / rows.len() as f64;
        let influence: Vec<(u32, f64)> = rows
            .iter()
            .zip(&estimate.influence)
            .map(|(row, influence)| (*row as u32, influence * factor))
            .collect();
        let standard_error = spread(&influence, found);
        Ok(GroupTime {
            group: self.group,
            period: periods[self.period],
            att: estimate.value,
            standard_error,
            treated: count,
            untreated: rows.len() - count,
            influence,
        })
    }
}

fn spread(influence: &[(u32, f64)], found: &Staggered) -> f64 {
    if found.clusters.is_none() {
        return influence.iter().map(|(_, value)| value * value).sum::<f64>().sqrt() / found.units as f64;
    }
    let mut whole = vec![0.0; found.units];
    influence.iter().for_each(|(row, value)| whole[*row as usize] += value);
    crate::impact::effect::standard_error(&whole, found.clusters.as_deref())
}
