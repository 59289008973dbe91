//! The room of one programme's results: who stands in it, and what its pages share.

use domain::actor::{ReadMoney, ReadObservations, ReadResults, ReadTrainers, ReviewObservation, Role};
use domain::deflator::Deflator;
use domain::measurement::Measurement;
use domain::programme::Programme;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::dates::WIB;
use crate::error::WebError;
use crate::layout::{Link, Shell};
use crate::office::desk;
use crate::office::guard::SignedIn;
use crate::parts::{Sheet, Square};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// One programme and how it is measured, whoever looks.
pub(crate) struct Ground<'a> {
    pub(crate) app: &'a AppState,
    pub(crate) programme: &'a Programme,
    pub(crate) measurement: &'a Measurement,
}

impl<'a> Ground<'a> {
    /// The ground of a programme by its id.
    pub(crate) fn of(app: &'a AppState, programme: &str) -> Result<Self, WebError> {
        let (Some(programme), Some(measurement)) =
            (app.content.programme(programme), app.content.measurement(programme))
        else {
            return Err(WebError::NotFound);
        };
        Ok(Ground { app, programme, measurement })
    }

    pub(crate) fn deflator(&self) -> Option<&'a Deflator> {
        self.app.content.deflator(&self.measurement.framework.deflator)
    }

    /// Today in Jakarta.
    pub(crate) fn today(&self) -> Date {
        WIB.to_datetime(self.app.now()).date()
    }
}

/// Somebody who may read results, in front of one programme.
pub(crate) struct Room<'a> {
    pub(crate) app: &'a AppState,
    pub(crate) visit: &'a Visit,
    pub(crate) signed_in: &'a SignedIn,
    pub(crate) programme: &'a Programme,
    pub(crate) measurement: &'a Measurement,
}

impl<'a> Room<'a> {
    /// Opens the room for whoever may read results of this programme somewhere.
    pub(crate) fn open(
        app: &'a AppState,
        visit: &'a Visit,
        signed_in: &'a SignedIn,
        programme: &str,
    ) -> Result<Self, WebError> {
        let room = Room::enter(app, visit, signed_in, programme)?;
        let reach = signed_in.actor.reach::<ReadResults>()?;
        let allowed = |limit: &Option<String>| limit.as_deref().is_none_or(|limit| limit == programme);
        if !reach.scopes().iter().any(|scope| allowed(&scope.programme)) {
            return Err(WebError::NotFound);
        }
        Ok(room)
    }

    /// The room without any permission; the page asks for its own.
    pub(crate) fn enter(
        app: &'a AppState,
        visit: &'a Visit,
        signed_in: &'a SignedIn,
        programme: &str,
    ) -> Result<Self, WebError> {
        let Ground { programme, measurement, .. } = Ground::of(app, programme)?;
        Ok(Room { app, visit, signed_in, programme, measurement })
    }

    pub(crate) fn ground(&self) -> Ground<'a> {
        Ground { app: self.app, programme: self.programme, measurement: self.measurement }
    }

    pub(crate) fn speech(&self) -> Speech {
        self.visit.speech
    }

    pub(crate) fn t(&self, key: &str) -> String {
        self.visit.speech.t(key)
    }

    pub(crate) fn with(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.visit.speech.with(key, values)
    }

    /// An address in this room: `""` is its first page.
    pub(crate) fn href(&self, path: &str) -> String {
        self.speech().href(&format!("/results/{}{path}", self.programme.id))
    }

    /// A figure that opens the records behind it, for those who may read them.
    pub(crate) fn opens(&self, text: String, records: &str) -> Square {
        if self.signed_in.actor.may_somewhere::<ReadObservations>() {
            Square::Opens(text, self.href(records))
        } else {
            Square::Number(text)
        }
    }

    pub(crate) fn today(&self) -> Date {
        self.ground().today()
    }

    /// When something was computed, by the words of `key`, and whether something newer is on its way.
    pub(crate) fn computed(&self, key: &str, at: Timestamp, holds: bool) -> String {
        let at = self.with(key, &[("at", &self.speech().moment(at))]);
        if holds { at } else { format!("{at} {}", self.t("results-newer")) }
    }

    /// A sheet of this room, with the way back and the other pages.
    pub(crate) fn sheet(&self, here: &str, title: String, lead: String) -> Sheet {
        let speech = self.speech();
        let first = format!("/results/{}", self.programme.id);
        let shell = desk::shell(self.visit, &self.signed_in.session, "/results", title.clone());
        let shell: Shell = if !self.signed_in.actor.may_somewhere::<ReadResults>() {
            // Whoever may not read results of all has no way up to them.
            desk::crumbs(shell, [(self.visit.path.as_str(), title)])
        } else if here.is_empty() {
            desk::crumbs(shell, [(first.as_str(), speech.say(&self.programme.title).to_owned())])
        } else {
            let steps = [
                (first.as_str(), speech.say(&self.programme.title).to_owned()),
                (self.visit.path.as_str(), title),
            ];
            desk::crumbs(shell, steps)
        };
        let mut sheet = Sheet::new(shell, &self.signed_in.session.form_token, lead);
        sheet.tabs = self.tabs(here);
        sheet
    }

    /// Doors to the other pages, for those who may go through.
    fn tabs(&self, here: &str) -> Vec<Link> {
        let actor = &self.signed_in.actor;
        let reads_records = actor.may_somewhere::<ReadObservations>() && actor.may_somewhere::<ReadResults>();
        let tabs = [
            ("/day", "results-tab-day", actor.may_somewhere::<ReviewObservation>()),
            ("/provider", "home-tab-provider", actor.is(Role::ProviderManager)),
            ("", "results-tab-results", actor.may_somewhere::<ReadResults>()),
            ("/targets", "results-tab-targets", actor.may_somewhere::<ReadResults>()),
            ("/assertions", "results-tab-assertions", actor.may_somewhere::<ReadResults>()),
            ("/review", "results-tab-review", reads_records),
            ("/trainers", "results-tab-trainers", actor.may_somewhere::<ReadTrainers>()),
            ("/money", "results-tab-money", actor.may_somewhere::<ReadMoney>()),
            ("/funder", "results-tab-funder", actor.may_somewhere::<ReadMoney>()),
        ];
        tabs.into_iter()
            .filter(|(_, _, open)| *open)
            .map(|(path, key, _)| Link { href: self.href(path), label: self.t(key), current: path == here })
            .collect()
    }

    pub(crate) fn link(&self, path: &str, label: String) -> Link {
        Link { href: self.href(path), label, current: false }
    }
}
