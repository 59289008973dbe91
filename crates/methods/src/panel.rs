//! Rows keyed by unit and period: enterprises over years, products over months, provinces at once.

use std::collections::HashMap;

use crate::bench::{Categories, Figures, MISSING, MethodError, Request, Saying};

/// Where the row of a unit in a period stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// In order of first appearance.
    pub units: Vec<String>,
    /// In order of time: as numbers where all are numbers, as words otherwise.
    pub periods: Vec<String>,
    rows: Vec<Option<usize>>,
    /// Rows whose unit and period are known.
    pub used: usize,
}

impl Panel {
    /// Arranges `rows`; a row without unit or period is left out, a unit twice in a period is refused.
    pub fn of(units: &Categories, periods: &Categories, rows: &[usize]) -> Result<Panel, MethodError> {
        let known: Vec<usize> = rows
            .iter()
            .copied()
            .filter(|row| units.codes[*row] != MISSING && periods.codes[*row] != MISSING)
            .collect();
        if known.is_empty() {
            return Err(MethodError::NoRows { rows: units.codes.len() });
        }
        let (unit_levels, unit_places) = present(units, &known);
        let (mut period_levels, _) = present(periods, &known);
        in_order_of_time(&mut period_levels);
        let period_places: HashMap<&str, usize> =
            period_levels.iter().enumerate().map(|(place, period)| (period.as_str(), place)).collect();
        let mut cells = vec![None; unit_levels.len() * period_levels.len()];
        for row in &known {
            let unit = unit_places[&units.codes[*row]];
            let period = period_places[periods.levels[periods.codes[*row] as usize].as_str()];
            let cell = &mut cells[unit * period_levels.len() + period];
            if cell.is_some() {
                let (unit, period) = (&unit_levels[unit], &period_levels[period]);
                return Err(MethodError::Impossible(Saying::new(
                    format!(
                        "`{unit}` muncul dua kali pada periode {period}; gabungkan atau hapus salah satunya"
                    ),
                    format!("`{unit}` stands twice in period {period}; merge the rows or remove one"),
                )));
            }
            *cell = Some(*row);
        }
        Ok(Panel { units: unit_levels, periods: period_levels, rows: cells, used: known.len() })
    }

    /// The row of a unit in a period, if there is one.
    pub fn row(&self, unit: usize, period: usize) -> Option<usize> {
        self.rows[unit * self.periods.len() + period]
    }

    /// The value of a unit in a period; NaN where there is none.
    pub fn value(&self, column: &[f64], unit: usize, period: usize) -> f64 {
        self.row(unit, period).map_or(f64::NAN, |row| column[row])
    }

    /// The place of a period given by name.
    pub fn period(&self, argument: &str, name: &str) -> Result<usize, MethodError> {
        self.periods.iter().position(|known| known == name).ok_or_else(|| MethodError::BadArgument {
            argument: argument.to_owned(),
            value: name.to_owned(),
            expected: self.periods.join(" | "),
        })
    }
}

/// The periods that occur in `rows`, in order of time.
pub(crate) fn periods(periods: &Categories, rows: &[usize]) -> Vec<String> {
    let known: Vec<usize> = rows.iter().copied().filter(|row| periods.codes[*row] != MISSING).collect();
    let (mut levels, _) = present(periods, &known);
    in_order_of_time(&mut levels);
    levels
}

/// The two periods to compare: `--from` and `--to`, or the first and the last.
pub(crate) fn span(request: &Request<'_>, panel: &Panel) -> Result<(usize, usize), MethodError> {
    let from = request.word("from").map_or(Ok(0), |name| panel.period("from", name))?;
    let to = request.word("to").map_or(Ok(panel.periods.len() - 1), |name| panel.period("to", name))?;
    if from < to {
        return Ok((from, to));
    }
    let expected = format!("{} < --to", panel.periods.join(" | "));
    Err(request.bad("from", &panel.periods[from], &expected))
}

/// Says that only two of several periods were compared.
pub(crate) fn say_span(figures: Figures, panel: &Panel, (from, to): (usize, usize)) -> Figures {
    let others = panel.periods.len() - 2;
    if others == 0 {
        return figures;
    }
    let (from, to) = (&panel.periods[from], &panel.periods[to]);
    figures.note(
        format!("dibandingkan {from} dan {to}; {others} periode lain tidak ikut"),
        format!("{from} and {to} are compared; {others} other periods do not enter"),
    )
}

/// Levels that occur in `rows`, in order of first appearance, and the place of each code.
fn present(categories: &Categories, rows: &[usize]) -> (Vec<String>, HashMap<u32, usize>) {
    let (mut levels, mut places) = (Vec::new(), HashMap::new());
    for row in rows {
        let code = categories.codes[*row];
        places.entry(code).or_insert_with(|| {
            levels.push(categories.levels[code as usize].clone());
            levels.len() - 1
        });
    }
    (levels, places)
}

fn in_order_of_time(periods: &mut [String]) {
    let numbers: Option<Vec<f64>> = periods.iter().map(|period| period.trim().parse().ok()).collect();
    match numbers {
        Some(numbers) if numbers.iter().all(|number| number.is_finite()) => periods.sort_by(|a, b| {
            let number = |text: &str| text.trim().parse::<f64>().unwrap_or_default();
            number(a).total_cmp(&number(b))
        }),
        _ => periods.sort_unstable(),
    }
}

#[cfg(test)]
mod tests {
    use super::Panel;
    use crate::bench::Categories;

    fn panel(units: &[&str], periods: &[&str]) -> Result<Panel, String> {
        let read = |words: &[&str]| Categories::of(words.iter().map(|word| Some(*word)));
        let rows: Vec<usize> = (0..units.len()).collect();
        Panel::of(&read(units), &read(periods), &rows).map_err(|error| error.text().en)
    }

    #[test]
    fn periods_come_in_order_of_time_and_gaps_stay_gaps() {
        let panel = panel(&["b", "a", "b", ""], &["10", "9", "9", "9"]).unwrap();
        assert_eq!(
            (panel.units.join(" "), panel.periods.join(" "), panel.used),
            ("b a".into(), "9 10".into(), 3)
        );
        assert_eq!((panel.row(0, 0), panel.row(0, 1), panel.row(1, 1)), (Some(2), Some(0), None));
        assert!(panel.value(&[1.0, 2.0, 3.0, 4.0], 1, 1).is_nan());
    }

    #[test]
    fn a_unit_twice_in_a_period_is_refused() {
        let error = panel(&["a", "a"], &["2020", "2020"]).unwrap_err();
        assert_eq!(error, "`a` stands twice in period 2020; merge the rows or remove one");
    }
}
