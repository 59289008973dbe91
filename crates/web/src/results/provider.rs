//! A provider's day: who is on the way, what is due, which trainings come, what came in, who trains.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::actor::{ReadMoney, ReadTrainers};
use domain::delivery::{Arrange, ReadDelivery, State as Stands};
use domain::money::{Grouping, Recovery};
use jiff::Span;
use store::cases;
use store::delivery::engagements::{self, Filter};
use store::delivery::trainings;

use super::room::Room;
use super::trainers::everybody;
use crate::chart::bullet;
use crate::error::WebError;
use crate::layout::{Link, private_page};
use crate::money::{Sums, rupiah, sums};
use crate::office::guard::SignedIn;
use crate::parts::{Column, Grid, Line, Section, Square, Stat};
use crate::state::AppState;
use crate::visit::Visit;

/// What is due is a list for the day, not the whole pipeline.
const DUE_MAX: u32 = 8;
/// Trainings are shown as far ahead as people plan.
const AHEAD_DAYS: i32 = 90;
const YEARS_SHOWN: usize = 5;
/// The whole team is in the registry.
const TRAINERS_SHOWN: usize = 25;

/// `GET /results/{programme}/provider`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let arranges = signed_in.actor.reach::<Arrange>()?;
    let names = cases::organisations(&app.desk.store).await?;
    let own = arranges.scopes().iter().filter_map(|scope| scope.organisation.as_ref());
    let own: Vec<&str> = own.map(|id| names.get(id).map_or(id.as_str(), String::as_str)).collect();
    let reach = signed_in.actor.reach::<ReadMoney>()?;
    let Sums { whole, groups } = sums(&room, &reach, Grouping::Year).await?.document;
    let reach = signed_in.actor.reach::<ReadDelivery>()?;
    let counts = engagements::pipeline(&app.desk.store, &reach, Some(&programme)).await?;
    let of = |state: Stands| -> u64 {
        let own = counts.iter().filter(|(code, _, _)| code == state.code());
        own.map(|(_, _, count)| count.unsigned_abs()).sum()
    };
    let speech = room.speech();
    let waiting = of(Stands::Selected) + of(Stands::Committed) + of(Stands::Assessed);
    let running = of(Stands::Delivering);
    let title = if own.is_empty() { room.t("home-provider-title") } else { own.join(", ") };
    let lead = room.with(
        "home-provider-lead",
        &[("running", &speech.integer(running)), ("waiting", &speech.integer(waiting))],
    );
    let mut sheet = room.sheet("/provider", title, lead);
    let (team, active, renew) = trainers(&room).await?;
    let share = |recovery: &Recovery| {
        recovery.pooled().map_or_else(|| room.t("unknown"), |share| speech.percent(share, 0))
    };
    sheet.stats = vec![
        Stat::new("is-main", room.t("home-running"), speech.integer(running), room.t("home-running-note")),
        Stat::new("", room.t("home-waiting"), speech.integer(waiting), room.t("home-waiting-note")),
        Stat::new("", room.t("money-pooled"), share(&whole), room.t("money-pooled-note")),
        Stat::new(
            if renew > 0 { "is-warn" } else { "" },
            room.t("home-active-trainers"),
            active.to_string(),
            speech.count("home-renew", renew as u64, &[("number", &renew.to_string())]),
        ),
    ];
    let due = due(&room).await?;
    sheet.shell = sheet.shell.synthetic_if(whole.synthetic || due.1);
    sheet.sections.push(due.0);
    sheet.sections.push(pipeline(&room, &of));
    sheet.sections.push(coming(&room).await?);
    sheet.sections.push(years(&room, &groups));
    sheet.sections.push(team);
    private_page(&sheet)
}

fn link(room: &Room<'_>, path: &str, key: &str) -> Link {
    Link { href: room.speech().href(path), label: room.t(key), current: false }
}

/// What is due first, and whether any of it is invented.
async fn due(room: &Room<'_>) -> Result<(Section, bool), WebError> {
    let speech = room.speech();
    let reach = room.signed_in.actor.reach::<ReadDelivery>()?;
    let today = room.today().to_string();
    let filter = Filter { programme: Some(&room.programme.id), ..Filter::default() };
    let all = engagements::list(&room.app.desk.store, &reach, &filter, None, DUE_MAX).await?.rows;
    let synthetic = all.iter().any(|line| line.synthetic);
    let rows = all.iter().filter(|line| line.next_step.is_some()).map(|line| {
        let step = line.next_step.as_deref().unwrap_or_default();
        let late = line.next_on.as_deref().is_some_and(|on| on < today.as_str());
        let day = line.next_on.as_deref().and_then(|on| on.parse().ok()).map(|on| speech.short_date(on));
        Line {
            name: line.enterprise_name.clone(),
            href: Some(speech.href(&format!("/delivery/engagements/{}", line.id))),
            cells: vec![
                Square::Words(room.t(&format!("delivery-step-{step}"))),
                match day {
                    Some(day) if late => Square::Chip("err", day),
                    Some(day) => Square::Words(day),
                    None => Square::Words(room.t("home-no-day")),
                },
            ],
            ..Line::default()
        }
    });
    let rows: Vec<Line> = rows.collect();
    let empty = if rows.is_empty() { room.t("home-due-none") } else { String::new() };
    let section = Section {
        title: room.t("home-due"),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("home-due-caption"),
            heads: vec![
                Column::words(room.t("delivery-head-enterprise")),
                Column::words(room.t("delivery-head-next")),
                Column::words(room.t("delivery-head-due")),
            ],
            rows,
            cards: true,
            ..Grid::default()
        }),
        empty,
        links: vec![link(room, "/delivery/engagements", "home-all-engagements")],
        ..Section::default()
    };
    Ok((section, synthetic))
}

fn pipeline(room: &Room<'_>, of: &dyn Fn(Stands) -> u64) -> Section {
    let speech = room.speech();
    let largest = Stands::ALL.iter().map(|state| of(*state)).max().unwrap_or(1).max(1) as f64;
    let rows = Stands::ALL.iter().map(|state| {
        let count = of(*state);
        let href = speech.href(&format!("/delivery/engagements?state={}", state.code()));
        let shown = Some(count as f64).filter(|count| *count > 0.0);
        let bar = crate::chart::bar::in_cell(shown, largest, crate::chart::Tone::Main, None);
        Line {
            name: room.t(&format!("delivery-state-{}", state.code())),
            cells: vec![Square::Opens(speech.integer(count), href), Square::Picture(bar)],
            ..Line::default()
        }
    });
    Section {
        title: room.t("home-pipeline"),
        grid: Some(Grid {
            caption: room.t("home-pipeline-caption"),
            heads: vec![
                Column::words(room.t("delivery-head-status")),
                Column::number(room.t("delivery-head-enterprise"), ""),
                Column::bars(),
            ],
            rows: rows.collect(),
            ..Grid::default()
        }),
        ..Section::default()
    }
}

async fn coming(room: &Room<'_>) -> Result<Section, WebError> {
    let speech = room.speech();
    let reach = room.signed_in.actor.reach::<ReadDelivery>()?;
    let from = room.today();
    let to = from.saturating_add(Span::new().days(AHEAD_DAYS));
    let all = trainings::between(&room.app.desk.store, &reach, None, from, to).await?;
    let names = crate::results::names(room, domain::outcome::Breakdown::Province).await?;
    let rows = all.iter().filter(|one| one.programme == room.programme.id).map(|one| {
        let module = room.programme.module(&one.module);
        Line {
            name: module.map_or_else(|| one.module.clone(), |module| speech.say(&module.title).to_owned()),
            href: Some(speech.href(&format!("/delivery/trainings/{}", one.id))),
            cells: vec![
                Square::Words(speech.short_date(one.starts_on)),
                Square::Words(format!("{}, {}", one.venue, names(&one.region))),
            ],
            ..Line::default()
        }
    });
    let rows: Vec<Line> = rows.collect();
    let empty = if rows.is_empty() { room.t("home-coming-none") } else { String::new() };
    Ok(Section {
        title: room.t("home-coming"),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("home-coming-caption"),
            heads: vec![
                Column::words(room.t("delivery-head-module")),
                Column::words(room.t("delivery-head-date")),
                Column::words(room.t("home-where")),
            ],
            rows,
            cards: true,
            ..Grid::default()
        }),
        empty,
        links: vec![
            link(room, "/delivery/trainings/new", "home-plan-training"),
            link(room, "/delivery/calendar", "delivery-nav-calendar"),
        ],
        ..Section::default()
    })
}

/// Cost recovery of the last years; the whole of it stands on its own page.
fn years(room: &Room<'_>, all: &BTreeMap<String, Recovery>) -> Section {
    let speech = room.speech();
    let wanted = room.measurement.framework.target("cost-recovery").map_or(100.0, |target| target.value);
    let rows: Vec<Line> = all
        .iter()
        .skip(all.len().saturating_sub(YEARS_SHOWN))
        .map(|(year, recovery)| Line {
            name: year.clone(),
            cells: vec![
                Square::known(recovery.pooled().map(|share| speech.percent(share, 0))),
                Square::Picture(bullet::in_cell(recovery.pooled(), wanted, wanted * 1.2)),
                Square::Number(rupiah(speech, recovery.direct_cost)),
                Square::Number(rupiah(speech, recovery.recovered)),
                Square::Number(speech.integer(recovery.trainings as u64)),
            ],
            ..Line::default()
        })
        .collect();
    let empty = if rows.is_empty() { room.t("money-none") } else { String::new() };
    Section {
        title: room.t("home-recovery"),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("home-recovery-caption"),
            heads: vec![
                Column::words(room.t("money-by-year")),
                Column::number(room.t("money-pooled"), ""),
                Column::bars(),
                Column::number(room.t("money-direct-cost"), "").wide_only(),
                Column::number(room.t("money-recovered"), "").wide_only(),
                Column::number(room.t("money-trainings"), ""),
            ],
            rows,
            ..Grid::default()
        }),
        empty,
        links: vec![
            room.link("/money", room.t("home-recovery-more")),
            room.link("/money/entries", room.t("money-entries")),
        ],
        ..Section::default()
    }
}

/// The own trainers; beside them how many are active, and how many certificates end soon.
async fn trainers(room: &Room<'_>) -> Result<(Section, usize, usize), WebError> {
    let speech = room.speech();
    let reach = room.signed_in.actor.reach::<ReadTrainers>()?;
    let all = everybody(room, &reach).await?.document;
    let names = store::trainers::names(&room.app.desk.store, &room.programme.id).await?;
    let (mut active, mut renew) = (0, 0);
    let mut rows = Vec::new();
    for (person, trainer) in &all {
        let own = &trainer.standing;
        active += usize::from(trainer.counts());
        renew += usize::from(!own.renew.is_empty());
        let last = own.last_delivery.map(|day| speech.short_date(day));
        rows.push((
            std::cmp::Reverse(own.level),
            Line {
                name: names.get(person).cloned().unwrap_or_else(|| person.clone()),
                href: Some(room.href(&format!("/trainers/{person}"))),
                cells: vec![
                    Square::Words(room.t(&format!("results-level-{}", own.level.code()))),
                    Square::Number(speech.integer(own.valid.len() as u64)),
                    if own.renew.is_empty() {
                        Square::Words(String::new())
                    } else {
                        Square::Chip("warn", room.t("home-renew-soon"))
                    },
                    last.map_or_else(|| Square::Words(room.t("home-never-taught")), Square::Words),
                ],
                ..Line::default()
            },
        ));
    }
    rows.sort_by_key(|(level, line)| (*level, line.name.clone()));
    let rows: Vec<Line> = rows.into_iter().map(|(_, line)| line).take(TRAINERS_SHOWN).collect();
    let empty = if rows.is_empty() { room.t("results-trainers-none") } else { String::new() };
    let section = Section {
        title: room.t("home-trainers"),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("home-trainers-caption"),
            heads: vec![
                Column::words(room.t("home-name")),
                Column::words(room.t("results-funnel-level")),
                Column::number(room.t("home-certificates"), ""),
                Column::words(room.t("home-renewal")),
                Column::words(room.t("home-last-training")),
            ],
            rows,
            cards: true,
            ..Grid::default()
        }),
        empty,
        links: vec![room.link("/trainers", room.t("home-trainers-more"))],
        ..Section::default()
    };
    Ok((section, active, renew))
}
