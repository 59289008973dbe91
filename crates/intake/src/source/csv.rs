//! Delimited text: CSV and its cousins.
//!
//! The reader only finds where rows end, so that workers can cut blocks into fields side by
//! side. Both use [`Scanner::row`], hence agree on what a row is. A quotation mark that is never
//! closed costs one row, not the rest of the file.

use std::path::Path;

use encoding_rs::{Encoding, UTF_8};
use memchr::{memchr, memchr_iter, memchr2};

use super::encoding::{SAMPLE, Utf8Stream, guess};
use super::{
    BLOCK_ROWS, Block, Cells, Format, Layout, Opened, PREVIEW_ROWS, Row, RowTrouble, Sink, Stop, Table,
    unreadable,
};
use crate::mapping::Mapping;

/// Blocks are about this large, so memory does not depend on the file.
pub(crate) const BLOCK_BYTES: usize = 4 << 20;

/// A quoted field that has not ended after so many bytes was never meant to be one.
const QUOTED_MAX: usize = 64 << 10;

/// A row longer than this is no row.
const ROW_MAX: usize = 4 << 20;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Looks at the start of a text file once per possible delimiter.
pub(super) fn open(path: &Path, start: &[u8], mapping: &Mapping) -> Result<Opened, Stop> {
    let named = mapping.file.encoding.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    let (guessed, marked) = guess(start);
    let encoding = named.unwrap_or(guessed);
    let mut sample = Vec::new();
    Utf8Stream::open(path, encoding)?.read(&mut sample, SAMPLE)?;
    let whole = sample.len() < SAMPLE;
    let terminator = if memchr(b'\n', &sample).is_some() { b'\n' } else { b'\r' };
    let text = String::from_utf8_lossy(&sample);
    let named = mapping.file.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok());
    let declared = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("sep="))
        .and_then(|rest| rest.as_bytes().first().copied());
    let tables = match named.or(declared) {
        Some(delimiter) => vec![preview(&text, delimiter, terminator, whole)],
        None => DELIMITERS.map(|delimiter| preview(&text, delimiter, terminator, whole)).into(),
    };
    Ok(Opened {
        format: Format::Csv,
        tables,
        encoding: Some(encoding),
        marked: marked || mapping.file.encoding.is_some(),
        types: Vec::new(),
        terminator,
    })
}

fn preview(text: &str, delimiter: u8, terminator: u8, whole: bool) -> Table {
    let scanner = Scanner { delimiter, terminator, width: usize::MAX };
    let bytes = text.as_bytes();
    let mut rows = Vec::new();
    let (mut at, mut number) = (0, 0);
    while let Some(found) = scanner.row(bytes, at, whole) {
        number += 1;
        let mut fields = Vec::new();
        scanner.fields(&bytes[at..found.end], found.shape, |field| {
            fields.push(String::from_utf8_lossy(&field.unescaped()).trim().to_owned());
        });
        if fields.iter().any(|field| !field.is_empty()) {
            rows.push((number, fields));
        }
        at = found.next;
        if rows.len() == PREVIEW_ROWS {
            break;
        }
    }
    Table { sheet: None, delimiter: Some(delimiter), rows }
}

/// Reads the file in blocks that begin and end with a row.
pub(super) fn read(path: &Path, opened: &Opened, layout: &Layout, sink: &mut Sink) -> Result<(), Stop> {
    let encoding = layout.encoding.or(opened.encoding).unwrap_or(UTF_8);
    let mut stream = Utf8Stream::open(path, encoding)?;
    let scanner = Scanner::of(layout);
    let mut buffer = Vec::with_capacity(BLOCK_BYTES + (BLOCK_BYTES >> 2));
    let mut first_row = 1;
    loop {
        let wanted = BLOCK_BYTES.saturating_sub(buffer.len()).max(1 << 16);
        let more = stream.read(&mut buffer, wanted)?;
        let mut start = 0;
        loop {
            let (end, rows) = scanner.boundary(&buffer[start..], !more);
            if end == 0 {
                break;
            }
            let block = Block::Text { bytes: buffer[start..start + end].to_vec(), first_row };
            if !sink(block) {
                return Ok(());
            }
            start += end;
            first_row += rows;
        }
        buffer.drain(..start);
        if !more {
            return Ok(());
        }
        if buffer.len() > ROW_MAX {
            let reason = format!("row {first_row} has more than {ROW_MAX} bytes");
            return Err(unreadable("CSV", reason));
        }
    }
}

/// Cuts a block into the wanted fields.
pub(crate) fn cut(bytes: Vec<u8>, first_row: u64, layout: &Layout) -> Cells {
    let (text, damaged) = match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    };
    let scanner = Scanner::of(layout);
    let bytes = text.as_bytes();
    let mut cells = Cells::default();
    // Fields with doubled quotation marks are written behind the text once they are single.
    let mut tail = String::new();
    let (mut at, mut number) = (0, first_row);
    while let Some(found) = scanner.row(bytes, at, true) {
        let (start, end) = (at, found.end);
        at = found.next;
        number += 1;
        if number - 1 <= layout.header_row || is_blank(&bytes[start..end], layout.delimiter) {
            continue;
        }
        let base = cells.spans.len();
        cells.spans.resize(base + layout.wanted, (0, 0));
        let (mut count, mut extra) = (0_usize, false);
        scanner.fields(&bytes[start..end], found.shape, |field| {
            match layout.slots.get(count) {
                Some(Some(slot)) => {
                    cells.spans[base + usize::from(*slot)] = place(&field, start, &text, &mut tail);
                }
                Some(None) => {}
                None => extra |= !field.content.is_empty(),
            }
            count += 1;
        });
        let trouble = match () {
            () if found.shape == Shape::OpenQuote => Some(RowTrouble::OpenQuote),
            () if count < layout.width => Some(RowTrouble::TooFew(count as u32)),
            () if count > layout.width && extra => Some(RowTrouble::TooMany(count as u32)),
            () if damaged && text[start..end].contains('\u{fffd}') => Some(RowTrouble::Damaged),
            () => None,
        };
        cells.rows.push(Row { number: number - 1, start: start as u32, end: end as u32, trouble });
    }
    cells.text = text;
    cells.text.push_str(&tail);
    cells
}

fn place(field: &Field, row_start: usize, text: &str, tail: &mut String) -> (u32, u32) {
    let start = row_start + field.offset;
    if !field.escaped {
        return (start as u32, (start + field.content.len()) as u32);
    }
    let begin = text.len() + tail.len();
    tail.push_str(&String::from_utf8_lossy(&field.unescaped()));
    (begin as u32, (text.len() + tail.len()) as u32)
}

fn is_blank(row: &[u8], delimiter: u8) -> bool {
    row.iter().all(|byte| *byte == delimiter || matches!(byte, b' ' | b'\t' | b'\r' | b'"' | 0))
}

/// Finds rows and fields in text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scanner {
    delimiter: u8,
    terminator: u8,
    /// How many fields a row should have.
    width: usize,
}

/// Where a row ends (without its terminator) and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    end: usize,
    next: usize,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// No quotation mark anywhere.
    Plain,
    Quoted,
    /// A quotation mark is opened and never closed: the row ends with its line.
    OpenQuote,
}

/// One field of a row.
struct Field<'a> {
    /// Where the content begins, counted from the start of the row.
    offset: usize,
    content: &'a [u8],
    /// Quotation marks in the content are doubled.
    escaped: bool,
}

impl Field<'_> {
    fn unescaped(&self) -> Vec<u8> {
        if !self.escaped {
            return self.content.to_vec();
        }
        let mut plain = Vec::with_capacity(self.content.len());
        let mut bytes = self.content.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if byte == b'"' && bytes.peek() == Some(&b'"') {
                bytes.next();
            }
            plain.push(byte);
        }
        plain
    }
}

impl Scanner {
    fn of(layout: &Layout) -> Self {
        Scanner { delimiter: layout.delimiter, terminator: layout.terminator, width: layout.width }
    }

    /// The end of the last whole row that still fits a block, and how many rows there are up to it.
    fn boundary(&self, bytes: &[u8], last: bool) -> (usize, u64) {
        let (mut at, mut rows) = (0, 0);
        if memchr(b'"', bytes).is_none() {
            for place in memchr_iter(self.terminator, bytes).take(BLOCK_ROWS) {
                at = place + 1;
                rows += 1;
            }
            let rest = last && at < bytes.len() && rows < BLOCK_ROWS;
            return if rest { (bytes.len(), rows as u64 + 1) } else { (at, rows as u64) };
        }
        while rows < BLOCK_ROWS
            && let Some(found) = self.row(bytes, at, last)
        {
            at = found.next;
            rows += 1;
        }
        (at, rows as u64)
    }

    /// The row that begins at `at`; `None` if it is not all there (or there is none).
    fn row(&self, bytes: &[u8], at: usize, last: bool) -> Option<Found> {
        if at >= bytes.len() {
            return None;
        }
        let line = memchr(self.terminator, &bytes[at..]).map(|place| at + place);
        let line_end = match line {
            Some(place) => place,
            None if last => bytes.len(),
            None if bytes.len() - at < QUOTED_MAX => return None,
            // Only to look for quotation marks: the row is longer than what is there.
            None => bytes.len(),
        };
        let ended = |end: usize, shape| {
            let next = (end + 1).min(bytes.len());
            let end = if end > at && bytes[end - 1] == b'\r' { end - 1 } else { end };
            Found { end, next, shape }
        };
        if memchr(b'"', &bytes[at..line_end]).is_none() {
            return (line.is_some() || last).then(|| ended(line_end, Shape::Plain));
        }
        match self.quoted_row(bytes, at) {
            Quoted::Ends(end, fields) if end <= line_end || fields <= self.width => {
                // Without a terminator the row may go on in bytes that are not there yet.
                (last || end < bytes.len()).then(|| ended(end, Shape::Quoted))
            }
            // The mark was closed by the opening mark of a later row: it was never closed.
            Quoted::Ends(..) | Quoted::NeverClosed => {
                (line.is_some() || last).then(|| ended(line_end, Shape::OpenQuote))
            }
            Quoted::Open if last => Some(ended(line_end, Shape::OpenQuote)),
            Quoted::Open => None,
        }
    }

    /// Walks over the fields of a row with quotation marks.
    fn quoted_row(&self, bytes: &[u8], start: usize) -> Quoted {
        let (mut at, mut fields) = (start, 1);
        loop {
            if bytes.get(at) == Some(&b'"') {
                let opened = at;
                at += 1;
                loop {
                    let Some(place) = memchr(b'"', &bytes[at..]) else {
                        let long = bytes.len() - opened > QUOTED_MAX;
                        return if long { Quoted::NeverClosed } else { Quoted::Open };
                    };
                    at += place + 1;
                    if at - opened > QUOTED_MAX {
                        return Quoted::NeverClosed;
                    }
                    if bytes.get(at) != Some(&b'"') {
                        break;
                    }
                    at += 1;
                }
                let behind = bytes.get(at).copied();
                let ends_well = behind
                    .is_none_or(|byte| byte == self.delimiter || byte == self.terminator || byte == b'\r');
                if !ends_well && memchr(self.terminator, &bytes[opened..at]).is_some() {
                    return Quoted::NeverClosed;
                }
            }
            match memchr2(self.delimiter, self.terminator, &bytes[at..]) {
                Some(place) if bytes[at + place] == self.delimiter => {
                    at += place + 1;
                    fields += 1;
                }
                Some(place) => return Quoted::Ends(at + place, fields),
                None => return Quoted::Ends(bytes.len(), fields),
            }
        }
    }

    /// Hands over the fields of one row.
    fn fields<'a>(&self, row: &'a [u8], shape: Shape, mut take: impl FnMut(Field<'a>)) {
        if shape != Shape::Quoted {
            let mut start = 0;
            for end in memchr_iter(self.delimiter, row).chain([row.len()]) {
                take(Field { offset: start, content: &row[start..end], escaped: false });
                start = end + 1;
            }
            return;
        }
        let mut at = 0;
        loop {
            let start = at;
            if row.get(at) != Some(&b'"') {
                let end = memchr(self.delimiter, &row[at..]).map_or(row.len(), |place| at + place);
                take(Field { offset: start, content: &row[start..end], escaped: false });
                at = end;
            } else {
                at = self.quoted_field(row, start, &mut take);
            }
            if at >= row.len() {
                return;
            }
            at += 1;
        }
    }

    /// Hands over one field that begins with a quotation mark; returns where it ends.
    fn quoted_field<'a>(&self, row: &'a [u8], start: usize, take: &mut impl FnMut(Field<'a>)) -> usize {
        let (mut at, mut escaped) = (start + 1, false);
        let closed = loop {
            match memchr(b'"', &row[at..]) {
                None => break row.len(),
                Some(place) if row.get(at + place + 1) == Some(&b'"') => {
                    escaped = true;
                    at += place + 2;
                }
                Some(place) => break at + place,
            }
        };
        let end = match closed < row.len() {
            true => memchr(self.delimiter, &row[closed..]).map_or(row.len(), |place| closed + place),
            false => row.len(),
        };
        // Text behind the closing mark is kept, and so are the marks: nothing is tidied away.
        if end > closed + 1 {
            take(Field { offset: start, content: &row[start..end], escaped: false });
        } else {
            take(Field { offset: start + 1, content: &row[start + 1..closed], escaped });
        }
        end
    }
}

enum Quoted {
    /// Where the row ends, and how many fields it has.
    Ends(usize, usize),
    /// The bytes end inside quotation marks.
    Open,
    /// The mark that would close it is too far away, or opens another field.
    NeverClosed,
}

#[cfg(test)]
mod tests;
