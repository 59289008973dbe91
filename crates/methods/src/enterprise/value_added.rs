//! Value added by subtraction (how wealth is created) and by addition (who receives it), and whether they
//! agree.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Table, Term};
use crate::numerics::summation::sum;

/// A statement of value added.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub output: f64,
    /// Output less bought-in materials and services.
    pub by_subtraction: f64,
    /// Labour cost, interest, tax, depreciation, profit: what is shared out.
    pub by_addition: f64,
    /// What the two may differ by before it counts as an error.
    pub allowed: f64,
}

impl Statement {
    /// `tolerance` is a share of output; a difference of one unit of money is always allowed.
    pub fn new(output: &[f64], bought_in: &[f64], distribution: &[f64], tolerance: f64) -> Self {
        let output = sum(output.iter().copied());
        Statement {
            output,
            by_subtraction: output - sum(bought_in.iter().copied()),
            by_addition: sum(distribution.iter().copied()),
            allowed: (tolerance * output.abs()).max(1.0),
        }
    }

    pub fn difference(&self) -> f64 {
        self.by_subtraction - self.by_addition
    }

    pub fn agrees(&self) -> bool {
        self.difference().abs() <= self.allowed
    }
}

pub(crate) static METHOD: Method = Method {
    id: "value-added",
    group: Group::Enterprise,
    title: ["Nilai tambah dan rekonsiliasinya", "Value added and its reconciliation"],
    question: [
        "Berapa nilai tambah usaha, dan apakah yang diciptakan sama dengan yang dibagikan?",
        "What value does an enterprise add, and does what is created equal what is shared out?",
    ],
    definition: [
        "Pengurangan: output − bahan dan jasa yang dibeli. Penjumlahan: biaya tenaga kerja + bunga + \
         pajak + penyusutan + laba. Sesuai bila selisih ≤ maks(1, 1 % output)",
        "Subtraction: output − bought-in materials and services. Addition: labour cost + interest + \
         tax + depreciation + profit. They agree if the difference ≤ max(1, 1 % of output)",
    ],
    source: "Malaysia Productivity Corporation, Productivity Report 2009, app. A; APO; SNA 2008, ch. 6",
    arguments: &[
        Argument::required(
            "output",
            Kind::Columns,
            [
                "unsur output: penjualan, perubahan persediaan, pendapatan lain",
                "parts of output: sales, change of stocks, other income",
            ],
        ),
        Argument::required(
            "bought-in",
            Kind::Columns,
            ["bahan dan jasa yang dibeli", "bought-in materials and services"],
        ),
        Argument::optional(
            "distribution",
            Kind::Columns,
            [
                "biaya tenaga kerja, bunga, pajak, penyusutan, laba",
                "labour cost, interest, tax, depreciation, profit",
            ],
        ),
        Argument::optional(
            "unit",
            Kind::Column,
            ["kolom usaha: satu baris per usaha", "column with the enterprise: one row each"],
        ),
        Argument::optional(
            "tolerance",
            Kind::Number(Some(0.01)),
            ["selisih yang dibolehkan, bagian dari output", "difference allowed, share of output"],
        ),
        Argument::WEIGHT,
    ],
    example: "value-added --input docs/methods/data/enterprises.csv --output output --bought-in \
     materials,services --distribution labour_cost,interest,tax,depreciation,profit",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (output, bought_in) = (request.columns("output")?, request.columns("bought-in")?);
    let distribution =
        if request.word("distribution").is_some() { request.columns("distribution")? } else { Vec::new() };
    let (weights, units) = (request.weights()?, request.optional_categories("unit")?);
    let tolerance = request.number("tolerance")?.unwrap_or(0.01);
    if tolerance < 0.0 {
        return Err(request.bad("tolerance", &tolerance.to_string(), "0.01"));
    }
    let mut needed: Vec<&[f64]> = vec![&weights];
    needed.extend(output.iter().chain(&bought_in).chain(&distribution).map(|term| term.values.as_slice()));
    let rows = request.complete(&needed)?;
    let of = |terms: &[Term], row: usize| terms.iter().map(|term| term.values[row]).collect::<Vec<f64>>();
    let statements: Vec<Statement> = rows
        .iter()
        .map(|row| {
            Statement::new(&of(&output, *row), &of(&bought_in, *row), &of(&distribution, *row), tolerance)
        })
        .collect();
    let reconciled = !distribution.is_empty();
    let mut figures =
        Figures::new(rows.len()).table(parts(&rows, &weights, [&output, &bought_in, &distribution]));
    figures = figures.table(total(&statements, &rows, &weights, reconciled));
    if let Some(units) = units {
        figures = figures.table(each(&statements, &rows, &units, reconciled));
    }
    let apart = statements.iter().filter(|statement| !statement.agrees()).count();
    Ok(if reconciled && apart > 0 {
        figures.warn(
            format!(
                "pada {apart} dari {} usaha kedua cara berbeda melebihi batas; periksa pembukuannya",
                rows.len()
            ),
            format!(
                "in {apart} of {} enterprises the two ways differ by more than allowed; look at their books",
                rows.len()
            ),
        )
    } else {
        figures
    })
}

/// Every part with its weighted total, added or taken away.
fn parts(rows: &[usize], weights: &[f64], terms: [&[Term]; 3]) -> Table {
    let mut table = Table::new(
        "parts",
        ["Unsur", "Parts"],
        &[("side", "Sisi", "Side"), ("part", "Unsur", "Part"), ("total", "Jumlah", "Total")],
    );
    for (side, terms) in ["+ output", "− bought-in", "= distribution"].into_iter().zip(terms) {
        for term in terms {
            let total = sum(rows.iter().map(|row| weights[*row] * term.values[*row]));
            table.push(vec![side.into(), Cell::from(term.name.as_str()), total.into()]);
        }
    }
    table
}

fn unreconciled() -> Cell {
    Cell::Absent(domain::language::Text::new(
        "--distribution tidak diberikan",
        "--distribution was not given",
    ))
}

fn total(statements: &[Statement], rows: &[usize], weights: &[f64], reconciled: bool) -> Table {
    let mut table = Table::new(
        "value_added",
        ["Nilai tambah", "Value added"],
        &[
            ("n", "n", "n"),
            ("output", "Output", "Output"),
            ("by_subtraction", "Cara pengurangan", "By subtraction"),
            ("by_addition", "Cara penjumlahan", "By addition"),
            ("difference", "Selisih", "Difference"),
            ("difference_percent", "Selisih, % output", "Difference, % of output"),
            ("disagreeing", "Usaha yang tidak sesuai", "Enterprises that disagree"),
        ],
    );
    let of = |part: fn(&Statement) -> f64| {
        sum(statements.iter().zip(rows).map(|(statement, row)| weights[*row] * part(statement)))
    };
    let (output, difference) = (of(|one| one.output), of(Statement::difference));
    let apart = statements.iter().filter(|statement| !statement.agrees()).count();
    let if_reconciled = |cell: Cell| if reconciled { cell } else { unreconciled() };
    table.push(vec![
        rows.len().into(),
        output.into(),
        of(|one| one.by_subtraction).into(),
        if_reconciled(of(|one| one.by_addition).into()),
        if_reconciled(difference.into()),
        if_reconciled((100.0 * difference / output).into()),
        if_reconciled(apart.into()),
    ]);
    table
}

fn each(
    statements: &[Statement],
    rows: &[usize],
    units: &crate::bench::Categories,
    reconciled: bool,
) -> Table {
    let mut table = Table::new(
        "units",
        ["Per usaha", "By enterprise"],
        &[
            ("unit", "Usaha", "Enterprise"),
            ("output", "Output", "Output"),
            ("by_subtraction", "Cara pengurangan", "By subtraction"),
            ("by_addition", "Cara penjumlahan", "By addition"),
            ("difference", "Selisih", "Difference"),
            ("agrees", "Sesuai", "Agrees"),
        ],
    );
    for (statement, row) in statements.iter().zip(rows) {
        let if_reconciled = |cell: Cell| if reconciled { cell } else { unreconciled() };
        table.push(vec![
            Cell::from(units.word(*row).unwrap_or("-")),
            statement.output.into(),
            statement.by_subtraction.into(),
            if_reconciled(statement.by_addition.into()),
            if_reconciled(statement.difference().into()),
            if_reconciled(if statement.agrees() { "ya / yes" } else { "tidak / no" }.into()),
        ]);
    }
    table
}
