//! People who take part, and their consent.
//!
//! As little as is needed: a name where a certificate or a list of participants needs one, the sex
//! because results are told by sex, a way to reach them. Everything that names a person is encrypted
//! at rest, every look is on record, and a person can be exported and erased.

use serde::{Deserialize, Serialize};

use crate::actor::{Action, Place, Role, placed_action};

/// Sex as people state it, for results by sex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    Female,
    Male,
}

impl Sex {
    pub const ALL: [Sex; 2] = [Sex::Female, Sex::Male];

    pub fn code(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Sex::ALL.into_iter().find(|sex| sex.code() == code)
    }
}

/// Somebody who takes part. Name, phone and e-mail are encrypted at rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    pub name: String,
    pub phone: String,
    pub email: String,
    pub sex: Option<Sex>,
    /// The enterprise for which this person works.
    pub enterprise: Option<String>,
    /// The organisation for which this person works, such as a trainer's provider.
    pub organisation: Option<String>,
    /// The account, if this person signs in.
    pub account: Option<String>,
}

/// Those who work with participants.
const KEEPERS: &[Role] = &[
    Role::Administrator,
    Role::ProgrammeOfficer,
    Role::ProviderManager,
    Role::Trainer,
    Role::EnterpriseMember,
    Role::ProductivityOfficer,
];

/// Put a person on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordPerson {
    /// Fresh, or that of the person to correct.
    pub id: String,
    pub person: Person,
    /// Where the enterprise or the organisation of the person stands.
    pub place: Place,
}

impl Action for RecordPerson {
    const NAME: &'static str = "person.record";
    const ROLES: &'static [Role] = KEEPERS;

    fn subject(&self) -> String {
        self.id.clone()
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}

placed_action!(
    /// See who a person is: name, phone, e-mail. Every look is on record.
    ReadPerson { person }, "person.read",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember, ProductivityOfficer]
);
placed_action!(
    /// Hand out all that is kept about a person, at the person's wish.
    ExportPerson { person }, "person.export", [Administrator, ProgrammeOfficer, ProviderManager]
);
placed_action!(
    /// Forget who a person is, at the person's wish. What was counted stays counted, without a name.
    ErasePerson { person }, "person.erase", [Administrator, ProgrammeOfficer, ProviderManager]
);

/// Who consents.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "id")]
pub enum ConsentSubject {
    Person(String),
    Enterprise(String),
}

impl ConsentSubject {
    pub fn kind(&self) -> &'static str {
        match self {
            ConsentSubject::Person(_) => "person",
            ConsentSubject::Enterprise(_) => "enterprise",
        }
    }

    pub fn id(&self) -> &str {
        match self {
            ConsentSubject::Person(id) | ConsentSubject::Enterprise(id) => id,
        }
    }
}

/// For what. One consent for one purpose: a photo is not covered by the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Take part, and be recorded and measured for the programme.
    Programme,
    /// Be counted in statistics, protected.
    Statistics,
    /// Be named in a public case study.
    Story,
    /// Be seen in published photos.
    Photos,
    /// Be found and asked by other enterprises.
    Network,
}

impl Purpose {
    pub const ALL: [Purpose; 5] =
        [Purpose::Programme, Purpose::Statistics, Purpose::Story, Purpose::Photos, Purpose::Network];

    pub fn code(self) -> &'static str {
        match self {
            Purpose::Programme => "programme",
            Purpose::Statistics => "statistics",
            Purpose::Story => "story",
            Purpose::Photos => "photos",
            Purpose::Network => "network",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Purpose::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// Put on record that consent was given, refused or taken back. The newest word counts; all stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordConsent {
    /// Fresh id of this word.
    pub id: String,
    pub subject: ConsentSubject,
    pub purpose: Purpose,
    pub given: bool,
    /// The day on which it was said or signed.
    pub on: jiff::civil::Date,
    /// What proves it: the letter, the form, the file. No names.
    #[serde(default)]
    pub evidence: String,
    pub place: Place,
}

impl Action for RecordConsent {
    const NAME: &'static str = "consent.record";
    const ROLES: &'static [Role] = KEEPERS;

    fn subject(&self) -> String {
        self.subject.id().to_owned()
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written() {
        for sex in Sex::ALL {
            assert_eq!(Sex::parse(sex.code()), Some(sex));
        }
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::parse(purpose.code()), Some(purpose));
        }
    }
}
