//! One page per act: the form, and what happens when it is sent.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::delivery::{Act, Dossier, Order, ReadDelivery};
use domain::programme::Programme;
use serde::Deserialize;
use store::StoreError;

use super::case::{self, Offer};
use super::fields::{Field, Values};
use super::form::{Ground, Subject};
use super::{form, frame, read};
use crate::address;
use crate::error::WebError;
use crate::layout::{Link, Shell, private_page};
use crate::office::guard::{OwnForm, SignedIn};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/form.html")]
struct FormPage {
    shell: Shell,
    form_token: String,
    lead: String,
    fields: Vec<Field>,
    /// Said on top: what could not be done, and what somebody else did meanwhile.
    error: Option<String>,
    wrong: Vec<(String, String)>,
    button: String,
    /// A second button that sends the form with another `do`.
    submit: Option<String>,
    /// A page to read before the form is sent.
    reading: Option<Link>,
    here: String,
    back: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    course: String,
    thing: String,
}

/// `GET /delivery/engagements/{engagement}/do/{form}`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((engagement, form)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let dossier = frame::dossier(&app, &signed_in, &engagement).await?;
    let subject = subject(&dossier, asked);
    let sent = Sent { form: &form, subject: &subject, values: &Values::new() };
    page(&app, &visit, &signed_in, &dossier, &sent, &Trouble::default()).await
}

/// `POST /delivery/engagements/{engagement}/do/{form}`
pub(super) async fn submit(
    State(app): State<AppState>,
    visit: Visit,
    Path((engagement, form)): Path<(String, String)>,
    OwnForm(signed_in, values): OwnForm<Values>,
) -> Result<Response, WebError> {
    let dossier = frame::dossier(&app, &signed_in, &engagement).await?;
    if !form::FORMS.contains(&form.as_str()) {
        return Err(WebError::NotFound);
    }
    let typed = |name: &str| values.get(name).cloned().unwrap_or_default();
    let subject = subject(&dossier, Asked { course: typed("course"), thing: typed("thing") });
    let sent = Sent { form: &form, subject: &subject, values: &values };
    let offers = offers(&app, &signed_in, &dossier, &form).await?;
    let sheet = read::Sheet {
        form: &form,
        speech: visit.speech,
        values: &values,
        subject: &subject,
        offers: &offers,
        id: fresh_id(&app, &values),
        today: frame::today(&app),
    };
    let thing = sheet.id.clone();
    let trouble = match read::act(&sheet) {
        Err(errors) => Trouble { errors, top: None },
        Ok(act) => {
            let done = done(visit.speech, &engagement, &act);
            match perform(&app, &signed_in, &dossier, act).await {
                Ok(()) => return Ok(done),
                Err(error) => {
                    let now = frame::dossier(&app, &signed_in, &engagement).await?;
                    // The same form, sent twice over a weak line: the first one was taken.
                    if holds(&now, &thing) {
                        return Ok(done);
                    }
                    Trouble::of(&app, visit.speech, error).await?
                }
            }
        }
    };
    // What was typed stays on the page, beside the state as it is now.
    let dossier = frame::dossier(&app, &signed_in, &engagement).await?;
    let page = page(&app, &visit, &signed_in, &dossier, &sent, &trouble).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Where somebody goes on who has done something.
fn done(speech: Speech, engagement: &str, act: &Act) -> Response {
    let page = format!("/delivery/engagements/{engagement}");
    let page = match act {
        Act::WriteCaseStudy { case_study, .. } => format!("{page}/cases/{case_study}"),
        _ => page,
    };
    Redirect::to(&speech.href(&page)).into_response()
}

/// Is something with this id on record? Forms that begin something carry the id with which they were handed
/// out.
fn holds(dossier: &Dossier, id: &str) -> bool {
    dossier.projects.iter().any(|one| one.id == id)
        || dossier.visits.iter().any(|one| one.id == id)
        || dossier.assessments.iter().any(|one| one.id == id)
        || dossier.courses.iter().any(|one| one.id == id)
        || dossier.case_studies.iter().any(|one| one.id == id)
}

/// The id with which the form was handed out, or a fresh one.
fn fresh_id(app: &AppState, values: &Values) -> String {
    let sent = values.get("fresh").map(String::as_str).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_id = (1..=40).contains(&sent.len()) && sent.bytes().all(plain);
    if is_id { sent.to_owned() } else { app.new_id() }
}

/// Figures that the records offer, for the form of a case study alone.
async fn offers(
    app: &AppState,
    signed_in: &SignedIn,
    dossier: &Dossier,
    form: &str,
) -> Result<Vec<Offer>, WebError> {
    if form == "case" { case::offers(app, signed_in, dossier).await } else { Ok(Vec::new()) }
}

/// Asks for permission and does it.
pub(super) async fn perform(
    app: &AppState,
    signed_in: &SignedIn,
    dossier: &Dossier,
    act: Act,
) -> Result<(), Failed> {
    let engagement = &dossier.engagement;
    let order = Order { engagement: engagement.id.clone(), place: engagement.place(), act };
    let allowed = order.allow(&signed_in.actor).map_err(|refused| Failed::Web(refused.into()))?;
    let programme = frame::programme(app, &engagement.programme).map_err(Failed::Web)?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    store::delivery::perform(&mut tx, &allowed, programme).await?;
    tx.commit().await?;
    Ok(())
}

/// Why an act was not done.
#[derive(Debug)]
pub(super) enum Failed {
    Store(StoreError),
    Web(WebError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Failed::Store(error)
    }
}

/// What is said about a form that did not go through.
#[derive(Default)]
pub(super) struct Trouble {
    pub(super) errors: BTreeMap<String, String>,
    pub(super) top: Option<String>,
}

impl Trouble {
    /// Words for what a person can mend; everything else is an error of its own.
    pub(super) async fn of(app: &AppState, speech: Speech, failed: Failed) -> Result<Self, WebError> {
        match failed {
            Failed::Web(error) => Err(error),
            Failed::Store(StoreError::Unlawful(refusal)) => {
                let text = refusal.text();
                let words = speech.say(&text).to_owned();
                let mut trouble = Trouble::default();
                match refusal.field() {
                    Some(field) => drop(trouble.errors.insert(field.to_owned(), words.clone())),
                    None => trouble.top = Some(words),
                }
                Ok(trouble)
            }
            Failed::Store(StoreError::Overtaken { action, by, at, .. }) => {
                let who = frame::person(app, speech, Some(&by)).await?;
                let key = format!("delivery-did-{}", action.replace('.', "-"));
                let what = if speech.knows(&key) { speech.t(&key) } else { action };
                let values = [("who", who.as_str()), ("what", &what), ("when", &speech.moment(at))];
                Ok(Trouble { top: Some(speech.with("delivery-stale", &values)), ..Trouble::default() })
            }
            Failed::Store(error) => Err(error.into()),
        }
    }
}

/// The course and the thing a form is about; the open course where none was named.
fn subject(dossier: &Dossier, asked: Asked) -> Subject {
    let course = match asked.course.as_str() {
        "" => dossier.open_course().or(dossier.courses.last()).map(|course| course.id.clone()),
        _ => Some(asked.course),
    };
    Subject { course: course.unwrap_or_default(), thing: asked.thing }
}

struct Sent<'a> {
    form: &'a str,
    subject: &'a Subject,
    values: &'a Values,
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    dossier: &Dossier,
    sent: &Sent<'_>,
    trouble: &Trouble,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let engagement = &dossier.engagement;
    let programme = frame::programme(app, &engagement.programme)?;
    let name = frame::enterprise_name(app, &engagement.id, &engagement.enterprise).await?;
    let ground = Ground {
        app,
        speech,
        enterprise: name.clone(),
        offers: offers(app, signed_in, dossier, sent.form).await?,
        programme,
        dossier,
        subject: sent.subject,
        today: frame::today(app),
        offered: offered(app, signed_in, dossier, programme, sent, speech).await?,
    };
    let mut fields =
        form::fields(sent.form, &ground, sent.values, &trouble.errors).ok_or(WebError::NotFound)?;
    fields.push(Field {
        name: "fresh".into(),
        kind: "hidden",
        value: fresh_id(app, sent.values),
        ..Field::default()
    });
    let shown = |name: &str| fields.iter().find(|field| field.name == name && field.kind != "hidden");
    // An error whose field the form does not have is said on top.
    let homeless =
        trouble.errors.iter().find(|(name, _)| shown(name).is_none()).map(|(_, words)| words.clone());
    let wrong =
        trouble.errors.keys().filter_map(|name| Some((name.clone(), shown(name)?.label.clone()))).collect();
    let title = speech.t(&format!("delivery-form-{}", sent.form));
    let back = format!("/delivery/engagements/{}", engagement.id);
    let here = format!("{back}/do/{}", sent.form);
    let shell = frame::shell(visit, signed_in, "/delivery/engagements", title.clone());
    private_page(&FormPage {
        shell: frame::crumbs(shell, [(back.as_str(), name.clone()), (here.as_str(), title)])
            .synthetic_if(engagement.synthetic),
        form_token: signed_in.session.form_token.clone(),
        lead: speech.with(&format!("delivery-form-{}-lead", sent.form), &[("name", &name)]),
        fields,
        error: trouble.top.clone().or(homeless),
        wrong,
        button: speech.t(&format!("delivery-form-{}-do", sent.form)),
        submit: (sent.form == "words").then(|| speech.t("delivery-form-words-submit")),
        reading: reading(speech, dossier, sent),
        here: speech.href(&here),
        back: speech.href(&back),
    })
}

/// What must be read before it is agreed to or published.
fn reading(speech: Speech, dossier: &Dossier, sent: &Sent<'_>) -> Option<Link> {
    let case = dossier.case_studies.iter().find(|one| one.id == sent.subject.thing)?;
    let page = format!("/delivery/engagements/{}/cases/{}", dossier.engagement.id, case.id);
    ["consent", "publish"].contains(&sent.form).then(|| Link {
        href: speech.href(&page),
        label: speech.t("case-read-first"),
        current: false,
    })
}

/// Trainings of the next module, or of the course, to which the enterprise may be sent; trainers of
/// the provider, for the form that puts one in charge.
async fn offered(
    app: &AppState,
    signed_in: &SignedIn,
    dossier: &Dossier,
    programme: &Programme,
    sent: &Sent<'_>,
    speech: Speech,
) -> Result<Vec<(String, String)>, WebError> {
    if sent.form == "trainer" {
        let organisation = &dossier.engagement.organisation;
        return Ok(store::delivery::engagements::trainers(&app.desk.store, organisation).await?);
    }
    if !["module", "enrol"].contains(&sent.form) {
        return Ok(Vec::new());
    }
    let reach = signed_in.actor.reach::<ReadDelivery>()?;
    let today = frame::today(app);
    let from = today.saturating_sub(jiff::Span::new().days(60));
    let to = today.saturating_add(jiff::Span::new().days(365));
    let all = store::delivery::trainings::between(&app.desk.store, &reach, None, from, to).await?;
    let course = dossier.course(&sent.subject.course).filter(|_| sent.form == "enrol");
    let fits = |module: &str| match course {
        Some(course) => course.module == module,
        None => !dossier.modules_begun().contains(&module),
    };
    Ok(all
        .into_iter()
        .filter(|one| one.programme == programme.id && fits(&one.module))
        .map(|one| {
            let module = frame::module_title(app, speech, &programme.id, &one.module);
            let words = format!("{}, {}: {module}", speech.short_date(one.starts_on), one.venue);
            (one.id, words)
        })
        .collect())
}

/// The address of a form, with what it is about.
pub(super) fn href(speech: Speech, engagement: &str, form: &str, course: &str, thing: &str) -> String {
    let query = address::query([("course", course), ("thing", thing)]);
    speech.href(&format!("/delivery/engagements/{engagement}/do/{form}?{query}"))
}
