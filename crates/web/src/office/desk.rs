//! What the office has at hand, and the frame of its pages.

use std::sync::Arc;

use domain::actor::{Actor, ManageAccounts, ReadAudit, ReadOffice, ReadResults};
use domain::held::HeldRows;
use store::Store;
use store::sessions::Session;

use super::password::Passwords;
use crate::layout::{Link, Place, Shell};
use crate::visit::Visit;

/// Gives 32 random bytes, when asked.
pub type SecretSource = Box<dyn Fn() -> [u8; 32] + Send + Sync>;

/// What the office works with beside the content; part of `Rooms`, filled by the binary.
pub struct Desk {
    pub store: Store,
    pub secrets: SecretSource,
    /// Looks into the archive for whoever decides about held rows.
    pub held_rows: Arc<dyn HeldRows>,
    /// Larger files are refused while they come in.
    pub upload_bytes_max: u64,
    /// Where people may sign in besides here, if anywhere.
    pub oidc: Option<super::Oidc>,
    pub(super) passwords: Passwords,
}

impl Desk {
    /// Files up to 8 GiB are taken.
    pub fn new(store: Store, secrets: SecretSource, held_rows: Arc<dyn HeldRows>) -> Self {
        Desk { store, secrets, held_rows, upload_bytes_max: 8 << 30, oidc: None, passwords: Passwords::new() }
    }

    pub(super) fn secret(&self) -> store::Secret {
        store::Secret::from_bytes((self.secrets)())
    }
}

/// The places of the office, and who finds their doors.
const PLACES: [(&str, &str, fn(&Actor) -> bool); 12] = [
    ("/office", "office-nav-home", |_| true),
    ("/register", "office-nav-register", crate::register::may_read),
    ("/delivery", "office-nav-delivery", crate::delivery::may_read),
    ("/results", "results-nav", Actor::may_somewhere::<ReadResults>),
    ("/network", "network-title", crate::network::may_read),
    ("/office/imports", "office-nav-imports", reads_office),
    ("/office/snapshots", "office-nav-snapshots", reads_office),
    ("/office/releases", "office-nav-releases", reads_office),
    ("/office/jobs", "office-nav-jobs", reads_office),
    ("/office/accounts", "office-nav-accounts", Actor::may_somewhere::<ManageAccounts>),
    ("/office/audit", "office-nav-audit", Actor::may_somewhere::<ReadAudit>),
    ("/office/account", "office-nav-account", |_| true),
];

fn reads_office(actor: &Actor) -> bool {
    actor.permit(ReadOffice { what: String::new() }).is_ok()
}

/// The shell of an office page: its navigation is the office's, and nobody indexes it.
pub(crate) fn shell(visit: &Visit, session: &Session, here: &str, title: impl Into<String>) -> Shell {
    let speech = visit.speech;
    let mut shell = Shell::new(visit, Place::Office, title);
    shell.indexed = false;
    shell.person = Some(session.account.name.clone());
    let actor = session.account.actor();
    shell.nav = PLACES
        .iter()
        .filter(|(_, _, finds)| finds(&actor))
        .map(|(path, key, _)| Link { href: speech.href(path), label: speech.t(key), current: *path == here })
        .collect();
    shell
}

/// The way back from a page inside the office.
pub(crate) fn crumbs<'a>(shell: Shell, steps: impl IntoIterator<Item = (&'a str, String)>) -> Shell {
    let office = shell.t("office-nav-home");
    let mut all = vec![("/office", office)];
    all.extend(steps);
    shell.with_crumbs(all)
}
