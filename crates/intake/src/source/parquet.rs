//! Parquet: typed columns, read in batches.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Block, Cells, Format, Kind, Layout, Opened, Row, Sink, Stop, Table, unreadable};
use crate::error::IntakeError;

const BATCH_ROWS: usize = 16_384;

/// Reads names and types of the columns; there is no header row, so data begin in row 2 as if
/// there were one.
pub(super) fn open(path: &Path) -> Result<Opened, Stop> {
    let builder = builder(path)?;
    let fields = builder.schema().fields();
    let names = fields.iter().map(|field| field.name().clone()).collect();
    Ok(Opened {
        format: Format::Parquet,
        tables: vec![Table { sheet: None, delimiter: None, rows: vec![(1, names)] }],
        encoding: None,
        marked: true,
        types: fields.iter().map(|field| field.data_type().to_string()).collect(),
        terminator: b'\n',
    })
}

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, Stop> {
    let file = File::open(path).map_err(IntakeError::reading(path))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable("Parquet", error))
}

/// Is this how a Parquet file stores numbers?
pub(crate) fn is_number(data_type: &str) -> bool {
    ["Int", "UInt", "Float", "Decimal", "Null"].iter().any(|start| data_type.starts_with(start))
}

pub(super) fn read(path: &Path, layout: &Layout, sink: &mut Sink) -> Result<(), Stop> {
    let builder = builder(path)?;
    let wanted: Vec<usize> =
        (0..layout.slots.len()).filter(|column| layout.slots[*column].is_some()).collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
    let reader = builder
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(|error| unreadable("Parquet", error))?;
    let mut number = 2;
    for batch in reader {
        let batch = batch.map_err(|error| unreadable("Parquet", error))?;
        let rows = batch.num_rows();
        let mut columns = Vec::with_capacity(wanted.len());
        for (position, column) in wanted.iter().enumerate() {
            let array = batch.column(position);
            let kind = kind_of(array.data_type());
            let text = cast(array, &DataType::Utf8).map_err(|_| {
                let name = batch.schema().field(position).name().clone();
                unreadable("Parquet", format!("column `{name}` holds {}", array.data_type()))
            })?;
            let slot = layout.slots[*column].map_or(0, usize::from);
            columns.push((slot, kind, text));
        }
        let mut cells = Cells::default();
        for row in 0..rows {
            let start = cells.text.len();
            let base = cells.spans.len();
            cells.spans.resize(base + layout.wanted, (0, 0));
            cells.kinds.resize(base + layout.wanted, Kind::Text);
            for (slot, kind, text) in &columns {
                if text.is_valid(row) {
                    let from = cells.text.len();
                    cells.text.push_str(text.as_string::<i32>().value(row));
                    cells.spans[base + slot] = (from as u32, cells.text.len() as u32);
                    cells.kinds[base + slot] = *kind;
                }
                cells.text.push('\t');
            }
            let end = cells.text.len().saturating_sub(1).max(start);
            cells.rows.push(Row { number, start: start as u32, end: end as u32, trouble: None });
            number += 1;
        }
        if !sink(Block::Cells(cells)) {
            return Ok(());
        }
    }
    Ok(())
}

fn kind_of(data_type: &DataType) -> Kind {
    match data_type {
        kind if kind.is_numeric() => Kind::Number,
        kind if kind.is_temporal() => Kind::Date,
        DataType::Dictionary(_, value) => kind_of(value),
        _ => Kind::Text,
    }
}
