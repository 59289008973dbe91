//! All that is kept about a person, for the person: as a page to print and as JSON for another system.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::person::{ExportPerson, Person, Purpose};
use serde_json::Value;
use store::people;

use super::consent::purpose;
use super::show::facts;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::SignedIn;
use crate::office::who;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "people/export.html")]
struct ExportPage {
    shell: Shell,
    made: String,
    facts: Vec<(String, String)>,
    sections: Vec<Section>,
    json: String,
}

struct Section {
    title: String,
    lines: Vec<String>,
}

async fn export(app: &AppState, signed_in: &SignedIn, id: &str) -> Result<Value, WebError> {
    let place = people::place(&app.desk.store, id).await?;
    let permit = signed_in.permit(ExportPerson { person: id.to_owned(), place })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    let all = people::export(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(all)
}

/// `GET /people/{person}/export.json`
pub(super) async fn json(
    State(app): State<AppState>,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let all = export(&app, &signed_in, &id).await?;
    let text = serde_json::to_string_pretty(&all).map_err(WebError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"data-pribadi.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// `GET /people/{person}/export`
pub(super) async fn page(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let all = export(&app, &signed_in, &id).await?;
    let person: Option<Person> = serde_json::from_value(all["person"].clone()).map_err(WebError::internal)?;
    let person = person.ok_or(WebError::NotFound)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = |name: &str| all[name].as_array().cloned().unwrap_or_default();
    let mut sections = Vec::new();
    let mut section = |key: &str, lines: Vec<String>| {
        let none = if lines.is_empty() { vec![speech.t("person-nothing")] } else { lines };
        sections.push(Section { title: speech.t(key), lines: none });
    };
    section(
        "person-trainings",
        rows("trainings")
            .iter()
            .map(|one| {
                format!(
                    "{} – {}: {}, {}",
                    text(&one["from"]),
                    text(&one["to"]),
                    text(&one["module"]),
                    text(&one["venue"])
                )
            })
            .collect(),
    );
    section(
        "register-consent",
        rows("consents")
            .iter()
            .map(|one| {
                let named = Purpose::parse(&text(&one["purpose"])).map(|each| purpose(speech, each));
                let word = if one["given"] == true { "register-yes" } else { "register-no" };
                format!("{}: {}, {}", named.unwrap_or_default(), speech.t(word), text(&one["on"]))
            })
            .collect(),
    );
    section(
        "register-contacts",
        rows("contacts")
            .iter()
            .map(|one| format!("{} {} {}", text(&one["name"]), text(&one["phone"]), text(&one["email"])))
            .collect(),
    );
    section("person-account", all["account"]["email"].as_str().map(str::to_owned).into_iter().collect());
    let mut looks = Vec::new();
    for one in rows("looks") {
        let key = format!("audit-{}", text(&one["action"]).replace('.', "-"));
        let by = who(&app, &visit, &text(&one["by"])).await?;
        looks.push(format!("{}: {by} {}", text(&one["at"]), speech.t(&key)));
    }
    section("person-looks", looks);
    let here = format!("/people/{id}");
    let shell = desk::shell(&visit, &signed_in.session, "/register", speech.t("person-export"));
    private_page(&ExportPage {
        shell: desk::crumbs(
            shell,
            [("/people", speech.t("person-title")), (here.as_str(), person.name.clone())],
        ),
        made: speech.with("person-export-made", &[("at", &speech.moment(app.now()))]),
        facts: facts(speech, &person),
        sections,
        json: speech.href(&format!("{here}/export.json")),
    })
}
