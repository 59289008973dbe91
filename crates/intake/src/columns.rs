//! Rows as Arrow columns and as encoded Parquet column chunks.
//!
//! Workers encode side by side; the chunks are then put into the file in the order of the rows.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, Int32Array, Int64Array, StringArray, StringBuilder, UInt8Array, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use domain::finding::Severity;
use domain::survey::{Survey, VariableType};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;

use crate::convert::{Column, Frame, NO_CODE, Rows};
use crate::error::IntakeError;

/// Columns before the survey's variables.
pub(crate) const ROW: &str = "_row";
pub(crate) const STATUS: &str = "_status";
pub(crate) const IMPUTED: &str = "_imputed";
pub(crate) const LEADING: usize = 3;

/// What `_status` holds; refused rows are not in the file.
pub(crate) fn status_number(status: Option<Severity>) -> u8 {
    match status {
        None => 0,
        Some(Severity::Warning) => 1,
        Some(Severity::Held | Severity::Refused) => 2,
    }
}

pub(crate) fn status_of(number: u8) -> Option<Severity> {
    match number {
        0 => None,
        1 => Some(Severity::Warning),
        _ => Some(Severity::Held),
    }
}

pub(crate) fn schema(survey: &Survey) -> SchemaRef {
    let mut fields = vec![
        Field::new(ROW, DataType::UInt64, false),
        Field::new(STATUS, DataType::UInt8, false),
        Field::new(IMPUTED, DataType::Utf8, true),
    ];
    for variable in &survey.variables {
        let data_type = match variable.variable_type {
            VariableType::Number => DataType::Float64,
            VariableType::Integer => DataType::Int64,
            VariableType::Year => DataType::Int32,
            VariableType::Code | VariableType::Text => DataType::Utf8,
        };
        fields.push(Field::new(&variable.name, data_type, true));
    }
    Arc::new(Schema::new(fields))
}

/// Opens a Parquet file for rows of a survey.
pub(crate) fn writer(
    path: &Path,
    survey: &Survey,
) -> Result<(SerializedFileWriter<File>, ArrowRowGroupWriterFactory), IntakeError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by("lumbung".to_owned())
        .set_column_dictionary_enabled(ROW.into(), false);
    for variable in &survey.variables {
        // Amounts hardly repeat, so a dictionary only costs time.
        if matches!(variable.variable_type, VariableType::Number) {
            properties = properties.set_column_dictionary_enabled(variable.name.as_str().into(), false);
        }
    }
    let file = File::create(path).map_err(IntakeError::writing(path))?;
    let writer = ArrowWriter::try_new(file, schema(survey), Some(properties.build()))?;
    Ok(writer.into_serialized_writer()?)
}

/// Encodes one row group.
pub(crate) fn encode(
    factory: &ArrowRowGroupWriterFactory,
    schema: &Schema,
    arrays: &[ArrayRef],
) -> Result<Vec<ArrowColumnChunk>, IntakeError> {
    let mut chunks = Vec::with_capacity(arrays.len());
    let writers = factory.create_column_writers(0)?;
    for ((mut writer, array), field) in writers.into_iter().zip(arrays).zip(schema.fields()) {
        for leaf in compute_leaves(field, array)? {
            writer.write(&leaf)?;
        }
        chunks.push(writer.close()?);
    }
    Ok(chunks)
}

/// The rows that are not refused, as arrays of the schema.
pub(crate) fn arrays(frame: &Frame, rows: &Rows) -> Vec<ArrayRef> {
    let kept: Vec<usize> = (0..rows.status.len()).filter(|row| !rows.is_refused(*row)).collect();
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(rows.columns.len() + LEADING);
    arrays.push(Arc::new(UInt64Array::from_iter_values(kept.iter().map(|row| rows.cells.rows[*row].number))));
    arrays.push(Arc::new(UInt8Array::from_iter_values(
        kept.iter().map(|row| status_number(rows.status[*row])),
    )));
    arrays.push(Arc::new(imputed(frame, rows, &kept)));
    for (variable, column) in rows.columns.iter().enumerate() {
        let kind = frame.survey.variables[variable].variable_type;
        arrays.push(match column {
            Column::Numbers(values) => {
                let values = kept.iter().map(|row| Some(values[*row]).filter(|value| !value.is_nan()));
                match kind {
                    VariableType::Integer => {
                        Arc::new(values.map(|value| value.map(|value| value as i64)).collect::<Int64Array>())
                    }
                    VariableType::Year => {
                        Arc::new(values.map(|value| value.map(|value| value as i32)).collect::<Int32Array>())
                    }
                    _ => Arc::new(values.collect::<Float64Array>()) as ArrayRef,
                }
            }
            Column::Codes(positions) => Arc::new(codes(frame, rows, (variable, positions), &kept)),
            Column::Texts(spans) => {
                let mut texts = StringBuilder::with_capacity(kept.len(), kept.len() * 12);
                for row in &kept {
                    let (start, end) = spans[*row];
                    texts
                        .append_option((end > start).then(|| &rows.cells.text[start as usize..end as usize]));
                }
                Arc::new(texts.finish())
            }
        });
    }
    arrays
}

/// Known codes as the classification spells them; others as the file has them, in held rows.
fn codes(frame: &Frame, rows: &Rows, (variable, positions): (usize, &[u32]), kept: &[usize]) -> StringArray {
    let mut texts = StringBuilder::with_capacity(kept.len(), kept.len() * 5);
    let slot = frame.header.source_of(variable).map(|(slot, _)| slot);
    for row in kept {
        let position = positions[*row];
        match (&frame.books[variable], slot) {
            (Some(book), _) if position != NO_CODE => {
                texts.append_value(&book.classification.get(position).code);
            }
            (_, Some(slot)) => {
                let text = crate::number::trim(rows.cells.field(*row, slot, frame.wanted()));
                texts.append_option((!crate::number::is_missing(text)).then_some(text));
            }
            _ => texts.append_null(),
        }
    }
    texts.finish()
}

fn imputed(frame: &Frame, rows: &Rows, kept: &[usize]) -> StringArray {
    let mut names: HashMap<u64, String> = HashMap::new();
    for row in kept {
        names.entry(rows.imputed[*row]).or_insert_with_key(|bits| {
            let filled = frame.fillable.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1);
            filled
                .map(|(_, variable)| frame.survey.variables[*variable].name.as_str())
                .collect::<Vec<_>>()
                .join(",")
        });
    }
    kept.iter().map(|row| names.get(&rows.imputed[*row]).filter(|names| !names.is_empty())).collect()
}
