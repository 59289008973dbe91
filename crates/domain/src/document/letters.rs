//! Letters, certificates, and papers about money.

use serde::Serialize;

use super::Fact;

/// An enterprise promises to take part to the end; signed by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CommitmentLetter {
    pub number: String,
    pub enterprise: String,
    pub provider: String,
    pub programme: String,
    pub product: String,
    pub facts: Vec<Fact>,
    /// What is taught, module by module.
    pub modules: Vec<String>,
    /// When it was signed, once the letter is on record.
    pub signed: Option<String>,
    /// On record: the enterprise promised data. Absent while the letter is not signed.
    pub shares_data: Option<bool>,
}

/// Invitations to one training, a letter for each enterprise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Invitations {
    pub number: String,
    pub provider: String,
    pub module: String,
    pub purpose: String,
    pub content: Vec<String>,
    pub facts: Vec<Fact>,
    /// People whom each enterprise may send.
    pub participants: String,
    pub letters: Vec<Invitation>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Invitation {
    pub enterprise: String,
    pub region: String,
    /// The baseline is there, or has to be taken before the workshop.
    pub baseline: bool,
}

/// Certificates of those who attended one training.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CourseCertificates {
    pub module: String,
    pub edition: String,
    pub content: Vec<String>,
    pub provider: String,
    pub days: String,
    pub venue: String,
    pub trainer: String,
    pub certificates: Vec<CourseCertificate>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CourseCertificate {
    pub name: String,
    pub enterprise: String,
    pub days: String,
    pub number: String,
    /// Where anybody can check it.
    pub address: String,
}

/// A trainer is certified for one module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TrainerCertificate {
    pub name: String,
    pub module: String,
    pub organisation: String,
    pub programme: String,
    pub number: String,
    pub from: String,
    pub to: String,
    pub vouched_by: String,
    pub address: String,
}

/// An amount of rupiah, in figures and in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    pub figures: String,
    pub words: String,
}

/// What a training would cost an enterprise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FeeQuote {
    pub provider: String,
    /// For whom; a line to be filled in by hand if empty.
    pub to: String,
    pub product: String,
    pub facts: Vec<Fact>,
    /// What the training costs as a whole, by category.
    pub lines: Vec<Fact>,
    pub direct_cost: String,
    /// What others pay.
    pub sponsors: String,
    /// What each enterprise pays.
    pub fee: Amount,
    pub recovery: String,
    pub assumption: String,
    pub valid_until: String,
}

/// A contribution that was received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Receipt {
    pub number: String,
    pub provider: String,
    /// Who paid, as the ledger says: its kind of payer.
    pub payer: String,
    pub amount: Amount,
    pub purpose: String,
    pub day: String,
    /// Given in kind, not in money.
    pub in_kind: bool,
    pub facts: Vec<Fact>,
}
