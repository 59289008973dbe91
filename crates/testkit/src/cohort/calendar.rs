//! Days, moments and ids: what is done on one day follows one after the other, and ids grow with time.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Span, Timestamp};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

const WIB: Offset = Offset::constant(7);
/// Work begins at eight; so many seconds lie between two deeds of a day.
const BETWEEN: i64 = 20;
const BEGINS_AT: i8 = 8;
/// All that is done on a day is done before the evening.
const MOST_ON_A_DAY: u32 = 1_900;

/// The day on which a moment falls in Western Indonesia Time.
pub(super) fn day(at: Timestamp) -> Date {
    WIB.to_datetime(at).date()
}

pub(super) fn later(day: Date, days: i32) -> Date {
    day.saturating_add(Span::new().days(days))
}

pub(super) fn months_later(day: Date, months: i32) -> Date {
    day.saturating_add(Span::new().months(months))
}

/// The whole months before a day: first and last day of so many of them.
pub(super) fn months_before(on: Date, months: i16) -> (Date, Date) {
    let first = on.first_of_month();
    (first.saturating_sub(Span::new().months(months)), later(first, -1))
}

/// Hands out moments and ids.
#[derive(Debug)]
pub(super) struct Calendar {
    today: Date,
    done: BTreeMap<Date, u32>,
}

impl Calendar {
    pub(super) fn new(today: Date) -> Self {
        Calendar { today, done: BTreeMap::new() }
    }

    /// The next free moment of a day.
    pub(super) fn moment(&mut self, on: Date) -> Timestamp {
        let done = self.done.entry(on).or_default();
        let seconds = i64::from((*done).min(MOST_ON_A_DAY)) * BETWEEN;
        *done += 1;
        let morning = WIB.to_timestamp(on.at(BEGINS_AT, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH);
        morning + SignedDuration::from_secs(seconds)
    }

    /// The next day on which people work; what lies on today stays there, so that a demonstration has a day.
    pub(super) fn workday(&self, on: Date) -> Date {
        match on.weekday() {
            _ if on == self.today => on,
            jiff::civil::Weekday::Saturday => later(on, 2),
            jiff::civil::Weekday::Sunday => later(on, 1),
            _ => on,
        }
    }
}

/// An id of the form of a UUIDv7: later ones sort after earlier ones.
pub(super) fn id(at: Timestamp, random: &mut Pcg64Mcg) -> String {
    let millis = at.as_millisecond().max(0).unsigned_abs() & 0xffff_ffff_ffff;
    let (a, b): (u64, u64) = (random.random(), random.random());
    format!(
        "{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}",
        millis >> 16,
        millis & 0xffff,
        a & 0xfff,
        0x8000 | ((a >> 12) & 0x3fff),
        b & 0xffff_ffff_ffff
    )
}
