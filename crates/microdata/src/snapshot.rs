//! Snapshots: dated, immutable copies of the rows that count, from which statistics are computed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use domain::progress::Watch;
use domain::release::SnapshotReference;
use domain::survey::Survey;
use serde::{Deserialize, Serialize};

use crate::archive::{Archive, FORMAT, MANIFEST, check_name, go_on, read_json, to_json, verify_files};
use crate::current::{self, Current, Source};
use crate::decision::Rulings;
use crate::disk::{self, Staged};
use crate::error::ArchiveError;
use crate::manifest::{Column, Counts, ImportRecord, Lineage, Partition, YearCounts};
use crate::schema;
use crate::sorting::{self, Order, Sorting};
use crate::table::{Rows, Style, Table};

/// The names of the variables that intake filled in, of a row.
const IMPUTED: &str = "_imputed";

/// What a snapshot is made of: `snapshots/<id>/manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotManifest {
    pub format: u32,
    /// `<survey>-<yyyymmdd>-<8 hexadecimal digits of the content>`.
    pub id: String,
    pub survey: String,
    pub synthetic: bool,
    pub taken_at: jiff::Timestamp,
    pub columns: Vec<Column>,
    pub counts: Counts,
    pub years: Vec<YearCounts>,
    pub files: Vec<Partition>,
    /// The imports it was made from, oldest first.
    pub imports: Vec<Lineage>,
    /// The decisions that were taken into account, oldest first.
    pub decisions: Vec<String>,
}

/// A snapshot in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    folder: PathBuf,
    checksum: String,
    manifest: SnapshotManifest,
}

impl Snapshot {
    pub fn id(&self) -> &str {
        &self.manifest.id
    }

    pub fn manifest(&self) -> &SnapshotManifest {
        &self.manifest
    }

    /// BLAKE3 of the manifest, which names the checksum of every file.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// The Parquet files by year, oldest year first.
    pub fn files(&self) -> Vec<(i32, PathBuf)> {
        let files = self.manifest.files.iter();
        files.filter_map(|file| Some((file.year?, self.folder.join(&file.name)))).collect()
    }

    /// As a release names it.
    pub fn reference(&self) -> SnapshotReference {
        SnapshotReference {
            id: self.manifest.id.clone(),
            survey: self.manifest.survey.clone(),
            taken_at: self.manifest.taken_at,
            checksum: self.checksum.clone(),
        }
    }

    /// Reads every byte again and compares it with the manifest.
    pub fn verify(&self) -> Result<(), ArchiveError> {
        verify_files(&self.folder, &self.manifest.files)
    }

    fn read(folder: PathBuf) -> Result<Self, ArchiveError> {
        let path = folder.join(MANIFEST);
        let checksum = blake3::hash(&disk::read(&path)?).to_hex().to_string();
        Ok(Snapshot { manifest: read_json(&path)?, checksum, folder })
    }
}

impl Archive {
    /// Makes a snapshot of the rows that count now. If nothing came in since a snapshot of the
    /// same (UTC) day, that one is returned.
    pub fn create_snapshot(
        &self,
        survey: &Survey,
        taken_at: jiff::Timestamp,
        watch: &dyn Watch,
    ) -> Result<Snapshot, ArchiveError> {
        schema::check_survey(survey)?;
        let _lock = self.lock(watch)?;
        let imports = self.imports(&survey.id)?;
        let (lineage, decisions) = self.lineage(survey, &imports)?;
        let day = taken_at.strftime("%Y%m%d").to_string();
        let prefix = format!("{}-{day}-", survey.id);
        for snapshot in self.snapshots(&survey.id)? {
            if snapshot.id().starts_with(&prefix) && snapshot.is_of(survey, &lineage, &decisions) {
                return Ok(snapshot);
            }
        }

        let folder = Staged::create(self.disk(), self.staging_folder(&format!("snapshot-{}", survey.id)))?;
        let rulings = self.rulings(&survey.id)?;
        let mut manifest = SnapshotManifest {
            format: FORMAT,
            id: String::new(),
            survey: survey.id.clone(),
            synthetic: survey.synthetic,
            taken_at,
            columns: schema::columns(survey),
            counts: received(&imports),
            years: Vec::new(),
            files: Vec::new(),
            imports: lineage,
            decisions,
        };
        let years: BTreeSet<i32> =
            imports.iter().flat_map(|record| record.files.iter().filter_map(|file| file.year)).collect();
        for year in years {
            let sources = self.sources(survey, &imports, Some(year))?;
            let (counts, file) = self.write_year(survey, year, &sources, &rulings, &folder, watch)?;
            manifest.add_year(year, counts, file);
        }
        if manifest.counts.current == 0 {
            return Err(ArchiveError::Nothing { survey: survey.id.clone() });
        }
        manifest.id = format!("{prefix}{}", manifest.content_hash());
        let destination = self.survey_folder(&survey.id)?.join("snapshots").join(&manifest.id);
        if destination.exists() {
            return Snapshot::read(destination);
        }
        disk::write_file(self.disk(), &folder.path().join(MANIFEST), &to_json(&manifest))?;
        folder.commit(&destination)?;
        Snapshot::read(destination)
    }

    /// The snapshots of a survey, oldest first.
    pub fn snapshots(&self, survey: &str) -> Result<Vec<Snapshot>, ArchiveError> {
        let folder = self.survey_folder(survey)?.join("snapshots");
        let mut snapshots = Vec::new();
        for name in disk::list(&folder)? {
            snapshots.push(Snapshot::read(folder.join(name))?);
        }
        snapshots
            .sort_by(|a, b| a.manifest.taken_at.cmp(&b.manifest.taken_at).then_with(|| a.id().cmp(b.id())));
        Ok(snapshots)
    }

    /// The snapshots of every survey.
    pub fn list_snapshots(&self) -> Result<Vec<Snapshot>, ArchiveError> {
        let mut all = Vec::new();
        for survey in self.surveys()? {
            all.extend(self.snapshots(&survey)?);
        }
        Ok(all)
    }

    /// A snapshot by its id.
    pub fn snapshot(&self, id: &str) -> Result<Snapshot, ArchiveError> {
        check_name("snapshot", id)?;
        for survey in self.surveys()? {
            let folder = self.survey_folder(&survey)?.join("snapshots").join(id);
            if folder.is_dir() {
                return Snapshot::read(folder);
            }
        }
        Err(ArchiveError::NotFound { noun: "snapshot", id: id.to_owned() })
    }

    /// The newest snapshot of a survey, if no import or decision came in since.
    pub fn fresh_snapshot(&self, survey: &Survey) -> Result<Option<Snapshot>, ArchiveError> {
        let (lineage, decisions) = self.lineage(survey, &self.imports(&survey.id)?)?;
        let newest = self.snapshots(&survey.id)?.pop();
        Ok(newest.filter(|snapshot| snapshot.is_of(survey, &lineage, &decisions)))
    }

    fn lineage(
        &self,
        survey: &Survey,
        imports: &[ImportRecord],
    ) -> Result<(Vec<Lineage>, Vec<String>), ArchiveError> {
        let mut lineage = Vec::with_capacity(imports.len());
        for record in imports {
            let manifest = self.import_folder(&survey.id, &record.id)?.join(MANIFEST);
            lineage.push(Lineage {
                import: record.id.clone(),
                sequence: record.sequence,
                source_name: record.source_name.clone(),
                source_blake3: record.source_blake3.clone(),
                manifest_blake3: blake3::hash(&disk::read(&manifest)?).to_hex().to_string(),
            });
        }
        let decisions = self.decisions(&survey.id)?.into_iter().map(|decision| decision.id).collect();
        Ok((lineage, decisions))
    }

    fn write_year(
        &self,
        survey: &Survey,
        year: i32,
        sources: &[Source],
        rulings: &Rulings,
        folder: &Staged<'_>,
        watch: &dyn Watch,
    ) -> Result<(Counts, Option<Partition>), ArchiveError> {
        let mut current = current::resolve(sources, survey, rulings, watch)?;
        if current.counts.current == 0 {
            return Ok((current.counts, None));
        }
        let schema = schema::variables(survey);
        let order = Order::of(survey, folder.path())?;
        let bounds = sample_bounds(sources, &current, &order, watch)?;
        let ranges = Staged::create(self.disk(), folder.path().with_extension("ranges"))?;
        let mut sorting = Sorting::new(self.disk(), ranges.path(), Arc::clone(&schema), order, bounds)?;
        let mut done = 0;
        let total = current.counts.current;
        let mut imputed = 0;
        let wide = with_imputed(&schema);
        let columns: Vec<usize> = (0..schema.fields().len()).collect();
        each_current(sources, &current, &wide, watch, |batch, path| {
            done += batch.num_rows() as u64;
            imputed += (batch.num_rows() - batch.column(columns.len()).null_count()) as u64;
            let batch = batch.project(&columns).map_err(|error| ArchiveError::arrow(path, error))?;
            sorting.push(batch, path)?;
            watch.report("snapshot.rows", done, total);
            Ok(())
        })?;
        current.counts.imputed = imputed;

        let path = folder.path().join(format!("year={year:04}.parquet"));
        let notes = [
            ("lumbung.survey", survey.id.clone()),
            ("lumbung.year", year.to_string()),
            ("lumbung.synthetic", survey.synthetic.to_string()),
        ];
        let mut table = Table::create(self.disk(), path.clone(), &schema, Style::Kept, &notes)?;
        sorting.write(&mut table, &path, watch)?;
        Ok((current.counts, Some(table.finish(Some(year))?)))
    }
}

impl Snapshot {
    fn is_of(&self, survey: &Survey, lineage: &[Lineage], decisions: &[String]) -> bool {
        self.manifest.imports == lineage
            && self.manifest.decisions == decisions
            && self.manifest.columns == schema::columns(survey)
            && self.manifest.synthetic == survey.synthetic
    }
}

impl SnapshotManifest {
    fn add_year(&mut self, year: i32, counts: Counts, file: Option<Partition>) {
        self.counts.confirmed += counts.confirmed;
        self.counts.withdrawn += counts.withdrawn;
        self.counts.superseded += counts.superseded;
        self.counts.imputed += counts.imputed;
        self.counts.current += counts.current;
        self.years.push(YearCounts { year, counts });
        self.files.extend(file);
    }

    /// Says the same of the same rows from the same sources, whenever it is asked.
    fn content_hash(&self) -> String {
        let content = (&self.survey, &self.columns, &self.files, &self.imports, &self.decisions);
        blake3::hash(&to_json(&content)).to_hex()[..8].to_owned()
    }
}

/// What the imports brought, whatever the year.
fn received(imports: &[ImportRecord]) -> Counts {
    let mut counts = Counts::default();
    for record in imports {
        counts.received += record.counts.received;
        counts.accepted += record.counts.accepted;
        counts.warned += record.counts.warned;
        counts.held += record.counts.held;
        counts.refused += record.counts.refused;
    }
    counts
}

fn with_imputed(schema: &Schema) -> SchemaRef {
    let imputed = Arc::new(Field::new(IMPUTED, DataType::Utf8, true));
    Arc::new(Schema::new(schema.fields().iter().cloned().chain([imputed]).collect::<Vec<_>>()))
}

/// The rows that count, as they lie in the sources.
fn each_current(
    sources: &[Source],
    current: &Current,
    schema: &SchemaRef,
    watch: &dyn Watch,
    mut each: impl FnMut(RecordBatch, &Path) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    for (source, selected) in sources.iter().zip(&current.selected) {
        if selected.count_set_bits() == 0 {
            continue;
        }
        let mut first = 0;
        for batch in Rows::open(&source.path, schema)? {
            go_on(watch)?;
            let batch = batch?;
            if first + batch.num_rows() > selected.len() {
                let message = "it has more rows than its manifest says".to_owned();
                return Err(ArchiveError::Damaged { path: source.path.clone(), message });
            }
            let chosen = BooleanArray::from(selected.slice(first, batch.num_rows()));
            first += batch.num_rows();
            if chosen.true_count() == 0 {
                continue;
            }
            let kept = filter_record_batch(&batch, &chosen)
                .map_err(|error| ArchiveError::arrow(&source.path, error))?;
            each(kept, &source.path)?;
        }
    }
    Ok(())
}

/// Bounds that split the rows that count into ranges of about equal length.
fn sample_bounds(
    sources: &[Source],
    current: &Current,
    order: &Order,
    watch: &dyn Watch,
) -> Result<Vec<arrow::row::OwnedRow>, ArchiveError> {
    let (ranges, every) = sorting::ranges(current.counts.current);
    if ranges == 1 {
        return Ok(Vec::new());
    }
    let mut sample = Vec::new();
    let mut next = 0;
    let mut first = 0;
    each_current(sources, current, order.schema(), watch, |batch, path| {
        let rows = order.encode(&batch, path)?;
        let end = first + batch.num_rows() as u64;
        while next < end {
            sample.push(rows.row((next - first) as usize).owned());
            next += every;
        }
        first = end;
        Ok(())
    })?;
    Ok(sorting::bounds(sample, ranges))
}
