//! What is checked of an observation before it is recorded. Doubt never loses a value: it holds it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{NewObservation, Observation, Quality, Reading, Stage, Unrecordable, change, gravest};
use crate::finding::Severity;
use crate::indicator::{Comparison, Indicator};
use crate::language::Text;

/// A gain beyond this many percent is set apart until somebody has looked.
pub(super) const GAIN_MAX_PERCENT: f64 = 400.0;

/// One thing that is doubtful about an observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// Such as `unit-changed`.
    pub rule: String,
    /// [`Severity::Held`]: counted in no result until it is confirmed.
    pub severity: Severity,
    pub message: Text,
}

/// What stands around an observation when it is recorded.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    pub today: Date,
    /// First day of the first workshop of the engagement, if one was held.
    pub workshop_on: Option<Date>,
    /// Observations of the same indicator and engagement that stand.
    pub earlier: &'a [Observation],
}

/// Computes and judges a new observation, or says why it cannot be recorded.
pub fn examine(
    new: NewObservation,
    indicator: &Indicator,
    around: &Circumstances<'_>,
) -> Result<Observation, Unrecordable> {
    refuse(&new, indicator, around)?;
    let value = new.value(indicator)?;
    let mut doubts = Vec::new();
    doubt_stage(&new, around, &mut doubts);
    if let Some(value) = value {
        doubt_value(&new, indicator, value, &mut doubts);
        doubt_pair(&new, indicator, value, around, &mut doubts);
    }
    let held = gravest(&doubts).is_some_and(|severity| severity >= Severity::Held);
    let quality = if held { Quality::Doubtful } else { Quality::Sound };
    Ok(Observation { new, value, quality, doubts })
}

/// What cannot be recorded by anybody.
fn refuse(
    new: &NewObservation,
    indicator: &Indicator,
    around: &Circumstances<'_>,
) -> Result<(), Unrecordable> {
    let refuse = |id: String, en: String| Err(Unrecordable(Text::new(id, en)));
    if new.from > new.to {
        return refuse(
            format!("Periode berakhir ({}) sebelum mulai ({}).", new.to, new.from),
            format!("The period ends ({}) before it begins ({}).", new.to, new.from),
        );
    }
    if new.to > around.today {
        return refuse(
            format!("Periode berakhir {}, padahal hari ini {}.", new.to, around.today),
            format!("The period ends {}, and today is {}.", new.to, around.today),
        );
    }
    if !indicator.stages.contains(&new.stage) {
        return refuse(
            "Indikator ini tidak ditanyakan pada tahap itu.".into(),
            "This indicator is not asked at that stage.".into(),
        );
    }
    if (new.stage == Stage::AfterModule) != new.training.is_some() {
        return refuse(
            "Nilai setelah modul menyebut pelatihannya; tahap lain tidak.".into(),
            "A value after a module names its training; other stages do not.".into(),
        );
    }
    let standing = around.earlier.iter().find(|old| {
        old.new.stage == new.stage
            && old.new.training == new.training
            && Some(&old.new.id) != new.replaces.as_ref()
    });
    if standing.is_some() {
        return refuse(
            "Nilai untuk tahap ini sudah ada. Perbaiki nilai itu; jangan tambah yang baru.".into(),
            "There is a value for this stage already. Correct that one instead of adding another.".into(),
        );
    }
    if let Some(old) = &new.replaces
        && !around.earlier.iter().any(|earlier| earlier.new.id == *old)
    {
        return refuse(
            "Nilai yang hendak diperbaiki tidak ada lagi; mungkin rekan Anda sudah memperbaikinya. \
             Muat ulang halaman."
                .into(),
            "The value to be corrected no longer stands; a colleague may have corrected it. Reload the page."
                .into(),
        );
    }
    Ok(())
}

fn doubt_stage(new: &NewObservation, around: &Circumstances<'_>, doubts: &mut Vec<Doubt>) {
    let mut add = |rule: &str, severity, message| doubts.push(Doubt { rule: rule.into(), severity, message });
    if let (Stage::Baseline, Some(workshop)) = (new.stage, around.workshop_on)
        && new.to >= workshop
    {
        add(
            "baseline-after-workshop",
            Severity::Held,
            Text::new(
                format!("Data awal mencakup hari setelah pelatihan dimulai ({workshop})."),
                format!("The baseline reaches beyond the first day of the workshop ({workshop})."),
            ),
        );
    }
    let has_baseline = around.earlier.iter().any(|old| old.new.stage == Stage::Baseline);
    if new.stage != Stage::Baseline && !has_baseline {
        add(
            "no-baseline",
            Severity::Warning,
            Text::new(
                "Belum ada data awal, sehingga nilai ini tidak dapat dibandingkan.",
                "There is no baseline, so this value cannot be compared.",
            ),
        );
    }
}

fn doubt_value(new: &NewObservation, indicator: &Indicator, value: f64, doubts: &mut Vec<Doubt>) {
    let mut add = |rule: &str, severity, message| doubts.push(Doubt { rule: rule.into(), severity, message });
    let (low, high) = indicator.plausible;
    if !indicator.is_practice() && !(low..=high).contains(&value) {
        add(
            "implausible",
            Severity::Held,
            Text::new(
                format!("{value} di luar kisaran yang lazim ({low} sampai {high}). Benarkah?"),
                format!("{value} lies outside the usual range ({low} to {high}). Is it right?"),
            ),
        );
    }
    if new.verification.is_none() {
        add(
            "no-verification",
            Severity::Warning,
            Text::new(
                "Belum disebut dari mana angka ini dapat dibuktikan.",
                "It is not said how this number can be verified.",
            ),
        );
    }
    if indicator.is_own_unit() && new.output().is_empty() {
        add(
            "no-output-unit",
            Severity::Held,
            Text::new(
                "Sebutkan satuan hasilnya, misalnya mangkuk, potong, atau ton.",
                "Say what one unit of output is, such as bowl, piece or tonne.",
            ),
        );
    }
}

fn doubt_pair(
    new: &NewObservation,
    indicator: &Indicator,
    value: f64,
    around: &Circumstances<'_>,
    doubts: &mut Vec<Doubt>,
) {
    let mut add = |rule: &str, severity, message| doubts.push(Doubt { rule: rule.into(), severity, message });
    let others = around.earlier.iter().filter(|old| Some(&old.new.id) != new.replaces.as_ref());
    let mut others = others.filter(|old| !matches!(old.new.reading, Reading::NotTracked(_)));
    if indicator.is_own_unit()
        && let Some(other) = others.clone().find(|old| old.new.output() != new.output())
    {
        add(
            "unit-changed",
            Severity::Held,
            Text::new(
                format!(
                    "Satuan hasil berubah dari \"{}\" menjadi \"{}\"; keduanya tidak dapat dibandingkan.",
                    other.new.output_unit, new.output_unit
                ),
                format!(
                    "The unit of output changed from \"{}\" to \"{}\"; the two cannot be compared.",
                    other.new.output_unit, new.output_unit
                ),
            ),
        );
    }
    let baseline = others.find(|old| old.new.stage == Stage::Baseline && new.stage != Stage::Baseline);
    let Some(before) = baseline.and_then(|old| old.value) else { return };
    if indicator.comparison == Comparison::Percent && before <= 0.0 {
        add(
            "baseline-not-positive",
            Severity::Warning,
            Text::new(
                format!("Data awalnya {before}, sehingga persentase perubahan tidak bermakna."),
                format!("The baseline is {before}, so a percentage of change has no meaning."),
            ),
        );
    }
    let gain = change(indicator, before, value).and_then(|change| indicator.better.progress(change));
    if indicator.comparison == Comparison::Percent && gain.is_some_and(|gain| gain > GAIN_MAX_PERCENT) {
        add(
            "gain-too-large",
            Severity::Held,
            Text::new(
                format!(
                    "Membaik lebih dari {GAIN_MAX_PERCENT}% sejak data awal. Disisihkan sampai diperiksa."
                ),
                format!(
                    "Better by more than {GAIN_MAX_PERCENT}% since the baseline. Set apart until looked at."
                ),
            ),
        );
    }
}
