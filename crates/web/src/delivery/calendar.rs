//! The calendar: trainings and visits of four weeks, day by day.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::delivery::{Arrange, ReadDelivery};
use jiff::Span;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use store::delivery::trainings;
use store::delivery::visits::{self, Agenda};

use super::frame;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::SignedIn;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/calendar.html")]
struct CalendarPage {
    shell: Shell,
    lead: String,
    days: Vec<Day>,
    earlier: String,
    later: String,
    arrange: bool,
    /// Not everything of these weeks is listed.
    cut: String,
}

struct Day {
    title: String,
    is_today: bool,
    entries: Vec<Entry>,
}

struct Entry {
    time: String,
    name: String,
    what: String,
    href: String,
    chip: &'static str,
    status: String,
}

/// Visits of four weeks on one page; more is nobody's own calendar.
const VISITS_MAX: u32 = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: Option<String>,
}

/// `GET /delivery/calendar`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let reach = signed_in.actor.reach::<ReadDelivery>()?;
    let today = frame::today(&app);
    let from = monday(asked.from.and_then(|from| from.parse().ok()).unwrap_or(today));
    let to = from.saturating_add(Span::new().days(27));
    let store = &app.desk.store;
    let mut days: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut synthetic = false;
    for training in trainings::between(store, &reach, None, from, to).await? {
        let module = frame::module_title(&app, speech, &training.programme, &training.module);
        let state = training.state.code();
        days.entry(training.starts_on.max(from).to_string()).or_default().push(Entry {
            time: format!(
                "{}–{}",
                speech.short_date(training.starts_on),
                speech.short_date(training.ends_on)
            ),
            name: module,
            what: speech.with("delivery-training-at", &[("venue", &training.venue)]),
            href: speech.href(&format!("/delivery/trainings/{}", training.id)),
            chip: if state == "held" { "ok" } else { "info" },
            status: speech.t(&format!("delivery-training-{state}")),
        });
    }
    let agenda = visits::agenda(store, &reach, None, Agenda::Between(from, to), VISITS_MAX).await?;
    let more = agenda.len() == VISITS_MAX as usize;
    for one in agenda {
        synthetic |= one.synthetic;
        days.entry(one.planned_on).or_default().push(Entry {
            time: one.starts_at,
            name: one.enterprise_name,
            what: speech.with("delivery-visit-number", &[("number", &one.number.to_string())]),
            href: speech.href(&format!("/delivery/engagements/{}", one.engagement_id)),
            chip: if one.state == "done" { "ok" } else { "info" },
            status: speech.t(&format!("delivery-visit-{}", one.state)),
        });
    }
    let week = |day: Date, days: i32| {
        let day = day.saturating_add(Span::new().days(days));
        speech.href(&format!("/delivery/calendar?from={day}"))
    };
    let title = speech.t("delivery-nav-calendar");
    let shell = frame::shell(&visit, &signed_in, "/delivery/calendar", title.clone());
    private_page(&CalendarPage {
        shell: frame::crumbs(shell, [("/delivery/calendar", title)]).synthetic_if(synthetic),
        lead: speech
            .with("delivery-calendar-lead", &[("from", &speech.date(from)), ("to", &speech.date(to))]),
        days: days
            .into_iter()
            .map(|(day, entries)| Day {
                title: frame::day(speech, &day),
                is_today: day == today.to_string(),
                entries,
            })
            .collect(),
        earlier: week(from, -28),
        later: week(from, 28),
        cut: if more {
            speech.with("delivery-calendar-cut", &[("number", &VISITS_MAX.to_string())])
        } else {
            String::new()
        },
        arrange: signed_in.actor.may_somewhere::<Arrange>(),
    })
}

fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().since(Weekday::Monday));
    day.saturating_sub(Span::new().days(back))
}
