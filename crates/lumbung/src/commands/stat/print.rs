//! Figures for a person, for a script and for a spreadsheet.

use std::io::Write;

use domain::language::Language;
use methods::bench::{Cell, Outcome, Table};

use crate::cli::Format;
use crate::words::say;

pub(super) fn outcome(outcome: &Outcome, format: Format, language: Language) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match format {
        Format::Json => serde_json::to_writer_pretty(&mut out, outcome)?,
        Format::Csv => {
            for (at, table) in outcome.tables.iter().enumerate() {
                if at > 0 {
                    writeln!(out)?;
                }
                csv(table, &mut out)?;
            }
        }
        Format::Table => person(outcome, language, &mut out)?,
    }
    if format == Format::Json {
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

fn csv(table: &Table, out: &mut impl Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(table.columns.iter().map(|heading| &heading.id))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| match cell {
            Cell::Number(value) => value.to_string(),
            Cell::Count(value) => value.to_string(),
            Cell::Text(text) => text.clone(),
            Cell::Absent(_) => String::new(),
        }))?;
    }
    Ok(writer.flush()?)
}

fn person(outcome: &Outcome, language: Language, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{}", outcome.title.get(language))?;
    for table in &outcome.tables {
        writeln!(out)?;
        if outcome.tables.len() > 1 {
            writeln!(out, "{}", table.title.get(language))?;
        }
        lines(table, language, out)?;
    }
    writeln!(out)?;
    let rows = match outcome.left_out {
        // A method that reads no rows has no n.
        0 if outcome.rows == 0 => String::new(),
        0 => format!("n = {}", outcome.used),
        left => say(
            language,
            format!("n = {} dari {}; {left} baris tidak dapat dipakai", outcome.used, outcome.rows),
            format!("n = {} of {}; {left} rows could not be used", outcome.used, outcome.rows),
        ),
    };
    if !rows.is_empty() {
        writeln!(out, "{rows}")?;
    }
    for note in &outcome.notes {
        let mark = if note.warning { "! " } else { "" };
        writeln!(out, "{mark}{}", note.text.get(language))?;
    }
    writeln!(
        out,
        "{}",
        say(
            language,
            format!("Definisi: {}. Sumber: {}.", outcome.definition.id, outcome.source),
            format!("Definition: {}. Source: {}.", outcome.definition.en, outcome.source)
        )
    )?;
    Ok(())
}

fn lines(table: &Table, language: Language, out: &mut impl Write) -> anyhow::Result<()> {
    let heads: Vec<String> =
        table.columns.iter().map(|heading| heading.label.get(language).to_owned()).collect();
    let rows: Vec<Vec<(String, bool)>> =
        table.rows.iter().map(|row| row.iter().map(|cell| shown(cell, language)).collect()).collect();
    let is_number: Vec<bool> = (0..heads.len())
        .map(|at| table.rows.iter().any(|row| matches!(row[at], Cell::Number(_) | Cell::Count(_))))
        .collect();
    let width = |at: usize| {
        let cells = rows.iter().map(|row| row[at].0.chars().count());
        cells.chain([heads[at].chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells
            .enumerate()
            .map(|(at, cell)| match is_number[at] {
                true => format!("{cell:>width$}", width = widths[at]),
                false => format!("{cell:<width$}", width = widths[at]),
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    writeln!(out, "{}", line(&mut heads.iter().map(String::as_str)))?;
    for row in &rows {
        writeln!(out, "{}", line(&mut row.iter().map(|(text, _)| text.as_str())))?;
    }
    Ok(())
}

/// A cell in words; the flag tells whether it is a figure.
fn shown(cell: &Cell, language: Language) -> (String, bool) {
    match cell {
        Cell::Number(value) => (number(*value), true),
        Cell::Count(value) => (value.to_string(), true),
        Cell::Text(text) => (text.clone(), false),
        Cell::Absent(reason) => (format!("({})", reason.get(language)), false),
    }
}

/// Eight significant digits; JSON and CSV carry all.
fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        return format!("{value:.7e}");
    }
    let whole = if size >= 1.0 { size.log10().floor() as usize + 1 } else { 1 };
    let text = format!("{value:.digits$}", digits = 8_usize.saturating_sub(whole).max(2));
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn eight_digits_are_shown() {
        for (value, shown) in [
            (0.0, "0"),
            (0.561_619_63, "0.5616196"),
            (-17.027_229, "-17.027229"),
            (123_456_789.5, "123456789.5"),
            (1e-300, "1.0000000e-300"),
            (25.0, "25"),
        ] {
            assert_eq!(number(value), shown);
        }
    }
}
