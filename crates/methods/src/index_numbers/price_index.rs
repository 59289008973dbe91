//! Price and quantity indices by any bilateral formula, against a fixed base or chained.

use super::bilateral::{FORMULAS, Formula};
use super::situations::Situations;
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Table};

/// An index per situation with 1 at the base; a reason where there is none.
pub type Series = Vec<Result<f64, MethodError>>;

/// Indices of every situation over `base`, directly.
pub fn fixed_base(situations: &Situations, formula: Formula, quantities: bool, base: usize) -> Series {
    (0..situations.len()).map(|at| situations.index(formula, quantities, base, at)).collect()
}

/// Indices of every situation over `base` as the product of the links between neighbours.
pub fn chained(situations: &Situations, formula: Formula, quantities: bool, base: usize) -> Series {
    let mut series: Series = vec![Ok(1.0); situations.len()];
    for at in base + 1..situations.len() {
        let link = situations.index(formula, quantities, at - 1, at);
        series[at] = series[at - 1].clone().and_then(|before| Ok(before * link?));
    }
    for at in (0..base).rev() {
        let link = situations.index(formula, quantities, at, at + 1);
        series[at] = series[at + 1].clone().and_then(|after| Ok(after / link?));
    }
    series
}

pub(crate) static METHOD: Method = Method {
    id: "price-index",
    group: Group::IndexNumbers,
    title: ["Indeks harga dan kuantitas bilateral", "Bilateral price and quantity indices"],
    question: [
        "Seberapa naik harga, atau kuantitas, sejak periode dasar?",
        "How much have prices, or quantities, risen since the base period?",
    ],
    definition: [
        "Fisher berantai: akar hasil kali Laspeyres dan Paasche, dirangkai antarperiode; hanya \
         barang yang ada pada kedua periode",
        "Chained Fisher: the root of Laspeyres times Paasche, linked from period to period; only \
         items present in both",
    ],
    source: "ILO/IMF PPI Manual (2004), ch. 15-19; Balk (2008), Price and Quantity Index Numbers, ch. 3",
    arguments: &[
        Argument::required("item", Kind::Column, ["kolom barang", "column with the item"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required("price", Kind::Column, ["harga", "price"]),
        Argument::required("quantity", Kind::Column, ["kuantitas", "quantity"]),
        Argument::optional(
            "formula",
            Kind::Choice(WORDS),
            ["rumus; `all` untuk semua", "formula; `all` for all"],
        ),
        Argument::optional(
            "chain",
            Kind::Choice(&["chained", "fixed"]),
            ["berantai atau dasar tetap", "chained or fixed base"],
        ),
        Argument::optional(
            "of",
            Kind::Choice(&["prices", "quantities"]),
            ["harga atau kuantitas", "prices or quantities"],
        ),
        Argument::optional(
            "base",
            Kind::Word,
            ["periode dasar; bila kosong, yang pertama", "base period; the first if empty"],
        ),
    ],
    example: "price-index --input docs/methods/data/products.csv --item product --period year --price price \
     --quantity quantity --formula all",
    run: figures,
};

const WORDS: &[&str] = &[
    "fisher",
    "tornqvist",
    "walsh",
    "laspeyres",
    "paasche",
    "marshall-edgeworth",
    "sato-vartia",
    "vartia",
    "stuvel",
    "palgrave",
    "geometric-laspeyres",
    "geometric-paasche",
    "drobisch",
    "carli",
    "jevons",
    "dutot",
    "harmonic",
    "cswd",
    "all",
];

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let situations = Situations::read(request)?;
    let base = match request.word("base") {
        None => 0,
        Some(name) => situations
            .names
            .iter()
            .position(|known| known == name)
            .ok_or_else(|| request.bad("base", name, &situations.names.join(" | ")))?,
    };
    let (chain, quantities) = (request.choice("chain")? == "chained", request.choice("of")? == "quantities");
    let wanted = request.choice("formula")?;
    let formulas = FORMULAS.iter().filter(|(_, word, _)| wanted == "all" || wanted == *word);
    let mut columns = vec![("period", "Periode", "Period"), ("matched", "Barang bersama", "Items matched")];
    let mut series: Vec<Series> = Vec::new();
    for (formula, word, name) in formulas {
        columns.push((word, name, name));
        let of = if chain { chained } else { fixed_base };
        series.push(of(&situations, *formula, quantities, base));
    }
    let title =
        if quantities { ["Indeks kuantitas", "Quantity index"] } else { ["Indeks harga", "Price index"] };
    let mut table = Table::new("index", title, &columns);
    let mut unmatched = 0;
    for (at, name) in situations.names.iter().enumerate() {
        // A chain rests on the items shared with the neighbour towards the base.
        let other = if !chain {
            base
        } else if at > base {
            at - 1
        } else {
            (at + 1).min(base)
        };
        let matched = situations.pair(other, at).prices.len();
        let present = situations.prices[at].iter().filter(|price| price.is_finite()).count();
        unmatched += present - matched;
        let mut row = vec![Cell::from(name.as_str()), Cell::from(matched)];
        row.extend(series.iter().map(|series| match &series[at] {
            Ok(index) => Cell::from(*index),
            Err(error) => Cell::Absent(error.text()),
        }));
        table.push(row);
    }
    let figures = Figures::new(situations.used).table(table);
    Ok(if unmatched == 0 {
        figures
    } else {
        figures.warn(
            format!("{unmatched} harga tidak punya pasangan pada periode pembanding dan tidak ikut dihitung"),
            format!("{unmatched} prices have no counterpart in the period of comparison and do not count"),
        )
    })
}
