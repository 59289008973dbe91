//! Deflators: price indices by year, and by activity where there are any.
//!
//! A deflator says how prices changed; it never guesses a year that its table does not have.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::language::Text;

/// The code under which a table gives the prices of everything together.
pub const ALL: &str = "_T";

/// A price index. Built by [`Deflator::parse`], never changed afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Deflator {
    pub id: String,
    pub title: Text,
    pub source: Text,
    pub licence: String,
    /// The year in which the index is 100, for people; [`Deflator::factor`] works with any year.
    pub reference_year: u16,
    /// The classification of the codes; absent if the table gives [`ALL`] alone.
    pub classification: Option<String>,
    indices: BTreeMap<(u16, String), f64>,
}

/// The description of a deflator, `deflators/<id>.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    id: String,
    title: Text,
    source: Text,
    #[serde(default)]
    licence: String,
    reference_year: u16,
    classification: Option<String>,
}

/// Why a deflator could not be read. The row is that of the CSV file, header = 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeflatorError {
    #[error("{}", .0.en)]
    Header(Text),
    #[error("row {row}: {}", message.en)]
    Row { row: usize, message: Text },
}

impl DeflatorError {
    pub fn text(&self) -> Text {
        match self {
            DeflatorError::Header(message) => message.clone(),
            DeflatorError::Row { row, message } => {
                Text::new(format!("baris {row}: {}", message.id), self.to_string())
            }
        }
    }
}

impl Deflator {
    /// Reads a deflator from its description (TOML) and its table (CSV `year,code,index`).
    pub fn parse(description: &str, table: &str) -> Result<Self, DeflatorError> {
        let header: Header = toml::from_str(description)
            .map_err(|error| DeflatorError::Header(crate::syntax::fault(&error, description)))?;
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let mut indices = BTreeMap::new();
        for (position, record) in reader.deserialize().enumerate() {
            let row = position + 2;
            let at = |message: Text| DeflatorError::Row { row, message };
            let (year, code, index): (u16, String, f64) =
                record.map_err(|error| at(Text::same(error.to_string())))?;
            if !(index.is_finite() && index > 0.0) {
                return Err(at(Text::new(
                    format!("indeks {index} tahun {year} harus angka di atas 0"),
                    format!("the index {index} of {year} must be a number above 0"),
                )));
            }
            if indices.insert((year, code.clone()), index).is_some() {
                return Err(at(Text::new(
                    format!("{year} dan `{code}` ada dua kali"),
                    format!("{year} and `{code}` stand twice"),
                )));
            }
        }
        Ok(Deflator {
            id: header.id,
            title: header.title,
            source: header.source,
            licence: header.licence,
            reference_year: header.reference_year,
            classification: header.classification,
            indices,
        })
    }

    /// The index of a year for the first of the codes that has one, else of everything together.
    pub fn index<'a>(&self, year: u16, codes: impl IntoIterator<Item = &'a str>) -> Option<f64> {
        let find = |code: &str| self.indices.get(&(year, code.to_owned())).copied();
        codes.into_iter().find_map(find).or_else(|| find(ALL))
    }

    /// What an amount of `year` is multiplied by to stand at the prices of `base_year`.
    pub fn factor<'a>(
        &self,
        year: u16,
        base_year: u16,
        codes: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Option<f64> {
        Some(self.index(base_year, codes.clone())? / self.index(year, codes)?)
    }

    /// The first and the last year with an index of everything together.
    pub fn years(&self) -> Option<(u16, u16)> {
        let mut years = self.indices.keys().filter(|(_, code)| code == ALL).map(|(year, _)| *year);
        let first = years.next()?;
        Some((first, years.next_back().unwrap_or(first)))
    }

    /// The codes and years of the table.
    pub fn entries(&self) -> impl Iterator<Item = (u16, &str)> {
        self.indices.keys().map(|(year, code)| (*year, code.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"
        id = "gdp-2010"
        title = { id = "Deflator", en = "Deflator" }
        source = { id = "BPS", en = "BPS" }
        reference_year = 2010"#;

    #[test]
    fn an_activity_without_its_own_index_takes_that_of_everything() {
        let table = "year,code,index\n2010,_T,100\n2020,_T,150\n2010,C,100\n2020,C,125\n";
        let deflator = Deflator::parse(HEADER, table).unwrap();
        assert_eq!(deflator.factor(2020, 2010, ["10", "C"]), Some(0.8));
        assert_eq!(deflator.factor(2010, 2020, ["A"]), Some(1.5));
        assert_eq!(deflator.factor(2021, 2010, ["C"]), None);
        assert_eq!(deflator.years(), Some((2010, 2020)));
    }

    #[test]
    fn a_damaged_table_is_refused_with_the_row() {
        for (rows, expected) in [
            ("2010,_T,0", "row 2: the index 0 of 2010 must be a number above 0"),
            ("2010,_T,100\n2010,_T,101", "row 3: 2010 and `_T` stand twice"),
        ] {
            let error = Deflator::parse(HEADER, &format!("year,code,index\n{rows}\n")).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
