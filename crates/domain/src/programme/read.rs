//! Reads the files of a programme's folder.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Checklist, Module, Partner, Phase, Problem, Product, Programme, Rule, Story, check};
use crate::language::Text;
use crate::syntax;

/// One thing that is wrong with a programme: where, what, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeFinding {
    /// Below the folder of the programme: `modules/quality.toml`.
    pub file: String,
    /// The key or the thing in the file: `edition 2018.visits`.
    pub key: String,
    pub message: Text,
    pub remedy: Text,
}

impl std::fmt::Display for ProgrammeFinding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}, {}", self.file, self.said("").en)
    }
}

impl std::error::Error for ProgrammeFinding {}

impl ProgrammeFinding {
    /// The finding in a sentence, with the line if the text of the file has the thing it names.
    pub fn said(&self, source: &str) -> Text {
        let mut words = self.key.split([' ', '.']);
        let line = match (words.next(), words.next()) {
            (Some(table), Some(id)) => syntax::line_of_entry(source, table, id),
            _ => None,
        };
        let key = if self.key.is_empty() { String::new() } else { format!("{}: ", self.key) };
        let said = |text: fn(&Text) -> &str| {
            let end = if text(&self.message).ends_with(['.', '?', '!']) { "" } else { "." };
            format!("{key}{}{end} {}", text(&self.message), text(&self.remedy))
        };
        syntax::at(line, Text::new(said(|text| &text.id), said(|text| &text.en)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgrammeFile {
    id: String,
    title: Text,
    description: Text,
    about: Vec<Text>,
    source: Text,
    #[serde(rename = "phase")]
    phases: Vec<Phase>,
    #[serde(default, rename = "partner")]
    partners: Vec<Partner>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductsFile {
    #[serde(rename = "product")]
    products: Vec<Product>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DiagnosisFile {
    #[serde(default, rename = "problem")]
    problems: Vec<Problem>,
    #[serde(default, rename = "rule")]
    rules: Vec<Rule>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoriesFile {
    #[serde(default, rename = "story")]
    stories: Vec<Story>,
}

pub(super) const PROGRAMME: &str = "programme.toml";
pub(super) const PRODUCTS: &str = "products.toml";
pub(super) const DIAGNOSIS: &str = "diagnosis.toml";
pub(super) const STORIES: &str = "stories.toml";
pub(super) const MODULES: &str = "modules/";
pub(super) const CHECKLISTS: &str = "checklists/";

impl Programme {
    /// Reads a programme from the files below its folder, such as `modules/quality.toml`. Files it
    /// does not know belong to other rooms of the programme and are passed over.
    pub fn parse(id: &str, files: &BTreeMap<String, String>) -> Result<Self, Vec<ProgrammeFinding>> {
        let mut found = Vec::new();
        let head: Option<ProgrammeFile> = required(files, PROGRAMME, &mut found);
        let products: Option<ProductsFile> = required(files, PRODUCTS, &mut found);
        let diagnosis: DiagnosisFile = optional(files, DIAGNOSIS, &mut found);
        let stories: StoriesFile = optional(files, STORIES, &mut found);
        let mut modules: Vec<Module> = all_in(files, MODULES, &mut found);
        modules.sort_by(|a, b| (a.number == 0, a.number, &a.code).cmp(&(b.number == 0, b.number, &b.code)));
        let checklists: Vec<Checklist> = all_in(files, CHECKLISTS, &mut found);
        let (Some(head), Some(products)) = (head, products) else { return Err(found) };
        if head.id != id {
            found.push(ProgrammeFinding {
                file: PROGRAMME.into(),
                key: "id".into(),
                message: Text::new(
                    format!("Program ini bernama `{}`, tetapi foldernya `{id}`.", head.id),
                    format!("The programme is called `{}` but its folder `{id}`.", head.id),
                ),
                remedy: Text::new("Samakan keduanya.", "Make them the same."),
            });
        }
        let programme = Programme {
            id: head.id,
            title: head.title,
            description: head.description,
            about: head.about,
            source: head.source,
            phases: head.phases,
            partners: head.partners,
            modules,
            products: products.products,
            problems: diagnosis.problems,
            rules: diagnosis.rules,
            stories: stories.stories,
            checklists: checklists.into_iter().map(|list| (list.module.clone(), list)).collect(),
        };
        // A file that cannot be read is missing for all that refer to it: mend that first.
        if found.is_empty() {
            check::references(&programme, &mut found);
        }
        if found.is_empty() { Ok(programme) } else { Err(found) }
    }

    pub(super) fn checklists(&self) -> impl Iterator<Item = &Checklist> {
        self.checklists.values()
    }
}

fn read<T: DeserializeOwned>(file: &str, text: &str, found: &mut Vec<ProgrammeFinding>) -> Option<T> {
    toml::from_str(text)
        .map_err(|error| {
            found.push(ProgrammeFinding {
                file: file.to_owned(),
                key: String::new(),
                message: crate::syntax::fault(&error, text),
                remedy: Text::new(
                    "Perbaiki baris itu; folder program lain dapat menjadi contoh.",
                    "Mend that line; another programme's folder may serve as an example.",
                ),
            });
        })
        .ok()
}

fn required<T: DeserializeOwned>(
    files: &BTreeMap<String, String>,
    file: &str,
    found: &mut Vec<ProgrammeFinding>,
) -> Option<T> {
    let Some(text) = files.get(file) else {
        found.push(ProgrammeFinding {
            file: file.to_owned(),
            key: "file".into(),
            message: Text::new("Berkas ini tidak ada.", "This file is missing."),
            remedy: Text::new("Tambahkan berkasnya.", "Add the file."),
        });
        return None;
    };
    read(file, text, found)
}

fn optional<T: DeserializeOwned + Default>(
    files: &BTreeMap<String, String>,
    file: &str,
    found: &mut Vec<ProgrammeFinding>,
) -> T {
    files.get(file).and_then(|text| read(file, text, found)).unwrap_or_default()
}

fn all_in<T: DeserializeOwned>(
    files: &BTreeMap<String, String>,
    folder: &str,
    found: &mut Vec<ProgrammeFinding>,
) -> Vec<T> {
    let inside = files.iter().filter(|(file, _)| file.starts_with(folder) && file.ends_with(".toml"));
    inside.filter_map(|(file, text)| read(file, text, found)).collect()
}
