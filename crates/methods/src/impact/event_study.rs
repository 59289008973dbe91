//! Event study by two-way fixed effects: leads and lags of the start in one regression. It is offered
//! because it is so widely shown, and it always says where its weights go wrong.

use std::collections::BTreeSet;

use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::comparison::OPTIONAL_COVARIATES;
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table, Term};
use crate::numerics::{covariance, least_squares, linear};
use crate::panel::Panel;
use crate::production::panel::{Rows, within};
use crate::survey::report::t_quantile;

pub(crate) static METHOD: Method = Method {
    id: "event-study",
    group: Group::Impact,
    title: ["Studi kejadian dua arah", "Event study by two-way fixed effects"],
    question: [
        "Bagaimana hasil bergerak sebelum dan sesudah unit mulai ikut program?",
        "How does the outcome move before and after units join a programme?",
    ],
    definition: [
        "Efek tetap unit dan periode; penanda waktu sejak mulai, −1 sebagai dasar, ujung digabung; klaster \
         = unit",
        "Unit and period fixed effects; indicators of time since the start, −1 left out, ends pooled; \
         clusters = units",
    ],
    source: "Sun and Abraham (2021); de Chaisemartin and D'Haultfœuille (2020); Schmidheiny and Siegloch \
        (2023)",
    arguments: &[
        Argument::required("outcome", Kind::Column, ["hasil", "the outcome"]),
        Argument::required("unit", Kind::Column, ["kolom unit", "column with the unit"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required(
            "start",
            Kind::Column,
            [
                "periode pertama ikut program; 0 atau kosong: tidak pernah",
                "first period of treatment; 0 or empty: never",
            ],
        ),
        OPTIONAL_COVARIATES,
        Argument::optional(
            "leads",
            Kind::Count(None),
            ["gabungkan yang lebih awal dari ini", "pool what is earlier than this"],
        ),
        Argument::optional(
            "lags",
            Kind::Count(None),
            ["gabungkan yang lebih akhir dari ini", "pool what is later than this"],
        ),
        Argument::optional("cluster", Kind::Column, ["kolom klaster galat", "column with the clusters"]),
    ],
    example: "event-study --input docs/methods/data/staggered.csv --outcome productivity --unit enterprise \
              --period year --start joined",
    run: figures,
};

/// The panel with the time since the start of every row; `None` for units that never start.
struct Events {
    rows: Rows,
    since: Vec<Option<i64>>,
    /// Whole-number periods, in order.
    times: Vec<f64>,
}

fn read(request: &Request<'_>, needed: &[&[f64]]) -> Result<Events, MethodError> {
    let start = request.numbers("start")?;
    let panel =
        Panel::of(&request.categories("unit")?, &request.categories("period")?, &request.complete(needed)?)?;
    let times: Option<Vec<f64>> = panel
        .periods
        .iter()
        .map(|period| period.trim().parse().ok().filter(|time: &f64| time.fract() == 0.0 && time.abs() < 1e9))
        .collect();
    let word = |argument: &str| request.word(argument).unwrap_or_default();
    let times = times.ok_or_else(|| request.bad("period", word("period"), "2021, 2022, 2023 …"))?;
    let rows = Rows::of(&panel);
    let mut since = Vec::with_capacity(rows.len());
    let mut first: Vec<Option<Option<i64>>> = vec![None; rows.units];
    for place in 0..rows.len() {
        let begin = start[rows.file[place]];
        let begin = match begin > 0.0 {
            true if begin.fract() == 0.0 && begin < 1e9 => Some(begin as i64),
            true => return Err(request.bad("start", word("start"), "2021, 2022, 2023 …")),
            false => None,
        };
        if *first[rows.unit[place]].get_or_insert(begin) != begin {
            let unit = &panel.units[rows.unit[place]];
            return Err(MethodError::Impossible(Saying::new(
                format!(
                    "`{unit}` mempunyai lebih dari satu periode mulai; pakailah yang pertama di semua \
                     barisnya"
                ),
                format!("`{unit}` has more than one first period; use the earliest in all its rows"),
            )));
        }
        since.push(begin.map(|begin| times[rows.period[place]] as i64 - begin));
    }
    Ok(Events { rows, since, times })
}

impl Events {
    /// Times since the start, the ends pooled into one: those of a reference period are missing.
    fn pooled(&self, leads: Option<i64>, lags: Option<i64>) -> Vec<Option<i64>> {
        let bound = |time: i64| time.max(-leads.unwrap_or(i64::MAX)).min(lags.unwrap_or(i64::MAX));
        self.since.iter().map(|time| time.map(bound).filter(|time| *time != -1)).collect()
    }

    fn units(&self, is: impl Fn(Option<i64>) -> bool) -> usize {
        let mut seen = vec![false; self.rows.units];
        (0..self.rows.len()).filter(|place| is(self.since[*place])).for_each(|place| {
            seen[self.rows.unit[place]] = true;
        });
        seen.iter().filter(|seen| **seen).count()
    }
}

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let outcome = request.numbers("outcome")?;
    let given = request.word("covariates").is_some();
    let covariates: Vec<Term> = if given { request.columns("covariates")? } else { Vec::new() };
    let mut needed: Vec<&[f64]> = vec![&outcome];
    needed.extend(covariates.iter().map(|term| term.values.as_slice()));
    let events = read(request, &needed)?;
    let count = |name| Ok::<_, MethodError>(request.count(name)?.map(|count| count.min(10_000) as i64));
    let (leads, lags) = (count("leads")?.map(|leads| leads.max(2)), count("lags")?);
    let times = events.pooled(leads, lags);
    let levels: Vec<i64> = times.iter().flatten().copied().collect::<BTreeSet<i64>>().into_iter().collect();
    if levels.is_empty() || events.units(|since| since.is_some()) == 0 {
        let what = Saying::new("unit yang mulai di dalam jendela data", "units that start inside the data");
        return Err(MethodError::TooFew { what, needed: 1, found: 0 });
    }
    let indicator = |level: &i64| {
        let is = |time: &Option<i64>| f64::from(u8::from(*time == Some(*level)));
        DVector::from_iterator(times.len(), times.iter().map(is))
    };
    let file = &events.rows.file;
    let pick = |values: &[f64]| DVector::from_iterator(file.len(), file.iter().map(|row| values[*row]));
    let mut columns: Vec<DVector<f64>> = levels.iter().map(indicator).collect();
    columns.extend(covariates.iter().map(|term| pick(&term.values)));
    let mut names: Vec<String> = levels.iter().map(|level| format!("time {level:+}")).collect();
    names.extend(covariates.iter().map(|term| term.name.clone()));
    let x = DMatrix::from_columns(&columns);
    let data = within(&x, &pick(&outcome), &names, &events.rows, true)
        .map_err(|error| unidentified(error, &events))?;
    let fit = least_squares::fit(&data.x, &data.y, &names).map_err(|error| unidentified(error, &events))?;
    let clusters = match request.optional_categories("cluster")? {
        None => data.units.clone(),
        Some(words) => file.iter().map(|row| words.codes[*row].min(words.levels.len() as u32)).collect(),
    };
    // Unit means are nested in the clusters; those of periods count.
    let parameters = names.len() + events.rows.periods - 1;
    if data.y.len() <= parameters + 1 {
        let what = Saying::new("baris", "rows");
        return Err(MethodError::TooFew { what, needed: parameters + 2, found: data.y.len() });
    }
    let covariance = covariance::clustered(&fit, &data.x, &clusters, parameters)?;
    let mut distinct = clusters;
    distinct.sort_unstable();
    distinct.dedup();
    let table = effects(
        &events,
        &times,
        &levels,
        (&fit.coefficients, &covariance),
        t_quantile(0.975, distinct.len() - 1),
    );
    let figures = Figures::new(events.rows.len()).table(table);
    Ok(remarks(figures, &events, &levels, (&fit.coefficients, &covariance)))
}

/// Without units that never start, time since the start, unit and period say the same thing twice.
fn unidentified(error: MethodError, events: &Events) -> MethodError {
    if !matches!(error, MethodError::Collinear { .. }) || events.units(|since| since.is_none()) > 0 {
        return error;
    }
    MethodError::Impossible(Saying::new(
        "semua unit pernah mulai, maka waktu sejak mulai tidak terpisah dari unit dan periode: gabungkan ujungnya \
         dengan --leads dan --lags, atau pakailah staggered-did",
        "every unit starts at some time, so time since the start cannot be told from unit and period: pool the ends \
         with --leads and --lags, or use staggered-did",
    ))
}

fn effects(
    events: &Events,
    times: &[Option<i64>],
    levels: &[i64],
    (coefficients, covariance): (&DVector<f64>, &DMatrix<f64>),
    critical: f64,
) -> Table {
    let mut table = Table::new(
        "effects",
        ["Hasil menurut waktu sejak mulai", "Outcome by time since the start"],
        &[
            ("time", "Waktu", "Time"),
            ("estimate", "Dugaan", "Estimate"),
            ("standard_error", "Galat baku", "Standard error"),
            ("lower", "Batas bawah 95%", "Lower 95%"),
            ("upper", "Batas atas 95%", "Upper 95%"),
            ("n", "Baris", "Rows"),
        ],
    );
    let mut all: Vec<(i64, Option<usize>)> =
        levels.iter().enumerate().map(|(at, level)| (*level, Some(at))).collect();
    all.push((-1, None));
    all.sort_unstable();
    for (level, at) in all {
        let rows = match at {
            Some(_) => times.iter().filter(|time| **time == Some(level)).count(),
            None => events.since.iter().filter(|since| **since == Some(-1)).count(),
        };
        let figures = match at {
            Some(at) => {
                let (value, error) = (coefficients[at], covariance[(at, at)].sqrt());
                [value, error, value - critical * error, value + critical * error].map(Cell::from)
            }
            None => std::array::from_fn(|place| match place {
                0 => Cell::from(0.0),
                _ => Cell::Absent(domain::language::Text::new("dasar", "reference")),
            }),
        };
        table.push(
            std::iter::once(Cell::from(level as f64)).chain(figures).chain([Cell::from(rows)]).collect(),
        );
    }
    table
}

fn remarks(
    mut figures: Figures,
    events: &Events,
    levels: &[i64],
    (coefficients, covariance): (&DVector<f64>, &DMatrix<f64>),
) -> Figures {
    let leads = levels.iter().filter(|level| **level < -1).count();
    let (first, block) = (coefficients.rows(0, leads).into_owned(), covariance.view((0, 0), (leads, leads)));
    if let Some(solved) = linear::solve(block.into_owned(), &first).filter(|_| leads > 0) {
        let statistic = first.dot(&solved);
        let p = ChiSquared::new(leads as f64).map_or(f64::NAN, |chi| chi.sf(statistic.max(0.0)));
        figures = figures.note(
            format!("uji Wald tren sebelum program: {statistic:.4}, {leads} derajat bebas, p = {p:.4}"),
            format!(
                "Wald test of trends before the start: {statistic:.4}, {leads} degrees of freedom, p = {p:.4}"
            ),
        );
    }
    let starts: BTreeSet<i64> = (0..events.rows.len())
        .filter_map(|place| Some(events.times[events.rows.period[place]] as i64 - events.since[place]?))
        .collect();
    if starts.len() > 1 {
        figures = figures.warn(
            format!(
                "ada {} waktu mulai: bila dampak berbeda antarkelompok, setiap angka di sini tercampur dampak pada \
                 waktu lain, juga sebelum mulai (Sun dan Abraham 2021); pakailah staggered-did",
                starts.len()
            ),
            format!(
                "there are {} starting times: where effects differ between groups, each figure here mixes in effects \
                 of other times, those before the start too (Sun and Abraham 2021); use staggered-did",
                starts.len()
            ),
        );
    }
    if events.units(|since| since.is_none()) == 0 {
        figures = figures.warn(
            "tidak ada unit yang tidak pernah ikut: angka bergantung pada cara ujung digabung",
            "no unit never joins: the figures depend on how the ends are pooled",
        );
    }
    figures
}
