//! The results framework as IATI and as a table.

use std::collections::BTreeMap;

use domain::framework::{Actual, AidActivity, Framework, NewReport, ReportedFigure};
use domain::language::Language;
use domain::programme::Programme;
use publication::framework::{LockedReport, Reported, csv, iati};

/// A programme that travels with the program, its framework and its head for aid.
fn shipped() -> (Programme, Framework, AidActivity) {
    fn gather(folder: &std::path::Path, below: &str, files: &mut BTreeMap<String, String>) {
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
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes");
    let folder = std::fs::read_dir(root).unwrap().next().unwrap().unwrap();
    let mut files = BTreeMap::new();
    gather(&folder.path(), "", &mut files);
    let programme = Programme::parse(folder.file_name().to_str().unwrap(), &files).unwrap();
    let framework = Framework::parse("targets.toml", &files["targets.toml"]).unwrap();
    (programme, framework, AidActivity::parse(&files["aid.toml"]).unwrap())
}

fn report(framework: &Framework) -> NewReport {
    let figures = framework.targets.iter().enumerate().map(|(place, target)| ReportedFigure {
        target: target.code.clone(),
        // The first was counted, the second is a counted none, of the rest nothing is known.
        actual: Actual {
            value: [Some(3.0), Some(0.0)].get(place).copied().flatten(),
            synthetic: place == 0,
            ..Actual::default()
        },
        wanted: target.value,
    });
    NewReport {
        id: "r1".into(),
        programme: "p".into(),
        period: framework.periods[0].code.clone(),
        as_of: "2019-02-01".parse().unwrap(),
        figures: figures.collect(),
    }
}

#[test]
fn locked_reports_become_results_and_no_data_is_not_zero() {
    let (programme, framework, activity) = shipped();
    let at = "2019-02-01T03:00:00Z".parse().unwrap();
    let report = report(&framework);
    let reports = [LockedReport { report: &report, at }];
    let reported = Reported { programme: &programme, framework: &framework, reports: &reports };
    let text = String::from_utf8(iati(&activity, &reported, at).unwrap()).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let named = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    let targets = framework.targets.iter().filter(|target| target.phase == activity.phase).count();
    assert_eq!((named("result"), named("target"), named("actual")), (targets, targets, 2), "{text}");
    let values: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("actual"))
        .filter_map(|node| node.attribute("value"))
        .collect();
    assert_eq!(values, ["3", "0"]);
    assert!(text.contains("Synthetic data"), "a made-up figure says so");
    let order: Vec<&str> = document
        .root_element()
        .first_element_child()
        .unwrap()
        .children()
        .filter(roxmltree::Node::is_element)
        .map(|node| node.tag_name().name())
        .collect();
    assert_eq!(
        order[..8],
        [
            "iati-identifier",
            "reporting-org",
            "title",
            "description",
            "description",
            "participating-org",
            "participating-org",
            "participating-org"
        ]
    );

    assert!(activity.example && text.contains("is an example"), "nobody publishes it by mistake");

    let table = String::from_utf8(csv(&reported, Language::En)).unwrap();
    assert!(table.starts_with('\u{feff}'), "spreadsheets read it as UTF-8");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 1 + framework.targets.len());
    let cell = |line: &str, place: usize| line.split(',').nth(place).unwrap_or_default().to_owned();
    assert!(cell(lines[0], 10) == "actual_value", "{}", lines[0]);
    assert_eq!(table.matches(",,0,false,2019-02-01,").count(), framework.targets.len() - 2, "{table}");
}

#[test]
fn nothing_locked_gives_results_without_periods() {
    let (programme, framework, activity) = shipped();
    let reported = Reported { programme: &programme, framework: &framework, reports: &[] };
    let now = "2026-11-22T03:00:00Z".parse().unwrap();
    let text = String::from_utf8(iati(&activity, &reported, now).unwrap()).unwrap();
    assert!(text.contains("<result") && !text.contains("<period") && !text.contains("<actual"), "{text}");
    assert_eq!(String::from_utf8(csv(&reported, Language::Id)).unwrap().lines().count(), 1);
}
