//! A sheet: the page of a work room. The answer first, then sections of tables, figures, notices and forms.
//!
//! Pages describe what stands on the sheet; how it looks is said once, in `sheet.html`.

use askama::Template;

use super::FigureView;
use crate::layout::{Link, Shell};

/// A page made of sections.
#[derive(Template, Clone, Debug)]
#[template(path = "part/sheet.html")]
pub struct Sheet {
    pub shell: Shell,
    pub form_token: String,
    pub lead: String,
    /// Other pages of the same room.
    pub tabs: Vec<Link>,
    /// The one thing to do next: words, and where.
    pub next: Option<(String, Link)>,
    pub stats: Vec<Stat>,
    pub sections: Vec<Section>,
    /// `ditahan`, `belum ada data` in the reader's language.
    pub held: String,
    pub unknown: String,
}

/// A headline figure.
#[derive(Clone, Debug, Default)]
pub struct Stat {
    /// `is-main`, `is-ok`, `is-warn` or nothing.
    pub class: &'static str,
    pub label: String,
    pub value: String,
    pub note: String,
}

/// One part of the page. Whatever is empty is left out.
#[derive(Clone, Debug, Default)]
pub struct Section {
    pub id: &'static str,
    pub title: String,
    pub hint: String,
    pub figure: Option<FigureView>,
    pub grid: Option<Grid>,
    pub source: String,
    pub notices: Vec<Notice>,
    pub facts: Vec<(String, String)>,
    pub form: Option<Form>,
    pub links: Vec<Link>,
    /// Said where there is nothing: what will be here, and what to do.
    pub empty: String,
}

/// A strip that asks for attention.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// `warn`, `err`, `ok` or nothing.
    pub class: &'static str,
    pub strong: String,
    pub text: String,
    pub link: Option<Link>,
}

/// A table whose cells may lead somewhere.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    pub caption: String,
    pub note: String,
    pub heads: Vec<Column>,
    pub rows: Vec<Line>,
    /// Read one row at a time on a phone; else compared across rows with a fixed first column.
    pub cards: bool,
    pub next: Option<String>,
    pub next_label: String,
}

#[derive(Clone, Debug, Default)]
pub struct Column {
    pub text: String,
    pub unit: String,
    pub numeric: bool,
    /// Left out on a phone.
    pub wide_only: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Line {
    pub name: String,
    /// Small, under the name.
    pub sub: String,
    pub href: Option<String>,
    pub class: &'static str,
    pub cells: Vec<Square>,
}

/// What stands in a cell. The kinds of nothing never swap.
#[derive(Clone, Debug, PartialEq)]
pub enum Square {
    Words(String),
    Number(String),
    /// A number that opens its records.
    Opens(String, String),
    /// Held back, for this reason.
    Held(String),
    Unknown,
    /// True zero: none exists.
    Nobody,
    Picture(String),
    /// Class of the chip and its word.
    Chip(&'static str, String),
    /// Words that lead somewhere: words, address.
    Go(String, String),
}

/// A form that works without scripts.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub action: String,
    /// `post` unless it only asks.
    pub asks: bool,
    pub error: String,
    pub fields: Vec<Field>,
    pub submit: String,
    pub danger: bool,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub kind: Kind,
    pub required: bool,
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Text,
    Long,
    Date,
    /// With the unit at its right.
    Number(String),
    Choice(Vec<(String, String)>),
    Tick,
    Hidden,
}

impl Sheet {
    pub fn new(shell: Shell, form_token: &str, lead: impl Into<String>) -> Self {
        let (held, unknown) = (shell.t("held"), shell.t("unknown"));
        Sheet {
            shell,
            form_token: form_token.to_owned(),
            lead: lead.into(),
            tabs: Vec::new(),
            next: None,
            stats: Vec::new(),
            sections: Vec::new(),
            held,
            unknown,
        }
    }
}

impl Stat {
    pub fn new(class: &'static str, label: String, value: String, note: String) -> Self {
        Stat { class, label, value, note }
    }
}

impl Column {
    pub fn words(text: impl Into<String>) -> Self {
        Column { text: text.into(), ..Column::default() }
    }

    pub fn number(text: impl Into<String>, unit: impl Into<String>) -> Self {
        Column { text: text.into(), unit: unit.into(), numeric: true, wide_only: false }
    }

    /// The column of bars, which has no name.
    pub fn bars() -> Self {
        Column::default()
    }

    pub fn wide_only(mut self) -> Self {
        self.wide_only = true;
        self
    }
}

impl Square {
    /// A number, or no data.
    pub fn known(text: Option<String>) -> Self {
        text.map_or(Square::Unknown, Square::Number)
    }
}

impl Form {
    pub fn post(action: impl Into<String>, submit: impl Into<String>, fields: Vec<Field>) -> Self {
        Form { action: action.into(), submit: submit.into(), fields, ..Form::default() }
    }
}

impl Field {
    pub fn new(name: &str, label: impl Into<String>, kind: Kind) -> Self {
        Field {
            name: name.to_owned(),
            label: label.into(),
            hint: String::new(),
            value: String::new(),
            kind,
            required: true,
        }
    }

    pub fn hidden(name: &str, value: impl Into<String>) -> Self {
        Field { value: value.into(), required: false, ..Field::new(name, "", Kind::Hidden) }
    }

    pub fn with(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }
}
