//! Exact sums: addition that gives the same bits in whatever order the numbers come.
//!
//! Floating-point addition is not associative, so the digits of a total would depend on the
//! number of threads and partitions. Here every summand becomes a whole number of small steps and
//! whole numbers are added. Where the data are decimals (rupiah, weights with four digits) a step
//! divides one unit of the last digit and nothing is lost at all; elsewhere a step is a binary
//! fraction. A summand that fits a machine word with an error below 2.3e-13 of itself is added as
//! a word, as cheaply as a floating-point number; every other one is added in 128 bits, in steps
//! 2^16 times finer.

/// The size of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// Steps to the unit.
    up: f64,
    /// Summands below this, in finer steps, can all be added without overflow.
    limit: f64,
    /// The error, relative to a summand, with which it may be added as a word.
    word_error: f64,
}

/// What is known of the summands before a scale is chosen, from a sample and from bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summands {
    /// Digits behind the decimal point; `None` if they are no decimals.
    pub decimals: Option<u32>,
    /// About how large they usually are; 0 if that is not known.
    pub usual: f64,
    /// No summand is larger; `None` while it is trusted that none is out of all proportion.
    pub largest: Option<f64>,
    pub count: u64,
    /// Weights divide other sums whose small differences matter: their words must be as good as
    /// floating-point numbers.
    pub weights: bool,
}

/// Summands of fewer steps than this fit a word, and so do sums of [`WORD_SUMMANDS`] of them.
const WORD: f64 = 72_057_594_037_927_936.0; // 2^56
pub(crate) const WORD_SUMMANDS: i64 = 64;

/// Bits of a usual summand: as far below [`WORD`] as above the smallest that a word tells well.
const USUAL_BITS: i32 = 49;

/// Bits of the largest sum in finer steps.
const SUM_BITS: i32 = 124;
const FINER_BITS: u32 = 16;
const FINER: f64 = (1_u64 << FINER_BITS) as f64;

/// Steps of the rest to one step.
const REST: f64 = (1_u64 << 54) as f64;

/// The error with which a summand may be added as a word, 2^-42, and a weight, 2^-50.
const WORD_ERROR: f64 = 1.0 / (1_u64 << 42) as f64;
const WEIGHT_ERROR: f64 = 1.0 / (1_u64 << 50) as f64;
/// Weights differ less than amounts do; they stand higher in their words.
const WEIGHT_BITS: i32 = 53;

const HIGH: f64 = 4_611_686_018_427_387_904.0; // 2^62

impl Scale {
    pub(crate) fn new(summands: Summands) -> Self {
        let sound = |value: f64| if value.is_finite() { value.max(f64::MIN_POSITIVE) } else { f64::MAX };
        // Exponents rather than logarithms: exact, and the same on every machine.
        let count_bits = 64 - summands.count.leading_zeros() as i32;
        let limit = power(SUM_BITS - count_bits);
        let usual = if summands.usual > 0.0 { summands.usual } else { summands.largest.unwrap_or(1.0) };
        // In multiples of two, so that a slightly different sample rarely changes the step.
        let bits = if summands.weights { WEIGHT_BITS } else { USUAL_BITS };
        let usual = (bits - 1 - exponent(sound(usual))).div_euclid(2) * 2;
        let most = summands.largest.map_or(i32::MAX, |largest| {
            SUM_BITS - count_bits - FINER_BITS as i32 - exponent(sound(largest)) - 2
        });
        let shift = usual.min(most).clamp(-960, 900);
        let digits = summands.decimals.map(|decimals| 10_f64.powi(decimals as i32));
        let up = match digits.filter(|digits| exponent(*digits) < shift) {
            // One unit of the last digit, divided into halves while there is room.
            Some(digits) => digits * power(shift - exponent(digits) - 1),
            None => power(shift),
        };
        Scale { up, limit, word_error: if summands.weights { WEIGHT_ERROR } else { WORD_ERROR } }
    }

    /// The summand in steps, if a word tells it well enough.
    #[inline(always)]
    pub(crate) fn word(&self, value: f64) -> Option<i64> {
        let scaled = value * self.up;
        let word = (scaled + f64::copysign(0.5, scaled)) as i64;
        let error = (scaled - word as f64).abs();
        if error <= scaled.abs() * self.word_error && scaled.abs() < WORD { Some(word) } else { None }
    }

    /// The summand as a word and what the word leaves out, in steps of [`Scale::rest`]; for sums
    /// whose small differences matter.
    #[inline(always)]
    pub(crate) fn word_and_rest(&self, value: f64) -> Option<(i64, i64)> {
        let scaled = value * self.up;
        if !(scaled.abs() < WORD) {
            return None;
        }
        let word = (scaled + f64::copysign(0.5, scaled)) as i64;
        Some((word, ((scaled - word as f64) * REST) as i64))
    }

    /// The scale of what words leave out.
    pub(crate) fn rest(&self) -> Scale {
        Scale { up: self.up * REST, ..*self }
    }

    /// The summand in finer steps, as a word if it has one; `None` if it is out of all proportion
    /// or not a number. A summand and its negative add up to nothing.
    pub(crate) fn steps(&self, value: f64) -> Option<i128> {
        self.word(value).map(Scale::finer).or_else(|| self.finer_steps(value))
    }

    fn finer_steps(&self, value: f64) -> Option<i128> {
        let scaled = value * self.up * FINER;
        if !(scaled.abs() < self.limit) {
            return None;
        }
        let high = (scaled / HIGH) as i64;
        // Exact: `high` has at most 53 significant bits and the difference keeps the others.
        let low = (scaled - high as f64 * HIGH) as i64;
        Some((i128::from(high) << 62) + i128::from(low))
    }

    /// A word in finer steps.
    #[inline(always)]
    pub(crate) fn finer(word: i64) -> i128 {
        i128::from(word) << FINER_BITS
    }

    /// A sum of finer steps as a number.
    #[inline]
    pub(crate) fn value(&self, steps: i128) -> f64 {
        (steps as f64 / FINER) / self.up
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

/// Digits behind the decimal point that tell all the values, at most `most`.
pub(crate) fn decimals(values: &[f64], most: u32) -> Option<u32> {
    let is_whole = |scaled: f64| (scaled - scaled.round()).abs() <= scaled.abs() * 4e-16;
    let tells = |decimals: &u32| {
        let up = 10_f64.powi(*decimals as i32);
        values.iter().all(|value| value.is_nan() || is_whole(value * up))
    };
    (0..=most).find(tells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scale(decimals: Option<u32>, usual: f64, largest: f64) -> Scale {
        Scale::new(Summands { decimals, usual, largest: Some(largest), count: 1 << 24, weights: false })
    }

    /// A sum as cells are summed: in words where they tell enough.
    fn sum(scale: Scale, values: &[f64]) -> i128 {
        values.iter().map(|value| scale.steps(*value).unwrap()).sum()
    }

    #[test]
    fn decimals_are_added_exactly() {
        let scale = scale(Some(4), 1e6, 1e15);
        assert_eq!(scale.value(sum(scale, &[16.1234 * 20.0; 5])), 1612.34);
        let total = sum(scale, &[1e15, 0.5, -1e15, 0.25, 1.0 / 1024.0]);
        assert_eq!(scale.value(total), 0.75 + 1.0 / 1024.0);
        assert_eq!(decimals(&[1.0, 2.25, f64::NAN], 6), Some(2));
        assert_eq!(decimals(&[1.0 / 3.0], 6), None);
    }

    #[test]
    fn what_is_out_of_all_proportion_is_noticed() {
        let scale = scale(None, 1000.0, 1000.0);
        assert!(scale.steps(1000.0).is_some());
        assert_eq!(scale.steps(1e40), None);
        assert_eq!(scale.steps(f64::NAN), None);
        assert_eq!((scale.word(f64::NAN), scale.word(f64::INFINITY)), (None, None));
    }

    proptest! {
        #[test]
        fn the_order_of_addition_does_not_matter(mut values in prop::collection::vec(-1e12..1e12_f64, 1..50)) {
            let scale = scale(None, 1e11, 1e12);
            let before = sum(scale, &values);
            values.reverse();
            prop_assert_eq!(before, sum(scale, &values));
            let plain: f64 = values.iter().sum();
            prop_assert!((scale.value(before) - plain).abs() <= 1e-2);
        }

        #[test]
        fn a_summand_keeps_its_digits_however_small(mantissa in 1.0..2.0_f64, exponent in -40..40_i32) {
            for scale in [scale(None, 1e5, 1e13), scale(Some(4), 1e5, 1e13)] {
                let value = mantissa * power(exponent);
                let back = scale.value(sum(scale, &[value]));
                prop_assert!((back - value).abs() <= 3e-13 * value + 1e-9, "{} {}", value, back);
            }
        }
    }
}
