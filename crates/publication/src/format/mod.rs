//! The formats in which figures leave the house: one file per format, one line in [`FORMATS`].

use std::borrow::Cow;
use std::io::Write;

use domain::language::Language;
use domain::progress::Watch;
use domain::release::Manifest;

use crate::error::PublicationError;
use crate::selection::Selection;
use crate::table::Table;
use crate::words::{ATTRIBUTES, Attachment, Words};

mod csv;
mod json_stat;
mod metadata;
mod number;
mod numbering;
mod px;
mod sdmx_csv;
mod sdmx_generic;
mod sdmx_header;
mod sdmx_json;
mod sdmx_specific;
pub(crate) mod text;
mod walk;
mod xlsx;
pub(crate) mod xml;

pub use number::number;

/// Every format, in the order in which the download menu shows them.
pub const FORMATS: &[&dyn Format] = &[
    &csv::Csv,
    &xlsx::Xlsx,
    &metadata::Metadata,
    &sdmx_csv::SdmxCsv1,
    &sdmx_csv::SdmxCsv2,
    &sdmx_json::SdmxJson1,
    &sdmx_json::SdmxJson2,
    &sdmx_generic::GENERIC,
    &sdmx_generic::GENERIC_TIME_SERIES,
    &sdmx_specific::SPECIFIC_21,
    &sdmx_specific::SPECIFIC_TIME_SERIES_21,
    &sdmx_specific::SPECIFIC_30,
    &json_stat::JsonStat,
    &px::Px,
];

/// A way to write figures.
pub trait Format: Sync {
    /// As the command line and addresses name it: `csv`, `sdmx-ml`.
    fn id(&self) -> &'static str;
    /// Ending of the file name, without the dot.
    fn extension(&self) -> &'static str;
    fn media_type(&self) -> &'static str;
    /// What it is good for, in a few words.
    fn label(&self) -> Words;
    /// Writes the chosen figures as they are read, without holding the file in memory.
    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError>;
}

/// Finds a format by its id; `sdmx-csv`, `sdmx-json` and `sdmx-ml` mean their usual versions.
pub fn find(id: &str) -> Result<&'static dyn Format, PublicationError> {
    let wanted = match id.to_ascii_lowercase().as_str() {
        "sdmx-csv" => "sdmx-csv-2.0".to_owned(),
        "sdmx-json" => "sdmx-json-2.0".to_owned(),
        "sdmx-ml" => "sdmx-ml-2.1".to_owned(),
        other => other.to_owned(),
    };
    FORMATS.iter().copied().find(|format| format.id() == wanted).ok_or_else(|| PublicationError::NoFormat {
        id: id.to_owned(),
        known: FORMATS.iter().map(|format| format.id()).collect::<Vec<_>>().join(", "),
    })
}

/// What is to be written.
pub struct Rendering<'a> {
    pub manifest: &'a Manifest,
    pub table: &'a Table,
    pub selection: &'a Selection,
    pub language: Language,
    pub options: Options,
    pub watch: &'a dyn Watch,
}

impl<'a> Rendering<'a> {
    /// A whole release in a language.
    pub fn new(
        manifest: &'a Manifest,
        table: &'a Table,
        selection: &'a Selection,
        language: Language,
    ) -> Self {
        Rendering { manifest, table, selection, language, options: Options::default(), watch: &() }
    }

    /// Tells the listener how far the work is; ends it if the listener wants that.
    fn keep_on(&self, done: usize) -> Result<(), PublicationError> {
        if done.is_multiple_of(4096) {
            self.watch.report("publication.render", done as u64, self.table.len() as u64);
            if self.watch.cancelled() {
                return Err(PublicationError::Cancelled);
            }
        }
        Ok(())
    }

    /// The value of an attribute that is the same for the whole data set.
    fn data_set_attribute(&self, id: &str) -> Option<Cow<'a, str>> {
        let provenance = self.table.provenance();
        let text = |text: &'a str| (!text.is_empty()).then_some(Cow::Borrowed(text));
        match id {
            "SOURCE" => text(self.manifest.source.get(self.language)),
            "LICENCE" => text(&self.manifest.licence),
            "VINTAGE" => text(&self.manifest.id),
            "PRICE_BASIS" => text(provenance.price_basis.get(self.language)),
            "BASE_PER" => base_period(&provenance.price_basis.en).map(Cow::Borrowed),
            "SYNTHETIC" => Some(Cow::Borrowed(if self.is_synthetic() { "Y" } else { "N" })),
            _ => None,
        }
    }

    /// The value of an attribute that belongs to a measure.
    fn measure_attribute(&self, id: &str, measure: usize) -> Option<Cow<'a, str>> {
        let definition = &self.table.measures()[measure];
        match id {
            "UNIT_MEASURE" => Some(Cow::Borrowed(&self.table.structure().units[measure].id)),
            "UNIT_MULT" => Some(Cow::Owned(definition.unit.multiplier.to_string())),
            "DECIMALS" => Some(Cow::Owned(definition.decimals.min(10).to_string())),
            _ => None,
        }
    }

    /// The value of an attribute that belongs to one observation.
    fn observation_attribute(&self, id: &str, cell: usize, measure: usize) -> Option<Cow<'a, str>> {
        let figure = self.table.figure(cell, measure);
        match id {
            "OBS_STATUS" => Some(Cow::Borrowed(figure.obs_status())),
            "CONF_STATUS" => Some(Cow::Borrowed(figure.conf_status())),
            "NUMBER_ENTERPRISES" => self.table.enterprises(cell).map(Cow::Owned),
            _ => None,
        }
    }

    /// Said by the table or by the release: either is enough.
    fn is_synthetic(&self) -> bool {
        self.manifest.synthetic || self.table.provenance().synthetic
    }

    /// Positions in [`ATTRIBUTES`] of those that are wanted and stand at a level.
    fn attributes(&self, attachment: Attachment) -> Vec<usize> {
        let wanted =
            |at: &usize| ATTRIBUTES[*at].attachment == attachment && self.options.attributes.has(*at);
        (0..ATTRIBUTES.len()).filter(wanted).collect()
    }
}

/// How an SDMX message is laid out; other formats look at none of this.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub detail: Detail,
    pub at_observation: AtObservation,
    pub labels: Labels,
    pub keys: Keys,
    pub attributes: AttributeChoice,
    /// Leave the values out (`measures=none`).
    pub without_values: bool,
}

/// SDMX `detail`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    #[default]
    Full,
    /// Values without attributes.
    DataOnly,
    SeriesKeysOnly,
    /// Series with attributes, without observations.
    NoData,
}

/// SDMX `dimensionAtObservation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AtObservation {
    #[default]
    Time,
    /// Every observation carries its whole key.
    AllDimensions,
    /// Another dimension of the key, by its position.
    Dimension(usize),
}

/// Ids, names or both, in SDMX-CSV.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Labels {
    #[default]
    Id,
    Name,
    Both,
}

/// Columns with keys in SDMX-CSV 2.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    #[default]
    None,
    Observation,
    Series,
    Both,
}

/// Which attributes are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AttributeChoice {
    #[default]
    All,
    None,
    /// Positions in [`ATTRIBUTES`].
    These(Vec<usize>),
}

impl AttributeChoice {
    fn has(&self, attribute: usize) -> bool {
        match self {
            AttributeChoice::All => true,
            AttributeChoice::None => false,
            AttributeChoice::These(wanted) => wanted.contains(&attribute),
        }
    }
}

/// The first year named in the words of the price basis: "constant 2020 prices" is based on 2020.
fn base_period(price_basis: &str) -> Option<&str> {
    let digits = |part: &&str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    price_basis.split(|letter: char| !letter.is_ascii_digit()).find(digits)
}
