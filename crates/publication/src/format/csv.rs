//! Tidy CSV: one line per cell and measure, with codes, names, unit, value and status.
//!
//! Headers and names are in the reader's language. Held-back figures have an empty value and
//! say so in the status; they are never 0 and never left out.

use std::io::{BufWriter, Write};

use domain::language::Language;

use super::text::{Line, field};
use super::{Format, Rendering, number};
use crate::error::PublicationError;
use crate::table::Figure;
use crate::words::Words;

pub(super) struct Csv;

impl Format for Csv {
    fn id(&self) -> &'static str {
        "csv"
    }

    fn extension(&self) -> &'static str {
        "csv"
    }

    fn media_type(&self) -> &'static str {
        "text/csv; charset=utf-8"
    }

    fn label(&self) -> Words {
        Words { id: "CSV: satu baris per angka", en: "CSV: one line per figure" }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let table = rendering.table;
        let language = rendering.language;
        let members: Vec<Vec<String>> =
            table.dimensions().iter().map(|dimension| member_fields(dimension, language)).collect();
        let measures = rendering.selection.measures(table);
        let measure_fields: Vec<String> = table
            .measures()
            .iter()
            .map(|measure| {
                let unit = measure.unit.label.get(language);
                format!("{},{},{}", field(&measure.code), field(measure.label.get(language)), field(unit))
            })
            .collect();
        let start = start_fields(rendering);
        let end = end_fields(rendering);
        out.write_all(header(rendering).end())?;
        let mut line = Line::default();
        for (done, cells) in table.series(rendering.selection).enumerate() {
            rendering.keep_on(done)?;
            for cell in cells {
                let cell = cell as usize;
                let count = table.enterprises(cell).unwrap_or_default();
                for measure in &measures {
                    line.clear();
                    line.push_ready(&start);
                    for (fields, member) in members.iter().zip(table.key(cell)) {
                        line.push_ready(&fields[*member as usize]);
                    }
                    line.push_ready(&measure_fields[*measure]);
                    push_figure(&mut line, table.figure(cell, *measure), language);
                    line.push(&count);
                    line.push_ready(&end);
                    out.write_all(line.end())?;
                }
            }
        }
        out.flush()?;
        Ok(())
    }
}

fn header(rendering: &Rendering<'_>) -> Line {
    let language = rendering.language;
    let say = |id, en| Words { id, en }.get(language);
    let mut line = Line::default();
    line.push(say("Dataset", "Dataset"));
    line.push(say("Rilis", "Release"));
    for (position, dimension) in rendering.table.dimensions().iter().enumerate() {
        line.push(&code_title(rendering, position));
        line.push(dimension.label.get(language));
    }
    line.push("MEASURE");
    line.push(say("Ukuran", "Measure"));
    line.push(say("Satuan", "Unit"));
    line.push(say("Nilai", "Value"));
    line.push("Status");
    line.push("OBS_STATUS");
    line.push("CONF_STATUS");
    line.push(say("Banyaknya perusahaan", "Number of enterprises"));
    line.push(say("Dasar harga", "Price basis"));
    line.push(say("Data simulasi", "Simulated data"));
    line.push(say("Sumber", "Source"));
    line
}

/// The title of a column of codes: the same in both languages, with the edition of the codes.
pub(super) fn code_title(rendering: &Rendering<'_>, dimension: usize) -> String {
    let concept = rendering.table.concept(dimension);
    match rendering.table.dimensions()[dimension].classification.as_str() {
        "" => concept.to_owned(),
        edition => format!("{concept} ({edition})"),
    }
}

fn member_fields(dimension: &domain::cube::Dimension, language: Language) -> Vec<String> {
    dimension
        .members
        .iter()
        .map(|member| format!("{},{}", field(&member.code), field(member.label.get(language))))
        .collect()
}

fn start_fields(rendering: &Rendering<'_>) -> String {
    format!("{},{}", field(&rendering.manifest.dataset), field(&rendering.manifest.id))
}

fn end_fields(rendering: &Rendering<'_>) -> String {
    let language = rendering.language;
    let synthetic = match (rendering.is_synthetic(), language) {
        (true, Language::Id) => "ya",
        (true, Language::En) => "yes",
        (false, Language::Id) => "tidak",
        (false, Language::En) => "no",
    };
    let basis = rendering.table.provenance().price_basis.get(language);
    format!("{},{synthetic},{}", field(basis), field(rendering.manifest.source.get(language)))
}

fn push_figure(line: &mut Line, figure: Figure, language: Language) {
    match figure.value() {
        Some(value) => line.push_ready(&number(value)),
        None => line.push_ready(""),
    }
    line.push(figure.status().get(language));
    line.push_ready(figure.obs_status());
    line.push_ready(figure.conf_status());
}
