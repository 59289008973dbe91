//! Cost recovery: pooled and as a mean, in money alone, by payer and by group.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::actor::ReadMoney;
use domain::money::{Grouping, Recovery};
use domain::outcome::Breakdown;
use serde::Deserialize;
use store::cases;
use store::results::Kept;

use super::{Sums, rupiah, sums};
use crate::address;
use crate::chart::bullet;
use crate::error::WebError;
use crate::layout::{Link, private_page};
use crate::office::guard::SignedIn;
use crate::parts::{Column, Grid, Line, Notice, Section, Square, Stat};
use crate::results::room::Room;
use crate::state::AppState;
use crate::visit::Visit;

/// Groups of one page: of single trainings the newest.
const GROUPS_MAX: usize = 100;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    by: String,
}

/// `GET /results/{programme}/money?by=module`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let reach = signed_in.actor.reach::<ReadMoney>()?;
    let by = Grouping::parse(&wanted.by).unwrap_or(Grouping::Year);
    let Kept { computed_at, holds, document: Sums { whole, groups: all }, .. } =
        sums(&room, &reach, by).await?;
    let speech = room.speech();
    let lead = match whole.pooled() {
        Some(share) => room.with("money-lead", &[("share", &speech.percent(share, 0))]),
        None => room.t("money-lead-nothing"),
    };
    let mut sheet = room.sheet("/money", room.t("money-title"), lead);
    sheet.shell = sheet.shell.synthetic_if(whole.synthetic);
    sheet.stats = stats(&room, &whole);
    sheet.sections.push(groups(&room, &all, by).await?);
    sheet.sections.push(payers(&room, &whole));
    sheet.sections.push(Section {
        title: room.t("money-definition"),
        hint: speech.say(&room.measurement.costs.definition).to_owned(),
        source: format!(
            "{} {}",
            speech.say(&room.measurement.costs.source),
            room.computed("results-computed", computed_at, holds)
        ),
        links: vec![
            room.link("/money/entries", room.t("money-entries")),
            room.link("/money/what-if", room.t("money-what-if")),
            room.link("/assertions", room.t("money-series")),
        ],
        ..Section::default()
    });
    private_page(&sheet)
}

fn stats(room: &Room<'_>, whole: &Recovery) -> Vec<Stat> {
    let speech = room.speech();
    let percent =
        |share: Option<f64>| share.map_or_else(|| room.t("unknown"), |share| speech.percent(share, 0));
    let trainings = whole.trainings.to_string();
    vec![
        Stat::new("is-main", room.t("money-pooled"), percent(whole.pooled()), room.t("money-pooled-note")),
        Stat::new(
            "",
            room.t("money-mean"),
            percent(whole.mean),
            room.with("money-mean-note", &[("trainings", &trainings)]),
        ),
        Stat::new("", room.t("money-cash"), percent(whole.pooled_in_cash()), room.t("money-cash-note")),
        Stat::new(
            if whole.uncovered() == 0 { "" } else { "is-warn" },
            room.t("money-uncovered"),
            rupiah(speech, whole.uncovered()),
            room.t(if whole.uncovered() < 0 { "money-overpaid-note" } else { "money-uncovered-note" }),
        ),
    ]
}

async fn groups(
    room: &Room<'_>,
    all: &BTreeMap<String, Recovery>,
    by: Grouping,
) -> Result<Section, WebError> {
    let speech = room.speech();
    let named = group_names(room, by).await?;
    let wanted = room.measurement.framework.target("cost-recovery").map_or(100.0, |target| target.value);
    let unknown = room.t("results-group-unknown");
    let rows: Vec<Line> = all
        .iter()
        .rev()
        .take(GROUPS_MAX)
        .rev()
        .map(|(group, recovery)| Line {
            name: Some(named(group)).filter(|name| !name.is_empty()).unwrap_or_else(|| unknown.clone()),
            href: Some(room.href(&format!(
                "/money/entries?{}",
                address::query([("by", by.code()), ("group", group.as_str())])
            ))),
            cells: vec![
                Square::known(recovery.pooled().map(|share| speech.percent(share, 0))),
                Square::Picture(bullet::in_cell(recovery.pooled(), wanted, wanted * 1.2)),
                Square::known(recovery.mean.map(|share| speech.percent(share, 0))),
                Square::Number(rupiah(speech, recovery.direct_cost)),
                Square::Number(rupiah(speech, recovery.recovered)),
                Square::Number(speech.integer(recovery.trainings as u64)),
            ],
            ..Line::default()
        })
        .collect();
    let empty = if rows.is_empty() { room.t("money-none") } else { String::new() };
    let links = Grouping::ALL.into_iter().filter(|other| *other != by).map(|other| Link {
        href: room.href(&format!("/money?by={}", other.code())),
        label: room.t(&format!("money-by-{}", other.code())),
        current: false,
    });
    Ok(Section {
        title: room
            .with("money-groups", &[("by", &room.t(&format!("money-by-{}", by.code())).to_lowercase())]),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("money-groups-caption"),
            note: if all.len() > GROUPS_MAX {
                room.with("money-groups-cut", &[("number", &speech.integer(all.len() as u64))])
            } else {
                room.t("money-groups-note")
            },
            heads: vec![
                Column::words(room.t(&format!("money-by-{}", by.code()))),
                Column::number(room.t("money-pooled"), ""),
                Column::bars(),
                Column::number(room.t("money-mean"), "").wide_only(),
                Column::number(room.t("money-direct-cost"), "").wide_only(),
                Column::number(room.t("money-recovered"), "").wide_only(),
                Column::number(room.t("money-trainings"), ""),
            ],
            rows,
            ..Grid::default()
        }),
        empty,
        links: links.collect(),
        ..Section::default()
    })
}

type Names<'a> = Box<dyn Fn(&str) -> String + Send + Sync + 'a>;

pub(super) async fn group_names<'a>(room: &Room<'a>, by: Grouping) -> Result<Names<'a>, WebError> {
    let speech = room.speech();
    let programme = room.programme;
    Ok(match by {
        Grouping::Provider => {
            let all = cases::organisations(&room.app.desk.store).await?;
            Box::new(move |code| all.get(code).cloned().unwrap_or_else(|| code.to_owned()))
        }
        Grouping::Province => crate::results::names(room, Breakdown::Province).await?,
        Grouping::Module => Box::new(move |code| {
            let module = programme.modules.iter().find(|module| module.code == code);
            module.map_or_else(|| code.to_owned(), |module| speech.say(&module.title).to_owned())
        }),
        Grouping::Phase => Box::new(move |code| {
            let phase = programme.phases.iter().find(|phase| phase.id == code);
            phase.map_or_else(|| code.to_owned(), |phase| speech.say(&phase.title).to_owned())
        }),
        Grouping::Year => Box::new(|code| code.to_owned()),
        Grouping::Training => {
            let all = store::tallies::trainings(&room.app.desk.store, &programme.id, 100_000).await?;
            let labels: BTreeMap<String, String> = all
                .into_iter()
                .map(|training| {
                    let day = training.starts_on.parse().map(|day| speech.short_date(day));
                    let module = programme.modules.iter().find(|module| module.code == training.module);
                    let module = module.map_or(training.module.as_str(), |module| speech.say(&module.title));
                    (training.id, format!("{module}, {}", day.unwrap_or(training.starts_on)))
                })
                .collect();
            Box::new(move |code| labels.get(code).cloned().unwrap_or_else(|| code.to_owned()))
        }
    })
}

fn payers(room: &Room<'_>, whole: &Recovery) -> Section {
    let speech = room.speech();
    let paid: i64 = whole.by_payer.values().sum();
    let rows = room.measurement.costs.payers.iter().filter_map(|payer| {
        let amount = *whole.by_payer.get(&payer.code)?;
        Some(Line {
            name: speech.say(&payer.label).to_owned(),
            sub: room.t(if payer.recovers { "money-recovers" } else { "money-recovers-not" }),
            cells: vec![
                Square::Number(rupiah(speech, amount)),
                Square::Number(speech.percent(amount as f64 / paid.max(1) as f64 * 100.0, 0)),
            ],
            ..Line::default()
        })
    });
    let rows: Vec<Line> = rows.collect();
    let in_kind = Notice {
        text: room.with("money-in-kind", &[("amount", &rupiah(speech, whole.in_kind))]),
        ..Notice::default()
    };
    let empty = if rows.is_empty() { room.t("money-nobody-paid") } else { String::new() };
    Section {
        title: room.t("money-payers"),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("money-payers-caption"),
            heads: vec![
                Column::words(room.t("money-payer")),
                Column::number(room.t("money-amount"), ""),
                Column::number(room.t("money-share"), ""),
            ],
            rows,
            cards: true,
            ..Grid::default()
        }),
        empty,
        notices: if whole.in_kind > 0 { vec![in_kind] } else { Vec::new() },
        ..Section::default()
    }
}
