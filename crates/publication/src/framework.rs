//! The results framework for others: IATI 2.03 and CSV, from locked reports alone. What was not reported is
//! left out of the one and stays empty in the other: no data is never zero.

use std::io;

use domain::framework::{AidActivity, AidOrganisation, Framework, Measure, NewReport, Target};
use domain::language::{Language, Text};
use domain::programme::Programme;
use jiff::Timestamp;

use crate::format::text::Line;
use crate::format::xml::{Attributes, Xml};

/// A report as it was locked.
#[derive(Clone, Copy, Debug)]
pub struct LockedReport<'a> {
    pub report: &'a NewReport,
    pub at: Timestamp,
}

/// Everything that an export is made of.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    pub programme: &'a Programme,
    pub framework: &'a Framework,
    pub reports: &'a [LockedReport<'a>],
}

/// IATI 2.03: one activity with a result for every target.
pub fn iati(activity: &AidActivity, reported: &Reported<'_>, now: Timestamp) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut xml = Xml::new(&mut bytes)?;
    let moment = |at: Timestamp| format!("{at:.0}");
    xml.open("iati-activities", &[("version", "2.03"), ("generated-datetime", &moment(now))])?;
    let last = reported.reports.iter().map(|one| one.at).max().unwrap_or(now);
    let head: Attributes<'_> =
        &[("xml:lang", "en"), ("last-updated-datetime", &moment(last)), ("humanitarian", "0")];
    xml.open("iati-activity", head)?;
    xml.text("iati-identifier", &[], &activity.identifier)?;
    organisation(&mut xml, "reporting-org", &activity.reporting)?;
    narrated(&mut xml, "title", &[], &reported.programme.title)?;
    narrated(&mut xml, "description", &[("type", "1")], &reported.programme.description)?;
    if activity.example {
        let said = Text::new(
            "Pengenal kegiatan ini adalah contoh. Jangan diterbitkan sebelum diganti di aid.toml.",
            "The identifier of this activity is an example. Do not publish it before it is replaced in aid.toml.",
        );
        narrated(&mut xml, "description", &[("type", "4")], &said)?;
    }
    for one in &activity.organisation {
        organisation(&mut xml, "participating-org", one)?;
    }
    xml.empty("activity-status", &[("code", activity.status.as_str())])?;
    if let Some(phase) = reported.programme.phases.iter().find(|phase| phase.id == activity.phase) {
        let (from, to) = (phase.from.to_string(), phase.to.map(|to| to.to_string()));
        xml.empty("activity-date", &[("type", "2"), ("iso-date", &from)])?;
        if let Some(to) = to {
            xml.empty("activity-date", &[("type", "4"), ("iso-date", &to)])?;
        }
    }
    xml.empty("recipient-country", &[("code", "ID"), ("percentage", "100")])?;
    for sector in &activity.sector {
        xml.empty("sector", &[("vocabulary", "1"), ("code", sector.code.as_str())])?;
    }
    for target in reported.framework.targets.iter().filter(|target| target.phase == activity.phase) {
        result(&mut xml, target, reported)?;
    }
    xml.finish()?;
    Ok(bytes)
}

fn organisation(xml: &mut Xml<'_>, name: &'static str, one: &AidOrganisation) -> io::Result<()> {
    let all = [("ref", &one.reference), ("type", &one.kind), ("role", &one.role)];
    let named = all.into_iter().filter(|(_, value)| !value.is_empty());
    let attributes: Vec<(&str, &str)> = named.map(|(name, value)| (name, value.as_str())).collect();
    narrated(xml, name, &attributes, &one.name)
}

/// An element that says something in both languages.
fn narrated(
    xml: &mut Xml<'_>,
    name: &'static str,
    attributes: Attributes<'_>,
    text: &Text,
) -> io::Result<()> {
    xml.open(name, attributes)?;
    xml.text("narrative", &[], text.get(Language::En))?;
    xml.text("narrative", &[("xml:lang", "id")], text.get(Language::Id))?;
    xml.close()
}

/// One target: its indicator, and every period that was reported.
fn result(xml: &mut Xml<'_>, target: &Target, reported: &Reported<'_>) -> io::Result<()> {
    // 1 is an output; 1 counts units and 2 is a percentage.
    let measure = if target.measure == Measure::CostRecovery { "2" } else { "1" };
    xml.open("result", &[("type", "1"), ("aggregation-status", "0")])?;
    narrated(xml, "title", &[], &target.label)?;
    xml.open("indicator", &[("measure", measure), ("ascending", "1"), ("aggregation-status", "0")])?;
    narrated(xml, "title", &[], &target.label)?;
    narrated(xml, "description", &[], &target.definition)?;
    for one in reported.reports {
        let Some(period) = reported.framework.period(&one.report.period) else { continue };
        let Some(figure) = one.report.figures.iter().find(|figure| figure.target == target.code) else {
            continue;
        };
        xml.open("period", &[])?;
        xml.empty("period-start", &[("iso-date", &period.from.to_string())])?;
        xml.empty("period-end", &[("iso-date", &period.to.to_string())])?;
        xml.empty("target", &[("value", &plain(figure.wanted))])?;
        if let Some(value) = figure.actual.value {
            xml.open("actual", &[("value", &plain(value))])?;
            if figure.actual.synthetic {
                let said = Text::new("Data sintetis untuk peragaan", "Synthetic data of a demonstration");
                narrated(xml, "comment", &[], &said)?;
            }
            xml.close()?;
        }
        xml.close()?;
    }
    xml.close()?;
    xml.close()
}

fn plain(value: f64) -> String {
    format!("{value}")
}

/// The framework as a table: one line for a target in a period that was reported.
pub fn csv(reported: &Reported<'_>, language: Language) -> Vec<u8> {
    let heads = [
        "programme",
        "phase",
        "target",
        "label",
        "unit",
        "definition",
        "period",
        "period_start",
        "period_end",
        "target_value",
        "actual_value",
        "undetermined",
        "synthetic",
        "as_of",
        "locked_at",
        "source",
    ];
    // Spreadsheets take text for UTF-8 only after this mark.
    let (mut bytes, mut line) = ("\u{feff}".as_bytes().to_vec(), Line::default());
    let mut write = |fields: &[String]| {
        line.clear();
        for field in fields {
            line.push(field);
        }
        bytes.extend_from_slice(line.end());
    };
    write(&heads.map(str::to_owned));
    for target in &reported.framework.targets {
        for one in reported.reports {
            let Some(period) = reported.framework.period(&one.report.period) else { continue };
            let Some(figure) = one.report.figures.iter().find(|figure| figure.target == target.code) else {
                continue;
            };
            write(&[
                reported.programme.id.clone(),
                target.phase.clone(),
                target.code.clone(),
                target.label.get(language).to_owned(),
                target.unit.get(language).to_owned(),
                target.definition.get(language).to_owned(),
                period.code.clone(),
                period.from.to_string(),
                period.to.to_string(),
                plain(figure.wanted),
                figure.actual.value.map(plain).unwrap_or_default(),
                figure.actual.undetermined.to_string(),
                figure.actual.synthetic.to_string(),
                one.report.as_of.to_string(),
                format!("{:.0}", one.at),
                target.source.get(language).to_owned(),
            ]);
        }
    }
    bytes
}
