//! A question to an enterprise that solved a problem, and its answer: both stay on these pages.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::network::{AnswerQuestion, AskPeer, NewQuestion, ReadNetwork, Reply};
use serde::Deserialize;
use store::delivery::engagements::any_synthetic;
use store::network::{self, Question, Side, Solved};
use store::{StoreError, enterprises};

use super::own_enterprises;
use super::search::{Card, card};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{OwnForm, SignedIn};
use crate::state::AppState;
use crate::visit::Visit;

const SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "network/ask.html")]
struct AskPage {
    shell: Shell,
    form_token: String,
    here: String,
    card: Card,
    own: Vec<(String, String)>,
    words: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "network/questions.html")]
struct QuestionsPage {
    shell: Shell,
    form_token: String,
    received: Vec<Row>,
    asked: Vec<Row>,
    /// An answer that was not taken: the question, why, and what was typed.
    refused: Option<(String, String, String)>,
}

impl QuestionsPage {
    /// Why the answer to a question was not taken.
    fn why(&self, question: &str) -> &str {
        self.refused.as_ref().filter(|(id, ..)| id == question).map_or("", |(_, why, _)| why)
    }

    /// What was typed in answer to a question and not taken.
    fn typed(&self, question: &str) -> &str {
        self.refused.as_ref().filter(|(id, ..)| id == question).map_or("", |(_, _, words)| words)
    }
}

struct Row {
    id: String,
    who: String,
    about: String,
    words: String,
    when: String,
    state: String,
    answer: String,
    /// Where an answer goes, while one is owed and this person may give it.
    reply: Option<String>,
}

async fn solved(app: &AppState, signed_in: &SignedIn, project: &str) -> Result<Solved, WebError> {
    let reach = signed_in.actor.reach::<ReadNetwork>()?;
    network::solved_by(&app.desk.store, &reach, project).await?.ok_or(WebError::NotFound)
}

/// `GET /network/ask/{project}`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(project): Path<String>,
) -> Result<Response, WebError> {
    page(&app, &visit, &signed_in, &project, "", None).await
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    project: &str,
    words: &str,
    error: Option<String>,
) -> Result<Response, WebError> {
    signed_in.actor.reach::<AskPeer>()?;
    let speech = visit.speech;
    let one = solved(app, signed_in, project).await?;
    let here = format!("/network/ask/{project}");
    let shell = desk::shell(visit, &signed_in.session, "/network", speech.t("network-ask"));
    private_page(&AskPage {
        shell: desk::crumbs(
            shell,
            [("/network", speech.t("network-title")), (here.as_str(), speech.t("network-ask"))],
        )
        .synthetic_if(one.synthetic),
        form_token: signed_in.session.form_token.clone(),
        here: speech.href(&here),
        card: card(app, speech, &one, false),
        own: own_enterprises(app, &signed_in.actor).await?,
        words: words.to_owned(),
        error,
    })
}

#[derive(Deserialize)]
pub(super) struct Sent {
    from: String,
    words: String,
}

/// `POST /network/ask/{project}`
pub(super) async fn submit(
    State(app): State<AppState>,
    visit: Visit,
    Path(project): Path<String>,
    OwnForm(signed_in, sent): OwnForm<Sent>,
) -> Result<Response, WebError> {
    let one = solved(&app, &signed_in, &project).await?;
    let new = NewQuestion {
        id: app.new_id(),
        programme: one.programme,
        from: sent.from.trim().to_owned(),
        project: project.clone(),
        words: sent.words.clone(),
    };
    let place = enterprises::place(&app.desk.store, &new.from).await?;
    let permit = signed_in.permit(AskPeer { question: new.id.clone(), place })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    match network::ask(&mut tx, &permit, &new).await {
        Ok(()) => tx.commit().await?,
        Err(StoreError::Rule(text)) => {
            drop(tx);
            let error = Some(visit.speech.say(&text).to_owned());
            let page = page(&app, &visit, &signed_in, &project, &sent.words, error).await?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&visit.speech.href("/network/questions")).into_response())
}

/// `GET /network/questions`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    questions(&app, &visit, &signed_in, None).await
}

async fn questions(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    refused: Option<(String, String, String)>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let store = &app.desk.store;
    let reach = signed_in.actor.reach::<ReadNetwork>()?;
    let mut received = Vec::new();
    for one in network::questions(store, &reach, Side::Received, SHOWN).await? {
        let place = enterprises::place(store, &one.to_id).await?;
        let may = signed_in.actor.permit(AnswerQuestion { question: one.id.clone(), place }).is_ok();
        let reply =
            (may && one.state == "open").then(|| speech.href(&format!("/network/questions/{}", one.id)));
        received.push(row(visit, &one, &one.from_name, reply));
    }
    let asked = network::questions(store, &reach, Side::Asked, SHOWN).await?;
    let here = "/network/questions";
    let mut synthetic = false;
    for programme in app.content.programmes() {
        synthetic |= any_synthetic(store, &programme.id).await?;
    }
    let shell = desk::shell(visit, &signed_in.session, "/network", speech.t("network-questions"));
    private_page(&QuestionsPage {
        shell: desk::crumbs(
            shell,
            [("/network", speech.t("network-title")), (here, speech.t("network-questions"))],
        )
        .synthetic_if(synthetic),
        form_token: signed_in.session.form_token.clone(),
        received,
        asked: asked.iter().map(|one| row(visit, one, &one.to_name, None)).collect(),
        refused,
    })
}

fn row(visit: &Visit, one: &Question, who: &str, reply: Option<String>) -> Row {
    Row {
        id: one.id.clone(),
        who: who.to_owned(),
        about: one.problem.clone(),
        words: one.words.clone(),
        when: visit.speech.moment(one.asked_at),
        state: visit.speech.t(&format!("network-state-{}", one.state)),
        answer: one.answer.clone(),
        reply,
    }
}

#[derive(Deserialize)]
pub(super) struct Answered {
    #[serde(default)]
    words: String,
    #[serde(default)]
    decline: String,
}

/// `POST /network/questions/{question}`
pub(super) async fn answer(
    State(app): State<AppState>,
    visit: Visit,
    Path(question): Path<String>,
    OwnForm(signed_in, answered): OwnForm<Answered>,
) -> Result<Response, WebError> {
    let store = &app.desk.store;
    let to = network::asked(store, &question).await?;
    let place = enterprises::place(store, &to).await?;
    let permit = signed_in.permit(AnswerQuestion { question: question.clone(), place })?;
    let words = answered.words.clone();
    let reply = if answered.decline == "yes" { Reply::Decline } else { Reply::Answer(answered.words) };
    let mut tx = store.begin(app.now()).await?;
    match network::answer(&mut tx, &permit, &reply).await {
        Ok(()) => tx.commit().await?,
        Err(StoreError::Rule(text)) => {
            drop(tx);
            let refused = Some((question, visit.speech.say(&text).to_owned(), words));
            let page = questions(&app, &visit, &signed_in, refused).await?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&visit.speech.href("/network/questions")).into_response())
}
