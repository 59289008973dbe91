//! The peer network: enterprises that solved a problem, asked by those that have it, and groups that learn
//! together.
//!
//! Only enterprises whose newest word allows it are found, and nobody's address, phone or e-mail is told: a
//! question and its answer travel through the platform.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::actor::placed_action;
use crate::language::Text;

placed_action!(
    /// Look up who solved what, and which groups there are.
    ReadNetwork { what }, "network.read",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember, ProductivityOfficer]
);
placed_action!(
    /// Ask an enterprise, in the name of another.
    AskPeer { question }, "network.ask",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember],
    functions [Owner, Manager]
);
placed_action!(
    /// Answer a question, or decline it, in the name of the enterprise that was asked.
    AnswerQuestion { question }, "network.answer",
    [Administrator, ProviderManager, Trainer, EnterpriseMember], functions [Owner, Manager]
);
placed_action!(
    /// Begin a learning group, say who belongs to it and when it meets.
    TendGroup { group }, "network.group", [Administrator, ProgrammeOfficer, ProviderManager, Trainer]
);

placed_action!(
    /// Join a learning group in the name of an enterprise, or leave it.
    JoinGroup { group }, "network.join",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember], functions [Owner, Manager]
);

/// Longer texts are no questions.
const WORDS_MAX: usize = 2_000;

/// Why something is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct Unasked(pub Text);

fn refuse(id: &str, en: &str) -> Unasked {
    Unasked(Text::new(id, en))
}

/// A question from one enterprise to another about a project that worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// Fresh.
    pub id: String,
    pub programme: String,
    /// The enterprise that asks.
    pub from: String,
    /// The verified project that is asked about; it says whom.
    pub project: String,
    pub words: String,
}

impl NewQuestion {
    pub fn check(&self) -> Result<(), Unasked> {
        words(&self.words)
    }
}

/// What the enterprise says: an answer, or that it rather would not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reply", content = "words")]
pub enum Reply {
    Answer(String),
    Decline,
}

impl Reply {
    pub fn check(&self) -> Result<(), Unasked> {
        match self {
            Reply::Answer(text) => words(text),
            Reply::Decline => Ok(()),
        }
    }
}

/// Is it something to send? Addresses stay out of it: whoever wants to meet says so in a learning group.
fn words(text: &str) -> Result<(), Unasked> {
    if !text.chars().any(char::is_alphanumeric) {
        return Err(refuse(
            "Tulis dulu apa yang ingin Anda sampaikan.",
            "Write first what you would like to say.",
        ));
    }
    if text.chars().count() > WORDS_MAX {
        return Err(refuse(
            "Terlalu panjang: paling banyak 2.000 huruf.",
            "Too long: 2,000 letters at most.",
        ));
    }
    if names_an_address(text) {
        return Err(refuse(
            "Jangan tulis surel atau nomor telepon: jawaban sampai lewat halaman ini.",
            "Leave out e-mail addresses and phone numbers: the answer arrives on this page.",
        ));
    }
    Ok(())
}

/// An e-mail address, or nine digits in a row as phone numbers have them. Rupiah are written with points.
fn names_an_address(text: &str) -> bool {
    let email = text
        .split_whitespace()
        .any(|word| word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')));
    let phone = text
        .split(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '-' | ' ' | '+')))
        .any(|run| {
            let digits: String = run.chars().filter(char::is_ascii_digit).collect();
            digits.len() >= 9 && (digits.starts_with('0') || digits.starts_with("62"))
        });
    email || phone
}

/// Enterprises that meet to learn from each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Fresh, or that of the group to correct.
    pub id: String,
    pub programme: String,
    pub organisation: String,
    pub region: String,
    pub title: String,
    /// A problem of the programme's library, if the group is about one.
    pub problem_kind: Option<String>,
    pub next_on: Option<Date>,
    /// Where and how the group meets.
    pub note: String,
}

impl Group {
    pub fn check(&self) -> Result<(), Unasked> {
        if self.title.trim().is_empty() {
            return Err(refuse("Beri nama kelompok itu.", "Give the group a name."));
        }
        if self.title.chars().count() > 120 || self.note.chars().count() > WORDS_MAX {
            return Err(refuse("Terlalu panjang.", "Too long."));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_words_without_addresses() {
        let question = |words: &str| NewQuestion {
            id: "q".into(),
            programme: "p".into(),
            from: "e1".into(),
            project: "x1".into(),
            words: words.into(),
        };
        for (words, fits) in [
            ("Rak seperti apa yang Anda pakai? Biaya Rp 4.200.000 masih terlalu mahal bagi kami.", true),
            ("Sejak 2019-2020 kami mencoba 3 cara.", true),
            ("  ?!", false),
            ("Hubungi saya di wati@usaha.id", false),
            ("WA 0812-3456-7890 ya", false),
            ("telepon +62 812 3456 789", false),
        ] {
            assert_eq!(question(words).check().is_ok(), fits, "{words}");
        }
        assert!(question(&"a".repeat(2_001)).check().is_err());
        assert!(Reply::Decline.check().is_ok());
        assert!(Reply::Answer(String::new()).check().is_err());
    }
}
