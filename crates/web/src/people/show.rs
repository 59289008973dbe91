//! One person: what is kept, what was agreed to, and the way to be forgotten.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::person::{ConsentSubject, ErasePerson, ExportPerson, Person, Purpose, ReadPerson, RecordConsent};
use jiff::civil::Date;
use serde::Deserialize;
use store::{consents, people};

use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{Nothing, OwnForm, SignedIn, incomplete};
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
    consents: Vec<(String, bool, String)>,
    purposes: Vec<(&'static str, String)>,
    today: String,
    may_export: bool,
    may_erase: bool,
}

#[derive(Template)]
#[template(path = "people/erase.html")]
struct ErasePage {
    shell: Shell,
    form_token: String,
    here: String,
    goes: Vec<String>,
    stays: Vec<String>,
}

/// A person and the permit under which the look was taken, on record.
async fn look(
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
        consents: agreed
            .into_iter()
            .map(|one| {
                let key = if one.given { "register-consent-given" } else { "register-consent-refused" };
                let words = [("on", speech.date(one.said_on)), ("evidence", one.evidence)];
                let words = words.each_ref().map(|(name, value)| (*name, value.as_str()));
                (purpose(speech, one.purpose), one.given, speech.with(key, &words))
            })
            .collect(),
        purposes: Purpose::ALL.map(|each| (each.code(), purpose(speech, each))).into(),
        today: app.now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
        may_export: may(export),
        may_erase: may(erase),
        here: speech.href(&here),
    })
}

pub(super) fn purpose(speech: Speech, purpose: Purpose) -> String {
    speech.t(&format!("register-purpose-{}", purpose.code()))
}

#[derive(Deserialize)]
pub(super) struct ConsentForm {
    purpose: String,
    given: String,
    on: String,
    #[serde(default)]
    evidence: String,
}

/// `POST /people/{person}/consent`
pub(super) async fn consent(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, form): OwnForm<ConsentForm>,
) -> Result<Response, WebError> {
    let today = app.now().to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().map_err(WebError::internal)?;
    let on: Date = form.on.parse().ok().filter(|day| *day <= today).ok_or_else(incomplete)?;
    let act = RecordConsent {
        id: app.new_id(),
        subject: ConsentSubject::Person(id.clone()),
        purpose: Purpose::parse(&form.purpose).ok_or_else(incomplete)?,
        given: form.given == "yes",
        on,
        evidence: form.evidence.chars().take(200).collect(),
        place: people::place(&app.desk.store, &id).await?,
    };
    let permit = signed_in.permit(act)?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    consents::record(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/people/{id}"))).into_response())
}

/// `GET /people/{person}/erase`: what goes and what stays, before anything happens.
pub(super) async fn confirm(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let store = &app.desk.store;
    let (person, look) = look(&app, &signed_in, &id).await?;
    let person = person.ok_or(WebError::NotFound)?;
    signed_in.permit(ErasePerson { person: id.clone(), place: look.action().place.clone() })?;
    let mut tx = store.begin(app.now()).await?;
    let (trainings, contacts) = people::traces_of(&mut tx, &look).await?;
    drop(tx);
    let number = |number: usize| speech.integer(number as u64);
    let mut goes = vec![speech.t("person-goes-record")];
    if trainings > 0 {
        goes.push(speech.with("person-goes-trainings", &[("count", &number(trainings))]));
    }
    if contacts > 0 {
        goes.push(speech.with("person-goes-contacts", &[("count", &number(contacts))]));
    }
    if person.account.is_some() {
        goes.push(speech.t("person-goes-account"));
    }
    let here = format!("/people/{id}");
    let shell = desk::shell(&visit, &signed_in.session, "/register", speech.t("person-erase"));
    private_page(&ErasePage {
        shell: desk::crumbs(shell, [("/people", speech.t("person-title")), (here.as_str(), person.name)]),
        form_token: signed_in.session.form_token.clone(),
        here: speech.href(&here),
        goes,
        stays: ["person-stays-counts", "person-stays-consent", "person-stays-audit", "person-stays-backup"]
            .map(|key| speech.t(key))
            .into(),
    })
}

/// `POST /people/{person}/erase`
pub(super) async fn erase(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let place = people::place(&app.desk.store, &id).await?;
    let permit = signed_in.permit(ErasePerson { person: id.clone(), place })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    people::erase(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/people/{id}"))).into_response())
}
