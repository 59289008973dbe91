//! Services of capital and labour: assets and workers counted by what they earn, not by their number.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;
use crate::panel::Panel;

/// Growth of services between two periods by Törnqvist: mean shares in value times growth of quantities.
pub fn services_growth(
    old: &[f64],
    new: &[f64],
    old_values: &[f64],
    new_values: &[f64],
) -> Result<f64, MethodError> {
    let (before, after) = (sum(old_values.iter().copied()), sum(new_values.iter().copied()));
    let good = |values: &[f64], total: f64| values.iter().all(|value| *value >= 0.0) && total > 0.0;
    if !(good(old_values, before) && good(new_values, after)) {
        return Err(MethodError::Impossible(Saying::new(
            "nilai jasa tidak boleh negatif dan jumlahnya harus di atas nol",
            "values of services may not be negative and must sum to more than zero",
        )));
    }
    let mut terms = Vec::with_capacity(old.len());
    for place in 0..old.len() {
        let share = (old_values[place] / before + new_values[place] / after) / 2.0;
        if share > 0.0 {
            if !(old[place] > 0.0 && new[place] > 0.0) {
                return Err(MethodError::Impossible(Saying::new(
                    "jenis yang muncul atau hilang di antara dua periode tidak punya laju \
                     pertumbuhan; gabungkan dengan jenis lain",
                    "a type that appears or vanishes between the periods has no growth; merge it \
                     with another",
                )));
            }
            terms.push(share * (new[place].ln() - old[place].ln()));
        }
    }
    Ok(sum(terms))
}

/// An asset in one year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asset {
    pub stock: f64,
    /// Price of the asset this year and the year before.
    pub price: f64,
    pub price_before: f64,
    pub depreciation: f64,
}

impl Asset {
    /// What a unit of the asset must earn in the year at a nominal rate of return.
    pub fn rental_price(&self, rate_of_return: f64) -> f64 {
        rate_of_return * self.price_before + self.depreciation * self.price - (self.price - self.price_before)
    }
}

/// The nominal rate of return at which the rentals of all assets exhaust capital income.
pub fn rate_of_return(assets: &[Asset], income: f64) -> Result<f64, MethodError> {
    let invested = sum(assets.iter().map(|asset| asset.price_before * asset.stock));
    if !(invested > 0.0) {
        return Err(MethodError::Impossible(Saying::new(
            "nilai stok modal harus di atas nol",
            "the value of the capital stock must be above zero",
        )));
    }
    let consumed = sum(assets.iter().map(|asset| asset.rental_price(0.0) * asset.stock));
    Ok((income - consumed) / invested)
}

pub(crate) static CAPITAL: Method = Method {
    id: "capital-services",
    group: Group::GrowthAccounting,
    title: ["Jasa modal", "Capital services"],
    question: [
        "Berapa pertumbuhan modal bila mesin dan bangunan dihitung menurut sewanya?",
        "How much did capital grow when machines and buildings count by their rental?",
    ],
    definition: [
        "Törnqvist atas stok menurut jenis; harga sewa p = r q₋₁ + δ q − (q − q₋₁); r dari habisnya \
         pendapatan modal, kecuali --return diberikan",
        "Törnqvist over stocks by type; rental price p = r q₋₁ + δ q − (q − q₋₁); r exhausts capital \
         income unless --return is given",
    ],
    source: "OECD (2009), Measuring Capital, ch. 6-8; Jorgenson (1963), American Economic Review 53",
    arguments: &[
        Argument::required("asset", Kind::Column, ["kolom jenis aset", "column with the type of asset"]),
        Argument::required("period", Kind::Column, ["kolom tahun", "column with the year"]),
        Argument::required("stock", Kind::Column, ["stok produktif", "productive stock"]),
        Argument::required("price", Kind::Column, ["indeks harga aset", "price index of the asset"]),
        Argument::required("depreciation", Kind::Column, ["tingkat penyusutan", "rate of depreciation"]),
        Argument::optional(
            "income",
            Kind::Column,
            [
                "pendapatan modal seluruh aset, sama pada tiap baris setahun",
                "capital income of all assets, the same in each row of a year",
            ],
        ),
        Argument::optional(
            "return",
            Kind::Number(None),
            ["tingkat pengembalian dari luar", "external rate of return"],
        ),
    ],
    example: "capital-services --input docs/methods/data/assets.csv --asset asset --period year --stock \
     stock --price price --depreciation depreciation --income capital_income",
    run: capital_figures,
};

fn capital_figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let columns = [request.numbers("stock")?, request.numbers("price")?, request.numbers("depreciation")?];
    let (income, external) = (request.optional_numbers("income")?, request.number("return")?);
    if income.is_none() && external.is_none() {
        let expected = "--income | --return".to_owned();
        return Err(MethodError::MissingArgument { argument: "income".to_owned(), expected });
    }
    let rows = request.complete(&[&columns[0], &columns[1], &columns[2]])?;
    let panel = Panel::of(&request.categories("asset")?, &request.categories("period")?, &rows)?;
    let assets = |at: usize| -> Vec<Asset> {
        (0..panel.units.len())
            .map(|unit| Asset {
                stock: panel.value(&columns[0], unit, at),
                price: panel.value(&columns[1], unit, at),
                price_before: panel.value(&columns[1], unit, at - 1),
                depreciation: panel.value(&columns[2], unit, at),
            })
            .collect()
    };
    let mut columns = vec![
        ("period", "Tahun", "Year"),
        ("rate_of_return_percent", "Tingkat pengembalian %", "Rate of return %"),
        ("growth_percent", "Pertumbuhan jasa, % log", "Growth of services, log %"),
        ("index", "Indeks", "Index"),
    ];
    columns.extend(panel.units.iter().map(|unit| (unit.as_str(), unit.as_str(), unit.as_str())));
    let mut table = Table::new(
        "services",
        ["Jasa modal dan pangsa sewa %", "Capital services and rental shares %"],
        &columns,
    );
    let (mut before, mut level): (Option<(Vec<f64>, Vec<f64>)>, Option<f64>) = (None, Some(0.0));
    for at in 1..panel.periods.len() {
        let known = assets(at);
        let of_year = income.as_ref().map(|income| panel.value(income, 0, at));
        match year(&known, of_year, external) {
            Err(error) => {
                (before, level) = (None, None);
                let absent = (1..table.columns.len()).map(|_| Cell::Absent(error.text()));
                table.push(std::iter::once(Cell::from(panel.periods[at].as_str())).chain(absent).collect());
            }
            Ok((rate, values)) => {
                let stocks: Vec<f64> = known.iter().map(|asset| asset.stock).collect();
                let growth = before
                    .as_ref()
                    .map(|(old, old_values)| services_growth(old, &stocks, old_values, &values));
                let growth = growth.transpose()?;
                level = level.map(|level| level + growth.unwrap_or(0.0));
                let total = sum(values.iter().copied());
                let mut row = vec![Cell::from(panel.periods[at].as_str()), (100.0 * rate).into()];
                row.push(growth.map_or_else(no_year_before, |growth| Cell::from(100.0 * growth)));
                row.push(level.map(|level| 100.0 * level.exp()).into());
                row.extend(values.iter().map(|value| Cell::from(100.0 * value / total)));
                table.push(row);
                before = Some((stocks, values));
            }
        }
    }
    Ok(Figures::new(panel.used).table(table))
}

/// Rate of return and rentals of a year.
fn year(
    assets: &[Asset],
    income: Option<f64>,
    external: Option<f64>,
) -> Result<(f64, Vec<f64>), MethodError> {
    let known = assets
        .iter()
        .all(|asset| [asset.stock, asset.price, asset.price_before].iter().all(|value| value.is_finite()));
    if !known {
        return Err(MethodError::Impossible(Saying::new(
            "stok atau harga suatu aset tidak ada pada tahun ini atau sebelumnya",
            "the stock or price of an asset is missing in this year or the one before",
        )));
    }
    let rate = match (external, income) {
        (Some(rate), _) => rate,
        (None, income) => rate_of_return(assets, income.unwrap_or(f64::NAN))?,
    };
    let values: Vec<f64> = assets.iter().map(|asset| asset.rental_price(rate) * asset.stock).collect();
    if values.iter().all(|value| *value >= 0.0) {
        return Ok((rate, values));
    }
    Err(MethodError::Impossible(Saying::new(
        "harga sewa suatu aset negatif: kenaikan harganya melebihi pengembalian dan penyusutan; \
         pakai --return",
        "the rental price of an asset is negative: its price rose by more than return and \
         depreciation; use --return",
    )))
}

fn no_year_before() -> Cell {
    Cell::Absent(domain::language::Text::new("tahun pertama", "first year"))
}

pub(crate) static LABOUR: Method = Method {
    id: "labour-composition",
    group: Group::GrowthAccounting,
    title: ["Jasa dan komposisi tenaga kerja", "Labour services and composition"],
    question: [
        "Apakah tenaga kerja bertambah karena jam kerja, atau karena makin banyak yang terdidik dan \
         berpengalaman?",
        "Did labour grow by hours, or because more of it is educated and experienced?",
    ],
    definition: [
        "Jasa = Törnqvist jam kerja menurut jenis dengan pangsa upah; komposisi = jasa dikurangi \
         pertumbuhan jumlah jam",
        "Services = Törnqvist of hours by type with shares of pay; composition = services less \
         growth of total hours",
    ],
    source: "Jorgenson, Gollop and Fraumeni (1987); EU KLEMS methodology (O'Mahony and Timmer 2009)",
    arguments: &[
        Argument::required("type", Kind::Column, ["kolom jenis pekerja", "column with the type of worker"]),
        Argument::required("period", Kind::Column, ["kolom tahun", "column with the year"]),
        Argument::required(
            "hours",
            Kind::Column,
            ["jam kerja, atau banyaknya pekerja", "hours, or number of workers"],
        ),
        Argument::required(
            "pay",
            Kind::Column,
            ["upah seluruhnya (bukan per jam)", "total pay (not per hour)"],
        ),
    ],
    example: "labour-composition --input docs/methods/data/workers.csv --type education --period year \
     --hours hours --pay pay",
    run: labour_figures,
};

fn labour_figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (hours, pay) = (request.numbers("hours")?, request.numbers("pay")?);
    let rows = request.complete(&[&hours, &pay])?;
    let panel = Panel::of(&request.categories("type")?, &request.categories("period")?, &rows)?;
    let of = |column: &[f64], at: usize| -> Vec<f64> {
        let zero_if_absent = |value: f64| if value.is_nan() { 0.0 } else { value };
        (0..panel.units.len()).map(|unit| zero_if_absent(panel.value(column, unit, at))).collect()
    };
    let mut table = Table::new(
        "labour",
        ["Pertumbuhan tenaga kerja, % logaritma", "Growth of labour, log %"],
        &[
            ("period", "Tahun", "Year"),
            ("services", "Jasa", "Services"),
            ("hours", "Jam", "Hours"),
            ("composition", "Komposisi", "Composition"),
            ("index", "Indeks komposisi", "Composition index"),
        ],
    );
    let mut level = Some(0.0);
    for at in 1..panel.periods.len() {
        let (old, new) = (of(&hours, at - 1), of(&hours, at));
        let worked = (sum(new.iter().copied()) / sum(old.iter().copied())).ln();
        let mut row = vec![Cell::from(panel.periods[at].as_str())];
        match services_growth(&old, &new, &of(&pay, at - 1), &of(&pay, at)) {
            Ok(services) => {
                level = level.map(|level: f64| level + services - worked);
                row.extend([services, worked, services - worked].map(|growth| Cell::from(100.0 * growth)));
                row.push(level.map(|level| 100.0 * level.exp()).into());
            }
            Err(error) => {
                level = None;
                row.extend((1..table.columns.len()).map(|_| Cell::Absent(error.text())));
            }
        }
        table.push(row);
    }
    if table.rows.is_empty() {
        let what = Saying::new("periode", "periods");
        return Err(MethodError::TooFew { what, needed: 2, found: panel.periods.len() });
    }
    Ok(Figures::new(panel.used).table(table))
}
