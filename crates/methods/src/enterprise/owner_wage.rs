//! The owner's own work: where owners and family draw no wage, labour cost is imputed and said to be.

use crate::bench::{
    Argument, Categories, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table,
};
use crate::numerics::summation::sum;

/// An enterprise with paid and unpaid workers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staff {
    pub labour_cost: f64,
    pub paid: f64,
    pub unpaid: f64,
    pub weight: f64,
}

/// Where the wage of the unpaid comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody works unpaid.
    None,
    /// A wage given for the row: the minimum wage of the place, for example.
    Given,
    /// The mean wage of the enterprise's class.
    Class,
    /// The mean wage of all, because the class has no paid workers.
    All,
}

/// Imputed labour cost and its source for every enterprise. `given` is a yearly wage per worker, NaN where
/// unknown. `None` for an enterprise whose unpaid work has no wage to go by.
pub fn impute(staff: &[Staff], classes: &[usize], count: usize, given: &[f64]) -> Vec<Option<(f64, Source)>> {
    // Pay and paid workers of every class, and of all.
    let mut sums: Vec<[Vec<f64>; 2]> = vec![[Vec::new(), Vec::new()]; count + 1];
    for (one, class) in staff.iter().zip(classes).filter(|(one, _)| one.paid > 0.0) {
        for place in [*class, count] {
            sums[place][0].push(one.weight * one.labour_cost);
            sums[place][1].push(one.weight * one.paid);
        }
    }
    let wages: Vec<Option<f64>> = sums
        .into_iter()
        .map(|[pay, paid]| {
            let paid = sum(paid);
            (paid > 0.0).then(|| sum(pay) / paid)
        })
        .collect();
    let one = |row: usize| {
        let staff = &staff[row];
        if staff.unpaid <= 0.0 {
            return Some((staff.labour_cost, Source::None));
        }
        let known = if given[row].is_finite() { Some((given[row], Source::Given)) } else { None };
        let known = known.or(wages[classes[row]].map(|wage| (wage, Source::Class)));
        let (wage, source) = known.or(wages[count].map(|wage| (wage, Source::All)))?;
        Some((staff.labour_cost + staff.unpaid * wage, source))
    };
    (0..staff.len()).map(one).collect()
}

pub(crate) static METHOD: Method = Method {
    id: "owner-wage",
    group: Group::Enterprise,
    title: ["Upah imputasi pemilik dan keluarga", "Imputed wage of owners and family"],
    question: [
        "Berapa biaya tenaga kerja yang sebenarnya bila pemilik dan keluarga bekerja tanpa upah?",
        "What does labour really cost where owners and family work without a wage?",
    ],
    definition: [
        "Pekerja tak dibayar × upah rata-rata (berbobot) pekerja dibayar di kelasnya; --wage \
         menggantikannya; bila kelas tanpa pekerja dibayar, rata-rata semua. Imputasi selalu \
         ditandai dan dihitung",
        "Unpaid workers × (weighted) mean wage of paid workers of the class; --wage replaces it; \
         where a class has no paid workers, the mean of all. Imputations are always flagged and \
         counted",
    ],
    source: "OECD (2001), Measuring Productivity, ch. 4; SNA 2008, 7.9 (mixed income)",
    arguments: &[
        Argument::required(
            "labour-cost",
            Kind::Column,
            ["biaya tenaga kerja yang dibayar", "labour cost paid"],
        ),
        Argument::required("paid", Kind::Column, ["pekerja dibayar", "paid workers"]),
        Argument::required(
            "unpaid",
            Kind::Column,
            ["pemilik dan keluarga tak dibayar", "unpaid owners and family"],
        ),
        Argument::optional("class", Kind::Column, ["kelas: sektor, wilayah", "class: sector, region"]),
        Argument::optional(
            "wage",
            Kind::Column,
            [
                "upah setahun per pekerja, misalnya upah minimum",
                "yearly wage per worker, such as the minimum wage",
            ],
        ),
        Argument::optional(
            "value-added",
            Kind::Column,
            ["nilai tambah: juga pangsa tenaga kerja", "value added: the labour share too"],
        ),
        Argument::WEIGHT,
    ],
    example: "owner-wage --input docs/methods/data/enterprises.csv --labour-cost labour_cost --paid \
     employees --unpaid \"workers - employees\" --class sector --value-added value_added --weight weight",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let names = ["labour-cost", "paid", "unpaid"];
    let columns: Vec<Vec<f64>> = names.iter().map(|name| request.numbers(name)).collect::<Result<_, _>>()?;
    let (weights, given) = (request.weights()?, request.optional_numbers("wage")?);
    let value_added = request.optional_numbers("value-added")?;
    let classes = request
        .optional_categories("class")?
        .unwrap_or_else(|| Categories::of((0..request.rows()).map(|_| Some("semua / all"))));
    let rows: Vec<usize> = request
        .complete(&[&columns[0], &columns[1], &columns[2], &weights])?
        .into_iter()
        .filter(|row| classes.word(*row).is_some())
        .collect();
    for (name, column) in names.iter().zip(&columns) {
        if let Some(row) = rows.iter().find(|row| column[**row] < 0.0) {
            return Err(MethodError::OutOfDomain {
                column: request.word(name).unwrap_or_default().to_owned(),
                row: row + 1,
                value: column[*row],
                rule: Saying::new("tidak boleh negatif", "it may not be negative"),
            });
        }
    }
    let staff: Vec<Staff> = rows
        .iter()
        .map(|row| Staff {
            labour_cost: columns[0][*row],
            paid: columns[1][*row],
            unpaid: columns[2][*row],
            weight: weights[*row],
        })
        .collect();
    let codes: Vec<usize> = rows.iter().map(|row| classes.codes[*row] as usize).collect();
    let wages: Vec<f64> =
        rows.iter().map(|row| given.as_ref().map_or(f64::NAN, |given| given[*row])).collect();
    let found = impute(&staff, &codes, classes.levels.len(), &wages);
    let added: Option<Vec<f64>> = value_added.map(|added| rows.iter().map(|row| added[*row]).collect());
    let table = by_class(&staff, &codes, &classes.levels, &found, added.as_deref());
    let count = |source: Source| found.iter().flatten().filter(|found| found.1 == source).count();
    let (class, all, own) = (count(Source::Class), count(Source::All), count(Source::Given));
    let lost = found.iter().filter(|found| found.is_none()).count();
    let figures = Figures::new(rows.len() - lost).table(table).warn(
        format!(
            "biaya tenaga kerja diimputasi: {own} dengan upah yang diberikan, {class} dengan rata-rata \
         kelas, {all} dengan rata-rata semua"
        ),
        format!(
            "labour cost is imputed: {own} with the wage given, {class} with the mean of the class, \
         {all} with the mean of all"
        ),
    );
    Ok(if lost == 0 {
        figures
    } else {
        figures.warn(
            format!("{lost} usaha tanpa upah acuan tidak ikut; berikan --wage"),
            format!("{lost} enterprises without a wage to go by are left out; give --wage"),
        )
    })
}

fn by_class(
    staff: &[Staff],
    codes: &[usize],
    levels: &[String],
    found: &[Option<(f64, Source)>],
    added: Option<&[f64]>,
) -> Table {
    let mut table = Table::new(
        "owner_wage",
        ["Biaya tenaga kerja sebelum dan sesudah imputasi", "Labour cost before and after imputation"],
        &[
            ("class", "Kelas", "Class"),
            ("n", "n", "n"),
            ("imputed", "Diimputasi", "Imputed"),
            ("before", "Sebelum", "Before"),
            ("after", "Sesudah", "After"),
            ("share_before_percent", "Pangsa tenaga kerja sebelum %", "Labour share before %"),
            ("share_after_percent", "Pangsa tenaga kerja sesudah %", "Labour share after %"),
        ],
    );
    for (class, level) in levels.iter().enumerate() {
        let inside: Vec<usize> =
            (0..staff.len()).filter(|row| codes[*row] == class && found[*row].is_some()).collect();
        if inside.is_empty() {
            continue;
        }
        let total = |of: &dyn Fn(usize) -> f64| sum(inside.iter().map(|row| staff[*row].weight * of(*row)));
        let before = total(&|row| staff[row].labour_cost);
        let after = total(&|row| found[row].map_or(f64::NAN, |found| found.0));
        let share = |cost: f64| match added {
            Some(added) => Cell::from(100.0 * cost / total(&|row| added[row])),
            None => Cell::Absent(domain::language::Text::new(
                "--value-added tidak diberikan",
                "--value-added was not given",
            )),
        };
        let imputed =
            inside.iter().filter(|row| found[**row].is_some_and(|found| found.1 != Source::None)).count();
        table.push(vec![
            Cell::from(level.as_str()),
            inside.len().into(),
            imputed.into(),
            before.into(),
            after.into(),
            share(before),
            share(after),
        ]);
    }
    table
}
