//! From respondents to a cube: sums, counts and contributors of every cell of every margin.

use std::collections::{BTreeMap, HashMap};

use domain::cube::{Contributions, Cube, Dimension, DimensionRole, Provenance};
use domain::language::Text;
use domain::measure::{Measure, MeasureKind, Unit};

/// One enterprise in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Respondent {
    /// The finest member it belongs to, one index per dimension of the cube.
    pub members: Vec<u32>,
    /// Enterprises of one group share this; anybody else has a number of its own.
    pub holding: u64,
    /// One value per additive measure, in the order of the measures given to [`tabulate`].
    pub values: Vec<f64>,
}

/// Adds the respondents up over all margins.
///
/// `measures` are the definitions of the cube's columns. The additive ones take the respondents'
/// values in order and have their contributors recorded; counts, ratios and unweighted quantiles
/// (of the first additive measure) are worked out here; anything else is left "not available".
pub fn tabulate(
    dataset: &str,
    dimensions: Vec<Dimension>,
    measures: Vec<Measure>,
    respondents: &[Respondent],
) -> Cube {
    let paths: Vec<Vec<Vec<u32>>> = dimensions.iter().map(paths_to_the_top).collect();
    let mut cells: BTreeMap<Vec<u32>, Vec<u32>> = BTreeMap::new();
    for (position, respondent) in respondents.iter().enumerate() {
        let mut keys: Vec<Vec<u32>> = vec![Vec::new()];
        for (path, &member) in paths.iter().zip(&respondent.members) {
            keys = keys
                .iter()
                .flat_map(|key| path[member as usize].iter().map(move |&m| [key.as_slice(), &[m]].concat()))
                .collect();
        }
        for key in keys {
            cells.entry(key).or_default().push(position as u32);
        }
    }

    let additive: Vec<&Measure> = measures.iter().filter(|m| m.kind == MeasureKind::Additive).collect();
    let mut contributions: Vec<Contributions> = additive
        .iter()
        .map(|measure| Contributions { measure: measure.code.clone(), ..Contributions::default() })
        .collect();
    let mut values = vec![Vec::with_capacity(cells.len()); measures.len()];
    for members in cells.values() {
        for (column, contribution) in contributions.iter_mut().enumerate() {
            record_contributors(contribution, members, respondents, column);
        }
        let row = cell_values(&measures, members, respondents);
        for (column, value) in values.iter_mut().zip(row) {
            column.push(value);
        }
    }

    let level_sets = all_level_sets(&dimensions);
    Cube {
        dataset: dataset.to_owned(),
        title: Text::new("Kubus uji sintetis", "Synthetic test cube"),
        dimensions,
        level_sets,
        keys: cells.into_keys().flatten().collect(),
        measures,
        values,
        contributions,
        provenance: Provenance {
            synthetic: true,
            source: Text::new("Data sintetis buatan testkit", "Synthetic data made by testkit"),
            licence: "CC0-1.0".into(),
            quantile_definition: "inverse-ecdf".into(),
            price_basis: Text::new("Harga berlaku", "Current prices"),
            ..Provenance::default()
        },
    }
}

/// For every member the member itself and all above it; a time has nothing above it.
fn paths_to_the_top(dimension: &Dimension) -> Vec<Vec<u32>> {
    (0..dimension.members.len() as u32)
        .map(|member| {
            std::iter::successors(Some(member), |&m| match dimension.role {
                DimensionRole::Time => None,
                DimensionRole::Hierarchy => dimension.members[m as usize].parent,
            })
            .collect()
        })
        .collect()
}

fn all_level_sets(dimensions: &[Dimension]) -> Vec<Vec<u8>> {
    dimensions.iter().fold(vec![Vec::new()], |sets, dimension| {
        let levels = 0..dimension.levels.len() as u8;
        sets.iter()
            .flat_map(|set| levels.clone().map(move |level| [set.as_slice(), &[level]].concat()))
            .collect()
    })
}

fn record_contributors(into: &mut Contributions, members: &[u32], all: &[Respondent], column: usize) {
    let mut parts: HashMap<u64, f64> = HashMap::new();
    for &member in members {
        let respondent = &all[member as usize];
        *parts.entry(respondent.holding).or_default() += respondent.values[column];
    }
    let mut parts: Vec<(u64, f64)> = parts.into_iter().collect();
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    into.holdings.push(parts.len() as u32);
    into.largest.push(parts.first().map_or(0.0, |part| part.1));
    into.second_largest.push(parts.get(1).map_or(0.0, |part| part.1));
    into.largest_holding.push(parts.first().map_or(0, |part| part.0));
}

fn cell_values(measures: &[Measure], members: &[u32], all: &[Respondent]) -> Vec<f64> {
    let mut next_column = 0..;
    let mut row: Vec<f64> = measures
        .iter()
        .map(|measure| match &measure.kind {
            MeasureKind::Count => members.len() as f64,
            MeasureKind::Additive => {
                let column = next_column.next().unwrap_or_default();
                members.iter().map(|&m| all[m as usize].values[column]).sum()
            }
            MeasureKind::Quantile { probability } => {
                let mut values: Vec<f64> = members.iter().map(|&m| all[m as usize].values[0]).collect();
                values.sort_by(f64::total_cmp);
                let rank = (probability * values.len() as f64).ceil().max(1.0) as usize;
                values[rank.min(values.len()) - 1]
            }
            _ => f64::NAN,
        })
        .collect();
    for (position, measure) in measures.iter().enumerate() {
        if let MeasureKind::Ratio { numerator, denominator } = &measure.kind {
            let value = |code: &str| measures.iter().position(|m| m.code == code).map(|column| row[column]);
            row[position] = match (value(numerator), value(denominator)) {
                (Some(above), Some(below)) if below != 0.0 => above / below,
                _ => f64::NAN,
            };
        }
    }
    row
}

/// The definition of a total of money.
pub fn additive(code: &str) -> Measure {
    let unit = Unit { code: "IDR".into(), multiplier: 3, label: Text::new("ribu rupiah", "thousand rupiah") };
    measure(code, unit, MeasureKind::Additive, format!("sum({code})"))
}

/// The definition of the number of enterprises.
pub fn count(code: &str) -> Measure {
    let unit = Unit { code: "ENT".into(), multiplier: 0, label: Text::new("perusahaan", "enterprises") };
    measure(code, unit, MeasureKind::Count, "n".into())
}

/// The definition of a ratio of two totals.
pub fn ratio(code: &str, numerator: &str, denominator: &str) -> Measure {
    let unit = Unit { code: "RT".into(), multiplier: 0, label: Text::new("rasio", "ratio") };
    let kind = MeasureKind::Ratio { numerator: numerator.into(), denominator: denominator.into() };
    measure(code, unit, kind, format!("sum({numerator})/sum({denominator})"))
}

/// The definition of a quantile of the first additive measure.
pub fn quantile(code: &str, probability: f64) -> Measure {
    let unit = Unit { code: "IDR".into(), multiplier: 3, label: Text::new("ribu rupiah", "thousand rupiah") };
    measure(code, unit, MeasureKind::Quantile { probability }, format!("quantile({probability})"))
}

fn measure(code: &str, unit: Unit, kind: MeasureKind, formula: String) -> Measure {
    Measure {
        code: code.into(),
        label: Text::same(code),
        unit,
        definition: Text::new("Ukuran uji", "A measure for tests"),
        formula,
        kind,
        decimals: 0,
        higher_is_better: None,
    }
}
