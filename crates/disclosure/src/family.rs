//! The family of totals that share one pattern: the same cells are hidden in all of them, and
//! each is proved on its own values.
//!
//! A mean times its weight is a total too, and so is a second moment: whoever sees them in the
//! margins can subtract. They join as *implied* totals.

use domain::cube::Cube;
use domain::measure::{Measure, MeasureKind};
use hashbrown::HashSet;

use crate::DisclosureError;
use crate::plan::ProtectionPlan;
use crate::protected::Reason;
use crate::rule::{self, Behind, POINT, Prior, Sensitivity};

/// One total: its values, what each cell needs and how far each may move.
#[derive(Clone, Debug)]
pub(crate) struct Total {
    pub(crate) code: String,
    /// Named by the cube itself; implied totals may fail to add up and are then no danger.
    pub(crate) explicit: bool,
    /// By cell of the cube; 0 where nothing is known.
    pub(crate) values: Vec<f64>,
    /// By cell; empty where the contributors of this total are not recorded.
    pub(crate) largest: Vec<f64>,
    /// By cell; 0: nothing demanded.
    pub(crate) need: Vec<f64>,
    pub(crate) reason: Vec<Option<Reason>>,
    /// Of a statistic that can be withheld where the cell itself is shown.
    pub(crate) statistic: Option<Statistic>,
    pub(crate) prior: Prior,
}

/// A statistic behind an implied total: withholding it costs readers less than hiding the cell.
#[derive(Clone, Debug)]
pub(crate) struct Statistic {
    /// Position among the measures of the cube.
    pub(crate) measure: usize,
    /// By cell: how much of the total nobody knows who sees the cell without this statistic.
    pub(crate) unknown: Vec<f64>,
}

impl Total {
    /// How far a witness may move a cell, up and down alike. `shown`: only the statistic is
    /// withheld, and all else in the cell is there to be read.
    pub(crate) fn room(&self, cell: usize, shown: bool) -> f64 {
        if let Some(statistic) = self.statistic.as_ref().filter(|_| shown) {
            return self.prior.share * statistic.unknown[cell];
        }
        self.prior.room(self.values[cell], self.largest.get(cell).copied().unwrap_or(0.0))
    }

    /// A zero of a total that knows no negative values can only go up.
    pub(crate) fn one_sided(&self, cell: usize) -> bool {
        !self.prior.signed && self.values[cell] == 0.0
    }
}

/// Judges a cube: every total with its needs.
pub(crate) struct Family {
    pub(crate) totals: Vec<Total>,
    /// By cell: hidden for its own sake.
    pub(crate) primary: Vec<Option<Reason>>,
    /// By cell: number of holdings.
    pub(crate) holdings: Vec<u32>,
    /// By cell: who is alone in it (0: nobody is alone).
    pub(crate) sole: Vec<u32>,
}

/// Is this a statistic of single enterprises, shown only where enough of them are?
pub(crate) fn needs_many(measure: &Measure) -> bool {
    matches!(
        measure.kind,
        MeasureKind::Quantile { .. } | MeasureKind::Deviation { .. } | MeasureKind::Statistic
    )
}

impl Family {
    pub(crate) fn judge(cube: &Cube, plan: &ProtectionPlan) -> Result<Family, DisclosureError> {
        let mut totals = explicit_totals(cube, plan)?;
        let Some(first) = totals.first() else { return Err(DisclosureError::NothingToJudge) };
        let behind = cube
            .contributions
            .iter()
            .find(|contributions| contributions.measure == first.code)
            .expect("explicit totals come from contributions");
        let holdings = behind.holdings.clone();
        let sole = sole_holders(&holdings, &behind.largest_holding);
        let implied = implied_totals(cube, plan, &holdings);
        totals.extend(implied);
        let primary =
            (0..cube.len()).map(|cell| totals.iter().filter_map(|total| total.reason[cell]).min()).collect();
        Ok(Family { totals, primary, holdings, sole })
    }
}

/// From here on: alone, but not known who. Could be anybody else who is alone, too.
pub(crate) const UNKNOWN: u32 = 1 << 31;

/// Numbers those who are alone somewhere, from 1.
fn sole_holders(holdings: &[u32], largest: &[u64]) -> Vec<u32> {
    let mut numbers = hashbrown::HashMap::new();
    let number = |cell: usize| {
        if holdings[cell] != 1 {
            return 0;
        }
        if largest[cell] == u64::MAX {
            return UNKNOWN + cell as u32;
        }
        let next = numbers.len() as u32 + 1;
        *numbers.entry(largest[cell]).or_insert(next)
    };
    (0..holdings.len()).map(number).collect()
}

/// Who of `holders` may know a cell of `other`'s.
pub(crate) fn in_common(holders: &HashSet<u32>, other: &HashSet<u32>) -> HashSet<u32> {
    let vague = |holder: &u32| *holder >= UNKNOWN;
    let doubt = other.iter().any(vague);
    holders
        .iter()
        .filter(|holder| other.contains(*holder) || !other.is_empty() && (doubt || vague(holder)))
        .copied()
        .collect()
}

fn explicit_totals(cube: &Cube, plan: &ProtectionPlan) -> Result<Vec<Total>, DisclosureError> {
    let additive = |code: &str| {
        cube.measure(code).filter(|position| matches!(cube.measures[*position].kind, MeasureKind::Additive))
    };
    let codes: Vec<String> = if plan.measures.is_empty() {
        let all = cube.contributions.iter().map(|contributions| contributions.measure.clone());
        all.filter(|code| additive(code).is_some()).collect()
    } else {
        plan.measures.clone()
    };
    codes
        .iter()
        .map(|code| {
            let missing = || DisclosureError::NoContributions { measure: code.clone() };
            let position = additive(code).ok_or_else(missing)?;
            let behind = cube.contributions.iter().find(|c| c.measure == *code).ok_or_else(missing)?;
            let values = known(&cube.values[position]);
            let prior = Prior::of(&values, plan);
            let judged =
                (0..cube.len()).map(|cell| rule::sensitivity(&Behind::of(behind, &values, cell), plan));
            let judged: Vec<Option<Sensitivity>> = judged.collect();
            Ok(Total {
                code: code.clone(),
                explicit: true,
                need: needs(&judged, &values),
                reason: judged.iter().map(|found| found.map(|found| found.reason)).collect(),
                largest: known(&behind.largest),
                statistic: None,
                values,
                prior,
            })
        })
        .collect()
}

fn known(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| if value.is_finite() { *value } else { 0.0 }).collect()
}

/// What each sensitive cell needs; a zero needs at least not to be a point.
fn needs(judged: &[Option<Sensitivity>], values: &[f64]) -> Vec<f64> {
    let mut sizes: Vec<f64> = values.iter().map(|value| value.abs()).filter(|size| *size > 0.0).collect();
    if sizes.is_empty() {
        return vec![0.0; values.len()];
    }
    let middle = sizes.len() / 2;
    let typical = *sizes.select_nth_unstable_by(middle, f64::total_cmp).1;
    let need = |found: &Sensitivity| if found.need > 0.0 { found.need } else { POINT * typical };
    judged.iter().map(|found| found.as_ref().map_or(0.0, need)).collect()
}

/// Mean times weight, and the second moment that a deviation gives away.
fn implied_totals(cube: &Cube, plan: &ProtectionPlan, holdings: &[u32]) -> Vec<Total> {
    let Some(threshold) = plan.threshold else { return Vec::new() };
    let column = |code: &str| cube.measure(code).map(|position| &cube.values[position]);
    let mut totals = Vec::new();
    for (position, measure) in cube.measures.iter().enumerate() {
        let own = &cube.values[position];
        let (code, values, statistic) = match &measure.kind {
            MeasureKind::Mean { weight } => {
                let Some(weights) = column(weight) else { continue };
                let values: Vec<f64> = own.iter().zip(weights).map(|(mean, weight)| mean * weight).collect();
                (format!("{}*{weight}", measure.code), values, None)
            }
            MeasureKind::Deviation { mean, weight } => {
                let (Some(means), Some(weights)) = (column(mean), column(weight)) else { continue };
                let moments = own.iter().zip(means).zip(weights);
                let values: Vec<f64> =
                    moments.map(|((sd, mean), weight)| weight * (sd * sd + mean * mean)).collect();
                let unknown: Vec<f64> =
                    own.iter().zip(weights).map(|(sd, weight)| weight * sd * sd).collect();
                let statistic = Statistic { measure: position, unknown: known(&unknown) };
                (format!("{}^2*{weight}", measure.code), values, Some(statistic))
            }
            _ => continue,
        };
        let values = known(&values);
        let judge = |cell: usize| {
            (holdings[cell] < threshold).then(|| Sensitivity {
                reason: Reason::TooFewContributors,
                need: plan.threshold_level_percent / 100.0 * values[cell].abs(),
            })
        };
        let judged: Vec<Option<Sensitivity>> = (0..cube.len()).map(judge).collect();
        totals.push(Total {
            code,
            explicit: false,
            need: needs(&judged, &values),
            reason: judged.iter().map(|found| found.map(|found| found.reason)).collect(),
            largest: Vec::new(),
            statistic,
            prior: Prior::of(&values, plan),
            values,
        });
    }
    totals
}
