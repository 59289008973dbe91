//! An enterprise as people write it: the fields of the form and the columns of the template are the
//! same, and are read by the same rules.

use std::collections::BTreeMap;

use super::{BySex, Contact, Enterprise, Nib, Npwp, Ownership, Workforce};
use crate::classification::Classification;
use crate::language::Text;

/// What may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Words,
    /// Several, separated by semicolons.
    List,
    Number,
    Year,
    Money,
    Percent,
    YesNo,
    /// A code of KBLI 2020.
    Activity,
    /// A code of BPS.
    Region,
    Ownership,
    /// The id of an organisation.
    Organisation,
}

/// One field of the form, one column of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// Every field, in the order of form and template.
pub const FIELDS: &[Field] = &[
    Field { name: "name", kind: Kind::Words, required: true },
    field("trade_name", Kind::Words),
    field("nib", Kind::Words),
    field("npwp", Kind::Words),
    field("activity", Kind::Activity),
    field("products", Kind::Words),
    Field { name: "region", kind: Kind::Region, required: true },
    field("address", Kind::Words),
    field("founded", Kind::Year),
    field("ownership", Kind::Ownership),
    field("foreign_owned", Kind::YesNo),
    field("organisation", Kind::Organisation),
    field("union", Kind::YesNo),
    field("bipartite", Kind::YesNo),
    field("exports", Kind::YesNo),
    field("export_share", Kind::Percent),
    field("markets", Kind::Words),
    field("buyers", Kind::List),
    field("workforce_year", Kind::Year),
    field("permanent_male", Kind::Number),
    field("permanent_female", Kind::Number),
    field("contract_male", Kind::Number),
    field("contract_female", Kind::Number),
    field("casual_male", Kind::Number),
    field("casual_female", Kind::Number),
    field("sales", Kind::Money),
    field("contact_name", Kind::Words),
    field("contact_position", Kind::Words),
    field("contact_phone", Kind::Words),
    field("contact_email", Kind::Words),
];

/// Longer texts are no names or addresses.
const TEXT_MAX: usize = 500;

/// What the lists of the installation allow.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    pub activities: Option<&'a Classification>,
    pub regions: Option<&'a Classification>,
    /// Ids of the organisations on record.
    pub organisations: &'a [String],
    /// Passed in: an enterprise is not founded next year.
    pub this_year: i16,
}

/// An enterprise with what came along.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    pub enterprise: Enterprise,
    pub workforce: Option<Workforce>,
    pub contacts: Vec<Contact>,
}

/// What is wrong with one field, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    pub message: Text,
}

/// Reads the fields of one enterprise; all faults at once. Fields that are absent are empty.
pub fn read(values: &BTreeMap<String, String>, lists: &Read<'_>) -> Result<Entry, Vec<Fault>> {
    let mut reader = Reader { values, lists, faults: Vec::new() };
    let entry = Entry {
        enterprise: reader.enterprise(),
        workforce: reader.workforce(),
        contacts: reader.contact().into_iter().collect(),
    };
    if reader.faults.is_empty() { Ok(entry) } else { Err(reader.faults) }
}

struct Reader<'a> {
    values: &'a BTreeMap<String, String>,
    lists: &'a Read<'a>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, field: &'static str, id: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault { field, message: Text::new(id, en) });
    }

    fn text(&mut self, field: &'static str) -> String {
        let text = self.values.get(field).map(|text| text.trim()).unwrap_or_default();
        let plain: String = text.chars().filter(|letter| !letter.is_control()).collect();
        if plain.chars().count() > TEXT_MAX {
            self.fault(
                field,
                format!("Terlalu panjang: paling banyak {TEXT_MAX} huruf."),
                format!("Too long: {TEXT_MAX} letters at most."),
            );
            return String::new();
        }
        plain
    }

    fn maybe<T>(&mut self, field: &'static str, read: impl FnOnce(&str) -> Result<T, Text>) -> Option<T> {
        let text = self.text(field);
        if text.is_empty() {
            return None;
        }
        match read(&text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.faults.push(Fault { field, message });
                None
            }
        }
    }

    fn enterprise(&mut self) -> Enterprise {
        let lists = *self.lists;
        let name = self.text("name");
        if !name.chars().any(char::is_alphanumeric) {
            self.fault(
                "name",
                "Tulis nama usaha seperti pada surat-suratnya.",
                "Write the name of the enterprise as in its papers.",
            );
        }
        let region = self.maybe("region", |code| region(code, lists.regions)).unwrap_or_default();
        if region.is_empty() && !self.faults.iter().any(|fault| fault.field == "region") {
            self.fault(
                "region",
                "Pilih kabupaten atau kota tempat usaha ini.",
                "Choose the regency or city where the enterprise is.",
            );
        }
        Enterprise {
            name,
            region,
            trade_name: self.text("trade_name"),
            nib: self.maybe("nib", |text| Nib::parse(text).map_err(|invalid| invalid.text())),
            npwp: self.maybe("npwp", |text| Npwp::parse(text).map_err(|invalid| invalid.text())),
            activity: self.maybe("activity", |code| activity(code, lists.activities)),
            products: self.text("products"),
            address: self.text("address"),
            founded: self.maybe("founded", |text| year(text, 1800, lists.this_year)),
            ownership: self.maybe("ownership", |code| {
                Ownership::parse(code_of(code)).ok_or_else(|| {
                    let known = Ownership::ALL.map(Ownership::code).join(", ");
                    Text::new(format!("Pilih salah satu: {known}."), format!("Choose one of: {known}."))
                })
            }),
            foreign_owned: self.maybe("foreign_owned", yes_no),
            organisation: self.maybe("organisation", |id| organisation(id, lists.organisations)),
            union: self.maybe("union", yes_no),
            bipartite: self.maybe("bipartite", yes_no),
            exports: self.maybe("exports", yes_no),
            export_share: self.maybe("export_share", percent),
            markets: self.text("markets"),
            buyers: self
                .text("buyers")
                .split(';')
                .map(str::trim)
                .filter(|buyer| !buyer.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }

    fn workforce(&mut self) -> Option<Workforce> {
        let this_year = self.lists.this_year;
        let year = self.maybe("workforce_year", |text| year(text, 1990, this_year));
        let heads = |reader: &mut Self, male, female| BySex {
            male: reader.maybe(male, count),
            female: reader.maybe(female, count),
        };
        let workforce = Workforce {
            year: year.unwrap_or_default(),
            permanent: heads(self, "permanent_male", "permanent_female"),
            contract: heads(self, "contract_male", "contract_female"),
            casual: heads(self, "casual_male", "casual_female"),
            sales: self.maybe("sales", money),
        };
        let said_nothing = workforce.total().is_none() && workforce.sales.is_none();
        let year_is_faulty = self.faults.iter().any(|fault| fault.field == "workforce_year");
        if !said_nothing && year.is_none() && !year_is_faulty {
            self.fault(
                "workforce_year",
                "Tulis tahun dari jumlah pekerja atau penjualan itu.",
                "Write the year to which these workers or sales belong.",
            );
        }
        (!said_nothing && year.is_some()).then_some(workforce)
    }

    fn contact(&mut self) -> Option<Contact> {
        let contact = Contact {
            name: self.text("contact_name"),
            position: self.text("contact_position"),
            phone: self.maybe("contact_phone", phone).unwrap_or_default(),
            email: self.maybe("contact_email", email).unwrap_or_default(),
        };
        (contact != Contact::default()).then_some(contact)
    }
}

fn region(written: &str, regions: Option<&Classification>) -> Result<String, Text> {
    let code = code_of(written);
    let Some(regions) = regions else { return Ok(code.to_owned()) };
    if regions.find(code).is_some() {
        return Ok(code.to_owned());
    }
    match regions_called(written, regions)[..] {
        [one] => Ok(one.to_owned()),
        [] => Err(Text::new(
            format!("`{written}` bukan kode atau nama wilayah BPS. Pilih dari daftar."),
            format!("`{written}` is no code or name of a region of BPS. Choose from the list."),
        )),
        [first, second, ..] => Err(Text::new(
            format!("`{written}` dapat berarti {first} atau {second}. Tulis kodenya."),
            format!("`{written}` may be {first} or {second}. Write the code."),
        )),
    }
}

/// Regions of today by their name: `Kota Semarang`, `Kab. Semarang`; a bare `Semarang` may be two.
fn regions_called<'a>(written: &str, regions: &'a Classification) -> Vec<&'a str> {
    let plain = |name: &str| {
        let name = name.to_lowercase().replace("kab.", "kabupaten ").replace("kodya", "kota ");
        name.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>()
    };
    let asked = plain(written);
    let is_called = |label: &str| {
        let name = plain(label);
        let bare = name.strip_prefix("kabupaten").or_else(|| name.strip_prefix("kota")).unwrap_or(&name);
        asked == name || asked == bare
    };
    let named = regions.codes.iter().filter(|code| code.valid_to.is_none() && is_called(&code.label.id));
    named.map(|code| code.code.as_str()).collect()
}

fn activity(code: &str, activities: Option<&Classification>) -> Result<String, Text> {
    let code = code_of(code);
    let known = activities.is_none_or(|all| all.find(code).is_some());
    if known && code.len() >= 2 && code.bytes().all(|digit| digit.is_ascii_digit()) {
        return Ok(code.to_owned());
    }
    Err(Text::new(
        format!("`{code}` bukan kode KBLI 2020. Tulis 2 sampai 5 angka seperti pada NIB, misalnya 10710."),
        format!("`{code}` is not a code of KBLI 2020. Write 2 to 5 digits as on the NIB, such as 10710."),
    ))
}

fn organisation(id: &str, known: &[String]) -> Result<String, Text> {
    let id = code_of(id);
    if known.iter().any(|known| known == id) {
        return Ok(id.to_owned());
    }
    Err(Text::new(
        format!("Lembaga `{id}` belum terdaftar. Pilih dari daftar, atau kosongkan."),
        format!("The organisation `{id}` is not on record. Choose from the list, or leave it empty."),
    ))
}

/// A choice of a picker is written as `3374 Kota Semarang`: the code comes first.
fn code_of(choice: &str) -> &str {
    choice.split_whitespace().next().unwrap_or_default()
}

fn yes_no(text: &str) -> Result<bool, Text> {
    match text.to_lowercase().as_str() {
        "ya" | "y" | "yes" | "1" | "true" | "ada" => Ok(true),
        "tidak" | "t" | "no" | "n" | "0" | "false" | "tidak ada" => Ok(false),
        _ => Err(Text::new(
            "Tulis ya atau tidak, atau kosongkan bila belum diketahui.",
            "Write yes or no, or leave it empty if unknown.",
        )),
    }
}

/// Digits with or without the points of thousands; `None` if it is anything else.
fn whole(text: &str) -> Option<u64> {
    let text = text.trim().trim_start_matches("Rp").trim();
    let grouped = text.contains(['.', ',']);
    let groups: Vec<&str> = text.split(['.', ',']).collect();
    let sound = !grouped || (!groups[0].is_empty() && groups[1..].iter().all(|group| group.len() == 3));
    let digits = groups.concat().replace([' ', '\u{a0}'], "");
    (sound && digits.len() <= 18 && digits.bytes().all(|digit| digit.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

fn count(text: &str) -> Result<u32, Text> {
    whole(text)
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number <= 1_000_000)
        .ok_or_else(|| {
            Text::new(
                "Tulis jumlah orang sebagai angka bulat, misalnya 25. Kosongkan bila tidak diketahui.",
                "Write the number of people as a whole number, such as 25. Leave it empty if unknown.",
            )
        })
}

fn money(text: &str) -> Result<i64, Text> {
    whole(text).and_then(|number| i64::try_from(number).ok()).ok_or_else(|| {
        Text::new(
            "Tulis rupiah penuh sebagai angka, misalnya 1.250.000.000.",
            "Write full rupiah as a number, such as 1.250.000.000.",
        )
    })
}

fn percent(text: &str) -> Result<f64, Text> {
    let number: Option<f64> = text.trim().trim_end_matches('%').trim().replace(',', ".").parse().ok();
    number.filter(|share| (0.0..=100.0).contains(share)).ok_or_else(|| {
        Text::new(
            "Tulis persen antara 0 dan 100, misalnya 12,5.",
            "Write per cent from 0 to 100, such as 12.5.",
        )
    })
}

fn year(text: &str, first: i16, this_year: i16) -> Result<i16, Text> {
    text.parse().ok().filter(|year| (first..=this_year).contains(year)).ok_or_else(|| {
        Text::new(
            format!("Tulis tahun dengan empat angka, dari {first} sampai {this_year}."),
            format!("Write the year with four digits, from {first} to {this_year}."),
        )
    })
}

fn phone(text: &str) -> Result<String, Text> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let sound = text.chars().all(|letter| letter.is_ascii_digit() || "+-() ./".contains(letter));
    if sound && (6..=16).contains(&digits) {
        return Ok(text.to_owned());
    }
    Err(Text::new(
        "Tulis nomor telepon dengan angka, misalnya 0812-3456-7890.",
        "Write the phone number in digits, such as 0812-3456-7890.",
    ))
}

fn email(text: &str) -> Result<String, Text> {
    let address = text.to_lowercase();
    let sound = address.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !host.starts_with('.')
    }) && !address.contains(char::is_whitespace);
    if sound {
        return Ok(address);
    }
    Err(Text::new("Tulis surel seperti nama@usaha.co.id.", "Write the e-mail like name@firm.co.id."))
}
