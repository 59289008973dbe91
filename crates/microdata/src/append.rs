//! Appending an import: the staged rows become one file a year, visible all at once.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{Int32Type, SchemaRef, UInt8Type};
use domain::progress::Watch;
use domain::survey::Survey;

use crate::archive::{Archive, FORMAT, MANIFEST, check_name, go_on, to_json};
use crate::current::{self, Source};
use crate::disk::{self, Staged};
use crate::error::ArchiveError;
use crate::key::{KeySet, unit_key};
use crate::manifest::{Counts, ImportRecord, Partition};
use crate::schema::{self, HELD, STATUS};
use crate::table::{Rows, Style, Table, schema_of};

/// Rows that may wait in memory over all years together.
const WAITING_ROWS: usize = 600_000;
/// A file with more years than this is no yearly survey, and would open too many files.
const YEARS_MAX: usize = 400;

/// What the archive cannot know by itself about an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportMeta {
    /// Id of the import, made by the caller; it names the folder.
    pub id: String,
    /// The name under which the file came.
    pub source_name: String,
    /// BLAKE3 of the source file, in hexadecimal.
    pub source_blake3: String,
    pub imported_at: jiff::Timestamp,
    /// Id of the account, as the ledger knows it.
    pub actor: String,
    /// Rows that could not be read as rows of the survey; they are not among the staged rows.
    pub refused: u64,
}

impl Archive {
    /// Commits a staged import: `<staged>/rows.parquet`, as the room `intake` writes it.
    ///
    /// The same source file again is recognised: nothing is written, and the record of the first
    /// time is returned (its `id` is then not `meta.id`). Rows of this import supersede rows of
    /// earlier imports that have the same key; rows further down supersede rows further up.
    pub fn append(
        &self,
        staged: &Path,
        survey: &Survey,
        meta: &ImportMeta,
        watch: &dyn Watch,
    ) -> Result<ImportRecord, ArchiveError> {
        schema::check_survey(survey)?;
        check_name("import", &meta.id)?;
        let _lock = self.lock(watch)?;
        let earlier = self.imports(&survey.id)?;
        if let Some(same) = earlier.iter().find(|r| r.source_blake3.eq_ignore_ascii_case(&meta.source_blake3))
        {
            return Ok(same.clone());
        }
        let destination = self.import_folder(&survey.id, &meta.id)?;
        if destination.exists() {
            return Err(ArchiveError::IdTaken { id: meta.id.clone() });
        }

        let folder = Staged::create(self.disk(), self.staging_folder(&meta.id))?;
        let rows = staged.join("rows.parquet");
        let mut split = Split::new(self, &folder, &rows, survey, meta)?;
        for batch in Rows::open(&rows, &split.schema)? {
            go_on(watch)?;
            split.write(&batch?)?;
            watch.report("archive.append", split.counts.received, 0);
        }
        let (mut counts, files) = split.finish()?;
        counts.received += meta.refused;
        counts.refused = meta.refused;
        counts.superseded = self.count_superseded(survey, &earlier, folder.path(), &files, watch)?;

        let record = ImportRecord {
            format: FORMAT,
            id: meta.id.clone(),
            survey: survey.id.clone(),
            sequence: earlier.last().map_or(0, |record| record.sequence) + 1,
            source_name: meta.source_name.clone(),
            source_blake3: meta.source_blake3.to_ascii_lowercase(),
            imported_at: meta.imported_at,
            actor: meta.actor.clone(),
            counts,
            files,
        };
        disk::write_file(self.disk(), &folder.path().join(MANIFEST), &to_json(&record))?;
        folder.commit(&destination)?;
        Ok(record)
    }

    /// How many rows that count now the staged rows replace.
    fn count_superseded(
        &self,
        survey: &Survey,
        earlier: &[ImportRecord],
        staged: &Path,
        files: &[Partition],
        watch: &dyn Watch,
    ) -> Result<u64, ArchiveError> {
        let rulings = self.rulings(&survey.id)?;
        let mut superseded = 0;
        for file in files.iter().filter(|file| file.year.is_some()) {
            let older = self.sources(survey, earlier, file.year)?;
            if older.is_empty() {
                continue;
            }
            let mut keys = KeySet::default();
            let new = Source::new("", staged.join(&file.name), file.rows);
            current::visit(&new, survey, &Default::default(), watch, |key, _| {
                keys.insert(key);
            })?;
            for source in &older {
                current::visit(source, survey, &rulings, watch, |key, _| {
                    superseded += u64::from(keys.remove(&key));
                })?;
            }
        }
        Ok(superseded)
    }
}

/// Deals the staged rows out to one file a year.
struct Split<'a> {
    archive: &'a Archive,
    folder: &'a Staged<'a>,
    rows: &'a Path,
    survey: &'a Survey,
    notes: Vec<(&'static str, String)>,
    schema: SchemaRef,
    tables: BTreeMap<Option<i32>, Table>,
    counts: Counts,
}

impl<'a> Split<'a> {
    fn new(
        archive: &'a Archive,
        folder: &'a Staged<'a>,
        rows: &'a Path,
        survey: &'a Survey,
        meta: &ImportMeta,
    ) -> Result<Self, ArchiveError> {
        let schema = schema::archived(survey, &*schema_of(rows)?, rows)?;
        let notes = vec![
            ("lumbung.survey", survey.id.clone()),
            ("lumbung.import", meta.id.clone()),
            ("lumbung.synthetic", survey.synthetic.to_string()),
        ];
        Ok(Split {
            archive,
            folder,
            rows,
            survey,
            notes,
            schema,
            tables: BTreeMap::new(),
            counts: Counts::default(),
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), ArchiveError> {
        self.count(batch)?;
        let years = batch.column_by_name(&self.survey.year).map(|column| column.as_primitive::<Int32Type>());
        let Some(years) = years else {
            return Err(self.refuse("the year is missing".into()));
        };
        let mut by_year: BTreeMap<Option<i32>, Vec<u32>> = BTreeMap::new();
        for row in 0..batch.num_rows() {
            by_year.entry(years.is_valid(row).then(|| years.value(row))).or_default().push(row as u32);
        }
        for (year, rows) in by_year {
            if rows.len() == batch.num_rows() {
                self.table(year)?.write(batch)?;
            } else {
                let part = take_record_batch(batch, &UInt32Array::from(rows))
                    .map_err(|error| ArchiveError::arrow(self.rows, error))?;
                self.table(year)?.write(&part)?;
            }
        }
        let waiting: usize = self.tables.values().map(Table::waiting_rows).sum();
        if waiting > WAITING_ROWS
            && let Some(fullest) = self.tables.values_mut().max_by_key(|table| table.waiting_rows())
        {
            fullest.flush()?;
        }
        Ok(())
    }

    fn table(&mut self, year: Option<i32>) -> Result<&mut Table, ArchiveError> {
        if !self.tables.contains_key(&year) {
            if self.tables.len() == YEARS_MAX {
                return Err(self.refuse(format!("the rows speak of more than {YEARS_MAX} years")));
            }
            let name = match year {
                Some(year) => format!("year={year:04}.parquet"),
                None => "year=unknown.parquet".to_owned(),
            };
            let path = self.folder.path().join(name);
            let table = Table::create(self.archive.disk(), path, &self.schema, Style::Kept, &self.notes)?;
            self.tables.insert(year, table);
        }
        Ok(self.tables.get_mut(&year).expect("it was put there just now"))
    }

    /// Counts the rows by status. An accepted row must say of whom it speaks.
    fn count(&mut self, batch: &RecordBatch) -> Result<(), ArchiveError> {
        let status = batch.column(1).as_primitive::<UInt8Type>();
        debug_assert_eq!(batch.schema().field(1).name(), STATUS);
        for &value in status.values() {
            match value {
                0 => self.counts.accepted += 1,
                1 => self.counts.warned += 1,
                HELD => self.counts.held += 1,
                other => return Err(self.refuse(format!("the status {other} has no meaning"))),
            }
        }
        self.counts.received += batch.num_rows() as u64;
        for name in unit_key(self.survey).chain([self.survey.year.as_str()]) {
            let Some(column) = batch.column_by_name(name).filter(|column| column.null_count() > 0) else {
                continue;
            };
            let nameless =
                (0..batch.num_rows()).find(|&row| column.is_null(row) && status.value(row) != HELD);
            if let Some(row) = nameless {
                let row = batch.column(0).as_primitive::<arrow::datatypes::UInt64Type>().value(row);
                return Err(self.refuse(format!("row {row} is accepted although its `{name}` is empty")));
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(Counts, Vec<Partition>), ArchiveError> {
        let mut files = Vec::with_capacity(self.tables.len());
        for (year, table) in self.tables {
            files.push(table.finish(year)?);
        }
        Ok((self.counts, files))
    }

    fn refuse(&self, message: String) -> ArchiveError {
        ArchiveError::Staging { path: self.rows.to_owned(), survey: self.survey.id.clone(), message }
    }
}
