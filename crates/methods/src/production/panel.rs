//! Panel regressions: what changes inside units, between them, or both.

use std::collections::HashMap;

use nalgebra::{DMatrix, DVector};

use super::estimates::{ERRORS, Estimates, complete, pick, regressors, summary};
use super::ols::freedom;
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying};
use crate::numerics::covariance::{classical, clustered, robust};
use crate::numerics::least_squares::{Fit, fit};
use crate::panel::Panel;

/// Rows of a panel, sorted by unit and period, with places of unit, period and previous row.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Rows of the file.
    pub file: Vec<usize>,
    pub unit: Vec<usize>,
    pub period: Vec<usize>,
    /// The row of the same unit one period earlier, as a place in these lists.
    pub previous: Vec<Option<usize>>,
    pub units: usize,
    pub periods: usize,
}

impl Rows {
    /// One period earlier is one less where periods are numbers, else the one before in order.
    pub fn of(panel: &Panel) -> Self {
        let numbers: Option<Vec<f64>> =
            panel.periods.iter().map(|period| period.trim().parse().ok()).collect();
        let before: Vec<Option<usize>> = (0..panel.periods.len())
            .map(|at| match &numbers {
                None => at.checked_sub(1),
                Some(numbers) => {
                    at.checked_sub(1).filter(|earlier| (numbers[at] - numbers[*earlier] - 1.0).abs() < 1e-9)
                }
            })
            .collect();
        let (units, periods) = (panel.units.len(), panel.periods.len());
        let mut rows = Rows {
            file: Vec::new(),
            unit: Vec::new(),
            period: Vec::new(),
            previous: Vec::new(),
            units,
            periods,
        };
        let mut places = vec![None; periods];
        for unit in 0..units {
            places.fill(None);
            for period in 0..periods {
                let Some(row) = panel.row(unit, period) else { continue };
                places[period] = Some(rows.file.len());
                rows.previous.push(before[period].and_then(|earlier| places[earlier]));
                rows.file.push(row);
                rows.unit.push(unit);
                rows.period.push(period);
            }
        }
        rows
    }

    pub fn len(&self) -> usize {
        self.file.len()
    }

    pub fn is_empty(&self) -> bool {
        self.file.is_empty()
    }
}

/// The regression that is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effects {
    /// Deviations from the means of units.
    Within,
    /// Deviations from the means of units and of periods.
    TwoWay,
    /// Changes from one period to the next.
    FirstDifference,
    /// Means of units.
    Between,
    /// Swamy and Arora (1972): part of the means taken out, as the variances say.
    Random,
}

/// A panel regression: the transformed data and the parameters that the transformation used up.
pub struct Transformed {
    pub x: DMatrix<f64>,
    pub y: DVector<f64>,
    pub names: Vec<String>,
    pub units: Vec<u32>,
    /// Means that were taken out.
    pub swept: usize,
    /// Share of the means taken out, of the first unit (random effects).
    pub theta: Option<f64>,
}

/// Means of `values` by group.
fn means(values: &[f64], groups: &[usize], count: usize) -> Vec<f64> {
    let (mut sums, mut sizes) = (vec![0.0; count], vec![0.0_f64; count]);
    for (value, group) in values.iter().zip(groups) {
        sums[*group] += value;
        sizes[*group] += 1.0;
    }
    sums.iter().zip(&sizes).map(|(sum, size)| sum / size.max(1.0)).collect()
}

fn subtract(values: &mut [f64], groups: &[usize], count: usize) -> f64 {
    let means = means(values, groups, count);
    for (value, group) in values.iter_mut().zip(groups) {
        *value -= means[*group];
    }
    means.iter().fold(0.0, |largest: f64, mean| largest.max(mean.abs()))
}

/// Takes out the means of units, and of periods if asked: in turns until nothing changes.
fn sweep(values: &mut [f64], rows: &Rows, both: bool) -> Result<(), MethodError> {
    let size = values.iter().fold(f64::MIN_POSITIVE, |size: f64, value| size.max(value.abs()));
    subtract(values, &rows.unit, rows.units);
    if !both {
        // A second pass takes out what rounding left of large means.
        subtract(values, &rows.unit, rows.units);
        return Ok(());
    }
    for _ in 0..10_000 {
        let moved =
            subtract(values, &rows.period, rows.periods).max(subtract(values, &rows.unit, rows.units));
        if moved <= 1e-14 * size {
            return Ok(());
        }
    }
    Err(MethodError::NoConvergence { iterations: 10_000, detail: "two-way means".into() })
}

/// Connected pieces of the graph of units and periods: each costs one mean less.
fn pieces(rows: &Rows) -> usize {
    let mut parent: Vec<usize> = (0..rows.units + rows.periods).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    for (unit, period) in rows.unit.iter().zip(&rows.period) {
        let (a, b) = (root(&mut parent, *unit), root(&mut parent, rows.units + period));
        parent[a] = b;
    }
    (0..parent.len()).filter(|at| parent[*at] == *at).count()
}

/// Deviations from means. A regressor that does not vary inside units is named.
pub fn within(
    x: &DMatrix<f64>,
    y: &DVector<f64>,
    names: &[String],
    rows: &Rows,
    both: bool,
) -> Result<Transformed, MethodError> {
    let (mut x, mut y) = (x.clone(), y.clone());
    sweep(y.as_mut_slice(), rows, both)?;
    for (at, mut column) in x.column_iter_mut().enumerate() {
        let size = column.norm();
        let mut values: Vec<f64> = column.iter().copied().collect();
        sweep(&mut values, rows, both)?;
        column.copy_from_slice(&values);
        if column.norm() <= 1e-9 * size {
            let fixed = if both { "unit or period means" } else { "unit means" };
            return Err(MethodError::Collinear { columns: format!("{}, {fixed}", names[at]) });
        }
    }
    let swept = if both { rows.units + rows.periods - pieces(rows) } else { rows.units };
    let units = rows.unit.iter().map(|unit| *unit as u32).collect();
    Ok(Transformed { x, y, names: names.to_vec(), units, swept, theta: None })
}

/// Changes since the period before; rows without one are left out.
pub fn differences(x: &DMatrix<f64>, y: &DVector<f64>, names: &[String], rows: &Rows) -> Transformed {
    let pairs: Vec<(usize, usize)> =
        rows.previous.iter().enumerate().filter_map(|(row, previous)| Some((row, (*previous)?))).collect();
    let change =
        |column: &[f64]| pairs.iter().map(|(row, previous)| column[*row] - column[*previous]).collect();
    let mut changes = DMatrix::zeros(pairs.len(), x.ncols());
    for (at, column) in x.column_iter().enumerate() {
        let values: Vec<f64> = change(column.as_slice());
        changes.column_mut(at).copy_from_slice(&values);
    }
    Transformed {
        x: changes,
        y: DVector::from_vec(change(y.as_slice())),
        names: names.to_vec(),
        units: pairs.iter().map(|(row, _)| rows.unit[*row] as u32).collect(),
        swept: 0,
        theta: None,
    }
}

/// Means of units, with a constant.
pub fn between(x: &DMatrix<f64>, y: &DVector<f64>, names: &[String], rows: &Rows) -> Transformed {
    let mut columns = vec![DVector::from_element(rows.units, 1.0)];
    columns.extend(
        x.column_iter().map(|column| DVector::from_vec(means(column.as_slice(), &rows.unit, rows.units))),
    );
    Transformed {
        x: DMatrix::from_columns(&columns),
        y: DVector::from_vec(means(y.as_slice(), &rows.unit, rows.units)),
        names: std::iter::once("(Intercept)".to_owned()).chain(names.iter().cloned()).collect(),
        units: (0..rows.units as u32).collect(),
        swept: 0,
        theta: None,
    }
}

/// Part of the means taken out (Swamy and Arora); with gaps the share differs by unit.
pub fn random(
    x: &DMatrix<f64>,
    y: &DVector<f64>,
    names: &[String],
    rows: &Rows,
) -> Result<Transformed, MethodError> {
    let inside = within(x, y, names, rows, false)?;
    let noise = fit(&inside.x, &inside.y, names)?.residual_sum_of_squares
        / freedom(rows.len(), rows.units + names.len())? as f64;
    let across = between(x, y, names, rows);
    let between = fit(&across.x, &across.y, &across.names)?.residual_sum_of_squares
        / freedom(rows.units, names.len() + 1)? as f64;
    let mut sizes = vec![0.0_f64; rows.units];
    rows.unit.iter().for_each(|unit| sizes[*unit] += 1.0);
    let harmonic = rows.units as f64 / sizes.iter().map(|size| 1.0 / size).sum::<f64>();
    let own = (between - noise / harmonic).max(0.0);
    let shares: Vec<f64> = sizes.iter().map(|size| 1.0 - (noise / (noise + size * own)).sqrt()).collect();
    let partial = |values: &[f64]| {
        let means = means(values, &rows.unit, rows.units);
        let left = |(value, unit): (&f64, &usize)| value - shares[*unit] * means[*unit];
        DVector::from_iterator(values.len(), values.iter().zip(&rows.unit).map(left))
    };
    let mut columns = vec![partial(&vec![1.0; rows.len()])];
    columns.extend(x.column_iter().map(|column| partial(column.as_slice())));
    Ok(Transformed {
        x: DMatrix::from_columns(&columns),
        y: partial(y.as_slice()),
        names: across.names,
        units: inside.units,
        swept: 0,
        theta: Some(shares[0]),
    })
}

pub(crate) static METHOD: Method = Method {
    id: "panel-regression",
    group: Group::ProductionFunction,
    title: ["Regresi panel", "Panel regression"],
    question: [
        "Apa yang berubah di dalam perusahaan yang sama dari tahun ke tahun?",
        "What changes inside the same enterprise from year to year?",
    ],
    definition: [
        "Efek tetap unit (within); galat baku klasik dengan n - N - k derajat bebas; klaster = unit; acak = \
         Swamy-Arora",
        "Unit fixed effects (within); classical standard errors with n - N - k degrees of freedom; clusters \
         = units; random = Swamy-Arora",
    ],
    source: "Baltagi (2013); Swamy and Arora (1972); Croissant and Millo (2008)",
    arguments: &[
        Argument::required(
            "model",
            Kind::Formula,
            ["model y ~ x | unit + periode", "model y ~ x | unit + period"],
        ),
        Argument::optional(
            "effects",
            Kind::Choice(&["within", "two-way", "first-difference", "between", "random"]),
            ["efek", "effects"],
        ),
        Argument::optional("errors", ERRORS, ["galat baku", "standard errors"]),
    ],
    example: "panel-regression --input docs/methods/data/workshop-years.csv --model \"log(output) ~ \
        log(workers) + log(machines) | workshop + year\"",
    run: figures,
};

/// A model `… | unit + period` and its rows in order.
pub(super) fn panel_model(
    request: &Request<'_>,
) -> Result<(DMatrix<f64>, DVector<f64>, Vec<String>, Rows, Panel), MethodError> {
    let mut model = request.formula("model")?;
    model.constant = false;
    let [(_, units), (_, periods)] = &model.groups[..] else {
        return Err(request.bad("model", request.word("model").unwrap_or_default(), "y ~ x | unit + period"));
    };
    let complete = complete(request, &model, &[])?;
    let panel = Panel::of(units, periods, &complete)?;
    let rows = Rows::of(&panel);
    let (x, names) = regressors(&model, &rows.file);
    Ok((x, pick(&model.response, &rows.file), names, rows, panel))
}

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (x, y, names, rows, _) = panel_model(request)?;
    let effects = match request.choice("effects")? {
        "two-way" => Effects::TwoWay,
        "first-difference" => Effects::FirstDifference,
        "between" => Effects::Between,
        "random" => Effects::Random,
        _ => Effects::Within,
    };
    let data = match effects {
        Effects::Within | Effects::TwoWay => within(&x, &y, &names, &rows, effects == Effects::TwoWay)?,
        Effects::FirstDifference => differences(&x, &y, &names, &rows),
        Effects::Between => between(&x, &y, &names, &rows),
        Effects::Random => random(&x, &y, &names, &rows)?,
    };
    if data.y.is_empty() {
        return Err(MethodError::TooFew {
            what: Saying::new("unit dengan dua periode berturut-turut", "units with two periods in a row"),
            needed: 1,
            found: 0,
        });
    }
    let fit = fit(&data.x, &data.y, &data.names)?;
    let freedom = freedom(data.y.len(), data.swept + data.names.len())?;
    let mut sizes: HashMap<u32, usize> = HashMap::new();
    data.units.iter().for_each(|unit| *sizes.entry(*unit).or_default() += 1);
    let (covariance, of_t) = match request.choice("errors")? {
        "robust" => {
            let scale = (data.y.len() - data.names.len()) as f64 / freedom as f64;
            (robust(&fit, &data.x) * scale, freedom)
        }
        // Unit means are nested in the clusters: they do not count as parameters.
        "cluster" => (clustered(&fit, &data.x, &data.units, data.names.len())?, sizes.len() - 1),
        _ => (classical(&fit, freedom), freedom),
    };
    let squared = explained(&fit, &data.y);
    let estimates = Estimates {
        names: data.names,
        coefficients: fit.coefficients,
        covariance: Some(covariance),
        freedom: Some(of_t),
    };
    let mut lines = vec![
        ("n", Cell::from(data.y.len())),
        ("units", Cell::from(rows.units)),
        ("periods", Cell::from(rows.periods)),
        ("r_squared", Cell::from(squared)),
        ("residual_degrees_of_freedom", Cell::from(freedom)),
    ];
    if let Some(theta) = data.theta {
        lines.push(("theta", Cell::from(theta)));
    }
    let mut figures = Figures::new(rows.len()).table(estimates.table()).table(summary(lines));
    let single = sizes.values().filter(|size| **size == 1).count();
    if matches!(effects, Effects::Within | Effects::TwoWay) && single > 0 {
        figures = figures.note(
            format!("{single} unit hanya punya satu periode dan tidak memberi keterangan"),
            format!("{single} units have one period only and say nothing"),
        );
    }
    Ok(figures)
}

fn explained(fit: &Fit, y: &DVector<f64>) -> f64 {
    let total = y.add_scalar(-y.mean()).norm_squared();
    1.0 - fit.residual_sum_of_squares / total
}
