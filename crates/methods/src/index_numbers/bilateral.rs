//! Bilateral index formulas: the change of prices between two situations in one number.
//!
//! Every formula takes prices and quantities of the same items; a quantity index is the same formula with
//! prices and quantities exchanged. Items whose price is missing in one of the situations must be left out
//! before.

use crate::bench::{MethodError, Saying};
use crate::numerics::summation::{mean, sum};

/// A named bilateral formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    Laspeyres,
    Paasche,
    Fisher,
    Tornqvist,
    Walsh,
    MarshallEdgeworth,
    SatoVartia,
    Vartia,
    Stuvel,
    Palgrave,
    GeometricLaspeyres,
    GeometricPaasche,
    Drobisch,
    Carli,
    Jevons,
    Dutot,
    Harmonic,
    Cswd,
}

impl Formula {
    fn takes_relatives(self) -> bool {
        !matches!(
            self,
            Formula::Laspeyres
                | Formula::Paasche
                | Formula::Fisher
                | Formula::Drobisch
                | Formula::Walsh
                | Formula::MarshallEdgeworth
                | Formula::Stuvel
                | Formula::Dutot
        )
    }
}

/// Every formula with its word on the command line and its name.
pub const FORMULAS: &[(Formula, &str, &str)] = &[
    (Formula::Fisher, "fisher", "Fisher"),
    (Formula::Tornqvist, "tornqvist", "Törnqvist"),
    (Formula::Walsh, "walsh", "Walsh"),
    (Formula::Laspeyres, "laspeyres", "Laspeyres"),
    (Formula::Paasche, "paasche", "Paasche"),
    (Formula::MarshallEdgeworth, "marshall-edgeworth", "Marshall–Edgeworth"),
    (Formula::SatoVartia, "sato-vartia", "Sato–Vartia"),
    (Formula::Vartia, "vartia", "Vartia I"),
    (Formula::Stuvel, "stuvel", "Stuvel"),
    (Formula::Palgrave, "palgrave", "Palgrave"),
    (Formula::GeometricLaspeyres, "geometric-laspeyres", "Geo-Laspeyres"),
    (Formula::GeometricPaasche, "geometric-paasche", "Geo-Paasche"),
    (Formula::Drobisch, "drobisch", "Drobisch"),
    (Formula::Carli, "carli", "Carli"),
    (Formula::Jevons, "jevons", "Jevons"),
    (Formula::Dutot, "dutot", "Dutot"),
    (Formula::Harmonic, "harmonic", "Coggeshall"),
    (Formula::Cswd, "cswd", "Carruthers–Sellwood–Ward–Dalén"),
];

/// Prices and quantities of the same items in two situations.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub base_prices: Vec<f64>,
    pub prices: Vec<f64>,
    pub base_quantities: Vec<f64>,
    pub quantities: Vec<f64>,
}

impl Pair {
    /// The price index of the second situation over the first.
    pub fn price_index(&self, formula: Formula) -> Result<f64, MethodError> {
        self.check(formula)?;
        let scaled = self.clone().scaled();
        let index = scaled.compute(formula);
        if index > 0.0 && index.is_finite() {
            return Ok(index);
        }
        Err(MethodError::Impossible(Saying::new(
            "nilai total harus di atas nol pada kedua situasi",
            "the total value must be above zero in both situations",
        )))
    }

    /// The quantity index: the same formula with prices and quantities exchanged.
    pub fn quantity_index(&self, formula: Formula) -> Result<f64, MethodError> {
        self.exchanged().price_index(formula)
    }

    fn exchanged(&self) -> Pair {
        Pair {
            base_prices: self.base_quantities.clone(),
            prices: self.quantities.clone(),
            base_quantities: self.base_prices.clone(),
            quantities: self.prices.clone(),
        }
    }

    /// Relatives of items need values above zero; a basket can do with none of an item.
    fn check(&self, formula: Formula) -> Result<(), MethodError> {
        if self.prices.is_empty() {
            let what = Saying::new("barang yang ada pada kedua situasi", "items present in both situations");
            return Err(MethodError::TooFew { what, needed: 1, found: 0 });
        }
        let sides = [&self.base_prices, &self.prices, &self.base_quantities, &self.quantities];
        let known = sides.iter().all(|side| side.iter().all(|value| *value >= 0.0 && value.is_finite()));
        if !known {
            return Err(MethodError::Impossible(Saying::new(
                "harga dan kuantitas harus bilangan tidak negatif",
                "prices and quantities must be numbers not below zero",
            )));
        }
        if formula.takes_relatives() && sides[..2].iter().any(|side| side.contains(&0.0)) {
            return Err(MethodError::Impossible(Saying::new(
                "rumus ini membagi nilai tiap barang, dan satu di antaranya nol; pakai fisher, \
                 walsh, atau stuvel",
                "this formula divides values item by item, and one of them is zero; use fisher, \
                 walsh or stuvel",
            )));
        }
        Ok(())
    }

    /// An index does not change when all prices, or all quantities, are measured in another unit: keep
    /// products in range.
    fn scaled(mut self) -> Pair {
        let largest = |a: &[f64], b: &[f64]| a.iter().chain(b).fold(0.0_f64, |m, v| m.max(*v));
        let prices = largest(&self.base_prices, &self.prices);
        let quantities = largest(&self.base_quantities, &self.quantities);
        for value in self.base_prices.iter_mut().chain(&mut self.prices) {
            *value /= prices;
        }
        for value in self.base_quantities.iter_mut().chain(&mut self.quantities) {
            *value /= quantities;
        }
        self
    }

    fn compute(&self, formula: Formula) -> f64 {
        let (p0, p1) = (&self.base_prices, &self.prices);
        let (q0, q1) = (&self.base_quantities, &self.quantities);
        let relatives: Vec<f64> = p1.iter().zip(p0).map(|(new, old)| new / old).collect();
        let logs: Vec<f64> = relatives.iter().map(|relative| relative.ln()).collect();
        let ones = vec![1.0; p0.len()];
        let (laspeyres, paasche) = (basket(p0, p1, q0), basket(p0, p1, q1));
        let carli = || mean(&relatives, &ones);
        let harmonic = || 1.0 / mean(&relatives.iter().map(|value| 1.0 / value).collect::<Vec<_>>(), &ones);
        match formula {
            Formula::Laspeyres => laspeyres,
            Formula::Paasche => paasche,
            Formula::Fisher => (laspeyres * paasche).sqrt(),
            Formula::Drobisch => (laspeyres + paasche) / 2.0,
            Formula::Walsh => basket(p0, p1, &joined(q0, q1, |a, b| (a * b).sqrt())),
            Formula::MarshallEdgeworth => basket(p0, p1, &joined(q0, q1, |a, b| a + b)),
            Formula::Tornqvist => mean(&logs, &joined(&shares(p0, q0), &shares(p1, q1), |a, b| a + b)).exp(),
            Formula::GeometricLaspeyres => mean(&logs, &shares(p0, q0)).exp(),
            Formula::GeometricPaasche => mean(&logs, &shares(p1, q1)).exp(),
            Formula::Palgrave => mean(&relatives, &shares(p1, q1)),
            Formula::SatoVartia => {
                mean(&logs, &joined(&shares(p0, q0), &shares(p1, q1), logarithmic_mean)).exp()
            }
            Formula::Vartia => self.vartia(&logs),
            Formula::Stuvel => {
                let half = (laspeyres - basket(q0, q1, p0)) / 2.0;
                half + (half * half + value(p1, q1) / value(p0, q0)).sqrt()
            }
            Formula::Carli => carli(),
            Formula::Jevons => mean(&logs, &ones).exp(),
            Formula::Dutot => sum(p1.iter().copied()) / sum(p0.iter().copied()),
            Formula::Harmonic => harmonic(),
            Formula::Cswd => (carli() * harmonic()).sqrt(),
        }
    }

    fn vartia(&self, logs: &[f64]) -> f64 {
        let old = joined(&self.base_prices, &self.base_quantities, |p, q| p * q);
        let new = joined(&self.prices, &self.quantities, |p, q| p * q);
        let total = logarithmic_mean(sum(old.iter().copied()), sum(new.iter().copied()));
        let means = joined(&old, &new, logarithmic_mean);
        (sum(means.iter().zip(logs).map(|(weight, log)| weight * log)) / total).exp()
    }
}

/// The cost of a basket at new prices over its cost at old prices.
fn basket(old: &[f64], new: &[f64], quantities: &[f64]) -> f64 {
    value(new, quantities) / value(old, quantities)
}

fn value(prices: &[f64], quantities: &[f64]) -> f64 {
    sum(prices.iter().zip(quantities).map(|(price, quantity)| price * quantity))
}

fn shares(prices: &[f64], quantities: &[f64]) -> Vec<f64> {
    let total = value(prices, quantities);
    joined(prices, quantities, |price, quantity| price * quantity / total)
}

fn joined(left: &[f64], right: &[f64], with: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    left.iter().zip(right).map(|(left, right)| with(*left, *right)).collect()
}

/// The logarithmic mean (a - b) / (ln a - ln b); zero if one of them is zero.
pub fn logarithmic_mean(a: f64, b: f64) -> f64 {
    if a <= 0.0 || b <= 0.0 {
        return 0.0;
    }
    // ln a - ln b = 2 artanh((a - b) / (a + b)): near equality the difference of logarithms has no digits
    // left.
    let ratio = (a - b) / (a + b);
    if ratio.abs() < 1e-4 {
        let square = ratio * ratio;
        return (a + b) / 2.0 / (1.0 + square / 3.0 + square * square / 5.0);
    }
    (a - b) / (a.ln() - b.ln())
}
