//! The fields of an enterprise as a form shows them, and the words for codes.

use std::collections::BTreeMap;

use domain::enterprise::{Enterprise, FIELDS, Fault, Kind, Ownership, written};
use domain::organisation::Organisation;

use crate::speech::Speech;
use crate::state::AppState;

/// What was typed, field by field.
pub(super) type Typed = BTreeMap<String, String>;

/// Fields that belong together.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) note: String,
    pub(super) fields: Vec<FieldView>,
}

pub(super) struct FieldView {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) value: String,
    pub(super) error: Option<String>,
    pub(super) required: bool,
    /// Digits are typed: phones show the digits first.
    pub(super) digits: bool,
    /// Empty for a field to type in.
    pub(super) choices: Vec<Choice>,
}

pub(super) struct Choice {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// Where the groups of the form begin, by their first field.
const GROUPS: [(&str, &str); 5] = [
    ("name", "identity"),
    ("region", "place"),
    ("ownership", "relations"),
    ("workforce_year", "workforce"),
    ("contact_name", "contact"),
];

/// The form, with what was typed and what is wrong; `groups` names those that are shown.
pub(super) fn form(
    app: &AppState,
    speech: Speech,
    organisations: &[Organisation],
    typed: &Typed,
    faults: &[Fault],
    groups: &[&str],
) -> Vec<Group> {
    let mut all: Vec<(&str, Group)> = Vec::new();
    for field in FIELDS {
        if let Some((_, id)) = GROUPS.iter().find(|(first, _)| *first == field.name) {
            let note = format!("register-group-{id}-note");
            let group = Group {
                title: speech.t(&format!("register-group-{id}")),
                note: if speech.knows(&note) { speech.t(&note) } else { String::new() },
                fields: Vec::new(),
            };
            all.push((id, group));
        }
        let value = typed.get(field.name).cloned().unwrap_or_default();
        let hint = format!("register-hint-{}", field.name.replace('_', "-"));
        let view = FieldView {
            name: field.name,
            label: label(speech, field.name),
            hint: if speech.knows(&hint) { speech.t(&hint) } else { String::new() },
            error: faults
                .iter()
                .find(|fault| fault.field == field.name)
                .map(|fault| speech.say(&fault.message).to_owned()),
            required: field.required,
            digits: matches!(field.kind, Kind::Number | Kind::Year | Kind::Money | Kind::Activity),
            choices: choices(app, speech, organisations, field.kind, &value),
            value,
        };
        if let Some((_, group)) = all.last_mut() {
            group.fields.push(view);
        }
    }
    all.into_iter().filter(|(id, _)| groups.contains(id)).map(|(_, group)| group).collect()
}

pub(super) fn label(speech: Speech, field: &str) -> String {
    speech.t(&format!("register-field-{}", field.replace('_', "-")))
}

fn choices(
    app: &AppState,
    speech: Speech,
    organisations: &[Organisation],
    kind: Kind,
    value: &str,
) -> Vec<Choice> {
    let choice = |code: &str, label: String| Choice { code: code.into(), label, chosen: code == value };
    let unknown = choice("", speech.t("register-unknown"));
    match kind {
        Kind::YesNo => {
            let words = [("ya", "register-yes"), ("tidak", "register-no")];
            let known = words.map(|(code, key)| choice(code, speech.t(key)));
            std::iter::once(unknown).chain(known).collect()
        }
        Kind::Ownership => {
            let known = Ownership::ALL.map(|each| choice(each.code(), ownership(speech, each)));
            std::iter::once(unknown).chain(known).collect()
        }
        Kind::Organisation => {
            let nobody = choice("", speech.t("register-nobody"));
            let known = organisations.iter().map(|each| choice(&each.id, each.name.clone()));
            std::iter::once(nobody).chain(known).collect()
        }
        Kind::Region => {
            let mut known: Vec<Choice> = app
                .content
                .classification("REGION")
                .into_iter()
                .flat_map(|all| &all.codes)
                .map(|region| {
                    let inside = if region.parent.is_some() { "– " } else { "" };
                    choice(&region.code, format!("{inside}{}", speech.say(&region.label)))
                })
                .collect();
            // A province stands before its regencies, whose codes begin with its own.
            known.sort_by(|one, other| one.code.cmp(&other.code));
            if known.is_empty() {
                return known;
            }
            std::iter::once(choice("", speech.t("register-choose"))).chain(known).collect()
        }
        _ => Vec::new(),
    }
}

/// Every region with its code, a province before its regencies.
pub(crate) fn regions(app: &AppState, speech: Speech) -> Vec<(String, String)> {
    let all = app.content.classification("REGION").into_iter().flat_map(|all| &all.codes);
    let mut regions: Vec<(String, String)> =
        all.map(|region| (region.code.clone(), speech.say(&region.label).to_owned())).collect();
    regions.sort();
    regions
}

pub(super) fn ownership(speech: Speech, ownership: Ownership) -> String {
    speech.t(&format!("register-ownership-{}", ownership.code()))
}

/// The name of a code of a classification; the code itself if it is not known.
pub(crate) fn named(app: &AppState, speech: Speech, classification: &str, code: &str) -> String {
    let found = app.content.classification(classification).and_then(|all| Some(all.get(all.find(code)?)));
    found.map_or_else(|| code.to_owned(), |found| speech.say(&found.label).to_owned())
}

/// An enterprise as its form would have been typed.
pub(super) fn typed(enterprise: &Enterprise) -> Typed {
    written(enterprise, None)
}
