use super::*;
use crate::radix::{Ranked, key_of, sort, value_of};
use crate::weight::WeightRange;

/// Quantiles of one cell.
fn check(definition: QuantileDefinition, values: &[(f64, f64)], parts: &[u32]) -> Vec<f64> {
    let mut range = WeightRange::default();
    range.see(&values.iter().map(|(_, weight)| *weight).collect::<Vec<_>>());
    let scale = range.scale();
    let ranked = values.iter().map(|(value, weight)| Ranked {
        key: key_of(*value),
        cell: 0,
        weight: scale.units(*weight),
    });
    let ranked = sort(ranked.collect());
    let weights: Vec<u64> = ranked.iter().map(|row| row.weight).collect();
    let cells = vec![0; weights.len()];
    let value = |at: usize| value_of(ranked[at].key);
    let ordered = Ordered { cells: &cells, weights: &weights, value: &value };
    let quantiles = Quantiles { definition, parts_per_million: parts.to_vec() };
    sweep(&ordered, None, &[weights.iter().sum()], &quantiles, scale)
}

const QUARTILES: [u32; 3] = [250_000, 500_000, 750_000];

#[test]
fn quantiles_are_the_first_value_that_reaches_the_probability() {
    use QuantileDefinition::{InverseEcdf, InverseEcdfAveraged};
    let four = [(4.0, 1.0), (1.0, 1.0), (3.0, 1.0), (2.0, 1.0)];
    assert_eq!(check(InverseEcdf, &four, &QUARTILES), [1.0, 2.0, 3.0]);
    assert_eq!(check(InverseEcdfAveraged, &four, &QUARTILES), [1.5, 2.5, 3.5]);
    let weighted = [(10.0, 2.5), (20.0, 0.0), (30.0, 2.5), (40.0, 5.0)];
    assert_eq!(check(InverseEcdf, &weighted, &QUARTILES), [10.0, 30.0, 40.0]);
    assert_eq!(check(InverseEcdfAveraged, &weighted, &QUARTILES), [20.0, 35.0, 40.0]);
}

#[test]
fn one_enterprise_is_all_quantiles_and_no_weight_is_none() {
    for definition in [QuantileDefinition::InverseEcdf, QuantileDefinition::InverseEcdfAveraged] {
        assert_eq!(check(definition, &[(-7.0, 3.25)], &QUARTILES), [-7.0; 3]);
        assert!(check(definition, &[(1.0, 0.0)], &QUARTILES).iter().all(|value| value.is_nan()));
        assert_eq!(check(definition, &[(5.0, 1.0), (5.0, 2.0), (5.0, 1.0)], &QUARTILES), [5.0; 3]);
    }
}
