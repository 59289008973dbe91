//! Structure messages as SDMX-JSON, 1.0 and 2.0.

use std::io::{self, Write};

use domain::language::{Language, Text};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::artefact::{
    Artefact, CONCEPTS, Content, DATA_PROVIDERS, Element, Kind, Region, Representation, TOPICS,
};
use super::structure_query::{Telling, Told};
use super::{AGENCY, AGENCY_NAME, VERSION_2_1, VERSION_3_0, prepared, urn};
use crate::structure::{Structure, TIME_PERIOD};
use crate::words::{ATTRIBUTES, Attachment, Attribute};

pub(super) fn write(
    out: &mut dyn Write,
    told: &[Told],
    modified: Timestamp,
    language: Language,
    two: bool,
) -> io::Result<()> {
    let writer = Writer { language, two };
    let mut data = Map::new();
    for one in told {
        let list = data.entry(writer.container(one.artefact.kind)).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(writer.artefact(&one.artefact, one.telling));
        }
    }
    let version = if two { "2.0.0" } else { "1.0" };
    let schema = format!(
        "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/{version}/sdmx-json-structure-schema.json"
    );
    let message = json!({
        "meta": {
            "schema": schema,
            "id": format!("STRUCTURES-{}", modified.as_second()),
            "test": false,
            "prepared": prepared(modified),
            "contentLanguages": ["id", "en"],
            "sender": { "id": AGENCY, "name": AGENCY_NAME.get(language) },
        },
        "data": data,
        "errors": [],
    });
    serde_json::to_writer(&mut *out, &message).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

struct Writer {
    language: Language,
    two: bool,
}

impl Writer {
    fn version(&self) -> &'static str {
        if self.two { VERSION_3_0 } else { VERSION_2_1 }
    }

    fn container(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::AgencyScheme => "agencySchemes",
            Kind::DataProviderScheme => "dataProviderSchemes",
            Kind::Dataflow => "dataflows",
            Kind::CategoryScheme => "categorySchemes",
            Kind::Categorisation => "categorisations",
            Kind::Codelist => "codelists",
            Kind::ConceptScheme => "conceptSchemes",
            Kind::DataStructure => "dataStructures",
            Kind::Constraint if self.two => "dataConstraints",
            Kind::Constraint => "contentConstraints",
            Kind::ProvisionAgreement => "provisionAgreements",
        }
    }

    fn named(&self, object: &mut Map<String, Value>, key: &str, text: &Text, or: &str) {
        let pick = |text: &str| if text.is_empty() { or.to_owned() } else { text.to_owned() };
        object.insert(key.into(), json!(pick(text.get(self.language))));
        object.insert(format!("{key}s"), json!({ "id": pick(&text.id), "en": pick(&text.en) }));
    }

    fn artefact(&self, artefact: &Artefact, telling: Telling) -> Value {
        let mut object = Map::new();
        object.insert("id".into(), json!(artefact.id));
        object.insert("agencyID".into(), json!(artefact.agency()));
        object.insert("version".into(), json!(artefact.version(self.two)));
        if telling == Telling::Stub {
            object.insert("isExternalReference".into(), json!(true));
        }
        self.named(&mut object, "name", &artefact.name, &artefact.id);
        if let Some(description) = &artefact.description {
            self.named(&mut object, "description", description, &artefact.id);
        }
        let annotations = self.annotations(artefact);
        if !annotations.is_empty() {
            object.insert("annotations".into(), json!(annotations));
        }
        object.insert(
            "links".into(),
            json!([{ "rel": "self", "urn": artefact.urn(self.two), "type": artefact.kind.resource() }]),
        );
        if artefact.partial && matches!(artefact.content, Content::Elements(_)) {
            object.insert("isPartial".into(), json!(true));
        }
        if artefact.kind == Kind::Constraint {
            object.insert(if self.two { "role" } else { "type" }.into(), json!("Actual"));
        }
        // An agreement without what it agrees on is not valid even as a stub.
        if telling == Telling::Full || artefact.kind == Kind::ProvisionAgreement {
            self.content(&mut object, artefact);
        }
        Value::Object(object)
    }

    fn annotations(&self, artefact: &Artefact) -> Vec<Value> {
        let mut annotations: Vec<Value> = artefact
            .annotations
            .iter()
            .map(|(kind, text)| {
                let mut annotation = Map::new();
                annotation.insert("type".into(), json!(kind));
                self.named(&mut annotation, "text", text, "");
                Value::Object(annotation)
            })
            .collect();
        if let Content::Constraint { region, .. } = &artefact.content {
            let counts = [("series_count", region.series), ("obs_count", region.observations)];
            annotations.extend(counts.into_iter().filter_map(|(id, count)| {
                Some(json!({ "id": id, "title": count?.to_string(), "type": "sdmx_metrics" }))
            }));
        }
        annotations
    }

    fn content(&self, object: &mut Map<String, Value>, artefact: &Artefact) {
        let flow_urn = |flow: &str| urn("datastructure.Dataflow", flow, self.version());
        match &artefact.content {
            Content::Elements(elements) => {
                let key = match artefact.kind {
                    Kind::AgencyScheme => "agencies",
                    Kind::DataProviderScheme => "dataProviders",
                    Kind::CategoryScheme => "categories",
                    Kind::ConceptScheme => "concepts",
                    _ => "codes",
                };
                if !elements.is_empty() {
                    let elements: Vec<Value> = elements.iter().map(|element| self.element(element)).collect();
                    object.insert(key.into(), json!(elements));
                }
            }
            Content::Flow => {
                let structure = urn("datastructure.DataStructure", &artefact.id, self.version());
                object.insert("structure".into(), json!(structure));
            }
            Content::Structure(structure) => {
                object.insert("dataStructureComponents".into(), self.structure(structure));
            }
            Content::Categorisation { flow, category } => {
                let scheme = urn("categoryscheme.Category", TOPICS, self.version());
                object.insert("source".into(), json!(flow_urn(flow)));
                object.insert("target".into(), json!(format!("{scheme}.{category}")));
            }
            Content::Constraint { flow, region } => {
                object.insert("constraintAttachment".into(), json!({ "dataflows": [flow_urn(flow)] }));
                object.insert("cubeRegions".into(), json!([self.region(region)]));
            }
            Content::Agreement { flow } => {
                let scheme = urn("base.DataProvider", DATA_PROVIDERS, VERSION_2_1);
                object.insert(
                    if self.two { "dataflow" } else { "structureUsage" }.into(),
                    json!(flow_urn(flow)),
                );
                object.insert("dataProvider".into(), json!(format!("{scheme}.{AGENCY}")));
            }
        }
    }

    fn element(&self, element: &Element) -> Value {
        let mut object = Map::new();
        object.insert("id".into(), json!(element.id));
        self.named(&mut object, "name", &element.name, &element.id);
        if let Some(description) = &element.description {
            self.named(&mut object, "description", description, &element.id);
        }
        if let Some(parent) = &element.parent {
            object.insert("parent".into(), json!(parent));
        }
        if let Some(representation) = &element.representation {
            object.insert("coreRepresentation".into(), self.representation(representation));
        }
        Value::Object(object)
    }

    fn representation(&self, representation: &Representation) -> Value {
        match (representation, self.two) {
            (Representation::Codelist(id), _) => {
                json!({ "enumeration": urn("codelist.Codelist", id, self.version()) })
            }
            (Representation::Text(kind), true) => json!({ "format": { "dataType": kind } }),
            (Representation::Text(kind), false) => json!({ "textFormat": { "textType": kind } }),
        }
    }

    fn concept(&self, id: &str) -> String {
        format!("{}.{id}", urn("conceptscheme.Concept", CONCEPTS, self.version()))
    }

    fn structure(&self, structure: &Structure) -> Value {
        let dimensions: Vec<Value> = structure
            .key
            .iter()
            .enumerate()
            .map(|(position, dimension)| {
                let mut object = Map::new();
                object.insert("id".into(), json!(dimension.id));
                object.insert("position".into(), json!(position));
                if !self.two {
                    object.insert("type".into(), json!("Dimension"));
                }
                object.insert("conceptIdentity".into(), json!(self.concept(&dimension.id)));
                let list = Representation::Codelist(dimension.codelist.clone());
                object.insert("localRepresentation".into(), self.representation(&list));
                Value::Object(object)
            })
            .collect();
        let mut list = Map::new();
        list.insert("id".into(), json!("DimensionDescriptor"));
        list.insert("dimensions".into(), json!(dimensions));
        if structure.time.is_some() {
            let mut time = Map::new();
            time.insert("id".into(), json!(TIME_PERIOD));
            if !self.two {
                time.insert("position".into(), json!(structure.key.len()));
                time.insert("type".into(), json!("TimeDimension"));
            }
            time.insert("conceptIdentity".into(), json!(self.concept(TIME_PERIOD)));
            let format = Representation::Text("ObservationalTimePeriod");
            time.insert("localRepresentation".into(), self.representation(&format));
            let time = Value::Object(time);
            match self.two {
                true => list.insert("timeDimension".into(), time),
                false => list.insert("timeDimensions".into(), json!([time])),
            };
        }
        let value = json!({
            "id": "OBS_VALUE",
            "conceptIdentity": self.concept("OBS_VALUE"),
            "localRepresentation": self.representation(&Representation::Text("Double")),
        });
        let measures = match self.two {
            true => json!({ "id": "MeasureDescriptor", "measures": [value] }),
            false => json!({ "id": "MeasureDescriptor", "primaryMeasure": value }),
        };
        let attributes: Vec<Value> = ATTRIBUTES.iter().map(|attribute| self.attribute(attribute)).collect();
        json!({
            "attributeList": { "id": "AttributeDescriptor", "attributes": attributes },
            "dimensionList": list,
            "measureList": measures,
        })
    }

    fn attribute(&self, attribute: &Attribute) -> Value {
        let relationship = match (attribute.attachment, self.two) {
            (Attachment::DataSet, true) => json!({ "dataflow": {} }),
            (Attachment::DataSet, false) => json!({ "none": {} }),
            (Attachment::Measure, _) => json!({ "dimensions": ["MEASURE"] }),
            (Attachment::Observation, true) => json!({ "observation": {} }),
            (Attachment::Observation, false) => json!({ "primaryMeasure": "OBS_VALUE" }),
        };
        let representation = match attribute.codes {
            Some((list, _)) => Representation::Codelist(list.into()),
            None => Representation::Text("String"),
        };
        let usage = match (self.two, attribute.mandatory) {
            (true, true) => "mandatory",
            (true, false) => "optional",
            (false, true) => "Mandatory",
            (false, false) => "Conditional",
        };
        let mut object = Map::new();
        object.insert("id".into(), json!(attribute.id));
        object.insert(if self.two { "usage" } else { "assignmentStatus" }.into(), json!(usage));
        object.insert("attributeRelationship".into(), relationship);
        object.insert("conceptIdentity".into(), json!(self.concept(attribute.id)));
        object.insert("localRepresentation".into(), self.representation(&representation));
        Value::Object(object)
    }

    fn region(&self, region: &Region) -> Value {
        let mut components: Vec<Value> =
            region.codes.iter().map(|(id, codes)| json!({ "id": id, "values": codes })).collect();
        if let Some((first, last)) = &region.periods {
            components.push(json!({
                "id": TIME_PERIOD,
                "timeRange": {
                    "startPeriod": { "period": first, "isInclusive": true },
                    "endPeriod": { "period": last, "isInclusive": true },
                },
            }));
        }
        match self.two {
            true => json!({ "include": true, "keyValues": components }),
            false => json!({ "isIncluded": true, "keyValues": components }),
        }
    }
}
