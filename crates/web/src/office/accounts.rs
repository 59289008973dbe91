//! Accounts, for administrators: add one, disable it, make a sign-in link. Roles are in `grants`.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::ManageAccounts;
use jiff::SignedDuration;
use serde::Deserialize;
use store::accounts::{self, Account, Email, NewAccount};
use store::{links, second_factor};

use super::grants::{self, GrantFields, GrantForm};
use super::guard::{Nothing, OwnForm, SignedIn};
use super::{PAGE_ROWS, desk, mail};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::state::AppState;
use crate::visit::Visit;

/// How long a sign-in link works: long enough for a weekend.
const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(72);

#[derive(Template)]
#[template(path = "office/accounts.html")]
struct AccountsPage {
    shell: Shell,
    form_token: String,
    rows: Vec<AccountRow>,
    fields: GrantFields,
    next: Option<String>,
    /// What was typed, if it has to be corrected.
    typed: NewAccountForm,
    error: Option<String>,
}

struct AccountRow {
    id: String,
    name: String,
    email: String,
    roles: Vec<String>,
    /// `active`, `invited` or `disabled`.
    state: &'static str,
    state_label: String,
    seen: String,
    own: bool,
}

#[derive(Template)]
#[template(path = "office/account_link.html")]
struct LinkPage {
    shell: Shell,
    name: String,
    email: String,
    link: String,
    until: String,
    /// By mail: sent, or why not.
    sent: Option<Result<String, String>>,
}

#[derive(Default, Deserialize)]
pub(super) struct NewAccountForm {
    email: String,
    name: String,
    #[serde(flatten)]
    grant: GrantForm,
}

#[derive(Deserialize)]
pub(super) struct Position {
    before: Option<String>,
}

/// `GET /office/accounts`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    page(&app, &visit, &signed_in, position.before.as_deref(), NewAccountForm::default(), None).await
}

/// `POST /office/accounts`: opens an account and shows its sign-in link, once.
pub(super) async fn add(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, form): OwnForm<NewAccountForm>,
) -> Result<Response, WebError> {
    let id = app.new_id();
    let permit = signed_in.permit(ManageAccounts { account: id.clone() })?;
    let speech = visit.speech;
    let Ok(email) = Email::parse(&form.email) else {
        return correct(&app, &visit, &signed_in, form, speech.t("office-sign-in-email")).await;
    };
    if form.name.trim().is_empty() || form.name.len() > 200 {
        return correct(&app, &visit, &signed_in, form, speech.t("office-accounts-incomplete")).await;
    }
    let grant = match form.grant.parse(&app) {
        Ok(grant) => grant,
        Err(why) => return correct(&app, &visit, &signed_in, form, speech.say(&why).to_owned()).await,
    };
    if accounts::find_by_email(&app.desk.store, &email).await?.is_some() {
        return correct(&app, &visit, &signed_in, form, speech.t("office-accounts-taken")).await;
    }
    let secret = app.desk.secret();
    let until = app.now() + LINK_LIFETIME;
    let new = NewAccount { email, name: form.name.clone(), grant_id: app.new_id(), grant };
    let mut tx = app.desk.store.begin(app.now()).await?;
    accounts::add(&mut tx, &permit, &new).await?;
    links::issue(&mut tx, &permit, &secret, until).await?;
    tx.commit().await?;
    let account = accounts::get(&app.desk.store, &id).await?;
    link_page(&app, &visit, &signed_in, account, &secret, until).await
}

/// `POST /office/accounts/{account}/{change}`
pub(super) async fn change(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, change)): Path<(String, String)>,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(ManageAccounts { account: account.clone() })?;
    let now = app.now();
    let mut tx = app.desk.store.begin(now).await?;
    match change.as_str() {
        "disable" => accounts::set_disabled(&mut tx, &permit, true).await?,
        "enable" => accounts::set_disabled(&mut tx, &permit, false).await?,
        "factor" => second_factor::remove_for(&mut tx, &permit).await?,
        "link" => {
            let (secret, until) = (app.desk.secret(), now + LINK_LIFETIME);
            links::issue(&mut tx, &permit, &secret, until).await?;
            tx.commit().await?;
            let account = accounts::get(&app.desk.store, &account).await?;
            return link_page(&app, &visit, &signed_in, account, &secret, until).await;
        }
        _ => return Err(WebError::NotFound),
    }
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href("/office/accounts")).into_response())
}

async fn correct(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    form: NewAccountForm,
    error: String,
) -> Result<Response, WebError> {
    let page = page(app, visit, signed_in, None, form, Some(error)).await?;
    Ok((StatusCode::BAD_REQUEST, page).into_response())
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    before: Option<&str>,
    typed: NewAccountForm,
    error: Option<String>,
) -> Result<Response, WebError> {
    signed_in.permit(ManageAccounts { account: String::new() })?;
    let speech = visit.speech;
    let page = accounts::list(&app.desk.store, before, PAGE_ROWS).await?;
    let rows = page.rows.into_iter().map(|account| {
        let state = match &account {
            Account { disabled: true, .. } => "disabled",
            Account { password_hash: None, .. } => "invited",
            _ => "active",
        };
        AccountRow {
            roles: account.grants.iter().map(|grant| grants::in_words(app, speech, grant)).collect(),
            state,
            state_label: speech.t(&format!("office-accounts-{state}")),
            seen: account.signed_in_at.map_or_else(|| speech.t("office-never"), |at| speech.moment(at)),
            own: account.id == signed_in.actor.id,
            id: account.id,
            name: account.name,
            email: account.email,
        }
    });
    let shell = desk::shell(visit, &signed_in.session, "/office/accounts", speech.t("office-accounts"));
    private_page(&AccountsPage {
        shell: desk::crumbs(shell, [("/office/accounts", speech.t("office-accounts"))]),
        form_token: signed_in.session.form_token.clone(),
        rows: rows.collect(),
        fields: GrantFields::new(app, speech, &typed.grant),
        next: page.next.map(|next| {
            speech.href(&format!("/office/accounts?{}", address::query([("before", next.as_str())])))
        }),
        typed,
        error,
    })
}

async fn link_page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    account: Account,
    secret: &store::Secret,
    until: jiff::Timestamp,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let shell = desk::shell(visit, &signed_in.session, "/office/accounts", speech.t("office-link"));
    let link = format!("{}{}", app.config.base_url, speech.href(&format!("/sign-in/{}", secret.text())));
    let until = speech.moment(until);
    let sent = mail::send_link(app, speech, &account, &link, &until).await;
    private_page(&LinkPage {
        shell: desk::crumbs(
            shell,
            [
                ("/office/accounts", speech.t("office-accounts")),
                ("/office/accounts", speech.t("office-link")),
            ],
        ),
        name: account.name,
        email: account.email,
        link,
        until,
        sent,
    })
}
