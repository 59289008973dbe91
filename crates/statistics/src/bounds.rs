//! How large the numbers can get, so that the exact sums have room: from what the files state
//! about their columns, or from a first look where they state nothing.

use crate::deflation::Deflation;
use crate::error::StatisticsError;
use crate::exact::Scale;
use crate::recipe::{AmountSource, Recipe};
use crate::source::{Source, numbers};
use crate::worker::{LEAST_PERSONS, Scales};

/// The natural logarithm of any positive number is smaller than this in absolute value.
const LARGEST_LOG: f64 = 1024.0;

pub(crate) fn scales(
    source: &Source,
    recipe: &Recipe,
    deflation: Option<&Deflation>,
) -> Result<Scales, StatisticsError> {
    let rows = source.rows().max(1);
    let range = |column: usize| range(source, &recipe.columns.names[column]);
    let weight = match recipe.weight {
        Some(column) => range(column)?.1.max(0.0),
        None => 1.0,
    };
    let inflate = deflation.map_or(1.0, |deflation| deflation.largest_factor.max(1.0));
    let mut largest = Vec::with_capacity(recipe.amounts.len());
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
        largest.push(low.abs().max(high.abs()) * factor);
        least.push(low);
    }
    let (productivity, persons) = recipe.distribution.map_or((1.0, 1.0), |(value_added, persons)| {
        (largest[value_added] / least[persons].max(LEAST_PERSONS), largest[persons])
    });
    let scale = |summand: f64| Scale::new(summand, rows);
    Ok(Scales {
        weight: scale(weight),
        amounts: largest.iter().map(|largest| scale(weight * largest)).collect(),
        moments: [scale(weight), scale(weight * productivity), scale(weight * productivity * productivity)],
        olley_pakes: [
            scale(weight),
            scale(weight * persons),
            scale(weight * LARGEST_LOG),
            scale(weight * persons * LARGEST_LOG),
        ],
    })
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
