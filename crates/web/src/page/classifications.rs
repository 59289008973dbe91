//! Classifications: the editions, and their codes as a page and as JSON for pickers.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::classification::Classification;
use domain::language::{Language, Text};
use serde::Deserialize;
use serde_json::json;

use crate::address;
use crate::error::WebError;
use crate::layout::{self, Link, Place, Shell};
use crate::parts::{Cell, Head, Row, TableView};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

struct Line {
    id: String,
    href: String,
    title: String,
    levels: String,
    source: String,
}

#[derive(Template)]
#[template(path = "classifications.html")]
struct ListPage {
    shell: Shell,
    classifications: Vec<Line>,
}

/// `GET /classifications`.
pub(super) async fn list(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let title = speech.t("classifications-title");
    let classifications = app.content.classifications().map(|known| Line {
        id: known.id.clone(),
        href: speech.href(&format!("/classifications/{}", address::escape(&known.id))),
        title: speech.say(&known.title).to_owned(),
        levels: levels(known, speech),
        source: speech.say(&known.source).to_owned(),
    });
    layout::public_page(&ListPage {
        shell: Shell::new(&visit, Place::Methodology, title.clone()).with_crumbs([("", title)]),
        classifications: classifications.collect(),
    })
}

fn levels(known: &Classification, speech: Speech) -> String {
    let parts = known.levels.iter().enumerate().map(|(level, named)| {
        let count = known.at_level(level as u8, None).count();
        let label = crate::finding::lower_first(speech.say(&named.label));
        format!("{} {label}", speech.integer(count as u64))
    });
    parts.collect::<Vec<_>>().join(", ")
}

#[derive(Template)]
#[template(path = "classification.html")]
struct ClassificationPage {
    shell: Shell,
    lead: String,
    levels: String,
    /// The code whose children are shown, if any.
    here: Option<String>,
    up: Option<Link>,
    table: TableView,
    json: String,
}

#[derive(Deserialize)]
pub(super) struct Below {
    parent: Option<String>,
}

/// `GET /classifications/{id}?parent=C`: one level at a time.
pub(super) async fn one(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(below): Query<Below>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let known = app.content.classification(&id).ok_or(WebError::NotFound)?;
    let parent = match below.parent.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => Some(known.find(code).ok_or(WebError::NotFound)?),
        None => None,
    };
    let base = format!("/classifications/{}", address::escape(&known.id));
    let below = |code: &str| speech.href(&format!("{base}?parent={}", address::escape(code)));
    let mut table = TableView::new(speech, "codes");
    table.heads = vec![
        Head::words(speech.t("column-code")),
        Head::words(speech.t("column-name")),
        Head::words(speech.t("column-validity")),
    ];
    let has_children: std::collections::HashSet<u32> =
        known.codes.iter().filter_map(|code| code.parent).collect();
    table.rows = known
        .codes
        .iter()
        .enumerate()
        .filter(|(_, code)| code.parent == parent)
        .map(|(position, code)| Row {
            name: code.code.clone(),
            href: has_children.contains(&(position as u32)).then(|| below(&code.code)),
            cells: vec![Cell::Words(speech.say(&code.label).to_owned()), Cell::Words(validity(speech, code))],
            ..Row::default()
        })
        .collect();
    let here = parent.map(|position| known.get(position));
    let up = here.map(|code| match code.parent {
        Some(parent) => {
            let parent = known.get(parent);
            Link { href: below(&parent.code), label: speech.say(&parent.label).to_owned(), current: false }
        }
        None => Link { href: speech.href(&base), label: speech.say(&known.title).to_owned(), current: false },
    });
    let title = speech.say(&known.title).to_owned();
    layout::public_page(&ClassificationPage {
        shell: Shell::new(&visit, Place::Methodology, title)
            .with_crumbs([("/classifications", speech.t("foot-classifications")), ("", known.id.clone())]),
        lead: speech.say(&known.source).to_owned(),
        levels: levels(known, speech),
        here: here.map(|code| format!("{} {}", code.code, speech.say(&code.label))),
        up,
        table,
        json: format!("/api/v1/classifications/{}", known.id),
    })
}

fn validity(speech: Speech, code: &domain::classification::Code) -> String {
    let day = |date: jiff::civil::Date| speech.short_date(date);
    match (code.valid_from, code.valid_to) {
        (None, None) => String::new(),
        (Some(from), None) => speech.with("valid-from", &[("from", &day(from))]),
        (None, Some(to)) => speech.with("valid-to", &[("to", &day(to))]),
        (Some(from), Some(to)) => speech.with("valid-both", &[("from", &day(from)), ("to", &day(to))]),
    }
}

/// What a picker asks for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    level: Option<String>,
    parent: Option<String>,
    /// Words or the beginning of a code.
    q: Option<String>,
    on: Option<String>,
    limit: Option<usize>,
}

fn refuse(id: String, en: String) -> WebError {
    WebError::BadRequest(Text::new(id, en))
}

/// `GET /api/v1/classifications`.
pub(super) async fn list_json(State(app): State<AppState>) -> Response {
    let all: Vec<_> = app
        .content
        .classifications()
        .map(|known| {
            let levels: Vec<_> =
                known.levels.iter().map(|level| json!({ "id": level.id, "label": level.label })).collect();
            json!({
                "id": known.id, "title": known.title, "source": known.source,
                "levels": levels, "codes": known.codes.len(),
            })
        })
        .collect();
    json_answer(&json!({ "classifications": all }))
}

/// `GET /api/v1/classifications/{id}?level=section&parent=C&q=makan&on=2024-01-01`.
pub(super) async fn one_json(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let known = app.content.classification(&id).ok_or(WebError::NotFound)?;
    let level = match &wanted.level {
        None => None,
        Some(id) => Some(known.level(id).ok_or_else(|| {
            let levels: Vec<&str> = known.levels.iter().map(|level| level.id.as_str()).collect();
            let levels = levels.join(", ");
            refuse(
                format!("Tingkat “{id}” tidak ada; pilih salah satu: {levels}."),
                format!("There is no level “{id}”; choose one of: {levels}."),
            )
        })?),
    };
    let parent = match &wanted.parent {
        None => None,
        Some(code) => Some(known.find(code).ok_or(WebError::NotFound)?),
    };
    let day = match &wanted.on {
        None => None,
        Some(text) => Some(text.parse::<jiff::civil::Date>().map_err(|_| {
            refuse(
                format!("“{text}” bukan tanggal seperti 2024-01-31."),
                format!("“{text}” is not a date such as 2024-01-31."),
            )
        })?),
    };
    let words = wanted.q.as_deref().map(str::to_lowercase);
    let matches = |code: &domain::classification::Code| {
        let text = |text: &Text, language| text.get(language).to_lowercase();
        words.as_ref().is_none_or(|words| {
            code.code.to_lowercase().starts_with(words)
                || Language::ALL.into_iter().any(|language| text(&code.label, language).contains(words))
        })
    };
    let limit = wanted.limit.unwrap_or(2_000).min(10_000);
    let codes: Vec<_> = known
        .codes
        .iter()
        .filter(|code| level.is_none_or(|level| code.level == level))
        .filter(|code| parent.is_none_or(|parent| code.parent == Some(parent)))
        .filter(|code| day.is_none_or(|day| code.in_force(day)))
        .filter(|code| matches(code))
        .take(limit)
        .map(|code| {
            json!({
                "code": code.code,
                "parent": code.parent.map(|parent| known.get(parent).code.as_str()),
                "level": known.levels[usize::from(code.level)].id,
                "label": code.label,
                "valid_from": code.valid_from, "valid_to": code.valid_to,
                "other": code.other.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            })
        })
        .collect();
    Ok(json_answer(&json!({ "id": known.id, "title": known.title, "source": known.source, "codes": codes })))
}

fn json_answer(value: &serde_json::Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, value.to_string()).into_response()
}
