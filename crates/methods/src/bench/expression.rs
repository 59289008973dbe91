//! Expressions of columns: `log(value_added / workers)`, `` `upah per bulan` * 12 ``.
//!
//! A text that is the name of a column is that column, however odd the name; in an expression a name with
//! spaces or signs stands in back quotes. Where a value is missing or a logarithm has no value, the result is
//! missing.

use super::{Frame, MethodError};

/// Deeper nesting than this is a mistake, not a formula.
const DEEPEST: usize = 64;

/// The values of an expression, a missing value as NaN.
pub(super) fn evaluate(text: &str, frame: &Frame) -> Result<Vec<f64>, MethodError> {
    let text = text.trim();
    if frame.names().iter().any(|name| name == text) {
        return frame.numbers(text);
    }
    let mut reader = Reader { text, rest: text, frame, depth: 0 };
    let values = reader.sum()?;
    if !reader.rest.trim_start().is_empty() {
        return Err(reader.wrong("an operator or the end"));
    }
    Ok(values)
}

/// Splits at `separator`, but not inside brackets or back quotes.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quoted, mut start, mut parts) = (0_i32, false, 0, Vec::new());
    for (at, sign) in text.char_indices() {
        match sign {
            '`' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ if sign == separator && !quoted && depth <= 0 => {
                parts.push(text[start..at].trim());
                start = at + sign.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// The name of a column without its back quotes.
pub(super) fn bare(name: &str) -> &str {
    let name = name.trim();
    name.strip_prefix('`').and_then(|name| name.strip_suffix('`')).unwrap_or(name)
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    frame: &'a Frame,
    depth: usize,
}

impl Reader<'_> {
    fn wrong(&self, expected: &str) -> MethodError {
        let at: String = self.rest.trim_start().chars().take(20).collect();
        MethodError::Expression {
            text: self.text.to_owned(),
            at: if at.is_empty() { "…".to_owned() } else { at },
            expected: expected.to_owned(),
        }
    }

    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(sign);
        if found {
            self.rest = &self.rest[sign.len_utf8()..];
        }
        found
    }

    fn sum(&mut self) -> Result<Vec<f64>, MethodError> {
        let mut left = self.product()?;
        loop {
            if self.take('+') {
                combine(&mut left, &self.product()?, |a, b| a + b);
            } else if self.take('-') {
                combine(&mut left, &self.product()?, |a, b| a - b);
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self) -> Result<Vec<f64>, MethodError> {
        let mut left = self.power()?;
        loop {
            if self.take('*') {
                combine(&mut left, &self.power()?, |a, b| a * b);
            } else if self.take('/') {
                combine(&mut left, &self.power()?, |a, b| if b == 0.0 { f64::NAN } else { a / b });
            } else {
                return Ok(left);
            }
        }
    }

    fn power(&mut self) -> Result<Vec<f64>, MethodError> {
        let mut base = self.value()?;
        if self.take('^') {
            combine(&mut base, &self.value()?, f64::powf);
        }
        Ok(base)
    }

    fn value(&mut self) -> Result<Vec<f64>, MethodError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong("fewer brackets"));
        }
        let value = match self.peek() {
            Some('(') => {
                self.take('(');
                self.bracketed()
            }
            Some('-') => {
                self.take('-');
                Ok(self.value()?.into_iter().map(|value| -value).collect())
            }
            Some('`') => self.quoted(),
            Some(sign) if sign.is_ascii_digit() || sign == '.' => self.number(),
            Some(sign) if sign.is_alphabetic() || sign == '_' => self.named(),
            _ => Err(self.wrong("a column, a number or a bracket")),
        };
        self.depth -= 1;
        value
    }

    fn bracketed(&mut self) -> Result<Vec<f64>, MethodError> {
        let values = self.sum()?;
        if self.take(')') { Ok(values) } else { Err(self.wrong("`)`")) }
    }

    fn quoted(&mut self) -> Result<Vec<f64>, MethodError> {
        let Some(end) = self.rest[1..].find('`') else { return Err(self.wrong("a closing back quote")) };
        let name = &self.rest[1..=end];
        self.rest = &self.rest[end + 2..];
        self.frame.numbers(name)
    }

    fn number(&mut self) -> Result<Vec<f64>, MethodError> {
        let mut end = 0;
        for (at, sign) in self.rest.char_indices() {
            let exponent = at > 0 && matches!(&self.rest[at - 1..at], "e" | "E");
            if !(sign.is_ascii_digit()
                || matches!(sign, '.' | 'e' | 'E')
                || exponent && matches!(sign, '+' | '-'))
            {
                break;
            }
            end = at + sign.len_utf8();
        }
        let value: f64 = self.rest[..end].parse().map_err(|_| self.wrong("a number"))?;
        self.rest = &self.rest[end..];
        Ok(vec![value; self.frame.rows()])
    }

    fn named(&mut self) -> Result<Vec<f64>, MethodError> {
        let end = self
            .rest
            .find(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == '.'))
            .unwrap_or(self.rest.len());
        let name = &self.rest[..end];
        self.rest = &self.rest[end..];
        if self.peek() != Some('(') {
            return self.frame.numbers(name);
        }
        let function: fn(f64) -> f64 = match name {
            "log" | "ln" => |value| if value > 0.0 { value.ln() } else { f64::NAN },
            "exp" => f64::exp,
            "sqrt" => f64::sqrt,
            "abs" => f64::abs,
            "I" => |value| value,
            _ => return Err(self.wrong("one of the functions log, exp, sqrt, abs")),
        };
        self.take('(');
        Ok(self.bracketed()?.into_iter().map(function).collect())
    }
}

fn combine(left: &mut [f64], right: &[f64], with: impl Fn(f64, f64) -> f64) {
    for (left, right) in left.iter_mut().zip(right) {
        *left = with(*left, *right);
    }
}
