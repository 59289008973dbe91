//! The officer's day: what needs attention now, in the order of its weight.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::actor::{Place, ReviewObservation};
use domain::delivery::Guide;
use domain::framework::Status;
use store::delivery::reports::waiting;

use super::actuals::actuals;
use super::review::{gap_stats, gaps};
use super::room::Room;
use crate::error::WebError;
use crate::layout::{Link, private_page};
use crate::office::guard::SignedIn;
use crate::parts::{Notice, Section};
use crate::state::AppState;
use crate::visit::Visit;

/// `GET /results/{programme}/day`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    signed_in
        .permit(ReviewObservation { observation: String::new(), place: Place::programme(&programme) })?;
    let gaps = gaps(&room.ground()).await?;
    let actuals = actuals(&room.ground()).await?;
    let speech = room.speech();
    let mut sheet = room.sheet("/day", room.t("results-day-title"), room.t("results-day-lead"));
    sheet.shell = sheet.shell.synthetic_if(actuals.all.iter().any(|(_, actual, _)| actual.synthetic));
    sheet.next = Some(if gaps.doubtful > 0 {
        let number = speech.integer(gaps.doubtful.unsigned_abs());
        (
            speech.count("results-day-doubtful", gaps.doubtful.unsigned_abs(), &[("number", &number)]),
            room.link("/review", room.t("results-day-doubtful-do")),
        )
    } else if actuals.with(Status::Unknown) > 0 {
        (
            room.with("results-day-unknown", &[("number", &actuals.with(Status::Unknown).to_string())]),
            room.link("/targets", room.t("results-day-unknown-do")),
        )
    } else {
        (room.t("results-day-calm"), room.link("", room.t("results-day-calm-do")))
    });
    sheet.stats = gap_stats(&room, gaps);
    let behind = actuals
        .all
        .iter()
        .filter(|(_, _, status)| matches!(status, Status::Behind | Status::Missed | Status::Unknown));
    let notices: Vec<Notice> = behind
        .map(|(target, actual, status)| {
            let number = |value: f64| speech.number(value, target.decimals);
            let value = actual.value.map(number);
            Notice {
                class: if *status == Status::Unknown { "" } else { "warn" },
                strong: speech.say(&target.label).to_owned(),
                text: match value {
                    Some(value) => room.with(
                        "results-day-target",
                        &[
                            ("value", &value),
                            ("wanted", &number(target.value)),
                            ("status", &room.t(&format!("results-status-{}", status.code()))),
                        ],
                    ),
                    None => room.with("results-day-no-data", &[("wanted", &number(target.value))]),
                },
                link: Some(room.link(&format!("/targets/{}", target.code), room.t("results-open"))),
            }
        })
        .collect();
    let empty = if notices.is_empty() { room.t("results-day-targets-good") } else { String::new() };
    sheet.sections.push(Section {
        title: room.t("results-day-targets"),
        notices,
        empty,
        ..Section::default()
    });
    if let Some(section) = reports(&room).await? {
        sheet.sections.insert(0, section);
    }
    private_page(&sheet)
}

/// Reports that trainers have sent and nobody has read.
async fn reports(room: &Room<'_>) -> Result<Option<Section>, WebError> {
    let Ok(reach) = room.signed_in.actor.reach::<Guide>() else { return Ok(None) };
    let waiting = waiting(&room.app.desk.store, &reach).await?;
    if waiting == 0 {
        return Ok(None);
    }
    let speech = room.speech();
    let number = speech.integer(waiting);
    let href = speech.href("/delivery/reports");
    let notice = Notice {
        text: room.with("home-reports-words", &[("number", &number)]),
        link: Some(Link { href, label: room.t("delivery-reports-open"), current: false }),
        ..Notice::default()
    };
    Ok(Some(Section { title: room.t("home-reports"), notices: vec![notice], ..Section::default() }))
}
