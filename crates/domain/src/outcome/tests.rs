use proptest::prelude::*;

use super::{Breakdown, Case, Outcome, Point, Standing, Unusable, cube, judge, outcome, quantile};
use crate::deflator::Deflator;
use crate::indicator::{Indicator, IndicatorSet};
use crate::language::Text;
use crate::observation::Quality;

fn indicator(code: &str) -> Indicator {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("programmes/score-id/indicators.toml")).unwrap();
    IndicatorSet::parse("indicators.toml", &text).unwrap().get(code).unwrap().clone()
}

fn point(value: f64, year: i16) -> Option<Point> {
    Some(Point { value: Some(value), quality: Quality::Sound, output: "ton".into(), version: 1, year })
}

fn case(before: f64, after: f64) -> Case {
    Case { baseline: point(before, 2018), later: point(after, 2019), ..Case::default() }
}

fn prices() -> Deflator {
    let header = "id = \"x\"\ntitle = { id = \"x\", en = \"x\" }\nsource = { id = \"x\", en = \"x\" }\nreference_year = 2018";
    Deflator::parse(header, "year,code,index\n2018,_T,100\n2019,_T,110\n").unwrap()
}

#[test]
fn only_pairs_count_and_whatever_is_left_out_is_named() {
    let defects = indicator("defect-rate");
    let mut cases = vec![case(4.0, 3.0), case(4.0, 2.0), case(4.0, 4.0), case(2.0, 3.0)];
    cases.push(Case { later: None, ..case(4.0, 1.0) });
    cases.push(Case { baseline: None, ..case(4.0, 1.0) });
    cases.push(case(0.0, 1.0));
    cases.push(case(1.0, 3.5));
    let mut held = case(4.0, 1.0);
    held.later.as_mut().unwrap().quality = Quality::Doubtful;
    let mut untracked = case(4.0, 1.0);
    untracked.baseline.as_mut().unwrap().value = None;
    let mut redefined = case(4.0, 1.0);
    redefined.later.as_mut().unwrap().version = 2;
    cases.extend([held, untracked, redefined]);
    let result = outcome(&defects, &cases, None);
    assert_eq!((result.engagements, result.pairs, result.set_apart), (11, 4, 1));
    assert_eq!((result.improved, result.unchanged, result.worsened), (2, 1, 1));
    assert_eq!(result.median, Some(-12.5));
    assert_eq!(result.quartiles, Some((-31.25, 12.5)));
    assert_eq!(result.improved_share(), Some(50.0));
    assert!((result.coverage().unwrap() - 36.36).abs() < 0.01 && !result.is_quotable());
    let counted: Vec<(Unusable, usize)> = result.unusable.into_iter().collect();
    assert_eq!(
        counted,
        [
            (Unusable::NoBaseline, 1),
            (Unusable::NoLater, 1),
            (Unusable::NotTracked, 1),
            (Unusable::Doubtful, 1),
            (Unusable::DefinitionChanged, 1),
            (Unusable::BaselineNotPositive, 1),
        ]
    );
}

#[test]
fn no_cases_give_no_data_and_not_zero() {
    let nothing = outcome(&indicator("defect-rate"), &[], None);
    assert_eq!(nothing, Outcome::default());
    assert_eq!((nothing.coverage(), nothing.median, nothing.improved_share()), (None, None, None));
}

#[test]
fn rupiah_is_compared_at_constant_prices_or_not_at_all() {
    let wage = indicator("lowest-wage");
    let Standing::Pair { change, before, .. } =
        judge(&wage, &case(2_000_000.0, 2_310_000.0), Some(&prices()))
    else {
        panic!("a pair")
    };
    assert!((change - 5.0).abs() < 1e-9 && (before - 2_200_000.0).abs() < 1e-6);
    let none = Standing::Unusable(Unusable::NoPriceIndex);
    assert_eq!(judge(&wage, &case(2e6, 3e6), None), none);
    let later = Case { later: point(3e6, 2031), ..case(2e6, 3e6) };
    assert_eq!(judge(&wage, &later, Some(&prices())), none);
    let same_year = Case { later: point(3e6, 2018), ..case(2e6, 3e6) };
    assert!(matches!(judge(&wage, &same_year, None), Standing::Pair { change: 50.0, .. }));
}

#[test]
fn own_units_must_agree_and_outliers_wait_until_they_are_confirmed() {
    let output = indicator("output-per-worker-day");
    let mut changed = case(10.0, 12.0);
    changed.later.as_mut().unwrap().output = "mangkuk".into();
    assert_eq!(judge(&output, &changed, None), Standing::Unusable(Unusable::UnitChanged));
    assert_eq!(judge(&output, &case(10.0, 31.0), None), Standing::SetApart { change: 210.0 });
    let mut confirmed = case(10.0, 31.0);
    confirmed.later.as_mut().unwrap().quality = Quality::Confirmed;
    assert!(matches!(judge(&output, &confirmed, None), Standing::Pair { .. }));
}

#[test]
fn better_is_better_whichever_way_it_points() {
    for (code, after, improved) in [
        ("defect-rate", 3.0, 1),
        ("defect-rate", 5.0, 0),
        ("output-per-worker-day", 5.0, 1),
        ("on-time-delivery", 3.0, 0),
        ("female-workers", 9.0, 0),
    ] {
        assert_eq!(outcome(&indicator(code), &[case(4.0, after)], None).improved, improved, "{code} {after}");
    }
}

#[test]
fn small_counts_are_told_as_counts_and_practices_as_shares() {
    let accidents = outcome(&indicator("accidents"), &[case(2.0, 1.0), case(1.0, 0.0)], None);
    assert_eq!((accidents.sums, accidents.median), (Some((3.0, 1.0)), Some(-1.0)));
    let practice =
        outcome(&indicator("daily-meeting"), &[case(0.0, 1.0), case(1.0, 1.0), case(0.0, 0.0)], None);
    assert_eq!((practice.sums, practice.improved, practice.median), (Some((1.0, 2.0)), 1, Some(0.0)));
}

#[test]
fn the_cube_of_a_breakdown_adds_up_and_keeps_the_unknown_apart() {
    let mut cases: Vec<Case> = (0..9).map(|n| case(4.0, 3.0 - f64::from(n) / 10.0)).collect();
    for (place, case) in cases.iter_mut().enumerate() {
        case.groups[Breakdown::Province as usize] = (place != 8).then(|| format!("{}", 31 + place % 2));
    }
    let cube = cube(&indicator("defect-rate"), Breakdown::Province, &cases, None, &|code| Text::same(code));
    let codes: Vec<&str> = cube.dimensions[0].members.iter().map(|member| member.code.as_str()).collect();
    assert_eq!(codes, ["_T", "31", "32", "_U"]);
    assert_eq!(cube.values[0], [9.0, 4.0, 4.0, 1.0]);
    assert_eq!(cube.values[1], [9.0, 4.0, 4.0, 1.0]);
    assert_eq!(cube.contributions[0].holdings, [9, 4, 4, 1]);
}

#[test]
fn a_total_and_its_only_part_have_the_same_enterprise_behind_them() {
    let mut one = case(4.0, 3.0);
    one.groups[Breakdown::Province as usize] = Some("33".into());
    one.enterprise = "e7".into();
    let cube = cube(&indicator("defect-rate"), Breakdown::Province, &[one], None, &|code| Text::same(code));
    let behind = &cube.contributions[0].largest_holding;
    assert!(behind.len() == 2 && behind[0] == behind[1], "{behind:?}");
}

#[test]
fn quantiles_lie_between_neighbours() {
    for (numbers, probability, expected) in [
        (&[][..], 0.5, None),
        (&[7.0][..], 0.25, Some(7.0)),
        (&[1.0, 2.0][..], 0.5, Some(1.5)),
        (&[1.0, 2.0, 3.0, 4.0][..], 0.25, Some(1.75)),
        (&[1.0, 2.0, 3.0, 4.0][..], 1.0, Some(4.0)),
    ] {
        assert_eq!(quantile(numbers, probability), expected);
    }
}

proptest! {
    /// Every case is a pair, set apart, or unusable for one named reason; and every pair is better, worse or
    /// the same.
    #[test]
    fn nothing_is_lost(values in proptest::collection::vec((0.0..100.0f64, 0.0..100.0f64), 0..60)) {
        let cases: Vec<Case> = values.iter().map(|(before, after)| case(before.round(), after.round())).collect();
        let result = outcome(&indicator("defect-rate"), &cases, None);
        let unusable: usize = result.unusable.values().sum();
        prop_assert_eq!(result.pairs + result.set_apart + unusable, cases.len());
        prop_assert_eq!(result.improved + result.unchanged + result.worsened, result.pairs);
        prop_assert_eq!(result.median.is_some(), result.pairs > 0);
        if let (Some(median), Some((low, high))) = (result.median, result.quartiles) {
            prop_assert!(low <= median && median <= high);
        }
    }
}
