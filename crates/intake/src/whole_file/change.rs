//! Change since the year before, after Hidiroglou and Berthelot (Survey Methodology 12, 1986).
//!
//! r = y2 / y1; s = 1 − r_med / r below the median and r / r_med − 1 above it;
//! E = s · max(y1, y2)^U; a change stands out where E lies outside
//! [E_med − C · max(E_med − E_q1, |A · E_med|), E_med + C · max(E_q3 − E_med, |A · E_med|)].

use std::path::Path;

use hashbrown::HashMap;

use super::Change;
use crate::error::IntakeError;
use crate::quantile::Quantiles;
use crate::spill::{Flag, Flags, Numbers, Record, numbers};

/// Fewer changes than this say nothing about what is usual.
const CHANGES_MIN: u64 = 5;

/// Rule, year and group: the changes that are compared with each other.
type Group = (usize, i32, u32);

/// Values of this and the last year, row by row, on disk.
pub(super) struct Pairs {
    file: Numbers,
    rules: usize,
    medians: HashMap<Group, Quantiles>,
}

struct Pair {
    row: u64,
    group: Group,
    before: f64,
    now: f64,
}

impl Pairs {
    pub(super) fn new(folder: &Path, rules: usize) -> Result<Self, IntakeError> {
        Ok(Pairs { file: Numbers::create(folder.join("changes"))?, rules, medians: HashMap::new() })
    }

    /// Adds the rows of one unit, ordered by year. The file's own row of the year before goes
    /// before the value that the caller knows; where the year stands twice, neither is taken.
    pub(super) fn add_unit(&mut self, unit: &[Record]) -> Result<(), IntakeError> {
        for rule in 0..self.rules {
            for record in unit.iter().filter(|record| record.sound) {
                let (now, given, group) = record.values[rule];
                let mut earlier =
                    unit.iter().filter(|other| i64::from(other.year) == i64::from(record.year) - 1);
                let before = match (earlier.next(), earlier.next()) {
                    (Some(one), None) if one.sound => one.values[rule].0,
                    (None, _) => given,
                    _ => f64::NAN,
                };
                if before > 0.0 && now > 0.0 {
                    let key = (rule, record.year, group);
                    self.medians.entry(key).or_default().add(now / before);
                    self.file.write([
                        record.row,
                        (rule as u64) << 32 | u64::from(group),
                        record.year.cast_unsigned().into(),
                        before.to_bits(),
                        now.to_bits(),
                    ])?;
                }
            }
        }
        Ok(())
    }

    /// Flags the rows whose change stands out of its group.
    pub(super) fn flag(self, rules: &[Change], flags: &mut Flags) -> Result<(), IntakeError> {
        let path = self.file.finish()?;
        let usual: HashMap<Group, f64> = self
            .medians
            .into_iter()
            .filter(|(_, changes)| changes.count() >= CHANGES_MIN)
            .filter_map(|(group, changes)| Some((group, changes.median()?)))
            .collect();
        let mut effects: HashMap<Group, Quantiles> = HashMap::new();
        for pair in pairs(&path)? {
            let pair = pair?;
            if let Some(median) = usual.get(&pair.group) {
                effects.entry(pair.group).or_default().add(pair.effect(*median, rules[pair.group.0].u));
            }
        }
        let bounds: HashMap<Group, (f64, f64)> = effects
            .into_iter()
            .filter_map(|(group, effects)| {
                let rule = &rules[group.0];
                Some((group, bounds(effects.at([0.25, 0.5, 0.75])?, rule.a, rule.c)))
            })
            .collect();
        for pair in pairs(&path)? {
            let pair = pair?;
            let (Some(median), Some((low, high))) = (usual.get(&pair.group), bounds.get(&pair.group)) else {
                continue;
            };
            let effect = pair.effect(*median, rules[pair.group.0].u);
            if effect < *low || effect > *high {
                // Comparison 0 is the duplicates.
                let comparison = pair.group.0 + 1;
                flags.add(Flag { row: pair.row, comparison, first: pair.before, second: *median })?;
            }
        }
        std::fs::remove_file(&path).map_err(IntakeError::writing(&path))
    }
}

fn pairs(path: &Path) -> Result<impl Iterator<Item = Result<Pair, IntakeError>> + '_, IntakeError> {
    Ok(numbers::<5>(path)?.map(|numbers| {
        let [row, rule_and_group, year, before, now] = numbers?;
        let group = ((rule_and_group >> 32) as usize, (year as u32).cast_signed(), rule_and_group as u32);
        Ok(Pair { row, group, before: f64::from_bits(before), now: f64::from_bits(now) })
    }))
}

impl Pair {
    fn effect(&self, median: f64, u: f64) -> f64 {
        effect(self.before, self.now, median, u)
    }
}

/// E: how far a change is from the median change, more for large units.
fn effect(before: f64, now: f64, median: f64, u: f64) -> f64 {
    let change = now / before;
    let score = if change < median { 1.0 - median / change } else { change / median - 1.0 };
    score * before.max(now).powf(u)
}

/// The bounds beyond which an effect stands out, from its quartiles.
fn bounds([low, middle, high]: [f64; 3], a: f64, c: f64) -> (f64, f64) {
    let least = (a * middle).abs();
    (middle - c * (middle - low).max(least), middle + c * (high - middle).max(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand with U = 0.5, A = 0.05, C = 4.
    ///
    /// y1 = 100, 400, 25, 900, 100; y2 = 110, 400, 30, 810, 1000. r = 1.1, 1, 1.2, 0.9, 10;
    /// median 1.1. s = 0, 1 − 1.1 = −0.1, 1.2/1.1 − 1 = 0.0909, 1 − 1.1/0.9 = −0.2222,
    /// 10/1.1 − 1 = 8.0909. E = s √max = 0, −0.1 · 20 = −2, 0.0909 · √30 = 0.4979,
    /// −0.2222 · 30 = −6.6667, 8.0909 · √1000 = 255.857. Ordered: −6.6667, −2, 0, 0.4979,
    /// 255.857; quartiles −2, 0, 0.4979. Bounds: 0 − 4 · 2 = −8 and 0 + 4 · 0.4979 = 1.9917.
    #[test]
    fn effects_and_bounds_are_those_worked_by_hand() {
        let pairs = [(100.0, 110.0), (400.0, 400.0), (25.0, 30.0), (900.0, 810.0), (100.0, 1000.0)];
        let mut changes = Quantiles::default();
        pairs.iter().for_each(|(before, now)| changes.add(now / before));
        let median = changes.median().unwrap();
        assert_eq!(median, 1.1);
        let mut effects = Quantiles::default();
        let mut found = Vec::new();
        for (before, now) in pairs {
            found.push(effect(before, now, median, 0.5));
            effects.add(effect(before, now, median, 0.5));
        }
        for (found, expected) in found.iter().zip([0.0, -2.0, 0.497_929_6, -6.666_666_7, 255.857_01]) {
            assert!((found - expected).abs() < 1e-4, "{found} for {expected}");
        }
        let (low, high) = bounds(effects.at([0.25, 0.5, 0.75]).unwrap(), 0.05, 4.0);
        assert!((low + 8.0).abs() < 1e-9 && (high - 1.991_718).abs() < 1e-5, "{low} {high}");
    }
}
