use proptest::prelude::*;

use super::calibration::{Distance, calibrate};
use super::design::{Design, Lonely, Stage};
use super::estimate::{Estimate, Statistic, Variance, estimate};
use super::quantile::{Rule, quantile};
use super::regression::regress;
use super::replicates::Replicates;
use crate::bench::{Frame, MethodError};
use crate::tests::{case, close};

/// The Academic Performance Index samples of the R package survey: expected figures from its version 4.5.
struct Api {
    data: Frame,
    design: Design,
    expected: Vec<(String, String, f64, f64)>,
}

fn api(name: &str) -> Option<Api> {
    let (file, by) = if name.starts_with("strat") { ("apistrat", "stype") } else { ("apiclus1", "dnum") };
    let data = case("15_survey_api", &format!("{file}.csv"))?;
    let groups = Some(data.categories(by).unwrap().codes);
    let population = (!name.ends_with("nofpc")).then(|| data.numbers("fpc").unwrap());
    let stage = match by {
        "stype" => Stage { strata: groups, units: None, population },
        _ => Stage { strata: None, units: groups, population },
    };
    let design = Design { weights: data.numbers("pw").unwrap(), stages: vec![stage], lonely: Lonely::Refuse };
    let table = case("15_survey_api", "expected.csv")?;
    let word = |column: &str, row| table.categories(column).unwrap().word(row).unwrap().to_owned();
    let (values, errors) = (table.numbers("est").unwrap(), table.numbers("se").unwrap());
    let expected = (0..table.rows())
        .filter(|row| word("design", *row) == name)
        .map(|row| (word("stat", row), word("item", row), values[row], errors[row]))
        .collect();
    Some(Api { data, design, expected })
}

impl Api {
    fn estimate(&self, stat: &str, item: &str) -> (f64, f64) {
        let everyone = vec![true; self.data.rows()];
        let number = |name: &str| self.data.numbers(name).unwrap();
        let found = |statistic: Statistic<'_>, inside: &[bool]| {
            let found = estimate(statistic, &self.design, inside, Variance::Linearised).unwrap();
            (found.value, found.standard_error)
        };
        let school = self.data.categories("stype").unwrap();
        let kind = item.strip_prefix("stype").unwrap_or(item);
        let inside: Vec<bool> = (0..self.data.rows()).map(|row| school.word(row) == Some(kind)).collect();
        match stat {
            "mean" => found(Statistic::Mean(&number(item)), &everyone),
            "total" => found(Statistic::Total(&number(item)), &everyone),
            "ratio_api.stu_enroll" => {
                found(Statistic::Ratio(&number("api.stu"), &number("enroll")), &everyone)
            }
            "mean_api00_by_stype" => found(Statistic::Mean(&number("api00")), &inside),
            "total_stype" => {
                let ones: Vec<f64> = inside.iter().map(|inside| f64::from(u8::from(*inside))).collect();
                found(Statistic::Total(&ones), &everyone)
            }
            "deff_mean_api00" => {
                let values = number("api00");
                let found = estimate(Statistic::Mean(&values), &self.design, &everyone, Variance::Linearised)
                    .unwrap();
                (found.design_effect.unwrap(), f64::NAN)
            }
            "glm_api00~ell+meals+mobility" => {
                let columns = ["ell", "meals", "mobility"].map(|name| (name, number(name)));
                let columns = columns.each_ref().map(|(name, values)| (*name, values.as_slice()));
                let found = regress(&number("api00"), &columns, true, &self.design).unwrap();
                let at = ["(Intercept)", "ell", "meals", "mobility"].iter().position(|name| *name == item);
                let at = at.unwrap();
                (found.coefficients[at], found.covariance[(at, at)].sqrt())
            }
            _ => {
                let rule = match stat.strip_prefix("quantile_api00_").unwrap() {
                    "math" => Rule::InverseEcdf,
                    "school" => Rule::Averaged,
                    "hf7" => Rule::Linear,
                    _ => Rule::MedianUnbiased,
                };
                let p = item.parse().unwrap();
                let found = quantile(&number("api00"), p, rule, &self.design, &everyone).unwrap();
                (found.value, found.standard_error)
            }
        }
    }
}

/// Case 15: to 1e-9, the tolerance of its description.
#[test]
fn the_api_samples_give_the_figures_of_the_survey_package() {
    for name in ["strat_fpc", "strat_nofpc", "clus1_fpc"] {
        let Some(api) = api(name) else { return };
        assert!(api.expected.len() > 10);
        for (stat, item, value, error) in &api.expected {
            let (found, found_error) = api.estimate(stat, item);
            close(found, *value, 1e-9);
            if error.is_finite() {
                close(found_error, *error, 1e-9);
            }
        }
    }
}

fn clustered() -> (Vec<f64>, Design) {
    let values = vec![3.0, 5.0, 4.0, 8.0, 9.0, 7.0, 2.0, 6.0];
    let stage = Stage {
        strata: Some(vec![0, 0, 0, 0, 1, 1, 1, 1]),
        units: Some(vec![0, 0, 1, 1, 2, 2, 3, 3]),
        population: None,
    };
    (values, Design { weights: vec![2.0; 8], stages: vec![stage], lonely: Lonely::Refuse })
}

fn mean(values: &[f64], design: &Design, variance: Variance<'_>) -> Estimate {
    estimate(Statistic::Mean(values), design, &vec![true; values.len()], variance).unwrap()
}

/// By hand: totals 16, 24 and 32, 16 times weight 2 less the mean 5.5 of four rows; see Cochran (1977), 11.
#[test]
fn jackknife_and_balanced_halves_agree_with_linearisation_for_a_total() {
    let (values, design) = clustered();
    let inside = [true; 8];
    let total = |variance| estimate(Statistic::Total(&values), &design, &inside, variance).unwrap();
    let linear = total(Variance::Linearised).standard_error;
    close(linear, (4.0_f64.powi(2) * 4.0 + 8.0_f64.powi(2) * 4.0_f64).sqrt(), 1e-12);
    let jackknife = Replicates::jackknife(&design).unwrap();
    close(total(Variance::Replicated(&jackknife)).standard_error, linear, 1e-12);
    let halves = Replicates::balanced(&design).unwrap();
    close(total(Variance::Replicated(&halves)).standard_error, linear, 1e-12);
}

#[test]
fn the_bootstrap_repeats_itself_from_its_seed_and_nears_linearisation() {
    let (values, design) = clustered();
    let draws = Replicates::bootstrap(&design, 4000, 7).unwrap();
    assert_eq!(draws, Replicates::bootstrap(&design, 4000, 7).unwrap());
    let inside = [true; 8];
    let error =
        |variance| estimate(Statistic::Total(&values), &design, &inside, variance).unwrap().standard_error;
    close(error(Variance::Replicated(&draws)) / error(Variance::Linearised), 1.0, 0.05);
}

/// Both stages by the textbook formula for equal probabilities: Cochran (1977), eq. 10.15.
#[test]
fn the_second_stage_adds_its_variance_when_the_first_was_a_large_part() {
    let (values, mut design) = clustered();
    design.weights = vec![4.0; 8];
    design.stages[0].strata = None;
    design.stages[0].population = Some(vec![8.0; 8]);
    design.stages.push(Stage { strata: None, units: None, population: Some(vec![4.0; 8]) });
    let found = estimate(Statistic::Total(&values), &design, &[true; 8], Variance::Linearised).unwrap();
    let totals: [f64; 4] = [16.0, 24.0, 32.0, 16.0];
    let between = totals.iter().map(|total| (total - 22.0).powi(2)).sum::<f64>() / 3.0;
    let first = 64.0 * 0.5 / 4.0 * between;
    let within: f64 = [(3.0, 5.0), (4.0, 8.0), (9.0, 7.0), (2.0, 6.0_f64)]
        .iter()
        .map(|(a, b): &(f64, f64)| 16.0 * 0.5 / 2.0 * (a - b).powi(2) / 2.0)
        .sum();
    close(found.standard_error.powi(2), first + 2.0 * within, 1e-12);
}

#[test]
fn a_lonely_stratum_is_refused_unless_told_otherwise() {
    let (values, mut design) = clustered();
    design.stages[0].strata = Some(vec![0, 0, 0, 0, 1, 1, 2, 2]);
    let inside = [true; 8];
    let error = |lonely| {
        let design = Design { lonely, ..design.clone() };
        estimate(Statistic::Mean(&values), &design, &inside, Variance::Linearised)
            .map(|found| found.standard_error)
    };
    assert!(matches!(error(Lonely::Refuse), Err(MethodError::TooFew { .. })));
    let certain = error(Lonely::Certainty).unwrap();
    assert!(certain > 0.0 && error(Lonely::Adjust).unwrap() > certain);
    close(error(Lonely::Average).unwrap(), certain * 3.0_f64.sqrt(), 1e-12);
}

#[test]
fn a_stratum_larger_than_its_population_is_said() {
    let (values, mut design) = clustered();
    design.stages[0].population = Some(vec![1.5; 8]);
    let found = estimate(Statistic::Mean(&values), &design, &[true; 8], Variance::Linearised);
    assert!(matches!(found, Err(MethodError::Impossible(_))));
}

#[test]
fn very_small_and_very_large_values_keep_their_standard_error() {
    let (values, design) = clustered();
    let plain = mean(&values, &design, Variance::Linearised).standard_error;
    for scale in [1e-300, 1e300] {
        let scaled: Vec<f64> = values.iter().map(|value| value * scale).collect();
        close(mean(&scaled, &design, Variance::Linearised).standard_error / scale, plain, 1e-12);
    }
    assert_eq!(mean(&[4.0; 8], &design, Variance::Linearised).standard_error, 0.0);
}

#[test]
fn a_column_that_repeats_another_is_named() {
    let (values, design) = clustered();
    let twice: Vec<f64> = values.iter().map(|value| 2.0 * value + 1.0).collect();
    let found = regress(&[1.0; 8], &[("workers", &values), ("hands", &twice)], true, &design);
    assert_eq!(found.unwrap_err(), MethodError::Collinear { columns: "(constant), workers, hands".into() });
}

proptest! {
    #[test]
    fn calibrated_weights_hit_their_totals(
        sizes in prop::collection::vec(1.0..50.0_f64, 12),
        factor in 0.8..1.3_f64,
    ) {
        let ones = [1.0; 12];
        let weights: Vec<f64> = (0..12).map(|row| 1.0 + f64::from(row % 3)).collect();
        let total: f64 = sizes.iter().zip(&weights).map(|(size, weight)| size * weight).sum();
        prop_assume!(sizes.iter().any(|size| (size - sizes[0]).abs() > 5.0));
        let columns: [(&str, &[f64]); 2] = [("1", &ones), ("size", &sizes)];
        let totals = [24.0, total * (1.0 + (factor - 1.0) / 10.0)];
        for distance in [Distance::Linear, Distance::Raking] {
            let found = calibrate(&weights, &columns, &totals, distance).unwrap();
            prop_assert!((found.iter().sum::<f64>() - totals[0]).abs() < 1e-9);
            let reached: f64 = found.iter().zip(&sizes).map(|(weight, size)| weight * size).sum();
            prop_assert!((reached - totals[1]).abs() < 1e-9 * totals[1]);
        }
    }

    #[test]
    fn domains_add_up_to_the_whole(values in prop::collection::vec(-1e6..1e6_f64, 8)) {
        let (_, design) = clustered();
        let first: Vec<bool> = (0..8).map(|row| row % 3 == 0).collect();
        let rest: Vec<bool> = first.iter().map(|inside| !inside).collect();
        let total = |inside: &[bool]| {
            estimate(Statistic::Total(&values), &design, inside, Variance::Linearised).unwrap().value
        };
        let whole = total(&[true; 8]);
        prop_assert!((total(&first) + total(&rest) - whole).abs() <= 1e-12 * whole.abs().max(1e7));
    }
}
