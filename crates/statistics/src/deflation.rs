//! Bringing amounts to constant prices while they are read.

use domain::plan::CubePlan;

use crate::codes::{Lookup, NO_SLOT};
use crate::coverage::Tally;
use crate::dimension::{DimensionRecipes, Finder, References, Tree};
use crate::error::StatisticsError;

/// The factors of every period and every series of a deflator.
pub(crate) struct Deflation {
    deflator: String,
    /// The activity column and the series of its codes; `None`: one series for everything.
    pub series: Option<(usize, Lookup)>,
    series_codes: Vec<String>,
    /// The level of the classification at which each series stands.
    pub levels: Vec<String>,
    /// By period and series; NaN where the deflator has no index.
    factors: Vec<f64>,
    pub largest_factor: f64,
}

/// The deflation of a plan; `None` at current prices.
pub(crate) fn resolve(
    plan: &CubePlan,
    references: &References,
    dimensions: &DimensionRecipes,
) -> Result<Option<Deflation>, StatisticsError> {
    let Some(id) = &plan.prices.deflator else { return Ok(None) };
    let place = "[cube.prices]";
    let deflator = references.deflators.iter().find(|known| known.id == *id).ok_or_else(|| {
        let known: Vec<&str> = references.deflators.iter().map(|known| known.id.as_str()).collect();
        StatisticsError::plan(place, format!("there is no deflator `{id}`; there are {}", known.join(", ")))
    })?;
    let base = plan.prices.base_year.ok_or_else(|| {
        StatisticsError::plan(place, "constant prices need a `base_year`, such as base_year = 2020")
    })?;
    let Some(time) = &dimensions.time else {
        return Err(StatisticsError::plan(place, "constant prices need a dimension that is the time"));
    };
    let mut found: Vec<(String, String)> = Vec::new();
    let mut number_of = |series: (String, String)| match found.iter().position(|known| *known == series) {
        Some(known) => known as u32,
        None => {
            found.push(series);
            found.len() as u32 - 1
        }
    };
    let activity = dimensions.others.iter().find_map(|dimension| match (&dimension.finder, &dimension.tree) {
        (Finder::Code { column, .. }, Tree::Classification { classification, .. })
            if dimension.plan.id == "activity" || dimension.plan.concept == "ACTIVITY" =>
        {
            Some((*column, classification))
        }
        _ => None,
    });
    let series = match activity {
        Some((column, classification)) => {
            let numbers: Vec<Option<u32>> = (0..classification.codes.len() as u32)
                .map(|position| deflator.series_for(classification, position).map(&mut number_of))
                .collect();
            Some((column, Lookup::of_classification(classification, |position| numbers[position as usize])))
        }
        None => {
            let whole = deflator.whole().ok_or_else(|| {
                StatisticsError::plan(
                    place,
                    format!("`{id}` has no index for everything (`_T`), and the plan has no activity"),
                )
            })?;
            number_of(whole);
            None
        }
    };
    let base = base.to_string();
    let factors = time
        .codes
        .iter()
        .flat_map(|year| found.iter().map(move |(series, _)| (year.to_string(), series)))
        .map(|(year, series)| deflator.factor(series, &year, &base).unwrap_or(f64::NAN))
        .collect();
    let (series_codes, levels) = found.into_iter().unzip();
    Ok(Some(Deflation {
        deflator: id.clone(),
        series,
        series_codes,
        levels,
        factors,
        largest_factor: deflator.largest_factor(),
    }))
}

impl Deflation {
    /// Multiplies the amounts of every row that has a place by its factor.
    pub(crate) fn apply(
        &self,
        combinations: &[u32],
        times: &[u32],
        series: Option<&Vec<u32>>,
        amounts: &mut [&mut Vec<f64>],
        tally: &mut Tally,
    ) {
        let count = self.series_codes.len();
        tally.deflated.resize(count, 0);
        for (row, combination) in combinations.iter().enumerate() {
            if *combination == NO_SLOT {
                continue;
            }
            let number = series.map_or(0, |series| series[row]);
            let factor = match number {
                NO_SLOT => f64::NAN,
                number => self.factors[times[row] as usize * count + number as usize],
            };
            if factor.is_nan() {
                tally.undeflated = tally.undeflated.or(Some((times[row], number)));
                continue;
            }
            tally.deflated[number as usize] += 1;
            for amount in amounts.iter_mut() {
                amount[row] *= factor;
            }
        }
    }

    /// The error for a period and a series without an index.
    pub(crate) fn missing(&self, dimensions: &DimensionRecipes, gap: (u32, u32)) -> StatisticsError {
        let year = dimensions.time.as_ref().map(|time| time.codes[gap.0 as usize].to_string());
        StatisticsError::Deflator {
            deflator: self.deflator.clone(),
            year: year.unwrap_or_default(),
            code: self.series_codes.get(gap.1 as usize).cloned().unwrap_or_else(|| "any activity".into()),
        }
    }
}
