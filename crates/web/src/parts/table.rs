//! A table of the page. The four kinds of nothing look different and never swap.

use askama::Template;
use disclosure::Reason;

use crate::reading::Shown;
use crate::speech::Speech;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A number, written out.
    Number(String),
    /// Held back: letter, reason in words.
    Held(char, String),
    /// True zero.
    Nobody,
    Unknown,
    /// A bar or another small picture, made by `chart`.
    Picture(String),
    Words(String),
}

/// A head cell; `unit` stands small under the name.
#[derive(Clone, Debug, Default)]
pub struct Head {
    pub text: String,
    pub unit: String,
    pub numeric: bool,
    /// Columns it spans (a group) or rows it spans.
    pub columns: usize,
    pub rows: usize,
    /// Words for the eye only: the column of bars has no name.
    pub class: &'static str,
}

impl Head {
    pub fn words(text: impl Into<String>) -> Self {
        Head { text: text.into(), ..Head::default() }
    }

    pub fn number(text: impl Into<String>, unit: impl Into<String>) -> Self {
        Head { text: text.into(), unit: unit.into(), numeric: true, ..Head::default() }
    }

    pub fn bars() -> Self {
        Head { class: "barcell", ..Head::default() }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Row {
    pub name: String,
    pub code: String,
    pub href: Option<String>,
    pub class: &'static str,
    pub cells: Vec<Cell>,
}

/// A table of the page.
#[derive(Template, Clone, Debug, Default)]
#[template(path = "part/table.html")]
pub struct TableView {
    pub id: String,
    pub caption: String,
    pub note: String,
    /// A first head row of groups, if any.
    pub groups: Vec<Head>,
    pub heads: Vec<Head>,
    pub rows: Vec<Row>,
    /// Compared across rows: scrolls sideways on a phone with a fixed first column.
    pub sticky: bool,
    /// `ditahan`, `belum ada data` in the reader's language.
    pub held: String,
    pub unknown: String,
    /// For the scrolling region.
    pub label: String,
}

impl TableView {
    pub fn new(speech: Speech, id: impl Into<String>) -> Self {
        TableView {
            id: id.into(),
            held: speech.t("held"),
            unknown: speech.t("unknown"),
            ..TableView::default()
        }
    }

    /// The kinds of nothing that occur, to be explained under the table.
    pub fn nothings(&self) -> Nothings {
        let cells = || self.rows.iter().flat_map(|row| &row.cells);
        let mut letters: Vec<(char, String)> = cells()
            .filter_map(|cell| match cell {
                Cell::Held(letter, reason) => Some((*letter, reason.clone())),
                _ => None,
            })
            .collect();
        letters.sort();
        letters.dedup();
        Nothings {
            letters,
            nobody: cells().any(|cell| *cell == Cell::Nobody),
            unknown: cells().any(|cell| *cell == Cell::Unknown),
        }
    }
}

/// Which kinds of nothing a table holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nothings {
    pub letters: Vec<(char, String)>,
    pub nobody: bool,
    pub unknown: bool,
}

impl Nothings {
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty() && !self.nobody && !self.unknown
    }

    pub fn any_held(&self) -> bool {
        !self.letters.is_empty()
    }
}

impl Cell {
    /// What is shown of a measure, with its decimals.
    pub fn of(speech: Speech, shown: Shown, decimals: u8) -> Self {
        match shown {
            Shown::Value(value) => Cell::Number(speech.number(value, decimals)),
            Shown::Withheld(reason) => Cell::Held(letter(reason), speech.t(words(reason))),
            Shown::Unknown => Cell::Unknown,
            Shown::Nobody => Cell::Nobody,
        }
    }

    /// A range, or the kind of nothing of its first end.
    pub fn range(speech: Speech, low: Shown, high: Shown, decimals: u8) -> Self {
        match (low, high) {
            (Shown::Value(low), Shown::Value(high)) => Cell::Number(speech.range(low, high, decimals)),
            (Shown::Value(_), nothing) | (nothing, _) => Cell::of(speech, nothing, decimals),
        }
    }

    pub fn optional(text: Option<String>) -> Self {
        text.map_or(Cell::Unknown, Cell::Number)
    }
}

/// The letter by which tables name a reason.
pub fn letter(reason: Reason) -> char {
    match reason {
        Reason::TooFewContributors => 'a',
        Reason::Dominated => 'b',
        Reason::Complementary => 'c',
        Reason::TooFewForQuantile => 'd',
    }
}

/// The key of a reason's words.
pub fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::TooFewContributors => "reason-too-few",
        Reason::Dominated => "reason-dominated",
        Reason::Complementary => "reason-complementary",
        Reason::TooFewForQuantile => "reason-quantile",
    }
}
