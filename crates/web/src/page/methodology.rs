//! How we compute, how we keep confidences, and which editions of classifications we use.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::error::WebError;
use crate::layout::{self, Place, Shell};
use crate::state::AppState;
use crate::visit::Visit;

/// The rules of one dataset.
struct Rules {
    dataset: String,
    href: String,
    rules: Vec<String>,
    synthetic: bool,
}

struct Edition {
    id: String,
    title: String,
    source: String,
    href: String,
}

#[derive(Template)]
#[template(path = "methodology.html")]
struct MethodologyPage {
    shell: Shell,
    rules: Vec<Rules>,
    editions: Vec<Edition>,
}

/// `GET /methodology`.
pub(super) async fn show(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let title = speech.t("methodology-title");
    let rules = app.datasets().into_iter().map(|dataset| {
        let manifest = &dataset.latest().manifest;
        Rules {
            dataset: speech.say(&dataset.title).to_owned(),
            href: speech.href(&format!("/releases/{}", manifest.id)),
            rules: manifest.quality.rules.iter().map(|rule| speech.say(rule).to_owned()).collect(),
            synthetic: manifest.synthetic,
        }
    });
    let editions = app.content.classifications().map(|classification| Edition {
        id: classification.id.clone(),
        title: speech.say(&classification.title).to_owned(),
        source: speech.say(&classification.source).to_owned(),
        href: speech.href(&format!("/classifications/{}", classification.id)),
    });
    layout::public_page(&MethodologyPage {
        shell: Shell::new(&visit, Place::Methodology, title.clone()).with_crumbs([("", title)]),
        rules: rules.filter(|rules| !rules.rules.is_empty()).collect(),
        editions: editions.collect(),
    })
}
