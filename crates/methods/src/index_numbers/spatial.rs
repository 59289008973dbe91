//! Levels of productivity between places: provinces compared with each other through their average.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;

/// A place: quantities of outputs and inputs, and their values, from which shares are taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub outputs: Vec<f64>,
    pub output_values: Vec<f64>,
    pub inputs: Vec<f64>,
    pub input_values: Vec<f64>,
}

/// Logarithms of output, input and productivity of a place over the average place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    pub output: f64,
    pub input: f64,
    pub productivity: f64,
}

/// Levels by Caves, Christensen and Diewert: Törnqvist against the hypothetical place with mean shares and
/// mean logarithms. Comparisons are transitive: any two places compare alike through any third.
pub fn levels(places: &[Place]) -> Result<Vec<Level>, MethodError> {
    if places.len() < 2 {
        let what = Saying::new("wilayah", "places");
        return Err(MethodError::TooFew { what, needed: 2, found: places.len() });
    }
    for (at, place) in places.iter().enumerate() {
        let quantities = place.outputs.iter().chain(&place.inputs).all(|quantity| *quantity > 0.0);
        let total = |values: &[f64]| sum(values.iter().copied());
        let values = [&place.output_values, &place.input_values]
            .iter()
            .all(|values| values.iter().all(|value| *value >= 0.0) && total(values) > 0.0);
        if !(quantities && values) {
            return Err(MethodError::Impossible(Saying::new(
                format!("wilayah ke-{}: kuantitas dan jumlah nilai harus di atas nol", at + 1),
                format!("place number {}: quantities and sums of values must be above zero", at + 1),
            )));
        }
    }
    let outputs = against_mean(places, |place| (&place.outputs, &place.output_values));
    let inputs = against_mean(places, |place| (&place.inputs, &place.input_values));
    let level = |(output, input): (f64, f64)| Level { output, input, productivity: output - input };
    Ok(outputs.into_iter().zip(inputs).map(level).collect())
}

fn against_mean(places: &[Place], of: fn(&Place) -> (&[f64], &[f64])) -> Vec<f64> {
    let shares: Vec<Vec<f64>> = places
        .iter()
        .map(|place| {
            let values = of(place).1;
            let total = sum(values.iter().copied());
            values.iter().map(|value| value / total).collect()
        })
        .collect();
    let count = places.len() as f64;
    let items = shares[0].len();
    let mean_share: Vec<f64> =
        (0..items).map(|item| sum(shares.iter().map(|shares| shares[item])) / count).collect();
    let mean_log: Vec<f64> =
        (0..items).map(|item| sum(places.iter().map(|place| of(place).0[item].ln())) / count).collect();
    let level = |(place, shares): (&Place, &Vec<f64>)| {
        sum((0..items)
            .map(|item| (shares[item] + mean_share[item]) / 2.0 * (of(place).0[item].ln() - mean_log[item])))
    };
    places.iter().zip(&shares).map(level).collect()
}

pub(crate) static METHOD: Method = Method {
    id: "spatial-productivity",
    group: Group::IndexNumbers,
    title: ["Tingkat produktivitas antarwilayah", "Levels of productivity between places"],
    question: [
        "Provinsi mana lebih produktif bila beberapa masukan dihitung sekaligus?",
        "Which province is more productive when several inputs count at once?",
    ],
    definition: [
        "CCD: Törnqvist terhadap wilayah rata-rata (pangsa rata-rata, logaritma rata-rata); \
         rata-rata geometrik = 100 kecuali --base diberikan",
        "CCD: Törnqvist against the average place (mean shares, mean logarithms); geometric mean = \
         100 unless --base is given",
    ],
    source: "Caves, Christensen and Diewert (1982), Economic Journal 92",
    arguments: &[
        Argument::required("place", Kind::Column, ["kolom wilayah", "column with the place"]),
        Argument::required("outputs", Kind::Columns, ["volume tiap keluaran", "volume of each output"]),
        Argument::optional(
            "output-values",
            Kind::Columns,
            ["nilai tiap keluaran, bila lebih dari satu", "value of each output, if there are several"],
        ),
        Argument::required("inputs", Kind::Columns, ["volume tiap masukan", "volume of each input"]),
        Argument::optional(
            "input-values",
            Kind::Columns,
            ["biaya tiap masukan, bila lebih dari satu", "cost of each input, if there are several"],
        ),
        Argument::optional("base", Kind::Word, ["wilayah dasar", "base place"]),
    ],
    example: "spatial-productivity --input docs/methods/data/provinces.csv --place province --outputs \
     value_added --inputs workers,capital --input-values labour_cost,capital_cost",
    run: figures,
};

/// Values of the same number of columns as the quantities; one column alone needs none.
fn values(request: &Request<'_>, name: &str, quantities: usize) -> Result<Vec<Vec<f64>>, MethodError> {
    match request.word(name) {
        None if quantities == 1 => Ok(vec![vec![1.0; request.rows()]]),
        None => {
            let expected = format!("{quantities} × EXPRESSION");
            Err(MethodError::MissingArgument { argument: name.to_owned(), expected })
        }
        Some(given) => {
            let columns: Vec<Vec<f64>> = request.columns(name)?.into_iter().map(|term| term.values).collect();
            if columns.len() == quantities {
                return Ok(columns);
            }
            Err(request.bad(name, given, &format!("{quantities} × EXPRESSION")))
        }
    }
}

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let names = request.categories("place")?;
    let columns = |name: &str| -> Result<Vec<Vec<f64>>, MethodError> {
        Ok(request.columns(name)?.into_iter().map(|term| term.values).collect())
    };
    let (outputs, inputs) = (columns("outputs")?, columns("inputs")?);
    let output_values = values(request, "output-values", outputs.len())?;
    let input_values = values(request, "input-values", inputs.len())?;
    let every: Vec<&[f64]> =
        outputs.iter().chain(&inputs).chain(&output_values).chain(&input_values).map(Vec::as_slice).collect();
    let rows: Vec<usize> =
        request.complete(&every)?.into_iter().filter(|row| names.word(*row).is_some()).collect();
    let mut seen: Vec<&str> = rows.iter().filter_map(|row| names.word(*row)).collect();
    let written = seen.clone();
    seen.sort_unstable();
    if let Some(twice) = seen.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(MethodError::Impossible(Saying::new(
            format!("wilayah `{}` muncul dua kali; pilih satu tahun, misalnya dengan --by", twice[0]),
            format!("place `{}` stands twice; take one year, for example with --by", twice[0]),
        )));
    }
    let places: Vec<Place> = rows
        .iter()
        .map(|row| {
            let of = |columns: &[Vec<f64>]| columns.iter().map(|column| column[*row]).collect();
            Place {
                outputs: of(&outputs),
                output_values: of(&output_values),
                inputs: of(&inputs),
                input_values: of(&input_values),
            }
        })
        .collect();
    let found = levels(&places)?;
    let base = match request.word("base") {
        None => Level { output: 0.0, input: 0.0, productivity: 0.0 },
        Some(name) => {
            let at = written.iter().position(|known| *known == name);
            found[at.ok_or_else(|| request.bad("base", name, &written.join(" | ")))?]
        }
    };
    let mut table = Table::new(
        "levels",
        ["Tingkat, dasar = 100", "Levels, base = 100"],
        &[
            ("place", "Wilayah", "Place"),
            ("output", "Output", "Output"),
            ("input", "Masukan", "Inputs"),
            ("productivity", "Produktivitas total", "Total factor productivity"),
        ],
    );
    for (name, level) in written.iter().zip(&found) {
        let percent = |log: f64, base: f64| Cell::from(100.0 * (log - base).exp());
        table.push(vec![
            Cell::from(*name),
            percent(level.output, base.output),
            percent(level.input, base.input),
            percent(level.productivity, base.productivity),
        ]);
    }
    Ok(Figures::new(rows.len()).table(table))
}
