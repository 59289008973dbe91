//! Sums that keep the digits which a plain loop loses, so that the order of rows does not show.

/// The sum of `values` with the rounding errors carried along (Neumaier).
pub fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut total, mut lost) = (0.0_f64, 0.0_f64);
    for value in values {
        let next = total + value;
        if total.abs() >= value.abs() {
            lost += (total - next) + value;
        } else {
            lost += (value - next) + total;
        }
        total = next;
    }
    // Where the sum is not finite, the errors are not numbers and must not hide it.
    if total.is_finite() { total + lost } else { total }
}

/// The mean of `values` with `weights`; NaN where the weights sum to zero.
pub fn mean(values: &[f64], weights: &[f64]) -> f64 {
    let total = sum(weights.iter().copied());
    sum(values.iter().zip(weights).map(|(value, weight)| value * weight)) / total
}

#[cfg(test)]
mod tests {
    use super::{mean, sum};

    #[test]
    fn what_a_plain_loop_loses_is_kept() {
        assert_eq!(sum([1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(sum([]), 0.0);
        assert_eq!(sum([f64::INFINITY, 1.0]), f64::INFINITY);
        assert_eq!(mean(&[1.0, 4.0], &[2.0, 1.0]), 2.0);
        assert!(mean(&[1.0], &[0.0]).is_nan());
    }
}
