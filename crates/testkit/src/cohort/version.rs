//! Versions: whoever closes something says which state they saw. Here everybody saw the newest one.

use std::collections::BTreeMap;

use domain::delivery::{Act, TrainingAct};

use super::{Deed, What};

/// What grows with acts: engagements with every one of them, the rest with its own.
#[derive(Default)]
struct Seen {
    versions: BTreeMap<String, i64>,
    /// Engagements by the training to which a course of theirs was sent.
    enrolled: BTreeMap<String, Vec<String>>,
}

impl Seen {
    fn of(&self, id: &str) -> i64 {
        self.versions.get(id).copied().unwrap_or(0)
    }

    fn grow(&mut self, id: &str) {
        *self.versions.entry(id.to_owned()).or_default() += 1;
    }
}

/// Writes into every act the version that its doer must have seen. Deeds stand in the order of time.
pub(super) fn stamp(deeds: &mut [Deed]) {
    let mut seen = Seen::default();
    for deed in deeds {
        match &mut deed.what {
            What::Delivery(order) => {
                let engagement = order.engagement.clone();
                stamp_act(&mut order.act, &engagement, &mut seen);
                seen.grow(&engagement);
            }
            What::Training(order) => {
                if let TrainingAct::Hold { version, .. } | TrainingAct::Cancel { version, .. } =
                    &mut order.act
                {
                    *version = seen.of(&order.training);
                }
                if matches!(order.act, TrainingAct::Hold { .. }) {
                    for engagement in seen.enrolled.get(&order.training).cloned().unwrap_or_default() {
                        seen.grow(&engagement);
                    }
                }
                seen.grow(&order.training);
            }
            _ => {}
        }
    }
}

fn stamp_act(act: &mut Act, engagement: &str, seen: &mut Seen) {
    match act {
        Act::OpenCourse { training: Some(training), .. } => {
            seen.enrolled.entry(training.clone()).or_default().push(engagement.to_owned());
        }
        Act::Deliver { version, .. } | Act::Exit { version, .. } | Act::Withdraw { version, .. } => {
            *version = seen.of(engagement);
        }
        Act::AddProject { project, .. } => seen.grow(project),
        Act::PlanVisit { visit, .. } => seen.grow(visit),
        Act::FinishProject { project: id, version, .. }
        | Act::VerifyProject { project: id, version, .. }
        | Act::DropProject { project: id, version, .. }
        | Act::RecordVisit { visit: id, version, .. }
        | Act::CancelVisit { visit: id, version, .. }
        | Act::WriteReport { report: id, version, .. }
        | Act::ReturnReport { report: id, version, .. }
        | Act::ApproveReport { report: id, version, .. }
        | Act::WriteCaseStudy { case_study: id, version, .. }
        | Act::ConsentCaseStudy { case_study: id, version, .. }
        | Act::PublishCaseStudy { case_study: id, version, .. } => {
            *version = seen.of(id);
            seen.grow(id);
        }
        _ => {}
    }
}
