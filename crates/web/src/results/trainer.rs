//! One trainer: the steps so far, what expires, what the enterprises they served achieved, and the next step.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{CertifyTrainer, GuideTrainer, Place, ReadTrainers};
use domain::trainer::{NewStep, Step, standing};
use jiff::civil::Date;
use serde::Deserialize;
use store::delivery::engagements::any_synthetic;
use store::trainers::{self, Post, StepPermit, Trainer};
use store::{StoreError, cases};

use super::answer::{self, Shown};
use super::dashboard::{change, direction, pairs};
use super::room::Room;
use super::trainers::{one, post};
use crate::error::WebError;
use crate::layout::private_page;
use crate::office::guard::{OwnForm, SignedIn, incomplete};
use crate::parts::{Column, Field, Form, Grid, Kind, Line, Notice, Section, Square, Stat};
use crate::state::AppState;
use crate::visit::Visit;

/// `GET /results/{programme}/trainers/{person}`; `new` is nobody yet.
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, person)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    page(&room, &person, String::new()).await
}

async fn page(room: &Room<'_>, person: &str, error: String) -> Result<Response, WebError> {
    let speech = room.speech();
    let people = trainers::names(&room.app.desk.store, &room.programme.id).await?;
    let Some(trainer) = one(&room.ground(), person).await? else {
        if person != "new" {
            return Err(WebError::NotFound);
        }
        let mut sheet =
            room.sheet("/trainer", room.t("results-trainer-new"), room.t("results-trainer-new-lead"));
        sheet.sections.push(form(room, person, None, error).await?);
        return private_page(&sheet);
    };
    let place = post(&room.programme.id, &trainer);
    room.signed_in.permit(ReadTrainers { what: person.to_owned(), place })?;
    let name = people.get(person).cloned().unwrap_or_else(|| person.to_owned());
    let own = standing(&trainer.record, &room.measurement.certification, room.today());
    let level = room.t(&format!("results-level-{}", own.level.code()));
    let mut sheet = room.sheet("/trainer", name, level);
    let synthetic = any_synthetic(&room.app.desk.store, &room.programme.id).await?;
    sheet.shell = sheet.shell.synthetic_if(synthetic);
    let last = own.last_delivery.map_or_else(|| room.t("results-never"), |day| speech.date(day));
    sheet.stats = vec![
        Stat::new(
            "is-main",
            room.t("results-certificates"),
            speech.integer(own.valid.len() as u64),
            room.t("results-valid-today"),
        ),
        Stat::new(
            if own.active { "is-ok" } else { "is-warn" },
            room.t("results-trainings-held"),
            speech.integer(trainer.record.deliveries.len() as u64),
            room.with("results-last-held", &[("day", &last)]),
        ),
    ];
    let module = |code: &str| {
        let module = room.programme.modules.iter().find(|module| module.code == code);
        module.map_or_else(|| code.to_owned(), |module| speech.say(&module.title).to_owned())
    };
    let notices = own
        .renew
        .iter()
        .map(|certificate| (certificate, "results-renew"))
        .chain(own.expired.iter().map(|certificate| (certificate, "results-expired")))
        .map(|(certificate, key)| Notice {
            class: "warn",
            text: room.with(
                key,
                &[("module", &module(&certificate.module)), ("day", &speech.date(certificate.to))],
            ),
            ..Notice::default()
        });
    let mut section = steps(room, &trainer, &module);
    section.notices = notices.collect();
    section.links = own
        .valid
        .iter()
        .map(|one| {
            let query = crate::address::query([("module", one.module.as_str())]);
            let path = format!("/trainers/{person}/certificate.pdf?{query}");
            let label = room.with("paper-trainer-certificate-of", &[("module", &module(&one.module))]);
            room.link(&path, label)
        })
        .collect();
    sheet.sections.push(section);
    sheet.sections.push(served(room, person).await?);
    sheet.sections.push(form(room, person, Some(&trainer), error).await?);
    private_page(&sheet)
}

fn steps(room: &Room<'_>, trainer: &Trainer, module: &dyn Fn(&str) -> String) -> Section {
    let speech = room.speech();
    let rows = trainer.record.steps.iter().map(|step| Line {
        name: room.t(&format!("results-step-{}", step.step.code())),
        sub: step.note.clone(),
        cells: vec![
            Square::Words(step.module.as_deref().map_or_else(|| "–".into(), module)),
            Square::Words(speech.date(step.on)),
            Square::Words(step.vouched_by.clone().unwrap_or_else(|| "–".into())),
        ],
        ..Line::default()
    });
    Section {
        title: room.t("results-pathway"),
        grid: Some(Grid {
            caption: room.t("results-pathway-caption"),
            heads: vec![
                Column::words(room.t("results-step")),
                Column::words(room.t("results-module")),
                Column::words(room.t("results-day")),
                Column::words(room.t("results-vouched")),
            ],
            rows: rows.collect(),
            cards: true,
            ..Grid::default()
        }),
        source: speech.say(&room.measurement.certification.source).to_owned(),
        ..Section::default()
    }
}

/// How many indicators a trainer's page tells.
const TOLD: usize = 4;

/// What changed in the enterprises this trainer served: the quality of the work, by verified outcomes.
async fn served(room: &Room<'_>, person: &str) -> Result<Section, WebError> {
    let speech = room.speech();
    let mut rows = Vec::new();
    let answers = answer::of_trainer(&room.ground(), person, TOLD).await?;
    for (indicator, answer) in room.measurement.indicators.current().zip(&answers.document) {
        let total = answer.total();
        let held = || Square::Held(room.t("results-held"));
        let share = total.improved.value().zip(total.pairs.value().filter(|pairs| *pairs > 0.0));
        rows.push(Line {
            name: speech.say(&indicator.label).to_owned(),
            sub: direction(room, indicator),
            cells: vec![
                match total.median {
                    Shown::Held => held(),
                    shown => Square::known(change(speech, indicator, shown)),
                },
                match (share, total.improved) {
                    (_, Shown::Held) => held(),
                    (share, _) => {
                        Square::known(share.map(|(part, all)| speech.percent(part / all * 100.0, 0)))
                    }
                },
                match total.pairs {
                    Shown::Held => held(),
                    _ => Square::Number(pairs(room, answer)),
                },
                Square::Number(speech.integer(answer.engagements as u64)),
            ],
            ..Line::default()
        });
    }
    Ok(Section {
        title: room.t("results-served"),
        hint: room.t("results-served-hint"),
        grid: Some(Grid {
            caption: room.t("results-served-caption"),
            heads: vec![
                Column::words(room.t("results-head-indicator")),
                Column::number(room.t("results-head-median"), room.t("results-head-change")),
                Column::number(room.t("results-head-improved"), room.t("results-head-improved-unit")),
                Column::number(room.t("results-head-pairs"), room.t("results-head-enterprises")),
                Column::number(room.t("results-head-engagements"), room.t("results-head-enterprises")),
            ],
            rows,
            ..Grid::default()
        }),
        source: format!(
            "{} {}",
            room.t("results-no-comparison"),
            room.computed("results-computed", answers.computed_at, answers.holds)
        ),
        ..Section::default()
    })
}

async fn form(
    room: &Room<'_>,
    person: &str,
    trainer: Option<&Trainer>,
    error: String,
) -> Result<Section, WebError> {
    let speech = room.speech();
    let actor = &room.signed_in.actor;
    if !actor.may_somewhere::<GuideTrainer>() && !actor.may_somewhere::<CertifyTrainer>() {
        return Ok(Section::default());
    }
    let certifies = actor.may_somewhere::<CertifyTrainer>();
    let steps = Step::ALL.into_iter().filter(|step| trainer.is_some() || *step == Step::Selected);
    let steps =
        steps.filter(|step| certifies || matches!(step, Step::Selected | Step::Trained | Step::Observed));
    let steps = steps.map(|step| (step.code().to_owned(), room.t(&format!("results-step-{}", step.code()))));
    let mut modules = vec![(String::new(), "–".to_owned())];
    modules.extend(
        room.programme
            .modules
            .iter()
            .map(|module| (module.code.clone(), speech.say(&module.title).to_owned())),
    );
    let mut fields = vec![Field::new("step", room.t("results-step"), Kind::Choice(steps.collect()))];
    match trainer {
        Some(trainer) => {
            fields.push(Field::new("module", room.t("results-module"), Kind::Choice(modules)).optional());
            fields.push(Field::hidden("organisation", &trainer.organisation));
            fields.push(Field::hidden("region", &trainer.region));
            fields.push(
                Field::new("vouched_by", room.t("results-vouched"), Kind::Text)
                    .hint(room.t("results-vouched-hint"))
                    .optional(),
            );
        }
        None => {
            let organisations = cases::organisations(&room.app.desk.store).await?;
            fields.insert(
                0,
                Field::new("person", room.t("results-trainer-account"), Kind::Text)
                    .hint(room.t("results-trainer-account-hint")),
            );
            fields.push(Field::new(
                "organisation",
                room.t("results-by-provider"),
                Kind::Choice(organisations.into_iter().collect()),
            ));
            let regions = room.app.content.classification("REGION");
            let provinces = regions.into_iter().flat_map(|regions| &regions.codes);
            let provinces = provinces
                .filter(|code| code.code.len() == 2 && code.valid_to.is_none())
                .map(|code| (code.code.clone(), speech.say(&code.label).to_owned()));
            fields.push(Field::new(
                "region",
                room.t("results-by-province"),
                Kind::Choice(provinces.collect()),
            ));
        }
    }
    fields.push(Field::new("on", room.t("results-day"), Kind::Date).with(room.today().to_string()));
    fields.push(Field::new("note", room.t("results-note"), Kind::Text).optional());
    let path = room.href(&format!("/trainers/{person}"));
    let form = Form { error, ..Form::post(path, room.t("results-step-do"), fields) };
    Ok(Section { title: room.t("results-step-next"), form: Some(form), ..Section::default() })
}

#[derive(Deserialize)]
pub(super) struct StepForm {
    #[serde(default)]
    person: String,
    step: String,
    #[serde(default)]
    module: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    vouched_by: String,
    on: String,
    #[serde(default)]
    note: String,
}

/// `POST /results/{programme}/trainers/{person}`: records a step.
pub(super) async fn step(
    State(app): State<AppState>,
    visit: Visit,
    Path((programme, path_person)): Path<(String, String)>,
    OwnForm(signed_in, form): OwnForm<StepForm>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let person = if path_person == "new" { form.person.trim().to_owned() } else { path_person.clone() };
    let step = Step::parse(&form.step).ok_or_else(incomplete)?;
    if person.is_empty() || person == "new" || form.organisation.is_empty() || form.region.is_empty() {
        return Err(incomplete());
    }
    let Ok(on) = form.on.parse::<Date>() else {
        return page(&room, &path_person, room.t("results-wrong-date")).await;
    };
    let known = one(&room.ground(), &person).await?;
    // Where somebody works is what the registry says; only newcomers bring it along.
    let known = known.as_ref();
    let organisation = known.map_or(form.organisation.as_str(), |trainer| &trainer.organisation);
    let region = known.map_or(form.region.as_str(), |trainer| &trainer.region);
    let place = Place::programme(&programme).in_region(region).of_organisation(organisation);
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let new = NewStep {
        id: app.new_id(),
        programme: programme.clone(),
        person: person.clone(),
        step,
        module: some(&form.module).filter(|_| !matches!(step, Step::Selected | Step::Trained | Step::Expert)),
        on,
        vouched_by: some(&form.vouched_by),
        note: form.note.trim().chars().take(500).collect(),
    };
    let modules: BTreeSet<String> = room.programme.modules.iter().map(|module| module.code.clone()).collect();
    let deliveries = known.map(|trainer| trainer.record.deliveries.clone()).unwrap_or_default();
    let rules = (&modules, &room.measurement.certification);
    let post = Post { organisation, region };
    let mut tx = app.desk.store.begin(app.now()).await?;
    let recorded = match step {
        Step::Selected | Step::Trained | Step::Observed => {
            let permit = signed_in.permit(GuideTrainer { person: person.clone(), place })?;
            trainers::record(
                &mut tx,
                &StepPermit::Guide(&permit),
                &new,
                post,
                &deliveries,
                rules,
                room.today(),
            )
            .await
        }
        Step::Certified | Step::Expert | Step::Withdrawn => {
            let permit = signed_in.permit(CertifyTrainer { person: person.clone(), place })?;
            trainers::record(
                &mut tx,
                &StepPermit::Certify(&permit),
                &new,
                post,
                &deliveries,
                rules,
                room.today(),
            )
            .await
        }
    };
    match recorded {
        Ok(()) => tx.commit().await?,
        Err(StoreError::Rule(text)) => {
            drop(tx);
            return page(&room, &path_person, room.speech().say(&text).to_owned()).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&room.href(&format!("/trainers/{person}"))).into_response())
}
