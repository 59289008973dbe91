//! Reminders: who is told what, and from which day on. Facts in, reminders out; no clock, no post.
//!
//! A reminder goes to the one person who can do something, names an enterprise or a module and never
//! another person, and is worth sending only as long as it is still true.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Place, Role};
use crate::delivery::Guide;
use crate::network::AnswerQuestion;

/// What somebody is reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A visit is tomorrow.
    Visit,
    /// A workshop is near, and an enterprise has no baseline.
    Baseline,
    /// A report waits for a reader.
    Report,
    /// A follow-up is due.
    FollowUp,
    /// The own certificate ends soon.
    Certificate,
    /// An enterprise was asked in the peer network.
    Question,
    /// What was asked there is answered, or declined.
    Answer,
}

impl Kind {
    pub const ALL: [Kind; 7] = [
        Kind::Visit,
        Kind::Baseline,
        Kind::Report,
        Kind::FollowUp,
        Kind::Certificate,
        Kind::Question,
        Kind::Answer,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Kind::Visit => "visit",
            Kind::Baseline => "baseline",
            Kind::Report => "report",
            Kind::FollowUp => "follow-up",
            Kind::Certificate => "certificate",
            Kind::Question => "question",
            Kind::Answer => "answer",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// From when until when a reminder of something that falls on `on` is worth sending.
    pub fn window(self, on: Date) -> (Date, Date) {
        let before = |days: i64| on.saturating_sub(days.days());
        match self {
            Kind::Visit => (before(1), on),
            Kind::Baseline => (before(7), on),
            // A week after it was handed in, until somebody decides.
            Kind::Report => (on.saturating_add(8.days()), Date::MAX),
            // A month early is early enough; it stays due until it is done.
            Kind::FollowUp => (on.saturating_sub(Span::new().months(1)), Date::MAX),
            Kind::Certificate => (before(60), on),
            // Whoever agrees to letters later is not told of everything that ever was.
            Kind::Question => (on, on.saturating_add(30.days())),
            Kind::Answer => (on, on.saturating_add(14.days())),
        }
    }
}

/// Something that happens on a day and concerns somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    pub kind: Kind,
    /// Id of the visit, course, report, engagement or certificate.
    pub subject: String,
    /// The day: of the visit, the workshop, the handing in, the follow-up, the end of the certificate.
    pub on: Date,
    /// Accounts of those in charge; nobody where whoever may decide is asked.
    pub in_charge: Option<String>,
    pub place: Place,
    /// An enterprise or a module.
    pub about: String,
    /// Where it can be done.
    pub path: String,
    pub synthetic: bool,
}

/// A letter that is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reminder {
    pub account: String,
    pub kind: Kind,
    pub subject: String,
    pub on: Date,
    pub about: String,
    pub path: String,
    pub synthetic: bool,
}

/// Those who may be told where nobody is in charge.
#[derive(Clone, Copy, Debug, Default)]
pub struct People<'a> {
    /// May decide about reports.
    pub deciders: &'a [Actor],
    /// Want to hear of the peer network.
    pub network: &'a [Actor],
}

/// The reminders that are due today, each once, in order.
pub fn due_reminders(today: Date, occasions: &[Occasion], people: People<'_>) -> Vec<Reminder> {
    let mut due = BTreeSet::new();
    for occasion in occasions {
        let (from, to) = occasion.kind.window(occasion.on);
        if today < from || to < today {
            continue;
        }
        due.extend(addressees(occasion, people).into_iter().map(|account| Reminder {
            account,
            kind: occasion.kind,
            subject: occasion.subject.clone(),
            on: occasion.on,
            about: occasion.about.clone(),
            path: occasion.path.clone(),
            synthetic: occasion.synthetic,
        }));
    }
    due.into_iter().collect()
}

/// Whoever is in charge; for reports the officers of the place, and administrators where there is none; for
/// questions the owner and managers of the enterprise, and whoever looks after it where none of them wants
/// letters.
fn addressees(occasion: &Occasion, people: People<'_>) -> Vec<String> {
    let (what, place) = (occasion.subject.clone(), occasion.place.clone());
    let (may, first): (Vec<&Actor>, Role) = match occasion.kind {
        Kind::Report => {
            let may =
                |actor: &&Actor| actor.permit(Guide { what: what.clone(), place: place.clone() }).is_ok();
            (people.deciders.iter().filter(may).collect(), Role::ProgrammeOfficer)
        }
        Kind::Question => {
            let answers = |actor: &&Actor| {
                actor.permit(AnswerQuestion { question: what.clone(), place: place.clone() })
            };
            // Administrators may answer anywhere, and are not told of everything everywhere.
            let may = |actor: &&Actor| answers(actor).is_ok() && !actor.is(Role::Administrator);
            (people.network.iter().filter(may).collect(), Role::EnterpriseMember)
        }
        _ => return occasion.in_charge.iter().cloned().collect(),
    };
    let (asked, others): (Vec<&Actor>, Vec<&Actor>) = may.into_iter().partition(|actor| actor.is(first));
    let asked = if asked.is_empty() { others } else { asked };
    asked.into_iter().map(|actor| actor.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::actor::{Function, Grant, Scope};

    fn occasion(kind: Kind, on: Date) -> Occasion {
        Occasion {
            kind,
            subject: "s1".into(),
            on,
            in_charge: Some("siti".into()),
            place: Place::programme("p").in_region("3317").of_organisation("blk"),
            about: "UD Batik Lasem Indah".into(),
            path: "/delivery".into(),
            synthetic: false,
        }
    }

    #[test]
    fn each_kind_is_due_in_its_own_days_and_in_no_other() {
        let on = date(2026, 3, 31);
        for (kind, first, last) in [
            (Kind::Visit, date(2026, 3, 30), on),
            (Kind::Baseline, date(2026, 3, 24), on),
            (Kind::FollowUp, date(2026, 2, 28), Date::MAX),
            (Kind::Certificate, date(2026, 1, 30), on),
            (Kind::Answer, on, date(2026, 4, 14)),
        ] {
            let due = |today| !due_reminders(today, &[occasion(kind, on)], People::default()).is_empty();
            assert!(!due(first.yesterday().unwrap()), "{kind:?} is early");
            assert!(due(first), "{kind:?} begins");
            assert!(due(last), "{kind:?} ends");
            if let Ok(after) = last.tomorrow() {
                assert!(!due(after), "{kind:?} is late");
            }
        }
    }

    #[test]
    fn a_report_that_waits_more_than_a_week_goes_to_the_officers_of_the_place() {
        let officer = Actor::with("rina", Role::ProgrammeOfficer, Scope::programme("p"));
        let elsewhere = Actor::with("dewi", Role::ProgrammeOfficer, Scope::programme("q"));
        let administrator = Actor::with("admin", Role::Administrator, Scope::default());
        let trainer = Actor::with("siti", Role::Trainer, Scope::organisation("blk"));
        let handed_in = [occasion(Kind::Report, date(2026, 6, 1))];
        let asked = |today, people: &[Actor]| {
            let due = due_reminders(today, &handed_in, People { deciders: people, network: &[] });
            due.into_iter().map(|reminder| reminder.account).collect::<Vec<_>>()
        };
        let all = [officer, elsewhere.clone(), administrator.clone(), trainer];
        assert_eq!(asked(date(2026, 6, 8), &all), Vec::<String>::new(), "seven days are not more than seven");
        assert_eq!(asked(date(2026, 6, 9), &all), ["rina"]);
        assert_eq!(asked(date(2026, 6, 9), &[elsewhere, administrator]), ["admin"]);
    }

    #[test]
    fn a_question_goes_to_the_heads_of_the_enterprise_that_want_letters_or_to_whoever_looks_after_it() {
        let member = |id: &str, function, enterprise: &str| Actor {
            id: id.into(),
            email: String::new(),
            grants: vec![Grant::member(function, enterprise)],
        };
        let owner = member("wati", Function::Owner, "e1");
        let worker = member("budi", Function::Worker, "e1");
        let neighbour = member("rudi", Function::Owner, "e2");
        let trainer = Actor::with("siti", Role::Trainer, Scope::organisation("blk"));
        let stranger = Actor::with("ani", Role::Trainer, Scope::organisation("other"));
        let administrator = Actor::with("admin", Role::Administrator, Scope::default());
        let on = date(2026, 6, 1);
        let place = Place { organisation: Some("blk".into()), ..Place::shared() }.of_enterprise("e1");
        let question = [Occasion { place, in_charge: None, ..occasion(Kind::Question, on) }];
        let told = |today, network: &[Actor]| {
            let due = due_reminders(today, &question, People { deciders: &[], network });
            due.into_iter().map(|reminder| reminder.account).collect::<Vec<_>>()
        };
        let all = [owner, worker, neighbour, trainer, stranger, administrator];
        assert_eq!(told(on, &all), ["wati"]);
        assert_eq!(told(on, &all[1..]), ["siti"], "a worker does not answer for the enterprise");
        assert_eq!(told(on, &all[4..]), Vec::<String>::new(), "administrators are not told of everything");
        assert_eq!(told(date(2026, 7, 1), &all).len(), 1);
        assert_eq!(told(date(2026, 7, 2), &all).len(), 0, "after a month nobody is told any more");
    }

    #[test]
    fn the_same_occasion_twice_is_one_reminder_and_nobody_in_charge_is_none() {
        let on = date(2026, 3, 31);
        let twice = [occasion(Kind::Visit, on), occasion(Kind::Visit, on)];
        assert_eq!(due_reminders(on, &twice, People::default()).len(), 1);
        let nobody = Occasion { in_charge: None, ..occasion(Kind::Visit, on) };
        assert!(due_reminders(on, &[nobody], People::default()).is_empty());
    }

    #[test]
    fn codes_come_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(kind));
        }
    }
}
