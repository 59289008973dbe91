//! Which column of a file is which variable of the survey.
//!
//! Headers are compared without case, spaces and punctuation: first with the mapping the person
//! gave, then with the variables' names, their labels in both languages, and their other
//! headings. Nothing is mapped by likeness: a near miss is only suggested.

use std::collections::BTreeMap;

use domain::survey::{Survey, Variable};
use serde::Deserialize;

use crate::error::IntakeError;
use crate::number::Decimals;
use crate::summary::Matched;

/// What the person says about the columns of a file: `--mapping MAP.toml`.
///
/// ```toml
/// [file]
/// sheet = "Data"
/// [columns]
/// turnover = "Omzet 2024"
/// region = { column = "Kab/Kota", system = "kemendagri" }
/// output = { column = "Output (Rp)", decimals = "comma", factor = 0.001 }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    pub file: FileMapping,
    pub columns: BTreeMap<String, ColumnMapping>,
}

/// What the person says about the file as a whole.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileMapping {
    pub sheet: Option<String>,
    pub delimiter: Option<char>,
    /// A label of the WHATWG Encoding Standard, such as `windows-1252`.
    pub encoding: Option<String>,
    pub header_row: Option<u64>,
}

/// What the person says about one variable.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum ColumnMapping {
    Header(String),
    Detailed(DetailedMapping),
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetailedMapping {
    /// Absent: the column is recognised as usual, and only the rest of this is said about it.
    pub column: Option<String>,
    /// `comma` or `point`.
    pub decimals: Option<Decimal>,
    /// Values are multiplied by this: 0.001 turns rupiah into thousands.
    pub factor: Option<f64>,
    /// The other system in which the codes are written, such as `kemendagri`.
    pub system: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decimal {
    Point,
    Comma,
}

impl Mapping {
    /// Reads a mapping file and makes sure that it speaks about this survey.
    pub fn parse(text: &str, survey: &Survey) -> Result<Self, IntakeError> {
        let mapping: Mapping = toml::from_str(text)
            .map_err(|error| IntakeError::Mapping { message: domain::syntax::fault(&error, text) })?;
        for name in mapping.columns.keys() {
            if survey.variable(name).is_none() {
                return Err(IntakeError::UnknownVariable {
                    survey: survey.id.clone(),
                    variable: name.clone(),
                });
            }
        }
        Ok(mapping)
    }

    pub(crate) fn header(&self, variable: &str) -> Option<&str> {
        match self.columns.get(variable)? {
            ColumnMapping::Header(header) => Some(header),
            ColumnMapping::Detailed(detailed) => detailed.column.as_deref(),
        }
    }

    pub(crate) fn detailed(&self, variable: &str) -> Option<&DetailedMapping> {
        match self.columns.get(variable)? {
            ColumnMapping::Header(_) => None,
            ColumnMapping::Detailed(detailed) => Some(detailed),
        }
    }

    pub(crate) fn decimals(&self, variable: &str) -> Option<Decimals> {
        self.detailed(variable)?.decimals.map(|decimal| match decimal {
            Decimal::Point => Decimals::Point,
            Decimal::Comma => Decimals::Comma,
        })
    }
}

/// A header without case, spaces and punctuation.
pub(crate) fn plain(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The headers of one table, matched with the survey.
#[derive(Clone, Debug, Default)]
pub(crate) struct Match {
    /// By variable of the survey: the column of the file.
    pub(crate) columns: Vec<Option<(usize, Matched)>>,
    /// Columns whose header fits a variable that has a better column: (column, variable).
    pub(crate) rivals: Vec<(usize, usize)>,
    /// Two columns with one header: (first, second).
    pub(crate) duplicates: Vec<(usize, usize)>,
}

impl Match {
    /// How many variables are found: the more, the likelier that these are the headers.
    pub(crate) fn found(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    pub(crate) fn variable_of(&self, column: usize) -> Option<usize> {
        self.columns.iter().position(|found| found.is_some_and(|(found, _)| found == column))
    }
}

/// Matches headers with variables. `also` are other ways to read a column's header, used where a
/// heading stretches over several columns and a second row tells them apart.
pub(crate) fn match_headers(
    headers: &[String],
    also: &[Vec<String>],
    survey: &Survey,
    mapping: &Mapping,
) -> Match {
    let ways: Vec<Vec<String>> = (0..headers.len())
        .map(|column| {
            std::iter::once(&headers[column])
                .chain(also.get(column).into_iter().flatten())
                .map(|header| plain(header))
                .filter(|header| !header.is_empty())
                .collect()
        })
        .collect();
    let mut found = Match { columns: vec![None; survey.variables.len()], ..Match::default() };
    let mut taken = vec![false; headers.len()];
    for how in [Matched::Mapping, Matched::Name, Matched::Label, Matched::Alias] {
        for (position, variable) in survey.variables.iter().enumerate() {
            for wanted in spellings(variable, mapping, how) {
                for column in 0..ways.len() {
                    if taken[column] || !ways[column].contains(&wanted) {
                        continue;
                    }
                    match found.columns[position] {
                        None => {
                            found.columns[position] = Some((column, how));
                            taken[column] = true;
                        }
                        Some((first, _)) if ways[first].first() == ways[column].first() => {}
                        Some(_) if mapping.header(&variable.name).is_some() => {}
                        Some(_) => {
                            found.rivals.push((column, position));
                            taken[column] = true;
                        }
                    }
                }
            }
        }
    }
    for second in 0..headers.len() {
        if let Some(first) =
            (0..second).find(|first| !ways[*first].is_empty() && ways[*first] == ways[second])
        {
            found.duplicates.push((first, second));
        }
    }
    found
}

fn spellings(variable: &Variable, mapping: &Mapping, how: Matched) -> Vec<String> {
    match how {
        Matched::Mapping => mapping.header(&variable.name).into_iter().map(plain).collect(),
        Matched::Name => vec![plain(&variable.name)],
        Matched::Label => vec![plain(&variable.label.id), plain(&variable.label.en)],
        Matched::Alias => variable.columns.iter().map(|header| plain(header)).collect(),
    }
}

/// The variable that a header may have meant, among those the file lacks.
pub(crate) fn suggest<'a>(header: &str, survey: &'a Survey, found: &Match) -> Option<&'a Variable> {
    let header = plain(header);
    survey
        .variables
        .iter()
        .enumerate()
        .filter(|(position, _)| found.columns[*position].is_none())
        .filter_map(|(_, variable)| Some((likeness(&header, variable)?, variable)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, variable)| variable)
}

/// The header of the file that is nearest to a variable it lacks.
pub(crate) fn nearest_header<'a>(
    variable: &Variable,
    headers: &'a [String],
    found: &Match,
) -> Option<&'a String> {
    headers
        .iter()
        .enumerate()
        .filter(|(column, _)| found.variable_of(*column).is_none())
        .filter_map(|(_, header)| Some((likeness(&plain(header), variable)?, header)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, header)| header)
}

/// How many letters apart a header is from the nearest spelling of a variable; `None` if that is
/// too far to be a slip.
fn likeness(header: &str, variable: &Variable) -> Option<usize> {
    let none = Mapping::default();
    [Matched::Name, Matched::Label, Matched::Alias]
        .into_iter()
        .flat_map(|how| spellings(variable, &none, how))
        .filter_map(|wanted| {
            let longest = wanted.chars().count().max(header.chars().count());
            let distance = letters_apart(header, &wanted);
            let contained = header.len() >= 4 && (wanted.contains(header) || header.contains(&wanted));
            (distance * 5 <= longest * 2 || contained).then_some(distance)
        })
        .min()
}

/// Levenshtein's distance. Headers are short, and long ones are cut.
fn letters_apart(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
