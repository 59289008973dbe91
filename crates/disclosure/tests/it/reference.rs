//! Reference cases: what GaussSuppression, sdcTable and tau-Argus give for published tables.
//!
//! The data come with GPL packages and are for local tests: they are read from the folder
//! named by `LUMBUNG_SHARED` and the tests are skipped without it.
//! Case 18: GaussSuppression 1.0.0 vignette "Magnitude table suppression", SSBtoolsData
//! `magnitude1`; protection levels and optimum from tau-Argus (pytauargus 0.6.0).
//! Case 21: sdcTable 0.32.7 `microdata1`. Case 41: README of rtauargus (tau-Argus 4.2.3).

use std::collections::BTreeMap;
use std::path::PathBuf;

use disclosure::{Reason, check, protect, table};
use domain::cube::{Cube, Dimension, DimensionRole, Member};
use domain::language::Text;

use crate::attacker::{equations, furthest};
use crate::cubes::{Enterprise, dimension, tabulate};
use crate::{hidden, plan, protected};

fn shared(path: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("LUMBUNG_SHARED") else {
        println!("skipped: LUMBUNG_SHARED is not set, so refdata/{path} cannot be read");
        return None;
    };
    let path = PathBuf::from(folder).join("refdata").join(path);
    assert!(path.exists(), "{} is missing", path.display());
    Some(path)
}

fn rows(path: PathBuf) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a CSV");
    let header = reader.headers().expect("a header").clone();
    let named = |record: csv::StringRecord| {
        header.iter().zip(record.iter()).map(|(k, v)| (k.into(), v.into())).collect()
    };
    reader.records().map(|record| named(record.expect("a row"))).collect()
}

fn flat(id: &str, rows: &[BTreeMap<String, String>]) -> Dimension {
    let mut codes: Vec<&str> = rows.iter().map(|row| row[id].as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let member = |code: &str, parent| Member {
        code: code.into(),
        parent,
        level: u8::from(parent.is_some()),
        label: Text::same(code),
    };
    let members =
        std::iter::once(member("Total", None)).chain(codes.iter().map(|code| member(code, Some(0))));
    dimension(id, DimensionRole::Hierarchy, &["total", "leaf"], members.collect())
}

/// Two flat dimensions; `holding` names the column of the holding, or every row is its own.
fn cube(rows: &[BTreeMap<String, String>], by: [&str; 2], value: &str, holding: Option<&str>) -> Cube {
    let dimensions = by.map(|id| flat(id, rows)).to_vec();
    let enterprises: Vec<Enterprise> = rows
        .iter()
        .enumerate()
        .map(|(number, row)| Enterprise {
            leaves: dimensions.iter().map(|d| d.member(&row[&d.id]).expect("a known code")).collect(),
            year: 0,
            holding: holding.map_or(number as u64, |column| u64::from(row[column].as_bytes()[0])),
            values: vec![row[value].parse().expect("a number")],
        })
        .collect();
    tabulate(dimensions, &enterprises, &["VALUE"], false)
}

fn codes(cube: &Cube, cell: usize) -> Vec<String> {
    cube.key(cell).iter().zip(&cube.dimensions).map(|(m, d)| d.members[*m as usize].code.clone()).collect()
}

/// Primary cells as the expected file has them.
fn check_primary(expected: &str, holding: Option<&str>, rules: &str) {
    let Some(folder) = shared("18_sdc_gausssuppression_magnitude1") else { return };
    let cube = cube(&rows(folder.join("data.csv")), ["sector4", "geo"], "value", holding);
    let mut primary: Vec<Vec<String>> = rows(folder.join(expected))
        .iter()
        .filter(|row| row["primary"] == "TRUE")
        .map(|row| vec![row["sector4"].clone(), row["geo"].clone()])
        .collect();
    primary.sort();
    let plan = plan(rules);
    let (protected, proof) = protected(&cube, &plan);
    let mut found: Vec<Vec<String>> = hidden(&protected)
        .into_iter()
        .filter(|cell| protected.hidden(*cell).is_some_and(Reason::is_primary))
        .map(|cell| codes(&cube, cell))
        .collect();
    found.sort();
    assert_eq!(found, primary, "{expected}");
    assert!(check(&cube, &protected, &proof, &plan).expect("checked").passed());
}

#[test]
fn case_18_primary_cells_are_those_of_gausssuppression_and_tau_argus() {
    check_primary("expected_t2_fewcontrib_maxN1.csv", None, "threshold = 2");
    check_primary("expected_t3_dominance_1_80.csv", None, "dominance = [[1, 80]]");
    check_primary("expected_ppercent10.csv", None, "p_percent = 10");
    check_primary("expected_ppercent10_company.csv", Some("company"), "p_percent = 10");
}

#[test]
fn case_18_levels_are_those_of_tau_argus_and_the_pattern_costs_no_more_than_the_optimum() {
    let Some(folder) = shared("18_sdc_gausssuppression_magnitude1") else { return };
    let cube = cube(&rows(folder.join("data.csv")), ["sector4", "geo"], "value", None);
    let need = |rules: &str, value: f64| {
        let (_, proof) = protected(&cube, &plan(rules));
        let cell =
            proof.cells.iter().find(|proof| (cube.values[0][proof.cell as usize] - value).abs() < 1e-6);
        cell.expect("a primary").need
    };
    assert!((need("dominance = [[1, 80]]", 8.4) - 2.1).abs() < 1e-9);
    assert!((need("p_percent = 10", 139.8) - 9.66).abs() < 1e-9);
    let (protected, _) = protected(&cube, &plan("dominance = [[1, 80]]\ncontributors = \"none\""));
    let secondary = |cell: &usize| protected.hidden(*cell) == Some(Reason::Complementary);
    let cost: f64 =
        hidden(&protected).iter().filter(|cell| secondary(cell)).map(|cell| cube.values[0][*cell]).sum();
    // tau-Argus OPT hides 20.3, 9.2 and 9.4.
    assert!(cost <= 38.9 + 1e-6, "secondaries cost {cost}, the optimum costs 38.9");
}

#[test]
fn case_21_hiding_a_and_d_alone_leaves_d_male_too_narrow_and_is_not_what_we_do() {
    let Some(folder) = shared("21_sdc_sdctable_microdata1") else { return };
    let cube = cube(&rows(folder.join("data.csv")), ["region", "gender"], "val", None);
    let plan = plan("dominance = [[2, 75]]\ncontributors = \"none\"");
    let (protected, proof) = protected(&cube, &plan);
    let find = |region: &str, gender: &str| {
        (0..cube.len()).find(|cell| codes(&cube, *cell) == [region, gender]).expect("a cell")
    };
    let male = find("D", "male");
    let primary: Vec<usize> =
        (0..cube.len()).filter(|cell| protected.hidden(*cell).is_some_and(Reason::is_primary)).collect();
    assert_eq!(primary, [find("A", "female"), male]);
    let need = proof.cells.iter().find(|proof| proof.cell as usize == male).expect("proved").need;
    let reach = |hidden: &[usize]| {
        let room: Vec<f64> = hidden.iter().map(|cell| cube.values[0][*cell]).collect();
        let target = hidden.binary_search(&male).expect("hidden");
        furthest(&equations(&cube, hidden), &room, target)
    };
    let mut leaky = vec![find("A", "male"), find("A", "female"), male, find("D", "female")];
    leaky.sort_unstable();
    assert!((reach(&leaky) - 20.0).abs() < 1e-6 && need > 21.0, "reach {} need {need}", reach(&leaky));
    assert!(reach(&hidden(&protected)) >= need - 1e-6);
}

#[test]
fn case_41_is_hidden_as_tau_argus_hides_it() {
    let Some(folder) = shared("41_toy_published") else { return };
    let plan_text = "
        [protection]
        threshold = 3
        threshold_level_percent = 10
        dominance = [[1, 85]]
        contributors = \"none\"
        [table]
        contributors = \"N_OBS\"
        [[table.dimension]]
        column = \"ACTIVITY\"
        [[table.dimension]]
        column = \"SIZE\"
        [[table.measure]]
        column = \"VAL\"
        largest = \"MAX\"";
    let input = folder.join("rtauargus_ex1.csv");
    let cube = table::read(&input, plan_text, &folder).expect("read");
    let plan = disclosure::ProtectionPlan::parse(plan_text).expect("a good plan");
    let (protected, _) = protect(cube.clone(), &plan, None, &()).expect("protected");
    for row in rows(input) {
        let cell = (0..cube.len())
            .find(|cell| codes(&cube, *cell) == [row["ACTIVITY"].clone(), row["SIZE"].clone()]);
        let found = match protected.hidden(cell.expect("a cell")) {
            None => "V",
            Some(Reason::TooFewContributors) => "A",
            Some(Reason::Dominated) => "B",
            Some(_) => "D",
        };
        assert_eq!(found, row["Status"], "{} {}", row["ACTIVITY"], row["SIZE"]);
    }
}

/// tau-Argus run on case 18, if the package is there: the same primaries, and its optimum is not
/// cheaper than our pattern.
#[test]
fn case_18_agrees_with_pytauargus() {
    let Some(folder) = shared("18_sdc_gausssuppression_magnitude1") else { return };
    let Some(python) = crate::oracle::python("pytauargus") else { return };
    #[derive(serde::Deserialize)]
    struct Answer {
        primary: Vec<Vec<String>>,
        cost: f64,
    }
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/tau_argus.py");
    let cube = cube(&rows(folder.join("data.csv")), ["sector4", "geo"], "value", None);
    for (rule, ours) in [("NK(1,80)", "dominance = [[1, 80]]"), ("P(10,1)", "p_percent = 10")] {
        let arguments = ["sector4", "geo", "value", rule];
        // The engine leaves files where it runs.
        let elsewhere = tempfile::tempdir().expect("a temporary folder");
        let output = std::process::Command::new(&python)
            .current_dir(elsewhere.path())
            .arg(&script)
            .arg(folder.join("data.csv"))
            .args(arguments)
            .output()
            .expect("python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut answer: Answer = serde_json::from_slice(&output.stdout).expect("JSON");
        let (protected, _) = protected(&cube, &plan(&format!("{ours}\ncontributors = \"none\"")));
        let primary = |cell: &usize| protected.hidden(*cell).is_some_and(Reason::is_primary);
        let mut found: Vec<Vec<String>> =
            hidden(&protected).into_iter().filter(primary).map(|cell| codes(&cube, cell)).collect();
        found.sort();
        answer.primary.sort();
        assert_eq!(found, answer.primary, "{rule}");
        let secondary = hidden(&protected).into_iter().filter(|cell| !primary(cell));
        let cost: f64 = secondary.map(|cell| cube.values[0][cell]).sum();
        assert!(cost <= answer.cost + 1e-6, "{rule}: we hide {cost}, tau-Argus {}", answer.cost);
    }
}
