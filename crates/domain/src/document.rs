//! Documents: what somebody takes along on paper, as finished words and figures.
//!
//! Whoever asks for a document fills in these types, in the reader's language and with the reader's
//! permission; a [`Printer`] sets them as they are and works out nothing.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::language::Language;

mod letters;
mod record;
mod wall;

pub use letters::{
    Amount, CommitmentLetter, CourseCertificate, CourseCertificates, FeeQuote, Invitation, Invitations,
    Receipt, TrainerCertificate,
};
pub use record::{
    CasePair, CaseStory, Comment, IndicatorLine, ModuleReport, PracticeLine, ProjectLine, VisitLine,
};
pub use wall::{BoardLine, FiveSScore, FiveSSheet, ImprovementBoard};

/// Something to print.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    pub masthead: Masthead,
    pub body: Body,
    /// Cleaned photos by the name under which the body shows them.
    #[serde(skip)]
    pub pictures: BTreeMap<String, Vec<u8>>,
}

/// What stands at the head and foot of every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Masthead {
    pub language: Language,
    pub title: String,
    /// Who issues it.
    pub organisation: String,
    pub programme: String,
    /// The day of printing, in words.
    pub printed: String,
    /// Where the same can be read, or checked, on the web.
    pub address: String,
    /// By which definitions its figures were taken; empty where there are none.
    pub definition: String,
    /// Made up for a demonstration: says so on every page.
    pub synthetic: bool,
}

/// A name and what is known under it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

impl Fact {
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Fact { label: label.into(), value: value.into() }
    }
}

/// A photo by its name among the pictures, and what it shows for those who cannot see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Picture {
    pub file: String,
    pub words: String,
}

/// Which document it is, and what stands in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Body {
    ModuleReport(ModuleReport),
    CommitmentLetter(CommitmentLetter),
    Invitations(Invitations),
    CourseCertificates(CourseCertificates),
    TrainerCertificate(TrainerCertificate),
    FeeQuote(FeeQuote),
    Receipt(Receipt),
    ImprovementBoard(ImprovementBoard),
    FiveSSheet(FiveSSheet),
    CaseStory(CaseStory),
}

impl Body {
    /// As templates and file names call it.
    pub fn code(&self) -> &'static str {
        match self {
            Body::ModuleReport(_) => "module-report",
            Body::CommitmentLetter(_) => "commitment-letter",
            Body::Invitations(_) => "invitation",
            Body::CourseCertificates(_) => "course-certificate",
            Body::TrainerCertificate(_) => "trainer-certificate",
            Body::FeeQuote(_) => "fee-quote",
            Body::Receipt(_) => "receipt",
            Body::ImprovementBoard(_) => "improvement-board",
            Body::FiveSSheet(_) => "five-s-sheet",
            Body::CaseStory(_) => "case-study",
        }
    }
}

/// A document could not be set. Our mistake or a spoiled photo, never the reader's: for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the document could not be printed: {reason}")]
pub struct NotPrinted {
    pub reason: String,
}

/// Whoever can set a document. The same document on the same day gives the same bytes.
pub trait Printer: Send + Sync {
    /// The bytes of a PDF, dated `on`.
    ///
    /// # Errors
    ///
    /// [`NotPrinted`] with the reason for the log.
    fn print(&self, document: &Document, on: Date) -> Result<Vec<u8>, NotPrinted>;
}
