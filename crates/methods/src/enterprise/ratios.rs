//! The tree of productivity ratios: how labour productivity follows from capital, sales and cost.
//!
//! A ratio of a group is the ratio of its sums, over the rows where both sides are known; the n stands beside
//! it.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Table};
use crate::numerics::summation::sum;

/// What an enterprise's books can say; NaN where they are silent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Books {
    pub value_added: f64,
    pub workers: f64,
    pub hours: f64,
    pub output: f64,
    pub capital: f64,
    pub labour_cost: f64,
    pub employees: f64,
    pub materials: f64,
    /// All bought-in materials and services.
    pub bought_in: f64,
    pub profit: f64,
    pub capital_cost: f64,
}

/// A ratio: its word, its formula, and both sides.
pub struct Ratio {
    pub id: &'static str,
    pub formula: &'static str,
    pub numerator: fn(&Books) -> f64,
    pub denominator: fn(&Books) -> f64,
}

/// Every ratio of the tree. V value added, L workers, E employees, Y output, K capital, W labour cost, M
/// materials, B bought-in materials and services, P profit, C capital cost, H hours.
pub static RATIOS: &[Ratio] = &[
    Ratio {
        id: "labour_productivity",
        formula: "V/L",
        numerator: |b| b.value_added,
        denominator: |b| b.workers,
    },
    Ratio {
        id: "value_added_per_hour",
        formula: "V/H",
        numerator: |b| b.value_added,
        denominator: |b| b.hours,
    },
    Ratio { id: "output_per_worker", formula: "Y/L", numerator: |b| b.output, denominator: |b| b.workers },
    Ratio {
        id: "value_added_content",
        formula: "V/Y",
        numerator: |b| b.value_added,
        denominator: |b| b.output,
    },
    Ratio {
        id: "capital_productivity",
        formula: "V/K",
        numerator: |b| b.value_added,
        denominator: |b| b.capital,
    },
    Ratio { id: "capital_intensity", formula: "K/L", numerator: |b| b.capital, denominator: |b| b.workers },
    Ratio {
        id: "labour_cost_competitiveness",
        formula: "V/W",
        numerator: |b| b.value_added,
        denominator: |b| b.labour_cost,
    },
    Ratio {
        id: "labour_cost_per_worker",
        formula: "W/L",
        numerator: |b| b.labour_cost,
        denominator: |b| b.workers,
    },
    Ratio {
        id: "labour_share",
        formula: "W/V",
        numerator: |b| b.labour_cost,
        denominator: |b| b.value_added,
    },
    Ratio { id: "unit_labour_cost", formula: "W/Y", numerator: |b| b.labour_cost, denominator: |b| b.output },
    Ratio { id: "bought_in_ratio", formula: "B/Y", numerator: |b| b.bought_in, denominator: |b| b.output },
    Ratio {
        id: "value_added_per_bought_in",
        formula: "V/B",
        numerator: |b| b.value_added,
        denominator: |b| b.bought_in,
    },
    Ratio {
        id: "process_efficiency",
        formula: "V/(Y−M)",
        numerator: |b| b.value_added,
        denominator: |b| b.output - b.materials,
    },
    Ratio {
        id: "material_productivity",
        formula: "Y/M",
        numerator: |b| b.output,
        denominator: |b| b.materials,
    },
    Ratio { id: "profit_margin", formula: "P/Y", numerator: |b| b.profit, denominator: |b| b.output },
    Ratio { id: "profit_share", formula: "P/V", numerator: |b| b.profit, denominator: |b| b.value_added },
    Ratio { id: "profitability", formula: "P/K", numerator: |b| b.profit, denominator: |b| b.capital },
    Ratio {
        id: "total_productivity",
        formula: "Y/(W+B+C)",
        numerator: |b| b.output,
        denominator: |b| b.labour_cost + b.bought_in + b.capital_cost,
    },
];

/// The labour share with the self-employed at the employees' pay: W (L/E) / V, each a sum over books that
/// know all four. Sums, not enterprises: one without employees has owners whose work counts all the same.
pub fn adjusted_labour_share(books: &[Books], weights: &[f64]) -> Option<Found> {
    let known: Vec<(&Books, f64)> = books
        .iter()
        .zip(weights.iter().copied())
        .filter(|(books, _)| {
            [books.labour_cost, books.workers, books.employees, books.value_added]
                .iter()
                .all(|side| side.is_finite())
        })
        .collect();
    let total = |of: fn(&Books) -> f64| sum(known.iter().map(|(books, weight)| weight * of(books)));
    let (employees, added) = (total(|b| b.employees), total(|b| b.value_added));
    (employees > 0.0 && added > 0.0).then(|| Found {
        value: total(|b| b.labour_cost) * (total(|b| b.workers) / employees) / added,
        n: known.len(),
    })
}

/// A ratio of sums and the rows behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    pub value: f64,
    pub n: usize,
}

/// The ratio over all books in which both sides are known; `None` if there are none or the denominator is not
/// above zero.
pub fn ratio(of: &Ratio, books: &[Books], weights: &[f64]) -> Option<Found> {
    let sides: Vec<(f64, f64, f64)> = books
        .iter()
        .zip(weights)
        .map(|(books, weight)| ((of.numerator)(books), (of.denominator)(books), *weight))
        .filter(|(over, under, _)| over.is_finite() && under.is_finite())
        .collect();
    let below = sum(sides.iter().map(|(_, under, weight)| weight * under));
    let above = sum(sides.iter().map(|(over, _, weight)| weight * over));
    (below > 0.0).then(|| Found { value: above / below, n: sides.len() })
}

pub(crate) static METHOD: Method = Method {
    id: "productivity-ratios",
    group: Group::Enterprise,
    title: ["Pohon rasio produktivitas", "The tree of productivity ratios"],
    question: [
        "Mengapa produktivitas tenaga kerja tinggi atau rendah: modal, penjualan, atau isi nilai tambah?",
        "Why is labour productivity high or low: capital, sales, or value added content?",
    ],
    definition: [
        "Rasio jumlah atas jumlah (berbobot), atas baris yang kedua sisinya diketahui. V/L = \
         (Y/L)(V/Y) = (V/K)(K/L) = (V/W)(W/L)",
        "Ratio of (weighted) sums, over rows where both sides are known. V/L = (Y/L)(V/Y) = \
         (V/K)(K/L) = (V/W)(W/L)",
    ],
    source: "SPRING Singapore (2011), A Guide to Productivity Measurement; Malaysia Productivity Corporation \
     (2009); OECD (2001)",
    arguments: &[
        Argument::required("value-added", Kind::Column, ["nilai tambah V", "value added V"]),
        Argument::optional("workers", Kind::Column, ["tenaga kerja L", "workers L"]),
        Argument::optional("hours", Kind::Column, ["jam kerja H", "hours worked H"]),
        Argument::optional("output", Kind::Column, ["output Y", "output Y"]),
        Argument::optional("capital", Kind::Column, ["aset tetap K", "fixed assets K"]),
        Argument::optional("labour-cost", Kind::Column, ["biaya tenaga kerja W", "labour cost W"]),
        Argument::optional("employees", Kind::Column, ["pekerja dibayar E", "paid employees E"]),
        Argument::optional("materials", Kind::Column, ["bahan M", "materials M"]),
        Argument::optional(
            "bought-in",
            Kind::Column,
            ["bahan dan jasa yang dibeli B", "bought-in materials and services B"],
        ),
        Argument::optional("profit", Kind::Column, ["laba P", "profit P"]),
        Argument::optional(
            "capital-cost",
            Kind::Column,
            ["biaya modal C: penyusutan dan bunga", "capital cost C: depreciation and interest"],
        ),
        Argument::WEIGHT,
    ],
    example: "productivity-ratios --input docs/methods/data/enterprises.csv --value-added value_added \
     --workers workers --output output --capital capital --labour-cost labour_cost --employees \
     employees --materials materials --bought-in \"materials + services\" --profit profit \
     --capital-cost \"depreciation + interest\" --weight weight",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let known = |name: &str| -> Result<Vec<f64>, MethodError> {
        Ok(request.optional_numbers(name)?.unwrap_or_else(|| vec![f64::NAN; request.rows()]))
    };
    const NAMES: [&str; 11] = [
        "value-added",
        "workers",
        "hours",
        "output",
        "capital",
        "labour-cost",
        "employees",
        "materials",
        "bought-in",
        "profit",
        "capital-cost",
    ];
    let columns: Vec<Vec<f64>> = NAMES.into_iter().map(known).collect::<Result<_, _>>()?;
    let weights = request.weights()?;
    let rows = request.complete(&[&columns[0], &weights])?;
    let books: Vec<Books> = rows
        .iter()
        .map(|row| {
            let of = |column: usize| columns[column][*row];
            Books {
                value_added: of(0),
                workers: of(1),
                hours: of(2),
                output: of(3),
                capital: of(4),
                labour_cost: of(5),
                employees: of(6),
                materials: of(7),
                bought_in: of(8),
                profit: of(9),
                capital_cost: of(10),
            }
        })
        .collect();
    let own: Vec<f64> = rows.iter().map(|row| weights[*row]).collect();
    let figures = Figures::new(rows.len()).table(ratios_table(&books, &own));
    let losses = books.iter().filter(|books| books.value_added <= 0.0).count();
    Ok(if losses == 0 {
        figures
    } else {
        figures.note(
            format!("{losses} usaha bernilai tambah nol atau negatif; tetap masuk dalam jumlah"),
            format!("{losses} enterprises have value added of zero or below; they stay in the sums"),
        )
    })
}

/// The ratios that were asked for: those whose columns were given.
fn ratios_table(books: &[Books], weights: &[f64]) -> Table {
    let mut table = Table::new(
        "ratios",
        ["Rasio produktivitas", "Productivity ratios"],
        &[
            ("ratio", "Rasio", "Ratio"),
            ("formula", "Rumus", "Formula"),
            ("value", "Nilai", "Value"),
            ("n", "n", "n"),
        ],
    );
    for of in RATIOS {
        let asked = books
            .iter()
            .any(|books| (of.numerator)(books).is_finite() && (of.denominator)(books).is_finite());
        match ratio(of, books, weights) {
            Some(found) => {
                table.push(vec![of.id.into(), of.formula.into(), found.value.into(), found.n.into()])
            }
            None if asked => {
                table.push(vec![of.id.into(), of.formula.into(), no_denominator(), 0_usize.into()])
            }
            None => {}
        }
        if let (true, Some(found)) = (of.id == "labour_share", adjusted_labour_share(books, weights)) {
            let head = ["labour_share_adjusted", "W·(L/E)/V"].map(Cell::from);
            table.push(head.into_iter().chain([found.value.into(), found.n.into()]).collect());
        }
    }
    table
}

fn no_denominator() -> Cell {
    Cell::Absent(domain::language::Text::new(
        "penyebut tidak di atas nol",
        "the denominator is not above zero",
    ))
}
