//! Hierarchies as people keep them: a CSV of `child,parent`, one tree under one root.

use std::collections::HashMap;

use super::{Classification, ClassificationError, ClassificationHeader, Level, Row};
use crate::language::Text;

/// Reads a hierarchy given as `child,parent` CSV (with a header line) into a classification whose
/// levels are the depths below the root. Every parent must itself be a child of something, except
/// one: the root. A code with two parents, a cycle, and a second root are refused by name.
pub fn parse_hierarchy(id: &str, text: &str) -> Result<Classification, ClassificationError> {
    let at = |row: usize, message: String| ClassificationError::Row { id: id.to_owned(), row, message };
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let mut parents: HashMap<String, (String, usize)> = HashMap::new();
    let mut order = Vec::new();
    for (position, record) in reader.records().enumerate() {
        let row = position + 2;
        let record = record.map_err(|error| at(row, error.to_string()))?;
        let [child, parent] = [0, 1].map(|field| record.get(field).unwrap_or_default().to_owned());
        if record.len() != 2 || child.is_empty() {
            return Err(at(row, "write one `child,parent` pair a line, such as `10,C`".into()));
        }
        if let Some((other, first)) = parents.insert(child.clone(), (parent.clone(), row)) {
            return Err(at(
                row,
                format!("`{child}` already stands under `{other}` in row {first}; keep one"),
            ));
        }
        order.push(child);
    }
    let root = find_root(id, &order, &parents)?;
    let mut rows = vec![Row { code: root.clone(), ..Row::default() }];
    rows.extend(order.into_iter().filter(|code| *code != root).map(|code| {
        let parent = parents[&code].0.clone();
        Row { code, parent, ..Row::default() }
    }));
    let depth = assign_levels(id, &mut rows)?;
    let levels = (0..=depth)
        .map(|depth| Level { id: depth.to_string(), label: Text::same(depth.to_string()) })
        .collect();
    let title = Text::same(id);
    Classification::build(
        ClassificationHeader { id: id.to_owned(), title, source: Text::default(), levels },
        rows,
    )
}

/// The only code that stands under nothing: named with an empty parent, or never named as a child.
fn find_root(
    id: &str,
    order: &[String],
    parents: &HashMap<String, (String, usize)>,
) -> Result<String, ClassificationError> {
    let mut root: Option<(&str, usize)> = None;
    for child in order {
        let (parent, row) = &parents[child];
        let top = match parent.as_str() {
            "" => child,
            _ if !parents.contains_key(parent) => parent,
            _ => continue,
        };
        match root {
            Some((known, first)) if known != top => {
                let message = format!(
                    "`{top}` stands under nothing, and so does `{known}` (row {first}); \
                     add a row that says under what `{top}` stands, or correct its spelling"
                );
                return Err(ClassificationError::Row { id: id.to_owned(), row: *row, message });
            }
            Some(_) => {}
            None => root = Some((top, *row)),
        }
    }
    match (root, order.first()) {
        (Some((root, _)), _) => Ok(root.to_owned()),
        (None, Some(code)) => Err(ClassificationError::Cycle { id: id.to_owned(), code: code.clone() }),
        (None, None) => {
            let message = "the hierarchy is empty; write a header line and one `child,parent` pair a line";
            Err(ClassificationError::Header { id: id.to_owned(), message: message.into() })
        }
    }
}

/// Fills in the level of each row, which is its depth, and returns the deepest.
fn assign_levels(id: &str, rows: &mut [Row]) -> Result<usize, ClassificationError> {
    let mut children: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, row) in rows.iter().enumerate().skip(1) {
        children.entry(row.parent.as_str()).or_default().push(position);
    }
    let mut depths: Vec<Option<usize>> = vec![None; rows.len()];
    let (mut here, mut depth) = (vec![0], 0);
    while !here.is_empty() {
        here.iter().for_each(|position| depths[*position] = Some(depth));
        here = here
            .iter()
            .flat_map(|position| children.get(rows[*position].code.as_str()).into_iter().flatten().copied())
            .collect();
        depth += usize::from(!here.is_empty());
    }
    for (row, depth) in rows.iter_mut().zip(&depths) {
        // What the root does not reach goes round in a circle.
        let unreached = || ClassificationError::Cycle { id: id.to_owned(), code: row.code.clone() };
        row.level = depth.ok_or_else(unreached)?.to_string();
    }
    Ok(depth)
}
