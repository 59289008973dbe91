//! Where each role begins: with what there is to do today, not with a menu.

use domain::actor::{Actor, Role};

use crate::state::AppState;

/// The page on which somebody's day begins; nothing for those whose day begins at the desk.
///
/// Whoever runs the installation or its data stays at the desk, whatever else they may be.
pub(crate) fn of(app: &AppState, actor: &Actor) -> Option<String> {
    if actor.is(Role::Administrator) || actor.is(Role::Statistician) {
        return None;
    }
    let day = |role: Role, page: &str| {
        let grant = actor.grants.iter().find(|grant| grant.role == role)?;
        let named = grant.scope.programme.as_deref();
        let programme = match named {
            Some(named) => app.content.programme(named),
            None => app.content.programmes().next(),
        }?;
        Some(format!("/results/{}/{page}", programme.id))
    };
    day(Role::ProgrammeOfficer, "day")
        .or_else(|| day(Role::ProviderManager, "provider"))
        .or_else(|| actor.is(Role::Trainer).then(|| "/delivery".to_owned()))
        .or_else(|| day(Role::EnterpriseMember, "own"))
        .or_else(|| day(Role::Funder, "funder"))
}
