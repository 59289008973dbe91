//! The same numbers through SQL.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::Float64Type;
use domain::cube::{Cube, Provenance};
use statistics::{Input, StatisticsError, engine};

use crate::build::{Enterprise, PLAN, catalogue, plan, write};

fn rows() -> Vec<Enterprise> {
    let activities = ["10", "11", "47", "1011"];
    (0..400_u32)
        .map(|row| {
            let mixed = row.wrapping_mul(2_654_435_761) >> 8;
            Enterprise {
                id: format!("E{row}"),
                holding: (row % 11 == 0).then(|| format!("H{}", row % 3)),
                year: Some(2022 + (row % 3) as i32),
                activity: activities[(mixed % 4) as usize],
                province: if mixed % 3 == 0 { 53 } else { 31 },
                district: if mixed % 3 == 0 { 5301 } else { 3171 + (mixed % 2) as i32 },
                persons: Some(f64::from(1 + mixed % 40)),
                output: Some(f64::from(mixed % 10_007) / 7.0),
                weight: Some(1.0 + f64::from(mixed % 90) / 8.0),
                ..Enterprise::default()
            }
        })
        .collect()
}

fn bits(cube: &Cube) -> Vec<Vec<u64>> {
    cube.values.iter().map(|column| column.iter().map(|value| value.to_bits()).collect()).collect()
}

#[test]
fn the_aggregate_function_gives_the_same_cube() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    let files = [
        write(folder.path(), "a.parquet", &rows[..150], 40),
        write(folder.path(), "b.parquet", &rows[150..], 60),
    ];
    let input = Input::files(files);
    let (plan, catalogue) = (plan(PLAN), Arc::new(catalogue()));
    let whole = statistics::compute(&input, &plan, &catalogue, Provenance::default(), 2, &()).unwrap().cube;
    let by_sql = engine::cube(&input, &plan, &catalogue, Provenance::default(), 2).unwrap();
    assert_eq!(whole.dimensions, by_sql.dimensions);
    assert_eq!((&whole.keys, &whole.level_sets), (&by_sql.keys, &by_sql.level_sets));
    assert_eq!((&whole.measures, &whole.provenance), (&by_sql.measures, &by_sql.provenance));
    assert_eq!(whole.contributions, by_sql.contributions);
    for (measure, (left, right)) in whole.measures.iter().zip(whole.values.iter().zip(&by_sql.values)) {
        for (left, right) in left.iter().zip(right) {
            // Differences of nearly equal numbers keep the digits of those numbers.
            let size = if measure.code == "OLLEY_PAKES_GAP" { 10.0 } else { left.abs() };
            let near = (left - right).abs() <= 1e-12 * size || (left.is_nan() && right.is_nan());
            assert!(near, "{}: {left} {right}", measure.code);
        }
    }
    assert_eq!(
        bits(&by_sql),
        bits(&engine::cube(&input, &plan, &catalogue, Provenance::default(), 1).unwrap())
    );
}

#[test]
fn queries_see_the_files_and_our_quantile() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = rows();
    rows.truncate(4);
    for (row, (output, weight)) in rows.iter_mut().zip([(4.0, 1.0), (1.0, 2.0), (3.0, 1.0), (2.0, 0.0)]) {
        (row.output, row.weight) = (Some(output), Some(weight));
    }
    let input = Input::files([write(folder.path(), "a.parquet", &rows, 2)]);
    let catalogue = Arc::new(catalogue());
    let query = "select weighted_quantile(output, weight, 0.5), weighted_quantile(output, weight, 0.75), \
                 weighted_quantile(output, weight, 0.9) from snapshot";
    let batches = engine::sql(&input, query, &catalogue, 2).unwrap();
    let found: Vec<f64> =
        (0..3).map(|at| batches[0].column(at).as_primitive::<Float64Type>().value(0)).collect();
    assert_eq!(found, [1.0, 3.0, 4.0]);
    let error = engine::sql(&input, "select nothing from snapshot", &catalogue, 1).unwrap_err();
    assert!(matches!(error, StatisticsError::Query(_)));
}
