//! One person: what is kept, and what was agreed to.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::person::{ConsentSubject, ErasePerson, ExportPerson, Person, ReadPerson};
use store::{consents, people};

use super::consent;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{OwnForm, SignedIn};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "people/show.html")]
struct ShowPage {
    shell: Shell,
    form_token: String,
    here: String,
    /// Empty: forgotten.
    facts: Vec<(String, String)>,
    consents: Vec<consent::Row>,
    purposes: Vec<(&'static str, String)>,
    today: String,
    may_export: bool,
    may_erase: bool,
}

/// A person and the permit under which the look was taken, on record.
pub(super) async fn look(
    app: &AppState,
    signed_in: &SignedIn,
    id: &str,
) -> Result<(Option<Person>, domain::actor::Permit<ReadPerson>), WebError> {
    let store = &app.desk.store;
    let place = people::place(store, id).await?;
    let permit = signed_in.permit(ReadPerson { person: id.to_owned(), place })?;
    let mut tx = store.begin(app.now()).await?;
    let person = people::read(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok((person, permit))
}

pub(super) fn facts(speech: Speech, person: &Person) -> Vec<(String, String)> {
    let sex = person
        .sex
        .map_or_else(|| speech.t("person-unknown"), |sex| speech.t(&format!("person-{}", sex.code())));
    let known = |text: &str| if text.is_empty() { speech.t("person-unknown") } else { text.to_owned() };
    vec![
        (speech.t("person-name"), known(&person.name)),
        (speech.t("person-phone"), known(&person.phone)),
        (speech.t("person-email"), known(&person.email)),
        (speech.t("person-sex"), sex),
    ]
}

/// `GET /people/{person}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let (person, permit) = look(&app, &signed_in, &id).await?;
    let here = format!("/people/{id}");
    let place = permit.action().place.clone();
    let title = person.as_ref().map_or_else(|| speech.t("person-forgotten"), |person| person.name.clone());
    let agreed = consents::of_person(&app.desk.store, &permit).await?;
    let may = |answer: bool| answer && person.is_some();
    let export = signed_in.actor.permit(ExportPerson { person: id.clone(), place: place.clone() }).is_ok();
    let erase = signed_in.actor.permit(ErasePerson { person: id.clone(), place }).is_ok();
    let shell = desk::shell(&visit, &signed_in.session, "/register", title.clone());
    private_page(&ShowPage {
        shell: desk::crumbs(shell, [("/people", speech.t("person-title")), (here.as_str(), title)]),
        form_token: signed_in.session.form_token.clone(),
        facts: person.as_ref().map(|person| facts(speech, person)).unwrap_or_default(),
        consents: consent::rows(speech, agreed),
        purposes: consent::purposes(speech),
        today: app.today().to_string(),
        may_export: may(export),
        may_erase: may(erase),
        here: speech.href(&here),
    })
}

/// `POST /people/{person}/consent`
pub(super) async fn record_consent(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, form): OwnForm<consent::Form>,
) -> Result<Response, WebError> {
    let place = people::place(&app.desk.store, &id).await?;
    consent::record(&app, &signed_in, ConsentSubject::Person(id.clone()), place, form).await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/people/{id}"))).into_response())
}
