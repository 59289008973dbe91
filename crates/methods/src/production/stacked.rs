//! The two equations of Wooldridge (2009) stacked and weighted: the form that R's estprod estimates.

use nalgebra::{DMatrix, DVector};

use super::estimates::Estimates;
use super::proxy::{Data, standardised};
use crate::bench::MethodError;
use crate::numerics::least_squares::{Factored, matrix};
use crate::numerics::moments::{Moments, inverse};

/// Two-step GMM of output on inputs and interactions of state and proxy, of this year in the first equation
/// and of the year before in the second, with one coefficient per input. Each equation has its own constant;
/// free inputs are instrumented by themselves a year before in the second. Coefficients of free inputs, then
/// of state inputs.
pub fn estimate(data: &Data, degree: usize) -> Result<Estimates, MethodError> {
    let hidden: Vec<&[f64]> = data.state.iter().chain(&data.proxy).map(Vec::as_slice).collect();
    let terms = interactions(&hidden, degree);
    let pairs = data.pairs();
    let now = |column: &Vec<f64>| pairs.iter().map(|(row, _)| column[*row]).collect::<Vec<f64>>();
    let before = |column: &Vec<f64>| pairs.iter().map(|(_, row)| column[*row]).collect::<Vec<f64>>();
    let ones = vec![1.0; pairs.len()];
    let side = |free: Vec<Vec<f64>>, terms: Vec<Vec<f64>>| {
        let state: Vec<Vec<f64>> = data.state.iter().map(now).collect();
        let columns: Vec<Vec<f64>> =
            free.into_iter().chain(state).chain([ones.clone()]).chain(terms).collect();
        matrix(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    let free_now = || data.free.iter().map(now).collect::<Vec<_>>();
    let first = side(free_now(), terms.iter().map(now).collect());
    let second = side(free_now(), terms.iter().map(before).collect());
    let instruments = side(data.free.iter().map(before).collect(), terms.iter().map(before).collect());
    let y = DVector::from_vec(now(&data.y));
    let mut names = data.names.clone();
    names.push("(Intercept)".into());
    names.extend(super::proxy::numbered("interaction", terms.len()));
    // A regressor that depends on others is named here, equation by equation.
    let (z_one, z_two) = (Factored::new(&first, &names)?, Factored::new(&instruments, &names)?);
    stack([&first, &second], [&first, &instruments], &y, [&z_one, &z_two], data, &names)
}

fn stack(
    x: [&DMatrix<f64>; 2],
    z: [&DMatrix<f64>; 2],
    y: &DVector<f64>,
    factored: [&Factored; 2],
    data: &Data,
    names: &[String],
) -> Result<Estimates, MethodError> {
    let (inputs, width) = (data.names.len(), x[0].ncols());
    let (own, size) = (width - inputs, 2 * width - inputs);
    // Where column `at` of equation `equation` stands among the parameters.
    let place = |equation: usize, at: usize| if at < inputs { at } else { at + equation * own };
    let mut zx = DMatrix::zeros(2 * width, size);
    let mut zy = DVector::zeros(2 * width);
    let mut weights = DMatrix::zeros(2 * width, 2 * width);
    for equation in 0..2 {
        let cross = z[equation].tr_mul(x[equation]);
        for at in 0..width {
            zx.view_mut((equation * width, place(equation, at)), (width, 1)).copy_from(&cross.column(at));
        }
        zy.rows_mut(equation * width, width).copy_from(&z[equation].tr_mul(y));
        let block = factored[equation].gram_inverse();
        weights.view_mut((equation * width, equation * width), (width, width)).copy_from(&block);
    }
    let moments = Moments { zx, zy };
    let all: Vec<String> = names.iter().chain(&names[inputs..]).cloned().collect();
    let one = moments.solve(weights, &all)?;
    let mut each = DMatrix::zeros(y.len(), 2 * width);
    for equation in 0..2 {
        let own = DVector::from_fn(width, |at, _| one.coefficients[place(equation, at)]);
        let residuals = y - x[equation] * own;
        for at in 0..width {
            each.set_column(equation * width + at, &z[equation].column(at).component_mul(&residuals));
        }
    }
    for mut column in each.column_iter_mut() {
        let mean = column.mean();
        column.add_scalar_mut(-mean);
    }
    let (weights, _) = inverse(&each.tr_mul(&each))?;
    let two = moments.solve(weights, &all)?;
    Ok(Estimates {
        names: data.names.clone(),
        coefficients: two.coefficients.rows(0, inputs).into_owned(),
        covariance: Some(two.bread.view((0, 0), (inputs, inputs)).into_owned()),
        freedom: None,
    })
}

/// Products of orthogonal polynomials of the columns, of total degree two to `degree`.
fn interactions(columns: &[&[f64]], degree: usize) -> Vec<Vec<f64>> {
    let each: Vec<Vec<Vec<f64>>> =
        standardised(columns).iter().map(|column| orthogonal(column, degree)).collect();
    let mut found: Vec<(usize, Option<Vec<f64>>)> = vec![(0, None)];
    for powers in &each {
        let mut next = Vec::new();
        for (total, product) in &found {
            next.push((*total, product.clone()));
            for (power, values) in powers.iter().enumerate().take_while(|(power, _)| total + power < degree) {
                let product = match product {
                    None => values.clone(),
                    Some(product) => product.iter().zip(values).map(|(a, b)| a * b).collect(),
                };
                next.push((total + power + 1, Some(product)));
            }
        }
        found = next;
    }
    found.into_iter().filter(|(total, _)| *total >= 2).filter_map(|(_, product)| product).collect()
}

/// Polynomials of degree one to `degree` in a column, orthogonal to each other and to the constant.
fn orthogonal(column: &[f64], degree: usize) -> Vec<Vec<f64>> {
    let mut found: Vec<Vec<f64>> = vec![vec![1.0; column.len()]];
    for power in 1..=degree {
        let mut next: Vec<f64> = found[power - 1].iter().zip(column).map(|(a, b)| a * b).collect();
        // Twice, because one pass leaves rounding behind.
        for _ in 0..2 {
            for known in &found {
                let size: f64 = known.iter().map(|value| value * value).sum();
                let share =
                    next.iter().zip(known).map(|(a, b)| a * b).sum::<f64>() / size.max(f64::MIN_POSITIVE);
                next.iter_mut().zip(known).for_each(|(value, known)| *value -= share * known);
            }
        }
        found.push(next);
    }
    found.split_off(1)
}
