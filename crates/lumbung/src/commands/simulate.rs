//! `lumbung simulate`: synthetic enterprise microdata, labelled synthetic, with the truth beside it.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use domain::catalogue::Catalogue;
use domain::language::Language;
use domain::progress::Watch;
use testkit::synthetic::{Enterprises, Format};

use crate::cli::SimulateArgs;
use crate::content;
use crate::progress::Bar;
use crate::words::{Message, tell};

/// Which enterprises are simulated.
pub(super) struct Recipe {
    pub enterprises: u32,
    pub years: RangeInclusive<i32>,
    pub seed: u64,
}

pub(super) fn run(arguments: &SimulateArgs, language: Language) -> anyhow::Result<()> {
    let recipe =
        Recipe { enterprises: arguments.enterprises, years: years(&arguments.years)?, seed: arguments.seed };
    let bar = Bar::new(language, Arc::new(AtomicBool::new(false)));
    let written = enterprises(&recipe, &content::catalogue(None)?).write(
        &arguments.output,
        &[Format::Csv, Format::Parquet],
        &bar,
    )?;
    bar.finish();
    for (_, file) in &written.files {
        tell(file.display())?;
    }
    tell(written.truth_file.display())?;
    Ok(())
}

/// Writes one CSV a year, in the order in which they are to be taken in.
pub(super) fn write_csv(
    recipe: &Recipe,
    content: &Catalogue,
    output: &Path,
    watch: &dyn Watch,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = enterprises(recipe, content).write(output, &[Format::Csv], watch)?.files;
    files.sort();
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

fn enterprises(recipe: &Recipe, content: &Catalogue) -> Enterprises {
    let mut made = Enterprises::new(
        u64::from(recipe.enterprises),
        *recipe.years.start(),
        *recipe.years.end(),
        recipe.seed,
    );
    made.threads = std::thread::available_parallelism().map_or(1, usize::from);
    let classification = |id| content.classification(id);
    match (classification("KBLI2020"), classification("REGION")) {
        (Some(activities), Some(regions)) => {
            made.with_classifications(activities, classification("KBLI2025"), regions)
        }
        _ => made,
    }
}

/// Reads `2021..2024`.
fn years(given: &str) -> anyhow::Result<RangeInclusive<i32>> {
    let wrong = || Message::Years { given: given.to_owned() };
    let (first, last) = given.split_once("..").ok_or_else(wrong)?;
    let year = |text: &str| text.trim_start_matches('=').parse::<i32>().map_err(|_| wrong());
    let years = year(first)?..=year(last)?;
    let plausible = 1900..=2100;
    if years.is_empty() || !plausible.contains(years.start()) || !plausible.contains(years.end()) {
        return Err(wrong().into());
    }
    Ok(years)
}

#[cfg(test)]
mod tests {
    use super::years;

    #[test]
    fn years_are_a_range_that_makes_sense() {
        assert_eq!(years("2021..2024").unwrap(), 2021..=2024);
        assert_eq!(years("2021..=2021").unwrap(), 2021..=2021);
        for wrong in ["2021", "2024..2021", "a..b", "..", "1..2", "2021..99999"] {
            assert!(years(wrong).is_err(), "{wrong}");
        }
    }
}
