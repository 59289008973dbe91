//! The frame of the pages: navigation by role, names behind ids, what somebody may do at a place.

use domain::actor::{Actor, Place, ReadResults};
use domain::delivery::{Arrange, Consent, Deliver, Guide, Improve, ReadDelivery};
use domain::programme::Programme;
use jiff::civil::Date;

use crate::error::WebError;
use crate::layout::{Link, Place as NavPlace, Shell};
use crate::office::guard::SignedIn;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// Rows on one page of a list.
pub(super) const PAGE_ROWS: u32 = 50;

/// Does this person find a door to delivery?
pub(crate) fn may_read(actor: &Actor) -> bool {
    actor.may_somewhere::<ReadDelivery>()
}

type Finds = fn(&Actor) -> bool;

const PLACES: [(&str, &str, Finds); 7] = [
    ("/delivery", "delivery-nav-day", may_read),
    ("/delivery/engagements", "delivery-nav-engagements", may_read),
    ("/delivery/calendar", "delivery-nav-calendar", may_read),
    ("/delivery/reports", "delivery-nav-reports", Actor::may_somewhere::<Guide>),
    ("/register", "office-nav-register", crate::register::may_read),
    ("/results", "results-nav", Actor::may_somewhere::<ReadResults>),
    ("/office", "office-nav-home", |_| true),
];

/// The shell of a page of delivery.
pub(super) fn shell(visit: &Visit, signed_in: &SignedIn, here: &str, title: impl Into<String>) -> Shell {
    let speech = visit.speech;
    let mut shell = Shell::new(visit, NavPlace::Office, title);
    shell.indexed = false;
    shell.person = Some(signed_in.session.account.name.clone());
    shell.nav = PLACES
        .iter()
        .filter(|(_, _, finds)| finds(&signed_in.actor))
        .map(|(path, key, _)| Link { href: speech.href(path), label: speech.t(key), current: *path == here })
        .collect();
    shell
}

/// The way back.
pub(super) fn crumbs<'a>(shell: Shell, steps: impl IntoIterator<Item = (&'a str, String)>) -> Shell {
    let day = shell.t("delivery-nav-day");
    let mut all = vec![("/delivery", day)];
    all.extend(steps);
    shell.with_crumbs(all)
}

/// What somebody may do at a place: which buttons are shown. The act itself is checked again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct May {
    pub(super) arrange: bool,
    pub(super) deliver: bool,
    pub(super) improve: bool,
    pub(super) guide: bool,
    pub(super) consent: bool,
}

impl May {
    pub(super) fn at(actor: &Actor, place: &Place) -> Self {
        let (what, place) = (String::new(), || place.clone());
        May {
            arrange: actor.permit(Arrange { what: what.clone(), place: place() }).is_ok(),
            deliver: actor.permit(Deliver { what: what.clone(), place: place() }).is_ok(),
            improve: actor.permit(Improve { what: what.clone(), place: place() }).is_ok(),
            guide: actor.permit(Guide { what: what.clone(), place: place() }).is_ok(),
            consent: actor.permit(Consent { what, place: place() }).is_ok(),
        }
    }
}

/// The dossier of an engagement, if this reader may see it. What they may not see is not there.
pub(super) async fn dossier(
    app: &AppState,
    signed_in: &SignedIn,
    id: &str,
) -> Result<domain::delivery::Dossier, WebError> {
    let store = &app.desk.store;
    let place = store::delivery::find(store, id).await?.ok_or(WebError::NotFound)?;
    let permit = signed_in.permit(ReadDelivery { what: id.to_owned(), place })?;
    Ok(store::delivery::get(store, &permit).await?)
}

pub(super) fn programme<'a>(app: &'a AppState, id: &str) -> Result<&'a Programme, WebError> {
    app.content.programme(id).ok_or(WebError::NotFound)
}

/// The title of a module, with its number if it has one.
pub(crate) fn module_title(app: &AppState, speech: Speech, programme: &str, code: &str) -> String {
    let module = app.content.programme(programme).and_then(|programme| programme.module(code));
    match module {
        Some(module) if module.number > 0 => {
            let number = module.number.to_string();
            speech.with("delivery-module", &[("number", &number), ("title", speech.say(&module.title))])
        }
        Some(module) => speech.say(&module.title).to_owned(),
        None => code.to_owned(),
    }
}

/// The name of a region; its code if no classification knows it.
pub(super) fn region_name(app: &AppState, speech: Speech, code: &str) -> String {
    app.content
        .classifications()
        .filter(|classification| classification.level("province").is_some())
        .find_map(|classification| classification.find(code).map(|at| classification.get(at)))
        .map_or_else(|| code.to_owned(), |found| speech.say(&found.label).to_owned())
}

/// The name behind an account.
pub(super) async fn person(app: &AppState, speech: Speech, id: Option<&str>) -> Result<String, WebError> {
    let Some(id) = id else { return Ok(speech.t("delivery-nobody-yet")) };
    let account = store::accounts::find(&app.desk.store, id).await?;
    Ok(account.map_or_else(|| id.to_owned(), |account| account.name))
}

/// What an enterprise is called.
pub(super) async fn enterprise_name(
    app: &AppState,
    engagement: &str,
    fallback: &str,
) -> Result<String, WebError> {
    let name = store::delivery::engagements::enterprise_name(&app.desk.store, engagement).await?;
    Ok(name.unwrap_or_else(|| fallback.to_owned()))
}

/// An ISO day of the ledger as people write it.
pub(super) fn day(speech: Speech, iso: &str) -> String {
    iso.parse::<Date>().map_or_else(|_| iso.to_owned(), |day| speech.short_date(day))
}

pub(super) fn today(app: &AppState) -> Date {
    store::delivery::day(app.now())
}

/// Rupiah with separators, or the words for nothing.
pub(super) fn rupiah(speech: Speech, amount: Option<i64>) -> String {
    match amount {
        Some(amount) => format!("Rp\u{a0}{}", speech.integer(amount.unsigned_abs())),
        None => speech.t("unknown"),
    }
}
