use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

use super::least_squares::{fit, matrix};
use super::normal::{distribution, log_distribution, mills, quantile};
use super::optimise::{bfgs, nelder_mead, polish};
use super::simplex::{Ending, Programme, Sense};
use crate::bench::MethodError;

fn names(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("x{at}")).collect()
}

#[test]
fn dependent_columns_are_named() {
    let (one, two) = ([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 5.0]);
    let three: Vec<f64> = two.iter().map(|value| 7.0 - 2.0 * value).collect();
    let other = [4.0, 1.0, 2.0, 2.0];
    let error = fit(&matrix(&[&one, &other, &two, &three]), &DVector::zeros(4), &names(4)).unwrap_err();
    assert_eq!(error, MethodError::Collinear { columns: "x0, x2, x3".into() });
    let zero = fit(&matrix(&[&one, &[0.0; 4]]), &DVector::zeros(4), &names(2)).unwrap_err();
    assert_eq!(zero, MethodError::Collinear { columns: "x1".into() });
}

#[test]
fn sizes_of_columns_do_not_matter_to_the_fit() {
    let (one, two) = ([1e-150; 4], [1e150, 2e150, 3e150, 5e150]);
    let y = DVector::from_vec(vec![3.0, 5.0, 7.0, 11.0]);
    let fit = fit(&matrix(&[&one, &two]), &y, &names(2)).unwrap();
    assert!((fit.coefficients[0] * 1e-150 - 1.0).abs() < 1e-12);
    assert!((fit.coefficients[1] * 1e150 - 2.0).abs() < 1e-12);
}

#[test]
fn numbers_beyond_floating_point_are_said() {
    let y = DVector::from_vec(vec![1e300, -1e300, 1e300]);
    let error = fit(&matrix(&[&[1.0, 1.0, 1.0], &[1.0, 2.0, 4.0]]), &y, &names(2)).unwrap_err();
    assert!(matches!(error, MethodError::Impossible(_)));
}

#[test]
fn the_tail_of_the_normal_does_not_vanish() {
    // Computed with forty digits from the asymptotic series and the C library's erfc.
    for (x, expected) in
        [(-5.0, -15.064998393988725), (-10.0, -53.231285150512470), (-40.0, -804.6084420137538)]
    {
        assert!((log_distribution(x) / expected - 1.0).abs() < 1e-11, "{x}: {}", log_distribution(x));
    }
    assert!((mills(-9.999999) - mills(-10.000001)).abs() < 1e-5);
    assert!((mills(-1e8) / 1e8 - 1.0).abs() < 1e-12);
    assert!((quantile(distribution(-1.3)) + 1.3).abs() < 1e-10);
}

fn rosenbrock(x: &[f64], gradient: &mut [f64]) -> f64 {
    let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
    gradient[0] = -2.0 * a - 400.0 * x[0] * b;
    gradient[1] = 200.0 * b;
    a * a + 100.0 * b * b
}

#[test]
fn both_searches_find_the_bottom_of_the_valley() {
    let minimum = polish(rosenbrock, bfgs(rosenbrock, &[-1.2, 1.0], 1e-8, 500).unwrap());
    assert!(minimum.point.iter().all(|x| (x - 1.0).abs() < 1e-10), "{minimum:?}");
    let minimum = nelder_mead(|x| rosenbrock(x, &mut [0.0; 2]), &[-1.2, 1.0], 0.5, 1e-14, 2000).unwrap();
    assert!(minimum.point.iter().all(|x| (x - 1.0).abs() < 1e-5), "{minimum:?}");
}

#[test]
fn a_search_without_a_bottom_says_so() {
    let slide = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = -1.0;
        -x[0]
    };
    assert!(matches!(bfgs(slide, &[0.0], 1e-8, 50), Err(MethodError::NoConvergence { .. })));
}

#[test]
fn programmes_end_in_three_ways() {
    // max 3x + 5y, x <= 4, 2y <= 12, 3x + 2y <= 18: x = 2, y = 6, value 36 (Dantzig).
    let mut best = Programme::new(&[(Sense::AtMost, 4.0), (Sense::AtMost, 12.0), (Sense::AtMost, 18.0)]);
    best.column(-3.0, [1.0, 0.0, 3.0]);
    best.column(-5.0, [0.0, 2.0, 2.0]);
    let Ending::Optimal(solution) = best.solve().unwrap() else { panic!("it has an optimum") };
    assert_eq!((solution.objective, solution.slacks), (-36.0, vec![2.0, 0.0, 0.0]));
    let mut none = Programme::new(&[(Sense::AtMost, 1.0), (Sense::AtLeast, 2.0)]);
    none.column(1.0, [1.0, 1.0]);
    assert!(matches!(none.solve().unwrap(), Ending::Infeasible));
    let mut endless = Programme::new(&[(Sense::AtLeast, 2.0)]);
    endless.column(-1.0, [1.0]);
    assert!(matches!(endless.solve().unwrap(), Ending::Unbounded));
}

proptest! {
    /// Residuals are orthogonal to the regressors, and the coefficients come back from exact data.
    #[test]
    fn residuals_are_orthogonal(values in proptest::collection::vec(-10.0..10.0_f64, 40)) {
        let x = DMatrix::from_fn(10, 3, |row, column| if column == 0 { 1.0 } else { values[row * 2 + column] });
        let y = DVector::from_fn(10, |row, _| values[30 + row]);
        if let Ok(fit) = fit(&x, &y, &names(3)) {
            prop_assert!((x.transpose() * &fit.residuals).amax() < 1e-9);
        }
    }

    /// The optimum equals the best corner of a two-row programme, found by trying all bases.
    #[test]
    fn the_optimum_is_the_best_corner(
        entries in proptest::collection::vec(0.1..5.0_f64, 12),
        costs in proptest::collection::vec(0.1..5.0_f64, 6),
    ) {
        let mut programme = Programme::new(&[(Sense::AtLeast, 1.0), (Sense::AtLeast, 1.0)]);
        for column in 0..6 {
            programme.column(costs[column], [entries[2 * column], entries[2 * column + 1]]);
        }
        let Ending::Optimal(solution) = programme.solve().unwrap() else { panic!("it has an optimum") };
        let mut best = f64::INFINITY;
        for a in 0..6 {
            let alone = 1.0 / entries[2 * a].min(entries[2 * a + 1]);
            best = best.min(costs[a] * alone);
            for b in a + 1..6 {
                let [p, q, r, s] = [entries[2 * a], entries[2 * b], entries[2 * a + 1], entries[2 * b + 1]];
                let (u, v) = ((s - q) / (p * s - q * r), (p - r) / (p * s - q * r));
                if u >= 0.0 && v >= 0.0 {
                    best = best.min(costs[a] * u + costs[b] * v);
                }
            }
        }
        prop_assert!((solution.objective - best).abs() < 1e-9, "{} {best}", solution.objective);
    }
}
