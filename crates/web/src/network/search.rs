//! Who solved what.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::network::{AskPeer, ReadNetwork};
use serde::Deserialize;
use store::network::{self, Solved};

use super::programme;
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::SignedIn;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

const SHOWN: u32 = 60;

#[derive(Template)]
#[template(path = "network/search.html")]
struct SearchPage {
    shell: Shell,
    programme: String,
    problems: Vec<(String, String, bool)>,
    sector: String,
    found: Vec<Card>,
}

pub(super) struct Card {
    pub(super) enterprise: String,
    pub(super) place: String,
    pub(super) sector: String,
    pub(super) problem: String,
    pub(super) action: String,
    pub(super) measured: Option<String>,
    pub(super) ask: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    programme: String,
    problem: String,
    sector: String,
}

/// `GET /network`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let reach = signed_in.actor.reach::<ReadNetwork>()?;
    let programme = programme(&app, &asked.programme)?;
    let problem = programme.problem(&asked.problem).map(|problem| problem.code.as_str());
    let sector: String = asked.sector.chars().filter(char::is_ascii_digit).take(5).collect();
    let found = network::solved(&app.desk.store, &reach, &programme.id, problem, &sector, SHOWN).await?;
    let may_ask = signed_in.actor.may_somewhere::<AskPeer>();
    let synthetic = found.iter().any(|one| one.synthetic);
    let shell = desk::shell(&visit, &signed_in.session, "/network", speech.t("network-title"));
    private_page(&SearchPage {
        shell: desk::crumbs(shell, [("/network", speech.t("network-title"))]).synthetic_if(synthetic),
        problems: programme
            .problems
            .iter()
            .map(|one| {
                (one.code.clone(), speech.say(&one.label).to_owned(), problem == Some(one.code.as_str()))
            })
            .collect(),
        sector,
        found: found.iter().map(|one| card(&app, speech, one, may_ask)).collect(),
        programme: programme.id.clone(),
    })
}

pub(super) fn card(app: &AppState, speech: Speech, one: &Solved, may_ask: bool) -> Card {
    let sector = one.activity.as_ref().map_or_else(
        || speech.t("register-activity-unknown"),
        |code| {
            let division: String = code.chars().take(2).collect();
            crate::register::named(app, speech, "KBLI2020", &division)
        },
    );
    let number = |value: f64| speech.number(value, if value.fract() == 0.0 { 0 } else { 1 });
    let measured = one.before_value.zip(one.after_value).map(|(before, after)| {
        format!("{}: {} → {} {}", one.measure, number(before), number(after), one.unit)
    });
    let query = address::query([("programme", one.programme.as_str())]);
    Card {
        enterprise: one.enterprise_name.clone(),
        place: crate::register::named(app, speech, "REGION", &one.province),
        sector,
        problem: one.problem.clone(),
        action: one.action.clone(),
        measured,
        ask: may_ask.then(|| speech.href(&format!("/network/ask/{}?{query}", one.project))),
    }
}
