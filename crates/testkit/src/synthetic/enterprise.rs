//! The life of one enterprise: born with its traits, then a row a year until it closes.

use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;

use super::economy::Section;
use super::recipe::{Economy, Enterprises};
use super::row::{
    ASSETS, DEPRECIATION, ENERGY, INPUTS, INTEREST, LABOUR_COST, OUTPUT, PROFIT, Row, TAXES, TURNOVER,
};

/// Size strata of the sample: fewest and most persons engaged.
const STRATA: [(f64, f64); 4] = [(1.0, 4.0), (5.0, 19.0), (20.0, 99.0), (100.0, 60_000.0)];
/// Enterprises for which one of a sample of 300,000 stands; medium and large ones are all asked.
const SAMPLING: [f64; 4] = [120.0, 12.0, 1.0, 1.0];

/// What stays with an enterprise as long as it lives.
pub(super) struct Enterprise {
    id: u64,
    activity: usize,
    region: usize,
    stratum: usize,
    persons: f64,
    female: f64,
    /// Logarithm of what it produces per person against enterprises like it, for good.
    ability: f64,
    /// The part of that which comes and goes.
    fortune: f64,
    inputs: f64,
    /// Output by turnover.
    margin: f64,
    labour: f64,
    assets: f64,
    unpaid: bool,
    weight: i64,
    holding: u64,
}

fn normal(random: &mut Pcg64Mcg) -> f64 {
    StandardNormal.sample(random)
}

/// Normal, and never further out than `most` standard deviations.
fn bounded(random: &mut Pcg64Mcg, most: f64) -> f64 {
    normal(random).clamp(-most, most)
}

impl Enterprise {
    pub(super) fn open(recipe: &Enterprises, economy: &Economy, id: u64, random: &mut Pcg64Mcg) -> Self {
        let activity = economy.pick_activity(random.random());
        let region = economy.pick_region(random.random());
        let traits = economy.activities[activity];
        let section = traits.section;
        let stratum = pick_stratum(section, random.random());
        let design = SAMPLING[stratum] * 300_000.0 / recipe.count as f64;
        let weight = match stratum {
            0 | 1 => (design * random.random_range(0.8..1.25)).clamp(1.0, 9_999.0),
            _ => 1.0,
        };
        let grouped = stratum >= 2 && random.random::<f64>() < recipe.holding_share;
        let margin = match traits.is_trade() {
            true => (0.22 + 0.05 * normal(random)).clamp(0.08, 0.6),
            false => 1.0,
        };
        Enterprise {
            id,
            activity,
            region,
            stratum,
            persons: pick_persons(stratum, random.random()),
            female: (section.female + 0.12 * normal(random)).clamp(0.0, 1.0),
            ability: 0.45 * bounded(random, 2.5),
            fortune: recipe.fortune_deviation * bounded(random, 2.0),
            inputs: (section.inputs + 0.06 * normal(random)).clamp(0.08, 0.88),
            margin,
            labour: section.labour * (0.15 * normal(random)).exp(),
            assets: section.assets * (0.5 * bounded(random, 3.0)).exp(),
            unpaid: stratum == 0 && random.random::<f64>() < 0.35,
            weight: (weight * 10_000.0).round() as i64,
            holding: if grouped { random.random_range(1..=recipe.holdings()) } else { 0 },
        }
    }

    pub(super) fn section(&self, economy: &Economy) -> char {
        economy.activities[self.activity].section.code
    }

    /// A year passes: fortune and size move a little.
    pub(super) fn age(&mut self, recipe: &Enterprises, random: &mut Pcg64Mcg) {
        let persistence = recipe.persistence;
        let shock = recipe.fortune_deviation * (1.0 - persistence * persistence).sqrt();
        self.fortune = persistence * self.fortune + shock * bounded(random, 2.5);
        let (fewest, most) = STRATA[self.stratum];
        self.persons = (self.persons * (0.01 + 0.07 * bounded(random, 2.5)).exp()).clamp(fewest, most);
    }

    /// What the enterprise answers for the year that is `age` years after the first.
    pub(super) fn answer<'a>(
        &self,
        recipe: &'a Enterprises,
        economy: &Economy,
        age: i32,
        random: &mut Pcg64Mcg,
    ) -> Row<'a> {
        let traits = economy.activities[self.activity];
        let section = traits.section;
        let persons = self.persons.round().max(1.0);
        let growth = (recipe.real_growth + recipe.inflation) * f64::from(age);
        let size = (0.10 * (persons / 5.0).ln()).clamp(-0.16, 0.6);
        let own = (self.ability + self.fortune).clamp(-1.7, 1.7);
        let logarithm =
            (traits.productivity * 1_000.0).ln() + economy.regions[self.region].effect + size + growth;
        let usual = logarithm.exp() * persons;
        let value_added = match random.random::<f64>() < recipe.negative_share {
            true => -usual * random.random_range(0.02..0.3),
            false => usual * own.exp(),
        };
        let output = (value_added.abs().max(usual * 0.1) / (1.0 - self.inputs)).round().max(1.0);
        let inputs = (output - value_added).round().max(0.0);
        let ratio = if traits.is_trade() { self.margin } else { random.random_range(0.94..1.04) };
        let wages = usual * self.labour * (0.6 * own).exp() * (0.04 * normal(random)).exp();
        let labour_cost = match self.unpaid {
            true => 0.0,
            false => wages.clamp(600.0 * persons, 1_900_000.0 * persons).round(),
        };
        let assets = (usual * self.assets * (0.3 * own).exp()).round();
        let depreciation = (assets * random.random_range(0.05..0.09)).round();
        let interest = match self.stratum {
            0 | 1 if random.random::<f64>() < 0.7 => 0.0,
            _ => (assets * random.random_range(0.01..0.04)).round(),
        };
        let subsidised = section.code == 'A' && random.random::<f64>() < 0.3;
        let taxes =
            (output * random.random_range(0.002..0.018) * if subsidised { -1.0 } else { 1.0 }).round();
        let energy = (inputs * section.energy * random.random_range(0.6..1.5)).min(inputs).floor();

        let mut amounts = [Some(0); 10];
        let costs = [labour_cost, depreciation, interest, taxes];
        amounts[TURNOVER] = whole(output / ratio);
        amounts[OUTPUT] = whole(output);
        amounts[INPUTS] = whole(inputs);
        for (position, cost) in [LABOUR_COST, DEPRECIATION, INTEREST, TAXES].into_iter().zip(costs) {
            amounts[position] = whole(cost);
        }
        amounts[PROFIT] = whole(output - inputs - costs.iter().sum::<f64>());
        amounts[ASSETS] = whole(assets);
        amounts[ENERGY] = whole(energy);
        let female = (persons * self.female).round();
        let hours = 2_080.0 * (0.18 * bounded(random, 3.0)).exp() * persons;
        let mut row = Row {
            enterprise: self.id,
            year: recipe.first_year + age,
            activity: &recipe.activities[self.activity],
            region: &recipe.regions[self.region],
            male: Some((persons - female) as i64),
            female: Some(female as i64),
            persons: persons as i64,
            hours: whole(hours),
            amounts,
            weight: self.weight,
            holding: self.holding,
        };
        forget(&mut row, recipe.missing_share, random);
        row
    }
}

fn whole(value: f64) -> Option<i64> {
    Some(value.round() as i64)
}

/// Leaves out answers that are not required, now and then.
fn forget(row: &mut Row<'_>, share: f64, random: &mut Pcg64Mcg) {
    if share <= 0.0 {
        return;
    }
    if random.random::<f64>() < share {
        row.hours = None;
    }
    for position in [DEPRECIATION, INTEREST, ASSETS, ENERGY] {
        if random.random::<f64>() < share {
            row.amounts[position] = None;
        }
    }
    if random.random::<f64>() < share / 2.0 {
        row.male = None;
        row.female = None;
    }
}

fn pick_stratum(section: &Section, point: f64) -> usize {
    let rest = 1.0 - section.micro;
    let bounds = [section.micro, section.micro + 0.66 * rest, section.micro + 0.92 * rest];
    bounds.iter().position(|&bound| point < bound).unwrap_or(3)
}

/// Micro: most have one or two persons. Small: few are near twenty. Above: Pareto (1.06).
fn pick_persons(stratum: usize, point: f64) -> f64 {
    let (fewest, most) = STRATA[stratum];
    match stratum {
        0 => [0.42, 0.75, 0.91].iter().position(|&bound| point < bound).unwrap_or(3) as f64 + 1.0,
        1 => fewest + (15.0 * point * point).floor(),
        _ => {
            let top = (fewest / most).powf(1.06);
            (fewest * (1.0 - point * (1.0 - top)).powf(-1.0 / 1.06)).round().min(most)
        }
    }
}
