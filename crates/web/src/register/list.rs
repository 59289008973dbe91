//! The list: a search that forgives spelling, and the enterprises by name.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::enterprise::{ReadEnterprise, RegisterEnterprise};
use serde::Deserialize;
use store::register::{self, Wanted};

use super::PAGE_ROWS;
use super::fields::named;
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::SignedIn;
use crate::state::AppState;
use crate::visit::Visit;

/// Beyond this, the count is told as "more than".
const COUNTED_MAX: u32 = 100_000;

#[derive(Template)]
#[template(path = "register/list.html")]
struct ListPage {
    shell: Shell,
    lead: String,
    words: String,
    region: String,
    regions: Vec<(String, String)>,
    rows: Vec<Row>,
    next: Option<String>,
    /// A search found more than it shows.
    more: bool,
    searched: bool,
    may_enter: bool,
}

struct Row {
    href: String,
    name: String,
    place: String,
    activity: String,
    workers: String,
    synthetic: bool,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    words: String,
    #[serde(default)]
    region: String,
    after: Option<String>,
}

/// `GET /register`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let reach = signed_in.actor.reach::<ReadEnterprise>()?;
    let store = &app.desk.store;
    let words: String = asked.words.chars().take(200).collect();
    let wanted = Wanted { words: words.clone(), region: asked.region.clone(), ..Wanted::default() };
    let found = register::list(store, &reach, &wanted, asked.after.as_deref(), PAGE_ROWS).await?;
    let count = register::count(store, &reach, COUNTED_MAX).await?.unsigned_abs();
    let rows: Vec<Row> = found
        .lines
        .into_iter()
        .map(|line| Row {
            href: speech.href(&format!("/register/{}", line.id)),
            place: named(&app, speech, "REGION", &line.region),
            activity: line.activity.map_or_else(
                || speech.t("register-no-data"),
                |code| format!("{code} {}", named(&app, speech, "KBLI2020", &code)),
            ),
            workers: line.workers.map_or_else(
                || speech.t("register-no-data"),
                |workers| speech.integer(workers.unsigned_abs()),
            ),
            name: line.name,
            synthetic: line.synthetic,
        })
        .collect();
    let synthetic = rows.iter().any(|row| row.synthetic);
    let shell = desk::shell(&visit, &signed_in.session, "/register", speech.t("register-title"));
    let provinces = app.content.classification("REGION").map(|all| {
        all.codes
            .iter()
            .filter(|code| code.parent.is_none())
            .map(|code| (code.code.clone(), speech.say(&code.label).to_owned()))
    });
    let next = found.next.map(|next| {
        let query = address::query([("region", asked.region.as_str()), ("after", next.as_str())]);
        speech.href(&format!("/register?{query}"))
    });
    private_page(&ListPage {
        shell: desk::crumbs(shell, [("/register", speech.t("register-title"))]).synthetic_if(synthetic),
        lead: speech.count("register-lead", count, &[("shown", &speech.integer(count))]),
        searched: !words.trim().is_empty() || !asked.region.is_empty(),
        words,
        region: asked.region,
        regions: provinces.into_iter().flatten().collect(),
        rows,
        next,
        more: found.more,
        may_enter: signed_in.actor.may_somewhere::<RegisterEnterprise>(),
    })
}
