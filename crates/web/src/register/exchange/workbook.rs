//! The template and the register as workbooks. Every value is a text, so that no number loses its zeros and
//! nothing is run as a formula; contacts are personal and not in the register's workbook.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::enterprise::{FIELDS, Kind, Ownership, ReadEnterprise, RegisterEnterprise, batch, written};
use domain::organisation::Organisation;
use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};
use serde::Deserialize;
use store::{organisations, register};

use super::super::fields::{label, ownership};
use super::EXPORT_MAX;
use crate::error::WebError;
use crate::office::guard::SignedIn;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Rows of the template that offer choices.
const ROWS_WITH_CHOICES: u32 = 2_000;
const PAGE: u32 = 500;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    region: String,
}

/// The columns of template and export: the register id, then every field. Contacts only where they may be
/// typed.
fn columns(with_contacts: bool) -> impl Iterator<Item = &'static str> {
    let fields = FIELDS.iter().map(|field| field.name);
    std::iter::once(batch::ID)
        .chain(fields.filter(move |name| with_contacts || !name.starts_with("contact_")))
}

pub(super) fn heading(speech: Speech, field: &str) -> String {
    let own = format!("register-file-field-{}", field.replace('_', "-"));
    match field {
        batch::ID => speech.t("register-file-id"),
        _ if speech.knows(&own) => speech.t(&own),
        _ => label(speech, field),
    }
}

/// `GET /register/template.xlsx`
pub(super) async fn template(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    signed_in.actor.reach::<RegisterEnterprise>()?;
    let organisations = organisations::all(&app.desk.store).await?;
    let mut workbook = Workbook::new();
    fill(&mut workbook, &app, visit.speech, &organisations, &[], true).map_err(WebError::internal)?;
    answer(workbook, &visit.speech.t("register-file-template-name"))
}

/// `GET /register/export.xlsx`: what the reader may see, ready to be changed and handed in again.
pub(super) async fn export(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let reach = signed_in.actor.reach::<ReadEnterprise>()?;
    let store = &app.desk.store;
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let (entries, next) = register::entries(store, &reach, &asked.region, after.as_deref(), PAGE).await?;
        rows.extend(entries.into_iter().map(|(one, workforce)| {
            let mut values = written(&one.enterprise, workforce.as_ref());
            values.insert(batch::ID.to_owned(), one.id);
            values
        }));
        if rows.len() > EXPORT_MAX {
            return Err(WebError::BadRequest(domain::language::Text::new(
                "Lebih dari 20.000 usaha: pilih dulu satu provinsi di daftar usaha, lalu unduh.",
                "More than 20,000 enterprises: choose a province in the register first, then download.",
            )));
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    let organisations = organisations::all(store).await?;
    let mut workbook = Workbook::new();
    fill(&mut workbook, &app, visit.speech, &organisations, &rows, false).map_err(WebError::internal)?;
    answer(workbook, &visit.speech.t("register-file-export-name"))
}

fn answer(mut workbook: Workbook, name: &str) -> Result<Response, WebError> {
    let bytes = workbook.save_to_buffer().map_err(WebError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, CONTENT_TYPE.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.xlsx\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

fn fill(
    workbook: &mut Workbook,
    app: &AppState,
    speech: Speech,
    organisations: &[Organisation],
    rows: &[std::collections::BTreeMap<String, String>],
    empty: bool,
) -> Result<(), XlsxError> {
    let names: Vec<&str> = columns(empty).collect();
    let lists = lists(app, speech, organisations);
    let data = workbook.add_worksheet();
    data.set_name(speech.t("register-file-sheet"))?;
    head(data, speech, &names)?;
    let text = Format::new().set_num_format("@");
    for (column, name) in (0..).zip(&names) {
        data.set_column_format(column, &text)?;
        if let Some((place, list)) = (0..).zip(&lists).find(|(_, list)| list.fields.contains(name)) {
            let letter = char::from(b'A' + place);
            let range = format!("='{}'!${letter}$2:${letter}${}", list_sheet(speech), list.choices.len() + 1);
            let hint = speech.t("register-file-choose");
            let rule =
                DataValidation::new().allow_list_formula(range.as_str().into()).set_error_message(hint)?;
            data.add_data_validation(1, column, ROWS_WITH_CHOICES.max(rows.len() as u32), column, &rule)?;
        }
    }
    for (row, values) in (1..).zip(rows) {
        for (column, name) in (0..).zip(&names) {
            let Some(value) = values.get(*name) else { continue };
            let kind = FIELDS.iter().find(|field| field.name == *name).map(|field| field.kind);
            let list = lists.iter().find(|list| list.fields.contains(name) && kind != Some(Kind::YesNo));
            let chosen = list.and_then(|list| list.choices.iter().find(|choice| is_choice(choice, value)));
            data.write_string_with_format(row, column, chosen.unwrap_or(value), &text)?;
        }
    }
    choices(workbook.add_worksheet(), speech, &lists)?;
    explain(workbook.add_worksheet(), speech, &names)
}

/// `3374 Kota Semarang` is the choice of `3374`.
fn is_choice(choice: &str, code: &str) -> bool {
    choice.split_whitespace().next() == Some(code)
}

fn head(sheet: &mut Worksheet, speech: Speech, names: &[&str]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    sheet.set_freeze_panes(1, 2)?;
    for (column, name) in (0..).zip(names) {
        sheet.set_column_width(column, if *name == "name" { 34.0 } else { 20.0 })?;
        sheet.write_string_with_format(0, column, heading(speech, name), &bold)?;
    }
    Ok(())
}

/// What may be chosen in some columns.
struct List {
    title: String,
    fields: Vec<&'static str>,
    choices: Vec<String>,
}

fn list_sheet(speech: Speech) -> String {
    speech.t("register-file-lists")
}

fn lists(app: &AppState, speech: Speech, organisations: &[Organisation]) -> Vec<List> {
    let of_kind = |kind: Kind| -> Vec<&'static str> {
        FIELDS.iter().filter(|field| field.kind == kind).map(|field| field.name).collect()
    };
    let today = app.today();
    let regions = app.content.classification("REGION").into_iter().flat_map(|all| &all.codes);
    let mut regions: Vec<String> = regions
        .filter(|code| code.valid_to.is_none_or(|last| last >= today))
        .map(|code| format!("{} {}", code.code, speech.say(&code.label)))
        .collect();
    regions.sort();
    let all = [
        (Kind::YesNo, vec!["ya".to_owned(), "tidak".to_owned()]),
        (
            Kind::Ownership,
            Ownership::ALL.map(|each| format!("{} {}", each.code(), ownership(speech, each))).to_vec(),
        ),
        (Kind::Organisation, organisations.iter().map(|each| format!("{} {}", each.id, each.name)).collect()),
        (Kind::Region, regions),
    ];
    all.into_iter()
        .filter(|(_, choices)| !choices.is_empty())
        .map(|(kind, choices)| {
            let fields = of_kind(kind);
            let title = fields.first().map(|first| label(speech, first)).unwrap_or_default();
            List { title: if kind == Kind::YesNo { "ya/tidak".to_owned() } else { title }, fields, choices }
        })
        .collect()
}

fn choices(sheet: &mut Worksheet, speech: Speech, lists: &[List]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    sheet.set_name(list_sheet(speech))?;
    for (column, list) in (0..).zip(lists) {
        sheet.set_column_width(column, 36.0)?;
        sheet.write_string_with_format(0, column, &list.title, &bold)?;
        for (row, choice) in (1..).zip(&list.choices) {
            sheet.write_string(row, column, choice)?;
        }
    }
    Ok(())
}

fn explain(sheet: &mut Worksheet, speech: Speech, names: &[&str]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    sheet.set_name(speech.t("register-file-explained"))?;
    sheet.set_column_width(0, 34.0)?;
    sheet.set_column_width(1, 90.0)?;
    for (column, key) in [(0, "office-head-column"), (1, "register-file-meaning")] {
        sheet.write_string_with_format(0, column, speech.t(key), &bold)?;
    }
    for (row, name) in (1..).zip(names) {
        let hint = format!("register-hint-{}", name.replace('_', "-"));
        let hint = if speech.knows(&hint) { speech.t(&hint) } else { String::new() };
        let field = FIELDS.iter().find(|field| field.name == *name);
        let required = field.is_some_and(|field| field.required);
        let meaning = match (*name == batch::ID, required) {
            (true, _) => speech.t("register-file-id-hint"),
            (_, true) => format!("{} {hint}", speech.t("register-file-required")),
            _ => hint,
        };
        sheet.write_string(row, 0, heading(speech, name))?;
        sheet.write_string(row, 1, meaning.trim())?;
    }
    Ok(())
}
