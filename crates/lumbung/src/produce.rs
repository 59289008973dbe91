//! The whole road of a release on one screen: snapshot, cube, protection, proof, analyses.
//!
//! `release` and `verify` both walk it, so that what is verified is what was done.

use disclosure::{AuditReport, ProtectedCube, ProtectionPlan};
use domain::catalogue::Catalogue;
use domain::cube::Provenance;
use domain::language::Text;
use domain::plan::Plan;
use domain::progress::Watch;
use domain::release::{QualityReport, YearCoverage};
use domain::survey::Survey;
use microdata::{Snapshot, YearCounts};
use statistics::{Input, Variation};

use crate::analyses;
use crate::words::Message;

/// What came out: the bytes that are published, and what is kept for whoever verifies.
pub(crate) struct Product {
    pub title: Text,
    pub dataset: String,
    pub cube: Vec<u8>,
    pub proof: Vec<u8>,
    /// The analyses that the plan names, if it names any.
    pub analyses: Option<Vec<u8>>,
    pub report: AuditReport,
    pub quality: QualityReport,
}

/// Everything a release is made from; nothing else may influence its bytes.
pub(crate) struct Ingredients<'a> {
    pub name: &'a str,
    pub plan: &'a Plan,
    pub content: &'a Catalogue,
    pub survey: &'a Survey,
    pub snapshot: &'a Snapshot,
    /// The release this one follows: its pattern of hidden cells is preferred.
    pub previous: Option<&'a ProtectedCube>,
    pub threads: usize,
}

pub(crate) fn produce(from: &Ingredients<'_>, watch: &dyn Watch) -> anyhow::Result<Product> {
    let lacks = |part| Message::PlanLacks { plan: from.name.to_owned(), part };
    let cube_plan = from.plan.cube.as_ref().ok_or_else(|| lacks("cube"))?;
    let rules = from.plan.protection.as_ref().ok_or_else(|| lacks("protection"))?;
    let protection = ProtectionPlan::from_table(rules)?;

    from.snapshot.verify()?;
    let input = Input::files(from.snapshot.files().into_iter().map(|(_, path)| path));
    let provenance = provenance(from);
    let computed = statistics::compute(&input, cube_plan, from.content, provenance, from.threads, watch)?;

    let cube = computed.cube;
    let (protected, proof) = disclosure::protect(cube.clone(), &protection, from.previous, watch)?;
    let report = disclosure::check(&cube, &protected, &proof, &protection)?;
    if !report.passed() {
        return Err(Message::Audit { report: report.text() }.into());
    }
    let analyses = analyses::analyse(from, &protection, &protected)?;
    let mut quality = quality(from, &protected, &report);
    // Series without persons engaged have no labour productivity whose precision could be told.
    let years = match statistics::quality(&input, cube_plan, from.content, watch) {
        Ok(years) => years,
        Err(error) if matches!(error, statistics::StatisticsError::Cancelled) => return Err(error.into()),
        Err(_) => Vec::new(),
    };
    quality.coverage = coverage(from, &years);
    quality.variation_percent = years.into_iter().map(|year| (year.period, year.percent)).collect();
    Ok(Product {
        title: cube.title.clone(),
        dataset: cube.dataset.clone(),
        cube: protected.to_bytes(),
        proof: proof.to_bytes(),
        analyses,
        report,
        quality,
    })
}

fn provenance(from: &Ingredients<'_>) -> Provenance {
    Provenance {
        synthetic: from.survey.synthetic || from.snapshot.manifest().synthetic,
        source: from.survey.source.clone(),
        licence: from.survey.licence.clone(),
        snapshot: from.snapshot.id().to_owned(),
        ..Provenance::default()
    }
}

/// Whom the rows of each year stand for: by the frame where the survey names it, else by the weights.
fn coverage(from: &Ingredients<'_>, weighted: &[Variation]) -> Vec<YearCoverage> {
    if weighted.is_empty() && from.survey.frames.is_empty() {
        return Vec::new();
    }
    let of = |year: &YearCounts| {
        let period = year.year.to_string();
        let frame = from.survey.frames.iter().find(|frame| frame.year == year.year);
        let counted = frame.and_then(|frame| frame.units).map(|units| units as f64);
        let estimated = weighted.iter().find(|other| other.period == period).map(|other| other.population);
        YearCoverage {
            period,
            units: year.counts.current,
            population: counted.or(estimated),
            from_frame: counted.is_some(),
            asked: frame.and_then(|frame| frame.asked),
        }
    };
    from.snapshot.manifest().years.iter().map(of).collect()
}

fn quality(from: &Ingredients<'_>, protected: &ProtectedCube, report: &AuditReport) -> QualityReport {
    let counts = &from.snapshot.manifest().counts;
    QualityReport {
        rows_received: counts.received,
        rows_accepted: counts.accepted,
        rows_with_warnings: counts.warned,
        rows_held: counts.held,
        rows_refused: counts.refused,
        rows_imputed: counts.imputed,
        rows_confirmed: counts.confirmed,
        rows_withdrawn: counts.withdrawn,
        cells: report.cells,
        cells_visible: report.visible,
        cells_primary: report.primary,
        cells_complementary: report.complementary,
        value_hidden_percent: report.value_hidden_percent.clone(),
        rules: protected.rules().to_vec(),
        audit: report.text(),
        audit_passed: report.passed(),
        weaker_proofs: report
            .weaker
            .iter()
            .map(|weaker| format!("{} ({})", weaker.name, weaker.total))
            .collect(),
        ..QualityReport::default()
    }
}
