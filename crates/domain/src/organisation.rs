//! Organisations: those who provide trainings, fund them, or answer for them.

use serde::{Deserialize, Serialize};

use crate::actor::{Action, Place, Role};
use crate::language::Text;
use crate::syntax::fault;

/// What an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// A public training centre (BLK, BPVP).
    TrainingCentre,
    /// A private consultancy or provider of business services.
    BusinessService,
    University,
    /// An association of employers.
    Employers,
    /// A trade union.
    Union,
    /// A ministry or office of government.
    Government,
    Funder,
    /// A buyer or brand whose suppliers take part.
    Buyer,
    Other,
}

impl OrganisationKind {
    pub const ALL: [OrganisationKind; 9] = [
        OrganisationKind::TrainingCentre,
        OrganisationKind::BusinessService,
        OrganisationKind::University,
        OrganisationKind::Employers,
        OrganisationKind::Union,
        OrganisationKind::Government,
        OrganisationKind::Funder,
        OrganisationKind::Buyer,
        OrganisationKind::Other,
    ];

    pub fn code(self) -> &'static str {
        match self {
            OrganisationKind::TrainingCentre => "training-centre",
            OrganisationKind::BusinessService => "business-service",
            OrganisationKind::University => "university",
            OrganisationKind::Employers => "employers",
            OrganisationKind::Union => "union",
            OrganisationKind::Government => "government",
            OrganisationKind::Funder => "funder",
            OrganisationKind::Buyer => "buyer",
            OrganisationKind::Other => "other",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        OrganisationKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Short and stable: people see it in grants and files.
    pub id: String,
    pub name: String,
    pub kind: OrganisationKind,
    /// A code of BPS, where it is at home; `None` if it is not known or everywhere.
    #[serde(default)]
    pub region: Option<String>,
    #[serde(default)]
    pub note: Text,
    #[serde(default)]
    pub source: Text,
}

/// Why a list of organisations, or one of them, is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOrganisation {
    #[error("{}", .0.en)]
    Unreadable(Text),
    #[error("`{0}` is not an id of an organisation: use 2 to 40 of a-z, 0-9 and -")]
    Id(String),
    #[error("the organisation `{0}` needs a name")]
    Name(String),
    #[error("the organisation `{0}` stands twice")]
    Twice(String),
}

impl InvalidOrganisation {
    /// The same in both languages.
    pub fn text(&self) -> Text {
        let id = match self {
            InvalidOrganisation::Unreadable(why) => return why.clone(),
            InvalidOrganisation::Id(id) => {
                format!("`{id}` bukan pengenal lembaga: pakailah 2 sampai 40 dari a-z, 0-9 dan -")
            }
            InvalidOrganisation::Name(id) => format!("lembaga `{id}` memerlukan nama"),
            InvalidOrganisation::Twice(id) => format!("lembaga `{id}` muncul dua kali"),
        };
        Text::new(id, self.to_string())
    }
}

impl Organisation {
    /// Reads a list of content, `[[organisation]]` after `[[organisation]]`.
    pub fn parse_list(text: &str) -> Result<Vec<Organisation>, InvalidOrganisation> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            organisation: Vec<Organisation>,
        }
        let file: File =
            toml::from_str(text).map_err(|error| InvalidOrganisation::Unreadable(fault(&error, text)))?;
        let mut seen = std::collections::BTreeSet::new();
        for organisation in &file.organisation {
            organisation.check()?;
            if !seen.insert(&organisation.id) {
                return Err(InvalidOrganisation::Twice(organisation.id.clone()));
            }
        }
        Ok(file.organisation)
    }

    pub fn check(&self) -> Result<(), InvalidOrganisation> {
        let sound = (2..=40).contains(&self.id.len())
            && self.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !self.id.starts_with('-');
        if !sound {
            return Err(InvalidOrganisation::Id(self.id.clone()));
        }
        if self.name.trim().is_empty() {
            return Err(InvalidOrganisation::Name(self.id.clone()));
        }
        Ok(())
    }
}

/// Put an organisation on record, or correct what is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordOrganisation {
    pub organisation: Organisation,
}

impl Action for RecordOrganisation {
    const NAME: &'static str = "organisation.record";
    const ROLES: &'static [Role] = &[Role::Administrator, Role::ProgrammeOfficer];

    fn subject(&self) -> String {
        self.organisation.id.clone()
    }

    fn place(&self) -> Place {
        let place = Place::shared().of_organisation(&self.organisation.id);
        Place { region: self.organisation.region.clone(), ..place }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_or_refused_with_its_reason() {
        let one = |id: &str, name: &str| {
            format!("[[organisation]]\nid = \"{id}\"\nname = \"{name}\"\nkind = \"university\"\n")
        };
        assert_eq!(
            Organisation::parse_list(&one("unpar", "Unpar")).unwrap()[0].kind,
            OrganisationKind::University
        );
        for (text, words) in [
            (one("Un par", "x"), "not an id"),
            (one("unpar", " "), "needs a name"),
            (one("unpar", "x") + &one("unpar", "y"), "stands twice"),
            ("[[organisation]]\nid = 3\n".to_owned(), "line 2: this holds the whole number `3`"),
        ] {
            let refused = Organisation::parse_list(&text).unwrap_err().to_string();
            assert!(refused.contains(words), "{refused}");
        }
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in OrganisationKind::ALL {
            assert_eq!(OrganisationKind::parse(kind.code()), Some(kind));
        }
    }
}
