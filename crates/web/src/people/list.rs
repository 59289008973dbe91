//! The people of one enterprise, or of everywhere within reach, and the form that puts one on record.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::Actor;
use domain::language::Text;
use domain::person::{Person, ReadPerson, RecordPerson, Sex};
use serde::Deserialize;
use store::{enterprises, people};

use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{OwnForm, SignedIn};
use crate::state::AppState;
use crate::visit::Visit;

const SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "people/list.html")]
struct ListPage {
    shell: Shell,
    form_token: String,
    /// The enterprise whose people these are, and its name.
    enterprise: Option<(String, String)>,
    rows: Vec<Row>,
    may_record: bool,
}

struct Row {
    href: String,
    /// `None`: forgotten.
    name: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    enterprise: String,
}

/// `GET /people?enterprise=…`: one look that names them all goes on record.
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let store = &app.desk.store;
    let reach = signed_in.actor.reach::<ReadPerson>()?;
    let enterprise = match asked.enterprise.as_str() {
        "" => None,
        id => Some((id.to_owned(), enterprise_name(&app, &signed_in.actor, id).await?)),
    };
    let id = enterprise.as_ref().map(|(id, _)| id.as_str());
    let lines = people::list(store, &reach, id, SHOWN).await?;
    let there: Vec<String> =
        lines.iter().filter(|line| line.erased_at.is_none()).map(|line| line.id.clone()).collect();
    let mut names = Vec::new();
    if !there.is_empty() {
        let mut tx = store.begin(app.now()).await?;
        names = people::read_many(&mut tx, &signed_in.actor, id.unwrap_or("people"), &there).await?;
        tx.commit().await?;
    }
    let name = |id: &str| {
        let found = names.iter().find(|(known, _)| known == id)?;
        Some(found.1.as_ref()?.name.clone())
    };
    let shell = desk::shell(&visit, &signed_in.session, "/register", speech.t("person-title"));
    private_page(&ListPage {
        shell: desk::crumbs(
            shell,
            [("/register", speech.t("register-title")), ("/people", speech.t("person-title"))],
        ),
        form_token: signed_in.session.form_token.clone(),
        rows: lines
            .iter()
            .map(|line| Row { href: speech.href(&format!("/people/{}", line.id)), name: name(&line.id) })
            .collect(),
        may_record: enterprise.is_some() && signed_in.actor.may_somewhere::<RecordPerson>(),
        enterprise,
    })
}

async fn enterprise_name(app: &AppState, actor: &Actor, id: &str) -> Result<String, WebError> {
    let place = enterprises::place(&app.desk.store, id).await?;
    let permit = actor.permit(domain::enterprise::ReadEnterprise { enterprise: id.to_owned(), place })?;
    Ok(enterprises::get(&app.desk.store, &permit).await?.enterprise.name)
}

#[derive(Deserialize)]
pub(super) struct NewPerson {
    enterprise: String,
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    sex: String,
}

/// `POST /people`
pub(super) async fn record(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, form): OwnForm<NewPerson>,
) -> Result<Response, WebError> {
    let text = |text: &str| -> String {
        text.trim().chars().filter(|letter| !letter.is_control()).take(200).collect()
    };
    if !form.name.chars().any(char::is_alphanumeric) {
        return Err(WebError::BadRequest(Text::new(
            "Tulis nama orang itu.",
            "Write the name of the person.",
        )));
    }
    let person = Person {
        name: text(&form.name),
        phone: text(&form.phone),
        email: text(&form.email),
        sex: Sex::parse(&form.sex),
        enterprise: Some(form.enterprise.clone()),
        ..Person::default()
    };
    let place = people::place_for(&app.desk.store, Some(&form.enterprise), None).await?;
    let id = app.new_id();
    let permit = signed_in.permit(RecordPerson { id: id.clone(), person, place })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    people::record(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/people/{id}"))).into_response())
}
