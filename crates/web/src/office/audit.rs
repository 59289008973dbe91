//! The audit log, for administrators, and whether its chain of seals is whole.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::actor::ReadAudit;
use serde::Deserialize;
use store::{StoreError, accounts, audit};

use super::guard::SignedIn;
use super::{PAGE_ROWS, desk};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/audit.html")]
struct AuditPage {
    shell: Shell,
    /// Asked for only: the whole log is walked.
    verdict: Option<Verdict>,
    verify: String,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Verdict {
    whole: bool,
    words: String,
}

struct Row {
    seq: i64,
    at: String,
    who: String,
    action: String,
    subject: String,
    detail: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<String>,
    #[serde(default)]
    verify: bool,
}

/// `GET /office/audit`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(ReadAudit { what: "log".into() })?;
    let speech = visit.speech;
    let store = &app.desk.store;
    let page = audit::list(store, &permit, asked.before.as_deref(), PAGE_ROWS).await?;
    let verdict = if asked.verify { Some(verdict(&app, &visit).await?) } else { None };
    let mut rows = Vec::with_capacity(page.rows.len());
    for entry in page.rows {
        let key = format!("audit-{}", entry.action.replace('.', "-"));
        rows.push(Row {
            seq: entry.seq,
            at: speech.moment(entry.at),
            who: who(&app, &visit, &entry.actor).await?,
            action: if speech.knows(&key) { speech.t(&key) } else { entry.action },
            subject: entry.subject,
            detail: if entry.detail == serde_json::json!({}) {
                String::new()
            } else {
                entry.detail.to_string()
            },
        });
    }
    let shell = desk::shell(&visit, &signed_in.session, "/office/audit", speech.t("office-audit"));
    private_page(&AuditPage {
        shell: desk::crumbs(shell, [("/office/audit", speech.t("office-audit"))]),
        verdict,
        verify: speech.href("/office/audit?verify=true"),
        rows,
        next: page.next.map(|next| {
            speech.href(&format!("/office/audit?{}", address::query([("before", next.as_str())])))
        }),
    })
}

async fn verdict(app: &AppState, visit: &Visit) -> Result<Verdict, WebError> {
    let speech = visit.speech;
    match audit::verify_chain(&app.desk.store).await {
        Ok(chain) => {
            let entries = speech.integer(chain.entries.unsigned_abs());
            let words = speech.with("office-audit-whole", &[("entries", &entries), ("head", &chain.head)]);
            Ok(Verdict { whole: true, words })
        }
        Err(StoreError::AuditBroken { seq, .. }) => {
            let seq = speech.integer(seq.unsigned_abs());
            Ok(Verdict { whole: false, words: speech.with("office-audit-broken", &[("entry", &seq)]) })
        }
        Err(error) => Err(error.into()),
    }
}

/// The name behind an id of the ledger.
pub(crate) async fn who(app: &AppState, visit: &Visit, id: &str) -> Result<String, WebError> {
    if id == "operator" {
        return Ok(visit.speech.t("office-operator"));
    }
    Ok(accounts::find(&app.desk.store, id).await?.map_or_else(|| id.to_owned(), |account| account.name))
}
