//! How precise the headline figure is: its coefficient of variation by year, from the weights.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use domain::catalogue::Catalogue;
use domain::language::Text;
use domain::plan::CubePlan;
use domain::progress::Watch;
use hashbrown::HashMap;

use crate::codes::{Lookup, NO_SLOT};
use crate::dimension::{self, DimensionRecipe, Finder, Tree};
use crate::error::StatisticsError;
use crate::recipe::{AmountSource, Columns, Vocabulary};
use crate::source::{Input, Source, numbers};

/// The formula of [`quality`], for the quality page of a release.
pub const VARIATION_FORMULA: &str = "CV = 100 sqrt(sum_h (1 - n_h/N_h) n_h/(n_h - 1) sum_i (z_i - mean_h z)^2), \
     z_i = w_i (V_i - R L_i) / sum(w V), R = sum(w V) / sum(w L), N_h = sum_h w; \
     strata h: coarsest activity x size class, strata of one enterprise pooled \
     (Taylor linearisation; Lumley, Complex Surveys, 2010)";

/// The coefficient of variation of labour productivity in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Variation {
    pub period: String,
    /// In percent; `None` where it cannot be told.
    pub percent: Option<f64>,
    /// Enterprises it rests on.
    pub enterprises: u64,
    /// The enterprises they stand for: the sum of their weights.
    pub population: f64,
}

/// Sums of a stratum, with v = w V and l = w L.
#[derive(Clone, Copy, Default)]
struct Stratum {
    enterprises: f64,
    weight: f64,
    v: f64,
    l: f64,
    vv: f64,
    vl: f64,
    ll: f64,
}

/// What is read, and how strata are found.
struct Reading {
    columns: Columns,
    weight: usize,
    value_added: AmountSource,
    persons: usize,
    time: Option<(usize, Lookup)>,
    strata: Vec<Strata>,
}

/// How a row finds its part of the stratum in one dimension.
enum Strata {
    Code(usize, Lookup),
    Number(usize, DimensionRecipe),
}

/// The coefficient of variation of labour productivity (weighted value added over weighted persons
/// engaged) by period, as [`VARIATION_FORMULA`] says. Empty if the input has no weights.
pub fn quality(
    input: &Input,
    plan: &CubePlan,
    catalogue: &Catalogue,
    watch: &dyn Watch,
) -> Result<Vec<Variation>, StatisticsError> {
    let source = Source::open(input)?;
    let vocabulary = Vocabulary { present: source.columns(), variables: &plan.variables };
    if vocabulary.column("weight").is_none() {
        return Ok(Vec::new());
    }
    let (reading, periods) = reading(&source, &vocabulary, plan, catalogue)?;
    let mut strata: BTreeMap<u32, HashMap<Vec<u32>, Stratum>> = BTreeMap::new();
    let (total, mut rows) = (source.rows(), 0);
    for group in source.row_groups() {
        for batch in source.read(group, &reading.columns.names, &reading.columns.is_code)? {
            if watch.cancelled() {
                return Err(StatisticsError::Cancelled);
            }
            reading.add(&batch?, &mut strata).map_err(|(column, message)| StatisticsError::Column {
                file: source.path(group.file).to_owned(),
                column: reading.columns.names[column].clone(),
                message,
            })?;
        }
        rows += group.rows as u64;
        watch.report("quality.read", rows, total);
    }
    let period = |slot: u32| periods.get(slot as usize).cloned().unwrap_or_default();
    Ok(strata.into_iter().map(|(slot, strata)| variation(period(slot), strata)).collect())
}

fn reading(
    source: &Source,
    vocabulary: &Vocabulary<'_>,
    plan: &CubePlan,
    catalogue: &Catalogue,
) -> Result<(Reading, Vec<String>), StatisticsError> {
    let place = "the precision of labour productivity";
    let mut columns = Columns::default();
    let mut want = |variable: &str| -> Result<usize, StatisticsError> {
        Ok(columns.want(&vocabulary.required(place, variable)?, false))
    };
    let (weight, persons) = (want("weight")?, want("persons_engaged")?);
    let value_added = if vocabulary.column("value_added").is_some() {
        AmountSource::Column(want("value_added")?)
    } else {
        let made = if vocabulary.column("output").is_some() { "output" } else { "turnover" };
        AmountSource::Difference(want(made)?, want("intermediate_inputs")?)
    };
    let dimensions = dimension::resolve(plan, catalogue, source, &mut columns)?;
    let is_design = |recipe: &DimensionRecipe| ["ACTIVITY", "SIZE"].contains(&recipe.plan.concept.as_str());
    let strata = dimensions.others.into_iter().filter(is_design).filter_map(coarsest).collect();
    let (time, periods) = match dimensions.time {
        Some(time) => {
            let periods = time.codes.iter().map(ToString::to_string).collect();
            (Some((time.column, time.lookup)), periods)
        }
        None => (None, Vec::new()),
    };
    Ok((Reading { columns, weight, value_added, persons, time, strata }, periods))
}

/// How rows find their member at the coarsest level below the total.
fn coarsest(mut recipe: DimensionRecipe) -> Option<Strata> {
    match std::mem::replace(&mut recipe.finder, Finder::Total) {
        Finder::Total => None,
        Finder::Code { column, lookup } => match &recipe.tree {
            Tree::Classification { classification, levels, .. } => {
                let top = levels.first().copied()?;
                let member = |position| classification.ancestor_at(position, top);
                Some(Strata::Code(column, Lookup::of_classification(classification, member)))
            }
            _ => Some(Strata::Code(column, lookup)),
        },
        Finder::Levels { columns } => {
            columns.into_iter().next().map(|(column, lookup)| Strata::Code(column, lookup))
        }
        finder @ Finder::Scheme { column, .. } => {
            recipe.finder = finder;
            Some(Strata::Number(column, recipe))
        }
    }
}

impl Reading {
    fn add(
        &self,
        batch: &RecordBatch,
        strata: &mut BTreeMap<u32, HashMap<Vec<u32>, Stratum>>,
    ) -> Result<(), (usize, Text)> {
        let number = |column: usize| {
            let mut values = Vec::new();
            numbers(batch.column(column), &mut values).map(|()| values).map_err(|message| (column, message))
        };
        let slots = |column: usize, lookup: &Lookup| {
            let mut slots = Vec::new();
            lookup
                .slots(batch.column(column), &mut slots)
                .map(|()| slots)
                .map_err(|message| (column, message))
        };
        let (weights, persons) = (number(self.weight)?, number(self.persons)?);
        let added = match self.value_added {
            AmountSource::Column(column) => number(column)?,
            AmountSource::Difference(made, used) => {
                number(made)?.iter().zip(&number(used)?).map(|(made, used)| made - used).collect()
            }
        };
        let times = match &self.time {
            Some((column, lookup)) => slots(*column, lookup)?,
            None => vec![0; batch.num_rows()],
        };
        let mut parts = Vec::new();
        for part in &self.strata {
            parts.push(match part {
                Strata::Code(column, lookup) => slots(*column, lookup)?,
                Strata::Number(column, recipe) => classes(recipe, &number(*column)?),
            });
        }
        for row in 0..batch.num_rows() {
            let (v, l) = (weights[row] * added[row], weights[row] * persons[row]);
            if !(weights[row] > 0.0) || v.is_nan() || l.is_nan() || times[row] == NO_SLOT {
                continue;
            }
            let key: Vec<u32> = parts.iter().map(|part| part[row]).collect();
            let stratum = strata.entry(times[row]).or_default().entry(key).or_default();
            stratum.add(&Stratum {
                enterprises: 1.0,
                weight: weights[row],
                v,
                l,
                vv: v * v,
                vl: v * l,
                ll: l * l,
            });
        }
        Ok(())
    }
}

fn classes(recipe: &DimensionRecipe, values: &[f64]) -> Vec<u32> {
    let Finder::Scheme { scale, scheme, .. } = &recipe.finder else { return vec![0; values.len()] };
    values.iter().map(|value| scheme.class_of(value * scale).unwrap_or(NO_SLOT)).collect()
}

impl Stratum {
    fn add(&mut self, other: &Stratum) {
        self.enterprises += other.enterprises;
        self.weight += other.weight;
        self.v += other.v;
        self.l += other.l;
        self.vv += other.vv;
        self.vl += other.vl;
        self.ll += other.ll;
    }

    /// Its part of the variance of the residuals v - ratio l.
    fn variance(&self, ratio: f64) -> f64 {
        let n = self.enterprises;
        if n < 2.0 {
            return 0.0;
        }
        let squares = self.vv - 2.0 * ratio * self.vl + ratio * ratio * self.ll;
        let sum = self.v - ratio * self.l;
        let sampled = (n / self.weight).min(1.0);
        (1.0 - sampled) * n / (n - 1.0) * (squares - sum * sum / n).max(0.0)
    }
}

fn variation(period: String, strata: HashMap<Vec<u32>, Stratum>) -> Variation {
    // In the order of their keys, so that the digits are the same every time.
    let mut strata: Vec<(Vec<u32>, Stratum)> = strata.into_iter().collect();
    strata.sort_by(|left, right| left.0.cmp(&right.0));
    let (mut all, mut lonely) = (Stratum::default(), Stratum::default());
    for (_, stratum) in &strata {
        all.add(stratum);
        if stratum.enterprises < 2.0 {
            lonely.add(stratum);
        }
    }
    let ratio = all.v / all.l;
    let variance = lonely.variance(ratio) + strata.iter().map(|(_, one)| one.variance(ratio)).sum::<f64>();
    let known = all.l > 0.0 && all.v > 0.0;
    Variation {
        period,
        percent: known.then(|| 100.0 * variance.sqrt() / all.v),
        enterprises: all.enterprises as u64,
        population: all.weight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(weight: f64, value_added: f64, persons: f64) -> Stratum {
        let (v, l) = (weight * value_added, weight * persons);
        Stratum { enterprises: 1.0, weight, v, l, vv: v * v, vl: v * l, ll: l * l }
    }

    fn of(units: &[Stratum]) -> Stratum {
        let mut stratum = Stratum::default();
        units.iter().for_each(|unit| stratum.add(unit));
        stratum
    }

    #[test]
    fn the_variation_follows_from_the_linearised_residuals() {
        // One stratum of three, each standing for two: by hand R = 60/12 = 5, residuals of
        // w (V - 5 L) are -10, 0, 10, their sum of squares 200, f = 1/2, n/(n-1) = 3/2.
        let units = [unit(2.0, 5.0, 2.0), unit(2.0, 10.0, 2.0), unit(2.0, 15.0, 2.0)];
        let found = variation("2024".into(), HashMap::from_iter([(vec![0], of(&units))]));
        assert_eq!((found.enterprises, found.population), (3, 6.0));
        let expected = 100.0 * (0.5_f64 * 1.5 * 200.0).sqrt() / 60.0;
        assert!((found.percent.unwrap() - expected).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn a_census_has_no_sampling_error_and_a_loss_no_variation() {
        let census = of(&[unit(1.0, 5.0, 2.0), unit(1.0, 15.0, 2.0)]);
        assert_eq!(variation("2024".into(), HashMap::from_iter([(vec![0], census)])).percent, Some(0.0));
        let loss = of(&[unit(2.0, -5.0, 2.0), unit(2.0, 1.0, 2.0)]);
        assert_eq!(variation("2024".into(), HashMap::from_iter([(vec![0], loss)])).percent, None);
    }
}
