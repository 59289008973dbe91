//! A method's view of what was asked: columns, choices and numbers, read with its declared kinds and
//! defaults.

use super::expression::{bare, evaluate, split};
use super::{Argument, Arguments, Categories, Frame, Kind, Method, MethodError, Saying, Value};

/// What was asked of a method.
#[derive(Debug)]
pub struct Request<'a> {
    frame: &'a Frame,
    method: &'a Method,
    arguments: &'a Arguments,
}

/// A column of a model: its name as written and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub name: String,
    pub values: Vec<f64>,
}

/// `response ~ terms + factor(…) | groups`.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub response: Term,
    /// Regressors in order; a factor is spread into dummies, the first level left out. No constant.
    pub terms: Vec<Term>,
    /// False if the model says `- 1` or `+ 0`.
    pub constant: bool,
    /// Columns after the bar: fixed effects, panel keys, instruments: the method says which.
    pub groups: Vec<(String, Categories)>,
}

impl<'a> Request<'a> {
    pub fn new(frame: &'a Frame, method: &'a Method, arguments: &'a Arguments) -> Self {
        Request { frame, method, arguments }
    }

    pub fn frame(&self) -> &'a Frame {
        self.frame
    }

    pub fn rows(&self) -> usize {
        self.frame.rows()
    }

    fn declared(&self, name: &str) -> Option<&'static Argument> {
        self.method.arguments.iter().find(|argument| argument.name == name)
    }

    /// The text given for an argument.
    pub fn word(&self, name: &str) -> Option<&'a str> {
        debug_assert!(self.declared(name).is_some(), "`{name}` is declared by `{}`", self.method.id);
        match self.arguments.get(name) {
            Some(Value::Text(text)) => Some(text.trim()),
            _ => None,
        }
    }

    /// The text given for an argument; an error that says what to give if there is none.
    pub fn needed_word(&self, name: &str) -> Result<&'a str, MethodError> {
        self.needed(name)
    }

    fn needed(&self, name: &str) -> Result<&'a str, MethodError> {
        self.word(name).ok_or_else(|| MethodError::MissingArgument {
            argument: name.to_owned(),
            expected: self.declared(name).map(|argument| argument.help.join(" / ")).unwrap_or_default(),
        })
    }

    /// The values of a column or an expression of columns; a missing value is NaN.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, MethodError> {
        evaluate(self.needed(name)?, self.frame)
    }

    /// The same, if the argument was given.
    pub fn optional_numbers(&self, name: &str) -> Result<Option<Vec<f64>>, MethodError> {
        self.word(name).map(|text| evaluate(text, self.frame)).transpose()
    }

    /// The survey weights: ones if none were given; a negative weight is refused.
    pub fn weights(&self) -> Result<Vec<f64>, MethodError> {
        let Some(weights) = self.optional_numbers("weight")? else { return Ok(vec![1.0; self.rows()]) };
        match weights.iter().position(|weight| *weight < 0.0) {
            None => Ok(weights),
            Some(row) => Err(MethodError::OutOfDomain {
                column: self.word("weight").unwrap_or_default().to_owned(),
                row: row + 1,
                value: weights[row],
                rule: Saying::new("bobot tidak boleh negatif", "a weight may not be negative"),
            }),
        }
    }

    /// Several columns or expressions, with their names as written.
    pub fn columns(&self, name: &str) -> Result<Vec<Term>, MethodError> {
        split(self.needed(name)?, ',')
            .into_iter()
            .map(|text| Ok(Term { name: bare(text).to_owned(), values: evaluate(text, self.frame)? }))
            .collect()
    }

    /// The words of a column.
    pub fn categories(&self, name: &str) -> Result<Categories, MethodError> {
        self.frame.categories(bare(self.needed(name)?))
    }

    /// The same, if the argument was given.
    pub fn optional_categories(&self, name: &str) -> Result<Option<Categories>, MethodError> {
        self.word(name).map(|text| self.frame.categories(bare(text))).transpose()
    }

    /// The words of several columns; none if the argument was not given.
    pub fn several_categories(&self, name: &str) -> Result<Vec<Categories>, MethodError> {
        let Some(text) = self.word(name) else { return Ok(Vec::new()) };
        split(text, ',').into_iter().map(|text| self.frame.categories(bare(text))).collect()
    }

    /// A model `y ~ a + b + factor(c) | g + h`.
    pub fn formula(&self, name: &str) -> Result<Model, MethodError> {
        let text = self.needed(name)?;
        let parts = split(text, '~');
        let [response, rest] = parts[..] else {
            return Err(MethodError::Expression {
                text: text.to_owned(),
                at: text.to_owned(),
                expected: "y ~ a + b".to_owned(),
            });
        };
        let sides = split(rest, '|');
        let mut model = Model {
            response: Term { name: bare(response).to_owned(), values: evaluate(response, self.frame)? },
            terms: Vec::new(),
            constant: true,
            groups: Vec::new(),
        };
        for term in split(sides[0], '+') {
            match term.strip_suffix("- 1").map(str::trim) {
                Some(term) => {
                    model.constant = false;
                    self.term(term, &mut model)?;
                }
                None => self.term(term, &mut model)?,
            }
        }
        for group in sides.iter().skip(1).flat_map(|side| split(side, '+')) {
            model.groups.push((bare(group).to_owned(), self.frame.categories(bare(group))?));
        }
        Ok(model)
    }

    fn term(&self, text: &str, model: &mut Model) -> Result<(), MethodError> {
        match text {
            "0" => model.constant = false,
            "1" | "" => {}
            _ => match text.strip_prefix("factor(").and_then(|rest| rest.strip_suffix(')')) {
                Some(column) => {
                    let factor = self.frame.categories(bare(column))?;
                    for (code, level) in factor.levels.iter().enumerate().skip(1) {
                        let dummy = |given: &u32| match *given {
                            super::MISSING => f64::NAN,
                            given => f64::from(u8::from(given as usize == code)),
                        };
                        let values = factor.codes.iter().map(dummy).collect();
                        model.terms.push(Term { name: format!("{}={level}", bare(column)), values });
                    }
                }
                None => {
                    let values = evaluate(text, self.frame)?;
                    model.terms.push(Term { name: bare(text).to_owned(), values });
                }
            },
        }
        Ok(())
    }

    /// The word chosen, one of those declared; the first if none was given.
    pub fn choice(&self, name: &str) -> Result<&'static str, MethodError> {
        let Some(Kind::Choice(words)) = self.declared(name).map(|argument| argument.kind) else {
            return Err(self.bad(name, "-", "no choice was declared"));
        };
        match self.word(name) {
            None => Ok(words[0]),
            Some(given) => words
                .iter()
                .copied()
                .find(|word| *word == given)
                .ok_or_else(|| self.bad(name, given, &words.join(" | "))),
        }
    }

    /// A number, or its declared default; `None` if there is neither.
    pub fn number(&self, name: &str) -> Result<Option<f64>, MethodError> {
        match (self.word(name), self.declared(name).map(|argument| argument.kind)) {
            (Some(given), _) => match given.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(Some(value)),
                _ => Err(self.bad(name, given, "1234.5")),
            },
            (None, Some(Kind::Number(default))) => Ok(default),
            (None, _) => Ok(None),
        }
    }

    /// Several numbers, or their declared defaults.
    pub fn several(&self, name: &str) -> Result<Vec<f64>, MethodError> {
        match (self.word(name), self.declared(name).map(|argument| argument.kind)) {
            (Some(given), _) => given
                .split(',')
                .map(|part| part.trim().parse().map_err(|_| self.bad(name, given, "0.1, 0.5, 0.9")))
                .collect(),
            (None, Some(Kind::Numbers(defaults))) => Ok(defaults.to_vec()),
            (None, _) => Ok(Vec::new()),
        }
    }

    /// A whole number, or its declared default.
    pub fn count(&self, name: &str) -> Result<Option<u64>, MethodError> {
        match (self.word(name), self.declared(name).map(|argument| argument.kind)) {
            (Some(given), _) => given.parse().map(Some).map_err(|_| self.bad(name, given, "0, 1, 2 …")),
            (None, Some(Kind::Count(default))) => Ok(default),
            (None, _) => Ok(None),
        }
    }

    pub fn flag(&self, name: &str) -> bool {
        self.arguments.get(name).is_some()
    }

    /// A second file.
    pub fn file(&self, name: &str) -> Option<&'a Frame> {
        match self.arguments.get(name) {
            Some(Value::File(frame)) => Some(frame),
            _ => None,
        }
    }

    /// An error about an argument.
    pub fn bad(&self, argument: &str, value: &str, expected: &str) -> MethodError {
        MethodError::BadArgument {
            argument: argument.to_owned(),
            value: value.to_owned(),
            expected: expected.to_owned(),
        }
    }

    /// The rows in which none of these values is missing; an error if there are none.
    pub fn complete(&self, columns: &[&[f64]]) -> Result<Vec<usize>, MethodError> {
        let rows: Vec<usize> =
            (0..self.rows()).filter(|row| columns.iter().all(|column| column[*row].is_finite())).collect();
        if rows.is_empty() { Err(MethodError::NoRows { rows: self.rows() }) } else { Ok(rows) }
    }
}
