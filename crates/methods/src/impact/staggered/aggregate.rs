//! Averages of ATT(g, t): over all, by group, by time since the start, by calendar period.

use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::group_time::{GroupTime, Staggered};
use crate::impact::effect::standard_error;
use crate::numerics::{linear, normal, random};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// All effects after the start, by the size of the group.
    Simple,
    Group,
    /// By time since the start: the event study.
    Dynamic,
    Calendar,
}

/// An average with the influence of every unit.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Group, time since the start or period; `None` for the overall average.
    pub level: Option<f64>,
    pub att: f64,
    pub standard_error: f64,
    /// The variance is their mean square over the number of units.
    pub influence: Vec<f64>,
}

/// The overall average first, then the levels in order.
pub fn aggregate(found: &Staggered, by: Aggregation) -> Vec<Aggregate> {
    let after = |effect: &GroupTime| effect.period >= effect.group;
    let level = |effect: &GroupTime| match by {
        Aggregation::Simple => None,
        Aggregation::Group => after(effect).then_some(effect.group),
        Aggregation::Dynamic => Some(effect.period - effect.group),
        Aggregation::Calendar => after(effect).then_some(effect.period),
    };
    let mut levels: Vec<f64> = found.effects.iter().filter_map(level).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let mut parts: Vec<Aggregate> = Vec::new();
    for wanted in levels {
        let members: Vec<&GroupTime> =
            found.effects.iter().filter(|effect| level(effect) == Some(wanted)).collect();
        // Within a group every period counts the same; across groups their size counts.
        let part = if by == Aggregation::Group { plain(found, &members) } else { by_size(found, &members) };
        parts.push(Aggregate { level: Some(wanted), ..part });
    }
    let overall = match by {
        Aggregation::Simple => {
            let members: Vec<&GroupTime> = found.effects.iter().filter(|effect| after(effect)).collect();
            (!members.is_empty()).then(|| by_size(found, &members))
        }
        Aggregation::Group => over_groups(found, &parts),
        Aggregation::Dynamic => {
            average(found, &parts.iter().filter(|part| part.level >= Some(0.0)).collect::<Vec<_>>())
        }
        Aggregation::Calendar => average(found, &parts.iter().collect::<Vec<_>>()),
    };
    overall.into_iter().chain(parts).collect()
}

fn finished(found: &Staggered, att: f64, influence: Vec<f64>) -> Aggregate {
    let standard_error = standard_error(&influence, found.clusters.as_deref());
    Aggregate { level: None, att, standard_error, influence }
}

fn share(found: &Staggered, group: f64) -> f64 {
    found.groups.iter().find(|(known, _)| *known == group).map_or(0.0, |(_, share)| *share)
}

fn plain(found: &Staggered, members: &[&GroupTime]) -> Aggregate {
    let part = 1.0 / members.len() as f64;
    let mut influence = vec![0.0; found.units];
    let mut att = 0.0;
    for member in members {
        att += part * member.att;
        member.influence.iter().for_each(|(unit, value)| influence[*unit as usize] += part * value);
    }
    finished(found, att, influence)
}

/// Weighted by the share of the group, which is itself estimated and so adds to the variance.
fn by_size(found: &Staggered, members: &[&GroupTime]) -> Aggregate {
    let shares: Vec<f64> = members.iter().map(|member| share(found, member.group)).collect();
    let sum: f64 = shares.iter().sum();
    let att = members.iter().zip(&shares).map(|(member, share)| share / sum * member.att).sum::<f64>();
    let mut influence = vec![0.0; found.units];
    // Effects of one group move together with its share; what is common to all moves with the sum.
    let mut by_group: Vec<(f64, f64, f64)> = Vec::new();
    for (member, share) in members.iter().zip(&shares) {
        member.influence.iter().for_each(|(unit, value)| influence[*unit as usize] += share / sum * value);
        match by_group.iter_mut().find(|(group, ..)| *group == member.group) {
            Some((_, atts, count)) => {
                *atts += member.att;
                *count += 1.0;
            }
            None => by_group.push((member.group, member.att, 1.0)),
        }
    }
    let constant: f64 =
        by_group.iter().map(|(group, atts, count)| share(found, *group) * (atts - count * att) / sum).sum();
    for (unit, influence) in influence.iter_mut().enumerate() {
        let own = by_group.iter().find(|(group, ..)| *group == found.start[unit]);
        let moved = own.map_or(0.0, |(_, atts, count)| (atts - count * att) / sum);
        *influence += found.weights[unit] * moved - constant;
    }
    finished(found, att, influence)
}

fn over_groups(found: &Staggered, parts: &[Aggregate]) -> Option<Aggregate> {
    let group = |part: &Aggregate| part.level.unwrap_or(f64::NAN);
    let sum: f64 = parts.iter().map(|part| share(found, group(part))).sum();
    let att = parts.iter().map(|part| share(found, group(part)) / sum * part.att).sum::<f64>();
    let mut influence = vec![0.0; found.units];
    for part in parts {
        let share = share(found, group(part));
        for (unit, influence) in influence.iter_mut().enumerate() {
            let member = if found.start[unit] == group(part) { found.weights[unit] } else { 0.0 };
            *influence += share / sum * part.influence[unit] + (member - share) / sum * (part.att - att);
        }
    }
    (!parts.is_empty()).then(|| finished(found, att, influence))
}

fn average(found: &Staggered, parts: &[&Aggregate]) -> Option<Aggregate> {
    let count = parts.len() as f64;
    let att = parts.iter().map(|part| part.att).sum::<f64>() / count;
    let influence =
        (0..found.units).map(|unit| parts.iter().map(|part| part.influence[unit]).sum::<f64>() / count);
    (!parts.is_empty()).then(|| finished(found, att, influence.collect()))
}

/// Uniform confidence bands: one multiple of the standard error that covers all levels at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    pub critical: f64,
    pub draws: usize,
}

/// The multiplier bootstrap with random signs: the 95 % point of the largest studentised distance.
pub fn bands(found: &Staggered, parts: &[Aggregate], draws: usize, seed: u64) -> Option<Bands> {
    let parts: Vec<&Aggregate> = parts.iter().filter(|part| part.standard_error > 0.0).collect();
    if parts.is_empty() || draws < 2 {
        return None;
    }
    let mut random = random::generator(seed);
    let signs = found
        .clusters
        .as_ref()
        .map_or(found.units, |codes| codes.iter().max().map_or(0, |most| *most as usize + 1));
    let mut largest: Vec<f64> = (0..draws)
        .map(|_| {
            let signs: Vec<f64> =
                (0..signs).map(|_| if random.random::<bool>() { 1.0 } else { -1.0 }).collect();
            let sign =
                |unit: usize| signs[found.clusters.as_ref().map_or(unit, |codes| codes[unit] as usize)];
            let distance = |part: &&Aggregate| {
                let sum: f64 = (0..found.units).map(|unit| sign(unit) * part.influence[unit]).sum();
                (sum / found.units as f64 / part.standard_error).abs()
            };
            parts.iter().map(distance).fold(0.0, f64::max)
        })
        .collect();
    largest.sort_by(f64::total_cmp);
    let place = ((0.95 * draws as f64).ceil() as usize).clamp(1, draws) - 1;
    // A band is never narrower than the interval of a single level.
    Some(Bands { critical: largest[place].max(normal::quantile(0.975)), draws })
}

/// The Wald test that all effects before the start are zero: statistic, degrees of freedom, p-value.
pub fn pre_trend(found: &Staggered) -> Option<(f64, usize, f64)> {
    let before: Vec<&GroupTime> =
        found.effects.iter().filter(|effect| effect.period < effect.group).collect();
    let n = found.units as f64;
    let size = found
        .clusters
        .as_ref()
        .map_or(found.units, |codes| codes.iter().max().map_or(0, |most| *most as usize + 1));
    if before.is_empty() {
        return None;
    }
    let mut influence = vec![vec![0.0; size]; before.len()];
    for (effect, sums) in before.iter().zip(&mut influence) {
        for (unit, value) in &effect.influence {
            let place = found.clusters.as_ref().map_or(*unit, |codes| codes[*unit as usize]);
            sums[place as usize] += value / n;
        }
    }
    let covariance = DMatrix::from_fn(before.len(), before.len(), |a, b| {
        influence[a].iter().zip(&influence[b]).map(|(a, b)| a * b).sum::<f64>()
    });
    let effects = DVector::from_iterator(before.len(), before.iter().map(|effect| effect.att));
    let statistic = effects.dot(&linear::solve(covariance, &effects)?);
    let p = 1.0 - ChiSquared::new(before.len() as f64).ok()?.cdf(statistic);
    (statistic >= 0.0).then_some((statistic, before.len(), p))
}
