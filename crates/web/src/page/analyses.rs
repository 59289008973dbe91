//! The analyses of a release: figures of the bench with what they mean, from whom they are, and what is
//! held back.

use disclosure::{ProtectedAnalyses, ProtectedAnalysis, ProtectedGroup, Shown};
use domain::analysis::{Basis, Figure, FigureTable};
use publication::analyses::shown;

use crate::parts::table::{letter, words};
use crate::parts::{Cell, Head, Row, TableView};
use crate::reading::Reading;
use crate::speech::Speech;

/// One analysis as the page shows it.
pub(super) struct AnalysisView {
    pub id: String,
    pub title: String,
    pub note: String,
    /// n, prices and method in one line.
    pub basis: String,
    pub definition: String,
    pub source: String,
    pub tables: Vec<TableView>,
    pub notes: Vec<String>,
}

/// Every analysis of a release.
pub(super) fn views(analyses: &ProtectedAnalyses, reading: &Reading, speech: Speech) -> Vec<AnalysisView> {
    analyses.analyses().iter().map(|analysis| view(analysis, reading, speech)).collect()
}

fn view(analysis: &ProtectedAnalysis, reading: &Reading, speech: Speech) -> AnalysisView {
    let about = analysis.about();
    let n: u64 = analysis.groups().iter().filter_map(ProtectedGroup::n).sum();
    let key = match about.basis {
        Basis::Rows => "analysis-basis-rows",
        Basis::Table => "analysis-basis-table",
    };
    let (count, prices) = (speech.integer(n), speech.say(&about.prices).to_owned());
    let mut ids: Vec<&str> = Vec::new();
    for table in shown(analysis).flat_map(|(_, tables)| tables) {
        if !ids.contains(&table.id.as_str()) {
            ids.push(&table.id);
        }
    }
    let mut notes: Vec<String> = Vec::new();
    for group in analysis.groups() {
        for note in group.notes() {
            let note = speech.say(note);
            let name = name(group, speech);
            notes.push(if name.is_empty() { note.to_owned() } else { format!("{name}: {note}") });
        }
    }
    AnalysisView {
        id: about.id.clone(),
        title: speech.say(&about.title).to_owned(),
        note: speech.say(&about.note).to_owned(),
        basis: speech.with(key, &[("n", &count), ("prices", &prices), ("method", &about.method)]),
        definition: speech.say(&about.definition).to_owned(),
        source: about.source.clone(),
        tables: ids.into_iter().map(|id| table(analysis, id, reading, speech)).collect(),
        notes,
    }
}

fn name(group: &ProtectedGroup, speech: Speech) -> String {
    group.labels().iter().map(|label| speech.say(label)).collect::<Vec<_>>().join(", ")
}

/// One table of all groups: a group's name in front where there are several.
fn table(analysis: &ProtectedAnalysis, id: &str, reading: &Reading, speech: Speech) -> TableView {
    let mut view = TableView::new(speech, format!("{}-{id}", analysis.about().id));
    view.sticky = true;
    let first = shown(analysis).find_map(|(_, tables)| tables.iter().find(|table| table.id == id));
    let Some(first) = first else { return view };
    view.caption = speech.say(&first.title).to_owned();
    view.label = view.caption.clone();
    let by_row = analysis.about().basis == Basis::Table;
    let is_number = |at: usize| {
        let tables = shown(analysis).flat_map(|(_, tables)| tables).filter(|table| table.id == id);
        tables
            .flat_map(|table| &table.rows)
            .any(|row| matches!(row[at], Figure::Number(_) | Figure::Count(_)))
    };
    if !by_row {
        let labels: Vec<&str> = analysis.by().iter().map(|heading| speech.say(&heading.label)).collect();
        view.heads.push(Head::words(labels.join(", ")));
    }
    for (at, heading) in first.columns.iter().enumerate() {
        let label = speech.say(&heading.label);
        view.heads.push(if is_number(at) { Head::number(label, "") } else { Head::words(label) });
    }
    for group in analysis.groups() {
        let tables = match group.shown() {
            Shown::Tables(tables) => tables,
            Shown::Withheld(reason) => {
                let cell = Cell::Held(letter(*reason), speech.t(words(*reason)));
                view.rows.push(row(group, speech, vec![cell; first.columns.len()]));
                continue;
            }
            Shown::NoFigure(_) => {
                view.rows.push(row(group, speech, vec![Cell::Unknown; first.columns.len()]));
                continue;
            }
        };
        for cells in tables.iter().filter(|table: &&FigureTable| table.id == id).flat_map(|table| &table.rows)
        {
            let mut shown: Vec<Cell> = cells.iter().map(|figure| cell(figure, speech)).collect();
            if !by_row {
                view.rows.push(row(group, speech, shown));
                continue;
            }
            let (code, name) = match &cells[0] {
                Figure::Text(code) => member(analysis, code, reading, speech),
                _ => (String::new(), String::new()),
            };
            shown.remove(0);
            view.rows.push(Row { code, name, cells: shown, ..Row::default() });
        }
    }
    view
}

fn row(group: &ProtectedGroup, speech: Speech, cells: Vec<Cell>) -> Row {
    Row { code: group.members().join(" "), name: name(group, speech), cells, ..Row::default() }
}

/// Code and name of a member of one of the dimensions that the analysis reads; else the word itself.
fn member(analysis: &ProtectedAnalysis, code: &str, reading: &Reading, speech: Speech) -> (String, String) {
    let dimensions = reading.dimensions().iter();
    let own = dimensions.filter(|dimension| analysis.by().iter().any(|heading| heading.id == dimension.id));
    let found = own.flat_map(|dimension| &dimension.members).find(|member| member.code == code);
    match found {
        Some(member) => (code.to_owned(), speech.say(&member.label).to_owned()),
        None => (String::new(), code.to_owned()),
    }
}

fn cell(figure: &Figure, speech: Speech) -> Cell {
    match figure {
        Figure::Count(count) => Cell::Number(speech.integer(*count)),
        Figure::Number(value) => {
            let decimals = match value.abs() {
                size if size >= 1000.0 => 0,
                size if size >= 10.0 => 2,
                _ => 4,
            };
            Cell::Number(speech.number(*value, decimals))
        }
        Figure::Text(text) => Cell::Words(text.clone()),
        Figure::Absent { absent } => Cell::Words(speech.say(absent).to_owned()),
    }
}
