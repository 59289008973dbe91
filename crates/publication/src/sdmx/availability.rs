//! `/availableconstraint` and `/availability`: which codes occur in the data that match a query.

use super::answer::Answer;
use super::artefact::{Artefact, Content, Kind, Region, Shelf};
use super::data::{Target, has_any, release, selection};
use super::negotiation;
use super::problem::{Problem, no_flow};
use super::reference::{References, related};
use super::request::{Request, is_everything, list};
use super::structure_query::{Telling, Told, keep_used, message};
use crate::catalogue::Catalogue;
use crate::selection::Selection;
use crate::structure::{Origin, Structure, TIME_PERIOD};
use crate::table::Table;

pub(super) fn answer(catalogue: &Catalogue, request: &Request<'_>, path: &[&str]) -> Result<Answer, Problem> {
    let parameters = request.parameters();
    let target = Target::parse(request.api, path)?;
    let form = negotiation::structure(request.api, request.accept, parameters.get("format"))
        .ok_or_else(Problem::not_acceptable)?;
    let mode = parameters.get("mode").unwrap_or("exact").to_ascii_lowercase();
    if !["exact", "available"].contains(&mode.as_str()) {
        return Err(Problem::syntax(format!("`mode={mode}`: choose exact or available")));
    }
    let references = references(parameters.get("references"))?;
    let release = release(catalogue, &target.flow, &parameters, request.now)?;
    let table = catalogue.table(&release)?;
    let selection = selection(&table, request.api, &target.key, &parameters)?;
    if !has_any(&table, &selection) {
        return Err(Problem::no_results("no figure matches the query"));
    }
    let wanted = components(table.structure(), &target.component)?;
    let region = match mode.as_str() {
        "available" => available(&table, &selection, &wanted),
        _ => exact(&table, &selection, &wanted),
    };
    let shelf = Shelf::fill(catalogue, request.now)?;
    let flow = table.structure().dataset.clone();
    let found = shelf.find(Kind::Constraint, &format!("CC_{flow}")).ok_or_else(|| no_flow(&flow))?;
    let mut constraint: Artefact = shelf.artefacts[found].clone();
    constraint.content = Content::Constraint { flow: flow.clone(), region };
    let mut told = vec![Told { artefact: constraint, telling: Telling::Full }];
    let start: Vec<usize> = shelf.find(Kind::Dataflow, &flow).into_iter().collect();
    for wish in references {
        for at in start.iter().copied().chain(related(&shelf, &start, References::Descendants)) {
            let kind = shelf.artefacts[at].kind;
            let fits = wish.is_none_or(|wish| kind == wish);
            if fits
                && !told
                    .iter()
                    .any(|one| (one.artefact.kind, &one.artefact.id) == (kind, &shelf.artefacts[at].id))
            {
                told.push(Told { artefact: shelf.artefacts[at].clone(), telling: Telling::Full });
            }
        }
    }
    keep_used(&mut told, 1);
    told.sort_by(|left, right| {
        (left.artefact.kind, &left.artefact.id).cmp(&(right.artefact.kind, &right.artefact.id))
    });
    message(request, &told, form, &shelf)
}

/// Kinds that are wanted with the constraint; `None` in the list: all.
fn references(text: Option<&str>) -> Result<Vec<Option<Kind>>, Problem> {
    match text {
        None => Ok(Vec::new()),
        Some(text) => text
            .split(['+', ','])
            .filter(|one| !one.eq_ignore_ascii_case("none"))
            .map(|one| match References::parse(Some(one))? {
                References::Of(kind) => Ok(Some(kind)),
                _ => Ok(None),
            })
            .collect(),
    }
}

/// The components that were asked for: positions in the key, and whether the time is among them.
struct Wanted {
    key: Vec<usize>,
    time: bool,
}

fn components(structure: &Structure, text: &str) -> Result<Wanted, Problem> {
    let all: Vec<usize> = (0..structure.key.len()).collect();
    if is_everything(text) {
        return Ok(Wanted { key: all, time: structure.time.is_some() });
    }
    let mut wanted = Wanted { key: Vec::new(), time: false };
    for component in list(text) {
        match structure.dimension(&component) {
            Some(dimension) => wanted.key.push(dimension),
            None if component.eq_ignore_ascii_case(TIME_PERIOD) => wanted.time = true,
            None => return Err(Problem::semantic(format!("`{component}` is not a dimension of this flow"))),
        }
    }
    Ok(wanted)
}

/// What occurs in the whole newest release of a flow.
pub(super) fn whole_region(
    catalogue: &Catalogue,
    flow: &str,
    request: &Request<'_>,
) -> Result<Region, Problem> {
    let release = release(catalogue, flow, &request.parameters(), request.now)?;
    let table = catalogue.table(&release)?;
    let wanted = components(table.structure(), "")?;
    Ok(exact(&table, &Selection::all(), &wanted))
}

/// The codes that occur in the chosen figures.
fn exact(table: &Table, selection: &Selection, wanted: &Wanted) -> Region {
    let structure = table.structure();
    let mut seen: Vec<Vec<bool>> = structure.key.iter().map(|key| vec![false; key.codes.len()]).collect();
    let mut periods = vec![false; structure.time.as_ref().map_or(0, |time| time.periods.len())];
    let measures = selection.measures(table);
    let (mut series, mut observations) = (0, 0);
    for cells in table.series(selection) {
        let mut in_series = vec![false; table.measures().len()];
        for cell in cells {
            let key = table.key(cell as usize);
            for measure in measures.iter().filter(|measure| selection.has(key, **measure)) {
                observations += 1;
                in_series[*measure] = true;
                for dimension in &wanted.key {
                    seen[*dimension][structure.code_position(*dimension, key, *measure)] = true;
                }
                if let Some(time) = &structure.time {
                    periods[key[time.dimension] as usize] = true;
                }
            }
        }
        series += in_series.iter().filter(|seen| **seen).count();
    }
    let codes = wanted.key.iter().map(|dimension| {
        let key = &structure.key[*dimension];
        let codes = key.codes.iter().zip(&seen[*dimension]).filter(|(_, seen)| **seen);
        (key.id.clone(), codes.map(|(code, _)| code.id.clone()).collect())
    });
    let mut region = Region {
        codes: codes.collect(),
        series: Some(series),
        observations: Some(observations),
        ..Region::default()
    };
    if let Some(time) = structure.time.as_ref().filter(|_| wanted.time) {
        let mut used: Vec<&String> =
            time.periods.iter().zip(&periods).filter(|(_, seen)| **seen).map(|(period, _)| period).collect();
        used.sort();
        region.periods =
            used.first().zip(used.last()).map(|(first, last)| ((*first).clone(), (*last).clone()));
        region.list_periods = used.into_iter().cloned().collect();
    }
    region
}

/// For each component the codes that could be asked for with the rest of the query as it is.
fn available(table: &Table, selection: &Selection, wanted: &Wanted) -> Region {
    let whole = exact(table, selection, wanted);
    let mut region = Region { codes: Vec::new(), ..whole };
    for dimension in &wanted.key {
        let opened = selection.opened(table.structure().key[*dimension].origin);
        let alone = Wanted { key: vec![*dimension], time: false };
        region.codes.extend(exact(table, &opened, &alone).codes);
    }
    if let Some(time) = table.structure().time.as_ref().filter(|_| wanted.time) {
        let opened = selection.opened(Origin::Cube(time.dimension));
        let alone = Wanted { key: Vec::new(), time: true };
        let times = exact(table, &opened, &alone);
        (region.periods, region.list_periods) = (times.periods, times.list_periods);
    }
    region
}
