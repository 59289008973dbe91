//! Making the enterprises chunk by chunk, and writing one file a year.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use domain::progress::Watch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::SyntheticError;
use super::anomaly::{Anomaly, spoil};
use super::enterprise::Enterprise;
use super::recipe::{Economy, Enterprises};
use super::row::{self, COLUMNS, Row};
use super::truth::{Planted, Sums, Total, Truth};

/// Enterprises made at a time. Part of the recipe: another number gives other enterprises.
const CHUNK: u64 = 8_192;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Parquet,
}

/// The files that were made, by year, and the truth about them (also in `truth.json`).
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub files: Vec<(i32, PathBuf)>,
    pub truth_file: PathBuf,
    pub truth: Truth,
}

impl Enterprises {
    pub fn write_csv(&self, folder: &Path) -> Result<Written, SyntheticError> {
        self.write(folder, &[Format::Csv], &())
    }

    pub fn write_parquet(&self, folder: &Path) -> Result<Written, SyntheticError> {
        self.write(folder, &[Format::Parquet], &())
    }

    /// Writes `synthetic-enterprises-<year>.csv` and the like, and `truth.json`. Watch step:
    /// `simulate.write`, counted in enterprises.
    pub fn write(
        &self,
        folder: &Path,
        formats: &[Format],
        watch: &dyn Watch,
    ) -> Result<Written, SyntheticError> {
        self.check()?;
        let economy = Economy::of(self)?;
        std::fs::create_dir_all(folder)
            .map_err(|source| SyntheticError::Io { path: folder.to_owned(), source })?;
        let mut out = Output::create(self, folder, formats)?;
        let chunks = self.count.div_ceil(CHUNK);
        let threads = self.threads.clamp(1, 64) as u64;
        let mut next = 0;
        while next < chunks {
            if watch.cancelled() {
                return Err(SyntheticError::Cancelled);
            }
            let last = (next + threads).min(chunks);
            let schema = &out.schema;
            let made: Vec<Chunk> = std::thread::scope(|scope| {
                let economy = &economy;
                let workers: Vec<_> = (next..last)
                    .map(|chunk| scope.spawn(move || self.chunk(economy, chunk, formats, schema)))
                    .collect();
                workers
                    .into_iter()
                    .map(|worker| worker.join().expect("making a chunk does not panic"))
                    .collect()
            });
            for chunk in made {
                out.append(chunk)?;
            }
            next = last;
            watch.report("simulate.write", (next * CHUNK).min(self.count), self.count);
        }
        out.finish(folder)
    }

    fn chunk(&self, economy: &Economy, chunk: u64, formats: &[Format], schema: &SchemaRef) -> Chunk {
        let first = chunk * CHUNK;
        let last = (first + CHUNK).min(self.count);
        // Streams of different chunks must not overlap: the seed is mixed well.
        let mut random = Pcg64Mcg::seed_from_u64(mix(self.seed ^ mix(chunk + 1)));
        let mut years: Vec<Year> = (0..self.years()).map(|_| Year::default()).collect();
        let mut rows: Vec<Vec<Row<'_>>> = vec![Vec::new(); self.years()];
        for slot in first..last {
            let mut generation = 0;
            let mut newborn = true;
            let mut enterprise = Enterprise::open(self, economy, slot + 1, &mut random);
            for (age, year) in years.iter_mut().enumerate() {
                if age > 0 && random.random::<f64>() < self.exit_share {
                    generation += 1;
                    newborn = true;
                    let id = generation * self.count + slot + 1;
                    enterprise = Enterprise::open(self, economy, id, &mut random);
                } else if age > 0 {
                    newborn = false;
                    enterprise.age(self, &mut random);
                }
                let row = enterprise.answer(self, economy, age as i32, &mut random);
                let section = enterprise.section(economy);
                year.record(self, row, section, newborn, &mut rows[age], &mut random);
            }
        }
        for (year, rows) in years.iter_mut().zip(&rows) {
            year.rows = rows.len() as u64;
            if formats.contains(&Format::Csv) {
                rows.iter().for_each(|row| row.push_csv(&mut year.csv));
            }
            if formats.contains(&Format::Parquet) {
                year.batch = row::to_batch(schema, rows).ok();
            }
        }
        Chunk { years }
    }
}

/// Enterprises of one chunk, ready to be written.
struct Chunk {
    years: Vec<Year>,
}

#[derive(Default)]
struct Year {
    rows: u64,
    csv: Vec<u8>,
    batch: Option<RecordBatch>,
    /// Rows of the chunk, counted from 0.
    planted: Vec<(u64, Anomaly, String)>,
    totals: BTreeMap<char, Sums>,
}

impl Year {
    fn record<'a>(
        &mut self,
        recipe: &'a Enterprises,
        mut row: Row<'a>,
        section: char,
        newborn: bool,
        rows: &mut Vec<Row<'a>>,
        random: &mut Pcg64Mcg,
    ) {
        let mistake = recipe.anomalies.draw(newborn, random);
        let second = mistake.and_then(|kind| spoil(kind, &mut row, recipe, random));
        if mistake.is_none_or(Anomaly::counts) {
            self.totals.entry(section).or_default().add_row(&row);
        }
        for row in std::iter::once(row).chain(second) {
            if let Some(kind) = mistake {
                self.planted.push((rows.len() as u64, kind, row.enterprise_id()));
            }
            rows.push(row);
        }
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The open files of all years.
struct Output {
    schema: SchemaRef,
    years: Vec<i32>,
    csv: Vec<(PathBuf, BufWriter<File>)>,
    parquet: Vec<(PathBuf, ArrowWriter<File>)>,
    truth: Truth,
    totals: BTreeMap<(i32, char), Sums>,
}

impl Output {
    fn create(recipe: &Enterprises, folder: &Path, formats: &[Format]) -> Result<Self, SyntheticError> {
        let years: Vec<i32> = (recipe.first_year..=recipe.last_year).collect();
        let mut output = Output {
            schema: row::schema(),
            csv: Vec::new(),
            parquet: Vec::new(),
            truth: Truth {
                warning: "Data sintetis, bukan perusahaan nyata. Synthetic data, not real enterprises.",
                recipe: recipe.clone(),
                rows: years.iter().map(|&year| (year, 0)).collect(),
                planted_rows: years.iter().map(|&year| (year, BTreeMap::new())).collect(),
                planted: Vec::new(),
                totals: Vec::new(),
            },
            totals: BTreeMap::new(),
            years,
        };
        for &year in &output.years {
            let path = |ending: &str| folder.join(format!("synthetic-enterprises-{year}.{ending}"));
            if formats.contains(&Format::Csv) {
                let (path, file) = open(path("csv"))?;
                let mut file = BufWriter::with_capacity(1 << 18, file);
                let header = COLUMNS.map(|(name, _)| name).join(",") + "\n";
                file.write_all(header.as_bytes()).map_err(io_error(&path))?;
                output.csv.push((path, file));
            }
            if formats.contains(&Format::Parquet) {
                let (path, file) = open(path("parquet"))?;
                let writer = ArrowWriter::try_new(file, output.schema.clone(), Some(properties()))
                    .map_err(parquet_error(&path))?;
                output.parquet.push((path, writer));
            }
        }
        Ok(output)
    }

    fn append(&mut self, chunk: Chunk) -> Result<(), SyntheticError> {
        for (position, made) in chunk.years.into_iter().enumerate() {
            let year = self.years[position];
            if let Some((path, file)) = self.csv.get_mut(position) {
                file.write_all(&made.csv).map_err(io_error(path))?;
            }
            if let (Some((path, writer)), Some(batch)) = (self.parquet.get_mut(position), &made.batch) {
                writer.write(batch).map_err(parquet_error(path))?;
            }
            let rows = self.truth.rows.entry(year).or_default();
            for (row, kind, enterprise_id) in made.planted {
                *self.truth.planted_rows.entry(year).or_default().entry(kind).or_default() += 1;
                // The header is row 1.
                self.truth.planted.push(Planted { year, row: *rows + row + 2, kind, enterprise_id });
            }
            *rows += made.rows;
            for (section, sums) in made.totals {
                self.totals.entry((year, section)).or_default().add(&sums);
            }
        }
        Ok(())
    }

    fn finish(mut self, folder: &Path) -> Result<Written, SyntheticError> {
        let mut files = Vec::new();
        for (&year, (path, mut file)) in self.years.iter().zip(self.csv) {
            file.flush().map_err(io_error(&path))?;
            files.push((year, path));
        }
        for (&year, (path, writer)) in self.years.iter().zip(self.parquet) {
            writer.close().map_err(parquet_error(&path))?;
            files.push((year, path));
        }
        self.truth.totals =
            self.totals.into_iter().map(|((year, section), sums)| Total { year, section, sums }).collect();
        let truth_file = folder.join("truth.json");
        let mut text = serde_json::to_vec_pretty(&self.truth).expect("the truth has text keys only");
        text.push(b'\n');
        std::fs::write(&truth_file, text).map_err(io_error(&truth_file))?;
        Ok(Written { files, truth_file, truth: self.truth })
    }
}

fn open(path: PathBuf) -> Result<(PathBuf, File), SyntheticError> {
    let file = File::create(&path).map_err(io_error(&path))?;
    Ok((path, file))
}

fn properties() -> WriterProperties {
    let level = ZstdLevel::try_new(1).expect("1 is a level of zstd");
    let note = KeyValue::new("lumbung.synthetic".to_owned(), "true".to_owned());
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(131_072))
        .set_created_by("lumbung".to_owned())
        .set_key_value_metadata(Some(vec![note]))
        .build()
}

fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> SyntheticError + use<> {
    let path = path.to_owned();
    move |source| SyntheticError::Io { path, source }
}

fn parquet_error(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> SyntheticError + use<> {
    let path = path.to_owned();
    move |error| SyntheticError::Parquet { path, message: error.to_string() }
}
