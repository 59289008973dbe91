//! Reading a request: its path, its query and the headers that matter.
//!
//! Clients differ in small ways (upper-case `ALL`, encoded commas and brackets, trailing
//! slashes), and all of them are understood.

use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use super::problem::Problem;

/// An edition of the SDMX REST interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// REST 1.5, SDMX 2.1.
    V1,
    /// REST 2, SDMX 3.0.
    V2,
}

/// A request as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub api: Api,
    /// What follows `/sdmx/v1`, still encoded.
    pub path: &'a str,
    /// What follows `?`, still encoded.
    pub query: &'a str,
    pub accept: Option<&'a str>,
    pub accept_language: Option<&'a str>,
    pub if_none_match: Option<&'a str>,
    pub if_modified_since: Option<&'a str>,
    /// Where this interface stands, such as `https://npd.example/sdmx/v1`; used in stubs.
    pub base: &'a str,
    pub now: Timestamp,
}

impl Request<'_> {
    /// The decoded segments of the path; empty ones at the end are dropped.
    pub(super) fn segments(&self) -> Vec<String> {
        let mut segments: Vec<String> = self.path.split('/').map(decode).collect();
        if segments.first().is_some_and(String::is_empty) {
            segments.remove(0);
        }
        while segments.last().is_some_and(String::is_empty) {
            segments.pop();
        }
        segments
    }

    /// The decoded parameters of the query. A `+` stays a `+`: in SDMX it means "and", "or".
    pub(super) fn parameters(&self) -> Parameters {
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Parameters(pairs.collect())
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The parameters of a query.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// A parameter by its name, whatever its case; an empty value counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a parameter.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The filters `c[DIM]=…` of REST 2.
    pub(super) fn filters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| {
            let component = name.strip_prefix("c[")?.strip_suffix(']')?;
            Some((component, value.as_str()))
        })
    }

    /// A whole number; anything else is a syntax error that names the parameter.
    pub(super) fn number(&self, name: &str) -> Result<Option<usize>, Problem> {
        self.get(name)
            .map(|value| {
                value
                    .parse()
                    .map_err(|_| Problem::syntax(format!("`{name}={value}`: expected a number such as 1")))
            })
            .transpose()
    }

    /// A moment, `2021-05-17` or `2021-05-17T09:00:00Z`.
    pub(super) fn moment(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        self.get(name).map(|value| moment(name, value)).transpose()
    }
}

fn moment(name: &str, text: &str) -> Result<Timestamp, Problem> {
    let wrong =
        || Problem::syntax(format!("`{name}={text}`: expected a moment such as 2026-01-31T09:00:00Z"));
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let at =
        |date: jiff::civil::DateTime| date.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp());
    if text.contains('T') {
        let moment = text.parse::<jiff::civil::DateTime>().map_err(|_| wrong())?;
        return at(moment).map_err(|_| wrong());
    }
    // A day means until its end: what was published that day counts.
    let day = text.parse::<jiff::civil::Date>().map_err(|_| wrong())?;
    at(day.at(23, 59, 59, 0)).map_err(|_| wrong())
}

/// `all`, `*` and their like mean everything; so does nothing at all.
pub(super) fn is_everything(text: &str) -> bool {
    text.is_empty() || text == "*" || text.eq_ignore_ascii_case("all")
}

/// The parts of a list; empty means everything.
pub(super) fn list(text: &str) -> Vec<String> {
    if is_everything(text) {
        return Vec::new();
    }
    text.split(['+', ',']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Does a wish for versions include the only version there is?
///
/// `latest`, `all`, `*`, `+`, `~`, `1.0`, `1.0.0`, `1.0+`, `1+.0` all do.
pub(super) fn has_version(wish: &str) -> bool {
    if is_everything(wish) || wish.eq_ignore_ascii_case("latest") || wish == "+" || wish == "~" {
        return true;
    }
    wish.split(',').any(|one| {
        let bare: String = one.chars().filter(|letter| !matches!(letter, '+' | '~')).collect();
        ["1", "1.0", "1.0.0"].contains(&bare.as_str()) || is_everything(&bare)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_ask_for_the_version_is_understood() {
        for (wish, expected) in [
            ("latest", true),
            ("LATEST", true),
            ("all", true),
            ("*", true),
            ("+", true),
            ("~", true),
            ("1.0", true),
            ("1.0.0", true),
            ("1.0+", true),
            ("1+.0.0", true),
            ("", true),
            ("1.1", false),
            ("2.0", false),
        ] {
            assert_eq!(has_version(wish), expected, "{wish}");
        }
    }

    #[test]
    fn a_day_means_until_its_end() {
        assert_eq!(moment("asOf", "2026-01-31").unwrap().to_string(), "2026-01-31T23:59:59Z");
        assert!(moment("asOf", "yesterday").is_err());
    }
}
