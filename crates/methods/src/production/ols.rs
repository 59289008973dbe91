//! Ordinary and weighted least squares.

use nalgebra::{DMatrix, DVector};

use super::estimates::{ERRORS, Estimates, complete, pick, regressors, summary};
use crate::bench::{Argument, Cell, Figures, Group, Kind, MISSING, Method, MethodError, Request, Saying};
use crate::numerics::covariance::{classical, clustered, robust};
use crate::numerics::least_squares::{Fit, fit};

pub(crate) static METHOD: Method = Method {
    id: "ols",
    group: Group::ProductionFunction,
    title: ["Kuadrat terkecil", "Least squares"],
    question: [
        "Berapa persen keluaran berubah bila satu masukan bertambah satu persen?",
        "By how many percent does output change when one input grows by one percent?",
    ],
    definition: [
        "Kuadrat terkecil biasa; galat baku klasik; robust = HC1; klaster dengan koreksi G/(G-1)·(n-1)/(n-k)",
        "Ordinary least squares; classical standard errors; robust = HC1; clusters with G/(G-1)·(n-1)/(n-k)",
    ],
    source: "White (1980); Liang and Zeger (1986)",
    arguments: &[
        Argument::required(
            "model",
            Kind::Formula,
            ["model, misalnya log(y) ~ log(k) + log(l)", "model, such as log(y) ~ log(k) + log(l)"],
        ),
        Argument::WEIGHT,
        Argument::optional("errors", ERRORS, ["galat baku", "standard errors"]),
        Argument::optional("cluster", Kind::Column, ["kolom klaster", "column with the cluster"]),
    ],
    example: "ols --input docs/methods/data/workshops.csv --model \"log(output) ~ log(workers) + \
        log(machines)\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let model = request.formula("model")?;
    let weights = request.weights()?;
    let clusters = request.optional_categories("cluster")?;
    let mut rows = complete(request, &model, &[&weights])?;
    rows.retain(|row| {
        weights[*row] > 0.0 && clusters.as_ref().is_none_or(|clusters| clusters.codes[*row] != MISSING)
    });
    let (x, names) = regressors(&model, &rows);
    let y = pick(&model.response, &rows);
    let roots = DVector::from_iterator(rows.len(), rows.iter().map(|row| weights[*row].sqrt()));
    let (x, turned) = (scaled(&x, &roots), y.component_mul(&roots));
    let fit = fit(&x, &turned, &names)?;
    let freedom = freedom(rows.len(), names.len())?;
    let (covariance, of_t) = match request.choice("errors")? {
        "robust" => (robust(&fit, &x), freedom),
        "cluster" => {
            let Some(clusters) = clusters else {
                return Err(request.bad("errors", "cluster", "--cluster column"));
            };
            let codes: Vec<u32> = rows.iter().map(|row| clusters.codes[*row]).collect();
            let mut seen = codes.clone();
            seen.sort_unstable();
            seen.dedup();
            (clustered(&fit, &x, &codes, names.len())?, seen.len() - 1)
        }
        _ => (classical(&fit, freedom), freedom),
    };
    let squared = r_squared(&fit, &turned, &roots, model.constant);
    let estimates = Estimates {
        names,
        coefficients: fit.coefficients,
        covariance: Some(covariance),
        freedom: Some(of_t),
    };
    let variance = fit.residual_sum_of_squares / freedom as f64;
    Ok(Figures::new(rows.len()).table(estimates.table()).table(summary(vec![
        ("n", Cell::from(rows.len())),
        ("r_squared", Cell::from(squared)),
        ("residual_standard_error", Cell::from(variance.sqrt())),
        ("residual_degrees_of_freedom", Cell::from(freedom)),
    ])))
}

/// Residual degrees of freedom; an error if there are none.
pub(super) fn freedom(rows: usize, parameters: usize) -> Result<usize, MethodError> {
    if rows > parameters {
        return Ok(rows - parameters);
    }
    Err(MethodError::TooFew {
        what: Saying::new("baris untuk galat baku", "rows for standard errors"),
        needed: parameters + 1,
        found: rows,
    })
}

/// Rows times the roots of their weights.
fn scaled(x: &DMatrix<f64>, roots: &DVector<f64>) -> DMatrix<f64> {
    let mut x = x.clone();
    for mut column in x.column_iter_mut() {
        column.component_mul_assign(roots);
    }
    x
}

/// Share of the (weighted) variation explained; around the mean if the model has a constant.
fn r_squared(fit: &Fit, y: &DVector<f64>, roots: &DVector<f64>, constant: bool) -> f64 {
    let centre = if constant { y.dot(roots) / roots.norm_squared() } else { 0.0 };
    let total = (y - roots * centre).norm_squared();
    1.0 - fit.residual_sum_of_squares / total
}
