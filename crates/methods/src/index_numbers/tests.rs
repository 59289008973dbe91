use proptest::prelude::*;

use super::bilateral::{FORMULAS, Formula, Pair, logarithmic_mean};
use super::multilateral::{Multilateral, compare};
use super::price_index::{chained, fixed_base};
use super::situations::Situations;
use super::spatial::{Place, levels};
use super::splice::{Splice, rolling};

/// Prices and quantities of six products in five periods: ILO/IMF PPI Manual (2004), tables 19.1 and 19.2, as
/// adapted by Balk (2008), tables 3.1 and 3.2.
fn manual() -> Situations {
    let prices = [
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        [1.2, 3.0, 1.3, 0.7, 1.4, 0.8],
        [1.0, 1.0, 1.5, 0.5, 1.7, 0.6],
        [0.8, 0.5, 1.6, 0.3, 1.9, 0.4],
        [1.0, 1.0, 1.6, 0.1, 2.0, 0.2],
    ];
    let quantities = [
        [1.0, 1.0, 2.0, 1.0, 4.5, 0.5],
        [0.8, 0.9, 1.9, 1.3, 4.7, 0.6],
        [1.0, 1.1, 1.8, 3.0, 5.0, 0.8],
        [1.2, 1.2, 1.9, 6.0, 5.6, 1.3],
        [0.9, 1.2, 2.0, 12.0, 6.5, 2.5],
    ];
    of(&prices.map(|row| row.to_vec()), &quantities.map(|row| row.to_vec()))
}

fn of(prices: &[Vec<f64>], quantities: &[Vec<f64>]) -> Situations {
    Situations {
        names: (1..=prices.len()).map(|at| at.to_string()).collect(),
        items: (1..=prices[0].len()).map(|item| item.to_string()).collect(),
        prices: prices.to_vec(),
        quantities: quantities.to_vec(),
        used: prices.len() * prices[0].len(),
    }
}

fn check(found: &[Result<f64, crate::bench::MethodError>], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len() + 1);
    assert!((found[0].as_ref().unwrap() - 1.0).abs() < 1e-15);
    for (found, expected) in found[1..].iter().zip(expected) {
        let found = found.as_ref().unwrap();
        assert!((found - expected).abs() <= tolerance, "{what}: {found} for {expected}");
    }
}

#[test]
fn the_published_indices_are_met_to_the_four_digits_printed() {
    let fixed: [(Formula, [f64; 4]); 9] = [
        (Formula::Laspeyres, [1.4200, 1.3450, 1.3550, 1.4400]),
        (Formula::Paasche, [1.3824, 1.2031, 1.0209, 0.7968]),
        (Formula::Fisher, [1.4011, 1.2721, 1.1762, 1.0712]),
        (Formula::Tornqvist, [1.4052, 1.2890, 1.2268, 1.2477]),
        (Formula::Walsh, [1.4017, 1.2850, 1.2193, 1.1850]),
        (Formula::MarshallEdgeworth, [1.4010, 1.2656, 1.1438, 0.9801]),
        (Formula::Vartia, [1.4024, 1.2907, 1.2392, 1.2678]),
        (Formula::SatoVartia, [1.4018, 1.2897, 1.2335, 1.2540]),
        (Formula::Stuvel, [1.4042, 1.2742, 1.1551, 0.9770]),
    ];
    for (formula, expected) in fixed {
        check(&fixed_base(&manual(), formula, false, 0), &expected, 5e-5, &format!("{formula:?}"));
    }
    let links: [(Formula, [f64; 4]); 2] = [
        (Formula::Fisher, [1.4011, 1.3185, 1.2689, 1.2226]),
        (Formula::Tornqvist, [1.4052, 1.3112, 1.2624, 1.2224]),
    ];
    for (formula, expected) in links {
        check(&chained(&manual(), formula, false, 0), &expected, 5e-5, &format!("chained {formula:?}"));
    }
}

/// All eighteen formulas, direct and chained, and the quantity indices, to 1e-12.
#[test]
fn every_formula_agrees_with_the_reference_to_twelve_digits() {
    let Ok(shared) = std::env::var("LUMBUNG_SHARED") else {
        eprintln!("skipped: LUMBUNG_SHARED is not set");
        return;
    };
    let names = [
        ("laspeyres", Formula::Laspeyres),
        ("paasche", Formula::Paasche),
        ("fisher", Formula::Fisher),
        ("tornqvist", Formula::Tornqvist),
        ("walsh1", Formula::Walsh),
        ("marshall_edgeworth", Formula::MarshallEdgeworth),
        ("vartia1", Formula::Vartia),
        ("sato_vartia", Formula::SatoVartia),
        ("stuvel", Formula::Stuvel),
        ("palgrave", Formula::Palgrave),
        ("geo_laspeyres", Formula::GeometricLaspeyres),
        ("geo_paasche", Formula::GeometricPaasche),
        ("drobisch", Formula::Drobisch),
        ("carli", Formula::Carli),
        ("jevons", Formula::Jevons),
        ("dutot", Formula::Dutot),
        ("coggeshall_harmonic", Formula::Harmonic),
        ("cswd", Formula::Cswd),
    ];
    let folder = format!("{shared}/refdata/01_index_bilateral_ppimanual");
    for (file, quantities, chain, columns) in [
        ("expected_fixed_base", false, false, 18),
        ("expected_chained", false, true, 18),
        ("expected_quantity_fixed_base", true, false, 9),
    ] {
        let mut reader = csv::Reader::from_path(format!("{folder}/{file}.csv")).unwrap();
        let headers = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let mut seen = 0;
        for (name, formula) in names {
            let Some(column) = headers.iter().position(|header| header == name) else { continue };
            let expected: Vec<f64> = rows[1..].iter().map(|row| row[column].parse().unwrap()).collect();
            let series = if chain { chained } else { fixed_base };
            check(&series(&manual(), formula, quantities, 0), &expected, 1e-12, name);
            seen += 1;
        }
        assert_eq!(seen, columns, "{file}");
    }
}

#[test]
fn a_chain_drifts_and_geks_does_not() {
    // Prices and quantities bounce and return to the first period.
    let prices = [vec![1.0, 1.0], vec![0.5, 1.1], vec![1.0, 1.0]];
    let quantities = [vec![10.0, 10.0], vec![90.0, 8.0], vec![10.0, 10.0]];
    let situations = of(&prices, &quantities);
    let chain = chained(&situations, Formula::Laspeyres, false, 0);
    assert!(chain[2].as_ref().unwrap() - 1.0 > 0.1);
    for by in [Multilateral::Geks(Formula::Fisher), Multilateral::Ccd, Multilateral::GearyKhamis] {
        let index = compare(&situations, by).unwrap();
        assert!((index[2] - 1.0).abs() < 1e-12, "{by:?}");
    }
}

#[test]
fn geary_khamis_and_the_dummy_regression_meet_their_own_equations() {
    let situations = manual();
    let (times, items) = (0..5, 0..6);
    let price = |at: usize, item: usize| situations.prices[at][item];
    let quantity = |at: usize, item: usize| situations.quantities[at][item];
    let value = |at: usize| items.clone().map(|item| price(at, item) * quantity(at, item)).sum::<f64>();
    let levels = compare(&situations, Multilateral::GearyKhamis).unwrap();
    // P_t = V_t / Σ b_i q_it with b_i = Σ_t (q_it / q_i) p_it / P_t.
    let average = |item: usize| {
        let all: f64 = times.clone().map(|at| quantity(at, item)).sum();
        times.clone().map(|at| quantity(at, item) / all * price(at, item) / levels[at]).sum::<f64>()
    };
    for at in times.clone() {
        let real: f64 = items.clone().map(|item| average(item) * quantity(at, item)).sum();
        assert!((value(at) / real / levels[at] - 1.0).abs() < 1e-12);
    }
    // Weighted residuals of ln p = level + item sum to zero in every period.
    let levels = compare(&situations, Multilateral::TimeProductDummy).unwrap();
    let share = |at: usize, item: usize| price(at, item) * quantity(at, item) / value(at);
    let effect = |item: usize| {
        let weight: f64 = times.clone().map(|at| share(at, item)).sum();
        times.clone().map(|at| share(at, item) * (price(at, item) / levels[at]).ln()).sum::<f64>() / weight
    };
    for at in times.clone() {
        let residual = |item: usize| share(at, item) * ((price(at, item) / levels[at]).ln() - effect(item));
        assert!(items.clone().map(residual).sum::<f64>().abs() < 1e-12);
    }
}

#[test]
fn items_that_come_and_go_are_matched_and_strangers_are_said() {
    let gap = f64::NAN;
    let prices = [vec![1.0, 1.0, gap], vec![2.0, gap, 4.0], vec![gap, gap, 8.0]];
    let situations = of(&prices, &[vec![1.0; 3], vec![1.0; 3], vec![1.0; 3]]);
    let chain = chained(&situations, Formula::Fisher, false, 0);
    assert_eq!(*chain[2].as_ref().unwrap(), 4.0);
    let direct = fixed_base(&situations, Formula::Fisher, false, 0);
    let error = direct[2].as_ref().unwrap_err().text().en;
    assert_eq!(
        error,
        "between 1 and 3: items present in both situations: at least 1 are needed, there are 0"
    );
    assert!(compare(&situations, Multilateral::Geks(Formula::Fisher)).is_err());
    let error = compare(&situations, Multilateral::Ccd).unwrap_err().text().en;
    assert_eq!(error, "`3` has no price in 1; use --method geks --formula tornqvist");
    // Over the item they share with the second, all three are connected.
    let dummy = compare(&situations, Multilateral::TimeProductDummy).unwrap();
    assert!((dummy[1] - 2.0).abs() < 1e-12 && (dummy[2] - 4.0).abs() < 1e-12, "{dummy:?}");
    let apart = of(&[vec![1.0, gap], vec![gap, 4.0]], &[vec![1.0, gap], vec![gap, 1.0]]);
    for by in [Multilateral::TimeProductDummy, Multilateral::GearyKhamis] {
        assert!(compare(&apart, by).unwrap_err().text().en.contains("not connected"), "{by:?}");
    }
}

#[test]
fn a_window_over_everything_needs_no_splice_and_the_movement_splice_links_neighbours() {
    let (situations, by) = (manual(), Multilateral::Geks(Formula::Fisher));
    let whole = compare(&situations, by).unwrap();
    let everything = rolling(&situations, by, 5, Splice::Window).unwrap();
    assert_eq!(whole, everything);
    // A window of two with the movement splice is the chain.
    let linked = rolling(&situations, by, 2, Splice::Movement).unwrap();
    let chain = chained(&situations, Formula::Fisher, false, 0);
    for (linked, chain) in linked.iter().zip(chain) {
        assert!((linked - chain.unwrap()).abs() < 1e-12);
    }
    assert!(rolling(&situations, by, 6, Splice::Mean).is_err());
    assert!(rolling(&situations, by, 1, Splice::Mean).is_err());
}

#[test]
fn splices_differ_only_in_the_linking_period() {
    let (situations, by) = (manual(), Multilateral::Geks(Formula::Tornqvist));
    let old = compare(&situations.only(0..4), by).unwrap();
    let new = compare(&situations.only(1..5), by).unwrap();
    let over = |link: usize| old[link + 1] * new[3] / new[link];
    for (splice, expected) in [
        (Splice::Movement, over(2)),
        (Splice::Window, over(0)),
        (Splice::WindowPublished, over(0)),
        (Splice::Half, over(1)),
        (Splice::HalfPublished, over(1)),
        (Splice::Mean, (over(0) * over(1) * over(2)).cbrt()),
        (Splice::MeanPublished, (over(0) * over(1) * over(2)).cbrt()),
    ] {
        let found = rolling(&situations, by, 4, splice).unwrap();
        assert!((found[4] - expected).abs() < 1e-12, "{splice:?}");
    }
}

/// From the second extension on, published figures and those of the window before part.
#[test]
fn the_published_splices_lean_on_what_was_published() {
    let (situations, by) = (manual(), Multilateral::Geks(Formula::Fisher));
    let windows: Vec<Vec<f64>> =
        (0..3).map(|at| compare(&situations.only(at..at + 3), by).unwrap()).collect();
    let fourth = windows[0][1] * windows[1][2] / windows[1][0];
    let published = rolling(&situations, by, 3, Splice::WindowPublished).unwrap();
    assert!((published[4] - windows[0][2] * windows[2][2] / windows[2][0]).abs() < 1e-12);
    let computed = rolling(&situations, by, 3, Splice::Window).unwrap();
    let third_again = fourth * windows[1][1] / windows[1][2];
    assert!((computed[4] - third_again * windows[2][2] / windows[2][0]).abs() < 1e-12);
    assert!((computed[4] - published[4]).abs() > 1e-6);
}

#[test]
fn extreme_magnitudes_and_bad_values_end_well() {
    let pair = |p: [f64; 2], q: [f64; 2]| Pair {
        base_prices: vec![p[0]; 2],
        prices: vec![p[1]; 2],
        base_quantities: vec![q[0]; 2],
        quantities: vec![q[1]; 2],
    };
    for (formula, ..) in FORMULAS {
        let tiny = pair([1e-300, 2e-300], [1e300, 3e300]).price_index(*formula).unwrap();
        assert!((tiny - 2.0).abs() < 1e-12, "{formula:?}: {tiny}");
        assert!(pair([0.0, 1.0], [1.0, 1.0]).price_index(*formula).is_err());
        assert!(pair([1.0, -1.0], [1.0, 1.0]).price_index(*formula).is_err());
        assert!(pair([1.0, f64::NAN], [1.0, 1.0]).price_index(*formula).is_err());
    }
    // Nothing of an item in one situation: baskets can do with it, relatives cannot.
    let gone = Pair {
        base_prices: vec![1.0, 1.0],
        prices: vec![2.0, 2.0],
        base_quantities: vec![1.0, 1.0],
        quantities: vec![3.0, 0.0],
    };
    assert!((gone.quantity_index(Formula::Fisher).unwrap() - 1.5).abs() < 1e-12);
    let error = gone.quantity_index(Formula::Tornqvist).unwrap_err().to_string();
    assert!(error.contains("one of them is zero"), "{error}");
    assert!((logarithmic_mean(1.0, 1.0 + 1e-9) - (1.0 + 0.5e-9)).abs() < 1e-15);
    assert_eq!(logarithmic_mean(0.0, 2.0), 0.0);
}

/// Two provinces, one output, two inputs with equal shares: twice the output from the same inputs is twice as
/// productive, and through a third province the comparison stays the same.
#[test]
fn places_compare_alike_through_any_third() {
    let place = |output: f64, labour: f64, capital: f64| Place {
        outputs: vec![output],
        output_values: vec![output],
        inputs: vec![labour, capital],
        input_values: vec![1.0, 1.0],
    };
    let two = levels(&[place(2.0, 3.0, 5.0), place(1.0, 3.0, 5.0)]).unwrap();
    assert!((two[0].productivity - two[1].productivity - 2.0_f64.ln()).abs() < 1e-12);
    let three = levels(&[place(2.0, 3.0, 5.0), place(1.0, 3.0, 5.0), place(9.0, 1.0, 2.0)]).unwrap();
    assert!((three[0].productivity - three[1].productivity - 2.0_f64.ln()).abs() < 1e-12);
    assert!(three.iter().map(|level| level.productivity).sum::<f64>().abs() < 1e-12);
    assert!(levels(&[place(2.0, 3.0, 5.0)]).is_err());
    assert!(levels(&[place(2.0, 3.0, 5.0), place(0.0, 3.0, 5.0)]).is_err());
}

fn goods() -> impl Strategy<Value = Pair> {
    prop::collection::vec((0.1_f64..10.0, 0.1_f64..10.0, 0.1_f64..10.0, 0.1_f64..10.0), 1..8).prop_map(
        |rows| Pair {
            base_prices: rows.iter().map(|row| row.0).collect(),
            prices: rows.iter().map(|row| row.1).collect(),
            base_quantities: rows.iter().map(|row| row.2).collect(),
            quantities: rows.iter().map(|row| row.3).collect(),
        },
    )
}

fn close(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 1e-11
}

proptest! {
    #[test]
    fn identity_proportionality_and_change_of_units(pair in goods(), factor in 0.1_f64..10.0) {
        for (formula, ..) in FORMULAS {
            let same = Pair { prices: pair.base_prices.clone(), ..pair.clone() };
            prop_assert!(close(same.price_index(*formula).unwrap(), 1.0) || *formula == Formula::Stuvel
                || *formula == Formula::Vartia, "{:?}", formula);
            let basket = Pair { quantities: pair.base_quantities.clone(), ..pair.clone() };
            let prices = basket.prices.iter().map(|price| price * factor).collect();
            let raised = Pair { prices, ..basket.clone() };
            let before = basket.price_index(*formula).unwrap();
            let after = raised.price_index(*formula).unwrap();
            let exact = !matches!(formula, Formula::Stuvel | Formula::Vartia | Formula::SatoVartia);
            prop_assert!(!exact || close(after, before * factor), "{:?}", formula);
            // Only Dutot depends on the units of the items.
            let units = |values: &[f64], up: bool| -> Vec<f64> {
                let by = |item: usize| if up { (item + 1) as f64 } else { 1.0 / (item + 1) as f64 };
                values.iter().enumerate().map(|(item, value)| value * by(item)).collect()
            };
            let other = Pair {
                base_prices: units(&pair.base_prices, true),
                prices: units(&pair.prices, true),
                base_quantities: units(&pair.base_quantities, false),
                quantities: units(&pair.quantities, false),
            };
            let (one, two) = (pair.price_index(*formula).unwrap(), other.price_index(*formula).unwrap());
            prop_assert!(*formula == Formula::Dutot || close(one, two), "{:?}", formula);
        }
    }

    #[test]
    fn time_and_factor_reversal(pair in goods()) {
        let back = Pair {
            base_prices: pair.prices.clone(),
            prices: pair.base_prices.clone(),
            base_quantities: pair.quantities.clone(),
            quantities: pair.base_quantities.clone(),
        };
        for formula in [Formula::Fisher, Formula::Tornqvist, Formula::Walsh, Formula::MarshallEdgeworth,
            Formula::SatoVartia, Formula::Vartia, Formula::Stuvel, Formula::Jevons, Formula::Cswd,
            Formula::Dutot] {
            let product = pair.price_index(formula).unwrap() * back.price_index(formula).unwrap();
            prop_assert!(close(product, 1.0), "{:?}", formula);
        }
        let value = |p: &[f64], q: &[f64]| p.iter().zip(q).map(|(p, q)| p * q).sum::<f64>();
        let ratio = value(&pair.prices, &pair.quantities) / value(&pair.base_prices, &pair.base_quantities);
        for formula in [Formula::Fisher, Formula::SatoVartia, Formula::Vartia, Formula::Stuvel] {
            let product = pair.price_index(formula).unwrap() * pair.quantity_index(formula).unwrap();
            prop_assert!(close(product, ratio), "{:?}", formula);
        }
        let laspeyres = pair.price_index(Formula::Laspeyres).unwrap();
        let paasche = pair.quantity_index(Formula::Paasche).unwrap();
        prop_assert!(close(laspeyres * paasche, ratio));
    }

    #[test]
    fn multilateral_indices_do_not_depend_on_the_order_and_ccd_is_geks_on_tornqvist(
        rows in prop::collection::vec(prop::collection::vec((0.2_f64..5.0, 0.2_f64..5.0), 4), 3..6)
    ) {
        let table = |of: fn(&(f64, f64)) -> f64| -> Vec<Vec<f64>> {
            rows.iter().map(|row| row.iter().map(of).collect()).collect()
        };
        let (mut prices, mut quantities) = (table(|cell| cell.0), table(|cell| cell.1));
        let forward = of(&prices, &quantities);
        prices.reverse();
        quantities.reverse();
        let turned = of(&prices, &quantities);
        let last = prices.len() - 1;
        for by in [
            Multilateral::Geks(Formula::Fisher),
            Multilateral::Ccd,
            Multilateral::GearyKhamis,
            Multilateral::TimeProductDummy,
        ] {
            let (one, two) = (compare(&forward, by).unwrap(), compare(&turned, by).unwrap());
            for at in 0..=last {
                prop_assert!(close(one[at] / one[last], two[last - at]), "{:?}", by);
            }
        }
        let ccd = compare(&forward, Multilateral::Ccd).unwrap();
        let geks = compare(&forward, Multilateral::Geks(Formula::Tornqvist)).unwrap();
        for (ccd, geks) in ccd.iter().zip(geks) {
            prop_assert!(close(*ccd, geks));
        }
    }
}
