//! One binary: it reads arguments, environment and clock, opens the rooms and runs the work.
//!
//! No rule lives here. A command or a job is one screen that calls the rooms in order.

mod cli;
mod commands;
mod content;
mod failure;
mod folder;
mod jobs;
mod produce;
mod progress;
mod rooms;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
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
        Err(error) => {
            eprintln!("lumbung: {}", failure::words(&error, language));
            ExitCode::FAILURE
        }
    }
}
