//! A training: who is enrolled, who came, how useful it was.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::Place;
use domain::delivery::{
    Arrange, Participant, Position, ReadDelivery, Roster, Sex, TrainingAct, TrainingOrder, TrainingState,
};
use store::delivery::{engagements, trainings};

use super::acts::{Failed, Trouble};
use super::fields::{Builder, Choice, Field, Reader, Values};
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
    rows: Vec<Seat>,
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
}

/// One line of the attendance list.
struct Seat {
    number: usize,
    name: String,
    enterprises: Vec<Choice>,
    woman: bool,
    man: bool,
    positions: Vec<Choice>,
    namesake: bool,
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

/// Lines that an attendance list may have.
const SEATS_MAX: usize = 60;

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
    page(&app, &visit, &signed_in, &roster, &roster.participants, None).await
}

async fn roster(app: &AppState, signed_in: &SignedIn, id: &str) -> Result<Roster, WebError> {
    let store = &app.desk.store;
    let place = trainings::find(store, id).await?.ok_or(WebError::NotFound)?;
    let permit = signed_in.permit(ReadDelivery { what: id.to_owned(), place })?;
    Ok(trainings::get(store, &permit).await?)
}

/// `POST /delivery/trainings/{training}/attendance`
pub(super) async fn attendance(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, values): OwnForm<Values>,
) -> Result<Response, WebError> {
    let there = roster(&app, &signed_in, &id).await?;
    let participants = participants(&app, visit.speech, &values);
    let version = Reader::new(visit.speech, &values).version();
    let act = TrainingAct::Hold { version, participants: participants.clone() };
    match perform(&app, &signed_in, &there, act).await {
        Ok(()) => Ok(back(visit.speech, &id)),
        Err(failed) => {
            let error = words(Trouble::of(&app, visit.speech, failed).await?);
            let there = roster(&app, &signed_in, &id).await?;
            let page = page(&app, &visit, &signed_in, &there, &participants, error).await?;
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
            let page = page(&app, &visit, &signed_in, &there, &there.participants, error).await?;
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

/// The lines that name somebody.
fn participants(app: &AppState, speech: Speech, values: &Values) -> Vec<Participant> {
    let mut read = Reader::new(speech, values);
    (0..SEATS_MAX)
        .filter_map(|number| {
            let name = read.optional(&format!("p{number}_name"))?;
            let days = values.get("days").and_then(|days| days.parse().ok()).unwrap_or(1);
            Some(Participant {
                id: app.new_id(),
                course: read.text(&format!("p{number}_course")),
                name,
                sex: Sex::parse(&read.text(&format!("p{number}_sex"))).unwrap_or(Sex::Man),
                position: Position::parse(&read.text(&format!("p{number}_position")))
                    .unwrap_or(Position::Worker),
                days,
                namesake: read.ticked(&format!("p{number}_namesake")),
            })
        })
        .collect()
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    roster: &Roster,
    listed: &[Participant],
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
    let fact = |key: &str, value: String| (speech.t(&format!("delivery-fact-{key}")), value);
    let days = format!("{}–{}", speech.short_date(training.starts_on), speech.short_date(training.ends_on));
    let satisfaction = match training.satisfaction() {
        Some((share, answers)) => speech.with(
            "delivery-satisfaction",
            &[("share", &speech.percent(share, 0)), ("answers", &speech.integer(u64::from(answers)))],
        ),
        None => speech.t("unknown"),
    };
    let may = May::at(&signed_in.actor, &training.place());
    let state = training.state;
    let synthetic = engagements::any_synthetic(&app.desk.store, &programme.id).await?;
    private_page(&TrainingPage {
        shell: frame::crumbs(shell, [("/delivery/calendar", calendar), (here.as_str(), title)])
            .synthetic_if(synthetic),
        form_token: signed_in.session.form_token.clone(),
        lead: speech.with("delivery-training-lead", &[("venue", &training.venue), ("days", &days)]),
        facts: vec![
            fact("region", frame::region_name(app, speech, &training.region)),
            fact("product", speech.say(&product.title).to_owned()),
            fact("edition", training.edition.clone()),
            fact("satisfaction", satisfaction),
        ],
        status: speech.t(&format!("delivery-training-{}", state.code())),
        chip: if state == TrainingState::Held { "ok" } else { "info" },
        error,
        enrolled: roster.enrolled.iter().map(|one| enrolled_view(speech, roster, one)).collect(),
        cohort: speech.with(
            "delivery-cohort",
            &[
                ("there", &speech.integer(roster.enrolled.len() as u64)),
                ("most", &product.cohort_max.to_string()),
            ],
        ),
        rows: seats(speech, roster, listed, usize::from(product.participants)),
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

fn enrolled_view(speech: Speech, roster: &Roster, one: &domain::delivery::Enrolled) -> EnrolledView {
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
    }
}

/// A line for everybody who is listed, and empty ones up to what each enterprise may send.
fn seats(speech: Speech, roster: &Roster, listed: &[Participant], each: usize) -> Vec<Seat> {
    let mut all: Vec<(Option<&Participant>, String)> = Vec::new();
    for one in &roster.enrolled {
        let own: Vec<_> = listed.iter().filter(|participant| participant.course == one.course).collect();
        let empty = each.saturating_sub(own.len());
        all.extend(own.into_iter().map(|participant| (Some(participant), one.course.clone())));
        all.extend((0..empty).map(|_| (None, one.course.clone())));
    }
    all.truncate(SEATS_MAX);
    all.into_iter()
        .enumerate()
        .map(|(number, (participant, course))| {
            let sex = participant.map(|one| one.sex);
            let position = participant.map_or(Position::Worker, |one| one.position);
            Seat {
                number,
                name: participant.map(|one| one.name.clone()).unwrap_or_default(),
                enterprises: roster
                    .enrolled
                    .iter()
                    .map(|one| Choice {
                        value: one.course.clone(),
                        label: one.enterprise_name.clone(),
                        chosen: one.course == course,
                    })
                    .collect(),
                woman: sex == Some(Sex::Woman),
                man: sex == Some(Sex::Man),
                positions: Position::ALL
                    .iter()
                    .map(|one| Choice {
                        value: one.code().to_owned(),
                        label: speech.t(&format!("delivery-position-{}", one.code())),
                        chosen: *one == position,
                    })
                    .collect(),
                namesake: participant.is_some_and(|one| one.namesake),
            }
        })
        .collect()
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
