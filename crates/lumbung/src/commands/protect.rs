//! `lumbung protect`: disclosure control on anybody's table, with the proof checked.

use anyhow::Context;
use disclosure::ProtectionPlan;
use domain::language::Language;

use crate::cli::{AuditArg, ProtectArgs};
use crate::words::{Message, say};

pub(super) fn run(arguments: &ProtectArgs, language: Language) -> anyhow::Result<()> {
    let text =
        std::fs::read_to_string(&arguments.plan).with_context(|| arguments.plan.display().to_string())?;
    let plan = ProtectionPlan::parse(&text)?;
    let is_cube = arguments.input.extension().is_some_and(|ending| ending == "parquet");
    let cube = if is_cube {
        statistics::cube_file::read(&arguments.input)?
    } else {
        disclosure::table::read(&arguments.input, &arguments.plan, &text)?
    };
    let (protected, proof) = disclosure::protect(cube.clone(), &plan, None, &())?;
    let report = disclosure::check(&cube, &protected, &proof, &plan)?;
    if !report.passed() {
        return Err(Message::Audit { report: report.text() }.into());
    }
    disclosure::table::write(&protected, &text, &arguments.output)?;
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
        for interval in disclosure::exact_intervals(&cube, &protected, &plan, &())? {
            println!("{interval}");
        }
    }
    Ok(())
}
