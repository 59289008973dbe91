//! Repairs: what a person says about how a column is to be read, added to the file's mapping.
//!
//! The uploaded file never changes. A repair is one more thing said about it, with a reason.

use serde::Deserialize;

/// What a person says about one column.
#[derive(Deserialize)]
pub(super) struct RepairForm {
    pub(super) variable: String,
    #[serde(default)]
    factor: String,
    #[serde(default)]
    decimals: String,
    #[serde(default)]
    column: String,
    #[serde(default)]
    pub(super) reason: String,
}

/// The mapping with one more thing said; `None` if nothing is said or cannot be understood.
pub(super) fn remap(mapping: &str, form: &RepairForm) -> Option<String> {
    let mut mapping: toml::Table = mapping.parse().ok()?;
    let columns = mapping.entry("columns").or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let entry = columns
        .as_table_mut()?
        .entry(form.variable.as_str())
        .or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::String(header) = entry {
        let header = std::mem::take(header);
        *entry = toml::Value::Table(toml::Table::from_iter([("column".to_owned(), header.into())]));
    }
    let said = entry.as_table_mut()?;
    let before = said.clone();
    match form.factor.as_str() {
        "" => {}
        "1" => drop(said.remove("factor")),
        factor => {
            let factor: f64 = factor.parse().ok()?;
            if !factor.is_finite() || factor <= 0.0 {
                return None;
            }
            said.insert("factor".into(), factor.into());
        }
    }
    match form.decimals.as_str() {
        "" => {}
        decimals @ ("comma" | "point") => drop(said.insert("decimals".into(), decimals.into())),
        _ => return None,
    }
    if !form.column.is_empty() {
        said.insert("column".into(), form.column.as_str().into());
    }
    (*said != before).then(|| toml::to_string(&mapping).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(factor: &str, decimals: &str, column: &str) -> RepairForm {
        RepairForm {
            variable: "turnover".into(),
            factor: factor.into(),
            decimals: decimals.into(),
            column: column.into(),
            reason: String::new(),
        }
    }

    #[test]
    fn what_is_said_about_a_column_adds_to_what_was_said_before() {
        let first = remap("", &form("1000", "", "")).unwrap();
        assert_eq!(first, "[columns.turnover]\nfactor = 1000.0\n");
        let second = remap(&first, &form("", "comma", "Omzet")).unwrap();
        assert_eq!(second, "[columns.turnover]\ncolumn = \"Omzet\"\ndecimals = \"comma\"\nfactor = 1000.0\n");
        assert_eq!(remap(&second, &form("1", "", "")).unwrap().matches("factor").count(), 0);
        let plain = remap("[columns]\nturnover = \"Omzet\"\n", &form("0.001", "", "")).unwrap();
        assert_eq!(plain, "[columns.turnover]\ncolumn = \"Omzet\"\nfactor = 0.001\n");
    }

    #[test]
    fn saying_nothing_or_nonsense_changes_nothing() {
        for form in [form("", "", ""), form("-5", "", ""), form("NaN", "", ""), form("", "semicolon", "")] {
            assert_eq!(remap("", &form), None);
        }
        assert_eq!(remap("not toml at all [", &form("1000", "", "")), None);
    }
}
