//! The certificate of a trainer for one module, on paper.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::actor::ReadTrainers;
use domain::document::{Body, Masthead, TrainerCertificate};
use domain::trainer::{NewStep, Step, standing};
use serde::Deserialize;
use store::trainers;

use super::room::Room;
use super::trainers::{one, post};
use crate::error::WebError;
use crate::office::guard::SignedIn;
use crate::paper;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Deserialize)]
pub(super) struct Asked {
    module: String,
}

/// The step by which somebody was last certified for a module.
fn certified<'a>(steps: &'a [NewStep], module: &str) -> Option<&'a NewStep> {
    let own =
        steps.iter().filter(|step| step.step == Step::Certified && step.module.as_deref() == Some(module));
    own.max_by_key(|step| (step.on, step.id.as_str()))
}

/// `GET /results/{programme}/trainers/{person}/certificate.pdf?module=…`: only what holds today is printed.
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, person)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let speech = room.speech();
    let trainer = one(&room.ground(), &person).await?.ok_or(WebError::NotFound)?;
    signed_in.permit(ReadTrainers { what: person.clone(), place: post(&programme, &trainer) })?;
    let own = standing(&trainer.record, &room.measurement.certification, room.today());
    let holds = own.valid.iter().find(|one| one.module == asked.module).ok_or(WebError::NotFound)?;
    let step = certified(&trainer.record.steps, &asked.module).ok_or(WebError::NotFound)?;
    let names = trainers::names(&app.desk.store, &programme).await?;
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let organisations = store::cases::organisations(&app.desk.store).await?;
    let module = room.programme.module(&asked.module);
    let path = format!("/results/{programme}/trainers/{person}");
    let head = Masthead {
        organisation: speech.say(&room.programme.title).to_owned(),
        synthetic: store::delivery::engagements::any_synthetic(&app.desk.store, &programme).await?,
        ..paper::masthead(&app, speech, room.t("paper-trainer-certificate"), &path)
    };
    let certificate = TrainerCertificate {
        name: name(&person),
        module: module.map_or_else(|| asked.module.clone(), |module| speech.say(&module.title).to_owned()),
        organisation: organisations.get(&trainer.organisation).cloned().unwrap_or_default(),
        programme: head.organisation.clone(),
        number: paper::number(&step.id),
        from: speech.date(holds.from),
        to: speech.date(holds.to),
        vouched_by: step.vouched_by.as_deref().map(name).unwrap_or_default(),
        address: format!("{}{}", app.config.base_url, speech.href(&format!("/certificates/{}", step.id))),
    };
    paper::private(&app, head, Body::TrainerCertificate(certificate), &[]).await
}
