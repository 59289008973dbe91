//! `lumbung export`: a release in any of the formats, streamed.

use domain::language::Language;
use publication::{Rendering, Selection};

use super::blocking;
use crate::cli::ExportArgs;
use crate::output::write_whole;
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
    match &arguments.output {
        Some(path) => write_whole(path, |output| Ok(format.write(&rendering, output)?)),
        None => Ok(format.write(&rendering, &mut std::io::stdout().lock())?),
    }
}
