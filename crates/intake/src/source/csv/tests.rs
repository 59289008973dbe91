use proptest::prelude::*;

use super::*;

fn rows(text: &str, width: usize) -> Vec<Vec<String>> {
    let scanner = Scanner { delimiter: b',', terminator: b'\n', width };
    let bytes = text.as_bytes();
    let (mut at, mut rows) = (0, Vec::new());
    while let Some(found) = scanner.row(bytes, at, true) {
        let mut fields = Vec::new();
        scanner.fields(&bytes[at..found.end], found.shape, |field| {
            fields.push(String::from_utf8(field.unescaped()).unwrap());
        });
        rows.push(fields);
        at = found.next;
    }
    rows
}

#[test]
fn fields_are_cut_as_rfc_4180_says_and_stray_marks_are_kept() {
    for (text, expected) in [
        ("a,b\nc,d", vec![vec!["a", "b"], vec!["c", "d"]]),
        ("a,b\r\n", vec![vec!["a", "b"]]),
        ("\"a,1\",\"b\nc\"\n", vec![vec!["a,1", "b\nc"]]),
        ("\"a \"\"b\"\"\",c\n", vec![vec!["a \"b\"", "c"]]),
        ("5\" pipe,c\n", vec![vec!["5\" pipe", "c"]]),
        ("\"a\"b,c\n", vec![vec!["\"a\"b", "c"]]),
        ("\"\",\n", vec![vec!["", ""]]),
        ("\"open,c\nd,e\n", vec![vec!["\"open", "c"], vec!["d", "e"]]),
        // The mark of the second row closes that of the first, but then there are too many fields.
        ("\"open,c\nd,e\n\"f\",g\n", vec![vec!["\"open", "c"], vec!["d", "e"], vec!["f", "g"]]),
    ] {
        assert_eq!(rows(text, 2), expected, "{text:?}");
    }
}

proptest! {
    /// The csv crate writes; we read the same fields.
    #[test]
    fn what_the_csv_crate_writes_is_read(table in proptest::collection::vec(
        proptest::collection::vec("[a-c\",\n é]{0,6}", 3), 1..8,
    )) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        prop_assert_eq!(rows(&text, 3), table);
    }

    /// Blocks cut where the reader cuts hold the same rows as the whole text.
    #[test]
    fn cutting_into_blocks_changes_nothing(text in "[a\",\n]{0,60}", cut in 0..60_usize) {
        let scanner = Scanner { delimiter: b',', terminator: b'\n', width: 2 };
        let whole = rows(&text, 2);
        let first = &text.as_bytes()[..cut.min(text.len())];
        let (end, count) = scanner.boundary(first, false);
        let mut parts = rows(&text[..end], 2);
        prop_assert_eq!(parts.len() as u64, count);
        parts.extend(rows(&text[end..], 2));
        prop_assert_eq!(parts, whole);
    }
}
