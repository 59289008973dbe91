use std::collections::BTreeMap;
use std::path::Path;

use super::{Anomalies, Anomaly, Enterprises, Format, SyntheticError, Written};

fn recipe(count: u64) -> Enterprises {
    let codes = |codes: &[&str]| codes.iter().map(|&code| code.to_owned()).collect();
    Enterprises {
        activities: codes(&[
            "01111", "05101", "10710", "10130", "13121", "41011", "45101", "46311", "47111", "47112",
            "49412", "55110", "56101", "62011", "64121", "68111", "85121", "96111",
        ]),
        regions: codes(&["1101", "3171", "3172", "3201", "3273", "3374", "3578", "5301", "6471", "9701"]),
        anomalies: Anomalies {
            share: 0.02,
            other_edition: codes(&["58999"]),
            kemendagri: codes(&["9501"]),
            ..Anomalies::default()
        },
        ..Enterprises::new(count, 2021, 2024, 7)
    }
}

fn make(recipe: &Enterprises, folder: &Path) -> Written {
    recipe.write(folder, &[Format::Csv, Format::Parquet], &()).unwrap()
}

/// The rows of a CSV file, by column; nothing in it is quoted.
fn read(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines.map(|line| header.iter().cloned().zip(line).collect()).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> Option<f64> {
    Some(row[column].as_str()).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap())
}

#[test]
fn the_same_recipe_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let small = recipe(20_000);
    let one = make(&small, &folder.path().join("one"));
    let two = make(&Enterprises { threads: 3, ..small.clone() }, &folder.path().join("two"));
    assert_eq!(one.files.len(), 8);
    for ((_, a), (_, b)) in one.files.iter().zip(&two.files) {
        assert!(std::fs::read(a).unwrap() == std::fs::read(b).unwrap(), "{} differs", a.display());
    }
    assert_eq!(std::fs::read(&one.truth_file).unwrap(), std::fs::read(&two.truth_file).unwrap());
    let other = make(&Enterprises { seed: 8, ..small }, &folder.path().join("other"));
    assert_ne!(one.truth.totals, other.truth.totals);
}

#[test]
fn clean_rows_obey_what_was_agreed_about_the_columns() {
    let folder = tempfile::tempdir().unwrap();
    let clean = Enterprises { anomalies: Anomalies::none(), ..recipe(6_000) };
    let written = make(&clean, folder.path());
    let mut value_added_below_zero = 0;
    let mut turnover: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut rows = 0;
    for (_, path) in written.files.iter().take(4) {
        for row in read(path) {
            rows += 1;
            let get = |column| number(&row, column).unwrap_or_else(|| panic!("{column} is empty: {row:?}"));
            let persons = get("persons_engaged");
            assert!(persons >= 1.0);
            if let (Some(male), Some(female)) =
                (number(&row, "persons_engaged_male"), number(&row, "persons_engaged_female"))
            {
                assert!(male >= 0.0 && female >= 0.0 && male + female == persons);
            }
            if let Some(hours) = number(&row, "hours_worked") {
                assert!((200.0..=4_000.0).contains(&(hours / persons)), "{row:?}");
            }
            let (output, inputs) = (get("output"), get("intermediate_inputs"));
            assert!(output > 0.0 && output <= 1.3 * get("turnover") + 1.0, "{row:?}");
            assert!(number(&row, "energy").is_none_or(|energy| (0.0..=inputs).contains(&energy)));
            assert!((1.0..=10_000.0).contains(&get("weight")));
            let wage = get("labour_cost") / persons;
            assert!(wage == 0.0 || (500.0..=2_000_000.0).contains(&wage), "{row:?}");
            let parts =
                ["labour_cost", "depreciation", "interest", "taxes_on_production", "operating_profit"];
            let known: Option<Vec<f64>> = parts.iter().map(|part| number(&row, part)).collect();
            if let Some(known) = known {
                let sum: f64 = known.iter().sum();
                assert!((sum - (output - inputs)).abs() <= 2.0, "{row:?}");
            }
            value_added_below_zero += u64::from(output < inputs);
            turnover.entry(row["enterprise_id"].clone()).or_default().push(get("turnover"));
        }
    }
    assert_eq!(rows, 24_000, "so many enterprises are at work in every year");
    assert!((100..=400).contains(&value_added_below_zero), "{value_added_below_zero}");
    let changes: Vec<f64> = turnover
        .values()
        .flat_map(|years| years.windows(2).map(|pair| (pair[1] / pair[0]).ln().abs()))
        .collect();
    let large = changes.iter().filter(|change| **change > 3.0_f64.ln()).count();
    assert!(large * 50 < changes.len(), "{large} of {} changes are large", changes.len());
    // About 8 % close a year and are replaced.
    assert!((6_000 + 1_200..6_000 + 1_700).contains(&turnover.len()), "{}", turnover.len());
}

#[test]
fn the_truth_is_what_the_files_say() {
    let folder = tempfile::tempdir().unwrap();
    let written = make(&recipe(6_000), folder.path());
    let truth = &written.truth;
    let planted: BTreeMap<(i32, u64), Anomaly> =
        truth.planted.iter().map(|planted| ((planted.year, planted.row), planted.kind)).collect();
    assert_eq!(planted.len(), truth.planted.len());
    for kind in Anomaly::ALL {
        assert!(truth.planted.iter().any(|planted| planted.kind == kind), "{kind:?} is never planted");
    }
    let mut value_added = 0.0;
    let mut counted = 0;
    for (year, path) in written.files.iter().take(4) {
        let rows = read(path);
        assert_eq!(rows.len() as u64, truth.rows[year]);
        for (position, row) in rows.iter().enumerate() {
            let kind = planted.get(&(*year, position as u64 + 2));
            let looks = match kind {
                Some(Anomaly::UnknownActivity) => row["activity"] == "00000",
                Some(Anomaly::OtherEdition) => row["activity"] == "58999",
                Some(Anomaly::KemendagriRegion) => row["region"] == "9501",
                Some(Anomaly::NegativePersons) => number(row, "persons_engaged").unwrap() < 0.0,
                Some(Anomaly::MissingOutput) => row["output"].is_empty(),
                _ => row["activity"] != "00000" && !row["output"].is_empty(),
            };
            assert!(looks, "{kind:?}: {row:?}");
            if kind.is_none_or(|kind| kind.counts()) {
                counted += 1;
                let weight = number(row, "weight").unwrap();
                value_added +=
                    weight * (number(row, "output").unwrap() - number(row, "intermediate_inputs").unwrap());
            }
        }
    }
    let total: f64 = truth.totals.iter().map(|total| total.sums.value_added).sum();
    assert!((total / value_added - 1.0).abs() < 1e-9, "{total} is not {value_added}");
    assert_eq!(truth.totals.iter().map(|total| total.sums.enterprises).sum::<u64>(), counted);
    let shown = std::fs::read_to_string(&written.truth_file).unwrap();
    assert!(shown.contains("Data sintetis, bukan perusahaan nyata"));
}

#[test]
fn productivity_is_plausible_in_every_section() {
    let folder = tempfile::tempdir().unwrap();
    let clean = Enterprises { anomalies: Anomalies::none(), ..recipe(30_000) };
    let written = clean.write_csv(folder.path()).unwrap();
    let mut by_section: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in read(&written.files[0].1) {
        let value_added = number(&row, "output").unwrap() - number(&row, "intermediate_inputs").unwrap();
        let persons = number(&row, "persons_engaged").unwrap();
        by_section.entry(row["activity"][..2].to_owned()).or_default().push(value_added / persons / 1_000.0);
    }
    for (division, mut values) in by_section.into_iter().filter(|(_, values)| values.len() > 50) {
        values.sort_by(f64::total_cmp);
        let median = values[values.len() / 2];
        assert!((12.0..600.0).contains(&median), "median of division {division}: {median} million rupiah");
    }
}

#[test]
fn a_recipe_that_cannot_be_made_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let check = |recipe: Enterprises, expected: &str| {
        let error = recipe.write_csv(folder.path()).unwrap_err();
        assert!(matches!(error, SyntheticError::Recipe { .. }));
        assert!(error.to_string().contains(expected), "{error}");
    };
    check(Enterprises { count: 0, ..recipe(1) }, "between 1 and 100,000,000");
    check(Enterprises { last_year: 2020, ..recipe(1) }, "the first one first");
    check(Enterprises { regions: vec![], ..recipe(1) }, "codes of activities and of regions");
    check(Enterprises { activities: vec!["X".into()], ..recipe(1) }, "`X` does not begin with a division");
}
