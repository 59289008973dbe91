//! A training: who is enrolled, who came, how useful it was.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::Place;
use domain::delivery::{Arrange, ReadDelivery, Roster, Training, TrainingAct, TrainingOrder, TrainingState};
use domain::programme::Product;
use store::delivery::{engagements, trainings};

use super::acts::{Failed, Trouble};
use super::attendance::{self, Entry, Sums, Table};
use super::fields::{Builder, Field, Reader, Values};
use super::frame::{self, May};
use crate::error::WebError;
use crate::layout::{Link, Shell, private_page};
use crate::office::guard::{OwnForm, SignedIn};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/training.html")]
struct TrainingPage {
    shell: Shell,
    form_token: String,
    lead: String,
    facts: Vec<(String, String)>,
    status: String,
    chip: &'static str,
    error: Option<String>,
    enrolled: Vec<EnrolledView>,
    cohort: String,
    tables: Vec<Table>,
    sums: Option<Sums>,
    /// Answers 1 to 5 as they were counted; empty before.
    feedback: [String; 5],
    may_cancel: bool,
    may_hold: bool,
    held: bool,
    version: i64,
    here: String,
    /// Documents to print, for whoever may.
    prints: Vec<Link>,
}

struct EnrolledView {
    name: String,
    href: String,
    baseline: String,
    chip: &'static str,
    came: String,
    /// To another training, where this one was called off.
    enrol: Option<String>,
}

#[derive(Template)]
#[template(path = "delivery/training_new.html")]
struct NewPage {
    shell: Shell,
    form_token: String,
    error: Option<String>,
    fields: Vec<Field>,
    here: String,
    back: String,
}

/// `GET /delivery/trainings/{training}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let roster = roster(&app, &signed_in, &id).await?;
    if !roster.participants.is_empty() {
        // Names of people are on this page: the look goes on record.
        let permit = signed_in.permit(ReadDelivery { what: id, place: roster.training.place() })?;
        let mut tx = app.desk.store.begin(app.now()).await?;
        trainings::names_seen(&mut tx, &permit, roster.participants.len()).await?;
        tx.commit().await?;
    }
    page(&app, &visit, &signed_in, &roster, &entries(&roster), None).await
}

fn entries(roster: &Roster) -> Vec<Entry> {
    roster.participants.iter().map(Entry::from).collect()
}

async fn roster(app: &AppState, signed_in: &SignedIn, id: &str) -> Result<Roster, WebError> {
    let store = &app.desk.store;
    let place = trainings::find(store, id).await?.ok_or(WebError::NotFound)?;
    let permit = signed_in.permit(ReadDelivery { what: id.to_owned(), place })?;
    Ok(trainings::get(store, &permit).await?)
}

/// `POST /delivery/trainings/{training}/attendance`
pub(super) async fn take(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, values): OwnForm<Values>,
) -> Result<Response, WebError> {
    let there = roster(&app, &signed_in, &id).await?;
    let days = there.training.days(frame::programme(&app, &there.training.programme)?);
    let sent = attendance::sent(&values, days);
    let version = Reader::new(visit.speech, &values).version();
    let error = match attendance::participants(visit.speech, &sent, || app.new_id()) {
        Err(words) => Some(words),
        Ok(participants) => {
            let act = TrainingAct::Hold { version, participants };
            match perform(&app, &signed_in, &there, act).await {
                Ok(()) => return Ok(back(visit.speech, &id)),
                Err(failed) => words(Trouble::of(&app, visit.speech, failed).await?),
            }
        }
    };
    let there = roster(&app, &signed_in, &id).await?;
    let page = page(&app, &visit, &signed_in, &there, &sent, error).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /delivery/trainings/{training}/cancel`
pub(super) async fn cancel(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, values): OwnForm<Values>,
) -> Result<Response, WebError> {
    let there = roster(&app, &signed_in, &id).await?;
    let mut read = Reader::new(visit.speech, &values);
    let act = TrainingAct::Cancel { version: read.version(), because: read.text("because") };
    match perform(&app, &signed_in, &there, act).await {
        Ok(()) => Ok(back(visit.speech, &id)),
        Err(failed) => {
            let error = words(Trouble::of(&app, visit.speech, failed).await?);
            let page = page(&app, &visit, &signed_in, &there, &entries(&there), error).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `POST /delivery/trainings/{training}/feedback`
pub(super) async fn feedback(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, values): OwnForm<Values>,
) -> Result<Response, WebError> {
    let there = roster(&app, &signed_in, &id).await?;
    let mut read = Reader::new(visit.speech, &values);
    let answers = ["a1", "a2", "a3", "a4", "a5"].map(|name| read.count(name));
    match perform(&app, &signed_in, &there, TrainingAct::Feedback { answers }).await {
        Ok(()) => Ok(back(visit.speech, &id)),
        Err(failed) => {
            let error = words(Trouble::of(&app, visit.speech, failed).await?);
            let page = page(&app, &visit, &signed_in, &there, &entries(&there), error).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn words(trouble: Trouble) -> Option<String> {
    trouble.top.or_else(|| trouble.errors.into_values().next())
}

fn back(speech: Speech, id: &str) -> Response {
    Redirect::to(&speech.href(&format!("/delivery/trainings/{id}"))).into_response()
}

async fn perform(
    app: &AppState,
    signed_in: &SignedIn,
    roster: &Roster,
    act: TrainingAct,
) -> Result<(), Failed> {
    let training = &roster.training;
    let order = TrainingOrder { training: training.id.clone(), place: training.place(), act };
    let allowed = order.allow(&signed_in.actor).map_err(|refused| Failed::Web(refused.into()))?;
    let programme = frame::programme(app, &training.programme).map_err(Failed::Web)?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    trainings::perform(&mut tx, &allowed, programme).await?;
    tx.commit().await?;
    Ok(())
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    roster: &Roster,
    listed: &[Entry],
    error: Option<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let training = &roster.training;
    let programme = frame::programme(app, &training.programme)?;
    let product = programme.product(&training.product).ok_or(WebError::NotFound)?;
    let module = frame::module_title(app, speech, &programme.id, &training.module);
    let title = speech.with("delivery-training-of", &[("module", &module)]);
    let here = format!("/delivery/trainings/{}", training.id);
    let shell = frame::shell(visit, signed_in, "/delivery/calendar", title.clone());
    let calendar = speech.t("delivery-nav-calendar");
    let days = format!("{}–{}", speech.short_date(training.starts_on), speech.short_date(training.ends_on));
    let may = May::at(&signed_in.actor, &training.place());
    let state = training.state;
    let synthetic = engagements::any_synthetic(&app.desk.store, &programme.id).await?;
    private_page(&TrainingPage {
        shell: frame::crumbs(shell, [("/delivery/calendar", calendar), (here.as_str(), title)])
            .synthetic_if(synthetic),
        form_token: signed_in.session.form_token.clone(),
        lead: speech.with("delivery-training-lead", &[("venue", &training.venue), ("days", &days)]),
        facts: facts(app, speech, training, product),
        status: speech.t(&format!("delivery-training-{}", state.code())),
        chip: match state {
            TrainingState::Held => "ok",
            TrainingState::Planned => "info",
            TrainingState::Cancelled => "warn",
        },
        error,
        enrolled: roster.enrolled.iter().map(|one| enrolled_view(speech, roster, one, may)).collect(),
        cohort: speech.with(
            "delivery-cohort",
            &[
                ("there", &speech.integer(roster.enrolled.len() as u64)),
                ("most", &product.cohort_max.to_string()),
            ],
        ),
        tables: attendance::tables(
            speech,
            roster,
            listed,
            usize::from(product.participants),
            training.days(programme),
        ),
        sums: attendance::sums(speech, programme, roster),
        feedback: roster.training.feedback.map(|count| {
            if training.satisfaction().is_some() { speech.integer(u64::from(count)) } else { String::new() }
        }),
        may_cancel: may.arrange && state == TrainingState::Planned,
        may_hold: may.deliver
            && state != TrainingState::Cancelled
            && training.starts_on <= frame::today(app)
            && !roster.enrolled.is_empty(),
        held: state == TrainingState::Held,
        prints: prints(speech, roster, may),
        version: training.version,
        here: speech.href(&here),
    })
}

fn facts(app: &AppState, speech: Speech, training: &Training, product: &Product) -> Vec<(String, String)> {
    let fact = |key: &str, value: String| (speech.t(&format!("delivery-fact-{key}")), value);
    let satisfaction = match training.satisfaction() {
        Some((share, answers)) => speech.with(
            "delivery-satisfaction",
            &[("share", &speech.percent(share, 0)), ("answers", &speech.integer(u64::from(answers)))],
        ),
        None => speech.t("unknown"),
    };
    vec![
        fact("region", frame::region_name(app, speech, &training.region)),
        fact("product", speech.say(&product.title).to_owned()),
        fact("edition", training.edition.clone()),
        fact("satisfaction", satisfaction),
    ]
}

/// What can be printed: invitations before, certificates after.
fn prints(speech: Speech, roster: &Roster, may: May) -> Vec<Link> {
    let training = &roster.training;
    let print = |file: &str, key: &str| Link {
        href: speech.href(&format!("/delivery/trainings/{}/{file}", training.id)),
        label: speech.t(key),
        current: false,
    };
    match training.state {
        TrainingState::Planned if !roster.enrolled.is_empty() => {
            vec![print("invitation.pdf", "paper-invitation-print")]
        }
        TrainingState::Held if may.deliver || may.arrange => {
            vec![print("certificates.pdf", "paper-certificate-print")]
        }
        _ => Vec::new(),
    }
}

fn enrolled_view(
    speech: Speech,
    roster: &Roster,
    one: &domain::delivery::Enrolled,
    may: May,
) -> EnrolledView {
    let called_off = roster.training.state == TrainingState::Cancelled;
    let came = roster.participants.iter().filter(|participant| participant.course == one.course).count();
    EnrolledView {
        name: one.enterprise_name.clone(),
        href: speech.href(&format!("/delivery/engagements/{}", one.engagement)),
        baseline: match one.baseline_on {
            Some(on) => speech.with("delivery-baseline-there", &[("day", &speech.short_date(on))]),
            None => speech.t("delivery-baseline-missing"),
        },
        chip: if one.baseline_on.is_some() { "ok" } else { "warn" },
        came: speech.integer(came as u64),
        enrol: (called_off && may.deliver)
            .then(|| super::acts::href(speech, &one.engagement, "enrol", &one.course, "")),
    }
}

/// `GET /delivery/trainings/new`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    new_page(&app, &visit, &signed_in, &Values::new(), &Trouble::default()).await
}

/// `POST /delivery/trainings/new`
pub(super) async fn plan(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, values): OwnForm<Values>,
) -> Result<Response, WebError> {
    let mut read = Reader::new(visit.speech, &values);
    let taught = read.text("taught");
    let mut parts = taught.splitn(3, '/').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let (programme, product, module) = (part(), part(), part());
    let (organisation, region) = (read.text("organisation"), read.text("region"));
    let act = TrainingAct::Plan {
        programme: programme.clone(),
        module,
        product,
        organisation: organisation.clone(),
        region: region.clone(),
        venue: read.text("venue"),
        starts_on: read.date("starts_on"),
        ends_on: read.date("ends_on"),
        trainer: read.optional("trainer"),
    };
    let trouble = if read.errors.is_empty() {
        let known = app.content.programme(&programme).ok_or(WebError::NotFound)?;
        let place = Place::programme(&programme).in_region(region).of_organisation(organisation);
        let id = app.new_id();
        let allowed = TrainingOrder { training: id.clone(), place, act }.allow(&signed_in.actor)?;
        let mut tx = app.desk.store.begin(app.now()).await?;
        match trainings::perform(&mut tx, &allowed, known).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok(back(visit.speech, &id));
            }
            Err(error) => {
                drop(tx);
                Trouble::of(&app, visit.speech, Failed::Store(error)).await?
            }
        }
    } else {
        Trouble { errors: read.errors, top: None }
    };
    let page = new_page(&app, &visit, &signed_in, &values, &trouble).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn new_page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    values: &Values,
    trouble: &Trouble,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let reach = signed_in.actor.reach::<Arrange>()?;
    let mut providers = engagements::providers(&app.desk.store).await?;
    let within = |organisation: &str| {
        reach.scopes().iter().any(|scope| scope.organisation.as_deref().is_none_or(|own| own == organisation))
    };
    providers.retain(|(organisation, _)| within(organisation));
    let mut trainers = vec![(String::new(), speech.t("delivery-nobody-yet"))];
    for (organisation, _) in providers.iter().take(20) {
        trainers.extend(engagements::trainers(&app.desk.store, organisation).await?);
    }
    let mut build = Builder::new(speech, "training-new", values, &trouble.errors);
    build.select("taught", taught(app, speech)).needed();
    build.select("organisation", providers).needed().select("region", regions(app, speech)).needed();
    build.text("venue").needed().date("starts_on", None).needed().date("ends_on", None).needed();
    build.select("trainer", trainers);
    let title = speech.t("delivery-training-new");
    let shell = frame::shell(visit, signed_in, "/delivery/calendar", title.clone());
    let calendar = speech.t("delivery-nav-calendar");
    private_page(&NewPage {
        shell: frame::crumbs(shell, [("/delivery/calendar", calendar), ("/delivery/trainings/new", title)]),
        form_token: signed_in.session.form_token.clone(),
        error: trouble.top.clone(),
        fields: build.fields,
        here: speech.href("/delivery/trainings/new"),
        back: speech.href("/delivery/calendar"),
    })
}

/// Every module of every product, as `programme/product/module`.
fn taught(app: &AppState, speech: Speech) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for programme in app.content.programmes() {
        for product in &programme.products {
            for module in &product.modules {
                let words = format!(
                    "{} ({})",
                    frame::module_title(app, speech, &programme.id, module),
                    speech.say(&product.title)
                );
                all.push((format!("{}/{}/{module}", programme.id, product.id), words));
            }
        }
    }
    all
}

/// Provinces, in which trainings are planned.
fn regions(app: &AppState, speech: Speech) -> Vec<(String, String)> {
    app.content
        .classifications()
        .filter_map(|classification| Some((classification, classification.level("province")?)))
        .max_by_key(|(classification, _)| classification.codes.len())
        .map(|(classification, level)| {
            classification
                .at_level(level, None)
                .map(|(_, code)| (code.code.clone(), speech.say(&code.label).to_owned()))
                .collect()
        })
        .unwrap_or_default()
}
