use std::collections::BTreeMap;
use std::path::Path;

use super::*;

/// The files of a programme that travels with the program.
fn files(id: &str) -> BTreeMap<String, String> {
    fn gather(folder: &Path, below: &str, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                gather(&path, &format!("{name}/"), files);
            } else {
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes").join(id), "", &mut found);
    found
}

fn shipped() -> Programme {
    Programme::parse("score-id", &files("score-id")).unwrap_or_else(|findings| {
        panic!("{}", findings.iter().map(|f| format!("{f}\n")).collect::<String>())
    })
}

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_shipped_programme_is_consistent_and_whole() {
    let programme = shipped();
    let numbered: Vec<(u8, &str)> =
        programme.modules.iter().map(|module| (module.number, module.code.as_str())).collect();
    assert_eq!(
        numbered,
        [
            (1, "cooperation"),
            (2, "quality"),
            (3, "productivity"),
            (4, "workforce"),
            (5, "safety"),
            (0, "hospitality"),
            (0, "service-excellence"),
        ]
    );
    assert_eq!(programme.products.len(), 4);
    for module in &programme.modules {
        assert!(programme.practices(&module.code).len() >= 3, "{}", module.code);
    }
    assert_eq!(programme.phase_on("2019-05-01".parse().unwrap()).unwrap().id, "III");
    assert_eq!(programme.phase_on("2026-11-22".parse().unwrap()).unwrap().id, "national");
    assert_eq!(programme.phase_on("2001-01-01".parse().unwrap()), None);
    assert_eq!(programme.visits_needed("standard", "quality", "2018"), 3);
    assert_eq!(programme.visits_needed("short", "quality", "2018"), 1);
}

#[test]
fn a_restaurant_with_stock_cost_menu_and_management_problems_is_led_to_quality_and_productivity() {
    let programme = shipped();
    let standard = programme.product("standard").unwrap();
    let problems = names(&["stock", "cost", "menu", "management"]);
    let advice = programme.recommend(standard, &problems, &[]);
    let modules: Vec<&str> = advice.iter().map(|one| one.module).collect();
    // The compulsory module first, then what answers most.
    assert_eq!(modules, ["cooperation", "productivity", "quality"]);
    assert!(advice[0].compulsory);
    for one in &advice[1..] {
        assert!(!one.reasons.is_empty() && !one.problems.is_empty(), "{} without a reason", one.module);
    }
    let after_first = programme.recommend(standard, &problems, &["cooperation"]);
    let modules: Vec<&str> = after_first.iter().map(|one| one.module).collect();
    assert_eq!(modules, ["productivity", "quality"]);
    assert_eq!(programme.problems_for("56101")[0].code, "menu");
}

#[test]
fn the_first_module_comes_first_and_the_rest_follows_the_product() {
    let programme = shipped();
    let standard = programme.product("standard").unwrap();
    assert_eq!(standard.may_follow(&[]), ["cooperation"]);
    assert_eq!(standard.may_follow(&["cooperation", "safety"]), ["quality", "productivity", "workforce"]);
    let short = programme.product("short").unwrap();
    assert_eq!(short.may_follow(&["cooperation"]), ["quality"]);
    assert!(short.may_follow(&["cooperation", "quality", "productivity", "workforce", "safety"]).is_empty());
}

#[test]
fn the_edition_in_force_on_a_day_is_taken() {
    let mut module = shipped().module("quality").unwrap().clone();
    let mut newer = module.editions[0].clone();
    newer.version = "2027".into();
    newer.valid_from = "2027-01-01".parse().unwrap();
    module.editions.push(newer);
    for (day, version) in [("2010-01-01", "2018"), ("2026-12-31", "2018"), ("2027-01-01", "2027")] {
        assert_eq!(module.edition_on(day.parse().unwrap()).version, version, "{day}");
    }
}

/// What is said when one file of the shipped programme is changed.
fn broken(file: &str, from: &str, to: &str) -> String {
    let mut files = files("score-id");
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} no longer holds {from}");
    *text = text.replacen(from, to, 1);
    let findings = Programme::parse("score-id", &files).expect_err("the change is wrong");
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn what_is_wrong_is_told_with_file_key_and_remedy() {
    for (file, from, to, expected) in [
        (
            "products.toml",
            "first = \"cooperation\"",
            "first = \"mutu\"",
            "products.toml, product standard.first: There is no module `mutu`. Choose one of: cooperation, \
             quality, productivity, workforce, safety.\n",
        ),
        (
            "modules/quality.toml",
            "workshop_days = 2",
            "workshop_days = 0",
            "modules/quality.toml, edition 2018.workshop_days: It is zero. Write at least 1.\n",
        ),
        (
            "checklists/safety.toml",
            "code = \"S2\"",
            "code = \"Q2\"",
            "checklists/safety.toml, practice Q2: `Q2` stands twice. Give one of them a name of its own.\n",
        ),
        (
            "diagnosis.toml",
            "problems = [\"accidents\"]",
            "problems = [\"accident\"]",
            "diagnosis.toml, rule 7.problems: There is no problem `accident`. Choose one of: communication, \
             untidy, management, defects, complaints, menu, stock, cost, energy-waste, slow, turnover, skills, \
             accidents, guests.\ndiagnosis.toml, problem accidents: This problem leads to no module. Write a \
             [[rule]] for it.\n",
        ),
        (
            "programme.toml",
            "to = \"2013-06-30\"",
            "to = \"2003-06-30\"",
            "programme.toml, phase I: The phase ends before it begins. Check `from` and `to`.\n",
        ),
        (
            "modules/safety.toml",
            "visits = 3",
            "visits = -3",
            "modules/safety.toml, line 17: this holds the whole number `-3`, and should hold a whole number from 0. \
             Mend that line; another programme's folder may serve as an example.\n",
        ),
    ] {
        assert_eq!(broken(file, from, to), expected, "{file}");
    }
    let mut without = files("score-id");
    without.remove("products.toml");
    let findings = Programme::parse("score-id", &without).expect_err("a file is missing");
    assert_eq!(findings[0].to_string(), "products.toml, file: This file is missing. Add the file.");
    assert!(Programme::parse("other", &files("score-id")).is_err());
}
