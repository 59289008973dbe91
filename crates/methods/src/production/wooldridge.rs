//! Wooldridge (2009): the control function in one step, as linear instrumental variables.

use nalgebra::{DMatrix, DVector};

use super::estimates::{Estimates, summary};
use super::proxy::{
    self, DEGREE, Data, FREE, OUTPUT, PERIOD, PRODUCTIVITY, PROXY, STATE, UNIT, numbered, products,
    standardised,
};
use super::stacked;
use super::two_stage::degree;
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request};
use crate::numerics::covariance::clustered;
use crate::numerics::least_squares::{Factored, matrix, two_stage};

/// Output on inputs and a polynomial of state and proxy of the year before; free inputs are instrumented by
/// themselves a year before. Coefficients of free inputs, then of state inputs; errors clustered by
/// enterprise; and the smallest F of the instruments.
pub fn estimate(data: &Data, degree: usize) -> Result<(Estimates, f64), MethodError> {
    let hidden: Vec<&[f64]> = data.state.iter().chain(&data.proxy).map(Vec::as_slice).collect();
    let polynomial = products(&standardised(&hidden), degree);
    let pairs = data.pairs();
    let now = |column: &Vec<f64>| pairs.iter().map(|(row, _)| column[*row]).collect::<Vec<f64>>();
    let before = |column: &Vec<f64>| pairs.iter().map(|(_, row)| column[*row]).collect::<Vec<f64>>();
    let mut rest = vec![vec![1.0; pairs.len()]];
    rest.extend(data.state.iter().map(now));
    rest.extend(polynomial.iter().map(before));
    let with = |free: Vec<Vec<f64>>| {
        let columns: Vec<&[f64]> = free.iter().chain(&rest).map(Vec::as_slice).collect();
        matrix(&columns)
    };
    let (x, z) = (with(data.free.iter().map(now).collect()), with(data.free.iter().map(before).collect()));
    let count = data.free.len();
    let mut names = data.names[..count].to_vec();
    names.push("(Intercept)".into());
    names.extend(data.names[count..].iter().cloned());
    names.extend(numbered("polynomial term", polynomial.len()));
    let y = DVector::from_vec(now(&data.y));
    let (fit, explained) = two_stage(&x, &z, &y, [&names, &names])?;
    let strength = strength(&x, &z, count, &names)?;
    let codes: Vec<u32> = pairs.iter().map(|(row, _)| data.unit[*row] as u32).collect();
    let covariance = clustered(&fit, &explained, &codes, names.len())?;
    let wanted: Vec<usize> = (0..count).chain(count + 1..count + 1 + data.state.len()).collect();
    let estimates = Estimates {
        names: data.names.clone(),
        coefficients: fit.coefficients.select_rows(&wanted),
        covariance: Some(covariance.select_rows(&wanted).select_columns(&wanted)),
        freedom: None,
    };
    Ok((estimates, strength))
}

/// The smallest F with which the first `count` columns of `z`, given the others, explain those of `x`.
fn strength(x: &DMatrix<f64>, z: &DMatrix<f64>, count: usize, names: &[String]) -> Result<f64, MethodError> {
    let (rows, columns) = z.shape();
    let rest = z.columns(count, columns - count).into_owned();
    let (all, rest_names) = (Factored::new(z, names)?, &names[count..]);
    let without = Factored::new(&rest, rest_names)?;
    let mut least = f64::INFINITY;
    for at in 0..count {
        let free: DVector<f64> = x.column(at).into_owned();
        let [short, long] = [&free - &rest * without.solve(&free), &free - z * all.solve(&free)];
        let (short, long) = (short.norm_squared(), long.norm_squared());
        least = least.min((short - long) / count as f64 / (long / (rows - columns) as f64));
    }
    Ok(least)
}

pub(crate) static METHOD: Method = Method {
    id: "wooldridge",
    group: Group::ProductionFunction,
    title: ["Wooldridge", "Wooldridge"],
    question: [
        "Berapa elastisitas masukan, dalam satu langkah dan dengan galat baku?",
        "What are the elasticities, in one step and with standard errors?",
    ],
    definition: [
        "Nilai tambah; y pada l, k dan polinomial derajat 3 dari (k, m) setahun sebelumnya; l \
         diinstrumenkan oleh l setahun sebelumnya; galat baku klaster perusahaan",
        "Value added; y on l, k and a polynomial of degree 3 in (k, m) of the year before; l instrumented \
         by l of the year before; errors clustered by enterprise",
    ],
    source: "Wooldridge (2009); Petrin and Levinsohn (2012)",
    arguments: &[
        OUTPUT,
        FREE,
        STATE,
        PROXY,
        UNIT,
        PERIOD,
        DEGREE,
        PRODUCTIVITY,
        Argument::optional(
            "form",
            Kind::Choice(&["single", "stacked"]),
            [
                "satu persamaan, atau dua persamaan ditumpuk (GMM dua langkah)",
                "one equation, or both equations stacked (two-step GMM)",
            ],
        ),
    ],
    example: "wooldridge --input docs/methods/data/firms.csv --unit firm --period year --output y --free l \
        --state k --proxy m",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (data, rows) = proxy::read(request, None)?;
    let degree = degree(request)?;
    let (mut estimates, strength) = estimate(&data, degree)?;
    if request.choice("form")? == "stacked" {
        if degree < 2 {
            return Err(request.bad("degree", "1", "2 … 5"));
        }
        estimates = stacked::estimate(&data, degree)?;
    }
    let found: Vec<f64> = estimates.coefficients.iter().copied().collect();
    let pairs = data.pairs().len();
    let mut figures = Figures::new(data.y.len()).table(estimates.table()).table(summary(vec![
        ("n", Cell::from(data.y.len())),
        ("rows_with_a_period_before", Cell::from(pairs)),
        ("units", Cell::from(rows.units)),
        ("sum_of_coefficients", Cell::from(found.iter().sum::<f64>())),
        ("first_stage_f", Cell::from(strength)),
    ]));
    if strength.is_nan() || strength < 10.0 {
        figures = figures.warn(
            format!("instrumen lemah (F = {strength:.1}): masukan bebas setahun sebelumnya hampir tidak menjelaskan masukan sekarang; taksiran tidak dapat dipercaya"),
            format!("weak instruments (F = {strength:.1}): free inputs of the year before hardly explain those of this year; do not trust the estimate"),
        );
    }
    if request.flag("productivity") {
        figures = figures.table(proxy::productivity(request, &data, &rows, &found)?);
    }
    Ok(figures)
}
