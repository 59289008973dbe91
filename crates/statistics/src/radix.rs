//! Ordering values once: a radix sort that carries the cell and the weight along.
//!
//! Values are turned into whole numbers that sort alike. Three passes of eleven bits order the
//! leading 33 bits of their range; what is then still equal is ordered within its small run.

/// One enterprise as the sweep sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ranked<W> {
    pub key: u64,
    pub cell: u32,
    pub weight: W,
}

const DIGIT_BITS: u32 = 11;
const DIGITS: usize = 1 << DIGIT_BITS;

/// A whole number that sorts as the value does: -0 and 0 are made one.
#[inline(always)]
pub(crate) fn key_of(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

#[inline(always)]
pub(crate) fn value_of(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

/// Sorts by value; the order among equal values is arbitrary.
pub(crate) fn sort<W: Copy + Default + Send>(rows: Vec<Ranked<W>>) -> Vec<Ranked<W>> {
    let Some(lowest) = rows.iter().map(|row| row.key).min() else { return rows };
    let highest = rows.iter().map(|row| row.key).max().unwrap_or(lowest);
    if rows.len() < 4 * DIGITS {
        let mut rows = rows;
        rows.sort_unstable_by_key(|row| row.key);
        return rows;
    }
    let span_bits = 64 - (highest - lowest).leading_zeros();
    let shift = span_bits.saturating_sub(3 * DIGIT_BITS);
    let leading = |row: &Ranked<W>| (row.key - lowest) >> shift;

    let mut counts = vec![[0_u32; 3]; DIGITS];
    for row in &rows {
        let digits = leading(row);
        for (pass, shift) in [0, DIGIT_BITS, 2 * DIGIT_BITS].into_iter().enumerate() {
            counts[(digits >> shift) as usize % DIGITS][pass] += 1;
        }
    }
    let mut from = rows;
    let mut to = vec![Ranked::default(); from.len()];
    for pass in 0..3 {
        // All rows share this digit: the pass would change nothing.
        if counts.iter().any(|count| count[pass] as usize == from.len()) {
            continue;
        }
        let mut next = [0_u32; DIGITS];
        let mut start = 0;
        for (digit, count) in counts.iter().enumerate() {
            next[digit] = start;
            start += count[pass];
        }
        let shift = pass as u32 * DIGIT_BITS;
        for row in &from {
            let digit = (leading(row) >> shift) as usize % DIGITS;
            to[next[digit] as usize] = *row;
            next[digit] += 1;
        }
        std::mem::swap(&mut from, &mut to);
    }
    drop(to);
    if shift > 0 {
        order_runs(&mut from, leading);
    }
    from
}

/// Orders the rows whose leading bits are equal.
fn order_runs<W: Copy>(rows: &mut [Ranked<W>], leading: impl Fn(&Ranked<W>) -> u64) {
    let mut start = 0;
    while start < rows.len() {
        let digits = leading(&rows[start]);
        let mut end = start + 1;
        let mut ordered = true;
        while end < rows.len() && leading(&rows[end]) == digits {
            ordered &= rows[end - 1].key <= rows[end].key;
            end += 1;
        }
        if !ordered {
            rows[start..end].sort_unstable_by_key(|row| row.key);
        }
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_order_as_values_do() {
        let values = [f64::NEG_INFINITY, -1e300, -2.5, -1e-300, 0.0, 1e-300, 2.5, 1e300, f64::INFINITY];
        for pair in values.windows(2) {
            assert!(key_of(pair[0]) < key_of(pair[1]), "{pair:?}");
        }
        assert_eq!(key_of(-0.0), key_of(0.0));
        for value in values {
            assert_eq!(value_of(key_of(value)), value);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn sorting_agrees_with_the_standard_library(
            seeds in prop::collection::vec((0..5_u8, -1e6..1e6_f64), 9000..12000)
        ) {
            // Many equal values, values that share their leading bits, both signs and wide spans.
            let values: Vec<f64> = seeds
                .iter()
                .map(|(kind, x)| match kind {
                    0 => x.round(),
                    1 => 1.0 + x * 1e-15,
                    2 => x * 1e30,
                    3 => 7.0,
                    _ => *x,
                })
                .collect();
            let rows = values
                .iter()
                .enumerate()
                .map(|(i, x)| Ranked { key: key_of(*x), cell: i as u32, weight: i as u64 })
                .collect();
            let sorted = sort(rows);
            let mut expected = values.clone();
            expected.sort_unstable_by(f64::total_cmp);
            for (row, value) in sorted.iter().zip(expected) {
                prop_assert_eq!(value_of(row.key), value);
                prop_assert_eq!(key_of(values[row.cell as usize]), row.key);
                prop_assert_eq!(u64::from(row.cell), row.weight);
            }
        }
    }
}
