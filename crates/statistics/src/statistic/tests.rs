use std::collections::HashSet;

use domain::language::Language;
use domain::measure::MeasureKind;
use domain::plan::CubePlan;

use super::*;

fn settings() -> Settings {
    let plan: CubePlan = toml::from_str(
        "dataset = \"A\"\ntitle = { id = \"a\", en = \"a\" }\ndimension = []\n\
         money = { code = \"IDR\", multiplier = 3, label = { id = \"ribu rupiah\", en = \"thousand rupiah\" } }",
    )
    .unwrap();
    Settings::new(&plan, vec![100_000, 500_000, 900_000])
}

fn all() -> Vec<Measure> {
    STATISTICS.iter().flat_map(|statistic| statistic.measures(&settings())).collect()
}

#[test]
fn codes_are_safe_and_stand_once() {
    let mut seen = HashSet::new();
    for measure in all() {
        assert!(measure.code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'));
        assert!(seen.insert(measure.code.clone()), "{} stands twice", measure.code);
    }
}

#[test]
fn every_measure_is_explained_in_both_languages() {
    for measure in all() {
        for text in [&measure.label, &measure.unit.label, &measure.definition] {
            for language in Language::ALL {
                assert!(!text.get(language).is_empty(), "{}", measure.code);
            }
        }
        assert!(!measure.formula.is_empty(), "{}", measure.code);
    }
}

#[test]
fn ratios_and_means_name_measures_that_exist() {
    let all = all();
    let exists = |code: &str| all.iter().any(|measure| measure.code == code);
    for measure in &all {
        match &measure.kind {
            MeasureKind::Ratio { numerator, denominator } => {
                assert!(exists(numerator) && exists(denominator), "{}", measure.code);
            }
            MeasureKind::Mean { weight } => assert!(exists(weight)),
            MeasureKind::Deviation { mean, weight } => assert!(exists(mean) && exists(weight)),
            _ => {}
        }
    }
}

#[test]
fn thousand_rupiah_are_published_in_millions_per_person() {
    let settings = settings();
    assert_eq!(settings.factors(), [1e-3, 1e-3, 1.0]);
    assert_eq!(settings.money_per_person.0.label.id, "juta rupiah per orang");
}
