//! What cannot be true at once, and what cannot be understood.

use super::{Assertion, Assertions, Counting, Worded};
use crate::indicator::Semantic;
use crate::language::Text;

/// What kind of conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictKind {
    /// A part is larger than the whole that contains it.
    PartBeyondWhole,
    /// A total that can only grow is smaller at a later date.
    Falls,
    /// The source does not say whether it is a magnitude or a share of enterprises.
    MeaningUnknown,
    /// One says how much, the other for how many.
    MeaningsDiffer,
    /// Worded "since" a date, and counted up to it.
    WordedAsSince,
    /// Stated at second hand only.
    SecondHand,
}

impl ConflictKind {
    pub fn code(self) -> &'static str {
        match self {
            ConflictKind::PartBeyondWhole => "part-beyond-whole",
            ConflictKind::Falls => "falls",
            ConflictKind::MeaningUnknown => "meaning-unknown",
            ConflictKind::MeaningsDiffer => "meanings-differ",
            ConflictKind::WordedAsSince => "worded-as-since",
            ConflictKind::SecondHand => "second-hand",
        }
    }

    /// Can it not be true, or is it only unclear?
    pub fn is_contradiction(self) -> bool {
        matches!(self, ConflictKind::PartBeyondWhole | ConflictKind::Falls)
    }
}

/// Figures that disagree, or one that cannot be understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict<'a> {
    pub kind: ConflictKind,
    pub between: Vec<&'a Assertion>,
    pub text: Text,
}

pub(super) fn find(assertions: &Assertions) -> Vec<Conflict<'_>> {
    let mut found = Vec::new();
    for stated in &assertions.stated {
        let all = assertions.timeline(&stated.code);
        for (place, one) in all.iter().enumerate() {
            found.extend(alone(assertions, one));
            for other in &all[place + 1..] {
                if stated.grows {
                    found.extend(falls(one, other));
                    found.extend(part_beyond_whole(assertions, one, other));
                    found.extend(part_beyond_whole(assertions, other, one));
                }
                found.extend(meanings_differ(one, other));
            }
        }
    }
    found.sort_by_key(|conflict| conflict.kind);
    found
}

/// What is unclear about one figure by itself.
fn alone<'a>(assertions: &Assertions, one: &'a Assertion) -> Vec<Conflict<'a>> {
    let mut found = Vec::new();
    let mut add = |kind, text| found.push(Conflict { kind, between: vec![one], text });
    let value = one.value;
    if one.semantic.is_none() {
        add(
            ConflictKind::MeaningUnknown,
            Text::new(
                format!(
                    "Sumber tidak menyebut apakah {value}% itu besarnya perubahan atau bagian perusahaan yang mengalaminya."
                ),
                format!(
                    "The source does not say whether {value}% is the size of the change or the share of enterprises that had it."
                ),
            ),
        );
    }
    if one.counting == Counting::Cumulative && one.worded == Worded::Since {
        add(
            ConflictKind::WordedAsSince,
            Text::new(
                format!("Tertulis \"mulai\" {}, tetapi {value} adalah jumlah sampai tanggal itu.", one.as_of),
                format!("Worded as \"since\" {}, but {value} is the total up to that date.", one.as_of),
            ),
        );
    }
    if assertions.is_weak(one) {
        add(
            ConflictKind::SecondHand,
            Text::new(
                format!("{value} hanya ada di sumber kedua dan tidak ditemukan di sumber lain."),
                format!("{value} stands at second hand only and was found in no other source."),
            ),
        );
    }
    found
}

/// `earlier` is not after `later`.
fn falls<'a>(earlier: &'a Assertion, later: &'a Assertion) -> Option<Conflict<'a>> {
    let totals = earlier.counting == Counting::Cumulative && later.counting == Counting::Cumulative;
    (totals && earlier.as_of < later.as_of && earlier.value > later.value).then(|| Conflict {
        kind: ConflictKind::Falls,
        between: vec![earlier, later],
        text: Text::new(
            format!(
                "Jumlah turun dari {} menjadi {}, padahal hanya dapat bertambah.",
                earlier.value, later.value
            ),
            format!("The total falls from {} to {}, and can only grow.", earlier.value, later.value),
        ),
    })
}

/// A figure of a phase cannot exceed what had been reached in all when that phase was long over.
fn part_beyond_whole<'a>(
    assertions: &Assertions,
    part: &'a Assertion,
    whole: &'a Assertion,
) -> Option<Conflict<'a>> {
    let phase = assertions.phase(part.phase.as_deref()?)?;
    let contains = whole.counting == Counting::Cumulative && whole.phase.is_none() && phase.to <= whole.as_of;
    (contains && part.value > whole.value).then(|| Conflict {
        kind: ConflictKind::PartBeyondWhole,
        between: vec![part, whole],
        text: Text::new(
            format!(
                "{} tidak mungkin {}: sampai {} seluruhnya baru {}.",
                part.value, phase.label.id, whole.as_of, whole.value
            ),
            format!(
                "{} cannot be {}: up to {} there were {} in all.",
                part.value, phase.label.en, whole.as_of, whole.value
            ),
        ),
    })
}

fn meanings_differ<'a>(one: &'a Assertion, other: &'a Assertion) -> Option<Conflict<'a>> {
    let (Some(first), Some(second)) = (one.semantic, other.semantic) else { return None };
    (first != second).then(|| {
        let (share, size) = if first == Semantic::ShareOfEnterprises { (one, other) } else { (other, one) };
        Conflict {
            kind: ConflictKind::MeaningsDiffer,
            between: vec![one, other],
            text: Text::new(
                format!("{}% adalah bagian perusahaan, {}% besarnya perubahan; keduanya tidak dapat dibandingkan.", share.value, size.value),
                format!("{}% is a share of enterprises, {}% the size of a change; the two cannot be compared.", share.value, size.value),
            ),
        }
    })
}
