//! SDMX-CSV 1.0 and 2.0 (sdmx-twg/sdmx-csv field guides).
//!
//! A held-back or missing value is an empty field; its status columns say why.

use std::io::{BufWriter, Write};

use domain::language::Language;

use super::text::{Line, field};
use super::walk::{self, Varies};
use super::{Detail, Format, Keys, Labels, Rendering, number};
use crate::error::PublicationError;
use crate::sdmx::{AGENCY, VERSION_2_1, VERSION_3_0};
use crate::structure::{Code, TIME_PERIOD};
use crate::words::{ATTRIBUTES, Attachment, OBS_VALUE, TIME, Words};

pub(super) struct SdmxCsv1;

impl Format for SdmxCsv1 {
    fn id(&self) -> &'static str {
        "sdmx-csv-1.0"
    }

    fn extension(&self) -> &'static str {
        "sdmx1.csv"
    }

    fn media_type(&self) -> &'static str {
        "application/vnd.sdmx.data+csv;version=1.0.0"
    }

    fn label(&self) -> Words {
        Words { id: "SDMX-CSV 1.0", en: "SDMX-CSV 1.0" }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        write(rendering, Edition::One, out)
    }
}

pub(super) struct SdmxCsv2;

impl Format for SdmxCsv2 {
    fn id(&self) -> &'static str {
        "sdmx-csv-2.0"
    }

    fn extension(&self) -> &'static str {
        "sdmx.csv"
    }

    fn media_type(&self) -> &'static str {
        "application/vnd.sdmx.data+csv;version=2.0.0"
    }

    fn label(&self) -> Words {
        Words { id: "SDMX-CSV 2.0", en: "SDMX-CSV 2.0" }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        write(rendering, Edition::Two, out)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edition {
    One,
    Two,
}

/// How ids and names share columns. In 1.0 `both` means `id: name` in one column; 2.0 gives the
/// name a column of its own, and `name` means both columns too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Id,
    Joined,
    TwoColumns,
}

struct Writer<'a, 'r> {
    rendering: &'r Rendering<'a>,
    layout: Layout,
    language: Language,
    /// Positions in `ATTRIBUTES`.
    attributes: Vec<usize>,
}

fn write(rendering: &Rendering<'_>, edition: Edition, out: &mut dyn Write) -> Result<(), PublicationError> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let layout = match (rendering.options.labels, edition) {
        (Labels::Id, _) => Layout::Id,
        (Labels::Name | Labels::Both, Edition::One) => Layout::Joined,
        (Labels::Name | Labels::Both, Edition::Two) => Layout::TwoColumns,
    };
    let hide_attributes = matches!(rendering.options.detail, Detail::DataOnly | Detail::SeriesKeysOnly);
    let attributes = (0..ATTRIBUTES.len())
        .filter(|at| !hide_attributes && rendering.options.attributes.has(*at))
        .collect();
    let writer = Writer { rendering, layout, language: rendering.language, attributes };
    out.write_all(writer.header(edition).end())?;
    let start = writer.start(edition);
    let names = writer.prepare();
    let mut line = Line::default();
    walk::for_each_group(rendering, |group| {
        let keys_only = matches!(rendering.options.detail, Detail::SeriesKeysOnly | Detail::NoData);
        let shown =
            if keys_only && walk::varies(rendering) == Varies::Time { 1 } else { group.observations.len() };
        for (cell, measure) in &group.observations[..shown] {
            line.clear();
            line.push_ready(&start);
            writer.push_row(&mut line, &names, *cell, *measure, keys_only, edition);
            out.write_all(line.end())?;
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(())
}

/// Codes as they stand in lines, by dimension of the key.
type Names = Vec<Vec<String>>;

impl Writer<'_, '_> {
    fn header(&self, edition: Edition) -> Line {
        let mut line = Line::default();
        match edition {
            Edition::One => line.push("DATAFLOW"),
            Edition::Two => {
                line.push("STRUCTURE");
                line.push("STRUCTURE_ID");
                if self.layout == Layout::TwoColumns {
                    line.push("STRUCTURE_NAME");
                }
                line.push("ACTION");
                if matches!(self.rendering.options.keys, Keys::Series | Keys::Both) {
                    line.push("SERIES_KEY");
                }
                if matches!(self.rendering.options.keys, Keys::Observation | Keys::Both) {
                    line.push("OBS_KEY");
                }
            }
        }
        let structure = self.rendering.table.structure();
        for dimension in &structure.key {
            self.push_title(&mut line, &dimension.id, dimension.name.get(self.language));
        }
        if let Some(time) = &structure.time {
            let name = if time.name.get(self.language).is_empty() {
                TIME.get(self.language)
            } else {
                time.name.get(self.language)
            };
            self.push_title(&mut line, TIME_PERIOD, name);
        }
        if !self.rendering.options.without_values {
            self.push_title(&mut line, "OBS_VALUE", OBS_VALUE.get(self.language));
        }
        for at in &self.attributes {
            self.push_title(&mut line, ATTRIBUTES[*at].id, ATTRIBUTES[*at].name.get(self.language));
        }
        line
    }

    fn push_title(&self, line: &mut Line, id: &str, name: &str) {
        match self.layout {
            Layout::Id => line.push(id),
            Layout::Joined => line.push(&format!("{id}: {name}")),
            Layout::TwoColumns => {
                line.push(id);
                line.push(name);
            }
        }
    }

    fn start(&self, edition: Edition) -> String {
        let structure = self.rendering.table.structure();
        let title = structure.title.get(self.language);
        let mut line = Line::default();
        match edition {
            Edition::One => {
                let id = format!("{AGENCY}:{}({VERSION_2_1})", structure.dataset);
                line.push(&if self.layout == Layout::Joined { format!("{id}: {title}") } else { id });
            }
            Edition::Two => {
                line.push("dataflow");
                line.push(&format!("{AGENCY}:{}({VERSION_3_0})", structure.dataset));
                if self.layout == Layout::TwoColumns {
                    line.push(title);
                }
                // A reading of what there is: the receiver decides what to do with it.
                line.push("I");
            }
        }
        line.text
    }

    fn prepare(&self) -> Names {
        let write = |code: &Code| self.coded(&code.id, code.name.get(self.language));
        let structure = self.rendering.table.structure();
        structure.key.iter().map(|dimension| dimension.codes.iter().map(write).collect()).collect()
    }

    fn coded(&self, id: &str, name: &str) -> String {
        match self.layout {
            Layout::Id => field(id).into_owned(),
            Layout::Joined => field(&format!("{id}: {name}")).into_owned(),
            Layout::TwoColumns => format!("{},{}", field(id), field(name)),
        }
    }

    fn push_row(
        &self,
        line: &mut Line,
        names: &Names,
        cell: usize,
        measure: usize,
        keys_only: bool,
        edition: Edition,
    ) {
        let table = self.rendering.table;
        let (structure, key) = (table.structure(), table.key(cell));
        if edition == Edition::Two {
            self.push_keys(line, cell, measure);
        }
        for (dimension, names) in names.iter().enumerate() {
            line.push_ready(&names[structure.code_position(dimension, key, measure)]);
        }
        if structure.time.is_some() {
            let period = if keys_only { "" } else { structure.period(key) };
            line.push_ready(period);
            if self.layout == Layout::TwoColumns {
                line.push_ready("");
            }
        }
        if !self.rendering.options.without_values {
            match table.figure(cell, measure).value().filter(|_| !keys_only) {
                Some(value) => line.push_ready(&number(value)),
                None => line.push_ready(""),
            }
            if self.layout == Layout::TwoColumns {
                line.push_ready("");
            }
        }
        for at in &self.attributes {
            self.push_attribute(line, *at, cell, measure, keys_only);
        }
    }

    fn push_attribute(&self, line: &mut Line, at: usize, cell: usize, measure: usize, keys_only: bool) {
        let attribute = &ATTRIBUTES[at];
        let value = match attribute.attachment {
            Attachment::DataSet => self.rendering.data_set_attribute(attribute.id),
            Attachment::Measure => self.rendering.measure_attribute(attribute.id, measure),
            Attachment::Observation if keys_only => None,
            Attachment::Observation => self.rendering.observation_attribute(attribute.id, cell, measure),
        };
        let value = value.unwrap_or_default();
        let name = attribute
            .codes
            .and_then(|(_, codes)| codes.iter().find(|(code, _)| *code == value))
            .map_or("", |(_, name)| name.get(self.language));
        match self.layout {
            Layout::Joined if !name.is_empty() => line.push(&format!("{value}: {name}")),
            Layout::Id | Layout::Joined => line.push(&value),
            Layout::TwoColumns => {
                line.push(&value);
                line.push(name);
            }
        }
    }

    fn push_keys(&self, line: &mut Line, cell: usize, measure: usize) {
        let table = self.rendering.table;
        let (structure, key) = (table.structure(), table.key(cell));
        let codes: Vec<&str> = (0..structure.key.len())
            .map(|dimension| structure.code(dimension, key, measure).id.as_str())
            .collect();
        let series = codes.join(".");
        let keys = self.rendering.options.keys;
        if matches!(keys, Keys::Series | Keys::Both) {
            line.push(&series);
        }
        if matches!(keys, Keys::Observation | Keys::Both) {
            line.push(&format!("{series}.{}", structure.period(key)));
        }
    }
}
