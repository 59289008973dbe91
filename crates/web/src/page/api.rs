//! The page that explains the doors for machines, and the description of our own API.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::WebError;
use crate::layout::{self, Place, Shell};
use crate::reading::Reading;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    shell: Shell,
    base: String,
    dataset: String,
    release: String,
}

/// `GET /api`.
pub(super) async fn show(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let title = visit.speech.t("api-title");
    let datasets = app.datasets();
    let first = datasets.iter().find(|dataset| !dataset.latest().manifest.synthetic).or(datasets.first());
    layout::public_page(&ApiPage {
        shell: Shell::new(&visit, Place::Nowhere, title.clone()).with_crumbs([("", title)]),
        base: app.config.base_url.clone(),
        dataset: first.map_or_else(|| "NPD_MACRO".to_owned(), |dataset| dataset.id.clone()),
        release: first
            .map_or_else(|| "npd_macro-1".to_owned(), |dataset| dataset.latest().manifest.id.clone()),
    })
}

/// `GET /api/v1/datasets`: the catalogue for machines.
pub(super) async fn datasets(State(app): State<AppState>) -> Result<Response, WebError> {
    let mut all = Vec::new();
    for dataset in app.datasets() {
        let reading = app.reading(&dataset.id, None).await?;
        all.push(describe(&app, &reading));
    }
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=60"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    Ok((headers, json!({ "datasets": all }).to_string()).into_response())
}

fn describe(app: &AppState, reading: &Reading) -> serde_json::Value {
    let base = &app.config.base_url;
    let manifest = &reading.release.manifest;
    let dimensions: Vec<_> = reading
        .dimensions()
        .iter()
        .map(|dimension| {
            let levels: Vec<&str> = dimension.levels.iter().map(|level| level.id.as_str()).collect();
            json!({
                "id": dimension.id, "concept": dimension.concept, "label": dimension.label,
                "classification": dimension.classification, "levels": levels,
                "members": dimension.members.len(),
            })
        })
        .collect();
    let measures: Vec<_> = reading
        .measures()
        .iter()
        .map(|measure| {
            json!({
                "code": measure.code, "label": measure.label, "unit": measure.unit,
                "definition": measure.definition, "formula": measure.formula,
            })
        })
        .collect();
    let releases: Vec<_> = reading
        .dataset
        .releases
        .iter()
        .map(|release| {
            json!({
                "id": release.manifest.id, "vintage": release.manifest.vintage,
                "published_at": release.published_at(),
                "csv": format!("{base}/releases/{}/download.csv", release.manifest.id),
            })
        })
        .collect();
    json!({
        "id": reading.dataset.id, "title": reading.dataset.title, "synthetic": reading.is_synthetic(),
        "source": manifest.source, "licence": manifest.licence,
        "dimensions": dimensions, "measures": measures, "releases": releases,
    })
}

/// `GET /api/openapi.json`.
pub(super) async fn openapi() -> Response {
    let parameter = |name: &str, place: &str, text: &str| {
        json!({
            "name": name, "in": place, "required": place == "path",
            "description": text, "schema": { "type": "string" },
        })
    };
    let get = |summary: &str, parameters: Vec<serde_json::Value>| {
        json!({ "get": {
            "summary": summary, "parameters": parameters,
            "responses": {
                "200": { "description": "The answer", "content": { "application/json": {} } },
                "default": {
                    "description": "A problem (RFC 9457)", "content": { "application/problem+json": {} },
                },
            },
        } })
    };
    let id = || parameter("id", "path", "Id of the classification, such as KBLI2020");
    let description = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lumbung", "version": env!("CARGO_PKG_VERSION"),
            "description": "Released statistics of the National Productivity Database. Data come as CSV, \
                            XLSX, \
                            SDMX and JSON-stat from /releases and /sdmx; this API describes them.",
        },
        "paths": {
            "/api/v1/datasets": get("Datasets with measures, dimensions and releases", vec![]),
            "/api/v1/classifications": get("Classifications and their levels", vec![]),
            "/api/v1/classifications/{id}": get("Codes of a classification", vec![
                id(),
                parameter("level", "query", "Only codes of this level, such as section"),
                parameter("parent", "query", "Only children of this code"),
                parameter("q", "query", "Words of the label in either language, or the start of a code"),
                parameter("on", "query", "Only codes in force on this day, such as 2024-01-31"),
                parameter("limit", "query", "At most so many, up to 10000"),
            ]),
        },
    });
    (
        [(header::CONTENT_TYPE, "application/json"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")],
        description.to_string(),
    )
        .into_response()
}
