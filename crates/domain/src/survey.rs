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
    /// The rows are made up; every page and file that shows them says so.
    #[serde(default)]
    pub synthetic: bool,
    /// What a row is: an enterprise, a farm, an aggregate published by somebody else.
    pub unit: Text,
    /// Whom the survey is about and whom it asked, by year; what is not named is not recorded.
    #[serde(default, rename = "frame")]
    pub frames: Vec<Frame>,
    /// The variables that identify a row, such as `enterprise_id` and `year`.
    pub key: Vec<String>,
    /// The variable that holds the year.
    pub year: String,
    #[serde(rename = "variable")]
    pub variables: Vec<Variable>,
    #[serde(default, rename = "rule")]
    pub rules: Vec<EditRule>,
}

/// The frame of one year: the list from which the units were drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    pub year: i32,
    /// Units on the list.
    #[serde(default)]
    pub units: Option<u64>,
    /// Units that were asked.
    #[serde(default)]
    pub asked: Option<u64>,
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
    /// Fills an empty field from others of the row, if all of them are there: `a + b - c`.
    #[serde(default)]
    pub derive: Option<String>,
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
///
/// In `message` and `remedy`, `{turnover}` stands for the row's value of that variable, and each
/// check offers words of its own, see [`Check::words`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditRule {
    /// `R01`; stable, because findings and quality pages name it.
    pub code: String,
    pub severity: Severity,
    /// The cause in a few words without figures, for lists of causes. Default: the message.
    #[serde(default)]
    pub title: Option<Text>,
    pub message: Text,
    pub remedy: Text,
    #[serde(flatten)]
    pub check: Check,
}

/// What a rule looks at. A rule is silent where one of its variables is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "check", deny_unknown_fields)]
pub enum Check {
    /// The field is filled in. For what should be there but is no reason to refuse; a variable
    /// without which the row means nothing is `required` itself.
    Required { variable: String },
    /// The value lies between two bounds (inclusive).
    Range { variable: String, min: Option<f64>, max: Option<f64> },
    /// The sum of one side agrees with the sum of the other: value added by addition against
    /// subtraction. `minus` is taken off `left`. Holds if the difference is at most
    /// `max(absolute, relative * |first of left|)`.
    Balance {
        left: Vec<String>,
        #[serde(default)]
        minus: Vec<String>,
        right: Vec<String>,
        #[serde(default)]
        relative: f64,
        #[serde(default)]
        absolute: f64,
    },
    /// numerator / denominator lies between two bounds. Silent where the denominator is not
    /// above zero, or where the numerator is zero.
    Ratio { numerator: String, denominator: String, min: Option<f64>, max: Option<f64> },
    /// One variable is at most another: turnover covers intermediate inputs.
    AtMost { variable: String, bound: String },
    /// The ratio to a companion variable is about `factor` times (or a fraction of) its median in
    /// the file, or in the group of `within`: an amount given in another unit. About means
    /// within `tolerance` times: with 1000 and 5, from 200 to 5000 times.
    UnitError {
        variable: String,
        per: String,
        factor: f64,
        tolerance: f64,
        #[serde(default)]
        within: Option<String>,
        #[serde(default)]
        within_level: Option<String>,
    },
    /// Hidiroglou–Berthelot (1986) on the change since the year before, over the enterprises of
    /// the same group; U, A and C as in the paper.
    HidiroglouBerthelot {
        variable: String,
        u: f64,
        a: f64,
        c: f64,
        /// The code variable whose codes are the groups; absent: one group.
        #[serde(default)]
        within: Option<String>,
        /// The level of its classification at which codes are grouped; absent: as they are.
        #[serde(default)]
        within_level: Option<String>,
    },
    /// The key stands more than once in the file.
    Duplicate,
}

/// Why a survey cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("survey `{survey}`: {place}: {}", message.en)]
pub struct SurveyError {
    pub survey: String,
    /// `variable turnover`, `rule R03`, or `file`.
    pub place: String,
    pub message: Text,
}

impl SurveyError {
    pub fn text(&self) -> Text {
        let SurveyError { survey, place, message } = self;
        Text::new(format!("survei `{survey}`: {place}: {}", message.id), self.to_string())
    }
}

impl Survey {
    /// Reads a survey from TOML. What it returns is consistent: every name that is used exists.
    pub fn parse(text: &str) -> Result<Self, SurveyError> {
        let survey: Survey = toml::from_str(text).map_err(|error| SurveyError {
            survey: String::new(),
            place: "file".into(),
            message: crate::syntax::fault(&error, text),
        })?;
        survey.validate()?;
        Ok(survey)
    }

    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// The position of a variable among the survey's.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.variables.iter().position(|variable| variable.name == name)
    }

    /// The variables of the key without the year: what names the unit itself.
    pub fn unit_key(&self) -> impl Iterator<Item = &str> {
        self.key.iter().map(String::as_str).filter(|name| *name != self.year)
    }

    fn validate(&self) -> Result<(), SurveyError> {
        if !plain(&self.id, '-') {
            return Err(self.wrong(
                "file",
                format!("id `{}` hanya boleh berisi a-z, 0-9 dan tanda hubung", self.id),
                format!("the id `{}` may hold only a-z, 0-9 and hyphens", self.id),
            ));
        }
        for (position, variable) in self.variables.iter().enumerate() {
            self.validate_variable(position, variable)?;
        }
        self.validate_key()?;
        for (position, rule) in self.rules.iter().enumerate() {
            let place = format!("rule {}", rule.code);
            rule.validate(self).map_err(|message| self.wrong(&place, message.id, message.en))?;
            if self.rules[..position].iter().any(|other| other.code == rule.code) {
                return Err(self.wrong(&place, "kode ini ada dua kali", "the code stands twice"));
            }
        }
        Ok(())
    }

    fn wrong(&self, place: &str, indonesian: impl Into<String>, english: impl Into<String>) -> SurveyError {
        let message = Text::new(indonesian, english);
        SurveyError { survey: self.id.clone(), place: place.to_owned(), message }
    }

    fn validate_variable(&self, position: usize, variable: &Variable) -> Result<(), SurveyError> {
        let wrong = |id: &str, en: &str| Err(self.wrong(&format!("variable {}", variable.name), id, en));
        if !plain(&variable.name, '_') {
            return wrong(
                "nama hanya boleh berisi a-z, 0-9 dan garis bawah",
                "a name may hold only a-z, 0-9 and underscores",
            );
        }
        if self.position(&variable.name) != Some(position) {
            return wrong("nama ini ada dua kali", "the name stands twice");
        }
        if (variable.variable_type == VariableType::Code) != variable.classification.is_some() {
            return wrong(
                "`classification` hanya untuk variabel bertipe `code`, dan wajib di situ",
                "`classification` belongs to variables of type `code`",
            );
        }
        for (_, name) in variable.derivation() {
            if !self.variable(&name).is_some_and(Variable::is_numeric) {
                return wrong(
                    &format!("`derive` menyebut `{name}`, yang bukan angka di survei ini"),
                    &format!("`derive` names `{name}`, which is no number here"),
                );
            }
        }
        Ok(())
    }

    fn validate_key(&self) -> Result<(), SurveyError> {
        if let Some(name) = self.key.iter().find(|name| self.variable(name).is_none()) {
            return Err(self.wrong(
                "file",
                format!("`key` menyebut `{name}`, yang bukan variabel survei ini"),
                format!("the key names `{name}`, which is no variable"),
            ));
        }
        match self.variable(&self.year) {
            Some(variable) if variable.variable_type == VariableType::Year => Ok(()),
            _ => Err(self.wrong(
                "file",
                format!("`year` menyebut `{}`, yang bukan variabel tahun", self.year),
                format!("`year` names `{}`, which is no year variable", self.year),
            )),
        }
    }
}

/// Small letters and digits, and one more character between them.
fn plain(text: &str, extra: char) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == extra)
}

impl Variable {
    /// Number, integer or year.
    pub fn is_numeric(&self) -> bool {
        matches!(self.variable_type, VariableType::Number | VariableType::Integer | VariableType::Year)
    }

    /// The terms of `derive` with their signs; empty if there is none.
    pub fn derivation(&self) -> Vec<(f64, String)> {
        let mut terms = Vec::new();
        let mut sign = 1.0;
        for word in self.derive.as_deref().unwrap_or_default().split_whitespace() {
            match word {
                "+" => sign = 1.0,
                "-" => sign = -1.0,
                name => terms.push((sign, name.to_owned())),
            }
        }
        terms
    }
}

impl EditRule {
    /// The cause in a few words, for lists of causes.
    pub fn cause(&self) -> &Text {
        self.title.as_ref().unwrap_or(&self.message)
    }

    fn validate(&self, survey: &Survey) -> Result<(), Text> {
        for name in self.check.variables() {
            if !survey
                .variable(name)
                .is_some_and(|variable| variable.is_numeric() || matches!(self.check, Check::Required { .. }))
            {
                return Err(Text::new(
                    format!("`{name}` bukan angka di survei ini"),
                    format!("`{name}` is no number of this survey"),
                ));
            }
        }
        if let Some(name) = self.check.within()
            && survey.variable(name).is_none()
        {
            return Err(Text::new(
                format!("`within` menyebut `{name}`, yang bukan variabel survei ini"),
                format!("`within` names `{name}`, which is no variable"),
            ));
        }
        for text in [&self.message, &self.remedy] {
            for text in [&text.id, &text.en] {
                for word in placeholders(text) {
                    if !self.check.words().contains(&word) && survey.variable(word).is_none() {
                        return Err(Text::new(
                            format!("`{{{word}}}` tidak merujuk apa pun"),
                            format!("`{{{word}}}` stands for nothing"),
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

impl Check {
    /// The variables the check compares, in the order in which a finding names their columns.
    pub fn variables(&self) -> Vec<&str> {
        match self {
            Check::Required { variable }
            | Check::Range { variable, .. }
            | Check::HidiroglouBerthelot { variable, .. } => vec![variable],
            Check::Balance { left, minus, right, .. } => {
                left.iter().chain(minus).chain(right).map(String::as_str).collect()
            }
            Check::Ratio { numerator, denominator, .. } => vec![numerator, denominator],
            Check::AtMost { variable, bound } => vec![variable, bound],
            Check::UnitError { variable, per, .. } => vec![variable, per],
            Check::Duplicate => Vec::new(),
        }
    }

    /// The variable whose codes form groups.
    pub fn within(&self) -> Option<&str> {
        match self {
            Check::UnitError { within, .. } | Check::HidiroglouBerthelot { within, .. } => within.as_deref(),
            _ => None,
        }
    }

    /// Words that messages of the check may use in braces, besides the names of variables.
    pub fn words(&self) -> &'static [&'static str] {
        match self {
            Check::Required { .. } => &[],
            Check::Range { .. } => &["value", "min", "max"],
            Check::Balance { .. } => &["left", "right", "difference", "allowed"],
            Check::Ratio { .. } => &["ratio", "min", "max"],
            Check::AtMost { .. } => &["value", "bound"],
            Check::UnitError { .. } => &["value", "ratio", "median", "times", "likely"],
            Check::HidiroglouBerthelot { .. } => &["value", "previous", "times", "usual"],
            Check::Duplicate => &["key", "other_row"],
        }
    }
}

/// The words in braces of a template: `{turnover}` gives `turnover`.
pub fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(word, _)| word))
}

#[cfg(test)]
mod tests;
