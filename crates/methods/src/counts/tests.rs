use proptest::prelude::*;

use super::cell_key::{Noise, cell_key, table_row, ten_five};
use super::{perturbation, rounding};
use crate::bench::{Arguments, Cell, Method, MethodError, Value, run};
use crate::tests::{ask, case, close, read};

/// Case 33: tables of the ONS package cell-key-perturbation 3.1.0 under its 10-5 rule.
#[test]
fn the_published_cell_keys_and_counts_are_met_exactly() {
    let Some(data) = case("33_sdc_cellkey_ons", "micro.csv") else { return };
    for (cells, file) in [
        (vec!["var1", "var2"], "expected_rule_10_5_var1_var2.csv"),
        (vec!["var1", "var5", "var8"], "expected_rule_10_5_var1_var5_var8.csv"),
    ] {
        let expected = case("33_sdc_cellkey_ons", file).unwrap();
        let keys = data.numbers("record_key").unwrap();
        let number = |name: &str| expected.numbers(name).unwrap();
        let own: Vec<_> = cells.iter().map(|name| data.categories(name).unwrap()).collect();
        let wanted: Vec<_> = cells.iter().map(|name| expected.categories(name).unwrap()).collect();
        for row in 0..expected.rows() {
            let same = |record: usize| {
                own.iter().zip(&wanted).all(|(own, wanted)| own.word(record) == wanted.word(row))
            };
            let records: Vec<usize> = (0..data.rows()).filter(|record| same(*record)).collect();
            let count = records.len() as u64;
            assert_eq!(count as f64, number("pre_sdc_count")[row]);
            assert_eq!(
                cell_key(records.iter().map(|record| keys[*record] as u64)) as f64,
                number("ckey")[row]
            );
            assert_eq!(table_row(count) as f64, number("pcv")[row]);
            assert_eq!(
                ten_five(count).map_or(f64::NAN, |count| count as f64).to_bits(),
                number("count")[row].to_bits()
            );
        }
    }
}

#[test]
fn large_counts_use_the_last_rows_of_the_table_again() {
    assert_eq!([1, 750, 751, 1000, 1001].map(table_row), [1, 750, 501, 750, 501]);
}

#[test]
fn noise_comes_from_the_table_and_a_missing_row_is_said() {
    let data = read("k,a\n10,x\n250,x\n3,y\n");
    let asked = |table: &str| {
        let mut arguments = Arguments::default().with("record-key", "k").with("cells", "a");
        arguments.insert("ptable", Value::File(read(table)));
        run(Method::find("cell-key").unwrap(), &data, &[], &arguments)
    };
    let found = asked("pcv,ckey,pvalue\n2,4,-1\n1,3,2\n").unwrap();
    assert_eq!(
        found.tables[0].rows,
        vec![vec!["x".into(), Cell::Count(1)], vec!["y".into(), Cell::Count(3)]]
    );
    assert!(matches!(asked("pcv,ckey,pvalue\n2,4,-1\n"), Err(MethodError::Impossible(_))));
    assert!(matches!(asked("pcv,ckey,pvalue\n2,4,0.5\n"), Err(MethodError::Impossible(_))));
    assert!(Noise::read(&read("pcv,ckey\n1,1\n")).is_err());
}

/// Case 34: tables of the Destatis package ptable 1.0.0.
#[test]
fn tables_of_perturbation_are_those_of_destatis() {
    for (most, variance, hidden) in [(2, 0.9, 0), (3, 2.0, 1), (5, 3.0, 0), (8, 3.0, 2)] {
        let Some(expected) =
            case("34_sdc_ptable_destatis", &format!("ptable_D{most}_V{variance}_js{hidden}.csv"))
        else {
            return;
        };
        let rows = perturbation::table(most, variance, hidden).unwrap();
        let column = |name: &str| expected.numbers(name).unwrap();
        let (counts, noises, chances) = (column("i"), column("v"), column("p"));
        let mut compared = 0;
        for row in &rows {
            for (noise, chance) in &row.chances {
                let same = |at: &usize| counts[*at] == row.count as f64 && noises[*at] == *noise as f64;
                // The reference leaves out what rounds to zero.
                match (0..expected.rows()).find(same) {
                    Some(at) => {
                        close(*chance, chances[at], 1e-6);
                        compared += 1;
                    }
                    None => assert!(*chance < 1e-6, "{most} {}: {noise} {chance}", row.count),
                }
            }
        }
        assert_eq!(compared, expected.rows());
    }
}

#[test]
fn noise_that_cannot_be_unbiased_is_said() {
    assert!(matches!(perturbation::table(2, 1.0, 5), Err(MethodError::Impossible(_))));
    assert!(matches!(perturbation::table(0, 1.0, 0), Err(MethodError::Impossible(_))));
    assert!(matches!(perturbation::table(3, f64::NAN, 0), Err(MethodError::Impossible(_))));
}

#[test]
fn counts_must_be_whole() {
    let frame = read("a,b,n\nx,p,1.5\n");
    let found = ask("controlled-rounding", &frame, &[("row", "a"), ("column", "b"), ("count", "n")]);
    assert!(matches!(found, Err(MethodError::OutOfDomain { row: 1, .. })));
    let found = ask("cell-key", &frame, &[("record-key", "n"), ("cells", "a")]);
    assert!(matches!(found, Err(MethodError::OutOfDomain { row: 1, .. })));
}

proptest! {
    #[test]
    fn rounded_tables_add_up_and_stay_next_to_the_truth(
        cells in prop::collection::vec(prop::collection::vec(0_u64..40, 4), 1..6),
        base in 2_u64..8,
    ) {
        let found = rounding::round(&cells, base).unwrap();
        let near = |rounded: u64, value: u64| rounded.is_multiple_of(base) && rounded.abs_diff(value) < base;
        for (row, given) in found.cells.iter().zip(&cells) {
            prop_assert!(row.iter().zip(given).all(|(rounded, value)| near(*rounded, *value)));
        }
        let sums: Vec<u64> = cells.iter().map(|row| row.iter().sum()).collect();
        prop_assert!(found.rows.iter().zip(&sums).all(|(rounded, value)| near(*rounded, *value)));
        prop_assert!(near(found.total, sums.iter().sum()));
    }

    #[test]
    fn noise_is_unbiased_bounded_and_never_negative(most in 2_u64..7, variance in 0.5..3.0_f64) {
        for row in perturbation::table(most, variance, 0).unwrap() {
            let moment = |power: i32| row.chances.iter().map(|(v, p)| p * (*v as f64).powi(power)).sum::<f64>();
            prop_assert!((moment(0) - 1.0).abs() < 1e-12 && moment(1).abs() < 1e-9);
            prop_assert!(moment(2) <= variance + 1e-9);
            prop_assert!(row.chances.iter().all(|(v, _)| row.count as i64 + v >= 0));
        }
    }
}
