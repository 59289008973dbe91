use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use domain::document::{Document, Printer};
use domain::language::{Language, Text};
use jiff::civil::{Date, date};

use crate::Press;

mod samples;

use samples::{Filling, every};

const ON: Date = date(2026, 11, 22);

fn print(press: &Press, document: &Document) -> Vec<u8> {
    match press.print(document, ON) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{}: {error}", document.body.code()),
    }
}

/// What a reader of the PDF would copy out of it; nothing where `pdftotext` is not installed.
fn words_of(bytes: &[u8]) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().expect("the pipe was asked for");
    input.write_all(bytes).expect("pdftotext reads its input");
    drop(input);
    let output = child.wait_with_output().expect("pdftotext ends");
    assert!(output.status.success(), "pdftotext cannot read the document");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[test]
fn every_document_is_set_in_both_languages_full_empty_and_hostile() {
    let press = Press::default();
    for language in Language::ALL {
        for filling in [Filling::Full, Filling::Empty, Filling::Hostile] {
            for document in every(language, filling) {
                let bytes = print(&press, &document);
                let what = format!("{} {} {filling:?}", document.body.code(), language.tag());
                assert!(bytes.starts_with(b"%PDF-"), "{what}");
                // PDF/UA-1 says of itself that it is; the press refuses to write it where it is not so.
                assert!(contains(&bytes, "<pdfuaid:part>1</pdfuaid:part>"), "{what}");
            }
        }
    }
}

#[test]
fn the_same_document_on_the_same_day_gives_the_same_bytes() {
    let (first, second) = (Press::default(), Press::default());
    for document in every(Language::Id, Filling::Full) {
        let bytes = print(&first, &document);
        assert_eq!(bytes, print(&first, &document), "{}", document.body.code());
        assert_eq!(bytes, print(&second, &document), "{}", document.body.code());
    }
    let document = every(Language::Id, Filling::Full).remove(0);
    let later = first.print(&document, date(2026, 11, 23)).unwrap();
    assert_ne!(print(&first, &document), later, "the day of printing is part of the document");
}

#[test]
fn what_people_type_is_text_and_never_markup() {
    let press = Press::default();
    let typed =
        "#panic(\"boom\") #read(\"/words.toml\") $x^2$ *tebal* @acuan <label> \\ `kode` _miring_ = judul";
    for document in every(Language::Id, Filling::Words(typed)) {
        let bytes = print(&press, &document);
        let Some(words) = words_of(&bytes) else {
            println!("skipped: pdftotext is not installed");
            return;
        };
        let flat = words.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in ["#panic(\"boom\")", "$x^2$", "*tebal*", "@acuan", "<label>", "`kode`", "_miring_"] {
            assert!(flat.contains(part), "{}: no {part} in {flat}", document.body.code());
        }
    }
}

#[test]
fn letters_without_a_glyph_become_squares_and_the_rest_is_kept() {
    let press = Press::default();
    let document = every(Language::Id, Filling::Words("Siti 🦜 ꦗꦮ \u{202e}Budi\u{0}\u{7}")).remove(3);
    let Some(words) = words_of(&print(&press, &document)) else {
        println!("skipped: pdftotext is not installed");
        return;
    };
    assert!(words.contains("Siti □ □□ Budi"), "{words}");
}

#[test]
fn a_synthetic_document_says_so_on_every_page_and_a_real_one_never() {
    let press = Press::default();
    for mut document in every(Language::Id, Filling::Full) {
        for synthetic in [true, false] {
            document.masthead.synthetic = synthetic;
            let Some(words) = words_of(&print(&press, &document)) else {
                println!("skipped: pdftotext is not installed");
                return;
            };
            // pdftotext ends each page with a form feed.
            for page in words.split('\u{c}').filter(|page| !page.trim().is_empty()) {
                assert_eq!(page.contains("CONTOH SINTETIS"), synthetic, "{}", document.body.code());
            }
        }
    }
}

#[test]
fn a_spoiled_photo_becomes_a_grey_field_and_stops_nothing() {
    let press = Press::default();
    let bytes: [&[u8]; 3] = [b"\xff\xd8\xff\xdb\x00\x02\xff\xd9", b"not a picture", b""];
    for spoiled in bytes {
        let mut document = every(Language::Id, Filling::Full).remove(0);
        document.pictures.insert("wide".to_owned(), spoiled.to_vec());
        assert!(print(&press, &document).starts_with(b"%PDF-"));
    }
}

#[test]
fn pages_say_which_of_how_many_they_are() {
    let press = Press::default();
    let document = every(Language::Id, Filling::Hostile).remove(0);
    let Some(words) = words_of(&print(&press, &document)) else {
        println!("skipped: pdftotext is not installed");
        return;
    };
    let pages = words.split('\u{c}').filter(|page| !page.trim().is_empty()).count();
    assert!(pages > 2, "many projects need many pages");
    assert!(words.contains(&format!("Halaman {pages} dari {pages}")), "{words}");
}

#[test]
fn the_words_of_the_house_exist_in_both_languages_and_all_are_used() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let text = std::fs::read_to_string(folder.join("words.toml")).unwrap();
    let words: BTreeMap<String, Text> = toml::from_str(&text).unwrap();
    let mut templates = String::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "typ") {
            templates.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    // Some keys are put together: a family and a number or a column.
    let families = ["letter-we-", "letter-they-", "five-", "board-"];
    for (key, text) in &words {
        assert!(!text.id.trim().is_empty() && !text.en.trim().is_empty(), "{key} has no words");
        let gaps = |text: &str| {
            let parts = text.split('{').skip(1).filter_map(|part| part.split('}').next());
            parts.map(str::to_owned).collect::<BTreeSet<_>>()
        };
        assert_eq!(gaps(&text.id), gaps(&text.en), "{key}: the gaps of both languages differ");
        let used = templates.contains(&format!("\"{key}\""))
            || families.iter().any(|family| key.starts_with(family));
        assert!(used, "{key} is said nowhere");
    }
}
