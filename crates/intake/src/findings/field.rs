//! Fields of the findings file: a person opens it in a spreadsheet, so a value that a spreadsheet
//! would run as a formula is made text by an apostrophe. Reading takes the apostrophe away again.

/// Would a spreadsheet run this? Negative numbers are numbers.
fn runs(value: &str) -> bool {
    let number =
        |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b','));
    match value.as_bytes().first() {
        Some(b'=' | b'@' | b'\t' | b'\r') => true,
        Some(b'+' | b'-') => !number(&value[1..]),
        _ => false,
    }
}

/// Does the value need one more apostrophe in the file than it has itself?
fn is_guarded(value: &str) -> bool {
    runs(value.trim_start_matches('\''))
}

/// Writes one field of CSV.
pub(super) fn write(value: &str, into: &mut Vec<u8>) {
    let guarded = is_guarded(value);
    if !guarded && memchr::memchr3(b',', b'"', b'\n', value.as_bytes()).is_none() && !value.contains('\r') {
        into.extend_from_slice(value.as_bytes());
        return;
    }
    into.push(b'"');
    if guarded {
        into.push(b'\'');
    }
    for byte in value.bytes() {
        if byte == b'"' {
            into.push(b'"');
        }
        into.push(byte);
    }
    into.push(b'"');
}

/// The value that was written.
pub(super) fn read(field: &str) -> &str {
    match field.strip_prefix('\'') {
        Some(value) if is_guarded(value) => value,
        _ => field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> String {
        let mut bytes = Vec::new();
        write(value, &mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_made_text() {
        for (value, expected) in [
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-1+cmd|' /C calc'!A0", "\"'-1+cmd|' /C calc'!A0\""),
            ("+62 811", "\"'+62 811\""),
            ("-5", "-5"),
            ("-1.234,5", "\"-1.234,5\""),
            ("-", "\"'-\""),
            ("10710", "10710"),
            ("it's", "it's"),
        ] {
            assert_eq!(written(value), expected);
        }
    }

    proptest::proptest! {
        /// What is read is what was written, and no cell of the file begins like a formula.
        #[test]
        fn a_field_comes_back_as_it_was(value in "['=+@\\-\t0-9a-z,\"\\n ]{0,6}") {
            let line = format!("{}\n", written(&value));
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
            let record = reader.records().next().map_or_else(Default::default, Result::unwrap);
            let field = record.get(0).unwrap_or_default();
            proptest::prop_assert!(!runs(field), "{}", field);
            proptest::prop_assert_eq!(read(field), value.as_str());
        }
    }
}
