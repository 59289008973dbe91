//! From the variables of a survey to the columns of Parquet, each with its declared access.

use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use domain::survey::{Access, Survey, VariableType};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;

use crate::disk;
use crate::error::ArchiveError;
use crate::manifest::Column;

/// The metadata key of a column under which its access is declared.
pub const ACCESS_KEY: &str = "lumbung.access";

/// Row of the source file.
pub(crate) const ROW: &str = "_row";
/// 0 accepted, 1 accepted with a warning, 2 held.
pub(crate) const STATUS: &str = "_status";
pub(crate) const HELD: u8 = 2;

pub(crate) fn arrow_type(variable_type: VariableType) -> DataType {
    match variable_type {
        VariableType::Number => DataType::Float64,
        VariableType::Integer => DataType::Int64,
        VariableType::Year => DataType::Int32,
        VariableType::Code | VariableType::Text => DataType::Utf8,
    }
}

fn access_name(access: Access) -> &'static str {
    match access {
        Access::Identifier => "identifier",
        Access::Sensitive => "sensitive",
        Access::Open => "open",
    }
}

fn declare(field: Field, access: Access) -> Field {
    field.with_metadata([(ACCESS_KEY.to_owned(), access_name(access).to_owned())].into())
}

/// The columns of a snapshot: the survey's variables, in its order.
pub(crate) fn variables(survey: &Survey) -> SchemaRef {
    Arc::new(Schema::new(variable_fields(survey)))
}

/// The columns of an import that history needs: the row's number, its status and the variables.
pub(crate) fn answers(survey: &Survey) -> SchemaRef {
    let mut fields =
        vec![Field::new(ROW, DataType::UInt64, false), Field::new(STATUS, DataType::UInt8, false)];
    fields.extend(variable_fields(survey));
    Arc::new(Schema::new(fields))
}

fn variable_fields(survey: &Survey) -> Vec<Field> {
    survey
        .variables
        .iter()
        .map(|variable| {
            declare(Field::new(&variable.name, arrow_type(variable.variable_type), true), variable.access)
        })
        .collect()
}

/// The columns of an import: the row's number and status, whatever else the process noted about
/// the row (`_flags` and the like), then the survey's variables.
pub(crate) fn archived(survey: &Survey, staged: &Schema, path: &Path) -> Result<SchemaRef, ArchiveError> {
    let refuse =
        |message: String| ArchiveError::Staging { path: path.to_owned(), survey: survey.id.clone(), message };
    for name in [ROW, STATUS] {
        if staged.field_with_name(name).is_err() {
            return Err(refuse(format!("the column `{name}` is missing")));
        }
    }
    let mut fields = vec![
        declare(Field::new(ROW, DataType::UInt64, false), Access::Sensitive),
        declare(Field::new(STATUS, DataType::UInt8, false), Access::Open),
    ];
    for field in staged.fields() {
        let name = field.name().as_str();
        if name == ROW || name == STATUS || survey.variables.iter().any(|variable| variable.name == name) {
            continue;
        }
        if !name.starts_with('_') {
            return Err(refuse(format!(
                "the column `{name}` is not a variable, so nobody declared who may see it"
            )));
        }
        fields.push(declare(field.as_ref().clone().with_nullable(true), Access::Sensitive));
    }
    for field in variable_fields(survey) {
        let given = staged.field_with_name(field.name()).map_or(field.data_type(), Field::data_type);
        if given != field.data_type() && !(given.is_numeric() && field.data_type().is_numeric()) {
            let wanted = field.data_type();
            return Err(refuse(format!("the column `{}` is {given}, not {wanted}", field.name())));
        }
        fields.push(field);
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// The columns as a manifest lists them.
pub(crate) fn columns(survey: &Survey) -> Vec<Column> {
    survey
        .variables
        .iter()
        .map(|variable| Column {
            name: variable.name.clone(),
            column_type: variable.variable_type,
            access: variable.access,
        })
        .collect()
}

/// Refuses surveys whose key cannot be archived.
pub(crate) fn check_survey(survey: &Survey) -> Result<(), ArchiveError> {
    let refuse = |message: String| Err(ArchiveError::Survey { survey: survey.id.clone(), message });
    if survey.id.len() > 64 {
        return refuse("its id is longer than 64 letters".into());
    }
    let mut names: Vec<&str> = survey.variables.iter().map(|variable| variable.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return refuse(format!("the variable `{}` stands twice", pair[0]));
    }
    if let Some(name) = names.iter().find(|name| name.starts_with('_') || name.is_empty()) {
        return refuse(format!("the variable `{name}` must not be empty or begin with `_`"));
    }
    if survey.key.is_empty() {
        return refuse("it has no key".into());
    }
    for name in survey.key.iter().chain([&survey.year]) {
        if !survey.variables.iter().any(|variable| variable.name == *name) {
            return refuse(format!("its key names `{name}`, which is no variable"));
        }
    }
    let year = survey.variables.iter().find(|variable| variable.name == survey.year);
    if year.is_none_or(|year| year.variable_type != VariableType::Year) {
        return refuse(format!("the variable `{}` must be of type `year`", survey.year));
    }
    Ok(())
}

/// Who may see each column of a Parquet file of the archive; refused if a column does not say.
pub fn declared_access(path: &Path) -> Result<Vec<(String, Access)>, ArchiveError> {
    let metadata = ArrowReaderMetadata::load(&disk::open(path)?, Default::default())
        .map_err(|error| ArchiveError::parquet(path, error))?;
    metadata
        .schema()
        .fields()
        .iter()
        .map(|field| {
            let access = match field.metadata().get(ACCESS_KEY).map(String::as_str) {
                Some("identifier") => Access::Identifier,
                Some("sensitive") => Access::Sensitive,
                Some("open") => Access::Open,
                _ => {
                    let message = format!("the column `{}` does not declare who may see it", field.name());
                    return Err(ArchiveError::Damaged { path: path.to_owned(), message });
                }
            };
            Ok((field.name().clone(), access))
        })
        .collect()
}
