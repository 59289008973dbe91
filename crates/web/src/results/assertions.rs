//! What sources state about the programme, and where they disagree. Side by side; nothing is averaged.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::assertion::{Assertion, Conflict, ConflictKind, Counting, Precision};

use super::room::Room;
use crate::chart::Caption;
use crate::chart::line::{LineChart, Point, Series, Span};
use crate::error::WebError;
use crate::layout::private_page;
use crate::office::guard::SignedIn;
use crate::parts::{Column, FigureView, Grid, Line, Notice, Section, Square};
use crate::state::AppState;
use crate::visit::Visit;

/// What is stated of cost recovery, drawn as a series.
const SERIES: &str = "cost-recovery";

/// `GET /results/{programme}/assertions`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let room = Room::open(&app, &visit, &signed_in, &programme)?;
    let assertions = &room.measurement.assertions;
    let conflicts = assertions.conflicts();
    let contradictions = conflicts.iter().filter(|conflict| conflict.kind.is_contradiction()).count();
    let lead = room.with(
        "results-assertions-lead",
        &[("all", &assertions.all.len().to_string()), ("contradictions", &contradictions.to_string())],
    );
    let mut sheet = room.sheet("/assertions", room.t("results-assertions-title"), lead);
    sheet.sections.push(contradicting(&room, &conflicts));
    sheet.sections.push(meanings(&room, &conflicts));
    if let Some(section) = series(&room) {
        sheet.sections.push(section);
    }
    sheet.sections.push(derived(&room));
    sheet.sections.push(all(&room, &conflicts));
    private_page(&sheet)
}

/// Two figures that cannot both be true, column by column.
fn contradicting(room: &Room<'_>, conflicts: &[Conflict<'_>]) -> Section {
    let speech = room.speech();
    let Some(first) = conflicts.iter().find(|conflict| conflict.kind.is_contradiction()) else {
        return Section { empty: room.t("results-assertions-none"), ..Section::default() };
    };
    let mut columns = first.between.clone();
    columns.sort_by_key(|assertion| assertion.as_of);
    let mut heads = vec![Column::words(room.t("results-assertion-aspect"))];
    heads.extend(columns.iter().map(|assertion| Column::words(value(room, assertion))));
    let row = |key: &str, cell: &dyn Fn(&Assertion) -> String| Line {
        name: room.t(key),
        cells: columns.iter().map(|assertion| Square::Words(cell(assertion))).collect(),
        ..Line::default()
    };
    let rows = vec![
        row("results-as-of", &|assertion| day(room, assertion)),
        row("results-assertion-counting", &|assertion| counting(room, assertion)),
        row("results-assertion-phase", &|assertion| phase(room, assertion)),
        row("results-assertion-printed", &|assertion| format!("“{}”", assertion.printed)),
        row("results-source", &|assertion| sources(room, assertion)),
        row("results-assertion-note", &|assertion| {
            assertion.note.as_ref().map_or_else(|| "–".into(), |note| speech.say(note).to_owned())
        }),
    ];
    let contradictions = conflicts.iter().filter(|conflict| conflict.kind.is_contradiction());
    Section {
        title: room.t("results-contradiction"),
        hint: room.t("results-contradiction-hint"),
        grid: Some(Grid { caption: room.t("results-contradiction-caption"), heads, rows, ..Grid::default() }),
        notices: contradictions
            .map(|conflict| Notice {
                class: "warn",
                strong: stated(room, conflict.between[0]),
                text: sentence(room, conflict),
                link: None,
            })
            .collect(),
        ..Section::default()
    }
}

/// A contradiction in words, with numbers and days as the reader writes them.
fn sentence(room: &Room<'_>, conflict: &Conflict<'_>) -> String {
    match (conflict.kind, conflict.between.as_slice()) {
        (ConflictKind::PartBeyondWhole, [part, whole]) => room.with(
            "results-contradiction-part",
            &[
                ("part", &value(room, part)),
                ("phase", &phase(room, part)),
                ("day", &day(room, whole)),
                ("whole", &value(room, whole)),
            ],
        ),
        _ => room.speech().say(&conflict.text).to_owned(),
    }
}

/// Percentages of which nobody knows what they are.
fn meanings(room: &Room<'_>, conflicts: &[Conflict<'_>]) -> Section {
    let speech = room.speech();
    let unclear: Vec<&Conflict<'_>> = conflicts
        .iter()
        .filter(|conflict| matches!(conflict.kind.code(), "meaning-unknown" | "meanings-differ"))
        .collect();
    let rows = unclear.iter().map(|conflict| {
        let assertion = conflict.between[0];
        Line {
            name: stated(room, assertion),
            sub: format!("“{}”", assertion.printed),
            cells: vec![
                Square::Number(value(room, assertion)),
                Square::Words(room.with("results-meaning-size", &[("value", &value(room, assertion))])),
                Square::Words(room.with("results-meaning-share", &[("value", &value(room, assertion))])),
            ],
            ..Line::default()
        }
    });
    let notes = unclear.iter().filter_map(|conflict| conflict.between[0].note.as_ref());
    let mut notes: Vec<String> = notes.map(|note| speech.say(note).to_owned()).collect();
    notes.dedup();
    Section {
        title: room.t("results-meanings"),
        hint: room.t("results-meanings-hint"),
        grid: Some(Grid {
            caption: room.t("results-meanings-caption"),
            heads: vec![
                Column::words(room.t("results-assertion-stated")),
                Column::number(room.t("results-value"), ""),
                Column::words(room.t("results-semantic-magnitude")),
                Column::words(room.t("results-semantic-share")),
            ],
            rows: rows.collect(),
            cards: true,
            ..Grid::default()
        }),
        source: notes.join(" "),
        ..Section::default()
    }
}

fn series(room: &Room<'_>) -> Option<Section> {
    let speech = room.speech();
    let assertions = &room.measurement.assertions;
    let line = assertions.timeline(SERIES);
    let target = room.measurement.framework.target(SERIES)?;
    let (first, last) = (line.first()?, line.last()?);
    let mut spans = Vec::new();
    let mut points = Vec::new();
    for assertion in &line {
        let phase = assertion.phase.as_deref().and_then(|phase| assertions.phase(phase));
        match phase.filter(|_| assertion.counting == Counting::Average) {
            Some(phase) => spans.push(Span {
                from: phase.from.year().into(),
                to: phase.to.year().into(),
                value: assertion.value,
                name: speech.say(&phase.label).to_owned(),
            }),
            None => points.push(Point {
                weak: assertions.is_weak(assertion),
                note: Some(day(room, assertion)),
                ..Point::new(assertion.as_of.year().into(), Some(assertion.value))
            }),
        }
    }
    let label = assertions.stated(SERIES).map(|stated| speech.say(&stated.label)).unwrap_or_default();
    let values: Vec<String> = line
        .iter()
        .map(|assertion| format!("{} ({})", value(room, assertion), day(room, assertion)))
        .collect();
    let chart = LineChart {
        caption: Caption {
            id: "recovery".into(),
            title: label.to_owned(),
            description: format!("{} {}", values.join(", "), room.t("results-series-target")),
        },
        series: vec![Series { name: String::new(), tone: crate::chart::Tone::Main, points }],
        spans,
        reference: Some((target.value, room.t("results-head-wanted"))),
        from_zero: true,
        decimals: 0,
    };
    let title = room.with(
        "results-series-title",
        &[
            ("from", &value(room, first)),
            ("to", &value(room, last)),
            ("target", &speech.percent(target.value, 0)),
        ],
    );
    Some(Section {
        figure: Some(FigureView {
            heading: "h2",
            title,
            unit: room.t("results-series-unit"),
            picture: chart.draw(speech).picture.to_string(),
            source: said_once(room, &line),
            ..FigureView::default()
        }),
        ..Section::default()
    })
}

/// Sources and notes of a series, each once.
fn said_once(room: &Room<'_>, line: &[&Assertion]) -> String {
    let notes = line.iter().filter_map(|assertion| assertion.note.as_ref());
    let notes = notes.map(|note| room.speech().say(note).to_owned());
    let sources = line.iter().map(|assertion| format!("{}.", sources(room, assertion)));
    let mut said: Vec<String> = Vec::new();
    for text in sources.chain(notes) {
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said.join(" ")
}

fn derived(room: &Room<'_>) -> Section {
    let speech = room.speech();
    let assertions = &room.measurement.assertions;
    let rows = assertions.derived.iter().map(|derived| Line {
        name: speech.say(&derived.label).to_owned(),
        cells: vec![Square::known(
            assertions.derive(derived).map(|value| speech.number(value, derived.decimals)),
        )],
        ..Line::default()
    });
    Section {
        title: room.t("results-derived"),
        hint: room.t("results-derived-hint"),
        grid: Some(Grid {
            caption: room.t("results-derived-caption"),
            heads: vec![
                Column::words(room.t("results-assertion-stated")),
                Column::number(room.t("results-value"), ""),
            ],
            rows: rows.collect(),
            ..Grid::default()
        }),
        ..Section::default()
    }
}

fn all(room: &Room<'_>, conflicts: &[Conflict<'_>]) -> Section {
    let assertions = &room.measurement.assertions;
    let mut rows = Vec::new();
    for stated_code in &assertions.stated {
        for assertion in assertions.timeline(&stated_code.code) {
            let own =
                |conflict: &&Conflict<'_>| conflict.between.iter().any(|one| one.code == assertion.code);
            let gravest = conflicts.iter().find(own);
            let chip = match gravest {
                Some(conflict) if conflict.kind.is_contradiction() => "warn",
                Some(_) => "info",
                None => "ok",
            };
            let key = gravest.map_or("results-conflict-none".into(), |conflict| {
                format!("results-conflict-{}", conflict.kind.code())
            });
            rows.push(Line {
                name: stated(room, assertion),
                sub: sources(room, assertion),
                cells: vec![
                    Square::Number(value(room, assertion)),
                    Square::Words(day(room, assertion)),
                    Square::Words(counting(room, assertion)),
                    Square::Chip(chip, room.t(&key)),
                ],
                ..Line::default()
            });
        }
    }
    Section {
        title: room.t("results-assertions-all"),
        grid: Some(Grid {
            caption: room.t("results-assertions-caption"),
            heads: vec![
                Column::words(room.t("results-assertion-stated")),
                Column::number(room.t("results-value"), ""),
                Column::words(room.t("results-as-of")),
                Column::words(room.t("results-assertion-counting")),
                Column::words(room.t("results-assertion-judgement")),
            ],
            rows,
            cards: true,
            ..Grid::default()
        }),
        ..Section::default()
    }
}

fn stated(room: &Room<'_>, assertion: &Assertion) -> String {
    let stated = room.measurement.assertions.stated(&assertion.stated);
    stated.map_or_else(|| assertion.stated.clone(), |stated| room.speech().say(&stated.label).to_owned())
}

fn value(room: &Room<'_>, assertion: &Assertion) -> String {
    let speech = room.speech();
    let unit = room.measurement.assertions.stated(&assertion.stated).map(|stated| speech.say(&stated.unit));
    let number = speech.number(assertion.value, 0);
    let number = if unit == Some("%") { format!("{number}%") } else { number };
    if assertion.at_least { format!("> {number}") } else { number }
}

fn day(room: &Room<'_>, assertion: &Assertion) -> String {
    match assertion.precision {
        Precision::Year => assertion.as_of.year().to_string(),
        Precision::Month => {
            let full = room.speech().short_date(assertion.as_of);
            full.split_once(' ').map_or(full.clone(), |(_, month)| month.to_owned())
        }
        Precision::Day => room.speech().short_date(assertion.as_of),
    }
}

fn counting(room: &Room<'_>, assertion: &Assertion) -> String {
    room.t(match assertion.counting {
        Counting::Cumulative => "results-counting-cumulative",
        Counting::Period => "results-counting-period",
        Counting::Average => "results-counting-average",
        Counting::Unknown => "results-counting-unknown",
    })
}

fn phase(room: &Room<'_>, assertion: &Assertion) -> String {
    let phase = assertion.phase.as_deref().and_then(|phase| room.measurement.assertions.phase(phase));
    phase.map_or_else(|| "–".into(), |phase| room.speech().say(&phase.label).to_owned())
}

fn sources(room: &Room<'_>, assertion: &Assertion) -> String {
    let titles = assertion.sources.iter().filter_map(|code| room.measurement.assertions.source(code));
    titles.map(|source| room.speech().say(&source.title).to_owned()).collect::<Vec<_>>().join("; ")
}
