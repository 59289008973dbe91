//! Constant prices: deflators by year and activity, with fall-back from fine to coarse codes.

use std::collections::BTreeMap;

use domain::classification::Classification;

use crate::error::StatisticsError;

/// A table of price indices, `deflators/<id>.csv` with the columns `year,code,index`. The code is
/// one of the activity classification, of any level, or `_T` for everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deflator {
    pub id: String,
    indices: BTreeMap<String, BTreeMap<String, f64>>,
}

/// The code under which a deflator keeps its index for everything.
pub(crate) const EVERYTHING: &str = "_T";

impl Deflator {
    /// Reads a deflator table; the rows may come in any order.
    pub fn parse(id: &str, text: &str) -> Result<Self, StatisticsError> {
        let refuse = |line: usize, message: &str| {
            StatisticsError::plan(format!("deflator `{id}`, line {line}"), message)
        };
        let mut indices: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            let fields: Vec<&str> = line.split(',').map(|field| field.trim().trim_matches('"')).collect();
            if number == 0 {
                if fields != ["year", "code", "index"] {
                    return Err(refuse(1, "the header must be `year,code,index`"));
                }
                continue;
            }
            if line.trim().is_empty() {
                continue;
            }
            let [year, code, index] = fields[..] else {
                return Err(refuse(number + 1, "write three fields: `year,code,index`"));
            };
            let index: f64 = index
                .parse()
                .ok()
                .filter(|index: &f64| index.is_finite() && *index > 0.0)
                .ok_or_else(|| refuse(number + 1, "the index must be a number above 0"))?;
            if indices.entry(code.to_owned()).or_default().insert(year.to_owned(), index).is_some() {
                return Err(refuse(number + 1, "this year and code stand twice"));
            }
        }
        Ok(Deflator { id: id.to_owned(), indices })
    }

    /// The code whose index is used for a code of the classification: itself, else its nearest
    /// ancestor that has one, else everything. With it the name of the level that was used.
    pub(crate) fn series_for(&self, activity: &Classification, position: u32) -> Option<(String, String)> {
        let mut current = Some(position);
        while let Some(at) = current {
            let code = activity.get(at);
            if self.indices.contains_key(&code.code) {
                let level = activity.levels.get(usize::from(code.level));
                return Some((code.code.clone(), level.map_or_else(String::new, |level| level.id.clone())));
            }
            current = code.parent;
        }
        self.whole()
    }

    /// The series for everything, if there is one.
    pub(crate) fn whole(&self) -> Option<(String, String)> {
        self.indices.contains_key(EVERYTHING).then(|| (EVERYTHING.to_owned(), "total".to_owned()))
    }

    /// What an amount of a year is multiplied by to stand at the prices of the base year.
    pub(crate) fn factor(&self, series: &str, year: &str, base: &str) -> Result<f64, StatisticsError> {
        let index = |year: &str| {
            self.indices.get(series).and_then(|years| years.get(year)).copied().ok_or_else(|| {
                StatisticsError::Deflator {
                    deflator: self.id.clone(),
                    year: year.to_owned(),
                    code: series.to_owned(),
                }
            })
        };
        Ok(index(base)? / index(year)?)
    }

    /// The largest factor by which any amount can be multiplied.
    pub(crate) fn largest_factor(&self) -> f64 {
        let all = || self.indices.values().flat_map(|years| years.values().copied());
        all().fold(0.0, f64::max) / all().fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_taken_from_the_nearest_level() {
        let activity = Classification::parse(
            r#"id = "A"
               title = { id = "a", en = "a" }
               source = { id = "a", en = "a" }
               levels = [{ id = "section", label = { id = "s", en = "s" } },
                         { id = "division", label = { id = "d", en = "d" } }]"#,
            "code,parent,level,label_id,label_en\nC,,section,c,c\n10,C,division,x,x\nD,,section,d,d\n",
        )
        .unwrap();
        let deflator =
            Deflator::parse("d", "year,code,index\n2020,C,100\n2021,C,125\n2020,_T,1\n2021,_T,2\n").unwrap();
        let at = |code: &str| deflator.series_for(&activity, activity.find(code).unwrap()).unwrap();
        assert_eq!(at("10"), ("C".to_owned(), "section".to_owned()));
        assert_eq!(at("D"), ("_T".to_owned(), "total".to_owned()));
        assert_eq!(deflator.factor("C", "2021", "2020").unwrap(), 0.8);
        let missing = deflator.factor("C", "2019", "2020").unwrap_err();
        assert_eq!(
            missing.to_string(),
            "deflator `d` has no index for 2019 (C); add it or change the base year"
        );
    }

    #[test]
    fn a_damaged_deflator_is_refused_with_its_line() {
        for (text, expected) in [
            ("a,b,c\n", "deflator `d`, line 1: the header must be `year,code,index`"),
            ("year,code,index\n2020,C,0\n", "deflator `d`, line 2: the index must be a number above 0"),
            (
                "year,code,index\n2020,C,1\n2020,C,1\n",
                "deflator `d`, line 3: this year and code stand twice",
            ),
        ] {
            assert_eq!(Deflator::parse("d", text).unwrap_err().to_string(), expected);
        }
    }
}
