//! Reading and writing the archive's Parquet files.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use crate::disk::{self, Disk, SummedFile};
use crate::error::ArchiveError;
use crate::manifest::Partition;

/// Rows read at a time.
pub(crate) const BATCH_ROWS: usize = 32_768;
/// Rows of a row group: small enough to skip by activity, large enough to compress.
const GROUP_ROWS: usize = 131_072;

/// Reads chosen columns of a Parquet file in the archive's own types.
///
/// Types that a writer stored beside the data (dictionaries, views) are not followed: the same
/// variable has the same type in every file. A column that a file lacks is read as "no data".
pub(crate) struct Rows {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
    schema: SchemaRef,
}

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, ArchiveError> {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    ParquetRecordBatchReaderBuilder::try_new_with_options(disk::open(path)?, options)
        .map_err(|error| ArchiveError::parquet(path, error))
}

/// The columns a file has.
pub(crate) fn schema_of(path: &Path) -> Result<SchemaRef, ArchiveError> {
    Ok(Arc::clone(builder(path)?.schema()))
}

impl Rows {
    pub(crate) fn open(path: &Path, schema: &SchemaRef) -> Result<Self, ArchiveError> {
        let builder = builder(path)?;
        let present: Vec<&str> = schema
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .filter(|name| builder.schema().column_with_name(name).is_some())
            .collect();
        let mask = ProjectionMask::columns(builder.parquet_schema(), present);
        let reader = builder
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|error| ArchiveError::parquet(path, error))?;
        Ok(Rows { path: path.to_owned(), reader, schema: Arc::clone(schema) })
    }
}

impl Iterator for Rows {
    type Item = Result<RecordBatch, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(
            batch
                .and_then(|batch| conform(&batch, &self.schema))
                .map_err(|error| ArchiveError::arrow(&self.path, error)),
        )
    }
}

fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, arrow::error::ArrowError> {
    let columns: Result<Vec<ArrayRef>, _> = schema
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
            Some(column) if column.data_type() == field.data_type() => Ok(Arc::clone(column)),
            Some(column) => cast(column, field.data_type()),
        })
        .collect();
    // A survey whose columns are all absent still has rows.
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns?, &options)
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Kept: compressed, with statistics.
    Kept,
    /// Read back once and thrown away: as fast as can be.
    Passing,
}

/// Writes one Parquet file and sums it up.
pub(crate) struct Table {
    path: PathBuf,
    writer: ArrowWriter<SummedFile>,
    rows: u64,
}

impl Table {
    /// `notes` go into the file's own metadata, so that it explains itself.
    pub(crate) fn create(
        disk: &dyn Disk,
        path: PathBuf,
        schema: &SchemaRef,
        style: Style,
        notes: &[(&str, String)],
    ) -> Result<Self, ArchiveError> {
        let file = match style {
            Style::Kept => SummedFile::create(disk, &path)?,
            Style::Passing => SummedFile::passing(disk, &path)?,
        };
        let properties = match style {
            Style::Kept => kept(schema, notes),
            Style::Passing => WriterProperties::builder()
                .set_dictionary_enabled(false)
                .set_statistics_enabled(EnabledStatistics::None)
                .set_max_row_group_row_count(Some(BATCH_ROWS)),
        };
        let writer = ArrowWriter::try_new(file, Arc::clone(schema), Some(properties.build()))
            .map_err(|error| ArchiveError::parquet(&path, error))?;
        Ok(Table { path, writer, rows: 0 })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), ArchiveError> {
        self.rows += batch.num_rows() as u64;
        self.writer.write(batch).map_err(|error| ArchiveError::parquet(&self.path, error))
    }

    /// Rows that wait in memory for their row group to be full.
    pub(crate) fn waiting_rows(&self) -> usize {
        self.writer.in_progress_rows()
    }

    /// Ends the row group early, to bound memory when many files are open.
    pub(crate) fn flush(&mut self) -> Result<(), ArchiveError> {
        self.writer.flush().map_err(|error| ArchiveError::parquet(&self.path, error))
    }

    /// Ends the file and makes it durable.
    pub(crate) fn finish(self, year: Option<i32>) -> Result<Partition, ArchiveError> {
        let Table { path, mut writer, rows } = self;
        // Not `into_inner`: it turns the disk's error into a text.
        writer.finish().map_err(|error| ArchiveError::parquet(&path, error))?;
        let (bytes, blake3) =
            writer.inner_mut().finish().map_err(|source| ArchiveError::io(&path, source))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Partition { name, year, rows, bytes, blake3 })
    }
}

fn kept(schema: &SchemaRef, notes: &[(&str, String)]) -> WriterPropertiesBuilder {
    let notes = notes.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())).collect();
    let level = ZstdLevel::try_new(1).expect("1 is a level of zstd");
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("lumbung".to_owned())
        .set_key_value_metadata(Some(notes));
    for field in schema.fields() {
        // Amounts hardly repeat: a dictionary would be built in vain.
        if matches!(field.data_type(), DataType::Float64 | DataType::UInt64) {
            properties = properties
                .set_column_dictionary_enabled(ColumnPath::from(field.name().as_str()), false)
                .set_column_encoding(ColumnPath::from(field.name().as_str()), Encoding::PLAIN);
        }
    }
    properties
}
