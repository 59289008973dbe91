//! `/schema`: the XSD of the structure-specific messages of one flow, or its structures.

use std::io;

use super::answer::{Answer, Body, Freshness};
use super::artefact::{Kind, Shelf};
use super::data::release;
use super::negotiation;
use super::problem::{Problem, no_flow};
use super::reference::{References, related};
use super::request::{Api, Request, has_version, is_everything};
use super::structure_query::{Telling, Told, keep_used, message};
use super::{AGENCY, VERSION_2_1, VERSION_3_0, urn};
use crate::catalogue::Catalogue;
use crate::error::PublicationError;
use crate::format::xml::Xml;
use crate::structure::{Structure, TIME_PERIOD};
use crate::words::{ATTRIBUTES, Attachment, Attribute};

pub(super) fn answer(catalogue: &Catalogue, request: &Request<'_>, path: &[&str]) -> Result<Answer, Problem> {
    let parameters = request.parameters();
    let part = |at: usize| path.get(at).copied().unwrap_or_default();
    let context = part(0);
    if !["dataflow", "datastructure", "provisionagreement"].contains(&context) {
        let message =
            format!("`{context}` is not a context: choose dataflow, datastructure or provisionagreement");
        return Err(Problem::syntax(message));
    }
    let id = if context == "provisionagreement" {
        part(2).strip_prefix("PA_").unwrap_or(part(2))
    } else {
        part(2)
    };
    let ours = is_everything(part(1)) || part(1).eq_ignore_ascii_case(AGENCY);
    if !ours || !has_version(part(3)) {
        return Err(no_flow(id));
    }
    let release = release(catalogue, id, &parameters, request.now)?;
    let structure = catalogue.structure(&release)?;
    if negotiation::wants_structure(request.accept) {
        return as_structures(catalogue, request, &structure);
    }
    if !negotiation::accepts_schema(request.accept) {
        return Err(Problem::not_acceptable());
    }
    let observation = parameters.get("dimensionAtObservation").unwrap_or(TIME_PERIOD);
    let known = observation == TIME_PERIOD || observation == "AllDimensions";
    if !known && structure.dimension(observation).is_none() {
        return Err(Problem::semantic(format!("`{observation}` is not a dimension of this flow")));
    }
    // A dataset without time has no series.
    let observation = match structure.time {
        None if observation == TIME_PERIOD => "AllDimensions",
        _ => observation,
    };
    let three = request.api == Api::V2;
    let media_type = if three {
        "application/vnd.sdmx.schema+xml;version=3.0.0"
    } else {
        "application/vnd.sdmx.schema+xml;version=2.1"
    };
    let freshness = Freshness::new(request, media_type, &[&release.manifest.id], release.published_at());
    if let Some(unchanged) = freshness.unchanged(request) {
        return Ok(unchanged);
    }
    let mut bytes = Vec::new();
    write(&mut bytes, &structure, observation, three).map_err(PublicationError::from)?;
    let headers = freshness.headers();
    Ok(Answer { status: 200, media_type: media_type.into(), headers, body: Body::Bytes(bytes) })
}

/// The flow with everything below it, for clients that want a schema they can read as structures.
fn as_structures(
    catalogue: &Catalogue,
    request: &Request<'_>,
    structure: &Structure,
) -> Result<Answer, Problem> {
    let form =
        negotiation::structure(request.api, request.accept, None).ok_or_else(Problem::not_acceptable)?;
    let shelf = Shelf::fill(catalogue, request.now)?;
    let flow = shelf.find(Kind::Dataflow, &structure.dataset).ok_or_else(|| no_flow(&structure.dataset))?;
    let mut told: Vec<Told> = std::iter::once(flow)
        .chain(related(&shelf, &[flow], References::Descendants))
        .map(|at| Told { artefact: shelf.artefacts[at].clone(), telling: Telling::Full })
        .collect();
    keep_used(&mut told, 1);
    message(request, &told, form, &shelf)
}

struct Writer<'w, 's> {
    xml: Xml<'w>,
    structure: &'s Structure,
    observation: &'s str,
}

fn write(out: &mut dyn io::Write, structure: &Structure, observation: &str, three: bool) -> io::Result<()> {
    let version = if three { VERSION_3_0 } else { VERSION_2_1 };
    let own = format!(
        "{}:ObsLevelDim:{observation}",
        urn("datastructure.DataStructure", &structure.dataset, version)
    );
    let edition = if three { "v3_0" } else { "v2_1" };
    let of = |part: &str| format!("http://www.sdmx.org/resources/sdmxml/schemas/{edition}/{part}");
    let (common, specific) = (of("common"), of("data/structurespecific"));
    let mut writer = Writer { xml: Xml::new(out)?, structure, observation };
    writer.xml.open(
        "xs:schema",
        &[
            ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
            ("xmlns", &own),
            ("xmlns:common", &common),
            ("xmlns:dsd", &specific),
            ("targetNamespace", &own),
            ("elementFormDefault", "qualified"),
            ("attributeFormDefault", "unqualified"),
        ],
    )?;
    for (namespace, location) in [(&specific, "SDMXDataStructureSpecific.xsd"), (&common, "SDMXCommon.xsd")] {
        writer.xml.empty("xs:import", &[("namespace", namespace), ("schemaLocation", location)])?;
    }
    writer.lists()?;
    writer.data_set(three)?;
    if observation != "AllDimensions" {
        writer.series(three)?;
    }
    writer.observation(three)?;
    writer.xml.finish()
}

impl Writer<'_, '_> {
    /// A type for every code list.
    fn lists(&mut self) -> io::Result<()> {
        let mut written = std::collections::BTreeSet::new();
        for dimension in &self.structure.key {
            if written.insert(dimension.codelist.clone()) {
                let codes = dimension.codes.iter().map(|code| code.id.as_str());
                self.list(&dimension.codelist, codes)?;
            }
        }
        for attribute in ATTRIBUTES {
            let Some((list, codes)) = attribute.codes.filter(|(list, _)| written.insert((*list).to_owned()))
            else {
                continue;
            };
            if attribute.id == "UNIT_MEASURE" {
                let mut units: Vec<&str> = self.structure.units.iter().map(|unit| unit.id.as_str()).collect();
                units.sort_unstable();
                units.dedup();
                self.list(list, units.into_iter())?;
            } else {
                self.list(list, codes.iter().map(|(code, _)| *code))?;
            }
        }
        Ok(())
    }

    fn list<'c>(&mut self, id: &str, codes: impl Iterator<Item = &'c str>) -> io::Result<()> {
        self.xml.open("xs:simpleType", &[("name", id)])?;
        self.xml.open("xs:restriction", &[("base", "xs:string")])?;
        for code in codes {
            self.xml.empty("xs:enumeration", &[("value", code)])?;
        }
        self.xml.close()?;
        self.xml.close()
    }

    fn begin(&mut self, name: &str, base: &str) -> io::Result<()> {
        self.xml.open("xs:complexType", &[("name", name)])?;
        self.xml.open("xs:complexContent", &[])?;
        self.xml.open("xs:restriction", &[("base", base)])?;
        self.xml.open("xs:sequence", &[])?;
        self.xml.empty("xs:element", &[("ref", "common:Annotations"), ("minOccurs", "0")])
    }

    /// Closes restriction, content and type.
    fn end(&mut self) -> io::Result<()> {
        (0..3).try_for_each(|_| self.xml.close())
    }

    fn data_set(&mut self, three: bool) -> io::Result<()> {
        let base = if self.is_time_series(three) { "dsd:TimeSeriesDataSetType" } else { "dsd:DataSetType" };
        self.begin("DataSetType", base)?;
        let provider = [
            ("name", "DataProvider"),
            ("type", "common:DataProviderReferenceType"),
            ("form", "unqualified"),
            ("minOccurs", "0"),
        ];
        self.xml.empty("xs:element", &provider)?;
        let unbounded = [("minOccurs", "0"), ("maxOccurs", "unbounded")];
        self.xml.open("xs:choice", &unbounded[..if three { 2 } else { 1 }])?;
        let (name, kind) =
            if self.observation == "AllDimensions" { ("Obs", "ObsType") } else { ("Series", "SeriesType") };
        let element = [("name", name), ("type", kind), ("form", "unqualified"), ("maxOccurs", "unbounded")];
        self.xml.empty("xs:element", &element[..if three { 3 } else { 4 }])?;
        self.xml.close()?;
        self.xml.close()?;
        self.attributes(Attachment::DataSet)?;
        self.end()
    }

    /// Types of time series hold for messages of both kinds; 3.0 has one kind alone.
    fn is_time_series(&self, three: bool) -> bool {
        !three && self.observation == TIME_PERIOD
    }

    fn series(&mut self, three: bool) -> io::Result<()> {
        let base = if self.is_time_series(three) { "dsd:TimeSeriesType" } else { "dsd:SeriesType" };
        self.begin("SeriesType", base)?;
        let obs = [
            ("name", "Obs"),
            ("type", "ObsType"),
            ("form", "unqualified"),
            ("minOccurs", "0"),
            ("maxOccurs", "unbounded"),
        ];
        self.xml.empty("xs:element", &obs)?;
        self.xml.close()?;
        self.key(|id, observation| id != observation)?;
        if self.observation == TIME_PERIOD || self.structure.time.is_none() {
            let prohibited = [
                ("name", TIME_PERIOD),
                ("type", "common:ObservationalTimePeriodType"),
                ("use", "prohibited"),
            ];
            self.xml.empty("xs:attribute", &prohibited)?;
        } else {
            self.time()?;
        }
        if self.observation != "MEASURE" {
            self.attributes(Attachment::Measure)?;
        }
        self.end()
    }

    fn observation(&mut self, three: bool) -> io::Result<()> {
        let base = if self.is_time_series(three) { "dsd:TimeSeriesObsType" } else { "dsd:ObsType" };
        self.begin("ObsType", base)?;
        self.xml.close()?;
        self.key(|id, observation| observation == "AllDimensions" || id == observation)?;
        let has_time = self.observation == TIME_PERIOD || self.observation == "AllDimensions";
        if has_time && self.structure.time.is_some() {
            self.time()?;
        } else {
            let prohibited = [
                ("name", TIME_PERIOD),
                ("type", "common:ObservationalTimePeriodType"),
                ("use", "prohibited"),
            ];
            self.xml.empty("xs:attribute", &prohibited)?;
        }
        self.xml
            .empty("xs:attribute", &[("name", "OBS_VALUE"), ("type", "xs:double"), ("use", "optional")])?;
        self.attributes(Attachment::Observation)?;
        if ["MEASURE", "AllDimensions"].contains(&self.observation) {
            self.attributes(Attachment::Measure)?;
        }
        self.end()
    }

    fn time(&mut self) -> io::Result<()> {
        let time =
            [("name", TIME_PERIOD), ("type", "common:ObservationalTimePeriodType"), ("use", "required")];
        self.xml.empty("xs:attribute", &time)
    }

    fn key(&mut self, keep: impl Fn(&str, &str) -> bool) -> io::Result<()> {
        for dimension in self.structure.key.iter().filter(|dimension| keep(&dimension.id, self.observation)) {
            let attribute =
                [("name", dimension.id.as_str()), ("type", dimension.codelist.as_str()), ("use", "required")];
            self.xml.empty("xs:attribute", &attribute)?;
        }
        Ok(())
    }

    fn attributes(&mut self, attachment: Attachment) -> io::Result<()> {
        for attribute in ATTRIBUTES.iter().filter(|attribute| attribute.attachment == attachment) {
            self.attribute(attribute)?;
        }
        Ok(())
    }

    fn attribute(&mut self, attribute: &Attribute) -> io::Result<()> {
        let kind = attribute.codes.map_or("xs:string", |(list, _)| list);
        // Even a mandatory attribute is left out of messages without attributes.
        self.xml.empty("xs:attribute", &[("name", attribute.id), ("type", kind), ("use", "optional")])
    }
}
