use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;
use rand::RngExt;

use super::effect::{Estimator, effect, least_squares};
use super::matching::{Pair, Search, nearest};
use super::staggered::{Aggregation, Base, Control, Options, Staggered, Units, aggregate, bands, group_time};
use super::{coarsened, comparison, entropy, matching, precision, propensity};
use crate::bench::{Frame, MethodError};
use crate::numerics::{random::generator, weighted};
use crate::tests::{ask, case, close, numbers, read};

/// Case 14: county employment of teenagers and minimum wages; figures of the R package did, version 2.1.2.
fn minimum_wages() -> Option<(Units, Frame, Frame)> {
    let data = case("14_did_mpdta", "data.csv")?;
    let (outcome, start) = (data.numbers("lemp").unwrap(), data.numbers("first.treat").unwrap());
    let years = data.numbers("year").unwrap();
    assert!((0..data.rows()).all(|row| years[row] == 2003.0 + (row % 5) as f64), "sorted by county and year");
    let start: Vec<f64> =
        start.iter().step_by(5).map(|s| if *s > 0.0 { *s } else { f64::INFINITY }).collect();
    let units = Units {
        periods: vec![2003.0, 2004.0, 2005.0, 2006.0, 2007.0],
        outcome,
        weights: vec![1.0; start.len()],
        start,
        covariates: vec![("lpop".into(), data.numbers("lpop").unwrap())],
        clusters: None,
    };
    Some((units, case("14_did_mpdta", "expected_att_gt.csv")?, case("14_did_mpdta", "expected_aggte.csv")?))
}

const PLAIN: Options = Options {
    control: Control::NeverTreated,
    base: Base::Varying,
    estimator: Estimator::DoublyRobust,
    anticipation: 0.0,
};

#[test]
fn effects_by_group_and_time_are_those_published() {
    let Some((mut units, expected, averages)) = minimum_wages() else { return };
    units.covariates.clear();
    let found = group_time(&units, PLAIN).unwrap();
    let column = |name: &str| expected.numbers(name).unwrap();
    assert_eq!(found.effects.len(), expected.rows());
    for (row, effect) in found.effects.iter().enumerate() {
        assert_eq!((effect.group, effect.period), (column("group")[row], column("t")[row]));
        close(effect.att, column("att")[row], 1e-9);
        close(effect.standard_error, column("se")[row], 1e-6);
    }
    let kinds = averages.categories("type").unwrap();
    for (kind, by) in [
        ("simple", Aggregation::Simple),
        ("group", Aggregation::Group),
        ("dynamic", Aggregation::Dynamic),
        ("calendar", Aggregation::Calendar),
    ] {
        let rows: Vec<usize> = (0..averages.rows()).filter(|row| kinds.word(*row) == Some(kind)).collect();
        let parts = aggregate(&found, by);
        assert_eq!(parts.len(), rows.len(), "{kind}");
        for (part, row) in parts.iter().zip(rows) {
            let level = averages.numbers("egt").unwrap()[row];
            assert!(part.level == Some(level) || part.level.is_none() && level.is_nan());
            close(part.att, averages.numbers("att").unwrap()[row], 1e-9);
            let error = averages.numbers("se").unwrap()[row];
            if (by, part.level) == (Aggregation::Group, None) {
                close(as_version_2_1_2(&found, &parts), error, 1e-12);
                close(part.standard_error, 0.012_446_059_321, 1e-9);
                continue;
            }
            close(part.standard_error, error, 1e-6);
        }
    }
}

/// The one figure of the case that is not met: version 2.1.2 of did takes the membership of the first group
/// for that of every group when it adds the variance of the groups' shares. With that slip its digits come
/// out.
fn as_version_2_1_2(found: &Staggered, parts: &[super::staggered::Aggregate]) -> f64 {
    let size: f64 = found.groups.iter().map(|(_, share)| share).sum();
    let first = found.groups[0].0;
    let influence = |unit: usize| {
        let member = f64::from(u8::from(found.start[unit] == first));
        let term = |(own, (_, share)): (&super::staggered::Aggregate, &(f64, f64))| {
            (share * own.influence[unit] + (member - share) * (own.att - parts[0].att)) / size
        };
        parts[1..].iter().zip(&found.groups).map(term).sum::<f64>()
    };
    let squares: f64 = (0..found.units).map(|unit| influence(unit).powi(2)).sum();
    squares.sqrt() / found.units as f64
}

#[test]
fn covariates_move_the_estimators_together() {
    let Some((units, ..)) = minimum_wages() else { return };
    let simple = |estimator, control| {
        let found = group_time(&units, Options { estimator, control, ..PLAIN }).unwrap();
        aggregate(&found, Aggregation::Simple)[0].att
    };
    for control in [Control::NeverTreated, Control::NotYetTreated] {
        let robust = simple(Estimator::DoublyRobust, control);
        for other in [Estimator::Improved, Estimator::OutcomeRegression, Estimator::InverseProbability] {
            close(simple(other, control), robust, 2e-3);
        }
    }
}

/// A panel without noise: the effect is 1 in the first period and grows by one; the trend is common.
fn noiseless(periods: usize) -> Units {
    let start = [3.0, 3.0, 4.0, 4.0, f64::INFINITY, f64::INFINITY];
    let mut outcome = Vec::new();
    for (unit, start) in start.iter().enumerate() {
        for period in 1..=periods {
            let since = period as f64 - start;
            outcome.push(unit as f64 + 2.0 * period as f64 + if since >= 0.0 { since + 1.0 } else { 0.0 });
        }
    }
    Units {
        periods: (1..=periods).map(|period| period as f64).collect(),
        outcome,
        start: start.to_vec(),
        weights: vec![1.0; 6],
        covariates: Vec::new(),
        clusters: None,
    }
}

#[test]
fn a_known_effect_is_found_under_both_controls_and_bases() {
    for control in [Control::NeverTreated, Control::NotYetTreated] {
        for base in [Base::Varying, Base::Universal] {
            let found = group_time(&noiseless(5), Options { control, base, ..PLAIN }).unwrap();
            for effect in &found.effects {
                let since = effect.period - effect.group;
                close(effect.att, if since >= 0.0 { since + 1.0 } else { 0.0 }, 1e-12);
            }
        }
    }
}

#[test]
fn nobody_to_compare_with_is_said() {
    let mut units = noiseless(5);
    units.start = vec![3.0, 3.0, 4.0, 4.0, 4.0, 4.0];
    assert!(matches!(group_time(&units, PLAIN), Err(MethodError::TooFew { found: 0, .. })));
    let later = Options { control: Control::NotYetTreated, ..PLAIN };
    let found = group_time(&units, later).unwrap();
    assert!(found.effects.iter().all(|effect| effect.group == 3.0 || effect.period < 4.0));
    assert!(!found.failed.is_empty(), "periods in which all are treated have no figure");
    units.start = vec![1.0; 6];
    assert!(matches!(group_time(&units, later), Err(MethodError::TooFew { .. })));
}

fn noisy() -> Staggered {
    let mut units = noiseless(5);
    let noise = |place: usize| ((place * 7919) % 13) as f64 / 13.0;
    units.outcome.iter_mut().enumerate().for_each(|(place, value)| *value += noise(place));
    group_time(&units, PLAIN).unwrap()
}

#[test]
fn bands_come_from_the_seed_and_are_wider_than_single_intervals() {
    let found = noisy();
    let parts = aggregate(&found, Aggregation::Dynamic);
    let first = bands(&found, &parts[1..], 199, 3).unwrap();
    assert_eq!(Some(first), bands(&found, &parts[1..], 199, 3));
    assert!(first.critical >= 1.959);
}

/// Case 28: the training programme of LaLonde; figures of R, MatchIt 4.5.1.
struct Training {
    outcome: Vec<f64>,
    before: Vec<f64>,
    treated: Vec<bool>,
    x: DMatrix<f64>,
    names: Vec<String>,
    words: Vec<String>,
    score: Vec<f64>,
    fit: propensity::Logit,
}

fn training() -> Option<Training> {
    let data = case("28_matching_lalonde", "data.csv")?;
    let number = |name: &str| data.numbers(name).unwrap();
    let race = data.categories("race").unwrap();
    let is =
        |word: &str| (0..data.rows()).map(|row| f64::from(u8::from(race.word(row) == Some(word)))).collect();
    let columns: Vec<(&str, Vec<f64>)> = vec![
        ("age", number("age")),
        ("educ", number("educ")),
        ("racehispan", is("hispan")),
        ("racewhite", is("white")),
        ("married", number("married")),
        ("nodegree", number("nodegree")),
        ("re74", number("re74")),
        ("re75", number("re75")),
    ];
    let columns: Vec<(&str, &[f64])> =
        columns.iter().map(|(name, values)| (*name, values.as_slice())).collect();
    let (x, names) = weighted::matrix(&columns, true, data.rows());
    let treated: Vec<bool> = number("treat").iter().map(|value| *value == 1.0).collect();
    let fit = propensity::logit(&treated, &x, &vec![1.0; data.rows()], &names).unwrap();
    let id = data.categories("id").unwrap();
    Some(Training {
        outcome: number("re78"),
        before: number("re75"),
        words: (0..data.rows()).map(|row| id.word(row).unwrap().to_owned()).collect(),
        score: fit.probabilities.clone(),
        treated,
        x,
        names,
        fit,
    })
}

fn expected(key: &str) -> f64 {
    let table = case("28_matching_lalonde", "expected.csv").unwrap();
    let keys = table.categories("key").unwrap();
    let row = (0..table.rows()).find(|row| keys.word(*row) == Some(key)).unwrap();
    table.numbers("value").unwrap()[row]
}

#[test]
fn the_logit_of_the_training_programme_is_that_of_r() {
    let Some(training) = training() else { return };
    for (place, name) in training.names.iter().enumerate() {
        let key = if place == 0 { "logit_(Intercept)".to_owned() } else { format!("logit_{name}") };
        close(training.fit.coefficients[place], expected(&key), 1e-7);
    }
    close(training.fit.log_likelihood, expected("logit_logLik"), 1e-9);
    let scores = case("28_matching_lalonde", "expected_pscore.csv").unwrap().numbers("ps").unwrap();
    for (found, expected) in training.score.iter().zip(scores) {
        close(*found, expected, 1e-7);
    }
}

#[test]
fn nearest_neighbours_of_the_training_programme_are_those_of_matchit() {
    let Some(training) = training() else { return };
    let Training { outcome, treated, score, .. } = &training;
    let below = Search { below: true, ..Search::default() };
    let pairs = nearest(score, treated, below);
    let table = case("28_matching_lalonde", "expected_nn1_pairs.csv").unwrap();
    let (own, other) = (table.categories("treated").unwrap(), table.categories("control").unwrap());
    let place =
        |word: Option<&str>| training.words.iter().position(|known| Some(known.as_str()) == word).unwrap();
    let listed: Vec<Pair> =
        (0..table.rows()).map(|row| (place(own.word(row)), place(other.word(row)))).collect();
    assert_eq!(pairs, listed);
    assert_eq!(pairs.len() as f64, expected("nn1_n_matched_treated"));
    let weights = matching::weights_of(&pairs, treated.len());
    let difference = |weights: &[f64]| comparison::difference(outcome, treated, weights);
    close(difference(&weights), expected("nn1_att_diff_means"), 1e-9);
    let scale = comparison::scale(score, treated);
    let ones = vec![1.0; weights.len()];
    let apart = |weights: &[f64]| comparison::balance(score, treated, weights, scale).standardised;
    close(apart(&ones), expected("nn1_smd_distance_before"), 1e-7);
    close(apart(&weights), expected("nn1_smd_distance_after"), 1e-7);
    let again =
        matching::weights_of(&nearest(score, treated, Search { replacement: true, ..below }), treated.len());
    let distinct = (0..treated.len()).filter(|row| !treated[*row] && again[*row] > 0.0).count();
    assert_eq!(distinct as f64, expected("nn1_repl_n_control"));
    close(difference(&again), expected("nn1_repl_att"), 1e-9);
    let strata = matching::subclasses(score, treated, 6);
    let weights = matching::stratum_weights(&strata, treated, &ones);
    close(difference(&weights), expected("subclass6_att"), 1e-9);
}

/// What MatchIt 4.5.1 misses by looking downwards only: six of the treated have somebody nearer above them,
/// and its vignette prints the 0.9739 that the nearest neighbours give.
#[test]
fn the_default_search_finds_the_nearest_on_either_side() {
    let Some(training) = training() else { return };
    let Training { treated, score, .. } = &training;
    let distance = |(own, other): &Pair| (score[*own] - score[*other]).abs();
    let pairs = nearest(score, treated, Search::default());
    let below = nearest(score, treated, Search { below: true, ..Search::default() });
    let apart: Vec<&str> = pairs
        .iter()
        .zip(&below)
        .filter(|(found, other)| found != other)
        .map(|(found, other)| {
            assert!(distance(found) < distance(other) && score[found.1] > score[found.0]);
            training.words[found.0].as_str()
        })
        .collect();
    assert_eq!(apart, ["NSW10", "NSW42", "NSW44", "NSW116", "NSW137", "NSW179"]);
    let (weights, scale) = (matching::weights_of(&pairs, treated.len()), comparison::scale(score, treated));
    close(comparison::balance(score, treated, &weights, scale).standardised, 0.9739, 5e-5);
    let again = nearest(score, treated, Search { replacement: true, ..Search::default() });
    let nearest = |own: usize| {
        let untreated = (0..score.len()).filter(|row| !treated[*row]);
        untreated.map(|row| distance(&(own, row))).fold(f64::INFINITY, f64::min)
    };
    assert!(again.iter().all(|pair| distance(pair) == nearest(pair.0)));
}

/// Two treated, both matched with the untreated row of 4, whose nearest neighbour has 6: by hand.
#[test]
fn an_untreated_unit_that_stands_in_twice_adds_its_variance() {
    let (outcome, score) = ([5.0, 8.0, 4.0, 6.0], [0.50, 0.52, 0.51, 0.40]);
    let treated = [true, true, false, false];
    let pairs = nearest(&score, &treated, Search { replacement: true, ..Search::default() });
    assert_eq!(pairs, [(0, 2), (1, 2)]);
    // Changes 1 and 4 about 2.5: 4.5; 2 · 1 · (4 - 6)² / 2 = 4.
    let found = precision::matched(&outcome, &score, &treated, &pairs).unwrap();
    close(found, 8.5_f64.sqrt() / 2.0, 1e-15);
    assert_eq!(precision::matched(&outcome, &score, &treated, &pairs[..1]), None);
}

/// Standard errors are those of repeated samples: 2,000 draws of a known population.
#[test]
fn standard_errors_of_weighting_and_strata_are_those_of_repeated_samples() {
    let mut random = generator(3);
    let mut uniform = |least: f64, most: f64| random.random_range(least..most);
    let names = ["(constant)".to_owned(), "x".to_owned()];
    let (mut found, mut said) = ([Vec::new(), Vec::new()], [0.0, 0.0]);
    for _ in 0..2000 {
        let treated: Vec<bool> = (0..150).map(|row| row % 3 == 0).collect();
        let x: Vec<f64> =
            treated.iter().map(|treated| uniform(0.0, 3.0) + if *treated { 0.2 } else { 0.0 }).collect();
        let strata: Vec<usize> = x.iter().map(|x| x.min(2.9) as usize).collect();
        let outcome: Vec<f64> = x.iter().map(|x| 2.0 * x + uniform(-1.5, 1.5)).collect();
        let ones = vec![1.0; 150];
        let weights = matching::stratum_weights(&strata, &treated, &ones);
        found[0].push(comparison::difference(&outcome, &treated, &weights));
        said[0] += precision::stratified(&outcome, &treated, &weights, &strata).unwrap().standard_error;
        let matrix = DMatrix::from_fn(150, 2, |row, column| if column == 0 { 1.0 } else { x[row] });
        let weights = entropy::balance(&matrix, &treated, &ones, &names).unwrap();
        found[1].push(comparison::difference(&outcome, &treated, &weights));
        said[1] += precision::balanced(&outcome, &treated, &matrix, &weights, &names).unwrap();
    }
    for (values, said) in found.iter().zip(said) {
        let mean = values.iter().sum::<f64>() / 2000.0;
        let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 1999.0).sqrt();
        let ratio = said / 2000.0 / spread;
        assert!((ratio - 1.0).abs() < 0.1, "{ratio}");
    }
}

#[test]
fn weighting_and_regression_of_the_training_programme_are_those_of_r() {
    let Some(training) = training() else { return };
    let Training { outcome, before, treated, x, names, .. } = &training;
    let ones = vec![1.0; outcome.len()];
    let found = effect(outcome, treated, &ones, x, names, Estimator::InverseProbability).unwrap();
    close(found.value, expected("ipw_att_hajek"), 1e-7);
    let (value, error) = least_squares(outcome, treated, x, names).unwrap();
    close(value, expected("ols_treat"), 1e-7);
    close(error, expected("ols_treat_se"), 1e-7);
    let change: Vec<f64> = outcome.iter().zip(before).map(|(after, before)| after - before).collect();
    let constant = DMatrix::from_element(outcome.len(), 1, 1.0);
    let found = effect(&change, treated, &ones, &constant, &names[..1], Estimator::DoublyRobust).unwrap();
    close(found.value, expected("did_2x2_re75_re78"), 1e-9);
    let balanced = entropy::balance(x, treated, &ones, names).unwrap();
    for column in 1..x.ncols() {
        let values = x.column(column);
        let scale = comparison::scale(values.as_slice(), treated);
        close(comparison::balance(values.as_slice(), treated, &balanced, scale).standardised, 0.0, 1e-9);
    }
}

#[test]
fn a_covariate_that_foretells_treatment_is_said() {
    let treated: Vec<bool> = (0..20).map(|row| row >= 10).collect();
    let (x, names) = weighted::matrix(&[("size", &(0..20).map(f64::from).collect::<Vec<_>>())], true, 20);
    let found = propensity::logit(&treated, &x, &[1.0; 20], &names);
    assert!(matches!(found, Err(MethodError::NoConvergence { .. } | MethodError::Collinear { .. })));
    let balanced = entropy::balance(&x, &treated, &[1.0; 20], &names);
    assert!(matches!(balanced, Err(MethodError::NoConvergence { .. })));
}

const SMALL: &str =
    "treated,size,after,before,kosong\n1,3,9,4,\n0,1,4,3,1\n0,2,5,3,\n0,4,6,4,2\n0,5,8,5,\n0,3,6,5,\n";

#[test]
fn bad_input_ends_in_words() {
    let frame = read(SMALL);
    let did = |pairs: &[(&str, &str)]| ask("did", &frame, pairs);
    let one = did(&[("after", "after"), ("before", "before"), ("treated", "treated")]).unwrap();
    close(numbers(&one.tables[0], "estimate")[0], 5.0 - 9.0 / 5.0, 1e-12);
    assert!(one.notes.iter().any(|note| note.text.en.contains("only 1 treated")));
    let twice = did(&[("after", "after"), ("treated", "treated"), ("covariates", "size, 2 * size")]);
    assert!(matches!(twice, Err(MethodError::Collinear { .. })), "{twice:?}");
    let sizes = did(&[("after", "after"), ("treated", "size")]);
    assert!(matches!(sizes, Err(MethodError::OutOfDomain { row: 1, .. })));
    let empty = did(&[("after", "kosong"), ("treated", "treated")]);
    assert!(matches!(empty, Err(MethodError::TooFew { .. })), "{empty:?}");
    let level = did(&[("after", "size - size"), ("treated", "treated")]).unwrap();
    assert_eq!(numbers(&level.tables[0], "estimate"), [0.0]);
    let matched =
        ask("match", &frame, &[("treated", "treated"), ("covariates", "size"), ("outcome", "after")]);
    assert!(matched.is_ok(), "{matched:?}");
}

#[test]
fn a_panel_with_gaps_counts_them_and_one_with_duplicates_is_refused() {
    let text = "u,t,y,g\na,1,1,2\na,2,3,2\nb,1,1,0\nb,2,2,0\nc,1,1,0\nc,2,2,0\nd,1,5,0\n";
    let pairs = [("outcome", "y"), ("unit", "u"), ("period", "t"), ("start", "g")];
    let found = ask("staggered-did", &read(text), &pairs).unwrap();
    close(numbers(&found.tables[0], "att")[0], 1.0, 1e-12);
    assert!(found.notes.iter().any(|note| note.text.en.starts_with("1 units miss a period")));
    assert_eq!((found.used, found.left_out), (6, 1));
    let twice = ask("staggered-did", &read(&format!("{text}a,1,2,2\n")), &pairs);
    assert!(matches!(twice, Err(MethodError::Impossible(_))));
}

proptest! {
    /// All estimators agree where the outcome of the untreated is linear in the covariate and the effect is
    /// one.
    #[test]
    fn an_exact_effect_is_found_by_every_estimator_that_models_the_outcome(
        sizes in prop::collection::vec(-2.0..2.0_f64, 30),
        slope in -3.0..3.0_f64,
    ) {
        let treated: Vec<bool> = (0..30).map(|row| row % 3 == 0).collect();
        prop_assume!(sizes.iter().fold(0.0_f64, |most, size| most.max((size - sizes[0]).abs())) > 0.5);
        let outcome: Vec<f64> =
            (0..30).map(|row| 2.0 + slope * sizes[row] + f64::from(u8::from(treated[row]))).collect();
        let (x, names) = weighted::matrix(&[("size", &sizes)], true, 30);
        for estimator in [Estimator::DoublyRobust, Estimator::OutcomeRegression, Estimator::Improved] {
            let found = effect(&outcome, &treated, &[1.0; 30], &x, &names, estimator);
            // The treated may lie outside the untreated: then there is no figure, and that is said.
            if let Ok(found) = found {
                prop_assert!((found.value - 1.0).abs() < 1e-8, "{estimator:?}: {}", found.value);
            }
        }
    }

    #[test]
    fn coarse_cells_keep_order(values in prop::collection::vec(-1e300..1e300_f64, 2..40)) {
        let cells = coarsened::coarsen(&values, None);
        for a in 0..values.len() {
            for b in 0..values.len() {
                prop_assert!(values[a] > values[b] || cells[a] <= cells[b]);
            }
        }
    }

    #[test]
    fn matching_without_replacement_uses_nobody_twice(
        scores in prop::collection::vec(0.0..1.0_f64, 4..40),
        caliper in prop::option::of(0.01..0.5_f64),
    ) {
        let treated: Vec<bool> = (0..scores.len()).map(|row| row % 3 == 0).collect();
        let pairs = nearest(&scores, &treated, Search { caliper, ..Search::default() });
        let mut used: Vec<usize> = pairs.iter().map(|(_, untreated)| *untreated).collect();
        used.sort_unstable();
        used.dedup();
        prop_assert_eq!(used.len(), pairs.len());
        prop_assert!(pairs.iter().all(|(own, other)| treated[*own] && !treated[*other]));
        let within = |(own, other): &(usize, usize)| {
            caliper.is_none_or(|most| (scores[*own] - scores[*other]).abs() <= most)
        };
        prop_assert!(pairs.iter().all(within));
    }
}

#[test]
fn the_matrix_has_its_constant_first() {
    let (x, names) = weighted::matrix(&[("a", &[2.0, 3.0])], true, 2);
    assert_eq!(x * DVector::from_row_slice(&[1.0, 2.0]), DVector::from_row_slice(&[5.0, 7.0]));
    assert_eq!(names, ["(constant)", "a"]);
}

/// Six units over five periods, half of them starting in period 3: with one starting time and a balanced
/// panel each coefficient is a difference of differences from the period before the start.
#[test]
fn an_event_study_with_one_start_is_a_difference_in_differences() {
    let outcome = |unit: usize, period: usize| ((unit * 7919 + period * 104_729) % 31) as f64 / 7.0;
    let mut text = "unit,year,start,y\n".to_owned();
    for unit in 0..6 {
        for period in 1..=5 {
            let start = if unit < 3 { 3 } else { 0 };
            text.push_str(&format!("u{unit},{period},{start},{}\n", outcome(unit, period)));
        }
    }
    let pairs = [("outcome", "y"), ("unit", "unit"), ("period", "year"), ("start", "start")];
    let found = ask("event-study", &read(&text), &pairs).unwrap();
    let mean =
        |from: usize, period: usize| (from..from + 3).map(|unit| outcome(unit, period)).sum::<f64>() / 3.0;
    let expected = |period: usize| mean(0, period) - mean(0, 2) - mean(3, period) + mean(3, 2);
    assert_eq!(numbers(&found.tables[0], "time"), [-2.0, -1.0, 0.0, 1.0, 2.0]);
    for (at, estimate) in numbers(&found.tables[0], "estimate").into_iter().enumerate() {
        close(estimate, expected(at + 1), 1e-12);
    }
    assert!(found.notes.iter().all(|note| !note.warning), "one start has no other to be mixed with");
    let pooled = ask("event-study", &read(&text), &[&pairs[..], &[("lags", "0")]].concat()).unwrap();
    assert_eq!(numbers(&pooled.tables[0], "time"), [-2.0, -1.0, 0.0]);
    assert_eq!(numbers(&pooled.tables[0], "n"), [3.0, 3.0, 9.0]);
}

/// Estimates are those of dummies for everything; errors differ by the parameters that nested unit means
/// would cost.
#[test]
fn an_event_study_is_the_regression_on_dummies() {
    let mut text = "unit,year,start,y,a,b,c\n".to_owned();
    for unit in 0..8_i32 {
        for period in 1..=4_i32 {
            let start = if unit < 4 { 2 + unit % 2 } else { 0 };
            let is = |since: i32| i32::from(start > 0 && (period - start).min(1) == since);
            let y = f64::from((unit * 37 + period * period * 11) % 17) / 3.0;
            text.push_str(&format!("u{unit},{period},{start},{y},{},{},{}\n", is(-2), is(0), is(1)));
        }
    }
    let frame = read(&text);
    let pairs = [("outcome", "y"), ("unit", "unit"), ("period", "year"), ("start", "start"), ("lags", "1")];
    let found = ask("event-study", &frame, &pairs).unwrap();
    let model = ("model", "y ~ a + b + c + factor(unit) + factor(year)");
    let dummies = ask("ols", &frame, &[model, ("errors", "cluster"), ("cluster", "unit")]).unwrap();
    // 32 rows, 3 + 3 parameters here, 3 + 3 + 7 + 1 there.
    let scale = ((32.0 - 14.0) / (32.0 - 6.0_f64)).sqrt();
    for (column, scale) in [("estimate", 1.0), ("standard_error", scale)] {
        let ours = numbers(&found.tables[0], column);
        let theirs = &numbers(&dummies.tables[0], column)[1..4];
        for (ours, theirs) in [ours[0], ours[2], ours[3]].iter().zip(theirs) {
            close(*ours, theirs * scale, 1e-10);
        }
    }
    assert!(found.notes.iter().any(|note| note.warning && note.text.en.contains("2 starting times")));
}

#[test]
fn an_event_study_of_units_that_all_start_says_what_to_do() {
    let mut text = "unit,year,start,y\n".to_owned();
    for unit in 0..6 {
        for period in 1..=5 {
            text.push_str(&format!("u{unit},{period},{},{}\n", 2 + unit % 3, (unit * 31 + period * 17) % 11));
        }
    }
    let pairs = [("outcome", "y"), ("unit", "unit"), ("period", "year"), ("start", "start")];
    let error = ask("event-study", &read(&text), &pairs).unwrap_err();
    assert!(error.to_string().contains("--leads and --lags"), "{error}");
    let never = read("unit,year,start,y\na,1,0,1\na,2,0,2\nb,1,0,3\nb,2,0,1\n");
    assert!(matches!(ask("event-study", &never, &pairs), Err(MethodError::TooFew { .. })));
}
