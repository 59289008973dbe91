//! Keys: which rows speak of the same unit in the same year.

use std::hash::{BuildHasherDefault, Hasher};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Int64Type, Schema, SchemaRef};
use domain::survey::Survey;

use crate::error::ArchiveError;
use crate::schema::arrow_type;

/// 128 bits of BLAKE3 over the parts of a key. Wide enough that two units never meet by chance,
/// and that nobody can make them meet on purpose.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct KeyHash(pub(crate) u64, pub(crate) u64);

impl std::hash::Hash for KeyHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

/// The hash is a hash already.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

pub(crate) type KeyMap<V> = hashbrown::HashMap<KeyHash, V, BuildHasherDefault<AsItIs>>;
pub(crate) type KeySet = hashbrown::HashSet<KeyHash, BuildHasherDefault<AsItIs>>;

/// The variables of a survey's key without the year: they name the unit.
pub(crate) fn unit_key(survey: &Survey) -> impl Iterator<Item = &str> {
    survey.key.iter().map(String::as_str).filter(|name| *name != survey.year)
}

/// The columns that make up a key, unit first and the year last.
pub(crate) fn key_fields(survey: &Survey) -> Vec<Field> {
    unit_key(survey)
        .chain([survey.year.as_str()])
        .filter_map(|name| survey.variables.iter().find(|variable| variable.name == name))
        .map(|variable| Field::new(&variable.name, arrow_type(variable.variable_type), true))
        .collect()
}

pub(crate) fn schema_with(survey: &Survey, more: Vec<Field>) -> SchemaRef {
    let mut fields = more;
    for field in key_fields(survey) {
        if !fields.iter().any(|other| other.name() == field.name()) {
            fields.push(field);
        }
    }
    Arc::new(Schema::new(fields))
}

/// The key columns of a batch.
pub(crate) struct Keys {
    columns: Vec<ArrayRef>,
    buffer: Vec<u8>,
}

impl Keys {
    pub(crate) fn of(batch: &RecordBatch, survey: &Survey, path: &Path) -> Result<Self, ArchiveError> {
        let columns: Option<Vec<ArrayRef>> =
            key_fields(survey).iter().map(|field| batch.column_by_name(field.name()).cloned()).collect();
        let columns = columns.ok_or_else(|| ArchiveError::Damaged {
            path: path.to_owned(),
            message: "a column of the key is missing".into(),
        })?;
        Ok(Keys { columns, buffer: Vec::with_capacity(64) })
    }

    /// The key of a row, or nothing if one of its parts is empty.
    pub(crate) fn hash(&mut self, row: usize) -> Option<KeyHash> {
        self.buffer.clear();
        for column in &self.columns {
            if column.is_null(row) {
                return None;
            }
            push_value(&mut self.buffer, column, row);
        }
        Some(hash_bytes(&self.buffer))
    }
}

fn push_value(buffer: &mut Vec<u8>, column: &ArrayRef, row: usize) {
    match column.data_type() {
        DataType::Utf8 => push_text(buffer, column.as_string::<i32>().value(row)),
        DataType::Int64 => push_integer(buffer, column.as_primitive::<Int64Type>().value(row)),
        DataType::Int32 => push_integer(buffer, i64::from(column.as_primitive::<Int32Type>().value(row))),
        // Zero has two spellings.
        _ => push_number(buffer, column.as_primitive::<Float64Type>().value(row)),
    }
}

pub(crate) fn push_text(buffer: &mut Vec<u8>, text: &str) {
    buffer.extend_from_slice(&(text.len() as u64).to_le_bytes());
    buffer.extend_from_slice(text.as_bytes());
}

pub(crate) fn push_integer(buffer: &mut Vec<u8>, value: i64) {
    buffer.extend_from_slice(&value.to_le_bytes());
}

pub(crate) fn push_number(buffer: &mut Vec<u8>, value: f64) {
    buffer.extend_from_slice(&(value + 0.0).to_bits().to_le_bytes());
}

pub(crate) fn hash_bytes(bytes: &[u8]) -> KeyHash {
    let hash = blake3::hash(bytes);
    let (words, _) = hash.as_bytes().as_chunks::<8>();
    KeyHash(u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1]))
}
