//! Entering and correcting an enterprise. A double is shown before it is made, and whoever saves
//! second sees what the first one wrote, with nothing of their own lost.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::Scope;
use domain::enterprise::{
    self, ChangeEnterprise, Entry, Fault, Likeness, Read, ReadEnterprise, RegisterEnterprise,
};
use domain::organisation::Organisation;
use store::enterprises::{self, Registered};
use store::register::{self, Similar};
use store::{StoreError, organisations};

use super::fields::{self, Group, Typed, label, named};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{OwnForm, SignedIn, incomplete};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "register/entry.html")]
struct EntryPage {
    shell: Shell,
    form_token: String,
    lead: String,
    action: String,
    back: String,
    submit: String,
    hidden: Vec<(&'static str, String)>,
    groups: Vec<Group>,
    /// Said above the form: what is wrong, or who was faster.
    problem: Option<String>,
    faults: Vec<(&'static str, String, String)>,
    doubles: Vec<Double>,
}

struct Double {
    name: String,
    place: String,
    why: String,
    /// Only where the reader may look.
    href: Option<String>,
}

const ALL_GROUPS: [&str; 5] = ["identity", "place", "relations", "workforce", "contact"];

/// What a page of the form says beside its fields.
#[derive(Default)]
struct Said {
    problem: Option<String>,
    faults: Vec<Fault>,
    doubles: Vec<Double>,
    seen: String,
}

/// `GET /register/new`
pub(super) async fn new(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let reach = signed_in.actor.reach::<RegisterEnterprise>()?;
    let mut typed = Typed::new();
    // Whoever works for one organisation or in one province begins there.
    if let [Scope { organisation, region, .. }] = reach.scopes() {
        let known = [("organisation", organisation), ("region", region)];
        typed.extend(known.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value.clone()?))));
    }
    typed.insert("id".into(), app.new_id());
    new_page(&app, &visit, &signed_in, &typed, Said::default()).await
}

/// `POST /register/new`
pub(super) async fn register(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, typed): OwnForm<Typed>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let refuse = async |status: StatusCode, said: Said| -> Result<Response, WebError> {
        let page = new_page(&app, &visit, &signed_in, &typed, said).await?;
        Ok((status, page).into_response())
    };
    let organisations = organisations::all(&app.desk.store).await?;
    let entry = match read(&app, &organisations, &typed) {
        Ok(entry) => entry,
        Err(faults) => {
            let problem = Some(speech.t("register-faulty"));
            return refuse(StatusCode::BAD_REQUEST, Said { problem, faults, ..Said::default() }).await;
        }
    };
    let id = typed.get("id").filter(|id| is_id(id)).ok_or_else(incomplete)?.clone();
    let seen: Vec<String> = typed
        .get("seen")
        .map(|seen| seen.split_whitespace().map(str::to_owned).collect())
        .unwrap_or_default();
    let different = typed.get("different").is_some_and(|word| word == "yes");
    let act = RegisterEnterprise {
        id: id.clone(),
        enterprise: entry.enterprise,
        workforce: entry.workforce,
        contacts: entry.contacts,
        synthetic: false,
        not_the_same_as: if different { seen } else { Vec::new() },
    };
    let permit = match signed_in.actor.permit(act) {
        Ok(permit) => permit,
        Err(refused) => {
            let problem = Some(speech.say(&refused.text()).to_owned());
            return refuse(StatusCode::FORBIDDEN, Said { problem, ..Said::default() }).await;
        }
    };
    let similar = register::similar(&app.desk.store, &permit).await?;
    let judged = &permit.action().not_the_same_as;
    if similar.iter().any(|similar| !judged.contains(&similar.id)) {
        let seen = similar.iter().map(|similar| similar.id.as_str()).collect::<Vec<_>>().join(" ");
        let doubles = similar.into_iter().map(|similar| double(&app, &visit, &signed_in, similar)).collect();
        return refuse(StatusCode::CONFLICT, Said { doubles, seen, ..Said::default() }).await;
    }
    let mut tx = app.desk.store.begin(app.now()).await?;
    enterprises::register(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(Redirect::to(&speech.href(&format!("/register/{id}?done=entered"))).into_response())
}

/// The id in the form was made when the form was: sending it twice enters nothing twice.
pub(crate) fn is_id(id: &str) -> bool {
    (4..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn double(app: &AppState, visit: &Visit, signed_in: &SignedIn, similar: Similar) -> Double {
    let speech = visit.speech;
    let look = ReadEnterprise { enterprise: similar.id.clone(), place: similar.place };
    let href = signed_in.actor.permit(look).is_ok();
    Double {
        place: named(app, speech, "REGION", &similar.region),
        why: speech.t(match similar.why {
            Likeness::SameNumber => "register-double-number",
            Likeness::Name(_) => "register-double-name",
        }),
        href: href.then(|| speech.href(&format!("/register/{}", similar.id))),
        name: similar.name,
    }
}

pub(super) fn read(
    app: &AppState,
    organisations: &[Organisation],
    typed: &Typed,
) -> Result<Entry, Vec<Fault>> {
    let ids: Vec<String> = organisations.iter().map(|organisation| organisation.id.clone()).collect();
    let lists = Read {
        activities: app.content.classification("KBLI2020"),
        regions: app.content.classification("REGION"),
        organisations: &ids,
        this_year: app.today().year(),
    };
    enterprise::read(typed, &lists)
}

async fn new_page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    typed: &Typed,
    said: Said,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let organisations = organisations::all(&app.desk.store).await?;
    let groups = fields::form(app, speech, &organisations, typed, &said.faults, &ALL_GROUPS);
    let shell = desk::shell(visit, &signed_in.session, "/register", speech.t("register-new"));
    private_page(&EntryPage {
        shell: desk::crumbs(
            shell,
            [("/register", speech.t("register-title")), ("/register/new", speech.t("register-new"))],
        ),
        form_token: signed_in.session.form_token.clone(),
        lead: speech.t("register-new-lead"),
        action: speech.href("/register/new"),
        back: speech.href("/register"),
        submit: speech.t("register-new-do"),
        hidden: vec![("id", typed.get("id").cloned().unwrap_or_default()), ("seen", said.seen)],
        groups,
        problem: said.problem,
        faults: in_words(visit, &said.faults),
        doubles: said.doubles,
    })
}

fn in_words(visit: &Visit, faults: &[Fault]) -> Vec<(&'static str, String, String)> {
    let speech = visit.speech;
    faults
        .iter()
        .map(|fault| (fault.field, label(speech, fault.field), speech.say(&fault.message).to_owned()))
        .collect()
}

async fn load(app: &AppState, signed_in: &SignedIn, id: &str) -> Result<Registered, WebError> {
    let place = enterprises::place(&app.desk.store, id).await?;
    let permit = signed_in.permit(ReadEnterprise { enterprise: id.to_owned(), place })?;
    Ok(enterprises::get(&app.desk.store, &permit).await?)
}

/// `GET /register/{enterprise}/edit`
pub(super) async fn edit(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let now = load(&app, &signed_in, &id).await?;
    let typed = fields::typed(&now.enterprise);
    edit_page(&app, &visit, &signed_in, &now, &typed, Said::default()).await
}

/// `POST /register/{enterprise}/edit`
pub(super) async fn change(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, typed): OwnForm<Typed>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let now = load(&app, &signed_in, &id).await?;
    let organisations = organisations::all(&app.desk.store).await?;
    let entry = match read(&app, &organisations, &typed) {
        Ok(entry) => entry,
        Err(faults) => {
            let said = Said { problem: Some(speech.t("register-faulty")), faults, ..Said::default() };
            let page = edit_page(&app, &visit, &signed_in, &now, &typed, said).await?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    let version = typed.get("version").and_then(|version| version.parse().ok()).ok_or_else(incomplete)?;
    let act = ChangeEnterprise { id: id.clone(), version, place: now.place(), enterprise: entry.enterprise };
    let permit = signed_in.permit(act)?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    match enterprises::change(&mut tx, &permit).await {
        Ok(_) => tx.commit().await?,
        Err(StoreError::Stale { .. }) => {
            drop(tx);
            let said = Said { problem: Some(faster(&app, &visit, &now, &typed).await?), ..Said::default() };
            let page = edit_page(&app, &visit, &signed_in, &now, &typed, said).await?;
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&speech.href(&format!("/register/{id}?done=changed"))).into_response())
}

/// Who was faster, when, and which fields now differ from what was typed.
async fn faster(app: &AppState, visit: &Visit, now: &Registered, typed: &Typed) -> Result<String, WebError> {
    let speech = visit.speech;
    let who = crate::office::who(app, visit, &now.changed_by).await?;
    let there: BTreeMap<String, String> = fields::typed(&now.enterprise);
    let mut differ = Vec::new();
    for field in enterprise::FIELDS {
        let value =
            |from: &Typed| from.get(field.name).map(|text| text.trim().to_owned()).unwrap_or_default();
        if typed.contains_key(field.name) && value(typed) != value(&there) {
            differ.push(format!("{}: {}", label(speech, field.name), value(&there)));
        }
    }
    let at = speech.moment(now.changed_at);
    Ok(speech.with("register-stale", &[("who", &who), ("at", &at), ("fields", &differ.join("; "))]))
}

async fn edit_page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    now: &Registered,
    typed: &Typed,
    said: Said,
) -> Result<Response, WebError> {
    signed_in.permit(ChangeEnterprise {
        id: now.id.clone(),
        version: now.version,
        place: now.place(),
        enterprise: now.enterprise.clone(),
    })?;
    let speech = visit.speech;
    let organisations = organisations::all(&app.desk.store).await?;
    let here = format!("/register/{}", now.id);
    let edit = format!("{here}/edit");
    let shell = desk::shell(visit, &signed_in.session, "/register", speech.t("register-edit"));
    private_page(&EntryPage {
        shell: desk::crumbs(
            shell,
            [
                ("/register", speech.t("register-title")),
                (here.as_str(), now.enterprise.name.clone()),
                (edit.as_str(), speech.t("register-edit")),
            ],
        )
        .synthetic_if(now.synthetic),
        form_token: signed_in.session.form_token.clone(),
        lead: speech.t("register-edit-lead"),
        action: speech.href(&edit),
        back: speech.href(&here),
        submit: speech.t("register-edit-do"),
        hidden: vec![("version", now.version.to_string())],
        groups: fields::form(
            app,
            speech,
            &organisations,
            typed,
            &said.faults,
            &["identity", "place", "relations"],
        ),
        faults: in_words(visit, &said.faults),
        problem: said.problem,
        doubles: Vec::new(),
    })
}
