//! Lists cut to the places where somebody may: the scopes of a reach as an SQL condition.

use domain::actor::Scope;

/// The columns in which a table keeps where a row stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    pub(crate) programme: &'static str,
    pub(crate) region: &'static str,
    pub(crate) organisation: &'static str,
    pub(crate) enterprise: &'static str,
}

/// A condition that is true for rows that some scope covers, and its values from placeholder `first` on.
/// Values are bound, never written into the text.
pub(crate) fn scoped(scopes: &[Scope], columns: Columns, first: usize) -> (String, Vec<String>) {
    let mut values = Vec::new();
    let alternatives: Vec<String> = scopes
        .iter()
        .map(|scope| {
            let mut parts = Vec::new();
            let mut limit = |column: &str, value: &Option<String>| {
                if let Some(value) = value {
                    parts.push(format!("{column} = ${}", first + values.len()));
                    values.push(value.clone());
                }
            };
            limit(columns.programme, &scope.programme);
            limit(columns.organisation, &scope.organisation);
            limit(columns.enterprise, &scope.enterprise);
            if let Some(region) = &scope.region {
                // Region codes are digits, so nothing in them is a pattern.
                parts.push(format!("{} like ${}", columns.region, first + values.len()));
                values.push(format!("{}%", region.replace(['%', '_'], "")));
            }
            if parts.is_empty() { "1 = 1".to_owned() } else { format!("({})", parts.join(" and ")) }
        })
        .collect();
    match alternatives.is_empty() {
        true => ("1 = 0".to_owned(), values),
        false => (format!("({})", alternatives.join(" or ")), values),
    }
}
