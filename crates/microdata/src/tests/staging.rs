//! Staged imports as the room `intake` writes them, for the tests.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, UInt8Array, UInt64Array,
};
use domain::survey::Survey;
use parquet::arrow::ArrowWriter;

use crate::{Archive, ImportMeta, ImportRecord};

/// An enterprise survey with one variable of every type.
pub(crate) fn survey() -> Survey {
    let text = r#"
        id = "test-enterprise"
        title = { id = "Uji", en = "Test" }
        description = { id = "Uji", en = "Test" }
        source = { id = "Uji", en = "Test" }
        synthetic = true
        unit = { id = "perusahaan", en = "enterprise" }
        key = ["enterprise_id", "year"]
        year = "year"
        variable = [
            { name = "enterprise_id", type = "text", required = true, access = "identifier", label = { id = "a", en = "a" } },
            { name = "year", type = "year", required = true, access = "open", label = { id = "a", en = "a" } },
            { name = "activity", type = "code", access = "sensitive", label = { id = "a", en = "a" } },
            { name = "region", type = "code", access = "sensitive", label = { id = "a", en = "a" } },
            { name = "persons_engaged", type = "integer", access = "sensitive", label = { id = "a", en = "a" } },
            { name = "turnover", type = "number", access = "sensitive", label = { id = "a", en = "a" } },
        ]"#;
    toml::from_str(text).expect("the survey of the tests is well-formed")
}

/// A row: enterprise (0: none), year (0: none), turnover, status.
pub(crate) type Row = (u32, i32, f64, u8);

/// Writes `rows.parquet` into `folder`. Row 1 of a file is its header.
pub(crate) fn stage(folder: &Path, rows: &[Row]) {
    std::fs::create_dir_all(folder).unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("_row", Arc::new(UInt64Array::from_iter_values((0..rows.len() as u64).map(|row| row + 2)))),
        ("_status", Arc::new(UInt8Array::from_iter_values(rows.iter().map(|row| row.3)))),
        (
            "_imputed",
            Arc::new(rows.iter().map(|row| (row.0 % 10 == 1).then_some("weight")).collect::<StringArray>()),
        ),
        (
            "enterprise_id",
            Arc::new(
                rows.iter().map(|row| (row.0 > 0).then(|| format!("E{:05}", row.0))).collect::<StringArray>(),
            ),
        ),
        ("year", Arc::new(rows.iter().map(|row| (row.1 > 0).then_some(row.1)).collect::<Int32Array>())),
        (
            "activity",
            Arc::new(StringArray::from_iter_values(
                rows.iter().map(|row| ["10710", "47111", "56101"][row.0 as usize % 3]),
            )),
        ),
        (
            "region",
            Arc::new(StringArray::from_iter_values(
                rows.iter().map(|row| ["3171", "5371"][row.0 as usize % 2]),
            )),
        ),
        (
            "persons_engaged",
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| i64::from(row.0 % 50)))),
        ),
        ("turnover", Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.2)))),
    ];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap();
    let file = File::create(folder.join("rows.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// An archive in a fresh folder, and a place for staged imports beside it.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) archive: Archive,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(&folder.path().join("archive")).unwrap();
        Place { folder, archive }
    }

    pub(crate) fn stage(&self, id: &str, rows: &[Row]) -> PathBuf {
        let staged = self.folder.path().join("staged").join(id);
        stage(&staged, rows);
        staged
    }

    pub(crate) fn import(&self, id: &str, rows: &[Row]) -> ImportRecord {
        self.archive.append(&self.stage(id, rows), &survey(), &meta(id), &()).unwrap()
    }
}

/// The source file has the same checksum as its id.
pub(crate) fn meta(id: &str) -> ImportMeta {
    ImportMeta {
        id: id.to_owned(),
        source_name: format!("{id}.csv"),
        source_blake3: blake3::hash(id.as_bytes()).to_hex().to_string(),
        imported_at: "2026-11-22T03:00:00Z".parse().unwrap(),
        actor: "operator".to_owned(),
        refused: 0,
    }
}

pub(crate) fn moment() -> jiff::Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}
