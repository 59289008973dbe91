//! Numbers as files carry them: the shortest decimal text that reads back to the same value.

/// Writes a number without exponent, thousands separator or a trailing `.0`.
pub fn number(value: f64) -> String {
    // Negative zero is a way of computing, not a figure.
    if value == 0.0 { "0".to_owned() } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_plain() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (12.0, "12"),
            (-3.5, "-3.5"),
            (1e21, "1000000000000000000000"),
            (0.1 + 0.2, "0.30000000000000004"),
        ] {
            assert_eq!(number(value), expected);
        }
    }

    proptest! {
        #[test]
        fn numbers_read_back_to_the_bit(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
            prop_assert_eq!(number(value).parse::<f64>().unwrap(), value);
        }
    }
}
