use jiff::civil::date;

use super::{Assertions, Conflict, ConflictKind};

fn content() -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join("programmes/score-id/assertions.toml")).unwrap()
}

fn assertions() -> Assertions {
    Assertions::parse("assertions.toml", &content()).unwrap()
}

fn between<'a>(conflicts: &'a [Conflict<'a>], kind: ConflictKind) -> Vec<Vec<f64>> {
    let of_kind = conflicts.iter().filter(|conflict| conflict.kind == kind);
    of_kind.map(|conflict| conflict.between.iter().map(|assertion| assertion.value).collect()).collect()
}

/// Acceptance test a.
#[test]
fn enterprises_grow_from_261_in_september_2017_to_491_in_2019() {
    let assertions = assertions();
    let line = assertions.timeline("enterprises");
    let points: Vec<(f64, i16)> = line.iter().map(|one| (one.value, one.as_of.year())).collect();
    assert_eq!(points, [(261.0, 2017), (491.0, 2019)]);
    assert_eq!(line[0].as_of, date(2017, 9, 30));
    assert_eq!(between(&assertions.conflicts(), ConflictKind::Falls), Vec::<Vec<f64>>::new());
}

/// Acceptance test b.
#[test]
fn enterprises_491_in_phase_one_contradict_261_in_all() {
    let assertions = assertions();
    let conflicts = assertions.conflicts();
    assert!(between(&conflicts, ConflictKind::PartBeyondWhole).contains(&vec![491.0, 261.0]));
    let gravest = &conflicts[0];
    assert!(gravest.kind.is_contradiction());
    insta::assert_snapshot!(gravest.text.id, @"491 tidak mungkin Tahap I: sampai 2017-09-30 seluruhnya baru 261.");
    insta::assert_snapshot!(gravest.text.en, @"491 cannot be Phase I: up to 2017-09-30 there were 261 in all.");
}

/// Acceptance tests c, d and e.
#[test]
fn derived_figures_show_that_both_counts_belong_to_one_series() {
    let assertions = assertions();
    let values: Vec<String> = assertions
        .derived
        .iter()
        .map(|derived| format!("{:.*}", derived.decimals.into(), assertions.derive(derived).unwrap()))
        .collect();
    assert_eq!(values, ["5.12", "5.03", "116.1", "70.0", "91"]);
}

/// Acceptance test f.
#[test]
fn cost_recovery_rises_from_11_to_90_percent_and_the_last_is_at_second_hand() {
    let assertions = assertions();
    let series: Vec<f64> = assertions.timeline("cost-recovery").iter().map(|one| one.value).collect();
    assert_eq!(series, [11.0, 37.0, 62.0, 90.0]);
    assert!(between(&assertions.conflicts(), ConflictKind::SecondHand).contains(&vec![90.0]));
}

#[test]
fn percentages_without_a_meaning_are_shown_as_such() {
    let assertions = assertions();
    let conflicts = assertions.conflicts();
    let unknown = between(&conflicts, ConflictKind::MeaningUnknown).concat();
    assert_eq!(unknown, [50.0, 90.0, 73.0, 15.0, 39.0, 23.0, 14.0]);
    let since = between(&conflicts, ConflictKind::WordedAsSince).concat();
    assert!(since.contains(&261.0), "{since:?}");
}

#[test]
fn a_total_that_falls_and_two_meanings_of_one_figure_are_conflicts() {
    let fallen = content().replace("value = 491", "value = 250").replace(
        "phase = \"I\"\nprinted = \"Pada tahap I sudah mencapai 491",
        "printed = \"Pada tahap I sudah mencapai 491",
    );
    let mut assertions = Assertions::parse("assertions.toml", &fallen).unwrap();
    for assertion in assertions.all.iter_mut().filter(|one| one.value == 250.0) {
        assertion.counting = super::Counting::Cumulative;
    }
    assert_eq!(between(&assertions.conflicts(), ConflictKind::Falls), [[261.0, 250.0]]);
    let mut assertions = super::tests::assertions();
    let shares: Vec<_> = assertions.all.iter().filter(|one| one.semantic.is_none()).cloned().collect();
    let mut share = shares[0].clone();
    share.code = "share".into();
    share.semantic = Some(crate::indicator::Semantic::ShareOfEnterprises);
    let mut size = share.clone();
    size.code = "size".into();
    size.semantic = Some(crate::indicator::Semantic::Magnitude);
    assertions.all.extend([share, size]);
    assert_eq!(between(&assertions.conflicts(), ConflictKind::MeaningsDiffer).len(), 1);
}

#[test]
fn references_that_lead_nowhere_are_refused() {
    for (from, to, expected) in [
        ("stated = \"enterprises\"", "stated = \"firms\"", "there is no [[stated]] `firms`"),
        ("sources = [\"ilo-2017\"]", "sources = [\"rumour\"]", "there is no [[source]] `rumour`"),
        ("sources = [\"ilo-2017\"]", "sources = []", "names no source"),
        ("numerator = \"participants-2017\"", "numerator = \"x\"", "a derived figure names `x`"),
        ("code = \"enterprises-2019\"", "code = \"enterprises-2017\"", "stands twice"),
    ] {
        let text = content();
        assert!(text.contains(from), "{from}");
        let errors = Assertions::parse("assertions.toml", &text.replace(from, to)).unwrap_err();
        assert!(errors.iter().any(|error| error.message.en.contains(expected)), "{errors:?}");
    }
}
