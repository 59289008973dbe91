use proptest::prelude::*;

use super::dynamics::{DYNAMICS, Dynamics, State, Turnover};
use super::gap::gap;
use super::generalised::{self, generalised};
use super::shift_share::{Sector, shift_share};
use super::value_added_growth::{Year, value_added_growth};
use crate::bench::{Arguments, Categories, Cell, Column, Frame, Method, run};
use crate::dispersion::inequality::entropy;
use crate::numerics::summation::sum;

/// Real gross product and employment of 48 states of the USA, 1970-1986 (Munnell 1990), where the shared
/// folder is.
fn produc() -> Option<(Vec<String>, Vec<i32>, Vec<f64>, Vec<f64>, String)> {
    let Ok(shared) = std::env::var("LUMBUNG_SHARED") else {
        eprintln!("skipped: LUMBUNG_SHARED is not set");
        return None;
    };
    let folder = format!("{shared}/refdata/40_shiftshare_produc");
    let mut reader = csv::Reader::from_path(format!("{folder}/data.csv")).unwrap();
    let (mut states, mut years, mut products, mut workers) = (vec![], vec![], vec![], vec![]);
    for row in reader.records().map(Result::unwrap) {
        states.push(row[0].to_owned());
        years.push(row[1].parse().unwrap());
        products.push(row[3].parse().unwrap());
        workers.push(row[4].parse().unwrap());
    }
    Some((states, years, products, workers, folder))
}

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} for {expected}");
}

#[test]
fn states_of_the_usa_meet_the_reference() {
    let Some((states, years, products, workers, folder)) = produc() else { return };
    let of = |state: &str, year: i32| {
        let row = (0..states.len()).find(|row| states[*row] == state && years[*row] == year).unwrap();
        (products[row], workers[row])
    };
    let mut reader = csv::Reader::from_path(format!("{folder}/expected_by_state.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let sectors: Vec<Sector> = rows
        .iter()
        .map(|row| {
            let ((base_value, base_labour), (value, labour)) = (of(&row[0], 1970), of(&row[0], 1986));
            Sector { base_value, base_labour, value, labour }
        })
        .collect();
    let found = shift_share(&sectors).unwrap();
    near(found.base_level, 33.646385149960274, 1e-10, "first level");
    near(found.level, 36.81040852145863, 1e-10, "last level");
    let total = |of: fn(&super::shift_share::Terms) -> f64| found.sectors.iter().map(of).sum::<f64>();
    near(total(|terms| terms.within), 3.133179917333317, 1e-10, "within");
    near(total(|terms| terms.shift), 0.2890897883254684, 1e-10, "static");
    near(total(|terms| terms.shift_from_mean), 0.2890897883254683, 1e-10, "static from mean");
    near(total(|terms| terms.dynamic), -0.2582463341604292, 1e-10, "dynamic");
    near(total(|terms| terms.within_at_mean), 3.004056750253102, 1e-10, "within at mean");
    near(total(|terms| terms.between_at_mean), 0.15996662124525385, 1e-10, "between at mean");
    for (terms, row) in found.sectors.iter().zip(&rows) {
        let figures = [
            terms.within,
            terms.shift,
            terms.shift_from_mean,
            terms.dynamic,
            terms.within_at_mean,
            terms.between_at_mean,
            terms.between_at_mean_from_mean,
        ];
        for (place, figure) in figures.into_iter().enumerate() {
            near(figure, row[place + 1].parse().unwrap(), 1e-10, &row[0]);
        }
    }
}

#[test]
fn the_gap_and_the_inequality_between_states_meet_the_reference() {
    let Some((_, years, products, workers, folder)) = produc() else { return };
    let mut reader = csv::Reader::from_path(format!("{folder}/expected_opgap_theil.csv")).unwrap();
    let mut seen = 0;
    for row in reader.records().map(Result::unwrap) {
        let year: i32 = row[0].parse().unwrap();
        let inside: Vec<usize> = (0..years.len()).filter(|at| years[*at] == year).collect();
        let levels: Vec<f64> = inside.iter().map(|at| products[*at] / workers[*at]).collect();
        let sizes: Vec<f64> = inside.iter().map(|at| workers[*at]).collect();
        let found = gap(&levels, &sizes, &vec![1.0; levels.len()]).unwrap();
        near(found.aggregate, row[1].parse().unwrap(), 1e-10, "aggregate");
        near(found.mean, row[2].parse().unwrap(), 1e-10, "mean");
        near(found.covariance, row[3].parse().unwrap(), 1e-10, "gap");
        near(entropy(&levels, &sizes, 1.0), row[4].parse().unwrap(), 1e-10, "Theil");
        seen += 1;
    }
    assert_eq!(seen, 17);
}

/// Three firms by hand: A stays (share 1/2 to 2/3, level 2 to 3), B leaves (1/2, 1), C enters (1/3, 6).
#[test]
fn entry_and_exit_by_hand() {
    let state = |level: f64, size: f64| State { level, size, weight: 1.0 };
    let turnover = Turnover {
        continuing: vec![[state(2.0, 10.0), state(3.0, 20.0)]],
        entrants: vec![state(6.0, 10.0)],
        leavers: vec![state(1.0, 10.0)],
    };
    // The aggregate goes from 1.5 to 4.
    for (by, within, between, cross, entry, exit) in [
        (Dynamics::BailyHultenCampbell, 0.5, 0.5, None, 2.0, -0.5),
        (Dynamics::FosterHaltiwangerKrizan, 0.5, 1.0 / 12.0, Some(1.0 / 6.0), 1.5, 0.25),
        (Dynamics::GrilichesRegev, 7.0 / 12.0, -0.25 / 6.0, None, 3.25 / 3.0, 0.875),
        (Dynamics::BaldwinGu, 7.0 / 12.0, 0.25, None, 5.0 / 3.0, 0.0),
        (Dynamics::MelitzPolanec, 1.0, 0.0, None, 1.0, 0.5),
        (Dynamics::DiewertFox, 1.0, 0.0, None, 1.0, 0.5),
    ] {
        let found = turnover.decompose(by).unwrap();
        for (found, expected) in [
            (found.total, 2.5),
            (found.within, within),
            (found.between, between),
            (found.cross.unwrap_or_default(), cross.unwrap_or_default()),
            (found.entry, entry),
            (found.exit, exit),
        ] {
            near(found, expected, 1e-12, &format!("{by:?}"));
        }
    }
}

fn firms(rows: &[(&str, &str, f64, f64)]) -> Frame {
    Frame::new(vec![
        ("firm".into(), Column::Text(Categories::of(rows.iter().map(|row| Some(row.0))))),
        ("year".into(), Column::Text(Categories::of(rows.iter().map(|row| Some(row.1))))),
        ("level".into(), Column::Number(rows.iter().map(|row| row.2).collect())),
        ("size".into(), Column::Number(rows.iter().map(|row| row.3).collect())),
    ])
    .unwrap()
}

fn dynamics(rows: &[(&str, &str, f64, f64)]) -> Result<crate::bench::Outcome, crate::bench::MethodError> {
    let arguments = ["unit=firm", "period=year", "productivity=level", "size=size"]
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .fold(Arguments::default(), |arguments, (name, value)| arguments.with(name, value));
    run(Method::find("productivity-dynamics").unwrap(), &firms(rows), &[], &arguments)
}

#[test]
fn out_of_the_sample_is_missing_and_not_exit() {
    let gone = [("a", "1", 2.0, 1.0), ("b", "1", 5.0, 1.0), ("a", "2", 3.0, 1.0)];
    let outcome = dynamics(&gone).unwrap();
    assert_eq!(outcome.tables[0].rows[0][4], Cell::Count(1));
    let unseen = [gone[0], gone[1], gone[2], ("b", "2", f64::NAN, f64::NAN)];
    let outcome = dynamics(&unseen).unwrap();
    assert_eq!(outcome.tables[0].rows[0][2..], [1, 0, 0, 1].map(|count: usize| Cell::from(count)));
    assert_eq!(outcome.left_out, 2);
    assert!(outcome.notes[0].warning && outcome.notes[0].text.en.starts_with("1 units were alive"));
    // Nobody left: Baldwin–Gu has nothing to compare with, the others stand.
    let row =
        |name: &str| outcome.tables[1].rows.iter().find(|row| row[2] == Cell::from(name)).unwrap().clone();
    assert!(matches!(row("Baldwin–Gu (2006)")[8], Cell::Absent(_)));
    assert_eq!(row("Melitz–Polanec (2015)")[8], Cell::Number(1.0));
}

#[test]
fn every_pair_of_neighbouring_periods_is_decomposed() {
    let rows = [("a", "1", 2.0, 1.0), ("a", "2", 3.0, 1.0), ("a", "3", 5.0, 1.0), ("b", "3", 9.0, 1.0)];
    let mut arguments = Arguments::default().with("unit", "firm").with("period", "year");
    arguments = arguments.with("productivity", "level").with("size", "size").with("method", "melitz-polanec");
    arguments.insert("each", crate::bench::Value::Flag);
    let found = run(Method::find("productivity-dynamics").unwrap(), &firms(&rows), &[], &arguments).unwrap();
    let totals: Vec<&Cell> = found.tables[1].rows.iter().map(|row| &row[8]).collect();
    assert_eq!(totals, [&Cell::Number(1.0), &Cell::Number(4.0)]);
    assert_eq!((found.used, found.left_out), (4, 0));
}

#[test]
fn bad_panels_end_well() {
    let error = |rows: &[(&str, &str, f64, f64)]| dynamics(rows).unwrap_err().text().en;
    assert_eq!(
        error(&[("a", "1", 1.0, 1.0), ("a", "1", 2.0, 1.0)]),
        "`a` stands twice in period 1; merge the rows or remove one"
    );
    assert_eq!(error(&[("a", "1", 1.0, 1.0)]), "`--from 1` cannot be used; 1 < --to");
    assert_eq!(
        error(&[("a", "1", 1.0, 1.0), ("b", "2", 1.0, 1.0)]),
        "units present in both periods: at least 1 are needed, there are 0"
    );
    assert_eq!(
        error(&[("a", "1", 1.0, 0.0), ("a", "2", 1.0, 0.0)]),
        "continuing units must have a size above zero in both periods"
    );
    assert_eq!(
        error(&[("a", "1", 1.0, -1.0), ("a", "2", 1.0, 1.0)]),
        "`size`, row 1: -1 cannot be used; a size may not be negative"
    );
    for magnitude in [1e-300, 1e300] {
        let rows = [("a", "1", magnitude, 1.0), ("a", "2", 2.0 * magnitude, 1.0)];
        assert_eq!(dynamics(&rows).unwrap().tables[1].rows[0][8], Cell::Number(magnitude));
    }
    let same = [("a", "1", 2.0, 1.0), ("b", "1", 2.0, 1.0), ("a", "2", 2.0, 1.0), ("b", "2", 2.0, 1.0)];
    assert_eq!(dynamics(&same).unwrap().tables[1].rows[0][3..5], [Cell::Number(0.0), Cell::Number(0.0)]);
    assert!(shift_share(&[]).is_err());
    assert!(gap(&[1.0], &[1.0], &[0.0]).is_err());
}

#[test]
fn a_sector_without_labour_is_said() {
    let sector = Sector { base_value: 1.0, base_labour: 1.0, value: 1.0, labour: 0.0 };
    let error = shift_share(&[sector]).unwrap_err().text();
    assert!(error.id.starts_with("sektor ke-1 tidak punya tenaga kerja"), "{}", error.id);
}

fn state() -> impl Strategy<Value = State> {
    (-2.0_f64..5.0, 0.1_f64..20.0, 0.5_f64..30.0).prop_map(|(level, size, weight)| State {
        level,
        size,
        weight,
    })
}

fn year() -> impl Strategy<Value = Year> {
    let many = || prop::collection::vec(0.5_f64..3.0, 2);
    (many(), many(), many(), many()).prop_map(|(output_prices, outputs, input_prices, inputs)| Year {
        output_prices,
        outputs,
        input_prices,
        inputs,
    })
}

proptest! {
    #[test]
    fn every_decomposition_adds_up(
        continuing in prop::collection::vec((state(), state()), 1..30),
        entrants in prop::collection::vec(state(), 0..10),
        leavers in prop::collection::vec(state(), 0..10),
    ) {
        let continuing = continuing.into_iter().map(|(old, new)| [old, new]).collect();
        let turnover = Turnover { continuing, entrants, leavers };
        for (by, ..) in DYNAMICS {
            let Ok(found) = turnover.decompose(*by) else {
                prop_assert!(*by == Dynamics::BaldwinGu && turnover.leavers.is_empty());
                continue;
            };
            prop_assert!((found.sum() - found.total).abs() < 1e-12, "{:?}: {:?}", by, found);
        }
    }

    #[test]
    fn shift_share_adds_up_in_every_form(
        rows in prop::collection::vec((0.1_f64..50.0, 0.1_f64..20.0, 0.1_f64..50.0, 0.1_f64..20.0), 1..40)
    ) {
        let sectors: Vec<Sector> = rows
            .iter()
            .map(|row| Sector { base_value: row.0, base_labour: row.1, value: row.2, labour: row.3 })
            .collect();
        let found = shift_share(&sectors).unwrap();
        let change = found.level - found.base_level;
        let total = |of: &dyn Fn(&super::shift_share::Terms) -> f64| sum(found.sectors.iter().map(of));
        let scale = found.level.max(found.base_level);
        for all in [
            total(&|t| t.within + t.shift + t.dynamic),
            total(&|t| t.within + t.shift_from_mean + t.dynamic),
            total(&|t| t.within_at_mean + t.between_at_mean),
            total(&|t| t.within_at_mean + t.between_at_mean_from_mean),
        ] {
            prop_assert!((all - change).abs() < 1e-12 * scale.max(1.0), "{} for {}", all, change);
        }
    }

    /// With constant relative prices the generalised form is the classical one.
    #[test]
    fn the_generalised_form_adds_up(
        rows in prop::collection::vec((0.1_f64..9.0, 0.1_f64..2.0, 0.1_f64..9.0, 0.1_f64..2.0), 1..30)
    ) {
        let sectors: Vec<generalised::Sector> = rows
            .iter()
            .map(|row| generalised::Sector { base_level: row.0, base_size: row.1, level: row.2, size: row.3 })
            .collect();
        let (base, level, terms) = generalised(&sectors);
        let all = sum(terms.iter().map(|t| t.within + t.size + t.interaction));
        prop_assert!((all - (level / base - 1.0)).abs() < 1e-12 * (level / base).max(1.0));
    }

    #[test]
    fn the_gap_is_aggregate_less_mean(units in prop::collection::vec(state(), 1..50)) {
        let of = |part: fn(&State) -> f64| units.iter().map(part).collect::<Vec<f64>>();
        let found = gap(&of(|unit| unit.level), &of(|unit| unit.size), &of(|unit| unit.weight)).unwrap();
        prop_assert!((found.aggregate - found.mean - found.covariance).abs() < 1e-12);
    }

    #[test]
    fn value_added_growth_is_the_product_of_its_factors(years in prop::collection::vec(year(), 2..6)) {
        for factors in value_added_growth(&years).unwrap() {
            let product = factors.price * factors.input * factors.productivity();
            prop_assert!((product / factors.value - 1.0).abs() < 1e-12, "{:?}", factors);
            prop_assert!(factors.technology >= 1.0 - 1e-12);
        }
    }
}
