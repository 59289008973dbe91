use publication::Catalogue;
use publication::sdmx::{Answer, Api, Request, answer, language};

use crate::sample::{self, now};

pub(crate) struct Asked<'a> {
    pub(crate) accept: Option<&'a str>,
    pub(crate) language: Option<&'a str>,
    pub(crate) none_match: Option<&'a str>,
    pub(crate) since: Option<&'a str>,
}

pub(crate) const PLAIN: Asked<'static> =
    Asked { accept: None, language: None, none_match: None, since: None };

/// Asks for `v1/…` or `v2/…` as a web server would.
pub(crate) fn ask(catalogue: &Catalogue, address: &str, asked: &Asked<'_>) -> Answer {
    let (api, rest) = match address.split_at(2) {
        ("v1", rest) => (Api::V1, rest),
        (_, rest) => (Api::V2, rest),
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let request = Request {
        api,
        path,
        query,
        accept: asked.accept,
        accept_language: asked.language,
        if_none_match: asked.none_match,
        if_modified_since: asked.since,
        base: "https://npd.example/sdmx/v1",
        now: now(),
    };
    answer(catalogue, &request)
}

fn status(catalogue: &Catalogue, address: &str) -> u16 {
    ask(catalogue, address, &PLAIN).status
}

pub(crate) fn body(answer: Answer) -> String {
    String::from_utf8(answer.into_bytes().unwrap()).unwrap()
}

/// The lines of an SDMX-CSV answer, without the header.
fn rows(catalogue: &Catalogue, address: &str) -> Vec<String> {
    let answer = ask(catalogue, address, &Asked { accept: Some("text/csv"), ..PLAIN });
    assert_eq!(answer.status, 200, "{address}");
    body(answer).lines().skip(1).map(str::to_owned).collect()
}

/// Addresses of SDMX 2.1 and their status.
const FIRST_VERSION: &[(&str, u16)] = &[
    ("v1/dataflow", 200),
    ("v1/dataflow/all/all/latest/", 200),
    ("v1/dataflow/ALL/ALL/LATEST", 200),
    ("v1/dataflow/NPD/NPD_TEST/1.0?references=all", 200),
    ("v1/dataflow/NPD/NPD_TEST/9.0", 404),
    ("v1/dataflow/OTHER", 404),
    ("v1/datastructure/ALL/NPD_TEST", 200),
    ("v1/datastructure/all/NPD_TEST/latest/?references=children", 200),
    ("v1/codelist/ALL/CL_KBLI2020", 200),
    ("v1/codelist/NPD/CL_KBLI2020/1.0/KBLI2020_C+_T", 200),
    ("v1/conceptscheme/NPD/CONCEPTS", 200),
    ("v1/agencyscheme", 200),
    ("v1/agencyscheme/SDMX/AGENCIES/1.0", 200),
    ("v1/dataproviderscheme/NPD", 200),
    ("v1/categoryscheme", 200),
    ("v1/categorisation", 200),
    ("v1/contentconstraint", 200),
    ("v1/provisionagreement", 200),
    ("v1/structure/NPD", 200),
    ("v1/metadatastructure", 404),
    ("v1/nonsense", 400),
    ("v1/", 400),
    ("v1/dataflow?references=cousins", 400),
    ("v1/dataflow?detail=little", 400),
    ("v1/data/NPD_TEST", 200),
    ("v1/data/NPD%2CNPD_TEST%2C1.0/all/ALL/", 200),
    ("v1/data/NPD,NPD_TEST,latest/A.ID..KBLI2020_C/NPD", 200),
    ("v1/data/NPD_TEST/A.ID+ID31..", 200),
    ("v1/data/NPD_TEST/A.NOWHERE..", 404),
    ("v1/data/NPD_TEST/A.ID", 403),
    ("v1/data/NPD_TEST/A.ID....", 403),
    ("v1/data/NPD_TEST?startPeriod=yesterday", 400),
    ("v1/data/NPD_TEST?startPeriod=2030", 404),
    ("v1/data/NPD_TEST?lastNObservations=many", 400),
    ("v1/data/NPD_TEST?dimensionAtObservation=PLANET", 403),
    ("v1/data/NPD_TEST?updatedAfter=2026-05-01T00:00:00Z", 404),
    ("v1/data/NPD_TEST?vintage=1", 200),
    ("v1/data/NPD_TEST?vintage=7", 404),
    ("v1/data/MISSING", 404),
    ("v1/data/OTHER,NPD_TEST", 404),
    ("v1/availableconstraint/NPD_TEST", 200),
    ("v1/availableconstraint/NPD_TEST/A.ID31../all/ACTIVITY?mode=available&references=all", 200),
    ("v1/schema/dataflow/NPD/NPD_TEST/latest", 200),
    ("v1/metadata/NPD_TEST", 501),
];

/// Addresses of SDMX 3.0 and their status.
const SECOND_VERSION: &[(&str, u16)] = &[
    ("v2/structure/dataflow/NPD/*/~", 200),
    ("v2/structure/dataflow/NPD/%2A/%2B", 200),
    ("v2/structure/dataflow/NPD/", 200),
    ("v2/structure/*/*/*/*", 200),
    ("v2/structure/dataconstraint/NPD/CC_NPD_TEST", 200),
    ("v2/data/dataflow/NPD/NPD_TEST/1.0.0/*", 200),
    ("v2/data/dataflow/NPD/NPD_TEST/+/A.ID31.*.*", 200),
    ("v2/data/dataflow/NPD/NPD_TEST/~/A.ID31", 200),
    ("v2/data/dataflow/NPD/NPD_TEST/~/A.NOWHERE", 204),
    ("v2/data/dataflow/NPD/NPD_TEST?c%5BREF_AREA%5D=ID31&c[TIME_PERIOD]=ge:2022+le:2022", 200),
    ("v2/data/dataflow/NPD/NPD_TEST?c[TIME_PERIOD]=gt:2023", 204),
    ("v2/data/dataflow/NPD/NPD_TEST?c[PLANET]=X", 422),
    ("v2/data/dataflow/NPD/NPD_TEST?attributes=none&measures=all", 200),
    ("v2/data/dataflow/NPD/NPD_TEST?attributes=COLOUR", 422),
    ("v2/data/dataflow/NPD/NPD_TEST?asOf=2025-01-01", 204),
    ("v2/data/dataflow/NPD/NPD_TEST?asOf=2026-01-15", 200),
    ("v2/data/galaxy/NPD/NPD_TEST", 400),
    ("v2/data/dataflow/NPD/*", 501),
    ("v2/availability/dataflow/NPD/NPD_TEST/1.0.0/*/ACTIVITY", 200),
    ("v2/availability/dataflow/NPD/NPD_TEST/1.0.0/*/PLANET", 422),
    ("v2/schema/dataflow/NPD/NPD_TEST/1.0.0/", 200),
    ("v2/metadata/x", 501),
    ("v2/nonsense", 400),
];

#[test]
fn every_address_has_its_status() {
    let (_folder, catalogue) = sample::catalogue();
    for (address, expected) in FIRST_VERSION.iter().chain(SECOND_VERSION) {
        assert_eq!(status(&catalogue, address), *expected, "{address}");
    }
}

#[test]
fn keys_periods_and_counts_narrow_the_data() {
    let (_folder, catalogue) = sample::catalogue();
    for (address, expected) in [
        // 2 years × 4 activities × 4 places × 5 measures.
        ("v1/data/NPD_TEST", 160),
        ("v1/data/NPD_TEST/...", 160),
        ("v1/data/NPD_TEST/A.ID31+ID32.LP.", 16),
        ("v1/data/NPD_TEST/A.ID31+NOWHERE.LP._T", 2),
        ("v1/data/NPD_TEST/A.ID.LP._T?startPeriod=2023", 1),
        ("v1/data/NPD_TEST/A.ID.LP._T?endPeriod=2022-12", 1),
        ("v1/data/NPD_TEST?lastNObservations=1", 80),
        ("v1/data/NPD_TEST?firstNObservations=1", 80),
        ("v1/data/NPD_TEST?detail=serieskeysonly", 80),
        ("v1/data/NPD_TEST?dimensionAtObservation=AllDimensions", 160),
        ("v2/data/dataflow/NPD/NPD_TEST/~/A.ID31.LP.*,A.ID32.VALUE_ADDED.*", 16),
        ("v2/data/dataflow/NPD/NPD_TEST?c[MEASURE]=sw:VALUE&c[ACTIVITY]=ne:_T", 48),
        ("v2/data/dataflow/NPD/NPD_TEST?c[MEASURE]=LP&c[REF_AREA]=co:32+nc:3204", 8),
        ("v2/data/dataflow/NPD/NPD_TEST?c[MEASURE]=LP,ENTERPRISES&c[TIME_PERIOD]=lt:2023", 32),
    ] {
        assert_eq!(rows(&catalogue, address).len(), expected, "{address}");
    }
    let order = rows(&catalogue, "v1/data/NPD_TEST/A.ID.LP._T");
    assert!(order[0].contains(",2022,") && order[1].contains(",2023,"), "{order:?}");
}

#[test]
fn the_form_follows_accept() {
    let (_folder, catalogue) = sample::catalogue();
    for (address, accept, expected) in [
        ("v1/data/NPD_TEST", None, "application/vnd.sdmx.genericdata+xml;version=2.1"),
        ("v1/data/NPD_TEST", Some("*/*"), "application/vnd.sdmx.genericdata+xml;version=2.1"),
        (
            "v1/data/NPD_TEST",
            Some("text/html, */*;q=0.1"),
            "application/vnd.sdmx.genericdata+xml;version=2.1",
        ),
        ("v1/data/NPD_TEST", Some("text/csv"), "application/vnd.sdmx.data+csv;version=1.0.0"),
        (
            "v1/data/NPD_TEST",
            Some("application/vnd.sdmx.structurespecificdata+xml; version=2.1"),
            "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
        ),
        (
            "v1/data/NPD_TEST",
            Some("application/json;q=0.5, application/xml;q=0.9"),
            "application/vnd.sdmx.genericdata+xml;version=2.1",
        ),
        ("v2/data/dataflow/NPD/NPD_TEST", None, "application/vnd.sdmx.data+json;version=2.0.0"),
        (
            "v2/data/dataflow/NPD/NPD_TEST",
            Some("application/vnd.sdmx.data+csv;version=2.0.0;labels=both"),
            "application/vnd.sdmx.data+csv;version=2.0.0;labels=both",
        ),
        (
            "v2/data/dataflow/NPD/NPD_TEST",
            Some("application/xml"),
            "application/vnd.sdmx.data+xml;version=3.0.0",
        ),
        ("v1/dataflow", None, "application/vnd.sdmx.structure+xml;version=2.1"),
        (
            "v1/dataflow",
            Some("application/vnd.sdmx.structure+json;version=1.0.0"),
            "application/vnd.sdmx.structure+json;version=1.0.0",
        ),
        ("v2/structure/dataflow", None, "application/vnd.sdmx.structure+json;version=2.0.0"),
        (
            "v2/structure/dataflow",
            Some("application/xml"),
            "application/vnd.sdmx.structure+xml;version=3.0.0",
        ),
    ] {
        let answer = ask(&catalogue, address, &Asked { accept, ..PLAIN });
        assert_eq!((answer.status, answer.media_type.as_str()), (200, expected), "{address} {accept:?}");
    }
    for address in
        ["v1/data/NPD_TEST", "v1/dataflow", "v2/structure/dataflow", "v1/schema/dataflow/NPD/NPD_TEST"]
    {
        let answer = ask(&catalogue, address, &Asked { accept: Some("image/png"), ..PLAIN });
        assert_eq!(answer.status, 406, "{address}");
    }
}

#[test]
fn what_the_caller_has_is_not_sent_again() {
    let (_folder, catalogue) = sample::catalogue();
    for address in ["v1/data/NPD_TEST", "v1/dataflow", "v2/schema/dataflow/NPD/NPD_TEST"] {
        let first = ask(&catalogue, address, &PLAIN);
        let header = |name: &str| first.headers.iter().find(|(key, _)| *key == name).unwrap().1.clone();
        let (etag, modified) = (header("etag"), header("last-modified"));
        assert_eq!(modified, "Thu, 15 Jan 2026 08:00:00 GMT", "{address}");
        let again = ask(&catalogue, address, &Asked { none_match: Some(&etag), ..PLAIN });
        assert_eq!(again.status, 304, "{address}");
        assert_eq!(
            ask(&catalogue, address, &Asked { since: Some(&modified), ..PLAIN }).status,
            304,
            "{address}"
        );
        let earlier = Some("Wed, 14 Jan 2026 08:00:00 GMT");
        assert_eq!(ask(&catalogue, address, &Asked { since: earlier, ..PLAIN }).status, 200, "{address}");
        let other =
            ask(&catalogue, address, &Asked { none_match: Some(&etag), language: Some("en"), ..PLAIN });
        assert_eq!(other.status, 200, "{address}: another language is another answer");
    }
}

#[test]
fn languages_are_read_leniently() {
    use domain::language::Language::{En, Id};
    for (header, expected) in [
        (None, Id),
        (Some("*"), Id),
        (Some(""), Id),
        (Some("en"), En),
        (Some("fr, en-GB;q=0.7, id;q=0.9"), Id),
        (Some("en;q=0"), Id),
        (Some("en-US,en;q=0.9"), En),
        (Some(";;;,,q=x"), Id),
    ] {
        assert_eq!(language(header), expected, "{header:?}");
    }
}

#[test]
fn problems_are_told_in_the_way_of_each_edition() {
    let (_folder, catalogue) = sample::catalogue();
    insta::assert_snapshot!(body(ask(&catalogue, "v1/data/NPD_TEST/A.ID", &PLAIN)), @r#"
<?xml version="1.0" encoding="UTF-8"?>
<mes:Error xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"><mes:ErrorMessage code="150"><com:Text xml:lang="en">the key `A.ID` has 2 parts and the flow has 4: FREQ.REF_AREA.MEASURE.ACTIVITY</com:Text></mes:ErrorMessage>
</mes:Error>
"#);
    insta::assert_snapshot!(body(ask(&catalogue, "v2/data/dataflow/NPD/NPD_TEST?c[PLANET]=X", &PLAIN)), @r#"{"errors":[{"code":150,"title":"`PLANET` cannot be filtered by: choose one of FREQ, REF_AREA, MEASURE, ACTIVITY, TIME_PERIOD","detail":"`PLANET` cannot be filtered by: choose one of FREQ, REF_AREA, MEASURE, ACTIVITY, TIME_PERIOD"}]}"#);
    let answer = ask(&catalogue, "v1/data/MISSING", &PLAIN);
    assert!(body(answer).contains("code=\"100\""));
}

#[test]
fn an_embargoed_release_is_not_there() {
    let (_folder, catalogue) = sample::catalogue();
    let mut manifest = sample::manifest(2);
    manifest.embargo_until = Some(sample::moment("2027-01-01T00:00:00Z"));
    let cube = sample::protected().to_bytes();
    catalogue.publish(publication::Draft { manifest, cube: &cube, confidential: &[], files: &[] }).unwrap();
    assert_eq!(status(&catalogue, "v1/data/NPD_TEST?vintage=2"), 404);
    assert!(rows(&catalogue, "v1/data/NPD_TEST").iter().all(|row| row.contains("npd_test-1")));
}

#[test]
fn availability_lists_what_occurs() {
    let (_folder, catalogue) = sample::catalogue();
    let exact = body(ask(&catalogue, "v1/availableconstraint/NPD_TEST/A.ID31.LP.KBLI2020_C", &PLAIN));
    let open =
        body(ask(&catalogue, "v1/availableconstraint/NPD_TEST/A.ID31.LP.KBLI2020_C?mode=available", &PLAIN));
    let values = |text: &str, id: &str| -> Vec<String> {
        let document = roxmltree::Document::parse(text).unwrap();
        let key = document
            .descendants()
            .find(|node| node.tag_name().name() == "KeyValue" && node.attribute("id") == Some(id));
        let values = key.unwrap().children().filter(|node| node.tag_name().name() == "Value");
        values.map(|value| value.text().unwrap().to_owned()).collect()
    };
    assert_eq!(values(&exact, "ACTIVITY"), ["KBLI2020_C"]);
    assert_eq!(values(&open, "ACTIVITY"), ["_T", "KBLI2020_C", "KBLI2020_10", "KBLI2020_G"]);
    assert_eq!(values(&open, "REF_AREA"), ["ID", "ID31", "ID32", "ID3204"]);
}
