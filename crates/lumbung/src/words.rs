//! What the program itself says at the command line, in both languages.

use std::fmt::Display;
use std::io::{self, Write};

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
    File(FileFault),
    NoHeldRow { import: String, row: u64 },
    Mail(crate::post::MailFault),
}

impl Message {
    pub(crate) fn text(&self) -> Text {
        match self {
            Message::NoFile { file } => Text::new(
                format!("Berkas `{file}` tidak ada. Periksa nama dan foldernya."),
                format!("There is no file `{file}`. Check its name and folder."),
            ),
            Message::NoDataFolder { folder } => no_data_folder(folder),
            Message::FolderInUse { folder } => folder_in_use(folder),
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
            Message::Mail(fault) => fault.text(),
            Message::File(fault) => fault.text(),
            Message::NoHeldRow { import, row } => Text::new(
                format!("Baris {row} dari impor `{import}` tidak ditahan. Lihat `lumbung held list`."),
                format!("Row {row} of the import `{import}` is not held. See `lumbung held list`."),
            ),
            Message::NotAnEmail { given } => Text::new(
                format!("`{given}` bukan alamat surel. Tulis seperti nama@kantor.go.id."),
                format!("`{given}` is not an e-mail address. Write it like name@office.go.id."),
            ),
        }
    }
}

fn no_data_folder(folder: &str) -> Text {
    Text::new(
        format!(
            "`{folder}` bukan folder data Lumbung. Buat dengan `lumbung init --data-dir {folder} --admin SUREL`."
        ),
        format!(
            "`{folder}` is not a Lumbung data folder. Make one: `lumbung init --data-dir {folder} --admin EMAIL`."
        ),
    )
}

fn folder_in_use(folder: &str) -> Text {
    Text::new(
        format!("`{folder}` sudah berisi data Lumbung. Pilih folder lain, atau hapus folder itu sendiri."),
        format!("`{folder}` already holds Lumbung data. Choose another folder, or remove it yourself."),
    )
}

/// Why a file or folder cannot be used.
#[derive(Debug)]
pub(crate) enum FileFault {
    FileExists {
        file: String,
    },
    NotEmpty {
        folder: String,
    },
    /// What is wrong with it, in both languages.
    Bad {
        file: String,
        id: String,
        en: String,
    },
    /// A file of microdata of which no row could be read.
    Unreadable {
        file: String,
        title: Text,
        remedy: Text,
    },
}

impl FileFault {
    fn text(&self) -> Text {
        match self {
            FileFault::FileExists { file } => Text::new(
                format!("`{file}` sudah ada dan tidak ditimpa. Beri nama lain."),
                format!("`{file}` exists already and is not overwritten. Choose another name."),
            ),
            FileFault::NotEmpty { folder } => Text::new(
                format!("`{folder}` tidak kosong. Cadangan hanya dipulihkan ke folder baru atau kosong."),
                format!("`{folder}` is not empty. A backup is restored into a new or empty folder only."),
            ),
            FileFault::Unreadable { file, title, remedy } => Text::new(
                format!("`{file}` tidak dapat diterima. {}. {}.", title.id, remedy.id),
                format!("`{file}` cannot be taken in. {}. {}.", title.en, remedy.en),
            ),
            FileFault::Bad { file, id, en } => Text::new(
                format!(
                    "Cadangan `{file}` tidak dapat dipulihkan: {id}. Tidak ada yang ditulis; pakai cadangan lain."
                ),
                format!(
                    "The backup `{file}` cannot be restored: {en}. Nothing was written; use another backup."
                ),
            ),
        }
    }
}

/// Writes a line of results. A reader who went away, as `head` does, is an error like any other.
pub(crate) fn tell(line: impl Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{line}")
}

/// Picks the words of the reader's language.
pub(crate) fn say(language: Language, id: impl AsRef<str>, en: impl AsRef<str>) -> String {
    match language {
        Language::Id => id.as_ref().to_owned(),
        Language::En => en.as_ref().to_owned(),
    }
}
