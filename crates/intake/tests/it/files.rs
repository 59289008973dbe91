//! Files as they should not be.

use domain::finding::Severity;

use crate::{Setting, check, check_in};

const HEADER: &str = "firm,year,workers,turnover\n";

#[test]
fn a_clean_file_is_accepted_whole() {
    let outcome = check("firm,year,activity,region,workers,turnover\nPT A,2024,10710,1101,12,\"1,500.5\"\n");
    assert_eq!(outcome.found(), Vec::<String>::new());
    assert_eq!(outcome.counts(), [1, 0, 0, 0]);
    assert_eq!(outcome.numbers("turnover"), [Some(1500.5)]);
    assert_eq!(outcome.texts("_imputed"), [Some("weight".into())]);
    assert_eq!(outcome.summary.rows.imputed, 1);
    assert_eq!(outcome.summary.absent, ["men", "women", "weight"]);
}

#[test]
fn a_file_that_is_no_table_is_refused_with_the_reason() {
    for (bytes, rule, says) in [
        (&b""[..], "empty-file", "There is nothing in this file (0 bytes)"),
        (b"\xEF\xBB\xBF", "empty-file", "There is nothing in this file (3 bytes)"),
        (b" \n\n", "empty-file", "There is nothing in this file (3 bytes)"),
        (b"%PDF-1.7 ...", "unknown-format", "This file is a PDF; CSV, XLSX and Parquet can be read"),
        (
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "unknown-format",
            "This file is an old Excel file (.xls) or locked by a password; CSV, XLSX and Parquet can be read",
        ),
        (
            b"<!DOCTYPE html><html>",
            "unknown-format",
            "This file is a web page; CSV, XLSX and Parquet can be read",
        ),
        (
            b"a\0b\0\0c,\x01\x02\x03",
            "unknown-format",
            "This file is not text; CSV, XLSX and Parquet can be read",
        ),
        (
            b"alpha,beta\n1,2\n",
            "no-header",
            "None of the first 30 rows names the columns; row 1 holds: alpha, beta",
        ),
        (HEADER.as_bytes(), "no-rows", "No row follows the header in row 1"),
        (b"PAR1 broken", "unreadable", ""),
        (b"PK\x03\x04 broken", "unreadable", ""),
    ] {
        let outcome = check(bytes);
        assert!(!outcome.summary.readable);
        assert_eq!(outcome.counts(), [0; 4]);
        let finding = outcome.finding(rule);
        assert_eq!((finding.row, finding.severity), (0, Severity::Refused));
        assert!(says.is_empty() || finding.message.en == says, "{}", finding.message.en);
    }
}

#[test]
fn a_missing_column_is_named_with_the_nearest_header() {
    let outcome = check("firm,year,workers,turnovr\nA,2024,3,5\n");
    assert!(!outcome.summary.readable);
    let finding = outcome.finding("missing-column");
    assert_eq!(
        finding.message.id,
        "Kolom wajib “Omzet” (turnover) tidak ada; yang paling mirip di berkas: “turnovr”"
    );
    assert_eq!(outcome.summary.unmapped[0].suggestion.as_deref(), Some("turnover"));
}

#[test]
fn a_header_that_stands_twice_is_never_chosen_from() {
    let outcome = check("firm,year,workers,turnover,Turnover\nA,2024,3,5,6\n");
    assert!(!outcome.summary.readable);
    assert_eq!(outcome.found(), ["0 turnover duplicate-header refused"]);
    let outcome = check("firm,year,workers,turnover,note,note\nA,2024,3,5,,\n");
    assert_eq!(outcome.found(), ["0 note duplicate-header warning"]);
    assert_eq!(outcome.counts(), [1, 0, 0, 0]);
}

#[test]
fn headers_are_known_by_name_label_and_alias_whatever_their_spelling() {
    let outcome = check("NAMA_USAHA;Tahun; WORKERS ;Omzet\nA;2024;3;5\n");
    assert_eq!(outcome.counts(), [1, 0, 0, 0]);
    let how: Vec<_> =
        outcome.summary.columns.iter().map(|used| (used.variable.as_str(), used.matched)).collect();
    use intake::Matched::{Alias, Label, Name};
    assert_eq!(how, [("firm", Alias), ("year", Label), ("workers", Name), ("turnover", Label)]);
}

#[test]
fn delimiters_are_told_apart() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = "firm,year,workers,turnover\nA,2024,3,5\n".replace(',', delimiter);
        let outcome = check(text);
        assert_eq!(outcome.counts(), [1, 0, 0, 0], "{delimiter:?}");
        assert_eq!(outcome.summary.delimiter, delimiter.chars().next());
    }
    assert_eq!(check("sep=;\nfirm;year;workers;turnover\nA;2024;3;1,5\n").numbers("turnover"), [Some(1.5)]);
}

#[test]
fn line_ends_of_every_system_are_read() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("{HEADER}A,2024,3,5\nB,2024,4,6").replace('\n', end);
        let outcome = check(text);
        assert_eq!(outcome.statuses(), [(2, 0), (3, 0)], "{end:?}");
    }
}

#[test]
fn every_encoding_is_decoded_or_said() {
    let text = "firm,year,workers,turnover\nCafé Ñandú,2024,3,5\n";
    let wide = |big: bool, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let western: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for (bytes, encoding, warned) in [
        (text.as_bytes().to_vec(), "UTF-8", false),
        ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8", false),
        (wide(false, true), "UTF-16LE", true),
        (wide(true, true), "UTF-16BE", true),
        (wide(false, false), "UTF-16LE", true),
        (western, "windows-1252", true),
    ] {
        let outcome = check(bytes);
        assert_eq!(outcome.texts("firm"), [Some("Café Ñandú".into())], "{encoding}");
        assert_eq!(outcome.summary.encoding.as_deref(), Some(encoding));
        let said = outcome.findings.iter().any(|finding| finding.rule == "encoding" && finding.row == 0);
        assert_eq!(said, warned, "{encoding}");
        assert_eq!(outcome.counts(), [1, 0, 0, 0]);
    }
}

#[test]
fn a_western_letter_far_into_the_file_changes_how_all_of_it_is_read() {
    let mut bytes = HEADER.as_bytes().to_vec();
    for row in 0..60_000 {
        bytes.extend_from_slice(format!("Usaha {row:030},2024,3,5\n").as_bytes());
    }
    bytes.extend_from_slice(b"Caf\xE9,2024,3,5\n");
    let outcome = check(bytes);
    assert_eq!(outcome.summary.encoding.as_deref(), Some("windows-1252"));
    assert_eq!(outcome.counts(), [60_001, 0, 0, 0]);
    assert_eq!(outcome.texts("firm").last().unwrap().as_deref(), Some("Café"));
}

#[test]
fn damage_in_a_file_that_is_otherwise_utf_8_holds_the_row() {
    let outcome = check([HEADER.as_bytes(), "Café,2024,3,5\n".as_bytes(), b"Caf\xE9,2024,3,5\n"].concat());
    assert_eq!(outcome.found(), ["3  damaged-text held"]);
    assert_eq!(outcome.counts(), [1, 0, 1, 0]);
}

#[test]
fn a_header_repeated_inside_is_refused_and_kept_as_text() {
    let outcome = check(format!("{HEADER}A,2024,3,5\n{HEADER}B,2024,4,6\n"));
    assert_eq!(outcome.found(), ["3  repeated-header refused"]);
    assert_eq!(outcome.finding("repeated-header").value, "firm,year,workers,turnover");
    assert_eq!(outcome.statuses(), [(2, 0), (4, 0)]);
}

#[test]
fn rows_of_the_wrong_length_are_held_or_refused() {
    let outcome = check(format!("{HEADER}A,2024,3\nB,2024,3,5,7\nC,2024,3,5,\nD,2024,3,1,5\n"));
    assert_eq!(
        outcome.found(),
        [
            "2  too-few-fields held",
            "2 turnover required held",
            "3  too-many-fields refused",
            "5  too-many-fields refused",
        ]
    );
    assert_eq!(outcome.counts(), [1, 0, 1, 2]);
    assert_eq!(outcome.finding("too-many-fields").value, "B,2024,3,5,7");
}

#[test]
fn row_numbers_stay_right_across_quoted_line_breaks_and_blank_lines() {
    let outcome = check(format!("{HEADER}\"PT\nA, Tbk\",2024,3,5\n\n\"B \"\"Jaya\"\"\",2024,x,5\n"));
    assert_eq!(outcome.texts("firm"), [Some("PT\nA, Tbk".into()), Some("B \"Jaya\"".into())]);
    assert_eq!(outcome.statuses(), [(2, 0), (4, 2)]);
    assert_eq!(outcome.found(), ["4 workers not-a-number held"]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_costs_one_row() {
    let outcome = check(format!("{HEADER}\"A,2024,3,5\nB,2024,4,6\n\"C\",2024,5,7\n"));
    assert_eq!(outcome.found(), ["2  open-quote refused"]);
    assert_eq!(outcome.statuses(), [(3, 0), (4, 0)]);
}

#[test]
fn a_row_without_its_key_is_refused_with_its_text() {
    let outcome = check(format!("{HEADER},2024,3,5\nB,,4,6\nC,24,4,6\n\"1,23E+12\",2024,4,6\n"));
    assert_eq!(
        outcome.found(),
        [
            "2 firm no-key refused",
            "3 year no-key refused",
            "4 year not-a-year refused",
            "5 firm lost-digits refused",
        ]
    );
    assert_eq!(outcome.findings[0].value, ",2024,3,5");
    assert_eq!(outcome.counts(), [0, 0, 0, 4]);
}

#[test]
fn the_period_fills_a_missing_year_and_holds_other_years() {
    let setting = Setting { period: Some(2024), ..Setting::default() };
    let outcome = check_in(b"firm,workers,turnover\nA,3,5\n", &setting);
    assert_eq!(outcome.numbers("year"), [Some(2024.0)]);
    let outcome = check_in(b"firm,year,workers,turnover\nA,2024,3,5\nB,2023,3,5\n", &setting);
    assert_eq!(outcome.found(), ["3 year other-period held"]);
}

#[test]
fn titles_above_the_header_are_passed_over() {
    let outcome = check("Laporan Tahunan,,,\n,,,\nfirm,year,workers,turnover\nA,2024,3,5\n");
    assert_eq!(outcome.summary.header_row, 3);
    assert_eq!(outcome.statuses(), [(4, 0)]);
}

#[test]
fn a_header_in_two_rows_with_a_heading_above_is_understood() {
    let outcome =
        check("firm,year,Tenaga Kerja,,turnover\n,,Laki-laki,Perempuan,\nA,2024,3,4,5\nB,2024,5,6,7\n");
    assert_eq!(outcome.summary.header_row, 2);
    assert_eq!(outcome.numbers("workers"), [Some(7.0), Some(11.0)]);
    assert_eq!(outcome.texts("_imputed")[0].as_deref(), Some("workers,weight"));
}

#[test]
fn findings_cannot_be_run_by_a_spreadsheet() {
    let outcome = check(format!("{HEADER}=cmd(),2024,x,5\n"));
    let file = outcome.folder.path().join("staging").join(intake::FINDINGS_FILE);
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(",\"'=cmd()\"") && !text.contains(",=cmd()"), "{text}");
    assert_eq!(outcome.finding("not-a-number").unit, "=cmd()", "and is read as it was");
}

#[test]
fn a_file_of_tiny_rows_is_told_row_by_row() {
    let mut text = HEADER.to_owned();
    text.push_str(&"x\n".repeat(120_000));
    text.push_str("A,2024,3,5\n");
    let outcome = check(text);
    assert_eq!(outcome.counts(), [1, 0, 0, 120_000]);
    assert_eq!(outcome.statuses(), [(120_002, 0)]);
}
