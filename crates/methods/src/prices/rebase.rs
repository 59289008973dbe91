//! Joining an old and a new series at their overlap, and moving the base.

use crate::bench::{
    Argument, Categories, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table,
};
use crate::numerics::summation::sum;
use crate::panel::Panel;

/// The new series where it is known, before it the old one times the ratio at the overlap, after it likewise.
/// Without `overlap` the ratio is the geometric mean over all periods in which both are known.
pub fn splice(old: &[f64], new: &[f64], overlap: Option<usize>) -> Result<Vec<f64>, MethodError> {
    let both: Vec<usize> = (0..old.len())
        .filter(|at| old[*at] > 0.0 && new[*at] > 0.0 && old[*at].is_finite() && new[*at].is_finite())
        .filter(|at| overlap.is_none_or(|wanted| wanted == *at))
        .collect();
    if both.is_empty() {
        let what =
            Saying::new("periode dengan kedua deret di atas nol", "periods with both series above zero");
        return Err(MethodError::TooFew { what, needed: 1, found: 0 });
    }
    let ratio = (sum(both.iter().map(|at| (new[*at] / old[*at]).ln())) / both.len() as f64).exp();
    Ok(old.iter().zip(new).map(|(old, new)| if new.is_nan() { old * ratio } else { *new }).collect())
}

pub(crate) static METHOD: Method = Method {
    id: "rebase",
    group: Group::Prices,
    title: ["Menyambung deret dan memindah tahun dasar", "Joining series and moving the base"],
    question: [
        "Bagaimana deret lama dan baru dengan tahun dasar berbeda dibaca sebagai satu deret?",
        "How are an old and a new series with different base years read as one?",
    ],
    definition: [
        "Deret baru dipakai di mana ada; deret lama dikalikan rasio pada tahun sambungan \
         (--overlap), atau rata-rata geometrik semua tahun bersama; laju pertumbuhan tiap deret \
         tidak berubah",
        "The new series wherever it is known; the old one times the ratio at the overlap \
         (--overlap), or the geometric mean over all common years; growth inside each series is kept",
    ],
    source: "ILO/IMF PPI Manual (2004), ch. 9; SNA 2008, 15.38",
    arguments: &[
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required("new", Kind::Column, ["deret baru", "new series"]),
        Argument::optional("old", Kind::Column, ["deret lama", "old series"]),
        Argument::optional("overlap", Kind::Word, ["periode sambungan", "period of the overlap"]),
        Argument::optional(
            "base",
            Kind::Word,
            [
                "periode dasar = 100; bila kosong, tingkat deret baru dipertahankan",
                "base period = 100; the level of the new series is kept if empty",
            ],
        ),
    ],
    example: "rebase --input docs/methods/data/economy.csv --period year --old old_index --new new_index \
     --overlap 2018 --base 2020",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let new = request.numbers("new")?;
    let old = request.optional_numbers("old")?.unwrap_or_else(|| vec![f64::NAN; new.len()]);
    let rows: Vec<usize> =
        (0..request.rows()).filter(|row| new[*row].is_finite() || old[*row].is_finite()).collect();
    let one = Categories::of((0..request.rows()).map(|_| Some("-")));
    let panel = Panel::of(&one, &request.categories("period")?, &rows)?;
    let of =
        |column: &[f64]| (0..panel.periods.len()).map(|at| panel.value(column, 0, at)).collect::<Vec<f64>>();
    let (old_series, new_series) = (of(&old), of(&new));
    let overlap = request.word("overlap").map(|name| panel.period("overlap", name)).transpose()?;
    let joined = if request.word("old").is_some() {
        splice(&old_series, &new_series, overlap)?
    } else {
        new_series.clone()
    };
    let base = request.word("base").map(|name| panel.period("base", name)).transpose()?;
    let factor = match base {
        None => 1.0,
        Some(base) if joined[base] > 0.0 => 100.0 / joined[base],
        Some(base) => {
            let period = &panel.periods[base];
            return Err(MethodError::Impossible(Saying::new(
                format!("deret tidak punya nilai di atas nol pada {period}"),
                format!("the series has no value above zero in {period}"),
            )));
        }
    };
    let mut table = Table::new(
        "series",
        ["Deret tersambung", "Joined series"],
        &[("period", "Periode", "Period"), ("value", "Nilai", "Value"), ("from", "Asal", "From")],
    );
    for (at, period) in panel.periods.iter().enumerate() {
        let from = if new_series[at].is_nan() { "lama / old" } else { "baru / new" };
        table.push(vec![Cell::from(period.as_str()), (factor * joined[at]).into(), from.into()]);
    }
    Ok(Figures::new(panel.used).table(table))
}
