//! Many enterprises from one file, row by row: each row becomes the very act that its page would make, or is
//! left aside with the reason.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Enterprise, Entry, Read, Workforce, read, written};
use crate::finding::{Finding, Severity};
use crate::language::Text;

/// The column with the id of an enterprise that is on record; empty for a new one.
pub const ID: &str = "id";

/// One row as the file has it: fields by name, those of columns that the file does not have are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// As a person counts it.
    pub number: u64,
    pub values: BTreeMap<String, String>,
}

/// What the register says of an enterprise now.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub enterprise: Enterprise,
    /// Of the newest year.
    pub workforce: Option<Workforce>,
}

/// What a row comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    New(Box<Entry>),
    /// On record, and the file says something else: the whole of it, and the workforce if that differs.
    Changed {
        enterprise: Option<Box<Enterprise>>,
        workforce: Option<Workforce>,
    },
    /// On record, word for word.
    Same,
    Refused,
}

/// Reads a row against what is on record under its id. `known`: the id of the row leads somewhere.
pub fn meaning(row: &Row, known: Option<&Known>, lists: &Read<'_>, findings: &mut Vec<Finding>) -> Meaning {
    let mut values = row.values.clone();
    if let Some(known) = known {
        // Columns that the file does not have stay as they are; what was counted in one year is not said of
        // another.
        let about_a_year = row.values.get("workforce_year").is_some_and(|year| !year.trim().is_empty());
        let workforce = known.workforce.as_ref().filter(|_| !about_a_year);
        for (field, value) in written(&known.enterprise, workforce) {
            values.entry(field).or_insert(value);
        }
    }
    let entry = match read(&values, lists) {
        Ok(entry) => entry,
        Err(faults) => {
            for fault in faults {
                let value = values.get(fault.field).cloned().unwrap_or_default();
                findings.push(finding(row, fault.field, value, "field", Severity::Refused, fault.message));
            }
            return Meaning::Refused;
        }
    };
    match known {
        None => Meaning::New(Box::new(entry)),
        Some(known) => {
            if !entry.contacts.is_empty() {
                let said = Text::new(
                    "Kontak usaha yang sudah tercatat tidak diubah lewat berkas.",
                    "Contacts of an enterprise on record are not changed by a file.",
                );
                findings.push(finding(
                    row,
                    "contact_name",
                    String::new(),
                    "contacts",
                    Severity::Warning,
                    said,
                ));
            }
            let enterprise = (entry.enterprise != known.enterprise).then(|| Box::new(entry.enterprise));
            let workforce = entry.workforce.filter(|said| known.workforce.as_ref() != Some(said));
            if enterprise.is_none() && workforce.is_none() {
                Meaning::Same
            } else {
                Meaning::Changed { enterprise, workforce }
            }
        }
    }
}

/// A finding about one field of a row, with what to do about it.
pub fn finding(
    row: &Row,
    field: &str,
    value: String,
    rule: &str,
    severity: Severity,
    message: Text,
) -> Finding {
    let remedy = match rule {
        "field" => Text::new(
            "Perbaiki sel itu di berkas, lalu unggah lagi; baris lain tidak terganggu.",
            "Mend that cell in the file and upload it again; other rows are not affected.",
        ),
        "contacts" => {
            Text::new("Ubah kontak di halaman usaha itu.", "Change contacts on the page of that enterprise.")
        }
        "double" => Text::new(
            "Lihat usaha yang sudah tercatat. Centang baris ini hanya bila memang usaha lain.",
            "Look at the enterprise on record. Tick this row only if it really is another one.",
        ),
        "unknown-id" => Text::new(
            "Kosongkan kolom nomor daftar bila usaha ini baru, atau unduh lagi daftarnya.",
            "Empty the column with the register id if the enterprise is new, or download the register again.",
        ),
        "scope" => Text::new(
            "Mintalah rekan yang bertanggung jawab atas wilayah atau lembaga itu mengunggahnya.",
            "Ask the colleague who answers for that region or organisation to upload it.",
        ),
        _ => Text::new("Periksa baris ini.", "Check this row."),
    };
    Finding {
        file: String::new(),
        row: row.number,
        column: field.to_owned(),
        value: value.chars().take(200).collect(),
        rule: format!("register-{rule}"),
        severity,
        message,
        remedy,
        unit: row.values.get("name").cloned().unwrap_or_default(),
    }
}
