//! PX (PC-Axis, as PxWeb and statistical offices read it): the cube's dimensions as rows, the measures as
//! columns.
//!
//! Where most combinations exist every combination is written; where few do, each row carries its codes
//! (`KEYS`), so that a sparse cube stays small. Held-back figures are the quoted dots that PX has for what
//! is not told, with their reason in the head; no combination is taken for zero.
//! Source: Statistics Sweden, *PX file format*, version 2013.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use super::numbering::Numbering;
use super::{Format, Rendering, number};
use crate::error::PublicationError;
use crate::structure::Origin;
use crate::table::Figure;
use crate::words::{CONF_STATUS, MEASURE, REAL, SYNTHETIC, Words};

pub(super) struct Px;

/// A line of a PX file is at most this long; a quoted text goes on in another one.
const TEXT: usize = 240;

/// No data: one dot.
const ABSENT: &str = "\".\"";

/// Every combination is written while at least one in so many exists.
const DENSE: u128 = 4;

impl Format for Px {
    fn id(&self) -> &'static str {
        "px"
    }

    fn extension(&self) -> &'static str {
        "px"
    }

    fn media_type(&self) -> &'static str {
        "text/x-pc-axis; charset=utf-8"
    }

    fn label(&self) -> Words {
        Words { id: "PX (PC-Axis, PxWeb)", en: "PX (PC-Axis, PxWeb)" }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let numbering = Numbering::new(rendering);
        let cells =
            rendering.table.series(rendering.selection).map(|cells| cells.len() as u128).sum::<u128>();
        let keyed = numbering.combinations() > cells.max(1) * DENSE;
        let head = Head { rendering, numbering: &numbering, text: String::new() };
        out.write_all(head.write(keyed).as_bytes())?;
        out.write_all(b"DATA=\n")?;
        if keyed {
            rows_with_codes(rendering, &numbering, &mut out)
        } else {
            all_rows(rendering, &numbering, &mut out)
        }?;
        out.write_all(b";\n")?;
        out.flush()?;
        Ok(())
    }
}

/// What stands in the place of a figure.
fn shown(figure: Figure) -> String {
    match figure.value() {
        Some(value) => number(value),
        None if figure == Figure::Missing => ABSENT.to_owned(),
        // Two dots: held back by the rules. Three: held back so that those cannot be worked out.
        None if figure.conf_status() == "C" => "\"..\"".to_owned(),
        None => "\"...\"".to_owned(),
    }
}

fn row(rendering: &Rendering<'_>, measures: &[usize], cell: usize) -> String {
    measures.iter().map(|measure| shown(rendering.table.figure(cell, *measure))).collect::<Vec<_>>().join(" ")
}

fn rows_with_codes(
    rendering: &Rendering<'_>,
    numbering: &Numbering,
    out: &mut dyn Write,
) -> Result<(), PublicationError> {
    let table = rendering.table;
    for (done, cells) in table.series(rendering.selection).enumerate() {
        rendering.keep_on(done)?;
        for cell in cells {
            for (dimension, member) in table.key(cell as usize).iter().enumerate() {
                write!(out, "\"{}\",", plain(&code(rendering, dimension, *member)))?;
            }
            writeln!(out, " {}", row(rendering, &numbering.measures, cell as usize))?;
        }
    }
    Ok(())
}

fn all_rows(
    rendering: &Rendering<'_>,
    numbering: &Numbering,
    out: &mut dyn Write,
) -> Result<(), PublicationError> {
    let table = rendering.table;
    let mut cells: Vec<(u128, u32)> = table
        .series(rendering.selection)
        .flatten()
        .map(|cell| (numbering.place(table.key(cell as usize)), cell))
        .collect();
    cells.sort_unstable();
    let absent = vec![ABSENT; numbering.measures.len()].join(" ");
    let mut next = 0;
    for (done, (place, cell)) in cells.into_iter().enumerate() {
        rendering.keep_on(done)?;
        while next < place {
            writeln!(out, "{absent}")?;
            next += 1;
        }
        writeln!(out, "{}", row(rendering, &numbering.measures, cell as usize))?;
        next = place + 1;
    }
    while next < numbering.combinations() {
        writeln!(out, "{absent}")?;
        next += 1;
    }
    Ok(())
}

/// PX knows no way to write a quotation mark inside a text; a line end ends the line.
fn plain(text: &str) -> String {
    text.replace('"', "'").replace(['\r', '\n'], " ")
}

fn code(rendering: &Rendering<'_>, dimension: usize, member: u32) -> String {
    let structure = rendering.table.structure();
    if let Some(time) = structure.time.as_ref().filter(|time| time.dimension == dimension) {
        return time.periods[member as usize].clone();
    }
    match structure.key.iter().find(|key| key.origin == Origin::Cube(dimension)) {
        Some(key) => key.codes[member as usize].id.clone(),
        None => rendering.table.dimensions()[dimension].members[member as usize].code.clone(),
    }
}

/// The keywords before the figures.
struct Head<'a> {
    rendering: &'a Rendering<'a>,
    numbering: &'a Numbering,
    text: String,
}

impl Head<'_> {
    fn write(mut self, keyed: bool) -> String {
        let Rendering { manifest, table, language, .. } = *self.rendering;
        let title = manifest.title.get(language);
        let measure = MEASURE.get(language);
        self.say("CHARSET", &["ANSI"]);
        self.say("AXIS-VERSION", &["2013"]);
        self.say("CODEPAGE", &["utf-8"]);
        self.say("LANGUAGE", &[language.tag()]);
        self.say("CREATION-DATE", &[&manifest.created_at.strftime("%Y%m%d %H:%M").to_string()]);
        self.bare("DECIMALS", "15");
        self.bare("SHOWDECIMALS", "0");
        self.say("MATRIX", &[&manifest.dataset]);
        self.say("SUBJECT-CODE", &[&manifest.dataset]);
        self.say("SUBJECT-AREA", &[title]);
        self.say("TITLE", &[title]);
        self.say("DESCRIPTION", &[title]);
        self.say("CONTENTS", &[title]);
        self.say("UNITS", &[measure]);
        let stub =
            table.dimensions().iter().map(|dimension| dimension.label.get(language)).collect::<Vec<_>>();
        self.say("STUB", &stub);
        self.say("HEADING", &[measure]);
        self.say("CONTVARIABLE", &[measure]);
        self.values();
        self.measures(measure);
        if let Some(time) = table.structure().time.as_ref() {
            let years = &self.numbering.members[time.dimension].0;
            let periods: Vec<String> =
                years.iter().map(|year| format!("\"{}\"", plain(&time.periods[*year as usize]))).collect();
            self.text.push_str(&format!(
                "TIMEVAL(\"{}\")=TLIST(A1),{};\n",
                plain(stub[time.dimension]),
                periods.join(",")
            ));
        }
        let status = |code: &str| {
            CONF_STATUS.iter().find(|(known, _)| *known == code).map_or("", |(_, words)| words.get(language))
        };
        self.say("DATASYMBOL1", &["."]);
        self.say("DATASYMBOL2", &[".."]);
        self.say("DATASYMBOL3", &["..."]);
        self.say("SOURCE", &[manifest.source.get(language)]);
        let kind = if self.rendering.is_synthetic() { SYNTHETIC } else { REAL };
        let note = [
            kind.get(language).to_owned(),
            table.provenance().price_basis.get(language).to_owned(),
            format!(". {}", Figure::Missing.status().get(language)),
            format!(".. {}", status("C")),
            format!("... {}", status("D")),
            manifest.id.clone(),
            manifest.licence.clone(),
        ];
        let note: Vec<&str> = note.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        self.say("NOTEX", &[&note.join("#")]);
        if keyed {
            for dimension in stub {
                self.bare(&format!("KEYS(\"{}\")", plain(dimension)), "CODES");
            }
        }
        self.text
    }

    fn values(&mut self) {
        let Rendering { table, language, .. } = *self.rendering;
        for (position, dimension) in table.dimensions().iter().enumerate() {
            let kept = self.numbering.members[position].0.clone();
            let label = plain(dimension.label.get(language));
            let codes: Vec<String> =
                kept.iter().map(|member| code(self.rendering, position, *member)).collect();
            let names = kept.iter().map(|member| dimension.members[*member as usize].label.get(language));
            let names = told_apart(&names.collect::<Vec<_>>(), &codes);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            self.say(&format!("VALUES(\"{label}\")"), &names);
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            self.say(&format!("CODES(\"{label}\")"), &codes);
        }
    }

    fn measures(&mut self, measure: &str) {
        let Rendering { table, language, manifest, .. } = *self.rendering;
        let structure = table.structure();
        let chosen = &self.numbering.measures;
        let names: Vec<&str> = chosen.iter().map(|at| table.measures()[*at].label.get(language)).collect();
        self.say(&format!("VALUES(\"{measure}\")"), &names);
        let codes: Vec<&str> =
            chosen.iter().map(|at| structure.key[structure.measure].codes[*at].id.as_str()).collect();
        self.say(&format!("CODES(\"{measure}\")"), &codes);
        for (name, at) in names.iter().zip(chosen) {
            let definition = &table.measures()[*at];
            let name = plain(name);
            self.say(&format!("UNITS(\"{name}\")"), &[definition.unit.label.get(language)]);
            self.say(
                &format!("LAST-UPDATED(\"{name}\")"),
                &[&manifest.created_at.strftime("%Y%m%d %H:%M").to_string()],
            );
            self.bare(
                &format!("PRECISION(\"{measure}\",\"{name}\")"),
                &definition.decimals.min(6).to_string(),
            );
            self.say(&format!("VALUENOTE(\"{measure}\",\"{name}\")"), &[definition.definition.get(language)]);
        }
    }

    /// `KEYWORD="one","two";`, long texts and long lists on further lines.
    fn say(&mut self, keyword: &str, texts: &[&str]) {
        self.text.push_str(keyword);
        self.text.push('=');
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                self.text.push_str(",\n");
            }
            let letters: Vec<char> = plain(text).chars().collect();
            let parts: Vec<String> =
                letters.chunks(TEXT).map(|part| format!("\"{}\"", part.iter().collect::<String>())).collect();
            self.text.push_str(if parts.is_empty() { "\"\"" } else { "" });
            self.text.push_str(&parts.join("\n"));
        }
        self.text.push_str(";\n");
    }

    fn bare(&mut self, keyword: &str, value: &str) {
        self.text.push_str(&format!("{keyword}={value};\n"));
    }
}

/// Readers find a value by its name, so names that repeat within a dimension carry their code.
fn told_apart(names: &[&str], codes: &[String]) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *seen.entry(name).or_default() += 1;
    }
    let one = |(name, code): (&&str, &String)| match seen[name] {
        1 => (*name).to_owned(),
        _ => format!("{name} ({code})"),
    };
    names.iter().zip(codes).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::told_apart;

    #[test]
    fn names_that_repeat_carry_their_code() {
        let codes = ["A", "01", "01.1"].map(str::to_owned);
        assert_eq!(told_apart(&["Rice", "Crops", "Rice"], &codes), ["Rice (A)", "Crops", "Rice (01.1)"]);
    }
}
