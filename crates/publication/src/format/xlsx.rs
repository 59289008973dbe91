//! Workbooks for people: what it is first, then one row per cell with a column per measure.
//!
//! Rows are written to disk as they come, and go on to a further sheet where Excel's limit is
//! reached; nothing is cut off.

use std::io::{Seek, SeekFrom, Write};

use rust_xlsxwriter::{Color, Format as Style, FormatAlign, Workbook, Worksheet};

use super::csv::code_title;
use super::{Format, Rendering, metadata};
use crate::error::PublicationError;
use crate::structure::TIME_PERIOD;
use crate::table::Figure;
use crate::words::{SYNTHETIC, Words};

/// Rows of data a sheet holds, below its header.
const ROWS_PER_SHEET: u32 = 1_048_576 - 1;
const COLUMNS_PER_SHEET: usize = 16_384;

pub(super) struct Xlsx;

impl Format for Xlsx {
    fn id(&self) -> &'static str {
        "xlsx"
    }

    fn extension(&self) -> &'static str {
        "xlsx"
    }

    fn media_type(&self) -> &'static str {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    }

    fn label(&self) -> Words {
        Words {
            id: "Excel: satu baris per sel, satu kolom per ukuran",
            en: "Excel: one row per cell, one column per measure",
        }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        let mut file = tempfile::tempfile()?;
        let mut workbook = workbook(rendering, ROWS_PER_SHEET)?;
        workbook.save_to_writer(std::io::BufWriter::new(&mut file))?;
        file.seek(SeekFrom::Start(0))?;
        std::io::copy(&mut file, out)?;
        Ok(())
    }
}

fn workbook(rendering: &Rendering<'_>, rows_per_sheet: u32) -> Result<Workbook, PublicationError> {
    let mut workbook = Workbook::new();
    let created = rendering.manifest.created_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut properties = rust_xlsxwriter::DocProperties::new()
        .set_title(rendering.manifest.title.get(rendering.language))
        .set_comment(&rendering.manifest.id);
    if let Ok(moment) = rust_xlsxwriter::ExcelDateTime::parse_from_str(&created) {
        // The release's own moment, so that the same release gives the same bytes.
        properties = properties.set_creation_datetime(&moment);
    }
    workbook.set_properties(&properties);
    read_me(rendering, workbook.add_worksheet())?;
    let columns = Columns::new(rendering);
    let mut cells = rendering.table.series(rendering.selection).flatten().peekable();
    let mut sheet_number = 1;
    loop {
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        let name = Words { id: "Data", en: "Data" }.get(rendering.language);
        sheet.set_name(if sheet_number == 1 { name.to_owned() } else { format!("{name} {sheet_number}") })?;
        columns.head(sheet)?;
        let mut row = 0;
        while row < rows_per_sheet {
            let Some(cell) = cells.next() else { break };
            rendering.keep_on(row as usize)?;
            row += 1;
            columns.row(sheet, row, cell as usize)?;
        }
        sheet.autofilter(0, 0, row, columns.last())?;
        sheet_number += 1;
        if cells.peek().is_none() {
            return Ok(workbook);
        }
    }
}

/// The first sheet: what this is, where it comes from, what every column means.
fn read_me(rendering: &Rendering<'_>, sheet: &mut Worksheet) -> Result<(), PublicationError> {
    let language = rendering.language;
    sheet.set_name(Words { id: "Baca dulu", en: "Read me" }.get(language))?;
    sheet.set_column_width(0, 22)?.set_column_width(1, 32)?.set_column_width(2, 100)?;
    let heading = Style::new().set_bold().set_font_size(14);
    let bold = Style::new().set_bold();
    let wrapped = Style::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.write_string_with_format(0, 0, rendering.manifest.title.get(language), &heading)?;
    let mut row = 1;
    if rendering.is_synthetic() {
        let warning = Style::new().set_bold().set_font_color(Color::RGB(0x9C_00_06));
        sheet.write_string_with_format(row, 0, SYNTHETIC.get(language), &warning)?;
        row += 1;
    }
    let mut part = String::new();
    for [group, item, text] in metadata::rows(rendering) {
        row += 1;
        if group != part {
            row += 1;
            sheet.write_string_with_format(row, 0, &group, &bold)?;
            part = group;
        }
        sheet.write_string_with_format(row, 1, &item, &wrapped)?;
        sheet.write_string_with_format(row, 2, short(&text), &wrapped)?;
    }
    Ok(())
}

/// A cell of a workbook holds 32,767 characters.
fn short(text: &str) -> &str {
    match text.char_indices().nth(32_000) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// The columns of the data sheets.
struct Columns<'a, 'r> {
    rendering: &'r Rendering<'a>,
    measures: Vec<usize>,
    header: Style,
    numbers: Vec<Style>,
}

impl<'a, 'r> Columns<'a, 'r> {
    fn new(rendering: &'r Rendering<'a>) -> Self {
        let mut measures = rendering.selection.measures(rendering.table);
        measures.truncate(COLUMNS_PER_SHEET - 2 * rendering.table.dimensions().len().min(1000) - 3);
        let numbers = rendering
            .table
            .measures()
            .iter()
            .map(|measure| {
                let decimals = usize::from(measure.decimals.min(10));
                let pattern = if decimals == 0 {
                    "#,##0".to_owned()
                } else {
                    format!("#,##0.{}", "0".repeat(decimals))
                };
                Style::new().set_num_format(pattern)
            })
            .collect();
        let header = Style::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        Columns { rendering, measures, header, numbers }
    }

    fn last(&self) -> u16 {
        (2 * self.rendering.table.dimensions().len() + self.measures.len() + 1) as u16
    }

    fn head(&self, sheet: &mut Worksheet) -> Result<(), PublicationError> {
        let language = self.rendering.language;
        let say = |id, en| Words { id, en }.get(language);
        sheet.set_freeze_panes(1, 0)?;
        let mut titles: Vec<String> = Vec::new();
        for (position, dimension) in self.rendering.table.dimensions().iter().enumerate() {
            titles.push(code_title(self.rendering, position));
            titles.push(dimension.label.get(language).to_owned());
        }
        for measure in &self.measures {
            let measure = &self.rendering.table.measures()[*measure];
            let (label, unit) = (measure.label.get(language), measure.unit.label.get(language));
            titles.push(format!("{label} ({unit}) [{}]", measure.code));
        }
        titles.push(say("Banyaknya perusahaan", "Number of enterprises").to_owned());
        titles.push("Status".to_owned());
        for (column, title) in titles.iter().enumerate() {
            sheet.write_string_with_format(0, column as u16, short(title), &self.header)?;
        }
        sheet.set_column_range_width(0, self.last(), 18)?;
        Ok(())
    }

    fn row(&self, sheet: &mut Worksheet, row: u32, cell: usize) -> Result<(), PublicationError> {
        let table = self.rendering.table;
        let language = self.rendering.language;
        let mut column = 0;
        for (dimension, member) in table.dimensions().iter().zip(table.key(cell)) {
            let member = &dimension.members[*member as usize];
            let is_year = dimension.concept == TIME_PERIOD && member.code.len() == 4;
            match member.code.parse::<u16>() {
                Ok(year) if is_year => sheet.write_number(row, column, year)?,
                _ => sheet.write_string(row, column, short(&member.code))?,
            };
            sheet.write_string(row, column + 1, short(member.label.get(language)))?;
            column += 2;
        }
        let mut states: Vec<(Figure, Vec<&str>)> = Vec::new();
        for measure in &self.measures {
            let figure = table.figure(cell, *measure);
            match figure {
                Figure::Value(value) => {
                    sheet.write_number_with_format(row, column, value, &self.numbers[*measure])?;
                }
                // A mark, never a blank and never 0: the letter is explained on the first sheet.
                Figure::Withheld(_) => drop(sheet.write_string(row, column, figure.conf_status())?),
                Figure::Missing => drop(sheet.write_string(row, column, "..")?),
            }
            column += 1;
            if figure.value().is_none() {
                let code = table.measures()[*measure].code.as_str();
                match states.iter_mut().find(|(known, _)| *known == figure) {
                    Some((_, codes)) => codes.push(code),
                    None => states.push((figure, vec![code])),
                }
            }
        }
        match table.enterprises(cell) {
            Some(count) => match count.parse::<f64>() {
                Ok(count) => sheet.write_number(row, column, count)?,
                Err(_) => sheet.write_string(row, column, &count)?,
            },
            None => sheet.write_string(row, column, "")?,
        };
        sheet.write_string(row, column + 1, short(&self.status(&states)))?;
        Ok(())
    }

    /// The status of a row: one word if all its figures fare alike, else which fare how.
    fn status(&self, states: &[(Figure, Vec<&str>)]) -> String {
        let language = self.rendering.language;
        let all = self.measures.len();
        match states {
            [] => Figure::Value(0.0).status().get(language).to_owned(),
            [(figure, codes)] if codes.len() == all => figure.status().get(language).to_owned(),
            several => several
                .iter()
                .map(|(figure, codes)| format!("{} ({})", figure.status().get(language), codes.join(", ")))
                .collect::<Vec<_>>()
                .join("; "),
        }
    }
}
