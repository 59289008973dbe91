//! Where else an enterprise works: one more place, or one less.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::enterprise::{RecordSites, Site};
use domain::language::Text;
use store::enterprises::{self, Registered};

use super::fields::{Typed, named};
use super::show::{back, open};
use crate::error::WebError;
use crate::office::guard::OwnForm;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// More places than this are a list of branches, not a register.
const SITES_MAX: usize = 50;

/// The sites as the page lists them.
pub(super) fn lines(app: &AppState, speech: Speech, now: &Registered) -> Vec<(String, String)> {
    now.sites
        .iter()
        .map(|site| {
            let place = named(app, speech, "REGION", &site.region);
            let address = if site.address.is_empty() { String::new() } else { format!(", {}", site.address) };
            (site.name.clone(), format!("{place}{address}"))
        })
        .collect()
}

/// `POST /register/{enterprise}/sites`: adds one, or leaves one out.
pub(super) async fn record(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, typed): OwnForm<Typed>,
) -> Result<Response, WebError> {
    let (now, _) = open(&app, &signed_in, &id).await?;
    let mut sites = now.sites.clone();
    if let Some(position) = typed.get("leave_out").and_then(|text| text.parse::<usize>().ok()) {
        if position < sites.len() {
            sites.remove(position);
        }
    } else {
        sites.push(site(&app, &typed)?);
    }
    if sites.len() > SITES_MAX {
        return Err(WebError::BadRequest(Text::new(
            "Paling banyak 50 lokasi lain.",
            "50 other places at most.",
        )));
    }
    let permit = signed_in.permit(RecordSites { enterprise: id.clone(), place: now.place(), sites })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    enterprises::record_sites(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(back(&visit, &id, "sites"))
}

fn site(app: &AppState, typed: &Typed) -> Result<Site, WebError> {
    let text = |field: &str| -> String {
        let plain = typed.get(field).map(|text| text.trim()).unwrap_or_default();
        plain.chars().filter(|letter| !letter.is_control()).take(200).collect()
    };
    let region = text("site_region");
    let known = app.content.classification("REGION").is_none_or(|all| all.find(&region).is_some());
    if text("site_name").is_empty() || region.is_empty() || !known {
        return Err(WebError::BadRequest(Text::new(
            "Tulis nama lokasi itu dan pilih wilayahnya.",
            "Write the name of that place and choose its region.",
        )));
    }
    Ok(Site { name: text("site_name"), region, address: text("site_address") })
}
