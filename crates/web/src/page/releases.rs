//! Releases: the list, and the quality page of each one.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use disclosure::ProtectedAnalyses;
use domain::release::{Manifest, QualityReport};

use super::analyses::{self, AnalysisView};
use super::facts;
use crate::address;
use crate::error::WebError;
use crate::layout::{self, Link, Place, Shell};
use crate::parts::{Cell, Head, Row, TableView};
use crate::reading::{Reading, not_found};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

struct ReleaseLine {
    href: String,
    title: String,
    id: String,
    date: String,
    synthetic: bool,
    newest: bool,
    audit_passed: bool,
}

#[derive(Template)]
#[template(path = "releases.html")]
struct ReleasesPage {
    shell: Shell,
    releases: Vec<ReleaseLine>,
}

/// `GET /releases`: newest first.
pub(super) async fn list(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let title = speech.t("releases-title");
    let mut releases: Vec<(jiff::Timestamp, ReleaseLine)> = Vec::new();
    let mut synthetic = false;
    for dataset in app.datasets() {
        let newest = dataset.latest().manifest.id.clone();
        for release in &dataset.releases {
            let manifest = &release.manifest;
            synthetic |= manifest.synthetic;
            let line = ReleaseLine {
                href: speech.href(&format!("/releases/{}", address::escape(&manifest.id))),
                title: speech.say(&manifest.title).to_owned(),
                id: manifest.id.clone(),
                date: speech.moment(release.published_at()),
                synthetic: manifest.synthetic,
                newest: manifest.id == newest,
                audit_passed: manifest.quality.audit_passed,
            };
            releases.push((release.published_at(), line));
        }
    }
    releases.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    let releases = releases.into_iter().map(|(_, line)| line).collect();
    let mut shell = Shell::new(&visit, Place::Releases, title.clone()).with_crumbs([("", title)]);
    if synthetic {
        shell.strip = Some(layout::Strip { bold: speech.t("strip-some-bold"), rest: speech.t("strip-some") });
    }
    layout::public_page(&ReleasesPage { shell, releases })
}

/// A figure of the report, large, with a line under it.
struct Stat {
    class: &'static str,
    label: String,
    value: String,
    note: String,
}

struct FileLine {
    name: String,
    size: String,
    blake3: String,
}

#[derive(Template)]
#[template(path = "release.html")]
struct ReleasePage {
    shell: Shell,
    lead: String,
    note: String,
    newer: Option<Link>,
    older: Option<Link>,
    stats: Vec<Stat>,
    audit_passed: bool,
    audit: String,
    rules: Vec<String>,
    weaker: Vec<String>,
    cells: TableView,
    hidden_value: TableView,
    variation: TableView,
    coverage: TableView,
    findings: TableView,
    facts: Vec<facts::Fact>,
    analyses: Vec<AnalysisView>,
    analyses_csv: String,
    analyses_json: String,
    files: Vec<FileLine>,
    classifications: Vec<FileLine>,
    downloads: Vec<Link>,
    table_href: String,
    plan: String,
    verify: String,
    permanent: String,
}

/// `GET /releases/{id}`.
pub(super) async fn quality(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    // Known before the table is read: an unknown id costs nothing.
    app.releases.release(&id, app.now()).map_err(not_found)?;
    let reading = app.reading_of(&id).await?;
    let release = reading.release.clone();
    let analyses = tokio::task::spawn_blocking(move || publication::analyses::read(&release)).await;
    let analyses = analyses.map_err(WebError::internal)?.map_err(WebError::internal)?;
    layout::public_page(&page(&app, &visit, &reading, &analyses))
}

fn page(app: &AppState, visit: &Visit, reading: &Reading, analyses: &ProtectedAnalyses) -> ReleasePage {
    let speech = visit.speech;
    let manifest = &reading.release.manifest;
    let quality = &manifest.quality;
    let vintage = manifest.vintage.to_string();
    let name = speech.say(&manifest.title).to_owned();
    let title = speech.with("release-title", &[("title", &name), ("vintage", &vintage)]);
    let shell = Shell::new(visit, Place::Releases, title)
        .with_crumbs([("/releases", speech.t("nav-releases")), ("", manifest.id.clone())])
        .synthetic_if(reading.is_synthetic());
    let date = speech.moment(reading.release.published_at());
    let link = |id: &String| Link {
        href: speech.href(&format!("/releases/{}", address::escape(id))),
        label: id.clone(),
        current: false,
    };
    let follows = reading
        .dataset
        .releases
        .iter()
        .find(|release| release.manifest.supersedes.as_ref() == Some(&manifest.id));
    let shown = |id: &&String| reading.dataset.releases.iter().any(|release| release.manifest.id == **id);
    let base = format!("/datasets/{}", address::escape(&reading.dataset.id));
    ReleasePage {
        shell,
        lead: speech.with("release-lead", &[("date", &date), ("snapshot", &manifest.snapshot.id)]),
        note: speech.say(&manifest.note).to_owned(),
        newer: follows.map(|release| link(&release.manifest.id)),
        older: manifest.supersedes.as_ref().filter(shown).map(link),
        stats: stats(quality, speech),
        audit_passed: quality.audit_passed,
        audit: speech.say(&quality.audit).to_owned(),
        rules: quality.rules.iter().map(|rule| speech.say(rule).to_owned()).collect(),
        weaker: quality.weaker_proofs.iter().take(50).cloned().collect(),
        cells: cells(quality, speech),
        hidden_value: hidden_value(reading, speech),
        variation: variation(quality, speech),
        findings: findings(app, manifest, speech),
        coverage: coverage(quality, speech),
        facts: facts_of(manifest, reading, speech),
        analyses: analyses::views(analyses, reading, speech),
        analyses_csv: speech.href(&format!("/releases/{}/analyses.csv", address::escape(&manifest.id))),
        analyses_json: format!("/releases/{}/analyses.json", address::escape(&manifest.id)),
        files: files(&manifest.files, speech),
        classifications: files(&manifest.classifications, speech),
        downloads: facts::downloads(reading, speech, ""),
        table_href: speech.href(&format!("{base}/table?release={}", address::escape(&manifest.id))),
        plan: manifest.plan.clone(),
        verify: format!("lumbung verify {} --data-dir DATA", manifest.id),
        permanent: format!("{}{}", app.config.base_url, speech.href(&format!("/releases/{}", manifest.id))),
    }
}

fn files(files: &[domain::release::Checksum], speech: Speech) -> Vec<FileLine> {
    files
        .iter()
        .filter(|file| !file.name.starts_with(publication::catalogue::CONFIDENTIAL_FOLDER))
        .map(|file| FileLine {
            name: file.name.clone(),
            size: speech.bytes(file.bytes),
            blake3: file.blake3.clone(),
        })
        .collect()
}

/// What came in and what became of it.
fn stats(quality: &QualityReport, speech: Speech) -> Vec<Stat> {
    let received = quality.rows_received;
    let share = |rows: u64| {
        if received == 0 { String::new() } else { speech.percent(rows as f64 / received as f64 * 100.0, 1) }
    };
    let stat = |class, key: &str, rows: u64| {
        let of = share(rows);
        let note =
            if of.is_empty() { String::new() } else { speech.with("stat-of-received", &[("share", &of)]) };
        Stat { class, label: speech.t(key), value: speech.integer(rows), note }
    };
    let mut stats = vec![Stat {
        class: "is-main",
        label: speech.t("stat-received"),
        value: speech.integer(received),
        note: String::new(),
    }];
    stats.push(stat("is-ok", "stat-accepted", quality.rows_accepted));
    let mut held = stat("is-warn", "stat-held", quality.rows_held);
    if quality.rows_confirmed > 0 {
        let confirmed = speech.integer(quality.rows_confirmed);
        held.note = speech.with("stat-confirmed", &[("note", &held.note), ("confirmed", &confirmed)]);
    }
    stats.push(held);
    stats.push(stat("is-err", "stat-refused", quality.rows_refused));
    stats.push(stat("", "stat-imputed", quality.rows_imputed));
    stats
}

fn cells(quality: &QualityReport, speech: Speech) -> TableView {
    let mut table = TableView::new(speech, "cells");
    table.heads = vec![
        Head::words(speech.t("cells-kind")),
        Head::number(speech.t("cells-count"), ""),
        Head::number(speech.t("cells-share"), "%"),
    ];
    let total = quality.cells.max(1) as f64;
    let row = |key: &str, count: u64, class: &'static str| Row {
        name: speech.t(key),
        class,
        cells: vec![
            Cell::Number(speech.integer(count)),
            Cell::Number(speech.number(count as f64 / total * 100.0, 1)),
        ],
        ..Row::default()
    };
    table.rows = vec![
        row("cells-visible", quality.cells_visible, ""),
        row("cells-primary", quality.cells_primary, ""),
        row("cells-complementary", quality.cells_complementary, ""),
        row("cells-all", quality.cells, "total"),
    ];
    table
}

fn hidden_value(reading: &Reading, speech: Speech) -> TableView {
    let mut table = TableView::new(speech, "hidden-value");
    table.heads = vec![Head::words(speech.t("field-measure")), Head::number(speech.t("hidden-share"), "%")];
    let name = |code: &str| {
        reading
            .measure(code)
            .map_or(code.to_owned(), |at| speech.say(&reading.measures()[at].label).to_owned())
    };
    table.rows = reading
        .release
        .manifest
        .quality
        .value_hidden_percent
        .iter()
        .map(|(code, percent)| Row {
            name: name(code),
            cells: vec![Cell::Number(speech.number(*percent, 2))],
            ..Row::default()
        })
        .collect();
    table
}

fn variation(quality: &QualityReport, speech: Speech) -> TableView {
    let mut table = TableView::new(speech, "variation");
    table.heads = vec![Head::words(speech.t("year")), Head::number(speech.t("variation"), "%")];
    table.rows = quality
        .variation_percent
        .iter()
        .map(|(year, percent)| Row {
            name: year.clone(),
            cells: vec![percent.map_or(Cell::Unknown, |percent| Cell::Number(speech.number(percent, 2)))],
            ..Row::default()
        })
        .collect();
    table
}

/// Every rule by which rows were checked, with the rows it marked: the survey's own in its order,
/// also those that marked nothing, then the reader's.
fn findings(app: &AppState, manifest: &Manifest, speech: Speech) -> TableView {
    let mut table = TableView::new(speech, "findings");
    table.heads = vec![Head::words(speech.t("rule")), Head::number(speech.t("rows"), "")];
    let found = &manifest.quality.findings;
    let row = |name: String, rows: u64| Row {
        name,
        cells: vec![Cell::Number(speech.integer(rows))],
        ..Row::default()
    };
    let rules = app.content.survey(&manifest.snapshot.survey).map(|survey| survey.rules.as_slice());
    let rules = rules.unwrap_or_default();
    for rule in rules {
        let rows = found.iter().find(|(code, _)| *code == rule.code).map_or(0, |(_, rows)| *rows);
        table.rows.push(row(format!("{}: {}", rule.code, speech.say(rule.cause())), rows));
    }
    for (code, rows) in found.iter().filter(|(code, _)| rules.iter().all(|rule| rule.code != *code)) {
        let title = intake::findings::cause(code);
        let name = title.map_or_else(|| code.clone(), |title| speech.say(&title).to_owned());
        table.rows.push(row(name, *rows));
    }
    table
}

/// Whom the figures rest on and whom they stand for, year by year.
fn coverage(quality: &QualityReport, speech: Speech) -> TableView {
    let mut table = TableView::new(speech, "coverage");
    table.sticky = true;
    table.label = speech.t("release-coverage");
    table.heads = vec![
        Head::words(speech.t("year")),
        Head::number(speech.t("coverage-units"), ""),
        Head::number(speech.t("coverage-population"), ""),
        Head::number(speech.t("coverage-response"), "%"),
    ];
    table.rows = quality
        .coverage
        .iter()
        .map(|year| {
            let population = year.population.map_or(Cell::Unknown, |population| {
                let written = speech.number(population, 0);
                let key = if year.from_frame { "coverage-counted" } else { "coverage-estimated" };
                Cell::Number(speech.with(key, &[("count", &written)]))
            });
            let response = year.response_percent().map_or_else(
                || Cell::Number(speech.t("coverage-not-recorded")),
                |percent| Cell::Number(speech.number(percent, 1)),
            );
            Row {
                name: year.period.clone(),
                cells: vec![Cell::Number(speech.integer(year.units)), population, response],
                ..Row::default()
            }
        })
        .collect();
    table
}

fn facts_of(manifest: &Manifest, reading: &Reading, speech: Speech) -> Vec<facts::Fact> {
    let provenance = reading.table.provenance();
    let mut facts = Vec::new();
    let mut tell = |key: &str, value: String| {
        if !value.is_empty() {
            facts.push(facts::Fact { name: speech.t(key), value });
        }
    };
    tell("fact-source", speech.say(&manifest.source).to_owned());
    tell("fact-licence", manifest.licence.clone());
    tell("fact-prices", speech.say(&provenance.price_basis).to_owned());
    tell("fact-quantiles", provenance.quantile_definition.clone());
    tell("fact-computed", speech.moment(manifest.created_at));
    if let Some(until) = manifest.embargo_until {
        tell("fact-embargo", speech.moment(until));
    }
    tell(
        "fact-snapshot",
        format!("{} ({})", manifest.snapshot.id, speech.moment(manifest.snapshot.taken_at)),
    );
    tell("fact-program", manifest.program.clone());
    tell("fact-cells", speech.integer(reading.table.len() as u64));
    facts
}
