//! `lumbung export`: a release in any of the formats, streamed.

use std::io::{BufWriter, Write};

use anyhow::Context;
use domain::language::Language;
use publication::{Rendering, Selection};

use super::blocking;
use crate::cli::ExportArgs;
use crate::rooms::Rooms;

pub(super) async fn run(arguments: ExportArgs, language: Language) -> anyhow::Result<()> {
    let rooms = Rooms::open(&arguments.data.data_dir).await?;
    blocking(move || write(&rooms, &arguments, language)).await
}

fn write(rooms: &Rooms, arguments: &ExportArgs, language: Language) -> anyhow::Result<()> {
    let format = publication::format::find(&arguments.format)?;
    let release = rooms.releases.any_release(&arguments.release)?;
    let table = rooms.releases.table(&release)?;
    let selection = Selection::all();
    let rendering = Rendering::new(&release.manifest, &table, &selection, language);
    let mut output: Box<dyn Write> = match &arguments.output {
        Some(path) => {
            let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(std::io::stdout().lock())),
    };
    format.write(&rendering, &mut *output)?;
    output.flush()?;
    Ok(())
}
