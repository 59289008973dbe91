//! The analyses of a release: read from its folder, written as CSV. They were judged before they got there.

use disclosure::{ProtectedAnalyses, ProtectedAnalysis, ProtectedGroup, Shown};
use domain::analysis::{Figure, FigureTable};
use domain::language::Language;

use crate::catalogue::Release;
use crate::error::PublicationError;
use crate::format::text::Line;
use crate::words::{self, Words};

/// The file in the folder of a release; absent where its plan orders none.
pub const FILE: &str = "analyses.json";

const WITHHELD: Words = Words { id: "ditahan", en: "held back" };

/// The analyses of a release, none if it has none.
pub fn read(release: &Release) -> Result<ProtectedAnalyses, PublicationError> {
    if release.manifest.files.iter().all(|file| file.name != FILE) {
        return Ok(ProtectedAnalyses::default());
    }
    let path = release.folder.join(FILE);
    let bytes = std::fs::read(&path).map_err(|source| PublicationError::Read { path, source })?;
    let damaged = |message| PublicationError::Damaged { id: release.manifest.id.clone(), message };
    ProtectedAnalyses::from_bytes(&bytes).map_err(damaged)
}

/// One line per figure; held-back groups have one line that says so.
pub fn csv(analyses: &ProtectedAnalyses, language: Language) -> Vec<u8> {
    let origin = if analyses.synthetic() { words::SYNTHETIC } else { words::REAL }.get(language);
    let (mut out, mut written) = (Vec::new(), Line::default());
    let header =
        ["analysis", "method", "group", "n", "table", "row", "column", "value", "text", "status", "data"];
    let mut line = |fields: [&str; 11]| {
        written.clear();
        fields.iter().for_each(|field| written.push(field));
        out.extend_from_slice(written.end());
    };
    line(header);
    for analysis in analyses.analyses() {
        for group in analysis.groups() {
            let (name, n) = (group.members().join("/"), group.n().map(|n| n.to_string()).unwrap_or_default());
            let head = [analysis.about().id.as_str(), analysis.about().method.as_str(), &name, &n];
            let alone = |status: &str, line: &mut dyn FnMut([&str; 11])| {
                let [analysis, method, group, n] = head;
                line([analysis, method, group, n, "", "", "", "", "", status, origin]);
            };
            match group.shown() {
                Shown::Withheld(_) => alone(WITHHELD.get(language), &mut line),
                Shown::NoFigure(reason) => alone(reason.get(language), &mut line),
                Shown::Tables(tables) => {
                    tables.iter().for_each(|table| lines(head, table, language, origin, &mut line))
                }
            }
        }
    }
    out
}

fn lines(
    [analysis, method, group, n]: [&str; 4],
    table: &FigureTable,
    language: Language,
    origin: &str,
    line: &mut dyn FnMut([&str; 11]),
) {
    for (at, row) in table.rows.iter().enumerate() {
        let at = (at + 1).to_string();
        for (heading, figure) in table.columns.iter().zip(row) {
            let (value, text, status) = match figure {
                Figure::Number(value) => (value.to_string(), String::new(), String::new()),
                Figure::Count(count) => (count.to_string(), String::new(), String::new()),
                Figure::Text(text) => (String::new(), text.clone(), String::new()),
                Figure::Absent { absent } => (String::new(), String::new(), absent.get(language).to_owned()),
            };
            line([analysis, method, group, n, &table.id, &at, &heading.id, &value, &text, &status, origin]);
        }
    }
}

/// Groups with figures, in order.
pub fn shown<'a>(
    analysis: &'a ProtectedAnalysis,
) -> impl Iterator<Item = (&'a ProtectedGroup, &'a [FigureTable])> {
    analysis.groups().iter().filter_map(|group| match group.shown() {
        Shown::Tables(tables) => Some((group, tables.as_slice())),
        Shown::Withheld(_) | Shown::NoFigure(_) => None,
    })
}
