//! Edit rules: `profit + cost == turnover`, `cost >= 0.6 * turnover`, `if married == 1 then age >= 17`.

use crate::bench::MethodError;

/// How the sides of a rule stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    AtMost,
    Below,
    AtLeast,
    Above,
    Equal,
}

/// `sum of coefficient × variable + constant` stands to zero in a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    pub terms: Vec<(usize, f64)>,
    pub constant: f64,
    pub relation: Relation,
}

/// A rule, which holds only under its condition if it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    pub text: String,
    pub condition: Option<Linear>,
    pub then: Linear,
}

/// Rules and the variables they name, in order of appearance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    pub variables: Vec<String>,
    pub rules: Vec<Edit>,
}

impl Edits {
    /// Reads rules that are separated by `;` or lines.
    pub fn parse(text: &str) -> Result<Self, MethodError> {
        let mut edits = Edits::default();
        for rule in text.split([';', '\n']).map(str::trim).filter(|rule| !rule.is_empty()) {
            let (condition, then) = match rule.strip_prefix("if ").and_then(|rest| rest.split_once(" then "))
            {
                Some((condition, then)) => (Some(edits.linear(condition)?), edits.linear(then)?),
                None => (None, edits.linear(rule)?),
            };
            edits.rules.push(Edit { text: rule.to_owned(), condition, then });
        }
        if edits.rules.is_empty() {
            return Err(wrong(text, "profit + cost == turnover; cost >= 0"));
        }
        Ok(edits)
    }

    fn linear(&mut self, text: &str) -> Result<Linear, MethodError> {
        let relations = [
            ("==", Relation::Equal),
            ("<=", Relation::AtMost),
            (">=", Relation::AtLeast),
            ("<", Relation::Below),
            (">", Relation::Above),
        ];
        let found = relations
            .iter()
            .find_map(|(sign, relation)| text.split_once(sign).map(|(left, right)| (left, right, *relation)));
        let (left, right, relation) = found.ok_or_else(|| wrong(text, "== | <= | >= | < | >"))?;
        let mut linear = Linear { terms: Vec::new(), constant: 0.0, relation };
        self.side(left, 1.0, &mut linear)?;
        self.side(right, -1.0, &mut linear)?;
        Ok(linear)
    }

    fn side(&mut self, text: &str, sign: f64, linear: &mut Linear) -> Result<(), MethodError> {
        let (mut rest, mut sign_now, mut first) = (text.trim(), sign, true);
        while !rest.is_empty() || first {
            if let Some(tail) = rest.strip_prefix('+') {
                (rest, sign_now) = (tail.trim_start(), sign);
            } else if let Some(tail) = rest.strip_prefix('-') {
                (rest, sign_now) = (tail.trim_start(), -sign);
            } else if !first {
                return Err(wrong(rest, "+ | -"));
            }
            let (factor, name, tail) = term(rest)?;
            match name {
                None => linear.constant += sign_now * factor,
                Some(name) => {
                    let variable = self.variable(name);
                    match linear.terms.iter_mut().find(|(known, _)| *known == variable) {
                        Some((_, sum)) => *sum += sign_now * factor,
                        None => linear.terms.push((variable, sign_now * factor)),
                    }
                }
            }
            (rest, first) = (tail.trim_start(), false);
        }
        Ok(())
    }

    fn variable(&mut self, name: &str) -> usize {
        let known = self.variables.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.variables.push(name.to_owned());
            self.variables.len() - 1
        })
    }
}

/// A number, a name, or a number times a name; and what follows.
fn term(text: &str) -> Result<(f64, Option<&str>, &str), MethodError> {
    let (head, rest) = piece(text)?;
    let number = |text: &str| text.parse::<f64>().ok().filter(|value| value.is_finite());
    let Some(tail) = rest.trim_start().strip_prefix('*') else {
        return Ok(match number(head) {
            Some(value) => (value, None, rest),
            None => (1.0, Some(head.trim_matches('`')), rest),
        });
    };
    let (other, rest) = piece(tail.trim_start())?;
    match (number(head), number(other)) {
        (Some(factor), None) => Ok((factor, Some(other.trim_matches('`')), rest)),
        (None, Some(factor)) => Ok((factor, Some(head.trim_matches('`')), rest)),
        _ => Err(wrong(text, "2 * turnover")),
    }
}

fn piece(text: &str) -> Result<(&str, &str), MethodError> {
    let end = match text.strip_prefix('`') {
        Some(rest) => rest.find('`').map(|end| end + 2).ok_or_else(|| wrong(text, "`"))?,
        None => text
            .find(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == '.'))
            .unwrap_or(text.len()),
    };
    if end == 0 { Err(wrong(text, "a variable or a number")) } else { Ok(text.split_at(end)) }
}

fn wrong(at: &str, expected: &str) -> MethodError {
    MethodError::Expression { text: at.to_owned(), at: at.to_owned(), expected: expected.to_owned() }
}

impl Linear {
    /// The left side less the right, with the size of the numbers it is made of.
    pub fn value(&self, record: &[f64]) -> (f64, f64) {
        let parts = self.terms.iter().map(|(variable, factor)| factor * record[*variable]);
        let size = parts.clone().fold(self.constant.abs(), |size, part| size.max(part.abs()));
        (parts.sum::<f64>() + self.constant, size)
    }

    /// Whether it holds, up to `tolerance` and rounding; `None` if a value is missing.
    pub fn holds(&self, record: &[f64], tolerance: f64) -> Option<bool> {
        let (value, size) = self.value(record);
        let slack = tolerance + 1e-9 * size;
        (!value.is_nan()).then(|| match self.relation {
            Relation::AtMost => value <= slack,
            Relation::Below => value < -1e-9 * size || value < 0.0,
            Relation::AtLeast => value >= -slack,
            Relation::Above => value > 0.0,
            Relation::Equal => value.abs() <= slack,
        })
    }
}

impl Edit {
    /// Whether the record breaks the rule; `None` if a value is missing that would tell.
    pub fn broken(&self, record: &[f64], tolerance: f64) -> Option<bool> {
        match self.condition.as_ref().map(|condition| condition.holds(record, 0.0)) {
            Some(Some(false)) => Some(false),
            Some(None) if self.then.holds(record, tolerance) == Some(true) => Some(false),
            Some(None) => None,
            _ => self.then.holds(record, tolerance).map(|holds| !holds),
        }
    }

    pub fn variables(&self) -> impl Iterator<Item = usize> {
        let condition = self.condition.iter().flat_map(|condition| &condition.terms);
        condition.chain(&self.then.terms).map(|(variable, _)| *variable)
    }
}
