//! The standard normal distribution, to eleven digits, with tails that do not vanish.

use std::f64::consts::{PI, SQRT_2};

use statrs::function::erf::{erfc, erfc_inv};

/// ln of the density at `x`.
pub fn log_density(x: f64) -> f64 {
    -0.5 * (x * x + (2.0 * PI).ln())
}

/// P(Z <= x).
pub fn distribution(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}

/// ln P(Z <= x), with relative accuracy far into the left tail, where P itself is zero in floating point.
pub fn log_distribution(x: f64) -> f64 {
    if x > -10.0 { distribution(x).ln() } else { log_density(x) - (-x).ln() + tail_series(x).ln() }
}

/// density(x) / P(Z <= x): the inverse Mills ratio; about -x far to the left.
pub fn mills(x: f64) -> f64 {
    if x > -10.0 { log_density(x).exp() / distribution(x) } else { -x / tail_series(x) }
}

/// P(Z <= x) · (-x) / density(x) for x <= -10: the asymptotic series, whose ninth term is below 1e-14 there.
fn tail_series(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    let (mut term, mut sum) = (1.0, 1.0);
    for step in 1..=9 {
        term *= -f64::from(2 * step - 1) * square;
        sum += term;
    }
    sum
}

/// The value below which a standard normal falls with probability `p`.
pub fn quantile(p: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * p)
}

/// Two-sided p-value of a statistic that is standard normal.
pub fn two_sided(z: f64) -> f64 {
    erfc(z.abs() / SQRT_2)
}
