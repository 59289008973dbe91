//! Unit labour cost by both definitions, and what moved it: pay or productivity.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Table};
use crate::numerics::summation::sum;

/// Sums of a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sums {
    pub labour_cost: f64,
    pub real_value_added: f64,
    pub output: f64,
    pub workers: f64,
    /// Paid employees; equal to workers where nobody works for themselves.
    pub employees: f64,
}

impl Sums {
    /// Nominal labour cost per unit of real value added, the self-employed counted at the employees' pay
    /// (OECD).
    pub fn real(&self) -> f64 {
        self.labour_cost * (self.workers / self.employees) / self.real_value_added
    }

    /// Labour cost per unit of output, as the national productivity organisations of the region define it.
    pub fn of_output(&self) -> f64 {
        self.labour_cost / self.output
    }

    pub fn pay(&self) -> f64 {
        self.labour_cost / self.employees
    }

    pub fn productivity(&self) -> f64 {
        self.real_value_added / self.workers
    }
}

pub(crate) static METHOD: Method = Method {
    id: "unit-labour-cost",
    group: Group::Enterprise,
    title: ["Biaya tenaga kerja per unit", "Unit labour cost"],
    question: [
        "Apakah upah tumbuh lebih cepat daripada produktivitas?",
        "Does pay grow faster than productivity?",
    ],
    definition: [
        "OECD: (W/E) ÷ (V riil/L), yaitu biaya nominal per unit nilai tambah riil dengan pekerja \
         mandiri disetarakan; dan W/Y menurut lembaga produktivitas. ln ULC = ln upah − ln \
         produktivitas",
        "OECD: (W/E) ÷ (real V/L), nominal cost per unit of real value added with the self-employed \
         at employees' pay; and W/Y as productivity organisations use. ln ULC = ln pay − ln \
         productivity",
    ],
    source: "OECD Compendium of Productivity Indicators (2023); OECD (2001), Measuring Productivity; MPC \
     (2009)",
    arguments: &[
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required(
            "labour-cost",
            Kind::Column,
            ["biaya tenaga kerja nominal", "nominal labour cost"],
        ),
        Argument::required("value-added", Kind::Column, ["nilai tambah riil", "real value added"]),
        Argument::required("workers", Kind::Column, ["tenaga kerja (atau jam)", "workers (or hours)"]),
        Argument::optional(
            "employees",
            Kind::Column,
            ["pekerja dibayar (atau jamnya)", "paid employees (or their hours)"],
        ),
        Argument::optional("output", Kind::Column, ["output", "output"]),
        Argument::WEIGHT,
    ],
    example: "unit-labour-cost --input docs/methods/data/enterprises.csv --period year --labour-cost \
     labour_cost --value-added real_value_added --workers workers --employees employees --output \
     output --weight weight",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let names = ["labour-cost", "value-added", "workers"];
    let mut columns: Vec<Vec<f64>> =
        names.iter().map(|name| request.numbers(name)).collect::<Result<_, _>>()?;
    let employees = request.optional_numbers("employees")?.unwrap_or_else(|| columns[2].clone());
    columns.push(employees);
    let output = request.optional_numbers("output")?;
    columns.extend(output.clone());
    let weights = request.weights()?;
    let mut needed: Vec<&[f64]> = vec![&weights];
    needed.extend(columns.iter().map(Vec::as_slice));
    let rows = request.complete(&needed)?;
    let panel_periods = request.categories("period")?;
    let periods = crate::panel::periods(&panel_periods, &rows);
    let mut table = Table::new(
        "unit_labour_cost",
        ["Biaya tenaga kerja per unit", "Unit labour cost"],
        &[
            ("period", "Periode", "Period"),
            ("n", "n", "n"),
            ("real", "ULC (OECD)", "ULC (OECD)"),
            ("of_output", "W/Y", "W/Y"),
            ("growth_percent", "Pertumbuhan ULC, % log", "Growth of ULC, log %"),
            ("pay_percent", "Upah per pekerja, % log", "Pay per employee, log %"),
            ("productivity_percent", "Produktivitas, % log", "Productivity, log %"),
        ],
    );
    let mut before: Option<Sums> = None;
    let mut used = 0;
    for period in &periods {
        let inside: Vec<usize> =
            rows.iter().copied().filter(|row| panel_periods.word(*row) == Some(period)).collect();
        let total = |column: usize| match columns.get(column) {
            Some(column) => sum(inside.iter().map(|row| weights[*row] * column[*row])),
            None => f64::NAN,
        };
        let sums = Sums {
            labour_cost: total(0),
            real_value_added: total(1),
            workers: total(2),
            employees: total(3),
            output: total(4),
        };
        used += inside.len();
        let growth = |of: fn(&Sums) -> f64| {
            before.map_or_else(first_period, |old| Cell::from(100.0 * (of(&sums) / of(&old)).ln()))
        };
        table.push(vec![
            Cell::from(period.as_str()),
            inside.len().into(),
            positive(sums.real()),
            if output.is_some() { positive(sums.of_output()) } else { not_asked() },
            growth(Sums::real),
            growth(Sums::pay),
            growth(Sums::productivity),
        ]);
        before = Some(sums);
    }
    Ok(Figures::new(used).table(table))
}

/// A cost per unit of nothing, or of a loss, is no cost per unit.
fn positive(value: f64) -> Cell {
    if value >= 0.0 {
        return Cell::from(value);
    }
    Cell::Absent(domain::language::Text::new(
        "nilai tambah tidak di atas nol",
        "value added is not above zero",
    ))
}

fn first_period() -> Cell {
    Cell::Absent(domain::language::Text::new("periode pertama", "first period"))
}

fn not_asked() -> Cell {
    Cell::Absent(domain::language::Text::new("--output tidak diberikan", "--output was not given"))
}
