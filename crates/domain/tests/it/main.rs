//! The content of this repository: does it read, does it agree, are the counts the official ones?

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::catalogue::Catalogue;
use domain::classification::Classification;
use domain::survey::VariableType;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn catalogue() -> Catalogue {
    let mut files = Vec::new();
    for folder in ["classifications", "deflators", "surveys", "plans"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("the folder is part of the repository") {
            let path = entry.expect("a readable folder").path();
            let text = std::fs::read_to_string(&path).expect("content is UTF-8 text");
            files.push((path.to_string_lossy().into_owned(), text));
        }
    }
    // Until its survey is written, the plan of the enterprise survey stands aside.
    if !root().join("surveys/national-enterprise.toml").exists() {
        files.retain(|(path, _)| !path.ends_with("enterprise.toml"));
    }
    Catalogue::parse(files).unwrap_or_else(|error| panic!("{error}"))
}

fn count(classification: &Classification, level: &str, on: Option<&str>) -> usize {
    let level = classification.level(level).unwrap();
    classification.at_level(level, on.map(|day| day.parse().unwrap())).count()
}

#[test]
fn every_file_of_content_reads_and_agrees_with_the_others() {
    let catalogue = catalogue();
    let plans: Vec<_> = catalogue.plans().map(|(name, _)| name).collect();
    let expected = ["bench", "grdp", "grdp-34", "macro", "national", "pwt", "rice-farms"];
    for plan in expected {
        assert!(plans.contains(&plan), "{plan}");
    }
}

#[test]
fn editions_of_kbli_have_their_official_counts() {
    let catalogue = catalogue();
    for (edition, counts) in [("KBLI2020", [21, 88, 245, 567, 1790]), ("KBLI2025", [22, 87, 257, 519, 1559])]
    {
        let kbli = catalogue.classification(edition).unwrap();
        let levels = ["section", "division", "group", "class", "subclass"];
        assert_eq!(levels.map(|level| count(kbli, level, None)), counts, "{edition}");
    }
}

#[test]
fn a_letter_of_one_edition_is_not_that_of_the_other() {
    let catalogue = catalogue();
    let label = |edition: &str| {
        let kbli = catalogue.classification(edition).unwrap();
        kbli.get(kbli.find("K").unwrap()).label.en.clone()
    };
    assert_eq!(label("KBLI2020"), "Financial and insurance activities");
    assert!(label("KBLI2025").starts_with("Telecommunications"));
}

#[test]
fn provinces_follow_the_laws_of_2022_and_regencies_stay_514() {
    let catalogue = catalogue();
    let regions = catalogue.classification("REGION").unwrap();
    for (day, provinces) in
        [("2021-12-31", 34), ("2022-07-24", 34), ("2022-07-25", 37), ("2022-12-07", 37), ("2022-12-08", 38)]
    {
        assert_eq!(count(regions, "province", Some(day)), provinces, "{day}");
        assert_eq!(count(regions, "regency", Some(day)), 514, "{day}");
    }
}

#[test]
fn a_regency_that_changed_province_names_its_new_code() {
    let catalogue = catalogue();
    let regions = catalogue.classification("REGION").unwrap();
    let mut moved = 0;
    for old in regions.codes.iter().filter(|code| code.valid_to.is_some()) {
        let (_, successor) = old.other.iter().find(|(system, _)| system == "successor").expect("a successor");
        let new = regions.get(regions.find(successor).expect("the successor is a code"));
        assert_eq!(new.label, old.label);
        assert_eq!(old.valid_to.unwrap().tomorrow().unwrap(), new.valid_from.unwrap(), "{}", old.code);
        assert_ne!(new.parent, old.parent);
        moved += 1;
    }
    assert_eq!(moved, 26);
}

#[test]
fn every_current_region_has_its_own_code_in_other_systems() {
    let catalogue = catalogue();
    let regions = catalogue.classification("REGION").unwrap();
    let mut seen = BTreeSet::new();
    for code in regions.codes.iter().filter(|code| code.valid_to.is_none()) {
        let find = |name: &str| code.other.iter().find(|(system, _)| system == name).map(|(_, value)| value);
        assert!(seen.insert(find("kemendagri").expect("a code of the ministry")), "{}", code.code);
        assert_eq!(code.level == 0, find("iso").is_some(), "{}", code.code);
    }
}

#[test]
fn sizes_follow_bps_and_the_regulation() {
    let catalogue = catalogue();
    for (id, value, expected) in [
        ("SIZE_BPS", 4.0, "E1T4"),
        ("SIZE_BPS", 5.0, "E5T19"),
        ("SIZE_BPS", 99.0, "E20T99"),
        ("SIZE_BPS", 100.0, "E100"),
        ("SIZE_PP7", 2e9, "MICRO"),
        ("SIZE_PP7", 2e9 + 1.0, "SMALL"),
        ("SIZE_PP7", 50e9, "MEDIUM"),
        ("SIZE_PP7", 5e10 + 1.0, "LARGE"),
    ] {
        let sizes = catalogue.classification(id).unwrap();
        let class = sizes.size_scheme().unwrap().unwrap().class_of(value).unwrap();
        assert_eq!(sizes.get(class).code, expected, "{id} {value}");
    }
}

#[test]
fn every_label_is_written_in_both_languages() {
    for classification in catalogue().classifications() {
        for code in &classification.codes {
            let Classification { id, .. } = classification;
            assert!(
                !code.label.id.trim().is_empty() && !code.label.en.trim().is_empty(),
                "{id} {}",
                code.code
            );
        }
    }
}

/// A demo table, the survey that describes it, and the number of rows its source has.
const DEMO: &[(&str, &str, usize)] = &[
    ("national-sectors.csv", "national-sectors", 70),
    ("national-headline.csv", "national-headline", 11),
    ("penn-world-table.csv", "penn-world-table", 60),
    ("grdp-regencies.csv", "grdp-regencies", 514 * 18),
    ("grdp-provinces-34.csv", "grdp-provinces-34", 34 * 35),
    ("rice-farms.csv", "rice-farms", 1026),
];

#[test]
fn demo_tables_are_what_their_surveys_say() {
    let catalogue = catalogue();
    for (file, survey, rows) in DEMO {
        let survey = catalogue.survey(survey).unwrap();
        let mut reader = csv::Reader::from_path(root().join("demo").join(file)).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let names: Vec<_> = survey.variables.iter().map(|variable| variable.name.clone()).collect();
        assert_eq!(header, names, "{file}");
        let mut keys = BTreeSet::new();
        for (position, record) in reader.records().enumerate() {
            let record = record.unwrap();
            let mut values = BTreeMap::new();
            for (variable, value) in survey.variables.iter().zip(record.iter()) {
                let place = format!("{file} row {}: {} = {value:?}", position + 2, variable.name);
                values.insert(variable.name.as_str(), value.to_owned());
                assert!(!variable.required || !value.is_empty(), "{place}");
                let Some(id) = &variable.classification else {
                    let number = variable.variable_type != VariableType::Text && !value.is_empty();
                    assert!(!number || value.parse::<f64>().is_ok(), "{place}");
                    continue;
                };
                let classification = catalogue.classification(id).unwrap();
                let code = classification.get(classification.find(value).expect(&place));
                let level = &classification.levels[code.level as usize].id;
                assert!(variable.levels.is_empty() || variable.levels.contains(level), "{place}");
            }
            let key: Vec<_> = survey.key.iter().map(|name| values[name.as_str()].clone()).collect();
            assert!(keys.insert(key), "{file} row {}: the key stands twice", position + 2);
        }
        assert_eq!(keys.len(), *rows, "{file}");
    }
}

#[test]
fn the_computed_headline_agrees_with_what_was_published() {
    let mut reader = csv::Reader::from_path(root().join("demo/national-headline.csv")).unwrap();
    let mut compared = 0;
    for record in reader.records().map(Result::unwrap) {
        let value = |column: usize| record[column].parse::<f64>().ok();
        if let (Some(gdp), Some(persons), Some(published)) = (value(1), value(2), value(3)) {
            let computed = gdp / persons / 1000.0;
            assert!((computed / published - 1.0).abs() < 0.001, "{} {computed} {published}", &record[0]);
            compared += 1;
        }
    }
    assert_eq!(compared, 2);
}

#[test]
fn maps_draw_every_current_region_once() {
    let catalogue = catalogue();
    let regions = catalogue.classification("REGION").unwrap();
    for (file, level) in [("provinces.json", 0), ("regencies.json", 1)] {
        let map = std::fs::read_to_string(root().join("geometry").join(file)).unwrap();
        let drawn: Vec<_> =
            map.split("\"code\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let mut wanted: Vec<_> = regions
            .codes
            .iter()
            .filter(|code| code.level == level && code.valid_to.is_none())
            .map(|code| code.code.as_str())
            .collect();
        wanted.sort_unstable();
        assert_eq!(drawn, wanted, "{file}");
        assert!(!map.contains("\"path\":\"\""), "{file}");
    }
}
