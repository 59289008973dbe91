use super::*;

fn may<A: Action>(role: Role, action: A) -> bool {
    Actor { id: "me".into(), email: String::new(), role }.permit(action).is_ok()
}

/// Reader, statistician, administrator.
fn who<A: Action + Clone>(action: A) -> [bool; 3] {
    Role::ALL.map(|role| may(role, action.clone()))
}

#[test]
fn every_role_may_do_what_the_matrix_says() {
    let x = || "x".to_owned();
    let statisticians = [false, true, true];
    let administrators = [false, false, true];
    assert_eq!(who(ReadOffice { what: x() }), statisticians);
    assert_eq!(who(ImportSurvey { survey: x() }), statisticians);
    assert_eq!(who(AcceptImport { import: x() }), statisticians);
    assert_eq!(who(RepairImport { import: x() }), statisticians);
    assert_eq!(who(DiscardImport { import: x() }), statisticians);
    assert_eq!(who(CreateSnapshot { survey: x() }), statisticians);
    assert_eq!(who(MakeRelease { plan: x() }), statisticians);
    assert_eq!(who(CancelJob { job: x() }), statisticians);
    assert_eq!(who(ManageAccounts { account: x() }), administrators);
    assert_eq!(who(ReadAudit { what: x() }), administrators);
    assert_eq!(who(ChangeSetting { key: x() }), administrators);
    assert_eq!(who(OwnAccount { account: "me".into() }), [true, true, true]);
}

#[test]
fn nobody_owns_the_account_of_another() {
    assert_eq!(who(OwnAccount { account: "you".into() }), [false, false, false]);
}

#[test]
fn roles_are_read_as_they_are_written() {
    for role in Role::ALL {
        assert_eq!(Role::parse(role.code()), Some(role));
    }
    assert_eq!(Role::parse("root"), None);
}
