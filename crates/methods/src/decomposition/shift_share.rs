//! Shift-share: aggregate labour productivity changes because sectors become more productive, and because
//! labour moves.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;
use crate::panel::{Panel, say_span, span};

/// A sector at the beginning and at the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sector {
    pub base_value: f64,
    pub base_labour: f64,
    pub value: f64,
    pub labour: f64,
}

/// What a sector adds to the change of aggregate productivity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Growth inside the sector, at the labour share of the beginning.
    pub within: f64,
    /// Labour that moved, at the sector's productivity of the beginning.
    pub shift: f64,
    /// The same, counted from the average: above zero only where labour moved to better places.
    pub shift_from_mean: f64,
    /// Labour that moved to sectors whose productivity grew.
    pub dynamic: f64,
    /// Growth inside at the mean share, and movement at the mean productivity: the form without a cross term.
    pub within_at_mean: f64,
    pub between_at_mean: f64,
    pub between_at_mean_from_mean: f64,
}

/// Aggregate productivity at the beginning and at the end, and the terms of every sector.
#[derive(Clone, Debug, PartialEq)]
pub struct ShiftShare {
    pub base_level: f64,
    pub level: f64,
    pub sectors: Vec<Terms>,
}

/// Decomposes; every sector needs labour above zero at both ends.
pub fn shift_share(sectors: &[Sector]) -> Result<ShiftShare, MethodError> {
    if sectors.is_empty() {
        let what = Saying::new("sektor", "sectors");
        return Err(MethodError::TooFew { what, needed: 1, found: 0 });
    }
    if let Some(place) = sectors.iter().position(|sector| {
        let labour = sector.base_labour > 0.0 && sector.labour > 0.0;
        !labour
            || [sector.base_value, sector.value, sector.base_labour, sector.labour]
                .iter()
                .any(|v| !v.is_finite())
    }) {
        return Err(MethodError::Impossible(Saying::new(
            format!(
                "sektor ke-{} tidak punya tenaga kerja di atas nol pada kedua periode; gabungkan \
                 dengan sektor lain",
                place + 1
            ),
            format!(
                "sector number {} has no labour above zero in both periods; merge it with another",
                place + 1
            ),
        )));
    }
    let total = |of: fn(&Sector) -> f64| sum(sectors.iter().map(of));
    let (base_labour, labour) = (total(|sector| sector.base_labour), total(|sector| sector.labour));
    let (base_level, level) =
        (total(|sector| sector.base_value) / base_labour, total(|sector| sector.value) / labour);
    let terms = |sector: &Sector| {
        let (old_share, share) = (sector.base_labour / base_labour, sector.labour / labour);
        let (old, new) = (sector.base_value / sector.base_labour, sector.value / sector.labour);
        let (moved, grown) = (share - old_share, new - old);
        Terms {
            within: old_share * grown,
            shift: moved * old,
            shift_from_mean: moved * (old - base_level),
            dynamic: moved * grown,
            within_at_mean: (old_share + share) / 2.0 * grown,
            between_at_mean: moved * (old + new) / 2.0,
            between_at_mean_from_mean: moved * ((old + new) / 2.0 - (base_level + level) / 2.0),
        }
    };
    Ok(ShiftShare { base_level, level, sectors: sectors.iter().map(terms).collect() })
}

pub(crate) static METHOD: Method = Method {
    id: "shift-share",
    group: Group::Decomposition,
    title: ["Dekomposisi shift-share", "Shift-share decomposition"],
    question: [
        "Apakah produktivitas tumbuh di dalam sektor, atau karena tenaga kerja berpindah antarsektor?",
        "Did productivity grow inside sectors, or because labour moved between them?",
    ],
    definition: [
        "Tiga suku: di dalam (pangsa awal × perubahan), perpindahan statis (perubahan pangsa × \
         tingkat awal), dinamis (perubahan × perubahan)",
        "Three terms: within (old share × change), static shift (change of share × old level), \
         dynamic (change × change)",
    ],
    source: "OECD Compendium of Productivity Indicators (2023); Fabricant (1942)",
    arguments: &[
        Argument::required(
            "unit",
            Kind::Column,
            ["kolom sektor atau wilayah", "column with the sector or region"],
        ),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required("value", Kind::Column, ["nilai tambah riil", "real value added"]),
        Argument::required("labour", Kind::Column, ["tenaga kerja atau jam kerja", "workers or hours"]),
        Argument::optional("from", Kind::Word, ["periode awal", "first period"]),
        Argument::optional("to", Kind::Word, ["periode akhir", "last period"]),
        Argument::optional(
            "terms",
            Kind::Choice(&["three", "two"]),
            ["tiga suku, atau dua pada pangsa rata-rata", "three terms, or two at mean shares"],
        ),
    ],
    example: "shift-share --input docs/methods/data/sectors.csv --unit sector --period year --value \
     value_added --labour workers",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, labour) = (request.numbers("value")?, request.numbers("labour")?);
    let rows = request.complete(&[&values, &labour])?;
    let panel = Panel::of(&request.categories("unit")?, &request.categories("period")?, &rows)?;
    let (from, to) = span(request, &panel)?;
    let sectors: Vec<Sector> = (0..panel.units.len())
        .map(|unit| Sector {
            base_value: panel.value(&values, unit, from),
            base_labour: panel.value(&labour, unit, from),
            value: panel.value(&values, unit, to),
            labour: panel.value(&labour, unit, to),
        })
        .collect();
    let bad = |sector: &Sector| !(sector.base_labour > 0.0 && sector.labour > 0.0);
    if let Some(unit) = sectors.iter().position(bad) {
        let (unit, from, to) = (&panel.units[unit], &panel.periods[from], &panel.periods[to]);
        return Err(MethodError::Impossible(Saying::new(
            format!(
                "`{unit}` tidak punya tenaga kerja di atas nol pada {from} dan {to}; gabungkan \
                 dengan sektor lain"
            ),
            format!(
                "`{unit}` has no labour above zero in both {from} and {to}; merge it with another sector"
            ),
        )));
    }
    let found = shift_share(&sectors)?;
    let three = request.choice("terms")? == "three";
    let table = terms_table(&panel.units, &found, three);
    let mut levels = Table::new(
        "levels",
        ["Produktivitas agregat", "Aggregate productivity"],
        &[
            ("from", "Dari", "From"),
            ("base_level", "Tingkat awal", "First level"),
            ("to", "Sampai", "To"),
            ("level", "Tingkat akhir", "Last level"),
            ("growth_percent", "Pertumbuhan %", "Growth %"),
        ],
    );
    levels.push(vec![
        panel.periods[from].as_str().into(),
        found.base_level.into(),
        panel.periods[to].as_str().into(),
        found.level.into(),
        (100.0 * (found.level / found.base_level - 1.0)).into(),
    ]);
    let figures = Figures::new(2 * sectors.len()).table(levels).table(table);
    Ok(say_span(figures, &panel, (from, to)))
}

fn terms_table(units: &[String], found: &ShiftShare, three: bool) -> Table {
    type Column = (&'static str, &'static str, &'static str, fn(&Terms) -> f64);
    const THREE: &[Column] = &[
        ("within", "Di dalam", "Within", |terms| terms.within),
        ("shift", "Perpindahan", "Shift", |terms| terms.shift),
        ("shift_from_mean", "Perpindahan dari rata-rata", "Shift from mean", |terms| terms.shift_from_mean),
        ("dynamic", "Dinamis", "Dynamic", |terms| terms.dynamic),
    ];
    const TWO: &[Column] = &[
        ("within", "Di dalam", "Within", |terms| terms.within_at_mean),
        ("between", "Antarsektor", "Between", |terms| terms.between_at_mean),
        ("between_from_mean", "Antarsektor dari rata-rata", "Between, from mean", |terms| {
            terms.between_at_mean_from_mean
        }),
    ];
    let chosen = if three { THREE } else { TWO };
    let mut columns = vec![("unit", "Sektor", "Sector")];
    columns.extend(chosen.iter().map(|(id, indonesian, english, _)| (*id, *indonesian, *english)));
    columns.push(("total", "Jumlah", "Total"));
    columns.push(("total_percent", "Jumlah, % dari tingkat awal", "Total, % of first level"));
    let mut table = Table::new("terms", ["Suku per sektor", "Terms by sector"], &columns);
    let all = |terms: &Terms| {
        if three {
            terms.within + terms.shift + terms.dynamic
        } else {
            terms.within_at_mean + terms.between_at_mean
        }
    };
    for (unit, terms) in units.iter().zip(&found.sectors) {
        let mut row = vec![Cell::from(unit.as_str())];
        row.extend(chosen.iter().map(|(.., of)| Cell::from(of(terms))));
        row.push(all(terms).into());
        row.push((100.0 * all(terms) / found.base_level).into());
        table.push(row);
    }
    let mut row = vec![Cell::from("Σ")];
    row.extend(chosen.iter().map(|(.., of)| Cell::from(sum(found.sectors.iter().map(of)))));
    let total = sum(found.sectors.iter().map(all));
    row.push(total.into());
    row.push((100.0 * total / found.base_level).into());
    table.push(row);
    table
}
