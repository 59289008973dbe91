//! Why an act is not lawful now, and what to do about it, in both languages.

use jiff::civil::Date;

use super::standing::Step;
use crate::language::Text;

/// An act that may not be done as things stand. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{}", self.text().en)]
pub enum Refusal {
    Empty {
        field: &'static str,
    },
    TooLong {
        field: &'static str,
        max: usize,
    },
    BelowZero {
        field: &'static str,
    },
    NotThere {
        noun: &'static str,
    },
    AlreadyThere {
        noun: &'static str,
    },
    InTheFuture {
        on: Date,
    },
    /// Earlier than what must come before it.
    Before {
        on: Date,
        what: Step,
        was: Date,
    },
    EndsBeforeItStarts,
    Closed {
        noun: &'static str,
        state: &'static str,
    },
    NotCommitted,
    EndlineWithoutBaseline,
    BaselineAfterWorkshop {
        workshop: Date,
    },
    NothingAssessed,
    OutOfOrder {
        expected: String,
    },
    ModuleOpen {
        module: String,
    },
    NotYet {
        missing: Vec<Step>,
    },
    AlreadyDelivered {
        on: Date,
    },
    NotHeldYet,
    MoreAnswersThanPeople {
        answered: u64,
        there: u64,
    },
    NamedTwice {
        name: String,
    },
    InTwoEnterprises {
        name: String,
        first: String,
        second: String,
    },
    NobodyCame,
    TooEarly {
        from: Date,
    },
    NoConsent,
    PeopleNotAsked,
    TooManyPairs {
        max: usize,
    },
    /// A figure that says it comes from the records and differs from them.
    NotAsRecorded {
        label: String,
    },
    /// Listed, but without a single day.
    NoDay {
        name: String,
    },
}

impl Refusal {
    /// The field of a form that must be mended, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::Empty { field } | Refusal::TooLong { field, .. } | Refusal::BelowZero { field } => {
                Some(field)
            }
            Refusal::InTheFuture { .. }
            | Refusal::Before { .. }
            | Refusal::BaselineAfterWorkshop { .. }
            | Refusal::TooEarly { .. } => Some("on"),
            Refusal::EndsBeforeItStarts => Some("ends_on"),
            Refusal::NothingAssessed => Some("because"),
            Refusal::OutOfOrder { .. } => Some("module"),
            Refusal::NamedTwice { .. } | Refusal::InTwoEnterprises { .. } | Refusal::NoDay { .. } => {
                Some("participants")
            }
            Refusal::TooManyPairs { .. } | Refusal::NotAsRecorded { .. } => Some("pairs"),
            Refusal::NobodyCame => Some("women"),
            Refusal::PeopleNotAsked => Some("people_agreed"),
            _ => None,
        }
    }

    pub fn text(&self) -> Text {
        match self {
            Refusal::Empty { .. } => {
                Text::new("Bagian ini masih kosong. Isilah.", "This is empty. Fill it in.")
            }
            Refusal::TooLong { max, .. } => Text::new(
                format!("Tulisan ini lebih panjang dari {max} huruf. Ringkaslah."),
                format!("This is longer than {max} letters. Shorten it."),
            ),
            Refusal::BelowZero { .. } => {
                Text::new("Nilai ini di bawah nol. Periksa tandanya.", "This is below zero. Check the sign.")
            }
            Refusal::NotThere { noun } => not_there(noun),
            Refusal::AlreadyThere { noun } => Text::new(
                format!("{} ini sudah tercatat. Muat ulang halaman untuk melihatnya.", noun_id(noun)),
                format!("This {noun} is on record already. Reload the page to see it."),
            ),
            Refusal::EndsBeforeItStarts => Text::new(
                "Hari terakhir mendahului hari pertama. Periksa keduanya.",
                "The last day lies before the first. Check both.",
            ),
            Refusal::Closed { noun, state } => Text::new(
                format!("{} ini sudah {}; tidak dapat diubah lagi.", noun_id(noun), state_id(state)),
                format!("This {noun} is {state} and can no longer be changed."),
            ),
            Refusal::NotYet { missing } => not_yet(missing),
            Refusal::OutOfOrder { expected } => Text::new(
                format!("Modul ini belum gilirannya. Yang dapat dimulai sekarang: {expected}."),
                format!("It is not this module's turn. What may begin now: {expected}."),
            ),
            Refusal::ModuleOpen { module } => Text::new(
                format!("Modul {module} belum selesai. Selesaikan dahulu, lalu mulai modul berikutnya."),
                format!("Module {module} is not finished. Finish it, then begin the next."),
            ),
            Refusal::NotHeldYet => Text::new(
                "Pelatihan ini belum tercatat terlaksana. Isi daftar hadirnya dahulu.",
                "This training is not on record as held. Take attendance first.",
            ),
            Refusal::MoreAnswersThanPeople { answered, there } => Text::new(
                format!("Jawaban ({answered}) lebih banyak daripada peserta ({there}). Periksa hitungannya."),
                format!("There are more answers ({answered}) than participants ({there}). Check the count."),
            ),
            Refusal::NamedTwice { name } => Text::new(
                format!("“{name}” tertulis dua kali. Hapus salah satu, atau tandai bila memang dua orang."),
                format!("“{name}” stands twice. Remove one, or say that they are two people."),
            ),
            Refusal::InTwoEnterprises { name, first, second } => Text::new(
                format!(
                    "“{name}” tercatat untuk {first} dan untuk {second}. Satu orang mewakili satu usaha: \
                     hapus salah satu, atau tandai bila memang dua orang bernama sama."
                ),
                format!(
                    "“{name}” is listed for {first} and for {second}. One person speaks for one enterprise: \
                     remove one, or say that they are two people of the same name."
                ),
            ),
            Refusal::NobodyCame => Text::new(
                "Belum ada yang hadir. Bila kunjungan tidak jadi, batalkan dengan alasannya.",
                "Nobody attended. If the visit did not take place, cancel it and say why.",
            ),
            _ => self.text_of_order(),
        }
    }

    /// What concerns baselines and the order of days.
    fn text_of_order(&self) -> Text {
        match self {
            Refusal::InTheFuture { on } => Text::new(
                format!("Tanggal {on} belum tiba. Tulis hari ketika ini terjadi, atau rencanakan saja."),
                format!("{on} has not come yet. Write the day on which it happened, or only plan it."),
            ),
            Refusal::Before { on, what, was } => Text::new(
                format!("Tanggal {on} mendahului {} ({was}). Periksa tanggalnya.", what.words().id),
                format!("{on} lies before the {} ({was}). Check the date.", what.words().en),
            ),
            Refusal::NotCommitted => Text::new(
                "Surat komitmen belum ditandatangani. Catat surat itu dahulu.",
                "The letter of commitment is not signed. Record the letter first.",
            ),
            Refusal::EndlineWithoutBaseline => Text::new(
                "Data akhir tidak berarti tanpa data awal. Isi data awal dahulu; bila memang tidak pernah dicatat, \
                 pilih “tidak dicatat” dan tulis alasannya.",
                "An endline means nothing without a baseline. Record the baseline first; if it was never tracked, \
                 choose “not tracked” and say why.",
            ),
            Refusal::BaselineAfterWorkshop { workshop } => Text::new(
                format!(
                    "Lokakarya sudah mulai pada {workshop}, jadi keadaan sesudahnya bukan data awal. Tulis tanggal \
                     sebelum lokakarya, atau pilih “tidak dicatat” dan tulis alasannya."
                ),
                format!(
                    "The workshop began on {workshop}, so what was seen later is no baseline. Give a day before \
                     it, or choose “not tracked” and say why."
                ),
            ),
            Refusal::NothingAssessed => Text::new(
                "Tidak ada satu pun jawaban. Jawab daftar periksa, atau tulis mengapa tidak dicatat.",
                "There is no answer at all. Answer the checklist, or say why it was not tracked.",
            ),
            Refusal::AlreadyDelivered { on } => Text::new(
                format!(
                    "Modul ini sudah ditutup pada {on}. Tidak ada yang hilang; muat ulang untuk melihatnya."
                ),
                format!("This module was closed on {on}. Nothing is lost; reload the page to see it."),
            ),
            Refusal::TooEarly { from } => Text::new(
                format!("Masih terlalu awal. Data lanjutan ini dapat diisi mulai {from}."),
                format!("It is too early. This follow-up can be recorded from {from}."),
            ),
            Refusal::NoConsent => Text::new(
                "Usaha belum menyetujui. Catat dahulu persetujuannya: siapa dan kapan.",
                "The enterprise has not agreed. Record its consent first: who, and when.",
            ),
            Refusal::PeopleNotAsked => Text::new(
                "Tanyakan dahulu kepada setiap orang yang dapat dikenali di foto, lalu tandai.",
                "Ask everybody who can be recognised in the photo first, then tick the box.",
            ),
            Refusal::TooManyPairs { max } => Text::new(
                format!("Paling banyak {max} angka. Pilih yang paling berarti."),
                format!("{max} figures at most. Choose those that say most."),
            ),
            Refusal::NotAsRecorded { label } => Text::new(
                format!("“{label}” tidak sama dengan catatan. Muat ulang halaman, lalu centang lagi."),
                format!("“{label}” is not what the records say. Reload the page and tick it again."),
            ),
            Refusal::NoDay { name } => Text::new(
                format!("“{name}” tidak hadir sehari pun. Centang harinya, atau hapus namanya."),
                format!("“{name}” attended on no day. Tick the days, or remove the name."),
            ),
            // Every other refusal has its words above.
            _ => Text::new("Ini belum dapat dilakukan.", "This cannot be done yet."),
        }
    }
}

fn not_yet(missing: &[Step]) -> Text {
    let list = |side: fn(&Text) -> &str| {
        missing.iter().map(|step| side(&step.words()).to_owned()).collect::<Vec<_>>().join(", ")
    };
    let (id, en) = (list(|text| &text.id), list(|text| &text.en));
    Text::new(
        format!("Masih kurang: {id}. Lengkapi dahulu."),
        format!("Still missing: {en}. Complete it first."),
    )
}

fn not_there(noun: &str) -> Text {
    Text::new(
        format!("{} ini tidak ditemukan di sini. Muat ulang halaman, lalu pilih lagi.", noun_id(noun)),
        format!("There is no such {noun} here. Reload the page and choose again."),
    )
}

fn noun_id(noun: &str) -> &'static str {
    match noun {
        "training" => "Pelatihan",
        "module" => "Modul",
        "product" => "Produk",
        "phase" => "Tahap",
        "programme" => "Program",
        "enterprise" => "Usaha",
        "engagement" => "Pendampingan",
        "visit" => "Kunjungan",
        "project" => "Usulan perbaikan",
        "report" => "Laporan",
        "plan" => "Rencana",
        "team" => "Tim",
        "baseline" => "Data awal",
        "assessment" => "Data",
        "practice" => "Butir periksa",
        "problem" => "Masalah",
        "letter" => "Surat komitmen",
        "case study" => "Studi kasus",
        "photo" => "Foto",
        _ => "Hal",
    }
}

fn state_id(state: &str) -> &'static str {
    match state {
        "held" => "terlaksana",
        "cancelled" => "dibatalkan",
        "approved" => "disetujui",
        "submitted" => "dikirim untuk diperiksa",
        "exited" => "selesai",
        "withdrawn" => "berhenti",
        "done" => "selesai",
        "verified" => "diperiksa",
        "dropped" => "tidak dilanjutkan",
        "published" => "terbit",
        "retracted" => "ditarik",
        _ => "ditutup",
    }
}
