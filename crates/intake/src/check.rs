//! The whole road of one file: open, find the header, read, compare, write.

mod outcome;
mod pass;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use domain::classification::Classification;
use domain::finding::Severity;
use domain::progress::Watch;
use domain::survey::{Survey, VariableType};

use crate::code::CodeBook;
use crate::convert::{Assumed, Frame, Shown};
use crate::error::IntakeError;
use crate::header::{Header, Note, choose};
use crate::mapping::Mapping;
use crate::number::Decimals;
use crate::previous::PreviousValues;
use crate::source::{Format, Opened, Refusal, Stop, open, unreadable};
use crate::summary::Summary;
use crate::whole_file::Comparisons;
use crate::wording::Value;

use outcome::Outcome;
use pass::{Pass, explore};

/// Rows that are not refused.
pub const ROWS_FILE: &str = "rows.parquet";
/// Everything that is wrong or doubtful.
pub const FINDINGS_FILE: &str = "findings.csv";
/// The counts; written last, so that it vouches for the other two.
pub const SUMMARY_FILE: &str = "summary.json";

/// What is to be checked, against what, and where the outcome goes.
pub struct Task<'a> {
    pub source: &'a Path,
    /// The file as the person named it.
    pub file_name: &'a str,
    pub survey: &'a Survey,
    /// All that are loaded: codes of other editions are recognised by name.
    pub classifications: &'a [&'a Classification],
    pub mapping: &'a Mapping,
    /// What is known about earlier years; `&()` if nothing is.
    pub previous: &'a dyn PreviousValues,
    /// The year of the upload: fills a year column the file lacks; other years are held.
    pub period: Option<i32>,
    /// The folder for the outcome. An earlier outcome in it is replaced.
    pub staging: &'a Path,
    /// How many blocks are converted side by side.
    pub threads: usize,
}

/// Checks a file. A bad file is no error: its summary says `readable: false`, and the findings
/// of row 0 say why.
pub fn check(task: &Task, watch: &dyn Watch) -> Result<Summary, IntakeError> {
    let outcome = Outcome::begin(task)?;
    let summary = run(task, &outcome, watch);
    outcome.end();
    summary
}

fn run(task: &Task, outcome: &Outcome, watch: &dyn Watch) -> Result<Summary, IntakeError> {
    let mut summary = outcome.start_summary(watch)?;
    let opened = match guarded(|| open(task.source, task.mapping)) {
        Ok(opened) => opened,
        Err(stop) => return outcome.refuse(summary, stop),
    };
    summary.format = opened.format.word().to_owned();
    summary.encoding = opened.encoding.map(|encoding| encoding.name().to_owned());
    let header = match choose(&opened, task.survey, task.mapping) {
        Ok(header) => header,
        Err(refusal) => return outcome.refuse(summary, Stop::Refused(refusal)),
    };
    let books = books(task)?;
    let year_given = |variable: usize| {
        task.period.is_some() && task.survey.variables[variable].name == task.survey.year
            || is_fillable(task.survey, variable)
    };
    let mut notes = header.notes(&opened, task.survey, &year_given);
    outcome.describe(&mut summary, &header, &opened, &books);
    if notes
        .iter()
        .any(|note| note.severity.unwrap_or(Severity::Refused) == Severity::Refused && refuses(note))
    {
        return outcome.refuse_with(summary, notes);
    }
    let comparisons = Comparisons::new(task.survey, &books);
    let read = match read(task, outcome, &opened, header, &books, &comparisons, watch) {
        Ok(read) => read,
        Err(stop) => return outcome.refuse(summary, stop),
    };
    summary.columns = read.header.columns(task.survey, &read.assumed.decimals);
    summary.encoding = read.header.layout.encoding.map(|encoding| encoding.name().to_owned());
    if read.pass.received() == 0 {
        let words = vec![("header_row", Value::Count(read.header.layout.header_row))];
        return outcome.refuse(summary, Stop::Refused(Refusal { rule: "no-rows", words }));
    }
    notes.extend(read.notes(task.survey, &books));
    outcome.finish(summary, notes, read, &books, &comparisons, watch)
}

fn refuses(note: &Note) -> bool {
    note.severity.unwrap_or(crate::wording::Wording::of(note.rule).severity) == Severity::Refused
}

fn is_fillable(survey: &Survey, variable: usize) -> bool {
    let variable = &survey.variables[variable];
    let number = matches!(variable.variable_type, VariableType::Number | VariableType::Integer);
    number && (variable.default.is_some() || variable.derive.is_some())
}

fn books<'a>(task: &Task<'a>) -> Result<Vec<Option<CodeBook<'a>>>, IntakeError> {
    let book = |variable: &domain::survey::Variable| {
        if variable.variable_type != VariableType::Code {
            return Ok(None);
        }
        let system = task.mapping.detailed(&variable.name).and_then(|detailed| detailed.system.as_deref());
        CodeBook::new(variable, task.survey, task.classifications, system).map(Some)
    };
    task.survey.variables.iter().map(book).collect()
}

/// A file that was read, under what it was taken for in the end.
struct Read {
    header: Header,
    assumed: Assumed,
    pass: Pass,
}

/// Reads the file. What numbers, codes and letters mean is assumed from the first block; if the
/// rest of the file shows otherwise, everything is read once more under what it has shown.
fn read(
    task: &Task,
    outcome: &Outcome,
    opened: &Opened,
    mut header: Header,
    books: &[Option<CodeBook>],
    comparisons: &Comparisons,
    watch: &dyn Watch,
) -> Result<Read, Stop> {
    let variables = task.survey.variables.len();
    let mut assumed = Assumed {
        decimals: vec![Decimals::Unseen; variables],
        system: vec![None; variables],
        western: false,
    };
    let shown = explore(task, opened, &frame(task, &header, books, &assumed))?;
    assumed = conclude(&shown, &assumed, opened, books);
    loop {
        if assumed.western {
            header.layout.encoding = Some(encoding_rs::WINDOWS_1252);
        }
        let frame = frame(task, &header, books, &assumed);
        let pass = Pass::run(task, outcome, opened, &frame, comparisons, watch)?;
        let concluded = conclude(&pass.shown, &assumed, opened, books);
        // Under other assumptions the same rows show the same, so this ends after one more pass;
        // only another encoding may show more.
        if concluded == assumed {
            return Ok(Read { assumed, header: header.clone(), pass });
        }
        assumed = concluded;
    }
}

fn frame<'a>(
    task: &Task<'a>,
    header: &'a Header,
    books: &'a [Option<CodeBook<'a>>],
    assumed: &'a Assumed,
) -> Frame<'a> {
    let survey = task.survey;
    Frame {
        survey,
        mapping: task.mapping,
        header,
        books,
        assumed,
        period: task.period,
        year: survey.position(&survey.year).unwrap_or(0),
        unit: survey.unit_key().filter_map(|name| survey.position(name)).collect(),
        fillable: (0..survey.variables.len())
            .filter(|variable| is_fillable(survey, *variable))
            .take(64)
            .collect(),
    }
}

/// What the rows show the file to be.
fn conclude(shown: &Shown, before: &Assumed, opened: &Opened, books: &[Option<CodeBook>]) -> Assumed {
    let system = |variable: usize| {
        let evidence = &shown.codes[variable];
        let systems = books[variable].as_ref().map_or(0, |book| book.systems.len());
        (0..systems).find(|system| {
            let of = |counts: &Vec<u64>| counts.get(*system).copied().unwrap_or(0);
            of(&evidence.only_other) > of(&evidence.only_own)
        })
    };
    let unsure = opened.format == Format::Csv && !opened.marked;
    Assumed {
        decimals: shown.numbers.iter().map(crate::number::Evidence::decide).collect(),
        system: (0..books.len()).map(system).collect(),
        western: before.western || unsure && shown.damaged > 0 && !shown.beyond_ascii,
    }
}

impl Read {
    /// What the rows have shown about the file as a whole.
    fn notes(&self, survey: &Survey, books: &[Option<CodeBook>]) -> Vec<Note> {
        let mut notes = Vec::new();
        if let Some(encoding) = self.header.layout.encoding
            && encoding != encoding_rs::UTF_8
        {
            notes.push(Note::new("encoding", "", vec![("encoding", encoding.name().into())]));
        }
        for (position, variable) in survey.variables.iter().enumerate() {
            let Some((_, column)) = self.header.source_of(position) else { continue };
            let evidence = &self.pass.shown.numbers[position];
            let counts =
                [("points", evidence.points), ("commas", evidence.commas), ("ambiguous", evidence.ambiguous)];
            let mut words: Vec<_> = counts.map(|(name, count)| (name, Value::Count(count))).into();
            if evidence.points > 0 && evidence.commas > 0 {
                notes.push(Note::new("mixed-decimals", column, words));
            } else if let Some(value) = &self.pass.shown.ambiguous[position]
                && evidence.decide() == Decimals::Unseen
            {
                words.push(("value", Value::Text(value.chars().take(40).collect())));
                notes.push(Note::new("undecided-decimals", column, words));
            }
            if let Some(book) = &books[position] {
                notes.extend(self.code_notes(position, column, book));
            }
            let _ = variable;
        }
        notes
    }

    fn code_notes(&self, variable: usize, column: &str, book: &CodeBook) -> Vec<Note> {
        let evidence = &self.pass.shown.codes[variable];
        let mut notes = Vec::new();
        for (index, system) in book.systems.iter().enumerate() {
            let of = |counts: &Vec<u64>| counts.get(index).copied().unwrap_or(0);
            if of(&evidence.only_other) > 0 {
                notes.push(Note::new(
                    "kemendagri-suspected",
                    column,
                    vec![
                        ("count", Value::Count(of(&evidence.only_other))),
                        ("own", Value::Count(of(&evidence.only_own))),
                        ("system", system.name.into()),
                    ],
                ));
            }
        }
        for (index, count) in evidence.editions.iter().enumerate().filter(|(_, count)| **count > 0) {
            notes.push(Note::new(
                "edition-suspected",
                column,
                vec![
                    ("count", Value::Count(*count)),
                    ("other", (&book.editions[index].title).into()),
                    ("classification", (&book.classification.title).into()),
                ],
            ));
        }
        notes
    }
}

/// Runs a reader of somebody else's format. Hostile bytes may make it panic; then the file is
/// damaged, and the program is not.
fn guarded<T>(work: impl FnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(unreadable("", "the reader gave up on it")))
}

/// The name of the file that findings carry.
fn shared_name(task: &Task) -> Arc<str> {
    Arc::from(task.file_name)
}
