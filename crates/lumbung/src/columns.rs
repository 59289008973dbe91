//! Columns of Parquet files as the bench reads them.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type};
use methods::bench::{Categories, Column, Frame};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Names of the columns that every file has, in the order of the first.
pub(crate) fn names(files: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let mut known: Option<Vec<String>> = None;
    for path in files {
        let here: Vec<String> =
            open(path)?.schema().fields().iter().map(|field| field.name().clone()).collect();
        known = Some(match known {
            None => here,
            Some(known) => known.into_iter().filter(|name| here.contains(name)).collect(),
        });
    }
    Ok(known.unwrap_or_default())
}

/// The columns named, of all files one after the other; a missing number is NaN.
pub(crate) fn read(files: &[PathBuf], wanted: &[String]) -> anyhow::Result<Frame> {
    let mut parts: Vec<Vec<ArrayRef>> = vec![Vec::new(); wanted.len()];
    for path in files {
        let builder = open(path)?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), wanted.iter().map(String::as_str));
        for batch in builder.with_projection(mask).build()? {
            let batch = batch.with_context(|| path.display().to_string())?;
            for (name, part) in wanted.iter().zip(&mut parts) {
                let array =
                    batch.column_by_name(name).with_context(|| format!("{}: {name}", path.display()))?;
                part.push(common(array)?);
            }
        }
    }
    let mut columns = Vec::new();
    for (name, part) in wanted.iter().zip(&parts) {
        let whole: Vec<&dyn Array> = part.iter().map(AsRef::as_ref).collect();
        let column = match whole.is_empty() {
            true => Column::Number(Vec::new()),
            false => column(&arrow::compute::concat(&whole)?)?,
        };
        columns.push((name.clone(), column));
    }
    Ok(Frame::new(columns)?)
}

fn open(path: &Path) -> anyhow::Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    ParquetRecordBatchReaderBuilder::try_new(file).with_context(|| path.display().to_string())
}

/// Numbers of any kind as f64, everything else as words.
fn common(array: &ArrayRef) -> anyhow::Result<ArrayRef> {
    let is_number = array.data_type().is_numeric() || *array.data_type() == DataType::Boolean;
    let data_type = if is_number { DataType::Float64 } else { DataType::Utf8 };
    Ok(arrow::compute::cast(array, &data_type)?)
}

/// One column of a batch.
pub(crate) fn column(array: &ArrayRef) -> anyhow::Result<Column> {
    let array = common(array)?;
    Ok(match array.as_primitive_opt::<Float64Type>() {
        Some(values) => Column::Number(values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()),
        None => Column::Text(Categories::of(array.as_string::<i32>().iter())),
    })
}
