//! Exact sums: addition that gives the same bits in whatever order the numbers come.
//!
//! Floating-point addition is not associative, so the digits of a total would depend on the
//! number of threads and partitions. Here every summand is turned into a whole number of very
//! small steps and the whole numbers are added. The step is chosen from the largest summand and
//! their number, so that 126 bits suffice; it is far below the last digit of any summand that is
//! not more than 2^70 times smaller than the largest.

/// The size of one step: sums are whole multiples of `2^-shift`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    up: f64,
    down: f64,
    limit: f64,
}

const HIGH: f64 = 4_611_686_018_427_387_904.0; // 2^62
const LOW: f64 = 1.0 / HIGH;

impl Scale {
    /// A scale for `count` summands of at most `largest` in absolute value.
    pub(crate) fn new(largest: f64, count: u64) -> Self {
        let largest = if largest.is_finite() { largest.max(f64::MIN_POSITIVE) } else { f64::MAX };
        // Exponents rather than logarithms: exact, and the same on every machine.
        let bits = exponent(largest) + 1 + i32::try_from(64 - count.leading_zeros()).unwrap_or(64);
        // Rounded to multiples of eight, so that small differences of the bounds (one year or
        // all years) rarely change the step.
        let shift = (122 - bits).div_euclid(8) * 8;
        let shift = shift.clamp(-960, 960);
        Scale { up: power(shift), down: power(-shift), limit: power(exponent(largest) + 1) }
    }

    /// The summand in steps; `None` if it is larger than was promised or not a number.
    #[inline(always)]
    pub(crate) fn steps(&self, value: f64) -> Option<i128> {
        if value.abs() < self.limit { Some(self.steps_within(value)) } else { None }
    }

    #[inline(always)]
    fn steps_within(&self, value: f64) -> i128 {
        let scaled = value * self.up;
        let high = (scaled * LOW) as i64;
        // Exact: `high` has at most 53 significant bits and the difference keeps the others.
        let low = (scaled - high as f64 * HIGH) as i64;
        (i128::from(high) << 62) + i128::from(low)
    }

    /// A sum of steps as a number, rounded once.
    #[inline]
    pub(crate) fn value(&self, steps: i128) -> f64 {
        steps as f64 * self.down
    }
}

fn exponent(value: f64) -> i32 {
    let raw = ((value.to_bits() >> 52) & 0x7ff) as i32;
    raw.max(1) - 1023
}

/// 2^exponent, exactly.
fn power(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023).clamp(1, 2046) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_numbers_and_halves_are_added_exactly() {
        let scale = Scale::new(1e15, 1 << 24);
        let total: i128 = [1e15, 0.5, -1e15, 0.25].iter().map(|x| scale.steps(*x).unwrap()).sum();
        assert_eq!(scale.value(total), 0.75);
    }

    #[test]
    fn what_is_larger_than_promised_is_noticed() {
        let scale = Scale::new(1000.0, 4);
        assert!(scale.steps(1000.0).is_some());
        assert_eq!(scale.steps(1e9), None);
        assert_eq!(scale.steps(f64::NAN), None);
        assert_eq!(scale.steps(f64::INFINITY), None);
    }

    proptest! {
        #[test]
        fn the_order_of_addition_does_not_matter(mut values in prop::collection::vec(-1e12..1e12_f64, 1..50)) {
            let scale = Scale::new(1e12, 50);
            let sum = |values: &[f64]| values.iter().map(|x| scale.steps(*x).unwrap()).sum::<i128>();
            let before = sum(&values);
            values.reverse();
            prop_assert_eq!(before, sum(&values));
            let plain: f64 = values.iter().sum();
            prop_assert!((scale.value(before) - plain).abs() <= 1e-2);
        }

        #[test]
        fn one_number_comes_back_as_it_was(value in -1e12..1e12_f64) {
            let scale = Scale::new(1e12, 1 << 24);
            let back = scale.value(scale.steps(value).unwrap());
            prop_assert!((back - value).abs() <= 1e-15 * value.abs().max(1e-6));
        }
    }
}
