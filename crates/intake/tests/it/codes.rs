//! Codes of activities and regions.

use crate::{Setting, check, check_in};

fn with(activity: &str, region: &str, year: u16) -> String {
    format!("firm,year,activity,region,workers,turnover\nA,{year},{activity},{region},3,5\n")
}

#[test]
fn a_code_is_known_or_said_to_be_what_it_is() {
    for (activity, found, message) in [
        ("10710", "", ""),
        ("10", "", ""),
        ("", "", ""),
        ("99999", "2 activity unknown-code held", "“99999” is not a code of KBLI2020"),
        (
            "62105",
            "2 activity other-edition held",
            "“62105” is a code of KBLI2025 (Artificial intelligence), not of KBLI2020",
        ),
        (
            "C",
            "2 activity code-level held",
            "“C” (Manufacturing) is a section; this survey asks for division, subclass",
        ),
        ("1111", "2 activity code-respelled warning", "“1111” was read as 01111 (Maize)"),
        ("C10710", "2 activity code-respelled warning", "“C10710” was read as 10710 (Bread)"),
        ("10.710", "2 activity code-respelled warning", "“10.710” was read as 10710 (Bread)"),
        ("roti", "2 activity code-respelled warning", "“roti” was read as 10710 (Bread)"),
    ] {
        let outcome = check(with(activity, "1101", 2024));
        let found_rows: Vec<String> =
            outcome.found().into_iter().filter(|line| !line.starts_with('0')).collect();
        let expected: Vec<&str> = Some(found).filter(|found| !found.is_empty()).into_iter().collect();
        assert_eq!(found_rows, expected, "{activity}");
        if !found.is_empty() {
            assert_eq!(outcome.findings.last().unwrap().message.en, message);
        }
    }
}

#[test]
fn an_unknown_code_comes_with_the_codes_nearby() {
    let outcome = check(with("10999", "1101", 2024));
    insta::assert_snapshot!(
        outcome.finding("unknown-code").remedy.id,
        @"Pilih kode di bawah 10 (Makanan), misalnya 10710 (Roti)"
    );
}

#[test]
fn a_kbli_2025_code_in_a_kbli_2020_survey_casts_doubt_on_the_file() {
    let outcome = check(with("62105", "1101", 2024));
    assert_eq!(outcome.findings[0].rule, "edition-suspected");
    assert_eq!(
        outcome.finding("other-edition").message.id,
        "“62105” adalah kode KBLI2025 (Kecerdasan buatan), bukan KBLI2020"
    );
}

#[test]
fn kemendagri_codes_are_named_and_make_double_meanings_doubtful() {
    // 1109 is only Kemendagri's; 1101 is Simeulue to BPS and Aceh Selatan to Kemendagri.
    let text = "firm,year,region,workers,turnover\nA,2024,1109,3,5\nB,2024,1101,3,5\nC,2024,11,3,5\n";
    let outcome = check(text);
    assert_eq!(
        outcome.found(),
        [
            "0 region kemendagri-suspected warning",
            "2 region kemendagri-code held",
            "3 region kemendagri-ambiguous held",
        ]
    );
    insta::assert_snapshot!(
        outcome.finding("kemendagri-code").message.id,
        @"“1109” adalah kode kemendagri untuk Simeulue; kode BPS-nya 1101"
    );
    let mapping = "[columns]\nregion = { system = \"kemendagri\" }";
    let outcome = check_in(text.as_bytes(), &Setting { mapping, ..Setting::default() });
    assert_eq!(outcome.counts(), [3, 0, 0, 0]);
    assert_eq!(outcome.texts("region"), [Some("1101".into()), Some("1103".into()), Some("11".into())]);
}

#[test]
fn one_stray_kemendagri_code_does_not_doubt_the_rest() {
    // 1102 and 1103 exist only in BPS's numbering of this small table.
    let outcome = check(
        "firm,year,region,workers,turnover\nA,2024,1109,3,5\nB,2024,1101,3,5\nC,2024,1102,3,5\nD,2024,1103,3,5\n",
    );
    assert_eq!(outcome.counts(), [3, 0, 1, 0]);
}

#[test]
fn a_code_that_was_not_in_force_is_warned_of() {
    assert_eq!(check(with("10710", "95", 2021)).found(), ["2 region code-not-in-force warning"]);
    assert_eq!(check(with("10710", "95", 2022)).found(), Vec::<String>::new());
}
