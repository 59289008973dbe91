//! What a person says about columns.

use domain::survey::Survey;
use intake::Matched;
use intake::mapping::Mapping;

use crate::{SURVEY, Setting, check_in};

#[test]
fn an_explicit_mapping_goes_before_names() {
    let mapping = "[columns]\nturnover = \"Omzet 2024 (Rp)\"";
    let text = "firm,year,workers,turnover,omzet 2024 (rp)\nA,2024,3,5,7\n";
    let outcome = check_in(text.as_bytes(), &Setting { mapping, ..Setting::default() });
    assert_eq!(outcome.numbers("turnover"), [Some(7.0)]);
    let used = outcome.summary.columns.iter().find(|used| used.variable == "turnover").unwrap();
    assert_eq!((used.column.as_str(), used.matched), ("omzet 2024 (rp)", Matched::Mapping));
    assert_eq!(outcome.summary.unmapped[0].column, "turnover");
}

#[test]
fn the_file_itself_may_be_described() {
    let mapping = "[file]\ndelimiter = \";\"\nencoding = \"windows-1252\"\nheader_row = 2";
    let text = b"firm;year;workers;turnover\nfirm;year;workers;turnover\nCaf\xE9;2024;3;5\n";
    let outcome = check_in(text, &Setting { mapping, ..Setting::default() });
    assert_eq!(outcome.texts("firm"), [Some("Café".into())]);
    assert_eq!(outcome.summary.header_row, 2);
}

#[test]
fn a_mapping_that_speaks_of_something_else_is_refused() {
    let survey = Survey::parse(SURVEY).unwrap();
    for (text, expected) in [
        (
            "[columns]\nsales = \"x\"",
            "the mapping names the variable `sales`, which survey `toy` does not have",
        ),
        ("[rows]", "the mapping cannot be read"),
    ] {
        let error = Mapping::parse(text, &survey).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn of_two_columns_for_one_variable_the_better_name_is_used_and_it_is_said() {
    let outcome = check_in(b"firm,year,workers,turnover,Omzet\nA,2024,3,5,7\n", &Setting::default());
    assert_eq!(outcome.found(), ["0 Omzet two-columns warning"]);
    assert_eq!(outcome.numbers("turnover"), [Some(5.0)]);
}
