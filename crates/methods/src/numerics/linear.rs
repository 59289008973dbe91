//! Small dense linear systems.

use nalgebra::{DMatrix, DVector};

/// Below this share of the largest pivot a system counts as singular.
const SINGULAR: f64 = 1e-13;

/// Solves `matrix` x = `right`; `None` if the matrix is singular to working precision.
pub fn solve(matrix: DMatrix<f64>, right: &DVector<f64>) -> Option<DVector<f64>> {
    if matrix.nrows() == 0 {
        return Some(DVector::zeros(0));
    }
    let decomposed = matrix.full_piv_lu();
    let pivots = decomposed.u().diagonal().map(f64::abs);
    let (least, largest) = (pivots.min(), pivots.max());
    if least.is_nan() || least <= SINGULAR * largest {
        return None;
    }
    decomposed.solve(right)
}

#[cfg(test)]
mod tests {
    use super::solve;
    use nalgebra::{DMatrix, DVector};

    fn solved(matrix: [f64; 4], right: [f64; 2]) -> Option<DVector<f64>> {
        solve(DMatrix::from_row_slice(2, 2, &matrix), &DVector::from_row_slice(&right))
    }

    #[test]
    fn a_singular_system_is_refused() {
        let found = solved([2.0, 1.0, 1.0, 3.0], [3.0, 5.0]).unwrap();
        assert!((found - DVector::from_row_slice(&[0.8, 1.4])).amax() < 1e-15);
        assert!(solved([1.0, 2.0, 2.0, 4.0], [1.0, 2.0]).is_none());
        assert!(solved([f64::NAN, 2.0, 2.0, 4.0], [1.0, 2.0]).is_none());
    }
}
