//! Bringing amounts to constant prices while they are read.

use std::collections::BTreeMap;

use domain::catalogue::Catalogue;
use domain::classification::Classification;
use domain::deflator::Deflator;
use domain::plan::CubePlan;

use crate::codes::{Lookup, NO_SLOT};
use crate::coverage::Tally;
use crate::dimension::{DimensionRecipes, Finder, Tree};
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

/// The code under which a deflator keeps its index for everything.
const EVERYTHING: &str = domain::deflator::ALL;

/// The indices of a deflator by code and year.
struct Indices<'a>(BTreeMap<&'a str, BTreeMap<u16, f64>>);

impl<'a> Indices<'a> {
    fn new(deflator: &'a Deflator) -> Self {
        let mut indices: BTreeMap<&str, BTreeMap<u16, f64>> = BTreeMap::new();
        for (year, code) in deflator.entries() {
            indices.entry(code).or_default().extend(deflator.index(year, [code]).map(|index| (year, index)));
        }
        Indices(indices)
    }

    /// The series used for a code: its own, else that of its nearest ancestor that has one, else
    /// that of everything. With the name of the level that was found.
    fn series_for(&self, activity: &Classification, position: u32) -> Option<(String, String)> {
        let mut current = Some(position);
        while let Some(at) = current {
            let code = activity.get(at);
            if self.0.contains_key(code.code.as_str()) {
                return Some((code.code.clone(), activity.levels[usize::from(code.level)].id.clone()));
            }
            current = code.parent;
        }
        self.whole()
    }

    fn whole(&self) -> Option<(String, String)> {
        self.0.contains_key(EVERYTHING).then(|| (EVERYTHING.to_owned(), "total".to_owned()))
    }

    /// What an amount of a year is multiplied by; both years are of one series, never mixed.
    fn factor(&self, series: &str, year: &str, base: u16) -> Option<f64> {
        let years = self.0.get(series)?;
        Some(years.get(&base)? / years.get(&year.parse().ok()?)?)
    }

    fn largest_factor(&self) -> f64 {
        let all = || self.0.values().flat_map(|years| years.values().copied());
        all().fold(0.0, f64::max) / all().fold(f64::INFINITY, f64::min)
    }
}

/// The deflation of a plan; `None` at current prices.
pub(crate) fn resolve(
    plan: &CubePlan,
    catalogue: &Catalogue,
    dimensions: &DimensionRecipes,
) -> Result<Option<Deflation>, StatisticsError> {
    let Some(id) = &plan.prices.deflator else { return Ok(None) };
    let place = "[cube.prices]";
    let deflator = catalogue.deflator(id).ok_or_else(|| {
        let known: Vec<&str> = catalogue.deflators().map(|known| known.id.as_str()).collect();
        let known = known.join(", ");
        StatisticsError::plan(
            place,
            format!("deflator `{id}` tidak ada; yang ada: {known}"),
            format!("there is no deflator `{id}`; there are {known}"),
        )
    })?;
    let indices = Indices::new(deflator);
    let base = plan.prices.base_year.ok_or_else(|| {
        StatisticsError::plan(
            place,
            "harga konstan memerlukan `base_year`, misalnya base_year = 2020",
            "constant prices need a `base_year`, such as base_year = 2020",
        )
    })?;
    let Some(time) = &dimensions.time else {
        return Err(StatisticsError::plan(
            place,
            "harga konstan memerlukan dimensi waktu",
            "constant prices need a dimension that is the time",
        ));
    };
    let mut found: Vec<(String, String)> = Vec::new();
    let series = series(&indices, dimensions, &mut found).ok_or_else(|| {
        StatisticsError::plan(
            place,
            format!("`{id}` tidak punya indeks untuk semuanya (`_T`), dan rencana ini tanpa lapangan usaha"),
            format!("`{id}` has no index for everything (`_T`), and the plan has no activity"),
        )
    })?;
    let factors = time
        .codes
        .iter()
        .flat_map(|year| found.iter().map(move |(series, _)| (year.to_string(), series)))
        .map(|(year, series)| indices.factor(series, &year, base).unwrap_or(f64::NAN))
        .collect();
    let (series_codes, levels) = found.into_iter().unzip();
    Ok(Some(Deflation {
        deflator: id.clone(),
        series,
        series_codes,
        levels,
        factors,
        largest_factor: indices.largest_factor(),
    }))
}

/// The column of activities with the series of its codes (`Some(None)`: one series for all rows),
/// noting the series used; `None` if there is neither.
#[expect(clippy::option_option, reason = "no series at all is not the same as one series for all")]
fn series(
    indices: &Indices<'_>,
    dimensions: &DimensionRecipes,
    found: &mut Vec<(String, String)>,
) -> Option<Option<(usize, Lookup)>> {
    let mut number_of = |series: (String, String)| match found.iter().position(|known| *known == series) {
        Some(known) => known as u32,
        None => {
            found.push(series);
            found.len() as u32 - 1
        }
    };
    let activity =
        dimensions.others.iter().find_map(|dimension| match (&dimension.finder, &dimension.tree) {
            (Finder::Code { column, .. }, Tree::Classification { classification, .. })
                if dimension.plan.id == "activity" || dimension.plan.concept == "ACTIVITY" =>
            {
                Some((*column, classification))
            }
            _ => None,
        });
    let Some((column, classification)) = activity else {
        number_of(indices.whole()?);
        return Some(None);
    };
    let numbers: Vec<Option<u32>> = (0..classification.codes.len() as u32)
        .map(|position| indices.series_for(classification, position).map(&mut number_of))
        .collect();
    let lookup = Lookup::of_classification(classification, |position| numbers[position as usize]);
    Some(Some((column, lookup)))
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
