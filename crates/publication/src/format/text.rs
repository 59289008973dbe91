//! Lines of comma-separated values, RFC 4180.

use std::borrow::Cow;

/// A field as it stands in a line: quoted where it must be.
pub(crate) fn field(text: &str) -> Cow<'_, str> {
    let needs_quotes = text.contains([',', '"', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ');
    if needs_quotes { Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))) } else { Cow::Borrowed(text) }
}

/// A line that grows field by field.
#[derive(Default)]
pub(crate) struct Line {
    pub(crate) text: String,
    begun: bool,
}

impl Line {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.begun = false;
    }

    /// Adds a field, quoted where it must be.
    pub(crate) fn push(&mut self, text: &str) {
        self.push_ready(&field(text));
    }

    /// Adds a field that needs no quotes or has them.
    pub(crate) fn push_ready(&mut self, text: &str) {
        if self.begun {
            self.text.push(',');
        }
        self.begun = true;
        self.text.push_str(text);
    }

    pub(crate) fn end(&mut self) -> &[u8] {
        self.text.push('\n');
        self.text.as_bytes()
    }
}
