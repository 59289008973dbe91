//! Conditions that depend on who asks and what for, put together as SQL that is the same on both
//! databases. Values are always bound, never written into the text.

use domain::actor::Scope;

/// A `where` that grows.
#[derive(Debug, Default)]
pub(crate) struct Clauses {
    clauses: Vec<String>,
    /// In the order of `$1`, `$2`, ….
    pub(crate) values: Vec<String>,
}

/// Which columns say where a row stands; `None` where rows of this kind do not say it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlaceColumns {
    /// `None` for what all programmes share.
    pub(crate) programme: Option<&'static str>,
    pub(crate) region: &'static str,
    pub(crate) organisation: &'static str,
    pub(crate) enterprise: &'static str,
}

impl Clauses {
    /// Binds a value; returns its placeholder.
    pub(crate) fn bind(&mut self, value: impl Into<String>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Binds several; returns `$1, $2, $3`.
    pub(crate) fn bind_all<'a>(&mut self, values: impl IntoIterator<Item = &'a String>) -> String {
        let placeholders: Vec<String> = values.into_iter().map(|value| self.bind(value.as_str())).collect();
        placeholders.join(", ")
    }

    pub(crate) fn and(&mut self, clause: impl Into<String>) {
        self.clauses.push(clause.into());
    }

    /// Nothing is asked of the column if there is no value.
    pub(crate) fn equals(&mut self, column: &str, value: Option<&str>) {
        if let Some(value) = value {
            let placeholder = self.bind(value);
            self.and(format!("{column} = {placeholder}"));
        }
    }

    pub(crate) fn starts_with(&mut self, column: &str, beginning: &str) {
        let placeholder = self.bind(beginning);
        self.and(format!("substr({column}, 1, {}) = {placeholder}", beginning.chars().count()));
    }

    /// Cuts rows to where somebody may: inside at least one of the scopes.
    pub(crate) fn within(&mut self, scopes: &[Scope], columns: PlaceColumns) {
        let mut ways = Vec::new();
        for scope in scopes {
            let mut way = Vec::new();
            if let (Some(programme), Some(column)) = (&scope.programme, columns.programme) {
                let placeholder = self.bind(programme);
                way.push(format!("{column} = {placeholder}"));
            }
            if let Some(region) = &scope.region {
                let placeholder = self.bind(region);
                let length = region.chars().count();
                way.push(format!("substr({}, 1, {length}) = {placeholder}", columns.region));
            }
            for (limit, column) in
                [(&scope.organisation, columns.organisation), (&scope.enterprise, columns.enterprise)]
            {
                if let Some(limit) = limit {
                    let placeholder = self.bind(limit);
                    way.push(format!("{column} = {placeholder}"));
                }
            }
            if way.is_empty() {
                // One way in without any limit: no other limit matters.
                return;
            }
            ways.push(way.join(" and "));
        }
        let any = if ways.is_empty() { "1 = 0".to_owned() } else { ways.join(") or (") };
        self.and(format!("(({any}))"));
    }

    /// All conditions so far as one, put into something larger.
    pub(crate) fn wrapped(mut self, around: impl FnOnce(&str) -> String) -> Self {
        self.clauses = vec![around(&self.text())];
        self
    }

    /// The conditions, after `where`.
    pub(crate) fn text(&self) -> String {
        if self.clauses.is_empty() { "1 = 1".to_owned() } else { self.clauses.join(" and ") }
    }
}

/// Runs a text made by [`Clauses`] and reads all rows. The text is ours; every value is bound.
macro_rules! fetch_clauses {
    ($store:expr, $row:ty, $sql:expr, $values:expr) => {{
        let sql: String = $sql;
        let rows: Vec<$row> = on!(Pool::&$store.pool, |pool| {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            for value in $values {
                query = query.bind(value.clone());
            }
            query.fetch_all(pool).await?
        });
        rows
    }};
}
pub(crate) use fetch_clauses;

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: PlaceColumns =
        PlaceColumns { programme: None, region: "e.region", organisation: "e.org", enterprise: "e.id" };

    #[test]
    fn scopes_become_conditions() {
        for (scopes, text, values) in [
            (vec![Scope::default()], "1 = 1", vec![]),
            (vec![Scope::region("33")], "((substr(e.region, 1, 2) = $1))", vec!["33"]),
            (
                vec![Scope::organisation("blk").in_region("33"), Scope::enterprise("e1")],
                "((substr(e.region, 1, 2) = $1 and e.org = $2) or (e.id = $3))",
                vec!["33", "blk", "e1"],
            ),
            (vec![], "((1 = 0))", vec![]),
            (vec![Scope::programme("p")], "1 = 1", vec![]),
        ] {
            let mut clauses = Clauses::default();
            clauses.within(&scopes, COLUMNS);
            assert_eq!(
                (clauses.text().as_str(), clauses.values),
                (text, values.into_iter().map(str::to_owned).collect())
            );
        }
    }
}
