//! `lumbung cube`: the unprotected cube of a file or a snapshot, for the statistician alone.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use domain::cube::Provenance;
use domain::language::Language;
use domain::plan::Plan;
use statistics::Input;

use crate::cli::CubeArgs;
use crate::content;
use crate::folder::Folder;
use crate::progress::Bar;
use crate::words::{Message, say};

pub(super) fn run(arguments: &CubeArgs, language: Language) -> anyhow::Result<()> {
    let name = arguments.plan.display().to_string();
    let text = std::fs::read_to_string(&arguments.plan).with_context(|| name.clone())?;
    let plan = Plan::parse(&text)?.cube.ok_or(Message::PlanLacks { plan: name, part: "cube" })?;
    let content = content::catalogue(arguments.data_dir.as_deref())?;
    let threads = match arguments.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let (input, provenance) = source(arguments)?;
    let bar = Bar::new(language, Arc::new(AtomicBool::new(false)));
    let computed = statistics::compute(&input, &plan, &content, provenance, threads, &bar)?;
    statistics::cube_file::write(&computed.cube, &arguments.output, threads)?;
    bar.finish();
    let coverage = &computed.coverage;
    eprintln!(
        "{}",
        say(
            language,
            format!(
                "{} sel dari {} dari {} baris. Belum dilindungi: jangan dibagikan.",
                computed.cube.len(),
                coverage.used,
                coverage.rows
            ),
            format!(
                "{} cells from {} of {} rows. Not protected: do not pass on.",
                computed.cube.len(),
                coverage.used,
                coverage.rows
            ),
        )
    );
    for outside in &coverage.outside {
        eprintln!("  {}: {} ({})", outside.dimension, outside.rows, outside.examples.join(", "));
    }
    Ok(())
}

fn source(arguments: &CubeArgs) -> anyhow::Result<(Input, Provenance)> {
    if let Some(file) = &arguments.input {
        return Ok((Input::files([file]), Provenance::default()));
    }
    let data_dir = arguments.data_dir.as_deref().context("--data-dir")?;
    let archive = microdata::Archive::open(&Folder::open(data_dir)?.archive())?;
    let snapshot = archive.snapshot(arguments.snapshot.as_deref().unwrap_or_default())?;
    let provenance = Provenance {
        synthetic: snapshot.manifest().synthetic,
        snapshot: snapshot.id().to_owned(),
        ..Provenance::default()
    };
    Ok((Input::files(snapshot.files().into_iter().map(|(_, path)| path)), provenance))
}
