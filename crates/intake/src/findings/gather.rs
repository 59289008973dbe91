//! Findings of one block, already in the form of the file, and their causes.

use std::collections::HashMap;
use std::sync::Arc;

use domain::finding::Severity;
use domain::language::Text;
use domain::survey::EditRule;

use crate::summary::Cause;
use crate::wording::{Value, Wording, fill};

/// Where something was found.
pub(crate) struct Place<'a> {
    pub(crate) row: u64,
    /// Findings are put into this order; those of one row stay as they were found.
    pub(crate) order: u32,
    pub(crate) column: &'a str,
    pub(crate) value: &'a str,
    pub(crate) unit: &'a str,
}

/// Findings in the order in which they were made.
pub(crate) struct Findings {
    file: Arc<str>,
    lines: Vec<u8>,
    /// Order, row, and where the line ends.
    ends: Vec<(u32, u64, usize)>,
    causes: HashMap<(String, String, Severity), Cause>,
}

impl Findings {
    pub(crate) fn new(file: &Arc<str>) -> Self {
        Findings { file: file.clone(), lines: Vec::new(), ends: Vec::new(), causes: HashMap::new() }
    }

    /// Takes out what was found so far.
    pub(crate) fn take(&mut self) -> Findings {
        let empty = Findings::new(&self.file);
        std::mem::replace(self, empty)
    }

    pub(crate) fn count(&self) -> u64 {
        self.ends.len() as u64
    }

    pub(crate) fn add_builtin(
        &mut self,
        wording: &Wording,
        severity: Severity,
        place: &Place,
        words: &[(&str, Value)],
    ) {
        let look_up =
            |word: &str| words.iter().find(|(name, _)| *name == word).map(|(_, value)| value.clone());
        let message = fill(&wording.message(), &look_up);
        let remedy = fill(&wording.remedy(), &look_up);
        self.add(wording.rule, severity, place, &message, remedy, &|| wording.title());
    }

    pub(crate) fn add_rule(
        &mut self,
        rule: &EditRule,
        place: &Place,
        look_up: &dyn Fn(&str) -> Option<Value>,
    ) {
        let message = fill(&rule.message, look_up);
        let remedy = fill(&rule.remedy, look_up);
        self.add(&rule.code, rule.severity, place, &message, remedy, &|| rule.cause().clone());
    }

    fn add(
        &mut self,
        rule: &str,
        severity: Severity,
        place: &Place,
        message: &Text,
        remedy: Text,
        title: &dyn Fn() -> Text,
    ) {
        let value: String = place.value.chars().take(200).collect();
        let row = place.row.to_string();
        let fields = [
            &*self.file,
            &row,
            place.column,
            &value,
            rule,
            severity.word(),
            &message.id,
            &remedy.id,
            &message.en,
            &remedy.en,
            place.unit,
        ];
        for (position, field) in fields.into_iter().enumerate() {
            if position > 0 {
                self.lines.push(b',');
            }
            super::field::write(field, &mut self.lines);
        }
        self.lines.push(b'\n');
        self.ends.push((place.order, place.row, self.lines.len()));
        let key = (rule.to_owned(), place.column.to_owned(), severity);
        let cause = self.causes.entry(key).or_insert_with(|| Cause {
            rule: rule.to_owned(),
            column: place.column.to_owned(),
            severity,
            title: title(),
            count: 0,
            first_row: place.row,
            example: value.clone(),
            remedy: remedy.clone(),
        });
        cause.count += 1;
        if place.row < cause.first_row {
            cause.first_row = place.row;
            cause.example = value;
            cause.remedy = remedy;
        }
    }

    /// The lines ordered by row: (row, line).
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut lines: Vec<(u32, u64, &[u8])> = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for (order, row, end) in &self.ends {
            lines.push((*order, *row, &self.lines[start..*end]));
            start = *end;
        }
        lines.sort_by_key(|(order, ..)| *order);
        lines.into_iter().map(|(_, row, line)| (row, line))
    }

    pub(crate) fn causes(self) -> impl Iterator<Item = Cause> {
        self.causes.into_values()
    }
}

/// Adds causes to causes; the earliest row speaks for both.
pub(crate) fn merge_causes(
    into: &mut HashMap<(String, String, Severity), Cause>,
    causes: impl Iterator<Item = Cause>,
) {
    for cause in causes {
        match into.entry((cause.rule.clone(), cause.column.clone(), cause.severity)) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(cause);
            }
            std::collections::hash_map::Entry::Occupied(mut known) => {
                let known = known.get_mut();
                let count = known.count + cause.count;
                if cause.first_row < known.first_row {
                    *known = cause;
                }
                known.count = count;
            }
        }
    }
}
