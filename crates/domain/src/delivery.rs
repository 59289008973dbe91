//! Delivery: how one enterprise goes through a programme, from selection to case study.
//!
//! Everything that is written is an [`Act`]: a typed, serialisable command. An act is allowed by
//! [`Order::allow`] (who may, and where) and lawful by [`Act::check`] (what must have happened
//! before). Pages, bulk files and forms from the field call the same acts; no rule lives in them.
//! There is no clock here: today is passed in.

mod act;
mod case_study;
mod figures;
mod permission;
mod record;
mod refusal;
mod report;
mod rule;
mod standing;
#[cfg(test)]
mod tests;
mod training;

pub use act::{Act, NotTracked};
pub use case_study::{CaseStudy, CaseStudyState, Origin, Pair};
pub use figures::{FiveS, InvalidFiveS};
pub use permission::{
    Allowed, AllowedTraining, Arrange, Consent, Deliver, Guide, Improve, Order, ReadDelivery, TrainingOrder,
};
pub use record::{
    Assessment, Course, Dossier, Engagement, Project, ProjectState, Report, ReportState, SavingKind, State,
    Team, Visit, VisitState,
};
pub use refusal::Refusal;
pub use report::{Check, checks};
pub use standing::{Next, Progress, Standing, Step, StepLine};
pub use training::{
    DaysThere, Enrolled, Participant, Position, Roster, Sex, Training, TrainingAct, TrainingState, Turnout,
};

pub use crate::observation::Stage;
