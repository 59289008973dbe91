//! How fast is the archive? Takes a Parquet file of synthetic enterprises as if `intake` had
//! staged it, appends it, appends a correction of every tenth row, and takes a snapshot:
//! `cargo run --release -p microdata --example archive -- ROWS.parquet FOLDER`.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, UInt8Array, UInt64Array};
use arrow::compute::filter_record_batch;
use arrow::datatypes::DataType;
use domain::survey::Survey;
use microdata::{Archive, ImportMeta};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Writes every `nth` row as an accepted one into `<folder>/rows.parquet`.
fn stage(source: &Path, folder: &Path, nth: u64) -> u64 {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let file = File::open(source).expect("the file can be read");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("it is Parquet").build();
    let mut writer = None;
    let mut first = 0;
    let mut kept = 0;
    for batch in reader.expect("it is Parquet") {
        let batch = batch.expect("it can be read");
        let rows = UInt64Array::from_iter_values(first..first + batch.num_rows() as u64);
        let chosen: BooleanArray = rows.values().iter().map(|row| Some(row % nth == 0)).collect();
        first += batch.num_rows() as u64;
        let mut columns: Vec<(String, ArrayRef)> = vec![
            ("_row".into(), Arc::new(rows)),
            ("_status".into(), Arc::new(UInt8Array::from(vec![0; batch.num_rows()]))),
        ];
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            columns.push((field.name().clone(), Arc::clone(column)));
        }
        let batch = RecordBatch::try_from_iter(columns).expect("columns are of one length");
        let batch = filter_record_batch(&batch, &chosen).expect("one mark a row");
        kept += batch.num_rows() as u64;
        let writer = writer.get_or_insert_with(|| {
            let file = File::create(folder.join("rows.parquet")).expect("it can be written");
            ArrowWriter::try_new(file, batch.schema(), None).expect("it can be written")
        });
        writer.write(&batch).expect("it can be written");
    }
    writer.map(|writer| writer.close().expect("it can be written"));
    kept
}

/// A survey with the columns of the file.
fn survey_of(rows: &Path) -> Survey {
    let file = File::open(rows).expect("the file can be read");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("it is Parquet");
    let mut text = String::from("id = \"speed\"\nkey = [\"enterprise_id\", \"year\"]\nyear = \"year\"\n");
    for name in ["title", "description", "source", "unit"] {
        text += &format!("{name} = {{ id = \"-\", en = \"-\" }}\n");
    }
    for field in reader.schema().fields() {
        let kind = match (field.name().as_str(), field.data_type()) {
            ("activity" | "region", _) => "code",
            (_, DataType::Int32) => "year",
            (_, DataType::Int64) => "integer",
            (_, DataType::Float64) => "number",
            _ => "text",
        };
        let name = field.name();
        text += &format!("[[variable]]\nname = \"{name}\"\ntype = \"{kind}\"\naccess = \"sensitive\"\n");
        text += "label = { id = \"-\", en = \"-\" }\n";
    }
    toml::from_str(&text).expect("the survey is well-formed")
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, rows, folder] = arguments.as_slice() else {
        eprintln!("archive ROWS.parquet FOLDER");
        std::process::exit(2);
    };
    let survey = survey_of(Path::new(rows));
    let folder = Path::new(folder);
    let archive = Archive::open(&folder.join("archive")).expect("the archive opens");
    for (id, nth) in [("all", 1), ("corrected", 10)] {
        let count = stage(Path::new(rows), &folder.join(id), nth);
        let meta = ImportMeta {
            id: id.to_owned(),
            source_name: rows.clone(),
            source_blake3: id.to_owned(),
            imported_at: jiff::Timestamp::UNIX_EPOCH,
            actor: "operator".to_owned(),
            refused: 0,
        };
        let start = Instant::now();
        let record = archive.append(&folder.join(id), &survey, &meta, &()).expect("it can be appended");
        let seconds = start.elapsed().as_secs_f64();
        let speed = count as f64 / seconds / 1e3;
        println!(
            "append {count} rows in {seconds:.2} s ({speed:.0} thousand/s), {} superseded",
            record.counts.superseded
        );
    }
    let start = Instant::now();
    let snapshot =
        archive.create_snapshot(&survey, jiff::Timestamp::UNIX_EPOCH, &()).expect("a snapshot can be taken");
    let seconds = start.elapsed().as_secs_f64();
    let current = snapshot.manifest().counts.current;
    let bytes: u64 = snapshot.manifest().files.iter().map(|file| file.bytes).sum();
    println!(
        "snapshot of {current} rows in {seconds:.2} s ({:.0} thousand/s), {:.1} bytes a row: {}",
        current as f64 / seconds / 1e3,
        bytes as f64 / current as f64,
        snapshot.id()
    );
    let start = Instant::now();
    snapshot.verify().expect("it is whole");
    println!("verified in {:.2} s", start.elapsed().as_secs_f64());
}
