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

impl<A> Permit<A> {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn action(&self) -> &A {
        &self.action
    }
}
