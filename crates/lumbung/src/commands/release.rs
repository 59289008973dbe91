//! `lumbung release`: snapshot, cube, protection, publication; prints the release id.

use std::sync::Arc;

use domain::actor::{Actor, MakeRelease};
use domain::language::Language;

use crate::jobs;
use crate::progress::{Bar, interruption};
use crate::rooms::{Rooms, new_id, now};
use crate::words::tell;

pub(super) async fn run(data_dir: &std::path::Path, plan: &str, language: Language) -> anyhow::Result<()> {
    let rooms = Rooms::open(data_dir).await?;
    tell(make(&rooms, plan, language).await?)?;
    Ok(())
}

/// Orders a release and sees it through; returns its public id.
pub(super) async fn make(rooms: &Rooms, plan: &str, language: Language) -> anyhow::Result<String> {
    jobs::plan(&rooms.content, plan)?;
    let (row, job) = (new_id(), new_id());
    let permit = Actor::operator().permit(MakeRelease { plan: plan.to_owned() })?;
    let mut tx = rooms.store.begin(now()).await?;
    store::releases::order(&mut tx, &permit, &row, &job).await?;
    tx.commit().await?;
    let bar = Arc::new(Bar::new(language, interruption()));
    let outcome = jobs::run_now(rooms, &job, bar.clone()).await;
    bar.finish();
    outcome?;
    Ok(store::releases::get(&rooms.store, &row).await?.release_id.unwrap_or_default())
}
