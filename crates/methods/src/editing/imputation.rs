//! Imputation with a flag: ratio, mean and median of the class, nearest and random donors, deduction from
//! rules.

use rand::RngExt;

use super::edit::Edits;
use super::localisation::deduce;
use crate::bench::{Argument, Categories, Cell, Figures, Group, Kind, MISSING, Method, MethodError, Request};
use crate::bench::{Saying, Table};
use crate::dispersion::quantile::{Definition, quantiles};
use crate::numerics::random::generator;

/// What stands in for a missing value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The class's sum of the variable over that of the auxiliary, times the auxiliary.
    Ratio,
    Mean,
    Median,
    /// The value of the row of the class nearest in the auxiliary.
    Nearest,
    /// The value of a row of the class drawn with probability proportional to weight.
    Donor,
}

/// A value that was put in, and the row it was taken from if it was taken from one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Imputed {
    pub row: usize,
    pub value: f64,
    pub donor: Option<usize>,
}

/// Fills the missing values of one class; rows for which there is nothing to go by are left.
pub fn impute(
    values: &[f64],
    auxiliary: &[f64],
    weights: &[f64],
    rows: &[usize],
    by: By,
    random: &mut rand_pcg::Pcg64Mcg,
) -> Vec<Imputed> {
    let needs = matches!(by, By::Ratio | By::Nearest);
    let usable = |row: &usize| weights[*row] > 0.0 && (!needs || auxiliary[*row].is_finite());
    let known: Vec<usize> =
        rows.iter().copied().filter(|row| values[*row].is_finite()).filter(usable).collect();
    let size: f64 = known.iter().map(|row| weights[*row]).sum();
    let sum = |of: &[f64]| known.iter().map(|row| weights[*row] * of[*row]).sum::<f64>();
    let level = match by {
        By::Ratio => Some(sum(values) / sum(auxiliary)).filter(|ratio| ratio.is_finite()),
        By::Mean => (size > 0.0).then(|| sum(values) / size),
        By::Median => {
            let pick = |of: &[f64]| known.iter().map(|row| of[*row]).collect::<Vec<f64>>();
            quantiles(&pick(values), &pick(weights), &[0.5], Definition::Averaged).map(|found| found[0])
        }
        By::Nearest | By::Donor => None,
    };
    let mut fill = |row: usize| match by {
        By::Ratio => level.map(|ratio| (ratio * auxiliary[row], None)),
        By::Mean | By::Median => level.map(|level| (level, None)),
        By::Nearest => {
            let distance = |other: &usize| (auxiliary[*other] - auxiliary[row]).abs();
            let donor = known.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b)));
            donor.filter(|_| auxiliary[row].is_finite()).map(|donor| (values[donor], Some(donor)))
        }
        By::Donor => {
            let mut left = random.random_range(0.0..1.0) * size;
            let donor = known.iter().copied().find(|row| {
                left -= weights[*row];
                left < 0.0
            });
            donor.or(known.last().copied()).map(|donor| (values[donor], Some(donor)))
        }
    };
    let missing = rows.iter().copied().filter(|row| !values[*row].is_finite());
    missing
        .filter_map(|row| fill(row).map(|(value, donor)| Imputed { row, value, donor }))
        .filter(|imputed| imputed.value.is_finite())
        .collect()
}

pub(crate) static METHOD: Method = Method {
    id: "impute",
    group: Group::Editing,
    title: ["Imputasi", "Imputation"],
    question: [
        "Nilai apa yang dapat menggantikan isian kosong, dan dari mana asalnya?",
        "What may stand in for a missing value, and where does it come from?",
    ],
    definition: [
        "Rasio: jumlah y / jumlah x per kelas × x; rata-rata atau median kelas; donor terdekat menurut x; donor \
         acak; deduktif: satu-satunya nilai yang memenuhi aturan; setiap nilai bertanda",
        "Ratio: sum of y / sum of x in the class × x; mean or median of the class; nearest donor in x; random \
         donor; deductive: the only value that the rules allow; every value is flagged",
    ],
    source: "de Waal, Pannekoek and Scholtus (2011), ch. 7; Andridge and Little (2010)",
    arguments: &[
        Argument::required("value", Kind::Column, ["peubah yang diisi", "the variable to fill"]),
        Argument::optional(
            "with",
            Kind::Choice(&["ratio", "mean", "median", "nearest", "donor", "deductive"]),
            ["cara", "how"],
        ),
        Argument::optional("auxiliary", Kind::Column, ["peubah pembantu x", "the auxiliary variable x"]),
        Argument::optional("class", Kind::Column, ["kolom kelas", "column with the classes"]),
        Argument::optional(
            "edits",
            Kind::Word,
            [
                "aturan untuk cara deduktif, mis. laba + biaya == omzet",
                "rules for the deductive way, such as profit + cost == turnover",
            ],
        ),
        Argument::WEIGHT,
        Argument::SEED,
    ],
    example: "impute --input docs/methods/data/records.csv --value workers --auxiliary turnover --with ratio",
    run: figures,
};

/// Values that the rules leave no choice about.
fn deduced(request: &Request<'_>, values: &[f64]) -> Result<Vec<Imputed>, MethodError> {
    let edits = Edits::parse(request.needed_word("edits")?)?;
    let name = request.word("value").unwrap_or_default().trim_matches('`');
    let Some(field) = edits.variables.iter().position(|variable| variable == name) else {
        return Err(request.bad("value", name, &edits.variables.join(" | ")));
    };
    let columns: Vec<Vec<f64>> = edits
        .variables
        .iter()
        .map(|variable| request.frame().numbers(variable))
        .collect::<Result<_, MethodError>>()?;
    let only = |row: usize| {
        let record: Vec<f64> = columns.iter().map(|column| column[row]).collect();
        let free: Vec<usize> = (0..record.len()).filter(|field| record[*field].is_nan()).collect();
        let found = deduce(&edits, &record, &free);
        let value = found.iter().find(|(deduced, _)| *deduced == field).map(|(_, value)| *value)?;
        Some(Imputed { row, value, donor: None })
    };
    Ok((0..values.len()).filter(|row| !values[*row].is_finite()).filter_map(only).collect())
}

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let values = request.numbers("value")?;
    let deductive = request.choice("with")? == "deductive";
    let by = match request.choice("with")? {
        "mean" => By::Mean,
        "median" => By::Median,
        "nearest" => By::Nearest,
        "donor" => By::Donor,
        _ => By::Ratio,
    };
    let auxiliary = match request.optional_numbers("auxiliary")? {
        Some(auxiliary) => auxiliary,
        None if !deductive && matches!(by, By::Ratio | By::Nearest) => {
            return request.numbers("auxiliary").map(|_| Figures::default());
        }
        None => vec![f64::NAN; request.rows()],
    };
    let weights = request.weights()?;
    let whole = Categories { levels: vec!["-".into()], codes: vec![0; request.rows()] };
    let classes = request.optional_categories("class")?.unwrap_or(whole);
    let mut random = generator(request.count("seed")?.unwrap_or(1));
    let mut all = Vec::new();
    if deductive {
        all = deduced(request, &values)?;
    }
    for code in 0..if deductive { 0 } else { classes.levels.len() } {
        let rows: Vec<usize> =
            (0..request.rows()).filter(|row| classes.codes[*row] as usize == code).collect();
        all.extend(impute(&values, &auxiliary, &weights, &rows, by, &mut random));
    }
    let missing = values.iter().filter(|value| !value.is_finite()).count();
    if missing == values.len() {
        let what = Saying::new("nilai yang terisi", "values that are there");
        return Err(MethodError::TooFew { what, needed: 1, found: 0 });
    }
    all.sort_by_key(|imputed| imputed.row);
    let table = table_of(&all, &classes, request.choice("with")?);
    let given: f64 =
        (0..values.len()).filter(|row| values[*row].is_finite()).map(|row| values[row] * weights[row]).sum();
    let added: f64 = all.iter().map(|imputed| imputed.value * weights[imputed.row]).sum();
    let share = if given + added == 0.0 { f64::NAN } else { added / (given + added) };
    let figures = Figures::new(values.len() - missing + all.len()).table(table).note(
        format!("{} dari {missing} nilai kosong diisi; bagian imputasi dalam total: {share:.4}", all.len()),
        format!(
            "{} of {missing} missing values filled; share of the total that is imputed: {share:.4}",
            all.len()
        ),
    );
    Ok(match missing - all.len() {
        0 => figures,
        left => figures.warn(
            format!("{left} nilai tetap kosong: tidak ada yang dapat dijadikan dasar dalam kelasnya"),
            format!("{left} values stay missing: their class has nothing to go by"),
        ),
    })
}

fn table_of(all: &[Imputed], classes: &Categories, how: &str) -> Table {
    let mut table = Table::new(
        "imputed",
        ["Nilai imputasi", "Imputed values"],
        &[
            ("row", "Baris", "Row"),
            ("class", "Kelas", "Class"),
            ("value", "Nilai", "Value"),
            ("flag", "Tanda", "Flag"),
            ("donor", "Baris donor", "Donor row"),
        ],
    );
    for imputed in all {
        let class = classes.codes[imputed.row];
        table.push(vec![
            (imputed.row + 1).into(),
            if class == MISSING { "-".into() } else { classes.levels[class as usize].as_str().into() },
            imputed.value.into(),
            format!("imputed: {}", how).into(),
            imputed.donor.map_or_else(|| Cell::from(""), |donor| (donor + 1).into()),
        ]);
    }
    table
}
