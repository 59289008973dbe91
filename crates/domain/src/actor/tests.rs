mod matrix;

use proptest::prelude::*;

use super::*;

placed_action!(
    /// A thing that stands somewhere.
    #[allow(unreachable_pub, reason = "declared as the rooms declare theirs")]
    TendPlot { plot }, "plot.tend", [Trainer, ProductivityOfficer, EnterpriseMember, Funder],
    functions [Owner, Manager]
);

/// The roles that may.
fn who<A: Action + Clone>(action: A) -> Vec<Role> {
    let may = |role: &Role| {
        let actor = Actor { id: "me".into(), email: String::new(), grants: vec![Grant::everywhere(*role)] };
        actor.permit(action.clone()).is_ok()
    };
    Role::ALL.into_iter().filter(may).collect()
}

#[test]
fn nobody_owns_the_account_of_another() {
    assert_eq!(who(OwnAccount { account: "you".into() }), []);
    assert!(Actor::operator().permit(OwnAccount { account: "you".into() }).is_err());
}

#[test]
fn a_limited_grant_does_not_reach_the_whole_installation() {
    let siti = Actor::with("siti", Role::Statistician, Scope::region("53"));
    let refused = siti.permit(ReadOffice { what: "x".into() }).unwrap_err();
    assert_eq!(refused.reason, Reason::Scope);
    let rudi = Actor::with("rudi", Role::Reader, Scope::default());
    assert_eq!(rudi.permit(ReadOffice { what: "x".into() }).unwrap_err().reason, Reason::Role);
}

#[test]
fn a_scope_covers_what_stands_inside_it() {
    let place = || Place::programme("rice").in_region("5301").of_organisation("blk").of_enterprise("e1");
    for (scope, place, covered) in [
        (Scope::default(), place(), true),
        (Scope::default(), Place::whole(), true),
        (Scope::region("53"), place(), true),
        (Scope::region("5301"), place(), true),
        (Scope::region("5302"), place(), false),
        (Scope::region("5301"), Place::whole().in_region("53"), false),
        (Scope::region("53"), Place::whole(), false),
        (Scope::organisation("blk"), place(), true),
        (Scope::organisation("other"), place(), false),
        (Scope::organisation("blk").in_region("52"), place(), false),
        (Scope::organisation("blk").in_programme("rice").in_region("53"), place(), true),
        (Scope::programme("maize"), place(), false),
        (Scope::programme("maize"), Place::whole(), false),
        (Scope::programme("maize"), Place::shared(), true),
        (Scope::programme("maize").of_organisation("blk"), Place::shared(), false),
        (Scope::enterprise("e1"), place(), true),
        (Scope::enterprise("e2"), place(), false),
        (Scope::enterprise("e1"), Place::shared(), false),
    ] {
        assert_eq!(scope.covers(&place), covered, "{scope:?} {place:?}");
    }
}

#[test]
fn a_trainer_reaching_outside_the_province_is_told_so() {
    let trainer = Actor::with("ani", Role::Trainer, Scope::organisation("blk").in_region("33"));
    let plot = |region: &str, organisation: &str| TendPlot {
        plot: "p".into(),
        place: Place::shared().in_region(region).of_organisation(organisation),
    };
    assert!(trainer.permit(plot("3374", "blk")).is_ok());
    for outside in [plot("3474", "blk"), plot("3374", "other")] {
        let refused = trainer.permit(outside).unwrap_err();
        assert_eq!(refused.reason, Reason::Scope);
        assert!(refused.text().id.contains("di luar wilayah"), "{refused}");
    }
}

#[test]
fn two_grants_do_not_add_up_to_a_third() {
    let mut actor = Actor::with("ani", Role::Trainer, Scope::organisation("blk").in_region("33"));
    actor.grants.push(Grant::new(Role::Reader, Scope::default()));
    actor.grants.push(Grant::new(Role::Funder, Scope::organisation("other").in_region("34")));
    let place = Place::shared().in_region("34").of_organisation("blk");
    assert!(actor.permit(TendPlot { plot: "p".into(), place }).is_err());
}

#[test]
fn of_a_members_functions_only_those_named_may() {
    let plot = || TendPlot { plot: "p".into(), place: Place::shared().of_enterprise("e1") };
    for (function, may) in [(Function::Owner, true), (Function::Manager, true), (Function::Worker, false)] {
        let actor =
            Actor { id: "a".into(), email: String::new(), grants: vec![Grant::member(function, "e1")] };
        assert_eq!(actor.permit(plot()).is_ok(), may, "{function:?}");
    }
    let nobody = Actor::with("b", Role::EnterpriseMember, Scope::enterprise("e1"));
    assert!(nobody.permit(plot()).is_err(), "a member without a function may nothing");
}

#[test]
fn a_reach_is_where_the_roles_count() {
    let mut actor = Actor::with("ani", Role::Trainer, Scope::organisation("blk"));
    actor.grants.push(Grant::new(Role::Reader, Scope::default()));
    assert_eq!(actor.reach::<TendPlot>().unwrap().scopes(), [Scope::organisation("blk")]);
    actor.grants.push(Grant::new(Role::Funder, Scope::default()));
    assert_eq!(actor.reach::<TendPlot>().unwrap().scopes(), [Scope::default()]);
    assert_eq!(actor.reach::<ManageAccounts>().unwrap_err().reason, Reason::Role);
}

#[test]
fn a_forgotten_scope_does_not_open_the_country() {
    use InvalidGrant::*;
    let member = Grant::member(Function::Owner, "e1");
    for (grant, expected) in [
        (Grant::everywhere(Role::Administrator), Ok(())),
        (Grant::everywhere(Role::Funder), Ok(())),
        (Grant::everywhere(Role::Trainer), Err(OrganisationMissing)),
        (Grant::new(Role::Trainer, Scope::region("33")), Err(OrganisationMissing)),
        (Grant::new(Role::ProviderManager, Scope::organisation("blk")), Ok(())),
        (Grant::everywhere(Role::ProductivityOfficer), Err(RegionMissing)),
        (Grant::everywhere(Role::EnterpriseMember), Err(EnterpriseMissing)),
        (Grant { function: None, ..member.clone() }, Err(FunctionMissing)),
        (Grant { role: Role::Reader, ..member.clone() }, Err(FunctionOfNobody)),
        (member, Ok(())),
    ] {
        assert_eq!(grant.check(), expected, "{grant:?}");
    }
}

#[test]
fn roles_are_read_as_they_are_written() {
    for role in Role::ALL {
        assert_eq!(Role::parse(role.code()), Some(role));
    }
    for function in Function::ALL {
        assert_eq!(Function::parse(function.code()), Some(function));
    }
    assert_eq!(Role::parse("root"), None);
}

proptest! {
    /// Limiting a grant further never opens a door.
    #[test]
    fn a_narrower_scope_covers_no_more(
        region in "[1-9]{2}([0-9]{2})?",
        there in proptest::option::of("[1-9]{2}([0-9]{2})?"),
        organisation in proptest::option::of("[ab]"),
    ) {
        let place = Place { region: there, organisation, ..Place::shared() };
        let narrow = Scope::region(region.clone()).of_organisation("a");
        if narrow.covers(&place) {
            prop_assert!(Scope::region(region).covers(&place) && Scope::organisation("a").covers(&place));
        }
    }
}
