//! Entropy balancing: weights of the untreated, as even as can be, that give the treated's means.

use nalgebra::{DMatrix, DVector};

use super::comparison::{COVARIATES, Comparison, OPTIONAL_OUTCOME, TREATED, balance_table, difference};
use super::precision;
use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Table};
use crate::numerics::{least_squares::Factored, linear};

const STEPS: usize = 200;

/// Weights of the rows: their own for the treated; for the untreated those nearest to their own, in the sense
/// of entropy, with the treated's weighted means of the columns (the first, a constant, makes the sums
/// equal).
pub fn balance(
    x: &DMatrix<f64>,
    treated: &[bool],
    weights: &[f64],
    names: &[String],
) -> Result<Vec<f64>, MethodError> {
    let untreated: Vec<usize> = (0..treated.len()).filter(|row| !treated[*row]).collect();
    let size: f64 = (0..treated.len()).filter(|row| treated[*row]).map(|row| weights[row]).sum();
    let mut wanted: DVector<f64> = DVector::zeros(x.ncols());
    for row in (0..treated.len()).filter(|row| treated[*row]) {
        wanted += x.row(row).transpose() * (weights[row] / size);
    }
    // Columns about the treated's mean and of unit spread, so that the means to hit are zero.
    let own = DMatrix::from_fn(untreated.len(), x.ncols(), |row, column| x[(untreated[row], column)]);
    Factored::new(&own, names)?;
    let z = DMatrix::from_fn(untreated.len(), x.ncols() - 1, |row, column| {
        own[(row, column + 1)] - wanted[column + 1]
    });
    let spread: Vec<f64> =
        z.column_iter().map(|column| column.norm() / (column.len() as f64).sqrt()).collect();
    let z = DMatrix::from_fn(z.nrows(), z.ncols(), |row, column| z[(row, column)] / spread[column]);
    let base: Vec<f64> = untreated.iter().map(|row| weights[*row]).collect();
    let shares = solve(&z, &base)?;
    let mut balanced = weights.to_vec();
    for (place, row) in untreated.iter().enumerate() {
        balanced[*row] = shares[place] * size;
    }
    Ok(balanced)
}

/// Newton on the dual, ln of the sum of base · exp(z'λ), with halved steps where it does not fall.
fn solve(z: &DMatrix<f64>, base: &[f64]) -> Result<Vec<f64>, MethodError> {
    let mut lambda: DVector<f64> = DVector::zeros(z.ncols());
    let mut now = dual(z, base, &lambda);
    for _ in 0..STEPS {
        let gradient = z.tr_mul(&DVector::from_row_slice(&now.1));
        if gradient.amax() <= 1e-12 {
            return Ok(now.1);
        }
        let root = DMatrix::from_fn(z.nrows(), z.ncols(), |row, column| z[(row, column)] * now.1[row].sqrt());
        let curvature = root.tr_mul(&root) - &gradient * gradient.transpose();
        let Some(step) = linear::solve(curvature, &gradient) else { break };
        let mut part = 1.0;
        let next = loop {
            let next = dual(z, base, &(&lambda - &step * part));
            if next.0 <= now.0 + 1e-15 * now.0.abs().max(1.0) || part < 1e-10 {
                break next;
            }
            part /= 2.0;
        };
        if part < 1e-10 {
            break;
        }
        lambda -= step * part;
        now = next;
    }
    Err(MethodError::NoConvergence {
        iterations: STEPS,
        detail:
            "no positive weights give these means: the treated lie outside the untreated in some covariate"
                .to_owned(),
    })
}

/// The dual and the shares that belong to it.
fn dual(z: &DMatrix<f64>, base: &[f64], lambda: &DVector<f64>) -> (f64, Vec<f64>) {
    let index = z * lambda;
    let most = index.max();
    let raised: Vec<f64> = index.iter().zip(base).map(|(index, base)| base * (index - most).exp()).collect();
    let sum: f64 = raised.iter().sum();
    (most + sum.ln(), raised.into_iter().map(|raised| raised / sum).collect())
}

pub(crate) static METHOD: Method = Method {
    id: "entropy-balance",
    group: Group::Impact,
    title: ["Penyeimbangan entropi", "Entropy balancing"],
    question: [
        "Bobot pembanding mana yang menyamakan rata-rata ciri dengan peserta?",
        "Which weights of the untreated give them the means of the treated?",
    ],
    definition: [
        "Bobot pembanding dengan jumlah w·ln(w/q) terkecil yang menyamakan rata-rata setiap ciri; galat baku dari \
         sisa regresi berbobot pembanding",
        "Weights of the untreated with the least sum of w·ln(w/q) that equate the mean of every covariate; standard \
         error from residuals of the weighted regression of the untreated",
    ],
    source: "Hainmueller (2012); Zhao and Percival (2017)",
    arguments: &[
        TREATED,
        COVARIATES,
        OPTIONAL_OUTCOME,
        Argument::optional("weights", Kind::Flag, ["tampilkan bobotnya", "show the weights"]),
        Argument::WEIGHT,
    ],
    example: "entropy-balance --input docs/methods/data/programme.csv --treated treated \
              --covariates \"workers, log(sales_before)\" --outcome \"sales_after - sales_before\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let outcome = request.optional_numbers("outcome")?;
    let others: Vec<&[f64]> = outcome.iter().map(Vec::as_slice).collect();
    let data = Comparison::read(request, &others)?;
    let weights = balance(&data.x, &data.treated, &data.weights, &data.names)?;
    let mut figures = Figures::new(data.rows.len());
    if let Some(outcome) = outcome {
        let control = (0..weights.len()).filter(|row| !data.treated[*row]).map(|row| weights[row]);
        let effective =
            control.clone().sum::<f64>().powi(2) / control.map(|weight| weight * weight).sum::<f64>();
        let mut table = Table::new(
            "effect",
            ["Dampak pada peserta", "Effect on the treated"],
            &[
                ("estimate", "Dugaan", "Estimate"),
                ("standard_error", "Galat baku", "Standard error"),
                ("effective", "Ukuran efektif pembanding", "Effective size of the untreated"),
            ],
        );
        let outcome = data.pick(&outcome);
        let error = precision::balanced(&outcome, &data.treated, &data.x, &weights, &data.names)?;
        let value = difference(&outcome, &data.treated, &weights);
        table.push(vec![value.into(), error.into(), effective.into()]);
        figures = figures.table(table);
    }
    figures = figures.table(balance_table(&data, None, &weights));
    if request.flag("weights") {
        let mut table = Table::new(
            "weights",
            ["Bobot", "Weights"],
            &[("row", "Baris", "Row"), ("weight", "Bobot", "Weight")],
        );
        for (place, row) in data.rows.iter().enumerate() {
            table.push(vec![(row + 1).into(), weights[place].into()]);
        }
        figures = figures.table(table);
    }
    Ok(data.caution(figures))
}
