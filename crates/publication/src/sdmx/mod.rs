//! SDMX: requests in, answers out, for REST 1.5 (SDMX 2.1) and REST 2 (SDMX 3.0).
//!
//! A request is its path, its query and a few headers; an answer is a status, a media type and
//! bytes or a writer of bytes. Nothing here opens a socket or knows the time of day.

use domain::language::{Language, Text};
use jiff::Timestamp;

use crate::structure::Code;
use crate::words::{UNITS, Words};

mod answer;
mod artefact;
mod availability;
mod data;
mod negotiation;
mod problem;
mod reference;
mod request;
mod schema;
mod span;
mod structure_json;
mod structure_query;
mod structure_xml;

pub use answer::{Answer, Body, answer};
pub use request::{Api, Request};

/// The agency that maintains every structure here.
pub const AGENCY: &str = "NPD";
pub const AGENCY_NAME: Words =
    Words { id: "Basis Data Produktivitas Nasional", en: "National Productivity Database" };
/// Versions of all structures, as the two editions of SDMX write them.
pub const VERSION_2_1: &str = "1.0";
pub const VERSION_3_0: &str = "1.0.0";

/// The name of an SDMX thing: `urn("datastructure.Dataflow", "NPD_GRDP", "1.0")`.
pub fn urn(class: &str, id: &str, version: &str) -> String {
    urn_of(AGENCY, class, id, version)
}

pub(crate) fn urn_of(agency: &str, class: &str, id: &str, version: &str) -> String {
    format!("urn:sdmx:org.sdmx.infomodel.{class}={agency}:{id}({version})")
}

/// A moment as headers of messages write it: to the second, in UTC.
pub(crate) fn prepared(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The name of a unit by its code; what the measure calls it where the code is not a usual one.
pub(crate) fn unit_name(unit: &Code) -> Text {
    UNITS.iter().find(|(id, _)| *id == unit.id).map_or_else(|| unit.name.clone(), |(_, name)| name.text())
}

/// The language of an `Accept-Language` header; `*`, nothing and tongues we do not speak mean
/// Indonesian.
pub fn language(header: Option<&str>) -> Language {
    let mut wishes: Vec<(u32, Language)> = header
        .unwrap_or_default()
        .split(',')
        .filter_map(|wish| {
            let (tag, weight) = negotiation::weighted(wish);
            Some((weight, Language::parse(tag)?)).filter(|(weight, _)| *weight > 0)
        })
        .collect();
    // The sort is stable: of equal wishes the first counts.
    wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wishes.first().map_or(Language::default(), |(_, language)| *language)
}
