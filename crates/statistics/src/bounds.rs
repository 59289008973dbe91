//! How large the numbers are, so that the exact sums have room: bounds from what the files state
//! about their columns (or from a first look where they state nothing), and usual sizes from the
//! first batch.

use crate::deflation::Deflation;
use crate::error::StatisticsError;
use crate::exact::{Scale, Summands, decimals};
use crate::recipe::{AmountSource, Recipe};
use crate::source::{RowGroup, Source, numbers};
use crate::worker::{LEAST_PERSONS, Scales};

/// The natural logarithm of any positive number is smaller than this in absolute value.
const LARGEST_LOG: f64 = 1024.0;

/// Weights and amounts with more digits than this are no decimals.
const MOST_DECIMALS: u32 = 6;

/// Scales for the exact sums of a recipe. Unless `bounded`, they trust that no summand is out of
/// all proportion to the usual ones, which gives the finest steps; the sums notice if one is.
pub(crate) fn scales(
    source: &Source,
    recipe: &Recipe,
    deflation: Option<&Deflation>,
    bounded: bool,
) -> Result<Scales, StatisticsError> {
    let count = source.rows().max(1);
    let largest = if bounded {
        Largest::of(source, recipe, deflation)?
    } else {
        Largest { weight: 0.0, amounts: vec![0.0; recipe.amounts.len()], productivity: 0.0 }
    };
    let sample = Sample::of(source, recipe)?;
    let weights = &sample.weights;
    let weight_decimals = decimals(weights, MOST_DECIMALS);
    let weighted = |values: &dyn Fn(usize) -> f64| {
        usual((0..weights.len()).map(|row| (weights[row] * values(row)).abs()).collect())
    };
    let scale = |decimals, usual, largest| {
        let largest = bounded.then_some(largest);
        Scale::new(Summands { decimals, usual, largest, count, weights: false })
    };
    let weight = Scale::new(Summands {
        decimals: weight_decimals,
        usual: weighted(&|_| 1.0),
        largest: bounded.then_some(largest.weight),
        count,
        weights: true,
    });
    let amounts: Vec<Scale> = recipe
        .amounts
        .iter()
        .enumerate()
        .map(|(position, amount)| {
            let values = &sample.amounts[position];
            let digits = if amount.deflated { None } else { decimals(values, MOST_DECIMALS) };
            let digits = weight_decimals.zip(digits).map(|(weight, digits)| weight + digits);
            scale(digits, weighted(&|row| values[row]), largest.weight * largest.amounts[position])
        })
        .collect();
    let Some((value_added, persons)) = recipe.distribution else {
        return Ok(Scales { weight, amounts, moments: [weight; 3], olley_pakes: [weight; 4] });
    };
    let x = |row: usize| {
        let persons = sample.amounts[persons][row];
        if persons >= LEAST_PERSONS { sample.amounts[value_added][row] / persons } else { f64::NAN }
    };
    let log = |row: usize| if x(row) > 0.0 { x(row).ln() } else { f64::NAN };
    let l = |row: usize| sample.amounts[persons][row];
    let most = largest.weight * largest.productivity;
    let most_persons = largest.weight * largest.amounts[persons];
    Ok(Scales {
        moments: [
            weight,
            scale(None, weighted(&x), most),
            scale(None, weighted(&|row| x(row) * x(row)), most * largest.productivity),
        ],
        olley_pakes: [
            weight,
            amounts[persons],
            scale(None, weighted(&log), largest.weight * LARGEST_LOG),
            scale(None, weighted(&|row| l(row) * log(row)), most_persons * LARGEST_LOG),
        ],
        weight,
        amounts,
    })
}

/// The median; 0 if there is none.
fn usual(mut values: Vec<f64>) -> f64 {
    values.retain(|value| value.is_finite());
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Bounds of absolute values.
struct Largest {
    weight: f64,
    amounts: Vec<f64>,
    productivity: f64,
}

impl Largest {
    fn of(source: &Source, recipe: &Recipe, deflation: Option<&Deflation>) -> Result<Self, StatisticsError> {
        let range = |column: usize| range(source, &recipe.columns.names[column]);
        let weight = match recipe.weight {
            Some(column) => range(column)?.1.max(0.0),
            None => 1.0,
        };
        let inflate = deflation.map_or(1.0, |deflation| deflation.largest_factor.max(1.0));
        let mut amounts = Vec::with_capacity(recipe.amounts.len());
        let mut least = Vec::with_capacity(recipe.amounts.len());
        for amount in &recipe.amounts {
            let (low, high) = match amount.source {
                AmountSource::Column(column) => range(column)?,
                AmountSource::Difference(left, right) => {
                    let (left, right) = (range(left)?, range(right)?);
                    (left.0 - right.1, left.1 - right.0)
                }
            };
            let factor = if amount.deflated { inflate } else { 1.0 };
            amounts.push(low.abs().max(high.abs()) * factor);
            least.push(low);
        }
        let productivity = recipe
            .distribution
            .map_or(1.0, |(value_added, persons)| amounts[value_added] / least[persons].max(LEAST_PERSONS));
        Ok(Largest { weight, amounts, productivity })
    }
}

/// Weights and amounts of some rows.
struct Sample {
    weights: Vec<f64>,
    amounts: Vec<Vec<f64>>,
}

impl Sample {
    fn of(source: &Source, recipe: &Recipe) -> Result<Self, StatisticsError> {
        let mut sample = Sample { weights: Vec::new(), amounts: vec![Vec::new(); recipe.amounts.len()] };
        // The batches that an engine hands in come in any order: there the sample is all rows, so
        // that the order decides nothing.
        let groups = if source.is_in_memory() { usize::MAX } else { 1 };
        let groups: Vec<RowGroup> = source.row_groups().filter(|group| group.rows > 0).take(groups).collect();
        let first = |column: usize| -> Result<Vec<f64>, StatisticsError> {
            let names = [recipe.columns.names[column].clone()];
            let (mut all, mut values) = (Vec::new(), Vec::new());
            for group in &groups {
                if let Some(batch) = source.read(*group, &names, &[false])?.next() {
                    numbers(batch?.column(0), &mut values).map_err(|message| StatisticsError::Column {
                        file: source.path(group.file).to_owned(),
                        column: names[0].clone(),
                        message,
                    })?;
                    all.extend_from_slice(&values);
                }
            }
            Ok(all)
        };
        for (position, amount) in recipe.amounts.iter().enumerate() {
            sample.amounts[position] = match amount.source {
                AmountSource::Column(column) => first(column)?,
                AmountSource::Difference(left, right) => {
                    first(left)?.iter().zip(&first(right)?).map(|(left, right)| left - right).collect()
                }
            };
        }
        sample.weights = match recipe.weight {
            Some(column) => first(column)?,
            None => vec![1.0; sample.amounts.first().map_or(1, Vec::len)],
        };
        Ok(sample)
    }
}

/// The least and greatest number of a column; (0, 0) if it has none.
fn range(source: &Source, column: &str) -> Result<(f64, f64), StatisticsError> {
    let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
    let names = [column.to_owned()];
    let mut values = Vec::new();
    for group in source.row_groups().filter(|group| group.rows > 0) {
        if let Some((low, high)) = source.stated_range(group, column).filter(|range| range.0 <= range.1) {
            least = least.min(low);
            greatest = greatest.max(high);
            continue;
        }
        for batch in source.read(group, &names, &[false])? {
            numbers(batch?.column(0), &mut values).map_err(|message| StatisticsError::Column {
                file: source.path(group.file).to_owned(),
                column: column.to_owned(),
                message,
            })?;
            least = values.iter().copied().fold(least, f64::min);
            greatest = values.iter().copied().fold(greatest, f64::max);
        }
    }
    Ok(if least <= greatest { (least, greatest) } else { (0.0, 0.0) })
}
