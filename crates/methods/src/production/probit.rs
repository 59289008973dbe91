//! The probit, for the chance that an enterprise leaves.

use nalgebra::{DMatrix, DVector};

use super::proxy::numbered;
use crate::bench::{MethodError, Saying};
use crate::numerics::least_squares;
use crate::numerics::normal::{distribution, log_density, log_distribution};

/// Fitted chances of ones in `outcome` given a constant and `columns`, by Fisher scoring.
pub fn fitted(columns: &[Vec<f64>], outcome: &[f64]) -> Result<Vec<f64>, MethodError> {
    let ones = outcome.iter().filter(|value| **value == 1.0).count();
    let zeros = outcome.iter().filter(|value| **value == 0.0).count();
    if ones + zeros != outcome.len() || ones == 0 || zeros == 0 {
        return Err(MethodError::Impossible(Saying::new(
            "kolom keluar harus berisi 0 dan 1, keduanya ada",
            "the exit column must hold 0 and 1, both of them",
        )));
    }
    let constant = vec![1.0; outcome.len()];
    let views: Vec<&[f64]> = std::iter::once(&constant).chain(columns).map(Vec::as_slice).collect();
    let x = least_squares::matrix(&views);
    let names = numbered("exit term", views.len());
    let mut coefficients = DVector::zeros(views.len());
    let mut likelihood = f64::NEG_INFINITY;
    for iterations in 0..100 {
        let index = &x * &coefficients;
        let terms = index.iter().zip(outcome);
        let next: f64 = terms.map(|(z, one)| log_distribution(if *one == 1.0 { *z } else { -z })).sum();
        if (next - likelihood).abs() <= 1e-12 * next.abs().max(1.0) {
            return Ok(index.iter().map(|z| distribution(*z)).collect());
        }
        if !next.is_finite() {
            return Err(MethodError::NoConvergence { iterations, detail: "probit".into() });
        }
        likelihood = next;
        // Weighted least squares of the working residual.
        let mut weighted: DMatrix<f64> = x.clone();
        let mut target = DVector::zeros(outcome.len());
        for (row, z) in index.iter().enumerate() {
            let chance = distribution(*z).clamp(1e-12, 1.0 - 1e-12);
            let density = log_density(*z).exp();
            let spread = (chance * (1.0 - chance)).sqrt();
            weighted.row_mut(row).apply(|value| *value *= density / spread);
            target[row] = (outcome[row] - chance) / spread;
        }
        coefficients += least_squares::Factored::new(&weighted, &names)?.solve(&target);
    }
    Err(MethodError::NoConvergence { iterations: 100, detail: "probit".into() })
}
