//! The formula language of indicators: arithmetic on named inputs, with units checked before a number is
//! seen.
//!
//! `good_units / workers / period` is read once, its unit is derived from the units of its inputs, and
//! it is refused if that is not the unit that the indicator promises. Scales are the unit's business:
//! `rejected / produced` promised in percent is shown as 3, never as 0.03. A formula never guesses: a missing
//! input, a denominator that is zero or negative, or a result that is no number is an answer of its own.

mod parse;
mod unit;

use std::collections::BTreeMap;
use std::fmt;

pub use unit::{UnitError, UnitExpression};

use crate::language::Text;

/// The length of the period of an observation in years; every formula may use it.
pub const PERIOD: &str = "period";

/// A formula that fits its inputs and its promised unit. Built by [`Formula::parse`] alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    text: String,
    root: Node,
    unit: UnitExpression,
    inputs: Vec<String>,
    /// Of the units in which the inputs are declared, in their order.
    scales: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Input(String),
    Negate(Box<Node>),
    Sum(Box<Node>, Box<Node>),
    Difference(Box<Node>, Box<Node>),
    Product(Box<Node>, Box<Node>),
    Quotient(Box<Node>, Box<Node>),
    Power(Box<Node>, i8),
    Least(Vec<Node>),
    Greatest(Vec<Node>),
    Size(Box<Node>),
}

/// Why a formula cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub enum FormulaError {
    Empty,
    /// More than [`parse::LONGEST`] characters, or nested too deeply.
    TooLong,
    /// Something is written at this place (counted from 1) that does not belong there.
    Syntax {
        place: usize,
        found: String,
    },
    UnknownInput {
        name: String,
        near: Option<String>,
    },
    UnknownFunction {
        name: String,
    },
    Unit(UnitError),
    /// The two sides of a sum have different units.
    SumOf {
        left: UnitExpression,
        right: UnitExpression,
    },
    /// The formula gives another unit than the indicator promises.
    Promised {
        formula: String,
        promised: UnitExpression,
        found: UnitExpression,
    },
    /// Percent is promised, and the formula multiplies by 100 itself.
    ScaledTwice {
        formula: String,
        promised: UnitExpression,
    },
}

/// Why a formula has no value for one observation.
#[derive(Clone, Debug, PartialEq)]
pub enum NoValue {
    Missing { input: String },
    ZeroDenominator { denominator: String },
    NegativeDenominator { denominator: String },
    NotANumber,
}

impl Formula {
    /// Reads a formula over inputs with their units, for an indicator that promises `promised`.
    pub fn parse(
        text: &str,
        inputs: &BTreeMap<String, UnitExpression>,
        promised: &UnitExpression,
    ) -> Result<Self, FormulaError> {
        let root = parse::read(text)?;
        let mut used = Vec::new();
        root.collect_inputs(&mut used);
        let found = root.unit(inputs)?.unwrap_or_default();
        if !found.same_dimension(promised) {
            return Err(FormulaError::Promised {
                formula: text.trim().to_owned(),
                promised: promised.clone(),
                found,
            });
        }
        if promised.scale() != 1.0 && root.has_factor(1.0 / promised.scale()) {
            return Err(FormulaError::ScaledTwice {
                formula: text.trim().to_owned(),
                promised: promised.clone(),
            });
        }
        let scale = |name: &String| inputs.get(name).map_or(1.0, UnitExpression::scale);
        let scales = used.iter().map(scale).collect();
        Ok(Formula { text: text.trim().to_owned(), root, unit: promised.clone(), inputs: used, scales })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn unit(&self) -> &UnitExpression {
        &self.unit
    }

    /// The inputs it asks for, each once, in the order of their first appearance.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// The value in the promised unit; `value` gives an input in the unit that is declared for it.
    pub fn evaluate(&self, value: &dyn Fn(&str) -> Option<f64>) -> Result<f64, NoValue> {
        let in_base_units = |name: &str| {
            let scale = self.inputs.iter().position(|input| input == name).map(|place| self.scales[place]);
            Some(value(name)? * scale.unwrap_or(1.0))
        };
        let number = self.root.evaluate(&in_base_units)? / self.unit.scale();
        if number.is_finite() { Ok(number) } else { Err(NoValue::NotANumber) }
    }
}

impl Node {
    fn collect_inputs(&self, into: &mut Vec<String>) {
        match self {
            Node::Number(_) => {}
            Node::Input(name) => {
                if !into.contains(name) {
                    into.push(name.clone());
                }
            }
            Node::Negate(inner) | Node::Power(inner, _) | Node::Size(inner) => inner.collect_inputs(into),
            Node::Sum(left, right)
            | Node::Difference(left, right)
            | Node::Product(left, right)
            | Node::Quotient(left, right) => {
                left.collect_inputs(into);
                right.collect_inputs(into);
            }
            Node::Least(all) | Node::Greatest(all) => all.iter().for_each(|node| node.collect_inputs(into)),
        }
    }

    /// The unit that follows from the inputs; `None` for a zero, which fits every unit.
    fn unit(
        &self,
        inputs: &BTreeMap<String, UnitExpression>,
    ) -> Result<Option<UnitExpression>, FormulaError> {
        let known = |node: &Node| Ok::<_, FormulaError>(node.unit(inputs)?.unwrap_or_default());
        Ok(match self {
            Node::Number(number) => (*number != 0.0).then(UnitExpression::default),
            Node::Input(name) if name == PERIOD => Some(UnitExpression::year()),
            Node::Input(name) => Some(inputs.get(name).cloned().ok_or_else(|| unknown_input(name, inputs))?),
            Node::Negate(inner) | Node::Size(inner) => inner.unit(inputs)?,
            Node::Sum(left, right) | Node::Difference(left, right) => {
                agree(left.unit(inputs)?, right.unit(inputs)?)?
            }
            Node::Product(left, right) => {
                Some(known(left)?.times(&known(right)?).map_err(FormulaError::Unit)?)
            }
            Node::Quotient(left, right) => {
                Some(known(left)?.over(&known(right)?).map_err(FormulaError::Unit)?)
            }
            Node::Power(inner, exponent) => {
                Some(known(inner)?.to_the(*exponent).map_err(FormulaError::Unit)?)
            }
            Node::Least(all) | Node::Greatest(all) => {
                let mut unit = None;
                for node in all {
                    unit = agree(unit, node.unit(inputs)?)?;
                }
                unit
            }
        })
    }

    /// Is the whole multiplied by this bare number?
    fn has_factor(&self, factor: f64) -> bool {
        match self {
            Node::Number(number) => (number / factor - 1.0).abs() < 1e-9,
            Node::Product(left, right) => left.has_factor(factor) || right.has_factor(factor),
            Node::Quotient(left, _) | Node::Negate(left) => left.has_factor(factor),
            _ => false,
        }
    }

    fn evaluate(&self, value: &dyn Fn(&str) -> Option<f64>) -> Result<f64, NoValue> {
        let all =
            |nodes: &[Node]| nodes.iter().map(|node| node.evaluate(value)).collect::<Result<Vec<_>, _>>();
        Ok(match self {
            Node::Number(number) => *number,
            Node::Input(name) => value(name)
                .filter(|number| number.is_finite())
                .ok_or_else(|| NoValue::Missing { input: name.clone() })?,
            Node::Negate(inner) => -inner.evaluate(value)?,
            Node::Size(inner) => inner.evaluate(value)?.abs(),
            Node::Sum(left, right) => left.evaluate(value)? + right.evaluate(value)?,
            Node::Difference(left, right) => left.evaluate(value)? - right.evaluate(value)?,
            Node::Product(left, right) => left.evaluate(value)? * right.evaluate(value)?,
            Node::Quotient(left, right) => {
                let (above, below) = (left.evaluate(value)?, right.evaluate(value)?);
                if below == 0.0 {
                    return Err(NoValue::ZeroDenominator { denominator: right.to_string() });
                }
                if below < 0.0 {
                    return Err(NoValue::NegativeDenominator { denominator: right.to_string() });
                }
                above / below
            }
            Node::Power(inner, exponent) => {
                let base = inner.evaluate(value)?;
                if *exponent < 0 && base == 0.0 {
                    return Err(NoValue::ZeroDenominator { denominator: inner.to_string() });
                }
                base.powi(i32::from(*exponent))
            }
            Node::Least(nodes) => all(nodes)?.into_iter().fold(f64::INFINITY, f64::min),
            Node::Greatest(nodes) => all(nodes)?.into_iter().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

/// A sum has the unit of its sides, which must be one.
fn agree(
    left: Option<UnitExpression>,
    right: Option<UnitExpression>,
) -> Result<Option<UnitExpression>, FormulaError> {
    match (left, right) {
        (Some(left), Some(right)) if !left.same_dimension(&right) => Err(FormulaError::SumOf { left, right }),
        (left, right) => Ok(left.or(right)),
    }
}

fn unknown_input(name: &str, inputs: &BTreeMap<String, UnitExpression>) -> FormulaError {
    let near = inputs.keys().find(|key| {
        key.len().abs_diff(name.len()) <= 2
            && key.chars().zip(name.chars()).filter(|(a, b)| a != b).count() <= 2
    });
    FormulaError::UnknownInput { name: name.to_owned(), near: near.cloned() }
}

impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |nodes: &[Node]| nodes.iter().map(Node::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Node::Number(number) => write!(out, "{number}"),
            Node::Input(name) => out.write_str(name),
            Node::Negate(inner) => write!(out, "-({inner})"),
            Node::Size(inner) => write!(out, "abs({inner})"),
            Node::Sum(left, right) => write!(out, "({left} + {right})"),
            Node::Difference(left, right) => write!(out, "({left} - {right})"),
            Node::Product(left, right) => write!(out, "({left} * {right})"),
            Node::Quotient(left, right) => write!(out, "({left} / {right})"),
            Node::Power(inner, exponent) => write!(out, "({inner})^{exponent}"),
            Node::Least(nodes) => write!(out, "min({})", list(nodes)),
            Node::Greatest(nodes) => write!(out, "max({})", list(nodes)),
        }
    }
}

impl FormulaError {
    /// What is wrong and what to do, in both languages.
    pub fn text(&self) -> Text {
        match self {
            FormulaError::Empty => Text::new(
                "Rumusnya kosong. Tulis misalnya: good_units / workers",
                "The formula is empty. Write for example: good_units / workers",
            ),
            FormulaError::TooLong => Text::new(
                "Rumusnya terlalu panjang atau bertumpuk. Pecah menjadi beberapa indikator.",
                "The formula is too long or too deeply nested. Split it into several indicators.",
            ),
            FormulaError::Syntax { place, found } => Text::new(
                format!("Pada huruf ke-{place} tertulis `{found}`, yang tidak dapat dibaca di situ."),
                format!("At character {place} stands `{found}`, which cannot be read there."),
            ),
            FormulaError::UnknownInput { name, near: Some(near) } => Text::new(
                format!("Tidak ada masukan bernama `{name}`. Maksudnya `{near}`?"),
                format!("There is no input `{name}`. Did you mean `{near}`?"),
            ),
            FormulaError::UnknownInput { name, near: None } => Text::new(
                format!("Tidak ada masukan bernama `{name}`. Tambahkan [[input]] dengan kode itu."),
                format!("There is no input `{name}`. Add an [[input]] with that code."),
            ),
            FormulaError::UnknownFunction { name } => Text::new(
                format!("Tidak ada fungsi `{name}`. Yang ada: min, max, abs."),
                format!("There is no function `{name}`. There are: min, max, abs."),
            ),
            FormulaError::Unit(error) => error.text(),
            FormulaError::SumOf { left, right } => Text::new(
                format!("{} tidak dapat dijumlahkan dengan {}.", left.words().id, right.words().id),
                format!("{} cannot be added to {}.", left.words().en, right.words().en),
            ),
            FormulaError::Promised { formula, promised, found } => Text::new(
                format!(
                    "Rumus `{formula}` menghasilkan {}, tetapi yang dijanjikan {}. Ubah rumusnya atau satuannya.",
                    found.words().id,
                    promised.words().id
                ),
                format!(
                    "The formula `{formula}` gives {}, but {} is promised. Change the formula or the unit.",
                    found.words().en,
                    promised.words().en
                ),
            ),
            FormulaError::ScaledTwice { formula, promised } => Text::new(
                format!(
                    "Rumus `{formula}` sudah mengalikan sendiri, padahal satuan {} sudah melakukannya. \
                     Hapus pengalinya.",
                    promised.words().id
                ),
                format!(
                    "The formula `{formula}` multiplies by itself what the unit {} does already. \
                     Leave the factor out.",
                    promised.words().en
                ),
            ),
        }
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text().en)
    }
}

impl std::error::Error for FormulaError {}

impl NoValue {
    /// Why there is no number, in both languages.
    pub fn text(&self) -> Text {
        match self {
            NoValue::Missing { input } => {
                Text::new(format!("`{input}` belum diisi."), format!("`{input}` is not filled in."))
            }
            NoValue::ZeroDenominator { denominator } => Text::new(
                format!("Pembaginya, `{denominator}`, nol. Periksa angkanya, atau catat \"tidak dicatat\"."),
                format!("The denominator, `{denominator}`, is zero. Check it, or record \"not tracked\"."),
            ),
            NoValue::NegativeDenominator { denominator } => Text::new(
                format!("Pembaginya, `{denominator}`, di bawah nol, sehingga hasilnya tidak bermakna."),
                format!("The denominator, `{denominator}`, is below zero, so the result has no meaning."),
            ),
            NoValue::NotANumber => {
                Text::new("Hasilnya bukan angka yang dapat dipakai.", "The result is not a usable number.")
            }
        }
    }
}

#[cfg(test)]
mod tests;
