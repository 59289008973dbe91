//! The day: what is planned today, what was left open, what is missing. Each role sees the own reach.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::actor::Role;
use domain::delivery::{Deliver, Guide, ReadDelivery};
use jiff::Span;
use jiff::civil::Date;
use store::Page;
use store::delivery::engagements::{self, Filter};
use store::delivery::reports;
use store::delivery::visits::{self, Agenda, Appointment};

use super::acts::href;
use super::frame;
use super::pipeline;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::SignedIn;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/day.html")]
struct DayPage {
    shell: Shell,
    lead: String,
    first: Option<Item>,
    next_card: Option<Card>,
    today: Vec<Item>,
    /// Not recorded of late, the newest first.
    late: Vec<Item>,
    /// Not recorded for long: folded, with their number.
    forgotten: Folded<Item>,
    coming: Vec<Item>,
    missing: Vec<Line>,
    overdue: Folded<Line>,
    all: String,
    reports: u64,
    reports_words: String,
}

/// A visit of the day.
struct Item {
    time: String,
    what: String,
    name: String,
    place: String,
    left_to_do: String,
    status: String,
    chip: &'static str,
    action: String,
    href: String,
    do_href: String,
    /// For a visit that will not be recorded any more.
    cancel: Option<String>,
}

struct Card {
    note: String,
    href: String,
    label: String,
}

struct Line {
    href: String,
    name: String,
    next: String,
    due: String,
    chip: &'static str,
}

/// Visits of the coming fortnight, and those that nobody recorded, on one day's page.
const COMING_MAX: u32 = 60;
const LATE_MAX: u32 = 10;
/// A list that is shown when it is opened.
struct Folded<T> {
    title: String,
    items: Vec<T>,
    /// Those that the list leaves out, in words.
    rest: String,
}

/// How many engagements the day shows as missing something.
const MISSING_MAX: u32 = 12;
/// What is older than so many days no longer stands on top.
const FRESH_DAYS: i64 = 45;
/// What is due later than this is nobody's worry today.
const SOON_DAYS: i64 = 30;
/// Lines of a folded list.
const FOLDED_MAX: u32 = 20;

/// `GET /delivery`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let reach = signed_in.actor.reach::<ReadDelivery>()?;
    let store = &app.desk.store;
    let today = frame::today(&app);
    let may = signed_in.actor.may_somewhere::<Deliver>();
    // A trainer sees the own visits; whoever steers sees everybody's.
    let own = signed_in.actor.is(Role::Trainer).then_some(signed_in.actor.id.as_str());
    let week = today.saturating_add(Span::new().days(14));
    let agenda = visits::agenda(store, &reach, own, Agenda::Between(today, week), COMING_MAX).await?;
    let left = visits::agenda(store, &reach, own, Agenda::OpenBefore(today), LATE_MAX).await?;
    let filter = Filter { trainer: own, ..Filter::default() };
    let fresh = today.saturating_sub(Span::new().days(FRESH_DAYS));
    let soon = today.saturating_add(Span::new().days(SOON_DAYS)).to_string();
    let from = format!("{fresh}~");
    let open = engagements::list(store, &reach, &filter, Some(&from), MISSING_MAX).await?;
    let before = fresh.saturating_sub(Span::new().days(1)).to_string();
    let filter = Filter { due_by: Some(&before), ..filter };
    let overdue = engagements::list(store, &reach, &filter, None, FOLDED_MAX).await?;
    let old = visits::agenda(store, &reach, own, Agenda::OpenBefore(fresh), FOLDED_MAX).await?;
    let forgotten = visits::count(store, &reach, own, Agenda::OpenBefore(fresh)).await?;
    let waiting = match signed_in.actor.reach::<Guide>() {
        Ok(reach) => reports::waiting(store, &reach).await?,
        Err(_) => 0,
    };
    let is_today = |one: &&Appointment| one.planned_on == today.to_string();
    let mut planned: Vec<Item> =
        agenda.iter().filter(is_today).map(|one| item(&app, speech, one, may)).collect();
    let open_today = agenda.iter().filter(is_today).position(|one| one.state == "planned");
    let first = open_today.filter(|_| may).map(|position| planned.remove(position));
    let missing: Vec<Line> = open
        .rows
        .iter()
        .filter(|line| line.next_step.is_some())
        // What is due in half a year is not missing yet.
        .filter(|line| line.next_on.as_deref().is_none_or(|on| on <= soon.as_str()))
        .map(|line| missing_line(&app, speech, today, line))
        .collect();
    let synthetic = open.rows.iter().chain(&overdue.rows).any(|line| line.synthetic)
        || agenda.iter().chain(&left).any(|one| one.synthetic);
    let count = planned.len() + usize::from(first.is_some());
    let shell = frame::shell(&visit, &signed_in, "/delivery", speech.date(today));
    private_page(&DayPage {
        next_card: if first.is_none() { next_card(speech, &missing, waiting) } else { None },
        shell: shell.synthetic_if(synthetic),
        lead: speech.count("delivery-day-lead", count as u64, &[]),
        first,
        today: planned,
        late: left
            .iter()
            .filter(|one| one.planned_on >= fresh.to_string())
            .map(|one| item(&app, speech, one, may))
            .collect(),
        forgotten: Folded {
            title: speech.count("delivery-forgotten", forgotten, &[]),
            rest: rest(speech, forgotten, old.len()),
            items: old.iter().map(|one| item(&app, speech, one, may)).collect(),
        },
        coming: agenda.iter().filter(|one| !is_today(one)).map(|one| item(&app, speech, one, may)).collect(),
        missing,
        overdue: overdue_list(&app, speech, today, &overdue),
        all: speech.href("/delivery/engagements"),
        reports: waiting,
        reports_words: speech.count("delivery-reports-waiting", waiting, &[]),
    })
}

/// What a folded list leaves out, in words.
fn rest(speech: Speech, all: u64, shown: usize) -> String {
    match all.saturating_sub(shown as u64) {
        0 => String::new(),
        more => speech.count("delivery-and-more", more, &[]),
    }
}

/// Those that should have gone on long ago. They are not counted out: the list of all enterprises has them.
fn overdue_list(app: &AppState, speech: Speech, today: Date, page: &Page<engagements::Line>) -> Folded<Line> {
    let lines = page.rows.iter().filter(|line| line.next_step.is_some());
    let items: Vec<Line> = lines.map(|line| missing_line(app, speech, today, line)).collect();
    let key = if page.next.is_some() { "delivery-overdue-many" } else { "delivery-overdue" };
    Folded { title: speech.count(key, items.len() as u64, &[]), rest: String::new(), items }
}

/// Without a visit today: the report that waits, or what is due first.
fn next_card(speech: Speech, missing: &[Line], waiting: u64) -> Option<Card> {
    if waiting > 0 {
        return Some(Card {
            note: speech.count("delivery-reports-waiting", waiting, &[]),
            href: speech.href("/delivery/reports"),
            label: speech.t("delivery-reports-open"),
        });
    }
    let line = missing.first()?;
    Some(Card {
        note: format!("{}: {}", line.name, line.next),
        href: line.href.clone(),
        label: speech.t("delivery-open"),
    })
}

/// Whoever may not record a visit opens its enterprise.
fn item(app: &AppState, speech: Speech, one: &Appointment, may: bool) -> Item {
    let programme = app.content.programmes().find(|programme| programme.module(&one.module).is_some());
    let module = programme.map_or_else(
        || one.module.clone(),
        |programme| frame::module_title(app, speech, &programme.id, &one.module),
    );
    let number = one.number.to_string();
    let done = one.state == "done" || !may;
    let page = speech.href(&format!("/delivery/engagements/{}", one.engagement_id));
    let day = frame::day(speech, &one.planned_on);
    Item {
        time: if one.starts_at.is_empty() { day } else { format!("{day}, {}", one.starts_at) },
        what: speech.with("delivery-visit-of", &[("number", &number), ("module", &module)]),
        name: one.enterprise_name.clone(),
        place: frame::region_name(app, speech, &one.region),
        left_to_do: one
            .left_to_do
            .as_deref()
            .map(|words| speech.with("delivery-left-to-do", &[("words", words)]))
            .unwrap_or_default(),
        status: speech.t(&format!("delivery-visit-{}", one.state)),
        chip: if one.state == "done" { "ok" } else { "info" },
        action: speech.t(if done { "delivery-open" } else { "delivery-start-visit" }),
        do_href: if done { page.clone() } else { href(speech, &one.engagement_id, "visit", "", &one.id) },
        cancel: (!done).then(|| href(speech, &one.engagement_id, "visit-cancel", "", &one.id)),
        href: page,
    }
}

fn missing_line(app: &AppState, speech: Speech, today: Date, line: &engagements::Line) -> Line {
    let row = pipeline::row(app, speech, line);
    let late = line.next_on.as_deref().is_some_and(|on| on < today.to_string().as_str());
    Line { href: row.href, name: row.name, next: row.next, due: row.due, chip: if late { "err" } else { "" } }
}
