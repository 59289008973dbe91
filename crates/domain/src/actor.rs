//! Actors and permits: who may do what.
//!
//! A write needs a [`Permit`] for its action, and only [`Actor::permit`] makes one. The store
//! takes permits, not user names, so an unauthorised write does not compile.

use serde::{Deserialize, Serialize};

/// What a person is allowed to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Sees what is released and what concerns the own account.
    Reader,
    /// Takes in microdata, computes, protects and releases.
    Statistician,
    /// Everything a statistician may, and the accounts.
    Administrator,
}

/// Someone who is signed in, or the operator at the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Id of the account; `operator` for the command line.
    pub id: String,
    pub email: String,
    pub role: Role,
}

/// A thing that needs permission.
pub trait Action {
    /// As the audit log names it: `survey.import`.
    const NAME: &'static str;
    /// The thing acted upon, for the audit log: an id, never personal data.
    fn subject(&self) -> String;
    fn allowed_to(&self, actor: &Actor) -> bool;
}

/// Proof that an actor may perform an action. Only [`Actor::permit`] makes one.
#[derive(Clone, Debug)]
pub struct Permit<A> {
    actor: Actor,
    action: A,
}

/// The actor may not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("your role does not allow this ({action}); ask an administrator")]
pub struct Refused {
    pub action: &'static str,
}

impl Actor {
    /// Whoever runs the program on the machine that holds the data folder.
    pub fn operator() -> Self {
        Actor { id: "operator".into(), email: String::new(), role: Role::Administrator }
    }

    pub fn permit<A: Action>(&self, action: A) -> Result<Permit<A>, Refused> {
        if action.allowed_to(self) {
            Ok(Permit { actor: self.clone(), action })
        } else {
            Err(Refused { action: A::NAME })
        }
    }
}

impl Role {
    /// Every role, from the least to the most powerful.
    pub const ALL: [Role; 3] = [Role::Reader, Role::Statistician, Role::Administrator];

    /// As files, forms and the ledger write it.
    pub fn code(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Statistician => "statistician",
            Role::Administrator => "administrator",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }
}

impl<A> Permit<A> {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn action(&self) -> &A {
        &self.action
    }
}

/// Declares an action: its name in the audit log, its subject and the least role that may.
macro_rules! action {
    ($(#[$doc:meta])* $name:ident { $($field:ident),+ }, $code:literal, $subject:ident, $least:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $(pub $field: String,)+
        }

        impl Action for $name {
            const NAME: &'static str = $code;

            fn subject(&self) -> String {
                self.$subject.clone()
            }

            fn allowed_to(&self, actor: &Actor) -> bool {
                actor.role >= Role::$least
            }
        }
    };
}

action!(
    /// See the office: uploads, findings, jobs, snapshots. Findings quote microdata.
    ReadOffice { what }, "office.read", what, Statistician
);
action!(
    /// Hand in a file of a survey.
    ImportSurvey { survey }, "import.receive", survey, Statistician
);
action!(
    /// Let the rows of a checked file into the archive.
    AcceptImport { import }, "import.accept", import, Statistician
);
action!(
    /// Say how the columns of a checked file are to be read, and have it checked again.
    RepairImport { import }, "import.repair", import, Statistician
);
action!(
    /// Put a checked file aside: none of its rows is counted.
    DiscardImport { import }, "import.discard", import, Statistician
);
action!(
    /// Freeze a dated view of a survey.
    CreateSnapshot { survey }, "snapshot.order", survey, Statistician
);
action!(
    /// Compute, protect and publish by a plan.
    MakeRelease { plan }, "release.order", plan, Statistician
);
action!(
    /// Ask a running or waiting job to end.
    CancelJob { job }, "job.cancel", job, Statistician
);
action!(
    /// Add, disable or reset an account, or change its role.
    ManageAccounts { account }, "account.manage", account, Administrator
);
action!(
    /// Read who did what.
    ReadAudit { what }, "audit.read", what, Administrator
);
action!(
    /// Change a setting of the installation.
    ChangeSetting { key }, "setting.change", key, Administrator
);

/// Change the own password, begin and end the own sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAccount {
    pub account: String,
}

impl Action for OwnAccount {
    const NAME: &'static str = "account.own";

    fn subject(&self) -> String {
        self.account.clone()
    }

    fn allowed_to(&self, actor: &Actor) -> bool {
        actor.id == self.account
    }
}

#[cfg(test)]
mod tests;
