//! Accounts of the demonstration: one of every role, entered by one-time links that are kept in a file.

use std::net::SocketAddr;
use std::path::Path;

use domain::actor::{Grant, Role, Scope};
use domain::language::Language;
use store::accounts::Email;
use testkit::cohort::Person;

use crate::commands::accounts;
use crate::rooms::Rooms;
use crate::words::{say, tell};

/// What a role is called in the list, shortly.
fn title(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Administrator => ("administrator", "administrator"),
        Role::ProgrammeOfficer => ("petugas program", "programme officer"),
        Role::ProviderManager => ("pengelola lembaga pelatihan", "provider manager"),
        Role::Trainer => ("pelatih", "trainer"),
        Role::EnterpriseMember => ("pemilik usaha", "owner of an enterprise"),
        Role::ProductivityOfficer => ("petugas produktivitas daerah", "productivity officer"),
        Role::Statistician => ("statistisi", "statistician"),
        Role::Funder => ("penyandang dana", "funder"),
        Role::Reader => ("pembaca", "reader"),
    }
}

/// Opens what the cohort has not, and writes down a link for everybody who signs in.
pub(super) async fn add(rooms: &Rooms, cohort: &[Person]) -> anyhow::Result<()> {
    let mut lines = String::new();
    let mut line = |email: &str, role: Role, link: &str| {
        // The demo may be served at another address each time: keep the path alone.
        let path = link.splitn(4, '/').nth(3).unwrap_or_default();
        lines.push_str(&format!("{email}\t/{path}\t{}\n", role.code()));
    };
    // The region of the manager who signs in is the one whose officer does.
    let region = cohort.iter().find_map(|person| person.grant.scope.region.clone());
    let province = Scope::region(region.unwrap_or_else(|| "33".to_owned()));
    for (mailbox, name, grant) in [
        ("statistik", "Sekar Rekaan", Grant::everywhere(Role::Statistician)),
        ("pengelola", "Prama Rekaan", Grant::everywhere(Role::Administrator)),
        ("daerah", "Darma Rekaan", Grant::new(Role::ProductivityOfficer, province)),
        ("pendana", "Petra Rekaan", Grant::everywhere(Role::Funder)),
        ("pembaca", "Mira Rekaan", Grant::everywhere(Role::Reader)),
    ] {
        let email = Email::parse(&format!("{mailbox}@demo.example"))?;
        let role = grant.role;
        let link = accounts::add(rooms, email.clone(), name, grant).await?;
        line(email.as_str(), role, &link);
    }
    for person in cohort.iter().filter(|person| person.signs_in) {
        let link = accounts::link(rooms, person.account.clone()).await?;
        line(&person.email, person.grant.role, &link);
    }
    std::fs::write(rooms.folder.root().join("demo-accounts.txt"), lines)?;
    Ok(())
}

/// Prints the links, with the role that each opens.
pub(super) fn print(folder: &Path, listen: SocketAddr, language: Language) -> anyhow::Result<()> {
    tell(say(language, "Masuk sekali pakai (berlaku 2 hari):", "One-time sign-in (good for 2 days):"))?;
    for line in std::fs::read_to_string(folder.join("demo-accounts.txt"))?.lines() {
        let mut parts = line.split('\t');
        if let (Some(email), Some(path)) = (parts.next(), parts.next()) {
            let (id, en) = parts.next().and_then(Role::parse).map(title).unwrap_or_default();
            let role = say(language, id, en);
            tell(format_args!("  {email:<26} {role:<28} http://{listen}{path}"))?;
        }
    }
    Ok(())
}
