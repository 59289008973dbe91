//! Variances of coefficients: classical, robust to heteroscedasticity, robust to clusters.

use nalgebra::DMatrix;

use super::least_squares::Fit;
use crate::bench::{MethodError, Saying};

/// Classical: s² (X'X)⁻¹ with `freedom` residual degrees of freedom.
pub fn classical(fit: &Fit, freedom: usize) -> DMatrix<f64> {
    &fit.gram_inverse * (fit.residual_sum_of_squares / freedom as f64)
}

/// Robust to heteroscedasticity (White), times n / (n - k) (HC1).
pub fn robust(fit: &Fit, x: &DMatrix<f64>) -> DMatrix<f64> {
    let (rows, columns) = x.shape();
    let codes: Vec<u32> = (0..rows as u32).collect();
    let meat = scores(fit, x, &codes, rows);
    sandwich(fit, &meat) * (rows as f64 / (rows - columns) as f64)
}

/// Robust to correlation within clusters, times G / (G - 1) · (n - 1) / (n - k), as Stata does.
/// `parameters` is k, with the fixed effects that were swept out and are not nested in clusters.
pub fn clustered(
    fit: &Fit,
    x: &DMatrix<f64>,
    codes: &[u32],
    parameters: usize,
) -> Result<DMatrix<f64>, MethodError> {
    let mut seen: Vec<u32> = codes.to_vec();
    seen.sort_unstable();
    seen.dedup();
    let clusters = seen.len();
    if clusters < 2 {
        return Err(MethodError::TooFew {
            what: Saying::new("klaster", "clusters"),
            needed: 2,
            found: clusters,
        });
    }
    let largest = seen.last().map_or(0, |code| *code as usize + 1);
    let meat = scores(fit, x, codes, largest);
    let (rows, clusters) = (x.nrows() as f64, clusters as f64);
    let correction = clusters / (clusters - 1.0) * (rows - 1.0) / (rows - parameters as f64);
    Ok(sandwich(fit, &meat) * correction)
}

/// Σ over clusters of s s' with s = Σ x e.
fn scores(fit: &Fit, x: &DMatrix<f64>, codes: &[u32], clusters: usize) -> DMatrix<f64> {
    let columns = x.ncols();
    let mut sums: DMatrix<f64> = DMatrix::zeros(columns, clusters);
    for (row, code) in codes.iter().enumerate() {
        let residual = fit.residuals[row];
        for column in 0..columns {
            sums[(column, *code as usize)] += x[(row, column)] * residual;
        }
    }
    &sums * sums.transpose()
}

fn sandwich(fit: &Fit, meat: &DMatrix<f64>) -> DMatrix<f64> {
    &fit.gram_inverse * meat * &fit.gram_inverse
}

/// Square roots of the diagonal.
pub fn standard_errors(covariance: &DMatrix<f64>) -> Vec<f64> {
    covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
}
