//! Treated and untreated units side by side: how they are read, and how alike they are.

use nalgebra::DMatrix;

use crate::bench::{Argument, Cell, Figures, Kind, MethodError, Request, Saying, Table};
use crate::numerics::weighted;

pub(crate) const TREATED: Argument =
    Argument::required("treated", Kind::Column, ["ikut program: 1, tidak: 0", "treated: 1, not: 0"]);
pub(crate) const COVARIATES: Argument = Argument::required(
    "covariates",
    Kind::Columns,
    ["ciri sebelum program", "what was known before the programme"],
);
pub(crate) const OPTIONAL_COVARIATES: Argument = Argument { required: false, ..COVARIATES };
pub(crate) const OPTIONAL_OUTCOME: Argument =
    Argument::optional("outcome", Kind::Column, ["hasil sesudah program", "the outcome after the programme"]);

/// Complete rows, with a constant as the first column of `x`.
pub(crate) struct Comparison {
    pub(crate) rows: Vec<usize>,
    pub(crate) treated: Vec<bool>,
    pub(crate) weights: Vec<f64>,
    pub(crate) x: DMatrix<f64>,
    pub(crate) names: Vec<String>,
}

impl Comparison {
    /// Reads treatment, weights and covariates; rows that lack one of them or one of `others` are left out.
    pub(crate) fn read(request: &Request<'_>, others: &[&[f64]]) -> Result<Self, MethodError> {
        let (treated, weights) = (request.numbers("treated")?, request.weights()?);
        let given = request.word("covariates").is_some();
        let covariates = if given { request.columns("covariates")? } else { Vec::new() };
        if let Some(row) =
            treated.iter().position(|value| value.is_finite() && *value != 0.0 && *value != 1.0)
        {
            return Err(MethodError::OutOfDomain {
                column: request.word("treated").unwrap_or_default().to_owned(),
                row: row + 1,
                value: treated[row],
                rule: Saying::new("tulislah 1 untuk ikut, 0 untuk tidak", "write 1 for treated, 0 for not"),
            });
        }
        let mut needed: Vec<&[f64]> = vec![&treated, &weights];
        needed.extend(covariates.iter().map(|term| term.values.as_slice()));
        needed.extend_from_slice(others);
        let mut rows = request.complete(&needed)?;
        rows.retain(|row| weights[*row] > 0.0);
        let pick = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
        let picked: Vec<(&str, Vec<f64>)> =
            covariates.iter().map(|term| (term.name.as_str(), pick(&term.values))).collect();
        let columns: Vec<(&str, &[f64])> =
            picked.iter().map(|(name, values)| (*name, values.as_slice())).collect();
        let (x, names) = weighted::matrix(&columns, true, rows.len());
        let treated: Vec<bool> = rows.iter().map(|row| treated[*row] == 1.0).collect();
        both_sides(&treated, x.ncols())?;
        let weights = pick(&weights);
        Ok(Comparison { rows, treated, weights, x, names })
    }

    pub(crate) fn pick(&self, values: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|row| values[*row]).collect()
    }

    /// A warning where the treated are too few to generalise from.
    pub(crate) fn caution(&self, figures: Figures) -> Figures {
        let count = self.treated.iter().filter(|treated| **treated).count();
        if count >= 10 {
            return figures;
        }
        figures.warn(
            format!("hanya {count} unit ikut program: galat baku tidak dapat dipercaya"),
            format!("only {count} treated units: the standard error cannot be relied on"),
        )
    }
}

/// Both groups must be there, the untreated in number above the covariates.
fn both_sides(treated: &[bool], columns: usize) -> Result<(), MethodError> {
    let count = treated.iter().filter(|treated| **treated).count();
    let too_few = |id: &str, en: &str, needed, found| {
        Err(MethodError::TooFew { what: Saying::new(id, en), needed, found })
    };
    if count < 1 {
        return too_few("unit yang ikut program", "treated units", 1, count);
    }
    let untreated = treated.len() - count;
    if untreated < columns + 1 {
        return too_few("unit pembanding", "untreated units", columns + 1, untreated);
    }
    Ok(())
}

/// How far treated and untreated stand apart in one covariate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balance {
    pub treated: f64,
    pub untreated: f64,
    /// The difference over the standard deviation of all treated.
    pub standardised: f64,
    pub variance_ratio: f64,
    /// The mean and the largest distance of the distribution functions.
    pub mean_distance: f64,
    pub largest_distance: f64,
}

/// Compares a covariate under weights; `scale` is the standard deviation of the treated before matching.
pub fn balance(values: &[f64], treated: &[bool], weights: &[f64], scale: f64) -> Balance {
    let side = |wanted: bool| {
        let rows = (0..values.len()).filter(move |row| treated[*row] == wanted);
        let size: f64 = rows.clone().map(|row| weights[row]).sum();
        let mean = rows.clone().map(|row| weights[row] * values[row]).sum::<f64>() / size;
        let squares: f64 = rows.clone().map(|row| weights[row].powi(2)).sum();
        let spread: f64 = rows.map(|row| weights[row] * (values[row] - mean).powi(2)).sum();
        (mean, spread * size / (size * size - squares), size)
    };
    let ((mean, variance, size), (other_mean, other_variance, other_size)) = (side(true), side(false));
    let mut rows: Vec<usize> = (0..values.len()).collect();
    rows.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let (mut gap, mut sum, mut largest, mut steps) = (0.0_f64, 0.0, 0.0_f64, 0.0);
    for same in rows.chunk_by(|a, b| values[*a] == values[*b]) {
        for row in same {
            gap += if treated[*row] { weights[*row] / size } else { -weights[*row] / other_size };
        }
        sum += gap.abs();
        largest = largest.max(gap.abs());
        steps += 1.0;
    }
    Balance {
        treated: mean,
        untreated: other_mean,
        standardised: (mean - other_mean) / scale,
        variance_ratio: variance / other_variance,
        mean_distance: sum / steps,
        largest_distance: largest,
    }
}

/// The standard deviation of the treated, by which differences are standardised before and after.
pub fn scale(values: &[f64], treated: &[bool]) -> f64 {
    let own: Vec<f64> = (0..values.len()).filter(|row| treated[*row]).map(|row| values[row]).collect();
    let mean = own.iter().sum::<f64>() / own.len() as f64;
    (own.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (own.len() as f64 - 1.0)).sqrt()
}

/// The table of balance before and after weights.
pub(crate) fn balance_table(data: &Comparison, score: Option<&[f64]>, after: &[f64]) -> Table {
    let mut table = Table::new(
        "balance",
        ["Keseimbangan", "Balance"],
        &[
            ("covariate", "Ciri", "Covariate"),
            ("sample", "Sampel", "Sample"),
            ("treated", "Rata-rata ikut", "Mean treated"),
            ("untreated", "Rata-rata pembanding", "Mean untreated"),
            ("standardised", "Selisih baku", "Standardised difference"),
            ("variance_ratio", "Rasio ragam", "Variance ratio"),
            ("mean_distance", "Jarak eCDF rata-rata", "Mean eCDF distance"),
            ("largest_distance", "Jarak eCDF terbesar", "Largest eCDF distance"),
        ],
    );
    let mut add = |name: &str, values: &[f64]| {
        let scale = scale(values, &data.treated);
        for (sample, weights) in [("before", data.weights.as_slice()), ("after", after)] {
            let found = balance(values, &data.treated, weights, scale);
            table.push(vec![
                name.into(),
                sample.into(),
                found.treated.into(),
                found.untreated.into(),
                found.standardised.into(),
                found.variance_ratio.into(),
                found.mean_distance.into(),
                Cell::from(found.largest_distance),
            ]);
        }
    };
    if let Some(score) = score {
        add("(score)", score);
    }
    for (place, name) in data.names.iter().enumerate().skip(1) {
        add(name, data.x.column(place).as_slice());
    }
    table
}

/// The weighted difference of means.
pub(crate) fn difference(values: &[f64], treated: &[bool], weights: &[f64]) -> f64 {
    let mean = |wanted: bool| {
        let rows = (0..values.len()).filter(|row| treated[*row] == wanted);
        let size: f64 = rows.clone().map(|row| weights[row]).sum();
        rows.map(|row| weights[row] * values[row]).sum::<f64>() / size
    };
    mean(true) - mean(false)
}
