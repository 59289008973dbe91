//! One enterprise: what is known, what is missing, and everything one can do with it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{Permit, Place};
use domain::delivery::{Arrange, ReadDelivery};
use domain::enterprise::{
    ChangeEnterprise, Contact, MergeEnterprises, ReadContacts, ReadEnterprise, RecordContacts,
    RecordWorkforce, Workforce,
};
use domain::person::{ConsentSubject, ReadPerson};
use serde::Deserialize;
use store::delivery::engagements::{self, Filter};
use store::enterprises::{self, Registered};
use store::{consents, merges, organisations, register};

use super::entry::read;
use super::fields::{self, Group, Typed, label, named};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::{OwnForm, SignedIn, incomplete};
use crate::office::{desk, who};
use crate::people::consent;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// More engagements of one enterprise than anybody reads.
const ENGAGEMENTS_MAX: u32 = 20;

#[derive(Template)]
#[template(path = "register/show.html")]
struct ShowPage {
    shell: Shell,
    form_token: String,
    here: String,
    id: String,
    lead: String,
    done: Option<String>,
    error: Option<String>,
    /// Merged into another: where to go instead.
    canonical: Option<String>,
    facts: Vec<(String, String)>,
    missing: String,
    /// Name and place of other sites.
    sites: Vec<(String, String)>,
    regions: Vec<(String, String)>,
    years: Vec<Year>,
    workforce: Vec<Group>,
    may_change: bool,
    may_call: bool,
    may_see_people: bool,
    consents: Vec<consent::Row>,
    purposes: Vec<(&'static str, String)>,
    today: String,
    doubles: Vec<(String, String, Option<String>)>,
    merges: Vec<MergeRow>,
    history: Vec<(String, String, String)>,
    programmes: Vec<Engaged>,
    /// Where an engagement begins, for whoever may begin one here.
    start: Option<String>,
}

/// An engagement of the enterprise: the programme, how it stands, its page, its numbers.
struct Engaged {
    running: bool,
    title: String,
    state: String,
    href: String,
    numbers: String,
}

struct Year {
    year: i16,
    men: String,
    women: String,
    workers: String,
    sales: String,
}

struct MergeRow {
    words: String,
    undo: Option<String>,
}

#[derive(Template)]
#[template(path = "register/contacts.html")]
struct ContactsPage {
    shell: Shell,
    form_token: String,
    here: String,
    back: String,
    contacts: Vec<Contact>,
    fields: Vec<Group>,
    problem: Option<String>,
    may_change: bool,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

/// An enterprise and the permit under which it was read.
pub(super) async fn open(
    app: &AppState,
    signed_in: &SignedIn,
    id: &str,
) -> Result<(Registered, Permit<ReadEnterprise>), WebError> {
    let place = enterprises::place(&app.desk.store, id).await?;
    let permit = signed_in.permit(ReadEnterprise { enterprise: id.to_owned(), place })?;
    Ok((enterprises::get(&app.desk.store, &permit).await?, permit))
}

/// `GET /register/{enterprise}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let key = format!("register-done-{}", asked.done);
    let done = visit.speech.knows(&key).then(|| visit.speech.t(&key));
    page(&app, &visit, &signed_in, &id, done, None, &Typed::new()).await
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    id: &str,
    done: Option<String>,
    error: Option<String>,
    typed: &Typed,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let store = &app.desk.store;
    let (now, permit) = open(app, signed_in, id).await?;
    let organisations = organisations::all(store).await?;
    let here = format!("/register/{id}");
    let words = fields::typed(&now.enterprise);
    let mut facts = Vec::new();
    let mut missing = Vec::new();
    for field in domain::enterprise::FIELDS.iter().take_while(|field| field.name != "workforce_year") {
        match words.get(field.name).filter(|value| !value.is_empty()) {
            Some(value) => {
                let value = in_words(app, speech, &organisations, field.name, value);
                facts.push((label(speech, field.name), value));
            }
            None => missing.push(label(speech, field.name)),
        }
    }
    let years = enterprises::workforce(store, &permit).await?;
    let programmes = engaged(app, speech, signed_in, id).await?;
    let may = |place: Place| may_change(signed_in, &now, place);
    let shell = desk::shell(visit, &signed_in.session, "/register", now.enterprise.name.clone());
    private_page(&ShowPage {
        shell: desk::crumbs(
            shell,
            [("/register", speech.t("register-title")), (here.as_str(), now.enterprise.name.clone())],
        )
        .synthetic_if(now.synthetic),
        form_token: signed_in.session.form_token.clone(),
        lead: lead(app, speech, &now, years.first()),
        done,
        error,
        canonical: (now.canonical_id != now.id)
            .then(|| speech.href(&format!("/register/{}", now.canonical_id))),
        facts,
        missing: missing.join(", "),
        sites: super::sites::lines(app, speech, &now),
        regions: fields::regions(app, speech),
        years: years.iter().map(|year| in_a_year(speech, year)).collect(),
        workforce: fields::form(app, speech, &organisations, typed, &[], &["workforce"]),
        may_change: may(now.place()),
        may_call: signed_in.actor.permit(ReadContacts { enterprise: id.into(), place: now.place() }).is_ok(),
        may_see_people: signed_in
            .actor
            .permit(ReadPerson { person: String::new(), place: now.place() })
            .is_ok(),
        consents: consent::rows(speech, consents::of_enterprise(store, &permit).await?),
        purposes: consent::purposes(speech),
        today: app.today().to_string(),
        doubles: doubles(app, visit, signed_in, &now, &permit).await?,
        merges: merged(app, visit, signed_in, &permit).await?,
        history: history(app, visit, &permit).await?,
        start: (may_start(signed_in, &now) && !programmes.iter().any(|one| one.running))
            .then(|| speech.href(&format!("/delivery/engagements/new?enterprise={id}"))),
        programmes,
        here,
        id: id.to_owned(),
    })
}

/// May this person select the enterprise for a programme? The form asks again.
fn may_start(signed_in: &SignedIn, now: &Registered) -> bool {
    let place = Place { shared_by_programmes: true, ..now.place() };
    now.canonical_id == now.id && signed_in.actor.permit(Arrange { what: now.id.clone(), place }).is_ok()
}

/// The engagements of the enterprise that the reader may see.
async fn engaged(
    app: &AppState,
    speech: Speech,
    signed_in: &SignedIn,
    id: &str,
) -> Result<Vec<Engaged>, WebError> {
    let Ok(reach) = signed_in.actor.reach::<ReadDelivery>() else { return Ok(Vec::new()) };
    let filter = Filter { enterprise: Some(id), ..Filter::default() };
    let all = engagements::list(&app.desk.store, &reach, &filter, None, ENGAGEMENTS_MAX).await?.rows;
    let one = |line: engagements::Line| Engaged {
        running: !["exited", "withdrawn"].contains(&line.state.as_str()),
        title: app
            .content
            .programme(&line.programme)
            .map_or_else(|| line.programme.clone(), |programme| speech.say(&programme.title).to_owned()),
        state: speech.t(&format!("delivery-state-{}", line.state)),
        href: speech.href(&format!("/delivery/engagements/{}", line.id)),
        numbers: speech.href(&format!("/results/{}/engagements/{}", line.programme, line.id)),
    };
    Ok(all.into_iter().map(one).collect())
}

fn may_change(signed_in: &SignedIn, now: &Registered, place: Place) -> bool {
    let act = ChangeEnterprise {
        id: now.id.clone(),
        version: now.version,
        place,
        enterprise: now.enterprise.clone(),
    };
    now.canonical_id == now.id && signed_in.actor.permit(act).is_ok()
}

fn lead(app: &AppState, speech: Speech, now: &Registered, newest: Option<&Workforce>) -> String {
    let place = named(app, speech, "REGION", &now.enterprise.region);
    let activity = now
        .enterprise
        .activity
        .as_ref()
        .map_or_else(|| speech.t("register-activity-unknown"), |code| named(app, speech, "KBLI2020", code));
    let workers = newest.and_then(|year| Some((year.total()?, year.year)));
    let workers = workers.map_or_else(
        || speech.t("register-workers-unknown"),
        |(workers, year)| {
            let workers = speech.integer(u64::from(workers));
            speech.with("register-workers-known", &[("workers", &workers), ("year", &year.to_string())])
        },
    );
    format!("{place}. {activity}. {workers}")
}

fn in_words(
    app: &AppState,
    speech: Speech,
    organisations: &[domain::organisation::Organisation],
    field: &str,
    value: &str,
) -> String {
    match field {
        "region" => format!("{} ({value})", named(app, speech, "REGION", value)),
        "activity" => format!("{value} {}", named(app, speech, "KBLI2020", value)),
        "ownership" => domain::enterprise::Ownership::parse(value)
            .map_or_else(|| value.to_owned(), |each| fields::ownership(speech, each)),
        "organisation" => organisations
            .iter()
            .find(|organisation| organisation.id == value)
            .map_or_else(|| value.to_owned(), |organisation| organisation.name.clone()),
        "foreign_owned" | "union" | "bipartite" | "exports" => {
            speech.t(if value == "ya" { "register-yes" } else { "register-no" })
        }
        "export_share" => format!("{value}%"),
        _ => value.to_owned(),
    }
}

fn in_a_year(speech: Speech, year: &Workforce) -> Year {
    let known = |count: Option<u32>| {
        count.map_or_else(|| speech.t("register-no-data"), |count| speech.integer(u64::from(count)))
    };
    Year {
        year: year.year,
        men: known(year.male()),
        women: known(year.female()),
        workers: known(year.total()),
        sales: year.sales.map_or_else(
            || speech.t("register-no-data"),
            |sales| format!("Rp\u{a0}{}", speech.integer(sales.unsigned_abs())),
        ),
    }
}

/// Entries that may be the same, with the way to merge them for whoever may.
async fn doubles(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    now: &Registered,
    permit: &Permit<ReadEnterprise>,
) -> Result<Vec<(String, String, Option<String>)>, WebError> {
    let speech = visit.speech;
    if now.canonical_id != now.id || !signed_in.actor.may_somewhere::<MergeEnterprises>() {
        return Ok(Vec::new());
    }
    let similar = register::similar_of(&app.desk.store, permit, &now.enterprise).await?;
    let reach = signed_in.actor.reach::<MergeEnterprises>()?;
    Ok(similar
        .into_iter()
        .map(|other| {
            let query = crate::address::query([("with", other.id.as_str())]);
            let merge = speech.href(&format!("/register/{}/merge?{query}", now.id));
            let place = named(app, speech, "REGION", &other.region);
            (other.name, place, reach.covers(&other.place).then_some(merge))
        })
        .collect())
}

async fn merged(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    permit: &Permit<ReadEnterprise>,
) -> Result<Vec<MergeRow>, WebError> {
    let speech = visit.speech;
    let may = signed_in.actor.may_somewhere::<domain::enterprise::UndoMerge>();
    let mut rows = Vec::new();
    for merge in merges::of(&app.desk.store, permit).await? {
        let who = who(app, visit, &merge.merged_by).await?;
        let at = speech.moment(merge.merged_at);
        let key = if merge.undone_at.is_some() { "register-merge-undone" } else { "register-merge-done" };
        rows.push(MergeRow {
            words: speech.with(key, &[("who", &who), ("at", &at), ("why", &merge.why)]),
            undo: (may && merge.undone_at.is_none())
                .then(|| speech.href(&format!("/register/merges/{}/undo", merge.id))),
        });
    }
    Ok(rows)
}

async fn history(
    app: &AppState,
    visit: &Visit,
    permit: &Permit<ReadEnterprise>,
) -> Result<Vec<(String, String, String)>, WebError> {
    let speech = visit.speech;
    let mut rows = Vec::new();
    for version in enterprises::history(&app.desk.store, permit).await? {
        let key = format!("audit-{}", version.action.replace('.', "-"));
        let action = if speech.knows(&key) { speech.t(&key) } else { version.action };
        let who = who(app, visit, &version.changed_by).await?;
        rows.push((speech.moment(version.changed_at), who, action));
    }
    Ok(rows)
}

/// `POST /register/{enterprise}/workforce`
pub(super) async fn record_workforce(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, mut typed): OwnForm<Typed>,
) -> Result<Response, WebError> {
    let (now, _) = open(&app, &signed_in, &id).await?;
    typed.insert("name".into(), now.enterprise.name.clone());
    typed.insert("region".into(), now.enterprise.region.clone());
    let workforce = match read(&app, &[], &typed) {
        Ok(entry) => entry.workforce,
        Err(faults) => {
            let words: Vec<&str> = faults.iter().map(|fault| visit.speech.say(&fault.message)).collect();
            let page = page(&app, &visit, &signed_in, &id, None, Some(words.join(" ")), &typed).await?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    let workforce = workforce.ok_or_else(incomplete)?;
    let permit =
        signed_in.permit(RecordWorkforce { enterprise: id.clone(), place: now.place(), workforce })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    enterprises::record_workforce(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(back(&visit, &id, "workforce"))
}

/// `POST /register/{enterprise}/consent`
pub(super) async fn record_consent(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, form): OwnForm<consent::Form>,
) -> Result<Response, WebError> {
    let (now, _) = open(&app, &signed_in, &id).await?;
    let subject = ConsentSubject::Enterprise(id.clone());
    consent::record(&app, &signed_in, subject, now.place(), form).await?;
    Ok(back(&visit, &id, "consent"))
}

pub(super) fn back(visit: &Visit, id: &str, done: &str) -> Response {
    Redirect::to(&visit.speech.href(&format!("/register/{id}?done={done}"))).into_response()
}

/// `GET /register/{enterprise}/contacts`: the look goes on record.
pub(super) async fn contacts(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    contacts_page(&app, &visit, &signed_in, &id, &Typed::new(), None).await
}

async fn contacts_page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    id: &str,
    typed: &Typed,
    problem: Option<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let (now, _) = open(app, signed_in, id).await?;
    let permit = signed_in.permit(ReadContacts { enterprise: id.to_owned(), place: now.place() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    let contacts = enterprises::contacts(&mut tx, &permit).await?;
    tx.commit().await?;
    let (page, here) = (format!("/register/{id}"), format!("/register/{id}/contacts"));
    let shell = desk::shell(visit, &signed_in.session, "/register", speech.t("register-contacts"));
    private_page(&ContactsPage {
        shell: desk::crumbs(
            shell,
            [
                ("/register", speech.t("register-title")),
                (page.as_str(), now.enterprise.name.clone()),
                (here.as_str(), speech.t("register-contacts")),
            ],
        )
        .synthetic_if(now.synthetic),
        form_token: signed_in.session.form_token.clone(),
        back: speech.href(&page),
        here: speech.href(&here),
        contacts,
        fields: fields::form(app, speech, &[], typed, &[], &["contact"]),
        problem,
        may_change: may_change(signed_in, &now, now.place()),
    })
}

/// `POST /register/{enterprise}/contacts`: adds one, or leaves one out.
pub(super) async fn record_contacts(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, mut typed): OwnForm<Typed>,
) -> Result<Response, WebError> {
    let (now, _) = open(&app, &signed_in, &id).await?;
    typed.insert("name".into(), now.enterprise.name.clone());
    typed.insert("region".into(), now.enterprise.region.clone());
    let entry = match read(&app, &[], &typed) {
        Ok(entry) => entry,
        Err(faults) => {
            let words: Vec<&str> = faults.iter().map(|fault| visit.speech.say(&fault.message)).collect();
            let page = contacts_page(&app, &visit, &signed_in, &id, &typed, Some(words.join(" "))).await?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    let look = signed_in.permit(ReadContacts { enterprise: id.clone(), place: now.place() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    let mut contacts = enterprises::contacts(&mut tx, &look).await?;
    if let Some(position) = typed.get("leave_out").and_then(|text| text.parse::<usize>().ok()) {
        if position < contacts.len() {
            contacts.remove(position);
        }
    }
    contacts.extend(entry.contacts);
    let act = RecordContacts { enterprise: id.clone(), place: now.place(), contacts };
    enterprises::record_contacts(&mut tx, &signed_in.permit(act)?).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/register/{id}/contacts"))).into_response())
}
