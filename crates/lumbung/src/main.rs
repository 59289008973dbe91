//! One binary: it reads arguments, environment and clock, opens the rooms and runs the work.
//!
//! No rule lives here. A command or a job is one screen that calls the rooms in order.

mod analyses;
mod cli;
mod columns;
mod commands;
mod content;
mod failure;
mod folder;
mod jobs;
mod key;
mod output;
mod post;
mod produce;
mod progress;
mod rooms;
mod usage;
mod words;

use std::process::ExitCode;

/// Somebody asked us to stop: what shells report for Ctrl-C.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let cli = match usage::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let language = cli.language();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("LUMBUNG_LOG")
                .unwrap_or_else(|_| "warn,lumbung=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("lumbung: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli, language)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if failure::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lumbung: {}", failure::words(&error, language));
            if failure::is_cancellation(&error) { ExitCode::from(INTERRUPTED) } else { ExitCode::FAILURE }
        }
    }
}
