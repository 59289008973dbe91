//! The room as others see it: cubes in, protected cubes and proofs out, attacked from outside.

mod attacker;
mod cubes;
mod laws;
mod oracle;
mod reference;
mod tables;

use std::sync::atomic::{AtomicU64, Ordering};

use cubes::{Spec, generate};
use disclosure::{
    DisclosureError, Proof, ProtectedCube, ProtectionPlan, Reason, Value, check, exact_intervals, protect,
};
use domain::cube::Cube;
use domain::measure::MeasureKind;
use domain::progress::Watch;

pub(crate) fn plan(text: &str) -> ProtectionPlan {
    ProtectionPlan::parse(&format!("[protection]\n{text}")).expect("a good plan")
}

pub(crate) fn protected(cube: &Cube, plan: &ProtectionPlan) -> (ProtectedCube, Proof) {
    protect(cube.clone(), plan, None, &()).expect("protected")
}

pub(crate) fn hidden(cube: &ProtectedCube) -> Vec<usize> {
    (0..cube.len()).filter(|cell| cube.hidden(*cell).is_some()).collect()
}

fn small() -> Cube {
    generate(&Spec::new(1, 2500, &[3, 4], &[3, 3]))
}

#[test]
fn a_generated_cube_is_protected_and_proved() {
    let (cube, plan) = (small(), plan("threshold = 3\np_percent = 10.0"));
    let (protected, proof) = protected(&cube, &plan);
    let report = check(&cube, &protected, &proof, &plan).expect("checked");
    assert_eq!(report.failures, Vec::<String>::new());
    assert!(report.primary > 0 && report.complementary > 0);
}

#[test]
fn no_hidden_value_is_in_the_bytes() {
    let (cube, plan) = (small(), plan("threshold = 3\np_percent = 10.0"));
    let (protected, _) = protected(&cube, &plan);
    let bytes = protected.to_bytes();
    let back = ProtectedCube::from_bytes(&bytes).expect("read back");
    assert_eq!(back.to_bytes(), bytes);
    for cell in 0..back.len() {
        for measure in 0..back.measures().len() {
            match back.value(cell, measure) {
                Value::Visible(value) => assert_eq!(value, cube.values[measure][cell]),
                Value::Withheld(_) => {
                    assert_eq!(back.hidden(cell).is_some(), back.count_class(cell).is_some())
                }
                Value::NotAvailable => unreachable!("totals are always available"),
            }
        }
    }
}

#[test]
fn damaged_bytes_are_refused() {
    let (cube, plan) = (small(), plan("threshold = 3"));
    let (protected, proof) = protected(&cube, &plan);
    let good = protected.to_bytes();
    assert_eq!(Proof::from_bytes(&proof.to_bytes()).expect("read back"), proof);
    for length in [0, 7, 12, good.len() / 2, good.len() - 1] {
        assert!(matches!(ProtectedCube::from_bytes(&good[..length]), Err(DisclosureError::NotProtected(_))));
    }
    assert!(Proof::from_bytes(&good).is_err());
}

#[test]
fn the_same_cube_gives_the_same_bytes_on_one_thread_and_on_two() {
    let (cube, plan) = (small(), plan("threshold = 3\np_percent = 10.0"));
    let run = || {
        let (protected, proof) = protected(&cube, &plan);
        (protected.to_bytes(), proof.to_bytes())
    };
    let first = run();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        assert!(pool.install(run) == first, "bytes differ on {threads} threads");
    }
}

#[test]
fn years_protected_on_four_threads_have_the_bytes_of_one() {
    let cube = generate(&Spec { years: 3, signed: true, ..Spec::new(5, 2500, &[3, 4], &[3, 3]) });
    let plan = plan("threshold = 3\np_percent = 10.0");
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let (protected, proof) = pool.install(|| protected(&cube, &plan));
        (protected.to_bytes(), proof.to_bytes())
    };
    assert_eq!(run(1), run(4));
}

#[test]
fn last_years_pattern_is_preferred() {
    let cube = generate(&Spec { years: 3, ..Spec::new(6, 2500, &[3, 4], &[3, 3]) });
    let kept = |prefer: bool| {
        let plan = plan(&format!("threshold = 3\np_percent = 10.0\nprefer_previous = {prefer}"));
        let (protected, _) = protected(&cube, &plan);
        let complementary = |cell: &usize| protected.hidden(*cell) == Some(Reason::Complementary);
        let before = |cell: &usize| {
            let mut key = cube.key(*cell).to_vec();
            key[0] = key[0].wrapping_sub(1);
            cube.find(&key).is_some_and(|cell| protected.hidden(cell).is_some())
        };
        let later: Vec<usize> =
            (0..cube.len()).filter(|cell| cube.key(*cell)[0] > 0).filter(complementary).collect();
        later.iter().filter(|cell| before(cell)).count() as f64 / later.len() as f64
    };
    assert!(kept(true) > kept(false), "{} {}", kept(true), kept(false));
}

#[test]
fn leaves_are_hidden_before_margins() {
    let cube = generate(&Spec { spread: 0.8, ..Spec::new(7, 26_000, &[3; 10], &[4; 10]) });
    let height = |cell: usize| {
        let levels = cube.key(cell).iter().zip(&cube.dimensions);
        levels.map(|(m, d)| d.levels.len() - 1 - d.members[*m as usize].level as usize).sum::<usize>()
    };
    let margins = |margin_cost: f64, lowest: usize| {
        let plan = plan(&format!("threshold = 3\np_percent = 10.0\nmargin_cost = {margin_cost:.1}"));
        let (protected, proof) = protected(&cube, &plan);
        assert!(check(&cube, &protected, &proof, &plan).expect("checked").passed());
        let complementary = |cell: &usize| protected.hidden(*cell) == Some(Reason::Complementary);
        let hidden: Vec<usize> = (0..cube.len()).filter(complementary).collect();
        let headlines = hidden.iter().filter(|cell| height(**cell) >= 4).count();
        assert_eq!(headlines, 0, "the total, sections, provinces and size classes are all published");
        hidden.iter().filter(|cell| height(**cell) >= lowest).count()
    };
    let (even, dear) = (margins(1.0, 2), margins(2.0, 2));
    assert!(dear < even, "{dear} margins are hidden where they are dear, {even} where they are not");
}

#[test]
fn a_deviation_is_withheld_alone_where_the_cell_can_be_shown() {
    let (dimensions, mut enterprises) = cubes::enterprises(&Spec::new(8, 4000, &[3, 4], &[3, 3]));
    enterprises.iter_mut().for_each(|enterprise| enterprise.values.push(enterprise.values[0].powi(2)));
    let mut cube = cubes::tabulate(dimensions, &enterprises, &["TURNOVER", "SQUARES"], false);
    cube.measures.remove(1);
    cube.contributions.remove(1);
    let squares = cube.values.remove(1);
    let over_n =
        |totals: &[f64]| -> Vec<f64> { totals.iter().zip(&cube.values[1]).map(|(t, n)| t / n).collect() };
    let (mean, square) = (over_n(&cube.values[0]), over_n(&squares));
    let deviation = mean.iter().zip(&square).map(|(mean, square)| (square - mean * mean).max(0.0).sqrt());
    cube.values.push(deviation.collect());
    cube.values.push(mean);
    let weight = "ENTERPRISES".to_owned();
    let kind = MeasureKind::Deviation { mean: "MEAN".into(), weight: weight.clone() };
    cube.measures.push(cubes::measure("SD", kind));
    cube.measures.push(cubes::measure("MEAN", MeasureKind::Mean { weight }));
    let plan = plan("threshold = 3\np_percent = 10.0");
    let (protected, proof) = protected(&cube, &plan);
    assert!(check(&cube, &protected, &proof, &plan).expect("checked").passed());
    let deviation = cube.measure("SD").expect("there is one");
    let alone = (0..cube.len()).filter(|cell| protected.hidden(*cell).is_none());
    let alone: Vec<Value> = alone.map(|cell| protected.value(cell, deviation)).collect();
    assert!(alone.iter().any(|value| matches!(value, Value::Visible(_))));
    assert!(alone.iter().any(|value| matches!(value, Value::Withheld(_))));
    assert_eq!(proof.totals, ["TURNOVER", "SD^2*ENTERPRISES", "MEAN*ENTERPRISES"]);
}

#[test]
fn errors_speak_both_languages_and_name_the_key() {
    let error = ProtectionPlan::parse("[protection]\nthreshold = 1").expect_err("refused");
    assert_eq!(error.text().id, "[protection] threshold: 1 tidak di antara 2 dan 1000");
    assert_eq!(error.text().en, "[protection] threshold: 1 is not between 2 and 1000");
    let error = ProtectionPlan::parse("[protection]\nthreshold = 3\nmargin_cost = 0.5").expect_err("refused");
    assert!(error.text().id.starts_with("[protection] margin_cost: 0.5 tidak di antara 1 dan 100"));
}

#[test]
fn a_second_release_keeps_the_pattern_of_the_first() {
    let spec = Spec::new(5, 2500, &[3, 4], &[3, 3]);
    let (cube, plan) = (generate(&spec), plan("threshold = 3\np_percent = 10.0"));
    let (first, _) = protected(&cube, &plan);
    let mut revised = cube.clone();
    revised.values[0].iter_mut().for_each(|value| *value *= 1.01);
    revised.contributions[0].largest.iter_mut().for_each(|value| *value *= 1.01);
    revised.contributions[0].second_largest.iter_mut().for_each(|value| *value *= 1.01);
    let (second, _) = protect(revised, &plan, Some(&first), &()).expect("protected");
    let (before, after) = (hidden(&first), hidden(&second));
    let kept = after.iter().filter(|cell| before.contains(cell)).count();
    assert!(kept * 100 >= after.len() * 90, "only {kept} of {} hidden cells were hidden before", after.len());
}

#[test]
fn several_totals_and_years_share_a_pattern_and_each_is_proved() {
    let cube = generate(&Spec { years: 2, signed: true, ..Spec::new(9, 1200, &[3, 2], &[2, 3]) });
    let plan = plan("threshold = 3\np_percent = 10.0");
    let (protected, proof) = protected(&cube, &plan);
    let report = check(&cube, &protected, &proof, &plan).expect("checked");
    assert_eq!(report.failures, Vec::<String>::new());
    assert_eq!(proof.totals, ["TURNOVER", "VALUE_ADDED", "PERSONS"]);
}

#[test]
fn an_altered_proof_or_pattern_fails_the_audit() {
    let (cube, plan) = (small(), plan("threshold = 3\np_percent = 10.0"));
    let (protected, proof) = protected(&cube, &plan);
    let fails = |proof: &Proof| {
        let report = check(&cube, &protected, proof, &plan).expect("checked");
        assert!(!report.passed());
    };
    let mut missing = proof.clone();
    missing.cells.pop();
    fails(&missing);
    let mut shifted = proof.clone();
    shifted.witnesses[0].changes[0].1 += 0.001;
    fails(&shifted);
    let mut blown = proof.clone();
    blown.cells[0].witnesses.iter_mut().for_each(|(_, factor)| *factor *= 1e6);
    fails(&blown);
    let mut weak = proof;
    weak.cells[0].witnesses.iter_mut().for_each(|(_, factor)| *factor *= 0.5);
    fails(&weak);
}

#[test]
fn exact_intervals_reach_what_was_proved() {
    let (cube, plan) = (small(), plan("threshold = 3\np_percent = 10.0\ncontributors = \"none\""));
    let (protected, _) = protected(&cube, &plan);
    let intervals = exact_intervals(&cube, &protected, &plan, None, &()).expect("attacked");
    assert_eq!(intervals.len(), hidden(&protected).len());
    for interval in &intervals {
        let Some((low, high)) = interval.bounds else { continue };
        assert!(
            interval.value - low >= interval.need * (1.0 - 1e-6)
                && high - interval.value >= interval.need * (1.0 - 1e-6)
        );
    }
    assert!(intervals.iter().filter(|interval| interval.bounds.is_none()).count() * 50 <= intervals.len());
}

#[test]
fn highs_derives_no_interval_narrower_than_demanded_and_our_own_intervals_agree() {
    let Some(python) = oracle::python("scipy") else { return };
    let (cube, plan) = (small(), plan("threshold = 3\np_percent = 10.0"));
    let (protected, proof) = protected(&cube, &plan);
    let hidden = hidden(&protected);
    let wanted: Vec<usize> = proof.cells.iter().map(|proof| proof.cell as usize).collect();
    let bounds = oracle::intervals(&python, &cube, &hidden, &wanted, &[]);
    let own = exact_intervals(&cube, &protected, &plan, None, &()).expect("attacked");
    for (proof, (low, high)) in proof.cells.iter().zip(bounds) {
        let value = cube.values[0][proof.cell as usize];
        assert!(high - value >= proof.need * (1.0 - 1e-6) && value - low >= proof.need * (1.0 - 1e-6));
        let ours =
            own.iter().find(|interval| interval.cell == proof.cell).and_then(|interval| interval.bounds);
        if let Some((own_low, own_high)) = ours {
            assert!(
                (own_low - low).abs() + (own_high - high).abs() < 1e-4 * value,
                "{own_low} {low} {own_high} {high}"
            );
        }
    }
}

#[test]
fn a_pattern_with_every_hundredth_secondary_published_again_fails() {
    let Some(python) = oracle::python("scipy") else { return };
    let (cube, plan) = (small(), plan("threshold = 3\np_percent = 10.0"));
    let (protected, proof) = protected(&cube, &plan);
    let primary = |cell: &usize| protected.hidden(*cell).is_some_and(|reason| reason.is_primary());
    let hidden = hidden(&protected);
    let secondary: Vec<usize> = hidden.iter().copied().filter(|cell| !primary(cell)).collect();
    let leaked: Vec<usize> = secondary.iter().copied().step_by(100).collect();
    let leaky: Vec<usize> = hidden.iter().copied().filter(|cell| !leaked.contains(cell)).collect();
    let wanted: Vec<usize> = proof.cells.iter().map(|proof| proof.cell as usize).collect();
    let bounds = oracle::intervals(&python, &cube, &leaky, &wanted, &[]);
    let narrow = proof.cells.iter().zip(bounds).filter(|(proof, (low, high))| {
        let value = cube.values[0][proof.cell as usize];
        (high - value).min(value - low) < proof.need * (1.0 - 1e-6)
    });
    assert!(narrow.count() > 0, "HiGHS finds nothing wrong with the leaky pattern");
}

#[test]
fn what_is_public_already_stays_visible() {
    let cube = small();
    let (protected, proof) = protected(&cube, &plan("kind = \"already-public\""));
    assert!(hidden(&protected).is_empty() && proof.cells.is_empty());
}

#[test]
fn means_and_quantiles_go_with_the_totals_they_would_reveal() {
    let mut cube = small();
    let count = cube.measure("ENTERPRISES").expect("counted");
    let mean: Vec<f64> = cube.values[0].iter().zip(&cube.values[count]).map(|(total, n)| total / n).collect();
    cube.measures.push(cubes::measure("LP_MEAN", MeasureKind::Mean { weight: "ENTERPRISES".into() }));
    cube.measures.push(cubes::measure("LP_P50", MeasureKind::Quantile { probability: 0.5 }));
    cube.values.push(mean.clone());
    cube.values.push(mean);
    let plan = plan("threshold = 3\np_percent = 10.0\nquantile_contributors_min = 12");
    let (protected, proof) = protected(&cube, &plan);
    assert_eq!(proof.totals, ["TURNOVER", "LP_MEAN*ENTERPRISES"]);
    let (mean, median) = (count + 1, count + 2);
    let holdings = &cube.contributions[0].holdings;
    for cell in 0..cube.len() {
        match (protected.hidden(cell), holdings[cell] < 12) {
            (Some(reason), _) => {
                assert_eq!(protected.value(cell, mean), Value::Withheld(reason));
                assert_eq!(protected.value(cell, median), Value::Withheld(reason));
            }
            (None, true) => {
                assert_eq!(protected.value(cell, median), Value::Withheld(Reason::TooFewForQuantile))
            }
            (None, false) => assert!(matches!(protected.value(cell, median), Value::Visible(_))),
        }
    }
}

/// Without the grand total, sectors and regions still sum to the same unpublished figure.
#[test]
fn margins_that_share_an_unpublished_total_are_linked() {
    let full = generate(&Spec { sizes: 0, ..Spec::new(4, 400, &[2, 3], &[2, 2]) });
    let mut cube = full.clone();
    let kept: Vec<usize> =
        (0..full.len()).filter(|cell| !full.key(*cell).iter().all(|member| *member == 0)).collect();
    let pick = |column: &Vec<f64>| kept.iter().map(|cell| column[*cell]).collect();
    cube.level_sets.retain(|set| set != &[0, 0]);
    cube.keys = kept.iter().flat_map(|cell| full.key(*cell).to_vec()).collect();
    cube.values = full.values.iter().map(pick).collect();
    let behind = &mut cube.contributions[0];
    behind.holdings = kept.iter().map(|cell| full.contributions[0].holdings[*cell]).collect();
    behind.largest_holding = kept.iter().map(|cell| full.contributions[0].largest_holding[*cell]).collect();
    behind.largest = pick(&full.contributions[0].largest);
    behind.second_largest = pick(&full.contributions[0].second_largest);
    let plan = plan("threshold = 3\np_percent = 10.0");
    let (protected, proof) = protected(&cube, &plan);
    assert!(check(&cube, &protected, &proof, &plan).expect("checked").passed());
    // A sector margin that is off by a little contradicts the region margins.
    let sector = (0..cube.len()).find(|cell| cube.key(*cell)[1] == 0).expect("a sector margin");
    cube.values[0][sector] *= 1.1;
    assert!(matches!(protect(cube, &plan, None, &()), Err(DisclosureError::DoesNotAddUp { .. })));
}

/// Counts the steps of the search.
#[derive(Default)]
struct Steps(AtomicU64);

impl Watch for Steps {
    fn report(&self, step: &'static str, done: u64, _: u64) {
        if step == "protect.steps" {
            self.0.fetch_add(done, Ordering::Relaxed);
        }
    }
}

#[test]
fn six_thousand_cells_take_a_bounded_number_of_steps() {
    let cube = generate(&Spec { spread: 0.8, ..Spec::new(7, 26_000, &[3; 10], &[4; 10]) });
    assert!(cube.len() >= 6000);
    let steps = Steps::default();
    let plan = plan("threshold = 3\np_percent = 10.0");
    let (protected, proof) = protect(cube.clone(), &plan, None, &steps).expect("protected");
    assert!(check(&cube, &protected, &proof, &plan).expect("checked").passed());
    let steps = steps.0.into_inner();
    assert!((1..600_000).contains(&steps), "{steps} pivots");
}

#[test]
fn work_stops_on_request() {
    let stop = std::sync::atomic::AtomicBool::new(true);
    let outcome = protect(small(), &plan("threshold = 3"), None, &stop);
    assert!(matches!(outcome, Err(DisclosureError::Cancelled)));
}
