//! Workbooks and Parquet files.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array, StringArray};
use arrow::record_batch::RecordBatch;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

use crate::check;

const HEADER: [&str; 5] = ["firm", "year", "activity", "workers", "turnover"];

fn sheet(workbook: &mut Workbook) -> &mut Worksheet {
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, HEADER).unwrap();
    sheet
}

fn row(sheet: &mut Worksheet, row: u32, firm: &str) {
    sheet.write(row, 0, firm).unwrap();
    sheet.write(row, 1, 2024).unwrap();
    sheet.write(row, 2, "10710").unwrap();
    sheet.write(row, 3, 12).unwrap();
    sheet.write(row, 4, 1234.5).unwrap();
}

#[test]
fn a_workbook_is_read_with_its_numbers_as_they_are() {
    let mut workbook = Workbook::new();
    row(sheet(&mut workbook), 1, "A");
    let outcome = check(workbook.save_to_buffer().unwrap());
    assert_eq!(outcome.found(), Vec::<String>::new());
    assert_eq!(outcome.numbers("turnover"), [Some(1234.5)]);
    assert_eq!((outcome.summary.format.as_str(), outcome.summary.sheet.as_deref()), ("xlsx", Some("Sheet1")));
}

#[test]
fn formulas_are_warned_of_and_dates_and_errors_are_held() {
    let mut workbook = Workbook::new();
    let sheet = sheet(&mut workbook);
    for (place, firm) in ["A", "B", "C", "D"].iter().enumerate() {
        row(sheet, place as u32 + 1, firm);
    }
    sheet.write_formula(1, 4, Formula::new("=1000+500").set_result("1500")).unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_with_format(2, 4, 45_000.0, &date).unwrap();
    sheet.write_formula(3, 4, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    sheet.write(4, 4, "1.500,5").unwrap();
    let outcome = check(workbook.save_to_buffer().unwrap());
    assert_eq!(
        outcome.found(),
        [
            "2 turnover formula warning",
            "3 turnover date-in-number held",
            "4 turnover excel-error held",
            "4 turnover formula warning",
        ]
    );
    assert_eq!(outcome.numbers("turnover"), [Some(1500.0), None, None, Some(1500.5)]);
    assert_eq!(outcome.finding("date-in-number").value, "2023-03-15");
    assert_eq!(outcome.counts(), [1, 1, 2, 0]);
}

#[test]
fn codes_that_lost_their_zero_in_excel_are_recognised_and_said() {
    let mut workbook = Workbook::new();
    let sheet = sheet(&mut workbook);
    row(sheet, 1, "A");
    sheet.write(1, 2, 1111).unwrap();
    let outcome = check(workbook.save_to_buffer().unwrap());
    assert_eq!(outcome.found(), ["2 activity code-respelled warning"]);
    assert_eq!(outcome.texts("activity"), [Some("01111".into())]);
}

#[test]
fn the_sheet_that_maps_best_is_read_and_named() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Catatan").unwrap().write(0, 0, "year").unwrap();
    let data = sheet(&mut workbook);
    data.set_name("Data").unwrap();
    row(data, 1, "A");
    let outcome = check(workbook.save_to_buffer().unwrap());
    assert_eq!(outcome.summary.sheet.as_deref(), Some("Data"));
    assert_eq!(outcome.found(), ["0  sheet-chosen warning"]);
    assert_eq!(outcome.counts(), [1, 0, 0, 0]);
}

#[test]
fn a_merged_heading_over_two_columns_is_understood() {
    let mut workbook = Workbook::new();
    let format = Format::new();
    let sheet = workbook.add_worksheet();
    sheet.merge_range(0, 0, 0, 4, "Laporan perusahaan 2024", &format).unwrap();
    sheet.write_row(1, 0, ["firm", "year"]).unwrap();
    sheet.merge_range(1, 2, 1, 3, "Tenaga Kerja", &format).unwrap();
    sheet.write(1, 4, "turnover").unwrap();
    sheet.write_row(2, 2, ["Laki-laki", "Perempuan"]).unwrap();
    sheet.write_row(3, 0, ["A"]).unwrap();
    sheet.write_row(3, 1, [2024, 3, 4, 5]).unwrap();
    let outcome = check(workbook.save_to_buffer().unwrap());
    assert_eq!(outcome.summary.header_row, 3);
    assert_eq!(outcome.statuses(), [(4, 0)]);
    assert_eq!(outcome.numbers("workers"), [Some(7.0)]);
}

#[test]
fn a_zip_bomb_as_xlsx_is_refused_before_it_is_unpacked() {
    let mut bytes = Vec::new();
    {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(&mut bytes));
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("xl/worksheets/sheet1.xml", options).unwrap();
        let zeros = vec![b'0'; 1 << 20];
        for _ in 0..100 {
            archive.write_all(&zeros).unwrap();
        }
        archive.finish().unwrap();
    }
    assert!(bytes.len() < 1 << 20);
    let honest = check(&bytes);
    assert!(!honest.summary.readable);
    let finding = honest.finding("zip-bomb");
    assert!(finding.message.en.contains("unpacks to 104,857,600 bytes or more"), "{}", finding.message.en);

    // An archive that lies about its sizes, in the directory and in the entry, is counted.
    let declared = (100_u32 << 20).to_le_bytes();
    let mut place = 0;
    while let Some(found) = bytes[place..].windows(4).position(|window| window == declared) {
        place += found;
        bytes[place..place + 4].copy_from_slice(&1000_u32.to_le_bytes());
        place += 4;
    }
    let lying = check(&bytes);
    assert!(!lying.summary.readable);
    assert!(matches!(lying.findings[0].rule.as_str(), "zip-bomb" | "unreadable"), "{:?}", lying.found());
}

#[test]
fn parquet_is_converted_and_text_in_a_number_column_is_said() {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("firm", Arc::new(StringArray::from(vec!["A", "B", "C"]))),
        ("year", Arc::new(Int32Array::from(vec![2024, 2024, 2024]))),
        ("workers", Arc::new(Float64Array::from(vec![Some(3.0), Some(2.5), None]))),
        ("turnover", Arc::new(StringArray::from(vec!["1.5", "lots", "2.5"]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let outcome = check(bytes);
    assert_eq!(
        outcome.found(),
        [
            "0 turnover column-type warning",
            "3 workers not-whole held",
            "3 turnover not-a-number held",
            "4 workers required held",
        ]
    );
    assert_eq!(outcome.numbers("turnover"), [Some(1.5), None, Some(2.5)]);
    assert_eq!(outcome.summary.format, "parquet");
}
