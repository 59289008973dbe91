//! The front page: how productive is Indonesia, where, and in what?
//!
//! Every sentence is derived from the released numbers; a block without data is left out.

mod headline;
mod places;
mod sectors;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::datasets::{self, DatasetLine};
use super::plan::PLAN;
use crate::error::WebError;
use crate::layout::{self, Place, Shell};
use crate::reading::Reading;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    shell: Shell,
    headline: Option<headline::Block>,
    places: Option<places::Block>,
    sectors: Option<sectors::Block>,
    datasets: Vec<DatasetLine>,
    profiles: bool,
}

pub(super) async fn show(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let headline = released(&app, &PLAN.headline.dataset).await?;
    let places = released(&app, &PLAN.places.dataset).await?;
    let sectors = released(&app, &PLAN.sectors.dataset).await?;
    let known = app.datasets();
    let profiles = known.iter().any(|dataset| dataset.id == PLAN.profiles.dataset);
    let shown = [&headline, &places, &sectors];
    let synthetic = shown.iter().any(|reading| reading.as_ref().is_some_and(Reading::is_synthetic));
    let any_synthetic = known.iter().any(|dataset| dataset.latest().manifest.synthetic);
    let mut shell = Shell::new(&visit, Place::Front, speech.t("front-title")).synthetic_if(synthetic);
    if !synthetic && any_synthetic {
        // The figures are real, the list below also holds what is not.
        shell.strip = Some(layout::Strip { bold: speech.t("strip-some-bold"), rest: speech.t("strip-some") });
    }
    layout::public_page(&FrontPage {
        shell,
        headline: headline.as_ref().and_then(|reading| headline::block(reading, speech)),
        places: places.as_ref().and_then(|reading| places::block(&app, reading, speech)),
        sectors: sectors.as_ref().and_then(|reading| sectors::block(reading, speech)),
        datasets: datasets::lines(&app, speech).await?,
        profiles,
    })
}

/// The newest vintage of a dataset; `None` if there is none yet.
async fn released(app: &AppState, dataset: &str) -> Result<Option<Reading>, WebError> {
    match app.reading(dataset, None).await {
        Ok(reading) => Ok(Some(reading)),
        Err(WebError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
