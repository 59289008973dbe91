//! The list of attendance: who came from which enterprise, on which days; and its sums by sex and position.

use domain::delivery::{DaysThere, Enrolled, Participant, Position, Roster, Sex};
use domain::programme::Programme;

use super::fields::{Choice, Values};
use crate::speech::Speech;

/// Lines that an attendance list may have.
const SEATS_MAX: usize = 120;
/// Letters of a name, as a certificate has room for.
const NAME_MAX: usize = 120;

/// One line as it stands or as it was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) course: String,
    pub(super) name: String,
    pub(super) sex: Option<Sex>,
    pub(super) position: Option<Position>,
    pub(super) days: DaysThere,
    pub(super) namesake: bool,
}

impl From<&Participant> for Entry {
    fn from(one: &Participant) -> Self {
        Entry {
            course: one.course.clone(),
            name: one.name.clone(),
            sex: Some(one.sex),
            position: Some(one.position),
            days: one.days,
            namesake: one.namesake,
        }
    }
}

/// The lines that name somebody.
pub(super) fn sent(values: &Values, days: u8) -> Vec<Entry> {
    let typed = |name: String| values.get(&name).map(|value| value.trim().to_owned()).unwrap_or_default();
    (0..SEATS_MAX)
        .filter_map(|number| {
            let name = typed(format!("p{number}_name"));
            let ticked = |day: &u8| values.contains_key(&format!("p{number}_day_{day}"));
            (!name.is_empty()).then(|| Entry {
                course: typed(format!("p{number}_course")),
                sex: Sex::parse(&typed(format!("p{number}_sex"))),
                position: Position::parse(&typed(format!("p{number}_position"))),
                // A workshop of one day has nothing to tick.
                days: if days == 1 { DaysThere::all_of(1) } else { (1..=days).filter(ticked).collect() },
                namesake: values.contains_key(&format!("p{number}_namesake")),
                name,
            })
        })
        .collect()
}

/// The participants; or the words for the first line that is not complete.
pub(super) fn participants(
    speech: Speech,
    entries: &[Entry],
    new_id: impl Fn() -> String,
) -> Result<Vec<Participant>, String> {
    let complete = |one: &Entry| {
        if one.name.chars().count() > NAME_MAX {
            let name: String = one.name.chars().take(40).collect();
            return Err(speech.with("attendance-error-name", &[("name", &name)]));
        }
        let sex = one.sex.ok_or_else(|| speech.with("attendance-error-sex", &[("name", &one.name)]))?;
        Ok(Participant {
            id: new_id(),
            course: one.course.clone(),
            name: one.name.clone(),
            sex,
            position: one.position.unwrap_or(Position::Worker),
            days: one.days,
            namesake: one.namesake,
        })
    };
    entries.iter().map(complete).collect()
}

/// The lines of one enterprise.
pub(super) struct Table {
    pub(super) enterprise: String,
    pub(super) seats: Vec<Seat>,
}

/// One line of the form.
pub(super) struct Seat {
    pub(super) number: usize,
    pub(super) course: String,
    pub(super) name: String,
    pub(super) woman: bool,
    pub(super) man: bool,
    pub(super) positions: Vec<Choice>,
    pub(super) days: Vec<Day>,
    /// Only where two people of one name were listed.
    pub(super) asks_namesake: bool,
    pub(super) namesake: bool,
}

pub(super) struct Day {
    pub(super) number: u8,
    pub(super) label: String,
    pub(super) there: bool,
}

/// What a day of the workshop is called: its date, or its number where dates leave a doubt.
pub(super) fn day_label(speech: Speech, roster: &Roster, day: u8, days: u8) -> String {
    let number = speech.with("attendance-day", &[("number", &day.to_string())]);
    match roster.training.date_of(day, days) {
        Some(date) => format!("{number}, {}", speech.short_date(date)),
        None => number,
    }
}

/// A line for everybody who is listed, and empty ones up to what each enterprise may send, one at least.
pub(super) fn tables(speech: Speech, roster: &Roster, listed: &[Entry], each: usize, days: u8) -> Vec<Table> {
    let key = |name: &str| Participant::key(name);
    let twice = |entry: &Entry| listed.iter().filter(|one| key(&one.name) == key(&entry.name)).count() > 1;
    let mut number = 0;
    let mut seat = |entry: Option<&Entry>, one: &Enrolled| {
        // Everybody is there until unticked.
        let there = entry.map_or(DaysThere::all_of(days), |entry| entry.days);
        let position = entry.and_then(|entry| entry.position).unwrap_or(Position::Worker);
        let sex = entry.and_then(|entry| entry.sex);
        let seat = Seat {
            number,
            course: one.course.clone(),
            name: entry.map(|entry| entry.name.clone()).unwrap_or_default(),
            woman: sex == Some(Sex::Woman),
            man: sex == Some(Sex::Man),
            positions: Position::ALL
                .iter()
                .map(|one| Choice {
                    value: one.code().to_owned(),
                    label: speech.t(&format!("delivery-position-{}", one.code())),
                    chosen: *one == position,
                })
                .collect(),
            days: (1..=days)
                .filter(|_| days > 1)
                .map(|day| Day {
                    number: day,
                    label: day_label(speech, roster, day, days),
                    there: there.has(day),
                })
                .collect(),
            asks_namesake: entry.is_some_and(|entry| entry.namesake || twice(entry)),
            namesake: entry.is_some_and(|entry| entry.namesake),
        };
        number += 1;
        seat
    };
    let table = |one: &Enrolled| {
        let own: Vec<&Entry> = listed.iter().filter(|entry| entry.course == one.course).collect();
        let empty = each.saturating_sub(own.len()).max(1);
        let mut seats: Vec<Seat> = own.into_iter().map(|entry| seat(Some(entry), one)).collect();
        seats.extend((0..empty).map(|_| seat(None, one)));
        Table { enterprise: one.enterprise_name.clone(), seats }
    };
    roster.enrolled.iter().map(table).collect()
}

/// Who came, by position and sex, by day, and how many earned a certificate.
pub(super) struct Sums {
    /// Position, women, men, both; the total last.
    pub(super) rows: Vec<(String, [String; 3])>,
    pub(super) days: Vec<String>,
    pub(super) certificates: String,
}

pub(super) fn sums(speech: Speech, programme: &Programme, roster: &Roster) -> Option<Sums> {
    let all = &roster.participants;
    if all.is_empty() {
        return None;
    }
    let count = |number: usize| speech.integer(number as u64);
    let row = |label: String, position: Option<Position>| {
        let of = |sex: Sex| {
            let own = all.iter().filter(|one| position.is_none_or(|position| one.position == position));
            own.filter(|one| one.sex == sex).count()
        };
        let (women, men) = (of(Sex::Woman), of(Sex::Man));
        (label, [count(women), count(men), count(women + men)])
    };
    let mut rows: Vec<_> = Position::ALL
        .iter()
        .map(|one| row(speech.t(&format!("delivery-position-{}", one.code())), Some(*one)))
        .collect();
    rows.push(row(speech.t("attendance-all"), None));
    let taught = roster.training.days(programme);
    let days = (1..=taught).filter(|_| taught > 1).map(|day| {
        let there = all.iter().filter(|one| one.days.has(day)).count();
        let label = day_label(speech, roster, day, taught);
        speech.with(
            "attendance-day-sum",
            &[("day", &label), ("there", &count(there)), ("all", &count(all.len()))],
        )
    });
    let earned = all.iter().filter(|one| roster.training.certifies(programme, one.days)).count();
    let needed = programme.certificate_days(&roster.training.product).min(taught).to_string();
    let values = [("earned", &*count(earned)), ("all", &count(all.len())), ("days", &needed)];
    Some(Sums { rows, days: days.collect(), certificates: speech.with("attendance-certificates", &values) })
}
