//! What takes long to compute is computed once, kept, and computed anew beside the pages.
//!
//! Where computing is quick, as in the office of one province, a page shows what the records say at this
//! moment. Where it is known to take longer than the server's patience, the page shows what was kept and says
//! of when it is, and the newer result is there at the next look.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::results::{self, Kept};
use tokio::sync::watch;

use crate::error::WebError;
use crate::state::AppState;

/// After a computation rests follow that are so many times as long: it takes a tenth of one core at the most.
const REST: i32 = 9;

/// What is computed at this moment, and how long each took the last time.
#[derive(Default)]
pub(crate) struct Refreshing(Mutex<HashMap<(String, String), Work>>);

#[derive(Default)]
struct Work {
    /// Closed once the computation ended, however it ended.
    running: Option<watch::Receiver<()>>,
    took: SignedDuration,
}

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
    let found = results::kept::<T>(store, programme, name, app.now()).await?;
    let found = match found {
        Some(kept) if kept.holds => return Ok(kept),
        found => found,
    };
    let (running, took) = refresh(app, programme, name, found.as_ref().map(|kept| kept.computed_at), work);
    if let Some(mut running) = running {
        let ended = async { while running.changed().await.is_ok() {} };
        match &found {
            None => ended.await,
            Some(_) if took > app.config.patience => {}
            // Out of patience: what was kept is shown.
            Some(_) => drop(tokio::time::timeout(app.config.patience, ended).await),
        }
    }
    match (results::kept::<T>(store, programme, name, app.now()).await?, found) {
        (Some(kept), _) | (None, Some(kept)) => Ok(kept),
        (None, None) => Err(WebError::internal(format!("the result `{name}` could not be computed"))),
    }
}

/// Starts the computation unless it runs already or ended a moment ago; and how long it took the last time.
fn refresh<T, W>(
    app: &AppState,
    programme: &str,
    name: &str,
    computed_at: Option<Timestamp>,
    work: W,
) -> (Option<watch::Receiver<()>>, Duration)
where
    T: Serialize + Send + Sync + 'static,
    W: Future<Output = Result<T, WebError>> + Send + 'static,
{
    let key = (programme.to_owned(), name.to_owned());
    let mut all = app.refreshing.0.lock().unwrap_or_else(PoisonError::into_inner);
    let own = all.entry(key.clone()).or_default();
    let took = own.took.unsigned_abs();
    if let Some(running) = own.running.as_ref().filter(|running| running.has_changed().is_ok()) {
        return (Some(running.clone()), took);
    }
    if computed_at.is_some_and(|at| app.now() < at + own.took * REST) {
        return (None, took);
    }
    let (end, running) = watch::channel(());
    own.running = Some(running.clone());
    let app = app.clone();
    tokio::spawn(async move {
        let started = app.now();
        if let Err(error) = compute(&app, &key, work).await {
            tracing::error!(programme = key.0, name = key.1, %error, "a result could not be computed");
        }
        let mut all = app.refreshing.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(key).or_default().took = app.now().duration_since(started);
        drop(end);
    });
    (Some(running), took)
}

async fn compute<T: Serialize>(
    app: &AppState,
    (programme, name): &(String, String),
    work: impl Future<Output = Result<T, WebError>>,
) -> Result<(), WebError> {
    let store = &app.desk.store;
    // The generation first: what is recorded while we compute makes what we keep outdated at once.
    let generation = results::generation(store, programme).await?;
    let document = work.await?;
    Ok(results::keep(store, programme, name, generation, app.now(), &document).await?)
}
