//! Filling in, only where the survey says so, and always flagged; then what is still missing.

use domain::finding::Severity;

use super::{At, Column, Frame, NO_CODE, Rows, bit};
use crate::wording::Value;

impl Rows {
    /// Deductive rules first (`derive`), then defaults, then the period of the upload.
    pub(super) fn fill(&mut self, frame: &Frame) {
        if let Some(period) = frame.period
            && frame.header.source_of(frame.year).is_none()
            && let Column::Numbers(values) = &mut self.columns[frame.year]
        {
            values.fill(f64::from(period));
        }
        for (index, variable) in frame.fillable.iter().enumerate() {
            let definition = &frame.survey.variables[*variable];
            let terms: Vec<(f64, usize)> = definition
                .derivation()
                .into_iter()
                .filter_map(|(sign, name)| Some((sign, frame.survey.position(&name)?)))
                .collect();
            for row in 0..self.status.len() {
                let empty = self.number(*variable, row).is_nan();
                if !empty || self.is_refused(row) || self.in_vain[row] & bit(*variable) != 0 {
                    continue;
                }
                let mut value = f64::NAN;
                if !terms.is_empty() {
                    value = terms.iter().map(|(sign, term)| sign * self.number(*term, row)).sum();
                }
                if value.is_nan() {
                    value = definition.default.unwrap_or(f64::NAN);
                }
                if value.is_nan() {
                    continue;
                }
                self.imputed[row] |= 1 << index;
                if let Column::Numbers(values) = &mut self.columns[*variable] {
                    values[row] = value;
                }
            }
        }
    }

    /// Required fields that are still empty. Without its key a row is refused.
    pub(super) fn require(&mut self, frame: &Frame) {
        // The unit first: without it a row is nobody's, whatever else is missing.
        for variable in 0..frame.survey.variables.len() {
            let key = frame.is_key(variable);
            let definition = &frame.survey.variables[variable];
            if !key && !definition.required {
                continue;
            }
            for row in 0..self.status.len() {
                if self.is_refused(row) || self.in_vain[row] & bit(variable) != 0 && !key {
                    continue;
                }
                let empty = match &self.columns[variable] {
                    Column::Numbers(values) => values[row].is_nan(),
                    // A code that is not known still names the unit for whoever corrects it.
                    Column::Codes(positions) => {
                        positions[row] == NO_CODE && (!key || self.in_vain[row] & bit(variable) == 0)
                    }
                    Column::Texts(spans) => spans[row].0 == spans[row].1,
                };
                if empty {
                    let rule = if key { "no-key" } else { "required" };
                    let mut at = At::field(rule, variable, "");
                    at.severity = key.then_some(Severity::Refused);
                    let text: String = self.cells.row_text(row).chars().take(200).collect();
                    if key {
                        at.value = &text;
                    }
                    self.find(frame, row, at, &[("label", Value::from(&definition.label))]);
                }
            }
        }
    }
}
