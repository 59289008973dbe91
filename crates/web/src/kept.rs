//! What takes long to compute is computed once, kept, and computed anew beside the pages.
//!
//! Where computing is quick, as in the office of one province, a page shows what the records say at this
//! moment. Where it is known to take longer than the server's patience, the page shows what was kept and says
//! of when it is, and the newer result is there at the next look. Once a definition, a price index or a
//! classification changed, nothing holds that was computed by the one before.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use store::results::{self, Kept};
use tokio::sync::watch;

use crate::error::WebError;
use crate::state::AppState;

/// A slow computation rests so many times as long as it took: it takes a tenth of one core at the most.
const REST: i32 = 9;

/// What is computed at this moment; a channel is closed once its computation ended, however it ended.
#[derive(Default)]
pub(crate) struct Refreshing(Mutex<HashMap<(String, String), watch::Receiver<()>>>);

/// The result called `name`: as kept, or as `work` computes it.
pub(crate) async fn kept<T, W>(
    app: &AppState,
    programme: &str,
    name: &str,
    work: W,
) -> Result<Kept<T>, WebError>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    W: Future<Output = Result<T, WebError>> + Send + 'static,
{
    let store = &app.desk.store;
    let name = &format!("{name}@{}", app.yardstick);
    let found = results::kept::<T>(store, programme, name, app.now()).await?;
    let is_slow = |kept: &Kept<T>| kept.took.unsigned_abs() > app.config.patience;
    let rests = |kept: &Kept<T>| is_slow(kept) && app.now() < kept.computed_at + kept.took * REST;
    let found = match found {
        Some(kept) if kept.holds || rests(&kept) => return Ok(kept),
        found => found,
    };
    let mut running = refresh(app, programme, name, work);
    let ended = async { while running.changed().await.is_ok() {} };
    match &found {
        None => ended.await,
        Some(kept) if is_slow(kept) => {}
        // Out of patience: what was kept is shown.
        Some(_) => drop(tokio::time::timeout(app.config.patience, ended).await),
    }
    match (results::kept::<T>(store, programme, name, app.now()).await?, found) {
        (Some(kept), _) | (None, Some(kept)) => Ok(kept),
        (None, None) => Err(WebError::internal(format!("the result `{name}` could not be computed"))),
    }
}

/// Starts the computation unless it runs already.
fn refresh<T, W>(app: &AppState, programme: &str, name: &str, work: W) -> watch::Receiver<()>
where
    T: Serialize + Send + Sync + 'static,
    W: Future<Output = Result<T, WebError>> + Send + 'static,
{
    let key = (programme.to_owned(), name.to_owned());
    let mut all = app.refreshing.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(running) = all.get(&key).filter(|running| running.has_changed().is_ok()) {
        return running.clone();
    }
    let (end, running) = watch::channel(());
    all.insert(key.clone(), running.clone());
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = compute(&app, &key, work).await {
            tracing::error!(programme = key.0, name = key.1, %error, "a result could not be computed");
        }
        app.refreshing.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        drop(end);
    });
    running
}

async fn compute<T: Serialize>(
    app: &AppState,
    (programme, name): &(String, String),
    work: impl Future<Output = Result<T, WebError>>,
) -> Result<(), WebError> {
    let (store, started) = (&app.desk.store, app.now());
    // The generation first: what is recorded while we compute makes what we keep outdated at once.
    let generation = results::generation(store, programme).await?;
    let document = work.await?;
    Ok(results::keep(store, programme, name, generation, started, app.now(), &document).await?)
}
