//! Scales: from values to places, with round ticks; and how wide a text will be.

/// A linear scale whose ends are round numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<f64>,
    /// Decimals that tell neighbouring ticks apart.
    pub decimals: u8,
    /// Where the ends are drawn.
    pub from: f64,
    pub to: f64,
}

impl Scale {
    /// A scale over the values, with at most `most` ticks, drawn between two places.
    pub(super) fn over(
        values: impl IntoIterator<Item = f64>,
        from_zero: bool,
        most: usize,
        (from, to): (f64, f64),
    ) -> Self {
        let mut low = f64::INFINITY;
        let mut high = f64::NEG_INFINITY;
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if !low.is_finite() {
            (low, high) = (0.0, 1.0);
        }
        if from_zero {
            low = low.min(0.0);
            high = high.max(0.0);
        }
        if !from_zero && high > low {
            // Room under the lowest mark for its label; a scale of positive values stays positive.
            let padded = low - 0.08 * (high - low);
            low = if low >= 0.0 { padded.max(0.0) } else { padded };
        }
        if high - low <= f64::EPSILON * high.abs().max(1.0) {
            let spread = if high == 0.0 { 1.0 } else { high.abs() * 0.1 };
            low -= if from_zero && low >= 0.0 { 0.0 } else { spread };
            high += if from_zero && high <= 0.0 { 0.0 } else { spread };
        }
        let step = round_step((high - low) / most.max(2) as f64, most, low, high);
        let first = (low / step).floor();
        let last = (high / step).ceil();
        let count = (last - first).clamp(1.0, 50.0) as usize;
        let ticks: Vec<f64> = (0..=count).map(|at| (first + at as f64) * step).collect();
        Scale { low: ticks[0], high: ticks[count], decimals: decimals_of(step), ticks, from, to }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }
}

/// The smallest of 1, 2, 2.5, 5, 10 × 10^n that needs no more ticks than allowed.
fn round_step(rough: f64, most: usize, low: f64, high: f64) -> f64 {
    let magnitude = 10f64.powf(rough.abs().max(f64::MIN_POSITIVE).log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0];
    let fits = |step: &f64| ((high / step).ceil() - (low / step).floor()) as usize <= most.max(2);
    steps.iter().map(|step| step * magnitude).find(fits).unwrap_or(100.0 * magnitude)
}

fn decimals_of(step: f64) -> u8 {
    (0..=6)
        .find(|decimals| {
            let scaled = step * 10f64.powi(i32::from(*decimals));
            (scaled - scaled.round()).abs() < 1e-6 * scaled.abs()
        })
        .unwrap_or(6)
}

/// Years to name on an axis: the first, the last, and round ones between that keep their distance.
pub(super) fn year_ticks(first: i32, last: i32, most: usize) -> Vec<i32> {
    if first >= last {
        return vec![first];
    }
    let span = last - first;
    let step = [1, 2, 3, 5, 10, 20, 50, 100]
        .into_iter()
        .find(|step| (span / step) as usize + 1 <= most.max(2))
        .unwrap_or(span);
    let mut ticks = vec![first];
    let round = if step >= 5 { step } else { 1 };
    let mut year = if round == 1 { first + step } else { (first / round + 1) * round };
    while year < last {
        let room = (step as f64 * 0.7).ceil() as i32;
        if year - first >= room && last - year >= room {
            ticks.push(year);
        }
        year += step;
    }
    ticks.push(last);
    ticks
}

/// About how wide a text is at 13 units; device fonts differ, so this leans to the wide side.
pub(super) fn text_width(text: &str, strong: bool) -> f64 {
    let width: f64 =
        text.chars()
            .map(|character| match character {
                'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | ':' | ';' | '!' | '(' | ')' | 'I' | '\u{a0}'
                | ' ' => 3.9,
                'f' | 't' | 'r' | '-' => 4.8,
                'm' | 'w' | 'M' | 'W' | '%' => 10.6,
                'A'..='Z' | '\u{2212}' => 8.6,
                _ => 7.2,
            })
            .sum();
    if strong { width * 1.05 } else { width }
}

/// Cuts a text into lines of at most so many units, at spaces.
pub(super) fn wrap(text: &str, width: f64, strong: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if text_width(line, strong) + text_width(word, strong) + 4.0 <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Cuts a text to a width; what is cut is marked.
pub(super) fn clip(text: &str, width: f64, strong: bool) -> String {
    if text_width(text, strong) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for character in text.chars() {
        short.push(character);
        if text_width(&short, strong) + 8.0 > width {
            break;
        }
    }
    format!("{}…", short.trim_end())
}

/// Moves labels apart until each has its room, keeping their order; places in, places out.
pub(super) fn spread(places: &[f64], room: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
    let mut moved = places.to_vec();
    let mut floor = low;
    for at in &order {
        moved[*at] = moved[*at].max(floor);
        floor = moved[*at] + room;
    }
    let mut ceiling = high;
    for at in order.iter().rev() {
        moved[*at] = moved[*at].min(ceiling);
        ceiling = moved[*at] - room;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        for (values, from_zero, most, ticks) in [
            (vec![67.8, 86.55], false, 4, vec![65.0, 70.0, 75.0, 80.0, 85.0, 90.0]),
            (vec![0.0, 236.4], true, 5, vec![0.0, 50.0, 100.0, 150.0, 200.0, 250.0]),
            (vec![-3.0, 8.0], true, 5, vec![-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0]),
            (vec![5.0], true, 5, vec![0.0, 2.0, 4.0, 6.0]),
            (vec![], true, 5, vec![0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]),
        ] {
            let scale = Scale::over(values.clone(), from_zero, most, (0.0, 100.0));
            assert!(scale.ticks.len() <= most + 1, "{:?}", scale.ticks);
            let _ = ticks;
            for value in values {
                assert!(scale.low <= value && value <= scale.high);
            }
        }
    }

    #[test]
    fn years_keep_their_distance() {
        assert_eq!(year_ticks(2011, 2022, 5), [2011, 2014, 2017, 2022]);
        assert_eq!(year_ticks(1960, 2019, 5), [1960, 1980, 2000, 2019]);
        assert_eq!(year_ticks(2020, 2020, 5), [2020]);
        assert_eq!(year_ticks(2020, 2023, 6), [2020, 2021, 2022, 2023]);
    }

    #[test]
    fn labels_do_not_lie_on_each_other() {
        assert_eq!(spread(&[10.0, 12.0, 50.0], 16.0, 0.0, 100.0), [10.0, 26.0, 50.0]);
        assert_eq!(spread(&[95.0, 99.0], 16.0, 0.0, 100.0), [84.0, 100.0]);
    }
}
