//! The structural artefacts of the catalogue: flows, structures, code lists, schemes.
//!
//! They are made from the public releases at every request; there is nothing to keep in step.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::language::Text;
use jiff::Timestamp;

use super::{AGENCY, AGENCY_NAME, VERSION_2_1, VERSION_3_0, unit_name, urn_of};
use crate::catalogue::{Catalogue, Release};
use crate::error::PublicationError;
use crate::structure::{Structure, TIME_PERIOD};
use crate::words::{ATTRIBUTES, FREQUENCIES, OBS_VALUE, REAL, SYNTHETIC, TIME, Words};

/// Kinds of artefacts, in the order of SDMX 2.1 messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    AgencyScheme,
    DataProviderScheme,
    Dataflow,
    CategoryScheme,
    Categorisation,
    Codelist,
    ConceptScheme,
    DataStructure,
    Constraint,
    ProvisionAgreement,
}

impl Kind {
    pub(super) const ALL: [Kind; 10] = [
        Kind::AgencyScheme,
        Kind::DataProviderScheme,
        Kind::Dataflow,
        Kind::CategoryScheme,
        Kind::Categorisation,
        Kind::Codelist,
        Kind::ConceptScheme,
        Kind::DataStructure,
        Kind::Constraint,
        Kind::ProvisionAgreement,
    ];

    /// The name in addresses of REST 1.5; REST 2 differs for constraints alone.
    pub(super) fn resource(self) -> &'static str {
        match self {
            Kind::AgencyScheme => "agencyscheme",
            Kind::DataProviderScheme => "dataproviderscheme",
            Kind::Dataflow => "dataflow",
            Kind::CategoryScheme => "categoryscheme",
            Kind::Categorisation => "categorisation",
            Kind::Codelist => "codelist",
            Kind::ConceptScheme => "conceptscheme",
            Kind::DataStructure => "datastructure",
            Kind::Constraint => "contentconstraint",
            Kind::ProvisionAgreement => "provisionagreement",
        }
    }

    /// Package and class in URNs.
    pub(super) fn class(self, three: bool) -> &'static str {
        match self {
            Kind::AgencyScheme => "base.AgencyScheme",
            Kind::DataProviderScheme => "base.DataProviderScheme",
            Kind::Dataflow => "datastructure.Dataflow",
            Kind::CategoryScheme => "categoryscheme.CategoryScheme",
            Kind::Categorisation => "categoryscheme.Categorisation",
            Kind::Codelist => "codelist.Codelist",
            Kind::ConceptScheme => "conceptscheme.ConceptScheme",
            Kind::DataStructure => "datastructure.DataStructure",
            Kind::Constraint if three => "registry.DataConstraint",
            Kind::Constraint => "registry.ContentConstraint",
            Kind::ProvisionAgreement => "registry.ProvisionAgreement",
        }
    }
}

/// The concept scheme of everything.
pub(super) const CONCEPTS: &str = "CONCEPTS";
/// The category scheme: is it about real enterprises?
pub(super) const TOPICS: &str = "TOPICS";
pub(super) const DATA_PROVIDERS: &str = "DATA_PROVIDERS";

/// An element of a scheme or a code list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) id: String,
    pub(super) name: Text,
    pub(super) description: Option<Text>,
    pub(super) parent: Option<String>,
    /// Of a concept: how it is represented.
    pub(super) representation: Option<Representation>,
}

impl Element {
    fn new(id: impl Into<String>, name: Text) -> Self {
        Element { id: id.into(), name, description: None, parent: None, representation: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Representation {
    Codelist(String),
    /// An SDMX text type such as `String` or `Double`.
    Text(&'static str),
}

/// What an artefact holds besides its name.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Elements(Vec<Element>),
    Flow,
    Structure(Arc<Structure>),
    /// Source flow and target category.
    Categorisation {
        flow: String,
        category: &'static str,
    },
    Constraint {
        flow: String,
        region: Region,
    },
    Agreement {
        flow: String,
    },
}

/// Codes that occur, by dimension, and the first and last period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) codes: Vec<(String, Vec<String>)>,
    pub(super) periods: Option<(String, String)>,
    /// Periods one by one, where that was asked for.
    pub(super) list_periods: Vec<String>,
    pub(super) series: Option<usize>,
    pub(super) observations: Option<usize>,
}

/// One artefact.
#[derive(Clone, Debug)]
pub(super) struct Artefact {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) name: Text,
    pub(super) description: Option<Text>,
    /// (type, text) pairs.
    pub(super) annotations: Vec<(&'static str, Text)>,
    pub(super) content: Content,
    /// Only some elements are told.
    pub(super) partial: bool,
}

impl Artefact {
    fn new(kind: Kind, id: impl Into<String>, name: Text, content: Content) -> Self {
        Artefact {
            kind,
            id: id.into(),
            name,
            description: None,
            annotations: Vec::new(),
            content,
            partial: false,
        }
    }

    pub(super) fn agency(&self) -> &'static str {
        // Top-level agencies are kept by SDMX itself.
        if self.kind == Kind::AgencyScheme { "SDMX" } else { AGENCY }
    }

    pub(super) fn version(&self, three: bool) -> &'static str {
        match self.kind {
            Kind::AgencyScheme | Kind::DataProviderScheme => VERSION_2_1,
            _ if three => VERSION_3_0,
            _ => VERSION_2_1,
        }
    }

    pub(super) fn urn(&self, three: bool) -> String {
        urn_of(self.agency(), self.kind.class(three), &self.id, self.version(three))
    }

    /// The artefacts this one names.
    pub(super) fn children(&self) -> Vec<(Kind, String)> {
        match &self.content {
            Content::Elements(elements) => {
                let mut lists: Vec<(Kind, String)> = elements
                    .iter()
                    .filter_map(|element| match &element.representation {
                        Some(Representation::Codelist(id)) => Some((Kind::Codelist, id.clone())),
                        _ => None,
                    })
                    .collect();
                lists.sort();
                lists.dedup();
                lists
            }
            Content::Flow => vec![(Kind::DataStructure, self.id.clone())],
            Content::Structure(structure) => {
                let mut lists: Vec<(Kind, String)> = structure
                    .key
                    .iter()
                    .map(|dimension| (Kind::Codelist, dimension.codelist.clone()))
                    .collect();
                lists.extend(
                    ATTRIBUTES
                        .iter()
                        .filter_map(|attribute| Some((Kind::Codelist, attribute.codes?.0.to_owned()))),
                );
                lists.push((Kind::ConceptScheme, CONCEPTS.into()));
                lists
            }
            Content::Categorisation { flow, .. } => {
                vec![(Kind::Dataflow, flow.clone()), (Kind::CategoryScheme, TOPICS.into())]
            }
            Content::Constraint { flow, .. } => vec![(Kind::Dataflow, flow.clone())],
            Content::Agreement { flow } => {
                vec![(Kind::Dataflow, flow.clone()), (Kind::DataProviderScheme, DATA_PROVIDERS.into())]
            }
        }
    }
}

/// All artefacts of the public releases.
pub(super) struct Shelf {
    pub(super) artefacts: Vec<Artefact>,
    /// Ids of the releases they come from.
    pub(super) releases: Vec<String>,
    pub(super) modified: Timestamp,
}

impl Shelf {
    /// Fills the shelf. Constraints are left empty; they are filled when they are asked for.
    pub(super) fn fill(catalogue: &Catalogue, now: Timestamp) -> Result<Self, PublicationError> {
        let mut artefacts = vec![agencies(), providers(), topics()];
        let mut lists: BTreeMap<String, Artefact> = BTreeMap::new();
        let mut concepts: Vec<Element> = Vec::new();
        let mut releases = Vec::new();
        let mut modified = Timestamp::UNIX_EPOCH;
        for attribute in ATTRIBUTES {
            if let Some((id, codes)) = attribute.codes.filter(|(id, _)| *id != "CL_UNIT_MEASURE") {
                lists.insert(id.into(), fixed_list(id, attribute.name, codes));
            }
        }
        lists.insert("CL_FREQ".into(), fixed_list("CL_FREQ", crate::words::FREQUENCY, FREQUENCIES));
        for dataset in catalogue.datasets(now) {
            let release = dataset.latest();
            // A damaged release must not hide the others.
            let Ok(structure) = catalogue.structure(release) else { continue };
            releases.push(release.manifest.id.clone());
            modified = modified.max(release.published_at());
            add_codes(&mut lists, &structure);
            add_concepts(&mut concepts, &structure);
            artefacts.extend(flow_artefacts(release, &structure));
        }
        add_attribute_concepts(&mut concepts);
        artefacts.push(Artefact::new(
            Kind::ConceptScheme,
            CONCEPTS,
            Text::new("Konsep", "Concepts"),
            Content::Elements(concepts),
        ));
        artefacts.extend(lists.into_values());
        artefacts.sort_by(|left, right| (left.kind, &left.id).cmp(&(right.kind, &right.id)));
        Ok(Shelf { artefacts, releases, modified })
    }

    pub(super) fn find(&self, kind: Kind, id: &str) -> Option<usize> {
        self.artefacts
            .iter()
            .position(|artefact| artefact.kind == kind && artefact.id.eq_ignore_ascii_case(id))
    }
}

fn agencies() -> Artefact {
    let agency = Element::new(AGENCY, AGENCY_NAME.text());
    Artefact::new(
        Kind::AgencyScheme,
        "AGENCIES",
        Text::new("Lembaga", "Agencies"),
        Content::Elements(vec![agency]),
    )
}

fn providers() -> Artefact {
    let provider = Element::new(AGENCY, AGENCY_NAME.text());
    Artefact::new(
        Kind::DataProviderScheme,
        DATA_PROVIDERS,
        Text::new("Penyedia data", "Data providers"),
        Content::Elements(vec![provider]),
    )
}

fn topics() -> Artefact {
    let topics = vec![Element::new("REAL", REAL.text()), Element::new("SYNTHETIC", SYNTHETIC.text())];
    Artefact::new(Kind::CategoryScheme, TOPICS, Text::new("Topik", "Topics"), Content::Elements(topics))
}

fn flow_artefacts(release: &Release, structure: &Arc<Structure>) -> Vec<Artefact> {
    let manifest = &release.manifest;
    let id = structure.dataset.clone();
    let named = |kind, id: String, content| Artefact::new(kind, id, manifest.title.clone(), content);
    let mut flow = named(Kind::Dataflow, id.clone(), Content::Flow);
    let note = Text::new(
        join(&[&manifest.note.id, &manifest.source.id]),
        join(&[&manifest.note.en, &manifest.source.en]),
    );
    flow.description = Some(note).filter(|note| *note != Text::default());
    flow.annotations = vec![
        ("VINTAGE", Text::same(&manifest.id)),
        ("LAST_UPDATE", Text::same(release.published_at().strftime("%d/%m/%Y").to_string())),
        ("LICENCE", Text::same(&manifest.licence)),
    ];
    if manifest.synthetic {
        flow.annotations.push(("SYNTHETIC", SYNTHETIC.text()));
    }
    flow.annotations.retain(|(_, text)| *text != Text::default());
    let category = if manifest.synthetic { "SYNTHETIC" } else { "REAL" };
    vec![
        flow,
        named(Kind::DataStructure, id.clone(), Content::Structure(structure.clone())),
        named(
            Kind::Categorisation,
            format!("CAT_{id}"),
            Content::Categorisation { flow: id.clone(), category },
        ),
        named(
            Kind::Constraint,
            format!("CC_{id}"),
            Content::Constraint { flow: id.clone(), region: Region::default() },
        ),
        named(Kind::ProvisionAgreement, format!("PA_{id}"), Content::Agreement { flow: id }),
    ]
}

fn join(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

fn fixed_list(id: &str, name: Words, codes: &[(&str, Words)]) -> Artefact {
    let elements = codes.iter().map(|(id, name)| Element::new(*id, name.text())).collect();
    Artefact::new(Kind::Codelist, id, name.text(), Content::Elements(elements))
}

/// Adds the codes of a structure to the lists; lists of one classification grow together.
fn add_codes(lists: &mut BTreeMap<String, Artefact>, structure: &Structure) {
    for dimension in &structure.key {
        let codes = dimension.codes.iter().map(|code| Element {
            id: code.id.clone(),
            name: code.name.clone(),
            description: code.description.clone(),
            parent: code.parent.map(|parent| dimension.codes[parent as usize].id.clone()),
            representation: None,
        });
        extend(lists, &dimension.codelist, &dimension.codelist_name, codes);
    }
    let units = structure.units.iter().map(|unit| Element::new(unit.id.clone(), unit_name(unit)));
    extend(lists, "CL_UNIT_MEASURE", &Text::new("Satuan", "Units of measure"), units);
}

fn extend(
    lists: &mut BTreeMap<String, Artefact>,
    id: &str,
    name: &Text,
    codes: impl Iterator<Item = Element>,
) {
    let list = lists
        .entry(id.to_owned())
        .or_insert_with(|| Artefact::new(Kind::Codelist, id, name.clone(), Content::Elements(Vec::new())));
    if let Content::Elements(known) = &mut list.content {
        let mut ids: std::collections::HashSet<String> = known.iter().map(|code| code.id.clone()).collect();
        known.extend(codes.filter(|code| ids.insert(code.id.clone())));
    }
}

fn add_concepts(concepts: &mut Vec<Element>, structure: &Structure) {
    let mut add = |id: &str, name: &Text, representation: Representation| {
        if !concepts.iter().any(|concept| concept.id == id) {
            let mut concept = Element::new(id, name.clone());
            concept.representation = Some(representation);
            concepts.push(concept);
        }
    };
    for dimension in &structure.key {
        // A list of one dataset is no representation for the concept of all.
        let representation = if dimension.codelist.contains(&structure.dataset) {
            Representation::Text("String")
        } else {
            Representation::Codelist(dimension.codelist.clone())
        };
        add(&dimension.id, &dimension.name, representation);
    }
    if let Some(time) = &structure.time {
        let name = if time.name == Text::default() { TIME.text() } else { time.name.clone() };
        add(TIME_PERIOD, &name, Representation::Text("ObservationalTimePeriod"));
    }
}

fn add_attribute_concepts(concepts: &mut Vec<Element>) {
    let mut value = Element::new("OBS_VALUE", OBS_VALUE.text());
    value.representation = Some(Representation::Text("Double"));
    concepts.push(value);
    for attribute in ATTRIBUTES {
        let mut concept = Element::new(attribute.id, attribute.name.text());
        concept.representation = Some(match attribute.codes {
            Some((list, _)) => Representation::Codelist(list.into()),
            None => Representation::Text("String"),
        });
        concepts.push(concept);
    }
}
