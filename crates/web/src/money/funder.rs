//! The funder's page: what was paid, whom it reached, what changed there, and what is not known.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use axum::response::Response;
use domain::actor::ReadMoney;
use domain::money::{Recovery, Rupiah, Worth, recovery};
use serde::{Deserialize, Serialize};
use store::results::Kept;
use store::{money, tallies};

use super::rupiah;
use crate::error::WebError;
use crate::kept::kept;
use crate::layout::private_page;
use crate::office::guard::SignedIn;
use crate::parts::{Column, Grid, Line, Section, Square, Stat};
use crate::results::Improved;
use crate::results::room::{Ground, Room};
use crate::state::AppState;
use crate::visit::Visit;

/// Results are told for so many rupiah of the funder: one enterprise costs a part of it.
const HANDFUL: f64 = 100_000_000.0;

/// What was paid for whom, in all phases.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Paid {
    whole: Recovery,
    enterprises: usize,
    phases: Vec<PhaseLine>,
    yearly_savings: Option<Rupiah>,
    synthetic: bool,
}

/// Money and enterprises of one phase.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct PhaseLine {
    phase: String,
    recovery: Recovery,
    enterprises: usize,
}

/// What was paid for whom, as it was summed last.
async fn paid(ground: &Ground<'_>) -> Result<Kept<Paid>, WebError> {
    let (app, programme) = (ground.app.clone(), ground.programme.id.clone());
    let work = async move {
        let (ground, store) = (Ground::of(&app, &programme)?, &app.desk.store);
        let costs = &ground.measurement.costs;
        let entries = money::all(store, &programme).await?;
        let mut paid = Paid {
            whole: recovery(&entries, costs),
            yearly_savings: tallies::yearly_savings(store, &programme).await?,
            ..Paid::default()
        };
        let mut enterprises = BTreeSet::new();
        for phase in &ground.programme.phases {
            let mut own = BTreeSet::new();
            for one in tallies::attended(store, &programme, &phase.id, ground.today()).await? {
                paid.synthetic |= one.synthetic;
                own.insert(one.enterprise);
            }
            let recovery = recovery(entries.iter().filter(|entry| entry.phase == phase.id), costs);
            paid.phases.push(PhaseLine { phase: phase.id.clone(), recovery, enterprises: own.len() });
            enterprises.extend(own);
        }
        paid.enterprises = enterprises.len();
        Ok(paid)
    };
    kept(ground.app, &ground.programme.id, "funder", work).await
}

/// `GET /results/{programme}/funder`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    signed_in.actor.reach::<ReadMoney>()?;
    let Kept { computed_at, holds, document: paid, .. } = paid(&room.ground()).await?;
    let (speech, whole) = (room.speech(), &paid.whole);
    let improved = crate::results::improved(&room).await?;
    let worth = Worth {
        direct_cost: whole.direct_cost,
        funder: whole.funder,
        enterprises: paid.enterprises as u64,
        improved: improved.as_ref().map_or(0, |improved| improved.count),
        yearly_savings: paid.yearly_savings,
    };
    let lead = match worth.funder_per_enterprise().filter(|_| whole.direct_cost > 0 || whole.funder > 0) {
        Some(per) => room.with(
            "money-funder-lead",
            &[
                ("funder", &rupiah(speech, worth.funder)),
                ("enterprises", &speech.integer(worth.enterprises)),
                ("per", &rupiah(speech, per.round() as Rupiah)),
            ],
        ),
        None => room.t("money-funder-nothing"),
    };
    let mut sheet = room.sheet("/funder", room.t("money-funder-title"), lead);
    sheet.shell = sheet.shell.synthetic_if(paid.synthetic || whole.synthetic);
    sheet.stats = stats(&room, whole, &worth, improved.as_ref());
    sheet.sections.push(handful(&room, &worth, improved.as_ref()));
    sheet.sections.push(by_phase(&room, &paid.phases));
    let mut figures = figures(&room, whole, &worth, improved.as_ref());
    figures.source = format!("{} {}", figures.source, room.computed("results-computed", computed_at, holds));
    sheet.sections.push(figures);
    private_page(&sheet)
}

/// What stands behind "improved": the indicator, n of N, and the coverage.
fn basis(room: &Room<'_>, improved: Option<&Improved>) -> String {
    let Some(improved) = improved else { return room.t("unknown") };
    let speech = room.speech();
    room.with(
        "money-improved-basis",
        &[
            ("indicator", &improved.indicator),
            ("pairs", &speech.integer(improved.pairs)),
            ("all", &speech.integer(improved.engagements)),
        ],
    )
}

fn stats(room: &Room<'_>, whole: &Recovery, worth: &Worth, improved: Option<&Improved>) -> Vec<Stat> {
    let speech = room.speech();
    let amount = |value: Option<f64>| {
        value.map_or_else(|| room.t("unknown"), |value| rupiah(speech, value.round() as Rupiah))
    };
    let per_rupiah = worth.savings_per_rupiah();
    vec![
        Stat::new(
            "is-main",
            room.t("money-pooled"),
            whole.pooled().map_or_else(|| room.t("unknown"), |share| speech.percent(share, 0)),
            room.with("money-pooled-of", &[("trainings", &speech.integer(whole.trainings as u64))]),
        ),
        Stat::new(
            "is-main",
            room.t("money-funder-per"),
            amount(worth.funder_per_enterprise()),
            room.t("money-funder-per-note"),
        ),
        Stat::new(
            "",
            room.t("money-cost-per-improved"),
            amount(worth.cost_per_improved()),
            basis(room, improved),
        ),
        Stat::new(
            "",
            room.t("money-savings-per"),
            per_rupiah
                .map_or_else(|| room.t("unknown"), |ratio| format!("Rp\u{a0}{}", speech.number(ratio, 2))),
            room.t("money-savings-per-note"),
        ),
    ]
}

/// What the same sum of the funder's money did, in a sentence each.
fn handful(room: &Room<'_>, worth: &Worth, improved: Option<&Improved>) -> Section {
    let speech = room.speech();
    let share = |count: f64| (worth.funder > 0).then(|| count / worth.funder as f64 * HANDFUL);
    let row = |key: &str, value: Option<String>, note: String| Line {
        name: room.t(key),
        sub: note,
        cells: vec![Square::known(value)],
        ..Line::default()
    };
    let number = |value: Option<f64>| value.map(|value| speech.number(value, 1));
    let cost = share(worth.direct_cost as f64).map(|cost| rupiah(speech, cost.round() as Rupiah));
    let savings = worth.yearly_savings.and_then(|savings| share(savings as f64));
    let rows = vec![
        row("money-handful-enterprises", number(share(worth.enterprises as f64)), String::new()),
        row(
            "money-handful-improved",
            number(improved.and_then(|improved| share(improved.count as f64))),
            basis(room, improved),
        ),
        row("money-handful-training", cost, room.t("money-handful-training-note")),
        row(
            "money-handful-savings",
            savings.map(|savings| rupiah(speech, savings.round() as Rupiah)),
            room.t("money-savings-per-note"),
        ),
    ];
    Section {
        title: room.with("money-handful", &[("amount", &rupiah(speech, HANDFUL as Rupiah))]),
        grid: Some(Grid {
            caption: room.t("money-handful-caption"),
            heads: vec![Column::words(room.t("money-what")), Column::number(room.t("results-value"), "")],
            rows,
            ..Grid::default()
        }),
        source: room.t("money-funder-source"),
        ..Section::default()
    }
}

fn by_phase(room: &Room<'_>, phases: &[PhaseLine]) -> Section {
    let speech = room.speech();
    let title = |id: &str| {
        let phase = room.programme.phases.iter().find(|phase| phase.id == id);
        phase.map_or_else(|| id.to_owned(), |phase| speech.say(&phase.title).to_owned())
    };
    let rows: Vec<Line> = phases
        .iter()
        .filter(|phase| phase.enterprises > 0 || phase.recovery.trainings > 0)
        .map(|phase| {
            let per = (phase.enterprises > 0 && phase.recovery.trainings > 0)
                .then(|| phase.recovery.funder as f64 / phase.enterprises as f64);
            Line {
                name: title(&phase.phase),
                cells: vec![
                    Square::Number(rupiah(speech, phase.recovery.funder)),
                    Square::Number(rupiah(speech, phase.recovery.direct_cost)),
                    Square::known(phase.recovery.pooled().map(|share| speech.percent(share, 0))),
                    Square::Number(speech.integer(phase.enterprises as u64)),
                    Square::known(per.map(|per| rupiah(speech, per.round() as Rupiah))),
                ],
                ..Line::default()
            }
        })
        .collect();
    let empty = if rows.is_empty() { room.t("money-none") } else { String::new() };
    Section {
        title: room.with("money-groups", &[("by", &room.t("money-by-phase").to_lowercase())]),
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("money-phase-caption"),
            heads: vec![
                Column::words(room.t("money-by-phase")),
                Column::number(room.t("money-funder-paid"), ""),
                Column::number(room.t("money-direct-cost"), "").wide_only(),
                Column::number(room.t("money-pooled"), ""),
                Column::number(room.t("money-enterprises-served"), ""),
                Column::number(room.t("money-funder-per"), ""),
            ],
            rows,
            cards: true,
            ..Grid::default()
        }),
        empty,
        ..Section::default()
    }
}

fn figures(room: &Room<'_>, whole: &Recovery, worth: &Worth, improved: Option<&Improved>) -> Section {
    let speech = room.speech();
    let opens: BTreeMap<&str, &str> = [
        ("money-direct-cost", "/money/entries"),
        ("money-funder-paid", "/money/entries"),
        ("money-recovered", "/money"),
        ("money-enterprises-served", "/targets"),
        ("money-enterprises-improved", ""),
    ]
    .into();
    let row = |key: &str, value: Option<String>, note: String| {
        let cell = match (value, opens.get(key)) {
            (Some(value), Some(path)) => Square::Opens(value, room.href(path)),
            (value, _) => Square::known(value),
        };
        Line { name: room.t(key), sub: note, cells: vec![cell], ..Line::default() }
    };
    let rows = vec![
        row("money-direct-cost", Some(rupiah(speech, worth.direct_cost)), String::new()),
        row("money-funder-paid", Some(rupiah(speech, worth.funder)), String::new()),
        row("money-recovered", Some(rupiah(speech, whole.recovered)), String::new()),
        row("money-enterprises-served", Some(speech.integer(worth.enterprises)), String::new()),
        row(
            "money-enterprises-improved",
            improved.map(|improved| speech.integer(improved.count)),
            basis(room, improved),
        ),
        row("money-savings", worth.yearly_savings.map(|amount| rupiah(speech, amount)), String::new()),
    ];
    Section {
        title: room.t("money-funder-figures"),
        grid: Some(Grid {
            caption: room.t("money-funder-caption"),
            heads: vec![Column::words(room.t("money-what")), Column::number(room.t("results-value"), "")],
            rows,
            ..Grid::default()
        }),
        source: speech.say(&room.measurement.costs.definition).to_owned(),
        links: vec![
            room.link("", room.t("results-tab-results")),
            room.link("/money", room.t("results-tab-money")),
            room.link("/targets", room.t("results-tab-targets")),
        ],
        ..Section::default()
    }
}
