//! One field at a time: numbers, years, codes, texts.

use domain::finding::Severity;
use domain::language::Text;
use domain::survey::VariableType;

use super::{At, Column, Frame, NO_CODE, Rows, count};
use crate::code::{CodeBook, Coded};
use crate::number::{Decimals, Evidence, NumberColumn, Reading, Trouble, is_missing, read, read_plain, trim};
use crate::source::{FormulaKind, Kind};
use crate::wording::Value;

impl Rows {
    pub(super) fn convert_numbers(&mut self, frame: &Frame, variable: usize, slot: usize) -> Column {
        let definition = &frame.survey.variables[variable];
        let given = frame.mapping.decimals(&definition.name);
        let column = NumberColumn {
            decimals: given.unwrap_or(frame.assumed.decimals[variable]),
            whole: definition.variable_type == VariableType::Integer,
            percent: definition.unit.as_ref().is_some_and(|unit| {
                unit.en.contains('%')
                    || unit.en.to_lowercase().contains("per cent")
                    || unit.en.to_lowercase().contains("percent")
            }),
        };
        let factor =
            frame.mapping.detailed(&definition.name).and_then(|detailed| detailed.factor).unwrap_or(1.0);
        let mut evidence = Evidence::default();
        let mut values = Vec::with_capacity(self.cells.rows.len());
        for row in 0..self.cells.rows.len() {
            let reading = self.read_number(frame, row, slot, column, &mut evidence);
            values.push(match reading {
                Reading::Value(value) => value * factor,
                Reading::Missing => f64::NAN,
                Reading::Trouble(trouble) => {
                    if trouble == Trouble::Ambiguous && self.shown.ambiguous[variable].is_none() {
                        let value = self.cells.field(row, slot, frame.wanted()).to_owned();
                        self.shown.ambiguous[variable] = Some(value);
                    }
                    self.find_number_trouble(frame, row, variable, slot, trouble, column.decimals);
                    f64::NAN
                }
            });
            if let Kind::Formula(formula) = self.cells.kind(row, slot, frame.wanted()) {
                self.find_formula(frame, row, variable, slot, formula);
            }
        }
        if given.is_none() {
            self.shown.numbers[variable] = evidence;
        }
        Column::Numbers(values)
    }

    fn read_number(
        &self,
        frame: &Frame,
        row: usize,
        slot: usize,
        column: NumberColumn,
        evidence: &mut Evidence,
    ) -> Reading {
        if self.is_refused(row) {
            return Reading::Missing;
        }
        let text = self.cells.field(row, slot, frame.wanted());
        match self.cells.kind(row, slot, frame.wanted()) {
            Kind::Text | Kind::Formula(FormulaKind::Text) => read(text, column, evidence),
            Kind::Number | Kind::Formula(FormulaKind::Number) => read_plain(text, column),
            Kind::Date | Kind::Formula(FormulaKind::Date) => Reading::Trouble(Trouble::Date),
            Kind::Error | Kind::Formula(FormulaKind::Error) => Reading::Trouble(Trouble::ExcelError),
            Kind::Formula(FormulaKind::Missing) => Reading::Missing,
        }
    }

    fn find_number_trouble(
        &mut self,
        frame: &Frame,
        row: usize,
        variable: usize,
        slot: usize,
        trouble: Trouble,
        decimals: Decimals,
    ) {
        let definition = &frame.survey.variables[variable];
        let rule = match trouble {
            Trouble::NotANumber => "not-a-number",
            Trouble::Date => "date-in-number",
            Trouble::Ambiguous => "ambiguous-number",
            Trouble::OtherConvention => "other-decimals",
            Trouble::Percent => "percent",
            Trouble::ExcelError => "excel-error",
            Trouble::Word => "number-with-word",
            Trouble::TooLarge => "too-large",
            Trouble::NotWhole => "not-whole",
        };
        let unit =
            definition.unit.clone().unwrap_or_else(|| Text::new("satuan variabel", "the variable's unit"));
        let expected = match decimals {
            Decimals::Point | Decimals::MostlyPoint => Text::new("titik desimal", "a decimal point"),
            Decimals::Comma | Decimals::MostlyComma => Text::new("koma desimal", "a decimal comma"),
            _ => Text::new("satu cara penulisan", "one way of writing"),
        };
        let text = self.cells.field(row, slot, frame.wanted()).to_owned();
        let words = [
            ("value", Value::Text(shortened(&text))),
            ("label", (&definition.label).into()),
            ("unit", (&unit).into()),
            ("expected", (&expected).into()),
        ];
        self.find(frame, row, At::field(rule, variable, &text), &words);
    }

    fn find_formula(&mut self, frame: &Frame, row: usize, variable: usize, slot: usize, kind: FormulaKind) {
        if self.is_refused(row) {
            return;
        }
        let text = self.cells.field(row, slot, frame.wanted()).to_owned();
        let words = [
            ("value", Value::Text(shortened(&text))),
            ("label", (&frame.survey.variables[variable].label).into()),
        ];
        let rule = if kind == FormulaKind::Missing { "formula-without-value" } else { "formula" };
        self.find(frame, row, At::field(rule, variable, &text), &words);
    }

    pub(super) fn convert_years(&mut self, frame: &Frame, variable: usize, slot: usize) -> Column {
        let mut values = Vec::with_capacity(self.cells.rows.len());
        for row in 0..self.cells.rows.len() {
            if self.is_refused(row) {
                values.push(f64::NAN);
                continue;
            }
            let text = trim(self.cells.field(row, slot, frame.wanted()));
            let digits = text.strip_suffix(".0").unwrap_or(text);
            let year = (digits.len() == 4).then(|| digits.parse::<u16>().ok()).flatten();
            match year.filter(|year| (1900..=2100).contains(year)) {
                Some(year) => values.push(f64::from(year)),
                None => {
                    values.push(f64::NAN);
                    let text = text.to_owned();
                    if !is_missing(&text) {
                        let mut at = At::field("not-a-year", variable, &text);
                        at.severity = (variable != frame.year).then_some(Severity::Held);
                        self.find(frame, row, at, &[("value", Value::Text(shortened(&text)))]);
                    }
                }
            }
            let year = values[row];
            if let Some(period) = frame.period
                && variable == frame.year
                && year.is_finite()
                && year != f64::from(period)
            {
                let words =
                    [("value", Value::Count(year as u64)), ("period", Value::Text(period.to_string()))];
                let text = self.cells.field(row, slot, frame.wanted()).to_owned();
                self.find(frame, row, At::field("other-period", variable, &text), &words);
            }
        }
        Column::Numbers(values)
    }

    pub(super) fn convert_texts(&mut self, frame: &Frame, variable: usize, slot: usize) -> Column {
        let mut spans = Vec::with_capacity(self.cells.rows.len());
        for row in 0..self.cells.rows.len() {
            let (start, end) = self.cells.spans[row * frame.wanted() + slot];
            let field = &self.cells.text[start as usize..end as usize];
            let text = trim(field);
            if self.is_refused(row) || is_missing(text) {
                spans.push((0, 0));
                continue;
            }
            let offset = start + (text.as_ptr() as usize - field.as_ptr() as usize) as u32;
            spans.push((offset, offset + text.len() as u32));
            if frame.unit.contains(&variable) && is_rounded(text) {
                let text = text.to_owned();
                let words = [("value", Value::Text(text.clone()))];
                self.find(frame, row, At::field("lost-digits", variable, &text), &words);
            }
        }
        Column::Texts(spans)
    }

    pub(super) fn convert_codes(&mut self, frame: &Frame, variable: usize, slot: usize) -> Column {
        let Some(book) = &frame.books[variable] else {
            return Column::Codes(vec![NO_CODE; self.status.len()]);
        };
        let suspected = frame.assumed.system[variable];
        let mut positions = Vec::with_capacity(self.cells.rows.len());
        for row in 0..self.cells.rows.len() {
            if self.is_refused(row) {
                positions.push(NO_CODE);
                continue;
            }
            let coded = book.look_up(self.cells.field(row, slot, frame.wanted()));
            let evidence = &mut self.shown.codes[variable];
            match &coded {
                Coded::Known(position) => {
                    for system in 0..book.systems.len() {
                        if book.is_only_ours(*position, system) {
                            count(&mut evidence.only_own, system);
                        }
                    }
                }
                Coded::OtherSystem(system, _) => count(&mut evidence.only_other, *system),
                Coded::OtherEdition(edition, _) => count(&mut evidence.editions, *edition),
                _ => {}
            }
            positions.push(match &coded {
                Coded::Known(position) | Coded::Respelled(position) => *position,
                _ => NO_CODE,
            });
            let doubtful = match (&coded, suspected) {
                (Coded::Known(position), Some(system)) => book.double_meaning(*position, system),
                _ => None,
            };
            if !matches!(coded, Coded::Missing | Coded::Known(_)) || doubtful.is_some() {
                self.find_code_trouble(frame, book, (row, variable, slot), &coded, doubtful);
            }
        }
        Column::Codes(positions)
    }

    fn find_code_trouble(
        &mut self,
        frame: &Frame,
        book: &CodeBook,
        (row, variable, slot): (usize, usize, usize),
        coded: &Coded,
        doubtful: Option<u32>,
    ) {
        let text = self.cells.field(row, slot, frame.wanted()).to_owned();
        let own = book.classification;
        let mut words =
            vec![("value", Value::Text(shortened(trim(&text)))), ("classification", (&own.title).into())];
        let rule = match coded {
            Coded::Missing => return,
            Coded::Known(position) => {
                words.push(("name", (&own.get(*position).label).into()));
                if let (Some(other), Some(system)) = (doubtful, frame.assumed.system[variable]) {
                    words.push(("other", (&own.get(other).label).into()));
                    words.push(("system", book.systems[system].name.into()));
                }
                "kemendagri-ambiguous"
            }
            Coded::Respelled(position) => {
                words.push(("own", own.get(*position).code.as_str().into()));
                words.push(("name", (&own.get(*position).label).into()));
                "code-respelled"
            }
            Coded::WrongLevel(position) => {
                words.push(("name", (&own.get(*position).label).into()));
                words.push(("level", book.level_name(*position).into()));
                words.push(("levels", (&book.allowed_names()).into()));
                words.push(("hint", Value::Both(book.hint(&text))));
                "code-level"
            }
            Coded::OtherEdition(edition, position) => {
                words.push(("other", (&book.editions[*edition].title).into()));
                words.push(("name", (&book.editions[*edition].get(*position).label).into()));
                "other-edition"
            }
            Coded::OtherSystem(system, position) => {
                words.push(("system", book.systems[*system].name.into()));
                words.push(("name", (&own.get(*position).label).into()));
                words.push(("own", own.get(*position).code.as_str().into()));
                "kemendagri-code"
            }
            Coded::Unknown => {
                words.push(("hint", Value::Both(book.hint(&text))));
                "unknown-code"
            }
        };
        self.find(frame, row, At::field(rule, variable, &text), &words);
    }

    /// Codes that did not exist in the year of the row.
    pub(super) fn judge_codes_by_year(&mut self, frame: &Frame) {
        for variable in 0..frame.survey.variables.len() {
            let Some(book) = &frame.books[variable] else { continue };
            for row in 0..self.status.len() {
                let Column::Codes(positions) = &self.columns[variable] else { break };
                let (position, year) = (positions[row], self.number(frame.year, row));
                if position == NO_CODE || !year.is_finite() || book.in_force(position, year) {
                    continue;
                }
                let code = book.classification.get(position);
                let words = [
                    ("value", Value::Text(code.code.clone())),
                    ("name", (&code.label).into()),
                    ("year", Value::Count(year as u64)),
                ];
                self.find(frame, row, At::field("code-not-in-force", variable, &code.code), &words);
            }
        }
    }
}

/// Does an identifier look like `1,23457E+12`?
fn is_rounded(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else { return false };
    exponent
        .strip_prefix('+')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        && digits.contains(['.', ','])
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
}

/// Values in sentences are short; the column `value` holds more.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(59).collect();
    short.push('…');
    short
}
