//! Sorting the rows of a year without holding them all: deal them out to ranges of the order,
//! then sort range by range.
//!
//! The order is by the survey's first two codes (the activity and the region, as a rule), which
//! puts alike rows together, and then by the key, which makes it total: the same rows give the
//! same file, whatever the order in which they came in.

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::row::{OwnedRow, RowConverter, Rows as EncodedRows, SortField};
use domain::progress::Watch;
use domain::survey::{Survey, VariableType};

use crate::archive::go_on;
use crate::disk::Disk;
use crate::error::ArchiveError;
use crate::key::key_fields;
use crate::schema::arrow_type;
use crate::table::{BATCH_ROWS, Rows, Style, Table};

/// Rows sorted in memory at a time.
pub(crate) const RANGE_ROWS: u64 = 250_000;
/// More ranges than this would hold too many half-filled row groups.
const RANGES_MAX: u64 = 64;
/// Samples taken a range, from which the bounds of the ranges are found.
const SAMPLES: u64 = 64;

/// The order of rows in a snapshot.
pub(crate) struct Order {
    /// The columns that decide, with their types.
    schema: SchemaRef,
    converter: RowConverter,
}

impl Order {
    pub(crate) fn of(survey: &Survey, path: &Path) -> Result<Self, ArchiveError> {
        let codes = survey.variables.iter().filter(|variable| variable.variable_type == VariableType::Code);
        let mut fields: Vec<Field> =
            codes.take(2).map(|code| Field::new(&code.name, arrow_type(code.variable_type), true)).collect();
        for field in key_fields(survey) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        let sort = fields.iter().map(|field| SortField::new(field.data_type().clone())).collect();
        let converter = RowConverter::new(sort).map_err(|error| ArchiveError::arrow(path, error))?;
        Ok(Order { schema: Arc::new(Schema::new(fields)), converter })
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(crate) fn encode(&self, batch: &RecordBatch, path: &Path) -> Result<EncodedRows, ArchiveError> {
        let names = self.schema.fields().iter().map(|field| field.name());
        let columns: Vec<ArrayRef> = names.filter_map(|name| batch.column_by_name(name).cloned()).collect();
        self.converter.convert_columns(&columns).map_err(|error| ArchiveError::arrow(path, error))
    }
}

/// How many ranges a year of so many rows needs, and every how many rows a sample is taken.
pub(crate) fn ranges(rows: u64) -> (u64, u64) {
    let ranges = rows.div_ceil(RANGE_ROWS).clamp(1, RANGES_MAX);
    (ranges, (rows / (ranges * SAMPLES)).max(1))
}

/// The bounds between ranges, from a sample of the rows.
pub(crate) fn bounds(mut sample: Vec<OwnedRow>, ranges: u64) -> Vec<OwnedRow> {
    sample.sort();
    let ranges = ranges as usize;
    let mut bounds: Vec<OwnedRow> =
        (1..ranges).filter_map(|range| sample.get(range * sample.len() / ranges).cloned()).collect();
    bounds.dedup();
    bounds
}

/// Rows on their way into order.
pub(crate) struct Sorting {
    schema: SchemaRef,
    order: Order,
    bounds: Vec<OwnedRow>,
    /// With a single range nothing needs to leave memory.
    memory: Vec<RecordBatch>,
    spilled: Vec<(PathBuf, Table)>,
}

impl Sorting {
    pub(crate) fn new(
        disk: &dyn Disk,
        folder: &Path,
        schema: SchemaRef,
        order: Order,
        bounds: Vec<OwnedRow>,
    ) -> Result<Self, ArchiveError> {
        let mut spilled = Vec::new();
        if !bounds.is_empty() {
            for range in 0..=bounds.len() {
                let path = folder.join(format!("range-{range}.parquet"));
                let table = Table::create(disk, path.clone(), &schema, Style::Passing, &[])?;
                spilled.push((path, table));
            }
        }
        Ok(Sorting { schema, order, bounds, memory: Vec::new(), spilled })
    }

    pub(crate) fn push(&mut self, batch: RecordBatch, path: &Path) -> Result<(), ArchiveError> {
        if self.spilled.is_empty() {
            self.memory.push(batch);
            return Ok(());
        }
        let rows = self.order.encode(&batch, path)?;
        let mut ranges: Vec<Vec<u32>> = vec![Vec::new(); self.spilled.len()];
        for (position, row) in rows.iter().enumerate() {
            ranges[self.bounds.partition_point(|bound| bound.row() <= row)].push(position as u32);
        }
        for ((_, table), rows) in self.spilled.iter_mut().zip(ranges) {
            if !rows.is_empty() {
                let part = take_record_batch(&batch, &UInt32Array::from(rows))
                    .map_err(|error| ArchiveError::arrow(path, error))?;
                table.write(&part)?;
            }
        }
        Ok(())
    }

    /// Writes all rows in order. One thread sorts the next range while the other compresses.
    pub(crate) fn write(self, into: &mut Table, path: &Path, watch: &dyn Watch) -> Result<(), ArchiveError> {
        let Sorting { schema, order, memory, spilled, bounds: _ } = self;
        if spilled.is_empty() {
            return each_sorted(&schema, &order, memory, path, |batch| into.write(&batch));
        }
        let mut paths = Vec::with_capacity(spilled.len());
        for (path, table) in spilled {
            table.finish(None)?;
            paths.push(path);
        }
        let total = paths.len() as u64;
        let (give, take) = mpsc::sync_channel::<Result<RecordBatch, ArchiveError>>(4);
        std::thread::scope(|threads| {
            threads.spawn(move || {
                for (range, path) in paths.iter().enumerate() {
                    watch.report("snapshot.sort", range as u64, total);
                    let sorted = Rows::open(path, &schema)
                        .and_then(Iterator::collect::<Result<Vec<RecordBatch>, ArchiveError>>)
                        .and_then(|batches| {
                            each_sorted(&schema, &order, batches, path, |batch| {
                                go_on(watch)?;
                                // Nobody takes any more: the writer failed and tells why itself.
                                give.send(Ok(batch)).map_err(|_| ArchiveError::Cancelled)
                            })
                        });
                    if let Err(error) = sorted {
                        let _ = give.send(Err(error));
                        return;
                    }
                }
            });
            // Owned here, so that it is gone, and the other thread is woken, when writing fails.
            for batch in take {
                into.write(&batch?)?;
            }
            Ok(())
        })
    }
}

fn each_sorted(
    schema: &SchemaRef,
    order: &Order,
    batches: Vec<RecordBatch>,
    path: &Path,
    mut each: impl FnMut(RecordBatch) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let all = concat_batches(schema, &batches).map_err(|error| ArchiveError::arrow(path, error))?;
    drop(batches);
    let rows = order.encode(&all, path)?;
    let mut positions: Vec<u32> = (0..all.num_rows() as u32).collect();
    positions.sort_unstable_by(|&a, &b| rows.row(a as usize).cmp(&rows.row(b as usize)));
    drop(rows);
    for part in positions.chunks(BATCH_ROWS) {
        let sorted = take_record_batch(&all, &UInt32Array::from(part.to_vec()))
            .map_err(|error| ArchiveError::arrow(path, error))?;
        each(sorted)?;
    }
    Ok(())
}
