//! The press: a template and its data in, the bytes of a PDF out, the same bytes every time.

use std::collections::BTreeMap;

use domain::document::{Document, NotPrinted, Printer};
use jiff::civil::Date;
use rust_embed::RustEmbed;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::alphabet::Alphabet;

/// Prints for which what was worked out is kept.
const KEPT_PRINTS: usize = 8;

/// Stands for a photo that cannot be drawn.
const SPOILED: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"120\" height=\"90\">\
    <rect width=\"120\" height=\"90\" fill=\"#e7edeb\"/><path d=\"M0 0L120 90M120 0L0 90\" stroke=\"#7d8a87\"/></svg>";

/// The font of running text, by whose letters a document can always be set.
const RUNNING_TEXT: &str = "Libertinus Serif";

#[derive(RustEmbed)]
#[folder = "templates"]
struct Templates;

/// Pictures a document shows, by the name its data calls them: PNG, JPEG or SVG.
type Pictures = BTreeMap<String, Vec<u8>>;

/// Why a document could not be set. A template travels in the binary, so this is our mistake or a
/// spoiled picture, never the reader's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("there is no template {0}")]
    NoTemplate(String),
    #[error("the template {template} could not be set: {reason}")]
    Unset { template: String, reason: String },
    #[error("the data of {0} could not be written down")]
    Unwritten(&'static str, #[source] serde_json::Error),
}

impl From<Fault> for NotPrinted {
    fn from(fault: Fault) -> Self {
        NotPrinted { reason: fault.to_string() }
    }
}

/// Fonts and the language of the templates, read once and shared by every document.
pub struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl Default for Press {
    fn default() -> Self {
        let fonts: Vec<Font> =
            typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
        Press {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    }
}

impl Press {
    /// Sets `template` with `data` as of the date `on`.
    ///
    /// # Errors
    ///
    /// [`Fault`] where the template is unknown, or refuses the data or a picture.
    fn set(
        &self,
        template: &str,
        data: &serde_json::Value,
        pictures: &Pictures,
        on: Date,
    ) -> Result<Vec<u8>, Fault> {
        let main = file_id(template).ok_or_else(|| Fault::NoTemplate(template.to_owned()))?;
        let sheet = Sheet { press: self, main, data: data.to_string(), pictures, on };
        let unset = |errors: typst::ecow::EcoVec<typst::diag::SourceDiagnostic>| Fault::Unset {
            template: template.to_owned(),
            reason: errors.iter().map(|error| error.message.to_string()).collect::<Vec<_>>().join("; "),
        };
        let document: PagedDocument = typst::compile(&sheet).output.map_err(unset)?;
        let options = PdfOptions {
            ident: Smart::Auto,
            creator: Smart::Custom(Some("Lumbung".to_owned())),
            standards: PdfStandards::new(&[PdfStandard::Ua_1]).unwrap_or_default(),
            ..PdfOptions::default()
        };
        let bytes = typst_pdf::pdf(&document, &options).map_err(unset);
        // What was worked out for older documents is forgotten, or memory would grow with every print.
        typst::comemo::evict(KEPT_PRINTS);
        bytes
    }

    /// The pictures, with a grey field in place of each that cannot be drawn.
    fn readable(&self, pictures: &Pictures, on: Date) -> Pictures {
        let drawn = |(name, bytes): (&String, &Vec<u8>)| {
            let alone = Pictures::from([("one".to_owned(), bytes.clone())]);
            let whole = self.set("picture.typ", &serde_json::Value::Null, &alone, on).is_ok();
            (name.clone(), if whole { bytes.clone() } else { SPOILED.as_bytes().to_vec() })
        };
        pictures.iter().map(drawn).collect()
    }

    fn running_text(&self) -> Option<&Font> {
        self.fonts.iter().find(|font| font.info().family == RUNNING_TEXT)
    }
}

impl Printer for Press {
    fn print(&self, document: &Document, on: Date) -> Result<Vec<u8>, NotPrinted> {
        let code = document.body.code();
        let data = serde_json::to_value(document).map_err(|error| Fault::Unwritten(code, error))?;
        let template = format!("{code}.typ");
        let set = |alphabet: Alphabet<'_>, pictures: &Pictures| {
            self.set(&template, &alphabet.spell(data.clone()), pictures, on)
        };
        let printed = set(Alphabet::Whole(&self.book), &document.pictures).or_else(|fault| {
            // Letters that each have a glyph may still not combine, and a photo may be spoiled: neither a
            // name nor a photo must stop a document.
            let pictures = self.readable(&document.pictures, on);
            match self.running_text() {
                Some(font) => set(Alphabet::Plain(font), &pictures),
                None => Err(fault),
            }
        });
        Ok(printed?)
    }
}

/// One document being set: what its template may see.
struct Sheet<'a> {
    press: &'a Press,
    main: FileId,
    data: String,
    pictures: &'a Pictures,
    on: Date,
}

fn file_id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let bytes = self.file(id)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let name = id.get().vpath().get_without_slash();
        if name == "data.json" {
            return Ok(Bytes::from_string(self.data.clone()));
        }
        if let Some(picture) = name.strip_prefix("pictures/").and_then(|name| self.pictures.get(name)) {
            return Ok(Bytes::new(picture.clone()));
        }
        let file = Templates::get(name).ok_or_else(|| FileError::NotFound(name.into()))?;
        Ok(Bytes::new(file.data.into_owned()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Datetime::from_ymd(
            i32::from(self.on.year()),
            u8::try_from(self.on.month()).ok()?,
            u8::try_from(self.on.day()).ok()?,
        )
    }
}
