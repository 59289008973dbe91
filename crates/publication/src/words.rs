//! The words of files and messages in both languages, and the fixed code lists of SDMX.

use domain::language::{Language, Text};

/// A text that is known when the program is built.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub id: &'static str,
    pub en: &'static str,
}

impl Words {
    pub fn get(self, language: Language) -> &'static str {
        match language {
            Language::Id => self.id,
            Language::En => self.en,
        }
    }

    pub fn text(self) -> Text {
        Text::new(self.id, self.en)
    }
}

const fn words(id: &'static str, en: &'static str) -> Words {
    Words { id, en }
}

pub const FREQUENCY: Words = words("Frekuensi", "Frequency");
pub const MEASURE: Words = words("Ukuran", "Measure");
pub const TIME: Words = words("Periode", "Time period");
pub const OBS_VALUE: Words = words("Nilai", "Observation value");
pub const SYNTHETIC: Words = words(
    "Data simulasi: dibuat oleh program, bukan oleh perusahaan nyata",
    "Simulated data: made by a program, not by real enterprises",
);
pub const REAL: Words = words("Data nyata", "Real data");

/// Frequencies in the order in which code lists show them.
pub const FREQUENCIES: &[(&str, Words)] = &[
    ("A", words("Tahunan", "Annual")),
    ("S", words("Semesteran", "Half-yearly")),
    ("Q", words("Triwulanan", "Quarterly")),
    ("M", words("Bulanan", "Monthly")),
    ("D", words("Harian", "Daily")),
];

/// SDMX cross-domain code list `CL_OBS_STATUS`, the codes in use here.
pub const OBS_STATUS: &[(&str, Words)] = &[
    ("A", words("Nilai biasa", "Normal value")),
    ("O", words("Tidak ada data", "Missing value")),
    ("Q", words("Tidak ditampilkan karena kerahasiaan", "Missing value; suppressed")),
];

/// SDMX cross-domain code list `CL_CONF_STATUS`, the codes in use here.
pub const CONF_STATUS: &[(&str, Words)] = &[
    ("F", words("Bebas (boleh diterbitkan)", "Free (free for publication)")),
    ("C", words("Rahasia (primer)", "Confidential statistical information (primary)")),
    (
        "D",
        words(
            "Rahasia sekunder, agar yang lain tidak dapat dihitung",
            "Secondary confidentiality, so that others cannot be worked out",
        ),
    ),
    ("N", words("Tidak untuk diterbitkan", "Not for publication, restricted for internal use only")),
];

/// Is it made by a generator?
pub const SYNTHETIC_CODES: &[(&str, Words)] = &[("N", REAL), ("Y", SYNTHETIC)];

/// Names of units by their SDMX codes, without the power of ten.
pub const UNITS: &[(&str, Words)] = &[
    ("IDR", words("Rupiah", "Rupiah")),
    ("USD", words("Dolar Amerika Serikat", "US dollar")),
    ("PS", words("Orang", "Persons")),
    ("ENT", words("Perusahaan", "Enterprises")),
    ("RT", words("Rasio", "Ratio")),
    ("PC", words("Persen", "Per cent")),
    ("PT", words("Persen", "Per cent")),
    ("H", words("Jam", "Hours")),
    ("HA", words("Hektare", "Hectares")),
    ("KG", words("Kilogram", "Kilograms")),
    ("IX", words("Indeks", "Index")),
];

/// At which level a value of an attribute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attachment {
    DataSet,
    /// Varies with `MEASURE` alone; written at the series.
    Measure,
    Observation,
}

/// An attribute of the data.
pub struct Attribute {
    pub id: &'static str,
    pub name: Words,
    pub attachment: Attachment,
    pub mandatory: bool,
    /// Id of the code list and its codes; `None`: free text or a number.
    pub codes: Option<(&'static str, &'static [(&'static str, Words)])>,
}

/// Every attribute, in the order in which files show them.
pub const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        id: "OBS_STATUS",
        name: words("Status pengamatan", "Observation status"),
        attachment: Attachment::Observation,
        mandatory: true,
        codes: Some(("CL_OBS_STATUS", OBS_STATUS)),
    },
    Attribute {
        id: "CONF_STATUS",
        name: words("Status kerahasiaan", "Confidentiality status"),
        attachment: Attachment::Observation,
        mandatory: true,
        codes: Some(("CL_CONF_STATUS", CONF_STATUS)),
    },
    Attribute {
        id: "NUMBER_ENTERPRISES",
        name: words("Banyaknya perusahaan", "Number of enterprises"),
        attachment: Attachment::Observation,
        mandatory: false,
        codes: None,
    },
    Attribute {
        id: "UNIT_MEASURE",
        name: words("Satuan", "Unit of measure"),
        attachment: Attachment::Measure,
        mandatory: true,
        codes: Some(("CL_UNIT_MEASURE", UNITS)),
    },
    Attribute {
        id: "UNIT_MULT",
        name: words("Pengali satuan", "Unit multiplier"),
        attachment: Attachment::Measure,
        mandatory: false,
        codes: Some(("CL_UNIT_MULT", UNIT_MULT)),
    },
    Attribute {
        id: "DECIMALS",
        name: words("Desimal", "Decimals"),
        attachment: Attachment::Measure,
        mandatory: false,
        codes: Some(("CL_DECIMALS", DECIMALS)),
    },
    Attribute {
        id: "BASE_PER",
        name: words("Periode dasar", "Base period"),
        attachment: Attachment::DataSet,
        mandatory: false,
        codes: None,
    },
    Attribute {
        id: "PRICE_BASIS",
        name: words("Dasar harga", "Price basis"),
        attachment: Attachment::DataSet,
        mandatory: false,
        codes: None,
    },
    Attribute {
        id: "SOURCE",
        name: words("Sumber", "Source"),
        attachment: Attachment::DataSet,
        mandatory: false,
        codes: None,
    },
    Attribute {
        id: "LICENCE",
        name: words("Lisensi", "Licence"),
        attachment: Attachment::DataSet,
        mandatory: false,
        codes: None,
    },
    Attribute {
        id: "VINTAGE",
        name: words("Rilis", "Release"),
        attachment: Attachment::DataSet,
        mandatory: false,
        codes: None,
    },
    Attribute {
        id: "SYNTHETIC",
        name: words("Data simulasi", "Simulated data"),
        attachment: Attachment::DataSet,
        mandatory: true,
        codes: Some(("CL_SYNTHETIC", SYNTHETIC_CODES)),
    },
];

/// Powers of ten.
pub const UNIT_MULT: &[(&str, Words)] = &[
    ("-6", words("Sepersejuta", "Millionths")),
    ("-3", words("Seperseribu", "Thousandths")),
    ("-2", words("Seperseratus", "Hundredths")),
    ("0", words("Satuan", "Units")),
    ("1", words("Puluhan", "Tens")),
    ("2", words("Ratusan", "Hundreds")),
    ("3", words("Ribuan", "Thousands")),
    ("4", words("Puluh ribu", "Tens of thousands")),
    ("5", words("Ratus ribu", "Hundreds of thousands")),
    ("6", words("Juta", "Millions")),
    ("7", words("Puluh juta", "Tens of millions")),
    ("8", words("Ratus juta", "Hundreds of millions")),
    ("9", words("Miliar", "Billions")),
    ("12", words("Triliun", "Trillions")),
    ("15", words("Kuadriliun", "Quadrillions")),
];

/// Numbers of decimals.
pub const DECIMALS: &[(&str, Words)] = &[
    ("0", words("Nol", "Zero")),
    ("1", words("Satu", "One")),
    ("2", words("Dua", "Two")),
    ("3", words("Tiga", "Three")),
    ("4", words("Empat", "Four")),
    ("5", words("Lima", "Five")),
    ("6", words("Enam", "Six")),
    ("7", words("Tujuh", "Seven")),
    ("8", words("Delapan", "Eight")),
    ("9", words("Sembilan", "Nine")),
    ("10", words("Sepuluh", "Ten")),
];
