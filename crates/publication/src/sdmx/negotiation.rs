//! Which form of an answer the caller wants, read leniently from `Accept` or `format=`.

use super::request::Api;
use crate::format::{FORMATS, Format};

/// Forms of structure messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StructureForm {
    Xml21,
    Xml30,
    Json1,
    Json2,
}

impl StructureForm {
    pub(super) fn media_type(self) -> &'static str {
        match self {
            StructureForm::Xml21 => "application/vnd.sdmx.structure+xml;version=2.1",
            StructureForm::Xml30 => "application/vnd.sdmx.structure+xml;version=3.0.0",
            StructureForm::Json1 => "application/vnd.sdmx.structure+json;version=1.0.0",
            StructureForm::Json2 => "application/vnd.sdmx.structure+json;version=2.0.0",
        }
    }
}

/// One wish of an `Accept` header: the type without parameters, its version, its weight.
struct Wish<'a> {
    media_type: String,
    version: Option<&'a str>,
    weight: u32,
}

/// A list element and its weight in thousandths.
pub(super) fn weighted(wish: &str) -> (&str, u32) {
    let mut parts = wish.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts
        .find_map(|part| part.strip_prefix("q="))
        .and_then(|weight| weight.trim().parse::<f64>().ok())
        .filter(|weight| (0.0..=1.0).contains(weight))
        .map_or(1000, |weight| (weight * 1000.0) as u32);
    (name, weight)
}

fn wishes(accept: Option<&str>) -> Vec<Wish<'_>> {
    let accept = accept.filter(|accept| !accept.trim().is_empty()).unwrap_or("*/*");
    let mut wishes: Vec<Wish<'_>> = accept
        .split(',')
        .map(|wish| {
            let (media_type, weight) = weighted(wish);
            let version = wish.split(';').map(str::trim).find_map(|part| part.strip_prefix("version="));
            let version = version.map(|version| version.trim_matches('"'));
            Wish { media_type: media_type.to_ascii_lowercase(), version, weight }
        })
        .filter(|wish| wish.weight > 0 && !wish.media_type.is_empty())
        .collect();
    wishes.sort_by_key(|wish| std::cmp::Reverse(wish.weight));
    wishes
}

/// The form of a structure message; `None`: nothing that is asked for can be given.
pub(super) fn structure(api: Api, accept: Option<&str>, format: Option<&str>) -> Option<StructureForm> {
    use StructureForm::{Json1, Json2, Xml21, Xml30};
    let (xml, json) = match api {
        Api::V1 => (Xml21, Json1),
        Api::V2 => (Xml30, Json2),
    };
    if let Some(format) = format {
        return match format.to_ascii_lowercase().as_str() {
            "sdmx-2.1" | "structure" | "xml" => Some(if format == "sdmx-2.1" { Xml21 } else { xml }),
            "sdmx-3.0" => Some(Xml30),
            "sdmx-json" | "json" | "fusion-json" => Some(json),
            _ => None,
        };
    }
    wishes(accept).iter().find_map(|wish| match (wish.media_type.as_str(), wish.version) {
        ("*/*" | "application/*", _) => Some(if api == Api::V1 { xml } else { json }),
        ("application/xml" | "text/xml" | "text/*", _) => Some(xml),
        ("application/json" | "text/json", _) => Some(json),
        ("application/vnd.sdmx.structure+xml", Some("2.1")) => Some(Xml21),
        ("application/vnd.sdmx.structure+xml", Some("3.0" | "3.0.0")) => Some(Xml30),
        ("application/vnd.sdmx.structure+xml", None) => Some(xml),
        ("application/vnd.sdmx.structure+json", Some("1.0" | "1.0.0")) => Some(Json1),
        ("application/vnd.sdmx.structure+json", Some("2.0" | "2.0.0")) => Some(Json2),
        ("application/vnd.sdmx.structure+json", None) => Some(json),
        _ => None,
    })
}

/// The form of a data message; `None`: nothing that is asked for can be given.
pub(super) fn data(api: Api, accept: Option<&str>, format: Option<&str>) -> Option<&'static dyn Format> {
    let by_id = |id: &str| FORMATS.iter().copied().find(|format| format.id() == id);
    let (default, xml, json, csv) = match api {
        Api::V1 => ("sdmx-ml-2.1-generic", "sdmx-ml-2.1-generic", "sdmx-json-1.0", "sdmx-csv-1.0"),
        Api::V2 => ("sdmx-json-2.0", "sdmx-ml-3.0", "sdmx-json-2.0", "sdmx-csv-2.0"),
    };
    if let Some(format) = format {
        return match format.to_ascii_lowercase().as_str() {
            "csv" | "csvfile" | "csvdata" | "csvfilewithlabels" => by_id(csv),
            "json" | "jsondata" => by_id(json),
            "xml" | "genericdata" => by_id("sdmx-ml-2.1-generic"),
            "structurespecificdata" => by_id("sdmx-ml-2.1"),
            other => by_id(other).filter(|format| format.id().starts_with("sdmx")),
        };
    }
    wishes(accept).iter().find_map(|wish| match (wish.media_type.as_str(), wish.version) {
        ("*/*" | "application/*", _) => by_id(default),
        ("application/xml" | "text/xml", _) => by_id(xml),
        ("application/json" | "text/json", _) => by_id(json),
        ("text/csv" | "text/*" | "application/csv", _) => by_id(csv),
        ("application/vnd.sdmx.genericdata+xml", None | Some("2.1")) => by_id("sdmx-ml-2.1-generic"),
        ("application/vnd.sdmx.generictimeseriesdata+xml", None | Some("2.1")) => {
            by_id("sdmx-ml-2.1-generic-time-series")
        }
        ("application/vnd.sdmx.structurespecificdata+xml", None | Some("2.1")) => by_id("sdmx-ml-2.1"),
        ("application/vnd.sdmx.structurespecifictimeseriesdata+xml", None | Some("2.1")) => {
            by_id("sdmx-ml-2.1-time-series")
        }
        ("application/vnd.sdmx.data+xml", None | Some("3.0" | "3.0.0")) => by_id("sdmx-ml-3.0"),
        ("application/vnd.sdmx.data+json", Some("1.0" | "1.0.0" | "1.0.0-wd")) => by_id("sdmx-json-1.0"),
        ("application/vnd.sdmx.data+json", Some("2.0" | "2.0.0")) => by_id("sdmx-json-2.0"),
        ("application/vnd.sdmx.data+json", None) => by_id(json),
        ("application/vnd.sdmx.data+csv", Some("1.0" | "1.0.0")) => by_id("sdmx-csv-1.0"),
        ("application/vnd.sdmx.data+csv", Some("2.0" | "2.0.0")) => by_id("sdmx-csv-2.0"),
        ("application/vnd.sdmx.data+csv", None) => by_id(csv),
        _ => None,
    })
}

/// Does the caller want a schema as a structure message instead of as XSD?
pub(super) fn wants_structure(accept: Option<&str>) -> bool {
    wishes(accept).first().is_some_and(|wish| {
        wish.media_type.starts_with("application/vnd.sdmx.structure") || wish.media_type.ends_with("json")
    })
}

/// Can the caller take a schema as XSD?
pub(super) fn accepts_schema(accept: Option<&str>) -> bool {
    wishes(accept).iter().any(|wish| {
        matches!(
            wish.media_type.as_str(),
            "*/*" | "application/*" | "application/xml" | "text/xml" | "application/vnd.sdmx.schema+xml"
        )
    })
}

/// Would the caller rather read problems as JSON?
pub(super) fn wants_json(api: Api, accept: Option<&str>) -> bool {
    let first = wishes(accept).into_iter().next();
    match first {
        Some(wish) if wish.media_type.contains("json") => true,
        Some(wish) if wish.media_type.contains("xml") => false,
        _ => api == Api::V2,
    }
}
