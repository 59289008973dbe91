//! `/data`: which flow, which vintage, which cells, in which form.

use std::sync::Arc;

use domain::language::Language;
use jiff::Timestamp;

use super::answer::{Answer, Body, Freshness};
use super::negotiation;
use super::problem::{Problem, no_flow};
use super::request::{Api, Parameters, Request, has_version, is_everything};
use super::span::Span;
use super::{AGENCY, language};
use crate::catalogue::{Catalogue, Release};
use crate::format::{AtObservation, AttributeChoice, Detail, Keys, Labels, Options, Rendering};
use crate::selection::{KeyPattern, Selection};
use crate::structure::{Origin, TIME_PERIOD};
use crate::table::Table;
use crate::words::{ATTRIBUTES, Attachment};

/// A flow and the parts of the path that follow it.
pub(super) struct Target {
    pub(super) flow: String,
    pub(super) key: String,
    pub(super) component: String,
}

impl Target {
    /// `{flow}/{key}/{provider}/{component}` in REST 1.5, where the flow is `ID`, `AG,ID` or
    /// `AG,ID,VER`; `{context}/{agency}/{id}/{version}/{key}/{component}` in REST 2.
    pub(super) fn parse(api: Api, segments: &[&str]) -> Result<Self, Problem> {
        let part = |at: usize| segments.get(at).copied().unwrap_or_default().to_owned();
        match api {
            Api::V1 => {
                let reference = part(0);
                let parts: Vec<&str> = reference.split(',').collect();
                let (agency, id, version) = match parts.as_slice() {
                    [id] => ("all", *id, "latest"),
                    [agency, id] => (*agency, *id, "latest"),
                    [agency, id, version] => (*agency, *id, *version),
                    _ => {
                        return Err(Problem::syntax(format!(
                            "`{reference}` is not a flow: write AGENCY,ID,VERSION"
                        )));
                    }
                };
                let provider = part(2);
                let asked: Vec<&str> =
                    provider.split('+').map(|one| one.rsplit(',').next().unwrap_or(one)).collect();
                if !is_everything(&provider) && !asked.iter().any(|one| one.eq_ignore_ascii_case(AGENCY)) {
                    return Err(Problem::no_results(format!(
                        "`{provider}` provides no data here, {AGENCY} does"
                    )));
                }
                let flow = known(agency, id, version)?;
                Ok(Target { flow, key: part(1), component: part(3) })
            }
            Api::V2 => {
                let context = part(0);
                if !is_everything(&context)
                    && !["dataflow", "datastructure", "provisionagreement"].contains(&context.as_str())
                {
                    let message = format!(
                        "`{context}` is not a context: choose dataflow, datastructure or provisionagreement"
                    );
                    return Err(Problem::syntax(message));
                }
                let id = part(2);
                let id = match context.as_str() {
                    "provisionagreement" => id.strip_prefix("PA_").unwrap_or(&id).to_owned(),
                    _ => id,
                };
                let flow = known(&part(1), &id, &part(3))?;
                Ok(Target { flow, key: part(4), component: part(5) })
            }
        }
    }
}

/// The id of the flow, if agency and version are ours.
fn known(agency: &str, id: &str, version: &str) -> Result<String, Problem> {
    let ours = is_everything(agency) || agency.split(['+', ',']).any(|one| one.eq_ignore_ascii_case(AGENCY));
    if !ours || !has_version(version) {
        return Err(no_flow(id));
    }
    if is_everything(id) || id.contains(['+', ',']) {
        return Err(Problem::not_implemented("ask for the data of one flow at a time"));
    }
    Ok(id.to_owned())
}

/// The release that answers: the newest, or the one that was newest at a moment.
pub(super) fn release(
    catalogue: &Catalogue,
    flow: &str,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Release, Problem> {
    let dataset = catalogue
        .datasets(now)
        .into_iter()
        .find(|dataset| crate::structure::safe_name(&dataset.id).eq_ignore_ascii_case(flow))
        .ok_or_else(|| no_flow(flow))?;
    if let Some(moment) = parameters.moment("asOf")? {
        return Ok(catalogue.as_of(&dataset.id, moment, now)?);
    }
    match parameters.get("vintage") {
        None => Ok(dataset.latest().clone()),
        Some(vintage) => dataset
            .releases
            .iter()
            .find(|release| release.manifest.id == vintage || release.manifest.vintage.to_string() == vintage)
            .cloned()
            .ok_or_else(|| Problem::no_results(format!("`{flow}` has no vintage `{vintage}`"))),
    }
}

pub(super) fn answer(catalogue: &Catalogue, request: &Request<'_>, path: &[&str]) -> Result<Answer, Problem> {
    let parameters = request.parameters();
    let target = Target::parse(request.api, path)?;
    let release = release(catalogue, &target.flow, &parameters, request.now)?;
    let format = negotiation::data(request.api, request.accept, parameters.get("format"))
        .ok_or_else(Problem::not_acceptable)?;
    let freshness = Freshness::new(request, format.id(), &[&release.manifest.id], release.published_at());
    if let Some(unchanged) = freshness.unchanged(request) {
        return Ok(unchanged);
    }
    if let Some(after) = parameters.moment("updatedAfter")?
        && release.published_at() <= after
    {
        return Err(Problem::no_results(format!("nothing was published after {after}")));
    }
    let table = catalogue.table(&release)?;
    let selection = selection(&table, request.api, &target.key, &parameters)?;
    let options = options(&table, request, &parameters)?;
    if !has_any(&table, &selection) {
        return Err(Problem::no_results("no figure matches the query"));
    }
    let language = language(request.accept_language);
    let file = format!("{}.{}", release.manifest.id, format.extension());
    let mut headers = freshness.headers();
    headers.push(("content-language", language.tag().into()));
    headers.push(("content-disposition", format!("inline; filename=\"{file}\"")));
    let media_type = media_type(format, &options);
    let body = Body::Stream(stream(format, release, table, selection, options, language));
    Ok(Answer { status: 200, media_type, headers, body })
}

fn stream(
    format: &'static dyn crate::format::Format,
    release: Release,
    table: Arc<Table>,
    selection: Selection,
    options: Options,
    language: Language,
) -> Box<dyn FnOnce(&mut dyn std::io::Write) -> Result<(), crate::PublicationError> + Send> {
    Box::new(move |out| {
        let mut rendering = Rendering::new(&release.manifest, &table, &selection, language);
        rendering.options = options;
        format.write(&rendering, out)
    })
}

/// The media type, with the parameters by which SDMX-CSV says how it is laid out.
fn media_type(format: &dyn crate::format::Format, options: &Options) -> String {
    let mut media_type = format.media_type().to_owned();
    if media_type.contains("+csv") && options.labels != Labels::Id {
        media_type.push_str(if options.labels == Labels::Both { ";labels=both" } else { ";labels=name" });
    }
    media_type
}

pub(super) fn has_any(table: &Table, selection: &Selection) -> bool {
    let measures = selection.measures(table);
    (0..table.len()).any(|cell| {
        let key = table.key(cell);
        selection.has_cell(key) && measures.iter().any(|measure| selection.has(key, *measure))
    }) && selection.first != Some(0)
        && selection.last != Some(0)
}

/// Everything in a request that narrows the data.
pub(super) fn selection(
    table: &Table,
    api: Api,
    key: &str,
    parameters: &Parameters,
) -> Result<Selection, Problem> {
    let mut selection = Selection::all();
    apply_key(&mut selection, table, api, key)?;
    apply_periods(&mut selection, table, parameters)?;
    if api == Api::V2 {
        for (component, filter) in parameters.filters() {
            apply_filter(&mut selection, table, component, filter)?;
        }
    }
    selection.first = parameters.number("firstNObservations")?;
    selection.last = parameters.number("lastNObservations")?;
    Ok(selection)
}

/// A key: parts by dimension, separated by dots. REST 2 joins several keys by commas.
fn apply_key(selection: &mut Selection, table: &Table, api: Api, key: &str) -> Result<(), Problem> {
    if is_everything(key) {
        return Ok(());
    }
    let keys: Vec<&str> = if api == Api::V2 { key.split(',').collect() } else { vec![key] };
    let mut patterns = Vec::new();
    for key in keys {
        let parts: Vec<&str> = key.split('.').collect();
        let dimensions = &table.structure().key;
        if parts.len() > dimensions.len() || (parts.len() < dimensions.len() && api == Api::V1) {
            let order: Vec<&str> = dimensions.iter().map(|dimension| dimension.id.as_str()).collect();
            return Err(Problem::semantic(format!(
                "the key `{key}` has {} parts and the flow has {}: {}",
                parts.len(),
                order.len(),
                order.join(".")
            )));
        }
        let mut pattern = KeyPattern::default();
        for (dimension, part) in parts.iter().enumerate() {
            let codes: Vec<&str> = part.split('+').filter(|code| !is_everything(code)).collect();
            if !codes.is_empty() {
                // Codes that do not exist match nothing; the others still count.
                keep_codes(&mut pattern, table, dimension, |code| codes.contains(&code));
            }
        }
        patterns.push(pattern);
    }
    selection.keep_keys(patterns);
    Ok(())
}

fn keep_codes(pattern: &mut KeyPattern, table: &Table, dimension: usize, keep: impl Fn(&str) -> bool) {
    let structure = table.structure();
    let kept: Vec<bool> = structure.key[dimension].codes.iter().map(|code| keep(&code.id)).collect();
    match structure.key[dimension].origin {
        Origin::Measure => pattern.keep_measures(kept),
        Origin::Cube(position) => pattern.keep_members(position, kept),
        Origin::Frequency => match &structure.time {
            Some(time) => {
                let members = time.frequencies.iter().map(|frequency| kept[*frequency as usize]).collect();
                pattern.keep_members(time.dimension, members);
            }
            None if !kept.iter().any(|kept| *kept) => pattern.keep_nothing(),
            None => {}
        },
    }
}

fn apply_periods(selection: &mut Selection, table: &Table, parameters: &Parameters) -> Result<(), Problem> {
    let Some(time) = &table.structure().time else { return Ok(()) };
    let read = |name: &str| -> Result<Option<Span>, Problem> {
        parameters
            .get(name)
            .map(|text| {
                let wrong =
                    || Problem::syntax(format!("`{name}={text}`: expected a period such as 2021 or 2021-Q2"));
                Span::parse(text).ok_or_else(wrong)
            })
            .transpose()
    };
    let (start, end) = (read("startPeriod")?, read("endPeriod")?);
    if start.is_some() || end.is_some() {
        selection.keep_members(table, time.dimension, |member| {
            Span::parse(&time.periods[member as usize]).is_some_and(|span| {
                start.is_none_or(|start| span.to >= start.from) && end.is_none_or(|end| span.from <= end.to)
            })
        });
    }
    Ok(())
}

/// `c[DIM]=…`: `+` joins conditions that must all hold, `,` joins conditions of which one must.
fn apply_filter(
    selection: &mut Selection,
    table: &Table,
    component: &str,
    filter: &str,
) -> Result<(), Problem> {
    let structure = table.structure();
    let conditions: Vec<Vec<(&str, &str)>> = filter
        .split('+')
        .filter(|all| !all.is_empty())
        .map(|all| all.split(',').filter(|one| !one.is_empty()).map(condition).collect())
        .collect();
    if let Some(time) = structure.time.as_ref().filter(|_| component.eq_ignore_ascii_case(TIME_PERIOD)) {
        for (_, value) in conditions.iter().flatten() {
            if Span::parse(value).is_none() && !is_everything(value) {
                let message = format!("`{value}` is not a period such as 2021 or 2021-Q2");
                return Err(Problem::syntax(message));
            }
        }
        selection.keep_members(table, time.dimension, |member| {
            let period = &time.periods[member as usize];
            conditions
                .iter()
                .all(|any| any.iter().any(|(operator, value)| holds_for_time(operator, value, period)))
        });
        return Ok(());
    }
    let Some(dimension) = structure.dimension(component) else {
        let known: Vec<&str> = structure.key.iter().map(|dimension| dimension.id.as_str()).collect();
        let message =
            format!("`{component}` cannot be filtered by: choose one of {}, {TIME_PERIOD}", known.join(", "));
        return Err(Problem::semantic(message));
    };
    let mut pattern = KeyPattern::default();
    keep_codes(&mut pattern, table, dimension, |code| {
        conditions.iter().all(|any| any.iter().any(|(operator, value)| holds(operator, value, code)))
    });
    selection.keep_keys(vec![pattern]);
    Ok(())
}

/// An operator and its operand; `eq` where none is written.
fn condition(text: &str) -> (&str, &str) {
    const OPERATORS: [&str; 10] = ["eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew"];
    match text.split_once(':') {
        Some((operator, value)) if OPERATORS.contains(&operator) => (operator, value),
        _ => ("eq", text),
    }
}

fn holds(operator: &str, value: &str, code: &str) -> bool {
    match operator {
        "ne" => code != value,
        "lt" => code < value,
        "le" => code <= value,
        "gt" => code > value,
        "ge" => code >= value,
        "co" => code.contains(value),
        "nc" => !code.contains(value),
        "sw" => code.starts_with(value),
        "ew" => code.ends_with(value),
        _ => code == value || is_everything(value),
    }
}

fn holds_for_time(operator: &str, value: &str, period: &str) -> bool {
    let (Some(wanted), Some(span)) = (Span::parse(value), Span::parse(period)) else {
        return is_everything(value) || holds(operator, value, period);
    };
    match operator {
        "ne" => span != wanted,
        "lt" => span.to < wanted.from,
        "le" => span.from <= wanted.to,
        "gt" => span.from > wanted.to,
        "ge" => span.to >= wanted.from,
        "co" | "nc" | "sw" | "ew" => holds(operator, value, period),
        _ => span == wanted,
    }
}

/// How the message is laid out.
fn options(table: &Table, request: &Request<'_>, parameters: &Parameters) -> Result<Options, Problem> {
    let mut options = Options::default();
    options.detail = match parameters.get("detail").map(str::to_ascii_lowercase).as_deref() {
        None | Some("full") => Detail::Full,
        Some("dataonly") => Detail::DataOnly,
        Some("serieskeysonly") => Detail::SeriesKeysOnly,
        Some("nodata") => Detail::NoData,
        Some(other) => {
            let known = "full, dataonly, serieskeysonly, nodata";
            return Err(Problem::syntax(format!("`detail={other}`: choose one of {known}")));
        }
    };
    options.at_observation = match parameters.get("dimensionAtObservation") {
        None => AtObservation::Time,
        Some(TIME_PERIOD) => AtObservation::Time,
        Some("AllDimensions") => AtObservation::AllDimensions,
        Some(other) => match table.structure().dimension(other) {
            Some(dimension) => AtObservation::Dimension(dimension),
            None => return Err(Problem::semantic(format!("`{other}` is not a dimension of this flow"))),
        },
    };
    let parameter_of_type = |name: &str| {
        request.accept.and_then(|accept| {
            accept
                .split([';', ','])
                .map(str::trim)
                .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        })
    };
    let with_labels =
        parameters.get("format").is_some_and(|format| format.eq_ignore_ascii_case("csvfilewithlabels"));
    options.labels = match parameters.get("labels").or(parameter_of_type("labels")) {
        Some("both") => Labels::Both,
        Some("name") => Labels::Name,
        _ if with_labels => Labels::Both,
        _ => Labels::Id,
    };
    options.keys = match parameters.get("keys").or(parameter_of_type("keys")) {
        Some("obs") => Keys::Observation,
        Some("series") => Keys::Series,
        Some("both") => Keys::Both,
        _ => Keys::None,
    };
    if request.api == Api::V2 {
        options.attributes = attributes(parameters)?;
        options.without_values = parameters.all("measures").any(|wish| wish == "none");
    }
    Ok(options)
}

fn attributes(parameters: &Parameters) -> Result<AttributeChoice, Problem> {
    let wishes: Vec<&str> = parameters
        .all("attributes")
        .flat_map(|wish| wish.split(','))
        .filter(|wish| !wish.is_empty())
        .collect();
    if wishes.is_empty() {
        return Ok(AttributeChoice::All);
    }
    let mut chosen = Vec::new();
    for wish in wishes {
        match wish {
            "all" | "dsd" => return Ok(AttributeChoice::All),
            "none" | "msd" => {}
            "dataset" => chosen.extend(at_level(Attachment::DataSet)),
            "series" => chosen.extend(at_level(Attachment::Measure)),
            "obs" => chosen.extend(at_level(Attachment::Observation)),
            id => match ATTRIBUTES.iter().position(|attribute| attribute.id == id) {
                Some(position) => chosen.push(position),
                None => return Err(Problem::semantic(format!("`{id}` is not an attribute of this flow"))),
            },
        }
    }
    Ok(if chosen.is_empty() { AttributeChoice::None } else { AttributeChoice::These(chosen) })
}

fn at_level(level: Attachment) -> impl Iterator<Item = usize> {
    (0..ATTRIBUTES.len()).filter(move |at| ATTRIBUTES[*at].attachment == level)
}
