//! Groups that learn together: who tends them, when they meet, who belongs to them.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::Place;
use domain::network::{Group, JoinGroup, ReadNetwork, TendGroup};
use serde::Deserialize;
use store::delivery::engagements::any_synthetic;
use store::{enterprises, network, organisations};

use super::{own_enterprises, programme};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{OwnForm, SignedIn, incomplete};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "network/groups.html")]
struct GroupsPage {
    shell: Shell,
    form_token: String,
    programme: String,
    groups: Vec<Row>,
    /// The enterprises in whose name this person may join.
    own: Vec<(String, String)>,
    may_tend: bool,
    organisations: Vec<(String, String)>,
    regions: Vec<(String, String)>,
    problems: Vec<(String, String)>,
}

struct Row {
    title: String,
    facts: String,
    note: String,
    members: String,
    join: String,
    leave: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    programme: String,
}

/// `GET /network/groups`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let store = &app.desk.store;
    let reach = signed_in.actor.reach::<ReadNetwork>()?;
    let programme = programme(&app, &asked.programme)?;
    let organisations = organisations::all(store).await?;
    let groups = network::groups(store, &reach, &programme.id).await?.into_iter().map(|one| {
        let group = one.group;
        let who = organisations.iter().find(|known| known.id == group.organisation);
        let who = who.map_or(group.organisation.as_str(), |known| known.name.as_str()).to_owned();
        let next = group.next_on.map_or_else(|| speech.t("network-group-no-day"), |day| speech.date(day));
        let region = crate::register::named(&app, speech, "REGION", &group.region);
        let members: Vec<String> = one.members.into_iter().map(|(_, name)| name).collect();
        let href = |word: &str| speech.href(&format!("/network/groups/{}/{word}", group.id));
        Row {
            facts: speech.with("network-group-facts", &[("who", &who), ("region", &region), ("next", &next)]),
            members: if members.is_empty() { speech.t("network-group-empty") } else { members.join(", ") },
            join: href("join"),
            leave: href("leave"),
            title: group.title,
            note: group.note,
        }
    });
    let groups: Vec<Row> = groups.collect();
    let here = "/network/groups";
    let synthetic = any_synthetic(store, &programme.id).await?;
    let shell = desk::shell(&visit, &signed_in.session, "/network", speech.t("network-groups"));
    private_page(&GroupsPage {
        shell: desk::crumbs(
            shell,
            [("/network", speech.t("network-title")), (here, speech.t("network-groups"))],
        )
        .synthetic_if(synthetic),
        form_token: signed_in.session.form_token.clone(),
        groups,
        own: own_enterprises(&app, &signed_in.actor).await?,
        may_tend: signed_in.actor.may_somewhere::<TendGroup>(),
        organisations: organisations.into_iter().map(|one| (one.id, one.name)).collect(),
        regions: crate::register::regions(&app, speech),
        problems: programme
            .problems
            .iter()
            .map(|one| (one.code.clone(), speech.say(&one.label).to_owned()))
            .collect(),
        programme: programme.id.clone(),
    })
}

#[derive(Deserialize)]
pub(super) struct Sent {
    programme: String,
    organisation: String,
    region: String,
    title: String,
    #[serde(default)]
    problem: String,
    #[serde(default)]
    next_on: String,
    #[serde(default)]
    note: String,
}

/// `POST /network/groups`
pub(super) async fn tend(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, sent): OwnForm<Sent>,
) -> Result<Response, WebError> {
    let programme = programme(&app, &sent.programme)?;
    let next_on = match sent.next_on.as_str() {
        "" => None,
        day => Some(day.parse().map_err(|_| incomplete())?),
    };
    let group = Group {
        id: app.new_id(),
        programme: programme.id.clone(),
        organisation: sent.organisation,
        region: sent.region,
        title: sent.title,
        problem_kind: programme.problem(&sent.problem).map(|problem| problem.code.clone()),
        next_on,
        note: sent.note,
    };
    let place =
        Place::programme(&group.programme).in_region(&group.region).of_organisation(&group.organisation);
    let permit = signed_in.permit(TendGroup { group: group.id.clone(), place })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    network::tend(&mut tx, &permit, &group).await?;
    tx.commit().await?;
    Ok(back(&visit, &programme.id))
}

fn back(visit: &Visit, programme: &str) -> Response {
    let query = address::query([("programme", programme)]);
    Redirect::to(&visit.speech.href(&format!("/network/groups?{query}"))).into_response()
}

#[derive(Deserialize)]
pub(super) struct Membership {
    enterprise: String,
    #[serde(default)]
    programme: String,
}

/// `POST /network/groups/{group}/join` and `/leave`
pub(super) async fn join(
    State(app): State<AppState>,
    visit: Visit,
    Path((group, word)): Path<(String, String)>,
    OwnForm(signed_in, sent): OwnForm<Membership>,
) -> Result<Response, WebError> {
    let stays = match word.as_str() {
        "join" => true,
        "leave" => false,
        _ => return Err(WebError::NotFound),
    };
    let enterprise = sent.enterprise.trim();
    let place = enterprises::place(&app.desk.store, enterprise).await?;
    let permit = signed_in.permit(JoinGroup { group, place })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    network::join(&mut tx, &permit, enterprise, stays).await?;
    tx.commit().await?;
    Ok(back(&visit, &sent.programme))
}
