//! Lengths of files and functions, completeness of languages, truth of documents.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{root, shown};

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
/// As rustfmt.toml says of code, which leaves comments alone.
const COMMENT_COLUMNS_MAX: usize = 110;

pub(super) fn check_lengths(paths: &[PathBuf]) {
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > FILE_LINES_MAX {
            found.push(format!("{}: {} lines", shown(path), lines.len()));
        }
        let is_wide =
            |line: &&str| line.trim_start().starts_with("//") && line.chars().count() > COMMENT_COLUMNS_MAX;
        found.extend(lines.iter().copied().filter(is_wide).map(|line| format!("{}: {line}", shown(path))));
        found.extend(
            long_functions(&lines)
                .into_iter()
                .map(|(line, name, length)| format!("{}:{line}: {name} has {length} lines", shown(path))),
        );
    }
    assert!(
        found.is_empty(),
        "split by meaning (files up to {FILE_LINES_MAX} lines, functions up to {FUNCTION_LINES_MAX}, comments up \
         to {COMMENT_COLUMNS_MAX} columns):\n{}",
        found.join("\n")
    );
}

/// Functions that are too long, by the indentation that rustfmt guarantees.
fn long_functions(lines: &[&str]) -> Vec<(usize, String, usize)> {
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let is_function =
            ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn ", "pub async fn "]
                .iter()
                .any(|opening| trimmed.starts_with(opening));
        if !is_function || trimmed.ends_with(';') {
            continue;
        }
        let indentation = line.len() - trimmed.len();
        let closing = format!("{}}}", " ".repeat(indentation));
        let Some(length) = lines[start..].iter().position(|line| *line == closing) else { continue };
        if length + 1 > FUNCTION_LINES_MAX {
            let name = trimmed.split(['(', '<']).next().unwrap_or_default().to_owned();
            found.push((start + 1, name, length + 1));
        }
    }
    found
}

/// Every message exists in every language.
pub(super) fn check_locales(folder: &Path) {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for language in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let mut own = BTreeSet::new();
        for file in fs::read_dir(&language).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            for line in fs::read_to_string(&file).unwrap().lines() {
                let key = line.split('=').next().unwrap_or_default().trim();
                let is_message =
                    line.contains('=') && line.starts_with(|first: char| first.is_ascii_alphabetic());
                if is_message {
                    own.insert(format!("{name}: {key}"));
                }
            }
        }
        keys.insert(language.file_name().unwrap().to_string_lossy().into_owned(), own);
    }
    assert!(keys.contains_key("id") && keys.contains_key("en"), "Indonesian and English are missing");
    let all: BTreeSet<&String> = keys.values().flatten().collect();
    for (language, own) in &keys {
        let missing: Vec<_> = all.iter().filter(|key| !own.contains(**key)).collect();
        assert!(missing.is_empty(), "`{language}` does not say {missing:#?}");
    }
}

/// A path in backticks that starts in one of the top folders must exist.
pub(super) fn check_documents(paths: &[PathBuf]) {
    const TOP: &[&str] = &[
        "crates/",
        "docs/",
        "classifications/",
        "surveys/",
        "plans/",
        "locales/",
        "migrations/",
        "e2e/",
        "benches/",
        "demo/",
        "geometry/",
        "deflators/",
    ];
    let mut missing = Vec::new();
    for path in paths {
        let text = fs::read_to_string(path).unwrap();
        for quoted in text.split('`').skip(1).step_by(2) {
            let is_path = TOP.iter().any(|top| quoted.starts_with(top))
                && !quoted.contains(['<', '*', '{', ' ', '…', '$', '(']);
            // `deflators/cpi-2010` names a pair of files by their stem.
            let there =
                |ending: &str| root().join(format!("{}{ending}", quoted.trim_end_matches('/'))).exists();
            if is_path && !["", ".toml", ".rs"].iter().any(|ending| there(ending)) {
                missing.push(format!("{}: `{quoted}`", shown(path)));
            }
        }
    }
    assert!(missing.is_empty(), "documents name what is not there:\n{}", missing.join("\n"));
}

#[test]
fn a_long_function_is_seen() {
    let body = "    let x = 1;\n".repeat(80);
    let text = format!("fn long(\n    x: u8,\n) {{\n{body}}}\nfn short() {{\n}}\n");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(long_functions(&lines), [(1, "fn long".to_owned(), 84)]);
}
