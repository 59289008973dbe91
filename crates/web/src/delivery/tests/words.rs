use std::collections::BTreeSet;

use domain::delivery::{
    CaseStudyState, Position, ProjectState, ReportState, State, Step, TrainingState, VisitState,
};

use crate::delivery::form::FORMS;

const STEPS: [Step; 15] = [
    Step::Commitment,
    Step::Baseline,
    Step::Module,
    Step::Workshop,
    Step::Team,
    Step::Plan,
    Step::Visits,
    Step::Review,
    Step::Endline,
    Step::Report,
    Step::Deliver,
    Step::Final,
    Step::Exit,
    Step::FollowUp6,
    Step::CaseStudy,
];

/// Keys that are put together from a code.
fn composed() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut add = |key: String| {
        keys.insert(key);
    };
    for form in FORMS {
        for ending in ["", "-lead", "-do"] {
            add(format!("delivery-form-{form}{ending}"));
        }
    }
    for form in ["finish", "drop", "verify", "visit", "visit-cancel"] {
        add(format!("delivery-form-{form}-short"));
    }
    for step in STEPS {
        add(format!("delivery-step-{}", step.code()));
        add(format!("delivery-step-{}-do", step.code()));
    }
    for state in State::ALL {
        add(format!("delivery-state-{}", state.code()));
        add(format!("delivery-lead-{}", state.code()));
    }
    let groups: [(&str, Vec<&str>); 6] = [
        ("visit", VisitState::ALL.iter().map(|one| one.code()).collect()),
        ("project", ProjectState::ALL.iter().map(|one| one.code()).collect()),
        ("report", ReportState::ALL.iter().map(|one| one.code()).chain(["none"]).collect()),
        ("case", CaseStudyState::ALL.iter().map(|one| one.code()).collect()),
        ("training", TrainingState::ALL.iter().map(|one| one.code()).collect()),
        ("position", Position::ALL.iter().map(|one| one.code()).collect()),
    ];
    for (group, codes) in groups {
        for code in codes {
            add(format!("delivery-{group}-{code}"));
        }
    }
    keys
}

/// Keys that stand in the sources and templates as they are.
fn written() -> BTreeSet<String> {
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut keys = BTreeSet::new();
    for folder in ["templates/delivery", "src/delivery"] {
        for file in std::fs::read_dir(manifest.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            for piece in text.split('"').skip(1).step_by(2) {
                let is_key = piece.starts_with("delivery-") || piece.starts_with("programme-");
                if is_key && piece.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
                    keys.insert(piece.to_owned());
                }
            }
        }
    }
    keys
}

/// The keys of a message file.
fn keys(text: &'static str) -> BTreeSet<&'static str> {
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
        .collect()
}

#[test]
fn everything_that_delivery_says_is_said_in_both_languages() {
    let asked: BTreeSet<String> = composed().union(&written()).cloned().collect();
    assert!(asked.len() > 300, "{}", asked.len());
    for text in [
        include_str!("../../../../../locales/id/delivery.ftl"),
        include_str!("../../../../../locales/en/delivery.ftl"),
    ] {
        let known = keys(text);
        let missing: Vec<_> = asked.iter().filter(|key| !known.contains(key.as_str())).collect();
        assert_eq!(missing, Vec::<&String>::new());
    }
}
