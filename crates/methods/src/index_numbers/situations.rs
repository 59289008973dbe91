//! Prices and quantities of items in several situations: months, years or provinces.

use super::bilateral::{Formula, Pair};
use crate::bench::{MethodError, Request, Saying};
use crate::panel::Panel;

/// A table item × situation; what is missing is NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Situations {
    pub names: Vec<String>,
    pub items: Vec<String>,
    /// `prices[situation][item]`
    pub prices: Vec<Vec<f64>>,
    pub quantities: Vec<Vec<f64>>,
    /// Rows that entered.
    pub used: usize,
}

impl Situations {
    /// Reads `--item`, `--period`, `--price` and `--quantity`; with `--of quantities` the two are exchanged.
    pub(super) fn read(request: &Request<'_>) -> Result<Situations, MethodError> {
        let (prices, quantities) = (request.numbers("price")?, request.numbers("quantity")?);
        let rows = request.complete(&[&prices, &quantities])?;
        for (name, column, least_is_allowed) in [("price", &prices, false), ("quantity", &quantities, true)] {
            let bad = |value: f64| value < 0.0 || value == 0.0 && !least_is_allowed;
            if let Some(row) = rows.iter().find(|row| bad(column[**row])) {
                let rule = if least_is_allowed {
                    Saying::new("kuantitas tidak boleh negatif", "a quantity may not be negative")
                } else {
                    Saying::new(
                        "harga harus di atas nol; kosongkan bila tidak diketahui",
                        "a price must be above zero; leave it empty if it is unknown",
                    )
                };
                let column_name = request.word(name).unwrap_or(name).to_owned();
                return Err(MethodError::OutOfDomain {
                    column: column_name,
                    row: row + 1,
                    value: column[*row],
                    rule,
                });
            }
        }
        let panel = Panel::of(&request.categories("item")?, &request.categories("period")?, &rows)?;
        let table = |column: &[f64]| -> Vec<Vec<f64>> {
            let of =
                |situation| (0..panel.units.len()).map(|item| panel.value(column, item, situation)).collect();
            (0..panel.periods.len()).map(of).collect()
        };
        Ok(Situations {
            prices: table(&prices),
            quantities: table(&quantities),
            used: panel.used,
            names: panel.periods,
            items: panel.units,
        })
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The items that two situations share.
    pub fn pair(&self, base: usize, situation: usize) -> Pair {
        let both = (0..self.items.len())
            .filter(|item| self.prices[base][*item].is_finite() && self.prices[situation][*item].is_finite());
        let mut pair =
            Pair { base_prices: vec![], prices: vec![], base_quantities: vec![], quantities: vec![] };
        for item in both {
            pair.base_prices.push(self.prices[base][item]);
            pair.prices.push(self.prices[situation][item]);
            pair.base_quantities.push(self.quantities[base][item]);
            pair.quantities.push(self.quantities[situation][item]);
        }
        pair
    }

    /// The index of one situation over another, of prices or, with `quantities`, of quantities.
    pub fn index(
        &self,
        formula: Formula,
        quantities: bool,
        base: usize,
        at: usize,
    ) -> Result<f64, MethodError> {
        let pair = self.pair(base, at);
        let index = if quantities { pair.quantity_index(formula) } else { pair.price_index(formula) };
        index.map_err(|error| self.between(base, at, error))
    }

    fn between(&self, base: usize, at: usize, error: MethodError) -> MethodError {
        let (text, base, at) = (error.text(), &self.names[base], &self.names[at]);
        MethodError::Impossible(Saying::new(
            format!("antara {base} dan {at}: {}", text.id),
            format!("between {base} and {at}: {}", text.en),
        ))
    }

    /// The same items in some of the situations.
    pub fn only(&self, situations: std::ops::Range<usize>) -> Situations {
        Situations {
            names: self.names[situations.clone()].to_vec(),
            items: self.items.clone(),
            prices: self.prices[situations.clone()].to_vec(),
            quantities: self.quantities[situations].to_vec(),
            used: self.used,
        }
    }

    /// The value of each item in a situation; zero where it is missing.
    pub fn values(&self, situation: usize) -> Vec<f64> {
        let value = |item: usize| self.prices[situation][item] * self.quantities[situation][item];
        (0..self.items.len()).map(value).map(|value| if value.is_nan() { 0.0 } else { value }).collect()
    }
}
