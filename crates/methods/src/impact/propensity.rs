//! The propensity score: the probability of being treated given what was known before, by logit.

use nalgebra::{DMatrix, DVector};

use super::comparison::{self, COVARIATES, TREATED};
use crate::bench::{Argument, Cell, Figures, Group, Method, MethodError, Request, Table};
use crate::numerics::weighted;

/// A logit fitted by maximum likelihood.
#[derive(Clone, Debug)]
pub struct Logit {
    pub coefficients: DVector<f64>,
    /// The inverse of the information matrix.
    pub covariance: DMatrix<f64>,
    pub probabilities: Vec<f64>,
    pub log_likelihood: f64,
}

const STEPS: usize = 60;

/// Newton's method; a treatment that the covariates foretell perfectly has no maximum, and that is said.
pub fn logit(
    treated: &[bool],
    x: &DMatrix<f64>,
    weights: &[f64],
    names: &[String],
) -> Result<Logit, MethodError> {
    let mut coefficients: DVector<f64> = DVector::zeros(x.ncols());
    let mut before = f64::NEG_INFINITY;
    for _ in 0..STEPS {
        // Row by row, so that units with the same covariates have the same score to the last digit.
        let index = DVector::from_fn(x.nrows(), |row, _| {
            (0..x.ncols()).map(|column| x[(row, column)] * coefficients[column]).sum::<f64>()
        });
        let probabilities: Vec<f64> = index.iter().map(|eta| 1.0 / (1.0 + (-eta).exp())).collect();
        let log_likelihood = log_likelihood(treated, &index, weights);
        let curvature: Vec<f64> =
            probabilities.iter().zip(weights).map(|(p, weight)| weight * p * (1.0 - p)).collect();
        let score = DVector::from_fn(index.len(), |row, _| {
            weights[row] * (f64::from(u8::from(treated[row])) - probabilities[row])
        });
        if !log_likelihood.is_finite() || index.amax() > 40.0 {
            return Err(separated());
        }
        let covariance = weighted::inverse(x, &curvature, names)?;
        if (log_likelihood - before).abs() <= 1e-14 * (1.0 + log_likelihood.abs()) {
            return Ok(Logit { coefficients, covariance, probabilities, log_likelihood });
        }
        before = log_likelihood;
        coefficients += &covariance * x.tr_mul(&score);
    }
    Err(separated())
}

fn log_likelihood(treated: &[bool], index: &DVector<f64>, weights: &[f64]) -> f64 {
    // ln(1 + e^-x) without overflow on either side.
    let surprise = |x: f64| if x > 0.0 { (-x).exp().ln_1p() } else { x.exp().ln_1p() - x };
    (0..treated.len())
        .map(|row| -weights[row] * surprise(if treated[row] { index[row] } else { -index[row] }))
        .sum()
}

fn separated() -> MethodError {
    MethodError::NoConvergence {
        iterations: STEPS,
        detail: "the covariates foretell the treatment perfectly; leave out the one that does".to_owned(),
    }
}

pub(crate) static METHOD: Method = Method {
    id: "propensity-score",
    group: Group::Impact,
    title: ["Skor kecenderungan", "Propensity score"],
    question: [
        "Seberapa besar peluang tiap usaha ikut program, menurut ciri sebelumnya?",
        "How likely was each enterprise to join the programme, given what was known before?",
    ],
    definition: ["Peluang logit dengan kemungkinan maksimum", "Probability by logit, maximum likelihood"],
    source: "Rosenbaum and Rubin (1983)",
    arguments: &[TREATED, COVARIATES, Argument::WEIGHT],
    example: "propensity-score --input docs/methods/data/programme.csv --treated treated \
              --covariates \"workers, log(sales_before)\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let data = comparison::Comparison::read(request, &[])?;
    let found = logit(&data.treated, &data.x, &data.weights, &data.names)?;
    let mut coefficients = Table::new(
        "coefficients",
        ["Koefisien", "Coefficients"],
        &[
            ("term", "Suku", "Term"),
            ("estimate", "Dugaan", "Estimate"),
            ("standard_error", "Galat baku", "Standard error"),
        ],
    );
    for (place, name) in data.names.iter().enumerate() {
        let error = found.covariance[(place, place)].sqrt();
        coefficients.push(vec![name.as_str().into(), found.coefficients[place].into(), error.into()]);
    }
    let mut scores = Table::new(
        "scores",
        ["Skor", "Scores"],
        &[("row", "Baris", "Row"), ("treated", "Ikut", "Treated"), ("score", "Skor", "Score")],
    );
    for (place, row) in data.rows.iter().enumerate() {
        let treated = Cell::from(usize::from(data.treated[place]));
        scores.push(vec![(row + 1).into(), treated, found.probabilities[place].into()]);
    }
    Ok(Figures::new(data.rows.len()).table(coefficients).table(scores).note(
        format!("log-kemungkinan {}", found.log_likelihood),
        format!("log-likelihood {}", found.log_likelihood),
    ))
}
