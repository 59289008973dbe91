//! Reading a formula: a small recursive descent that no text can make run long or deep.

use super::{FormulaError, Node};

/// Characters of a formula.
pub(super) const LONGEST: usize = 500;
/// Brackets inside brackets.
const DEEPEST: u32 = 40;

/// Reads a whole formula.
pub(super) fn read(text: &str) -> Result<Node, FormulaError> {
    if text.trim().is_empty() {
        return Err(FormulaError::Empty);
    }
    if text.chars().count() > LONGEST {
        return Err(FormulaError::TooLong);
    }
    let mut reader = Reader { characters: text.chars().collect(), position: 0, depth: 0 };
    let node = reader.sum()?;
    match reader.peek() {
        None => Ok(node),
        Some(_) => Err(reader.unexpected()),
    }
}

struct Reader {
    characters: Vec<char>,
    position: usize,
    depth: u32,
}

impl Reader {
    /// The next character that is not a space.
    fn peek(&mut self) -> Option<char> {
        while self.characters.get(self.position).is_some_and(|c| c.is_whitespace()) {
            self.position += 1;
        }
        self.characters.get(self.position).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.position += 1;
        }
        found
    }

    fn unexpected(&mut self) -> FormulaError {
        let found = self.peek().map_or_else(|| "…".to_owned(), String::from);
        FormulaError::Syntax { place: self.position + 1, found }
    }

    fn sum(&mut self) -> Result<Node, FormulaError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(FormulaError::TooLong);
        }
        let mut left = self.product()?;
        loop {
            if self.take('+') {
                left = Node::Sum(Box::new(left), Box::new(self.product()?));
            } else if self.take('-') {
                left = Node::Difference(Box::new(left), Box::new(self.product()?));
            } else {
                self.depth -= 1;
                return Ok(left);
            }
        }
    }

    fn product(&mut self) -> Result<Node, FormulaError> {
        let mut left = self.signed()?;
        loop {
            if self.take('*') {
                left = Node::Product(Box::new(left), Box::new(self.signed()?));
            } else if self.take('/') {
                left = Node::Quotient(Box::new(left), Box::new(self.signed()?));
            } else {
                return Ok(left);
            }
        }
    }

    fn signed(&mut self) -> Result<Node, FormulaError> {
        // One sign is arithmetic; a row of them is a slip.
        if self.take('-') { Ok(Node::Negate(Box::new(self.power()?))) } else { self.power() }
    }

    fn power(&mut self) -> Result<Node, FormulaError> {
        let base = self.atom()?;
        if !self.take('^') {
            return Ok(base);
        }
        let negative = self.take('-');
        let exponent: i8 = match self.peek() {
            Some(digit) if digit.is_ascii_digit() => {
                self.position += 1;
                // A decimal digit fits into any integer.
                digit.to_digit(10).map_or(0, |digit| digit as i8)
            }
            _ => return Err(self.unexpected()),
        };
        Ok(Node::Power(Box::new(base), if negative { -exponent } else { exponent }))
    }

    fn atom(&mut self) -> Result<Node, FormulaError> {
        match self.peek() {
            Some('(') => {
                self.position += 1;
                let inner = self.sum()?;
                if self.take(')') { Ok(inner) } else { Err(self.unexpected()) }
            }
            Some(c) if c.is_ascii_digit() => self.number(),
            Some(c) if c.is_ascii_lowercase() => self.name(),
            _ => Err(self.unexpected()),
        }
    }

    fn number(&mut self) -> Result<Node, FormulaError> {
        let start = self.position;
        let text: String = self.word(|c| c.is_ascii_digit() || c == '.');
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && !text.ends_with('.') => Ok(Node::Number(number)),
            _ => Err(FormulaError::Syntax { place: start + 1, found: text }),
        }
    }

    fn name(&mut self) -> Result<Node, FormulaError> {
        let name = self.word(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !self.take('(') {
            return Ok(Node::Input(name));
        }
        let mut arguments = vec![self.sum()?];
        while self.take(',') {
            arguments.push(self.sum()?);
        }
        if !self.take(')') {
            return Err(self.unexpected());
        }
        match (name.as_str(), arguments.len()) {
            ("min", 2..) => Ok(Node::Least(arguments)),
            ("max", 2..) => Ok(Node::Greatest(arguments)),
            ("abs", 1) => Ok(Node::Size(Box::new(arguments.remove(0)))),
            _ => Err(FormulaError::UnknownFunction { name }),
        }
    }

    fn word(&mut self, belongs: fn(char) -> bool) -> String {
        let rest = &self.characters[self.position..];
        let word: String = rest.iter().take_while(|c| belongs(**c)).collect();
        self.position += word.len();
        word
    }
}
