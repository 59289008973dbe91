//! The own trainings and visits as a calendar file: to download, or to subscribe to at a private address.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::actor::{Actor, OwnAccount, Reach, Role};
use domain::delivery::{ReadDelivery, Training};
use icalendar::{Calendar, Component, Event, EventLike, Property};
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use store::delivery::trainings;
use store::delivery::visits::{self, Agenda, Appointment};
use store::{Secret, calendar_links};

use super::frame;
use crate::dates::Zone;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::{Nothing, OwnForm, SignedIn};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// Hours that a visit takes unless somebody knows better.
const VISIT_HOURS: i64 = 2;

#[derive(Template)]
#[template(path = "delivery/calendar_link.html")]
struct LinkPage {
    shell: Shell,
    form_token: String,
    /// The new address, shown once.
    link: Option<String>,
    since: Option<String>,
    here: String,
    back: String,
}

/// `GET /delivery/calendar.ics`
pub(super) async fn download(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    file(&app, visit.speech, &signed_in.actor).await
}

/// `GET /calendar/{secret}.ics`: whoever has the address sees the calendar of its owner.
pub(super) async fn subscribed(
    State(app): State<AppState>,
    visit: Visit,
    Path(name): Path<String>,
) -> Result<Response, WebError> {
    let secret = name.strip_suffix(".ics").and_then(Secret::parse).ok_or(WebError::NotFound)?;
    let owner = calendar_links::owner(&app.desk.store, &secret).await?.ok_or(WebError::NotFound)?;
    file(&app, visit.speech, &owner.actor()).await
}

/// `GET /delivery/calendar/link`: is there a private address, and how to renew it.
pub(super) async fn link(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    link_page(&app, &visit, &signed_in, None).await
}

/// `POST /delivery/calendar/link`: makes a new address; the old one stops working.
pub(super) async fn renew(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    signed_in.actor.reach::<ReadDelivery>()?;
    let permit = signed_in.permit(OwnAccount { account: signed_in.actor.id.clone() })?;
    let secret = Secret::from_bytes((app.desk.secrets)());
    let mut tx = app.desk.store.begin(app.now()).await?;
    calendar_links::renew(&mut tx, &permit, &secret).await?;
    tx.commit().await?;
    let path = visit.speech.href(&format!("/calendar/{}.ics", secret.text()));
    link_page(&app, &visit, &signed_in, Some(format!("{}{path}", app.config.base_url))).await
}

async fn link_page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    link: Option<String>,
) -> Result<Response, WebError> {
    signed_in.actor.reach::<ReadDelivery>()?;
    let speech = visit.speech;
    let permit = signed_in.permit(OwnAccount { account: signed_in.actor.id.clone() })?;
    let since = calendar_links::since(&app.desk.store, &permit).await?;
    let title = speech.t("calendar-link-title");
    let shell = frame::shell(visit, signed_in, "/delivery/calendar", title.clone());
    let calendar = ("/delivery/calendar", speech.t("delivery-nav-calendar"));
    private_page(&LinkPage {
        shell: frame::crumbs(shell, [calendar, ("/delivery/calendar/link", title)]),
        form_token: signed_in.session.form_token.clone(),
        link,
        since: since.map(|since| speech.moment(since)),
        here: speech.href("/delivery/calendar/link"),
        back: speech.href("/delivery/calendar"),
    })
}

async fn file(app: &AppState, speech: Speech, actor: &Actor) -> Result<Response, WebError> {
    let reach = actor.reach::<ReadDelivery>()?;
    let text = calendar(app, speech, actor, &reach).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"lumbung.ics\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// Visits in one calendar file.
const VISITS_MAX: u32 = 500;

/// A year back, a year ahead.
async fn calendar(
    app: &AppState,
    speech: Speech,
    actor: &Actor,
    reach: &Reach<ReadDelivery>,
) -> Result<String, WebError> {
    let today = frame::today(app);
    let (from, to) = (today.saturating_sub(1.year()), today.saturating_add(1.year()));
    // A trainer's own days; whoever arranges sees all within reach.
    let arranges = [Role::ProviderManager, Role::ProgrammeOfficer, Role::Administrator];
    let own = actor.is(Role::Trainer) && !arranges.into_iter().any(|role| actor.is(role));
    let trainer = own.then_some(actor.id.as_str());
    let store = &app.desk.store;
    let mut calendar = Calendar::new();
    calendar.name(&speech.t("calendar-name"));
    for training in trainings::between(store, reach, trainer, from, to).await? {
        calendar.push(of_training(app, speech, &training));
    }
    for one in visits::agenda(store, reach, trainer, Agenda::Between(from, to), VISITS_MAX).await? {
        if let Some(event) = of_visit(app, speech, &one) {
            calendar.push(event);
        }
    }
    Ok(calendar.done().to_string())
}

/// `20261124T020000Z`.
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn event(app: &AppState, uid: &str, summary: &str, path: String) -> Event {
    let host = app.config.base_url.split_once("://").map_or("lumbung", |(_, host)| host);
    let mut event = Event::new();
    event.uid(&format!("{uid}@{host}")).summary(summary).url(&format!("{}{path}", app.config.base_url));
    event.add_property("DTSTAMP", utc(app.now()));
    event
}

fn whole_days(event: &mut Event, from: Date, to: Date) {
    let mut date = |name: &str, day: Date| {
        let mut property = Property::new(name, day.strftime("%Y%m%d").to_string());
        event.append_property(property.add_parameter("VALUE", "DATE").done());
    };
    date("DTSTART", from);
    // The end is the first day that is free again.
    date("DTEND", to.tomorrow().unwrap_or(to));
}

fn of_training(app: &AppState, speech: Speech, training: &Training) -> Event {
    let module = frame::module_title(app, speech, &training.programme, &training.module);
    let summary = speech.with("delivery-training-of", &[("module", &module)]);
    let path = speech.href(&format!("/delivery/trainings/{}", training.id));
    let mut event = event(app, &format!("training-{}", training.id), &summary, path);
    event.location(&training.venue);
    event.description(&speech.t(&format!("delivery-training-{}", training.state.code())));
    whole_days(&mut event, training.starts_on, training.ends_on);
    event.done()
}

fn of_visit(app: &AppState, speech: Speech, one: &Appointment) -> Option<Event> {
    let day: Date = one.planned_on.parse().ok()?;
    let number = speech.with("delivery-visit-number", &[("number", &one.number.to_string())]);
    let marked = if one.synthetic { format!("{} ", speech.t("reminder-synthetic")) } else { String::new() };
    let summary = format!("{marked}{number}, {}", one.enterprise_name);
    let path = speech.href(&format!("/delivery/engagements/{}", one.engagement_id));
    let mut event = event(app, &format!("visit-{}", one.id), &summary, path);
    event.location(&frame::region_name(app, speech, &one.region));
    let zone = Zone::of_region(&one.region);
    let mut said = vec![speech.t(&format!("delivery-visit-{}", one.state))];
    said.extend(one.left_to_do.as_ref().map(|words| speech.with("delivery-left-to-do", &[("words", words)])));
    match one.starts_at.parse::<Time>().ok().and_then(|time| zone.moment(day.to_datetime(time))) {
        Some(begin) => {
            said.insert(0, format!("{}\u{a0}{}", one.starts_at, zone.name()));
            event.add_property("DTSTART", utc(begin));
            event.add_property("DTEND", utc(begin.saturating_add(VISIT_HOURS.hours()).unwrap_or(begin)));
        }
        None => whole_days(&mut event, day, day),
    }
    event.description(&said.join("\n"));
    Some(event.done())
}
