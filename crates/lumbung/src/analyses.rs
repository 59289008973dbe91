//! The analyses of a plan: methods of the bench on the rows of a snapshot, or on the cells of the protected
//! table.
//!
//! Only methods whose figures are of many enterprises together may see rows; what comes out is judged by
//! `disclosure::protect_analyses` before anybody reads it.

mod rows;
mod table;

use std::collections::BTreeMap;

use disclosure::{ProtectedAnalyses, ProtectedCube, ProtectionPlan};
use domain::analysis::{AnalysedGroup, Analysis, Basis, Description, Figure, FigureTable, Heading, Part};
use domain::language::Text;
use domain::plan::{AnalysisPlan, PlanError};
use methods::bench::{Arguments, Cell, Kind, Method, Outcome, Table, Value};

use crate::produce::Ingredients;

/// A method that may see rows, and what its figures are about.
struct Allowed {
    method: &'static str,
    /// The argument whose size makes an enterprise large in these figures.
    size: &'static str,
    /// Rows in which the size is not above zero do not enter.
    positive: bool,
}

/// Spreads, covariances and decompositions of groups: no row and no extreme value of one is among their
/// figures.
const ALLOWED: [Allowed; 4] = [
    Allowed { method: "dispersion", size: "value", positive: true },
    Allowed { method: "inequality", size: "value", positive: true },
    Allowed { method: "olley-pakes-gap", size: "size", positive: false },
    Allowed { method: "productivity-dynamics", size: "size", positive: false },
];

/// The bytes of the analyses that a plan names; `None` if it names none.
pub(crate) fn analyse(
    from: &Ingredients<'_>,
    rules: &ProtectionPlan,
    cube: &ProtectedCube,
) -> anyhow::Result<Option<Vec<u8>>> {
    if from.plan.analyses.is_empty() {
        return Ok(None);
    }
    let mut analyses = Vec::new();
    for plan in &from.plan.analyses {
        if analyses.iter().any(|other: &Analysis| other.about.id == plan.id) {
            return Err(
                wrong(plan, "id", "sudah dipakai analisis lain", "is that of another analysis").into()
            );
        }
        analyses.push(analysis(from, plan, cube)?);
    }
    let protected: ProtectedAnalyses = disclosure::protect_analyses(analyses, rules, cube);
    Ok(Some(protected.to_bytes()))
}

fn analysis(from: &Ingredients<'_>, plan: &AnalysisPlan, cube: &ProtectedCube) -> anyhow::Result<Analysis> {
    let unknown = || wrong(plan, "method", "tidak dikenal `lumbung stat`", "is unknown to `lumbung stat`");
    let method = Method::find(&plan.method).ok_or_else(unknown)?;
    let allowed = ALLOWED.iter().find(|allowed| allowed.method == method.id);
    if plan.on == Basis::Rows && allowed.is_none() {
        let known = ALLOWED.map(|allowed| allowed.method).join(", ");
        return Err(wrong(
            plan,
            "method",
            format!("tidak boleh melihat baris; yang boleh: {known}; atau pakailah on = \"table\""),
            format!("may not see rows; these may: {known}; or use on = \"table\""),
        )
        .into());
    }
    let arguments = arguments(plan, method)?;
    let by = by(plan, cube)?;
    let groups = match (plan.on, allowed) {
        (Basis::Rows, Some(allowed)) => {
            let ordered = rows::Ordered { method, arguments: &arguments, allowed, by: &by };
            rows::groups(from, plan, &ordered, cube)?
        }
        _ => vec![table::group(plan, method, &arguments, cube)?],
    };
    let about = Description {
        id: plan.id.clone(),
        title: plan.title.clone(),
        method: method.id.to_owned(),
        definition: Text::new(method.definition[0], method.definition[1]),
        source: method.source.to_owned(),
        prices: match plan.on == Basis::Table || !plan.constant.is_empty() {
            true => cube.provenance().price_basis.clone(),
            false => Text::new("harga berlaku", "current prices"),
        },
        note: plan.note.clone().unwrap_or_default(),
        basis: plan.on,
    };
    Ok(Analysis { about, by, groups })
}

/// What is wrong with an analysis of a plan.
fn wrong(plan: &AnalysisPlan, key: &str, id: impl Into<String>, en: impl Into<String>) -> PlanError {
    let (id, en): (String, String) = (id.into(), en.into());
    let message = Text::new(format!("`{key}` {id}"), format!("`{key}` {en}"));
    PlanError { place: format!("[[analysis]] {}", plan.id), message }
}

/// The arguments as `lumbung stat` would have them; one that the method does not know is refused.
fn arguments(plan: &AnalysisPlan, method: &Method) -> anyhow::Result<Arguments> {
    let mut arguments = Arguments::default();
    for (name, text) in &plan.arguments {
        let declared = method.arguments.iter().find(|argument| argument.name == name.as_str());
        let Some(declared) = declared.filter(|declared| declared.kind != Kind::File) else {
            let known = method.arguments.iter().map(|argument| argument.name).collect::<Vec<_>>().join(", ");
            return Err(wrong(
                plan,
                name,
                format!("bukan argumen metode ini; yang ada: {known}"),
                format!("is no argument of this method; it has: {known}"),
            )
            .into());
        };
        let value = if declared.kind == Kind::Flag { Value::Flag } else { Value::Text(text.clone()) };
        arguments.insert(name, value);
    }
    Ok(arguments)
}

/// The dimensions named, in the order of the cube.
fn by(plan: &AnalysisPlan, cube: &ProtectedCube) -> anyhow::Result<Vec<Heading>> {
    let dimensions = || cube.dimensions().iter();
    if let Some(id) = plan.by.keys().find(|id| dimensions().all(|dimension| dimension.id != **id)) {
        let known = dimensions().map(|dimension| dimension.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(wrong(
            plan,
            "by",
            format!("menyebut `{id}`; dimensi tabel: {known}"),
            format!("names `{id}`; the table has the dimensions {known}"),
        )
        .into());
    }
    let named = dimensions().filter(|dimension| plan.by.contains_key(&dimension.id));
    Ok(named.map(|dimension| Heading { id: dimension.id.clone(), label: dimension.label.clone() }).collect())
}

/// The figures of a group as they are published.
fn group_of(outcome: Outcome) -> (Vec<FigureTable>, Vec<Text>, u64) {
    let notes = outcome.notes.into_iter().map(|note| note.text).collect();
    (outcome.tables.into_iter().map(published).collect(), notes, outcome.used as u64)
}

fn published(table: Table) -> FigureTable {
    let columns = table.columns.into_iter().map(|heading| Heading { id: heading.id, label: heading.label });
    let cell = |cell: Cell| match cell {
        Cell::Number(value) => Figure::Number(value),
        Cell::Count(count) => Figure::Count(count),
        Cell::Text(text) => Figure::Text(text),
        Cell::Absent(reason) => Figure::Absent { absent: reason },
    };
    FigureTable {
        id: table.id,
        title: table.title,
        columns: columns.collect(),
        rows: table.rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect(),
    }
}

/// A group that is not judged, because nothing but the released table made it.
fn public_group(tables: Result<Vec<FigureTable>, Text>, notes: Vec<Text>, n: u64) -> AnalysedGroup {
    let (members, labels, periods) = (Vec::new(), Vec::new(), Vec::new());
    AnalysedGroup { members, labels, periods, sets: Vec::new(), tables, notes, n }
}

/// Holdings by name, numbered in order of first appearance.
#[derive(Default)]
struct Holdings(BTreeMap<String, u32>);

impl Holdings {
    fn part(&mut self, name: &str, size: f64) -> Part {
        let next = self.0.len() as u32;
        Part { holding: *self.0.entry(name.to_owned()).or_insert(next), size }
    }
}
