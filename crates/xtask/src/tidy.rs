//! The house rules as tests: layering, names, lengths, languages, licences, honest documents.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ci::root;

mod text;

/// Each room, and the rooms it may open onto.
const HOUSE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("intake", &["domain"]),
    ("microdata", &["domain"]),
    ("methods", &["domain"]),
    ("statistics", &["domain", "microdata", "methods"]),
    ("disclosure", &["domain"]),
    ("publication", &["domain", "disclosure"]),
    ("documents", &["domain", "publication"]),
    ("web", &["domain", "store", "intake", "disclosure", "publication"]),
    (
        "lumbung",
        &[
            "domain",
            "store",
            "intake",
            "microdata",
            "methods",
            "statistics",
            "disclosure",
            "publication",
            "documents",
            "web",
            "testkit",
        ],
    ),
    ("testkit", &["domain"]),
    ("xtask", &[]),
];

/// Libraries that only some rooms may name: the walls that keep the rest quick to build.
const WALLS: &[(&str, &[&str])] = &[
    ("datafusion", &["statistics"]),
    ("sqlx", &["store"]),
    ("axum", &["web", "lumbung"]),
    ("askama", &["web"]),
    ("arrow", &["intake", "microdata", "statistics", "testkit", "lumbung"]),
    ("parquet", &["intake", "microdata", "statistics", "testkit", "lumbung"]),
    ("typst", &["documents"]),
    ("lettre", &["lumbung"]),
    ("clap", &["lumbung", "xtask"]),
    ("anyhow", &["lumbung", "xtask"]),
];

fn manifest(room: &str) -> toml::Table {
    let path = root().join("crates").join(room).join("Cargo.toml");
    fs::read_to_string(&path).unwrap().parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn dependencies(room: &str) -> Vec<String> {
    let manifest = manifest(room);
    manifest["dependencies"].as_table().map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn every_room_stands_in_the_plan() {
    let mut rooms: Vec<String> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    rooms.sort();
    let mut planned: Vec<&str> = HOUSE.iter().map(|(room, _)| *room).collect();
    planned.sort_unstable();
    assert_eq!(rooms, planned);
}

#[test]
fn rooms_open_only_onto_the_rooms_in_the_plan() {
    for (room, allowed) in HOUSE {
        for used in dependencies(room) {
            let is_room = HOUSE.iter().any(|(name, _)| *name == used);
            assert!(!is_room || allowed.contains(&used.as_str()), "`{room}` may not use `{used}`");
        }
    }
}

#[test]
fn walls_keep_heavy_libraries_in_their_rooms() {
    for (room, _) in HOUSE {
        for used in dependencies(room) {
            if let Some((library, rooms)) = WALLS.iter().find(|(library, _)| *library == used) {
                assert!(rooms.contains(room), "`{room}` may not name `{library}`: only {rooms:?} may");
            }
        }
    }
}

/// Rust files of the rooms themselves, tests left out.
fn sources(rooms: &[&str]) -> Vec<PathBuf> {
    let all = files("crates", &["rs"]);
    all.into_iter()
        .filter(|path| {
            let inside = path.strip_prefix(root().join("crates")).unwrap();
            let mut parts = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
            let room = parts.next().unwrap_or_default();
            (rooms.is_empty() || rooms.contains(&room.as_str()))
                && !inside.components().any(|part| {
                    ["tests", "examples", "benches", "bin"].iter().any(|apart| part.as_os_str() == *apart)
                })
                && inside.file_name().is_none_or(|name| name != "tests.rs")
        })
        .collect()
}

/// Files below a folder with one of the endings, in order of their names.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["node_modules", ".git", ".venv", "target", "data-demo"].contains(&name.as_str()) {
                    waiting.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(&format!(".{ending}"))) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What the line says once strings, comments and tests are set aside is not judged: these are plain words.
fn refuse(paths: &[PathBuf], words: &[&str], why: &str) {
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(path).unwrap();
        let body = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in body.lines().enumerate() {
            if !line.trim_start().starts_with("//") && words.iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

#[test]
fn no_clock_environment_or_randomness_below_the_binary() {
    let rooms = [
        "domain",
        "store",
        "intake",
        "microdata",
        "methods",
        "statistics",
        "disclosure",
        "publication",
        "documents",
        "web",
    ];
    refuse(
        &sources(&rooms),
        &[
            "Timestamp::now",
            "Zoned::now",
            "SystemTime::now",
            "std::env::",
            "env::var",
            "rand::rng()",
            "thread_rng",
        ],
        "time, environment and chance come in through the binary",
    );
}

#[test]
fn no_programme_is_named_in_rust() {
    refuse(&sources(&[]), &["score-id", "dw4fs", "SCORE"], "programmes are data, not code");
}

#[test]
fn no_test_is_set_aside_and_nothing_is_left_open() {
    let here = root().join("crates/xtask");
    let paths: Vec<PathBuf> =
        files("crates", &["rs"]).into_iter().filter(|path| !path.starts_with(&here)).collect();
    refuse(&paths, &["#[ignore", "todo!(", "unimplemented!(", "FIXME"], "finish it or leave it out");
}

#[test]
fn only_the_guard_builds_protected_cubes() {
    let elsewhere: Vec<PathBuf> = sources(&[])
        .into_iter()
        .filter(|path| !path.starts_with(root().join("crates/disclosure")))
        .filter(|path| !path.starts_with(root().join("crates/xtask")))
        .collect();
    refuse(
        &elsewhere,
        &["= ProtectedCube {", "(ProtectedCube {"],
        "a protected cube comes out of `disclosure` alone",
    );
}

#[test]
fn files_and_functions_stay_short() {
    text::check_lengths(&files("crates", &["rs"]));
}

#[test]
fn both_languages_say_everything() {
    text::check_locales(&root().join("locales"));
}

#[test]
fn documents_name_paths_that_exist() {
    text::check_documents(&files("", &["md"]));
}

#[test]
fn the_project_speaks_of_the_project_alone() {
    let here = root().join("crates/xtask");
    let paths: Vec<PathBuf> =
        files("", &["rs", "md", "toml", "ftl", "html", "css", "js", "mjs", "py", "sh", "sql"])
            .into_iter()
            .filter(|path| !path.starts_with(&here))
            .collect();
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            if ["/work/", "/root/", "../shared", "bash_jobs"].iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "paths of one machine:\n{}", found.join("\n"));
}

/// Licences under which a dependency may come, as SPDX names.
const LICENCES: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MPL-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "OFL-1.1",
    "Zlib",
    "0BSD",
    "CC0-1.0",
    "Unlicense",
    "BSL-1.0",
    "bzip2-1.0.6",
    "CDLA-Permissive-2.0",
];

#[test]
fn every_dependency_comes_under_a_licence_we_accept() {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut refused = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let licence = package["license"].as_str().unwrap_or_default().replace('/', " OR ");
        if !licence_is_acceptable(&licence) {
            refused.push(format!("{}: {licence:?}", package["name"]));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

/// Every part joined by AND must offer at least one accepted licence.
fn licence_is_acceptable(expression: &str) -> bool {
    let accepted = |name: &str| LICENCES.contains(&name.trim());
    expression.replace(['(', ')'], "").split(" AND ").all(|part| part.split(" OR ").any(accepted))
}

#[test]
fn licences_are_read_as_expressions() {
    assert!(licence_is_acceptable("MIT OR GPL-3.0"));
    assert!(licence_is_acceptable("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!licence_is_acceptable("GPL-3.0"));
    assert!(!licence_is_acceptable("MIT AND GPL-3.0"));
    assert!(!licence_is_acceptable(""));
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[test]
fn every_case_of_bad_input_has_its_test() {
    let table = fs::read_to_string(root().join("docs/bad-input.md")).unwrap();
    let sources: String =
        files("crates", &["rs"]).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert_eq!(rows.len(), 13, "one row for each case");
    for row in rows {
        let tests: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test: {row}");
        for test in tests {
            assert!(sources.contains(&format!("fn {test}()")), "`{test}` is gone: {row}");
        }
    }
}

/// The tests of permits walk the table of roles: an action that is not in it would be walked by none.
#[test]
fn every_action_stands_in_the_table_of_roles() {
    let table = fs::read_to_string(root().join("docs/roles.md")).unwrap();
    let rows: BTreeSet<String> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split('|').next())
        .map(|cell| cell.trim().to_owned())
        .filter(|action| action != "action")
        .collect();
    let mut actions = BTreeSet::new();
    for path in files("crates/domain/src", &["rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        if path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs") {
            continue;
        }
        let names = text.split("const NAME: &'static str = \"").skip(1);
        actions.extend(names.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        let declared = text.split("action!(").skip(1).filter_map(|rest| rest.split_once("},"));
        actions.extend(declared.filter_map(|(_, rest)| rest.split('"').nth(1)).map(str::to_owned));
    }
    actions.retain(|action| !action.is_empty() && !action.contains('$'));
    assert_eq!(actions, rows, "the actions of crates/domain and the rows of docs/roles.md");
}
