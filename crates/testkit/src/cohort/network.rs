//! The peer network of a cohort: who may be asked, what is asked and answered, and who learns together.

use domain::actor::Place;
use domain::network::{Group as Circle, NewQuestion, Reply};
use domain::person::Purpose;
use jiff::civil::Date;

use super::What;
use super::calendar::later;
use super::group::{Group, Member};
use super::plan::Draft;

/// An enterprise that may be asked, and what it solved.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    provider: usize,
    trainer: usize,
    enterprise: String,
    place: Place,
    province: String,
    home: bool,
    /// A project that somebody from outside has looked at, and its kind of problem.
    solved: Option<(String, String)>,
    since: Date,
}

/// Of those who may be asked, every third asks somebody.
const ASKS_EVERY: usize = 3;
/// Groups of a provider meet again so many days from now.
const MEETS_IN: i32 = 17;

impl<'a> Draft<'a> {
    /// Some enterprises agree to be found and asked, those of the demonstration among them.
    pub(super) fn meet(&mut self, group: &Group<'a>, members: Vec<Member>) {
        for member in members {
            let solved = member.finished.iter().find(|one| one.verified);
            let agrees = group.home || (solved.is_some() && member.engagement.ends_with(['0', '1', '2']));
            let since = later(group.first, 90).min(later(self.ground.today, -25));
            if !agrees || !member.is_there(since) || group.first >= later(self.ground.today, -30) {
                continue;
            }
            self.consent(&member.entered, group.trainer, Purpose::Network, since);
            self.peers.push(Peer {
                provider: group.provider,
                trainer: group.trainer,
                enterprise: member.entered.id.clone(),
                place: member.entered.enterprise.place(&member.entered.id),
                province: group.province.clone(),
                home: group.home,
                solved: solved.map(|one| (one.project.clone(), one.problem_kind.clone())),
                since,
            });
        }
    }

    /// Questions with answers, and learning groups of providers.
    pub(super) fn network(&mut self) {
        let peers = std::mem::take(&mut self.peers);
        self.questions(&peers);
        for provider in 0..self.recipe.providers.len() {
            self.circle(provider, &peers);
        }
    }

    fn questions(&mut self, peers: &[Peer]) {
        let words = &self.recipe.words;
        let pairs = words.questions.len().min(words.answers.len());
        if pairs == 0 {
            return;
        }
        let solvers: Vec<&Peer> = peers.iter().filter(|peer| peer.solved.is_some()).collect();
        let askers = peers.iter().enumerate().filter(|(number, peer)| peer.home || number % ASKS_EVERY == 0);
        for (number, asker) in askers {
            let others = solvers.iter().filter(|peer| peer.enterprise != asker.enterprise);
            let others: Vec<&&Peer> = others.collect();
            let Some(asked) = others.get(number % others.len().max(1)) else { continue };
            let Some((project, _)) = &asked.solved else { continue };
            let back = 3 + i32::try_from(number % 15).unwrap_or(0);
            let on = later(self.ground.today, -back).max(later(asker.since.max(asked.since), 1));
            let id = self.id(on);
            let new = NewQuestion {
                id: id.clone(),
                programme: self.recipe.programme.clone(),
                from: asker.enterprise.clone(),
                project: project.clone(),
                words: words.questions[number % pairs].clone(),
            };
            self.deed(asker.trainer, on, What::Ask { new, place: asker.place.clone() });
            // Every fourth still waits; one says no.
            let reply = match number % 8 {
                3 | 7 => continue,
                5 => Reply::Decline,
                _ => Reply::Answer(words.answers[number % pairs].clone()),
            };
            let place = asked.place.clone();
            self.deed(asked.trainer, later(on, 2), What::Reply { question: id, place, reply });
        }
    }

    /// A group of the enterprises of one provider that may be asked.
    fn circle(&mut self, provider: usize, peers: &[Peer]) {
        let own: Vec<&Peer> = peers.iter().filter(|peer| peer.provider == provider).collect();
        let Some(first) = own.iter().find(|peer| peer.home).or(own.first()).filter(|_| own.len() >= 3) else {
            return;
        };
        let kind = own.iter().find_map(|peer| peer.solved.as_ref().map(|(_, kind)| kind.clone()));
        let words = &self.recipe.words;
        let begun = later(self.ground.today, -20);
        let id = self.id(begun);
        let organisation = self.recipe.providers[provider].id.clone();
        let group = Circle {
            id: id.clone(),
            programme: self.recipe.programme.clone(),
            organisation: organisation.clone(),
            region: first.province.clone(),
            title: self.one_of(&words.circles).to_owned(),
            problem_kind: kind,
            next_on: Some(self.calendar.workday(later(self.ground.today, MEETS_IN))),
            note: self.one_of(&words.circle_notes).to_owned(),
        };
        let place = Place::programme(&self.recipe.programme)
            .in_region(&first.province)
            .of_organisation(&organisation);
        let manager = self.staff[provider].manager;
        self.deed(manager, begun, What::Tend { group, place });
        for peer in own.iter().take(6) {
            let (enterprise, place) = (peer.enterprise.clone(), peer.place.clone());
            let on = later(begun, 3);
            self.deed(peer.trainer, on, What::Join { group: id.clone(), enterprise, place });
        }
    }
}
