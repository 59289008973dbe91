//! Weights as whole numbers, so that "the cumulative weight reaches p" is decided exactly.
//!
//! Survey weights are nearly always decimals with few digits. They are counted in units of
//! 10^-d, with the smallest d up to 6 for which every weight is whole; then the comparison of the
//! cumulative weight with p times the total is exact. Weights with more digits are rounded to
//! binary fractions as fine as 62 bits allow, and a threshold counts as reached when it is missed
//! by no more than 1e-10 of the total weight (`TOLERANCE`).

/// The relative tolerance for weights that are not decimals of at most six digits.
const TOLERANCE: f64 = 1e-10;

/// How the weights of a partition become whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WeightScale {
    factor: f64,
    exact: bool,
    /// The largest weight, in units.
    pub largest: u64,
}

/// What must be known of all weights before a scale can be chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WeightRange {
    decimals: u32,
    largest: f64,
    count: u64,
}

impl Default for WeightRange {
    fn default() -> Self {
        WeightRange { decimals: 0, largest: 0.0, count: 0 }
    }
}

const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
/// More than six decimals.
const BINARY: u32 = 7;

impl WeightRange {
    pub(crate) fn see(&mut self, weights: &[f64]) {
        self.count += weights.len() as u64;
        for &weight in weights {
            self.largest = self.largest.max(weight);
            while self.decimals < BINARY && !is_whole(weight * POWERS[self.decimals as usize]) {
                self.decimals += 1;
            }
        }
    }

    pub(crate) fn scale(&self) -> WeightScale {
        let bound = self.largest.max(1e-300) * self.count.max(1) as f64;
        if self.decimals < BINARY && bound * POWERS[self.decimals as usize] < 4e18 {
            let factor = POWERS[self.decimals as usize];
            let largest = (self.largest * factor).round() as u64;
            return WeightScale { factor, exact: true, largest };
        }
        let factor = (61.0 - bound.log2().ceil()).clamp(-900.0, 900.0).exp2();
        WeightScale { factor, exact: false, largest: (self.largest * factor).round() as u64 }
    }
}

/// A product such as 16.1234 * 10^4 may miss the whole number by a rounding error.
#[inline(always)]
fn is_whole(scaled: f64) -> bool {
    let nearest = (scaled as i64) as f64;
    let miss = (scaled - nearest).abs();
    let allowed = scaled.abs() * 4e-16;
    miss <= allowed || (1.0 - miss).abs() <= allowed
}

impl WeightScale {
    /// The weight in units. Rounded half up; weights are never negative.
    #[inline(always)]
    pub(crate) fn units(&self, weight: f64) -> u64 {
        (weight * self.factor + 0.5) as u64
    }

    /// The cumulative weights at which p is reached: from `.0` on it is reached, and up to `.1`
    /// it is hit exactly. `parts_per_million` is p; `total` is in units.
    pub(crate) fn threshold(&self, parts_per_million: u32, total: u64) -> (u64, u64) {
        if self.exact && total < u64::MAX / 1_000_000 {
            // The same as below, without a division of 128 bits.
            let product = u64::from(parts_per_million) * total;
            return (product.div_ceil(1_000_000).max(1), product / 1_000_000);
        }
        let product = u128::from(parts_per_million) * u128::from(total);
        let (lower, upper) = if self.exact {
            (product, product)
        } else {
            let slack = (total as f64 * TOLERANCE * 1e6) as u128;
            (product.saturating_sub(slack), product + slack)
        };
        let reached = lower.div_ceil(1_000_000) as u64;
        ((reached).max(1), (upper / 1_000_000) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(weights: &[f64]) -> WeightScale {
        let mut range = WeightRange::default();
        range.see(weights);
        range.scale()
    }

    #[test]
    fn decimal_weights_are_counted_exactly() {
        for (weights, factor) in [
            (vec![1.0, 20.0], 1.0),
            (vec![16.1234, 24.5], 1e4),
            (vec![0.1, 0.2, 0.3, 19.87], 1e2),
            (vec![0.000001], 1e6),
        ] {
            let scale = scale(&weights);
            assert_eq!((scale.factor, scale.exact), (factor, true), "{weights:?}");
        }
        assert!(!scale(&[1.0 / 3.0]).exact);
        assert!(!scale(&[1e18, 0.5]).exact);
    }

    #[test]
    fn a_tenth_of_ten_equal_weights_is_hit_exactly() {
        for weight in [1.0, 16.1234, 1.0 / 3.0, 1e-9, 12345.678901234] {
            let scale = scale(&[weight; 10]);
            let one = scale.units(weight);
            let (reached, hit) = scale.threshold(100_000, 10 * one);
            assert!(reached <= one && one <= hit, "{weight}: {one} {reached} {hit}");
            let (reached, hit) = scale.threshold(100_001, 10 * one);
            assert!(one < reached && hit >= reached - 1, "{weight}: {one} {reached} {hit}");
        }
    }
}
