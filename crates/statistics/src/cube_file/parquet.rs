//! A cube as Parquet: dictionary-coded dimensions, one column a measure, the header as metadata.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, DictionaryArray, Float64Array, RecordBatch, StringArray, UInt32Array, UInt64Array,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Schema, UInt32Type, UInt64Type};
use domain::cube::{Contributions, Cube};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::add_encoded_arrow_schema_to_metadata;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::ChunkReader;
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;

use super::{Header, contribution_columns};

const HEADER_KEY: &str = "lumbung.cube";

pub(crate) fn write(cube: &Cube, file: impl Write + Send, threads: usize) -> Result<(), String> {
    let header = serde_json::to_string(&Header::of(cube)).map_err(|error| error.to_string())?;
    let columns = columns(cube);
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, nullable, column)| Field::new(name, column.data_type(cube), *nullable))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_key_value_metadata(Some(vec![KeyValue::new(HEADER_KEY.to_owned(), header)]));
    for dimension in &cube.dimensions {
        properties = properties.set_column_dictionary_enabled(dimension.id.as_str().into(), true);
    }
    let mut properties = properties.build();
    add_encoded_arrow_schema_to_metadata(&schema, &mut properties);
    let text = |error: parquet::errors::ParquetError| error.to_string();
    let parquet_schema = ArrowSchemaConverter::new().convert(&schema).map_err(text)?;
    let mut writer = SerializedFileWriter::new(file, parquet_schema.root_schema_ptr(), Arc::new(properties))
        .map_err(text)?;
    let writers =
        ArrowRowGroupWriterFactory::new(&writer, schema.clone()).create_column_writers(0).map_err(text)?;
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build().map_err(|e| e.to_string())?;
    // Several columns are encoded at a time and appended in order, so that few wait in memory.
    let mut jobs: Vec<_> = writers.into_iter().zip(schema.fields().iter()).zip(&columns).collect();
    let mut group = writer.next_row_group().map_err(text)?;
    while !jobs.is_empty() {
        let rest = jobs.split_off(jobs.len().min(4 * threads.max(1)));
        let encode =
            |((writer, field), (_, _, column)): ((ArrowColumnWriter, &Arc<Field>), &NamedColumn<'_>)| {
                encode(writer, field, &column.array(cube))
            };
        let encoded: Vec<_> = pool.install(|| jobs.into_par_iter().map(encode).collect());
        for chunk in encoded {
            chunk.and_then(|chunk| chunk.append_to_row_group(&mut group)).map_err(text)?;
        }
        jobs = rest;
    }
    group.close().map_err(text)?;
    writer.close().map_err(text)?;
    Ok(())
}

fn encode(
    mut writer: ArrowColumnWriter,
    field: &Field,
    array: &ArrayRef,
) -> Result<ArrowColumnChunk, parquet::errors::ParquetError> {
    for leaf in compute_leaves(field, array)? {
        writer.write(&leaf)?;
    }
    writer.close()
}

/// Name, whether it may be empty, and what it holds.
type NamedColumn<'a> = (String, bool, Column<'a>);

/// A column of the file, turned into an array only while it is written.
enum Column<'a> {
    Dimension(usize),
    Values(&'a [f64]),
    Holdings(&'a [u32]),
    Identities(&'a [u64]),
}

fn columns(cube: &Cube) -> Vec<NamedColumn<'_>> {
    let mut columns: Vec<NamedColumn<'_>> = Vec::new();
    for (position, dimension) in cube.dimensions.iter().enumerate() {
        columns.push((dimension.id.clone(), false, Column::Dimension(position)));
    }
    for (measure, values) in cube.measures.iter().zip(&cube.values) {
        columns.push((
            measure.code.clone(),
            values.iter().any(|value| value.is_nan()),
            Column::Values(values),
        ));
    }
    for one in &cube.contributions {
        let [holdings, largest, second, identity] = contribution_columns(&one.measure);
        // Holdings are the same for every measure as a rule; once is enough.
        if cube.contributions[0].measure == one.measure || cube.contributions[0].holdings != one.holdings {
            columns.push((holdings, false, Column::Holdings(&one.holdings)));
        }
        columns.push((largest, true, Column::Values(&one.largest)));
        columns.push((second, true, Column::Values(&one.second_largest)));
        columns.push((identity, false, Column::Identities(&one.largest_holding)));
    }
    columns
}

impl Column<'_> {
    fn data_type(&self, _: &Cube) -> DataType {
        match self {
            Column::Dimension(_) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Column::Values(_) => DataType::Float64,
            Column::Holdings(_) => DataType::UInt32,
            Column::Identities(_) => DataType::UInt64,
        }
    }

    fn array(&self, cube: &Cube) -> ArrayRef {
        match self {
            Column::Dimension(position) => {
                let members = &cube.dimensions[*position].members;
                let codes: StringArray = members.iter().map(|member| Some(member.code.as_str())).collect();
                let keys = (0..cube.len()).map(|cell| Some(cube.key(cell)[*position] as i32)).collect();
                Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(codes)))
            }
            Column::Values(values) => {
                let known: Vec<bool> = values.iter().map(|value| !value.is_nan()).collect();
                let nulls = known.contains(&false).then(|| NullBuffer::from(known));
                Arc::new(Float64Array::new(values.to_vec().into(), nulls))
            }
            Column::Holdings(values) => Arc::new(UInt32Array::from(values.to_vec())),
            Column::Identities(values) => Arc::new(UInt64Array::from(values.to_vec())),
        }
    }
}

pub(super) fn read(path: &Path) -> Result<Cube, String> {
    read_from(File::open(path).map_err(|error| error.to_string())?)
}

pub(crate) fn read_from(file: impl ChunkReader + 'static) -> Result<Cube, String> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
    let metadata = builder.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let header = metadata
        .iter()
        .find(|entry| entry.key == HEADER_KEY)
        .and_then(|entry| entry.value.as_deref())
        .ok_or("this Parquet file is not a cube; make one with `lumbung cube`")?;
    let header: Header =
        serde_json::from_str(header).map_err(|error| format!("the header is damaged: {error}"))?;
    let reader = builder.with_batch_size(1 << 16).build().map_err(|error| error.to_string())?;
    let mut cube = Cube {
        dataset: header.dataset,
        title: header.title,
        level_sets: header.level_sets,
        keys: Vec::new(),
        values: vec![Vec::new(); header.measures.len()],
        contributions: header
            .contributions
            .into_iter()
            .map(|measure| Contributions { measure, ..Contributions::default() })
            .collect(),
        dimensions: header.dimensions,
        measures: header.measures,
        provenance: header.provenance,
    };
    for batch in reader {
        append(&mut cube, &batch.map_err(|error| error.to_string())?)?;
    }
    Ok(cube)
}

fn append(cube: &mut Cube, batch: &RecordBatch) -> Result<(), String> {
    let column = |name: &str| batch.column_by_name(name).ok_or(format!("the column `{name}` is missing"));
    let mut keys = Vec::with_capacity(cube.dimensions.len());
    for dimension in &cube.dimensions {
        let array = column(&dimension.id)?;
        let wrong = || format!("the column `{}` does not hold codes", dimension.id);
        let dictionary = array.as_dictionary_opt::<Int32Type>().ok_or_else(wrong)?;
        let codes = dictionary.values().as_string_opt::<i32>().ok_or_else(wrong)?;
        let members = codes
            .iter()
            .map(|code| {
                let code = code.unwrap_or_default();
                dimension.member(code).ok_or(format!("`{code}` is not a member of `{}`", dimension.id))
            })
            .collect::<Result<Vec<u32>, String>>()?;
        let of_rows: Option<Vec<u32>> =
            dictionary.keys().iter().map(|key| members.get(key? as usize).copied()).collect();
        keys.push(of_rows.ok_or_else(wrong)?);
    }
    for row in 0..batch.num_rows() {
        cube.keys.extend(keys.iter().map(|column| column[row]));
    }
    for (measure, values) in cube.measures.iter().zip(&mut cube.values) {
        append_numbers(column(&measure.code)?, values)?;
    }
    let first = cube.contributions.first().map(|one| one.measure.clone());
    for one in &mut cube.contributions {
        let [holdings, largest, second, identity] = contribution_columns(&one.measure);
        let shared = first.as_ref().map(|first| contribution_columns(first)[0].clone());
        let holdings = column(&holdings).or_else(|error| column(&shared.ok_or(error)?))?;
        let wrong = |name: &str| format!("the column `{name}` does not hold what a cube has there");
        let holdings = holdings.as_primitive_opt::<UInt32Type>().ok_or_else(|| wrong("HOLDINGS"))?;
        one.holdings.extend_from_slice(holdings.values());
        append_numbers(column(&largest)?, &mut one.largest)?;
        append_numbers(column(&second)?, &mut one.second_largest)?;
        let identities =
            column(&identity)?.as_primitive_opt::<UInt64Type>().ok_or_else(|| wrong(&identity))?;
        one.largest_holding.extend_from_slice(identities.values());
    }
    Ok(())
}

fn append_numbers(array: &ArrayRef, out: &mut Vec<f64>) -> Result<(), String> {
    let numbers = array.as_primitive_opt::<Float64Type>().ok_or("a measure does not hold numbers")?;
    out.extend(numbers.iter().map(|value| value.unwrap_or(f64::NAN)));
    Ok(())
}
