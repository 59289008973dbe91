//! Doubles among many: which entries may be the same enterprise as one, without comparing it with each of
//! them.
//!
//! Finds what [`likeness`](super::likeness) finds, all of it and nothing else. The same number finds its
//! entry at once. Names are alike only within a province, and only if a word of one is nearly a word of the
//! other, or if both, written as one word, have nearly the same letters; whoever fails both tests is never
//! looked at closely.

use std::collections::BTreeMap;

use super::name::{Spoken, WORDS_MAX};
use super::{Enterprise, Likeness, NEAR, Nib, Npwp, names, threshold};

/// Two words no more alike than this carry no name over the threshold: it is a mean of such likenesses.
const WORDS_ALIKE: f64 = 0.7;

/// Entries that were filed, in the order in which they came.
#[derive(Debug, Default)]
pub struct Doubles {
    entries: Vec<Filed>,
    /// By kind and number.
    numbers: BTreeMap<(bool, String), Vec<usize>>,
    provinces: BTreeMap<Option<String>, Province>,
    words: Vocabulary,
}

#[derive(Debug)]
struct Filed {
    region: String,
    names: Vec<Spoken>,
}

/// The names of a province.
#[derive(Debug, Default)]
struct Province {
    /// Whose name it is.
    names: Vec<usize>,
    letters: Vec<Letters>,
    words: Vec<Vec<Mask>>,
    /// By word: the positions of the names that have it.
    by_word: BTreeMap<usize, Vec<usize>>,
}

impl Doubles {
    /// Files an entry; its number is how many were filed before.
    pub fn add(&mut self, enterprise: &Enterprise) -> usize {
        let entry = self.entries.len();
        for number in numbers(enterprise) {
            self.numbers.entry(number).or_default().push(entry);
        }
        let spoken: Vec<Spoken> = names(enterprise).into_iter().map(Spoken::of).collect();
        let province = self.provinces.entry(province(enterprise)).or_default();
        for name in &spoken {
            for (word, _) in &name.words {
                let filed = province.by_word.entry(self.words.number(word)).or_default();
                if filed.last() != Some(&province.names.len()) {
                    filed.push(province.names.len());
                }
            }
            let Sketch { words, letters } = Sketch::of(name);
            province.names.push(entry);
            province.words.push(words);
            province.letters.push(letters);
        }
        self.entries.push(Filed { region: enterprise.region.clone(), names: spoken });
        entry
    }

    /// Every entry that may be the same, in the order of filing.
    pub fn alike(&mut self, enterprise: &Enterprise) -> Vec<(usize, Likeness)> {
        let mut found: BTreeMap<usize, Likeness> = BTreeMap::new();
        let own: Vec<Spoken> = names(enterprise).into_iter().map(Spoken::of).collect();
        if let Some(province) = self.provinces.get(&province(enterprise)) {
            for name in &own {
                let asked = Sketch::of(name);
                let mut seen = vec![false; province.names.len()];
                for at in province.perhaps(name, &asked, &mut self.words) {
                    let entry = province.names[at];
                    if std::mem::replace(&mut seen[at], true) || found.contains_key(&entry) {
                        continue;
                    }
                    let filed = &self.entries[entry];
                    let threshold = threshold(&enterprise.region, &filed.region);
                    if !asked.may_reach(threshold, &province.words[at], &province.letters[at]) {
                        continue;
                    }
                    let pairs =
                        own.iter().flat_map(|mine| filed.names.iter().map(|theirs| mine.similarity(theirs)));
                    let alike = pairs.fold(0.0, f64::max);
                    if alike >= threshold {
                        found.insert(entry, Likeness::Name(alike));
                    }
                }
            }
        }
        for number in numbers(enterprise) {
            let same = self.numbers.get(&number).into_iter().flatten();
            found.extend(same.map(|entry| (*entry, Likeness::SameNumber)));
        }
        found.into_iter().collect()
    }
}

fn numbers(enterprise: &Enterprise) -> impl Iterator<Item = (bool, String)> + use<> {
    let nib = enterprise.nib.as_ref().map(|nib| (true, Nib::as_str(nib).to_owned()));
    let npwp = enterprise.npwp.as_ref().map(|npwp| (false, Npwp::as_str(npwp).to_owned()));
    nib.into_iter().chain(npwp)
}

fn province(enterprise: &Enterprise) -> Option<String> {
    enterprise.region.get(..2).map(str::to_owned)
}

impl Province {
    /// The names that may be alike, some of them twice; no other is.
    fn perhaps(&self, name: &Spoken, asked: &Sketch, words: &mut Vocabulary) -> Vec<usize> {
        let mut perhaps = Vec::new();
        for (word, _) in &name.words {
            for near in words.near(word) {
                perhaps.extend(self.by_word.get(near).into_iter().flatten());
            }
        }
        let same_letters = |(_, letters): &(usize, &Letters)| asked.letters.may_reach(NEAR - 1e-9, letters);
        perhaps.extend(self.letters.iter().enumerate().filter(same_letters).map(|(at, _)| at));
        perhaps
    }
}

/// What is quickly compared of a name.
struct Sketch {
    words: Vec<Mask>,
    letters: Letters,
}

impl Sketch {
    fn of(name: &Spoken) -> Self {
        Sketch {
            words: name.words.iter().map(|(word, weight)| Mask::of(word, *weight)).collect(),
            letters: Letters::of(&name.joined),
        }
    }

    /// May the two names be alike by `least`? A no is certain.
    fn may_reach(&self, least: f64, words: &[Mask], letters: &Letters) -> bool {
        // What is left out is what a sum of decimals may lose.
        let least = least - 1e-9;
        self.letters.may_reach(least, letters) || self.by_words(words) >= least
    }

    /// No less than the likeness of the two names word by word.
    fn by_words(&self, words: &[Mask]) -> f64 {
        let mut theirs = [0.0_f64; WORDS_MAX];
        let (mut found, mut weight) = (0.0, 0.0);
        for mine in &self.words {
            let mut best = 0.0_f64;
            for (there, word) in theirs.iter_mut().zip(words) {
                let alike = mine.at_most(word);
                best = best.max(alike);
                *there = there.max(alike);
            }
            found += mine.weight * best;
            weight += mine.weight;
        }
        let (mut there, mut weight_there) = (0.0, 0.0);
        for (best, word) in theirs.iter().zip(words) {
            there += word.weight * best;
            weight_there += word.weight;
        }
        f64::midpoint(found / weight, there / weight_there)
    }
}

/// Letters share a place only with letters that names do not have.
fn place(letter: char) -> usize {
    match letter {
        'a'..='z' => letter as usize - 'a' as usize,
        '0'..='9' => 26 + (letter as usize - '0' as usize) / 2,
        _ => 31,
    }
}

/// The highest bit of each byte, and the lowest.
const HIGH: u64 = 0x8080_8080_8080_8080;
const LOW: u64 = 0x0101_0101_0101_0101;

/// How often each letter stands in a text, up to 127 times, eight letters in a word of the machine: as many
/// letters as one text has more must be slips.
#[derive(Clone, Copy, Debug)]
struct Letters {
    counts: [u64; 4],
    mask: Mask,
}

impl Letters {
    fn of(text: &[char]) -> Self {
        let mut counts = [0_u64; 4];
        for letter in text {
            let (word, shift) = (place(*letter) / 8, 8 * (place(*letter) % 8));
            if counts[word] >> shift & 127 < 127 {
                counts[word] += 1 << shift;
            }
        }
        Letters { counts, mask: Mask::of(text, 0) }
    }

    /// May the two texts be alike by `least`? A no is certain. Which letters there are is asked first.
    fn may_reach(&self, least: f64, other: &Letters) -> bool {
        let longest = self.mask.length.max(other.mask.length);
        let slips_allowed = ((1.0 - least) * f64::from(longest)) as u32;
        longest > 0
            && self.mask.slips(&other.mask) <= slips_allowed
            && self.more_than(other) <= slips_allowed
            && other.more_than(self) <= slips_allowed
    }

    /// How many letters this text has that the other has not: no more than that, and mostly exactly.
    fn more_than(&self, other: &Letters) -> u32 {
        let mut more = 0;
        for (one, than) in self.counts.iter().zip(other.counts) {
            // Byte by byte: with its high bit set none borrows from the next; it stays where one is larger.
            let difference = (one | HIGH).wrapping_sub(than);
            let larger = difference & HIGH;
            let kept = difference & larger.wrapping_sub(larger >> 7);
            more += (kept.wrapping_mul(LOW) >> 56) as u32;
        }
        more
    }
}

/// Which letters stand in a word, and what it weighs in a name.
#[derive(Clone, Copy, Debug)]
struct Mask {
    letters: u32,
    length: u32,
    weight: f64,
}

impl Mask {
    fn of(word: &[char], weight: usize) -> Self {
        let letters = word.iter().fold(0, |mask, letter| mask | 1 << place(*letter));
        Mask { letters, length: word.len() as u32, weight: weight as f64 }
    }

    /// No more slips than make one word the other.
    fn slips(&self, other: &Mask) -> u32 {
        let (one, two) = (self.letters & !other.letters, other.letters & !self.letters);
        one.count_ones().max(two.count_ones()).max(self.length.abs_diff(other.length))
    }

    /// No less than what the likeness of the two words counts: nothing below six in ten.
    fn at_most(&self, other: &Mask) -> f64 {
        let (slips, longest) = (self.slips(other), self.length.max(other.length));
        if 5 * slips > 2 * longest { 0.0 } else { 1.0 - f64::from(slips) / f64::from(longest) }
    }
}

/// The words of all names, each once, and for each word that was looked for those that are nearly it.
#[derive(Debug, Default)]
struct Vocabulary {
    numbers: BTreeMap<Vec<char>, usize>,
    words: Vec<Vec<char>>,
    masks: Vec<Mask>,
    /// How many words were there when this was looked up, and those found.
    near: BTreeMap<Vec<char>, (usize, Vec<usize>)>,
}

impl Vocabulary {
    fn number(&mut self, word: &[char]) -> usize {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        self.words.push(word.to_vec());
        self.masks.push(Mask::of(word, 0));
        self.numbers.insert(word.to_vec(), self.words.len() - 1);
        self.words.len() - 1
    }

    /// The words that are nearly `word`.
    fn near(&mut self, word: &[char]) -> &[usize] {
        if !self.near.contains_key(word) {
            self.near.insert(word.to_vec(), (0, Vec::new()));
        }
        let own = Mask::of(word, 0);
        let (known, near) = self.near.entry(word.to_vec()).or_default();
        for at in *known..self.words.len() {
            let alike = own.at_most(&self.masks[at]) >= WORDS_ALIKE;
            if alike && super::name::likeness(word, &self.words[at]) >= WORDS_ALIKE {
                near.push(at);
            }
        }
        *known = self.words.len();
        near
    }
}
