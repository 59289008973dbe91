//! What is measured of a member at each stage, with the change that is planted and what goes wrong.

use std::collections::BTreeMap;

use domain::indicator::{Comparison, Direction, Indicator};
use domain::observation::{NewObservation, NotTracked, Reading, Stage};
use jiff::civil::Date;

use super::What;
use super::calendar::{later, months_before};
use super::group::Member;
use super::plan::Draft;
use super::recipe::Measure;
use super::truth::Reads;

/// What becomes of one indicator in one enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Story {
    Sound,
    /// Nobody writes it down.
    NotTracked,
    /// Only the baseline was ever taken.
    NoLater,
    /// Later values count in another unit.
    UnitChanged,
    /// A slip of the pen: held until somebody looks.
    Slip,
}

/// One indicator of one enterprise, from baseline to the last follow-up.
#[derive(Clone, Debug)]
pub(super) struct Series {
    /// Place among the measures of the recipe; practices follow after them.
    measure: usize,
    story: Story,
    /// Of the baseline.
    denominator: f64,
    numerator: f64,
    /// As a share of the baseline, at the last stage.
    change: f64,
    verified: bool,
}

/// How much of the change has come by a stage.
fn progress(stage: Stage) -> f64 {
    match stage {
        Stage::Baseline => 0.0,
        Stage::AfterModule => 0.55,
        Stage::Final => 0.85,
        Stage::FollowUp6 => 0.95,
        Stage::FollowUp12 => 1.0,
    }
}

impl Draft<'_> {
    /// Draws what will be measured of an enterprise with so many workers.
    pub(super) fn series(&mut self, workers: u32) -> Vec<Series> {
        let recipe = self.recipe;
        let mut all = Vec::new();
        for (place, measure) in recipe.measures.iter().enumerate() {
            let Some(indicator) = self.ground.measurement.indicators.get(&measure.indicator) else {
                continue;
            };
            if self.chance(measure.asked) {
                all.push(self.one_series(place, measure, indicator, f64::from(workers)));
            }
        }
        for (place, practice) in recipe.practices.iter().enumerate() {
            let before = f64::from(u8::from(self.chance(practice.before)));
            // Those who have it keep it; of the others so many get it that the share comes out.
            let gets = (practice.after - practice.before) / (1.0 - practice.before);
            let after = if before > 0.0 || self.chance(gets) { 1.0 } else { 0.0 };
            all.push(Series {
                measure: recipe.measures.len() + place,
                story: Story::Sound,
                denominator: 1.0,
                numerator: before,
                change: after - before,
                verified: true,
            });
        }
        all
    }

    fn one_series(&mut self, place: usize, measure: &Measure, indicator: &Indicator, workers: f64) -> Series {
        let faults = self.recipe.faults;
        let denominator = match (measure.per_worker_month, measure.range, &measure.denominator) {
            (Some(each), _, _) => (workers * each * f64::from(measure.months)).round(),
            (None, Some(range), Some(_)) => self.size(range).round(),
            (None, None, Some(_)) => workers,
            (None, _, None) => 1.0,
        };
        let ratio = match (measure.ratio, measure.range) {
            (Some(ratio), _) => self.between(ratio),
            (None, Some(range)) => self.between(range),
            (None, None) => 1.0,
        };
        let mut numerator = (ratio * denominator).round();
        let [middle, spread] = measure.change;
        let mut change = (self.around(middle, spread) / 100.0).clamp(-0.85, 1.5);
        let percent = indicator.comparison == Comparison::Percent;
        if percent && indicator.better == Direction::Lower && self.chance(faults.zero_baseline) {
            numerator = 0.0;
        }
        if percent && measure.most.is_none() && self.chance(faults.set_apart) {
            change = self.between([2.6, 3.4]);
        }
        let story = match self.random_share() {
            share if share < faults.not_tracked => Story::NotTracked,
            share if share < faults.not_tracked + faults.no_later => Story::NoLater,
            share
                if share < faults.not_tracked + faults.no_later + faults.unit_changed
                    && indicator.is_own_unit() =>
            {
                Story::UnitChanged
            }
            share if share > 1.0 - faults.doubtful && change < 2.0 => Story::Slip,
            _ => Story::Sound,
        };
        let verified = !self.chance(faults.no_verification);
        Series { measure: place, story, denominator, numerator, change, verified }
    }

    fn random_share(&mut self) -> f64 {
        self.between([0.0, 1.0])
    }

    /// Records everything that is asked at a stage.
    pub(super) fn observe(
        &mut self,
        by: usize,
        member: &Member,
        stage: Stage,
        on: Date,
        training: Option<&str>,
    ) {
        if !member.is_there(on) {
            return;
        }
        let recipe = self.recipe;
        for series in &member.series {
            match recipe.measures.get(series.measure) {
                Some(measure) => self.measured(by, member, series, measure, stage, on, training),
                None => self.practised(by, member, series, stage, on, training),
            }
        }
    }

    /// The observation that is common to all.
    #[expect(clippy::too_many_arguments, reason = "an observation is all of these at once")]
    fn observation(
        &mut self,
        member: &Member,
        indicator: &Indicator,
        stage: Stage,
        on: Date,
        months: i16,
        training: Option<&str>,
        reading: Reading,
    ) -> NewObservation {
        let (from, to) = months_before(on, months);
        let evidence = &self.recipe.words.evidence;
        NewObservation {
            id: self.id(on),
            programme: self.recipe.programme.clone(),
            indicator: indicator.code.clone(),
            version: indicator.version,
            enterprise: member.entered.id.clone(),
            engagement: member.engagement.clone(),
            training: training.map(str::to_owned),
            stage,
            from,
            to,
            reading,
            output_unit: if indicator.is_own_unit() { member.output.clone() } else { String::new() },
            verification: indicator.verification.first().copied(),
            evidence: self.one_of(evidence).to_owned(),
            replaces: None,
            synthetic: true,
        }
    }

    fn practised(
        &mut self,
        by: usize,
        member: &Member,
        series: &Series,
        stage: Stage,
        on: Date,
        training: Option<&str>,
    ) {
        let practice = &self.recipe.practices[series.measure - self.recipe.measures.len()];
        let set = &self.ground.measurement.indicators;
        let Some(indicator) = set.get(&practice.indicator) else { return };
        // After a single module nobody asks again: the final assessment does.
        if stage == Stage::AfterModule || !indicator.stages.contains(&stage) {
            return;
        }
        let value =
            if stage == Stage::Baseline { series.numerator } else { series.numerator + series.change };
        let new = self.observation(member, indicator, stage, on, 1, training, Reading::Value(value));
        self.record(by, member, new, on, Reads::Number { numerator: value, denominator: 1.0 });
    }

    #[expect(clippy::too_many_arguments, reason = "an observation is all of these at once")]
    fn measured(
        &mut self,
        by: usize,
        member: &Member,
        series: &Series,
        measure: &Measure,
        stage: Stage,
        on: Date,
        training: Option<&str>,
    ) {
        let set = &self.ground.measurement.indicators;
        let Some(indicator) = set.get(&measure.indicator) else { return };
        let asked = stage != Stage::AfterModule || measure.after_module;
        let later_stage = stage != Stage::Baseline;
        if !asked || !indicator.stages.contains(&stage) || (later_stage && series.story == Story::NoLater) {
            return;
        }
        if series.story == Story::NotTracked {
            let reading = Reading::NotTracked(NotTracked::NoRecords);
            let new = self.observation(member, indicator, stage, on, measure.months, training, reading);
            return self.record(by, member, new, on, Reads::Nothing);
        }
        let (numerator, denominator) = self.figures(series, measure, indicator, stage);
        let reading = |numerator: f64| {
            let mut inputs = BTreeMap::from([(measure.numerator.clone(), numerator)]);
            inputs.extend(measure.denominator.iter().map(|name| (name.clone(), denominator)));
            Reading::Inputs(inputs)
        };
        let reads = Reads::Number { numerator, denominator };
        let months = measure.months;
        let mut new = self.observation(member, indicator, stage, on, months, training, reading(numerator));
        if !series.verified {
            new.verification = None;
        }
        if later_stage && series.story == Story::UnitChanged {
            new.output_unit = "lusin".into();
            return self.record(by, member, new, on, Reads::Held);
        }
        if later_stage && series.story == Story::Slip {
            return self.slip(by, member, new, indicator, on, reading, (numerator, denominator));
        }
        let next_day = later(on, 1);
        let looked = member.is_there(next_day) && next_day < self.ground.today;
        if !later_stage && looked && numerator > 0.0 && self.chance(self.recipe.faults.corrected) {
            // Written down wrongly at first, and corrected the next day by naming what was wrong.
            let wrong = NewObservation { reading: reading((numerator * 1.1).ceil()), ..new };
            let right = NewObservation {
                id: self.id(next_day),
                reading: reading(numerator),
                replaces: Some(wrong.id.clone()),
                ..wrong.clone()
            };
            self.record(by, member, wrong, on, Reads::Replaced);
            return self.record(by, member, right, next_day, reads);
        }
        self.record(by, member, new, on, reads);
    }

    /// Numerator and denominator at a stage: whole numbers, as an enterprise writes them down.
    fn figures(
        &mut self,
        series: &Series,
        measure: &Measure,
        indicator: &Indicator,
        stage: Stage,
    ) -> (f64, f64) {
        if stage == Stage::Baseline {
            return (series.numerator, series.denominator);
        }
        let denominator = match measure.denominator {
            Some(_) => (series.denominator * self.between([0.92, 1.12])).round().max(1.0),
            None => 1.0,
        };
        let before = series.numerator / series.denominator;
        let mut ratio = before * (1.0 + series.change * progress(stage));
        if let Some(most) = measure.most {
            ratio = ratio.min(most);
        }
        if series.numerator == 0.0 && indicator.comparison == Comparison::Percent {
            ratio = measure.ratio.map_or(0.0, |range| range[0]);
        }
        ((ratio * denominator).round().max(0.0), denominator)
    }

    /// A value far outside of what is plausible. Half of them wait; the others are looked at.
    #[expect(clippy::too_many_arguments, reason = "an observation is all of these at once")]
    fn slip(
        &mut self,
        by: usize,
        member: &Member,
        new: NewObservation,
        indicator: &Indicator,
        on: Date,
        reading: impl Fn(f64) -> Reading,
        (numerator, denominator): (f64, f64),
    ) {
        let one = NewObservation { reading: reading(1.0), ..new.clone() };
        let Ok(Some(one)) = one.value(indicator) else {
            return self.record(by, member, new, on, Reads::Number { numerator, denominator });
        };
        let wrong = (indicator.plausible.1 * 1.3 / one).ceil();
        let slipped = NewObservation { reading: reading(wrong), ..new };
        let observation = slipped.id.clone();
        let decided = self.chance(0.5);
        let confirm = decided && self.chance(0.25);
        let reads = if confirm { Reads::Confirmed { numerator: wrong, denominator } } else { Reads::Held };
        let looked_on = later(on, self.days(3, 12));
        // What nobody has looked at yet is still held.
        let reads = if looked_on < self.ground.today { reads } else { Reads::Held };
        self.record(by, member, slipped, on, reads);
        if decided && member.is_there(looked_on) {
            let place = member.place.clone();
            let note = if confirm { "sesuai catatan perusahaan" } else { "salah tulis" }.to_owned();
            self.deed(self.officer, looked_on, What::Review { observation, place, confirm, note });
        }
    }

    fn record(&mut self, by: usize, member: &Member, new: NewObservation, on: Date, reads: Reads) {
        if !member.is_there(on) {
            return;
        }
        self.planted.add(&new, on, reads);
        let (place, workshop_on) = (member.place.clone(), member.workshop_on);
        self.deed(by, on, What::Observe { new: Box::new(new), place, workshop_on });
    }
}
