//! Weighted least squares, for estimators that need the inverse of X'WX as well.

use nalgebra::{DMatrix, DVector};

use super::least_squares::{self, Factored};
use crate::bench::MethodError;

/// A fit of `y` on the columns of `x` with weights.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    pub(crate) coefficients: DVector<f64>,
    /// The inverse of X'WX.
    pub(crate) inverse: DMatrix<f64>,
    /// Of every row, also of one with weight zero.
    pub(crate) residuals: DVector<f64>,
}

/// Least squares; `names` are those of the columns of `x`.
pub(crate) fn fit(
    x: &DMatrix<f64>,
    y: &DVector<f64>,
    weights: &[f64],
    names: &[String],
) -> Result<Fit, MethodError> {
    let scaled = DVector::from_fn(y.len(), |row, _| y[row] * weights[row].sqrt());
    let fit = least_squares::fit(&scale(x, weights), &scaled, names)?;
    let residuals = y - x * &fit.coefficients;
    Ok(Fit { coefficients: fit.coefficients, inverse: fit.gram_inverse, residuals })
}

/// The inverse of X'WX.
pub(crate) fn inverse(
    x: &DMatrix<f64>,
    weights: &[f64],
    names: &[String],
) -> Result<DMatrix<f64>, MethodError> {
    Ok(Factored::new(&scale(x, weights), names)?.gram_inverse())
}

fn scale(x: &DMatrix<f64>, weights: &[f64]) -> DMatrix<f64> {
    DMatrix::from_fn(x.nrows(), x.ncols(), |row, column| x[(row, column)] * weights[row].sqrt())
}

/// Columns as a matrix, a constant first if wanted, with the names of its columns.
pub(crate) fn matrix(columns: &[(&str, &[f64])], constant: bool, rows: usize) -> (DMatrix<f64>, Vec<String>) {
    let shift = usize::from(constant);
    let matrix = DMatrix::from_fn(rows, columns.len() + shift, |row, column| {
        if column < shift { 1.0 } else { columns[column - shift].1[row] }
    });
    let names = columns.iter().map(|(name, _)| (*name).to_owned());
    (matrix, constant.then(|| "(constant)".to_owned()).into_iter().chain(names).collect())
}
