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
    /// Letters of held-back groups, with their reasons.
    pub held: Vec<(char, String)>,
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
    AnalysisView {
        id: about.id.clone(),
        title: speech.say(&about.title).to_owned(),
        note: speech.say(&about.note).to_owned(),
        basis: speech.with(key, &[("n", &count), ("prices", &prices), ("method", &about.method)]),
        definition: speech.say(&about.definition).to_owned(),
        source: about.source.clone(),
        tables: ids.into_iter().map(|id| table(analysis, id, reading, speech)).collect(),
        held: held(analysis, speech),
        notes: notes(analysis, speech),
    }
}

/// What groups say: once where all say the same, with the group's name where not.
fn notes(analysis: &ProtectedAnalysis, speech: Speech) -> Vec<String> {
    let with_figures = shown(analysis).count();
    let all = || analysis.groups().iter().flat_map(ProtectedGroup::notes);
    let mut notes: Vec<String> = Vec::new();
    for group in analysis.groups() {
        for note in group.notes() {
            let said = speech.say(note);
            let by_all = all().filter(|other| *other == note).count() == with_figures;
            let line = if by_all { said.to_owned() } else { format!("{}: {said}", name(group, speech)) };
            if !notes.contains(&line) {
                notes.push(line);
            }
        }
    }
    notes
}

/// The letters of held-back groups with their reasons.
fn held(analysis: &ProtectedAnalysis, speech: Speech) -> Vec<(char, String)> {
    let reason = |group: &ProtectedGroup| match group.shown() {
        Shown::Withheld(reason) => Some((letter(*reason), speech.t(words(*reason)))),
        Shown::Tables(_) | Shown::NoFigure(_) => None,
    };
    let mut found: Vec<(char, String)> = analysis.groups().iter().filter_map(reason).collect();
    found.sort();
    found.dedup();
    found
}

fn name(group: &ProtectedGroup, speech: Speech) -> String {
    group.labels().iter().map(|label| speech.say(label)).collect::<Vec<_>>().join(", ")
}

/// One table of all groups: a group's name in front where there are several. A column that says the same in
/// every row stands above the table instead.
fn table(analysis: &ProtectedAnalysis, id: &str, reading: &Reading, speech: Speech) -> TableView {
    let mut view = TableView::new(speech, format!("{}-{id}", analysis.about().id));
    view.sticky = true;
    let own = |tables: &'_ [FigureTable]| tables.iter().find(|table| table.id == id).cloned();
    let all: Vec<FigureTable> = shown(analysis).filter_map(|(_, tables)| own(tables)).collect();
    let Some(first) = all.first() else { return view };
    let by_row = analysis.about().basis == Basis::Table;
    let rows = || all.iter().flat_map(|table| &table.rows);
    let many = rows().count() > 1;
    let same = |at: usize| {
        let is_word = |row: &Vec<Figure>| matches!(row[at], Figure::Text(_) | Figure::Absent { .. });
        many && rows().all(|row| is_word(row) && row[at] == all[0].rows[0][at])
    };
    let kept: Vec<usize> = (0..first.columns.len()).filter(|at| !same(*at)).collect();
    let said = (0..first.columns.len()).filter(|at| same(*at)).filter_map(|at| match &all[0].rows[0][at] {
        Figure::Text(text) => Some(format!("{} {text}", speech.say(&first.columns[at].label).to_lowercase())),
        _ => None,
    });
    view.note = said.collect::<Vec<_>>().join(", ");
    view.caption = speech.say(&first.title).to_owned();
    view.label = view.caption.clone();
    if !by_row {
        let labels: Vec<&str> = analysis.by().iter().map(|heading| speech.say(&heading.label)).collect();
        view.heads.push(Head::words(labels.join(", ")));
    }
    for at in &kept {
        let label = speech.say(&first.columns[*at].label);
        let numeric = rows().any(|row| matches!(row[*at], Figure::Number(_) | Figure::Count(_)));
        view.heads.push(if numeric { Head::number(label, "") } else { Head::words(label) });
    }
    for group in analysis.groups() {
        let lines = match group.shown() {
            Shown::Tables(tables) => own(tables).map(|table| table.rows).unwrap_or_default(),
            Shown::Withheld(reason) => {
                let cell = Cell::Held(letter(*reason), speech.t(words(*reason)));
                view.rows.push(row(group, speech, vec![cell; kept.len()]));
                continue;
            }
            Shown::NoFigure(_) => {
                view.rows.push(row(group, speech, vec![Cell::Unknown; kept.len()]));
                continue;
            }
        };
        for figures in &lines {
            let mut cells: Vec<Cell> = kept.iter().map(|at| cell(&figures[*at], speech)).collect();
            if !by_row {
                view.rows.push(row(group, speech, cells));
                continue;
            }
            let head = if cells.is_empty() { Cell::Unknown } else { cells.remove(0) };
            let (code, name) = match head {
                Cell::Words(word) => member(analysis, &word, reading, speech),
                Cell::Number(number) => (String::new(), number),
                _ => (String::new(), String::new()),
            };
            view.rows.push(Row { code, name, cells, ..Row::default() });
        }
    }
    view
}

fn row(group: &ProtectedGroup, speech: Speech, cells: Vec<Cell>) -> Row {
    let (code, name) = (group.members().join(" "), name(group, speech));
    let code = if code == name { String::new() } else { code };
    Row { code, name, cells, ..Row::default() }
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
