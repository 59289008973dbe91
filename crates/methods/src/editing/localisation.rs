//! Error localisation: the fewest fields that must change so that every edit can hold (Fellegi and Holt).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::edit::{Edits, Linear, Relation};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Table};
use crate::numerics::simplex::{Ending, Programme, Sense};

/// Sets of fields looked at for one record before giving up.
const LOOKED_AT: usize = 50_000;

/// The fields to change and the sum of their weights; `None` if no change can make the edits hold. A field
/// with infinite weight is never changed; a missing one always.
pub fn localise(
    edits: &Edits,
    record: &[f64],
    weights: &[f64],
    tolerance: f64,
) -> Result<Option<(Vec<usize>, f64)>, MethodError> {
    let missing: Vec<usize> = (0..record.len()).filter(|field| record[*field].is_nan()).collect();
    let fields: Vec<usize> =
        (0..record.len()).filter(|field| !record[*field].is_nan() && weights[*field].is_finite()).collect();
    let mut queue = BinaryHeap::from([Reverse((Cost(0.0), Vec::<usize>::new()))]);
    let mut looked_at = 0;
    while let Some(Reverse((Cost(cost), chosen))) = queue.pop() {
        looked_at += 1;
        if looked_at > LOOKED_AT {
            return Err(MethodError::NoConvergence {
                iterations: LOOKED_AT,
                detail: "too many fields at fault; check the record by hand or give fewer edits".to_owned(),
            });
        }
        let free: Vec<usize> =
            chosen.iter().map(|place| fields[*place]).chain(missing.iter().copied()).collect();
        if feasible(edits, record, &free, tolerance)? {
            let mut chosen: Vec<usize> = free;
            chosen.sort_unstable();
            return Ok(Some((chosen, cost)));
        }
        for place in chosen.last().map_or(0, |last| last + 1)..fields.len() {
            let mut next = chosen.clone();
            next.push(place);
            queue.push(Reverse((Cost(cost + weights[fields[place]]), next)));
        }
    }
    Ok(None)
}

/// A cost that sorts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost(f64);

impl Eq for Cost {}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cost {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Whether values of the free fields exist under which all edits hold.
fn feasible(edits: &Edits, record: &[f64], free: &[usize], tolerance: f64) -> Result<bool, MethodError> {
    let (mut must, mut either) = (Vec::new(), Vec::new());
    for rule in &edits.rules {
        if !rule.variables().any(|variable| free.contains(&variable)) {
            if rule.broken(record, tolerance) == Some(true) {
                return Ok(false);
            }
            continue;
        }
        match &rule.condition {
            None => must.push(rule.then.clone()),
            Some(condition) => {
                // The condition fails on one side or the other, or the rule holds.
                let mut ways = negations(condition);
                ways.push(rule.then.clone());
                either.push(ways);
            }
        }
    }
    branch(&must, &either, record, free, tolerance)
}

fn negations(condition: &Linear) -> Vec<Linear> {
    let with = |relation| Linear { relation, ..condition.clone() };
    match condition.relation {
        Relation::AtMost => vec![with(Relation::Above)],
        Relation::Below => vec![with(Relation::AtLeast)],
        Relation::AtLeast => vec![with(Relation::Below)],
        Relation::Above => vec![with(Relation::AtMost)],
        Relation::Equal => vec![with(Relation::Below), with(Relation::Above)],
    }
}

fn branch(
    must: &[Linear],
    either: &[Vec<Linear>],
    record: &[f64],
    free: &[usize],
    tolerance: f64,
) -> Result<bool, MethodError> {
    if !possible(must, record, free, tolerance)? {
        return Ok(false);
    }
    let Some((ways, rest)) = either.split_first() else { return Ok(true) };
    for way in ways {
        let with: Vec<Linear> = must.iter().cloned().chain([way.clone()]).collect();
        if branch(&with, rest, record, free, tolerance)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A linear programme without an aim: each free field is the difference of two columns, in units of the
/// record.
fn possible(rules: &[Linear], record: &[f64], free: &[usize], tolerance: f64) -> Result<bool, MethodError> {
    let unit =
        record.iter().filter(|value| value.is_finite()).fold(1.0_f64, |unit, value| unit.max(value.abs()));
    let mut rows: Vec<(Sense, f64)> = Vec::new();
    let mut entries: Vec<Vec<f64>> = Vec::new();
    for rule in rules {
        let fixed = |(variable, _): &&(usize, f64)| !free.contains(variable);
        let known =
            rule.terms.iter().filter(fixed).map(|(variable, factor)| factor * record[*variable]).sum::<f64>();
        let right = -(known + rule.constant) / unit;
        let own: Vec<f64> = free
            .iter()
            .map(|field| {
                rule.terms.iter().filter(|(variable, _)| variable == field).map(|(_, factor)| factor).sum()
            })
            .collect();
        let (slack, strict) = (tolerance / unit, 1e-6);
        match rule.relation {
            Relation::AtMost => rows.push((Sense::AtMost, right + slack)),
            Relation::Below => rows.push((Sense::AtMost, right - strict)),
            Relation::AtLeast => rows.push((Sense::AtLeast, right - slack)),
            Relation::Above => rows.push((Sense::AtLeast, right + strict)),
            Relation::Equal if slack > 0.0 => {
                rows.push((Sense::AtMost, right + slack));
                entries.push(own.clone());
                rows.push((Sense::AtLeast, right - slack));
            }
            Relation::Equal => rows.push((Sense::Equal, right)),
        }
        entries.push(own);
    }
    if rows.is_empty() {
        return Ok(true);
    }
    if free.is_empty() {
        return Ok(rows.iter().all(|(sense, right)| match sense {
            Sense::AtMost => *right >= -1e-9,
            Sense::AtLeast => *right <= 1e-9,
            Sense::Equal => right.abs() <= 1e-9,
        }));
    }
    let mut programme = Programme::new(&rows);
    for field in 0..free.len() {
        programme.column(0.0, entries.iter().map(|row| row[field]));
        programme.column(0.0, entries.iter().map(|row| -row[field]));
    }
    Ok(!matches!(programme.solve()?, Ending::Infeasible))
}

/// Values that the balance edits leave no choice about: deductive imputation, one field at a time.
pub fn deduce(edits: &Edits, record: &[f64], free: &[usize]) -> Vec<(usize, f64)> {
    let mut record = record.to_vec();
    free.iter().for_each(|field| record[*field] = f64::NAN);
    let mut found = Vec::new();
    loop {
        let next = edits.rules.iter().filter(|rule| rule.condition.is_none()).find_map(|rule| {
            let open: Vec<&(usize, f64)> =
                rule.then.terms.iter().filter(|(variable, _)| record[*variable].is_nan()).collect();
            let [(variable, factor)] = open[..] else { return None };
            let known: f64 = rule
                .then
                .terms
                .iter()
                .filter(|(other, _)| other != variable)
                .map(|(other, factor)| factor * record[*other])
                .sum();
            let value = -(known + rule.then.constant) / factor;
            (rule.then.relation == Relation::Equal && *factor != 0.0).then_some((*variable, value))
        });
        let Some((variable, value)) = next else { return found };
        record[variable] = value;
        found.push((variable, value));
    }
}

pub(crate) static METHOD: Method = Method {
    id: "error-localisation",
    group: Group::Editing,
    title: ["Letak kesalahan", "Error localisation"],
    question: [
        "Isian mana yang paling sedikit harus diubah agar semua aturan terpenuhi?",
        "Which fewest fields must change so that every edit holds?",
    ],
    definition: [
        "Himpunan isian dengan jumlah bobot terkecil yang dapat membuat semua aturan terpenuhi; isian kosong selalu \
         ikut; nilai yang dipastikan oleh aturan penjumlahan ditulis",
        "The set of fields of least total weight that can make all edits hold; missing fields always belong; values \
         that balance edits determine are given",
    ],
    source: "Fellegi and Holt (1976); de Waal, Pannekoek and Scholtus (2011), ch. 3 and 4",
    arguments: &[
        Argument::required(
            "edits",
            Kind::Word,
            [
                "aturan, dipisahkan ; : a + b == c; a >= 0; if d == 1 then a > 0",
                "edits, separated by ; : a + b == c; a >= 0; if d == 1 then a > 0",
            ],
        ),
        Argument::optional(
            "weights",
            Kind::Word,
            ["bobot isian: laba=1, omzet=2, tetap=inf", "weights of fields: profit=1, turnover=2, kept=inf"],
        ),
        Argument::optional("tolerance", Kind::Number(Some(0.0)), ["toleransi", "the tolerance"]),
    ],
    example: "error-localisation --input docs/methods/data/records.csv \
              --edits \"profit + cost == turnover; cost >= 0.6 * turnover; turnover >= 0\"",
    run: figures,
};

fn weights_of(request: &Request<'_>, edits: &Edits) -> Result<Vec<f64>, MethodError> {
    let mut weights = vec![1.0; edits.variables.len()];
    for pair in
        request.word("weights").unwrap_or_default().split(',').map(str::trim).filter(|pair| !pair.is_empty())
    {
        let bad = || request.bad("weights", pair, &format!("{}=2", edits.variables.join("=1, ")));
        let (name, value) = pair.split_once('=').ok_or_else(bad)?;
        let at = edits.variables.iter().position(|known| known == name.trim()).ok_or_else(bad)?;
        let value: f64 = value.trim().parse().map_err(|_| bad())?;
        weights[at] = if value >= 0.0 { value } else { return Err(bad()) };
    }
    Ok(weights)
}

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let edits = Edits::parse(request.word("edits").unwrap_or_default())?;
    let weights = weights_of(request, &edits)?;
    let tolerance = request.number("tolerance")?.unwrap_or(0.0).max(0.0);
    let columns: Vec<Vec<f64>> =
        edits.variables.iter().map(|name| request.frame().numbers(name)).collect::<Result<_, _>>()?;
    let mut table = Table::new(
        "errors",
        ["Kesalahan", "Errors"],
        &[
            ("row", "Baris", "Row"),
            ("broken", "Aturan dilanggar", "Edits broken"),
            ("fields", "Isian yang diubah", "Fields to change"),
            ("weight", "Bobot", "Weight"),
            ("deduced", "Nilai yang pasti", "Values determined"),
        ],
    );
    let (mut hopeless, mut used) = (0, 0);
    for row in 0..request.rows() {
        let record: Vec<f64> = columns.iter().map(|column| column[row]).collect();
        if record.iter().all(|value| value.is_nan()) {
            continue;
        }
        used += 1;
        let broken: Vec<&str> = edits
            .rules
            .iter()
            .filter(|rule| rule.broken(&record, tolerance) == Some(true))
            .map(|rule| rule.text.as_str())
            .collect();
        if broken.is_empty() && record.iter().all(|value| !value.is_nan()) {
            continue;
        }
        let mut cells = vec![Cell::from(row + 1), broken.join("; ").into()];
        match localise(&edits, &record, &weights, tolerance)? {
            Some((fields, cost)) => {
                let names: Vec<&str> = fields.iter().map(|field| edits.variables[*field].as_str()).collect();
                let values: Vec<String> = deduce(&edits, &record, &fields)
                    .iter()
                    .map(|(field, value)| format!("{} = {value}", edits.variables[*field]))
                    .collect();
                cells.extend([names.join(", ").into(), cost.into(), values.join(", ").into()]);
            }
            None => {
                hopeless += 1;
                cells.extend(["-".into(), Cell::from(f64::NAN), "".into()]);
            }
        }
        table.push(cells);
    }
    if used == 0 {
        return Err(MethodError::NoRows { rows: request.rows() });
    }
    let figures = Figures::new(used).table(table);
    Ok(match hopeless {
        0 => figures,
        _ => figures.warn(
            format!(
                "{hopeless} baris tidak dapat diperbaiki: aturan saling bertentangan atau semua isian dikunci"
            ),
            format!("{hopeless} rows cannot be repaired: edits contradict each other or all fields are kept"),
        ),
    })
}
