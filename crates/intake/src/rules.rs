//! Edit rules that one row can answer for itself. Rules that compare rows are in `whole_file`.
//!
//! A rule is silent where one of its variables is empty: emptiness is its own finding.

use domain::survey::{Check, EditRule, Survey};

use crate::convert::{Column, Frame, NO_CODE, Rows};
use crate::findings::{Findings, Place};
use crate::wording::{Value, plain};

/// A rule with the positions of its variables.
pub(crate) struct RowRule<'a> {
    rule: &'a EditRule,
    test: Test,
    /// The variable whose column a finding names.
    names: usize,
}

enum Test {
    Required(usize),
    Range { variable: usize, min: f64, max: f64 },
    Balance { left: Vec<(f64, usize)>, right: Vec<usize>, relative: f64, absolute: f64 },
    Ratio { numerator: usize, denominator: usize, min: f64, max: f64 },
    AtMost { variable: usize, bound: usize },
}

/// The rules of a survey that look at one row.
pub(crate) fn row_rules(survey: &Survey) -> Vec<RowRule<'_>> {
    let at = |name: &String| survey.position(name).expect("a survey is only made of names that exist");
    let all = |names: &[String]| names.iter().map(at).collect::<Vec<_>>();
    let mut rules = Vec::new();
    for rule in &survey.rules {
        let test = match &rule.check {
            Check::Required { variable } => Test::Required(at(variable)),
            Check::Range { variable, min, max } => Test::Range {
                variable: at(variable),
                min: min.unwrap_or(f64::NEG_INFINITY),
                max: max.unwrap_or(f64::INFINITY),
            },
            Check::Balance { left, minus, right, relative, absolute } => Test::Balance {
                left: all(left)
                    .into_iter()
                    .map(|variable| (1.0, variable))
                    .chain(all(minus).into_iter().map(|variable| (-1.0, variable)))
                    .collect(),
                right: all(right),
                relative: *relative,
                absolute: *absolute,
            },
            Check::Ratio { numerator, denominator, min, max } => Test::Ratio {
                numerator: at(numerator),
                denominator: at(denominator),
                min: min.unwrap_or(f64::NEG_INFINITY),
                max: max.unwrap_or(f64::INFINITY),
            },
            Check::AtMost { variable, bound } => Test::AtMost { variable: at(variable), bound: at(bound) },
            Check::UnitError { .. } | Check::HidiroglouBerthelot { .. } | Check::Duplicate => continue,
        };
        let names = rule.check.variables().first().and_then(|name| survey.position(name)).unwrap_or(0);
        rules.push(RowRule { rule, test, names });
    }
    rules
}

/// Applies the rules to a block.
pub(crate) fn apply(rules: &[RowRule], frame: &Frame, rows: &mut Rows) {
    // Taken out while sentences look into the rows.
    let mut findings = rows.findings.take();
    for rule in rules {
        for row in 0..rows.status.len() {
            if !rule.fires(rows, row) || rows.is_refused(row) {
                continue;
            }
            rows.status[row] = rows.status[row].max(Some(rule.rule.severity));
            rule.tell(frame, rows, row, &mut findings);
        }
    }
    rows.findings = findings;
}

impl RowRule<'_> {
    fn fires(&self, rows: &Rows, row: usize) -> bool {
        let value = |variable: usize| rows.number(variable, row);
        match &self.test {
            Test::Required(variable) => is_empty(rows, *variable, row),
            Test::Range { variable, min, max } => {
                let value = value(*variable);
                value < *min || value > *max
            }
            Test::Balance { relative, absolute, .. } => {
                let Some((left, right, scale)) = self.sides(rows, row) else { return false };
                (left - right).abs() > absolute.max(relative * scale)
            }
            Test::Ratio { numerator, denominator, min, max } => {
                let (numerator, denominator) = (value(*numerator), value(*denominator));
                let ratio = numerator / denominator;
                denominator > 0.0 && numerator != 0.0 && (ratio < *min || ratio > *max)
            }
            Test::AtMost { variable, bound } => value(*variable) > value(*bound),
        }
    }

    /// Both sides of a balance and the size against which the tolerance is taken.
    fn sides(&self, rows: &Rows, row: usize) -> Option<(f64, f64, f64)> {
        let Test::Balance { left, right, .. } = &self.test else { return None };
        let scale = left.first().map_or(0.0, |(_, variable)| rows.number(*variable, row).abs());
        let left: f64 = left.iter().map(|(sign, variable)| sign * rows.number(*variable, row)).sum();
        let right: f64 = right.iter().map(|variable| rows.number(*variable, row)).sum();
        (!left.is_nan() && !right.is_nan()).then_some((left, right, scale))
    }

    fn tell(&self, frame: &Frame, rows: &Rows, row: usize, findings: &mut Findings) {
        let value = field_text(frame, rows, self.names, row);
        let unit = rows.unit_of(frame, row);
        let words = |word: &str| self.word(frame, rows, row, word);
        let place = Place {
            row: rows.cells.rows[row].number,
            order: row as u32,
            column: frame.column_name(self.names),
            value: &value,
            unit: &unit,
        };
        findings.add_rule(self.rule, &place, &words);
    }

    fn word(&self, frame: &Frame, rows: &Rows, row: usize, word: &str) -> Option<Value> {
        let number = |value: f64| Some(Value::Number(value));
        match (&self.test, word) {
            (Test::Range { min, .. } | Test::Ratio { min, .. }, "min") => return number(*min),
            (Test::Range { max, .. } | Test::Ratio { max, .. }, "max") => return number(*max),
            (Test::Range { variable, .. } | Test::AtMost { variable, .. }, "value") => {
                return number(rows.number(*variable, row));
            }
            (Test::AtMost { bound, .. }, "bound") => return number(rows.number(*bound, row)),
            (Test::Ratio { numerator, denominator, .. }, "ratio") => {
                return number(rows.number(*numerator, row) / rows.number(*denominator, row));
            }
            (Test::Balance { relative, absolute, .. }, "left" | "right" | "difference" | "allowed") => {
                let (left, right, scale) = self.sides(rows, row)?;
                return number(match word {
                    "left" => left,
                    "right" => right,
                    "difference" => (left - right).abs(),
                    _ => absolute.max(relative * scale),
                });
            }
            _ => {}
        }
        let variable = frame.survey.position(word)?;
        Some(match rows.number(variable, row) {
            value if value.is_nan() => Value::Text(field_text(frame, rows, variable, row)),
            value => Value::Number(value),
        })
    }
}

fn is_empty(rows: &Rows, variable: usize, row: usize) -> bool {
    match &rows.columns[variable] {
        Column::Numbers(values) => values[row].is_nan(),
        Column::Codes(positions) => positions[row] == NO_CODE,
        Column::Texts(spans) => spans[row].0 == spans[row].1,
    }
}

/// The field as the file has it; where the file has none, the value that was filled in.
fn field_text(frame: &Frame, rows: &Rows, variable: usize, row: usize) -> String {
    let field =
        frame.header.source_of(variable).map_or("", |(slot, _)| rows.cells.field(row, slot, frame.wanted()));
    match rows.number(variable, row) {
        value if field.is_empty() && !value.is_nan() => plain(value),
        _ => field.trim().to_owned(),
    }
}
