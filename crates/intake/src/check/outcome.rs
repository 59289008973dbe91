//! The staging folder: written aside, put in place at the end, the summary last of all.

use std::fs::{self, File};
use std::io::{Read as _, Write};
use std::path::PathBuf;

use domain::finding::Severity;
use domain::progress::Watch;

use super::{FINDINGS_FILE, ROWS_FILE, Read, SUMMARY_FILE, Task, refuses, shared_name};
use crate::code::CodeBook;
use crate::columns::writer;
use crate::error::IntakeError;
use crate::findings::{Findings, Place, Spool, join};
use crate::header::{Header, Note};
use crate::source::{Opened, Stop};
use crate::summary::{Counts, Summary, Tally};
use crate::whole_file::{Comparisons, Rewrite, rewrite};
use crate::wording::Wording;

/// The folder in which unfinished work lies. Whoever finds one may delete it.
const WORKING: &str = ".checking";

pub(super) struct Outcome<'a> {
    task: &'a Task<'a>,
    pub(super) folder: PathBuf,
    pub(super) bytes: u64,
}

impl<'a> Outcome<'a> {
    /// Clears the place: what an earlier or a killed check has left must not be taken for ours.
    pub(super) fn begin(task: &'a Task<'a>) -> Result<Self, IntakeError> {
        let folder = task.staging.join(WORKING);
        fs::create_dir_all(task.staging).map_err(IntakeError::writing(task.staging))?;
        for name in [SUMMARY_FILE, FINDINGS_FILE, ROWS_FILE] {
            let path = task.staging.join(name);
            if path.exists() {
                fs::remove_file(&path).map_err(IntakeError::writing(&path))?;
            }
        }
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(IntakeError::writing(&folder))?;
        }
        fs::create_dir(&folder).map_err(IntakeError::writing(&folder))?;
        let bytes = fs::metadata(task.source).map_err(IntakeError::reading(task.source))?.len();
        Ok(Outcome { task, folder, bytes })
    }

    /// Leaves nothing behind. If that fails, a folder remains that everybody ignores.
    pub(super) fn end(&self) {
        let _ = fs::remove_dir_all(&self.folder);
    }

    pub(super) fn working(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A summary that knows the file but nothing of what is in it.
    pub(super) fn start_summary(&self, watch: &dyn Watch) -> Result<Summary, IntakeError> {
        let task = self.task;
        Ok(Summary {
            survey: task.survey.id.clone(),
            file: task.file_name.to_owned(),
            bytes: self.bytes,
            blake3: self.checksum(watch)?,
            format: "unknown".into(),
            encoding: None,
            delimiter: None,
            sheet: None,
            synthetic: task.survey.synthetic,
            readable: false,
            header_row: 0,
            rows: Counts::default(),
            years: Default::default(),
            findings: 0,
            causes: Vec::new(),
            columns: Vec::new(),
            unmapped: Vec::new(),
            absent: Vec::new(),
            rules: task.survey.rules.len() as u64,
            classifications: Vec::new(),
        })
    }

    fn checksum(&self, watch: &dyn Watch) -> Result<String, IntakeError> {
        let path = self.task.source;
        let mut file = File::open(path).map_err(IntakeError::reading(path))?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            let count = file.read(&mut buffer).map_err(IntakeError::reading(path))?;
            if count == 0 {
                return Ok(hasher.finalize().to_hex().to_string());
            }
            hasher.update(&buffer[..count]);
            if watch.cancelled() {
                return Err(IntakeError::Cancelled);
            }
        }
    }

    /// Says what was made of the columns.
    pub(super) fn describe(
        &self,
        summary: &mut Summary,
        header: &Header,
        opened: &Opened,
        books: &[Option<CodeBook>],
    ) {
        let survey = self.task.survey;
        summary.sheet = header.layout.sheet.clone();
        summary.delimiter = opened.tables[header.layout.table].delimiter.map(char::from);
        summary.header_row = header.layout.header_row;
        summary.columns = header.columns(survey, &vec![Default::default(); survey.variables.len()]);
        summary.unmapped = header.unmapped(survey);
        summary.absent = (0..survey.variables.len())
            .filter(|variable| header.source_of(*variable).is_none())
            .map(|variable| survey.variables[variable].name.clone())
            .collect();
        summary.classifications = books.iter().flatten().map(|book| book.classification.id.clone()).collect();
        summary.classifications.dedup();
    }

    /// The file is refused, unless the work itself has failed.
    pub(super) fn refuse(&self, summary: Summary, stop: Stop) -> Result<Summary, IntakeError> {
        match stop {
            Stop::Failed(error) => Err(error),
            Stop::Refused(refusal) => {
                self.refuse_with(summary, vec![Note::new(refusal.rule, "", refusal.words)])
            }
        }
    }

    pub(super) fn refuse_with(&self, mut summary: Summary, notes: Vec<Note>) -> Result<Summary, IntakeError> {
        let rows = self.working(ROWS_FILE);
        writer(&rows, self.task.survey)?.0.close()?;
        let mut tally = Tally::default();
        let spool = self.tell(&notes, &mut tally)?;
        join(vec![spool], &self.working(FINDINGS_FILE))?;
        summary.readable = false;
        self.publish(summary, tally)
    }

    /// Compares rows, writes what came of it, and puts everything in place.
    pub(super) fn finish(
        &self,
        mut summary: Summary,
        notes: Vec<Note>,
        read: Read,
        books: &[Option<CodeBook>],
        comparisons: &Comparisons,
        watch: &dyn Watch,
    ) -> Result<Summary, IntakeError> {
        let survey = self.task.survey;
        let pass = read.pass;
        let mut tally = pass.tally;
        let by_year = survey.key.contains(&survey.year);
        let flags = comparisons.compare(pass.partitions, by_year, &self.folder, watch)?.finish()?;
        let mut compared = Spool::create(self.working("findings-compared"))?;
        let with = Rewrite {
            survey,
            header: &read.header,
            books,
            comparisons,
            medians: pass.ratios.medians(),
            file: &shared_name(self.task),
            watch,
        };
        rewrite(&with, &pass.staged, &self.working(ROWS_FILE), flags, &mut compared, &mut tally)?;
        let about_file = self.tell(&notes, &mut tally)?;
        join(vec![about_file, pass.findings, compared], &self.working(FINDINGS_FILE))?;
        summary.readable = true;
        self.publish(summary, tally)
    }

    /// Findings about the file as a whole.
    fn tell(&self, notes: &[Note], tally: &mut Tally) -> Result<Spool, IntakeError> {
        let mut findings = Findings::new(&shared_name(self.task));
        for note in notes {
            let wording = Wording::of(note.rule);
            let severity = match refuses(note) {
                true => Severity::Refused,
                false => note.severity.unwrap_or(wording.severity),
            };
            let place = Place { row: 0, order: 0, column: &note.column, value: &note.value, unit: "" };
            findings.add_builtin(wording, severity, &place, &note.words);
        }
        let mut spool = Spool::create(self.working("findings-file"))?;
        spool.add(findings.in_order())?;
        tally.findings += findings.count();
        tally.add_causes(findings.causes());
        Ok(spool)
    }

    /// Moves the files to their places; the summary vouches for the others and comes last.
    fn publish(&self, mut summary: Summary, mut tally: Tally) -> Result<Summary, IntakeError> {
        summary.rows = tally.rows;
        summary.findings = tally.findings;
        summary.causes = tally.causes();
        summary.years = tally.years;
        let text =
            serde_json::to_vec_pretty(&summary).map_err(|error| IntakeError::Internal(error.to_string()))?;
        let path = self.working(SUMMARY_FILE);
        let mut file = File::create(&path).map_err(IntakeError::writing(&path))?;
        file.write_all(&text).map_err(IntakeError::writing(&path))?;
        for name in [ROWS_FILE, FINDINGS_FILE, SUMMARY_FILE] {
            let (from, to) = (self.working(name), self.task.staging.join(name));
            // On disk before it counts: a power cut must not leave a summary of files that are not.
            File::open(&from).and_then(|file| file.sync_all()).map_err(IntakeError::writing(&from))?;
            fs::rename(&from, &to).map_err(IntakeError::writing(&to))?;
        }
        Ok(summary)
    }
}
