//! The catalogue: everything that is content and not code, read once and checked as a whole.
//!
//! Classifications, surveys, plans and deflators refer to each other by id. The catalogue exists
//! only if every reference leads somewhere, so that no other room meets a dangling name. It does
//! not read files: whoever has them hands in paths and texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::classification::Classification;
use crate::deflator::Deflator;
use crate::enterprise::Extract;
use crate::framework::AidActivity;
use crate::language::Text;
use crate::measurement::Measurement;
use crate::organisation::Organisation;
use crate::plan::Plan;
use crate::programme::Programme;
use crate::survey::Survey;

mod check;
#[cfg(test)]
mod tests;

/// All content, valid because it exists. Built by [`Catalogue::parse`].
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    classifications: BTreeMap<String, Classification>,
    deflators: BTreeMap<String, Deflator>,
    surveys: BTreeMap<String, Survey>,
    plans: BTreeMap<String, PlanFile>,
    programmes: BTreeMap<String, Programme>,
    organisations: BTreeMap<String, Organisation>,
    measurements: BTreeMap<String, Measurement>,
    extracts: BTreeMap<String, Extract>,
    /// The texts, by path, for checksums and for releases that quote their plan.
    texts: BTreeMap<String, String>,
    /// Stem of the files of a classification or a deflator, by folder and id.
    stems: BTreeMap<(&'static str, String), String>,
}

/// A plan and its file, word for word.
#[derive(Clone, Debug)]
pub struct PlanFile {
    pub plan: Plan,
    pub text: String,
}

/// One thing that is wrong with the content: in which file, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {}", message.en)]
pub struct ContentError {
    pub path: String,
    pub message: Text,
}

/// Everything that is wrong with the content, so that it can be mended in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueError(pub Vec<ContentError>);

impl fmt::Display for CatalogueError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for CatalogueError {}

impl CatalogueError {
    /// One line a fault, in both languages.
    pub fn text(&self) -> Text {
        let lines: Vec<String> =
            self.0.iter().map(|error| format!("{}: {}", error.path, error.message.id)).collect();
        Text::new(lines.join("\n"), self.to_string())
    }
}

const CLASSIFICATIONS: &str = "classifications";
const DEFLATORS: &str = "deflators";
const SURVEYS: &str = "surveys";
const PLANS: &str = "plans";
const EXTRACTS: &str = "extracts";
const PROGRAMMES: &str = "programmes/";
const AID: &str = "aid.toml";

impl Catalogue {
    /// Reads content from paths such as `classifications/kbli-2020.csv` and their texts. The last
    /// folder of a path says what a file is; files of other folders and kinds are passed over.
    pub fn parse<P: AsRef<str>, T: Into<String>>(
        files: impl IntoIterator<Item = (P, T)>,
    ) -> Result<Self, CatalogueError> {
        let mut catalogue = Catalogue::default();
        for (path, text) in files {
            if let Some(path) = known_path(path.as_ref()) {
                catalogue.texts.insert(path, text.into());
            }
        }
        let mut errors = Vec::new();
        catalogue.read_programmes(&mut errors);
        let flat = |path: &String| !path.starts_with(PROGRAMMES);
        for (path, text) in catalogue.texts.clone().into_iter().filter(|(path, _)| flat(path)) {
            if let Err(error) = catalogue.read(&path, &text) {
                errors.push(error);
            }
        }
        // A file that cannot be read is missing for all that refer to it: mend that first.
        if errors.is_empty() {
            errors = check::references(&catalogue);
        }
        if errors.is_empty() { Ok(catalogue) } else { Err(CatalogueError(errors)) }
    }

    pub fn classification(&self, id: &str) -> Option<&Classification> {
        self.classifications.get(id)
    }

    pub fn classifications(&self) -> impl Iterator<Item = &Classification> {
        self.classifications.values()
    }

    pub fn deflator(&self, id: &str) -> Option<&Deflator> {
        self.deflators.get(id)
    }

    pub fn deflators(&self) -> impl Iterator<Item = &Deflator> {
        self.deflators.values()
    }

    pub fn survey(&self, id: &str) -> Option<&Survey> {
        self.surveys.get(id)
    }

    pub fn surveys(&self) -> impl Iterator<Item = &Survey> {
        self.surveys.values()
    }

    /// A plan by the name of its file: `enterprise` for `plans/enterprise.toml`.
    pub fn plan(&self, name: &str) -> Option<&PlanFile> {
        self.plans.get(name)
    }

    pub fn plans(&self) -> impl Iterator<Item = (&str, &PlanFile)> {
        self.plans.iter().map(|(name, plan)| (name.as_str(), plan))
    }

    pub fn programme(&self, id: &str) -> Option<&Programme> {
        self.programmes.get(id)
    }

    /// The organisations that the programmes name, by id.
    pub fn organisations(&self) -> impl Iterator<Item = &Organisation> {
        self.organisations.values()
    }

    pub fn programmes(&self) -> impl Iterator<Item = &Programme> {
        self.programmes.values()
    }

    /// Files from other systems that the register reads, by id.
    pub fn extract(&self, id: &str) -> Option<&Extract> {
        self.extracts.get(id)
    }

    pub fn extracts(&self) -> impl Iterator<Item = &Extract> {
        self.extracts.values()
    }

    /// What a programme measures itself by.
    pub fn measurement(&self, programme: &str) -> Option<&Measurement> {
        self.measurements.get(programme)
    }

    /// The files of a programme by their paths below its folder: `indicators.toml`.
    pub fn programme_files(&self, id: &str) -> BTreeMap<String, String> {
        let folder = format!("{PROGRAMMES}{id}/");
        let files = self.texts.iter().filter_map(|(path, text)| Some((path.strip_prefix(&folder)?, text)));
        files.map(|(path, text)| (path.to_owned(), text.clone())).collect()
    }

    /// Path and text of the files of a classification, for checksums.
    pub fn classification_files(&self, id: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files_of(CLASSIFICATIONS, id)
    }

    /// Path and text of the files of a deflator, for checksums.
    pub fn deflator_files(&self, id: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files_of(DEFLATORS, id)
    }

    fn files_of(&self, folder: &'static str, id: &str) -> impl Iterator<Item = (&str, &str)> {
        let stem = self.stems.get(&(folder, id.to_owned()));
        ["toml", "csv"].into_iter().filter_map(move |ending| {
            let path = format!("{folder}/{}.{ending}", stem?);
            self.texts.get_key_value(&path).map(|(path, text)| (path.as_str(), text.as_str()))
        })
    }

    fn read_programmes(&mut self, errors: &mut Vec<ContentError>) {
        let ids: BTreeSet<String> = self
            .texts
            .keys()
            .filter_map(|path| Some(path.strip_prefix(PROGRAMMES)?.split_once('/')?.0.to_owned()))
            .collect();
        for id in ids {
            let files = self.programme_files(&id);
            match Measurement::parse(&files) {
                Ok(measurement) => drop(self.measurements.insert(id.clone(), measurement)),
                Err(wrong) => {
                    errors.extend(wrong.into_iter().map(|error| ContentError {
                        path: format!("{PROGRAMMES}{id}/{}", error.path),
                        ..error
                    }))
                }
            }
            let path = format!("{PROGRAMMES}{id}/organisations.toml");
            match self.texts.get(&path).map(|text| Organisation::parse_list(text)).transpose() {
                Ok(list) => {
                    self.organisations.extend(list.into_iter().flatten().map(|each| (each.id.clone(), each)))
                }
                Err(wrong) => errors.push(ContentError { path, message: wrong.text() }),
            }
            if let Some(Err(message)) = files.get(AID).map(|text| AidActivity::parse(text)) {
                errors.push(ContentError { path: format!("{PROGRAMMES}{id}/{AID}"), message });
            }
            match Programme::parse(&id, &files) {
                Ok(programme) => drop(self.programmes.insert(id, programme)),
                Err(findings) => errors.extend(findings.into_iter().map(|finding| ContentError {
                    path: format!("{PROGRAMMES}{id}/{}", finding.file),
                    message: finding.said(files.get(&finding.file).map_or("", String::as_str)),
                })),
            }
        }
    }

    fn read(&mut self, path: &str, text: &str) -> Result<(), ContentError> {
        let wrong = |message: Text| ContentError { path: path.to_owned(), message };
        let (folder, file) = path.split_once('/').unwrap_or_default();
        let (stem, ending) = file.rsplit_once('.').unwrap_or_default();
        let partner = |other: &str| format!("{folder}/{stem}.{other}");
        if ending == "csv" {
            return match self.texts.contains_key(&partner("toml")) {
                true => Ok(()),
                false => {
                    let description = partner("toml");
                    Err(wrong(Text::new(
                        format!("belum ada keterangannya; tulis {description}"),
                        format!("has no description; write {description}"),
                    )))
                }
            };
        }
        let codes = || {
            let table = partner("csv");
            self.texts.get(&table).ok_or_else(|| {
                wrong(Text::new(
                    format!("belum ada tabelnya; tulis {table}"),
                    format!("has no table; write {table}"),
                ))
            })
        };
        match folder {
            CLASSIFICATIONS => {
                let read = Classification::parse(text, codes()?).map_err(|error| wrong(error.text()))?;
                read.size_scheme().map_err(|error| wrong(error.text()))?;
                self.stems.insert((CLASSIFICATIONS, read.id.clone()), stem.to_owned());
                add(&mut self.classifications, read.id.clone(), read).map_err(wrong)
            }
            DEFLATORS => {
                let read = Deflator::parse(text, codes()?).map_err(|error| wrong(error.text()))?;
                self.stems.insert((DEFLATORS, read.id.clone()), stem.to_owned());
                add(&mut self.deflators, read.id.clone(), read).map_err(wrong)
            }
            SURVEYS => {
                let read = Survey::parse(text).map_err(|error| wrong(error.text()))?;
                if read.id != stem {
                    let id = &read.id;
                    return Err(wrong(Text::new(
                        format!("survei ini bernama `{id}`; namai berkasnya {id}.toml"),
                        format!("the survey is called `{id}`; name the file {id}.toml"),
                    )));
                }
                add(&mut self.surveys, read.id.clone(), read).map_err(wrong)
            }
            EXTRACTS => {
                let read = Extract::parse(text).map_err(|error| wrong(error.0))?;
                add(&mut self.extracts, read.id.clone(), read).map_err(wrong)
            }
            _ => {
                let plan = Plan::parse(text).map_err(|error| wrong(error.text()))?;
                add(&mut self.plans, stem.to_owned(), PlanFile { plan, text: text.to_owned() }).map_err(wrong)
            }
        }
    }
}

fn add<T>(map: &mut BTreeMap<String, T>, id: String, value: T) -> Result<(), Text> {
    match map.contains_key(&id) {
        true => Err(Text::new(
            format!("id `{id}` sudah dipakai berkas lain; beri berkas ini id sendiri"),
            format!("the id `{id}` is taken by another file; give this one an id of its own"),
        )),
        false => {
            map.insert(id, value);
            Ok(())
        }
    }
}

/// `folder/file` of a path that is content; backslashes are those of Windows.
fn known_path(path: &str) -> Option<String> {
    let slashed = path.replace('\\', "/");
    if let Some(start) =
        slashed.find(PROGRAMMES).filter(|start| *start == 0 || slashed[..*start].ends_with('/'))
    {
        let inside = &slashed[start..];
        return (inside.ends_with(".toml") && inside.split('/').count() > 2).then(|| inside.to_owned());
    }
    let mut parts = path.rsplit(['/', '\\']);
    let (file, folder) = (parts.next()?, parts.next()?);
    let kinds: &[&str] = match folder {
        CLASSIFICATIONS | DEFLATORS => &["toml", "csv"],
        SURVEYS | PLANS | EXTRACTS => &["toml"],
        _ => return None,
    };
    let (_, ending) = file.rsplit_once('.')?;
    kinds.contains(&ending).then(|| format!("{folder}/{file}"))
}
