use proptest::prelude::*;
use rand::RngExt;

use super::measures::{Line, OnTheLine, fgt, shortfall, unequal, watts};
use super::{food_consumption, food_insecurity, rasch, working};
use crate::bench::MethodError;
use crate::numerics::random::generator;
use crate::survey::design::{Design, Stage};
use crate::tests::{ask, case, close, numbers, read};

/// Haughton and Khandker (2009), Handbook on Poverty and Inequality, pages 70 and 72.
#[test]
fn the_handbook_example_is_met() {
    let (incomes, design) = ([100.0, 110.0, 150.0, 160.0], Design::of_rows(vec![1.0; 4]));
    let value = |power| {
        fgt(&incomes, Line::Absolute(125.0), power, OnTheLine::NotPoor, &design, &[true; 4]).unwrap().value
    };
    for (power, expected) in [(0.0, 0.5), (1.0, 0.08), (2.0, 0.0136)] {
        close(value(power), expected, 1e-15);
    }
    let found = ask("poverty", &read("y\n50\n80\n100\n120\n"), &[("income", "y"), ("line", "100")]).unwrap();
    let estimates = numbers(&found.tables[0], "estimate");
    for (found, expected) in estimates.iter().zip([0.5, 0.175, 0.0725, (2.0_f64.ln() + 1.25_f64.ln()) / 4.0])
    {
        close(*found, expected, 1e-15);
    }
}

/// Case 16: synthetic Austrian persons; figures of the R packages convey 1.0.1 and laeken 0.5.2.
#[test]
fn poverty_in_the_eu_silc_sample_is_that_of_convey() {
    let Some(data) = case("16_poverty_inequality_eusilc", "data.csv") else { return };
    let table = case("16_poverty_inequality_eusilc", "expected.csv").unwrap();
    let keys = table.categories("key").unwrap();
    let expected = |key: &str| {
        let row = (0..table.rows()).find(|row| keys.word(*row) == Some(key)).expect(key);
        table.numbers("value").unwrap()[row]
    };
    let incomes = data.numbers("eqIncome").unwrap();
    let strata = Some(data.categories("db040").unwrap().codes);
    let stage = Stage { strata, units: None, population: None };
    let mut design =
        Design { weights: data.numbers("rb050").unwrap(), stages: vec![stage], lonely: Default::default() };
    let everyone = vec![true; incomes.len()];
    let relative = Line::Relative { share: 0.6, quantile: 0.5 };
    for power in [0.0, 1.0, 2.0] {
        for (name, line) in [("z10000", Line::Absolute(10000.0)), ("relq60", relative)] {
            let found = fgt(&incomes, line, power, OnTheLine::Poor, &design, &everyone).unwrap();
            let key = format!("convey_person_fgt{power}_{name}");
            close(found.value, expected(&key), 1e-8);
            close(found.standard_error, expected(&format!("{key}_se")), 1e-6);
        }
    }
    let regions = data.categories("db040").unwrap();
    for region in &regions.levels {
        let inside: Vec<bool> = (0..incomes.len()).map(|row| regions.word(row) == Some(region)).collect();
        let found = fgt(&incomes, relative, 0.0, OnTheLine::NotPoor, &design, &inside).unwrap();
        close(found.value * 100.0, expected(&format!("laeken_arpr_{region}")), 1e-8);
    }
    let positive: Vec<bool> = incomes.iter().map(|income| *income > 0.0).collect();
    let found = watts(&incomes, 10000.0, OnTheLine::Poor, &design, &positive).unwrap();
    close(found.value, expected("convey_person_watts_z10000"), 1e-8);
    close(found.standard_error, expected("convey_person_watts_z10000_se"), 1e-6);
    // Persons of a household were drawn together: the second family of standard errors, from the description.
    design.stages[0].units = Some(data.categories("db030").unwrap().codes);
    for (power, error) in [(0.0, 0.004502107693), (1.0, 0.001667797641), (2.0, 0.001119200426)] {
        let line = Line::Absolute(10000.0);
        let found = fgt(&incomes, line, power, OnTheLine::Poor, &design, &everyone).unwrap();
        close(found.standard_error, error, 1e-9);
    }
}

/// By hand for incomes 1 and 3 below a line of 4, and two persons at 5.
#[test]
fn sen_and_shorrocks_thon_by_hand() {
    let found = unequal(&[1.0, 3.0, 5.0, 5.0], 4.0, OnTheLine::NotPoor, &[1.0; 4]).unwrap();
    close(found.gini_of_the_poor, 0.25, 1e-15);
    close(found.gap_of_the_poor, 0.5, 1e-15);
    close(found.sen, 0.5 * 0.25 + 0.25 * 0.75, 1e-15);
    // Gaps 0, 0, 1/4, 3/4: their Gini is 5/8.
    close(found.sen_shorrocks_thon, 0.25 * (1.0 + 0.625), 1e-15);
}

/// US$1.90 of 2011: Rp 10,195.6 a day in 2017 by purchasing power, not some Rp 28,000 by the market.
#[test]
fn the_international_line_is_converted_by_purchasing_power() {
    close(working::monthly_line(1.9, 5366.1, 1.0) / 30.4375, 10195.59, 1e-9);
    let frame = read("y,kerja\n100,1\n400,1\n50,0\n50,\n");
    let found = ask(
        "working-poverty",
        &frame,
        &[("income", "y"), ("employed", "kerja"), ("dollars", "2"), ("ppp", "4")],
    )
    .unwrap();
    close(numbers(&found.tables[0], "estimate")[0], 0.5, 1e-15);
    assert_eq!((found.used, found.left_out), (2, 2));
}

#[test]
fn food_scores_have_their_published_range_and_classes() {
    assert_eq!(food_consumption::score([7.0; 8]), 112.0);
    assert_eq!(food_consumption::score([9.0; 8]), 112.0);
    assert!(food_consumption::score([7.0, f64::NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]).is_nan());
    let class = |score| food_consumption::class(score, [21.0, 35.0]);
    assert_eq!([21.0, 21.5, 35.0, 35.5].map(class), ["poor", "borderline", "borderline", "acceptable"]);
}

fn simulated(persons: usize) -> Vec<Vec<bool>> {
    let mut random = generator(5);
    let mut answers = vec![Vec::new(); 8];
    for _ in 0..persons {
        let position: f64 = (0..6).map(|_| random.random_range(-1.0..1.0)).sum();
        for (item, severity) in answers.iter_mut().zip(food_insecurity::STANDARD) {
            item.push(random.random_range(0.0..1.0) < 1.0 / (1.0 + (severity - position).exp()));
        }
    }
    answers
}

#[test]
fn severities_of_a_simulated_population_are_found_again() {
    let answers = simulated(20_000);
    let model = rasch::fit(&answers, &vec![2.5; 20_000]).unwrap();
    let mean = food_insecurity::STANDARD.iter().sum::<f64>() / 8.0;
    for (item, standard) in food_insecurity::STANDARD.iter().enumerate() {
        let away = (model.severities[item] - (standard - mean)) / model.standard_errors[item];
        assert!(away.abs() < 4.0, "item {item}: {away} standard errors away");
        assert!((model.infit[item] - 1.0).abs() < 0.1);
    }
    close(model.severities.iter().sum::<f64>(), 0.0, 1e-12);
    let equating = rasch::equate(&model.severities, &food_insecurity::STANDARD);
    assert!(equating.common.iter().all(|common| *common) && (equating.scale - 1.0).abs() < 0.05);
    let severe = food_insecurity::beyond(&model, food_insecurity::THRESHOLDS[1]);
    assert!(severe[0] == 0.0 && severe.is_sorted(), "more yeses, more severe: {severe:?}");
}

#[test]
fn an_item_particular_to_the_place_is_not_used_for_equating() {
    let mut local = food_insecurity::STANDARD.map(|severity| 0.8 * severity + 0.3);
    local[3] += 2.0;
    let found = rasch::equate(&local, &food_insecurity::STANDARD);
    assert_eq!(found.common, [true, true, true, false, true, true, true, true]);
    close(found.scale, 1.25, 1e-12);
    close(found.shift, -0.375, 1e-12);
}

#[test]
fn items_all_answered_alike_are_said() {
    let mut answers = simulated(50);
    answers[2] = vec![false; 50];
    assert!(matches!(rasch::fit(&answers, &[1.0; 50]), Err(MethodError::Impossible(_))));
}

#[test]
fn bad_input_ends_in_words() {
    let frame = read("y,kata,w,days\n0,dua,0,9\n-3,1,0,-1\n1e300,2,0,3\n1e-300,3,0,4\n");
    let poverty = |pairs: &[(&str, &str)]| ask("poverty", &frame, pairs);
    assert!(matches!(
        poverty(&[("income", "kata"), ("line", "1")]),
        Err(MethodError::NotANumber { row: 1, .. })
    ));
    assert!(matches!(poverty(&[("income", "y"), ("line", "0")]), Err(MethodError::Impossible(_))));
    assert!(matches!(poverty(&[("income", "y")]), Err(MethodError::BadArgument { .. })));
    assert!(matches!(
        poverty(&[("income", "y"), ("line", "1"), ("weight", "w")]),
        Err(MethodError::NoRows { .. })
    ));
    let found = poverty(&[("income", "y"), ("line", "2")]).unwrap();
    assert_eq!(numbers(&found.tables[0], "estimate")[0], 0.75);
    assert!(found.notes.iter().any(|note| note.text.en.contains("Watts measure is undefined")));
    let relative = poverty(&[("income", "y - y + 5"), ("relative", "0.6")]).unwrap();
    assert_eq!(numbers(&relative.tables[0], "estimate")[0], 0.0);
    let one = ask("poverty", &read("y\n3\n"), &[("income", "y"), ("line", "5")]);
    assert!(matches!(one, Err(MethodError::TooFew { found: 1, .. })), "{one:?}");
}

proptest! {
    /// The measure of the whole is the mean of those of its parts, weighted by their people.
    #[test]
    fn poverty_of_parts_adds_up(incomes in prop::collection::vec(0.0..200.0_f64, 10), power in 0..3_u8) {
        let design = Design::of_rows((0..10).map(|row| 1.0 + f64::from(row % 4)).collect());
        let inside: Vec<bool> = (0..10).map(|row| row % 3 == 0).collect();
        let rest: Vec<bool> = inside.iter().map(|inside| !inside).collect();
        let of = |rows: &[bool]| {
            fgt(&incomes, Line::Absolute(100.0), f64::from(power), OnTheLine::NotPoor, &design, rows).unwrap()
        };
        let (whole, one, other) = (of(&[true; 10]), of(&inside), of(&rest));
        let parts = one.value * one.population + other.value * other.population;
        prop_assert!((parts / whole.population - whole.value).abs() < 1e-12);
    }

    #[test]
    fn a_transfer_from_poor_to_poorer_lowers_severity(low in 1.0..40.0_f64, gap in 5.0..40.0_f64) {
        let severity = |a: f64, b: f64| {
            shortfall(a, 100.0, 2.0, OnTheLine::NotPoor) + shortfall(b, 100.0, 2.0, OnTheLine::NotPoor)
        };
        prop_assert!(severity(low + gap / 4.0, low + gap * 0.75) < severity(low, low + gap));
    }
}
