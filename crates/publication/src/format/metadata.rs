//! The companion of the tidy CSV: what the release is and what every measure means, as CSV.

use std::io::Write;

use super::text::Line;
use super::{Format, Rendering};
use crate::error::PublicationError;
use crate::table::Figure;
use crate::words::{REAL, SYNTHETIC, Words};

pub(super) struct Metadata;

impl Format for Metadata {
    fn id(&self) -> &'static str {
        "metadata-csv"
    }

    fn extension(&self) -> &'static str {
        "metadata.csv"
    }

    fn media_type(&self) -> &'static str {
        "text/csv; charset=utf-8"
    }

    fn label(&self) -> Words {
        Words { id: "CSV: penjelasan dan definisi", en: "CSV: notes and definitions" }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        let mut line = Line::default();
        for row in std::iter::once(header(rendering)).chain(rows(rendering)) {
            line.clear();
            row.iter().for_each(|text| line.push(text));
            out.write_all(line.end())?;
        }
        Ok(())
    }
}

fn header(rendering: &Rendering<'_>) -> [String; 3] {
    let language = rendering.language;
    [("Bagian", "Part"), ("Hal", "Item"), ("Keterangan", "Text")]
        .map(|(id, en)| Words { id, en }.get(language).to_owned())
}

/// Everything a reader should know, as (part, item, text).
pub(super) fn rows(rendering: &Rendering<'_>) -> Vec<[String; 3]> {
    let language = rendering.language;
    let say = |id, en| Words { id, en }.get(language).to_owned();
    let manifest = rendering.manifest;
    let provenance = rendering.table.provenance();
    let release = say("Rilis", "Release");
    let mut rows = Vec::new();
    let mut add = |part: &str, item: String, text: String| {
        if !text.is_empty() {
            rows.push([part.to_owned(), item, text]);
        }
    };
    add(&release, say("Judul", "Title"), manifest.title.get(language).to_owned());
    add(&release, say("Nomor rilis", "Release id"), manifest.id.clone());
    add(&release, say("Dibuat", "Created"), manifest.created_at.to_string());
    let kind = if rendering.is_synthetic() { SYNTHETIC } else { REAL };
    add(&release, say("Jenis data", "Kind of data"), kind.get(language).to_owned());
    add(&release, say("Sumber", "Source"), manifest.source.get(language).to_owned());
    add(&release, say("Lisensi", "Licence"), manifest.licence.clone());
    add(&release, say("Dasar harga", "Price basis"), provenance.price_basis.get(language).to_owned());
    add(&release, say("Definisi kuantil", "Definition of quantiles"), provenance.quantile_definition.clone());
    add(&release, say("Catatan", "Note"), manifest.note.get(language).to_owned());
    for rule in rendering.table.cube().rules() {
        add(&release, say("Aturan kerahasiaan", "Rule of confidentiality"), rule.get(language).to_owned());
    }
    let dimension_part = say("Dimensi", "Dimension");
    for dimension in rendering.table.dimensions() {
        let members = dimension.members.len();
        let classification = if dimension.classification.is_empty() {
            String::new()
        } else {
            format!("{}: ", dimension.classification)
        };
        let text = format!("{classification}{members} {}", say("kode", "codes"));
        add(&dimension_part, dimension.label.get(language).to_owned(), text);
    }
    let measure_part = say("Ukuran", "Measure");
    for measure in rendering.selection.measures(rendering.table) {
        let measure = &rendering.table.measures()[measure];
        let words = |text: String| (measure.code.clone(), text);
        for (item, text) in [
            words(measure.label.get(language).to_owned()),
            words(format!("{}: {}", say("Satuan", "Unit"), measure.unit.label.get(language))),
            words(measure.definition.get(language).to_owned()),
            words(format!("{}: {}", say("Rumus", "Formula"), measure.formula)),
        ] {
            add(&measure_part, item, text);
        }
    }
    let status_part = say("Status", "Status");
    for figure in Figure::KINDS {
        let item = format!("{}/{}", figure.obs_status(), figure.conf_status());
        add(&status_part, item, figure.status().get(language).to_owned());
    }
    add(
        &status_part,
        say("Baris yang tidak ada", "A line that is absent"),
        say("tidak ada perusahaan di sel itu", "no enterprise is in that cell"),
    );
    rows
}
