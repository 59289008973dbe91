//! The header of SDMX-ML data messages.
//!
//! A message says when its content was made, not when it was asked for: the same release gives
//! the same bytes.

use std::io;

use super::Rendering;
use super::walk::{self, Varies};
use super::xml::Xml;
use crate::sdmx::{AGENCY, AGENCY_NAME, VERSION_2_1, VERSION_3_0, prepared, urn};
use crate::structure::TIME_PERIOD;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Generic21,
    GenericTimeSeries21,
    Specific21,
    Specific30,
}

/// The dimension at the observation, as SDMX names it.
pub(super) fn at_observation<'a>(rendering: &'a Rendering<'_>) -> &'a str {
    match walk::varies(rendering) {
        Varies::Time => TIME_PERIOD,
        Varies::Key(position) => &rendering.table.structure().key[position].id,
        Varies::Everything => "AllDimensions",
    }
}

/// The namespace of a structure-specific message.
pub(super) fn namespace(rendering: &Rendering<'_>, version: &str) -> String {
    let dataset = &rendering.table.structure().dataset;
    format!(
        "{}:ObsLevelDim:{}",
        urn("datastructure.DataStructure", dataset, version),
        at_observation(rendering)
    )
}

/// The id of the message: the release and what was chosen of it is known to who asked.
pub(super) fn message_id(rendering: &Rendering<'_>) -> String {
    let id = &rendering.manifest.id;
    // An XML name begins with a letter.
    if id.starts_with(|letter: char| letter.is_ascii_alphabetic()) { id.clone() } else { format!("R{id}") }
}

pub(super) fn write_header(xml: &mut Xml<'_>, rendering: &Rendering<'_>, dialect: Dialect) -> io::Result<()> {
    let dataset = rendering.table.structure().dataset.as_str();
    xml.open("mes:Header", &[])?;
    xml.text("mes:ID", &[], &message_id(rendering))?;
    xml.text("mes:Test", &[], "false")?;
    xml.text("mes:Prepared", &[], &prepared(rendering.manifest.created_at))?;
    xml.open("mes:Sender", &[("id", AGENCY)])?;
    for language in domain::language::Language::ALL {
        xml.text("com:Name", &[("xml:lang", language.tag())], AGENCY_NAME.get(language))?;
    }
    xml.close()?;
    let observation = at_observation(rendering);
    let version = if dialect == Dialect::Specific30 { VERSION_3_0 } else { VERSION_2_1 };
    let namespace = namespace(rendering, version);
    let mut attributes = vec![("structureID", dataset)];
    if matches!(dialect, Dialect::Specific21 | Dialect::Specific30) {
        attributes.push(("namespace", namespace.as_str()));
    }
    attributes.push(("dimensionAtObservation", observation));
    xml.open("mes:Structure", &attributes)?;
    if dialect == Dialect::Specific30 {
        xml.text("com:Structure", &[], &urn("datastructure.DataStructure", dataset, version))?;
    } else {
        xml.open("com:Structure", &[])?;
        let reference =
            [("agencyID", AGENCY), ("id", dataset), ("version", version), ("class", "DataStructure")];
        xml.empty("Ref", &reference)?;
        xml.close()?;
    }
    xml.close()?;
    xml.text("mes:DataSetAction", &[], "Information")?;
    xml.text("mes:DataSetID", &[], &message_id(rendering))?;
    for language in domain::language::Language::ALL {
        let source = rendering.manifest.source.get(language);
        if !source.is_empty() {
            xml.text("mes:Source", &[("xml:lang", language.tag())], source)?;
        }
    }
    xml.close()
}
