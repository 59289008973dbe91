//! The cell key: the same people in a cell get the same noise, in whatever table they are counted.

use std::collections::{BTreeMap, HashMap};

use domain::language::Text;

use crate::bench::{Argument, Categories, Cell, Figures, Frame, Group, Kind, MISSING, Method, MethodError};
use crate::bench::{Request, Saying, Table};

/// Keys of records and cells run from 0 to this less one.
pub const KEYS: u64 = 256;

/// The key of a cell: the sum of the keys of its records, modulo 256.
pub fn cell_key(records: impl IntoIterator<Item = u64>) -> u64 {
    records.into_iter().fold(0, |sum, key| (sum + key % KEYS) % KEYS)
}

/// The row of the table of perturbation for a count: itself up to 750, then the last 250 rows again and
/// again.
pub fn table_row(count: u64) -> u64 {
    if count <= 750 { count } else { (count - 1) % 250 + 501 }
}

/// A table of perturbation: the noise of a row and a key.
#[derive(Clone, Debug, Default)]
pub struct Noise(HashMap<(u64, u64), i64>);

impl Noise {
    /// Reads the columns `pcv`, `ckey` and `pvalue`.
    pub fn read(frame: &Frame) -> Result<Self, MethodError> {
        let columns = ["pcv", "ckey", "pvalue"].map(|name| frame.numbers(name));
        let [rows, keys, noise] = columns;
        let (rows, keys, noise) = (rows?, keys?, noise?);
        let whole = |value: f64| (value.fract() == 0.0 && value.abs() < 1e15).then_some(value as i64);
        let mut found = HashMap::new();
        for row in 0..frame.rows() {
            let cell = (whole(rows[row]), whole(keys[row]), whole(noise[row]));
            let (Some(count @ 0..), Some(key @ 0..), Some(noise)) = cell else {
                return Err(MethodError::Impossible(Saying::new(
                    format!("tabel gangguan, baris {}: pcv, ckey, dan pvalue harus bilangan bulat", row + 1),
                    format!(
                        "table of perturbation, row {}: pcv, ckey and pvalue must be whole numbers",
                        row + 1
                    ),
                )));
            };
            found.insert((count as u64, key as u64), noise);
        }
        Ok(Noise(found))
    }

    /// The noise of a count with its cell key; `None` if the table has no such row.
    pub fn of(&self, count: u64, key: u64) -> Option<i64> {
        if count == 0 { Some(0) } else { self.0.get(&(table_row(count), key)).copied() }
    }
}

/// The rule for counts without a table: below ten nothing, else to the nearest five.
pub fn ten_five(count: u64) -> Option<u64> {
    (count >= 10).then(|| (count + 2) / 5 * 5)
}

pub(crate) static METHOD: Method = Method {
    id: "cell-key",
    group: Group::ConfidentialCounts,
    title: ["Kunci sel", "Cell key"],
    question: [
        "Bagaimana menerbitkan cacah tanpa membuka seorang pun, dan tetap sama di semua tabel?",
        "How can counts be told without giving anybody away, and be the same in every table?",
    ],
    definition: [
        "Kunci sel = jumlah kunci catatan mod 256; gangguan dari tabel pada baris n (n > 750: ((n−1) mod 250) + 501); \
         tanpa tabel: di bawah 10 disembunyikan, lainnya dibulatkan ke 5 terdekat",
        "Cell key = sum of record keys mod 256; noise from the table at row n (n > 750: ((n−1) mod 250) + 501); \
         without a table: below 10 hidden, others rounded to the nearest 5",
    ],
    source: "Fraser and Wooton (2005); Thompson, Broadfoot and Elazar (2013); ONS (2021)",
    arguments: &[
        Argument::required(
            "record-key",
            Kind::Column,
            ["kolom kunci catatan 0…255", "column with record keys 0…255"],
        ),
        Argument::required("cells", Kind::Columns, ["kolom pembentuk tabel", "columns that make the table"]),
        Argument::optional(
            "ptable",
            Kind::File,
            ["tabel gangguan: pcv, ckey, pvalue", "table of perturbation: pcv, ckey, pvalue"],
        ),
    ],
    example: "cell-key --input docs/methods/data/persons.csv --record-key record_key --cells \"district, \
        sex\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let keys = request.numbers("record-key")?;
    let bad = |key: &f64| key.is_finite() && (key.fract() != 0.0 || !(0.0..KEYS as f64).contains(key));
    if let Some(row) = keys.iter().position(bad) {
        return Err(MethodError::OutOfDomain {
            column: request.word("record-key").unwrap_or_default().to_owned(),
            row: row + 1,
            value: keys[row],
            rule: Saying::new(
                "kunci catatan: bilangan bulat 0 … 255",
                "record keys are whole numbers 0 … 255",
            ),
        });
    }
    let columns: Vec<Categories> = request.several_categories("cells")?;
    let names: Vec<&str> = request.word("cells").unwrap_or_default().split(',').map(str::trim).collect();
    let noise = request.file("ptable").map(Noise::read).transpose()?;
    let mut cells: BTreeMap<Vec<u32>, (u64, u64)> = BTreeMap::new();
    let mut used = 0;
    for row in 0..request.rows() {
        let cell: Vec<u32> = columns.iter().map(|words| words.codes[row]).collect();
        if keys[row].is_finite() && !cell.contains(&MISSING) {
            used += 1;
            let (count, key) = cells.entry(cell).or_default();
            (*count, *key) = (*count + 1, cell_key([*key, keys[row] as u64]));
        }
    }
    if used == 0 {
        return Err(MethodError::NoRows { rows: request.rows() });
    }
    let mut headings: Vec<(&str, &str, &str)> = names.iter().map(|name| (*name, *name, *name)).collect();
    headings.push(("count", "Cacah terlindung", "Protected count"));
    let mut table = Table::new("counts", ["Cacah", "Counts"], &headings);
    let mut without = 0;
    for (cell, (count, key)) in &cells {
        let mut row: Vec<Cell> = columns
            .iter()
            .zip(cell)
            .map(|(words, code)| words.levels[*code as usize].as_str().into())
            .collect();
        let told = match &noise {
            Some(noise) => noise.of(*count, *key).map(|noise| count.saturating_add_signed(noise)),
            None => ten_five(*count),
        };
        without += usize::from(told.is_none() && noise.is_some());
        row.push(told.map_or_else(|| Cell::Absent(Text::new("di bawah 10", "below 10")), Cell::Count));
        table.push(row);
    }
    if without > 0 {
        return Err(MethodError::Impossible(Saying::new(
            format!("tabel gangguan tidak memuat {without} sel; lengkapi baris pcv dan ckey-nya"),
            format!("the table of perturbation lacks {without} cells; complete its rows of pcv and ckey"),
        )));
    }
    Ok(Figures::new(used).table(table))
}
