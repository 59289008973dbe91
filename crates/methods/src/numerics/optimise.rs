//! Minimisers: BFGS with a Newton finish for smooth functions, Nelder–Mead for the others.
//!
//! Neither returns a point that it does not believe in: a search that stalls is an error that says where.

use nalgebra::{DMatrix, DVector};

use crate::bench::MethodError;

/// A minimum with the evidence for it.
#[derive(Clone, Debug)]
pub struct Minimum {
    pub point: Vec<f64>,
    pub value: f64,
    pub gradient: f64,
    pub iterations: usize,
}

/// Minimises `function`, which returns its value and writes its gradient, by BFGS from `start`. Converged
/// when no component of the gradient, times the size of its parameter, exceeds `tolerance` times the size of
/// the value.
pub fn bfgs(
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
    start: &[f64],
    tolerance: f64,
    steps_max: usize,
) -> Result<Minimum, MethodError> {
    let size = start.len();
    let mut point = DVector::from_column_slice(start);
    let mut gradient = DVector::zeros(size);
    let mut value = function(point.as_slice(), gradient.as_mut_slice());
    let mut inverse = DMatrix::identity(size, size) / gradient.norm().max(1.0);
    let mut restarted = false;
    for iterations in 0..steps_max {
        if !value.is_finite() {
            break;
        }
        let relative = relative_gradient(&point, &gradient, value);
        if relative <= tolerance {
            return Ok(Minimum { point: point.as_slice().to_vec(), value, gradient: relative, iterations });
        }
        let mut direction = -(&inverse * &gradient);
        if direction.dot(&gradient) >= 0.0 {
            inverse = DMatrix::identity(size, size) / gradient.norm().max(1.0);
            direction = -(&inverse * &gradient);
        }
        let Some(next) = line_search(&mut function, &point, value, &gradient, &direction) else {
            // Rounding errors hide further progress: good enough if the gradient is nearly flat.
            if relative <= tolerance.sqrt() * 1e-2 {
                return Ok(Minimum {
                    point: point.as_slice().to_vec(),
                    value,
                    gradient: relative,
                    iterations,
                });
            }
            if restarted {
                return Err(failed(iterations, relative));
            }
            restarted = true;
            inverse = DMatrix::identity(size, size) / gradient.norm().max(1.0);
            continue;
        };
        restarted = false;
        update(&mut inverse, &(&next.point - &point), &(&next.gradient - &gradient), iterations == 0);
        (point, value, gradient) = (next.point, next.value, next.gradient);
    }
    Err(failed(steps_max, relative_gradient(&point, &gradient, value)))
}

fn failed(iterations: usize, gradient: f64) -> MethodError {
    MethodError::NoConvergence { iterations, detail: format!("|gradient| = {gradient:.1e}") }
}

fn relative_gradient(point: &DVector<f64>, gradient: &DVector<f64>, value: f64) -> f64 {
    let terms = point.iter().zip(gradient.iter());
    terms.map(|(x, g)| g.abs() * x.abs().max(1.0) / value.abs().max(1.0)).fold(0.0, f64::max)
}

struct Place {
    point: DVector<f64>,
    value: f64,
    gradient: DVector<f64>,
}

/// A step that satisfies the weak Wolfe conditions, by bisection.
fn line_search(
    function: &mut impl FnMut(&[f64], &mut [f64]) -> f64,
    point: &DVector<f64>,
    value: f64,
    gradient: &DVector<f64>,
    direction: &DVector<f64>,
) -> Option<Place> {
    let slope = gradient.dot(direction);
    let (mut low, mut high, mut step) = (0.0, f64::INFINITY, 1.0);
    let mut best: Option<Place> = None;
    for _ in 0..60 {
        let mut place =
            Place { point: point + direction * step, value: 0.0, gradient: DVector::zeros(point.len()) };
        place.value = function(place.point.as_slice(), place.gradient.as_mut_slice());
        if !place.value.is_finite() || place.value > value + 1e-4 * step * slope {
            high = step;
        } else {
            let steep = place.gradient.dot(direction) < 0.9 * slope;
            best = Some(place);
            if !steep {
                return best;
            }
            low = step;
        }
        step = if high.is_finite() { (low + high) / 2.0 } else { low * 2.0 };
        if step < 1e-16 || high - low < 1e-14 * low {
            break;
        }
    }
    best
}

fn update(inverse: &mut DMatrix<f64>, step: &DVector<f64>, change: &DVector<f64>, first: bool) {
    let curvature = step.dot(change);
    if curvature <= 1e-300 || !curvature.is_finite() {
        return;
    }
    if first {
        *inverse = DMatrix::identity(step.len(), step.len()) * (curvature / change.norm_squared());
    }
    let turned = &*inverse * change;
    let factor = (1.0 + change.dot(&turned) / curvature) / curvature;
    *inverse += step * step.transpose() * factor;
    *inverse -= (&turned * step.transpose() + step * turned.transpose()) / curvature;
}

/// The matrix of second derivatives by central differences of the gradient.
pub fn hessian(mut function: impl FnMut(&[f64], &mut [f64]) -> f64, point: &[f64]) -> DMatrix<f64> {
    let size = point.len();
    let mut second = DMatrix::zeros(size, size);
    let (mut above, mut below) = (vec![0.0; size], vec![0.0; size]);
    for at in 0..size {
        let width = f64::EPSILON.cbrt() * point[at].abs().max(0.1);
        let mut moved = point.to_vec();
        moved[at] = point[at] + width;
        function(&moved, &mut above);
        moved[at] = point[at] - width;
        function(&moved, &mut below);
        for other in 0..size {
            second[(other, at)] = (above[other] - below[other]) / (2.0 * width);
        }
    }
    (&second + second.transpose()) / 2.0
}

/// Newton steps from a point near the minimum, as long as they help: the last digits that BFGS leaves.
pub fn polish(mut function: impl FnMut(&[f64], &mut [f64]) -> f64, mut minimum: Minimum) -> Minimum {
    let size = minimum.point.len();
    for _ in 0..5 {
        let mut gradient = DVector::zeros(size);
        function(&minimum.point, gradient.as_mut_slice());
        let Some(factor) = hessian(&mut function, &minimum.point).cholesky() else { break };
        let step = factor.solve(&gradient);
        let point: Vec<f64> = minimum.point.iter().zip(step.iter()).map(|(x, step)| x - step).collect();
        let mut next = DVector::zeros(size);
        let value = function(&point, next.as_mut_slice());
        let slack = 1e-13 * minimum.value.abs().max(1.0);
        if !value.is_finite() || value > minimum.value + slack || next.amax() >= gradient.amax() {
            break;
        }
        let relative = relative_gradient(&DVector::from_column_slice(&point), &next, value);
        minimum = Minimum { point, value, gradient: relative, iterations: minimum.iterations + 1 };
    }
    minimum
}

/// Minimises without derivatives (Nelder and Mead, 1965); `width` is the size of the first simplex.
pub fn nelder_mead(
    mut function: impl FnMut(&[f64]) -> f64,
    start: &[f64],
    width: f64,
    tolerance: f64,
    steps_max: usize,
) -> Result<Minimum, MethodError> {
    let size = start.len();
    let mut corners: Vec<(f64, Vec<f64>)> = (0..=size)
        .map(|at| {
            let mut corner = start.to_vec();
            if at > 0 {
                corner[at - 1] += width;
            }
            (function(&corner), corner)
        })
        .collect();
    for iterations in 0..steps_max {
        corners.sort_by(|a, b| a.0.total_cmp(&b.0));
        let spread = (corners[size].0 - corners[0].0).abs();
        let reach = (0..size)
            .map(|at| {
                corners.iter().map(|corner| (corner.1[at] - corners[0].1[at]).abs()).fold(0.0, f64::max)
            })
            .fold(0.0, f64::max);
        if spread <= tolerance * (corners[0].0.abs() + tolerance) && reach <= tolerance.sqrt() {
            let (value, point) = corners.swap_remove(0);
            return Ok(Minimum { point, value, gradient: f64::NAN, iterations });
        }
        let centre: Vec<f64> = (0..size)
            .map(|at| corners[..size].iter().map(|corner| corner.1[at]).sum::<f64>() / size as f64)
            .collect();
        let worst = corners[size].clone();
        let mut towards = |share: f64| {
            let point: Vec<f64> = centre.iter().zip(&worst.1).map(|(c, w)| c + share * (c - w)).collect();
            (function(&point), point)
        };
        let mirrored = towards(1.0);
        if mirrored.0 < corners[0].0 {
            let farther = towards(2.0);
            corners[size] = if farther.0 < mirrored.0 { farther } else { mirrored };
        } else if mirrored.0 < corners[size - 1].0 {
            corners[size] = mirrored;
        } else {
            let nearer = if mirrored.0 < worst.0 { towards(0.5) } else { towards(-0.5) };
            if nearer.0 < worst.0.min(mirrored.0) {
                corners[size] = nearer;
            } else {
                let best = corners[0].1.clone();
                for corner in &mut corners[1..] {
                    let point: Vec<f64> = corner.1.iter().zip(&best).map(|(x, b)| (x + b) / 2.0).collect();
                    *corner = (function(&point), point);
                }
            }
        }
    }
    Err(MethodError::NoConvergence { iterations: steps_max, detail: format!("f = {:e}", corners[0].0) })
}
