//! What a training prints: invitations before it, certificates after it.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::delivery::{Arrange, Deliver, ReadDelivery, Roster};
use domain::document::{
    Body, CourseCertificate, CourseCertificates, Fact, Invitation, Invitations, Masthead,
};
use domain::language::Language;
use domain::programme::Programme;
use serde::Deserialize;
use store::delivery::trainings;

use super::provider;
use crate::delivery::frame;
use crate::error::WebError;
use crate::office::guard::SignedIn;
use crate::paper;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Narrowed {
    /// One enterprise alone.
    engagement: Option<String>,
    /// One participant alone.
    participant: Option<String>,
}

struct Held<'a> {
    roster: Roster,
    programme: &'a Programme,
    head: Masthead,
    module: String,
    days: String,
    trainer: String,
}

async fn held<'a>(
    app: &'a AppState,
    speech: Speech,
    signed_in: &SignedIn,
    id: &str,
    title: &str,
) -> Result<Held<'a>, WebError> {
    let store = &app.desk.store;
    let place = trainings::find(store, id).await?.ok_or(WebError::NotFound)?;
    let permit = signed_in.permit(ReadDelivery { what: id.to_owned(), place })?;
    let roster = trainings::get(store, &permit).await?;
    let training = &roster.training;
    let programme = frame::programme(app, &training.programme)?;
    let head = Masthead {
        organisation: provider(app, &training.organisation).await?,
        programme: speech.say(&programme.title).to_owned(),
        synthetic: trainings::any_synthetic(store, id).await?,
        ..paper::masthead(app, speech, speech.t(title), &format!("/delivery/trainings/{id}"))
    };
    let days = if training.starts_on == training.ends_on {
        speech.date(training.starts_on)
    } else {
        format!("{} – {}", speech.date(training.starts_on), speech.date(training.ends_on))
    };
    Ok(Held {
        module: frame::module_title(app, speech, &programme.id, &training.module),
        trainer: frame::person(app, speech, training.trainer.as_deref()).await?,
        programme,
        head,
        days,
        roster,
    })
}

/// What the edition that is taught covers.
fn content(speech: Speech, held: &Held<'_>) -> Vec<String> {
    let training = &held.roster.training;
    let module = held.programme.module(&training.module);
    let edition =
        module.and_then(|module| module.editions.iter().find(|one| one.version == training.edition));
    let lines = edition.map(|edition| edition.content.as_slice()).unwrap_or_default();
    lines.iter().map(|text| speech.say(text).to_owned()).collect()
}

/// `GET /delivery/trainings/{training}/invitation.pdf?engagement=…`: a letter for each enterprise.
pub(crate) async fn invitations(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(narrowed): Query<Narrowed>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let held = held(&app, speech, &signed_in, &id, "paper-invitation").await?;
    let training = &held.roster.training;
    let product = held.programme.product(&training.product).ok_or(WebError::NotFound)?;
    let fact = |key: &str, value: &str| Fact::new(speech.t(&format!("paper-fact-{key}")), value);
    let mut letters = Vec::new();
    for one in &held.roster.enrolled {
        if narrowed.engagement.as_ref().is_some_and(|only| *only != one.engagement) {
            continue;
        }
        let region = store::cases::engagement(&app.desk.store, &one.engagement).await?.region;
        letters.push(Invitation {
            enterprise: one.enterprise_name.clone(),
            region: frame::region_name(&app, speech, &region),
            baseline: one.baseline_on.is_some(),
        });
    }
    if letters.is_empty() {
        return Err(WebError::BadRequest(domain::language::Text::new(
            "Belum ada usaha yang terdaftar pada pelatihan ini. Daftarkan usahanya, lalu cetak undangannya.",
            "No enterprise is enrolled with this training. Enrol one, then print its invitation.",
        )));
    }
    let purpose =
        held.programme.module(&training.module).map(|module| speech.say(&module.purpose).to_owned());
    let invitations = Invitations {
        number: paper::number(&training.id),
        provider: held.head.organisation.clone(),
        module: held.module.clone(),
        purpose: purpose.unwrap_or_default(),
        content: content(speech, &held),
        facts: vec![
            fact("days", &held.days),
            fact("venue", &training.venue),
            fact("region", &frame::region_name(&app, speech, &training.region)),
            fact("trainer", &held.trainer),
        ],
        participants: product.participants.to_string(),
        letters,
    };
    paper::private(&app, held.head, Body::Invitations(invitations), &[]).await
}

/// `GET /delivery/trainings/{training}/certificates.pdf?participant=…`, for those who run the training.
pub(crate) async fn certificates(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(narrowed): Query<Narrowed>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let held = held(&app, speech, &signed_in, &id, "paper-certificate").await?;
    let training = &held.roster.training;
    let (what, place) = (id.clone(), training.place());
    // Names of people: for whoever takes attendance or arranges, not for every reader.
    signed_in
        .permit(Deliver { what: what.clone(), place: place.clone() })
        .map(drop)
        .or_else(|_| signed_in.permit(Arrange { what, place }).map(drop))?;
    let of = |course: &str| {
        let enrolled = held.roster.enrolled.iter().find(|one| one.course == course);
        enrolled.map(|one| one.enterprise_name.clone()).unwrap_or_default()
    };
    let all = held.roster.participants.iter();
    let earned = all.filter(|one| training.certifies(held.programme, one.days));
    let wanted = earned.filter(|one| narrowed.participant.as_ref().is_none_or(|only| *only == one.id));
    let certificates = wanted.map(|one| CourseCertificate {
        name: one.name.clone(),
        enterprise: of(&one.course),
        days: speech.count(
            "paper-days",
            u64::from(one.days.count()),
            &[("number", &one.days.count().to_string())],
        ),
        number: paper::number(&one.id),
        address: format!("{}{}", app.config.base_url, speech.href(&format!("/certificates/{}", one.id))),
    });
    let certificates: Vec<CourseCertificate> = certificates.collect();
    if certificates.is_empty() {
        return Err(WebError::BadRequest(domain::language::Text::new(
            Speech(Language::Id).t("attendance-certificates-none"),
            Speech(Language::En).t("attendance-certificates-none"),
        )));
    }
    let body = CourseCertificates {
        module: held.module.clone(),
        edition: training.edition.clone(),
        content: content(speech, &held),
        provider: held.head.organisation.clone(),
        days: held.days.clone(),
        venue: training.venue.clone(),
        trainer: held.trainer.clone(),
        certificates,
    };
    // The look at names goes on record.
    let permit = signed_in.permit(ReadDelivery { what: id, place: training.place() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    trainings::names_seen(&mut tx, &permit, body.certificates.len()).await?;
    tx.commit().await?;
    paper::private(&app, held.head, Body::CourseCertificates(body), &[]).await
}
