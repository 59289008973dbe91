//! What is doubtful in the data, and what is missing: the queue of whoever answers for its quality.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::actor::ReadObservations;
use serde::Deserialize;
use store::delivery::engagements::any_synthetic;
use store::{observations, tallies};

use super::room::{Ground, Room};
use crate::address;
use crate::error::WebError;
use crate::kept::kept;
use crate::layout::private_page;
use crate::office::guard::SignedIn;
use crate::parts::{Column, Grid, Line, Section, Square, Stat};
use crate::state::AppState;
use crate::visit::Visit;

const PAGE_ROWS: u32 = 50;

#[derive(Deserialize)]
pub(super) struct Position {
    before: Option<String>,
}

/// `GET /results/{programme}/review`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let reach = signed_in.actor.reach::<ReadObservations>()?;
    let store = &app.desk.store;
    let page =
        observations::doubtful(store, &reach, &programme, position.before.as_deref(), PAGE_ROWS).await?;
    let gaps = gaps(&room.ground()).await?;
    let mut sheet = room.sheet("/review", room.t("results-review-page"), room.t("results-review-lead"));
    sheet.shell = sheet.shell.synthetic_if(any_synthetic(store, &programme).await?);
    sheet.stats = gap_stats(&room, gaps);
    let speech = room.speech();
    let rows: Vec<Line> = page
        .rows
        .iter()
        .map(|(recorded, enterprise)| {
            let new = &recorded.observation.new;
            let indicator = room.measurement.indicators.version(&new.indicator, new.version);
            let label = indicator.map_or(new.indicator.as_str(), |indicator| speech.say(&indicator.label));
            let decimals = indicator.map_or(1, |indicator| indicator.decimals);
            let doubts = recorded.observation.doubts.iter().map(|doubt| speech.say(&doubt.message));
            Line {
                name: enterprise.clone(),
                sub: format!("{label}, {}", room.t(&format!("results-stage-{}", new.stage.code()))),
                href: Some(room.href(&format!("/observations/{}", new.id))),
                cells: vec![
                    Square::known(recorded.observation.value.map(|value| speech.number(value, decimals))),
                    Square::Words(doubts.collect::<Vec<_>>().join(" ")),
                ],
                ..Line::default()
            }
        })
        .collect();
    let empty = if rows.is_empty() { room.t("results-review-none") } else { String::new() };
    let next =
        page.next.map(|next| room.href(&format!("/review?{}", address::query([("before", next.as_str())]))));
    let grid = Grid {
        caption: room.t("results-review-caption"),
        heads: vec![
            Column::words(room.t("results-head-enterprise")),
            Column::number(room.t("results-value"), ""),
            Column::words(room.t("results-doubt")),
        ],
        rows,
        cards: true,
        next,
        next_label: room.t("results-more"),
        ..Grid::default()
    };
    sheet.sections.push(Section {
        title: room.t("results-review-queue"),
        grid: empty.is_empty().then_some(grid),
        empty,
        ..Section::default()
    });
    private_page(&sheet)
}

/// The gaps in the data as they were counted last; counted anew once something was recorded.
pub(super) async fn gaps(ground: &Ground<'_>) -> Result<tallies::Gaps, WebError> {
    let (app, programme) = (ground.app.clone(), ground.programme.id.clone());
    let work = async move { Ok(tallies::gaps(&app.desk.store, &programme).await?) };
    Ok(kept(ground.app, &ground.programme.id, "gaps", work).await?.document)
}

/// Gaps in the data as headline figures.
pub(super) fn gap_stats(room: &Room<'_>, gaps: tallies::Gaps) -> Vec<Stat> {
    let speech = room.speech();
    let class = |count: i64| if count > 0 { "is-warn" } else { "is-ok" };
    let stat = |key: &str, count: i64| {
        Stat::new(
            class(count),
            room.t(key),
            speech.integer(count.unsigned_abs()),
            room.t(&format!("{key}-note")),
        )
    };
    vec![
        stat("results-gap-doubtful", gaps.doubtful),
        stat("results-gap-baseline", gaps.without_baseline),
        stat("results-gap-final", gaps.without_final),
        Stat::new(
            "",
            room.t("results-gap-untracked"),
            speech.integer(gaps.not_tracked.unsigned_abs()),
            room.t("results-gap-untracked-note"),
        ),
    ]
}
