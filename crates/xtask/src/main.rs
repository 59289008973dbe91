//! The project's own tasks: `cargo run -p xtask -- ci` is the whole of continuous integration.

mod ci;
#[cfg(test)]
mod tidy;

use clap::Parser;

/// Tasks of the project.
#[derive(Parser)]
enum Task {
    /// Format, tests of every room on both databases, real clients, the browser.
    Ci,
}

fn main() -> anyhow::Result<()> {
    match Task::parse() {
        Task::Ci => ci::run(),
    }
}
