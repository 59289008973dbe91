//! The pages of a file on its way in: choose it, see what it comes to, accept or discard it.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use domain::enterprise::RegisterEnterprise;
use domain::finding::Severity;
use serde::Deserialize;
use store::enterprises;

use super::check::{Checked, Checker, Verdict, headings};
use super::{ROWS_MAX, incoming, workbook};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{self, Nothing, OwnForm, SignedIn};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// Findings and rows that a page shows; the counts are of all.
const SHOWN: usize = 300;
/// Rows written in one transaction: others who write wait no longer than this takes.
const AT_ONCE: usize = 100;
/// How the address says that a file was accepted twice.
const TWICE: &str = "twice";

#[derive(Template)]
#[template(path = "register/import.html")]
struct ImportPage {
    shell: Shell,
    form_token: String,
    rows_max: String,
    extracts: Vec<(String, String, String)>,
    error: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "register/preview.html")]
struct PreviewPage {
    shell: Shell,
    form_token: String,
    here: String,
    counts: Vec<(String, String)>,
    /// Columns that were understood, and what they are.
    read: Vec<(String, String)>,
    unread: String,
    findings: Vec<FindingRow>,
    more: Option<String>,
    rows: Vec<(u64, String, String, String)>,
    worth_it: bool,
}

struct FindingRow {
    row: u64,
    column: String,
    value: String,
    name: String,
    message: String,
    remedy: String,
    rule: String,
    severity: &'static str,
    /// May be ticked as another enterprise.
    double: bool,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

/// `GET /register/import`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let numbers: Vec<&str> = asked.done.split('-').collect();
    let done = match numbers[..] {
        [new, changed, slow] if numbers.iter().all(|number| number.parse::<u32>().is_ok()) => {
            let key = if slow == "0" { "register-file-done" } else { "register-file-done-slow" };
            Some(visit.speech.with(key, &[("new", new), ("changed", changed), ("slow", slow)]))
        }
        [TWICE] => Some(visit.speech.t("register-file-twice")),
        _ => None,
    };
    import_page(&app, &visit, &signed_in, None, done)
}

fn import_page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    error: Option<String>,
    done: Option<String>,
) -> Result<Response, WebError> {
    signed_in.actor.reach::<RegisterEnterprise>()?;
    let speech = visit.speech;
    let shell = desk::shell(visit, &signed_in.session, "/register", speech.t("register-import"));
    let extracts = app.content.extracts().map(|one| {
        let say = |text: &domain::language::Text| speech.say(text).to_owned();
        (one.id.clone(), say(&one.title), say(&one.description))
    });
    private_page(&ImportPage {
        shell: desk::crumbs(
            shell,
            [("/register", speech.t("register-title")), ("/register/import", speech.t("register-import"))],
        ),
        form_token: signed_in.session.form_token.clone(),
        rows_max: speech.integer(ROWS_MAX as u64),
        extracts: extracts.collect(),
        error,
        done,
    })
}

/// `POST /register/import`
pub(super) async fn receive(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    headers: HeaderMap,
    mut parts: Multipart,
) -> Result<Response, WebError> {
    guard::refuse_foreign_origin(&headers, &app)?;
    signed_in.actor.reach::<RegisterEnterprise>()?;
    let sent = match incoming::read(&signed_in, &mut parts).await? {
        Ok(sent) => sent,
        Err(key) => {
            let page = import_page(&app, &visit, &signed_in, Some(visit.speech.t(key)), None)?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    let headings = headings(app.content.extract(&sent.extract));
    match incoming::keep(&app, &signed_in, sent, headings).await? {
        Ok(digest) => {
            Ok(Redirect::to(&visit.speech.href(&format!("/register/import/{digest}"))).into_response())
        }
        Err(words) => {
            let words = visit.speech.say(&words).to_owned();
            let page = import_page(&app, &visit, &signed_in, Some(words), None)?;
            Ok((StatusCode::BAD_REQUEST, page).into_response())
        }
    }
}

/// `GET /register/import/{file}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(digest): Path<String>,
) -> Result<Response, WebError> {
    signed_in.actor.reach::<RegisterEnterprise>()?;
    let kept = incoming::open(&app, &signed_in, &digest).await?;
    let (columns, unread) = (kept.columns.clone(), kept.unread.join(", "));
    let checker = Checker { app, signed_in: signed_in.clone(), digest, others: BTreeSet::new() };
    let checked = checker.check(kept).await?;
    preview(&visit, &signed_in, &checker.digest, &columns, unread, &checked)
}

fn preview(
    visit: &Visit,
    signed_in: &SignedIn,
    digest: &str,
    columns: &BTreeMap<String, String>,
    unread: String,
    checked: &Checked,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let here = format!("/register/import/{digest}");
    let shell = desk::shell(visit, &signed_in.session, "/register", speech.t("register-preview"));
    let more = checked.findings.len().saturating_sub(SHOWN);
    let verdicts = checked.rows.iter().filter_map(|row| {
        let key = match row.verdict {
            Verdict::New(_) => "register-verdict-new",
            Verdict::Changed { .. } => "register-verdict-changed",
            Verdict::Same | Verdict::Double | Verdict::Refused => return None,
        };
        Some((row.number, row.name.clone(), row.region.clone(), speech.t(key)))
    });
    private_page(&PreviewPage {
        shell: desk::crumbs(
            shell,
            [
                ("/register", speech.t("register-title")),
                ("/register/import", speech.t("register-import")),
                (here.as_str(), speech.t("register-preview")),
            ],
        ),
        form_token: signed_in.session.form_token.clone(),
        here: speech.href(&here),
        counts: counts(speech, checked),
        read: columns
            .iter()
            .map(|(field, column)| (column.clone(), workbook::heading(speech, field)))
            .collect(),
        unread,
        findings: checked.findings.iter().take(SHOWN).map(|finding| finding_row(speech, finding)).collect(),
        more: (more > 0)
            .then(|| speech.with("register-preview-more", &[("more", &speech.integer(more as u64))])),
        rows: verdicts.take(SHOWN).collect(),
        worth_it: checked.is_worth_accepting()
            || checked.count(|verdict| matches!(verdict, Verdict::Double)) > 0,
    })
}

fn counts(speech: Speech, checked: &Checked) -> Vec<(String, String)> {
    let count = |is: fn(&Verdict) -> bool| speech.integer(checked.count(is) as u64);
    vec![
        (speech.t("register-count-new"), count(|verdict| matches!(verdict, Verdict::New(_)))),
        (speech.t("register-count-changed"), count(|verdict| matches!(verdict, Verdict::Changed { .. }))),
        (speech.t("register-count-same"), count(|verdict| matches!(verdict, Verdict::Same))),
        (speech.t("register-count-double"), count(|verdict| matches!(verdict, Verdict::Double))),
        (speech.t("register-count-refused"), count(|verdict| matches!(verdict, Verdict::Refused))),
    ]
}

fn finding_row(speech: Speech, finding: &domain::finding::Finding) -> FindingRow {
    FindingRow {
        row: finding.row,
        column: workbook::heading(speech, &finding.column),
        value: finding.value.clone(),
        name: finding.unit.clone(),
        message: speech.say(&finding.message).to_owned(),
        remedy: speech.say(&finding.remedy).to_owned(),
        rule: finding.rule.clone(),
        severity: match finding.severity {
            Severity::Warning | Severity::Held => "warn",
            Severity::Refused => "err",
        },
        double: finding.severity == Severity::Held,
    }
}

/// `POST /register/import/{file}/accept`: whoever sends it twice enters nothing twice.
pub(super) async fn accept(
    State(app): State<AppState>,
    visit: Visit,
    Path(digest): Path<String>,
    OwnForm(signed_in, typed): OwnForm<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    signed_in.actor.reach::<RegisterEnterprise>()?;
    let others: BTreeSet<u64> =
        typed.keys().filter_map(|key| key.strip_prefix("other-")?.parse().ok()).collect();
    let kept = incoming::open(&app, &signed_in, &digest).await;
    let outcome = match kept {
        Ok(kept) if incoming::begin(&app, &signed_in, &digest).await? => {
            let checker = Checker { app, signed_in, digest, others };
            // A browser that gives up waiting does not leave half a file.
            let entering = tokio::spawn(async move {
                let entered = enter(&checker, kept).await;
                let Checker { app, signed_in, digest, .. } = &checker;
                match entered {
                    Ok(_) => incoming::forget(app, signed_in, digest).await?,
                    Err(_) => incoming::give_back(app, signed_in, digest).await?,
                }
                entered
            });
            entering.await.map_err(WebError::internal)??
        }
        Ok(_) | Err(WebError::NotFound) => TWICE.to_owned(),
        Err(error) => return Err(error),
    };
    let query = address::query([("done", outcome.as_str())]);
    Ok(Redirect::to(&visit.speech.href(&format!("/register/import?{query}"))).into_response())
}

/// Enters what is new and changes what changed: `new-changed-slow`, as the address tells it.
async fn enter(checker: &Checker, kept: incoming::Kept) -> Result<String, WebError> {
    let Checker { app, signed_in, .. } = checker;
    let checked = checker.check(kept).await?;
    let (mut new, mut changed, mut slow) = (0_u32, 0_u32, 0_u32);
    let mut rows = checked.rows.into_iter().map(|row| row.verdict).peekable();
    while rows.peek().is_some() {
        let mut tx = app.desk.store.begin(app.now()).await?;
        for verdict in rows.by_ref().take(AT_ONCE) {
            match verdict {
                Verdict::New(act) => {
                    enterprises::register(&mut tx, &signed_in.permit(*act)?).await?;
                    new += 1;
                }
                Verdict::Changed { change, workforce } => {
                    if write(&mut tx, signed_in, change, workforce).await? {
                        changed += 1;
                    } else {
                        slow += 1;
                    }
                }
                Verdict::Same | Verdict::Double | Verdict::Refused => {}
            }
        }
        tx.commit().await?;
    }
    Ok(format!("{new}-{changed}-{slow}"))
}

/// `false`: a colleague changed the enterprise since the file was looked at; that row is left aside.
async fn write(
    tx: &mut store::Tx,
    signed_in: &SignedIn,
    change: Option<Box<domain::enterprise::ChangeEnterprise>>,
    workforce: Option<Box<domain::enterprise::RecordWorkforce>>,
) -> Result<bool, WebError> {
    if let Some(change) = change {
        match enterprises::change(tx, &signed_in.permit(*change)?).await {
            Ok(_) => {}
            Err(store::StoreError::Stale { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
    if let Some(workforce) = workforce {
        enterprises::record_workforce(tx, &signed_in.permit(*workforce)?).await?;
    }
    Ok(true)
}

/// `POST /register/import/{file}/discard`
pub(super) async fn discard(
    State(app): State<AppState>,
    visit: Visit,
    Path(digest): Path<String>,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    incoming::forget(&app, &signed_in, &digest).await?;
    Ok(Redirect::to(&visit.speech.href("/register/import")).into_response())
}
