//! What the program itself says at the command line, in both languages.

use domain::language::{Language, Text};

/// Something the program could not do, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text().en)]
pub(crate) enum Message {
    NoDataFolder { folder: String },
    FolderInUse { folder: String },
    UnknownSurvey { survey: String, known: String },
    UnknownPlan { plan: String, known: String },
    PlanLacks { plan: String, part: &'static str },
    NoRows { survey: String },
    NoAccount { email: String },
    Years { given: String },
    Differs { release: String, files: String },
    Audit { report: Text },
    JobFailed { reason: Text },
    Cancelled,
    NotAnEmail { given: String },
    Grant(domain::actor::InvalidGrant),
    NoFile { file: String },
}

impl Message {
    pub fn text(&self) -> Text {
        match self {
            Message::NoFile { file } => Text::new(
                format!("Berkas `{file}` tidak ada. Periksa nama dan foldernya."),
                format!("There is no file `{file}`. Check its name and folder."),
            ),
            Message::NoDataFolder { folder } => Text::new(
                format!(
                    "`{folder}` bukan folder data Lumbung. Buat dengan `lumbung init --data-dir {folder} --admin SUREL`."
                ),
                format!(
                    "`{folder}` is not a Lumbung data folder. Make one: `lumbung init --data-dir {folder} --admin EMAIL`."
                ),
            ),
            Message::FolderInUse { folder } => Text::new(
                format!(
                    "`{folder}` sudah berisi data Lumbung. Pilih folder lain, atau hapus folder itu sendiri."
                ),
                format!(
                    "`{folder}` already holds Lumbung data. Choose another folder, or remove it yourself."
                ),
            ),
            Message::UnknownSurvey { survey, known } => Text::new(
                format!("Survei `{survey}` tidak dikenal. Yang ada: {known}."),
                format!("There is no survey `{survey}`. Known: {known}."),
            ),
            Message::UnknownPlan { plan, known } => Text::new(
                format!("Rencana `{plan}` tidak ada, baik sebagai nama maupun berkas. Yang ada: {known}."),
                format!("There is no plan `{plan}`, neither by name nor as a file. Known: {known}."),
            ),
            Message::PlanLacks { plan, part } => Text::new(
                format!("Rencana `{plan}` tidak memuat bagian [{part}]. Tambahkan bagian itu."),
                format!("The plan `{plan}` has no part [{part}]. Add it."),
            ),
            Message::NoRows { survey } => Text::new(
                format!("Arsip belum memuat baris survei `{survey}`. Impor berkasnya dulu."),
                format!("The archive holds no rows of the survey `{survey}` yet. Import a file first."),
            ),
            Message::NoAccount { email } => Text::new(
                format!("Tidak ada akun dengan surel `{email}`."),
                format!("There is no account with the e-mail `{email}`."),
            ),
            Message::Years { given } => Text::new(
                format!("`{given}` bukan rentang tahun. Tulis seperti 2021..2024."),
                format!("`{given}` is not a range of years. Write it like 2021..2024."),
            ),
            Message::Differs { release, files } => Text::new(
                format!("Hasil hitung ulang `{release}` berbeda: {files}."),
                format!("Recomputing `{release}` gave something else: {files}."),
            ),
            Message::Audit { report } | Message::JobFailed { reason: report } => report.clone(),
            Message::Grant(invalid) => invalid.text(),
            Message::Cancelled => Text::new(
                "Dihentikan. Tidak ada yang tersimpan setengah jalan.",
                "Stopped. Nothing was left half-done.",
            ),
            Message::NotAnEmail { given } => Text::new(
                format!("`{given}` bukan alamat surel. Tulis seperti nama@kantor.go.id."),
                format!("`{given}` is not an e-mail address. Write it like name@office.go.id."),
            ),
        }
    }
}

/// Picks the words of the reader's language.
pub(crate) fn say(language: Language, id: impl AsRef<str>, en: impl AsRef<str>) -> String {
    match language {
        Language::Id => id.as_ref().to_owned(),
        Language::En => en.as_ref().to_owned(),
    }
}
