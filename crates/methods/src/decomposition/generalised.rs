//! The generalised exactly additive decomposition: shift-share for nominal shares, where relative prices also
//! move.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;
use crate::panel::{Panel, say_span, span};

/// A sector: real productivity, and its size = relative output price × labour share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sector {
    pub base_level: f64,
    pub base_size: f64,
    pub level: f64,
    pub size: f64,
}

/// What a sector adds to the growth of aggregate real productivity, as a share of its first level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Growth inside, at the size of the beginning.
    pub within: f64,
    /// Change of size (labour share and relative price), at the productivity of the beginning.
    pub size: f64,
    /// Change times change.
    pub interaction: f64,
}

/// Aggregate real productivity Σ size × level at both ends, and the terms of every sector.
pub fn generalised(sectors: &[Sector]) -> (f64, f64, Vec<Terms>) {
    let base = sum(sectors.iter().map(|sector| sector.base_size * sector.base_level));
    let level = sum(sectors.iter().map(|sector| sector.size * sector.level));
    let terms = |sector: &Sector| {
        let (grown, moved) = (sector.level - sector.base_level, sector.size - sector.base_size);
        Terms {
            within: sector.base_size * grown / base,
            size: moved * sector.base_level / base,
            interaction: moved * grown / base,
        }
    };
    (base, level, sectors.iter().map(terms).collect())
}

pub(crate) static METHOD: Method = Method {
    id: "generalised-shift-share",
    group: Group::Decomposition,
    title: ["Dekomposisi aditif umum (GEAD)", "Generalised exactly additive decomposition (GEAD)"],
    question: [
        "Sektor mana yang menaikkan produktivitas bila harga relatif juga berubah, seperti pada \
         volume berantai?",
        "Which sectors raised productivity when relative prices change too, as with chained volumes?",
    ],
    definition: [
        "Ukuran sektor = harga relatif × pangsa tenaga kerja; harga agregat = nilai nominal dibagi \
         jumlah nilai riil, kecuali --aggregate-price diberikan",
        "Size of a sector = relative price × labour share; aggregate price = nominal over the sum of \
         real values unless --aggregate-price is given",
    ],
    source: "Tang and Wang (2004), Canadian Journal of Economics 37; Dumagan (2013)",
    arguments: &[
        Argument::required("unit", Kind::Column, ["kolom sektor", "column with the sector"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required(
            "nominal",
            Kind::Column,
            ["nilai tambah harga berlaku", "value added at current prices"],
        ),
        Argument::required(
            "price",
            Kind::Column,
            ["indeks harga sektor (dasar = 1)", "price index of the sector (base = 1)"],
        ),
        Argument::required("labour", Kind::Column, ["tenaga kerja atau jam kerja", "workers or hours"]),
        Argument::optional(
            "aggregate-price",
            Kind::Column,
            [
                "indeks harga agregat, sama untuk semua sektor",
                "aggregate price index, the same for all sectors",
            ],
        ),
        Argument::optional("from", Kind::Word, ["periode awal", "first period"]),
        Argument::optional("to", Kind::Word, ["periode akhir", "last period"]),
    ],
    example: "generalised-shift-share --input docs/methods/data/sectors.csv --unit sector --period year \
     --nominal nominal_value_added --price price --labour workers",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (nominal, price) = (request.numbers("nominal")?, request.numbers("price")?);
    let (labour, given) = (request.numbers("labour")?, request.optional_numbers("aggregate-price")?);
    let mut needed: Vec<&[f64]> = vec![&nominal, &price, &labour];
    needed.extend(given.as_deref());
    let rows = request.complete(&needed)?;
    for row in &rows {
        if !(price[*row] > 0.0 && labour[*row] > 0.0) {
            return Err(MethodError::OutOfDomain {
                column: request
                    .word(if price[*row] > 0.0 { "labour" } else { "price" })
                    .unwrap_or_default()
                    .to_owned(),
                row: row + 1,
                value: if price[*row] > 0.0 { labour[*row] } else { price[*row] },
                rule: Saying::new("harus di atas nol", "it must be above zero"),
            });
        }
    }
    let panel = Panel::of(&request.categories("unit")?, &request.categories("period")?, &rows)?;
    let (from, to) = span(request, &panel)?;
    let sides: Vec<Vec<[f64; 2]>> = [from, to]
        .into_iter()
        .map(|at| side(&panel, at, &nominal, &price, &labour, given.as_deref()))
        .collect::<Result<_, _>>()?;
    let sectors: Vec<Sector> = sides[0]
        .iter()
        .zip(&sides[1])
        .map(|(old, new)| Sector { base_level: old[0], base_size: old[1], level: new[0], size: new[1] })
        .collect();
    let (base, level, terms) = generalised(&sectors);
    let mut table = Table::new(
        "terms",
        ["Sumbangan pada pertumbuhan produktivitas, %", "Contributions to the growth of productivity, %"],
        &[
            ("unit", "Sektor", "Sector"),
            ("within", "Di dalam", "Within"),
            ("size", "Ukuran relatif", "Relative size"),
            ("interaction", "Interaksi", "Interaction"),
            ("total", "Jumlah", "Total"),
        ],
    );
    let percent = |terms: &Terms| [100.0 * terms.within, 100.0 * terms.size, 100.0 * terms.interaction];
    for (unit, terms) in panel.units.iter().zip(&terms) {
        let of = percent(terms);
        let mut row = vec![Cell::from(unit.as_str())];
        row.extend(of.iter().map(|value| Cell::from(*value)));
        row.push(sum(of).into());
        table.push(row);
    }
    let total: Vec<f64> = (0..3).map(|place| sum(terms.iter().map(|terms| percent(terms)[place]))).collect();
    let mut row = vec![Cell::from("Σ")];
    row.extend(total.iter().map(|value| Cell::from(*value)));
    row.push((100.0 * (level / base - 1.0)).into());
    table.push(row);
    Ok(say_span(Figures::new(2 * sectors.len()).table(table), &panel, (from, to)))
}

/// Real productivity and size of every sector in a period.
fn side(
    panel: &Panel,
    at: usize,
    nominal: &[f64],
    price: &[f64],
    labour: &[f64],
    given: Option<&[f64]>,
) -> Result<Vec<[f64; 2]>, MethodError> {
    let units = 0..panel.units.len();
    if let Some(unit) = units.clone().find(|unit| panel.row(*unit, at).is_none()) {
        let (unit, period) = (&panel.units[unit], &panel.periods[at]);
        return Err(MethodError::Impossible(Saying::new(
            format!("`{unit}` tidak punya nilai pada {period}; lengkapi atau gabungkan dengan sektor lain"),
            format!("`{unit}` has no values in {period}; complete it or merge it with another sector"),
        )));
    }
    let of = |column: &[f64], unit: usize| panel.value(column, unit, at);
    let workers = sum(units.clone().map(|unit| of(labour, unit)));
    let real = sum(units.clone().map(|unit| of(nominal, unit) / of(price, unit)));
    let aggregate = |unit: usize| match given {
        Some(given) => of(given, unit),
        None => sum(units.clone().map(|unit| of(nominal, unit))) / real,
    };
    Ok(units
        .clone()
        .map(|unit| {
            let level = of(nominal, unit) / of(price, unit) / of(labour, unit);
            [level, of(price, unit) / aggregate(unit) * of(labour, unit) / workers]
        })
        .collect())
}
