//! Selecting an enterprise of the register for a programme.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::Place;
use domain::delivery::{Act, Arrange, Order};
use serde::Deserialize;
use store::delivery::engagements::{self, Candidate};

use super::acts::{Failed, Trouble};
use super::fields::{Builder, Field, Reader, Values};
use super::frame;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::{OwnForm, SignedIn};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/select.html")]
struct SelectPage {
    shell: Shell,
    form_token: String,
    lead: String,
    error: Option<String>,
    fields: Vec<Field>,
    here: String,
    back: String,
    /// No enterprise was named: it is chosen in the register.
    register: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    enterprise: String,
}

/// `GET /delivery/engagements/new`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let values = Values::from([("enterprise".to_owned(), asked.enterprise)]);
    page(&app, &visit, &signed_in, &values, &Trouble::default()).await
}

/// `POST /delivery/engagements/new`
pub(super) async fn submit(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, values): OwnForm<Values>,
) -> Result<Response, WebError> {
    let mut read = Reader::new(visit.speech, &values);
    let enterprise = read.text("enterprise");
    let product = read.text("product");
    let (programme, product) = product.split_once('/').unwrap_or_default();
    let there = engagements::candidate(&app.desk.store, &enterprise).await?.ok_or(WebError::NotFound)?;
    let on = read.date("on");
    let known = app.content.programme(programme).ok_or(WebError::NotFound)?;
    let phase = known.phase_on(on).or(known.phases.last()).map(|phase| phase.id.clone()).unwrap_or_default();
    let organisation = read.text("organisation");
    let place = Place::programme(programme)
        .in_region(&there.region)
        .of_organisation(&organisation)
        .of_enterprise(&there.id);
    let act = Act::Select {
        enterprise: there.id,
        programme: programme.to_owned(),
        phase,
        product: product.to_owned(),
        organisation,
        region: there.region,
        on,
        // What is invented stays invented on its way.
        synthetic: there.synthetic,
    };
    let trouble = if read.errors.is_empty() {
        let id = app.new_id();
        let order = Order { engagement: id.clone(), place, act };
        let allowed = order.allow(&signed_in.actor)?;
        let mut tx = app.desk.store.begin(app.now()).await?;
        match store::delivery::perform(&mut tx, &allowed, known).await {
            Ok(()) => {
                tx.commit().await?;
                let there = visit.speech.href(&format!("/delivery/engagements/{id}"));
                return Ok(Redirect::to(&there).into_response());
            }
            Err(error) => {
                // The page below reads through the store, which waits for this transaction on SQLite.
                drop(tx);
                Trouble::of(&app, visit.speech, Failed::Store(error)).await?
            }
        }
    } else {
        Trouble { errors: read.errors, top: None }
    };
    let page = page(&app, &visit, &signed_in, &values, &trouble).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    values: &Values,
    trouble: &Trouble,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let reach = signed_in.actor.reach::<Arrange>()?;
    let id = values.get("enterprise").map(String::as_str).unwrap_or_default();
    let candidate = engagements::candidate(&app.desk.store, id).await?;
    let covers = |one: &Candidate, organisation: &str| {
        app.content.programmes().any(|programme| {
            reach.covers(
                &Place::programme(&programme.id)
                    .in_region(&one.region)
                    .of_organisation(organisation)
                    .of_enterprise(&one.id),
            )
        })
    };
    let mut fields = Vec::new();
    let mut lead = speech.t("delivery-select-lead");
    if let Some(one) = &candidate {
        let mut providers = engagements::providers(&app.desk.store).await?;
        providers.retain(|(organisation, _)| covers(one, organisation));
        if providers.is_empty() {
            // Nobody for whom this person arranges may serve this place.
            return Err(WebError::NotFound);
        }
        lead = speech.with("delivery-select-lead-for", &[("name", &one.name)]);
        fields = draw(app, visit, values, &trouble.errors, providers);
    }
    let title = speech.t("delivery-select");
    let shell = frame::shell(visit, signed_in, "/delivery/engagements", title.clone());
    let list = speech.t("delivery-nav-engagements");
    private_page(&SelectPage {
        shell: frame::crumbs(shell, [("/delivery/engagements", list), ("/delivery/engagements/new", title)]),
        form_token: signed_in.session.form_token.clone(),
        lead,
        error: trouble.top.clone(),
        register: candidate.is_none().then(|| speech.href("/register")),
        fields,
        here: speech.href("/delivery/engagements/new"),
        back: speech.href("/delivery/engagements"),
    })
}

fn draw(
    app: &AppState,
    visit: &Visit,
    values: &Values,
    errors: &BTreeMap<String, String>,
    providers: Vec<(String, String)>,
) -> Vec<Field> {
    let speech = visit.speech;
    let products = app
        .content
        .programmes()
        .flat_map(|programme| {
            programme.products.iter().map(move |product| {
                let words = format!("{}: {}", speech.say(&programme.title), speech.say(&product.title));
                (format!("{}/{}", programme.id, product.id), words)
            })
        })
        .collect();
    let mut build = Builder::new(speech, "select", values, errors);
    build.hidden("enterprise", String::new());
    build.select("product", products).needed();
    build.select("organisation", providers).needed();
    build.date("on", Some(frame::today(app))).needed();
    build.fields
}
