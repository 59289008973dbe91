//! What people do to the register. Every act carries all it needs: a page, a file or a form from the
//! field can ask for it alike.

use serde::{Deserialize, Serialize};

use super::{Contact, Enterprise, Site, Workforce};
use crate::actor::{Action, Function, Place, Role, placed_action};

placed_action!(
    /// See an enterprise in the register, without its contacts.
    ReadEnterprise { enterprise }, "enterprise.read",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember, ProductivityOfficer, Statistician]
);
placed_action!(
    /// See who is to be called or written to. Every look is on record.
    ReadContacts { enterprise }, "enterprise.contacts",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember, ProductivityOfficer],
    functions [Owner, Manager]
);

/// Those who keep the register.
const KEEPERS: &[Role] = &[
    Role::Administrator,
    Role::ProgrammeOfficer,
    Role::ProviderManager,
    Role::Trainer,
    Role::ProductivityOfficer,
];
const KEEPERS_AND_MEMBERS: &[Role] = &[
    Role::Administrator,
    Role::ProgrammeOfficer,
    Role::ProviderManager,
    Role::Trainer,
    Role::ProductivityOfficer,
    Role::EnterpriseMember,
];
const HEADS: &[Function] = &[Function::Owner, Function::Manager];

/// Enter an enterprise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterEnterprise {
    /// Fresh, from whoever asks.
    pub id: String,
    pub enterprise: Enterprise,
    #[serde(default)]
    pub workforce: Option<Workforce>,
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Made by a program, not a real enterprise.
    #[serde(default)]
    pub synthetic: bool,
    /// Similar enterprises that were looked at and found to be others.
    #[serde(default)]
    pub not_the_same_as: Vec<String>,
}

impl Action for RegisterEnterprise {
    const NAME: &'static str = "enterprise.register";
    const ROLES: &'static [Role] = KEEPERS;

    fn subject(&self) -> String {
        self.id.clone()
    }

    fn place(&self) -> Place {
        self.enterprise.place(&self.id)
    }
}

/// Correct what the register says of an enterprise, as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeEnterprise {
    pub id: String,
    /// The version that was looked at: if somebody was faster, nothing is lost and one is told.
    pub version: i64,
    /// Where the enterprise stands now.
    pub place: Place,
    pub enterprise: Enterprise,
}

impl Action for ChangeEnterprise {
    const NAME: &'static str = "enterprise.change";
    const ROLES: &'static [Role] = KEEPERS_AND_MEMBERS;
    const FUNCTIONS: &'static [Function] = HEADS;

    fn subject(&self) -> String {
        self.id.clone()
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}

/// Say how many work there in a year; replaces what was said of that year, which stays on record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordWorkforce {
    pub enterprise: String,
    pub place: Place,
    pub workforce: Workforce,
}

impl Action for RecordWorkforce {
    const NAME: &'static str = "enterprise.workforce";
    const ROLES: &'static [Role] = KEEPERS_AND_MEMBERS;
    const FUNCTIONS: &'static [Function] = HEADS;

    fn subject(&self) -> String {
        self.enterprise.clone()
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}

/// Say who is to be called or written to; replaces whom one had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordContacts {
    pub enterprise: String,
    pub place: Place,
    pub contacts: Vec<Contact>,
}

impl Action for RecordContacts {
    const NAME: &'static str = "enterprise.contacts.change";
    const ROLES: &'static [Role] = KEEPERS_AND_MEMBERS;
    const FUNCTIONS: &'static [Function] = HEADS;

    fn subject(&self) -> String {
        self.enterprise.clone()
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}

/// Say where else the enterprise works; replaces the sites one had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordSites {
    pub enterprise: String,
    pub place: Place,
    pub sites: Vec<Site>,
}

impl Action for RecordSites {
    const NAME: &'static str = "enterprise.sites";
    const ROLES: &'static [Role] = KEEPERS_AND_MEMBERS;
    const FUNCTIONS: &'static [Function] = HEADS;

    fn subject(&self) -> String {
        self.enterprise.clone()
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}

/// Say that two entries are one enterprise. What hangs on the one counts with the other from then
/// on; nothing is rewritten, so that it can be undone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeEnterprises {
    /// Fresh id of the merge.
    pub id: String,
    pub kept: String,
    pub merged: String,
    /// Where the kept one stands. The other must stand where the actor may, too.
    pub place: Place,
    pub why: String,
}

impl Action for MergeEnterprises {
    const NAME: &'static str = "enterprise.merge";
    const ROLES: &'static [Role] = &[Role::Administrator, Role::ProgrammeOfficer, Role::ProductivityOfficer];

    fn subject(&self) -> String {
        self.kept.clone()
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}

placed_action!(
    /// Take a merge back: the two are two again.
    UndoMerge { merge }, "enterprise.unmerge", [Administrator, ProgrammeOfficer, ProductivityOfficer]
);
