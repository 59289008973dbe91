//! Structure messages as SDMX-ML, 2.1 and 3.0.
//!
//! The two editions differ in how one artefact refers to another (an element in 2.1, a URN in
//! 3.0) and in the order of things; everything else is shared.

use std::io::{self, Write};

use domain::language::{Language, Text};
use jiff::Timestamp;

use super::artefact::{
    Artefact, CONCEPTS, Content, DATA_PROVIDERS, Element, Kind, Region, Representation, TOPICS,
};
use super::structure_query::{Telling, Told};
use super::{AGENCY, AGENCY_NAME, VERSION_2_1, VERSION_3_0, prepared, urn};
use crate::format::xml::Xml;
use crate::structure::{Structure, TIME_PERIOD};
use crate::words::{ATTRIBUTES, Attachment, Attribute};

pub(super) fn write(
    out: &mut dyn Write,
    told: &[Told],
    base: &str,
    modified: Timestamp,
    language: Language,
    three: bool,
) -> io::Result<()> {
    let mut writer = Writer { xml: Xml::new(out)?, base, three, languages: order(language) };
    let edition = if three { "v3_0" } else { "v2_1" };
    let of = |part: &str| format!("http://www.sdmx.org/resources/sdmxml/schemas/{edition}/{part}");
    writer.xml.open(
        "mes:Structure",
        &[("xmlns:mes", &of("message")), ("xmlns:str", &of("structure")), ("xmlns:com", &of("common"))],
    )?;
    writer.header(modified)?;
    writer.xml.open("mes:Structures", &[])?;
    for (container, kinds) in if three { CONTAINERS_30 } else { CONTAINERS_21 } {
        let mut open = false;
        for one in told.iter().filter(|one| kinds.contains(&one.artefact.kind)) {
            if !open {
                writer.xml.open(container, &[])?;
                open = true;
            }
            writer.artefact(&one.artefact, one.telling)?;
        }
        if open {
            writer.xml.close()?;
        }
    }
    writer.xml.finish()
}

/// The language of the reader first.
fn order(language: Language) -> [Language; 2] {
    match language {
        Language::Id => [Language::Id, Language::En],
        Language::En => [Language::En, Language::Id],
    }
}

/// Containers of a message in the order that the schema wants.
const CONTAINERS_21: &[(&str, &[Kind])] = &[
    ("str:OrganisationSchemes", &[Kind::AgencyScheme, Kind::DataProviderScheme]),
    ("str:Dataflows", &[Kind::Dataflow]),
    ("str:CategorySchemes", &[Kind::CategoryScheme]),
    ("str:Categorisations", &[Kind::Categorisation]),
    ("str:Codelists", &[Kind::Codelist]),
    ("str:Concepts", &[Kind::ConceptScheme]),
    ("str:DataStructures", &[Kind::DataStructure]),
    ("str:Constraints", &[Kind::Constraint]),
    ("str:ProvisionAgreements", &[Kind::ProvisionAgreement]),
];

const CONTAINERS_30: &[(&str, &[Kind])] = &[
    ("str:AgencySchemes", &[Kind::AgencyScheme]),
    ("str:Categorisations", &[Kind::Categorisation]),
    ("str:CategorySchemes", &[Kind::CategoryScheme]),
    ("str:Codelists", &[Kind::Codelist]),
    ("str:ConceptSchemes", &[Kind::ConceptScheme]),
    ("str:DataConstraints", &[Kind::Constraint]),
    ("str:Dataflows", &[Kind::Dataflow]),
    ("str:DataProviderSchemes", &[Kind::DataProviderScheme]),
    ("str:DataStructures", &[Kind::DataStructure]),
    ("str:ProvisionAgreements", &[Kind::ProvisionAgreement]),
];

struct Writer<'w, 'b> {
    xml: Xml<'w>,
    base: &'b str,
    three: bool,
    languages: [Language; 2],
}

impl Writer<'_, '_> {
    fn header(&mut self, modified: Timestamp) -> io::Result<()> {
        self.xml.open("mes:Header", &[])?;
        self.xml.text("mes:ID", &[], &format!("STRUCTURES-{}", modified.as_second()))?;
        self.xml.text("mes:Test", &[], "false")?;
        self.xml.text("mes:Prepared", &[], &prepared(modified))?;
        self.xml.open("mes:Sender", &[("id", AGENCY)])?;
        self.name("com:Name", &AGENCY_NAME.text())?;
        self.xml.close()?;
        self.xml.close()
    }

    /// A text in every language; nothing if it is empty in all.
    fn name(&mut self, element: &str, text: &Text) -> io::Result<()> {
        for language in self.languages {
            let text = text.get(language);
            if !text.is_empty() {
                self.xml.text(element, &[("xml:lang", language.tag())], text)?;
            }
        }
        Ok(())
    }

    fn version(&self) -> &'static str {
        if self.three { VERSION_3_0 } else { VERSION_2_1 }
    }

    fn artefact(&mut self, artefact: &Artefact, telling: Telling) -> io::Result<()> {
        let urn = artefact.urn(self.three);
        let version = artefact.version(self.three);
        let mut attributes =
            vec![("id", artefact.id.as_str()), ("urn", &urn), ("agencyID", artefact.agency())];
        // Schemes of organisations have one version for ever, which 3.0 does not repeat.
        let fixed = matches!(artefact.kind, Kind::AgencyScheme | Kind::DataProviderScheme);
        if !(self.three && fixed) {
            attributes.push(("version", version));
        }
        if !self.three && !fixed {
            attributes.push(("isFinal", "true"));
        }
        let resource = format!(
            "{}/{}{}/{}/{}/{version}",
            self.base,
            if self.three { "structure/" } else { "" },
            if self.three && artefact.kind == Kind::Constraint {
                "dataconstraint"
            } else {
                artefact.kind.resource()
            },
            artefact.agency(),
            artefact.id,
        );
        if telling == Telling::Stub {
            attributes.push(("isExternalReference", "true"));
            attributes.push(("structureURL", &resource));
        }
        if artefact.partial && matches!(artefact.content, Content::Elements(_)) && telling == Telling::Full {
            attributes.push(("isPartial", "true"));
        }
        match (artefact.kind, self.three) {
            (Kind::Constraint, false) => attributes.push(("type", "Actual")),
            (Kind::Constraint, true) => attributes.push(("role", "Actual")),
            _ => {}
        }
        self.xml.open(self.element(artefact.kind), &attributes)?;
        self.annotations(artefact)?;
        let name =
            if artefact.name == Text::default() { Text::same(&artefact.id) } else { artefact.name.clone() };
        self.name("com:Name", &name)?;
        if let Some(description) = &artefact.description {
            self.name("com:Description", description)?;
        }
        // An agreement without what it agrees on is not valid even as a stub.
        if telling == Telling::Full || artefact.kind == Kind::ProvisionAgreement {
            self.content(artefact)?;
        }
        self.xml.close()
    }

    fn element(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::AgencyScheme => "str:AgencyScheme",
            Kind::DataProviderScheme => "str:DataProviderScheme",
            Kind::Dataflow => "str:Dataflow",
            Kind::CategoryScheme => "str:CategoryScheme",
            Kind::Categorisation => "str:Categorisation",
            Kind::Codelist => "str:Codelist",
            Kind::ConceptScheme => "str:ConceptScheme",
            Kind::DataStructure => "str:DataStructure",
            Kind::Constraint if self.three => "str:DataConstraint",
            Kind::Constraint => "str:ContentConstraint",
            Kind::ProvisionAgreement => "str:ProvisionAgreement",
        }
    }

    fn annotations(&mut self, artefact: &Artefact) -> io::Result<()> {
        let mut counts = Vec::new();
        if let Content::Constraint { region, .. } = &artefact.content {
            counts.extend(region.series.map(|count| ("series_count", count)));
            counts.extend(region.observations.map(|count| ("obs_count", count)));
        }
        if artefact.annotations.is_empty() && counts.is_empty() {
            return Ok(());
        }
        self.xml.open("com:Annotations", &[])?;
        for (kind, text) in &artefact.annotations {
            self.xml.open("com:Annotation", &[])?;
            self.xml.text("com:AnnotationType", &[], kind)?;
            self.name("com:AnnotationText", text)?;
            self.xml.close()?;
        }
        for (id, count) in counts {
            self.xml.open("com:Annotation", &[("id", id)])?;
            self.xml.text("com:AnnotationTitle", &[], &count.to_string())?;
            self.xml.text("com:AnnotationType", &[], "sdmx_metrics")?;
            self.xml.close()?;
        }
        self.xml.close()
    }

    fn content(&mut self, artefact: &Artefact) -> io::Result<()> {
        match &artefact.content {
            Content::Elements(elements) => {
                elements.iter().try_for_each(|element| self.element_of(artefact, element))
            }
            Content::Flow => self.reference("str:Structure", "datastructure.DataStructure", &artefact.id),
            Content::Structure(structure) => self.structure(structure),
            Content::Categorisation { flow, category } => {
                self.reference("str:Source", "datastructure.Dataflow", flow)?;
                self.element_reference(
                    "str:Target",
                    "categoryscheme.Category",
                    (TOPICS, self.version()),
                    category,
                )
            }
            Content::Constraint { flow, region } => self.constraint(flow, region),
            Content::Agreement { flow } => {
                let flow_element = if self.three { "str:Dataflow" } else { "str:StructureUsage" };
                self.reference(flow_element, "datastructure.Dataflow", flow)?;
                self.element_reference(
                    "str:DataProvider",
                    "base.DataProvider",
                    (DATA_PROVIDERS, VERSION_2_1),
                    AGENCY,
                )
            }
        }
    }

    fn element_of(&mut self, artefact: &Artefact, element: &Element) -> io::Result<()> {
        let (name, class) = match artefact.kind {
            Kind::AgencyScheme => ("str:Agency", "base.Agency"),
            Kind::DataProviderScheme => ("str:DataProvider", "base.DataProvider"),
            Kind::CategoryScheme => ("str:Category", "categoryscheme.Category"),
            Kind::ConceptScheme => ("str:Concept", "conceptscheme.Concept"),
            _ => ("str:Code", "codelist.Code"),
        };
        let scheme = super::urn_of(artefact.agency(), class, &artefact.id, artefact.version(self.three));
        let urn = match artefact.kind {
            // A top-level agency is named by itself.
            Kind::AgencyScheme => {
                format!("urn:sdmx:org.sdmx.infomodel.base.Agency=SDMX:AGENCIES(1.0).{}", element.id)
            }
            _ => format!("{scheme}.{}", element.id),
        };
        self.xml.open(name, &[("id", &element.id), ("urn", &urn)])?;
        let label =
            if element.name == Text::default() { Text::same(&element.id) } else { element.name.clone() };
        self.name("com:Name", &label)?;
        if let Some(description) = &element.description {
            self.name("com:Description", description)?;
        }
        if let Some(parent) = &element.parent {
            if self.three {
                // The schema of 3.0 takes only names for parents, and the total `_T` is none.
                if parent.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
                    self.xml.text("str:Parent", &[], parent)?;
                }
            } else {
                self.xml.open("str:Parent", &[])?;
                self.xml.empty("Ref", &[("id", parent)])?;
                self.xml.close()?;
            }
        }
        if let Some(representation) = &element.representation {
            self.xml.open("str:CoreRepresentation", &[])?;
            self.representation(representation)?;
            self.xml.close()?;
        }
        self.xml.close()
    }

    fn representation(&mut self, representation: &Representation) -> io::Result<()> {
        match representation {
            Representation::Codelist(id) => self.reference("str:Enumeration", "codelist.Codelist", id),
            Representation::Text(kind) => self.xml.empty("str:TextFormat", &[("textType", kind)]),
        }
    }

    /// Refers to an artefact.
    fn reference(&mut self, element: &'static str, class: &str, id: &str) -> io::Result<()> {
        if self.three {
            return self.xml.text(element, &[], &urn(class, id, VERSION_3_0));
        }
        let (package, class) = class.split_once('.').unwrap_or(("", class));
        self.xml.open(element, &[])?;
        self.xml.empty(
            "Ref",
            &[
                ("id", id),
                ("version", VERSION_2_1),
                ("agencyID", AGENCY),
                ("package", package),
                ("class", class),
            ],
        )?;
        self.xml.close()
    }

    /// Refers to an element of a scheme.
    fn element_reference(
        &mut self,
        element: &'static str,
        class: &str,
        (scheme, version): (&str, &str),
        id: &str,
    ) -> io::Result<()> {
        if self.three {
            return self.xml.text(element, &[], &format!("{}.{id}", urn(class, scheme, version)));
        }
        let (package, class) = class.split_once('.').unwrap_or(("", class));
        self.xml.open(element, &[])?;
        self.xml.empty(
            "Ref",
            &[
                ("id", id),
                ("maintainableParentID", scheme),
                ("maintainableParentVersion", version),
                ("agencyID", AGENCY),
                ("package", package),
                ("class", class),
            ],
        )?;
        self.xml.close()
    }

    fn concept(&mut self, id: &str) -> io::Result<()> {
        let version = self.version();
        self.element_reference("str:ConceptIdentity", "conceptscheme.Concept", (CONCEPTS, version), id)
    }

    fn local(&mut self, representation: &Representation) -> io::Result<()> {
        self.xml.open("str:LocalRepresentation", &[])?;
        self.representation(representation)?;
        self.xml.close()
    }

    fn structure(&mut self, structure: &Structure) -> io::Result<()> {
        let own = |class: &str, id: &str, version: &str| {
            format!("{}.{id}", urn(&format!("datastructure.{class}"), &structure.dataset, version))
        };
        let version = self.version();
        self.xml.open("str:DataStructureComponents", &[])?;
        let descriptor = own("DimensionDescriptor", "DimensionDescriptor", version);
        self.xml.open("str:DimensionList", &[("id", "DimensionDescriptor"), ("urn", &descriptor)])?;
        for (position, dimension) in structure.key.iter().enumerate() {
            let urn = own("Dimension", &dimension.id, version);
            let position = (position + 1).to_string();
            self.xml
                .open("str:Dimension", &[("id", &dimension.id), ("urn", &urn), ("position", &position)])?;
            self.concept(&dimension.id)?;
            self.local(&Representation::Codelist(dimension.codelist.clone()))?;
            self.xml.close()?;
        }
        if structure.time.is_some() {
            let urn = own("TimeDimension", TIME_PERIOD, version);
            let position = (structure.key.len() + 1).to_string();
            // 3.0 knows where the time stands: behind everything else.
            let attributes = [("id", TIME_PERIOD), ("urn", &urn), ("position", &position)];
            self.xml.open("str:TimeDimension", &attributes[..if self.three { 2 } else { 3 }])?;
            self.concept(TIME_PERIOD)?;
            self.local(&Representation::Text("ObservationalTimePeriod"))?;
            self.xml.close()?;
        }
        self.xml.close()?;
        let descriptor = own("AttributeDescriptor", "AttributeDescriptor", version);
        self.xml.open("str:AttributeList", &[("id", "AttributeDescriptor"), ("urn", &descriptor)])?;
        for attribute in ATTRIBUTES {
            self.attribute(attribute, &own("DataAttribute", attribute.id, version))?;
        }
        self.xml.close()?;
        let descriptor = own("MeasureDescriptor", "MeasureDescriptor", version);
        self.xml.open("str:MeasureList", &[("id", "MeasureDescriptor"), ("urn", &descriptor)])?;
        let (element, class) =
            if self.three { ("str:Measure", "Measure") } else { ("str:PrimaryMeasure", "PrimaryMeasure") };
        let urn = own(class, "OBS_VALUE", version);
        self.xml.open(element, &[("id", "OBS_VALUE"), ("urn", &urn)])?;
        self.concept("OBS_VALUE")?;
        self.local(&Representation::Text("Double"))?;
        self.xml.close()?;
        self.xml.close()?;
        self.xml.close()
    }

    fn attribute(&mut self, attribute: &Attribute, urn: &str) -> io::Result<()> {
        let usage = match (self.three, attribute.mandatory) {
            (true, true) => ("usage", "mandatory"),
            (true, false) => ("usage", "optional"),
            (false, true) => ("assignmentStatus", "Mandatory"),
            (false, false) => ("assignmentStatus", "Conditional"),
        };
        self.xml.open("str:Attribute", &[("id", attribute.id), ("urn", urn), usage])?;
        self.concept(attribute.id)?;
        self.local(&match attribute.codes {
            Some((list, _)) => Representation::Codelist(list.into()),
            None => Representation::Text("String"),
        })?;
        self.xml.open("str:AttributeRelationship", &[])?;
        match (attribute.attachment, self.three) {
            (Attachment::DataSet, false) => self.xml.empty("str:None", &[])?,
            (Attachment::DataSet, true) => self.xml.empty("str:Dataflow", &[])?,
            (Attachment::Measure, false) => {
                self.xml.open("str:Dimension", &[])?;
                self.xml.empty("Ref", &[("id", "MEASURE")])?;
                self.xml.close()?;
            }
            (Attachment::Measure, true) => self.xml.text("str:Dimension", &[], "MEASURE")?,
            (Attachment::Observation, false) => {
                self.xml.open("str:PrimaryMeasure", &[])?;
                self.xml.empty("Ref", &[("id", "OBS_VALUE")])?;
                self.xml.close()?;
            }
            (Attachment::Observation, true) => self.xml.empty("str:Observation", &[])?,
        }
        self.xml.close()?;
        self.xml.close()
    }

    fn constraint(&mut self, flow: &str, region: &Region) -> io::Result<()> {
        self.xml.open("str:ConstraintAttachment", &[])?;
        self.reference("str:Dataflow", "datastructure.Dataflow", flow)?;
        self.xml.close()?;
        self.xml.open("str:CubeRegion", &[("include", "true")])?;
        let (key, value) =
            if self.three { ("str:KeyValue", "str:Value") } else { ("com:KeyValue", "com:Value") };
        for (id, codes) in &region.codes {
            self.xml.open(key, &[("id", id)])?;
            for code in codes {
                self.xml.text(value, &[], code)?;
            }
            self.xml.close()?;
        }
        if let Some((first, last)) = &region.periods {
            let prefix = if self.three { "str" } else { "com" };
            self.xml.open(key, &[("id", TIME_PERIOD)])?;
            self.xml.open(if self.three { "str:TimeRange" } else { "com:TimeRange" }, &[])?;
            self.xml.text(&format!("{prefix}:StartPeriod"), &[("isInclusive", "true")], first)?;
            self.xml.text(&format!("{prefix}:EndPeriod"), &[("isInclusive", "true")], last)?;
            self.xml.close()?;
            self.xml.close()?;
        }
        self.xml.close()
    }
}
