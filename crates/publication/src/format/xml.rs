//! XML that is written as it is read: elements open, close and never hold the document in memory.

use std::borrow::Cow;
use std::io::{self, Write};

/// Writes well-formed XML: what was opened is closed in order, and texts are escaped.
pub(crate) struct Xml<'w> {
    out: &'w mut dyn Write,
    open: Vec<&'static str>,
}

pub(crate) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl<'w> Xml<'w> {
    /// Begins a document.
    pub(crate) fn new(out: &'w mut dyn Write) -> io::Result<Self> {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        Ok(Xml { out, open: Vec::new() })
    }

    pub(crate) fn open(&mut self, name: &'static str, attributes: Attributes<'_>) -> io::Result<()> {
        self.start(name, attributes)?;
        self.out.write_all(b">")?;
        self.open.push(name);
        Ok(())
    }

    /// Closes the element that was opened last.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        match self.open.pop() {
            Some(name) => {
                write!(self.out, "</{name}>")?;
                // Lines keep a big message readable; between elements they mean nothing.
                if self.open.len() < 4 { self.out.write_all(b"\n") } else { Ok(()) }
            }
            None => Ok(()),
        }
    }

    pub(crate) fn empty(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.start(name, attributes)?;
        self.out.write_all(b"/>")
    }

    /// An element that holds a text.
    pub(crate) fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) -> io::Result<()> {
        self.start(name, attributes)?;
        write!(self.out, ">{}</{name}>", escape(text))
    }

    /// Closes whatever is open.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        while !self.open.is_empty() {
            self.close()?;
        }
        self.out.flush()
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        write!(self.out, "<{name}")?;
        for (key, value) in attributes {
            write!(self.out, " {key}=\"{}\"", escape(value))?;
        }
        Ok(())
    }
}

/// Escapes a text and drops the characters that XML 1.0 cannot hold at all.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    let forbidden = |letter: char| {
        (letter < ' ' && !matches!(letter, '\t' | '\n' | '\r')) || matches!(letter, '\u{FFFE}' | '\u{FFFF}')
    };
    if text.contains(forbidden) {
        let clean: String = text.chars().filter(|letter| !forbidden(*letter)).collect();
        return Cow::Owned(quick_xml::escape::escape(&clean).into_owned());
    }
    quick_xml::escape::escape(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_stay_inside_their_element() {
        let mut bytes = Vec::new();
        let mut xml = Xml::new(&mut bytes).unwrap();
        xml.open("a", &[("b", "\"><x/>")]).unwrap();
        xml.text("c", &[], "1 < 2 & \u{0}\u{1}3").unwrap();
        xml.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(document.root_element().attribute("b"), Some("\"><x/>"));
        assert_eq!(document.root_element().first_element_child().unwrap().text(), Some("1 < 2 & 3"));
    }
}
