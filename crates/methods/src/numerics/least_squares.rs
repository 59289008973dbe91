//! Least squares by Householder reflections, with a rank check that names the columns.

use nalgebra::{DMatrix, DVector};

use crate::bench::{MethodError, Saying};

/// A column is dependent on those before it when what remains of its length is below this share.
const DEPENDENT: f64 = 1e-10;

/// A matrix of regressors, factored once: `X = QR` on columns of unit length.
#[derive(Clone, Debug)]
pub struct Factored {
    /// Reflectors below the diagonal, R on and above it.
    reflected: DMatrix<f64>,
    diagonal: Vec<f64>,
    scale: Vec<f64>,
}

/// A fit with what standard errors need.
#[derive(Clone, Debug)]
pub struct Fit {
    pub coefficients: DVector<f64>,
    pub fitted: DVector<f64>,
    pub residuals: DVector<f64>,
    /// (X'X)⁻¹.
    pub gram_inverse: DMatrix<f64>,
    pub residual_sum_of_squares: f64,
}

/// Fits `y` on the columns of `x`; `names` are those of the columns.
pub fn fit(x: &DMatrix<f64>, y: &DVector<f64>, names: &[String]) -> Result<Fit, MethodError> {
    Factored::new(x, names)?.fit(x, y)
}

impl Factored {
    pub fn new(x: &DMatrix<f64>, names: &[String]) -> Result<Self, MethodError> {
        let (rows, columns) = x.shape();
        if rows < columns || columns == 0 {
            return Err(MethodError::TooFew {
                what: Saying::new("baris untuk regresi", "rows for the regression"),
                needed: columns.max(1),
                found: rows,
            });
        }
        let mut reflected = x.clone();
        let mut scale = Vec::with_capacity(columns);
        for mut column in reflected.column_iter_mut() {
            let largest = column.amax();
            let length = if largest > 0.0 { largest * (&column / largest).norm() } else { 0.0 };
            if !length.is_finite() {
                return Err(too_large());
            }
            if length > 0.0 {
                column.apply(|value| *value /= length);
            }
            scale.push(length);
        }
        let mut factored = Factored { reflected, diagonal: vec![0.0; columns], scale };
        for step in 0..columns {
            factored.reflect(step, names)?;
        }
        Ok(factored)
    }

    fn reflect(&mut self, step: usize, names: &[String]) -> Result<(), MethodError> {
        let (rows, columns) = self.reflected.shape();
        let length = self.reflected.view((step, step), (rows - step, 1)).norm();
        if length.is_nan() || length < DEPENDENT || self.scale[step] == 0.0 {
            return Err(self.dependent(step, names));
        }
        let head = self.reflected[(step, step)];
        let diagonal = if head > 0.0 { -length } else { length };
        self.diagonal[step] = diagonal;
        self.reflected[(step, step)] = head - diagonal;
        let norm = length * (length + head.abs());
        for other in step + 1..columns {
            let (reflector, mut target) = self.reflected.columns_range_pair_mut(step, other);
            let reflector = reflector.rows_range(step..);
            let mut target = target.rows_range_mut(step..);
            let share = reflector.dot(&target) / norm;
            target.axpy(-share, &reflector, 1.0);
        }
        Ok(())
    }

    /// Names the column and those before it that it is made of.
    fn dependent(&self, step: usize, names: &[String]) -> MethodError {
        let name = |at: usize| names.get(at).map_or_else(|| format!("#{}", at + 1), Clone::clone);
        let mut shares: Vec<f64> = (0..step).map(|row| self.reflected[(row, step)]).collect();
        self.back_substitute(&mut shares);
        let made_of = (0..step).filter(|at| shares[*at].abs() > 1e-7).map(name);
        let columns: Vec<String> = made_of.chain([name(step)]).collect();
        MethodError::Collinear { columns: columns.join(", ") }
    }

    /// Solves R b = `values` for the leading columns, in place.
    fn back_substitute(&self, values: &mut [f64]) {
        for row in (0..values.len()).rev() {
            let known: f64 =
                (row + 1..values.len()).map(|column| self.reflected[(row, column)] * values[column]).sum();
            values[row] = (values[row] - known) / self.diagonal[row];
        }
    }

    /// The coefficients that fit `y` best.
    pub fn solve(&self, y: &DVector<f64>) -> DVector<f64> {
        let columns = self.diagonal.len();
        let mut turned = y.clone();
        for step in 0..columns {
            let reflector = self.reflected.view((step, step), (self.reflected.nrows() - step, 1));
            let mut target = turned.rows_range_mut(step..);
            let norm = self.diagonal[step].abs() * reflector[0].abs();
            let share = reflector.dot(&target) / norm;
            target.axpy(-share, &reflector.column(0), 1.0);
        }
        let mut values: Vec<f64> = turned.iter().take(columns).copied().collect();
        self.back_substitute(&mut values);
        DVector::from_iterator(columns, values.iter().zip(&self.scale).map(|(value, scale)| value / scale))
    }

    /// (X'X)⁻¹.
    pub fn gram_inverse(&self) -> DMatrix<f64> {
        let columns = self.diagonal.len();
        let mut inverse = DMatrix::zeros(columns, columns);
        for column in 0..columns {
            let mut unit = vec![0.0; columns];
            unit[column] = 1.0;
            self.back_substitute(&mut unit);
            for (row, value) in unit.iter().enumerate() {
                inverse[(row, column)] = value / self.scale[row];
            }
        }
        &inverse * inverse.transpose()
    }

    /// Fits `y`; `x` is the matrix that was factored.
    pub fn fit(&self, x: &DMatrix<f64>, y: &DVector<f64>) -> Result<Fit, MethodError> {
        let coefficients = self.solve(y);
        let fitted = x * &coefficients;
        let residuals = y - &fitted;
        let residual_sum_of_squares = residuals.norm_squared();
        let gram_inverse = self.gram_inverse();
        let finite =
            residual_sum_of_squares.is_finite() && gram_inverse.iter().all(|value| value.is_finite());
        if !finite {
            return Err(too_large());
        }
        Ok(Fit { coefficients, fitted, residuals, gram_inverse, residual_sum_of_squares })
    }
}

/// Two-stage least squares: `x` is explained by the instruments `z` first. The residuals are those of `x`
/// itself; `gram_inverse` is that of the explained regressors, which are returned beside the fit.
pub fn two_stage(
    x: &DMatrix<f64>,
    z: &DMatrix<f64>,
    y: &DVector<f64>,
    names: [&[String]; 2],
) -> Result<(Fit, DMatrix<f64>), MethodError> {
    let first = Factored::new(z, names[1])?;
    let mut explained = DMatrix::zeros(x.nrows(), x.ncols());
    for (at, column) in x.column_iter().enumerate() {
        let column: DVector<f64> = column.into_owned();
        explained.set_column(at, &(z * first.solve(&column)));
    }
    let mut fit = fit(&explained, y, names[0])?;
    fit.fitted = x * &fit.coefficients;
    fit.residuals = y - &fit.fitted;
    fit.residual_sum_of_squares = fit.residuals.norm_squared();
    Ok((fit, explained))
}

/// A matrix from columns of equal length.
pub fn matrix(columns: &[&[f64]]) -> DMatrix<f64> {
    let rows = columns.first().map_or(0, |column| column.len());
    DMatrix::from_iterator(rows, columns.len(), columns.iter().flat_map(|column| column.iter().copied()))
}

/// What is said where floating point ends.
pub(crate) fn too_large() -> MethodError {
    MethodError::Impossible(Saying::new(
        "bilangan terlalu besar atau terlalu kecil untuk dihitung; ubah satuannya (misalnya juta rupiah) \
         atau periksa datanya",
        "the numbers are too large or too small to compute with; change their unit (say, millions) or check \
         the data",
    ))
}
