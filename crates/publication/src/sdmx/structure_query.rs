//! `/dataflow`, `/codelist`, `/structure/…`: which artefacts, in how much detail.

use super::answer::{Answer, Body, Freshness};
use super::artefact::{Artefact, Content, Kind, Shelf};
use super::negotiation::{self, StructureForm};
use super::problem::Problem;
use super::reference::{self, References, related};
use super::request::{Api, Request, has_version, is_everything, list};
use super::{AGENCY, availability, language, structure_json, structure_xml};
use crate::catalogue::Catalogue;
use crate::error::PublicationError;

/// How an artefact is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    Full,
    /// Only its name and where the rest is.
    Stub,
}

/// An artefact in a message.
pub(super) struct Told {
    pub(super) artefact: Artefact,
    pub(super) telling: Telling,
}

/// SDMX `detail` of structure queries: (those asked for, those that come along).
fn detail(text: Option<&str>) -> Result<(Telling, Telling, bool), Problem> {
    Ok(match text.unwrap_or("full").to_ascii_lowercase().as_str() {
        "full" | "raw" => (Telling::Full, Telling::Full, false),
        "allstubs" | "allcompletestubs" => (Telling::Stub, Telling::Stub, false),
        "referencestubs" | "referencecompletestubs" => (Telling::Full, Telling::Stub, false),
        "referencepartial" => (Telling::Full, Telling::Full, true),
        other => {
            let known =
                "full, allstubs, referencestubs, allcompletestubs, referencecompletestubs, referencepartial";
            return Err(Problem::syntax(format!("`detail={other}`: choose one of {known}")));
        }
    })
}

pub(super) fn answer(catalogue: &Catalogue, request: &Request<'_>, path: &[&str]) -> Result<Answer, Problem> {
    let parameters = request.parameters();
    let part = |at: usize| path.get(at).copied().unwrap_or_default();
    let kinds = kinds(request.api, part(0))?;
    let (of_asked, of_related, partial) = detail(parameters.get("detail"))?;
    let references = References::parse(parameters.get("references"))?;
    let form = negotiation::structure(request.api, request.accept, parameters.get("format"))
        .ok_or_else(Problem::not_acceptable)?;
    let shelf = Shelf::fill(catalogue, request.now)?;
    let asked = find(&shelf, &kinds, part(1), part(2), part(3));
    if asked.is_empty() {
        let what = path.join("/");
        return Err(Problem::no_results(format!("there is no structure `{what}`")));
    }
    let come_along = related(&shelf, &asked, references);
    let items = list(part(4));
    let mut told: Vec<Told> = Vec::new();
    for (positions, telling) in [(&asked, of_asked), (&come_along, of_related)] {
        for at in positions {
            told.push(Told { artefact: shelf.artefacts[*at].clone(), telling });
        }
    }
    if !items.is_empty() {
        for one in told.iter_mut().take(asked.len()) {
            keep_elements(&mut one.artefact, |id| {
                items.iter().any(|item| item.rsplit('.').next() == Some(id))
            });
        }
    }
    if partial {
        keep_used(&mut told, asked.len());
    }
    fill_constraints(catalogue, request, &mut told)?;
    told.sort_by(|left, right| {
        (left.artefact.kind, &left.artefact.id).cmp(&(right.artefact.kind, &right.artefact.id))
    });
    message(request, &told, form, &shelf)
}

/// Writes a structure message around the artefacts.
pub(super) fn message(
    request: &Request<'_>,
    told: &[Told],
    form: StructureForm,
    shelf: &Shelf,
) -> Result<Answer, Problem> {
    let releases: Vec<&str> = shelf.releases.iter().map(String::as_str).collect();
    let freshness = Freshness::new(request, form.media_type(), &releases, shelf.modified);
    if let Some(unchanged) = freshness.unchanged(request) {
        return Ok(unchanged);
    }
    let language = language(request.accept_language);
    let mut bytes = Vec::new();
    let written = match form {
        StructureForm::Xml21 => {
            structure_xml::write(&mut bytes, told, request.base, shelf.modified, language, false)
        }
        StructureForm::Xml30 => {
            structure_xml::write(&mut bytes, told, request.base, shelf.modified, language, true)
        }
        StructureForm::Json1 => structure_json::write(&mut bytes, told, shelf.modified, language, false),
        StructureForm::Json2 => structure_json::write(&mut bytes, told, shelf.modified, language, true),
    };
    written.map_err(PublicationError::from)?;
    let mut headers = freshness.headers();
    headers.push(("content-language", language.tag().into()));
    Ok(Answer { status: 200, media_type: form.media_type().into(), headers, body: Body::Bytes(bytes) })
}

fn kinds(api: Api, resource: &str) -> Result<Vec<Kind>, Problem> {
    let mut kinds = Vec::new();
    for one in resource.split(['+', ',']) {
        match one.to_ascii_lowercase().as_str() {
            "structure" if api == Api::V1 => kinds.extend(Kind::ALL),
            "" | "*" | "all" if api == Api::V2 => kinds.extend(Kind::ALL),
            "organisationscheme" => kinds.extend([Kind::AgencyScheme, Kind::DataProviderScheme]),
            // Known to SDMX; there are none here.
            "hierarchicalcodelist"
            | "hierarchy"
            | "metadatastructure"
            | "metadataflow"
            | "structureset"
            | "process"
            | "reportingtaxonomy"
            | "dataconsumerscheme"
            | "organisationunitscheme"
            | "attachmentconstraint"
            | "actualconstraint"
            | "allowedconstraint"
            | "valuelist"
            | "metadataprovisionagreement"
            | "metadataproviderscheme"
            | "hierarchyassociation"
            | "customtypescheme"
            | "vtlmappingscheme"
            | "nampersonalisationscheme"
            | "namepersonalisationscheme"
            | "rulesetscheme"
            | "transformationscheme"
            | "userdefinedoperatorscheme"
            | "structuremap"
            | "representationmap"
            | "conceptschememap"
            | "categoryschememap"
            | "organisationschememap"
            | "reportingtaxonomymap"
            | "metadataconstraint"
            | "geographiccodelist"
            | "geogridcodelist" => {}
            other => match reference::kind(other) {
                Some(kind) => kinds.push(kind),
                None => return Err(Problem::syntax(format!("there is no resource `{other}`"))),
            },
        }
    }
    Ok(kinds)
}

fn find(shelf: &Shelf, kinds: &[Kind], agency: &str, id: &str, version: &str) -> Vec<usize> {
    let agencies = list(agency);
    let ids = list(id);
    if !has_version(version) {
        return Vec::new();
    }
    let ours = |artefact: &Artefact| {
        agencies.is_empty()
            || agencies
                .iter()
                .any(|one| one.eq_ignore_ascii_case(artefact.agency()) || one.eq_ignore_ascii_case(AGENCY))
    };
    (0..shelf.artefacts.len())
        .filter(|at| {
            let artefact = &shelf.artefacts[*at];
            kinds.contains(&artefact.kind)
                && ours(artefact)
                && (ids.is_empty()
                    || ids.iter().any(|id| is_everything(id) || id.eq_ignore_ascii_case(&artefact.id)))
        })
        .collect()
}

fn keep_elements(artefact: &mut Artefact, keep: impl Fn(&str) -> bool) {
    if let Content::Elements(elements) = &mut artefact.content {
        let before = elements.len();
        elements.retain(|element| keep(&element.id));
        artefact.partial = artefact.partial || elements.len() < before;
        let kept: std::collections::HashSet<String> =
            elements.iter().map(|element| element.id.clone()).collect();
        for element in elements {
            // A parent that is not told cannot be referred to.
            element.parent = element.parent.take().filter(|parent| kept.contains(parent));
        }
    }
}

/// Of the lists that come along, keeps the codes that the told structures use.
pub(super) fn keep_used(told: &mut [Told], asked: usize) {
    let mut used: std::collections::HashMap<String, std::collections::HashSet<String>> = Default::default();
    for one in told.iter() {
        if let Content::Structure(structure) = &one.artefact.content {
            for dimension in &structure.key {
                let codes = dimension.codes.iter().map(|code| code.id.clone());
                used.entry(dimension.codelist.clone()).or_default().extend(codes);
            }
        }
    }
    for one in told.iter_mut().skip(asked).filter(|one| one.artefact.kind == Kind::Codelist) {
        if let Some(codes) = used.get(&one.artefact.id) {
            keep_elements(&mut one.artefact, |id| codes.contains(id));
        }
    }
}

/// Constraints say what occurs, which only the table knows.
fn fill_constraints(catalogue: &Catalogue, request: &Request<'_>, told: &mut [Told]) -> Result<(), Problem> {
    for one in told.iter_mut().filter(|one| one.telling == Telling::Full) {
        if let Content::Constraint { flow, region } = &mut one.artefact.content {
            *region = availability::whole_region(catalogue, flow, request)?;
        }
    }
    Ok(())
}
