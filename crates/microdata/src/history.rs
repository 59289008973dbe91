//! Looking back: the versions of one unit's answers, and last year's values for the edit rules.

use std::collections::HashMap;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Int64Type, UInt8Type, UInt64Type};
use domain::held::{Value, Verdict};
use domain::progress::Watch;
use domain::survey::{Survey, VariableType};

use crate::archive::{Archive, go_on};
use crate::current::{self, Source};
use crate::error::ArchiveError;
use crate::key::{
    AsItIs, KeyHash, Keys, hash_bytes, key_fields, push_integer, push_number, push_text, unit_key,
};
use crate::schema::{self, HELD};
use crate::table::Rows;

/// One version of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub import: String,
    /// The import's place in the order of imports.
    pub sequence: u64,
    pub imported_at: jiff::Timestamp,
    /// Row of the source file.
    pub row: u64,
    /// 0 accepted, 1 accepted with a warning, 2 held.
    pub status: u8,
    /// The last decision about this row, if there is one.
    pub verdict: Option<Verdict>,
    /// This is the version that counts.
    pub current: bool,
    /// The variables in the survey's order.
    pub values: Vec<(String, Value)>,
}

/// Values of the year before, by unit, for edit rules that compare years.
#[derive(Clone, Debug, Default)]
pub struct Previous {
    values: HashMap<(String, i32), UnitValues>,
}

type UnitValues = hashbrown::HashMap<u64, f64, std::hash::BuildHasherDefault<AsItIs>>;

impl Previous {
    /// What a unit answered in a year. `unit` is its key without the year; several parts are
    /// joined by ` · `.
    pub fn value(&self, variable: &str, unit: &str, year: i32) -> Option<f64> {
        self.values.get(&(variable.to_owned(), year))?.get(&hash_bytes(unit.as_bytes()).0).copied()
    }

    /// Values known of one variable in one year.
    pub fn len(&self, variable: &str, year: i32) -> usize {
        self.values.get(&(variable.to_owned(), year)).map_or(0, UnitValues::len)
    }
}

impl Archive {
    /// All versions of the row with this key, oldest first. The key's parts stand in the order of
    /// the survey's `key`, written as in a file.
    pub fn history(
        &self,
        survey: &Survey,
        key: &[&str],
        watch: &dyn Watch,
    ) -> Result<Vec<Version>, ArchiveError> {
        schema::check_survey(survey)?;
        let (unit, year) = parse_key(survey, key)?;
        let rulings = self.rulings(&survey.id)?;
        let schema = schema::answers(survey);
        let mut versions = Vec::new();
        for record in self.imports(&survey.id)? {
            let folder = self.import_folder(&survey.id, &record.id)?;
            for file in &record.files {
                let Some(file_year) =
                    file.year.filter(|file_year| year.is_none_or(|year| year == *file_year))
                else {
                    continue;
                };
                let mut whole_key = unit.clone();
                push_integer(&mut whole_key, i64::from(file_year));
                let wanted = hash_bytes(&whole_key);
                let path = folder.join(&file.name);
                for batch in Rows::open(&path, &schema)? {
                    go_on(watch)?;
                    let batch = batch?;
                    for position in matching(&batch, survey, wanted, &path)? {
                        let row = batch.column(0).as_primitive::<UInt64Type>().value(position);
                        versions.push(Version {
                            import: record.id.clone(),
                            sequence: record.sequence,
                            imported_at: record.imported_at,
                            row,
                            status: batch.column(1).as_primitive::<UInt8Type>().value(position),
                            verdict: rulings.get(&record.id).and_then(|rows| rows.get(&row).copied()),
                            current: false,
                            values: values_of(&batch, survey, position),
                        });
                    }
                }
            }
        }
        let counting = versions.iter_mut().rev().find(|version| match version.verdict {
            Some(Verdict::Confirm) => true,
            Some(Verdict::Withdraw) => false,
            None => version.status != HELD,
        });
        if let Some(version) = counting {
            version.current = true;
        }
        Ok(versions)
    }

    /// The values that count now of some variables in some years.
    pub fn previous_values(
        &self,
        survey: &Survey,
        variables: &[&str],
        years: &[i32],
        watch: &dyn Watch,
    ) -> Result<Previous, ArchiveError> {
        schema::check_survey(survey)?;
        let rulings = self.rulings(&survey.id)?;
        let imports = self.imports(&survey.id)?;
        let mut previous = Previous::default();
        for &year in years {
            let sources = self.sources(survey, &imports, Some(year))?;
            let mut found: Vec<UnitValues> = vec![UnitValues::default(); variables.len()];
            for source in &sources {
                // Later imports come later and so prevail.
                let selected = current::resolve(std::slice::from_ref(source), survey, &rulings, watch)?;
                collect_values(source, &selected.selected[0], survey, variables, &mut found)?;
            }
            for (variable, values) in variables.iter().zip(found) {
                previous.values.insert(((*variable).to_owned(), year), values);
            }
        }
        Ok(previous)
    }
}

fn collect_values(
    source: &Source,
    selected: &arrow::buffer::BooleanBuffer,
    survey: &Survey,
    variables: &[&str],
    found: &mut [UnitValues],
) -> Result<(), ArchiveError> {
    let mut fields = key_fields(survey);
    for variable in variables {
        if !fields.iter().any(|field| field.name() == variable) {
            fields.push(Field::new(*variable, DataType::Float64, true));
        }
    }
    let schema = std::sync::Arc::new(arrow::datatypes::Schema::new(fields));
    let parts: Vec<&str> = unit_key(survey).collect();
    let mut unit = String::new();
    let mut first = 0;
    for batch in Rows::open(&source.path, &schema)? {
        let batch = batch?;
        let keys: Vec<&ArrayRef> = parts.iter().filter_map(|part| batch.column_by_name(part)).collect();
        for position in 0..batch.num_rows() {
            if !selected.value(first + position) {
                continue;
            }
            unit.clear();
            for (index, column) in keys.iter().enumerate() {
                unit.push_str(if index == 0 { "" } else { " · " });
                unit.push_str(&value_of(column, position).to_string());
            }
            let hash = hash_bytes(unit.as_bytes()).0;
            for (variable, values) in variables.iter().zip(found.iter_mut()) {
                let value = batch.column_by_name(variable).map(|column| value_of(column, position));
                match value {
                    Some(Value::Number(value)) => values.insert(hash, value),
                    Some(Value::Integer(value)) => values.insert(hash, value as f64),
                    _ => values.remove(&hash),
                };
            }
        }
        first += batch.num_rows();
    }
    Ok(())
}

/// Reads the parts of a key as the types of its variables: the unit's as bytes, and the year.
fn parse_key(survey: &Survey, key: &[&str]) -> Result<(Vec<u8>, Option<i32>), ArchiveError> {
    let refuse = |message: String| ArchiveError::NotFound { noun: "row", id: message };
    if key.len() != survey.key.len() {
        return Err(refuse(format!("{} (the key has {} parts)", key.join(", "), survey.key.len())));
    }
    let part = |name: &str| survey.key.iter().position(|other| other == name).map(|at| key[at].trim());
    let year = match part(&survey.year) {
        Some(text) => Some(text.parse::<i32>().map_err(|_| refuse(format!("{text} (no year)")))?),
        None => None,
    };
    let mut buffer = Vec::new();
    for name in unit_key(survey) {
        let text = part(name).unwrap_or_default();
        let variable = survey.variables.iter().find(|variable| variable.name == name);
        match variable.map(|variable| variable.variable_type) {
            Some(VariableType::Integer | VariableType::Year) => {
                push_integer(&mut buffer, text.parse().map_err(|_| refuse(text.to_owned()))?);
            }
            Some(VariableType::Number) => {
                push_number(&mut buffer, text.parse().map_err(|_| refuse(text.to_owned()))?);
            }
            _ => push_text(&mut buffer, text),
        }
    }
    Ok((buffer, year))
}

fn matching(
    batch: &RecordBatch,
    survey: &Survey,
    wanted: KeyHash,
    path: &Path,
) -> Result<Vec<usize>, ArchiveError> {
    let mut keys = Keys::of(batch, survey, path)?;
    Ok((0..batch.num_rows()).filter(|&row| keys.hash(row) == Some(wanted)).collect())
}

pub(crate) fn values_of(batch: &RecordBatch, survey: &Survey, position: usize) -> Vec<(String, Value)> {
    let value = |name: &str| batch.column_by_name(name).map_or(Value::Empty, |c| value_of(c, position));
    survey.variables.iter().map(|variable| (variable.name.clone(), value(&variable.name))).collect()
}

fn value_of(column: &ArrayRef, position: usize) -> Value {
    if column.is_null(position) {
        return Value::Empty;
    }
    match column.data_type() {
        DataType::Utf8 => Value::Text(column.as_string::<i32>().value(position).to_owned()),
        DataType::Int64 => Value::Integer(column.as_primitive::<Int64Type>().value(position)),
        DataType::Int32 => Value::Integer(i64::from(column.as_primitive::<Int32Type>().value(position))),
        DataType::Float64 => Value::Number(column.as_primitive::<Float64Type>().value(position)),
        _ => Value::Empty,
    }
}
