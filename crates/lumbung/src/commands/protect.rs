//! `lumbung protect`: disclosure control on anybody's table, with the proof checked.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use disclosure::{ProtectedCube, ProtectionPlan, Value};
use domain::cube::Cube;
use domain::language::Language;

use crate::cli::{AuditArg, ProtectArgs};
use crate::output::write_whole;
use crate::words::{Message, say, tell};

pub(super) fn run(arguments: &ProtectArgs, language: Language) -> anyhow::Result<()> {
    let text =
        std::fs::read_to_string(&arguments.plan).with_context(|| arguments.plan.display().to_string())?;
    let plan = ProtectionPlan::parse(&text)?;
    let is_cube = arguments.input.extension().is_some_and(|ending| ending == "parquet");
    let cube = if is_cube {
        statistics::cube_file::read(&arguments.input)?
    } else {
        let folder = arguments.plan.parent().unwrap_or(Path::new("."));
        disclosure::table::read(&arguments.input, &text, folder)?
    };
    let (protected, proof) = disclosure::protect(cube.clone(), &plan, None, &())?;
    let report = disclosure::check(&cube, &protected, &proof, &plan)?;
    if !report.passed() {
        return Err(Message::Audit { report: report.text() }.into());
    }
    write_whole(&arguments.output, |output| {
        if is_cube {
            write_cube(&protected, output)
        } else {
            Ok(disclosure::table::write(&protected, &text, output)?)
        }
    })?;
    eprintln!(
        "{}",
        say(
            language,
            format!(
                "{} sel: {} peka, {} ikut ditahan, {} terbit.",
                report.cells, report.primary, report.complementary, report.visible
            ),
            format!(
                "{} cells: {} sensitive, {} hidden with them, {} published.",
                report.cells, report.primary, report.complementary, report.visible
            ),
        )
    );
    eprintln!("{}", report.text().get(language));
    for weaker in &report.weaker {
        eprintln!("  {} {} ({:.0} %)", weaker.name, weaker.total, weaker.reached_percent);
    }
    if arguments.audit == Some(AuditArg::Exact) {
        print_intervals(&cube, &protected, &plan, language)?;
    }
    Ok(())
}

/// A protected cube as a table: codes, measures, and why a cell is withheld.
fn write_cube(protected: &ProtectedCube, output: impl Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(output);
    let dimensions = protected.dimensions();
    let measures = protected.measures();
    let names = dimensions.iter().map(|dimension| dimension.id.as_str());
    let header = names.chain(measures.iter().map(|measure| measure.code.as_str())).chain(["status"]);
    writer.write_record(header)?;
    for cell in 0..protected.len() {
        let members = protected.key(cell).iter().zip(dimensions);
        let mut record: Vec<String> =
            members.map(|(member, dimension)| dimension.members[*member as usize].code.clone()).collect();
        record.extend((0..measures.len()).map(|measure| match protected.value(cell, measure) {
            Value::Visible(value) => value.to_string(),
            _ => String::new(),
        }));
        record.push(disclosure::table::status_of(protected.hidden(cell)).to_owned());
        writer.write_record(&record)?;
    }
    writer.flush()?;
    Ok(())
}

/// What an outsider can work out about each hidden cell.
fn print_intervals(
    cube: &Cube,
    protected: &ProtectedCube,
    plan: &ProtectionPlan,
    language: Language,
) -> anyhow::Result<()> {
    tell("cell,total,value,lower,upper,need")?;
    let undecided = say(language, "belum terputus", "undecided");
    for interval in disclosure::exact_intervals(cube, protected, plan, None, &())? {
        let codes: Vec<&str> = cube
            .key(interval.cell as usize)
            .iter()
            .zip(&cube.dimensions)
            .map(|(member, dimension)| dimension.members[*member as usize].code.as_str())
            .collect();
        let bounds = match interval.bounds {
            Some((lower, upper)) => format!("{lower},{upper}"),
            None => format!("{undecided},{undecided}"),
        };
        tell(format_args!(
            "{},{},{},{bounds},{}",
            codes.join("/"),
            interval.total,
            interval.value,
            interval.need
        ))?;
    }
    Ok(())
}
