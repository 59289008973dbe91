//! Medians and quartiles of many values in little memory.
//!
//! Exact as long as there are few values. Beyond [`EXACT`] the values are counted in classes
//! whose bounds differ by a twentieth of a per cent, so that a quantile is off by no more than
//! that: enough for edit rules, which compare with factors, and never published.

use hashbrown::HashMap;

/// Up to so many values are kept as they are.
const EXACT: usize = 2_000;

/// The width of a class on the logarithmic scale.
const STEP: f64 = 0.0005;

/// Values of which quantiles are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quantiles {
    exact: Vec<f64>,
    /// Count by class, once there are too many values; the class orders like the value.
    classes: HashMap<i64, u64>,
    counted: u64,
}

impl Quantiles {
    pub(crate) fn add(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.counted += 1;
        if self.classes.is_empty() && self.exact.len() < EXACT {
            self.exact.push(value);
            return;
        }
        for value in self.exact.drain(..).chain([value]) {
            *self.classes.entry(class_of(value)).or_default() += 1;
        }
    }

    pub(crate) fn merge(&mut self, other: Quantiles) {
        self.counted += other.counted - other.exact.len() as u64;
        if !other.classes.is_empty() {
            for value in self.exact.drain(..) {
                *self.classes.entry(class_of(value)).or_default() += 1;
            }
            for (class, count) in other.classes {
                *self.classes.entry(class).or_default() += count;
            }
        }
        for value in other.exact {
            self.add(value);
        }
    }

    /// Several quantiles at once, by linear interpolation between order statistics (type 7 of
    /// Hyndman and Fan). `None` if there is no value.
    pub(crate) fn at<const N: usize>(&self, probabilities: [f64; N]) -> Option<[f64; N]> {
        if self.counted == 0 {
            return None;
        }
        let mut sorted = self.exact.clone();
        sorted.sort_by(f64::total_cmp);
        let mut classes: Vec<(i64, u64)> =
            self.classes.iter().map(|(class, count)| (*class, *count)).collect();
        classes.sort_unstable();
        let nth = |position: u64| -> f64 {
            if classes.is_empty() {
                return sorted[position as usize];
            }
            let mut seen = 0;
            for (class, count) in &classes {
                seen += count;
                if position < seen {
                    return value_of(*class);
                }
            }
            unreachable!("positions are below the count of values")
        };
        Some(probabilities.map(|probability| {
            let place = probability * (self.counted - 1) as f64;
            let (below, share) = (nth(place.floor() as u64), place.fract());
            if share == 0.0 { below } else { below + share * (nth(place.ceil() as u64) - below) }
        }))
    }

    pub(crate) fn median(&self) -> Option<f64> {
        self.at([0.5]).map(|[median]| median)
    }

    pub(crate) fn count(&self) -> u64 {
        self.counted
    }
}

/// Numbers below this count as zero.
const TINY: f64 = 1e-12;

fn class_of(value: f64) -> i64 {
    if value.abs() < TINY {
        return 0;
    }
    let class = ((value.abs() / TINY).ln() / STEP) as i64 + 1;
    if value < 0.0 { -class } else { class }
}

fn value_of(class: i64) -> f64 {
    if class == 0 {
        return 0.0;
    }
    let magnitude = ((class.abs() as f64 - 0.5) * STEP).exp() * TINY;
    if class < 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_exact_and_interpolated() {
        let mut values = Quantiles::default();
        for value in [4.0, 1.0, 3.0, 2.0] {
            values.add(value);
        }
        assert_eq!(values.at([0.0, 0.25, 0.5, 0.75, 1.0]), Some([1.0, 1.75, 2.5, 3.25, 4.0]));
        assert_eq!(Quantiles::default().median(), None);
    }

    #[test]
    fn many_values_are_near_and_merge_in_any_order() {
        let number = |position: u64| ((position * 7919) % 100_000) as f64 - 20_000.0;
        let mut whole = Quantiles::default();
        let mut parts = vec![Quantiles::default(), Quantiles::default(), Quantiles::default()];
        for position in 0..100_000 {
            whole.add(number(position));
            parts[usize::from(position % 10 == 0) + usize::from(position % 100 == 0)].add(number(position));
        }
        let mut merged = Quantiles::default();
        for part in parts.into_iter().rev() {
            merged.merge(part);
        }
        for values in [&whole, &merged] {
            assert_eq!(values.count(), 100_000);
            let [low, middle, high] = values.at([0.1, 0.5, 0.9]).unwrap();
            for (found, expected) in [(low, -10_000.0), (middle, 30_000.0), (high, 70_000.0)] {
                assert!((found / expected - 1.0_f64).abs() < 0.001, "{found} for {expected}");
            }
        }
    }
}
