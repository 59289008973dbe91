//! What an account may be, and where: its grants, for administrators.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{Function, Grant, ManageAccounts, Role, Scope};
use domain::language::Text;
use serde::Deserialize;
use store::{accounts, grants, second_factor};

use super::desk;
use super::guard::{Nothing, OwnForm, SignedIn};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/grants.html")]
struct GrantsPage {
    shell: Shell,
    form_token: String,
    here: String,
    email: String,
    rows: Vec<Row>,
    fields: GrantFields,
    error: Option<String>,
    /// Does signing in ask for a code?
    factor: bool,
}

struct Row {
    words: String,
    since: String,
    withdraw: String,
}

/// A grant as a form sends it; an empty field is no limit.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct GrantForm {
    #[serde(default)]
    role: String,
    #[serde(default)]
    function: String,
    #[serde(default)]
    programme: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    enterprise: String,
}

impl GrantForm {
    /// The grant, or what to correct.
    pub(super) fn parse(&self, app: &AppState) -> Result<Grant, Text> {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let role = Role::parse(&self.role)
            .ok_or_else(|| Text::new("Pilih salah satu peran.", "Choose one of the roles."))?;
        let region = filled(&self.region);
        let known =
            |code: &String| app.content.classification("REGION").is_some_and(|all| all.find(code).is_some());
        if region.as_ref().is_some_and(|code| !known(code)) {
            return Err(Text::new("Pilih wilayah dari daftar.", "Choose the region from the list."));
        }
        let grant = Grant {
            role,
            function: Function::parse(&self.function),
            scope: Scope {
                programme: filled(&self.programme),
                region,
                organisation: filled(&self.organisation),
                enterprise: filled(&self.enterprise),
            },
        };
        grant.check().map_err(|invalid| invalid.text())?;
        Ok(grant)
    }
}

/// What the form of a grant offers, and what was chosen.
pub(super) struct GrantFields {
    pub(super) roles: Vec<Choice>,
    pub(super) functions: Vec<Choice>,
    pub(super) regions: Vec<Choice>,
    pub(super) programme: String,
    pub(super) organisation: String,
    pub(super) enterprise: String,
}

pub(super) struct Choice {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

impl GrantFields {
    pub(super) fn new(app: &AppState, speech: Speech, typed: &GrantForm) -> Self {
        let role = if typed.role.is_empty() { Role::Reader.code() } else { &typed.role };
        let regions = app.content.classification("REGION").map(|all| {
            all.codes.iter().map(|region| Choice {
                chosen: region.code == typed.region,
                label: if region.parent.is_some() {
                    format!("– {}", speech.say(&region.label))
                } else {
                    speech.say(&region.label).to_owned()
                },
                code: region.code.clone(),
            })
        });
        let mut regions: Vec<Choice> = regions.into_iter().flatten().collect();
        // A province stands before its regencies, whose codes begin with its own.
        regions.sort_by(|one, other| one.code.cmp(&other.code));
        GrantFields {
            roles: Role::ALL
                .map(|each| Choice {
                    code: each.code().into(),
                    label: role_label(speech, each),
                    chosen: each.code() == role,
                })
                .into(),
            functions: Function::ALL
                .map(|each| Choice {
                    code: each.code().into(),
                    label: speech.t(&format!("office-function-{}", each.code())),
                    chosen: each.code() == typed.function,
                })
                .into(),
            regions,
            programme: typed.programme.clone(),
            organisation: typed.organisation.clone(),
            enterprise: typed.enterprise.clone(),
        }
    }
}

fn role_label(speech: Speech, role: Role) -> String {
    speech.t(&format!("office-role-{}", role.code()))
}

/// A grant as people say it: role, then where it counts.
pub(super) fn in_words(app: &AppState, speech: Speech, grant: &Grant) -> String {
    let mut words = role_label(speech, grant.role);
    if let Some(function) = grant.function {
        words.push_str(&format!(" ({})", speech.t(&format!("office-function-{}", function.code()))));
    }
    let region = grant.scope.region.as_ref().map(|code| {
        let named = app.content.classification("REGION").and_then(|all| Some(all.get(all.find(code)?)));
        named.map_or_else(|| code.clone(), |region| speech.say(&region.label).to_owned())
    });
    let scope = &grant.scope;
    let limits = [&scope.programme, &region, &scope.organisation, &scope.enterprise];
    let limits: Vec<&str> = limits.into_iter().flatten().map(String::as_str).collect();
    if !limits.is_empty() {
        words.push_str(&format!(": {}", limits.join(", ")));
    }
    words
}

/// `GET /office/accounts/{account}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    page(&app, &visit, &signed_in, account, &GrantForm::default(), None).await
}

/// `POST /office/accounts/{account}`: one more grant.
pub(super) async fn give(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    OwnForm(signed_in, form): OwnForm<GrantForm>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(ManageAccounts { account: account.clone() })?;
    let grant = match form.parse(&app) {
        Ok(grant) => grant,
        Err(why) => {
            let why = visit.speech.say(&why).to_owned();
            let page = page(&app, &visit, &signed_in, account, &form, Some(why)).await?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    let mut tx = app.desk.store.begin(app.now()).await?;
    grants::give(&mut tx, &permit, &app.new_id(), &grant).await?;
    tx.commit().await?;
    Ok(back(&visit, &account))
}

/// `POST /office/accounts/{account}/grants/{grant}/withdraw`
pub(super) async fn withdraw(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, grant)): Path<(String, String)>,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(ManageAccounts { account: account.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    grants::withdraw(&mut tx, &permit, &grant).await?;
    tx.commit().await?;
    Ok(back(&visit, &account))
}

fn back(visit: &Visit, account: &str) -> Response {
    Redirect::to(&visit.speech.href(&format!("/office/accounts/{account}"))).into_response()
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    id: String,
    typed: &GrantForm,
    error: Option<String>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(ManageAccounts { account: id.clone() })?;
    let speech = visit.speech;
    let account = accounts::get(&app.desk.store, &id).await?;
    let given = grants::of_account(&app.desk.store, &permit, &id).await?;
    let here = format!("/office/accounts/{id}");
    let shell = desk::shell(visit, &signed_in.session, "/office/accounts", account.name.clone());
    private_page(&GrantsPage {
        shell: desk::crumbs(
            shell,
            [("/office/accounts", speech.t("office-accounts")), (here.as_str(), account.name)],
        ),
        form_token: signed_in.session.form_token.clone(),
        email: account.email,
        rows: given
            .into_iter()
            .map(|given| Row {
                words: in_words(app, speech, &given.grant),
                since: speech.moment(given.given_at),
                withdraw: format!("{here}/grants/{}/withdraw", given.id),
            })
            .collect(),
        fields: GrantFields::new(app, speech, typed),
        factor: second_factor::is_on(&app.desk.store, &id).await?,
        here,
        error,
    })
}
