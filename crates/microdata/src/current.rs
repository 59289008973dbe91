//! Which rows count: the newest accepted row of every unit and year.

use std::path::PathBuf;

use arrow::array::{ArrayRef, AsArray, BooleanBufferBuilder};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{DataType, Field, UInt8Type, UInt64Type};
use domain::held::Verdict;
use domain::progress::Watch;
use domain::survey::Survey;

use crate::archive::{Archive, go_on};
use crate::decision::Rulings;
use crate::error::ArchiveError;
use crate::key::{KeyHash, KeyMap, Keys, schema_with};
use crate::manifest::{Counts, ImportRecord};
use crate::schema::{HELD, ROW, STATUS};
use crate::table::Rows;

/// The rows of one import and one year.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) import: String,
    pub(crate) path: PathBuf,
    pub(crate) rows: u64,
}

impl Source {
    pub(crate) fn new(import: &str, path: PathBuf, rows: u64) -> Self {
        Source { import: import.to_owned(), path, rows }
    }
}

impl Archive {
    /// The files that hold rows of a year, oldest import first.
    pub(crate) fn sources(
        &self,
        survey: &Survey,
        imports: &[ImportRecord],
        year: Option<i32>,
    ) -> Result<Vec<Source>, ArchiveError> {
        let mut sources = Vec::new();
        for record in imports {
            let folder = self.import_folder(&survey.id, &record.id)?;
            let files = record.files.iter().filter(|file| file.year == year);
            sources.extend(files.map(|file| Source::new(&record.id, folder.join(&file.name), file.rows)));
        }
        Ok(sources)
    }
}

/// Calls `each` with the key and position of every row that counts unless a newer one has its key.
/// Returns what became of the rows, by status and by decision.
pub(crate) fn visit(
    source: &Source,
    survey: &Survey,
    rulings: &Rulings,
    watch: &dyn Watch,
    mut each: impl FnMut(KeyHash, u32),
) -> Result<Counts, ArchiveError> {
    let process = vec![Field::new(STATUS, DataType::UInt8, false), Field::new(ROW, DataType::UInt64, false)];
    let ruled = rulings.get(&source.import);
    let schema = schema_with(survey, if ruled.is_some() { process } else { process[..1].to_vec() });
    let mut counts = Counts::default();
    let mut first = 0u64;
    for batch in Rows::open(&source.path, &schema)? {
        go_on(watch)?;
        let batch = batch?;
        let status = batch.column(0).as_primitive::<UInt8Type>();
        let rows: Option<&ArrayRef> = ruled.and_then(|_| batch.column_by_name(ROW));
        let mut keys = Keys::of(&batch, survey, &source.path)?;
        for position in 0..batch.num_rows() {
            let verdict = match (ruled, rows) {
                (Some(ruled), Some(rows)) => {
                    ruled.get(&rows.as_primitive::<UInt64Type>().value(position)).copied()
                }
                _ => None,
            };
            if counts_now(status.value(position), verdict, &mut counts)
                && let Some(key) = keys.hash(position)
            {
                each(key, position_in_file(first + position as u64, source)?);
            }
        }
        first += batch.num_rows() as u64;
    }
    Ok(counts)
}

/// Row groups are addressed with 32 bits; a year of one import never has four billion rows.
fn position_in_file(position: u64, source: &Source) -> Result<u32, ArchiveError> {
    u32::try_from(position).map_err(|_| ArchiveError::Damaged {
        path: source.path.clone(),
        message: "it has more rows than an import may have".into(),
    })
}

fn counts_now(status: u8, verdict: Option<Verdict>, counts: &mut Counts) -> bool {
    counts.received += 1;
    match status {
        0 => counts.accepted += 1,
        1 => counts.warned += 1,
        _ => counts.held += 1,
    }
    match (status == HELD, verdict) {
        (true, Some(Verdict::Confirm)) => {
            counts.confirmed += 1;
            true
        }
        (false, Some(Verdict::Withdraw)) => {
            counts.withdrawn += 1;
            false
        }
        (held, _) => !held,
    }
}

/// The rows of one year that count, file by file.
pub(crate) struct Current {
    /// One bit a row of each source.
    pub(crate) selected: Vec<BooleanBuffer>,
    pub(crate) counts: Counts,
}

/// Finds the newest row of every key. Holds one entry (24 bytes) a key, whatever the number of
/// versions.
pub(crate) fn resolve(
    sources: &[Source],
    survey: &Survey,
    rulings: &Rulings,
    watch: &dyn Watch,
) -> Result<Current, ArchiveError> {
    let largest = sources.iter().map(|source| source.rows).max().unwrap_or_default();
    let mut newest: KeyMap<(u32, u32)> = KeyMap::default();
    newest.reserve(usize::try_from(largest).unwrap_or(0).min(1 << 26));
    let mut counts = Counts::default();
    for (ordinal, source) in sources.iter().enumerate() {
        let mut superseded = 0;
        let mut seen = visit(source, survey, rulings, watch, |key, position| {
            superseded += u64::from(newest.insert(key, (ordinal as u32, position)).is_some());
        })?;
        seen.superseded = superseded;
        counts.add(&seen);
        watch.report("snapshot.keys", ordinal as u64 + 1, sources.len() as u64);
    }
    counts.current = newest.len() as u64;

    let mut selected: Vec<BooleanBufferBuilder> = sources
        .iter()
        .map(|source| {
            let mut bits = BooleanBufferBuilder::new(source.rows as usize);
            bits.append_n(source.rows as usize, false);
            bits
        })
        .collect();
    for (ordinal, position) in newest.into_values() {
        if (position as u64) < sources[ordinal as usize].rows {
            selected[ordinal as usize].set_bit(position as usize, true);
        }
    }
    Ok(Current { selected: selected.iter_mut().map(BooleanBufferBuilder::finish).collect(), counts })
}
