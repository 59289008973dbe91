//! Dynamic panels: this year depends on last year, and on what never changes about an enterprise.
//!
//! The fixed effect is differenced away; what differencing makes endogenous is instrumented by earlier levels
//! (Arellano and Bond, 1991), and levels, if asked, by earlier differences (Blundell and Bond, 1998).

use std::collections::HashMap;

use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::panel::Rows;
use crate::bench::{MethodError, Saying};
use crate::numerics::least_squares::too_large;
use crate::numerics::moments::{Moments, Weighted, inverse};
use crate::numerics::normal::two_sided;

/// How a regressor may be tied to the error of the equation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tie {
    /// Never: it instruments itself.
    Exogenous,
    /// To errors of the past: levels one period back and more.
    Predetermined,
    /// To the error of the same period: levels two periods back and more.
    Endogenous,
}

/// A regressor, in levels, in the order of the rows.
#[derive(Clone, Debug)]
pub struct Regressor {
    pub name: String,
    pub values: Vec<f64>,
    pub tie: Tie,
    /// True if its value of the period before enters as well.
    pub lagged: bool,
}

/// What is to be estimated.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    pub rows: &'a Rows,
    pub y: Vec<f64>,
    pub y_name: String,
    /// Lags of the response that enter.
    pub lags: usize,
    pub regressors: Vec<Regressor>,
    pub period_effects: bool,
    /// Levels instrumented by differences, beside differences instrumented by levels.
    pub system: bool,
    /// The deepest lag of a level that serves as instrument.
    pub deepest: usize,
    /// One instrument per lag instead of one per lag and period.
    pub collapse: bool,
}

/// A step of the estimation with its covariance.
#[derive(Clone, Debug)]
pub struct Step {
    pub coefficients: DVector<f64>,
    /// Robust; of step two with the correction of Windmeijer (2005).
    pub covariance: DMatrix<f64>,
    /// z of first and second order correlation of differenced residuals; `None` where there are too few
    /// periods.
    pub correlation: [Option<f64>; 2],
}

/// Both steps and what they rest on.
#[derive(Clone, Debug)]
pub struct Fitted {
    pub names: Vec<String>,
    pub one: Step,
    pub two: Step,
    pub instruments: usize,
    pub equations: usize,
    pub units: usize,
    /// Hansen's J of step two.
    pub hansen: f64,
    pub hansen_freedom: usize,
    /// True if the covariance of moments was singular.
    pub singular: bool,
}

impl Fitted {
    /// p-value of Hansen's J; `None` if the model is just identified.
    pub fn hansen_p_value(&self) -> Option<f64> {
        let chi = ChiSquared::new(self.hansen_freedom as f64).ok()?;
        Some(chi.sf(self.hansen))
    }

    /// p-value of a z.
    pub fn p_value(z: f64) -> f64 {
        two_sided(z)
    }
}

/// A moment: of which variable, in which period (none: all), at which lag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Instrument {
    Level { variable: usize, period: Option<usize>, lag: usize },
    Difference { variable: usize, period: Option<usize> },
    Itself { column: usize },
}

/// An equation: a row in differences or in levels.
struct Equation {
    unit: usize,
    row: usize,
    period: usize,
    level: bool,
    y: f64,
    x: Vec<f64>,
    z: Vec<(usize, f64)>,
}

struct Builder<'a> {
    model: &'a Model<'a>,
    names: Vec<String>,
    /// Regressors in levels per row, dummies among them; NaN where a lag is missing.
    levels: Vec<Vec<f64>>,
    exogenous: Vec<usize>,
    places: HashMap<Instrument, usize>,
}

/// The row `lag` periods earlier.
fn back(rows: &Rows, row: usize, lag: usize) -> Option<usize> {
    (0..lag).try_fold(row, |row, _| rows.previous[row])
}

impl<'a> Builder<'a> {
    fn new(model: &'a Model<'a>) -> Self {
        let mut builder = Builder {
            model,
            names: Vec::new(),
            levels: vec![Vec::new(); model.rows.len()],
            exogenous: Vec::new(),
            places: HashMap::new(),
        };
        let lagged =
            |values: &[f64], row, lag| back(model.rows, row, lag).map_or(f64::NAN, |row| values[row]);
        for lag in 1..=model.lags {
            builder.column(format!("{} (-{lag})", model.y_name), false, |row| lagged(&model.y, row, lag));
        }
        for regressor in &model.regressors {
            let exogenous = regressor.tie == Tie::Exogenous;
            builder.column(regressor.name.clone(), exogenous, |row| regressor.values[row]);
            if regressor.lagged {
                let name = format!("{} (-1)", regressor.name);
                builder.column(name, exogenous, |row| lagged(&regressor.values, row, 1));
            }
        }
        builder.dummies();
        builder
    }

    fn column(&mut self, name: String, exogenous: bool, value: impl Fn(usize) -> f64) {
        if exogenous {
            self.exogenous.push(self.names.len());
        }
        self.names.push(name);
        for (row, levels) in self.levels.iter_mut().enumerate() {
            levels.push(value(row));
        }
    }

    /// Periods in which an equation in levels can stand, but for the first; and a constant in the system.
    fn dummies(&mut self) {
        let rows = self.model.rows;
        let mut usable: Vec<usize> = (0..rows.len())
            .filter(|row| self.levels[*row].iter().all(|value| value.is_finite()))
            .map(|row| rows.period[row])
            .collect();
        usable.sort_unstable();
        usable.dedup();
        if self.model.period_effects {
            for period in usable.into_iter().skip(1) {
                let name = format!("period {}", period + 1);
                self.column(name, true, |row| f64::from(u8::from(rows.period[row] == period)));
            }
        }
        if self.model.system {
            self.column("(Intercept)".into(), true, |_| 1.0);
        }
    }

    fn place(&mut self, instrument: Instrument) -> usize {
        let next = self.places.len();
        *self.places.entry(instrument).or_insert(next)
    }

    /// The response is variable zero, then the regressors that are not exogenous.
    fn variables(&self) -> Vec<(usize, &'a [f64], usize)> {
        let mut variables = vec![(0, self.model.y.as_slice(), 2)];
        for (at, regressor) in self.model.regressors.iter().enumerate() {
            match regressor.tie {
                Tie::Exogenous => {}
                Tie::Predetermined => variables.push((at + 1, &regressor.values, 1)),
                Tie::Endogenous => variables.push((at + 1, &regressor.values, 2)),
            }
        }
        variables
    }

    fn equations(&mut self) -> Vec<Equation> {
        let rows = self.model.rows;
        let mut equations = Vec::new();
        for row in 0..rows.len() {
            if let Some(previous) = rows.previous[row] {
                let pairs = self.levels[row].iter().zip(&self.levels[previous]);
                let x: Vec<f64> = pairs.map(|(now, before)| now - before).collect();
                if x.iter().all(|value| value.is_finite()) {
                    let z = self.differenced(row, &x);
                    let y = self.model.y[row] - self.model.y[previous];
                    let (unit, period) = (rows.unit[row], rows.period[row]);
                    equations.push(Equation { unit, row, period, level: false, y, x, z });
                }
            }
            if self.model.system && self.levels[row].iter().all(|value| value.is_finite()) {
                let x = self.levels[row].clone();
                let z = self.in_levels(row, &x);
                let (unit, period) = (rows.unit[row], rows.period[row]);
                equations.push(Equation { unit, row, period, level: true, y: self.model.y[row], x, z });
            }
        }
        equations
    }

    /// Instruments of an equation in differences: earlier levels.
    fn differenced(&mut self, row: usize, x: &[f64]) -> Vec<(usize, f64)> {
        let rows = self.model.rows;
        let period = (!self.model.collapse).then_some(rows.period[row]);
        let mut found = Vec::new();
        for (variable, values, from) in self.variables() {
            for lag in from..=self.model.deepest {
                let Some(earlier) = back(rows, row, lag) else { break };
                found.push((self.place(Instrument::Level { variable, period, lag }), values[earlier]));
            }
        }
        self.themselves(x, &mut found);
        found
    }

    /// Instruments of an equation in levels: the latest difference that is not tied to its error.
    fn in_levels(&mut self, row: usize, x: &[f64]) -> Vec<(usize, f64)> {
        let rows = self.model.rows;
        let period = (!self.model.collapse).then_some(rows.period[row]);
        let mut found = Vec::new();
        for (variable, values, from) in self.variables() {
            if let (Some(now), Some(before)) = (back(rows, row, from - 1), back(rows, row, from)) {
                let place = self.place(Instrument::Difference { variable, period });
                found.push((place, values[now] - values[before]));
            }
        }
        self.themselves(x, &mut found);
        found
    }

    fn themselves(&mut self, x: &[f64], found: &mut Vec<(usize, f64)>) {
        for column in self.exogenous.clone() {
            found.push((self.place(Instrument::Itself { column }), x[column]));
        }
    }
}

/// Sums over units of Z'v for the columns v of a unit.
struct Units<'a> {
    equations: &'a [Equation],
    /// Ranges of equations of one unit.
    ranges: Vec<std::ops::Range<usize>>,
    instruments: usize,
}

impl Units<'_> {
    fn of(equations: &[Equation], instruments: usize) -> Units<'_> {
        let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
        for (at, equation) in equations.iter().enumerate() {
            match ranges.last_mut() {
                Some(range) if equations[range.start].unit == equation.unit => range.end = at + 1,
                _ => ranges.push(at..at + 1),
            }
        }
        Units { equations, ranges, instruments }
    }

    /// Z'v of a unit.
    fn moments(&self, range: &std::ops::Range<usize>, value: impl Fn(usize) -> f64) -> DVector<f64> {
        let mut sum = DVector::zeros(self.instruments);
        for at in range.clone() {
            let value = value(at);
            for (place, instrument) in &self.equations[at].z {
                sum[*place] += instrument * value;
            }
        }
        sum
    }

    fn total(&self, value: impl Fn(usize) -> f64) -> DVector<f64> {
        self.moments(&(0..self.equations.len()), value)
    }

    /// The covariance of moments if errors in levels were independent and alike.
    fn ideal(&self) -> DMatrix<f64> {
        // Each equation is a sum of level errors: +1 in its period, -1 in the period before if differenced.
        let shared = |a: &Equation, b: &Equation| {
            let parts = |equation: &Equation| {
                let earlier = if equation.level { None } else { equation.period.checked_sub(1) };
                [(Some(equation.period), 1.0), (earlier, -1.0)]
            };
            let (a, b) = (parts(a), parts(b));
            let pairs = a.iter().flat_map(|one| b.iter().map(move |other| (one, other)));
            pairs
                .filter(|(one, other)| one.0.is_some() && one.0 == other.0)
                .map(|(one, other)| one.1 * other.1)
                .sum::<f64>()
        };
        let mut sum = DMatrix::zeros(self.instruments, self.instruments);
        for range in &self.ranges {
            for a in range.clone() {
                for b in range.clone() {
                    let weight = shared(&self.equations[a], &self.equations[b]);
                    if weight != 0.0 {
                        for (row, left) in &self.equations[a].z {
                            for (column, right) in &self.equations[b].z {
                                sum[(*row, *column)] += weight * left * right;
                            }
                        }
                    }
                }
            }
        }
        sum
    }

    /// The covariance of moments as the residuals show it.
    fn observed(&self, residuals: &DVector<f64>) -> DMatrix<f64> {
        let mut sum = DMatrix::zeros(self.instruments, self.instruments);
        for range in &self.ranges {
            let moments = self.moments(range, |at| residuals[at]);
            sum.ger(1.0, &moments, &moments, 1.0);
        }
        sum
    }

    fn residuals(&self, coefficients: &DVector<f64>) -> DVector<f64> {
        let fitted =
            |equation: &Equation| equation.x.iter().zip(coefficients.iter()).map(|(x, b)| x * b).sum::<f64>();
        DVector::from_iterator(self.equations.len(), self.equations.iter().map(|one| one.y - fitted(one)))
    }

    /// z of the correlation of differenced residuals with those `lag` periods earlier (Arellano and Bond,
    /// 1991).
    fn correlation(
        &self,
        rows: &Rows,
        lag: usize,
        e: &DVector<f64>,
        step: &Weighted,
        covariance: &DMatrix<f64>,
    ) -> Option<f64> {
        let places: HashMap<usize, usize> = self
            .equations
            .iter()
            .enumerate()
            .filter(|(_, one)| !one.level)
            .map(|(at, one)| (one.row, at))
            .collect();
        let earlier: Vec<f64> = self
            .equations
            .iter()
            .map(|one| {
                let before = if one.level { None } else { back(rows, one.row, lag) };
                before.and_then(|row| places.get(&row)).map_or(0.0, |at| e[*at])
            })
            .collect();
        let size = covariance.nrows();
        let (mut sum, mut own, mut with_x) = (0.0, 0.0, DVector::zeros(size));
        let mut with_z = DVector::zeros(self.instruments);
        for range in &self.ranges {
            let product: f64 = range.clone().map(|at| earlier[at] * e[at]).sum();
            sum += product;
            own += product * product;
            with_z += self.moments(range, |at| e[at]) * product;
            for at in range.clone() {
                for (column, x) in self.equations[at].x.iter().enumerate() {
                    with_x[column] += earlier[at] * x;
                }
            }
        }
        let variance =
            own - 2.0 * with_x.dot(&(&step.projection * with_z)) + with_x.dot(&(covariance * &with_x));
        (own > 0.0 && variance > 0.0).then(|| sum / variance.sqrt())
    }
}

/// Estimates a model in both steps.
pub fn fit(model: &Model<'_>) -> Result<Fitted, MethodError> {
    let mut builder = Builder::new(model);
    let equations = builder.equations();
    let (names, instruments) = (builder.names.clone(), builder.places.len());
    let units = Units::of(&equations, instruments);
    let size = names.len();
    if units.ranges.len() < 2 || equations.len() <= size {
        return Err(MethodError::TooFew {
            what: Saying::new(
                "persamaan (unit dengan cukup periode berturut-turut)",
                "equations (units with enough periods in a row)",
            ),
            needed: size + 1,
            found: equations.len(),
        });
    }
    if instruments < size {
        return Err(MethodError::TooFew {
            what: Saying::new("instrumen", "instruments"),
            needed: size,
            found: instruments,
        });
    }
    let columns: Vec<DVector<f64>> =
        (0..size).map(|column| units.total(|at| equations[at].x[column])).collect();
    let moments = Moments { zx: DMatrix::from_columns(&columns), zy: units.total(|at| equations[at].y) };
    let (weights, singular_one) = inverse(&units.ideal())?;
    let one = moments.solve(weights, &names)?;
    let e_one = units.residuals(&one.coefficients);
    let observed = units.observed(&e_one);
    let robust = &one.projection * &observed * one.projection.transpose();
    let (weights, singular_two) = inverse(&observed)?;
    let two = moments.solve(weights, &names)?;
    let e_two = units.residuals(&two.coefficients);
    let g = units.total(|at| e_two[at]);
    let corrected = windmeijer(&units, &two, &robust, &e_one, &g);
    if !corrected.iter().all(|value| value.is_finite()) {
        return Err(too_large());
    }
    let step = |estimate: &Weighted, e: &DVector<f64>, covariance: DMatrix<f64>| Step {
        coefficients: estimate.coefficients.clone(),
        correlation: [1, 2].map(|lag| units.correlation(model.rows, lag, e, estimate, &covariance)),
        covariance,
    };
    Ok(Fitted {
        one: step(&one, &e_one, robust),
        hansen: g.dot(&(&two.weights * &g)),
        two: step(&two, &e_two, corrected),
        names,
        instruments,
        equations: equations.len(),
        units: units.ranges.len(),
        hansen_freedom: instruments - size,
        singular: singular_one || singular_two,
    })
}

/// The covariance of step two, corrected for the weights having been estimated (Windmeijer, 2005).
fn windmeijer(
    units: &Units<'_>,
    two: &Weighted,
    robust_one: &DMatrix<f64>,
    e_one: &DVector<f64>,
    g: &DVector<f64>,
) -> DMatrix<f64> {
    let size = two.coefficients.len();
    let weighted = &two.weights * g;
    let mut d = DMatrix::zeros(size, size);
    let own: Vec<DVector<f64>> =
        units.ranges.iter().map(|range| units.moments(range, |at| e_one[at])).collect();
    for column in 0..size {
        let mut change = DVector::zeros(units.instruments);
        for (range, own) in units.ranges.iter().zip(&own) {
            let x = units.moments(range, |at| units.equations[at].x[column]);
            let (by_own, by_x) = (own.dot(&weighted), x.dot(&weighted));
            change.axpy(by_own, &x, 1.0);
            change.axpy(by_x, own, 1.0);
        }
        d.set_column(column, &(&two.projection * change));
    }
    let v = &two.bread;
    v + &d * v + v * d.transpose() + &d * robust_one * d.transpose()
}
