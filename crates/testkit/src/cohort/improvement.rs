//! What a member does after a workshop: team, plan, projects, visits, review, report, closing.

use domain::delivery::{Act, FiveS, SavingKind};
use jiff::civil::Date;

use super::calendar::later;
use super::delivery::Road;
use super::group::{Finished, Group, Member};
use super::plan::Draft;
use super::recipe::ProjectRecipe;

/// Days from the workshop to the first and to the last visit.
const FIRST_VISIT: i32 = 20;
const LAST_VISIT: i32 = 75;
/// A single visit comes in between.
const ONLY_VISIT: i32 = 45;

/// At what hour the members of a group are visited, in turn.
const HOURS: [&str; 2] = ["09:00", "13:30"];

/// A project that stands in the plan, and when it may end.
struct Begun {
    id: String,
    cost: i64,
    saving: i64,
    before: f64,
    pictured: bool,
    finished: Date,
    /// The day of the last visit.
    last: Date,
}

impl<'a> Draft<'a> {
    pub(super) fn road(&mut self, group: &Group<'a>, member: &mut Member, road: &Road) {
        let begins = road.begins;
        let on = self.calendar.workday(later(begins, 3));
        let team = self.team(member, on);
        self.act(member, group.trainer, on, Act::FormTeam { course: road.course.clone(), team });
        let days = self.visit_days(road);
        let last = days.last().copied().unwrap_or(on);
        self.projects(group, member, road, &days);
        let agreed = self.calendar.workday(later(begins, 6));
        self.act(member, group.trainer, agreed, Act::AgreePlan { course: road.course.clone(), on: agreed });
        self.visits(group, member, road, &days);
        let words = &self.recipe.words;
        let reviewed = self.calendar.workday(later(last, 1));
        let review = self.one_of(&words.reviews).to_owned();
        let act = Act::ReviewProgress { course: road.course.clone(), on: reviewed, review };
        self.act(member, group.trainer, reviewed, act);
        let measured = self.calendar.workday(later(last, 3));
        self.after(group, member, road, measured);
        self.report(group, member, road, later(last, 6));
    }

    fn visit_days(&mut self, road: &Road) -> Vec<Date> {
        let step = if road.visits > 1 { (LAST_VISIT - FIRST_VISIT) / (road.visits - 1) } else { 0 };
        (0..road.visits)
            .map(|number| match road.visits {
                1 => ONLY_VISIT,
                // The second of three lies 45 days after the workshop, as people plan it.
                3 => [FIRST_VISIT, ONLY_VISIT, LAST_VISIT][usize::try_from(number).unwrap_or(0)],
                _ => FIRST_VISIT + step * number,
            })
            .map(|days| self.calendar.workday(later(road.begins, days + road.shift)))
            .collect()
    }

    /// Projects of the plan: some are finished and looked at, some stay open, a few are given up.
    fn projects(&mut self, group: &Group<'a>, member: &mut Member, road: &Road, days: &[Date]) {
        let recipe = self.recipe;
        let wanted = usize::try_from(self.whole(3, 5)).unwrap_or(3);
        // A problem is answered once; the next module finds others.
        let left = recipe.projects.iter().filter(|project| !member.answered.contains(&project.problem_kind));
        let mut left: Vec<&ProjectRecipe> = left.collect();
        if left.len() < wanted {
            left = recipe.projects.iter().collect();
        }
        let own = left.iter().filter(|project| member.problems.contains(&project.problem_kind));
        let mut chosen: Vec<&ProjectRecipe> = own.copied().collect();
        while chosen.len() < wanted.min(left.len()) {
            let place = self.whole(0, left.len() as i64 - 1);
            let project = left[usize::try_from(place).unwrap_or(0)];
            if !chosen.iter().any(|one| one.problem_kind == project.problem_kind) {
                chosen.push(project);
            }
        }
        chosen.truncate(wanted);
        member.answered.extend(chosen.iter().map(|project| project.problem_kind.clone()));
        for project in chosen {
            self.project(group, member, road, project, days);
        }
    }

    fn project(
        &mut self,
        group: &Group<'a>,
        member: &mut Member,
        road: &Road,
        project: &ProjectRecipe,
        days: &[Date],
    ) {
        let on = self.calendar.workday(later(road.begins, 4));
        let id = self.id(on);
        let (cost, saving) = (self.rupiah(project.cost), self.rupiah(project.saving));
        let kind = if self.chance(0.8) { SavingKind::Yearly } else { SavingKind::OneOff };
        let before = self.between(project.before).round();
        let due = self.workday_after(road.begins, 20, 65);
        let add = Act::AddProject {
            project: id.clone(),
            course: road.course.clone(),
            problem: project.problem.clone(),
            problem_kind: Some(project.problem_kind.clone()),
            action: project.action.clone(),
            owner: project.owner.clone(),
            due,
            cost: Some(cost),
            saving: Some(saving),
            saving_kind: Some(kind),
            measure: project.measure.clone(),
            before: Some(before),
            unit: project.unit.clone(),
        };
        self.act(member, group.trainer, on, add);
        // Of some projects there are pictures; the group of the demonstration has them of all.
        let pictured = group.home || id.ends_with(['0', '1', '2', '3']);
        if pictured {
            let about = (project.problem_kind.as_str(), project.problem.as_str());
            self.photo(member, group.trainer, on, &id, about, false);
        }
        let last = days.last().copied().unwrap_or(due);
        let finished = due.min(last).max(later(on, 1));
        let begun = Begun { id, cost, saving, before, pictured, finished, last };
        self.project_ends(group, member, road, project, begun);
    }

    /// Most projects are finished, most of those are looked at; some stay open, a few are given up.
    fn project_ends(
        &mut self,
        group: &Group<'a>,
        member: &mut Member,
        road: &Road,
        project: &ProjectRecipe,
        begun: Begun,
    ) {
        let Begun { id, cost, saving, before, pictured, finished, last } = begun;
        let fate = self.whole(0, 99);
        let after = self.between(project.after).round();
        let spent = cost + self.rupiah([0.0, cost as f64 * 0.4]);
        // What was looked at is seldom what was promised.
        let share = self.between([0.45, 1.05]);
        let seen = (saving as f64 * share / 10_000.0).round() as i64 * 10_000;
        let evidence = self.one_of(&self.recipe.words.evidence).to_owned();
        match fate {
            0..=69 => {
                let finish = Act::FinishProject {
                    project: id.clone(),
                    version: 0,
                    on: finished,
                    cost: Some(spent),
                    saving: None,
                    after: Some(after),
                };
                if self.act(member, group.trainer, finished, finish) {
                    if pictured {
                        let about = (project.problem_kind.as_str(), project.action.as_str());
                        self.photo(member, group.trainer, finished, &id, about, true);
                    }
                    member.finished.push(Finished {
                        project: id.clone(),
                        course: road.course.clone(),
                        problem_kind: project.problem_kind.clone(),
                        before,
                        after,
                        pictured,
                        verified: false,
                    });
                }
                if fate < 55 {
                    let verify = Act::VerifyProject {
                        project: id,
                        version: 0,
                        on: last,
                        saving: Some(seen),
                        evidence,
                    };
                    if self.act(member, group.trainer, last, verify)
                        && last < self.ground.today
                        && let Some(finished) = member.finished.last_mut()
                    {
                        finished.verified = true;
                    }
                }
            }
            70..=75 => {
                let because = "ternyata memerlukan mesin baru".to_owned();
                self.act(
                    member,
                    group.trainer,
                    finished,
                    Act::DropProject { project: id, version: 0, because },
                );
            }
            _ => {}
        }
    }

    fn visits(&mut self, group: &Group<'a>, member: &Member, road: &Road, days: &[Date]) {
        let words = &self.recipe.words;
        let planned = self.calendar.workday(later(road.begins, 7));
        let mut neatness = self.whole(1, 2);
        for day in days {
            let id = self.id(planned);
            let hour = HOURS[usize::try_from(self.whole(0, 1)).unwrap_or(0)];
            let plan = Act::PlanVisit {
                visit: id.clone(),
                course: road.course.clone(),
                on: *day,
                starts_at: hour.to_owned(),
                trainer: None,
            };
            self.act(member, group.trainer, planned, plan);
            let mut part = || u8::try_from((neatness + self.whole(0, 1)).clamp(0, 5)).unwrap_or(0);
            let five_s = FiveS::new([part(), part(), part(), part(), part()]).ok();
            neatness += 1;
            let record = Act::RecordVisit {
                visit: id,
                version: 0,
                on: *day,
                women: (member.women * 6.0).round() as u32,
                men: 6 - (member.women * 6.0).round() as u32,
                progress: self.one_of(&words.progress).to_owned(),
                five_s,
                findings: self.one_of(&words.findings).to_owned(),
                next_steps: self.one_of(&words.next_steps).to_owned(),
            };
            self.act(member, group.trainer, *day, record);
        }
    }

    /// Draft, submission, closing of the module; then the officer reads it.
    fn report(&mut self, group: &Group<'a>, member: &Member, road: &Road, on: Date) {
        let words = &self.recipe.words;
        let on = self.calendar.workday(on);
        let report = self.id(on);
        let (summary, lessons) = (self.one_of(&words.summaries), self.one_of(&words.lessons));
        let write = |submit: bool, on: Date| Act::WriteReport {
            report: report.clone(),
            course: road.course.clone(),
            version: 0,
            summary: summary.to_owned(),
            lessons: lessons.to_owned(),
            submit,
            on,
        };
        self.act(member, group.trainer, on, write(false, on));
        let sent = self.calendar.workday(later(on, 2));
        self.act(member, group.trainer, sent, write(true, sent));
        let closed = self.calendar.workday(later(sent, 1));
        let deliver = Act::Deliver { course: road.course.clone(), version: 0, on: closed };
        self.act(member, group.trainer, closed, deliver);
        let mut read = self.workday_after(closed, 3, 30);
        let words_of_officer = self.one_of(&words.comments).to_owned();
        if self.chance(self.recipe.fates.returned) {
            let comment = self.id(read);
            let back = Act::ReturnReport {
                comment,
                report: report.clone(),
                version: 0,
                words: words_of_officer,
                on: read,
            };
            self.act(member, self.officer, read, back);
            let again = self.workday_after(read, 4, 12);
            self.act(member, group.trainer, again, write(true, again));
            read = self.workday_after(again, 2, 8);
        } else if self.chance(0.3) {
            let comment = self.id(read);
            let say = Act::CommentReport { comment, report: report.clone(), words: words_of_officer };
            self.act(member, self.officer, read, say);
        }
        let approve = Act::ApproveReport { report: report.clone(), version: 0, on: read };
        self.act(member, self.officer, read, approve);
    }
}
