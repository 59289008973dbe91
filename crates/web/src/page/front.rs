//! The front page: how productive is Indonesia, where, and in what?

use askama::Template;
use axum::response::Response;

use crate::error::WebError;
use crate::layout::{self, Place, Shell};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    shell: Shell,
}

pub(super) async fn show(visit: Visit) -> Result<Response, WebError> {
    let title = visit.speech.t("front-title");
    layout::public_page(&FrontPage { shell: Shell::new(&visit, Place::Front, title) })
}
