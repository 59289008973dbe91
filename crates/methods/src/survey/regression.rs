//! Linear regression for the population, with the variance of the design.

use nalgebra::{DMatrix, DVector};

use super::design::Design;
use super::report::{Sample, t_quantile, with_sample};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::weighted;

/// Coefficients with the covariance of the design.
#[derive(Clone, Debug)]
pub struct Regression {
    pub names: Vec<String>,
    pub coefficients: Vec<f64>,
    pub covariance: DMatrix<f64>,
}

/// Weighted least squares; the scores w·e·x, through the inverse of X'WX, give the variance.
pub fn regress(
    response: &[f64],
    columns: &[(&str, &[f64])],
    constant: bool,
    design: &Design,
) -> Result<Regression, MethodError> {
    let rows = design.rows();
    let (x, names) = weighted::matrix(columns, constant, rows);
    let counted = design.weights.iter().filter(|weight| **weight > 0.0).count();
    if counted <= x.ncols() {
        let what = Saying::new("baris untuk regresi", "rows for the regression");
        return Err(MethodError::TooFew { what, needed: x.ncols() + 1, found: counted });
    }
    let (y, weights) = (DVector::from_row_slice(response), &design.weights);
    let fit = weighted::fit(&x, &y, weights, &names)?;
    let influence = &x * &fit.inverse;
    let scores: Vec<Vec<f64>> = (0..x.ncols())
        .map(|figure| {
            (0..rows).map(|row| weights[row] * fit.residuals[row] * influence[(row, figure)]).collect()
        })
        .collect();
    let covariance = design.covariance(&scores)?;
    Ok(Regression { names, coefficients: fit.coefficients.iter().copied().collect(), covariance })
}

pub(crate) static METHOD: Method = Method {
    id: "survey-regression",
    group: Group::Survey,
    title: ["Regresi survei", "Survey regression"],
    question: [
        "Bagaimana produktivitas berubah bersama ciri usaha, untuk seluruh populasi?",
        "How does productivity go with traits of enterprises, for the whole population?",
    ],
    definition: [
        "Kuadrat terkecil tertimbang; ragam dari skor per unit sampel tahap pertama",
        "Weighted least squares; variance from the scores of first-stage units",
    ],
    source: "Binder (1983); Lumley (2010), ch. 5",
    arguments: &with_sample::<1, 10>([Argument::required(
        "model",
        Kind::Formula,
        ["model: y ~ a + b", "the model: y ~ a + b"],
    )]),
    example: "survey-regression --input docs/methods/data/survey.csv \
              --model \"log(value_added) ~ log(workers)\" --weight weight --strata size --fpc frame",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let model = request.formula("model")?;
    if request.choice("variance")? != "taylor" || request.word("domain").is_some() {
        return Err(request.bad("variance", "domain", "--variance taylor, --by"));
    }
    let mut sample = Sample::read(request)?;
    let mut response = sample.pick(&model.response.values);
    let mut columns: Vec<(String, Vec<f64>)> =
        model.terms.iter().map(|term| (term.name.clone(), sample.pick(&term.values))).collect();
    // A row that lacks a value stays in the design with weight zero.
    let mut used = 0;
    for row in 0..response.len() {
        let whole = response[row].is_finite() && columns.iter().all(|(_, values)| values[row].is_finite());
        used += usize::from(whole);
        if !whole {
            sample.design.weights[row] = 0.0;
            response[row] = 0.0;
            columns.iter_mut().for_each(|(_, values)| values[row] = 0.0);
        }
    }
    let columns: Vec<(&str, &[f64])> =
        columns.iter().map(|(name, values)| (name.as_str(), values.as_slice())).collect();
    let found = regress(&response, &columns, model.constant, &sample.design)?;
    let degrees_of_freedom = (sample.design.degrees_of_freedom() + 1).saturating_sub(found.names.len());
    let mut table = Table::new(
        "coefficients",
        ["Koefisien", "Coefficients"],
        &[
            ("term", "Suku", "Term"),
            ("estimate", "Dugaan", "Estimate"),
            ("standard_error", "Galat baku", "Standard error"),
            ("t", "t", "t"),
            ("lower", "Batas bawah 95%", "Lower 95%"),
            ("upper", "Batas atas 95%", "Upper 95%"),
        ],
    );
    let t = t_quantile(0.975, degrees_of_freedom);
    for (place, name) in found.names.iter().enumerate() {
        let (value, error) = (found.coefficients[place], found.covariance[(place, place)].sqrt());
        table.push(vec![
            name.as_str().into(),
            value.into(),
            error.into(),
            if error > 0.0 { Cell::from(value / error) } else { Cell::from(f64::NAN) },
            (value - t * error).into(),
            (value + t * error).into(),
        ]);
    }
    Ok(Figures::new(used).table(table).note(
        format!("{degrees_of_freedom} derajat bebas (unit sampel − strata − regresor)"),
        format!("{degrees_of_freedom} degrees of freedom (sampled units − strata − regressors)"),
    ))
}
