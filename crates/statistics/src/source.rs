//! Parquet files as the cube reads them: their columns, what they state about their values, and
//! their row groups, which are the units of parallel reading.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray, Float64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use domain::language::Text;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::statistics::Statistics;

use crate::error::StatisticsError;

/// Rows decoded at a time: small enough for a batch's columns to stay in the cache.
const BATCH_ROWS: usize = 8192;

/// The files that a cube is computed from: those of a snapshot by year, or any Parquet files with
/// the same columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub files: Vec<PathBuf>,
}

impl Input {
    pub fn files(files: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Input { files: files.into_iter().map(Into::into).collect() }
    }
}

impl From<&microdata::Snapshot> for Input {
    fn from(snapshot: &microdata::Snapshot) -> Self {
        Input::files(snapshot.files().into_iter().map(|(_, path)| path))
    }
}

/// Opened files, or batches in memory that an engine handed in.
pub(crate) struct Source {
    files: Vec<SourceFile>,
    /// Each batch is a row group by itself. Empty if there are files.
    batches: Vec<RecordBatch>,
}

struct SourceFile {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    /// Position of the file's first row among all rows.
    first_row: u64,
}

/// One row group of one file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowGroup {
    pub file: usize,
    pub group: usize,
    pub rows: usize,
    /// Position of its first row among all rows of the input.
    pub first_row: u64,
}

impl Source {
    /// Opens the files.
    pub(crate) fn open(input: &Input) -> Result<Self, StatisticsError> {
        let mut files = Vec::with_capacity(input.files.len());
        let mut first_row = 0;
        for path in &input.files {
            let failed = |error: &dyn std::fmt::Display| StatisticsError::file(path, error);
            let file = File::open(path).map_err(|error| failed(&error))?;
            let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
                .map_err(|error| failed(&format!("not a Parquet file that can be read ({error})")))?;
            let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
            files.push(SourceFile { path: path.clone(), metadata, first_row });
            first_row += rows;
        }
        if files.is_empty() {
            return Err(StatisticsError::plan(
                "input",
                "tidak ada berkas untuk dihitung",
                "there is no file to compute from",
            ));
        }
        Ok(Source { files, batches: Vec::new() })
    }

    /// Batches of one schema, at least one.
    pub(crate) fn of_batches(batches: Vec<RecordBatch>) -> Self {
        Source { files: Vec::new(), batches }
    }

    pub(crate) fn is_in_memory(&self) -> bool {
        self.files.is_empty()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.row_groups().map(|group| group.rows as u64).sum()
    }

    /// Names of the columns that every file has.
    pub(crate) fn columns(&self) -> Vec<String> {
        let schema = match self.batches.first() {
            Some(batch) => batch.schema(),
            None => self.files[0].metadata.schema().clone(),
        };
        let names = schema.fields().iter().map(|field| field.name().clone());
        names.filter(|name| self.files.iter().all(|file| file.field(name).is_some())).collect()
    }

    pub(crate) fn path(&self, file: usize) -> &Path {
        self.files.get(file).map_or(Path::new("(memory)"), |file| file.path.as_path())
    }

    /// The type of a column in the first file.
    pub(crate) fn data_type(&self, column: &str) -> Option<&DataType> {
        match self.batches.first() {
            Some(batch) => batch.schema_ref().field_with_name(column).ok().map(Field::data_type),
            None => self.files[0].field(column).map(Field::data_type),
        }
    }

    pub(crate) fn row_groups(&self) -> impl Iterator<Item = RowGroup> + '_ {
        let mut first_row = 0;
        let in_memory = self.batches.iter().enumerate().map(move |(group, batch)| {
            let first = first_row;
            first_row += batch.num_rows() as u64;
            RowGroup { file: 0, group, rows: batch.num_rows(), first_row: first }
        });
        let in_files = self.files.iter().enumerate().flat_map(|(file, source)| {
            let mut first_row = source.first_row;
            source.metadata.metadata().row_groups().iter().enumerate().map(move |(group, metadata)| {
                let rows = usize::try_from(metadata.num_rows()).unwrap_or(0);
                let first = first_row;
                first_row += rows as u64;
                RowGroup { file, group, rows, first_row: first }
            })
        });
        in_memory.chain(in_files)
    }

    /// The least and greatest value of a column in a row group, as its file states them.
    pub(crate) fn stated_range(&self, group: RowGroup, column: &str) -> Option<(f64, f64)> {
        let file = self.files.get(group.file)?;
        let index = file.metadata.schema().fields().iter().position(|field| field.name() == column)?;
        let leaf = file.leaf(index)?;
        let metadata = file.metadata.metadata().row_group(group.group);
        let wide = |least: i64, greatest: i64| (least as f64, greatest as f64);
        match metadata.column(leaf).statistics()? {
            Statistics::Int32(s) => Some(wide(i64::from(*s.min_opt()?), i64::from(*s.max_opt()?))),
            Statistics::Int64(s) => Some(wide(*s.min_opt()?, *s.max_opt()?)),
            Statistics::Float(s) => Some((f64::from(*s.min_opt()?), f64::from(*s.max_opt()?))),
            Statistics::Double(s) => Some((*s.min_opt()?, *s.max_opt()?)),
            _ => None,
        }
    }

    /// Reads the named columns of a row group, batch by batch, in the order of the names.
    pub(crate) fn read(
        &self,
        group: RowGroup,
        columns: &[String],
        code_columns: &[bool],
    ) -> Result<Batches<'_>, StatisticsError> {
        let Some(file) = self.files.get(group.file) else {
            let batch = &self.batches[group.group];
            let order: Result<Vec<usize>, _> =
                columns.iter().map(|name| batch.schema_ref().index_of(name)).collect();
            let order = order.map_err(|error| StatisticsError::file(self.path(0), error))?;
            return Ok(Batches { reader: Reader::Memory(Some(batch.clone())), order, path: self.path(0) });
        };
        let failed = |error: &dyn std::fmt::Display| StatisticsError::file(&file.path, error);
        let schema = file.metadata.schema();
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
        let mut indices = Vec::with_capacity(columns.len());
        for (column, is_code) in columns.iter().zip(code_columns) {
            let (index, field) = schema.column_with_name(column).ok_or_else(|| {
                failed(&format!("the column `{column}`, which other files of this input have, is missing"))
            })?;
            if *is_code && is_text(field.data_type()) {
                fields[index] = Arc::new(field.clone().with_data_type(dictionary.clone()));
            }
            indices.push(index);
        }
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
        let metadata = ArrowReaderMetadata::try_new(file.metadata.metadata().clone(), options)
            .or_else(|_| {
                ArrowReaderMetadata::try_new(file.metadata.metadata().clone(), ArrowReaderOptions::new())
            })
            .map_err(|error| failed(&error))?;
        let mask = ProjectionMask::roots(metadata.parquet_schema(), indices.iter().copied());
        let mut sorted = indices.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let order = indices.iter().map(|i| sorted.binary_search(i).unwrap_or(0)).collect();
        let opened = File::open(&file.path).map_err(|error| failed(&error))?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(opened, metadata)
            .with_row_groups(vec![group.group])
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|error| failed(&error))?;
        Ok(Batches { reader: Reader::File(reader), order, path: &file.path })
    }
}

impl SourceFile {
    fn field(&self, name: &str) -> Option<&Field> {
        self.metadata.schema().field_with_name(name).ok()
    }

    /// The leaf column of a flat root column.
    fn leaf(&self, root: usize) -> Option<usize> {
        let schema = self.metadata.parquet_schema();
        (0..schema.num_columns()).find(|leaf| schema.get_column_root_idx(*leaf) == root)
    }
}

/// The batches of one row group, with the columns in the order they were asked for.
pub(crate) struct Batches<'a> {
    reader: Reader,
    order: Vec<usize>,
    path: &'a Path,
}

enum Reader {
    File(ParquetRecordBatchReader),
    Memory(Option<RecordBatch>),
}

impl Iterator for Batches<'_> {
    type Item = Result<RecordBatch, StatisticsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match &mut self.reader {
            Reader::File(reader) => reader.next()?,
            Reader::Memory(batch) => Ok(batch.take()?),
        };
        Some(
            batch
                .and_then(|batch| batch.project(&self.order))
                .map_err(|error| StatisticsError::file(self.path, error)),
        )
    }
}

pub(crate) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

/// The numbers of a column; what is empty or not finite becomes NaN.
pub(crate) fn numbers(array: &dyn Array, out: &mut Vec<f64>) -> Result<(), Text> {
    out.clear();
    let converted;
    let floats: &Float64Array = match array.data_type() {
        DataType::Float64 => array.as_primitive::<Float64Type>(),
        other if is_text(other) || other.is_nested() => {
            return Err(Text::new(
                format!("rencana memakainya sebagai angka, padahal isinya {other}"),
                format!("the plan uses it as a number, but it holds {other}"),
            ));
        }
        _ => {
            converted = cast(array, &DataType::Float64).map_err(|error| Text::same(error.to_string()))?;
            converted.as_primitive::<Float64Type>()
        }
    };
    out.extend_from_slice(floats.values());
    if floats.null_count() > 0 {
        for (row, value) in out.iter_mut().enumerate() {
            if floats.is_null(row) {
                *value = f64::NAN;
            }
        }
    }
    // Infinity is nobody's turnover.
    out.iter_mut().for_each(|value| *value = if value.is_finite() { *value } else { f64::NAN });
    Ok(())
}
