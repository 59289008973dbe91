//! Primary rules: is a cell sensitive on its own, and how uncertain must it stay?
//!
//! Levels follow tau-Argus: what an attacker must be left with so that the cell plus that much
//! would no longer be sensitive (Hundepool et al., *Statistical Disclosure Control*, 2012, ch. 4).

use domain::cube::Contributions;

use crate::plan::{Attackers, ProtectionPlan};
use crate::protected::Reason;

/// A primary needs at least this share of its value: a single point is never acceptable.
pub(crate) const POINT: f64 = 1e-6;

/// What the rules say about one cell of one total.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sensitivity {
    pub(crate) reason: Reason,
    /// How far an attacker's interval must reach to either side of the value.
    pub(crate) need: f64,
}

/// Who stands behind one cell of one total.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Behind {
    pub(crate) total: f64,
    pub(crate) holdings: u32,
    pub(crate) largest: f64,
    pub(crate) second_largest: f64,
}

impl Behind {
    pub(crate) fn of(contributions: &Contributions, values: &[f64], cell: usize) -> Self {
        let known = |value: f64| if value.is_finite() { value } else { 0.0 };
        Behind {
            total: known(values[cell]),
            holdings: contributions.holdings[cell],
            largest: known(contributions.largest[cell]),
            second_largest: known(contributions.second_largest[cell]),
        }
    }

    /// What is left without the two largest; the smaller reading where parts have both signs.
    fn remainder(&self) -> f64 {
        let signed = (self.total - self.largest - self.second_largest).abs();
        let sizes = (self.total.abs() - self.largest.abs() - self.second_largest.abs()).abs();
        signed.min(sizes)
    }
}

/// Judges one cell of one total by every rule of the plan; the largest need counts.
pub(crate) fn sensitivity(cell: &Behind, plan: &ProtectionPlan) -> Option<Sensitivity> {
    let size = cell.total.abs();
    let mut found: Option<Sensitivity> = None;
    let mut add = |reason: Reason, need: f64| {
        let need = need.max(found.map_or(0.0, |earlier| earlier.need));
        found = Some(Sensitivity { reason: found.map_or(reason, |earlier| earlier.reason), need });
    };
    if plan.threshold.is_some_and(|threshold| cell.holdings < threshold) {
        add(Reason::TooFewContributors, plan.threshold_level_percent / 100.0 * size);
    }
    if let Some(p) = plan.p_percent {
        let asked = p / 100.0 * cell.largest.abs();
        // A cell of one or two contributors leaves exactly nothing; allow for rounding in the sums.
        let remainder = cell.remainder();
        let remainder = if remainder < 1e-9 * size { 0.0 } else { remainder };
        if remainder < asked {
            add(Reason::Dominated, asked - remainder);
        }
    }
    for &(n, k) in &plan.dominance {
        let held = cell.largest.abs() + if n == 2 { cell.second_largest.abs() } else { 0.0 };
        if held > k / 100.0 * size {
            add(Reason::Dominated, held * 100.0 / k - size);
        }
    }
    found.map(|found| Sensitivity { need: found.need.min(size).max(POINT * size), ..found })
}

/// How one total of the family is attacked: what is known of it before anything is published.
#[derive(Clone, Debug)]
pub(crate) struct Prior {
    /// Values below zero occur (value added): no natural lower bound.
    pub(crate) signed: bool,
    /// In a signed total, a cell near zero made of large parts is not a small cell.
    pub(crate) floor: f64,
    pub(crate) share: f64,
    pub(crate) attackers: Attackers,
}

impl Prior {
    pub(crate) fn of(values: &[f64], plan: &ProtectionPlan) -> Self {
        let signed = values.iter().any(|value| *value < 0.0);
        let mut sizes: Vec<f64> = values.iter().map(|value| value.abs()).filter(|size| *size > 0.0).collect();
        let floor = if signed && !sizes.is_empty() {
            let middle = sizes.len() / 2;
            *sizes.select_nth_unstable_by(middle, f64::total_cmp).1
        } else {
            0.0
        };
        Prior { signed, floor, share: plan.prior_knowledge_percent / 100.0, attackers: plan.contributors }
    }

    /// How far a witness may move a cell, up and down alike. `largest` 0 where it is not known.
    pub(crate) fn room(&self, value: f64, largest: f64) -> f64 {
        let size = if value.is_finite() { value.abs() } else { 0.0 };
        let size = if self.signed { size.max(self.floor).max(largest.abs()) } else { size };
        let room = self.share * size;
        match self.attackers {
            Attackers::All => room.min((size - largest.abs()).max(0.0)),
            Attackers::Sole | Attackers::None => room,
        }
    }
}
