//! The list of datasets, and what each one is: definitions, methods, vintages, downloads.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::cube::DimensionRole;
use publication::Dataset;

use super::facts::{self, Vintage};
use super::table;
use crate::address;
use crate::error::WebError;
use crate::finding::Trend;
use crate::layout::{self, Link, Place, Shell};
use crate::parts::{Cell, Head, Row, TableView};
use crate::reading::{Reading, Shown};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// One dataset in a list.
pub(super) struct DatasetLine {
    pub title: String,
    pub href: String,
    pub synthetic: bool,
    pub coverage: String,
    pub release: String,
    pub release_href: String,
    pub downloads: Vec<Link>,
}

#[derive(Template)]
#[template(path = "datasets.html")]
struct DatasetsPage {
    shell: Shell,
    datasets: Vec<DatasetLine>,
}

/// `GET /datasets`.
pub(super) async fn list(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let title = speech.t("datasets-title");
    let synthetic = app.datasets().iter().any(|dataset| dataset.latest().manifest.synthetic);
    let mut shell = Shell::new(&visit, Place::Datasets, title.clone()).with_crumbs([("", title)]);
    if synthetic {
        shell.strip = Some(layout::Strip { bold: speech.t("strip-some-bold"), rest: speech.t("strip-some") });
    }
    layout::public_page(&DatasetsPage { shell, datasets: lines(&app, speech).await? })
}

/// The public datasets; one that cannot be read is left out of the list and logged.
pub(super) async fn lines(app: &AppState, speech: Speech) -> Result<Vec<DatasetLine>, WebError> {
    let mut lines = Vec::new();
    for dataset in app.datasets() {
        match app.reading(&dataset.id, None).await {
            Ok(reading) => lines.push(line(&reading, &dataset, speech)),
            Err(error) => tracing::error!(dataset = dataset.id, ?error, "a dataset cannot be read"),
        }
    }
    // What is real comes first.
    lines.sort_by_key(|line| line.synthetic);
    Ok(lines)
}

fn line(reading: &Reading, dataset: &Dataset, speech: Speech) -> DatasetLine {
    let manifest = &reading.release.manifest;
    let id = address::escape(&manifest.id);
    let mut downloads = facts::downloads(reading, speech, "");
    if reading.table.len() < 2 {
        downloads.truncate(2);
    }
    DatasetLine {
        title: speech.say(&dataset.title).to_owned(),
        href: speech.href(&format!("/datasets/{}", address::escape(&dataset.id))),
        synthetic: reading.is_synthetic(),
        coverage: coverage(reading, speech),
        release: speech.day_of(reading.release.published_at()),
        release_href: speech.href(&format!("/releases/{id}")),
        downloads,
    }
}

/// "2011–2020, 7 sektor": the periods and the finest level of each dimension.
pub(super) fn coverage(reading: &Reading, speech: Speech) -> String {
    let mut parts = Vec::new();
    let periods = reading.periods();
    if let (Some(first), Some(last)) = (periods.first(), periods.last()) {
        let (first, last) = (speech.say(&first.label), speech.say(&last.label));
        parts.push(if first == last { first.to_owned() } else { format!("{first}–{last}") });
    }
    let mut newest = reading.whole();
    if let Some(time) = reading.time() {
        newest[time] = (periods.len() as u32).saturating_sub(1);
    }
    for (at, dimension) in reading.dimensions().iter().enumerate() {
        if dimension.role == DimensionRole::Time || dimension.levels.len() < 2 {
            continue;
        }
        let finest = dimension.levels.len() as u8 - 1;
        let members = || (0u32..).zip(&dimension.members).filter(|(_, member)| member.level == finest);
        // A classification may hold more codes than the data: places that were split, old numbers.
        let present = members().filter(|(member, _)| {
            let mut key = newest.clone();
            key[at] = *member;
            matches!(reading.shown(&key, 0), Shown::Value(_) | Shown::Withheld(_))
        });
        let count = Some(present.count()).filter(|count| *count > 0).unwrap_or_else(|| members().count());
        let level = crate::finding::lower_first(speech.say(&dimension.levels[usize::from(finest)].label));
        parts.push(format!("{} {level}", speech.integer(count as u64)));
    }
    parts.join(", ")
}

/// One dimension of the dataset, explained.
struct DimensionLine {
    name: String,
    levels: String,
    classification: String,
    id: String,
}

#[derive(Template)]
#[template(path = "dataset.html")]
struct DatasetPage {
    shell: Shell,
    lead: String,
    note: String,
    table_href: String,
    release_href: String,
    measures: TableView,
    dimensions: Vec<DimensionLine>,
    facts: Vec<facts::Fact>,
    vintages: Vec<Vintage>,
    downloads: Vec<Link>,
    rules: Vec<String>,
    examples: Vec<Link>,
    structure: String,
}

/// `GET /datasets/{dataset}`.
pub(super) async fn about(
    State(app): State<AppState>,
    visit: Visit,
    Path(dataset): Path<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let reading = app.reading(&dataset, None).await?;
    let title = speech.say(&reading.dataset.title).to_owned();
    let base = format!("/datasets/{}", address::escape(&reading.dataset.id));
    let shell = Shell::new(&visit, Place::Datasets, title.clone())
        .with_crumbs([("/datasets", speech.t("nav-datasets")), ("", title)])
        .synthetic_if(reading.is_synthetic());
    let dimensions = reading.dimensions().iter().map(|dimension| {
        let count = |level: u8| dimension.members.iter().filter(|member| member.level == level).count();
        let levels: Vec<String> = dimension
            .levels
            .iter()
            .enumerate()
            .filter(|(level, _)| count(*level as u8) > 0)
            .map(|(level, known)| {
                format!("{} ({})", speech.say(&known.label), speech.integer(count(level as u8) as u64))
            })
            .collect();
        DimensionLine {
            name: speech.say(&dimension.label).to_owned(),
            levels: levels.join(", "),
            classification: dimension.classification.clone(),
            id: dimension.concept.clone(),
        }
    });
    let whole = reading.whole();
    let page = DatasetPage {
        lead: headline(&reading, speech),
        note: speech.say(&reading.release.manifest.note).to_owned(),
        table_href: speech.href(&format!("{base}/table")),
        release_href: speech.href(&format!("/releases/{}", address::escape(&reading.release.manifest.id))),
        measures: measures(&reading, speech, &base),
        dimensions: dimensions.collect(),
        facts: facts::of(&reading, speech, 0, &whole).into_iter().skip(1).collect(),
        vintages: facts::vintages(&reading, speech, None),
        downloads: facts::downloads(&reading, speech, ""),
        rules: reading.table.cube().rules().iter().map(|rule| speech.say(rule).to_owned()).collect(),
        examples: examples(&reading, speech, &base),
        structure: format!("/sdmx/v2/structure/dataflow/*/{}/+?references=all", reading.dataset.id),
        shell,
    };
    layout::public_page(&page)
}

/// The first measure, newest value and change: the answer before the description.
fn headline(reading: &Reading, speech: Speech) -> String {
    let Some(measure) =
        reading.first_measure(&["LP", "LP_P50"]).or((!reading.measures().is_empty()).then_some(0))
    else {
        return String::new();
    };
    let definition = &reading.measures()[measure];
    let known: Vec<(i32, f64)> = reading
        .series(&reading.whole(), measure)
        .into_iter()
        .filter_map(|(year, shown)| Some((year, shown.value()?)))
        .collect();
    let Some((year, value)) = known.last() else { return speech.say(&definition.definition).to_owned() };
    let (year, value) = (year.to_string(), speech.amount(*value, definition));
    let label = speech.say(&definition.label);
    let mut sentence = speech.with("dataset-lead", &[("measure", label), ("value", &value), ("year", &year)]);
    if let Some(trend) = Trend::over(&known) {
        sentence.push(' ');
        sentence.push_str(&speech.trend(label, &trend));
        sentence.push('.');
    }
    sentence
}

fn measures(reading: &Reading, speech: Speech, base: &str) -> TableView {
    let mut table = TableView::new(speech, "measures");
    table.heads = vec![
        Head::words(speech.t("field-measure")),
        Head::words(speech.t("fact-unit")),
        Head::words(speech.t("definition")),
    ];
    table.rows = reading
        .measures()
        .iter()
        .map(|measure| Row {
            name: speech.say(&measure.label).to_owned(),
            href: Some(speech.href(&format!("{base}/table?measure={}", address::escape(&measure.code)))),
            cells: vec![
                Cell::Words(speech.say(&measure.unit.label).to_owned()),
                Cell::Words(speech.say(&measure.definition).to_owned()),
            ],
            ..Row::default()
        })
        .collect();
    table
}

/// Tables to start from: by year, and by the first level of each dimension.
fn examples(reading: &Reading, speech: Speech, base: &str) -> Vec<Link> {
    table::starting_points(reading, speech)
        .into_iter()
        .map(|(label, query)| Link {
            href: speech.href(&format!("{base}/table?{query}")),
            label,
            current: false,
        })
        .collect()
}
