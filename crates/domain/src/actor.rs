//! Actors and permits: who may do what, and where.
//!
//! A write needs a [`Permit`] for its action, and only [`Actor::permit`] makes one: some grant of the
//! actor must have a role of the action and cover the [`Place`] of what is acted upon. The store takes
//! permits, not user names, so an unauthorised write does not compile. Lists are cut to a [`Reach`].

mod office;
mod results;
mod role;
mod scope;

pub use office::*;
pub use results::*;
pub use role::{Function, Grant, InvalidGrant, Role};
pub use scope::{Place, Scope};

use std::marker::PhantomData;

use crate::language::Text;

/// Someone who is signed in, or the operator at the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Id of the account; `operator` for the command line.
    pub id: String,
    pub email: String,
    /// What this person may be, and where.
    pub grants: Vec<Grant>,
}

/// A thing that needs permission.
pub trait Action {
    /// As the audit log names it: `survey.import`.
    const NAME: &'static str;
    /// Whoever has one of these roles, where the action takes place, may.
    const ROLES: &'static [Role];
    /// Of the members of an enterprise, those who may.
    const FUNCTIONS: &'static [Function] = &Function::ALL;

    /// The thing acted upon, for the audit log: an id, never personal data.
    fn subject(&self) -> String;

    /// Where the thing acted upon stands. The whole installation, unless the action says otherwise.
    fn place(&self) -> Place {
        Place::whole()
    }

    /// The one account whose own business this is, whatever its roles; nobody else may.
    fn own_business_of(&self) -> Option<&str> {
        None
    }
}

/// Proof that an actor may perform an action. Only [`Actor::permit`] makes one.
#[derive(Clone, Debug)]
pub struct Permit<A> {
    actor: Actor,
    action: A,
}

/// Proof that an actor may perform an action in some places, and which: lists are cut to it.
#[derive(Clone, Debug)]
pub struct Reach<A> {
    actor: Actor,
    scopes: Vec<Scope>,
    action: PhantomData<A>,
}

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No role of theirs allows it anywhere.
    Role,
    /// A role of theirs allows it, elsewhere.
    Scope,
}

/// The actor may not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} ({action})", self.text().en)]
pub struct Refused {
    pub action: &'static str,
    pub reason: Reason,
}

impl Refused {
    pub fn text(&self) -> Text {
        match self.reason {
            Reason::Role => Text::new(
                "Peran Anda tidak memperbolehkan ini. Mintalah peran itu kepada administrator.",
                "Your role does not allow this. Ask an administrator for the role.",
            ),
            Reason::Scope => Text::new(
                "Ini di luar wilayah, lembaga, atau program yang menjadi tanggung jawab Anda. \
                 Mintalah rekan yang bertanggung jawab, atau administrator.",
                "This lies outside the region, organisation or programme you answer for. \
                 Ask the colleague who does, or an administrator.",
            ),
        }
    }
}

impl Actor {
    /// Whoever runs the program on the machine that holds the data folder.
    pub fn operator() -> Self {
        Actor {
            id: "operator".into(),
            email: String::new(),
            grants: vec![Grant::everywhere(Role::Administrator)],
        }
    }

    /// Somebody with one role in one scope.
    pub fn with(id: impl Into<String>, role: Role, scope: Scope) -> Self {
        Actor { id: id.into(), email: String::new(), grants: vec![Grant { role, function: None, scope }] }
    }

    pub fn permit<A: Action>(&self, action: A) -> Result<Permit<A>, Refused> {
        let refused = |reason| Err(Refused { action: A::NAME, reason });
        if let Some(owner) = action.own_business_of() {
            return if owner == self.id {
                Ok(Permit { actor: self.clone(), action })
            } else {
                refused(Reason::Role)
            };
        }
        let place = action.place();
        let mut grants = self.grants_for::<A>().peekable();
        if grants.peek().is_none() {
            refused(Reason::Role)
        } else if grants.any(|grant| grant.scope.covers(&place)) {
            Ok(Permit { actor: self.clone(), action })
        } else {
            refused(Reason::Scope)
        }
    }

    /// Where the actor may perform an action; refused if nowhere.
    pub fn reach<A: Action>(&self) -> Result<Reach<A>, Refused> {
        let mut scopes: Vec<Scope> = self.grants_for::<A>().map(|grant| grant.scope.clone()).collect();
        if scopes.is_empty() {
            return Err(Refused { action: A::NAME, reason: Reason::Role });
        }
        if scopes.contains(&Scope::default()) {
            scopes = vec![Scope::default()];
        }
        scopes.sort();
        scopes.dedup();
        Ok(Reach { actor: self.clone(), scopes, action: PhantomData })
    }

    /// May the actor do this somewhere? For showing or hiding a door, never for opening it.
    pub fn may_somewhere<A: Action>(&self) -> bool {
        self.grants_for::<A>().next().is_some()
    }

    /// Does the actor have this role, wherever?
    pub fn is(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    fn grants_for<A: Action>(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(|grant| grant.allows(A::ROLES, A::FUNCTIONS))
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

impl<A> Reach<A> {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Never empty; the one scope without limits if there is no limit.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    pub fn covers(&self, place: &Place) -> bool {
        self.scopes.iter().any(|scope| scope.covers(place))
    }
}

/// Declares an action that concerns the whole installation: its subject, its name in the audit log,
/// and the roles that may.
///
/// `action!(/// Read who did what. ReadAudit { what }, "audit.read", [Administrator]);`
macro_rules! action {
    ($(#[$doc:meta])* $name:ident { $subject:ident }, $code:literal, [$($role:ident),+ $(,)?]) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            pub $subject: String,
        }

        impl $crate::actor::Action for $name {
            const NAME: &'static str = $code;
            const ROLES: &'static [$crate::actor::Role] = &[$($crate::actor::Role::$role),+];

            fn subject(&self) -> String {
                self.$subject.clone()
            }
        }
    };
}

/// Declares an action on a thing that stands somewhere: who may depends on the [`Place`] too.
///
/// `placed_action!(/// Read an enterprise. ReadEnterprise { enterprise }, "enterprise.read", [Trainer]);`
/// makes `ReadEnterprise { enterprise, place }`. With `functions [Owner]` at the end, of the members
/// of an enterprise only those may.
macro_rules! placed_action {
    ($(#[$doc:meta])* $name:ident { $subject:ident }, $code:literal, [$($role:ident),+ $(,)?]
     $(, functions [$($function:ident),+])?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            pub $subject: String,
            pub place: $crate::actor::Place,
        }

        impl $crate::actor::Action for $name {
            const NAME: &'static str = $code;
            const ROLES: &'static [$crate::actor::Role] = &[$($crate::actor::Role::$role),+];
            $(const FUNCTIONS: &'static [$crate::actor::Function] = &[$($crate::actor::Function::$function),+];)?

            fn subject(&self) -> String {
                self.$subject.clone()
            }

            fn place(&self) -> $crate::actor::Place {
                self.place.clone()
            }
        }
    };
}

pub(crate) use action;
pub(crate) use placed_action;

#[cfg(test)]
mod tests;
