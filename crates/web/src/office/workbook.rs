//! Workbooks for people who repair their data in Excel: the findings, and an empty form to fill.
//!
//! Values from files are written as text, never as formulas.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use domain::survey::{Survey, VariableType};
use intake::findings::{Filter, page};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::findings::severity_label;
use crate::error::WebError;
use crate::speech::Speech;

pub(super) const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Excel has no more rows; the last one says that there is more.
const ROWS_MAX: u32 = 1_048_575;

/// Findings read from the file at one go.
const CHUNK: usize = 5_000;

/// All findings of a file as a workbook in a temporary file, ready to be read.
pub(super) fn findings(path: &Path, speech: Speech) -> Result<File, WebError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(WebError::internal)?;
    fill_findings(sheet, path, speech)?;
    into_file(workbook)
}

fn fill_findings(sheet: &mut Worksheet, path: &Path, speech: Speech) -> Result<(), WebError> {
    let heads = ["row", "column", "unit", "value", "status", "message", "remedy", "rule"];
    let widths = [8.0, 20.0, 18.0, 20.0, 12.0, 60.0, 60.0, 14.0];
    begin(
        sheet,
        &speech.t("office-findings"),
        heads.map(|head| speech.t(&format!("office-head-{head}"))),
        widths,
    )
    .map_err(WebError::internal)?;
    let mut row = 1;
    let mut from = Some(0);
    while let Some(place) = from {
        let chunk = page(path, place, CHUNK, &Filter::default()).map_err(WebError::internal)?;
        for finding in &chunk.findings {
            if row == ROWS_MAX {
                sheet.write_string(row, 5, speech.t("office-findings-more")).map_err(WebError::internal)?;
                return Ok(());
            }
            let texts = [
                (1, finding.column.as_str()),
                (2, &finding.unit),
                (3, &finding.value),
                (4, &severity_label(finding.severity, speech)),
                (5, speech.say(&finding.message)),
                (6, speech.say(&finding.remedy)),
                (7, &finding.rule),
            ];
            sheet.write_number(row, 0, finding.row as f64).map_err(WebError::internal)?;
            for (column, text) in texts {
                sheet.write_string(row, column, text).map_err(WebError::internal)?;
            }
            row += 1;
        }
        from = chunk.next;
    }
    Ok(())
}

/// An empty form of a survey: a sheet to fill, and one that explains every column.
pub(super) fn template(survey: &Survey, speech: Speech) -> Result<Vec<u8>, WebError> {
    let mut workbook = Workbook::new();
    fill_template(&mut workbook, survey, speech).map_err(WebError::internal)?;
    workbook.save_to_buffer().map_err(WebError::internal)
}

fn fill_template(workbook: &mut Workbook, survey: &Survey, speech: Speech) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let data = workbook.add_worksheet().set_name("Data")?;
    data.set_freeze_panes(1, 0)?;
    for (column, variable) in (0..).zip(&survey.variables) {
        data.write_string_with_format(0, column, &variable.name, &bold)?;
        data.set_column_width(column, 16.0)?;
    }
    let explain = workbook.add_worksheet();
    let heads = ["column", "label", "unit-of", "type", "required", "classification"];
    let widths = [24.0, 44.0, 20.0, 14.0, 10.0, 20.0];
    begin(
        explain,
        &speech.t("office-template-sheet"),
        heads.map(|head| speech.t(&format!("office-head-{head}"))),
        widths,
    )?;
    for (row, variable) in (1..).zip(&survey.variables) {
        let unit = variable.unit.as_ref().map(|unit| speech.say(unit)).unwrap_or_default();
        let required = speech.t(if variable.required { "office-yes" } else { "office-no" });
        explain.write_string(row, 0, &variable.name)?;
        explain.write_string(row, 1, speech.say(&variable.label))?;
        explain.write_string(row, 2, unit)?;
        explain.write_string(row, 3, type_label(variable.variable_type, speech))?;
        explain.write_string(row, 4, required)?;
        explain.write_string(row, 5, variable.classification.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

pub(super) fn type_label(variable_type: VariableType, speech: Speech) -> String {
    speech.t(match variable_type {
        VariableType::Number => "office-type-number",
        VariableType::Integer => "office-type-integer",
        VariableType::Year => "office-type-year",
        VariableType::Code => "office-type-code",
        VariableType::Text => "office-type-text",
    })
}

fn begin<const N: usize>(
    sheet: &mut Worksheet,
    name: &str,
    heads: [String; N],
    widths: [f64; N],
) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, (head, width)) in (0..).zip(heads.iter().zip(widths)) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, head, &bold)?;
    }
    Ok(())
}

fn into_file(mut workbook: Workbook) -> Result<File, WebError> {
    let mut file = tempfile::tempfile().map_err(WebError::internal)?;
    workbook.save_to_writer(&mut file).map_err(WebError::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(WebError::internal)?;
    Ok(file)
}
