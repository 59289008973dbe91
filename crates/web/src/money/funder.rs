//! The funder's page: what was paid, whom it reached, what changed there, and what is not known.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::actor::ReadMoney;
use domain::money::{Rupiah, Worth, recovery};
use store::{money, tallies};

use super::rupiah;
use crate::error::WebError;
use crate::layout::private_page;
use crate::office::guard::SignedIn;
use crate::parts::{Column, Grid, Line, Section, Square, Stat};
use crate::results::room::Room;
use crate::state::AppState;
use crate::visit::Visit;

/// `GET /results/{programme}/funder`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    signed_in.actor.reach::<ReadMoney>()?;
    let store = &app.desk.store;
    let entries = money::all(store, &programme).await?;
    let mut enterprises = std::collections::BTreeSet::new();
    let mut synthetic = false;
    for phase in &room.programme.phases {
        for one in tallies::attended(store, &programme, &phase.id).await? {
            synthetic |= one.synthetic;
            enterprises.insert(one.enterprise);
        }
    }
    let whole = recovery(&entries, &room.measurement.costs);
    let improved = crate::results::improved(&room).await?;
    let worth = Worth {
        direct_cost: whole.direct_cost,
        funder: whole.funder,
        enterprises: enterprises.len() as u64,
        improved: improved.unwrap_or(0),
        yearly_savings: tallies::yearly_savings(store, &programme).await?,
    };
    let speech = room.speech();
    let amount = |value: Option<f64>| {
        value.map_or_else(|| room.t("unknown"), |value| rupiah(speech, value.round() as Rupiah))
    };
    let lead = match worth.funder_per_enterprise().filter(|_| !entries.is_empty()) {
        Some(per) => room.with(
            "money-funder-lead",
            &[
                ("funder", &rupiah(speech, worth.funder)),
                ("enterprises", &speech.integer(worth.enterprises)),
                ("per", &amount(Some(per))),
            ],
        ),
        None => room.t("money-funder-nothing"),
    };
    let mut sheet = room.sheet("/funder", room.t("money-funder-title"), lead);
    sheet.shell = sheet.shell.synthetic_if(synthetic || whole.synthetic);
    sheet.stats = vec![
        Stat::new(
            "is-main",
            room.t("money-pooled"),
            whole.pooled().map_or_else(|| room.t("unknown"), |share| speech.percent(share, 0)),
            room.t("money-pooled-note"),
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
            room.t("money-cost-per-improved-note"),
        ),
        Stat::new(
            "",
            room.t("money-savings-per"),
            worth
                .savings_per_rupiah()
                .map_or_else(|| room.t("unknown"), |ratio| format!("Rp\u{a0}{}", speech.number(ratio, 2))),
            room.t("money-savings-per-note"),
        ),
    ];
    let row = |key: &str, square: Square| Line { name: room.t(key), cells: vec![square], ..Line::default() };
    let rows = vec![
        row("money-direct-cost", Square::Number(rupiah(speech, worth.direct_cost))),
        row("money-funder-paid", Square::Number(rupiah(speech, worth.funder))),
        row("money-recovered", Square::Number(rupiah(speech, whole.recovered))),
        row("money-enterprises-served", Square::Number(speech.integer(worth.enterprises))),
        row("money-enterprises-improved", Square::known(improved.map(|count| speech.integer(count)))),
        row("money-savings", Square::known(worth.yearly_savings.map(|amount| rupiah(speech, amount)))),
    ];
    sheet.sections.push(Section {
        title: room.t("money-funder-figures"),
        grid: Some(Grid {
            caption: room.t("money-funder-caption"),
            heads: vec![Column::words(room.t("money-what")), Column::number(room.t("results-value"), "")],
            rows,
            ..Grid::default()
        }),
        source: room.t("money-funder-source"),
        links: vec![
            room.link("", room.t("results-tab-results")),
            room.link("/money", room.t("results-tab-money")),
            room.link("/targets", room.t("results-tab-targets")),
        ],
        ..Section::default()
    });
    private_page(&sheet)
}
