//! Hierarchies as people keep them: a CSV of child and parent.

use std::collections::BTreeMap;
use std::path::Path;

use domain::cube::{Dimension, DimensionLevel, DimensionRole, Member};
use domain::language::Text;

use super::{DimensionColumns, refuse};
use crate::DisclosureError;

/// Builds a dimension from its hierarchy file, or flat from the codes that occur.
pub(super) fn build(
    columns: &DimensionColumns,
    folder: &Path,
    occurring: &[String],
) -> Result<Dimension, DisclosureError> {
    if columns.time {
        let mut codes = occurring.to_vec();
        codes.sort();
        let members = codes.iter().map(|code| member(code, None, 0)).collect();
        return Ok(dimension(columns, DimensionRole::Time, members));
    }
    let (root, parents) = match &columns.hierarchy {
        Some(file) => read(&folder.join(file), columns.total.as_deref())?,
        None => {
            let total = columns.total.clone().unwrap_or_else(|| "Total".into());
            let others = occurring.iter().filter(|code| **code != total);
            (total.clone(), others.map(|code| (code.clone(), total.clone())).collect())
        }
    };
    if let Some(unknown) =
        occurring.iter().find(|code| **code != root && !parents.iter().any(|(c, _)| c == *code))
    {
        return refuse(
            format!("column {}", columns.column),
            format!("code `{unknown}` is not in the hierarchy; add it with its parent, or correct the table"),
        );
    }
    arrange(columns, root, &parents)
}

/// Pairs of child and parent, and the root.
fn read(path: &Path, total: Option<&str>) -> Result<(String, Vec<(String, String)>), DisclosureError> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|source| DisclosureError::File { path: place.clone(), source })?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    let find = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let (Some(child), Some(parent)) = (find("child"), find("parent")) else {
        return refuse(place, "needs a header line with the columns child and parent");
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut roots: Vec<String> = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let place = format!("{place}, row {}", row + 2);
        let Ok(record) = record else { return refuse(place, "is not a row of two columns") };
        let (code, above) = (record[child].to_owned(), record[parent].to_owned());
        if code.is_empty() {
            return refuse(place, "has no child");
        }
        if pairs.iter().any(|(known, _)| *known == code) || roots.contains(&code) {
            return refuse(place, format!("`{code}` has a parent already; every code has one parent"));
        }
        if above.is_empty() { roots.push(code) } else { pairs.push((code, above)) }
    }
    for (_, above) in &pairs {
        if !pairs.iter().any(|(child, _)| child == above) && !roots.contains(above) {
            roots.push(above.clone());
        }
    }
    match (total, roots.as_slice()) {
        (Some(total), [root]) if total == root => Ok((root.clone(), pairs)),
        (None, [root]) => Ok((root.clone(), pairs)),
        (_, []) => refuse(place, cycle(&pairs)),
        (Some(total), _) if !roots.iter().any(|root| root == total) => refuse(
            place,
            format!("total `{total}` is not at the top; at the top stand: {}", roots.join(", ")),
        ),
        (_, roots) => refuse(
            place,
            format!(
                "more than one code has no parent: {}; every code but the total needs a row of its own",
                roots.join(", ")
            ),
        ),
    }
}

/// Describes a circle among the pairs.
fn cycle(pairs: &[(String, String)]) -> String {
    let Some((first, _)) = pairs.first() else { return "is empty".into() };
    let mut seen = vec![first.clone()];
    loop {
        let last = seen.last().expect("begins with one");
        let Some((_, above)) = pairs.iter().find(|(child, _)| child == last) else {
            return "has no code at the top".into();
        };
        if let Some(from) = seen.iter().position(|code| code == above) {
            let circle: Vec<&str> = seen[from..].iter().map(String::as_str).chain([above.as_str()]).collect();
            return format!(
                "the hierarchy runs in a circle: {}; remove one of these rows",
                circle.join(" → ")
            );
        }
        seen.push(above.clone());
    }
}

/// Members level by level, parents before children.
fn arrange(
    columns: &DimensionColumns,
    root: String,
    pairs: &[(String, String)],
) -> Result<Dimension, DisclosureError> {
    let mut children: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (child, parent) in pairs {
        children.entry(parent).or_default().push(child);
    }
    let mut members = vec![member(&root, None, 0)];
    let mut next = 0;
    while next < members.len() {
        let (code, level) = (members[next].code.clone(), members[next].level);
        for child in children.get(code.as_str()).into_iter().flatten() {
            let Some(below) = level.checked_add(1) else {
                return refuse(
                    format!("column {}", columns.column),
                    "the hierarchy is deeper than 255 levels",
                );
            };
            members.push(member(child, Some(next as u32), below));
        }
        next += 1;
    }
    if members.len() < pairs.len() + 1 {
        let apart: Vec<(String, String)> =
            pairs.iter().filter(|(child, _)| !members.iter().any(|m| m.code == *child)).cloned().collect();
        return refuse(format!("column {}", columns.column), cycle(&apart));
    }
    Ok(dimension(columns, DimensionRole::Hierarchy, members))
}

fn member(code: &str, parent: Option<u32>, level: u8) -> Member {
    Member { code: code.to_owned(), parent, level, label: Text::same(code) }
}

fn dimension(columns: &DimensionColumns, role: DimensionRole, members: Vec<Member>) -> Dimension {
    let depth = members.iter().map(|member| member.level).max().unwrap_or(0);
    let level = |number: u8| {
        let id = if number == 0 { "total".to_owned() } else { format!("level-{number}") };
        DimensionLevel { label: Text::same(id.clone()), id }
    };
    Dimension {
        id: columns.column.clone(),
        concept: columns.column.to_uppercase(),
        role,
        label: Text::same(columns.column.clone()),
        classification: String::new(),
        levels: (0..=depth).map(level).collect(),
        members,
    }
}
