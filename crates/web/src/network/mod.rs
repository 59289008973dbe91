//! The peer network: who solved what, a question to them and its answer, and groups that learn together. What
//! is told of an enterprise is its name, its province and what it solved; nothing by which it could be
//! reached.

mod ask;
mod groups;
mod search;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use domain::actor::{Actor, Grant};
use domain::enterprise::ReadEnterprise;
use domain::network::ReadNetwork;
use domain::programme::Programme;
use store::enterprises;

use crate::error::WebError;
use crate::state::AppState;

const FORM_BYTES_MAX: usize = 64 * 1024;

/// Does the office show this person the door?
pub(crate) fn may_read(actor: &Actor) -> bool {
    actor.may_somewhere::<ReadNetwork>()
}

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/network", get(search::show))
        .route("/network/ask/{project}", get(ask::form).post(ask::submit))
        .route("/network/questions", get(ask::list))
        .route("/network/questions/{question}", post(ask::answer))
        .route("/network/groups", get(groups::list).post(groups::tend))
        .route("/network/groups/{group}/{word}", post(groups::join))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// The programme asked for, or the first.
fn programme<'a>(app: &'a AppState, asked: &str) -> Result<&'a Programme, WebError> {
    match asked {
        "" => app.content.programmes().next().ok_or(WebError::NotFound),
        id => app.content.programme(id).ok_or(WebError::NotFound),
    }
}

/// The enterprises in whose name somebody may speak: those of their own grants.
async fn own_enterprises(app: &AppState, actor: &Actor) -> Result<Vec<(String, String)>, WebError> {
    let ids = actor.grants.iter().filter_map(|grant: &Grant| grant.scope.enterprise.clone());
    let mut own = Vec::new();
    for id in ids {
        let Ok(place) = enterprises::place(&app.desk.store, &id).await else { continue };
        let Ok(permit) = actor.permit(ReadEnterprise { enterprise: id.clone(), place }) else { continue };
        let name = enterprises::get(&app.desk.store, &permit).await?.enterprise.name;
        if own.iter().all(|(known, _)| *known != id) {
            own.push((id, name));
        }
    }
    Ok(own)
}
