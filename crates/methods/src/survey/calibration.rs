//! Calibration: weights as near as possible to those of the design that hit known totals of the population.

use nalgebra::DVector;

use super::design::Design;
use super::report::{Sample, with_sample};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::weighted;

/// What "near" means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// Squares: the general regression estimator; weights may become negative.
    Linear,
    /// Weights times exp: positive (raking).
    Raking,
}

/// Weights under which the totals of the columns are `totals`.
pub fn calibrate(
    weights: &[f64],
    columns: &[(&str, &[f64])],
    totals: &[f64],
    distance: Distance,
) -> Result<Vec<f64>, MethodError> {
    let (x, names) = weighted::matrix(columns, false, weights.len());
    let (wanted, mut lambda) = (DVector::from_row_slice(totals), DVector::zeros(totals.len()));
    let mut calibrated = weights.to_vec();
    let scale = |place: usize| totals[place].abs().max(x.column(place).abs().sum()).max(f64::MIN_POSITIVE);
    let mut worst = f64::INFINITY;
    for _ in 0..100 {
        let reached = x.tr_mul(&DVector::from_row_slice(&calibrated));
        let missed = &wanted - reached;
        worst = (0..totals.len()).map(|place| missed[place].abs() / scale(place)).fold(0.0, f64::max);
        if worst <= 1e-13 {
            break;
        }
        let slope = if distance == Distance::Linear { weights } else { &calibrated };
        lambda += weighted::inverse(&x, slope, &names)? * missed;
        let eta = &x * &lambda;
        for (row, calibrated) in calibrated.iter_mut().enumerate() {
            let factor = if distance == Distance::Linear { 1.0 + eta[row] } else { eta[row].exp() };
            *calibrated = weights[row] * factor;
        }
    }
    if worst <= 1e-9 && calibrated.iter().all(|weight| weight.is_finite()) {
        return Ok(calibrated);
    }
    Err(MethodError::NoConvergence {
        iterations: 100,
        detail: format!(
            "totals are missed by {worst:.2e} of their size; check that the totals can be reached"
        ),
    })
}

/// The influence of the rows on a calibrated total: residuals of the regression on the calibrated columns.
pub fn residuals(
    values: &[f64],
    columns: &[(&str, &[f64])],
    design: &Design,
) -> Result<Vec<f64>, MethodError> {
    let (x, names) = weighted::matrix(columns, false, values.len());
    let y = DVector::from_row_slice(values);
    Ok(weighted::fit(&x, &y, &design.weights, &names)?.residuals.iter().copied().collect())
}

pub(crate) static METHOD: Method = Method {
    id: "survey-calibrate",
    group: Group::Survey,
    title: ["Kalibrasi bobot", "Calibration"],
    question: [
        "Bobot mana yang cocok dengan total populasi yang diketahui?",
        "Which weights agree with known totals of the population?",
    ],
    definition: [
        "Bobot terdekat (jarak kuadrat: GREG; atau raking) dengan total yang sama; ragam total dari residual \
         regresi pada peubah kalibrasi",
        "The nearest weights (squared distance: GREG; or raking) with the same totals; variance of a total from \
         the residuals of the regression on the calibrated variables",
    ],
    source: "Deville and Särndal (1992)",
    arguments: &with_sample::<4, 13>([
        Argument::required(
            "auxiliary",
            Kind::Columns,
            [
                "peubah yang totalnya diketahui (1 = cacah unit)",
                "variables of which the total is known (1 = number of units)",
            ],
        ),
        Argument::required(
            "totals",
            Kind::Numbers(&[]),
            ["totalnya, dengan urutan yang sama", "their totals, in the same order"],
        ),
        Argument::optional("distance", Kind::Choice(&["linear", "raking"]), ["jarak", "the distance"]),
        Argument::optional(
            "value",
            Kind::Columns,
            ["peubah yang totalnya diduga", "variables of which the total is estimated"],
        ),
    ]),
    example: "survey-calibrate --input docs/methods/data/survey.csv --auxiliary \"1, workers\" \
              --totals \"300, 7700\" --weight weight --strata size --fpc frame --value value_added",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (auxiliary, totals) = (request.columns("auxiliary")?, request.several("totals")?);
    if auxiliary.len() != totals.len() {
        let expected = format!("{} ({})", auxiliary.len(), request.word("auxiliary").unwrap_or_default());
        return Err(request.bad("totals", &totals.len().to_string(), &expected));
    }
    let mut sample = Sample::read(request)?;
    let columns: Vec<(String, Vec<f64>)> =
        auxiliary.iter().map(|term| (term.name.clone(), sample.pick(&term.values))).collect();
    let columns: Vec<(&str, &[f64])> =
        columns.iter().map(|(name, values)| (name.as_str(), values.as_slice())).collect();
    if let Some((name, _)) = columns.iter().find(|(_, values)| values.iter().any(|value| !value.is_finite()))
    {
        return Err(MethodError::Impossible(Saying::new(
            format!("`{name}` kosong pada beberapa baris; kalibrasi memerlukan nilainya pada semua baris"),
            format!("`{name}` is missing in some rows; calibration needs it in all of them"),
        )));
    }
    let distance = if request.choice("distance")? == "raking" { Distance::Raking } else { Distance::Linear };
    let weights = calibrate(&sample.design.weights, &columns, &totals, distance)?;
    let mut table = Table::new(
        "weights",
        ["Bobot terkalibrasi", "Calibrated weights"],
        &[
            ("row", "Baris", "Row"),
            ("weight", "Bobot desain", "Design weight"),
            ("calibrated", "Bobot terkalibrasi", "Calibrated weight"),
        ],
    );
    for (place, row) in sample.rows.iter().enumerate() {
        table.push(vec![(row + 1).into(), sample.design.weights[place].into(), weights[place].into()]);
    }
    let mut estimates = Table::new(
        "totals",
        ["Total terkalibrasi", "Calibrated totals"],
        &[
            ("variable", "Peubah", "Variable"),
            ("estimate", "Dugaan", "Estimate"),
            ("standard_error", "Galat baku", "Standard error"),
        ],
    );
    let wanted = if request.word("value").is_some() { request.columns("value")? } else { Vec::new() };
    let mut figures = Figures::new(sample.rows.len());
    let negative = weights.iter().filter(|weight| **weight < 0.0).count();
    let given = std::mem::replace(&mut sample.design.weights, weights);
    for term in wanted {
        let values = sample.pick(&term.values);
        let total: f64 =
            values.iter().zip(&sample.design.weights).map(|(value, weight)| value * weight).sum();
        let design = Design { weights: given.clone(), ..sample.design.clone() };
        let left = residuals(&values, &columns, &design)?;
        let scores = left.iter().zip(&sample.design.weights).map(|(left, weight)| left * weight).collect();
        estimates.push(vec![term.name.into(), Cell::from(total), design.standard_error(scores)?.into()]);
    }
    if !estimates.rows.is_empty() {
        figures = figures.table(estimates);
    }
    if negative > 0 {
        figures = figures.warn(
            format!("{negative} bobot menjadi negatif; pertimbangkan --distance raking"),
            format!("{negative} weights became negative; consider --distance raking"),
        );
    }
    Ok(figures.table(table))
}
