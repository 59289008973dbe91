//! Reads a file that was handed in, row by row, and writes what is wrong with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::progress::Watch;
use domain::survey::{Check, Survey};
use intake::mapping::Mapping;
use intake::{PreviousValues, Summary, Task};
use microdata::{Archive, Previous};
use serde_json::json;
use store::imports::{Import, ImportCounts};
use store::jobs::Claim;

use crate::progress::SharedWatch;
use crate::rooms::{Rooms, now};

pub(super) async fn run(
    rooms: &Rooms,
    claim: &Claim,
    import: &str,
    watch: SharedWatch,
) -> anyhow::Result<()> {
    let row = store::imports::get(&rooms.store, import).await?;
    let inner = rooms.clone();
    let summary = tokio::task::spawn_blocking(move || check(&inner, &row, &*watch)).await??;

    let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    let rows = &summary.rows;
    let counts = ImportCounts {
        received: count(rows.received),
        accepted: count(rows.accepted),
        warned: count(rows.warned),
        held: count(rows.held),
        refused: count(rows.refused),
    };
    let detail = json!({ "readable": summary.readable, "format": summary.format });
    let mut tx = rooms.store.begin(now()).await?;
    store::imports::checked(&mut tx, claim, &counts, detail).await?;
    store::jobs::finish(&mut tx, claim).await?;
    tx.commit().await?;
    Ok(())
}

fn check(rooms: &Rooms, row: &Import, watch: &dyn Watch) -> anyhow::Result<Summary> {
    let survey = rooms.survey(&row.survey)?;
    let mapping =
        if row.mapping.is_empty() { Mapping::default() } else { Mapping::parse(&row.mapping, survey)? };
    let classifications: Vec<_> = rooms.content.classifications().collect();
    let previous = EarlierYears::of(&rooms.archive, survey);
    let task = Task {
        source: &rooms.folder.blob(&row.blake3),
        file_name: &row.file_name,
        survey,
        classifications: &classifications,
        mapping: &mapping,
        previous: &previous,
        period: row.period.and_then(|year| i32::try_from(year).ok()),
        staging: &rooms.folder.import(&row.id),
        threads: rooms.folder.threads(),
    };
    Ok(intake::check(&task, watch)?)
}

/// What the archive knows about earlier years, read when a year is first asked for.
struct EarlierYears<'a> {
    archive: &'a Archive,
    survey: &'a Survey,
    variables: Vec<&'a str>,
    loaded: Mutex<HashMap<i32, Arc<Previous>>>,
}

impl<'a> EarlierYears<'a> {
    fn of(archive: &'a Archive, survey: &'a Survey) -> Self {
        let compared = survey.rules.iter().filter_map(|rule| match &rule.check {
            Check::HidiroglouBerthelot { variable, .. } => Some(variable.as_str()),
            _ => None,
        });
        EarlierYears { archive, survey, variables: compared.collect(), loaded: Mutex::default() }
    }

    fn year(&self, year: i32) -> Arc<Previous> {
        // A panic elsewhere cannot leave the map half-written: entries are only ever added.
        let mut loaded = self.loaded.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        Arc::clone(loaded.entry(year).or_insert_with(|| {
            let read = self.archive.previous_values(self.survey, &self.variables, &[year], &());
            Arc::new(read.unwrap_or_else(|error| {
                tracing::warn!(error = error.to_string(), year, "earlier year is not compared");
                Previous::default()
            }))
        }))
    }
}

impl PreviousValues for EarlierYears<'_> {
    fn value(&self, variable: &str, unit: &str, year: i32) -> Option<f64> {
        self.year(year).value(variable, unit, year)
    }
}
