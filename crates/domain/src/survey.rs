//! Surveys: what is asked, in which units, and by which edit rules answers are checked.
//!
//! A survey is data (`surveys/<id>.toml`). Its variables map the columns of a file onto the
//! nouns of the methods; its rules say what is doubtful and what to do about it.

use serde::{Deserialize, Serialize};

use crate::finding::Severity;
use crate::language::Text;

/// A survey or an administrative source with one row per unit and year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// `national-enterprise`; lower case, digits and hyphens.
    pub id: String,
    pub title: Text,
    pub description: Text,
    pub source: Text,
    #[serde(default)]
    pub licence: String,
    #[serde(default)]
    pub synthetic: bool,
    /// What a row is: an enterprise, a farm, an aggregate published by somebody else.
    pub unit: Text,
    /// The variables that identify a row, such as `enterprise_id` and `year`.
    pub key: Vec<String>,
    /// The variable that holds the year.
    pub year: String,
    #[serde(rename = "variable")]
    pub variables: Vec<Variable>,
    #[serde(default, rename = "rule")]
    pub rules: Vec<EditRule>,
}

/// One variable of a survey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The noun of the methods: `turnover`, `persons_engaged`.
    pub name: String,
    pub label: Text,
    #[serde(rename = "type")]
    pub variable_type: VariableType,
    #[serde(default)]
    pub unit: Option<Text>,
    #[serde(default)]
    pub required: bool,
    /// The value of an empty field, for variables such as the weight.
    #[serde(default)]
    pub default: Option<f64>,
    /// For codes: the classification they must belong to.
    #[serde(default)]
    pub classification: Option<String>,
    /// For codes: accept codes down to this level and up to it; empty means any level.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Headers under which files bring this variable, besides its own name; compared without
    /// case, spaces and punctuation.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Who may see it: every column is declared.
    pub access: Access,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VariableType {
    /// A floating number, such as an amount of money in a statistical (not a ledger) sense.
    Number,
    Integer,
    Year,
    /// A code of a classification.
    Code,
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Names an enterprise or a holding.
    Identifier,
    /// Confidential, but names nobody.
    Sensitive,
    Open,
}

/// One edit rule. A key that neither it nor its check knows is refused by the check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditRule {
    /// `R01`; stable, because findings and quality pages name it.
    pub code: String,
    pub severity: Severity,
    pub message: Text,
    pub remedy: Text,
    #[serde(flatten)]
    pub check: Check,
}

/// What a rule looks at. A rule is silent where one of its variables is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "check", deny_unknown_fields)]
pub enum Check {
    /// The value lies between two bounds (inclusive).
    Range { variable: String, min: Option<f64>, max: Option<f64> },
    /// The sum of one side agrees with the sum of the other: value added by addition against
    /// subtraction. `minus` is taken off `left`. Holds if the difference is at most
    /// `max(absolute, relative * |left|)`.
    Balance {
        left: Vec<String>,
        #[serde(default)]
        minus: Vec<String>,
        right: Vec<String>,
        relative: f64,
        #[serde(default)]
        absolute: f64,
    },
    /// numerator / denominator lies between two bounds.
    Ratio { numerator: String, denominator: String, min: Option<f64>, max: Option<f64> },
    /// One variable is at most another: turnover covers intermediate inputs.
    AtMost { variable: String, bound: String },
    /// The ratio to a companion variable is about `factor` times (or a fraction of) its median in
    /// the file: an amount given in thousands.
    UnitError { variable: String, per: String, factor: f64, tolerance: f64 },
    /// Hidiroglou–Berthelot (1986) on the change since the year before, over the enterprises of
    /// the same group; U, A and C as in the paper.
    HidiroglouBerthelot {
        variable: String,
        u: f64,
        a: f64,
        c: f64,
        #[serde(default)]
        within: Option<String>,
    },
    /// The key stands more than once in the file.
    Duplicate,
}
