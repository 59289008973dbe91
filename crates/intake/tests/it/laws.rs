//! Laws: nothing panics, nothing is lost.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::check;

/// Pieces of which odd files are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("firm,year,workers,turnover\n".to_owned()),
        Just("A,2024,3,5\n".to_owned()),
        Just("B,2024,\"3\",5\n".to_owned()),
        Just("\"C\nD\",2023,3,\"1,5\"\n".to_owned()),
        Just("\"open,2024,3,5\n".to_owned()),
        Just("E,2024,3\n".to_owned()),
        Just("F,2024,3,5,6,7\n".to_owned()),
        Just("\n\r\n".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("1.234,5;".to_owned()),
        "[A-C\",;\n.0-9-]{0,12}",
        "\\PC{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// `check` itself asserts that received = accepted + warned + held + refused.
    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..300)) {
        check(bytes);
    }

    #[test]
    fn bytes_behind_a_known_start_never_panic(
        start in prop_oneof![
            Just(&b"PK\x03\x04"[..]),
            Just(&b"PAR1"[..]),
            Just(&b"\xFF\xFE"[..]),
            Just(&b"firm,year,workers,turnover\n"[..]),
        ],
        bytes in vec(any::<u8>(), 0..200),
    ) {
        check([start, &bytes].concat());
    }

    #[test]
    fn every_row_is_accounted_for(pieces in vec(piece(), 0..30)) {
        let outcome = check(format!("firm,year,workers,turnover\n{}", pieces.concat()));
        let rows = outcome.summary.rows;
        let refused: std::collections::BTreeSet<u64> = outcome
            .findings
            .iter()
            .filter(|finding| finding.row > 0 && finding.severity == domain::finding::Severity::Refused)
            .map(|finding| finding.row)
            .collect();
        prop_assert_eq!(refused.len() as u64, rows.refused);
        let staged = outcome.statuses();
        prop_assert!(staged.iter().all(|(row, _)| !refused.contains(row)));
        prop_assert!(staged.is_sorted());
        let by_year = outcome.summary.years.values().map(|counts| counts.received).sum::<u64>();
        prop_assert_eq!(by_year, rows.received - rows.refused);
    }

    #[test]
    fn a_damaged_workbook_or_parquet_file_never_panics(place in 0..6000_usize, byte: u8, cut in 0..6000_usize) {
        for file in [workbook(), parquet()] {
            let mut bytes = file;
            let length = bytes.len();
            bytes[place % length] = byte;
            check(&bytes);
            bytes.truncate(cut % length);
            check(&bytes);
        }
    }
}

fn workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, ["firm", "year", "workers", "turnover"]).unwrap();
    sheet.write_row(1, 0, ["A", "2024", "3", "5"]).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn parquet() -> Vec<u8> {
    use arrow::array::{ArrayRef, Float64Array, StringArray};
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("firm", std::sync::Arc::new(StringArray::from(vec!["A", "B"]))),
        ("year", std::sync::Arc::new(Float64Array::from(vec![2024.0, 2023.0]))),
        ("workers", std::sync::Arc::new(Float64Array::from(vec![3.0, 4.0]))),
        ("turnover", std::sync::Arc::new(Float64Array::from(vec![5.0, 6.0]))),
    ];
    let batch = arrow::record_batch::RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}
