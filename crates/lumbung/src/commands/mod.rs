//! One file a command: read what was asked, call the rooms in order, say what came of it.

mod accounts;
mod backup;
mod cube;
mod demo;
mod doctor;
mod export;
mod held;
mod import;
mod protect;
mod release;
mod remind;
mod restore;
mod serve;
mod simulate;
mod snapshot;
pub(crate) mod stat;
mod table;
mod verify;

use domain::language::Language;

use crate::cli::{Cli, Command};

pub(crate) async fn run(cli: Cli, language: Language) -> anyhow::Result<()> {
    match cli.command {
        Command::Demo(arguments) => demo::run(arguments, language).await,
        Command::Init { data, admin } => accounts::init(&data.data_dir, &admin, language).await,
        Command::Serve { data, listen } => serve::run(&data.data_dir, listen, language).await,
        Command::User { action } => accounts::run(action, language).await,
        Command::Import(arguments) => import::run(arguments, language).await,
        Command::Held { action } => held::run(action, language).await,
        Command::Snapshot { action } => snapshot::run(action, language).await,
        Command::Cube(arguments) => blocking(move || cube::run(&arguments, language)).await,
        Command::Protect(arguments) => blocking(move || protect::run(&arguments, language)).await,
        Command::Release { plan, data } => release::run(&data.data_dir, &plan, language).await,
        Command::Remind { data } => remind::run(&data.data_dir, language).await,
        Command::Verify { release, data } => verify::run(&data.data_dir, &release, language).await,
        Command::Export(arguments) => export::run(arguments, language).await,
        Command::Simulate(arguments) => blocking(move || simulate::run(&arguments, language)).await,
        Command::Stat { call } => blocking(move || stat::run(&call, language)).await,
        Command::Backup { file, with_key, data } => {
            backup::run(&data.data_dir, &file, with_key, language).await
        }
        Command::Restore { file, data_dir, key, verify } => {
            let wanted = restore::Wanted { target: data_dir.as_deref(), key: key.as_deref(), verify };
            restore::run(&file, wanted, language).await
        }
        Command::Doctor { data } => doctor::run(&data.data_dir, language).await,
    }
}

/// Runs work that computes and does not wait, off the threads that serve.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await?
}
