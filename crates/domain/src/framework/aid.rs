//! How a programme is named where aid is reported: data for the export, in `aid.toml` of its folder.

use serde::Deserialize;

use crate::language::Text;

/// The head of an activity of the International Aid Transparency Initiative.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidActivity {
    pub identifier: String,
    /// The phase of the programme that is the activity.
    pub phase: String,
    /// A code of the list ActivityStatus.
    pub status: String,
    pub reporting: AidOrganisation,
    #[serde(default)]
    pub organisation: Vec<AidOrganisation>,
    #[serde(default)]
    pub sector: Vec<AidSector>,
}

/// An organisation, by its reference and the code of what it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidOrganisation {
    #[serde(default)]
    pub reference: String,
    pub kind: String,
    /// A code of the list OrganisationRole; not for the one who reports.
    #[serde(default)]
    pub role: String,
    pub name: Text,
}

/// A purpose code of the DAC.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidSector {
    pub code: String,
}

impl AidActivity {
    /// Reads `aid.toml`; the fault in words.
    pub fn parse(text: &str) -> Result<Self, Text> {
        toml::from_str(text).map_err(|error| crate::syntax::fault(&error, text))
    }
}
