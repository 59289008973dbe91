//! Stochastic frontiers: y = x'b + v - u, noise v on both sides and inefficiency u >= 0 on one.
//!
//! One likelihood serves all: u of a unit is normal with mean `mu`, cut at zero, times exp(-eta (t - T)).
//! With one row per unit and mu = 0 that is the half-normal model, with mu free the truncated one; with
//! several rows Battese and Coelli (1992); with one row per unit and mu = z'd Battese and Coelli (1995).

use std::cell::Cell;

use nalgebra::{DMatrix, DVector};

use crate::bench::{MethodError, Saying};
use crate::numerics::least_squares::{self, Fit};
use crate::numerics::normal::{log_distribution, mills};
use crate::numerics::optimise::{Minimum, bfgs, hessian, polish};

/// ln of the ratio of the two variances beyond which one of them has vanished.
const BORDER: f64 = 13.8;

/// What is to be fitted.
#[derive(Clone, Debug)]
pub struct Data {
    pub y: DVector<f64>,
    /// Regressors, the constant among them.
    pub x: DMatrix<f64>,
    pub names: Vec<String>,
    /// Regressors of the mean of u; no columns: the mean is zero.
    pub z: DMatrix<f64>,
    pub z_names: Vec<String>,
    /// Rows that share one draw of u.
    pub units: Vec<Vec<usize>>,
    /// t - T of each row, if inefficiency may grow or fade.
    pub periods: Option<Vec<f64>>,
    /// True if costs are explained: u adds to them.
    pub cost: bool,
}

/// A fitted frontier.
#[derive(Clone, Debug)]
pub struct Frontier {
    pub names: Vec<String>,
    /// Coefficients, then those of the mean of u, eta, sigma² and gamma.
    pub estimates: Vec<f64>,
    /// `None` where the likelihood is not curved downwards.
    pub standard_errors: Option<Vec<f64>>,
    pub log_likelihood: f64,
    /// Of the regression without inefficiency.
    pub log_likelihood_ols: f64,
    /// E(exp(-u) | residual) of each row.
    pub efficiencies: Vec<f64>,
    pub gradient: f64,
    pub iterations: usize,
    /// How many parameters the regression without inefficiency does not have.
    pub extra: usize,
}

/// Variances of noise and of inefficiency before it is cut.
#[derive(Clone, Copy)]
struct Variances {
    noise: f64,
    inefficiency: f64,
}

/// What of a unit enters its likelihood.
#[derive(Clone, Copy, Default)]
struct Sums {
    rows: f64,
    mean: f64,
    /// Sums of h², s h e and e², where h = exp(-eta (t - T)) and s the sign of inefficiency.
    h_squared: f64,
    h_residual: f64,
    residual_squared: f64,
    /// Derivatives of the first two by eta.
    h_squared_by_eta: f64,
    h_residual_by_eta: f64,
}

/// Derivatives of a unit's log-likelihood by what enters it.
struct Slopes {
    value: f64,
    mean: f64,
    h_residual: f64,
    h_squared: f64,
    residual_squared: f64,
    noise: f64,
    inefficiency: f64,
}

fn unit(sums: &Sums, variances: Variances) -> Slopes {
    let (a, b) = (variances.noise, variances.inefficiency);
    let (mu, h, r) = (sums.mean, sums.h_squared, sums.h_residual);
    let d = a + h * b;
    let q = a * b * d;
    let root = q.sqrt();
    let m = (mu * a - b * r) / root;
    let at_zero = mu / b.sqrt();
    let (slope, lost) = (mills(m) + m, mills(at_zero));
    let value = -0.5 * sums.rows * (2.0 * std::f64::consts::PI).ln()
        - 0.5 * (sums.rows - 1.0) * a.ln()
        - 0.5 * d.ln()
        - log_distribution(at_zero)
        + log_distribution(m)
        + 0.5 * (m * m - sums.residual_squared / a - mu * mu / b);
    let by_a = mu / root - 0.5 * m * (b * d + a * b) / q;
    let by_b = -r / root - 0.5 * m * (a * d + a * b * h) / q;
    Slopes {
        value,
        mean: -lost / b.sqrt() + slope * a / root - mu / b,
        h_residual: -slope * b / root,
        h_squared: -0.5 * b / d - slope * 0.5 * m * a * b * b / q,
        residual_squared: -0.5 / a,
        noise: -0.5 * (sums.rows - 1.0) / a - 0.5 / d + slope * by_a + 0.5 * sums.residual_squared / (a * a),
        inefficiency: -0.5 * h / d
            + 0.5 * lost * mu / (b * b.sqrt())
            + slope * by_b
            + 0.5 * mu * mu / (b * b),
    }
}

/// The likelihood of the data on coordinates in which the regressors are orthonormal.
struct Problem<'a> {
    data: &'a Data,
    x: DMatrix<f64>,
    sign: f64,
}

impl Problem<'_> {
    fn sums(&self, rows: &[usize], residuals: &DVector<f64>, mean: f64, eta: f64) -> Sums {
        let mut sums = Sums { rows: rows.len() as f64, mean, ..Sums::default() };
        for row in rows {
            let since = self.data.periods.as_ref().map_or(0.0, |periods| periods[*row]);
            let (h, residual) = ((-eta * since).exp(), residuals[*row]);
            sums.h_squared += h * h;
            sums.h_residual += self.sign * h * residual;
            sums.residual_squared += residual * residual;
            sums.h_squared_by_eta -= 2.0 * since * h * h;
            sums.h_residual_by_eta -= self.sign * since * h * residual;
        }
        sums
    }

    /// Minus the mean log-likelihood per row, and its gradient. Parameters: coefficients, those of the mean
    /// of u, eta if there are periods, ln of the variance of noise, ln of that of inefficiency.
    fn value(&self, parameters: &[f64], gradient: &mut [f64]) -> f64 {
        let data = self.data;
        let (k, l) = (self.x.ncols(), data.z.ncols());
        let with_eta = usize::from(data.periods.is_some());
        let eta = if with_eta == 1 { parameters[k + l] } else { 0.0 };
        let variances = Variances {
            noise: parameters[k + l + with_eta].exp(),
            inefficiency: parameters[k + l + with_eta + 1].exp(),
        };
        let coefficients = DVector::from_column_slice(&parameters[..k]);
        let residuals = &data.y - &self.x * coefficients;
        gradient.fill(0.0);
        let mut by_residual = DVector::zeros(residuals.len());
        let mut total = 0.0;
        for rows in &data.units {
            let mean = (0..l).map(|at| data.z[(rows[0], at)] * parameters[k + at]).sum();
            let sums = self.sums(rows, &residuals, mean, eta);
            let slopes = unit(&sums, variances);
            total += slopes.value;
            for at in 0..l {
                gradient[k + at] += slopes.mean * data.z[(rows[0], at)];
            }
            if with_eta == 1 {
                gradient[k + l] +=
                    slopes.h_squared * sums.h_squared_by_eta + slopes.h_residual * sums.h_residual_by_eta;
            }
            gradient[k + l + with_eta] += slopes.noise * variances.noise;
            gradient[k + l + with_eta + 1] += slopes.inefficiency * variances.inefficiency;
            for row in rows {
                let since = data.periods.as_ref().map_or(0.0, |periods| periods[*row]);
                by_residual[*row] = slopes.h_residual * self.sign * (-eta * since).exp()
                    + 2.0 * slopes.residual_squared * residuals[*row];
            }
        }
        let by_coefficient = self.x.tr_mul(&by_residual);
        gradient[..k].iter_mut().zip(by_coefficient.iter()).for_each(|(slot, slope)| *slot = -slope);
        let rows = residuals.len() as f64;
        gradient.iter_mut().for_each(|slope| *slope /= -rows);
        -total / rows
    }
}

/// Fits a frontier by maximum likelihood.
pub fn fit(data: &Data) -> Result<Frontier, MethodError> {
    let (rows, k) = data.x.shape();
    let needed = k + data.z.ncols() + 4;
    if rows < needed {
        return Err(MethodError::TooFew {
            what: Saying::new("baris untuk batas produksi", "rows for the frontier"),
            needed,
            found: rows,
        });
    }
    let ols = least_squares::fit(&data.x, &data.y, &data.names)?;
    if data.z.ncols() > 1 {
        least_squares::Factored::new(&data.z, &data.z_names)?;
    }
    let size = data.y.amax().max(f64::MIN_POSITIVE);
    let variance = ols.residual_sum_of_squares / rows as f64;
    if variance.sqrt() <= 1e-10 * size {
        return Err(MethodError::Impossible(Saying::new(
            "regresi cocok sempurna: tidak ada sisa untuk dibagi menjadi derau dan inefisiensi",
            "the regression fits perfectly: nothing is left to split into noise and inefficiency",
        )));
    }
    let sign = if data.cost { -1.0 } else { 1.0 };
    let skewness = sign * ols.residuals.iter().map(|residual| residual.powi(3)).sum::<f64>();
    if skewness >= 0.0 && data.z.ncols() == 0 && data.periods.is_none() && data.units.len() == rows {
        return Err(MethodError::Impossible(Saying::new(
            "sisa regresi menceng ke arah yang salah: data ini tidak menunjukkan inefisiensi \
             setengah-normal (Waldman, 1982)",
            "the residuals are skewed the wrong way: these data show no half-normal inefficiency (Waldman, \
             1982)",
        )));
    }
    // Coordinates in which the regressors are orthonormal: the search then sees a round valley.
    let turn = ols.gram_inverse.clone().cholesky().ok_or_else(|| not_definite(0))?.l() * (rows as f64).sqrt();
    let problem = Problem { data, x: &data.x * &turn, sign };
    let start = start(data, &problem, &ols, variance, &turn);
    let search = |point: &[f64], slopes: &mut [f64]| problem.value(point, slopes);
    let best = Cell::new((f64::INFINITY, f64::NAN));
    let watched = |point: &[f64], slopes: &mut [f64]| {
        let value = search(point, slopes);
        if value < best.get().0 {
            best.set((value, point[point.len() - 1] - point[point.len() - 2]));
        }
        value
    };
    let minimum = bfgs(watched, &start, 1e-6, 2000).map_err(|error| stuck(error, best.get().1))?;
    let minimum = polish(search, minimum);
    let curvature = hessian(search, &minimum.point) * rows as f64;
    Ok(report(&problem, &minimum, &curvature, &turn, variance))
}

/// At a border of gamma the likelihood has no top to converge to: that is the reason, and is said. `ratio`
/// is the logarithm of the variance of inefficiency over that of noise at the best point seen.
fn stuck(error: MethodError, ratio: f64) -> MethodError {
    if ratio > BORDER {
        return MethodError::Impossible(Saying::new(
            "gamma menuju 1: ragam derau menuju nol, batas produksi menyentuh unit terbaik dan likelihood tidak punya \
             puncak; data ini tidak memuat derau yang dapat dipisahkan: pakailah dea, atau periksa baris kembar dan \
             pencilan",
            "gamma goes to 1: the variance of noise goes to zero, the frontier touches the best units and the \
             likelihood has no top; these data hold no noise to set apart: use dea, or look for rows that repeat and \
             for outliers",
        ));
    }
    if ratio < -BORDER {
        return MethodError::Impossible(Saying::new(
            "gamma menuju 0: tidak ada inefisiensi yang dapat dibedakan dari derau; regresi biasa (ols) \
             cukup",
            "gamma goes to 0: no inefficiency can be told from noise; a plain regression (ols) will do",
        ));
    }
    error
}

/// The log-likelihood at given parameters, in the order of [`Frontier::estimates`].
pub fn log_likelihood(data: &Data, estimates: &[f64]) -> f64 {
    let sign = if data.cost { -1.0 } else { 1.0 };
    let problem = Problem { data, x: data.x.clone(), sign };
    let [shape @ .., total, gamma] = estimates else { return f64::NAN };
    let point: Vec<f64> =
        shape.iter().copied().chain([((1.0 - gamma) * total).ln(), (gamma * total).ln()]).collect();
    -problem.value(&point, &mut vec![0.0; point.len()]) * data.y.len() as f64
}

fn not_definite(iterations: usize) -> MethodError {
    MethodError::NoConvergence { iterations, detail: "X'X".into() }
}

/// The best point of a grid over gamma, as in FRONTIER 4.1: the constant moves by the mean of u.
fn start(data: &Data, problem: &Problem<'_>, ols: &Fit, variance: f64, turn: &DMatrix<f64>) -> Vec<f64> {
    let (k, l) = (data.x.ncols(), data.z.ncols());
    let back = turn.clone().try_inverse().unwrap_or_else(|| DMatrix::identity(k, k));
    let constant = data.x.column_iter().position(|column| column.iter().all(|value| *value == 1.0));
    let mut best = (f64::INFINITY, Vec::new());
    for step in 1..20 {
        let gamma = f64::from(step) / 20.0;
        let total = variance / (1.0 - 2.0 * gamma / std::f64::consts::PI);
        let mut coefficients = ols.coefficients.clone();
        if let Some(at) = constant {
            coefficients[at] += problem.sign * (2.0 * gamma * total / std::f64::consts::PI).sqrt();
        }
        let mut point: Vec<f64> = (&back * coefficients).iter().copied().collect();
        point.resize(k + l + usize::from(data.periods.is_some()), 0.0);
        point.push(((1.0 - gamma) * total).ln());
        point.push((gamma * total).ln());
        let value = problem.value(&point, &mut vec![0.0; point.len()]);
        if value < best.0 {
            best = (value, point);
        }
    }
    best.1
}

/// From the coordinates of the search to the parameters that are published.
fn report(
    problem: &Problem<'_>,
    minimum: &Minimum,
    curvature: &DMatrix<f64>,
    turn: &DMatrix<f64>,
    ols_variance: f64,
) -> Frontier {
    let data = problem.data;
    let (k, l, rows) = (data.x.ncols(), data.z.ncols(), data.y.len() as f64);
    let size = minimum.point.len();
    let (noise, inefficiency) = (minimum.point[size - 2].exp(), minimum.point[size - 1].exp());
    let (total, gamma) = (noise + inefficiency, inefficiency / (noise + inefficiency));
    let coefficients = turn * DVector::from_column_slice(&minimum.point[..k]);
    let mut estimates: Vec<f64> = coefficients.iter().copied().collect();
    estimates.extend(&minimum.point[k..size - 2]);
    estimates.extend([total, gamma]);
    let mut jacobian = DMatrix::identity(size, size);
    jacobian.view_mut((0, 0), (k, k)).copy_from(turn);
    let share = gamma * (1.0 - gamma);
    jacobian[(size - 2, size - 2)] = noise;
    jacobian[(size - 2, size - 1)] = inefficiency;
    jacobian[(size - 1, size - 2)] = -share;
    jacobian[(size - 1, size - 1)] = share;
    let standard_errors = curvature.clone().cholesky().map(|factor| {
        let covariance = &jacobian * factor.inverse() * jacobian.transpose();
        covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    });
    let mut names = data.names.clone();
    names.extend(data.z_names.iter().cloned());
    names.extend(data.periods.iter().map(|_| "eta".to_owned()));
    names.extend(["sigma_squared", "gamma"].map(str::to_owned));
    Frontier {
        names,
        estimates,
        standard_errors,
        log_likelihood: -minimum.value * rows,
        log_likelihood_ols: -0.5 * rows * ((2.0 * std::f64::consts::PI * ols_variance).ln() + 1.0),
        efficiencies: efficiencies(problem, &minimum.point),
        gradient: minimum.gradient,
        iterations: minimum.iterations,
        extra: 1 + l + usize::from(data.periods.is_some()),
    }
}

/// E(exp(-u) | residuals) (Battese and Coelli, 1988).
fn efficiencies(problem: &Problem<'_>, point: &[f64]) -> Vec<f64> {
    let data = problem.data;
    let (k, l, size) = (data.x.ncols(), data.z.ncols(), point.len());
    let eta = if data.periods.is_some() { point[k + l] } else { 0.0 };
    let (a, b) = (point[size - 2].exp(), point[size - 1].exp());
    let residuals = &data.y - &problem.x * DVector::from_column_slice(&point[..k]);
    let mut found = vec![f64::NAN; data.y.len()];
    for rows in &data.units {
        let mean = (0..l).map(|at| data.z[(rows[0], at)] * point[k + at]).sum();
        let sums = problem.sums(rows, &residuals, mean, eta);
        let d = a + sums.h_squared * b;
        let centre = (sums.mean * a - b * sums.h_residual) / d;
        let spread = (a * b / d).sqrt();
        for row in rows {
            let since = data.periods.as_ref().map_or(0.0, |periods| periods[*row]);
            let h = (-eta * since).exp();
            let shifted = log_distribution(centre / spread - h * spread);
            let log =
                shifted - log_distribution(centre / spread) - h * centre + 0.5 * h * h * spread * spread;
            found[*row] = log.exp();
        }
    }
    found
}
