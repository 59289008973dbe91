//! The registry of trainers: the funnel from candidate to active, where trainers are missing, and who they
//! are.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::actor::{GuideTrainer, Place, Reach, ReadTrainers};
use domain::trainer::{Funnel, Standing, funnel, standing};
use serde::{Deserialize, Serialize};
use store::delivery::engagements::any_synthetic;
use store::results::Kept;
use store::trainers::Trainer;
use store::{cases, tallies, trainers};

use super::coverage;
use super::room::{Ground, Room};
use crate::chart::Tone;
use crate::chart::bar;
use crate::error::WebError;
use crate::kept::kept;
use crate::layout::private_page;
use crate::office::guard::SignedIn;
use crate::parts::{Column, Grid, Line, Section, Square, Stat};
use crate::state::AppState;
use crate::visit::Visit;

/// Trainers on one page of the registry.
const PAGE_ROWS: usize = 50;

#[derive(Deserialize)]
pub(super) struct Position {
    /// The first page is 0, and what is no number.
    #[serde(default)]
    page: String,
}

/// Where a trainer works.
pub(super) fn post(programme: &str, trainer: &Trainer) -> Place {
    Place::programme(programme).in_region(&trainer.region).of_organisation(&trainer.organisation)
}

/// One trainer with trainings held.
pub(super) async fn one(ground: &Ground<'_>, person: &str) -> Result<Option<Trainer>, WebError> {
    let (store, programme) = (&ground.app.desk.store, &ground.programme.id);
    let Some(mut trainer) = trainers::one(store, programme, person).await? else { return Ok(None) };
    let mut deliveries = tallies::deliveries(store, programme, Some(person)).await?;
    trainer.record.deliveries = deliveries.remove(person).unwrap_or_default();
    Ok(Some(trainer))
}

/// A trainer as the registry tells of the person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Registered {
    pub(super) organisation: String,
    pub(super) region: String,
    /// Trainings held.
    pub(super) held: usize,
    pub(super) standing: Standing,
}

impl Registered {
    /// Trains, and with a certificate that holds.
    pub(super) fn counts(&self) -> bool {
        self.standing.active && !self.standing.valid.is_empty()
    }
}

/// Every trainer whose place the reach covers, as they stood when that was computed last.
pub(super) async fn everybody(
    room: &Room<'_>,
    reach: &Reach<ReadTrainers>,
) -> Result<Kept<BTreeMap<String, Registered>>, WebError> {
    let (app, programme, reach) = (room.app.clone(), room.programme.id.clone(), reach.clone());
    let name = format!("trainers/{:?}", reach.scopes());
    let work = async move {
        let ground = Ground::of(&app, &programme)?;
        let all = trainers::within(&app.desk.store, &reach, &programme).await?;
        let mut deliveries = tallies::deliveries(&app.desk.store, &programme, None).await?;
        let registered = |(person, mut trainer): (String, Trainer)| {
            trainer.record.deliveries = deliveries.remove(&person).unwrap_or_default();
            let registered = Registered {
                held: trainer.record.deliveries.len(),
                standing: standing(&trainer.record, &ground.measurement.certification, ground.today()),
                organisation: trainer.organisation,
                region: trainer.region,
            };
            (person, registered)
        };
        let covered = |(_, trainer): &(String, Trainer)| reach.covers(&post(&programme, trainer));
        Ok(all.into_iter().filter(covered).map(registered).collect())
    };
    kept(room.app, &room.programme.id, &name, work).await
}

/// `GET /results/{programme}/trainers`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let reach = signed_in.actor.reach::<ReadTrainers>()?;
    let Kept { computed_at, holds, document: all, .. } = everybody(&room, &reach).await?;
    let funnel = funnel(all.values().map(|trainer| &trainer.standing));
    let speech = room.speech();
    let lead = room.with(
        "results-trainers-lead",
        &[
            ("trained", &speech.integer(funnel.trained as u64)),
            ("certified", &speech.integer(funnel.certified as u64)),
            ("active", &speech.integer(funnel.active as u64)),
        ],
    );
    let lead = if all.is_empty() { room.t("results-trainers-none") } else { lead };
    let mut sheet = room.sheet("/trainers", room.t("results-trainers-title"), lead);
    let synthetic = any_synthetic(&app.desk.store, &programme).await?;
    sheet.shell = sheet.shell.synthetic_if(synthetic);
    let renew = all.values().filter(|trainer| !trainer.standing.renew.is_empty()).count();
    sheet.stats = vec![
        Stat::new(
            "is-main",
            room.t("results-funnel-certified"),
            speech.integer(funnel.certified as u64),
            room.t("results-funnel-certified-note"),
        ),
        Stat::new(
            "is-main",
            room.t("results-funnel-active"),
            speech.integer(funnel.active as u64),
            room.t("results-funnel-active-note"),
        ),
        Stat::new(
            if funnel.lapsed > 0 { "is-warn" } else { "" },
            room.t("results-funnel-lapsed"),
            speech.integer(funnel.lapsed as u64),
            room.t("results-funnel-lapsed-note"),
        ),
        Stat::new(
            if renew > 0 { "is-warn" } else { "" },
            room.t("results-funnel-renew"),
            speech.integer(renew as u64),
            room.t("results-funnel-renew-note"),
        ),
    ];
    sheet.sections.push(funnel_section(&room, &funnel));
    sheet.sections.push(coverage::section(&room, &all).await?);
    let mut registry = registry(&room, &all, position.page.parse().unwrap_or(0)).await?;
    registry.source = room.computed("results-computed", computed_at, holds);
    sheet.sections.push(registry);
    private_page(&sheet)
}

fn funnel_section(room: &Room<'_>, funnel: &Funnel) -> Section {
    let speech = room.speech();
    let steps = [
        ("candidates", funnel.candidates),
        ("trained", funnel.trained),
        ("observed", funnel.observed),
        ("certified", funnel.certified),
        ("active", funnel.active),
        ("experts", funnel.experts),
    ];
    let largest = funnel.candidates.max(1) as f64;
    let rows = steps.map(|(key, count)| Line {
        name: room.t(&format!("results-funnel-{key}")),
        cells: vec![
            Square::Number(speech.integer(count as u64)),
            Square::Picture(bar::in_cell(Some(count as f64), largest, Tone::Main, None)),
            Square::Number(speech.percent(count as f64 / largest * 100.0, 0)),
        ],
        ..Line::default()
    });
    Section {
        title: room.t("results-funnel"),
        hint: room.t("results-funnel-hint"),
        grid: Some(Grid {
            caption: room.t("results-funnel-caption"),
            heads: vec![
                Column::words(room.t("results-funnel-level")),
                Column::number(room.t("results-people"), ""),
                Column::bars(),
                Column::number(room.t("results-funnel-share"), ""),
            ],
            rows: rows.into(),
            ..Grid::default()
        }),
        ..Section::default()
    }
}

/// Level, modules with a certificate, whether active, and trainings held.
fn standing_cells(room: &Room<'_>, trainer: &Registered) -> Vec<Square> {
    let (speech, own) = (room.speech(), &trainer.standing);
    let modules = own.valid.iter().map(|certificate| {
        let module = room.programme.modules.iter().find(|module| module.code == certificate.module);
        module.map_or(certificate.module.as_str(), |module| speech.say(&module.title))
    });
    let modules = modules.collect::<Vec<_>>().join(", ");
    vec![
        Square::Words(room.t(&format!("results-level-{}", own.level.code()))),
        Square::Words(if modules.is_empty() { "–".into() } else { modules }),
        match own.active {
            true => Square::Chip("ok", room.t("results-active")),
            false => Square::Chip("plain", room.t("results-inactive")),
        },
        Square::Number(speech.integer(trainer.held as u64)),
    ]
}

async fn registry(
    room: &Room<'_>,
    all: &BTreeMap<String, Registered>,
    page: usize,
) -> Result<Section, WebError> {
    let store = &room.app.desk.store;
    let people = trainers::names(store, &room.programme.id).await?;
    let organisations = cases::organisations(store).await?;
    let name = |person: &String| people.get(person).unwrap_or(person).clone();
    let mut sorted: Vec<(String, &String, &Registered)> =
        all.iter().map(|(person, trainer)| (name(person), person, trainer)).collect();
    sorted.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    let next = (sorted.len() > page.saturating_add(1).saturating_mul(PAGE_ROWS))
        .then(|| room.href(&format!("/trainers?page={}", page + 1)));
    let rows: Vec<Line> = sorted
        .into_iter()
        .skip(page.saturating_mul(PAGE_ROWS))
        .take(PAGE_ROWS)
        .map(|(name, person, trainer)| {
            let provider = organisations.get(&trainer.organisation).unwrap_or(&trainer.organisation);
            Line {
                name,
                sub: provider.clone(),
                href: Some(room.href(&format!("/trainers/{person}"))),
                cells: standing_cells(room, trainer),
                ..Line::default()
            }
        })
        .collect();
    let empty = if rows.is_empty() { room.t("results-trainers-empty") } else { String::new() };
    let new = room
        .signed_in
        .actor
        .may_somewhere::<GuideTrainer>()
        .then(|| room.link("/trainers/new", room.t("results-trainer-new")));
    Ok(Section {
        title: room.t("results-registry"),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("results-registry-caption"),
            heads: vec![
                Column::words(room.t("results-trainer")),
                Column::words(room.t("results-funnel-level")),
                Column::words(room.t("results-certificates")),
                Column::words(room.t("results-head-status")),
                Column::number(room.t("results-trainings-held"), ""),
            ],
            rows,
            cards: true,
            next,
            next_label: room.t("results-more"),
            ..Grid::default()
        }),
        empty,
        links: new.into_iter().collect(),
        ..Section::default()
    })
}
