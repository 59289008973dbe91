//! Automatic checks of a module report: what a reviewer would otherwise have to look up.

use jiff::civil::Date;

use super::Stage;
use super::record::{Course, Dossier, ProjectState, VisitState};
use super::standing::Step;
use crate::finding::Severity;
use crate::language::Text;
use crate::programme::Programme;

/// One thing a reviewer should see before reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub code: &'static str,
    /// A warning is for the eye; what is held should be sent back.
    pub severity: Severity,
    pub message: Text,
}

/// What stands out in the records behind a report; empty if nothing does.
pub fn checks(dossier: &Dossier, course: &Course, programme: &Programme, today: Date) -> Vec<Check> {
    let mut found = Vec::new();
    let mut add = |code, severity, id: String, en: String| {
        found.push(Check { code, severity, message: Text::new(id, en) });
    };
    for step in dossier.missing(course, programme).into_iter().filter(|step| *step != Step::Report) {
        let words = step.words();
        add(
            "missing",
            Severity::Held,
            format!("Belum ada {}.", words.id),
            format!("There is no {}.", words.en),
        );
    }
    check_attendance(course, &mut add);
    check_pairs(dossier, course, &mut add);
    check_projects(dossier, course, today, &mut add);
    check_visits(dossier, course, &mut add);
    found
}

type Add<'a> = dyn FnMut(&'static str, Severity, String, String) + 'a;

fn check_attendance(course: &Course, add: &mut Add) {
    let turnout = course.turnout;
    if turnout.all() == 0 {
        return;
    }
    if turnout.workers() == 0 {
        add(
            "no-workers",
            Severity::Warning,
            "Tidak ada pekerja yang ikut lokakarya; hanya pimpinan.".into(),
            "No worker took part in the workshop, only managers.".into(),
        );
    }
    if turnout.women() == 0 || turnout.men() == 0 {
        add(
            "one-sex",
            Severity::Warning,
            format!("Peserta: {} perempuan, {} laki-laki.", turnout.women(), turnout.men()),
            format!("Participants: {} women, {} men.", turnout.women(), turnout.men()),
        );
    }
}

/// Only practices that were asked both times can be compared.
fn check_pairs(dossier: &Dossier, course: &Course, add: &mut Add) {
    let (Some(before), Some(after)) =
        (dossier.assessment(Stage::Baseline), dossier.assessment_after(&course.id))
    else {
        return;
    };
    let asked = after.practices.len();
    let paired = after.practices.keys().filter(|code| before.practices.contains_key(*code)).count();
    if paired < asked || asked == 0 {
        add(
            "unpaired",
            Severity::Warning,
            format!("{paired} dari {asked} butir periksa dapat dibandingkan dengan data awal."),
            format!("{paired} of {asked} practices can be compared with the baseline."),
        );
    }
    let worse = after
        .practices
        .iter()
        .filter(|(code, there)| !**there && before.practices.get(*code) == Some(&true))
        .count();
    if worse > 0 {
        add(
            "worse",
            Severity::Warning,
            format!("{worse} praktik yang dahulu ada, sekarang tidak. Jelaskan dalam laporan."),
            format!("{worse} practices that were there are gone. Explain it in the report."),
        );
    }
}

/// A saving of more than this many rupiah a year is looked at twice.
const SAVING_LARGE: i64 = 1_000_000_000;

fn check_projects(dossier: &Dossier, course: &Course, today: Date, add: &mut Add) {
    let projects: Vec<_> = dossier.projects_of(&course.id).collect();
    let late = projects.iter().filter(|project| project.is_open() && project.due < today).count();
    if late > 0 {
        add(
            "late",
            Severity::Warning,
            format!("{late} usulan lewat tenggat dan belum selesai."),
            format!("{late} projects are past their date and not done."),
        );
    }
    let unverified = projects
        .iter()
        .filter(|project| project.state == ProjectState::Done && project.saving.is_some())
        .count();
    if unverified > 0 {
        add(
            "unverified",
            Severity::Warning,
            format!("{unverified} penghematan belum diperiksa orang luar; belum dihitung."),
            format!("{unverified} savings have not been verified and do not count yet."),
        );
    }
    let large = projects.iter().any(|project| project.saving.is_some_and(|saving| saving > SAVING_LARGE));
    if large {
        add(
            "large-saving",
            Severity::Held,
            "Ada penghematan di atas Rp 1 miliar. Periksa satuannya.".into(),
            "A saving lies above Rp 1 billion. Check its unit.".into(),
        );
    }
}

fn check_visits(dossier: &Dossier, course: &Course, add: &mut Add) {
    let mut done: Vec<_> =
        dossier.visits_of(&course.id).filter(|visit| visit.state == VisitState::Done).collect();
    done.sort_by_key(|visit| visit.done_on);
    let same_day = done.windows(2).any(|pair| pair[0].done_on == pair[1].done_on);
    if same_day {
        add(
            "same-day",
            Severity::Held,
            "Dua kunjungan tercatat pada hari yang sama.".into(),
            "Two visits are on record for the same day.".into(),
        );
    }
    let scores: Vec<u8> = done.iter().filter_map(|visit| visit.five_s).map(|score| score.total()).collect();
    if let (Some(first), Some(last)) = (scores.first(), scores.last())
        && last < first
    {
        add(
            "five-s-down",
            Severity::Warning,
            format!("Skor 5S turun dari {first} ke {last}."),
            format!("The 5S score fell from {first} to {last}."),
        );
    }
}
