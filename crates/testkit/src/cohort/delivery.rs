//! The way of a group: baseline, trainings, what every member does after them, and the end.

use std::collections::BTreeMap;

use domain::actor::Place;
use domain::delivery::{
    Act, DaysThere, NotTracked, Origin, Pair, Participant, Position, Sex, Stage, Team, TrainingAct,
};
use domain::person::Purpose;
use jiff::civil::Date;

use super::calendar::{later, months_later};
use super::group::{BETWEEN_MODULES, Group, Member};
use super::plan::{Draft, Taught};

/// So many days after the last sign of life an engagement is given up.
const SILENT: i32 = 150;

/// One module of one member: what its road needs to know.
#[derive(Clone, Debug)]
pub(super) struct Road {
    pub(super) course: String,
    pub(super) training: String,
    pub(super) module: String,
    /// First day of the workshop.
    pub(super) begins: Date,
    pub(super) visits: i32,
    /// So many days later than the others, who cannot all be visited on one day.
    pub(super) shift: i32,
}

impl<'a> Draft<'a> {
    pub(super) fn baseline(&mut self, group: &Group<'a>, member: &mut Member, on: Date) {
        let words = &self.recipe.words;
        let (practices, problems, not_tracked) = if member.no_baseline {
            let because = self.one_of(&words.not_tracked).to_owned();
            (BTreeMap::new(), Vec::new(), vec![NotTracked { what: "baseline".into(), because }])
        } else {
            (member.practices.clone(), member.problems.clone(), Vec::new())
        };
        let id = self.id(on);
        let act = Act::Assess {
            id,
            stage: Stage::Baseline,
            course: None,
            on,
            practices,
            problems,
            not_tracked,
            note: String::new(),
        };
        self.act(member, group.trainer, on, act);
        if !member.no_baseline {
            self.observe(group.trainer, member, Stage::Baseline, on, None);
        }
    }

    /// All modules of the group, one after the other or side by side.
    pub(super) fn modules(&mut self, group: &Group<'a>, members: &mut [Member]) {
        let modules = self.chosen_modules(group, members);
        let together = group.product.order == domain::programme::Order::Fixed;
        for (number, module) in modules.iter().enumerate() {
            let number = i32::try_from(number).unwrap_or(0);
            let begins = if together { group.first } else { later(group.first, BETWEEN_MODULES * number) };
            let begins = self.calendar.workday(begins);
            // Side by side, the modules are opened in their order, a day apart.
            let opened = if together { later(begins, number - 12) } else { later(begins, -8) };
            let roads = self.taught(group, members, module, begins, opened, number > 0 && !together);
            for (place, road) in roads {
                let road = Road { shift: road.shift + if together { number } else { 0 }, ..road };
                self.road(group, &mut members[place], &road);
            }
        }
    }

    /// Plans and holds a training; returns the roads of those who came, by their place in the group.
    fn taught(
        &mut self,
        group: &Group<'a>,
        members: &mut [Member],
        module: &str,
        begins: Date,
        opened: Date,
        later_module: bool,
    ) -> Vec<(usize, Road)> {
        let edition = self.ground.programme.module(module).map(|module| module.edition_on(begins));
        let (edition_days, version) = edition
            .map(|edition| (edition.workshop_days, edition.version.clone()))
            .unwrap_or((1, String::new()));
        let days = i32::from(group.product.workshop_days.unwrap_or(edition_days)).max(1);
        let visits = self.ground.programme.visits_needed(&group.product.id, module, &version);
        let manager = self.staff[group.provider].manager;
        let planned = later(opened, -14);
        let id = self.id(planned);
        let provider = &self.recipe.providers[group.provider].id;
        let place =
            Place::programme(&self.recipe.programme).in_region(&group.province).of_organisation(provider);
        let venues = &self.recipe.words.venues;
        let plan = TrainingAct::Plan {
            programme: self.recipe.programme.clone(),
            module: module.to_owned(),
            product: group.product.id.clone(),
            organisation: provider.clone(),
            region: group.province.clone(),
            venue: self.one_of(venues).to_owned(),
            starts_on: begins,
            ends_on: later(begins, days - 1),
            trainer: Some(self.people[group.trainer].account.clone()),
        };
        self.training(&id, &place, manager, planned, plan);
        let about = Road {
            course: String::new(),
            training: id.clone(),
            module: module.to_owned(),
            begins,
            visits: i32::from(visits),
            shift: 0,
        };
        let mut roads = self.enrolled(group, members, &about, opened, later_module);
        if roads.is_empty() {
            let on = later(begins, -3);
            let because = "peserta tidak cukup (contoh)".to_owned();
            self.training(&id, &place, manager, on, TrainingAct::Cancel { version: 0, because });
            return roads;
        }
        let came = self.attendance(group, members, &roads, &id, &place, begins, days);
        roads.retain(|(number, _)| members[*number].workshop_on.is_some());
        self.taught.push(Taught {
            id,
            provider: group.provider,
            trainer: group.trainer,
            module: module.to_owned(),
            product: group.product.id.clone(),
            province: group.province.clone(),
            starts_on: begins,
            days,
            visits: u32::from(visits),
            enterprises: u32::try_from(roads.len()).unwrap_or(0),
            participants: came,
        });
        roads
    }

    /// Opens the module for everybody who goes on, and says by their place in the group which course is
    /// theirs.
    fn enrolled(
        &mut self,
        group: &Group<'a>,
        members: &[Member],
        about: &Road,
        opened: Date,
        later_module: bool,
    ) -> Vec<(usize, Road)> {
        let mut roads = Vec::new();
        for (number, member) in members.iter().enumerate() {
            let done = later_module && (member.one_module || member.modules.is_empty());
            let course = self.id(opened);
            let open = Act::OpenCourse {
                course: course.clone(),
                module: about.module.clone(),
                training: Some(about.training.clone()),
                on: opened,
            };
            if done || !self.act(member, group.trainer, opened, open) {
                continue;
            }
            let shift = i32::try_from(number / 2).unwrap_or(0);
            roads.push((number, Road { course, shift, ..about.clone() }));
        }
        roads
    }

    /// Everybody who is still there sends people; they say how useful it was.
    #[expect(clippy::too_many_arguments, reason = "a training is all of these at once")]
    fn attendance(
        &mut self,
        group: &Group<'a>,
        members: &mut [Member],
        roads: &[(usize, Road)],
        training: &str,
        place: &Place,
        begins: Date,
        days: i32,
    ) -> u32 {
        let held_on = self.calendar.workday(later(begins, days - 1));
        let names = &self.recipe.names;
        let begin = usize::try_from(self.whole(0, 30)).unwrap_or(0);
        let mut participants = Vec::new();
        for (number, road) in roads {
            let member = &mut members[*number];
            if !member.is_there(held_on) {
                continue;
            }
            member.workshop_on.get_or_insert(begins);
            member.modules.push(road.module.clone());
            for person in 0..group.product.participants {
                let place = participants.len() + begin;
                let first = &names.people[place % names.people.len()];
                let last = &names.first[(place + person as usize) % names.first.len()];
                let sex = if self.chance(member.women) { Sex::Woman } else { Sex::Man };
                let position = match person {
                    0 => Position::Owner,
                    1 => Position::Manager,
                    _ => Position::Worker,
                };
                participants.push(Participant {
                    id: self.id(held_on),
                    course: road.course.clone(),
                    name: format!("{first} {last}"),
                    sex,
                    position,
                    days: self.days_there(u8::try_from(days).unwrap_or(1)),
                    namesake: false,
                });
            }
        }
        let came = u32::try_from(participants.len()).unwrap_or(0);
        if came > 0 {
            let hold = TrainingAct::Hold { version: 0, participants };
            self.training(training, place, group.trainer, held_on, hold);
            let mut answers = [0, 0, 0, 0, 0];
            for _ in 0..came {
                let answer = [4, 4, 4, 3, 3, 3, 3, 2, 2, 1][usize::try_from(self.whole(0, 9)).unwrap_or(0)];
                if self.chance(0.92) {
                    answers[answer] += 1;
                }
            }
            let on = later(held_on, 1);
            self.training(training, place, group.trainer, on, TrainingAct::Feedback { answers });
        }
        came
    }

    /// Most people are there every day; some miss one.
    fn days_there(&mut self, days: u8) -> DaysThere {
        let missed = match self.chance(0.07) {
            true if days > 1 => u8::try_from(self.whole(1, i64::from(days))).ok(),
            _ => None,
        };
        (1..=days).filter(|day| Some(*day) != missed).collect()
    }

    /// Who sits in the improvement team.
    pub(super) fn team(&mut self, member: &Member, on: Date) -> Team {
        let leaders = &self.recipe.words.leaders;
        let women = |share: f64, all: f64| (share * all).round() as u32;
        Team {
            formed_on: on,
            leader: self.one_of(leaders).to_owned(),
            managers_women: women(member.women, 2.0),
            managers_men: 2 - women(member.women, 2.0),
            workers_women: women(member.women, 4.0),
            workers_men: 4 - women(member.women, 4.0),
        }
    }

    /// Practices after a module: what was there stays, some of the rest comes.
    fn grow(&mut self, member: &mut Member, module: &str, share: f64) -> BTreeMap<String, bool> {
        let codes: Vec<String> =
            self.ground.programme.practices(module).iter().map(|one| one.code.clone()).collect();
        let mut now = BTreeMap::new();
        for code in codes {
            let there = member.practices.get(&code).copied().unwrap_or(false) || self.chance(share);
            member.practices.insert(code.clone(), there);
            now.insert(code, there);
        }
        now
    }

    /// The assessment after a module, with what was measured.
    pub(super) fn after(&mut self, group: &Group<'a>, member: &mut Member, road: &Road, on: Date) {
        let practices = self.grow(member, &road.module, 0.55);
        let act = Act::Assess {
            id: self.id(on),
            stage: Stage::AfterModule,
            course: Some(road.course.clone()),
            on,
            practices,
            problems: Vec::new(),
            not_tracked: Vec::new(),
            note: String::new(),
        };
        self.act(member, group.trainer, on, act);
        self.observe(group.trainer, member, Stage::AfterModule, on, Some(&road.training));
    }

    /// Practices and figures of a stage that belongs to no module.
    fn stage(&mut self, group: &Group<'a>, member: &mut Member, stage: Stage, on: Date) {
        let mut practices = BTreeMap::new();
        for module in member.modules.clone() {
            practices.extend(self.grow(member, &module, 0.12));
        }
        let act = Act::Assess {
            id: self.id(on),
            stage,
            course: None,
            on,
            practices,
            problems: Vec::new(),
            not_tracked: Vec::new(),
            note: String::new(),
        };
        self.act(member, group.trainer, on, act);
        self.observe(group.trainer, member, stage, on, None);
    }

    /// Final assessment, exit, follow-ups and the case study; or leaving early.
    pub(super) fn ending(&mut self, group: &Group<'a>, member: &mut Member) {
        let words = &self.recipe.words;
        // Where nobody does anything any more, somebody writes so down in the end.
        let silent = member.stuck.map(|stuck| self.calendar.workday(later(stuck, SILENT)));
        if let Some(on) = member.leaves.or(silent) {
            let because = self.one_of(&words.withdrawn).to_owned();
            // On the day itself nobody acts any more but to note it.
            let gone = Member { leaves: None, stuck: None, ..member.clone() };
            self.act(&gone, group.trainer, on, Act::Withdraw { version: 0, on, because });
            return;
        }
        if member.modules.is_empty() {
            return;
        }
        let together = group.product.order == domain::programme::Order::Fixed;
        let taken = if together { 1 } else { i32::try_from(member.modules.len()).unwrap_or(1) };
        let begin = later(group.first, BETWEEN_MODULES * (taken - 1));
        let on = self.calendar.workday(later(begin, 102));
        self.stage(group, member, Stage::Final, on);
        let exit = self.calendar.workday(later(on, 6));
        let because = self.one_of(&words.exited).to_owned();
        self.act(member, group.trainer, exit, Act::Exit { version: 0, on: exit, because });
        let fates = self.recipe.fates;
        let half_a_year = self.workday_after(months_later(exit, 6), -18, 0);
        let a_year = self.workday_after(months_later(exit, 12), -18, 25);
        for (stage, share, on) in [
            (Stage::FollowUp6, fates.follow_up_6, half_a_year),
            (Stage::FollowUp12, fates.follow_up_12, a_year),
        ] {
            if self.chance(share) {
                self.stage(group, member, stage, on);
            } else {
                self.not_reached(group, member, stage, later(on, 45));
            }
        }
        if self.chance(fates.case_study) {
            self.case_study(group, member, later(exit, 40));
        }
    }

    /// Nobody could be reached: a lawful answer, and the end of asking.
    fn not_reached(&mut self, group: &Group<'a>, member: &Member, stage: Stage, on: Date) {
        let because = self.one_of(&self.recipe.words.not_reached).to_owned();
        let act = Act::Assess {
            id: self.id(on),
            stage,
            course: None,
            on,
            practices: BTreeMap::new(),
            problems: Vec::new(),
            not_tracked: vec![NotTracked { what: "practices".into(), because }],
            note: String::new(),
        };
        self.act(member, group.trainer, on, act);
    }

    /// A case study: written, agreed to, published; a few stay drafts or are taken back.
    fn case_study(&mut self, group: &Group<'a>, member: &Member, on: Date) {
        // One with pictures is told before others.
        let finished = member.finished.iter().max_by_key(|one| one.pictured).cloned();
        let Some(finished) = finished else { return };
        let kind = finished.problem_kind.clone();
        let Some(project) = self.recipe.projects.iter().find(|one| one.problem_kind == kind) else { return };
        let on = self.calendar.workday(on);
        let id = self.id(on);
        let (before, after) = (finished.before, finished.after);
        if !finished.pictured {
            let about = [(&project.problem, false), (&project.action, true)];
            for (words, after) in about {
                self.photo(member, group.trainer, on, &finished.project, (&kind, words), after);
            }
        }
        let write = Act::WriteCaseStudy {
            case_study: id.clone(),
            course: finished.course,
            version: 0,
            title: format!("{}: {}", member.entered.enterprise.trade_name, project.action),
            problem_kind: kind,
            shown_as: member.entered.enterprise.name.clone(),
            problem: format!("{}.", project.problem),
            action: format!("Tim perbaikan mengerjakan {}.", project.action),
            result: format!("{} dari {before} menjadi {after} {}.", capital(&project.measure), project.unit),
            pairs: vec![Pair {
                label: project.measure.clone(),
                unit: project.unit.clone(),
                before: Some(before),
                after,
                source: project.action.clone(),
                origin: Origin::Project { project: finished.project },
            }],
        };
        self.act(member, group.trainer, on, write);
        if self.chance(0.2) {
            return;
        }
        let agreed = later(on, 12);
        let entered = member.entered.clone();
        if member.is_there(agreed) {
            self.consent(&entered, group.trainer, Purpose::Story, agreed);
        }
        let consent =
            Act::ConsentCaseStudy { case_study: id.clone(), version: 0, by: "pemilik".into(), on: agreed };
        self.act(member, group.trainer, agreed, consent);
        let published = later(on, 30);
        let publish = Act::PublishCaseStudy { case_study: id.clone(), version: 0, on: published };
        self.act(member, self.officer, published, publish);
        if self.chance(0.06) {
            let because = self.recipe.words.retracted.clone();
            let retract = Act::RetractCaseStudy { case_study: id, because };
            self.act(member, self.officer, later(published, 200), retract);
        }
    }
}

/// The first letter large.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
