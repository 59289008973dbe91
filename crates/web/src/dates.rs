//! Dates and times as readers of each language write them, in Western Indonesia Time.

use domain::language::Language;
use icu::datetime::DateTimeFormatter;
use icu::datetime::fieldsets::YMD;
use icu::datetime::input::Date;
use icu::locale::locale;
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::speech::Speech;

type Formatter = DateTimeFormatter<YMD>;

/// Western Indonesia Time, in which Jakarta publishes. It knows no summer time.
pub const WIB: Offset = Offset::constant(7);

/// The three times of Indonesia. None of them knows a summer time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    Western,
    Central,
    Eastern,
}

impl Zone {
    /// The time of a region by its BPS code; western where the code is not known.
    pub fn of_region(code: &str) -> Self {
        match code.get(..2) {
            // Bali and Nusa Tenggara, South, East and North Kalimantan, Sulawesi.
            Some("51" | "52" | "53" | "63" | "64" | "65" | "71" | "72" | "73" | "74" | "75" | "76") => {
                Zone::Central
            }
            // Maluku and Papua.
            Some("81" | "82" | "91" | "92" | "93" | "94" | "95" | "96" | "97") => Zone::Eastern,
            _ => Zone::Western,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Zone::Western => "WIB",
            Zone::Central => "WITA",
            Zone::Eastern => "WIT",
        }
    }

    /// The moment at which clocks of this zone show so.
    pub fn moment(self, at: jiff::civil::DateTime) -> Option<Timestamp> {
        let hours = match self {
            Zone::Western => 7,
            Zone::Central => 8,
            Zone::Eastern => 9,
        };
        Offset::constant(hours).to_timestamp(at).ok()
    }
}

thread_local! {
    // A formatter of icu is made for one thread.
    static LONG: [Formatter; 2] = formatters(YMD::long());
    static MEDIUM: [Formatter; 2] = formatters(YMD::medium());
}

fn formatters(fields: YMD) -> [Formatter; 2] {
    // British English writes day before month, as Indonesian does.
    [locale!("id"), locale!("en-GB")].map(|locale| {
        DateTimeFormatter::try_new(locale.into(), fields).expect("icu carries Indonesian and English dates")
    })
}

fn pick(language: Language, formatters: &[Formatter; 2]) -> &Formatter {
    match language {
        Language::Id => &formatters[0],
        Language::En => &formatters[1],
    }
}

fn write(formatter: &Formatter, day: jiff::civil::Date) -> String {
    match Date::try_new_iso(day.year().into(), day.month() as u8, day.day() as u8) {
        Ok(date) => formatter.format(&date).to_string(),
        Err(_) => day.to_string(),
    }
}

impl Speech {
    /// `24 November 2026`.
    pub fn date(&self, day: jiff::civil::Date) -> String {
        LONG.with(|formatters| write(pick(self.0, formatters), day))
    }

    /// `24 Nov 2026`.
    pub fn short_date(&self, day: jiff::civil::Date) -> String {
        MEDIUM.with(|formatters| write(pick(self.0, formatters), day))
    }

    /// The day on which a moment falls in Jakarta.
    pub fn day_of(&self, moment: Timestamp) -> String {
        self.short_date(WIB.to_datetime(moment).date())
    }

    /// `24 November 2026, 09.00 WIB`; English puts a colon between hour and minute.
    pub fn moment(&self, moment: Timestamp) -> String {
        let local = WIB.to_datetime(moment);
        let mark = match self.0 {
            Language::Id => '.',
            Language::En => ':',
        };
        format!("{}, {:02}{mark}{:02}\u{a0}WIB", self.date(local.date()), local.hour(), local.minute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_at_nine_is_at_another_moment_in_each_zone() {
        let nine = jiff::civil::date(2026, 11, 24).at(9, 0, 0, 0);
        for (region, name, moment) in [
            ("3317", "WIB", "2026-11-24T02:00:00Z"),
            ("61", "WIB", "2026-11-24T02:00:00Z"),
            ("5171", "WITA", "2026-11-24T01:00:00Z"),
            ("64", "WITA", "2026-11-24T01:00:00Z"),
            ("9471", "WIT", "2026-11-24T00:00:00Z"),
            ("", "WIB", "2026-11-24T02:00:00Z"),
        ] {
            let zone = Zone::of_region(region);
            assert_eq!((zone.name(), zone.moment(nine)), (name, moment.parse().ok()), "{region}");
        }
    }

    #[test]
    fn dates_follow_the_language_and_times_name_their_zone() {
        let moment: Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
        let (id, en) = (Speech(Language::Id), Speech(Language::En));
        assert_eq!(id.moment(moment), "24 November 2026, 09.00\u{a0}WIB");
        assert_eq!(en.moment(moment), "24 November 2026, 09:00\u{a0}WIB");
        assert_eq!(id.day_of("2026-12-31T20:00:00Z".parse().unwrap()), "1 Jan 2027");
        assert_eq!(en.short_date("2026-08-05".parse().unwrap()), "5 Aug 2026");
    }
}
