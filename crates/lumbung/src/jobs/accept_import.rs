//! Lets the rows of a checked file into the archive.

use intake::Summary;
use microdata::ImportMeta;
use serde_json::json;
use store::jobs::Claim;

use crate::progress::SharedWatch;
use crate::rooms::{Rooms, now};

pub(super) async fn run(
    rooms: &Rooms,
    claim: &Claim,
    import: &str,
    watch: SharedWatch,
) -> anyhow::Result<()> {
    let row = store::imports::get(&rooms.store, import).await?;
    let survey = rooms.survey(&row.survey)?.clone();
    let staged = rooms.folder.import(import);
    let summary = Summary::read(&staged)?;
    let meta = ImportMeta {
        id: row.id.clone(),
        source_name: row.file_name.clone(),
        source_blake3: row.blake3.clone(),
        imported_at: now(),
        actor: claim.actor.id.clone(),
        refused: summary.rows.refused,
    };
    let archive = rooms.archive.clone();
    // An import that a dead worker had already committed is recognised by its checksum.
    let record =
        tokio::task::spawn_blocking(move || archive.append(&staged, &survey, &meta, &*watch)).await??;

    let mut tx = rooms.store.begin(now()).await?;
    store::imports::accepted(&mut tx, claim, json!({ "archived_as": record.id })).await?;
    store::jobs::finish(&mut tx, claim).await?;
    tx.commit().await?;
    Ok(())
}
