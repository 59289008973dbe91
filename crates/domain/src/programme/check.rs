//! Does every name that a programme uses lead somewhere?

use std::collections::BTreeSet;

use super::read::{CHECKLISTS, DIAGNOSIS, MODULES, PRODUCTS, PROGRAMME, STORIES};
use super::{Programme, ProgrammeFinding};
use crate::language::Text;

/// Collects what is wrong.
struct Findings<'a>(&'a mut Vec<ProgrammeFinding>);

impl Findings<'_> {
    fn add(&mut self, file: impl Into<String>, key: impl Into<String>, message: Text, remedy: Text) {
        self.0.push(ProgrammeFinding { file: file.into(), key: key.into(), message, remedy });
    }

    fn unknown(&mut self, file: &str, key: String, noun: (&str, &str), name: &str, known: &str) {
        self.add(
            file,
            key,
            Text::new(format!("{} `{name}` tidak ada.", noun.0), format!("There is no {} `{name}`.", noun.1)),
            Text::new(format!("Pilih salah satu: {known}."), format!("Choose one of: {known}.")),
        );
    }

    fn twice(&mut self, file: &str, key: String, name: &str) {
        self.add(
            file,
            key,
            Text::new(format!("`{name}` muncul dua kali."), format!("`{name}` stands twice.")),
            Text::new("Beri nama sendiri kepada salah satunya.", "Give one of them a name of its own."),
        );
    }
}

const MODULE: (&str, &str) = ("Modul", "module");

pub(super) fn references(programme: &Programme, found: &mut Vec<ProgrammeFinding>) {
    let mut findings = Findings(found);
    let modules = programme.modules.iter().map(|module| module.code.as_str()).collect::<Vec<_>>().join(", ");
    check_phases(programme, &mut findings);
    check_modules(programme, &mut findings);
    check_products(programme, &modules, &mut findings);
    check_practices(programme, &modules, &mut findings);
    check_diagnosis(programme, &modules, &mut findings);
    check_stories(programme, &modules, &mut findings);
}

fn check_phases(programme: &Programme, findings: &mut Findings) {
    for (position, phase) in programme.phases.iter().enumerate() {
        let key = format!("phase {}", phase.id);
        if programme.phases[..position].iter().any(|other| other.id == phase.id) {
            findings.twice(PROGRAMME, key.clone(), &phase.id);
        }
        if phase.to.is_some_and(|to| to < phase.from) {
            findings.add(
                PROGRAMME,
                key,
                Text::new("Fase berakhir sebelum dimulai.", "The phase ends before it begins."),
                Text::new("Periksa `from` dan `to`.", "Check `from` and `to`."),
            );
        }
    }
}

fn check_modules(programme: &Programme, findings: &mut Findings) {
    let mut codes = BTreeSet::new();
    for module in &programme.modules {
        let file = format!("{MODULES}{}.toml", module.code);
        if !codes.insert(&module.code) {
            findings.twice(&file, "code".into(), &module.code);
        }
        if module.editions.is_empty() {
            findings.add(
                &file,
                "edition",
                Text::new(
                    "Modul tanpa edisi tidak dapat diajarkan.",
                    "Without an edition nothing is taught.",
                ),
                Text::new("Tambahkan sebuah [[edition]].", "Add an [[edition]]."),
            );
        }
        let mut versions = BTreeSet::new();
        for edition in &module.editions {
            let key = format!("edition {}", edition.version);
            if !versions.insert(&edition.version) {
                findings.twice(&file, key.clone(), &edition.version);
            }
            for (name, value) in
                [("workshop_days", edition.workshop_days), ("cohort_max", edition.cohort_max)]
            {
                if value == 0 {
                    findings.add(
                        &file,
                        format!("{key}.{name}"),
                        Text::new("Nilainya nol.", "It is zero."),
                        Text::new("Tulis sekurangnya 1.", "Write at least 1."),
                    );
                }
            }
        }
    }
}

fn check_products(programme: &Programme, modules: &str, findings: &mut Findings) {
    let mut ids = BTreeSet::new();
    for product in &programme.products {
        let key = format!("product {}", product.id);
        if !ids.insert(&product.id) {
            findings.twice(PRODUCTS, key.clone(), &product.id);
        }
        for code in product.modules.iter().filter(|code| programme.module(code).is_none()) {
            findings.unknown(PRODUCTS, format!("{key}.modules"), MODULE, code, modules);
        }
        if let Some(first) = product.first.as_ref().filter(|first| !product.modules.contains(first)) {
            findings.unknown(PRODUCTS, format!("{key}.first"), MODULE, first, &product.modules.join(", "));
        }
    }
}

fn check_practices(programme: &Programme, modules: &str, findings: &mut Findings) {
    let mut codes = BTreeSet::new();
    for checklist in programme.checklists() {
        let file = format!("{CHECKLISTS}{}.toml", checklist.module);
        match programme.module(&checklist.module) {
            None => findings.unknown(&file, "module".into(), MODULE, &checklist.module, modules),
            Some(module) if module.edition(&checklist.edition).is_none() => {
                let known =
                    module.editions.iter().map(|edition| edition.version.as_str()).collect::<Vec<_>>();
                let noun = ("Edisi", "edition");
                findings.unknown(&file, "edition".into(), noun, &checklist.edition, &known.join(", "));
            }
            Some(_) => {}
        }
        for practice in &checklist.practices {
            if !codes.insert(practice.code.as_str()) {
                findings.twice(&file, format!("practice {}", practice.code), &practice.code);
            }
        }
    }
}

fn check_diagnosis(programme: &Programme, modules: &str, findings: &mut Findings) {
    let problems = programme.problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>();
    for (position, problem) in programme.problems.iter().enumerate() {
        if programme.problems[..position].iter().any(|other| other.code == problem.code) {
            findings.twice(DIAGNOSIS, format!("problem {}", problem.code), &problem.code);
        }
    }
    for (position, rule) in programme.rules.iter().enumerate() {
        let key = format!("rule {}", position + 1);
        if programme.module(&rule.module).is_none() {
            findings.unknown(DIAGNOSIS, format!("{key}.module"), MODULE, &rule.module, modules);
        }
        for code in rule.problems.iter().filter(|code| programme.problem(code).is_none()) {
            let noun = ("Masalah", "problem");
            findings.unknown(DIAGNOSIS, format!("{key}.problems"), noun, code, &problems.join(", "));
        }
    }
    for code in problems {
        if !programme.rules.iter().any(|rule| rule.problems.iter().any(|other| other == code)) {
            findings.add(
                DIAGNOSIS,
                format!("problem {code}"),
                Text::new("Masalah ini tidak menuju modul mana pun.", "This problem leads to no module."),
                Text::new("Tulis sebuah [[rule]] untuknya.", "Write a [[rule]] for it."),
            );
        }
    }
}

fn check_stories(programme: &Programme, modules: &str, findings: &mut Findings) {
    for (position, story) in programme.stories.iter().enumerate() {
        let key = format!("story {}", story.id);
        if programme.stories[..position].iter().any(|other| other.id == story.id) {
            findings.twice(STORIES, key.clone(), &story.id);
        }
        if programme.module(&story.module).is_none() {
            findings.unknown(STORIES, format!("{key}.module"), MODULE, &story.module, modules);
        }
        if programme.problem(&story.problem_kind).is_none() {
            let known = programme.problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>();
            let noun = ("Masalah", "problem");
            findings.unknown(
                STORIES,
                format!("{key}.problem_kind"),
                noun,
                &story.problem_kind,
                &known.join(", "),
            );
        }
    }
}
