//! `lumbung release`: snapshot, cube, protection, publication; prints the release id.

use std::sync::Arc;

use domain::actor::{Actor, MakeRelease};
use domain::language::Language;
use store::StoreError;

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
    // Ctrl-C is heard from here on: what is ordered below is put aside again, not left behind.
    let bar = Arc::new(Bar::new(language, interruption()));
    let (row, job) = order(rooms, plan).await?;
    let outcome = jobs::run_now(rooms, &job, bar.clone()).await;
    bar.finish();
    outcome?;
    Ok(store::releases::get(&rooms.store, &row).await?.release_id.unwrap_or_default())
}

/// Orders a release, or joins the one of this plan that is being made: a program that was ended in the
/// middle of it has left its order behind. Ids of the release and of its job.
async fn order(rooms: &Rooms, plan: &str) -> anyhow::Result<(String, String)> {
    let (row, job) = (new_id(), new_id());
    let permit = Actor::operator().permit(MakeRelease { plan: plan.to_owned() })?;
    let mut tx = rooms.store.begin(now()).await?;
    match store::releases::order(&mut tx, &permit, &row, &job).await {
        Ok(()) => {
            tx.commit().await?;
            Ok((row, job))
        }
        Err(StoreError::State { noun: "release", id, state }) => {
            drop(tx);
            match store::jobs::latest_of(&rooms.store, &id).await? {
                Some(job) => Ok((id, job.id)),
                None => Err(StoreError::State { noun: "release", id, state }.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}
