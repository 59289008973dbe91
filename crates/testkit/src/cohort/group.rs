//! Groups of enterprises that learn together, and the fate of each of them.

use std::collections::BTreeMap;

use domain::actor::{Function, Grant, Place};
use domain::delivery::Act;
use domain::person::Purpose;
use domain::programme::{Order, Product};
use jiff::civil::Date;

use super::calendar::later;
use super::enterprise::Entered;
use super::measuring::Series;
use super::plan::Draft;
use super::recipe::Line;

/// Days from the first day of one module's workshop to that of the next.
pub(super) const BETWEEN_MODULES: i32 = 105;
/// The group of the demonstration is in its second module, and has a visit today.
const HOME_BEGAN: i32 = -(BETWEEN_MODULES + 45);

/// A group and what it learns.
pub(super) struct Group<'a> {
    pub(super) provider: usize,
    pub(super) trainer: usize,
    pub(super) product: &'a Product,
    pub(super) province: String,
    /// First day of the first workshop.
    pub(super) first: Date,
    pub(super) home: bool,
}

/// A project that was finished, as a case study tells it.
#[derive(Clone, Debug)]
pub(super) struct Finished {
    pub(super) project: String,
    pub(super) course: String,
    pub(super) problem_kind: String,
    pub(super) before: f64,
    pub(super) after: f64,
    pub(super) pictured: bool,
    pub(super) verified: bool,
}

/// An enterprise on its way.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) entered: Entered,
    pub(super) engagement: String,
    pub(super) place: Place,
    pub(super) output: String,
    pub(super) women: f64,
    pub(super) problems: Vec<String>,
    pub(super) practices: BTreeMap<String, bool>,
    pub(super) series: Vec<Series>,
    /// Nothing was tracked when it began.
    pub(super) no_baseline: bool,
    /// Ends after its first module.
    pub(super) one_module: bool,
    /// The day on which it leaves before the end.
    pub(super) leaves: Option<Date>,
    /// From this day on nobody does anything more.
    pub(super) stuck: Option<Date>,
    /// The first day of its first workshop, once it was there.
    pub(super) workshop_on: Option<Date>,
    pub(super) modules: Vec<String>,
    /// Kinds of problems that a project answered already.
    pub(super) answered: Vec<String>,
    pub(super) finished: Vec<Finished>,
}

impl Member {
    pub(super) fn is_there(&self, on: Date) -> bool {
        self.leaves.is_none_or(|leaves| on < leaves) && self.stuck.is_none_or(|stuck| on < stuck)
    }
}

impl<'a> Draft<'a> {
    /// All groups of all waves, and the one of the demonstration.
    pub(super) fn groups(&mut self) {
        let today = self.ground.today;
        let home = self.recipe.providers.iter().position(|one| one.id == self.recipe.home_provider);
        self.group(home, later(today, HOME_BEGAN), true);
        for wave in &self.recipe.waves {
            let from = wave.from.unwrap_or_else(|| later(today, -wave.from_days_ago));
            let to = wave.to.unwrap_or_else(|| later(today, -wave.to_days_ago));
            let span = from.until(to).map_or(0, |span| span.get_days());
            let groups = i32::try_from(wave.groups).unwrap_or(1).max(1);
            for number in 0..groups {
                let first = later(from, span * number / groups + self.days(0, span / groups / 2));
                self.group(None, first, false);
            }
        }
    }

    fn group(&mut self, provider: Option<usize>, first: Date, home: bool) {
        let recipe = self.recipe;
        let weights: Vec<u32> = recipe.providers.iter().map(|one| one.weight).collect();
        let provider = provider.unwrap_or_else(|| self.weighted(&weights));
        let weights: Vec<u32> = recipe.products.iter().map(|one| one.weight).collect();
        let chosen = if home { 0 } else { self.weighted(&weights) };
        let Some(product) = self.ground.programme.product(&recipe.products[chosen].id) else { return };
        let working = i64::from(recipe.providers[provider].trainers);
        // The first of the house teaches more often.
        let number = if home || self.chance(0.35) { 0 } else { self.whole(0, working - 1) };
        let trainer = self.staff[provider].trainers[usize::try_from(number).unwrap_or(0)];
        let province = self.one_of(&recipe.providers[provider].provinces).to_owned();
        let group = Group { provider, trainer, product, province, first, home };
        let most = i64::from(product.cohort_max);
        let count = if home { most } else { self.whole((most - 1).max(3), most) };
        let mut members: Vec<Member> = Vec::new();
        for number in 0..count {
            members.push(self.member(&group, number));
        }
        if home {
            self.owner(&members[0]);
        }
        self.modules(&group, &mut members);
        for member in &mut members {
            self.ending(&group, member);
        }
        self.meet(&group, members);
    }

    /// The owner of the first enterprise of the demonstration, who signs in.
    fn owner(&mut self, member: &Member) {
        let grant = Grant::member(Function::Owner, &member.entered.id);
        let since = self.ground.today.saturating_sub(jiff::Span::new().days(120));
        self.person("pemilik", "Wulan Rekaan", grant, since, true);
    }

    /// An enterprise is entered, selected, commits and is assessed.
    fn member(&mut self, group: &Group<'a>, number: i64) -> Member {
        let line = self.line(group, number);
        let manager = self.staff[group.provider].manager;
        let first = group.first;
        let jitter = self.days(0, 4);
        let entered = self.register(group.provider, line, &group.province, later(first, -56 + jitter));
        let selected_on = self.calendar.workday(later(first, -50 + jitter));
        let mut member = self.newcomer(group, line, entered, selected_on, number);
        let phase = self.ground.programme.phase_on(selected_on);
        let select = Act::Select {
            enterprise: member.entered.id.clone(),
            programme: self.recipe.programme.clone(),
            phase: phase.map(|phase| phase.id.clone()).unwrap_or_default(),
            product: group.product.id.clone(),
            organisation: self.recipe.providers[group.provider].id.clone(),
            region: member.entered.enterprise.region.clone(),
            on: selected_on,
            synthetic: true,
        };
        self.act(&member, manager, selected_on, select);
        let trainer = self.people[group.trainer].account.clone();
        self.act(&member, manager, later(selected_on, 1), Act::AssignTrainer { trainer });
        let on = self.calendar.workday(later(first, -38 + jitter));
        let words = &self.recipe.words;
        let signed_by = self.one_of(&words.signed_by).to_owned();
        if self.act(&member, group.trainer, on, Act::Commit { on, signed_by, shares_data: true }) {
            let entered = member.entered.clone();
            self.consent(&entered, group.trainer, Purpose::Programme, on);
        }
        let on = self.calendar.workday(later(first, -24 + jitter));
        self.baseline(group, &mut member, on);
        member
    }

    fn line(&mut self, group: &Group<'a>, number: i64) -> &'a Line {
        let recipe = self.recipe;
        let fits: Vec<&Line> =
            recipe.lines.iter().filter(|line| line.products.contains(&group.product.id)).collect();
        let home = fits.iter().find(|line| line.activity == recipe.home_line);
        match home.filter(|_| group.home && number == 0) {
            Some(line) => line,
            None => {
                let place = self.whole(0, fits.len() as i64 - 1);
                fits[usize::try_from(place).unwrap_or(0)]
            }
        }
    }

    fn newcomer(
        &mut self,
        group: &Group<'a>,
        line: &Line,
        entered: Entered,
        selected_on: Date,
        number: i64,
    ) -> Member {
        let fates = self.recipe.fates;
        let (leaves, stuck) = (self.chance(fates.withdrawn), self.chance(fates.stuck));
        let days = [-40, -30, -12, 8, 30][usize::try_from(self.whole(0, 4)).unwrap_or(0)];
        let leaves = leaves.then(|| self.calendar.workday(later(group.first, days)));
        let stuck = stuck.then(|| later(group.first, self.days(12, 80)));
        let no_baseline = self.chance(self.recipe.faults.no_baseline);
        let one_module = self.chance(fates.one_module);
        let place = Place::programme(&self.recipe.programme)
            .in_region(&entered.enterprise.region)
            .of_organisation(&self.recipe.providers[group.provider].id)
            .of_enterprise(&entered.id);
        let problems = self.problems(line);
        let practices = self
            .ground
            .programme
            .practices_of(group.product)
            .map(|(_, practice)| practice.code.clone())
            .collect::<Vec<_>>();
        let practices = practices.into_iter().map(|code| (code, self.chance(0.3))).collect();
        let series = self.series(entered.workers);
        let member = Member {
            engagement: self.id(selected_on),
            place,
            output: line.output.clone(),
            women: line.women,
            problems,
            practices,
            series,
            no_baseline,
            one_module,
            leaves,
            stuck,
            workshop_on: None,
            modules: Vec::new(),
            answered: Vec::new(),
            finished: Vec::new(),
            entered,
        };
        if !group.home {
            return member;
        }
        // Those of the demonstration are all there; the fourth waits for a visit that nobody recorded.
        let stuck = (number == 3).then(|| later(group.first, BETWEEN_MODULES + 19));
        Member { leaves: None, stuck, no_baseline: false, one_module: false, ..member }
    }

    /// Two to four problems, those that the line knows best first.
    fn problems(&mut self, line: &Line) -> Vec<String> {
        let known: Vec<String> = self
            .ground
            .programme
            .problems_for(&line.activity)
            .iter()
            .map(|problem| problem.code.clone())
            .filter(|code| self.recipe.projects.iter().any(|project| project.problem_kind == *code))
            .collect();
        let wanted = usize::try_from(self.whole(2, 4)).unwrap_or(2);
        let mut problems: Vec<String> = Vec::new();
        let mut place = usize::try_from(self.whole(0, 2)).unwrap_or(0);
        while problems.len() < wanted.min(known.len()) {
            let code = &known[place % known.len()];
            if !problems.contains(code) {
                problems.push(code.clone());
            }
            place += usize::try_from(self.whole(1, 4)).unwrap_or(1);
        }
        problems
    }

    /// Which modules the group takes, in order: what most of its members need.
    pub(super) fn chosen_modules(&mut self, group: &Group<'a>, members: &[Member]) -> Vec<String> {
        let product = group.product;
        if product.order == Order::Fixed {
            return product.modules.clone();
        }
        let wanted = match self.whole(0, 19) {
            _ if group.home => 2,
            0..=7 => 1,
            8..=15 => 2,
            _ => 3,
        };
        let problems: Vec<String> = members.iter().flat_map(|member| member.problems.clone()).collect();
        let mut modules: Vec<String> = Vec::new();
        while modules.len() < wanted {
            let begun: Vec<&str> = modules.iter().map(String::as_str).collect();
            let next = self.ground.programme.recommend(product, &problems, &begun);
            let open = product.may_follow(&begun);
            let Some(module) = next.iter().map(|one| one.module).find(|module| open.contains(module)) else {
                break;
            };
            modules.push(module.to_owned());
        }
        modules
    }
}
