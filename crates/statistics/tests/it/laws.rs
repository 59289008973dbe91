//! The cube against a plain computation cell by cell, on random small data, and the laws that its
//! numbers obey.

use std::collections::BTreeMap;

use domain::cube::Cube;
use proptest::prelude::*;

use crate::build::{Enterprise, PLAN, catalogue, compute, plan, size_of, value, write};

/// Sections of the divisions, districts of the provinces.
const ACTIVITIES: [(&str, &str); 4] = [("10", "C"), ("11", "C"), ("47", "G"), ("1011", "C")];
const DISTRICTS: [(i32, i32); 3] = [(31, 3171), (31, 3172), (53, 5301)];

fn amount() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        1 => Just(None),
        6 => (0..2000_u32).prop_map(|x| Some(f64::from(x))),
        3 => (-50.0..1e6_f64).prop_map(Some),
        1 => (1e-3..1.0_f64).prop_map(Some),
    ]
}

fn enterprise() -> impl Strategy<Value = Enterprise> {
    let place = (0..4_usize, 0..3_usize, 2023..2025_i32, prop::option::of(0..4_u8));
    let weight =
        prop_oneof![Just(1.0), Just(0.0), (1..40_u32).prop_map(|w| f64::from(w) / 4.0), 0.01..30.0_f64];
    let persons = prop_oneof![Just(0.0), (1..40_u32).prop_map(f64::from), 0.5..3.0_f64];
    (place, weight, persons, amount(), amount(), amount(), amount(), amount()).prop_map(
        |(
            (activity, district, year, holding),
            weight,
            persons,
            output,
            inputs,
            labour_cost,
            hours,
            assets,
        )| {
            Enterprise {
                id: String::new(),
                holding: holding.map(|holding| format!("H{holding}")),
                year: Some(year),
                activity: ACTIVITIES[activity].0,
                province: DISTRICTS[district].0,
                district: DISTRICTS[district].1,
                persons: Some(persons),
                output,
                inputs,
                labour_cost,
                hours,
                assets,
                weight: Some(weight),
            }
        },
    )
}

fn enterprises() -> impl Strategy<Value = Vec<Enterprise>> {
    prop::collection::vec(enterprise(), 1..60).prop_map(|mut rows| {
        rows.iter_mut().enumerate().for_each(|(row, enterprise)| enterprise.id = format!("E{row}"));
        rows
    })
}

/// The enterprises of every cell of every combination of levels.
fn cells(rows: &[Enterprise]) -> BTreeMap<[String; 4], Vec<&Enterprise>> {
    let mut cells: BTreeMap<[String; 4], Vec<&Enterprise>> = BTreeMap::new();
    for row in rows {
        let section = ACTIVITIES.iter().find(|(code, _)| *code == row.activity).unwrap().1;
        let activities = ["_T".to_owned(), section.to_owned(), row.activity[..2].to_owned()];
        let regions =
            ["_T".to_owned(), format!("province_{}", row.province), format!("district_{}", row.district)];
        let sizes = ["_T".to_owned(), size_of(row.persons.unwrap()).unwrap().to_owned()];
        for activity in &activities {
            for region in &regions {
                for size in &sizes {
                    let key = [row.year.unwrap().to_string(), activity.clone(), region.clone(), size.clone()];
                    cells.entry(key).or_default().push(row);
                }
            }
        }
    }
    cells
}

/// The oracle: every number straight from its definition.
fn expected(rows: &[&Enterprise]) -> Vec<(&'static str, f64, f64)> {
    let weight = |row: &Enterprise| row.weight.unwrap();
    let total = |of: &dyn Fn(&Enterprise) -> Option<f64>| {
        let told: Vec<f64> = rows.iter().filter_map(|row| Some(weight(row) * of(row)?)).collect();
        let size: f64 = told.iter().map(|x| x.abs()).sum();
        (if told.is_empty() { f64::NAN } else { told.iter().sum::<f64>() }, size)
    };
    let over = |numerator: f64, denominator: f64| {
        if denominator > 0.0 { numerator / denominator } else { f64::NAN }
    };
    let (output, output_size) = total(&|row| row.output);
    let (added, added_size) = total(&|row| row.value_added());
    let (persons, _) = total(&|row| row.persons);
    let (cost, cost_size) = total(&|row| row.labour_cost);
    let (assets, assets_size) = total(&|row| row.assets);
    let (hours, hours_size) = total(&|row| row.hours);
    let mut x: Vec<(f64, f64, f64)> =
        rows.iter().filter_map(|row| Some((row.productivity()?, weight(row), row.persons?))).collect();
    x.sort_by(|a, b| a.0.total_cmp(&b.0));
    let w: f64 = x.iter().map(|(_, w, _)| w).sum();
    let mean = over(x.iter().map(|(x, w, _)| w * x).sum(), w);
    let largest = x.iter().map(|(x, ..)| x.abs()).fold(0.0, f64::max);
    let deviation = over(x.iter().map(|(x, w, _)| w * (x - mean).powi(2)).sum(), w).sqrt();
    let positive: Vec<_> = x.iter().filter(|(x, ..)| *x > 0.0).collect();
    let gap = over(
        positive.iter().map(|(x, w, l)| w * l * x.ln()).sum(),
        positive.iter().map(|(_, w, l)| w * l).sum(),
    ) - over(
        positive.iter().map(|(x, w, _)| w * x.ln()).sum(),
        positive.iter().map(|(_, w, _)| *w).sum(),
    );
    let mut all = vec![
        ("ENTERPRISES", rows.len() as f64, 0.0),
        ("POPULATION", rows.iter().map(|row| weight(row)).sum(), 1.0),
        ("OUTPUT", output, output_size),
        ("VALUE_ADDED", added, added_size),
        ("LABOUR_COST", cost, cost_size),
        ("FIXED_ASSETS", assets, assets_size),
        ("HOURS_WORKED", hours, hours_size),
        ("LP", over(added, persons), over(added_size, persons)),
        ("LP_MEAN", mean, largest),
        // Squares of the values decide about the digits of a deviation.
        ("LP_SD", deviation, largest * 1e2),
        ("OLLEY_PAKES_GAP", gap, 10.0),
        (
            "VALUE_ADDED_NONPOSITIVE",
            rows.iter().filter(|row| row.value_added() <= Some(0.0) && row.value_added().is_some()).count()
                as f64,
            0.0,
        ),
    ];
    for (code, p) in [("LP_P10", 0.1), ("LP_P25", 0.25), ("LP_P50", 0.5), ("LP_P75", 0.75), ("LP_P90", 0.9)] {
        let mut passed = 0.0;
        let reached = x.iter().find(|(_, weight, _)| {
            passed += weight;
            *weight > 0.0 && passed >= p * w - 1e-9
        });
        all.push((code, reached.map_or(f64::NAN, |(x, ..)| *x), 0.0));
    }
    all
}

/// Parts of holdings in the total of output, largest first.
fn parts(rows: &[&Enterprise]) -> Vec<(f64, String)> {
    let mut parts: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows {
        let contributor = row.holding.clone().unwrap_or_else(|| row.id.clone());
        *parts.entry(contributor).or_default() += row.weight.unwrap() * row.output.unwrap_or(0.0);
    }
    let mut parts: Vec<(f64, String)> = parts.into_iter().map(|(who, part)| (part, who)).collect();
    parts.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    parts
}

fn compare(cube: &Cube, rows: &[Enterprise]) -> Result<(), TestCaseError> {
    let cells = cells(rows);
    prop_assert_eq!(cube.len(), cells.len());
    let contributions = cube.contributions.iter().find(|one| one.measure == "OUTPUT").unwrap();
    let mut identities: BTreeMap<u64, String> = BTreeMap::new();
    for (key, rows) in &cells {
        let codes: Vec<&str> = key.iter().map(String::as_str).collect();
        for (code, expected, size) in expected(rows) {
            let found = value(cube, &codes, code);
            let near = (found - expected).abs() <= 1e-9 * expected.abs().max(size);
            prop_assert!(
                near || (found.is_nan() && expected.is_nan()),
                "{codes:?} {code}: {found} {expected}"
            );
        }
        let cell = crate::build::cell(cube, &codes).unwrap();
        let parts = parts(rows);
        let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-9 * expected.abs().max(1e-9);
        prop_assert_eq!(contributions.holdings[cell] as usize, parts.len());
        prop_assert!(near(contributions.largest[cell].abs(), parts[0].0.abs()), "{codes:?} largest");
        let second = parts.get(1).map_or(0.0, |part| part.0.abs());
        prop_assert!(near(contributions.second_largest[cell].abs(), second), "{codes:?} second");
        if parts.len() == 1 || parts[0].0.abs() > parts[1].0.abs() * (1.0 + 1e-9) {
            let who = identities.entry(contributions.largest_holding[cell]).or_insert(parts[0].1.clone());
            prop_assert_eq!(&*who, &parts[0].1);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_cell_follows_from_its_definition(rows in enterprises()) {
        compare(&compute(&rows, PLAN).cube, &rows)?;
    }

    #[test]
    fn neither_threads_nor_files_nor_order_change_a_bit(rows in enterprises(), split in 0..60_usize, group in 1..20_usize) {
        let folder = tempfile::tempdir().unwrap();
        let split = split.min(rows.len());
        let mut reversed = rows.clone();
        reversed[split..].reverse();
        let mut files = vec![
            write(folder.path(), "b.parquet", &reversed[split..], group),
            write(folder.path(), "a.parquet", &reversed[..split], group + 3),
        ];
        let run = |files: &[std::path::PathBuf], threads| {
            let input = statistics::Input::files(files.iter());
            statistics::compute(&input, &plan(PLAN), &catalogue(), Default::default(), threads, &()).unwrap()
        };
        let bits = |cube: &Cube| -> Vec<Vec<u64>> {
            cube.values.iter().map(|column| column.iter().map(|value| value.to_bits()).collect()).collect()
        };
        let one = run(&files, 1);
        let four = run(&files, 4);
        prop_assert!(bits(&one.cube) == bits(&four.cube), "the threads change the digits");
        prop_assert_eq!((&one.cube.keys, &one.cube.contributions), (&four.cube.keys, &four.cube.contributions));
        prop_assert_eq!(&one.coverage, &four.coverage);
        files.reverse();
        let turned = run(&files, 2).cube;
        prop_assert_eq!((&one.cube.keys, &one.cube.dimensions), (&turned.keys, &turned.dimensions));
        compare(&turned, &rows)?;
    }

    #[test]
    fn a_measure_is_the_same_alone_and_among_all(rows in enterprises()) {
        let all = compute(&rows, PLAN).cube;
        for alone in [&["ENTERPRISES", "LP_P10", "LP_P50"][..], &["OLLEY_PAKES_GAP"], &["LP_SD", "LP_P90"]] {
            let text = PLAN.replacen("[cube.variables]", &format!("measures = {alone:?}\n\n[cube.variables]"), 1);
            let few = compute(&rows, &text).cube;
            prop_assert_eq!(&few.keys, &all.keys);
            for code in alone {
                let column = &few.values[few.measure(code).unwrap()];
                let whole = &all.values[all.measure(code).unwrap()];
                let same = column.iter().zip(whole).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan());
                prop_assert!(same, "{code} {column:?} {whole:?}");
            }
        }
    }

    #[test]
    fn parents_are_the_sums_of_their_children(rows in enterprises()) {
        let cube = compute(&rows, PLAN).cube;
        for (at, dimension) in cube.dimensions.iter().enumerate().skip(1) {
            for cell in 0..cube.len() {
                let key = cube.key(cell);
                if usize::from(dimension.members[key[at] as usize].level) + 1 == dimension.levels.len() {
                    continue;
                }
                for (measure, column) in cube.measures.iter().zip(&cube.values).filter(|(measure, _)| measure.is_additive()) {
                    let children = dimension.children(key[at]).filter_map(|child| {
                        let mut key = key.to_vec();
                        key[at] = child;
                        cube.find(&key)
                    });
                    let parts: Vec<f64> = children.map(|child| column[child]).filter(|value| !value.is_nan()).collect();
                    let size: f64 = parts.iter().map(|part| part.abs()).sum();
                    let (sum, parent) = (parts.iter().sum::<f64>(), column[cell]);
                    prop_assert!(parent.is_nan() && parts.is_empty() || (sum - parent).abs() <= 1e-12 * size.max(1e-9), "{}", measure.code);
                }
            }
        }
    }

    #[test]
    fn labour_productivity_is_capital_productivity_times_intensity(rows in enterprises()) {
        let cube = compute(&rows, PLAN).cube;
        let column = |code: &str| &cube.values[cube.measure(code).unwrap()];
        for cell in 0..cube.len() {
            let product = column("CAPITAL_PRODUCTIVITY")[cell] * column("CAPITAL_INTENSITY")[cell];
            let labour = column("LP")[cell];
            prop_assert!(product.is_nan() || (product - labour).abs() <= 1e-12 * labour.abs());
            // Where both exist, unit labour cost is the reciprocal of competitiveness.
            let product = column("ULC")[cell] * column("LABOUR_COST_COMPETITIVENESS")[cell];
            prop_assert!(product.is_nan() || (product - 1.0).abs() <= 1e-12);
        }
    }
}
