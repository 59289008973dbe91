//! Everything that must pass before a change lands, in the order in which failure is cheapest.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, bail};

/// One step: its name, and the command that must succeed.
struct Step {
    name: &'static str,
    command: &'static [&'static str],
}

const STEPS: &[Step] = &[
    Step { name: "format", command: &["cargo", "fmt", "--all", "--check"] },
    Step { name: "rooms, on SQLite and PostgreSQL", command: &["crates/store/tests/postgres.sh", "{test}"] },
    Step {
        name: "the running demo: SDMX clients and the browser",
        command: &["e2e/run.sh", "target/release/lumbung"],
    },
];

/// Beginnings of the variables that cargo sets for the program it runs.
const OWN: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];

pub(crate) fn run() -> anyhow::Result<()> {
    let root = root();
    let mut times = Vec::new();
    for step in STEPS {
        println!("\n=== {}", step.name);
        let started = Instant::now();
        let words = step.command.iter().flat_map(|word| expand(word));
        let words: Vec<String> = words.collect();
        let (program, arguments) = words.split_first().context("a step without a command")?;
        let mut command = Command::new(program);
        // What the outer cargo told this program of itself would make build scripts run again.
        for (name, _) in std::env::vars_os() {
            let own = name.to_str().is_some_and(|name| OWN.iter().any(|own| name.starts_with(own)));
            if own {
                command.env_remove(&name);
            }
        }
        let status = command
            .args(arguments)
            .current_dir(&root)
            .env("LUMBUNG_PYTHON", root.join(".venv/bin/python"))
            .env("INSTA_UPDATE", "no")
            .status()
            .with_context(|| format!("cannot start `{program}`"))?;
        if !status.success() {
            bail!("step `{}` failed: {}", step.name, words.join(" "));
        }
        times.push((step.name, started.elapsed().as_secs()));
    }
    println!("\n=== all passed");
    for (name, seconds) in times {
        println!("{seconds:>6} s  {name}");
    }
    Ok(())
}

/// `{test}` is the test runner at hand: nextest where it is installed, else cargo's own.
fn expand(word: &str) -> Vec<String> {
    if word != "{test}" {
        return vec![word.to_owned()];
    }
    let nextest = Command::new("cargo")
        .args(["nextest", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    let runner: &[&str] =
        if nextest { &["nextest", "run", "--no-fail-fast"] } else { &["test", "--no-fail-fast"] };
    let rest = ["--release", "--locked", "--workspace"];
    ["cargo"].iter().chain(runner).chain(&rest).map(|word| (*word).to_owned()).collect()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}
