//! `lumbung held`: rows that were set aside, one by one, and the decision about them with its reason.

use std::sync::Arc;

use domain::actor::{Actor, DecideRows};
use domain::held::{HeldRow, Verdict};
use domain::language::Language;
use store::imports::{Import, RowsDecision};

use super::table;
use crate::cli::{HeldAction, HeldArgs};
use crate::jobs;
use crate::progress::{Bar, interruption};
use crate::rooms::{Rooms, new_id, now};
use crate::words::{Message, say, tell};

/// Rows that are listed at once.
const ROWS_MAX: usize = 1000;

pub(super) async fn run(action: HeldAction, language: Language) -> anyhow::Result<()> {
    match action {
        HeldAction::List { of, from, format } => {
            let (rooms, import) = open(&of).await?;
            let survey = rooms.survey(&import.survey)?;
            let page = rooms.archive.held(survey, import.archived_as(), from, ROWS_MAX)?;
            let rows: Vec<Vec<String>> = page.rows.iter().map(line).collect();
            table::print(format, &["row", "unit", "year", "decision", "reason"], &rows)
        }
        HeldAction::Show { of, row } => {
            let (rooms, import) = open(&of).await?;
            let survey = rooms.survey(&import.survey)?;
            let case = rooms.archive.held_case(survey, import.archived_as(), row)?;
            let case = case.ok_or(Message::NoHeldRow { import: import.id.clone(), row })?;
            let before = |name: &str| {
                case.year_before
                    .iter()
                    .find(|(other, _)| other == name)
                    .map(|(_, value)| value.to_string())
                    .unwrap_or_default()
            };
            let values: Vec<Vec<String>> = case
                .row
                .values
                .iter()
                .map(|(name, value)| vec![name.clone(), value.to_string(), before(name)])
                .collect();
            table::print(crate::cli::Format::Table, &["variable", "value", "year_before"], &values)
        }
        HeldAction::Confirm { of, row, reason } => decide(&of, row, Verdict::Confirm, reason, language).await,
        HeldAction::Discard { of, row, reason } => {
            decide(&of, row, Verdict::Withdraw, reason, language).await
        }
    }
}

async fn open(of: &HeldArgs) -> anyhow::Result<(Rooms, Import)> {
    let rooms = Rooms::open(&of.data.data_dir).await?;
    let import = store::imports::get(&rooms.store, &of.import).await?;
    Ok((rooms, import))
}

fn line(held: &HeldRow) -> Vec<String> {
    let ruling = held.ruling.as_ref();
    vec![
        held.row.to_string(),
        held.unit.clone(),
        held.year.map(|year| year.to_string()).unwrap_or_default(),
        ruling.map(|ruling| ruling.verdict.code().to_owned()).unwrap_or_default(),
        ruling.map(|ruling| ruling.reason.clone()).unwrap_or_default(),
    ]
}

async fn decide(
    of: &HeldArgs,
    row: u64,
    verdict: Verdict,
    reason: String,
    language: Language,
) -> anyhow::Result<()> {
    let (rooms, import) = open(of).await?;
    let permit = Actor::operator().permit(DecideRows { import: import.id })?;
    let decision = RowsDecision { rows: vec![row], verdict, reason };
    let job = new_id();
    let mut tx = rooms.store.begin(now()).await?;
    store::imports::decide_rows(&mut tx, &permit, &decision, &job).await?;
    tx.commit().await?;
    let bar = Arc::new(Bar::new(language, interruption()));
    let outcome = jobs::run_now(&rooms, &job, bar.clone()).await;
    bar.finish();
    outcome?;
    Ok(tell(say(
        language,
        format!("Keputusan tentang baris {row} tersimpan; berlaku mulai cuplikan berikutnya."),
        format!("The decision about row {row} is recorded; it counts from the next snapshot on."),
    ))?)
}
