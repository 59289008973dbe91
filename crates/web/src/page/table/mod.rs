//! The table explorer: choose a measure, what stands on rows and columns, and see picture,
//! table, downloads, and an address that shows the same again.

mod choice;
mod grid;
mod picture;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::cube::DimensionRole;
use domain::measure::Measure;

use crate::address;
use crate::chart;
use crate::error::WebError;
use crate::finding::lower_first;
use crate::layout::{self, Link, Place, Shell};
use crate::parts::table::Nothings;
use crate::parts::{FigureView, TableView};
use crate::reading::Reading;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

use choice::{Axis, Choice, PAGE};
pub(super) use picture::in_words;
use picture::{Drawn, Painter};

use super::facts::{self, Fact, Vintage};

/// One selection field of the form.
struct Field {
    name: String,
    label: String,
    groups: Vec<Group>,
}

/// Options under a heading; without one they stand alone.
struct Group {
    label: String,
    options: Vec<Choosable>,
}

struct Choosable {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "table.html")]
struct TablePage {
    shell: Shell,
    lead: String,
    action: String,
    release: Option<String>,
    fields: Vec<Field>,
    figure: Option<FigureView>,
    table: TableView,
    computed: bool,
    nothings: Nothings,
    definition: String,
    measure: String,
    formula: String,
    facts: Vec<Fact>,
    vintages: Vec<Vintage>,
    downloads: Vec<Link>,
    permanent: String,
    pages: String,
    before: Option<String>,
    after: Option<String>,
}

type Pairs = Query<Vec<(String, String)>>;

/// `GET /datasets/{dataset}/table`.
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    Path(dataset): Path<String>,
    Query(query): Pairs,
) -> Result<Response, WebError> {
    let (reading, choice) = read(&app, &dataset, &query).await?;
    let page = page(&app, &visit, &reading, &choice);
    layout::public_page(&page)
}

/// `GET /datasets/{dataset}/table.svg`: the picture alone, to travel.
pub(super) async fn svg(
    State(app): State<AppState>,
    visit: Visit,
    Path(dataset): Path<String>,
    Query(query): Pairs,
) -> Result<Response, WebError> {
    let (reading, choice) = read(&app, &dataset, &query).await?;
    let title = title(&reading, visit.speech, &choice);
    let drawn = draw(&app, &reading, visit.speech, &choice, &title).ok_or(WebError::NotFound)?;
    let label = chart::Label {
        title: drawn.finding.clone().unwrap_or_else(|| title.clone()),
        unit: format!("{title}. {}", unit_line(&reading, visit.speech, &choice, &drawn)),
        source: facts::source_line(&reading, visit.speech),
        language: visit.speech.tag(),
    };
    let name = format!("attachment; filename=\"{}.svg\"", reading.release.manifest.id);
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "public, max-age=60".to_owned()),
    ];
    Ok((headers, chart::standalone(&drawn.canvas, &label)).into_response())
}

async fn read(
    app: &AppState,
    dataset: &str,
    query: &[(String, String)],
) -> Result<(Reading, Choice), WebError> {
    let release = query.iter().find(|(name, value)| name == "release" && !value.is_empty());
    let reading = app.reading(dataset, release.map(|(_, id)| id.as_str())).await?;
    let choice = Choice::parse(&reading, query)?;
    Ok((reading, choice))
}

fn draw(app: &AppState, reading: &Reading, speech: Speech, choice: &Choice, title: &str) -> Option<Drawn> {
    Painter { reading, speech, choice, geometry: app.geometry.as_ref(), title, id: "picture" }.draw()
}

/// One table with its picture, as part of another page.
pub(super) struct Section {
    pub title: String,
    pub figure: Option<FigureView>,
    pub table: TableView,
    pub table_label: String,
    pub nothings: Nothings,
    /// The same in the explorer.
    pub href: String,
    pub synthetic: bool,
}

/// A finding that stands alone on a page says of which measure it is.
fn of_measure(speech: Speech, measure: &Measure, finding: String) -> String {
    let label = speech.say(&measure.label);
    if finding.to_lowercase().contains(&label.to_lowercase()) {
        finding
    } else {
        format!("{label}: {finding}")
    }
}

/// Builds a section from a query of the explorer; `None` if there is nothing to show.
pub(super) fn section(
    app: &AppState,
    reading: &Reading,
    speech: Speech,
    id: &str,
    query: &[(&str, &str)],
) -> Option<Section> {
    let query: Vec<(String, String)> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let choice = Choice::parse(reading, &query).ok()?;
    let first = choice.key(choice.row_members(reading)[0], choice.column_members(reading).first().copied());
    if !reading.is_computed(&first) {
        return None;
    }
    let title = title(reading, speech, &choice);
    let painter =
        Painter { reading, speech, choice: &choice, geometry: app.geometry.as_ref(), title: &title, id };
    let drawn = painter.draw();
    let mut table = grid::build(reading, speech, &choice);
    let known = table.rows.iter().flat_map(|row| &row.cells);
    if !known.into_iter().any(|cell| matches!(cell, crate::parts::Cell::Number(_))) {
        return None;
    }
    id.clone_into(&mut table.id);
    table.caption = title.clone();
    table.label = speech.with("table-region", &[("title", &title)]);
    let base = format!("/datasets/{}", address::escape(&reading.dataset.id));
    let own = choice.query(reading);
    let link = |href: String, key: &str| Link { href, label: speech.t(key), current: false };
    let file = |format: &str| facts::download(reading, speech, format, &choice.download_query(reading));
    let take = vec![
        link(file("csv"), "take-csv"),
        link(file("xlsx"), "format-xlsx"),
        link(speech.href(&format!("{base}/table.svg?{own}")), "take-svg"),
        link(speech.href(&format!("{base}/table?{own}")), "take-table"),
    ];
    let measure = &reading.measures()[choice.measure];
    let figure = drawn.map(|drawn| FigureView {
        unit: format!("{title}. {}", unit_line(reading, speech, &choice, &drawn)),
        title: drawn
            .finding
            .clone()
            .map_or_else(|| title.clone(), |finding| of_measure(speech, measure, finding)),
        heading: "",
        picture: drawn.markup,
        legend: drawn.legend,
        source: facts::source_line(reading, speech),
        take,
        take_label: speech.t("take-label"),
    });
    let rows = choice.row_members(reading).len().to_string();
    Some(Section {
        title: figure.as_ref().map_or_else(|| title.clone(), |figure| figure.title.clone()),
        nothings: table.nothings(),
        table_label: speech.with("as-table", &[("rows", &rows)]),
        table,
        figure,
        href: speech.href(&format!("{base}/table?{own}")),
        synthetic: reading.is_synthetic(),
    })
}

/// "Nilai tambah per pekerja menurut lapangan usaha, Jawa Tengah, 2024".
fn title(reading: &Reading, speech: Speech, choice: &Choice) -> String {
    let measure = speech.say(&reading.measures()[choice.measure].label).to_owned();
    let mut by = lower_first(&grid::axis_label(reading, speech, choice.rows));
    if let Some(columns) = choice.columns {
        let columns = lower_first(&grid::axis_label(reading, speech, columns));
        by = speech.with("title-and", &[("first", &by), ("second", &columns)]);
    }
    let mut title = speech.with("title-by", &[("measure", &measure), ("by", &by)]);
    for (at, dimension) in reading.dimensions().iter().enumerate() {
        let is_time = dimension.role == DimensionRole::Time;
        let told = if is_time { !choice.time_on_axis(reading) } else { choice.scope[at] != 0 };
        if told {
            title.push_str(", ");
            title.push_str(&grid::member_name(reading, speech, at, choice.scope[at]));
        }
    }
    title
}

/// Measure and unit, price base, and how the marks are read.
fn unit_line(reading: &Reading, speech: Speech, choice: &Choice, drawn: &Drawn) -> String {
    let mut line = facts::unit_and_prices(reading, speech, &reading.measures()[choice.measure]);
    line.push('.');
    for key in &drawn.reading_keys {
        line.push(' ');
        line.push_str(&speech.t(key));
    }
    if let Some(start) = drawn.axis_starts_at {
        let start = speech.number(start, u8::from(start.fract() != 0.0));
        line.push(' ');
        line.push_str(&speech.with("axis-starts", &[("value", &start)]));
    }
    line
}

/// The picture above the table, with the ways to take it away.
fn figure(reading: &Reading, speech: Speech, choice: &Choice, drawn: &Drawn, title: &str) -> FigureView {
    let base = format!("/datasets/{}", address::escape(&reading.dataset.id));
    let query = choice.query(reading);
    FigureView {
        heading: "h2",
        title: drawn.finding.clone().unwrap_or_else(|| title.to_owned()),
        unit: unit_line(reading, speech, choice, drawn),
        picture: drawn.markup.clone(),
        legend: drawn.legend.clone(),
        source: facts::source_line(reading, speech),
        take: vec![
            Link {
                href: speech.href(&format!("{base}/table.svg?{query}")),
                label: speech.t("take-svg"),
                current: false,
            },
            Link {
                href: facts::download(reading, speech, "csv", &choice.download_query(reading)),
                label: speech.t("take-csv"),
                current: false,
            },
        ],
        take_label: speech.t("take-label"),
    }
}

fn page(app: &AppState, visit: &Visit, reading: &Reading, choice: &Choice) -> TablePage {
    let speech = visit.speech;
    let title = title(reading, speech, choice);
    let drawn = draw(app, reading, speech, choice, &title);
    let mut table = grid::build(reading, speech, choice);
    table.caption = title.clone();
    table.label = speech.with("table-region", &[("title", &title)]);
    let nothings = table.nothings();
    if nothings.any_held() {
        table.note = speech.t("table-some-held");
    }
    let dataset = &reading.dataset.id;
    let base = format!("/datasets/{}", address::escape(dataset));
    let query = choice.query(reading);
    let own = speech.href(&format!("{base}/table?{query}"));
    let measure = &reading.measures()[choice.measure];
    let figure = drawn.as_ref().map(|drawn| figure(reading, speech, choice, drawn, &title));
    let rows = choice.row_members(reading).len();
    let last_page = rows.div_ceil(PAGE).max(1);
    let other_page = |page: usize| format!("{own}&page={page}");
    let shell = Shell::new(visit, Place::Datasets, title.clone())
        .with_crumbs([
            ("/datasets", speech.t("nav-datasets")),
            (base.as_str(), speech.say(&reading.dataset.title).to_owned()),
            ("", speech.say(&measure.label).to_owned()),
        ])
        .with_description(speech.say(&measure.definition))
        .synthetic_if(reading.is_synthetic());
    TablePage {
        shell,
        lead: lead(reading, speech, choice),
        action: speech.href(&format!("{base}/table")),
        release: choice.release.clone(),
        fields: fields(reading, speech, choice),
        figure,
        computed: reading.is_computed(
            &choice.key(choice.row_members(reading)[0], choice.column_members(reading).first().copied()),
        ),
        nothings,
        definition: speech.say(&measure.definition).to_owned(),
        measure: speech.say(&measure.label).to_owned(),
        formula: measure.formula.clone(),
        facts: facts::of(reading, speech, choice.measure, &choice.scope),
        vintages: facts::vintages(reading, speech, Some(&query)),
        downloads: facts::downloads(reading, speech, &choice.download_query(reading)),
        permanent: format!(
            "{}{own}{}",
            app.config.base_url,
            if choice.release.is_none() {
                format!("&release={}", reading.release.manifest.id)
            } else {
                String::new()
            }
        ),
        pages: if last_page > 1 {
            let (page, all) = (choice.page.min(last_page).to_string(), last_page.to_string());
            speech.with("pages", &[("page", &page), ("all", &all)])
        } else {
            String::new()
        },
        before: (choice.page > 1).then(|| other_page(choice.page - 1)),
        after: (choice.page < last_page).then(|| other_page(choice.page + 1)),
        table,
    }
}

/// The answer first: what the whole of the choice is, and how many stand behind it.
fn lead(reading: &Reading, speech: Speech, choice: &Choice) -> String {
    let measure = &reading.measures()[choice.measure];
    let mut key = choice.scope.clone();
    if let (Some(time), true) = (reading.time(), choice.time_on_axis(reading)) {
        if let Some((period, _)) = reading.newest(&key, choice.measure) {
            key[time] = period;
        }
    }
    let shown = reading.shown(&key, choice.measure);
    let period = reading
        .time()
        .map(|time| speech.say(&reading.dimensions()[time].members[key[time] as usize].label).to_owned())
        .unwrap_or_default();
    let value = in_words(speech, shown, measure);
    match reading.enterprises(&key) {
        Some(count) => {
            let count = count.parse::<u64>().map_or(count.clone(), |count| speech.integer(count));
            speech.with("lead-with-count", &[("value", &value), ("period", &period), ("count", &count)])
        }
        None => speech.with("lead", &[("value", &value), ("period", &period)]),
    }
}

/// The fields of the form: measure, rows, columns, then one per dimension.
fn fields(reading: &Reading, speech: Speech, choice: &Choice) -> Vec<Field> {
    let axes = Axis::all(reading);
    let axis_option = |axis: &Axis, chosen: bool| Choosable {
        value: axis.name(reading),
        label: grid::axis_label(reading, speech, *axis),
        chosen,
    };
    let measures = reading.measures().iter().enumerate().map(|(at, measure)| Choosable {
        value: measure.code.clone(),
        label: speech.say(&measure.label).to_owned(),
        chosen: at == choice.measure,
    });
    let mut columns = vec![Choosable {
        value: String::new(),
        label: speech.t("columns-none"),
        chosen: choice.columns.is_none(),
    }];
    let narrow = |axis: &&Axis| {
        let members = &reading.dimensions()[axis.dimension].members;
        members.iter().filter(|member| member.level == axis.level).count() <= 24
    };
    columns.extend(axes.iter().filter(narrow).map(|axis| axis_option(axis, choice.columns == Some(*axis))));
    let rows = axes.iter().map(|axis| axis_option(axis, choice.rows == *axis)).collect();
    let alone = |options| vec![Group { label: String::new(), options }];
    let field = |name: &str, options| Field {
        name: name.to_owned(),
        label: speech.t(&format!("field-{name}")),
        groups: alone(options),
    };
    let mut fields =
        vec![field("measure", measures.collect()), field("rows", rows), field("columns", columns)];
    for at in 0..reading.dimensions().len() {
        fields.extend(scope_field(reading, speech, choice, at));
    }
    fields
}

/// The field of one dimension: its coarse levels, and the member that is chosen.
fn scope_field(reading: &Reading, speech: Speech, choice: &Choice, at: usize) -> Option<Field> {
    /// A longer list does not help anybody; finer members are reached through their parents.
    const MOST: usize = 130;
    let dimension = &reading.dimensions()[at];
    let is_time = dimension.role == DimensionRole::Time;
    if dimension.members.len() < 2 || (is_time && choice.time_on_axis(reading)) {
        return None;
    }
    let option = |member: u32| Choosable {
        value: dimension.members[member as usize].code.clone(),
        label: grid::member_name(reading, speech, at, member),
        chosen: choice.scope[at] == member,
    };
    let mut groups = Vec::new();
    if is_time {
        let newest_first = (0..dimension.members.len() as u32).rev().map(option).collect();
        groups.push(Group { label: String::new(), options: newest_first });
    } else {
        let mut told = 0;
        for (level, known) in dimension.levels.iter().enumerate() {
            let members: Vec<u32> = reading.at_level(at, level as u8).collect();
            let chosen_here = dimension.members[choice.scope[at] as usize].level == level as u8;
            told += members.len();
            if told > MOST && !chosen_here {
                continue;
            }
            let shown: Vec<u32> = if told > MOST { vec![choice.scope[at]] } else { members };
            let label = if level == 0 { String::new() } else { speech.say(&known.label).to_owned() };
            groups.push(Group { label, options: shown.into_iter().map(option).collect() });
        }
    }
    Some(Field { name: dimension.id.clone(), label: speech.say(&dimension.label).to_owned(), groups })
}

/// Tables worth starting from, as titles and queries: over time, and along each level.
pub(super) fn starting_points(reading: &Reading, speech: Speech) -> Vec<(String, String)> {
    let mut points = Vec::new();
    for axis in Axis::all(reading) {
        let query = [("rows".to_owned(), axis.name(reading))];
        let Ok(choice) = Choice::parse(reading, &query) else { continue };
        let first = choice.row_members(reading)[0];
        let is_time = reading.time() == Some(axis.dimension);
        if is_time || reading.is_computed(&choice.key(first, None)) {
            points.push((title(reading, speech, &choice), choice.query(reading)));
        }
    }
    points
}
