//! Does every name that content uses lead somewhere?

use std::collections::BTreeSet;

use super::{Catalogue, ContentError};
use crate::framework::AidActivity;
use crate::language::Text;
use crate::measurement::Measurement;
use crate::plan::{Computation, CubePlan, DimensionPlan, Plan};
use crate::survey::Survey;
use crate::syntax;

/// Collects what is wrong with one file.
struct Findings<'a> {
    path: String,
    /// The file, to tell the line.
    source: &'a str,
    found: &'a mut Vec<ContentError>,
}

impl Findings<'_> {
    /// `name` is what the file calls the thing that is wrong.
    fn add(&mut self, name: &str, indonesian: String, english: String) {
        let line = syntax::line_of_name(self.source, name);
        let message = syntax::at(line, Text::new(indonesian, english));
        self.found.push(ContentError { path: self.path.clone(), message });
    }
}

fn source<'a>(catalogue: &'a Catalogue, path: &str) -> &'a str {
    catalogue.texts.get(path).map_or("", String::as_str)
}

pub(super) fn references(catalogue: &Catalogue) -> Vec<ContentError> {
    let mut found = Vec::new();
    for deflator in catalogue.deflators() {
        let stem = catalogue.stems.get(&(super::DEFLATORS, deflator.id.clone())).unwrap_or(&deflator.id);
        let path = format!("{}/{stem}.csv", super::DEFLATORS);
        let mut findings = Findings { source: source(catalogue, &path), path, found: &mut found };
        if let Some(id) = &deflator.classification {
            match catalogue.classification(id) {
                None => findings.add(
                    id,
                    format!("klasifikasi `{id}` tidak ada"),
                    format!("the classification `{id}` does not exist"),
                ),
                Some(classification) => {
                    let known =
                        |code: &str| code == crate::deflator::ALL || classification.find(code).is_some();
                    for (year, code) in deflator.entries().filter(|(_, code)| !known(code)) {
                        findings.add(
                            code,
                            format!("`{code}` ({year}) bukan kode `{id}`"),
                            format!("`{code}` ({year}) is not a code of `{id}`"),
                        );
                    }
                }
            }
        }
    }
    for survey in catalogue.surveys() {
        let path = format!("surveys/{}.toml", survey.id);
        let source = source(catalogue, &path);
        check_survey(catalogue, survey, &mut Findings { path, source, found: &mut found });
    }
    for (name, file) in catalogue.plans() {
        let path = format!("plans/{name}.toml");
        let source = source(catalogue, &path);
        check_plan(catalogue, &file.plan, &mut Findings { path, source, found: &mut found });
    }
    for (id, measurement) in &catalogue.measurements {
        check_measurement(catalogue, id, measurement, &mut found);
    }
    found
}

/// What the yardsticks of a programme alone cannot know: deflators, phases and modules.
fn check_measurement(
    catalogue: &Catalogue,
    id: &str,
    measurement: &Measurement,
    found: &mut Vec<ContentError>,
) {
    let folder = format!("{}{id}/", super::PROGRAMMES);
    let Some(programme) = catalogue.programme(id) else { return };
    let mut file = |name: &str, wrong: &mut dyn FnMut(&mut Findings)| {
        let path = format!("{folder}{name}");
        wrong(&mut Findings { source: source(catalogue, &path), path, found: &mut *found });
    };
    let phases = || programme.phases.iter().map(|phase| phase.id.as_str()).collect::<Vec<_>>().join(", ");
    let unknown_phase = |findings: &mut Findings, phase: &str| {
        let known = phases();
        findings.add(
            phase,
            format!("fase `{phase}` tidak ada di programme.toml; yang ada: {known}"),
            format!("programme.toml has no phase `{phase}`; there are {known}"),
        );
    };
    file("targets.toml", &mut |findings| {
        let framework = &measurement.framework;
        let deflator = &framework.deflator;
        if !deflator.is_empty() && catalogue.deflator(deflator).is_none() {
            let known = catalogue.deflators().map(|one| one.id.as_str()).collect::<Vec<_>>().join(", ");
            findings.add(
                deflator,
                format!("deflator `{deflator}` tidak ada; yang ada: {known}"),
                format!("there is no deflator `{deflator}`; there are {known}"),
            );
        }
        for target in framework.targets.iter().filter(|target| programme.phase(&target.phase).is_none()) {
            unknown_phase(findings, &target.phase);
        }
    });
    file("certification.toml", &mut |findings| {
        let first = &measurement.certification.first_modules;
        for module in first.iter().filter(|module| programme.module(module).is_none()) {
            findings.add(
                module,
                format!("modul `{module}` tidak ada di folder modules"),
                format!("there is no module `{module}` in the folder modules"),
            );
        }
    });
    file(super::AID, &mut |findings| {
        let aid = AidActivity::parse(findings.source).ok();
        for aid in aid.iter().filter(|aid| programme.phase(&aid.phase).is_none()) {
            unknown_phase(findings, &aid.phase);
        }
    });
}

/// What a survey alone cannot know: whether the classifications it names exist.
fn check_survey(catalogue: &Catalogue, survey: &Survey, findings: &mut Findings) {
    for variable in &survey.variables {
        let Some(id) = &variable.classification else { continue };
        match catalogue.classification(id) {
            None => findings.add(
                id,
                format!("`{}`: klasifikasi `{id}` tidak ada", variable.name),
                format!("`{}`: the classification `{id}` does not exist", variable.name),
            ),
            Some(classification) => {
                for level in variable.levels.iter().filter(|level| classification.level(level).is_none()) {
                    findings.add(
                        level,
                        format!("`{}`: `{id}` tidak punya tingkat `{level}`", variable.name),
                        format!("`{}`: `{id}` has no level `{level}`", variable.name),
                    );
                }
            }
        }
    }
}

fn check_plan(catalogue: &Catalogue, plan: &Plan, findings: &mut Findings) {
    let survey = match &plan.release {
        None => None,
        Some(release) => {
            let survey = catalogue.survey(&release.survey);
            if survey.is_none() {
                findings.add(
                    &release.survey,
                    format!("[release] survei `{}` tidak ada", release.survey),
                    format!("[release] the survey `{}` does not exist", release.survey),
                );
            }
            survey
        }
    };
    let Some(cube) = &plan.cube else { return };
    for dimension in &cube.dimensions {
        check_dimension(catalogue, dimension, findings);
    }
    check_combinations(cube, findings);
    if let Some(id) = &cube.prices.deflator {
        let base = cube.prices.base_year;
        match catalogue.deflator(id) {
            None => findings.add(
                id,
                format!("[cube.prices] deflator `{id}` tidak ada"),
                format!("[cube.prices] the deflator `{id}` does not exist"),
            ),
            Some(deflator) => {
                if base.is_none_or(|year| deflator.index(year, []).is_none()) {
                    findings.add(
                        id,
                        format!("[cube.prices] beri `base_year` yang ada indeksnya di `{id}`"),
                        format!("[cube.prices] give a `base_year` for which `{id}` has an index"),
                    );
                }
            }
        }
    }
    let mut codes = BTreeSet::new();
    for measure in &cube.own_measures {
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if measure.code.is_empty() || !measure.code.bytes().all(plain) {
            findings.add(
                &measure.code,
                format!("ukuran `{}`: pakai huruf besar, angka dan `_` saja", measure.code),
                format!("measure `{}`: use capitals, digits and `_` alone", measure.code),
            );
        }
        if !codes.insert(measure.code.as_str()) {
            findings.add(
                &measure.code,
                format!("ukuran `{}` ada dua kali; pilih satu", measure.code),
                format!("the measure `{}` stands twice; keep one", measure.code),
            );
        }
    }
    if let Some(survey) = survey {
        check_columns(cube, survey, findings);
    }
}

fn check_dimension(catalogue: &Catalogue, dimension: &DimensionPlan, findings: &mut Findings) {
    let place = format!("[cube] dimension {}", dimension.id);
    if dimension.time {
        if dimension.column.is_none() {
            findings.add(
                &dimension.id,
                format!("{place}: sebut `column` yang memuat tahun"),
                format!("{place}: name the `column` of the year"),
            );
        }
        return;
    }
    if dimension.levels.first().is_none_or(|level| level != "total") {
        findings.add(
            &dimension.id,
            format!("{place}: tingkat pertama harus `total`"),
            format!("{place}: the first of its levels must be `total`"),
        );
    }
    let ways =
        [dimension.column.is_some(), dimension.variable.is_some(), !dimension.level_columns.is_empty()];
    if dimension.levels.len() > 1 && ways.into_iter().filter(|way| *way).count() != 1 {
        findings.add(
            &dimension.id,
            format!("{place}: beri salah satu dari `column`, `variable` dan `level_columns`"),
            format!("{place}: give one of `column`, `variable` and `level_columns`"),
        );
    }
    let below_total = dimension.levels.iter().skip(1);
    let Some(id) = &dimension.classification else {
        for level in below_total.filter(|level| !dimension.level_columns.contains_key(*level)) {
            findings.add(
                level,
                format!("{place}: sebut kolom tingkat `{level}`, atau sebuah klasifikasi"),
                format!("{place}: name the column of the level `{level}`, or a classification"),
            );
        }
        return;
    };
    let Some(classification) = catalogue.classification(id) else {
        findings.add(
            id,
            format!("{place}: klasifikasi `{id}` tidak ada"),
            format!("{place}: the classification `{id}` does not exist"),
        );
        return;
    };
    for level in below_total.filter(|level| classification.level(level).is_none()) {
        findings.add(
            level,
            format!("{place}: `{id}` tidak punya tingkat `{level}`"),
            format!("{place}: `{id}` has no level `{level}`"),
        );
    }
    if dimension.variable.is_some() && !matches!(classification.size_scheme(), Ok(Some(_))) {
        findings.add(
            id,
            format!("{place}: `{id}` tidak punya batas, jadi angka tidak dapat dikelompokkan"),
            format!("{place}: `{id}` has no bounds, so a variable cannot find its class there"),
        );
    }
}

fn check_combinations(cube: &CubePlan, findings: &mut Findings) {
    let dimensions: Vec<_> = cube.dimensions.iter().filter(|dimension| !dimension.time).collect();
    for combination in &cube.combinations {
        if combination.len() != dimensions.len() {
            let count = dimensions.len();
            findings.add(
                combination.first().map_or("", String::as_str),
                format!("[cube] kombinasi {combination:?} harus menyebut {count} tingkat"),
                format!("[cube] the combination {combination:?} must name {count} levels"),
            );
            continue;
        }
        for (level, dimension) in combination.iter().zip(&dimensions) {
            if !dimension.levels.contains(level) {
                findings.add(
                    level,
                    format!(
                        "[cube] kombinasi {combination:?}: `{}` tidak punya tingkat `{level}`",
                        dimension.id
                    ),
                    format!("[cube] combination {combination:?}: `{}` has no level `{level}`", dimension.id),
                );
            }
        }
    }
}

/// The columns that a plan reads must be variables of the survey it is released from.
fn check_columns(cube: &CubePlan, survey: &Survey, findings: &mut Findings) {
    let mut wanted: BTreeSet<&str> = cube.variables.values().map(String::as_str).collect();
    for dimension in &cube.dimensions {
        wanted.extend(dimension.column.as_deref());
        wanted.extend(dimension.level_columns.values().map(String::as_str));
        wanted.extend(dimension.variable.as_deref().map(|noun| column_of(cube, noun)));
    }
    for measure in &cube.own_measures {
        if let Computation::Total { variable } | Computation::Value { variable } = &measure.compute {
            wanted.insert(column_of(cube, variable));
        }
    }
    let known = |name: &str| survey.variables.iter().any(|variable| variable.name == name);
    for name in wanted.into_iter().filter(|name| !known(name)) {
        findings.add(
            name,
            format!("`{name}` bukan variabel survei `{}`", survey.id),
            format!("`{name}` is not a variable of the survey `{}`", survey.id),
        );
    }
}

fn column_of<'a>(cube: &'a CubePlan, noun: &'a str) -> &'a str {
    cube.variables.get(noun).map_or(noun, String::as_str)
}
