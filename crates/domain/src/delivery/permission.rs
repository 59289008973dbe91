//! Who may do which act. An [`Allowed`] act is the proof that the ledger asks for.

use super::act::Act;
use super::training::TrainingAct;
use crate::actor::{Actor, Permit, Place, Refused, placed_action};

placed_action!(
    /// See engagements, their plans, visits and reports.
    ReadDelivery { what }, "delivery.read",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember, ProductivityOfficer]
);
placed_action!(
    /// Select enterprises, plan trainings, assign trainers, end engagements.
    Arrange { what }, "delivery.arrange", [Administrator, ProgrammeOfficer, ProviderManager]
);
placed_action!(
    /// Do the work of a trainer: baselines, attendance, visits, reports, closing a module.
    Deliver { what }, "delivery.deliver", [Administrator, ProviderManager, Trainer]
);
placed_action!(
    /// Write down projects of the improvement plan and how far they are, with photos.
    Improve { what }, "delivery.improve", [Administrator, ProviderManager, Trainer, EnterpriseMember]
);
placed_action!(
    /// Read reports with comments, approve them, publish case studies.
    Guide { what }, "delivery.guide", [Administrator, ProgrammeOfficer]
);
placed_action!(
    /// Agree in the name of the enterprise that its case is told.
    Consent { what }, "delivery.consent",
    [Administrator, ProviderManager, Trainer, EnterpriseMember], functions [Owner, Manager]
);

/// An act, on which engagement, and where that stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub engagement: String,
    /// As the ledger has it; the ledger looks again before it writes.
    pub place: Place,
    pub act: Act,
}

/// An act on a training, and where that stands.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingOrder {
    pub training: String,
    pub place: Place,
    pub act: TrainingAct,
}

/// An act that its actor may do there. Only [`Order::allow`] makes one.
#[derive(Clone, Debug)]
pub struct Allowed {
    actor: Actor,
    order: Order,
}

/// An act on a training that its actor may do there. Only [`TrainingOrder::allow`] makes one.
#[derive(Clone, Debug)]
pub struct AllowedTraining {
    actor: Actor,
    order: TrainingOrder,
}

impl Order {
    pub fn allow(self, actor: &Actor) -> Result<Allowed, Refused> {
        let (what, place) = (self.engagement.clone(), self.place.clone());
        match &self.act {
            Act::Select { .. }
            | Act::AssignTrainer { .. }
            | Act::Exit { .. }
            | Act::Withdraw { .. }
            | Act::OpenCourse { training: Some(_), .. } => {
                proof(actor.permit(Arrange { what: what.clone(), place: place.clone() })).or_else(
                    |refused| match &self.act {
                        // A trainer opens a course, and may note that the enterprise has left.
                        Act::OpenCourse { .. } | Act::Exit { .. } | Act::Withdraw { .. } => {
                            proof(actor.permit(Deliver { what, place }))
                        }
                        _ => Err(refused),
                    },
                )?
            }
            Act::AddProject { .. }
            | Act::FinishProject { .. }
            | Act::DropProject { .. }
            | Act::AttachPhoto { .. } => proof(actor.permit(Improve { what, place }))?,
            Act::CommentReport { .. } => {
                proof(actor.permit(Guide { what: what.clone(), place: place.clone() }))
                    .or_else(|_| proof(actor.permit(Deliver { what, place })))?
            }
            Act::ReturnReport { .. } | Act::ApproveReport { .. } | Act::PublishCaseStudy { .. } => {
                proof(actor.permit(Guide { what, place }))?
            }
            Act::ConsentCaseStudy { .. } | Act::RetractCaseStudy { .. } => {
                proof(actor.permit(Consent { what: what.clone(), place: place.clone() }))
                    .or_else(|_| proof(actor.permit(Guide { what, place })))?
            }
            _ => proof(actor.permit(Deliver { what, place }))?,
        }
        Ok(Allowed { actor: actor.clone(), order: self })
    }
}

fn proof<A>(permit: Result<Permit<A>, Refused>) -> Result<(), Refused> {
    permit.map(drop)
}

impl TrainingOrder {
    pub fn allow(self, actor: &Actor) -> Result<AllowedTraining, Refused> {
        let (what, place) = (self.training.clone(), self.place.clone());
        match &self.act {
            TrainingAct::Plan { .. } | TrainingAct::Cancel { .. } => {
                proof(actor.permit(Arrange { what, place }))?;
            }
            TrainingAct::Hold { .. } | TrainingAct::Feedback { .. } => {
                proof(actor.permit(Deliver { what, place }))?;
            }
        }
        Ok(AllowedTraining { actor: actor.clone(), order: self })
    }
}

impl Allowed {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn order(&self) -> &Order {
        &self.order
    }
}

impl AllowedTraining {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn order(&self) -> &TrainingOrder {
        &self.order
    }
}
