//! People who take part, and their consent.
//!
//! As little as is needed: a name where a certificate or a list of participants needs one, the sex
//! because results are told by sex, a way to reach them. Everything that names a person is encrypted
//! at rest, every look is on record, and a person can be exported and erased.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::actor::{Action, Place, Role, placed_action};

/// Sex as people state it, for results by sex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    Female,
    Male,
}

impl Sex {
    pub const ALL: [Sex; 2] = [Sex::Female, Sex::Male];

    pub fn code(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Sex::ALL.into_iter().find(|sex| sex.code() == code)
    }
}

/// Somebody who takes part. Name, phone and e-mail are encrypted at rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    pub name: String,
    pub phone: String,
    pub email: String,
    pub sex: Option<Sex>,
    /// The enterprise for which this person works.
    pub enterprise: Option<String>,
    /// The organisation for which this person works, such as a trainer's provider.
    pub organisation: Option<String>,
    /// The account, if this person signs in.
    pub account: Option<String>,
}

/// Those who work with participants.
const KEEPERS: &[Role] = &[
    Role::Administrator,
    Role::ProgrammeOfficer,
    Role::ProviderManager,
    Role::Trainer,
    Role::EnterpriseMember,
    Role::ProductivityOfficer,
];

/// Put a person on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordPerson {
    /// Fresh, or that of the person to correct.
    pub id: String,
    pub person: Person,
    /// Where the enterprise or the organisation of the person stands.
    pub place: Place,
}

impl Action for RecordPerson {
    const NAME: &'static str = "person.record";
    const ROLES: &'static [Role] = KEEPERS;

    fn subject(&self) -> String {
        self.id.clone()
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}

placed_action!(
    /// See who a person is: name, phone, e-mail. Every look is on record.
    ReadPerson { person }, "person.read",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember, ProductivityOfficer]
);
placed_action!(
    /// Hand out all that is kept about a person, at the person's wish.
    ExportPerson { person }, "person.export", [Administrator, ProgrammeOfficer, ProviderManager]
);
placed_action!(
    /// Forget who a person is, at the person's wish. What was counted stays counted, without a name.
    ErasePerson { person }, "person.erase", [Administrator, ProgrammeOfficer, ProviderManager]
);

/// What the person who erases has decided: the name was found there, and it is this person's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasure {
    /// Ids of places in lists of participants.
    pub participations: BTreeSet<String>,
    /// Keys of texts out of which the name is taken.
    pub mentions: BTreeSet<String>,
}

/// Words before a name that are nobody's name.
const ADDRESSES: [&str; 11] =
    ["ibu", "bapak", "bpk", "pak", "haji", "hajah", "hajjah", "sdr", "sdri", "mas", "mbak"];

/// The words by which somebody is named in a text, in lower case; those of less than three letters tell
/// nothing, unless there is no other.
fn telling_words(name: &str) -> Vec<String> {
    let all: Vec<String> =
        words(name).map(|(_, word)| word.to_lowercase()).filter(|word| !word.is_empty()).collect();
    let telling: Vec<String> = all
        .iter()
        .filter(|word| word.chars().count() >= 3 && !ADDRESSES.contains(&word.as_str()))
        .cloned()
        .collect();
    if telling.is_empty() { all } else { telling }
}

/// The words of a text and where each begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|letter: char| !letter.is_alphanumeric()).filter_map(move |word| {
        let begins = at;
        // What splits is one letter long, of one byte or of several.
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((begins, word))
    })
}

/// Does the text name this person, by any word of the name, or by all of them where `wholly`?
pub fn is_named_in(name: &str, text: &str, wholly: bool) -> bool {
    let asked = telling_words(name);
    let there: BTreeSet<String> = words(text).map(|(_, word)| word.to_lowercase()).collect();
    let found = |word: &String| there.contains(word);
    !asked.is_empty() && if wholly { asked.iter().all(found) } else { asked.iter().any(found) }
}

/// The text without the words that name this person.
pub fn without_name(name: &str, text: &str) -> String {
    let asked = telling_words(name);
    let (mut plain, mut copied) = (String::with_capacity(text.len()), 0);
    for (begins, word) in words(text) {
        if asked.contains(&word.to_lowercase()) {
            plain.push_str(&text[copied..begins]);
            plain.push('…');
            copied = begins + word.len();
        }
    }
    plain.push_str(&text[copied..]);
    plain
}

/// Who consents.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "id")]
pub enum ConsentSubject {
    Person(String),
    Enterprise(String),
}

impl ConsentSubject {
    pub fn kind(&self) -> &'static str {
        match self {
            ConsentSubject::Person(_) => "person",
            ConsentSubject::Enterprise(_) => "enterprise",
        }
    }

    pub fn id(&self) -> &str {
        match self {
            ConsentSubject::Person(id) | ConsentSubject::Enterprise(id) => id,
        }
    }
}

/// For what. One consent for one purpose: a photo is not covered by the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Take part, and be recorded and measured for the programme.
    Programme,
    /// Be counted in statistics, protected.
    Statistics,
    /// Be named in a public case study.
    Story,
    /// Be seen in published photos.
    Photos,
    /// Be found and asked by other enterprises.
    Network,
}

impl Purpose {
    pub const ALL: [Purpose; 5] =
        [Purpose::Programme, Purpose::Statistics, Purpose::Story, Purpose::Photos, Purpose::Network];

    pub fn code(self) -> &'static str {
        match self {
            Purpose::Programme => "programme",
            Purpose::Statistics => "statistics",
            Purpose::Story => "story",
            Purpose::Photos => "photos",
            Purpose::Network => "network",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Purpose::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// Put on record that consent was given, refused or taken back. The newest word counts; all stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordConsent {
    /// Fresh id of this word.
    pub id: String,
    pub subject: ConsentSubject,
    pub purpose: Purpose,
    pub given: bool,
    /// The day on which it was said or signed.
    pub on: jiff::civil::Date,
    /// What proves it: the letter, the form, the file. No names.
    #[serde(default)]
    pub evidence: String,
    pub place: Place,
}

impl Action for RecordConsent {
    const NAME: &'static str = "consent.record";
    const ROLES: &'static [Role] = KEEPERS;

    fn subject(&self) -> String {
        self.subject.id().to_owned()
    }

    fn place(&self) -> Place {
        self.place.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_people_write_it_and_taken_out_word_by_word() {
        for (name, text, any, wholly, without) in [
            ("Wati Rahasia", "Tanya Bu Wati di gudang.", true, false, "Tanya Bu … di gudang."),
            ("Ibu Wati Rahasia", "wati RAHASIA: rak baru", true, true, "… …: rak baru"),
            ("Wati", "Setiawati dan Watiningsih", false, false, "Setiawati dan Watiningsih"),
            ("Ibu Sari", "Kata ibu itu mahal", false, false, "Kata ibu itu mahal"),
            ("Al", "pak Al…", true, true, "pak ……"),
            ("Nyai Ömer", "«Ömer» é", true, false, "«…» é"),
            ("", "apa saja", false, false, "apa saja"),
            ("--", "-- a", false, false, "-- a"),
            ("Wati", "", false, false, ""),
        ] {
            assert_eq!(is_named_in(name, text, false), any, "{name} in {text}");
            assert_eq!(is_named_in(name, text, true), wholly, "{name} wholly in {text}");
            assert_eq!(without_name(name, text), without, "{name} out of {text}");
        }
    }

    proptest::proptest! {
        /// Whatever the words are, afterwards the name is not in them.
        #[test]
        fn a_text_without_the_name_names_nobody(name in "\\PC{0,12}", text in "\\PC{0,40}") {
            let without = without_name(&name, &format!("{text} {name} {text}"));
            proptest::prop_assert!(!is_named_in(&name, &without, false), "{without}");
        }
    }

    #[test]
    fn codes_are_read_as_they_are_written() {
        for sex in Sex::ALL {
            assert_eq!(Sex::parse(sex.code()), Some(sex));
        }
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::parse(purpose.code()), Some(purpose));
        }
    }
}
