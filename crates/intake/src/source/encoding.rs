//! Bytes to UTF-8, as a stream.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use domain::language::Text;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::error::IntakeError;

/// How many first bytes are looked at.
pub(crate) const SAMPLE: usize = 1 << 20;

/// The encoding of a text, by its mark or by its bytes, and whether a mark says so.
pub(crate) fn guess(start: &[u8]) -> (&'static Encoding, bool) {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return (encoding, true);
    }
    let pairs = start.len() / 2;
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    if pairs > 0 && zeros(1) * 10 > pairs * 7 && zeros(0) * 10 < pairs {
        return (UTF_16LE, false);
    }
    if pairs > 0 && zeros(0) * 10 > pairs * 7 && zeros(1) * 10 < pairs {
        return (UTF_16BE, false);
    }
    match std::str::from_utf8(start) {
        Ok(_) => (UTF_8, false),
        // The sample may end inside a letter.
        Err(error) if error.error_len().is_none() => (UTF_8, false),
        // Some of it is UTF-8 beyond ASCII, so the rest is damage and not another encoding.
        Err(error) if !start[..error.valid_up_to()].is_ascii() => (UTF_8, false),
        Err(_) => (WINDOWS_1252, false),
    }
}

/// What a file is that is no text: in words that follow "this file".
pub(crate) fn looks_like(start: &[u8]) -> Option<Text> {
    let known: [(&[u8], &str, &str); 10] = [
        (b"%PDF", "adalah PDF", "is a PDF"),
        (
            b"\xD0\xCF\x11\xE0",
            "adalah Excel lama (.xls) atau terkunci kata sandi",
            "is an old Excel file (.xls) or locked by a password",
        ),
        (b"\x1F\x8B", "terkompresi (gzip)", "is compressed (gzip)"),
        (b"\x28\xB5\x2F\xFD", "terkompresi (zstd)", "is compressed (zstd)"),
        (b"Rar!", "adalah arsip RAR", "is a RAR archive"),
        (b"7z\xBC\xAF", "adalah arsip 7z", "is a 7z archive"),
        (b"\x89PNG", "adalah gambar", "is a picture"),
        (b"\xFF\xD8\xFF", "adalah gambar", "is a picture"),
        (b"SQLite format 3", "adalah basis data SQLite", "is an SQLite database"),
        (b"ARROW1", "adalah Arrow/Feather", "is Arrow/Feather"),
    ];
    for (magic, id, en) in known {
        if start.starts_with(magic) {
            return Some(Text::new(id, en));
        }
    }
    let (encoding, marked) = guess(start);
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    let control = start.iter().filter(|byte| **byte < 9 || (14..32).contains(*byte)).count();
    if !wide && !marked && (start.contains(&0) || control * 50 > start.len()) {
        return Some(Text::new("bukan teks", "is not text"));
    }
    let head: Vec<u8> = start.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(9).collect();
    let head = String::from_utf8_lossy(&head).to_lowercase();
    if head.starts_with("<!doctype") || head.starts_with("<html") {
        return Some(Text::new("adalah halaman web", "is a web page"));
    }
    if head.starts_with("<?xml") {
        return Some(Text::new("adalah XML", "is XML"));
    }
    if head.starts_with("{\"") || head.starts_with("[{") {
        return Some(Text::new("adalah JSON", "is JSON"));
    }
    None
}

/// A file read as UTF-8, whatever its encoding.
///
/// UTF-8 itself is passed on as it is; bytes that are not UTF-8 are found row by row later.
pub(crate) struct Utf8Stream<'a> {
    path: &'a Path,
    file: File,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    /// Part of `raw` that is not decoded yet.
    pending: std::ops::Range<usize>,
    skip_mark: bool,
    /// The file has no more bytes.
    ended: bool,
    /// The decoder was told so; it must not be used again.
    finished: bool,
}

impl<'a> Utf8Stream<'a> {
    pub(crate) fn open(path: &'a Path, encoding: &'static Encoding) -> Result<Self, IntakeError> {
        Ok(Utf8Stream {
            path,
            file: File::open(path).map_err(IntakeError::reading(path))?,
            decoder: (encoding != UTF_8).then(|| encoding.new_decoder_with_bom_removal()),
            raw: Vec::new(),
            pending: 0..0,
            skip_mark: encoding == UTF_8,
            ended: false,
            finished: false,
        })
    }

    /// Appends at least one byte, and up to about `wanted`; false at the end of the file.
    pub(crate) fn read(&mut self, into: &mut Vec<u8>, wanted: usize) -> Result<bool, IntakeError> {
        let before = into.len();
        if self.decoder.is_none() {
            let path = self.path;
            (&mut self.file).take(wanted as u64).read_to_end(into).map_err(IntakeError::reading(path))?;
            if std::mem::take(&mut self.skip_mark) && into[before..].starts_with(b"\xEF\xBB\xBF") {
                into.drain(before..before + 3);
            }
            return Ok(into.len() > before);
        }
        self.decode(into, wanted)?;
        Ok(into.len() > before)
    }

    fn decode(&mut self, into: &mut Vec<u8>, wanted: usize) -> Result<(), IntakeError> {
        let target = into.len() + wanted;
        while into.len() < target && !self.finished {
            if self.pending.is_empty() && !self.ended {
                self.raw.resize(1 << 18, 0);
                let path = self.path;
                let count = self.file.read(&mut self.raw).map_err(IntakeError::reading(path))?;
                self.pending = 0..count;
                self.ended = count == 0;
            }
            let Some(decoder) = self.decoder.as_mut() else { return Ok(()) };
            let mut piece = String::with_capacity((self.pending.len() * 3).max(64));
            let (result, read, _) =
                decoder.decode_to_string(&self.raw[self.pending.clone()], &mut piece, self.ended);
            self.pending.start += read;
            into.extend_from_slice(piece.as_bytes());
            self.finished = self.ended && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}
