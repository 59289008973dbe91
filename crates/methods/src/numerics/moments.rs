//! The generalised method of moments for equations that are linear in the parameters.

use nalgebra::{DMatrix, DVector};

use super::least_squares::too_large;
use crate::bench::MethodError;

/// Moments of a linear model: Z'X, Z'y and the covariance of parameters and weights that go with them.
#[derive(Clone, Debug)]
pub struct Moments {
    pub zx: DMatrix<f64>,
    pub zy: DVector<f64>,
}

/// An estimate for given weights.
#[derive(Clone, Debug)]
pub struct Weighted {
    pub coefficients: DVector<f64>,
    /// (X'Z W Z'X)⁻¹.
    pub bread: DMatrix<f64>,
    /// (X'Z W Z'X)⁻¹ X'Z W.
    pub projection: DMatrix<f64>,
    pub weights: DMatrix<f64>,
}

impl Moments {
    /// Minimises (Z'y - Z'X b)' W (Z'y - Z'X b).
    pub fn solve(&self, weights: DMatrix<f64>, names: &[String]) -> Result<Weighted, MethodError> {
        let cross = self.zx.tr_mul(&weights);
        let curvature = &cross * &self.zx;
        // Eigenvalues of what is not a number would be searched for without end.
        if !finite(&curvature) {
            return Err(too_large());
        }
        // Parameters may have very different sizes: the check is made on the scaled matrix.
        let scale = DVector::from_iterator(
            curvature.nrows(),
            curvature.diagonal().iter().map(|value| if *value > 0.0 { value.sqrt() } else { 1.0 }),
        );
        let outer = &scale * scale.transpose();
        let scaled = curvature.component_div(&outer);
        if !finite(&scaled) {
            return Err(too_large());
        }
        let eigen = scaled.clone().symmetric_eigen();
        let flat = eigen.eigenvalues.iter().copied().enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, least)) = flat
            && (least.is_nan() || least < 1e-12)
        {
            let direction = eigen.eigenvectors.column(at);
            let largest = direction.amax();
            let guilty = (0..names.len()).filter(|at| direction[*at].abs() > 0.1 * largest);
            let columns: Vec<&str> = guilty.map(|at| names[at].as_str()).collect();
            return Err(MethodError::Collinear { columns: columns.join(", ") });
        }
        let inverse =
            scaled.try_inverse().ok_or_else(|| MethodError::Collinear { columns: names.join(", ") })?;
        let bread = inverse.component_div(&outer);
        let projection = &bread * cross;
        let coefficients = &projection * &self.zy;
        Ok(Weighted { coefficients, bread, projection, weights })
    }
}

/// The inverse of a covariance of moments; true beside it if it was singular and a generalised inverse was
/// taken.
pub fn inverse(covariance: &DMatrix<f64>) -> Result<(DMatrix<f64>, bool), MethodError> {
    let scale = covariance.diagonal().map(|value| if value > 0.0 { value.sqrt() } else { 1.0 });
    let outer = &scale * scale.transpose();
    let scaled = covariance.component_div(&outer);
    if !finite(&scaled) {
        return Err(too_large());
    }
    let eigen = scaled.symmetric_eigen();
    let largest = eigen.eigenvalues.amax();
    let singular = eigen.eigenvalues.iter().any(|value| *value <= 1e-12 * largest);
    let inverted = eigen.eigenvalues.map(|value| if value <= 1e-12 * largest { 0.0 } else { 1.0 / value });
    let inverse = &eigen.eigenvectors * DMatrix::from_diagonal(&inverted) * eigen.eigenvectors.transpose();
    Ok((inverse.component_div(&outer), singular))
}

fn finite(matrix: &DMatrix<f64>) -> bool {
    matrix.iter().all(|value| value.is_finite())
}
