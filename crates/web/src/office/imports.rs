//! Imports: the list, what is wrong with a file, and the decision about it.

use std::path::{Path as FilePath, PathBuf};

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{AcceptImport, DiscardImport, RepairImport};
use domain::survey::VariableType;
use intake::Summary;
use serde::Deserialize;
use store::imports::{self, Import, ImportStatus};
use store::jobs;

use super::audit::who;
use super::findings::{self, Cause, FindingRow, Wanted};
use super::guard::{Nothing, OwnForm, SignedIn};
use super::landing::survey_title;
use super::progress::Progress;
use super::repair::{RepairForm, remap};
use super::{PAGE_ROWS, desk};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/imports.html")]
struct ImportsPage {
    shell: Shell,
    rows: Vec<ImportRow>,
    next: Option<String>,
}

struct ImportRow {
    href: String,
    file: String,
    survey: String,
    status: &'static str,
    status_label: String,
    received: String,
    usable: String,
    held: String,
    refused: String,
    at: String,
}

/// An import whose check has not come to an end, or came to a bad one.
#[derive(Template)]
#[template(path = "office/import_waiting.html")]
struct WaitingPage {
    shell: Shell,
    form_token: String,
    lead: String,
    facts: Vec<(String, String)>,
    job: Option<Progress>,
}

/// An import that was checked.
#[derive(Template)]
#[template(path = "office/import.html")]
struct ImportPage {
    shell: Shell,
    form_token: String,
    file: String,
    lead: String,
    stats: Vec<Stat>,
    /// Whether the decision is still open.
    open: bool,
    /// Rows that wait for a decision of their own.
    held: bool,
    accept: String,
    accept_consequence: String,
    discard_consequence: String,
    status: &'static str,
    status_label: String,
    job: Option<Progress>,
    here: String,
    causes: Vec<Cause>,
    causes_note: String,
    repair: Option<Repair>,
    filter: Option<String>,
    findings: Vec<FindingRow>,
    next: Option<String>,
    facts: Vec<(String, String)>,
    columns: Vec<(String, String, String)>,
}

struct Stat {
    class: &'static str,
    label: String,
    value: String,
    note: String,
}

/// The form that puts a whole column right at one go.
struct Repair {
    columns: Vec<RepairColumn>,
    /// Columns of the file that no variable asked for.
    spare: Vec<String>,
    error: Option<String>,
    reason: String,
}

struct RepairColumn {
    variable: String,
    label: String,
    chosen: bool,
}

#[derive(Deserialize)]
pub(super) struct Position {
    before: Option<String>,
    survey: Option<String>,
}

/// The folder into which the check of an import writes.
pub(super) fn staging(app: &AppState, import: &str) -> PathBuf {
    app.config.data_dir.join("imports").join(import)
}

/// `GET /office/imports`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    signed_in.reads_office("imports")?;
    let speech = visit.speech;
    let survey = position.survey.as_deref().filter(|survey| !survey.is_empty());
    let page = imports::list(&app.desk.store, survey, position.before.as_deref(), PAGE_ROWS).await?;
    let count = |rows: i64| speech.integer(rows.unsigned_abs());
    let rows = page.rows.into_iter().map(|import| ImportRow {
        href: speech.href(&format!("/office/imports/{}", import.id)),
        survey: survey_title(&app, speech, &import.survey),
        status: chip(import.status),
        status_label: speech.t(&format!("office-import-{}", import.status.code())),
        received: count(import.counts.received),
        usable: count(import.counts.usable()),
        held: count(import.counts.held),
        refused: count(import.counts.refused),
        at: speech.moment(import.uploaded_at),
        file: import.file_name,
    });
    let shell = desk::shell(&visit, &signed_in.session, "/office/imports", speech.t("office-imports"));
    private_page(&ImportsPage {
        shell: desk::crumbs(shell, [("/office/imports", speech.t("office-imports"))]),
        rows: rows.collect(),
        next: page.next.map(|next| {
            let pairs = [("before", next.as_str()), ("survey", survey.unwrap_or_default())];
            speech.href(&format!("/office/imports?{}", address::query(pairs)))
        }),
    })
}

/// `GET /office/imports/{import}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    page(&app, &visit, &signed_in, &id, wanted, None).await
}

/// `POST /office/imports/{import}/accept`
pub(super) async fn accept(
    State(app): State<AppState>,
    visit: Visit,
    Path(import): Path<String>,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(AcceptImport { import: import.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    imports::accept(&mut tx, &permit, &app.new_id()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/office/imports/{import}"))).into_response())
}

/// `POST /office/imports/{import}/discard`
pub(super) async fn discard(
    State(app): State<AppState>,
    visit: Visit,
    Path(import): Path<String>,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(DiscardImport { import: import.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    imports::discard(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href("/office/imports")).into_response())
}

/// `POST /office/imports/{import}/repair`: says how a column is to be read; the file is checked again.
pub(super) async fn repair(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, form): OwnForm<RepairForm>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(RepairImport { import: id.clone() })?;
    let import = imports::get(&app.desk.store, &id).await?;
    let correct = async |key: &str| {
        let wanted = Wanted::repairing(&form.variable);
        let error = Some((visit.speech.t(key), form.reason.clone()));
        let page = page(&app, &visit, &signed_in, &id, wanted, error).await?;
        Ok((StatusCode::BAD_REQUEST, page).into_response())
    };
    // A reason that explains nothing helps nobody who reads the log in three years.
    if form.reason.split_whitespace().count() < 3 {
        return correct("office-repair-reason-short").await;
    }
    let Some(mapping) = remap(&import.mapping, &form) else {
        return correct("office-repair-nothing").await;
    };
    let survey = app.content.survey(&import.survey).ok_or(WebError::NotFound)?;
    if intake::mapping::Mapping::parse(&mapping, survey).is_err() {
        return correct("office-repair-nothing").await;
    }
    let mut tx = app.desk.store.begin(app.now()).await?;
    imports::recheck(&mut tx, &permit, &mapping, form.reason.trim(), &app.new_id()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/office/imports/{id}"))).into_response())
}

fn chip(status: ImportStatus) -> &'static str {
    match status {
        ImportStatus::Checking | ImportStatus::Accepting => "info",
        ImportStatus::Checked => "warn",
        ImportStatus::Accepted => "ok",
        ImportStatus::Discarded => "",
        ImportStatus::Failed => "err",
    }
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    id: &str,
    wanted: Wanted,
    error: Option<(String, String)>,
) -> Result<Response, WebError> {
    let store = &app.desk.store;
    let import = imports::get(store, id).await?;
    let job = jobs::latest_of(store, id).await?.map(|job| Progress::of(&job, visit.speech));
    let folder = staging(app, id);
    let summary = read_summary(&folder).await;
    match (import.status, summary) {
        (ImportStatus::Checking | ImportStatus::Failed, _) | (_, None) => {
            waiting_page(app, visit, signed_in, &import, job).await
        }
        (_, Some(summary)) => {
            let findings = findings::read(&folder, &wanted).await?;
            let view = View { app, visit, signed_in, import: &import, summary: &summary, job };
            view.page(wanted, findings, error).await
        }
    }
}

async fn read_summary(folder: &FilePath) -> Option<Summary> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || Summary::read(&folder).ok()).await.ok().flatten()
}

async fn waiting_page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    import: &Import,
    job: Option<Progress>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let here = format!("/office/imports/{}", import.id);
    let title =
        speech.with(&format!("office-import-title-{}", import.status.code()), &[("file", &import.file_name)]);
    let shell = desk::shell(visit, &signed_in.session, "/office/imports", title);
    private_page(&WaitingPage {
        shell: desk::crumbs(
            shell,
            [("/office/imports", speech.t("office-imports")), (&here, import.file_name.clone())],
        ),
        form_token: signed_in.session.form_token.clone(),
        lead: speech.t(&format!("office-import-lead-{}", import.status.code())),
        facts: facts(app, visit, import, None).await?,
        job,
    })
}

/// The facts about a file that stand at the end of its page.
async fn facts(
    app: &AppState,
    visit: &Visit,
    import: &Import,
    summary: Option<&Summary>,
) -> Result<Vec<(String, String)>, WebError> {
    let speech = visit.speech;
    let fact = |key: &str, value: String| (speech.t(&format!("office-fact-{key}")), value);
    let size = speech.bytes(import.bytes.unsigned_abs());
    let mut facts = vec![
        fact("file", format!("{}, {size}", import.file_name)),
        fact("survey", survey_title(app, speech, &import.survey)),
        fact(
            "uploaded",
            format!("{}, {}", speech.moment(import.uploaded_at), who(app, visit, &import.uploaded_by).await?),
        ),
    ];
    if let Some(summary) = summary {
        let details = [
            Some(summary.format.to_uppercase()),
            summary.sheet.as_ref().map(|sheet| speech.with("office-fact-sheet", &[("sheet", sheet)])),
            summary.encoding.clone(),
            (summary.header_row > 0)
                .then(|| speech.with("office-fact-header", &[("row", &speech.integer(summary.header_row))])),
        ];
        facts.push(fact("format", details.into_iter().flatten().collect::<Vec<_>>().join(", ")));
        facts.push(fact("rules", speech.integer(summary.rules)));
        facts.push(fact("classifications", summary.classifications.join(", ")));
    }
    if let (Some(by), Some(at)) = (&import.decided_by, import.decided_at) {
        facts.push(fact("decided", format!("{}, {}", speech.moment(at), who(app, visit, by).await?)));
    }
    if !import.mapping.is_empty() {
        facts.push(fact("mapping", import.mapping.trim().replace('\n', " · ")));
    }
    facts.push(fact("digest", import.blake3.clone()));
    facts.retain(|(_, value)| !value.is_empty());
    Ok(facts)
}

/// Everything the page of a checked import is made of.
struct View<'a> {
    app: &'a AppState,
    visit: &'a Visit,
    signed_in: &'a SignedIn,
    import: &'a Import,
    summary: &'a Summary,
    job: Option<Progress>,
}

impl View<'_> {
    async fn page(
        self,
        wanted: Wanted,
        findings: intake::findings::Page,
        error: Option<(String, String)>,
    ) -> Result<Response, WebError> {
        let (speech, import, summary) = (self.visit.speech, self.import, self.summary);
        let here = format!("/office/imports/{}", import.id);
        let open = import.status == ImportStatus::Checked;
        let usable = speech.integer(import.counts.usable().unsigned_abs());
        let apart = (import.counts.held + import.counts.refused).unsigned_abs();
        let values: [(&'static str, &str); 3] = [
            ("usable", &usable),
            ("received", &speech.integer(import.counts.received.unsigned_abs())),
            ("apart", &speech.integer(apart)),
        ];
        let key = match (import.status, apart) {
            (ImportStatus::Accepted, _) => "office-import-title-accepted",
            _ if import.counts.usable() == 0 => "office-import-title-none",
            (_, 0) => "office-import-title-clean",
            _ => "office-import-title-some",
        };
        let shell =
            desk::shell(self.visit, &self.signed_in.session, "/office/imports", speech.with(key, &values))
                .synthetic_if(summary.synthetic);
        let crumb = import.file_name.clone();
        private_page(&ImportPage {
            shell: desk::crumbs(shell, [("/office/imports", speech.t("office-imports")), (&here, crumb)]),
            form_token: self.signed_in.session.form_token.clone(),
            file: import.file_name.clone(),
            lead: speech.t(&format!("office-import-lead-{}", import.status.code())),
            stats: self.stats(),
            open: open && import.counts.usable() > 0,
            held: import.status == ImportStatus::Accepted && import.counts.held > 0,
            accept: speech.with("office-accept", &values),
            accept_consequence: speech.with("office-accept-consequence", &values),
            discard_consequence: speech.t("office-discard-consequence"),
            status: import.status.code(),
            status_label: speech.t(&format!("office-import-{}", import.status.code())),
            causes: summary
                .causes
                .iter()
                .map(|cause| Cause::of(cause, summary, |name| self.is_amount(name), &here, speech))
                .collect(),
            causes_note: self.causes_note(),
            repair: open.then(|| self.repair(&wanted, error)),
            filter: wanted.described(summary, speech),
            next: findings.next.map(|next| speech.href(&wanted.href(&here, next))),
            findings: findings.findings.iter().map(|finding| FindingRow::of(finding, speech)).collect(),
            facts: facts(self.app, self.visit, import, Some(summary)).await?,
            columns: self.columns(),
            here: speech.href(&here),
            job: self.job.filter(|job| !job.is_final || job.status == "failed"),
        })
    }

    fn stats(&self) -> Vec<Stat> {
        let (speech, counts) = (self.visit.speech, &self.import.counts);
        let share = |rows: i64| match counts.received {
            0 => String::new(),
            received => speech.percent(100.0 * rows as f64 / received as f64, 1),
        };
        [
            ("is-main", "accepted", counts.accepted),
            ("is-ok", "warned", counts.warned),
            ("is-warn", "held", counts.held),
            ("is-err", "refused", counts.refused),
        ]
        .map(|(class, key, rows)| Stat {
            class,
            label: speech.t(&format!("office-stat-{key}")),
            value: speech.integer(rows.unsigned_abs()),
            note: speech.with(&format!("office-stat-{key}-note"), &[("share", &share(rows))]),
        })
        .into()
    }

    /// How far putting the two most frequent causes right would take us.
    fn causes_note(&self) -> String {
        let mut counts: Vec<u64> = self.summary.causes.iter().map(|cause| cause.count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        if counts.len() < 3 {
            return String::new();
        }
        let speech = self.visit.speech;
        let first = speech.integer(counts[..2].iter().sum());
        speech
            .with("office-causes-note", &[("first", &first), ("all", &speech.integer(self.summary.findings))])
    }

    /// Units and decimal marks are a matter of numbers; keys and codes are mended in the file.
    fn is_amount(&self, variable: &str) -> bool {
        let survey = self.app.content.survey(&self.import.survey);
        survey.and_then(|survey| survey.variable(variable)).is_some_and(|variable| {
            matches!(variable.variable_type, VariableType::Number | VariableType::Integer)
        })
    }

    fn repair(&self, wanted: &Wanted, error: Option<(String, String)>) -> Repair {
        let speech = self.visit.speech;
        let survey = self.app.content.survey(&self.import.survey);
        let label = |variable: &str| {
            survey
                .and_then(|survey| survey.variable(variable))
                .map_or(variable, |variable| speech.say(&variable.label))
                .to_owned()
        };
        let present = self
            .summary
            .columns
            .iter()
            .map(|used| (used.variable.clone(), format!("{} ({})", label(&used.variable), used.column)));
        let absent = self.summary.absent.iter().map(|variable| {
            let label = label(variable);
            (variable.clone(), speech.with("office-repair-absent", &[("variable", &label)]))
        });
        let columns = present.chain(absent).map(|(variable, label)| RepairColumn {
            chosen: wanted.repair.as_deref() == Some(variable.as_str()),
            variable,
            label,
        });
        let (error, reason) = error.unzip();
        Repair {
            columns: columns.collect(),
            spare: self.summary.unmapped.iter().map(|spare| spare.column.clone()).collect(),
            error,
            reason: reason.unwrap_or_default(),
        }
    }

    /// Column of the file, variable, how it was recognised.
    fn columns(&self) -> Vec<(String, String, String)> {
        let speech = self.visit.speech;
        let survey = self.app.content.survey(&self.import.survey);
        let label = |name: &str| {
            survey
                .and_then(|survey| survey.variable(name))
                .map_or(name.to_owned(), |variable| speech.say(&variable.label).to_owned())
        };
        let used = self.summary.columns.iter().map(|used| {
            let how = match used.matched {
                intake::Matched::Mapping => "mapping",
                intake::Matched::Name => "name",
                intake::Matched::Label => "label",
                intake::Matched::Alias => "alias",
            };
            (used.column.clone(), label(&used.variable), speech.t(&format!("office-matched-{how}")))
        });
        let spare = self.summary.unmapped.iter().map(|spare| {
            let hint = spare.suggestion.as_deref().map(label);
            let words = match hint {
                Some(hint) => speech.with("office-matched-maybe", &[("variable", &hint)]),
                None => speech.t("office-matched-none"),
            };
            (spare.column.clone(), "–".to_owned(), words)
        });
        used.chain(spare).collect()
    }
}
