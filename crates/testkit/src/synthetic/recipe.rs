//! What a synthetic register looks like, and the tables from which enterprises are drawn.

use std::collections::HashMap;

use domain::classification::Classification;
use serde::Serialize;

use super::SyntheticError;
use super::anomaly::Anomalies;
use super::economy::{Activity, Region};

/// Synthetic enterprises: the same recipe gives the same files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Enterprises {
    /// Enterprises at work in every year; one that closes is followed by a new one.
    pub count: u64,
    pub first_year: i32,
    pub last_year: i32,
    pub seed: u64,
    /// Five-digit codes of KBLI 2020, the common ones of each division first.
    #[serde(skip)]
    pub activities: Vec<String>,
    /// Regencies in BPS's numbering.
    #[serde(skip)]
    pub regions: Vec<String>,
    pub anomalies: Anomalies,
    /// Share of answers left out, each variable that is not required by itself.
    pub missing_share: f64,
    /// Share of enterprises that close in a year.
    pub exit_share: f64,
    /// Share of enterprises whose value added is negative.
    pub negative_share: f64,
    /// Share of medium and large enterprises in a holding.
    pub holding_share: f64,
    /// Growth of productivity in a year, as a difference of logarithms.
    pub real_growth: f64,
    pub inflation: f64,
    /// Of an enterprise's fortune (AR(1) in logarithms): autocorrelation and standard deviation.
    pub persistence: f64,
    pub fortune_deviation: f64,
    /// Does not change what is made.
    #[serde(skip)]
    pub threads: usize,
}

impl Enterprises {
    pub fn new(count: u64, first_year: i32, last_year: i32, seed: u64) -> Self {
        Enterprises {
            count,
            first_year,
            last_year,
            seed,
            activities: Vec::new(),
            regions: Vec::new(),
            anomalies: Anomalies::default(),
            missing_share: 0.02,
            exit_share: 0.08,
            negative_share: 0.01,
            holding_share: 0.08,
            real_growth: 0.015,
            inflation: 0.03,
            persistence: 0.8,
            fortune_deviation: 0.4,
            threads: 1,
        }
    }

    /// Takes the codes from the classifications. Activities are those of the finest level;
    /// regencies those in force at the end of the last year. `other_edition` and the
    /// regions' Kemendagri codes serve the mistakes of that name.
    pub fn with_classifications(
        mut self,
        activities: &Classification,
        other_edition: Option<&Classification>,
        regions: &Classification,
    ) -> Self {
        let finest = |classification: &Classification| classification.levels.len().saturating_sub(1) as u8;
        let codes = |classification: &Classification| -> Vec<String> {
            let codes = classification.at_level(finest(classification), None);
            codes.map(|(_, code)| code.code.clone()).collect()
        };
        self.activities = codes(activities);
        let day = jiff::civil::Date::new(self.last_year.clamp(1, 9998) as i16, 12, 31).ok();
        let regencies = regions.at_level(finest(regions), day).map(|(_, code)| code);
        let mut kemendagri = Vec::new();
        for regency in regencies {
            self.regions.push(regency.code.clone());
            let other = regency.other.iter().find(|(system, _)| system == "kemendagri");
            kemendagri.extend(other.map(|(_, code)| code.replace('.', "")));
        }
        // Only numbers that cannot be taken for another regency of BPS.
        kemendagri.retain(|code| regions.find(code).is_none());
        self.anomalies.kemendagri = kemendagri;
        if let Some(other) = other_edition {
            self.anomalies.other_edition = codes(other);
            self.anomalies.other_edition.retain(|code| activities.find(code).is_none());
        }
        self
    }

    pub(super) fn years(&self) -> usize {
        (self.last_year - self.first_year + 1).max(0) as usize
    }

    /// So many that a holding has about five enterprises.
    pub(super) fn holdings(&self) -> u64 {
        ((self.count as f64 * 0.11 * self.holding_share / 5.0) as u64).max(1)
    }

    pub(super) fn check(&self) -> Result<(), SyntheticError> {
        let refuse = |message: &str| Err(SyntheticError::Recipe { message: message.to_owned() });
        if !(1..=100_000_000).contains(&self.count) {
            return refuse("the number of enterprises must be between 1 and 100,000,000");
        }
        let in_order = self.first_year <= self.last_year;
        if !in_order || self.first_year < 1900 || self.last_year > 2100 || self.years() > 60 {
            return refuse("give years between 1900 and 2100, the first one first, at most 60 of them");
        }
        if self.activities.is_empty() || self.regions.is_empty() {
            return refuse("it needs the codes of activities and of regions");
        }
        Ok(())
    }
}

/// The tables from which activity and region are drawn.
pub(super) struct Economy {
    pub(super) activities: Vec<Activity>,
    pub(super) regions: Vec<Region>,
    activity_bounds: Vec<f64>,
    region_bounds: Vec<f64>,
}

impl Economy {
    pub(super) fn of(recipe: &Enterprises) -> Result<Self, SyntheticError> {
        let divisions = count_by_start(&recipe.activities);
        let mut ranks: HashMap<&str, usize> = HashMap::new();
        let mut activities = Vec::with_capacity(recipe.activities.len());
        for code in &recipe.activities {
            let division = code.get(..2).unwrap_or_default();
            let rank = ranks.entry(division).or_default();
            let activity =
                Activity::of(code, *rank, divisions[division]).ok_or_else(|| SyntheticError::Recipe {
                    message: format!("`{code}` does not begin with a division of KBLI 2020"),
                })?;
            *rank += 1;
            activities.push(activity);
        }
        let siblings = count_by_start(&recipe.regions);
        let regions: Vec<Region> = recipe
            .regions
            .iter()
            .map(|code| Region::of(code, siblings[code.get(..2).unwrap_or_default()]))
            .collect();
        Ok(Economy {
            activity_bounds: running_sum(activities.iter().map(|activity| activity.weight)),
            region_bounds: running_sum(regions.iter().map(|region| region.weight)),
            activities,
            regions,
        })
    }

    pub(super) fn pick_activity(&self, point: f64) -> usize {
        pick(&self.activity_bounds, point)
    }

    pub(super) fn pick_region(&self, point: f64) -> usize {
        pick(&self.region_bounds, point)
    }
}

/// Codes by their first two characters: activities by division, regencies by province.
fn count_by_start(codes: &[String]) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for code in codes {
        *counts.entry(code.get(..2).unwrap_or_default()).or_default() += 1;
    }
    counts
}

fn running_sum(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    weights
        .scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        })
        .collect()
}

fn pick(bounds: &[f64], point: f64) -> usize {
    let total = bounds.last().copied().unwrap_or_default();
    bounds.partition_point(|&bound| bound <= point * total).min(bounds.len() - 1)
}
