//! Coefficients with their covariance, and the table that shows them.

use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::bench::{Cell, Kind, MethodError, Model, Request, Table, Term};
use crate::numerics::normal::two_sided;

/// Which covariance stands behind the standard errors; the first is the default.
pub(super) const ERRORS: Kind = Kind::Choice(&["classical", "robust", "cluster"]);

/// Estimated coefficients.
#[derive(Clone, Debug)]
pub struct Estimates {
    pub names: Vec<String>,
    pub coefficients: DVector<f64>,
    /// `None` where none was asked for.
    pub covariance: Option<DMatrix<f64>>,
    /// Of Student's t; `None` for the normal.
    pub freedom: Option<usize>,
}

impl Estimates {
    /// Standard errors in the order of the coefficients.
    pub fn standard_errors(&self) -> Vec<Option<f64>> {
        let variance = |at: usize| self.covariance.as_ref().map(|covariance| covariance[(at, at)]);
        (0..self.names.len()).map(|at| variance(at).map(f64::sqrt)).collect()
    }

    /// Estimate, standard error, statistic and p-value of each term.
    pub fn table(&self) -> Table {
        let mut table = Table::new(
            "coefficients",
            ["Koefisien", "Coefficients"],
            &[
                ("term", "Suku", "Term"),
                ("estimate", "Taksiran", "Estimate"),
                ("standard_error", "Galat baku", "Standard error"),
                ("statistic", "Statistik", "Statistic"),
                ("p_value", "Nilai p", "p-value"),
            ],
        );
        for (at, error) in self.standard_errors().into_iter().enumerate() {
            let statistic = error.map(|error| self.coefficients[at] / error);
            table.push(vec![
                Cell::from(self.names[at].as_str()),
                Cell::from(self.coefficients[at]),
                Cell::from(error),
                Cell::from(statistic),
                Cell::from(statistic.map(|statistic| self.p_value(statistic))),
            ]);
        }
        table
    }

    fn p_value(&self, statistic: f64) -> f64 {
        let student = self.freedom.and_then(|freedom| StudentsT::new(0.0, 1.0, freedom as f64).ok());
        student.map_or_else(|| two_sided(statistic), |student| 2.0 * student.sf(statistic.abs()))
    }
}

/// A table of named figures.
pub(super) fn summary(rows: Vec<(&str, Cell)>) -> Table {
    let mut table = Table::new(
        "summary",
        ["Ringkasan", "Summary"],
        &[("figure", "Ukuran", "Figure"), ("value", "Nilai", "Value")],
    );
    for (name, cell) in rows {
        table.push(vec![Cell::from(name), cell]);
    }
    table
}

/// The complete rows of a model, in order.
pub(super) fn complete(
    request: &Request<'_>,
    model: &Model,
    also: &[&[f64]],
) -> Result<Vec<usize>, MethodError> {
    let terms = model.terms.iter().chain([&model.response]);
    let columns: Vec<&[f64]> = terms.map(|term| term.values.as_slice()).chain(also.iter().copied()).collect();
    request.complete(&columns)
}

/// The values of a term in `rows`.
pub(super) fn pick(term: &Term, rows: &[usize]) -> DVector<f64> {
    DVector::from_iterator(rows.len(), rows.iter().map(|row| term.values[*row]))
}

/// Regressors of a model in `rows`, with a constant in front if the model has one, and their names.
pub(super) fn regressors(model: &Model, rows: &[usize]) -> (DMatrix<f64>, Vec<String>) {
    let mut names: Vec<String> = model.terms.iter().map(|term| term.name.clone()).collect();
    let mut columns: Vec<DVector<f64>> = model.terms.iter().map(|term| pick(term, rows)).collect();
    if model.constant {
        names.insert(0, "(Intercept)".into());
        columns.insert(0, DVector::from_element(rows.len(), 1.0));
    }
    let matrix =
        if columns.is_empty() { DMatrix::zeros(rows.len(), 0) } else { DMatrix::from_columns(&columns) };
    (matrix, names)
}
