//! Roles and grants: what a person is allowed to be, and where.

use serde::{Deserialize, Serialize};

use super::Scope;
use crate::language::Text;

/// What a person is allowed to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the installation: accounts, audit log, and everything else.
    Administrator,
    /// Steers a programme: targets, quality of its data, reports to review.
    ProgrammeOfficer,
    /// Runs the trainings of one organisation that provides them.
    ProviderManager,
    /// Trains and visits enterprises for a provider.
    Trainer,
    /// Owner, manager or worker of one enterprise.
    EnterpriseMember,
    /// Looks after productivity in a province or regency.
    ProductivityOfficer,
    /// Takes in microdata, computes, protects and releases.
    Statistician,
    /// Pays, and reads results, costs and cost recovery.
    Funder,
    /// Sees what is released and what concerns the own account.
    Reader,
}

impl Role {
    /// Every role, in the order in which they are offered.
    pub const ALL: [Role; 9] = [
        Role::Administrator,
        Role::ProgrammeOfficer,
        Role::ProviderManager,
        Role::Trainer,
        Role::EnterpriseMember,
        Role::ProductivityOfficer,
        Role::Statistician,
        Role::Funder,
        Role::Reader,
    ];

    /// As files, forms and the ledger write it.
    pub fn code(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::ProgrammeOfficer => "programme-officer",
            Role::ProviderManager => "provider-manager",
            Role::Trainer => "trainer",
            Role::EnterpriseMember => "enterprise-member",
            Role::ProductivityOfficer => "productivity-officer",
            Role::Statistician => "statistician",
            Role::Funder => "funder",
            Role::Reader => "reader",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// What a member is in the enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    Owner,
    Manager,
    Worker,
}

impl Function {
    pub const ALL: [Function; 3] = [Function::Owner, Function::Manager, Function::Worker];

    pub fn code(self) -> &'static str {
        match self {
            Function::Owner => "owner",
            Function::Manager => "manager",
            Function::Worker => "worker",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Function::ALL.into_iter().find(|function| function.code() == code)
    }
}

/// A role in a scope. A person may hold several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub role: Role,
    /// What a member is in the enterprise; nothing for the other roles.
    #[serde(default)]
    pub function: Option<Function>,
    #[serde(default)]
    pub scope: Scope,
}

/// Why a grant may not be given as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text().en)]
pub enum InvalidGrant {
    OrganisationMissing,
    RegionMissing,
    EnterpriseMissing,
    FunctionMissing,
    FunctionOfNobody,
}

impl InvalidGrant {
    pub fn text(self) -> Text {
        match self {
            InvalidGrant::OrganisationMissing => Text::new(
                "Pengelola lembaga dan pelatih bekerja untuk satu lembaga: pilih lembaganya.",
                "Provider managers and trainers work for one organisation: choose it.",
            ),
            InvalidGrant::RegionMissing => Text::new(
                "Petugas produktivitas bertugas di satu wilayah: pilih provinsi atau kabupaten/kotanya.",
                "A productivity officer serves one region: choose the province or regency.",
            ),
            InvalidGrant::EnterpriseMissing => Text::new(
                "Anggota usaha termasuk dalam satu usaha: pilih usahanya.",
                "A member of an enterprise belongs to one: choose it.",
            ),
            InvalidGrant::FunctionMissing => Text::new(
                "Pilih kedudukan anggota itu dalam usaha: pemilik, manajer, atau pekerja.",
                "Choose what the member is in the enterprise: owner, manager or worker.",
            ),
            InvalidGrant::FunctionOfNobody => Text::new(
                "Kedudukan pemilik, manajer, atau pekerja hanya untuk anggota usaha.",
                "Owner, manager and worker are for members of an enterprise only.",
            ),
        }
    }
}

impl Grant {
    /// A role without limits.
    pub fn everywhere(role: Role) -> Self {
        Grant { role, function: None, scope: Scope::default() }
    }

    pub fn new(role: Role, scope: Scope) -> Self {
        Grant { role, function: None, scope }
    }

    /// A member of one enterprise.
    pub fn member(function: Function, enterprise: impl Into<String>) -> Self {
        Grant { role: Role::EnterpriseMember, function: Some(function), scope: Scope::enterprise(enterprise) }
    }

    /// Roles that answer for one organisation, region or enterprise must name it: a scope that was
    /// forgotten must not open the whole country.
    pub fn check(&self) -> Result<(), InvalidGrant> {
        match self.role {
            Role::ProviderManager | Role::Trainer if self.scope.organisation.is_none() => {
                Err(InvalidGrant::OrganisationMissing)
            }
            Role::ProductivityOfficer if self.scope.region.is_none() => Err(InvalidGrant::RegionMissing),
            Role::EnterpriseMember if self.scope.enterprise.is_none() => Err(InvalidGrant::EnterpriseMissing),
            Role::EnterpriseMember if self.function.is_none() => Err(InvalidGrant::FunctionMissing),
            Role::EnterpriseMember => Ok(()),
            _ if self.function.is_some() => Err(InvalidGrant::FunctionOfNobody),
            _ => Ok(()),
        }
    }

    pub(super) fn allows(&self, roles: &[Role], functions: &[Function]) -> bool {
        roles.contains(&self.role)
            && (self.role != Role::EnterpriseMember
                || self.function.is_some_and(|function| functions.contains(&function)))
    }
}
