//! An analysis of the rows of a snapshot: which columns are read, how rows find their group, and who stands
//! behind.

use std::collections::{BTreeMap, BTreeSet};

use disclosure::ProtectedCube;
use domain::analysis::{AnalysedGroup, Heading, Part};
use domain::classification::Classification;
use domain::plan::{AnalysisPlan, CubePlan, DimensionPlan};
use methods::bench::{Arguments, Categories, Column, Frame, Method};

use super::{Allowed, Holdings, group_of, wrong};
use crate::columns;
use crate::produce::Ingredients;

/// What was ordered.
pub(super) struct Ordered<'a> {
    pub method: &'static Method,
    pub arguments: &'a Arguments,
    pub allowed: &'a Allowed,
    pub by: &'a [Heading],
}

pub(super) fn groups(
    from: &Ingredients<'_>,
    plan: &AnalysisPlan,
    ordered: &Ordered<'_>,
    cube: &ProtectedCube,
) -> anyhow::Result<Vec<AnalysedGroup>> {
    let Some(cube_plan) = &from.plan.cube else { return Ok(Vec::new()) };
    let rows = Rows::read(from, plan, cube_plan)?;
    let mut found: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
    let keys = ordered
        .by
        .iter()
        .map(|heading| rows.members(from, plan, cube_plan, &heading.id))
        .collect::<anyhow::Result<Vec<_>>>()?;
    for row in 0..rows.frame.rows() {
        // By their places in the cube, so that groups come in the order of the classification.
        let place = |(heading, codes): (&Heading, &Vec<Option<String>>)| {
            let dimension = cube.dimension(&heading.id)?;
            cube.dimensions()[dimension].member(codes[row].as_deref()?)
        };
        let key: Option<Vec<u32>> = ordered.by.iter().zip(&keys).map(place).collect();
        if let Some(key) = key {
            found.entry(key).or_default().push(row);
        }
    }
    found
        .into_iter()
        .map(|(key, of)| group(&rows.frame.keep(&of), &rows.names, ordered, &key, cube))
        .collect()
}

/// One group: its figures, and whoever stands behind them.
fn group(
    frame: &Frame,
    names: &Names,
    ordered: &Ordered<'_>,
    key: &[u32],
    cube: &ProtectedCube,
) -> anyhow::Result<AnalysedGroup> {
    let (mut members, mut labels, mut own_period) = (Vec::new(), Vec::new(), None);
    for (heading, member) in ordered.by.iter().zip(key) {
        let dimension = cube.dimensions().iter().find(|dimension| dimension.id == heading.id);
        let member = dimension.map(|dimension| &dimension.members[*member as usize]);
        members.push(member.map(|member| member.code.clone()).unwrap_or_default());
        labels.push(member.map(|member| member.label.clone()).unwrap_or_default());
        if names.time.as_ref() == Some(&heading.id) {
            own_period = members.last().cloned();
        }
    }
    let (sets, periods) = behind(frame, names, ordered, own_period)?;
    let (tables, notes, n) = match methods::bench::run(ordered.method, frame, &[], ordered.arguments) {
        Ok(outcome) => {
            let (tables, notes, n) = group_of(outcome);
            (Ok(tables), notes, n)
        }
        Err(error) => (Err(error.text()), Vec::new(), 0),
    };
    Ok(AnalysedGroup { members, labels, periods, sets, tables, notes, n })
}

/// The sets of contributors, and the periods they belong to. Where units are followed from one period to
/// another, those who stay, enter and leave are sets of their own.
fn behind(
    frame: &Frame,
    names: &Names,
    ordered: &Ordered<'_>,
    own_period: Option<String>,
) -> anyhow::Result<(Vec<Vec<Part>>, Vec<String>)> {
    let Ordered { method, arguments, allowed, .. } = ordered;
    let enters = methods::bench::entering(method, frame, arguments)?;
    let sizes = methods::bench::values(method, frame, arguments, allowed.size)?;
    let weights = match arguments.get("weight") {
        Some(_) => methods::bench::values(method, frame, arguments, "weight")?,
        None => vec![1.0; frame.rows()],
    };
    let enterprises = frame.categories(&names.enterprise)?;
    let groups = names.holding.as_deref().map(|name| frame.categories(name)).transpose()?;
    let mut holdings = Holdings::default();
    let mut part = |row: usize| {
        let of_group =
            groups.as_ref().and_then(|groups| groups.word(row)).map(|name| format!("holding {name}"));
        let name = of_group.unwrap_or_else(|| enterprises.word(row).unwrap_or_default().to_owned());
        holdings.part(&name, sizes[row] * weights[row])
    };
    let there = |row: &usize| enters[*row] && weights[*row] > 0.0 && (!allowed.positive || sizes[*row] > 0.0);
    let rows: Vec<usize> = (0..frame.rows()).filter(there).collect();
    let periods = match &names.time_column {
        Some(column) => Some(frame.categories(column)?),
        None => None,
    };
    let all: BTreeSet<&str> = rows.iter().filter_map(|row| periods.as_ref()?.word(*row)).collect();
    if !method.arguments.iter().any(|argument| argument.name == "from") {
        let periods = own_period
            .map_or_else(|| all.iter().map(|period| (*period).to_owned()).collect(), |own| vec![own]);
        return Ok((vec![rows.iter().map(|row| part(*row)).collect()], periods));
    }
    let asked = |name: &str, default: Option<&&str>| match arguments.get(name) {
        Some(methods::bench::Value::Text(text)) => text.trim().to_owned(),
        _ => default.map(|period| (*period).to_owned()).unwrap_or_default(),
    };
    let ends = [asked("from", all.first()), asked("to", all.last())];
    let at = |end: usize| -> BTreeMap<&str, usize> {
        let here = |row: &&usize| {
            periods.as_ref().and_then(|periods| periods.word(**row)) == Some(ends[end].as_str())
        };
        rows.iter().filter(here).filter_map(|row| Some((enterprises.word(*row)?, *row))).collect()
    };
    let (old, new) = (at(0), at(1));
    let mut set = |of: &BTreeMap<&str, usize>, other: &BTreeMap<&str, usize>, stays: bool| -> Vec<Part> {
        of.iter().filter(|(unit, _)| other.contains_key(*unit) == stays).map(|(_, row)| part(*row)).collect()
    };
    let sets =
        vec![set(&old, &new, true), set(&new, &old, true), set(&new, &old, false), set(&old, &new, false)];
    Ok((sets, ends.to_vec()))
}

/// What columns are called in the snapshot.
struct Names {
    enterprise: String,
    holding: Option<String>,
    /// The time dimension and its column.
    time: Option<String>,
    time_column: Option<String>,
}

struct Rows {
    frame: Frame,
    names: Names,
}

impl Rows {
    /// Reads the columns that the arguments name, and those that keys and contributors need.
    fn read(from: &Ingredients<'_>, plan: &AnalysisPlan, cube: &CubePlan) -> anyhow::Result<Self> {
        let files: Vec<_> = from.snapshot.files().into_iter().map(|(_, path)| path).collect();
        let known = columns::names(&files)?;
        let named =
            |variable: &str| cube.variables.get(variable).cloned().unwrap_or_else(|| variable.to_owned());
        let enterprise = named("enterprise_id");
        if !known.contains(&enterprise) {
            return Err(wrong(
                plan,
                "on",
                format!("memerlukan kolom `{enterprise}`: tanpa itu pemilik angka tidak diketahui"),
                format!("needs a column `{enterprise}`: without it nobody knows who stands behind a figure"),
            )
            .into());
        }
        let time = cube.dimensions.iter().find(|dimension| dimension.time);
        let names = Names {
            enterprise,
            holding: Some(named("holding_id")).filter(|name| known.contains(name)),
            time: time.map(|dimension| dimension.id.clone()),
            time_column: time.and_then(|dimension| dimension.column.clone()),
        };
        let mentioned =
            |name: &String| plan.arguments.values().any(|text| words(text).any(|word| word == name));
        let of_dimension = |dimension: &DimensionPlan, name: &String| {
            dimension.column.as_ref() == Some(name)
                || dimension.level_columns.values().any(|column| column == name)
        };
        let wanted: Vec<String> = known
            .into_iter()
            .filter(|name| {
                let key = *name == names.enterprise || names.holding.as_ref() == Some(name);
                key || mentioned(name)
                    || cube.dimensions.iter().any(|dimension| of_dimension(dimension, name))
            })
            .collect();
        let mut frame = columns::read(&files, &wanted)?;
        if !plan.constant.is_empty() {
            frame = constant(from, plan, cube, &names, frame)?;
        }
        Ok(Rows { frame, names })
    }

    /// The code of every row in a dimension, at the level that the plan names.
    fn members(
        &self,
        from: &Ingredients<'_>,
        plan: &AnalysisPlan,
        cube: &CubePlan,
        id: &str,
    ) -> anyhow::Result<Vec<Option<String>>> {
        let level = plan.by.get(id).map(String::as_str).unwrap_or_default();
        let unusable = || {
            wrong(
                plan,
                "by",
                format!("menyebut `{id}`, dimensi tanpa kolom kode pada tingkat `{level}`"),
                format!("names `{id}`, a dimension without a column of codes at the level `{level}`"),
            )
        };
        let dimension = cube.dimensions.iter().find(|dimension| dimension.id == id).ok_or_else(unusable)?;
        if let Some(column) = dimension.level_columns.get(level) {
            return Ok(codes(&self.frame.categories(column)?));
        }
        let column = dimension.column.as_ref().ok_or_else(unusable)?;
        let words = self.frame.categories(column)?;
        let Some(classification) = dimension.classification.as_deref() else { return Ok(codes(&words)) };
        let classification = from.content.classification(classification).ok_or_else(unusable)?;
        let level = classification.level(level).ok_or_else(unusable)?;
        let above: Vec<Option<String>> = words
            .levels
            .iter()
            .map(|code| {
                let at = classification.ancestor_at(classification.find(code)?, level)?;
                Some(classification.get(at).code.clone())
            })
            .collect();
        Ok(words.codes.iter().map(|code| above.get(*code as usize).cloned().flatten()).collect())
    }
}

fn codes(words: &Categories) -> Vec<Option<String>> {
    (0..words.codes.len()).map(|row| words.word(row).map(str::to_owned)).collect()
}

/// The names in an expression.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !(sign.is_alphanumeric() || sign == '_')).filter(|word| !word.is_empty())
}

/// Money at the constant prices of the cube; a row without a price index has no value.
fn constant(
    from: &Ingredients<'_>,
    plan: &AnalysisPlan,
    cube: &CubePlan,
    names: &Names,
    frame: Frame,
) -> anyhow::Result<Frame> {
    let lacks = || {
        wrong(
            plan,
            "constant",
            "memerlukan deflator dan base_year dalam [cube.prices], serta kolom tahun",
            "needs a deflator and a base_year in [cube.prices], and a column of years",
        )
    };
    let deflator =
        cube.prices.deflator.as_deref().and_then(|id| from.content.deflator(id)).ok_or_else(lacks)?;
    let (base, years) =
        (cube.prices.base_year.ok_or_else(lacks)?, names.time_column.as_ref().ok_or_else(lacks)?);
    let years = frame.categories(years)?;
    let activity = cube.dimensions.iter().find(|dimension| {
        deflator.classification.is_some() && dimension.classification == deflator.classification
    });
    let activities = activity
        .and_then(|dimension| dimension.column.as_deref())
        .map(|column| frame.categories(column))
        .transpose()?;
    let classification = deflator.classification.as_deref().and_then(|id| from.content.classification(id));
    let mut known: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    let mut factor = |row: usize| {
        let code = activities.as_ref().map_or(u32::MAX, |words| words.codes[row]);
        *known.entry((years.codes[row], code)).or_insert_with(|| {
            let year = years.word(row).and_then(|year| year.parse().ok());
            let word = activities.as_ref().and_then(|words| words.word(row));
            let path = path(classification, word);
            year.and_then(|year| deflator.factor(year, base, path.iter().map(String::as_str)))
                .unwrap_or(f64::NAN)
        })
    };
    let factors: Vec<f64> = (0..frame.rows()).map(&mut factor).collect();
    let mut columns = Vec::new();
    for name in frame.names() {
        let column = match plan.constant.contains(name) {
            true => Column::Number(
                frame.numbers(name)?.iter().zip(&factors).map(|(value, by)| value * by).collect(),
            ),
            false => frame.column(name)?.clone(),
        };
        columns.push((name.clone(), column));
    }
    if let Some(missing) = plan.constant.iter().find(|name| !frame.names().contains(name)) {
        return Err(wrong(
            plan,
            "constant",
            format!("menyebut `{missing}`, yang tidak dipakai argumen mana pun"),
            format!("names `{missing}`, which no argument uses"),
        )
        .into());
    }
    Ok(Frame::new(columns)?)
}

/// A code and those above it, nearest first.
fn path(classification: Option<&Classification>, code: Option<&str>) -> Vec<String> {
    let Some((classification, mut at)) =
        classification.zip(code).and_then(|(known, code)| Some((known, known.find(code))))
    else {
        return Vec::new();
    };
    let mut path = Vec::new();
    while let Some(position) = at {
        path.push(classification.get(position).code.clone());
        at = classification.get(position).parent;
    }
    path
}
