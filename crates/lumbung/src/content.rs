//! The content that travels inside the binary: classifications, surveys, plans, demo tables.
//!
//! A folder `content/` in the data folder with the same layout adds to it or replaces files, so
//! that a province can bring a survey or a plan of its own without building anything.

use std::path::Path;

use anyhow::Context;
use domain::catalogue::Catalogue;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../"]
#[include = "classifications/*.toml"]
#[include = "classifications/*.csv"]
#[include = "deflators/*.toml"]
#[include = "deflators/*.csv"]
#[include = "plans/*.toml"]
#[include = "programmes/**/*.toml"]
#[include = "surveys/*.toml"]
#[include = "demo/*.csv"]
#[include = "extracts/*.toml"]
#[include = "demo/cohort.toml"]
#[include = "geometry/*.json"]
struct Embedded;

/// Reads all content, the data folder's own last.
pub(crate) fn catalogue(data_dir: Option<&Path>) -> anyhow::Result<Catalogue> {
    let mut files = std::collections::BTreeMap::new();
    for path in Embedded::iter() {
        if let Some(text) = text(&path) {
            files.insert(path.into_owned(), text);
        }
    }
    if let Some(folder) = data_dir.map(|folder| folder.join("content")).filter(|folder| folder.is_dir()) {
        for kind in ["classifications", "deflators", "extracts", "plans", "surveys"] {
            read_own(&folder.join(kind), kind, &mut files)?;
        }
        read_programmes(&folder.join("programmes"), "programmes", &mut files)?;
    }
    Ok(Catalogue::parse(files)?)
}

fn read_own(
    folder: &Path,
    kind: &str,
    files: &mut std::collections::BTreeMap<String, String>,
) -> anyhow::Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        files.insert(format!("{kind}/{name}"), text);
    }
    Ok(())
}

/// A programme is a folder of folders, so its files are looked for below.
fn read_programmes(
    folder: &Path,
    below: &str,
    files: &mut std::collections::BTreeMap<String, String>,
) -> anyhow::Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let inside = format!("{below}/{name}");
        if path.is_dir() {
            read_programmes(&path, &inside, files)?;
        } else if name.ends_with(".toml") {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            files.insert(inside, text);
        }
    }
    Ok(())
}

/// A text file that travels inside the binary, such as `demo/macro.csv`.
pub(crate) fn text(path: &str) -> Option<String> {
    Embedded::get(path).and_then(|file| String::from_utf8(file.data.into_owned()).ok())
}

/// The embedded demo tables, by the survey they belong to: `demo/<survey>.csv`.
pub(crate) fn demo_tables() -> Vec<(String, String)> {
    let mut tables: Vec<(String, String)> = Embedded::iter()
        .filter_map(|path| {
            let survey = path.strip_prefix("demo/")?.strip_suffix(".csv")?.to_owned();
            Some((survey, text(&path)?))
        })
        .collect();
    tables.sort();
    tables
}
