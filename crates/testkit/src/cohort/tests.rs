use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::catalogue::Catalogue;
use domain::delivery::Act;
use jiff::civil::{Date, date};

use super::{Cohort, Ground, Recipe, What};

const TODAY: Date = date(2026, 11, 22);

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn content() -> Catalogue {
    fn gather(folder: &Path, below: &str, files: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let inside = format!("{below}/{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                gather(&path, &inside, files);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                files.push((inside, text));
            }
        }
    }
    let mut files = Vec::new();
    for folder in ["classifications", "programmes", "deflators"] {
        gather(&root().join(folder), folder, &mut files);
    }
    Catalogue::parse(files).unwrap()
}

fn recipe() -> Recipe {
    let text = std::fs::read_to_string(root().join("demo/cohort.toml")).unwrap();
    toml::from_str(&text).unwrap()
}

fn made(content: &Catalogue, today: Date) -> Cohort {
    let recipe = recipe();
    let measurement = content.measurement(&recipe.programme).unwrap();
    let ground = Ground {
        programme: content.programme(&recipe.programme).unwrap(),
        measurement,
        regions: content.classification("REGION").unwrap(),
        deflator: content.deflator(&measurement.framework.deflator),
        today,
    };
    Cohort::make(&recipe, ground).unwrap()
}

#[test]
fn the_cohort_stands_in_every_state() {
    let cohort = made(&content(), TODAY);
    let truth = &cohort.truth;
    assert!(truth.enterprises >= 330, "{truth:?}");
    for state in ["selected", "committed", "assessed", "delivering", "exited", "withdrawn"] {
        assert!(truth.states.get(state).is_some_and(|count| *count >= 3), "{state}: {:?}", truth.states);
    }
    assert!(truth.states.values().sum::<usize>() >= 300, "{:?}", truth.states);
    assert!((5..40).contains(&truth.case_studies_published), "{}", truth.case_studies_published);
    assert_eq!(truth.merged, 3);
    let names: BTreeSet<&str> = cohort.people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names.len(), cohort.people.len(), "nobody shares a name");
}

#[test]
fn every_indicator_has_pairs_and_something_that_goes_wrong() {
    let cohort = made(&content(), TODAY);
    for code in recipe().measures.iter().map(|measure| &measure.indicator) {
        let one = &cohort.truth.indicators[code];
        assert!(one.pairs >= 60, "{code}: {one:?}");
        assert!(one.pairs + one.set_apart < one.engagements, "{code}: {one:?}");
        assert!(one.median.is_some_and(|median| median != 0.0) || code == "accidents", "{code}: {one:?}");
    }
    assert!(cohort.truth.indicators.values().map(|one| one.set_apart).sum::<usize>() >= 10);
}

#[test]
fn cost_recovery_moves_by_year() {
    let cohort = made(&content(), TODAY);
    let share = |year: i16| {
        let (cost, recovered) = cohort.truth.cost_by_year[&year];
        recovered as f64 / cost as f64
    };
    let shares: Vec<f64> = (2018..=2022).map(share).collect();
    assert!(shares[0] < 0.7 && shares[4] > shares[0] + 0.2, "{shares:?}");
    assert!(share(2024) > 0.95, "{}", share(2024));
}

#[test]
fn somebody_is_visited_today_and_somebody_was_forgotten() {
    let cohort = made(&content(), TODAY);
    let trainer = cohort.people.iter().find(|person| person.email == "pelatih@demo.example").unwrap();
    let mut open: BTreeMap<&str, (Date, &str)> = BTreeMap::new();
    let mut mine = BTreeSet::new();
    for deed in &cohort.deeds {
        let What::Delivery(order) = &deed.what else { continue };
        match &order.act {
            Act::AssignTrainer { trainer: account } if *account == trainer.account => {
                mine.insert(order.engagement.as_str());
            }
            Act::PlanVisit { visit, on, .. } if mine.contains(order.engagement.as_str()) => {
                open.insert(visit, (*on, &order.engagement));
            }
            Act::RecordVisit { visit, .. } => drop(open.remove(visit.as_str())),
            _ => {}
        }
    }
    assert!(open.values().filter(|(on, _)| *on == TODAY).count() >= 1, "{open:?}");
    assert!(open.values().any(|(on, _)| *on < TODAY), "{open:?}");
}

#[test]
fn the_same_day_gives_the_same_cohort_and_nothing_lies_ahead() {
    let content = content();
    let (one, other) = (made(&content, TODAY), made(&content, TODAY));
    assert_eq!(one.deeds, other.deeds);
    assert_eq!(one.people, other.people);
    assert!(one.deeds.windows(2).all(|two| two[0].at <= two[1].at));
    assert!(one.deeds.iter().all(|deed| super::calendar::day(deed.at) < TODAY));
    let ids: BTreeSet<&str> = one
        .deeds
        .iter()
        .filter_map(|deed| match &deed.what {
            What::Observe { new, .. } => Some(new.id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ids.len(), one.truth.observations, "no id stands twice");
}

#[test]
fn a_recipe_that_names_what_is_not_there_is_refused() {
    let content = content();
    let text = std::fs::read_to_string(root().join("demo/cohort.toml")).unwrap();
    for (there, wrong) in [
        ("indicator = \"defect-rate\"", "indicator = \"defects\""),
        ("problem_kind = \"stock\"", "problem_kind = \"shelf\""),
        ("home_provider = \"blk-semarang-2\"", "home_provider = \"nobody\""),
        ("id = \"short\"", "id = \"long\""),
    ] {
        let recipe: Recipe = toml::from_str(&text.replace(there, wrong)).unwrap();
        let measurement = content.measurement("score-id").unwrap();
        let ground = Ground {
            programme: content.programme("score-id").unwrap(),
            measurement,
            regions: content.classification("REGION").unwrap(),
            deflator: None,
            today: TODAY,
        };
        assert!(Cohort::make(&recipe, ground).is_err(), "{wrong}");
    }
}
