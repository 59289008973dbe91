//! The library of practices: what enterprises changed and what came of it, by problem and sector. Case
//! studies with consent and stories that were published elsewhere stand side by side, each with its source.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::delivery::case_studies::{self, Published};
use store::delivery::engagements;

use super::frame;
use super::public::{CASES_MAX, CaseCard, case_card, story_card};
use crate::error::WebError;
use crate::layout::{Place, Shell, public_page};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/practices.html")]
struct PracticesPage {
    shell: Shell,
    here: String,
    problems: Vec<(String, String, bool)>,
    sectors: Vec<(String, bool)>,
    cards: Vec<CaseCard>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    problem: String,
    sector: String,
}

/// `GET /programme/{programme}/practices`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let programme = frame::programme(&app, &id)?;
    let store = &app.desk.store;
    let problem = programme.problem(&asked.problem).map(|problem| problem.code.as_str());
    let published = case_studies::published(store, &id, problem, CASES_MAX).await?;
    let synthetic =
        published.iter().any(|one| one.synthetic) && engagements::any_synthetic(store, &id).await?;
    let stories =
        programme.stories.iter().filter(|story| problem.is_none_or(|code| code == story.problem_kind));
    let mut all: Vec<(String, CaseCard)> = published
        .iter()
        .map(|one| (sector(&app, speech, one), case_card(&app, speech, programme, one)))
        .collect();
    all.extend(
        stories
            .map(|story| (speech.say(&story.sector).to_owned(), story_card(&app, speech, programme, story))),
    );
    let sectors: BTreeSet<String> = all.iter().map(|(sector, _)| sector.clone()).collect();
    let chosen = sectors.get(&asked.sector).cloned();
    let programme_page = format!("/programme/{id}");
    let here = format!("{programme_page}/practices");
    let title = speech.t("practices-title");
    public_page(&PracticesPage {
        shell: Shell::new(&visit, Place::Programmes, title.clone())
            .with_crumbs([
                (programme_page.as_str(), speech.say(&programme.title).to_owned()),
                (here.as_str(), title),
            ])
            .with_description(speech.t("practices-lead"))
            .synthetic_if(synthetic),
        here: speech.href(&here),
        problems: programme
            .problems
            .iter()
            .map(|one| {
                let here = problem == Some(one.code.as_str());
                (one.code.clone(), speech.say(&one.label).to_owned(), here)
            })
            .collect(),
        cards: all
            .into_iter()
            .filter(|(sector, _)| chosen.as_ref().is_none_or(|chosen| chosen == sector))
            .map(|(_, card)| card)
            .collect(),
        sectors: sectors
            .into_iter()
            .map(|one| (one.clone(), chosen.as_deref() == Some(one.as_str())))
            .collect(),
    })
}

/// The division of KBLI: coarse enough that nobody is recognised by it.
fn sector(app: &AppState, speech: Speech, one: &Published) -> String {
    match &one.activity {
        Some(code) => {
            let division: String = code.chars().take(2).collect();
            crate::register::named(app, speech, "KBLI2020", &division)
        }
        None => speech.t("register-activity-unknown"),
    }
}
