//! Two entries that are one enterprise: shown side by side, merged with a reason, and undone.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::enterprise::{FIELDS, MergeEnterprises, UndoMerge};
use serde::Deserialize;
use store::merges;

use super::fields::{self, label};
use super::show::{back, open};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{Nothing, OwnForm, SignedIn};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "register/merge.html")]
struct MergePage {
    shell: Shell,
    form_token: String,
    action: String,
    back: String,
    kept: String,
    merged: String,
    merged_id: String,
    /// Field, what the kept one says, what the other says, and whether they differ.
    rows: Vec<(String, String, String, bool)>,
}

#[derive(Deserialize)]
pub(super) struct Other {
    with: String,
}

#[derive(Deserialize)]
pub(super) struct Decision {
    merged: String,
    #[serde(default)]
    why: String,
}

/// `GET /register/{enterprise}/merge?with=…`
pub(super) async fn confirm(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    signed_in: SignedIn,
    Query(other): Query<Other>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let (kept, _) = open(&app, &signed_in, &id).await?;
    let (merged, _) = open(&app, &signed_in, &other.with).await?;
    signed_in.permit(act(&kept.id, &merged.id, kept.place(), String::new(), String::new()))?;
    signed_in.permit(act(&kept.id, &merged.id, merged.place(), String::new(), String::new()))?;
    let (ours, theirs) = (fields::typed(&kept.enterprise), fields::typed(&merged.enterprise));
    let rows = FIELDS.iter().filter_map(|field| {
        let value = |from: &fields::Typed| from.get(field.name).cloned().unwrap_or_default();
        let (one, two) = (value(&ours), value(&theirs));
        let differs = one != two;
        (!one.is_empty() || !two.is_empty()).then(|| (label(speech, field.name), one, two, differs))
    });
    let here = format!("/register/{id}");
    let shell = desk::shell(&visit, &signed_in.session, "/register", speech.t("register-merge"));
    private_page(&MergePage {
        shell: desk::crumbs(
            shell,
            [("/register", speech.t("register-title")), (here.as_str(), kept.enterprise.name.clone())],
        )
        .synthetic_if(kept.synthetic || merged.synthetic),
        form_token: signed_in.session.form_token.clone(),
        action: speech.href(&format!("{here}/merge")),
        back: speech.href(&here),
        rows: rows.collect(),
        kept: kept.enterprise.name,
        merged: merged.enterprise.name,
        merged_id: merged.id,
    })
}

fn act(kept: &str, merged: &str, place: domain::actor::Place, id: String, why: String) -> MergeEnterprises {
    MergeEnterprises { id, kept: kept.to_owned(), merged: merged.to_owned(), place, why }
}

/// `POST /register/{enterprise}/merge`
pub(super) async fn merge(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, decision): OwnForm<Decision>,
) -> Result<Response, WebError> {
    let (kept, _) = open(&app, &signed_in, &id).await?;
    let why = decision.why.chars().take(500).collect();
    let permit = signed_in.permit(act(&id, &decision.merged, kept.place(), app.new_id(), why))?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    merges::merge(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(back(&visit, &id, "merged"))
}

/// `POST /register/merges/{merge}/undo`
pub(super) async fn undo(
    State(app): State<AppState>,
    visit: Visit,
    Path(merge): Path<String>,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let place = merges::place(&app.desk.store, &merge).await?;
    let kept = place.enterprise.clone().unwrap_or_default();
    let permit = signed_in.permit(UndoMerge { merge, place })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    merges::undo(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(back(&visit, &kept, "unmerged"))
}
