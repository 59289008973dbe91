//! Decompositions with entry and exit: which units grew, which gained weight, who came and who went.
//!
//! A unit that was not observed is not a unit that left: only a unit without a row in a period counts as
//! absent from the population; a row whose values are empty says that the unit was alive and out of the
//! sample, and takes it out of both periods.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::{mean, sum};
use crate::panel::{Panel, say_span, span};

/// Who gets credit for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dynamics {
    BailyHultenCampbell,
    GrilichesRegev,
    FosterHaltiwangerKrizan,
    BaldwinGu,
    MelitzPolanec,
    DiewertFox,
}

/// Every decomposition with its word on the command line and its name.
pub const DYNAMICS: &[(Dynamics, &str, &str)] = &[
    (Dynamics::MelitzPolanec, "melitz-polanec", "Melitz–Polanec (2015)"),
    (Dynamics::FosterHaltiwangerKrizan, "foster-haltiwanger-krizan", "Foster–Haltiwanger–Krizan (2001)"),
    (Dynamics::GrilichesRegev, "griliches-regev", "Griliches–Regev (1995)"),
    (Dynamics::BaldwinGu, "baldwin-gu", "Baldwin–Gu (2006)"),
    (Dynamics::BailyHultenCampbell, "baily-hulten-campbell", "Baily–Hulten–Campbell (1992)"),
    (Dynamics::DiewertFox, "diewert-fox", "Diewert–Fox (2010)"),
];

/// A unit in one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    pub level: f64,
    /// What the share is made of: labour, output or value added.
    pub size: f64,
    /// Survey weight.
    pub weight: f64,
}

/// Units in two periods: continuing, entrants and leavers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turnover {
    pub continuing: Vec<[State; 2]>,
    pub entrants: Vec<State>,
    pub leavers: Vec<State>,
}

/// The terms of a decomposition; they add up to `total`. `None` where a method knows no such term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contributions {
    pub total: f64,
    pub within: f64,
    pub between: f64,
    pub cross: Option<f64>,
    pub entry: f64,
    pub exit: f64,
}

impl Contributions {
    pub fn sum(&self) -> f64 {
        sum([self.within, self.between, self.cross.unwrap_or_default(), self.entry, self.exit])
    }
}

/// A unit's share and level, with its weight.
type Shared = (f64, f64, f64);

fn shared(states: &[State], total: f64) -> Vec<Shared> {
    states.iter().map(|state| (state.size * state.weight / total, state.level, state.weight)).collect()
}

/// Share, mean level by share, and plain mean of a group.
fn group(units: &[Shared]) -> (f64, f64, f64) {
    let (shares, levels): (Vec<f64>, Vec<f64>) = units.iter().map(|unit| (unit.0, unit.1)).unzip();
    let weights: Vec<f64> = units.iter().map(|unit| unit.2).collect();
    (sum(shares.iter().copied()), mean(&levels, &shares), mean(&levels, &weights))
}

impl Turnover {
    /// Decomposes the change of the share-weighted mean level.
    pub fn decompose(&self, by: Dynamics) -> Result<Contributions, MethodError> {
        if self.continuing.is_empty() {
            let what = Saying::new("unit yang ada pada kedua periode", "units present in both periods");
            return Err(MethodError::TooFew { what, needed: 1, found: 0 });
        }
        let side = |at: usize| self.continuing.iter().map(|unit| unit[at]).collect::<Vec<State>>();
        let (old, new) = (side(0), side(1));
        let size = |states: &[State]| sum(states.iter().map(|state| state.size * state.weight));
        let (old_size, new_size) = (size(&old), size(&new));
        let (base, now) = (old_size + size(&self.leavers), new_size + size(&self.entrants));
        if !(old_size > 0.0 && new_size > 0.0 && base.is_finite() && now.is_finite()) {
            return Err(MethodError::Impossible(Saying::new(
                "unit yang bertahan harus berukuran di atas nol pada kedua periode",
                "continuing units must have a size above zero in both periods",
            )));
        }
        let groups = Groups {
            old: shared(&old, base),
            new: shared(&new, now),
            entrants: shared(&self.entrants, now),
            leavers: shared(&self.leavers, base),
        };
        groups.decompose(by)
    }
}

struct Groups {
    old: Vec<Shared>,
    new: Vec<Shared>,
    entrants: Vec<Shared>,
    leavers: Vec<Shared>,
}

impl Groups {
    fn decompose(&self, by: Dynamics) -> Result<Contributions, MethodError> {
        let level = |units: &[Shared], others: &[Shared]| {
            sum(units.iter().chain(others).map(|(share, level, _)| share * level))
        };
        let (base, now) = (level(&self.old, &self.leavers), level(&self.new, &self.entrants));
        let entry =
            |reference: f64| sum(self.entrants.iter().map(|(share, level, _)| share * (level - reference)));
        let exit =
            |reference: f64| -sum(self.leavers.iter().map(|(share, level, _)| share * (level - reference)));
        let all = |term: &dyn Fn(Shared, Shared) -> f64| {
            sum(self.old.iter().zip(&self.new).map(|(old, new)| term(*old, *new)))
        };
        let total = now - base;
        let contributions = match by {
            Dynamics::BailyHultenCampbell => Contributions {
                total,
                within: all(&|old, new| old.0 * (new.1 - old.1)),
                between: all(&|old, new| (new.0 - old.0) * new.1),
                cross: None,
                entry: entry(0.0),
                exit: exit(0.0),
            },
            Dynamics::FosterHaltiwangerKrizan => Contributions {
                total,
                within: all(&|old, new| old.0 * (new.1 - old.1)),
                between: all(&|old, new| (new.0 - old.0) * (old.1 - base)),
                cross: Some(all(&|old, new| (new.0 - old.0) * (new.1 - old.1))),
                entry: entry(base),
                exit: exit(base),
            },
            Dynamics::GrilichesRegev => self.at_means(total, (base + now) / 2.0),
            Dynamics::BaldwinGu => {
                let (share, reference, _) = group(&self.leavers);
                if share <= 0.0 {
                    return Err(MethodError::Impossible(Saying::new(
                        "Baldwin–Gu membandingkan dengan usaha yang keluar, dan tidak ada yang keluar",
                        "Baldwin–Gu compares with the units that left, and none left",
                    )));
                }
                // Leavers against their own mean: nothing but rounding, so nothing.
                Contributions { exit: 0.0, ..self.at_means(total, reference) }
            }
            Dynamics::MelitzPolanec | Dynamics::DiewertFox => self.against_survivors(total, by),
        };
        Ok(contributions)
    }

    /// Mean shares and mean levels, counted from a reference level.
    fn at_means(&self, total: f64, reference: f64) -> Contributions {
        let all = |term: &dyn Fn(Shared, Shared) -> f64| {
            sum(self.old.iter().zip(&self.new).map(|(old, new)| term(*old, *new)))
        };
        let from = |units: &[Shared]| sum(units.iter().map(|(share, level, _)| share * (level - reference)));
        Contributions {
            total,
            within: all(&|old, new| (old.0 + new.0) / 2.0 * (new.1 - old.1)),
            between: all(&|old, new| (new.0 - old.0) * ((old.1 + new.1) / 2.0 - reference)),
            cross: None,
            entry: from(&self.entrants),
            exit: -from(&self.leavers),
        }
    }

    /// Entrants and leavers are compared with the survivors of their own period, whose shares sum to one.
    fn against_survivors(&self, total: f64, by: Dynamics) -> Contributions {
        let (old_share, old_level, old_mean) = group(&self.old);
        let (new_share, new_level, new_mean) = group(&self.new);
        let turnover = |units: &[Shared], reference: f64| {
            sum(units.iter().map(|(share, level, _)| share * (level - reference)))
        };
        let (within, between) = if by == Dynamics::MelitzPolanec {
            (new_mean - old_mean, (new_level - new_mean) - (old_level - old_mean))
        } else {
            let terms = |term: &dyn Fn(f64, f64, f64, f64) -> f64| {
                sum(self
                    .old
                    .iter()
                    .zip(&self.new)
                    .map(|(old, new)| term(old.0 / old_share, old.1, new.0 / new_share, new.1)))
            };
            let middle = (old_level + new_level) / 2.0;
            (
                terms(&|old_share, old, new_share, new| (old_share + new_share) / 2.0 * (new - old)),
                terms(&|old_share, old, new_share, new| {
                    (new_share - old_share) * ((old + new) / 2.0 - middle)
                }),
            )
        };
        Contributions {
            total,
            within,
            between,
            cross: None,
            entry: turnover(&self.entrants, new_level),
            exit: -turnover(&self.leavers, old_level),
        }
    }
}

pub(crate) static METHOD: Method = Method {
    id: "productivity-dynamics",
    group: Group::Decomposition,
    title: ["Dekomposisi dengan usaha masuk dan keluar", "Decompositions with entry and exit"],
    question: [
        "Berapa bagian pertumbuhan berasal dari usaha yang bertahan, yang masuk, dan yang keluar?",
        "How much of growth comes from units that stayed, that entered and that left?",
    ],
    definition: [
        "Melitz–Polanec: perubahan rata-rata dan kovarians yang bertahan; yang masuk dan keluar \
         dibandingkan dengan yang bertahan. Baris dengan nilai kosong = hidup tetapi tidak \
         tersurvei, bukan keluar",
        "Melitz–Polanec: change of the survivors' mean and covariance; entrants and leavers against \
         survivors. A row with empty values = alive but out of the sample, not an exit",
    ],
    source: "Melitz and Polanec (2015), RAND Journal of Economics 46; Foster, Haltiwanger and Krizan (2001); \
     Balk (2016)",
    arguments: &[
        Argument::required("unit", Kind::Column, ["kolom usaha", "column with the enterprise"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required(
            "productivity",
            Kind::Column,
            ["produktivitas, tingkat atau logaritma", "productivity, level or logarithm"],
        ),
        Argument::required(
            "size",
            Kind::Column,
            [
                "ukuran untuk pangsa: tenaga kerja, output, nilai tambah",
                "size for the shares: labour, output, value added",
            ],
        ),
        Argument::WEIGHT,
        Argument::optional("from", Kind::Word, ["periode awal", "first period"]),
        Argument::optional("to", Kind::Word, ["periode akhir", "last period"]),
        Argument::optional(
            "each",
            Kind::Flag,
            ["tiap pasang periode berurutan", "every pair of neighbouring periods"],
        ),
        Argument::optional(
            "method",
            Kind::Choice(&[
                "all",
                "melitz-polanec",
                "foster-haltiwanger-krizan",
                "griliches-regev",
                "baldwin-gu",
                "baily-hulten-campbell",
                "diewert-fox",
            ]),
            ["dekomposisi", "decomposition"],
        ),
    ],
    example: "productivity-dynamics --input docs/methods/data/enterprises.csv --unit enterprise --period \
     year --productivity \"log(value_added / workers)\" --size workers --weight weight",
    run: figures,
};

/// The units of a panel in two periods, and how many were left out because one side was not observed.
fn turnover(
    panel: &Panel,
    (from, to): (usize, usize),
    state: &dyn Fn(usize) -> Option<State>,
    entered: &mut [bool],
) -> (Turnover, usize) {
    let (mut turnover, mut unseen) = (Turnover::default(), 0);
    for unit in 0..panel.units.len() {
        let (old, new) = (panel.row(unit, from), panel.row(unit, to));
        match (old.map(state), new.map(state)) {
            (Some(Some(old)), Some(Some(new))) => turnover.continuing.push([old, new]),
            (None, Some(Some(new))) => turnover.entrants.push(new),
            (Some(Some(old)), None) => turnover.leavers.push(old),
            (None, None) => continue,
            _ => {
                unseen += 1;
                continue;
            }
        }
        old.into_iter().chain(new).for_each(|row| entered[row] = true);
    }
    (turnover, unseen)
}

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (levels, sizes, weights) =
        (request.numbers("productivity")?, request.numbers("size")?, request.weights()?);
    if let Some(row) = sizes.iter().position(|size| *size < 0.0) {
        return Err(MethodError::OutOfDomain {
            column: request.word("size").unwrap_or_default().to_owned(),
            row: row + 1,
            value: sizes[row],
            rule: Saying::new("ukuran tidak boleh negatif", "a size may not be negative"),
        });
    }
    let everyone: Vec<usize> = (0..request.rows()).collect();
    let panel = Panel::of(&request.categories("unit")?, &request.categories("period")?, &everyone)?;
    let (from, to) = span(request, &panel)?;
    let state = |row: usize| {
        let known = levels[row].is_finite() && sizes[row].is_finite() && weights[row].is_finite();
        known.then(|| State { level: levels[row], size: sizes[row], weight: weights[row] })
    };
    let each = request.flag("each");
    let spans = if each { (from..to).map(|at| (at, at + 1)).collect() } else { vec![(from, to)] };
    let (mut counts, mut terms) =
        (Table::new("units", COUNTS_TITLE, COUNTS), Table::new("dynamics", TITLE, TERMS));
    let (mut entered, mut unseen, mut refused) = (vec![false; request.rows()], 0, None);
    for between in spans {
        let (turnover, missed) = turnover(&panel, between, &state, &mut entered);
        let head = [between.0, between.1].map(|at| Cell::from(panel.periods[at].as_str()));
        let sizes = [turnover.continuing.len(), turnover.entrants.len(), turnover.leavers.len(), missed];
        counts.push(head.iter().cloned().chain(sizes.map(Cell::from)).collect());
        refused = refused.or(add_terms(&mut terms, &head, &turnover, request.choice("method")?));
        unseen += missed;
    }
    // What no decomposition can do for any period is an error, not a table.
    if let Some(error) = refused.filter(|_| terms.rows.iter().all(|row| matches!(row[8], Cell::Absent(_)))) {
        return Err(error);
    }
    let used = entered.iter().filter(|entered| **entered).count();
    let mut figures = Figures::new(used).table(counts).table(terms);
    if !each {
        figures = say_span(figures, &panel, (from, to));
    }
    Ok(if unseen == 0 {
        figures
    } else {
        figures.warn(
            format!(
                "{unseen} usaha hidup tetapi tidak terukur pada salah satu periode; tidak dihitung sebagai \
                 masuk atau keluar"
            ),
            format!(
                "{unseen} units were alive but not measured in one of the periods; they count neither as \
                 entry nor as exit"
            ),
        )
    })
}

const COUNTS_TITLE: [&str; 2] = ["Banyaknya usaha", "Number of units"];

const COUNTS: &[(&str, &str, &str)] = &[
    ("from", "Dari", "From"),
    ("to", "Sampai", "To"),
    ("continuing", "Bertahan", "Continuing"),
    ("entrants", "Masuk", "Entrants"),
    ("leavers", "Keluar", "Leavers"),
    ("unseen", "Tidak terukur pada salah satu periode", "Not measured in one period"),
];

const TITLE: [&str; 2] =
    ["Sumbangan pada perubahan produktivitas", "Contributions to the change of productivity"];

const TERMS: &[(&str, &str, &str)] = &[
    ("from", "Dari", "From"),
    ("to", "Sampai", "To"),
    ("method", "Dekomposisi", "Decomposition"),
    ("within", "Di dalam", "Within"),
    ("between", "Antarusaha", "Between"),
    ("cross", "Silang", "Cross"),
    ("entry", "Masuk", "Entry"),
    ("exit", "Keluar", "Exit"),
    ("total", "Jumlah", "Total"),
];

/// The decompositions asked for, one line each; what one of them cannot do is said in its line, and returned.
fn add_terms(table: &mut Table, head: &[Cell], turnover: &Turnover, wanted: &str) -> Option<MethodError> {
    let mut refused = None;
    for (by, _, name) in DYNAMICS.iter().filter(|(_, word, _)| wanted == "all" || wanted == *word) {
        let cells = match turnover.decompose(*by) {
            Ok(terms) => [
                terms.within.into(),
                terms.between.into(),
                terms.cross.map_or_else(no_cross_term, Cell::from),
                terms.entry.into(),
                terms.exit.into(),
                terms.total.into(),
            ],
            Err(error) => {
                let text = error.text();
                refused = refused.or(Some(error));
                std::array::from_fn(|_| Cell::Absent(text.clone()))
            }
        };
        table.push(head.iter().cloned().chain([Cell::from(*name)]).chain(cells).collect());
    }
    refused
}

fn no_cross_term() -> Cell {
    Cell::Absent(domain::language::Text::new("tidak ada suku ini", "no such term"))
}
