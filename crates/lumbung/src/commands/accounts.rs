//! `lumbung init` and `lumbung user`: who may sign in. Passwords are set by their owners through
//! one-time links; none is ever typed at the command line.

use std::path::Path;

use domain::actor::{Actor, Grant, ManageAccounts, Role};
use domain::language::Language;
use jiff::SignedDuration;
use store::Secret;
use store::accounts::{Account, Email, NewAccount};

use super::table;
use crate::cli::UserAction;
use crate::folder::Folder;
use crate::rooms::{Rooms, new_id, now, secret_bytes};
use crate::words::{Message, say, tell};

/// A sign-in link is good for two days.
const LINK_LASTS: SignedDuration = SignedDuration::from_hours(48);

pub(super) async fn init(data_dir: &Path, admin: &str, language: Language) -> anyhow::Result<()> {
    let email = email(admin)?;
    let rooms = Rooms::of(Folder::create(data_dir)?).await?;
    let link = add(&rooms, email, "", Grant::everywhere(Role::Administrator)).await?;
    tell(say(
        language,
        format!(
            "Folder data siap di `{0}`. Jalankan `lumbung serve --data-dir {0}`, lalu buka tautan ini (berlaku 2 hari):\n{link}",
            data_dir.display()
        ),
        format!(
            "The data folder `{0}` is ready. Run `lumbung serve --data-dir {0}`, then open this link (good for 2 days):\n{link}",
            data_dir.display()
        ),
    ))?;
    Ok(())
}

pub(super) async fn run(action: UserAction, language: Language) -> anyhow::Result<()> {
    match action {
        UserAction::Add { data, email: address, name, grant } => {
            let rooms = Rooms::open(&data.data_dir).await?;
            tell(add(&rooms, email(&address)?, &name, grant.into()).await?)?;
        }
        UserAction::Grant { data, email: address, grant } => {
            let rooms = Rooms::open(&data.data_dir).await?;
            let account = find(&rooms, &address).await?;
            let grant: Grant = grant.into();
            grant.check().map_err(Message::Grant)?;
            let mut tx = rooms.store.begin(now()).await?;
            let permit = Actor::operator().permit(ManageAccounts { account: account.id })?;
            store::grants::give(&mut tx, &permit, &new_id(), &grant).await?;
            tx.commit().await?;
            tell(say(
                language,
                format!("{address} mendapat peran itu."),
                format!("{address} has that role now."),
            ))?;
        }
        UserAction::List { data, format } => {
            let rooms = Rooms::open(&data.data_dir).await?;
            let page = store::accounts::list(&rooms.store, None, 1000).await?;
            let rows: Vec<Vec<String>> = page
                .rows
                .into_iter()
                .map(|account| {
                    let state = if account.disabled { "disabled" } else { "active" };
                    let grants = account.grants.iter().map(in_short).collect::<Vec<_>>().join("; ");
                    vec![account.email, account.name, grants, state.to_owned()]
                })
                .collect();
            table::print(format, &["email", "name", "roles", "state"], &rows)?;
        }
        UserAction::Disable { data, email: address } => {
            let rooms = Rooms::open(&data.data_dir).await?;
            let account = find(&rooms, &address).await?;
            let mut tx = rooms.store.begin(now()).await?;
            let permit = Actor::operator().permit(ManageAccounts { account: account.id })?;
            store::accounts::set_disabled(&mut tx, &permit, true).await?;
            tx.commit().await?;
            tell(say(language, format!("{address} ditutup."), format!("{address} is closed.")))?;
        }
        UserAction::Reset { data, email: address } => {
            let rooms = Rooms::open(&data.data_dir).await?;
            let account = find(&rooms, &address).await?;
            tell(link(&rooms, account.id).await?)?;
        }
    }
    Ok(())
}

/// A grant on one line: `trainer organisation=blk-semarang region=33`.
fn in_short(grant: &Grant) -> String {
    let scope = &grant.scope;
    let mut words = vec![grant.role.code().to_owned()];
    words.extend(grant.function.map(|function| function.code().to_owned()));
    for (name, limit) in [
        ("programme", &scope.programme),
        ("region", &scope.region),
        ("organisation", &scope.organisation),
        ("enterprise", &scope.enterprise),
    ] {
        words.extend(limit.as_ref().map(|limit| format!("{name}={limit}")));
    }
    words.join(" ")
}

fn email(given: &str) -> anyhow::Result<Email> {
    Email::parse(given).map_err(|_| Message::NotAnEmail { given: given.to_owned() }.into())
}

async fn find(rooms: &Rooms, address: &str) -> anyhow::Result<Account> {
    let account = store::accounts::find_by_email(&rooms.store, &email(address)?).await?;
    account.ok_or_else(|| Message::NoAccount { email: address.to_owned() }.into())
}

/// Opens an account; returns its first sign-in link.
pub(super) async fn add(rooms: &Rooms, email: Email, name: &str, grant: Grant) -> anyhow::Result<String> {
    grant.check().map_err(Message::Grant)?;
    let id = new_id();
    let mut tx = rooms.store.begin(now()).await?;
    let permit = Actor::operator().permit(ManageAccounts { account: id.clone() })?;
    let new = NewAccount { email, name: name.to_owned(), grant_id: new_id(), grant };
    store::accounts::add(&mut tx, &permit, &new).await?;
    tx.commit().await?;
    link(rooms, id).await
}

/// A one-time sign-in link for an account.
pub(super) async fn link(rooms: &Rooms, account: String) -> anyhow::Result<String> {
    let secret = Secret::from_bytes(secret_bytes());
    let mut tx = rooms.store.begin(now()).await?;
    let permit = Actor::operator().permit(ManageAccounts { account })?;
    store::links::issue(&mut tx, &permit, &secret, now() + LINK_LASTS).await?;
    tx.commit().await?;
    let base = rooms.folder.settings.base_url.clone().unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    Ok(format!("{base}/sign-in/{}", secret.text()))
}
