//! How far a job is, in words and as a bar. The same on every page that shows one.

use domain::language::Text;
use serde::Serialize;
use store::jobs::{Job, JobStatus};

use crate::speech::Speech;

/// Larger totals are bytes or rows by the million; a share says more than their digits.
const COUNTED_MAX: i64 = 1_000;

/// A job as a page shows it; also what the page's script asks for.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Progress {
    pub(super) id: String,
    pub(super) status: &'static str,
    pub(super) status_label: String,
    pub(super) chip: &'static str,
    pub(super) kind_label: String,
    /// The step and the counts, in words.
    pub(super) words: String,
    pub(super) done: i64,
    /// 0: not known, and the bar only shows that something happens.
    pub(super) total: i64,
    pub(super) is_final: bool,
    pub(super) stopping: bool,
    /// Why it failed.
    pub(super) message: String,
    pub(super) ordered_at: String,
    pub(super) ended_at: String,
    /// Where its subject is shown.
    pub(super) href: String,
    pub(super) feed: String,
}

impl Progress {
    pub(super) fn of(job: &Job, speech: Speech) -> Self {
        let stopping = job.cancel_requested && !job.status.is_final();
        Progress {
            status: job.status.code(),
            status_label: speech.t(&if stopping {
                "office-job-stopping".to_owned()
            } else {
                format!("office-job-{}", job.status.code())
            }),
            chip: match job.status {
                JobStatus::Queued => "",
                JobStatus::Running => "info",
                JobStatus::Done => "ok",
                JobStatus::Failed => "err",
                JobStatus::Cancelled => "warn",
            },
            kind_label: speech.t(&format!("office-work-{}", job.kind)),
            words: words(job, speech),
            done: job.done.clamp(0, job.total.max(0)),
            total: job.total.max(0),
            is_final: job.status.is_final(),
            stopping,
            message: job.message.as_ref().map(|text: &Text| speech.say(text).to_owned()).unwrap_or_default(),
            ordered_at: speech.moment(job.ordered_at),
            ended_at: job.ended_at.map(|at| speech.moment(at)).unwrap_or_default(),
            href: speech.href(&subject_path(job)),
            feed: speech.href(&format!("/office/jobs/{}/progress", job.id)),
            id: job.id.clone(),
        }
    }
}

/// Where the thing is shown that a job is about.
fn subject_path(job: &Job) -> String {
    match job.kind.as_str() {
        "check-import" | "accept-import" | "decide-rows" => format!("/office/imports/{}", job.subject),
        "make-release" => format!("/office/releases/{}", job.subject),
        _ => format!("/office/jobs/{}", job.id),
    }
}

fn words(job: &Job, speech: Speech) -> String {
    match job.status {
        JobStatus::Queued => return speech.t("office-progress-queued"),
        JobStatus::Running => {}
        JobStatus::Done | JobStatus::Failed | JobStatus::Cancelled => {
            return speech.t(&format!("office-progress-{}", job.status.code()));
        }
    }
    let key = format!("step-{}", job.step.replace('.', "-"));
    let step = if speech.knows(&key) { speech.t(&key) } else { speech.t("office-progress-working") };
    let done = speech.integer(job.done.unsigned_abs());
    if job.total > COUNTED_MAX {
        let share = speech.percent(100.0 * job.done as f64 / job.total as f64, 0);
        speech.with("office-progress-share", &[("step", &step), ("share", &share)])
    } else if job.total > 0 {
        let total = speech.integer(job.total.unsigned_abs());
        speech.with("office-progress-of", &[("step", &step), ("done", &done), ("total", &total)])
    } else if job.done > 0 {
        speech.with("office-progress-so-far", &[("step", &step), ("done", &done)])
    } else {
        step
    }
}
