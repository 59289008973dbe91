//! One target: how it is counted, how it stands, by which groups, and the records behind it.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{AttestTarget, Place, ReadObservations};
use domain::framework::{Measure, NewAttestation, Target};
use domain::outcome::Breakdown;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::results::Kept;
use store::tallies::AttendedGroup;
use store::{StoreError, money, results, tallies};

use super::actuals::{actuals, funded};
use super::groups::Groups;
use super::indicator::names;
use super::room::{Ground, Room};
use crate::address;
use crate::chart::{Tone, bar};
use crate::error::WebError;
use crate::kept::kept;
use crate::layout::{Link, private_page};
use crate::office::guard::{OwnForm, SignedIn};
use crate::parts::{Column, Field, Form, Grid, Kind, Line, Section, Square, Stat};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    by: String,
    /// The last course of the page before.
    after: Option<String>,
}

/// `GET /results/{programme}/targets/{target}?by=province`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, code)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    page(&room, &code, &wanted, String::new()).await
}

async fn page(room: &Room<'_>, code: &str, wanted: &Wanted, error: String) -> Result<Response, WebError> {
    let speech = room.speech();
    let actuals = actuals(&room.ground()).await?;
    let found = actuals.all.iter().find(|(target, _, _)| target.code == code);
    let (target, actual, status) = found.ok_or(WebError::NotFound)?;
    let title = speech.say(&target.label).to_owned();
    let mut sheet = room.sheet("/target", title, speech.say(&target.definition).to_owned());
    sheet.shell = sheet.shell.synthetic_if(actual.synthetic);
    let value = actual.value.map_or_else(|| room.t("unknown"), |value| speech.number(value, target.decimals));
    let undetermined = match actual.undetermined {
        0 => speech.say(&target.unit).to_owned(),
        some => speech.count("results-undetermined", some, &[("number", &speech.integer(some))]),
    };
    sheet.stats = vec![
        Stat::new("is-main", room.t("results-head-actual"), value, undetermined),
        Stat::new(
            "",
            room.t("results-head-wanted"),
            speech.number(target.value, target.decimals),
            room.with("results-due", &[("day", &speech.date(target.due))]),
        ),
        Stat::new(
            "",
            room.t("results-head-status"),
            room.t(&format!("results-status-{}", status.code())),
            String::new(),
        ),
    ];
    sheet.sections.push(Section {
        facts: vec![
            (room.t("results-counted-from"), room.t(&format!("results-measure-{}", target.measure.code()))),
            (room.t("results-source"), speech.say(&target.source).to_owned()),
        ],
        links: evidence_links(room, target),
        ..Section::default()
    });
    if matches!(target.measure, Measure::EnterprisesFunded | Measure::EnterprisesUnfunded) {
        let by = Breakdown::parse(&wanted.by).unwrap_or(Breakdown::Province);
        sheet.sections.push(groups(room, target, by).await?);
        sheet.sections.extend(enterprises(room, target, wanted.after.as_deref()).await?);
    }
    if target.measure == Measure::Attested {
        sheet.sections.push(attested(room, target, error).await?);
    }
    private_page(&sheet)
}

/// One group of a target: who counts, who is trained, and whose money is not on record.
#[derive(Default, Serialize, Deserialize)]
struct Group {
    counted: u64,
    trained: u64,
    unknown: u64,
}

/// Every enterprise of a target's phase in its group; once funded is funded.
async fn count_groups(
    ground: &Ground<'_>,
    target: &Target,
    by: Breakdown,
) -> Result<BTreeMap<String, Group>, WebError> {
    let (store, programme) = (&ground.app.desk.store, &ground.programme.id);
    let funded = funded(ground, &money::all(store, programme).await?);
    let groups = Groups::new(&ground.app.content);
    let mut enterprises: BTreeMap<String, (AttendedGroup, Option<bool>)> = BTreeMap::new();
    for one in tallies::attended_groups(store, programme, &target.phase).await? {
        let paid = one.training.as_ref().and_then(|training| funded.get(training)).copied();
        let own = enterprises.entry(one.enterprise.clone()).or_insert_with(|| (one, None));
        own.1 = own.1.into_iter().chain(paid).reduce(|one, other| one || other);
    }
    let mut counts: BTreeMap<String, Group> = BTreeMap::new();
    for (one, paid) in enterprises.into_values() {
        let group = match by {
            Breakdown::Province => one.region.get(..2).map(str::to_owned),
            Breakdown::Provider => Some(one.organisation),
            Breakdown::Section => groups.section(one.activity.as_deref()),
            Breakdown::Size => groups.size(one.workers),
            Breakdown::Sex => Groups::sex(one.women, one.workers),
        };
        let count = counts.entry(group.unwrap_or_else(|| "_U".to_owned())).or_default();
        count.counted += u64::from(paid == Some(target.measure == Measure::EnterprisesFunded));
        count.trained += 1;
        count.unknown += u64::from(paid.is_none());
    }
    Ok(counts)
}

/// The target by one breakdown.
async fn groups(room: &Room<'_>, target: &Target, by: Breakdown) -> Result<Section, WebError> {
    let speech = room.speech();
    let (app, programme, code) = (room.app.clone(), room.programme.id.clone(), target.code.clone());
    let kept_as = format!("target/{code}/{}", by.code());
    let work = async move {
        let ground = Ground::of(&app, &programme)?;
        let target = ground.measurement.framework.target(&code).ok_or(WebError::NotFound)?;
        count_groups(&ground, target, by).await
    };
    let Kept { computed_at, holds, document: counts, .. } =
        kept::<BTreeMap<String, Group>, _>(room.app, &room.programme.id, &kept_as, work).await?;
    let name = names(room, by).await?;
    let largest = counts.values().map(|count| count.counted).max().unwrap_or(0).max(1) as f64;
    let mut rows: Vec<(u64, Line)> = counts
        .into_iter()
        .map(|(group, Group { counted, trained, unknown })| {
            let picture = bar::in_cell(Some(counted as f64), largest, Tone::Main, None);
            let cells = vec![
                Square::Number(speech.integer(counted)),
                Square::Picture(picture),
                Square::Number(speech.integer(unknown)),
                Square::Number(speech.integer(trained)),
            ];
            (counted, Line { name: name(&group), cells, ..Line::default() })
        })
        .collect();
    rows.sort_by_key(|(counted, _)| std::cmp::Reverse(*counted));
    let others = Breakdown::ALL.into_iter().filter(|other| *other != by).map(|other| Link {
        href: room.href(&format!("/targets/{}?by={}", target.code, other.code())),
        label: room.t(&format!("results-by-{}", other.code())),
        current: false,
    });
    let empty = if rows.is_empty() { room.t("results-records-none") } else { String::new() };
    Ok(Section {
        title: room
            .with("results-groups", &[("by", &room.t(&format!("results-by-{}", by.code())).to_lowercase())]),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("results-target-groups-caption"),
            note: room.t("results-target-groups-note"),
            heads: vec![
                Column::words(room.t(&format!("results-by-{}", by.code()))),
                Column::number(room.t("results-head-actual"), speech.say(&target.unit)),
                Column::bars(),
                Column::number(room.t("results-funding-unknown"), room.t("results-head-enterprises"))
                    .wide_only(),
                Column::number(room.t("results-trained"), room.t("results-head-enterprises")),
            ],
            rows: rows.into_iter().map(|(_, line)| line).collect(),
            ..Grid::default()
        }),
        empty,
        source: room.computed("results-computed", computed_at, holds),
        links: others.collect(),
        ..Section::default()
    })
}

/// Rows of one page of the list of enterprises behind a target.
const ENTERPRISES: u32 = 50;

/// The enterprises behind the figure, for those who may read their records.
async fn enterprises(
    room: &Room<'_>,
    target: &Target,
    after: Option<&str>,
) -> Result<Option<Section>, WebError> {
    let Ok(reach) = room.signed_in.actor.reach::<ReadObservations>() else { return Ok(None) };
    let (store, programme) = (&room.app.desk.store, &room.programme.id);
    let page = tallies::attended_after(store, &reach, programme, &target.phase, after, ENTERPRISES).await?;
    let trainings: BTreeSet<String> = page.rows.iter().filter_map(|one| one.training.clone()).collect();
    let trainings: Vec<String> = trainings.into_iter().collect();
    let funded = funded(&room.ground(), &money::of_trainings(store, &trainings).await?);
    let next = page.next.map(|next| {
        room.href(&format!("/targets/{}?{}", target.code, address::query([("after", next.as_str())])))
    });
    let rows: Vec<Line> = page
        .rows
        .iter()
        .map(|one| {
            let paid = one.training.as_ref().and_then(|training| funded.get(training));
            let (class, key) = match paid {
                Some(true) => ("info", "results-funded"),
                Some(false) => ("ok", "results-unfunded"),
                None => ("plain", "results-funding-unknown"),
            };
            let entries = one.training.as_ref().map(|training| {
                Square::Go(
                    room.t("results-open-money"),
                    room.href(&format!("/money/entries?training={training}")),
                )
            });
            Line {
                name: one.enterprise_name.clone(),
                href: Some(room.href(&format!("/engagements/{}", one.engagement))),
                cells: vec![
                    Square::Chip(class, room.t(key)),
                    entries.unwrap_or_else(|| Square::Words("–".into())),
                ],
                ..Line::default()
            }
        })
        .collect();
    let empty = if rows.is_empty() { room.t("results-records-none") } else { String::new() };
    Ok(Some(Section {
        title: room.t("results-behind"),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("results-behind-caption"),
            heads: vec![
                Column::words(room.t("results-head-enterprise")),
                Column::words(room.t("results-funding")),
                Column::words(room.t("results-tab-money")),
            ],
            rows,
            cards: true,
            next,
            next_label: room.t("results-more"),
            ..Grid::default()
        }),
        empty,
        ..Section::default()
    }))
}

/// Where the records behind a figure are.
fn evidence_links(room: &Room<'_>, target: &Target) -> Vec<Link> {
    let (path, key) = match target.measure {
        Measure::Trainers | Measure::TrainersCertified => ("/trainers", "results-tab-trainers"),
        Measure::CostRecovery | Measure::EnterprisesFunded | Measure::EnterprisesUnfunded => {
            ("/money", "results-tab-money")
        }
        Measure::ProvidersIndependent => ("/money?by=provider", "results-tab-money"),
        Measure::CaseStudies => {
            let href = room.speech().href(&format!("/programme/{}#library", room.programme.id));
            return vec![Link { href, label: room.t("results-published-cases"), current: false }];
        }
        // Its statements stand below.
        Measure::Attested => return Vec::new(),
    };
    vec![room.link(path, room.t(key))]
}

async fn attested(room: &Room<'_>, target: &Target, error: String) -> Result<Section, WebError> {
    let speech = room.speech();
    let all = results::attestations(&room.app.desk.store, &room.programme.id).await?;
    let rows: Vec<Line> = all
        .iter()
        .filter(|attested| attested.attestation.target == target.code)
        .map(|attested| Line {
            name: speech.date(attested.attestation.as_of),
            cells: vec![
                Square::known(attested.attestation.value.map(|value| speech.number(value, target.decimals))),
                Square::Words(attested.attestation.evidence.clone()),
                Square::Words(speech.moment(attested.at)),
            ],
            ..Line::default()
        })
        .collect();
    let empty = if rows.is_empty() { room.t("results-attest-none") } else { String::new() };
    let grid = Grid {
        caption: room.t("results-attest-caption"),
        heads: vec![
            Column::words(room.t("results-as-of")),
            Column::number(room.t("results-head-actual"), ""),
            Column::words(room.t("results-evidence")),
            Column::words(room.t("results-recorded")),
        ],
        rows,
        cards: true,
        ..Grid::default()
    };
    let permit = AttestTarget { target: target.code.clone(), place: Place::programme(&room.programme.id) };
    let form = room.signed_in.actor.permit(permit).is_ok().then(|| {
        let fields = vec![
            Field::new(
                "value",
                room.t("results-head-actual"),
                Kind::Number(speech.say(&target.unit).to_owned()),
            )
            .hint(room.t("results-attest-empty"))
            .optional(),
            Field::new("as_of", room.t("results-as-of"), Kind::Date).with(room.today().to_string()),
            Field::new("evidence", room.t("results-evidence"), Kind::Text)
                .hint(room.t("results-attest-evidence"))
                .optional(),
        ];
        let path = room.href(&format!("/targets/{}", target.code));
        Form { error, ..Form::post(path, room.t("results-attest-do"), fields) }
    });
    Ok(Section {
        title: room.t("results-attest-title"),
        grid: empty.is_empty().then_some(grid),
        empty,
        form,
        ..Section::default()
    })
}

fn is_attested(room: &Room<'_>, target: &str) -> bool {
    let target = room.measurement.framework.target(target);
    target.is_some_and(|target| target.measure == Measure::Attested)
}

#[derive(Deserialize)]
pub(super) struct AttestForm {
    #[serde(default)]
    value: String,
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    evidence: String,
}

/// `POST /results/{programme}/targets/{target}`: attests a figure.
pub(super) async fn attest(
    State(app): State<AppState>,
    visit: Visit,
    Path((programme, code)): Path<(String, String)>,
    OwnForm(signed_in, form): OwnForm<AttestForm>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let permit =
        signed_in.permit(AttestTarget { target: code.clone(), place: Place::programme(&programme) })?;
    let typed = form.value.trim();
    let value = super::observe::number(typed, room.speech().language());
    let Ok(as_of) = form.as_of.parse::<Date>() else {
        return page(&room, &code, &Wanted::default(), room.t("results-wrong-date")).await;
    };
    if value.is_none() && !typed.is_empty() {
        return page(&room, &code, &Wanted::default(), room.t("results-wrong-number")).await;
    }
    let new = NewAttestation {
        id: app.new_id(),
        programme,
        target: code.clone(),
        value,
        as_of,
        evidence: form.evidence,
    };
    let mut tx = app.desk.store.begin(app.now()).await?;
    match results::attest(&mut tx, &permit, &new, &room.measurement.framework, room.today()).await {
        Ok(()) => tx.commit().await?,
        Err(StoreError::Rule(text)) if is_attested(&room, &code) => {
            drop(tx);
            return page(&room, &code, &Wanted::default(), room.speech().say(&text).to_owned()).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&room.href(&format!("/targets/{code}"))).into_response())
}
