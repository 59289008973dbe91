//! Lists on a terminal, as JSON for scripts and as CSV for spreadsheets.

use crate::cli::Format;
use crate::words::tell;

/// Prints rows under their headers.
pub(super) fn print(format: Format, headers: &[&str], rows: &[Vec<String>]) -> anyhow::Result<()> {
    match format {
        Format::Json => {
            let objects: Vec<serde_json::Value> = rows
                .iter()
                .map(|row| {
                    headers
                        .iter()
                        .zip(row)
                        .map(|(key, value)| ((*key).to_owned(), value.clone().into()))
                        .collect()
                })
                .map(serde_json::Value::Object)
                .collect();
            tell(serde_json::to_string_pretty(&objects)?)?;
        }
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(std::io::stdout());
            writer.write_record(headers)?;
            for row in rows {
                writer.write_record(row)?;
            }
            writer.flush()?;
        }
        Format::Table => {
            let width = |column: usize| {
                let cells = rows.iter().map(|row| row[column].chars().count());
                cells.chain([headers[column].chars().count()]).max().unwrap_or_default()
            };
            let widths: Vec<usize> = (0..headers.len()).map(width).collect();
            let line = |cells: Vec<&str>| {
                let padded: Vec<String> = cells
                    .iter()
                    .zip(&widths)
                    .map(|(cell, width)| format!("{cell:<width$}", width = *width))
                    .collect();
                tell(padded.join("  ").trim_end())
            };
            line(headers.to_vec())?;
            for row in rows {
                line(row.iter().map(String::as_str).collect())?;
            }
        }
    }
    Ok(())
}
