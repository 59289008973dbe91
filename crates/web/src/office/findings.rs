//! Findings as a page shows them and as files carry them away.

use std::path::Path as FilePath;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::finding::{Finding, Severity};
use intake::Summary;
use intake::findings::{Filter, Page};
use serde::Deserialize;
use store::imports::{self, Import};
use tokio_util::io::ReaderStream;

use super::guard::SignedIn;
use super::{imports::staging, workbook};
use crate::address;
use crate::error::WebError;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// Findings on one page.
const PAGE_FINDINGS: usize = 50;

/// Which findings a reader asked for, and which column is to be repaired.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    from: u64,
    #[serde(skip)]
    row: Option<u64>,
    rule: Option<String>,
    column: Option<String>,
    severity: Option<String>,
    pub(super) repair: Option<String>,
}

impl Wanted {
    /// Everything, with the repair form open at one variable.
    pub(super) fn repairing(variable: &str) -> Self {
        Wanted { repair: Some(variable.to_owned()), ..Wanted::default() }
    }

    /// All that was found about one row.
    pub(super) fn of_row(row: u64) -> Self {
        Wanted { row: Some(row), ..Wanted::default() }
    }

    fn filter(&self) -> Filter {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        Filter {
            row: self.row,
            rule: given(&self.rule),
            column: given(&self.column),
            severity: self.severity.as_deref().and_then(Severity::parse),
        }
    }

    /// The address of the page that begins at `from`.
    pub(super) fn href(&self, here: &str, from: u64) -> String {
        let from = from.to_string();
        let mut pairs = vec![("from", from.as_str())];
        for (name, value) in [("rule", &self.rule), ("column", &self.column), ("severity", &self.severity)] {
            pairs.extend(value.as_deref().filter(|value| !value.is_empty()).map(|value| (name, value)));
        }
        format!("{here}?{}#findings", address::query(pairs))
    }

    /// What the list is narrowed to, in words; `None` if it shows everything.
    pub(super) fn described(&self, summary: &Summary, speech: Speech) -> Option<String> {
        let filter = self.filter();
        let rule = filter.rule.map(|rule| {
            let cause = summary.causes.iter().find(|cause| cause.rule == rule);
            cause.map_or(rule, |cause| speech.say(&cause.title).to_owned())
        });
        let severity = filter.severity.map(|severity| severity_label(severity, speech));
        let parts: Vec<String> = [rule, filter.column, severity].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }
}

/// Findings with one cause, as a row of the table of causes.
pub(super) struct Cause {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) count: String,
    pub(super) column: String,
    pub(super) chip: &'static str,
    pub(super) status: String,
    pub(super) remedy: String,
    /// Opens the repair form with this column chosen.
    pub(super) repair: Option<String>,
}

impl Cause {
    /// `repairable` says whether reading a variable differently can settle anything.
    pub(super) fn of(
        cause: &intake::Cause,
        summary: &Summary,
        repairable: impl Fn(&str) -> bool,
        here: &str,
        speech: Speech,
    ) -> Self {
        let mut pairs = vec![("rule", cause.rule.as_str())];
        if !cause.column.is_empty() {
            pairs.push(("column", &cause.column));
        }
        let variable =
            summary.columns.iter().find(|used| used.column == cause.column && repairable(&used.variable));
        let title = speech.say(&cause.title);
        Cause {
            title: if title.is_empty() { cause.rule.clone() } else { title.to_owned() },
            href: speech.href(&format!("{here}?{}#findings", address::query(pairs))),
            count: speech.integer(cause.count),
            column: cause.column.clone(),
            chip: severity_chip(cause.severity),
            status: severity_label(cause.severity, speech),
            remedy: speech.say(&cause.remedy).to_owned(),
            repair: variable.map(|used| {
                let query = address::query([("repair", used.variable.as_str())]);
                speech.href(&format!("{here}?{query}#repair"))
            }),
        }
    }
}

/// One finding as a row.
pub(super) struct FindingRow {
    pub(super) row: String,
    pub(super) column: String,
    pub(super) unit: String,
    pub(super) value: String,
    pub(super) mark: &'static str,
    pub(super) message: String,
    pub(super) remedy: String,
    pub(super) rule: String,
    pub(super) chip: &'static str,
    pub(super) status: String,
}

impl FindingRow {
    pub(super) fn of(finding: &Finding, speech: Speech) -> Self {
        FindingRow {
            row: match finding.row {
                0 => speech.t("office-whole-file"),
                row => speech.integer(row),
            },
            column: finding.column.clone(),
            unit: finding.unit.clone(),
            value: finding.value.clone(),
            mark: match finding.severity {
                Severity::Warning => "info",
                Severity::Held => "warn",
                Severity::Refused => "err",
            },
            message: speech.say(&finding.message).to_owned(),
            remedy: speech.say(&finding.remedy).to_owned(),
            rule: finding.rule.clone(),
            chip: severity_chip(finding.severity),
            status: severity_label(finding.severity, speech),
        }
    }
}

fn severity_chip(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "info",
        Severity::Held => "warn",
        Severity::Refused => "err",
    }
}

pub(super) fn severity_label(severity: Severity, speech: Speech) -> String {
    speech.t(match severity {
        Severity::Warning => "office-severity-warning",
        Severity::Held => "office-severity-held",
        Severity::Refused => "office-severity-refused",
    })
}

/// One page of findings.
pub(super) async fn read(folder: &FilePath, wanted: &Wanted) -> Result<Page, WebError> {
    let path = folder.join(intake::FINDINGS_FILE);
    let (from, filter) = (wanted.from, wanted.filter());
    tokio::task::spawn_blocking(move || intake::findings::page(&path, from, PAGE_FINDINGS, &filter))
        .await
        .map_err(WebError::internal)?
        .map_err(WebError::internal)
}

/// `GET /office/imports/{import}/findings.csv`: the file as the check wrote it, however long.
pub(super) async fn csv(
    State(app): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    let import = imports::get(&app.desk.store, &id).await?;
    let file = tokio::fs::File::open(staging(&app, &id).join(intake::FINDINGS_FILE))
        .await
        .map_err(|_| WebError::NotFound)?;
    let body = Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024));
    Ok(attachment(&import, "csv", "text/csv; charset=utf-8", body))
}

/// `GET /office/imports/{import}/findings.xlsx`
pub(super) async fn xlsx(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    let import = imports::get(&app.desk.store, &id).await?;
    let path = staging(&app, &id).join(intake::FINDINGS_FILE);
    let speech = visit.speech;
    let file = tokio::task::spawn_blocking(move || workbook::findings(&path, speech))
        .await
        .map_err(WebError::internal)??;
    let body = Body::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(file), 64 * 1024));
    Ok(attachment(&import, "xlsx", workbook::CONTENT_TYPE, body))
}

fn attachment(import: &Import, extension: &str, content_type: &'static str, body: Body) -> Response {
    let stem = import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
    let plain: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(60).collect();
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}-temuan.{extension}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body).into_response()
}
