//! The draft: what has been made of the cohort so far, and the dice.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::Place;
use domain::delivery::{Act, Order, TrainingAct, TrainingOrder};
use domain::framework::{Measure, NewAttestation};
use jiff::civil::Date;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;

use super::calendar::{self, Calendar};
use super::group::Member;
use super::network::Peer;
use super::pictures::{self, Scene};
use super::recipe::Range;
use super::truth::Planted;
use super::{Deed, Ground, Person, Recipe, What};

/// Those who work for a provider, as places in the list of people.
#[derive(Clone, Debug)]
pub(super) struct Staff {
    pub(super) manager: usize,
    pub(super) trainers: Vec<usize>,
}

/// A training that was planned, as money and trainers look at it.
#[derive(Clone, Debug)]
pub(super) struct Taught {
    pub(super) id: String,
    pub(super) provider: usize,
    pub(super) trainer: usize,
    pub(super) module: String,
    pub(super) product: String,
    pub(super) province: String,
    pub(super) starts_on: Date,
    pub(super) days: i32,
    pub(super) visits: u32,
    pub(super) enterprises: u32,
    pub(super) participants: u32,
}

pub(super) struct Draft<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) ground: Ground<'a>,
    pub(super) random: Pcg64Mcg,
    pub(super) calendar: Calendar,
    pub(super) people: Vec<Person>,
    pub(super) officer: usize,
    /// In the order of the recipe's providers.
    pub(super) staff: Vec<Staff>,
    pub(super) names: BTreeSet<String>,
    pub(super) taught: Vec<Taught>,
    pub(super) planted: Planted,
    /// Those who agreed to be found and asked.
    pub(super) peers: Vec<Peer>,
    /// Pictures by their BLAKE3.
    pub(super) pictures: BTreeMap<String, Vec<u8>>,
    drawn: BTreeMap<(Scene, bool, u64), String>,
    /// Dice of their own, so that a picture more or less changes nothing else.
    shutter: Pcg64Mcg,
    deeds: Vec<Deed>,
}

impl<'a> Draft<'a> {
    pub(super) fn open(recipe: &'a Recipe, ground: Ground<'a>) -> Self {
        Draft {
            recipe,
            ground,
            random: Pcg64Mcg::seed_from_u64(recipe.seed),
            calendar: Calendar::new(ground.today),
            people: Vec::new(),
            officer: 0,
            staff: Vec::new(),
            names: BTreeSet::new(),
            taught: Vec::new(),
            planted: Planted::default(),
            peers: Vec::new(),
            pictures: BTreeMap::new(),
            drawn: BTreeMap::new(),
            shutter: Pcg64Mcg::seed_from_u64(recipe.seed.wrapping_add(1)),
            deeds: Vec::new(),
        }
    }

    pub(super) fn close(self) -> (Vec<Person>, Vec<Deed>, Planted) {
        (self.people, self.deeds, self.planted)
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.random.random::<f64>() < share
    }

    /// A whole number, both ends included.
    pub(super) fn whole(&mut self, from: i64, to: i64) -> i64 {
        if to <= from { from } else { self.random.random_range(from..=to) }
    }

    pub(super) fn days(&mut self, from: i32, to: i32) -> i32 {
        i32::try_from(self.whole(i64::from(from), i64::from(to))).unwrap_or(from)
    }

    /// A workday so many days after another day.
    pub(super) fn workday_after(&mut self, day: Date, from: i32, to: i32) -> Date {
        let days = self.days(from, to);
        self.calendar.workday(calendar::later(day, days))
    }

    pub(super) fn between(&mut self, range: Range) -> f64 {
        range[0] + (range[1] - range[0]) * self.random.random::<f64>()
    }

    /// Even on a logarithmic scale, as sizes are.
    pub(super) fn size(&mut self, range: Range) -> f64 {
        let low = range[0].max(1.0).ln();
        let high = range[1].max(1.0).ln();
        (low + (high - low) * self.random.random::<f64>()).exp()
    }

    /// Around the middle, and never further out than two spreads.
    pub(super) fn around(&mut self, middle: f64, spread: f64) -> f64 {
        let normal: f64 = StandardNormal.sample(&mut self.random);
        middle + spread * normal.clamp(-2.0, 2.0)
    }

    /// One of a list that the recipe has filled; the empty text of an empty list.
    pub(super) fn one_of(&mut self, list: &'a [String]) -> &'a str {
        let place = self.random.random_range(0..list.len().max(1));
        list.get(place).map_or("", String::as_str)
    }

    /// A place in a list of weights.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let all: u32 = weights.iter().sum();
        let mut point = self.random.random_range(0..all.max(1));
        for (place, weight) in weights.iter().enumerate() {
            if point < *weight {
                return place;
            }
            point -= weight;
        }
        0
    }

    /// Whole rupiah as people round them.
    pub(super) fn rupiah(&mut self, range: Range) -> i64 {
        (self.between(range) / 50_000.0).round() as i64 * 50_000
    }

    /// A fresh id for something that begins on a day.
    pub(super) fn id(&mut self, on: Date) -> String {
        let at = self.calendar.moment(on);
        calendar::id(at, &mut self.random)
    }

    pub(super) fn deed(&mut self, by: usize, on: Date, what: What) {
        let at = self.calendar.moment(on);
        self.deeds.push(Deed { at, by, what });
    }

    /// An act on a member's engagement, unless the member has left or stands still by then.
    pub(super) fn act(&mut self, member: &Member, by: usize, on: Date, act: Act) -> bool {
        if !member.is_there(on) {
            return false;
        }
        let order = Order { engagement: member.engagement.clone(), place: member.place.clone(), act };
        self.deed(by, on, What::Delivery(Box::new(order)));
        true
    }

    /// A picture of a project, before or after. What people wrote about it says that it is drawn.
    pub(super) fn photo(
        &mut self,
        member: &Member,
        by: usize,
        on: Date,
        project: &str,
        about: (&str, &str),
        after: bool,
    ) {
        let (kind, words) = about;
        let boards = ["communication", "management", "complaints", "cost", "skills", "turnover", "guests"];
        let scene = if boards.contains(&kind) { Scene::Board } else { Scene::Place };
        // One number for both sides, so that they show the same room.
        let number = project.bytes().last().map_or(0, |digit| u64::from(digit) % 6);
        let drawn = self.drawn.entry((scene, after, number)).or_insert_with(|| {
            let picture = pictures::draw(scene, after, number);
            let digest = blake3::hash(&picture).to_hex().to_string();
            self.pictures.insert(digest.clone(), picture);
            digest
        });
        let (blake3, at) = (drawn.clone(), self.calendar.moment(on));
        let act = Act::AttachPhoto {
            photo: calendar::id(at, &mut self.shutter),
            subject: project.to_owned(),
            after,
            caption: format!("{words} (gambar rekaan)"),
            bytes: self.pictures.get(&blake3).map_or(0, |picture| picture.len() as i64),
            blake3,
            media_type: "image/png".to_owned(),
            people_agreed: true,
        };
        self.act(member, by, on, act);
    }

    pub(super) fn training(&mut self, id: &str, place: &Place, by: usize, on: Date, act: TrainingAct) {
        let order = TrainingOrder { training: id.to_owned(), place: place.clone(), act };
        self.deed(by, on, What::Training(Box::new(order)));
    }

    /// Every period is reported some weeks after its end; what comes in later is in no report.
    pub(super) fn reports(&mut self) {
        const WEEKS_AFTER: i32 = 3;
        for period in &self.ground.measurement.framework.periods {
            let on = self.calendar.workday(calendar::later(period.to, 7 * WEEKS_AFTER));
            let at = self.calendar.moment(on);
            let report = calendar::id(at, &mut self.shutter);
            self.deed(self.officer, on, What::Lock { report, period: period.code.clone() });
        }
    }

    /// What no record counts is attested by the officer.
    pub(super) fn attest(&mut self) {
        let framework = &self.ground.measurement.framework;
        let attested = framework.targets.iter().filter(|target| target.measure == Measure::Attested);
        for target in attested {
            let on = calendar::later(target.due, -90);
            let new = NewAttestation {
                id: self.id(on),
                programme: self.recipe.programme.clone(),
                target: target.code.clone(),
                value: Some((target.value - 1.0).max(0.0)),
                as_of: on,
                evidence: "contoh: notulen rapat kerja sama (tiruan)".into(),
            };
            self.deed(self.officer, on, What::Attest(new));
        }
    }
}
