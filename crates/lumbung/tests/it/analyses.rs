//! Analyses of a plan: computed with the release, judged like its table, recomputed by `verify`.

use super::{Office, PLAN, good_rows};

const ANALYSES: &str = r#"
[[analysis]]
id = "gap"
title = { id = "Celah Olley–Pakes", en = "Olley–Pakes gap" }
method = "olley-pakes-gap"
by = { year = "", activity = "section" }
arguments = { productivity = "(turnover - intermediate_inputs) / persons_engaged", size = "persons_engaged" }

[[analysis]]
id = "shift"
title = { id = "Perpindahan tenaga kerja", en = "Shift of labour" }
method = "shift-share"
on = "table"
by = { activity = "section" }
arguments = { unit = "activity", period = "year", value = "TURNOVER", labour = "PERSONS_ENGAGED" }

[[analysis]]
id = "dynamics"
title = { id = "Masuk dan keluar", en = "Entry and exit" }
method = "productivity-dynamics"
by = { activity = "section" }

[analysis.arguments]
unit = "enterprise_id"
period = "year"
productivity = "log(turnover / persons_engaged)"
size = "persons_engaged"
method = "melitz-polanec"
"#;

/// An office with a plan that orders analyses; building (F) has three enterprises, retail (G) two
/// newcomers.
fn ordered(analyses: &str) -> Office {
    let office = Office::open();
    let plan = office.data().join("content/plans/toy.toml");
    std::fs::write(plan, format!("{PLAN}\n{analyses}")).unwrap();
    let mut text = good_rows("E", 2024);
    for number in 0..3 {
        for year in [2023, 2024] {
            text.push_str(&format!("F{number},{year},41011,9,{},400\n", 900 + number));
        }
    }
    for number in 0..2 {
        text.push_str(&format!("N{number},2024,47111,12,{},400\n", 1100 + number));
    }
    let file = office.file("rows.csv", text);
    office.run(&["import", &file, "--survey", "toy"]).ok();
    office
}

fn found(office: &Office, release: &str) -> serde_json::Value {
    let path = office.data().join("releases").join(release).join("analyses.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// What is shown of the groups of an analysis: `tables`, `withheld`, `no-figure`.
fn shown(analysis: &serde_json::Value) -> Vec<(String, String)> {
    let groups = analysis["groups"].as_array().unwrap().iter();
    let members = |group: &serde_json::Value| {
        let members = group["members"].as_array().unwrap().iter();
        members.map(|member| member.as_str().unwrap().to_owned()).collect::<Vec<_>>().join("/")
    };
    groups
        .map(|group| (members(group), group["shown"].as_object().unwrap().keys().next().unwrap().clone()))
        .collect()
}

#[test]
fn groups_of_few_are_held_back_and_the_rest_is_published() {
    let office = ordered(ANALYSES);
    let release = office.run(&["release", "toy"]).ok().trim().to_owned();
    let found = found(&office, &release);
    let analyses = found["analyses"].as_array().unwrap();
    let of = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(group, shown)| ((*group).to_owned(), (*shown).to_owned())).collect()
    };
    assert_eq!(found["synthetic"], true);
    assert_eq!(
        shown(&analyses[0]),
        of(&[
            ("2023/A", "tables"),
            ("2023/C", "tables"),
            ("2023/F", "withheld"),
            ("2023/G", "tables"),
            ("2024/A", "tables"),
            ("2024/C", "tables"),
            ("2024/F", "withheld"),
            ("2024/G", "tables"),
        ])
    );
    // The two newcomers of retail would stand alone behind the term of entry.
    assert_eq!(
        shown(&analyses[2]),
        of(&[("A", "tables"), ("C", "tables"), ("F", "withheld"), ("G", "withheld")])
    );
    let withheld = &analyses[2]["groups"][2];
    assert_eq!((&withheld["n"], &withheld["notes"]), (&serde_json::Value::Null, &serde_json::json!([])));
    // Sections that the table hides are the rest; everything still adds up to the published total.
    let shift = &analyses[1]["groups"][0]["shown"]["tables"];
    let rows = shift[1]["rows"].as_array().unwrap();
    let number = |row: &serde_json::Value, at: usize| row[at].as_f64().unwrap();
    let (last, sectors) = rows.split_last().unwrap();
    let parts: f64 = sectors.iter().map(|row| number(row, 5)).sum();
    assert!((parts - number(last, 5)).abs() < 1e-9, "{shift}");
    let level = &shift[0]["rows"][0];
    assert!((number(level, 3) - number(level, 1) - parts).abs() < 1e-9, "{shift}");
    let hidden = sectors.iter().any(|row| row[0] == "…");
    let notes = analyses[1]["groups"][0]["notes"].to_string();
    assert_eq!(hidden, notes.contains("the total less what is published"), "{notes}");
}

#[test]
fn verify_recomputes_analyses_to_the_last_byte() {
    let office = ordered(ANALYSES);
    let release = office.run(&["release", "toy"]).ok().trim().to_owned();
    office.run(&["verify", &release]).ok();
    let path = office.data().join("releases").join(&release).join("analyses.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"n\": ", "\"n\":  ", 1)).unwrap();
    let said = office.run(&["verify", &release]).failed();
    assert!(said.contains("analyses.json"), "{said}");
}

#[test]
fn an_analysis_that_may_not_see_rows_or_does_not_exist_is_refused() {
    for (analysis, id, en) in [
        (ANALYSES.replace("olley-pakes-gap", "outliers"), "tidak boleh melihat baris", "may not see rows"),
        (ANALYSES.replace("olley-pakes-gap", "olley"), "tidak dikenal", "is unknown"),
        (ANALYSES.replace("size = ", "sise = "), "bukan argumen", "is no argument"),
        (
            ANALYSES.replace("activity = \"section\"", "sector = \"section\""),
            "menyebut `sector`",
            "names `sector`",
        ),
        (ANALYSES.replace("\"section\"", "\"galaxy\""), "galaxy", "galaxy"),
        (ANALYSES.replace("id = \"shift\"", "id = \"gap\""), "sudah dipakai", "is that of another"),
    ] {
        let office = ordered(&analysis);
        for (language, words) in [("id", id), ("en", en)] {
            let said = office.run_in(language, &["release", "toy"]).failed();
            assert!(said.contains(words), "{words} in {said}");
        }
        assert!(office.releases().is_empty(), "nothing was published");
    }
}
