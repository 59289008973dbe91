//! Finding a deflator: the price index of the enterprise's class, or of the nearest wider class that has one.

use std::collections::{BTreeMap, HashMap};

use crate::bench::{
    Argument, Cell, Figures, Group, Kind, MISSING, Method, MethodError, Request, Saying, Table,
};
use crate::numerics::summation::sum;

/// The sections of ISIC Rev. 4 and KBLI by their divisions.
const SECTIONS: &[(u8, u8, &str)] = &[
    (1, 3, "A"),
    (5, 9, "B"),
    (10, 33, "C"),
    (35, 35, "D"),
    (36, 39, "E"),
    (41, 43, "F"),
    (45, 47, "G"),
    (49, 53, "H"),
    (55, 56, "I"),
    (58, 63, "J"),
    (64, 66, "K"),
    (68, 68, "L"),
    (69, 75, "M"),
    (77, 82, "N"),
    (84, 84, "O"),
    (85, 85, "P"),
    (86, 88, "Q"),
    (90, 93, "R"),
    (94, 96, "S"),
    (97, 98, "T"),
    (99, 99, "U"),
];

/// The class for the whole economy.
pub const TOTAL: &str = "TOTAL";

/// The section of a code of at least two digits.
pub fn section(code: &str) -> Option<&'static str> {
    let division: u8 = code.get(..2)?.parse().ok()?;
    SECTIONS.iter().find(|(first, last, _)| (*first..=*last).contains(&division)).map(|(.., letter)| *letter)
}

/// Price indices by class and period.
#[derive(Clone, Debug, Default)]
pub struct Deflators {
    /// By class, then by period.
    indices: HashMap<String, HashMap<String, f64>>,
}

impl Deflators {
    /// Adds an index; false if it is not above zero or the class has one for the period already.
    pub fn insert(&mut self, class: &str, period: &str, index: f64) -> bool {
        let good = index > 0.0 && index.is_finite();
        let of_class = self.indices.entry(class.to_owned()).or_default();
        good && of_class.insert(period.to_owned(), index).is_none()
    }

    fn get(&self, class: &str, period: &str) -> Option<f64> {
        self.indices.get(class)?.get(period).copied()
    }

    /// The index of the longest class that begins the code and is known in **both** periods, then the
    /// section, then the whole economy; with the class it came from. Both periods, so that the ratio never
    /// mixes classes.
    pub fn resolve<'a>(&self, code: &'a str, period: &str, base: &str) -> Option<(f64, &'a str)> {
        let shorter = (2..=code.len()).rev().filter_map(|length| code.get(..length));
        shorter.chain(section(code)).chain([TOTAL]).find_map(|class| {
            let (now, then) = (self.get(class, period)?, self.get(class, base)?);
            Some((now / then, class))
        })
    }
}

pub(crate) static METHOD: Method = Method {
    id: "deflate",
    group: Group::Prices,
    title: ["Deflasi dengan kelas cadangan", "Deflation with fall-back classes"],
    question: [
        "Berapa nilai ini pada harga tahun dasar, dan indeks harga tingkat mana yang dipakai?",
        "What is this value at prices of the base year, and from which level came the price index?",
    ],
    definition: [
        "Indeks kelas terpanjang yang mengawali kode dan dikenal pada kedua tahun: 5 digit, 4, 3, \
         golongan pokok, kategori, seluruhnya (TOTAL)",
        "Index of the longest class that begins the code and is known in both years: 5 digits, 4, 3, \
         division, section, whole economy (TOTAL)",
    ],
    source: "OECD (2001), Measuring Productivity, ch. 3; ISIC Rev. 4 / KBLI sections",
    arguments: &[
        Argument::required("value", Kind::Column, ["nilai nominal", "nominal value"]),
        Argument::required("class", Kind::Column, ["kolom kode KBLI", "column with the KBLI code"]),
        Argument::required("period", Kind::Column, ["kolom tahun", "column with the year"]),
        Argument::required(
            "deflators",
            Kind::File,
            ["berkas dengan kolom class, period, index", "file with the columns class, period, index"],
        ),
        Argument::required("base", Kind::Word, ["tahun dasar", "base year"]),
        Argument::optional(
            "unit",
            Kind::Column,
            ["kolom usaha: tulis juga tiap baris", "column with the enterprise: print every row too"],
        ),
        Argument::WEIGHT,
    ],
    example: "deflate --input docs/methods/data/enterprises.csv --value value_added --class kbli --period \
     year --deflators docs/methods/data/deflators.csv --base 2022 --weight weight",
    run: figures,
};

fn read(request: &Request<'_>) -> Result<Deflators, MethodError> {
    let Some(file) = request.file("deflators") else {
        let expected = "class, period, index".to_owned();
        return Err(MethodError::MissingArgument { argument: "deflators".to_owned(), expected });
    };
    let (classes, periods, indices) =
        (file.categories("class")?, file.categories("period")?, file.numbers("index")?);
    let mut deflators = Deflators::default();
    for (row, index) in indices.iter().enumerate() {
        let (Some(class), Some(period)) = (classes.word(row), periods.word(row)) else { continue };
        if index.is_nan() {
            continue;
        }
        if !deflators.insert(class, period, *index) {
            return Err(MethodError::OutOfDomain {
                column: "index".to_owned(),
                row: row + 1,
                value: *index,
                rule: Saying::new(
                    format!("indeks harus di atas nol dan satu saja untuk kelas {class} pada {period}"),
                    format!("an index must be above zero and the only one of class {class} in {period}"),
                ),
            });
        }
    }
    Ok(deflators)
}

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, weights) = (request.numbers("value")?, request.weights()?);
    let (classes, periods) = (request.categories("class")?, request.categories("period")?);
    let deflators = read(request)?;
    let base = request.word("base").unwrap_or_default();
    let rows: Vec<usize> = request
        .complete(&[&values, &weights])?
        .into_iter()
        .filter(|row| classes.codes[*row] != MISSING && periods.codes[*row] != MISSING)
        .collect();
    let units = request.optional_categories("unit")?;
    let mut each = Table::new("rows", ["Tiap baris", "Every row"], ROWS);
    let mut found = Totals::new();
    let mut unresolved: Vec<&str> = Vec::new();
    let mut used = 0;
    for row in rows {
        let (Some(code), Some(period)) = (classes.word(row), periods.word(row)) else { continue };
        match deflators.resolve(code, period, base) {
            Some((index, class)) => {
                let nominal = weights[row] * values[row];
                if let Some(units) = &units {
                    let words = [units.word(row).unwrap_or("-"), period, class].map(Cell::from);
                    let figures = [values[row], index, values[row] / index].map(Cell::from);
                    each.push(words.into_iter().chain(figures).collect());
                }
                found.entry((period.to_owned(), level(class))).or_default().push([nominal, nominal / index]);
                used += 1;
            }
            None => unresolved.push(code),
        }
    }
    if used == 0 {
        return Err(MethodError::Impossible(Saying::new(
            format!(
                "tidak ada indeks harga untuk satu pun kode pada {base} dan tahunnya; tambahkan kelas TOTAL"
            ),
            format!("no code has a price index in {base} and its own year; add the class TOTAL"),
        )));
    }
    let table = totals(&found);
    unresolved.sort_unstable();
    unresolved.dedup();
    let mut figures = Figures::new(used).table(table);
    if units.is_some() {
        figures = figures.table(each);
    }
    Ok(if unresolved.is_empty() {
        figures
    } else {
        let (count, some) = (unresolved.len(), unresolved[..unresolved.len().min(5)].join(", "));
        figures.warn(
            format!("{count} kode tanpa indeks harga tidak ikut: {some}"),
            format!("{count} codes without a price index are left out: {some}"),
        )
    })
}

const ROWS: &[(&str, &str, &str)] = &[
    ("unit", "Usaha", "Enterprise"),
    ("period", "Tahun", "Year"),
    ("class", "Kelas indeks", "Class of the index"),
    ("nominal", "Nominal", "Nominal"),
    ("index", "Indeks", "Index"),
    ("real", "Riil", "Real"),
];

/// By period and level of the index: nominal and real value of every row.
type Totals = BTreeMap<(String, String), Vec<[f64; 2]>>;

fn totals(found: &Totals) -> Table {
    let mut table = Table::new(
        "deflated",
        [
            "Nilai pada harga tahun dasar menurut tingkat indeks yang dipakai",
            "Value at base-year prices by level of the index used",
        ],
        &[
            ("period", "Tahun", "Year"),
            ("level", "Tingkat indeks", "Level of the index"),
            ("n", "n", "n"),
            ("nominal", "Nominal", "Nominal"),
            ("real", "Riil", "Real"),
            ("deflator", "Deflator implisit", "Implicit deflator"),
        ],
    );
    for ((period, level), pairs) in found {
        let total = |side: usize| sum(pairs.iter().map(|pair| pair[side]));
        table.push(vec![
            Cell::from(period.as_str()),
            Cell::from(level.as_str()),
            pairs.len().into(),
            total(0).into(),
            total(1).into(),
            (100.0 * total(0) / total(1)).into(),
        ]);
    }
    table
}

/// `5`, `4`, `3`, `2` digits, or the section, or everything.
fn level(class: &str) -> String {
    match class {
        TOTAL => TOTAL.to_owned(),
        _ if class.starts_with(|first: char| first.is_ascii_digit()) => format!("{} digit", class.len()),
        _ => "kategori / section".to_owned(),
    }
}
