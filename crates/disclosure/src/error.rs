//! What can go wrong in disclosure control, in words a person can act on.

use domain::language::Text;

/// Why a cube could not be protected, read or proved safe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DisclosureError {
    #[error("[protection] {key}: {}", message.en)]
    Plan { key: String, message: Text },
    #[error(
        "the cube has no contributions for measure `{measure}`, so nobody can judge its cells; \
             name another measure in [protection] measures, or let the cube record its contributors"
    )]
    NoContributions { measure: String },
    #[error(
        "the cube has no measure with contributions: nothing can be judged; let the cube record contributors, \
             or use kind = \"already-public\" if the table is published already"
    )]
    NothingToJudge,
    #[error("the cube is damaged: {0}")]
    Damaged(String),
    #[error("the table does not add up: {measure} of cell {cell} is {stated}, but its parts sum to {sum} \
             (difference {difference}); correct the table before it is protected", difference = .stated - .sum)]
    DoesNotAddUp { measure: String, cell: String, stated: f64, sum: f64 },
    #[error("cell {cell} of {measure} cannot be protected: {message}")]
    CannotProtect { measure: String, cell: String, message: String },
    /// An error of the program, never of the input: a proof does not hold.
    #[error(
        "the proof of safety does not hold and nothing was released: {0}; please report this as an error of the program"
    )]
    ProofFailed(String),
    #[error("not a protected cube of this program: {0}")]
    NotProtected(String),
    #[error("not a proof of this program: {0}")]
    NotAProof(String),
    #[error("{place}: {message}")]
    Table { place: String, message: String },
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    #[error("stopped on request; nothing was released")]
    Cancelled,
}

impl DisclosureError {
    /// A plan that cannot be used: the key, and what to write instead, in both languages.
    pub(crate) fn plan(key: &str, indonesian: impl Into<String>, english: impl Into<String>) -> Self {
        DisclosureError::Plan { key: key.to_owned(), message: Text::new(indonesian.into(), english.into()) }
    }

    /// What went wrong and what to do, for whoever reads it.
    pub fn text(&self) -> Text {
        let indonesian = match self {
            DisclosureError::Plan { key, message } => format!("[protection] {key}: {}", message.id),
            DisclosureError::NoContributions { measure } => format!(
                "Kubus tidak memuat penyumbang untuk ukuran `{measure}`, jadi selnya tidak dapat dinilai; sebutkan \
                 ukuran lain pada [protection] measures, atau hitung kubus beserta penyumbangnya."
            ),
            DisclosureError::NothingToJudge => "Kubus tidak punya ukuran dengan penyumbang, jadi tidak ada yang \
                 dapat dinilai; hitung kubus beserta penyumbangnya, atau tulis kind = \"already-public\" bila tabel \
                 ini memang sudah diterbitkan."
                .into(),
            DisclosureError::Damaged(message) => {
                format!("Kubus rusak: {message}. Hitung ulang kubus dari cuplikannya.")
            }
            DisclosureError::DoesNotAddUp { measure, cell, stated, sum } => format!(
                "Tabel tidak menjumlah: {measure} pada sel {cell} tertulis {stated}, padahal bagian-bagiannya berjumlah \
                 {sum} (selisih {}); betulkan tabel sebelum dilindungi.",
                stated - sum
            ),
            DisclosureError::CannotProtect { measure, cell, message } => {
                format!("Sel {cell} dari {measure} tidak dapat dilindungi: {message}")
            }
            DisclosureError::ProofFailed(message) => format!(
                "Bukti keamanan tidak berlaku dan tidak ada yang diterbitkan: {message}; mohon laporkan sebagai \
                 kesalahan program."
            ),
            DisclosureError::NotProtected(message) => {
                format!("Bukan kubus terlindungi dari program ini: {message}")
            }
            DisclosureError::NotAProof(message) => format!("Bukan bukti dari program ini: {message}"),
            DisclosureError::Table { place, message } => format!("Tabel tidak dapat dibaca, {place}: {message}"),
            DisclosureError::File { path, source } => {
                format!("Berkas {path} tidak dapat dibaca atau ditulis: {source}")
            }
            DisclosureError::Cancelled => {
                "Dihentikan sesuai permintaan; tidak ada yang diterbitkan.".into()
            }
        };
        Text::new(indonesian, self.to_string())
    }
}
