//! The survey that the demonstration uses, with the real classifications.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use domain::survey::Survey;

use crate::{Outcome, Setting, check_file};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

const HEADER: &str = "enterprise_id,year,activity,region,persons_engaged_male,persons_engaged_female,\
    persons_engaged,hours_worked,turnover,output,intermediate_inputs,labour_cost,depreciation,interest,\
    taxes_on_production,operating_profit,fixed_assets,energy,weight,holding_id\n";

/// One clean row; the parts that a test changes are named.
fn row(id: usize, activity: &str, region: &str, male: i64, turnover: f64, profit: f64) -> String {
    format!(
        "E{id:07},2024,{activity},{region},{male},4,10,21000,{turnover},1000000,600000,200000,50000,10000,5000,\
         {profit},800000,60000,1,\n"
    )
}

fn clean(id: usize) -> String {
    row(id, "10710", "3301", 6, 1_100_000.0 + id as f64, 135_000.0)
}

fn check(rows: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    std::fs::write(&source, format!("{HEADER}{rows}")).unwrap();
    let survey = std::fs::read_to_string(root().join("surveys/national-enterprise.toml")).unwrap();
    let read = |name: &str| {
        let text =
            |kind| std::fs::read_to_string(root().join(format!("classifications/{name}.{kind}"))).unwrap();
        domain::classification::Classification::parse(&text("toml"), &text("csv")).unwrap()
    };
    let classifications = ["kbli-2020", "kbli-2025", "regions"].map(read);
    let setting = Setting { survey: &survey, ..Setting::default() };
    check_file(&source, folder, &setting, &classifications.each_ref())
}

#[test]
fn the_survey_has_what_the_issue_asks_for() {
    let text = std::fs::read_to_string(root().join("surveys/national-enterprise.toml")).unwrap();
    let survey = Survey::parse(&text).unwrap();
    assert!(survey.synthetic);
    assert!(survey.rules.len() >= 15);
    assert!(survey.rules.iter().all(|rule| rule.title.is_some()));
    let header: Vec<&str> = HEADER.trim().split(',').collect();
    assert_eq!(survey.variables.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>(), header);
}

#[test]
fn clean_rows_are_accepted_and_planted_anomalies_are_found() {
    let mut rows = (0..30).map(clean).collect::<String>();
    rows += &row(30, "10710", "3301", 6, 1_100_000_000.0, 135_000.0);
    rows += &row(31, "10710", "3301", -6, 1_100_000.0, 135_000.0);
    rows += &row(32, "00000", "3301", 6, 1_100_000.0, 135_000.0);
    rows += &row(33, "10710", "3301", 6, 1_100_000.0, 635_000.0);
    rows += &clean(0).replace(",1100000,", ",1150000,");
    rows += &row(35, "10710", "3301", 6, 1_100_000.0, 135_000.0).replace(",1000000,600000", ",,600000");
    let outcome = check(&rows);
    assert_eq!(
        outcome.found(),
        [
            "2 enterprise_id R15 held",
            "32 turnover R10 held",
            "32 turnover R11 held",
            "33 persons_engaged_male R02 held",
            "33 persons_engaged R04 held",
            "34 activity unknown-code held",
            "35 output R05 held",
            "36 enterprise_id R15 held",
            "37 output required held",
        ]
    );
    assert_eq!(outcome.counts(), [29, 0, 7, 0]);
    insta::assert_snapshot!(outcome.finding("R05").message.id, @"Produksi dikurangi biaya antara 400.000, tetapi upah, penyusutan, bunga, pajak dan laba berjumlah 900.000; selisih 500.000, paling banyak 10.000");
    insta::assert_snapshot!(outcome.finding("R10").message.en, @"Turnover of 1,100,000,000 against output of 1,000,000 is 999.99 times what is usual in its activity");
    insta::assert_snapshot!(outcome.finding("R10").remedy.id, @"Mungkin 1.100.000; tulis semua nilai dalam ribu rupiah");
}

#[test]
fn memory_of_blocks_does_not_mix_rows() {
    // Several blocks of eight megabytes; each row carries its own number.
    let mut rows = String::new();
    for id in 0..150_000 {
        writeln!(rows, "{}", clean(id).trim_end()).unwrap();
    }
    let outcome = check(&rows);
    assert_eq!(outcome.counts(), [150_000, 0, 0, 0]);
    let ids = outcome.texts("enterprise_id");
    for (place, ((row, _), id)) in outcome.statuses().into_iter().zip(&ids).enumerate() {
        assert_eq!(row, place as u64 + 2);
        assert_eq!(id.as_deref(), Some(format!("E{place:07}").as_str()));
    }
}
