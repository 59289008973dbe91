//! Names as people remember them: a search forgives spelling, and a double is noticed.
//!
//! A word is folded first: the spelling before 1972 (oe, dj, tj), sounds that are written in several
//! ways (ph and f, ch and c) and doubled letters become one. Two folded words are near when one
//! letter more, less or other makes them equal, and two when they are long.

use std::collections::BTreeSet;

/// Words that say what kind of firm it is and not which.
const LEGAL_FORMS: [&str; 12] =
    ["pt", "cv", "ud", "pd", "fa", "tbk", "persero", "perseroan", "firma", "perum", "kop", "ltd"];

/// More words than this are not looked at.
pub(super) const WORDS_MAX: usize = 12;

/// The folded words of a name, in order, without legal forms; all of them if nothing else is left.
pub fn words(name: &str) -> Vec<String> {
    let all: Vec<String> = name
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(|word| word.chars().take(40).collect::<String>().to_lowercase())
        .collect();
    let telling: Vec<String> =
        all.iter().filter(|word| !LEGAL_FORMS.contains(&word.as_str())).map(|word| fold(word)).collect();
    if telling.is_empty() { all.iter().map(|word| fold(word)).collect() } else { telling }
}

/// The words under which a name is filed: its own, and all of them written as one, so that
/// `Mubarok Food` is found as `Mubarokfood`.
pub fn index_words(name: &str) -> BTreeSet<String> {
    let words = words(name);
    let mut filed: BTreeSet<String> = words.iter().cloned().collect();
    if words.len() > 1 {
        filed.insert(words.concat().chars().take(60).collect());
    }
    filed
}

/// One spelling for a word in lower case.
fn fold(word: &str) -> String {
    const SOUNDS: [(&str, &str); 14] = [
        ("oe", "u"),
        ("dj", "j"),
        ("tj", "c"),
        ("sj", "sy"),
        ("nj", "ny"),
        ("ch", "c"),
        ("ph", "f"),
        ("th", "t"),
        ("dh", "d"),
        ("kh", "k"),
        ("v", "f"),
        ("q", "k"),
        ("z", "s"),
        ("x", "ks"),
    ];
    let mut folded: String = word.chars().map(plain).collect();
    for (written, sound) in SOUNDS {
        folded = folded.replace(written, sound);
    }
    let mut once = String::with_capacity(folded.len());
    for letter in folded.chars() {
        // Digits stay: Unit 11 is not Unit 1.
        if !once.ends_with(letter) || letter.is_ascii_digit() {
            once.push(letter);
        }
    }
    once
}

fn plain(letter: char) -> char {
    match letter {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        letter => letter,
    }
}

/// The keys under which a folded word is found: itself, its beginnings, and itself with one letter
/// left out. Two words within one letter of each other share a key.
pub fn keys(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut keys: BTreeSet<String> = (3..letters.len()).map(|end| letters[..end].iter().collect()).collect();
    keys.extend(slips(word));
    keys
}

/// The keys that a searched word tries: as typed, and with one letter left out.
pub fn slips(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut keys = BTreeSet::from([word.to_owned()]);
    if letters.len() > 3 {
        for left_out in 0..letters.len() {
            keys.insert(
                letters.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, l)| l).collect(),
            );
        }
    }
    keys
}

/// Is `word` what somebody may have meant who typed `typed`?
pub fn is_near(typed: &str, word: &str) -> bool {
    let allowed = match typed.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    word.starts_with(typed) || distance(&letters(typed), &letters(word)) <= allowed
}

fn letters(word: &str) -> Vec<char> {
    word.chars().collect()
}

/// Letters to insert, remove, replace or swap with their neighbour.
fn distance(one: &[char], other: &[char]) -> usize {
    let width = other.len() + 1;
    let mut rows = vec![0_usize; (one.len() + 1) * width];
    for i in 0..=one.len() {
        for j in 0..=other.len() {
            let at = |i: usize, j: usize| i * width + j;
            rows[at(i, j)] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(one[i - 1] != other[j - 1]);
                let mut least =
                    (rows[at(i - 1, j)] + 1).min(rows[at(i, j - 1)] + 1).min(rows[at(i - 1, j - 1)] + same);
                if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                    least = least.min(rows[at(i - 2, j - 2)] + 1);
                }
                least
            };
        }
    }
    rows[rows.len() - 1]
}

/// How alike two words are, from 0 to 1.
pub(super) fn likeness(one: &[char], other: &[char]) -> f64 {
    let longest = one.len().max(other.len()) as f64;
    1.0 - distance(one, other) as f64 / longest
}

/// A name made ready to be compared with many others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spoken {
    /// Folded, each with what it weighs.
    pub(super) words: Vec<(Vec<char>, usize)>,
    /// All words as one.
    pub(super) joined: Vec<char>,
}

impl Spoken {
    pub(super) fn of(name: &str) -> Self {
        let words = words(name);
        Spoken {
            joined: letters(&words.concat()),
            words: words.iter().map(|word| (letters(word), word.len())).collect(),
        }
    }

    /// As [`similarity`].
    pub(super) fn similarity(&self, other: &Spoken) -> f64 {
        if self.words.is_empty() || other.words.is_empty() {
            return 0.0;
        }
        let by_words = f64::midpoint(self.covered_by(other), other.covered_by(self));
        by_words.max(likeness(&self.joined, &other.joined))
    }

    /// Which part of this name the words of the other say.
    fn covered_by(&self, other: &Spoken) -> f64 {
        let letters: usize = self.words.iter().map(|(_, weight)| weight).sum();
        let found: f64 = self
            .words
            .iter()
            .map(|(word, weight)| {
                let best = other.words.iter().map(|(there, _)| likeness(word, there)).fold(0.0, f64::max);
                // Half alike is chance: short words share letters easily.
                *weight as f64 * if best < 0.6 { 0.0 } else { best }
            })
            .sum();
        found / letters as f64
    }
}

/// How alike two names are, from 0 to 1: order of words, legal form and small slips do not count.
pub fn similarity(one: &str, other: &str) -> f64 {
    Spoken::of(one).similarity(&Spoken::of(other))
}

/// How well a name answers what somebody typed, from 0 to 1: every typed word should be in it, whole
/// or begun; what else the name says counts little.
pub fn answers(typed: &str, name: &str) -> f64 {
    let (asked, there) = (words(typed), words(name));
    if asked.is_empty() || there.is_empty() {
        return 0.0;
    }
    let joined = there.concat();
    let found: f64 = asked
        .iter()
        .map(|word| {
            let begun = there.iter().any(|other| other.starts_with(word.as_str()));
            let whole = there.contains(word);
            match (whole, begun || joined.starts_with(word.as_str())) {
                (true, _) => 1.0,
                (_, true) => 0.9,
                _ if there.iter().any(|other| is_near(word, other)) => 0.7,
                _ => 0.0,
            }
        })
        .sum();
    0.8 * found / asked.len() as f64 + 0.2 * similarity(typed, name)
}
