//! What is wrong with a TOML file, in the words of whoever wrote it: the line, the key, the remedy.

use serde::de::DeserializeOwned;

use crate::catalogue::ContentError;
use crate::language::Text;

/// The fault that stopped the reading of `source`. What the parser says in words of its own stays
/// in its own language.
pub fn fault(error: &toml::de::Error, source: &str) -> Text {
    let message = error.message().trim();
    let said = wording(message, source.parse::<toml::Table>().is_ok());
    match error.span().and_then(|span| source.get(..span.start)) {
        Some(before) => {
            let line = before.matches('\n').count() + 1;
            Text::new(format!("baris {line}: {}", said.id), format!("line {line}: {}", said.en))
        }
        None => said,
    }
}

fn wording(message: &str, well_formed: bool) -> Text {
    if let Some(rest) = message.strip_prefix("missing field ") {
        return Text::new(
            format!("kunci {rest} belum ada; tambahkan"),
            format!("the key {rest} is missing; add it"),
        );
    }
    if message.starts_with("duplicate key") {
        return Text::new(
            "kunci ini muncul dua kali; hapus salah satunya",
            "this key stands twice; remove one of them",
        );
    }
    for (start, id, en) in
        [("unknown field ", "kunci", "the key"), ("unknown variant ", "pilihan", "the choice")]
    {
        let Some((name, known)) = message.strip_prefix(start).and_then(|rest| rest.split_once(", expected "))
        else {
            continue;
        };
        let known = known.trim_start_matches("one of ");
        return Text::new(
            format!("{id} {name} tidak dikenal; yang dikenal: {known}"),
            format!("{en} {name} is not known; known are {known}"),
        );
    }
    let misfit = message.strip_prefix("invalid type: ").or(message.strip_prefix("invalid value: "));
    if let Some((found, expected)) = misfit.and_then(|rest| rest.split_once(", expected ")) {
        let (found, expected) = (kind(found), kind(expected));
        return Text::new(
            format!("isinya {}, seharusnya {}", found.id, expected.id),
            format!("this holds {}, and should hold {}", found.en, expected.en),
        );
    }
    if well_formed && ["date", "month", "day", "year"].iter().any(|word| message.contains(word)) {
        return Text::new(
            "bukan tanggal; tulis dalam tanda petik seperti \"2019-12-31\"",
            "this is no date; write it in quotes, such as \"2019-12-31\"",
        );
    }
    if well_formed {
        return Text::new(
            format!("nilai ini tidak dapat dipakai: {message}"),
            format!("this value cannot be used: {message}"),
        );
    }
    Text::new(format!("bukan TOML yang benar: {message}"), format!("this is not well-formed TOML: {message}"))
}

/// What a value is, in plain words; a value that is quoted stays as it was written.
fn kind(said: &str) -> Text {
    const KINDS: [(&str, &str, &str); 9] = [
        ("string", "teks", "the text"),
        ("integer", "bilangan bulat", "the whole number"),
        ("floating point", "bilangan pecahan", "the fraction"),
        ("boolean", "ya/tidak", "the yes or no"),
        ("a string", "teks dalam tanda petik", "a text in quotes"),
        ("a boolean", "true atau false", "true or false"),
        ("a sequence", "daftar dalam kurung siku", "a list in square brackets"),
        ("sequence", "daftar", "a list"),
        ("map", "tabel", "a table"),
    ];
    let (name, written) = match said.find(['`', '"']) {
        Some(place) => (said[..place].trim(), &said[place..]),
        None => (said, ""),
    };
    let known = KINDS.iter().find(|(known, ..)| *known == name).map(|(_, id, en)| (*id, *en));
    let (id, en) = known.unwrap_or_else(|| match name {
        "u8" | "u16" | "u32" | "u64" | "usize" => ("bilangan bulat mulai dari 0", "a whole number from 0"),
        "i8" | "i16" | "i32" | "i64" => ("bilangan bulat", "a whole number"),
        "f64" | "f32" => ("bilangan", "a number"),
        _ if name.starts_with("struct ") || name == "a map" => ("tabel { … }", "a table { … }"),
        _ => (said, said),
    });
    match known {
        Some(_) if !written.is_empty() => Text::new(format!("{id} {written}"), format!("{en} {written}")),
        _ => Text::new(id, en),
    }
}

/// The line, counted from 1, of the `place`-th table `[[name]]` of a file.
fn line_of_table(source: &str, name: &str, place: usize) -> Option<usize> {
    let head = format!("[[{name}]]");
    let heads = source.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with(&head));
    heads.map(|(line, _)| line + 1).nth(place)
}

/// The line of the first `[[name]]` that calls itself `id`, or of the `id`-th (from 1) if `id` is a number.
pub(crate) fn line_of_entry(source: &str, name: &str, id: &str) -> Option<usize> {
    let quoted = format!("\"{id}\"");
    let (head, mut found, mut counted) = (format!("[[{name}]]"), None, 0);
    for (line, text) in source.lines().enumerate() {
        let text = text.trim_start();
        if text.starts_with("[[") {
            found = text.starts_with(&head).then_some(line + 1);
            counted += usize::from(found.is_some());
            if found.is_some() && id.parse() == Ok(counted) {
                return found;
            }
        } else if found.is_some() && text.split_once('=').is_some_and(|(_, value)| value.trim() == quoted) {
            return found;
        }
    }
    None
}

/// The line of the first mention of a name in quotes.
pub(crate) fn line_of_name(source: &str, name: &str) -> Option<usize> {
    let quoted = format!("\"{name}\"");
    source.lines().position(|line| line.contains(&quoted)).map(|line| line + 1)
}

/// Puts the line before what is wrong there.
pub(crate) fn at(line: Option<usize>, said: Text) -> Text {
    match line {
        Some(line) => Text::new(format!("baris {line}: {}", said.id), format!("line {line}: {}", said.en)),
        None => said,
    }
}

/// What is wrong with one file of content, gathered so that it can be mended in one go.
pub(crate) struct Faults<'a> {
    path: &'a str,
    source: &'a str,
    found: Vec<ContentError>,
}

impl<'a> Faults<'a> {
    pub(crate) fn new(path: &'a str, source: &'a str) -> Self {
        Faults { path, source, found: Vec::new() }
    }

    /// Reads the file, or tells why it cannot be read.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<ContentError>> {
        let wrong = |error| ContentError { path: self.path.to_owned(), message: fault(&error, self.source) };
        toml::from_str(self.source).map_err(|error| vec![wrong(error)])
    }

    /// Wrong with the file as a whole.
    pub(crate) fn add(&mut self, id: impl Into<String>, en: impl Into<String>) {
        self.found.push(ContentError { path: self.path.to_owned(), message: Text::new(id, en) });
    }

    /// Wrong with its `place`-th (from 0) `[[table]]`.
    pub(crate) fn at(&mut self, table: &str, place: usize, said: Text) {
        let message = at(line_of_table(self.source, table, place), said);
        self.found.push(ContentError { path: self.path.to_owned(), message });
    }

    /// `good`, if nothing was found.
    pub(crate) fn or<T>(self, good: T) -> Result<T, Vec<ContentError>> {
        if self.found.is_empty() { Ok(good) } else { Err(self.found) }
    }
}

/// A code that belongs to one alone was given to two.
pub(crate) fn twice(id: &str, en: &str, name: &str) -> Text {
    Text::new(
        format!("{id} `{name}` muncul dua kali; beri salah satunya kode lain"),
        format!("{en} `{name}` stands twice; give one of them another code"),
    )
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::fault;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Plan {
        #[expect(dead_code, reason = "only its reading is tested")]
        year: u16,
    }

    #[test]
    fn an_entry_is_found_by_its_place_its_code_and_its_number() {
        let text = "[[input]]\ncode = \"a\"\n\n[[rule]]\nmodule = \"b\"\n[[rule]]\nmodule = \"c\"\n";
        assert_eq!(super::line_of_table(text, "rule", 1), Some(6));
        assert_eq!(super::line_of_table(text, "rule", 2), None);
        assert_eq!(super::line_of_entry(text, "rule", "c"), Some(6));
        assert_eq!(super::line_of_entry(text, "rule", "1"), Some(4));
        assert_eq!(super::line_of_entry(text, "input", "b"), None);
        assert_eq!(super::line_of_name(text, "b"), Some(5));
    }

    #[test]
    fn a_fault_names_its_line_the_key_and_the_remedy() {
        for (text, id, en) in [
            (
                "\nyears = 3",
                "baris 2: kunci `years` tidak dikenal; yang dikenal: `year`",
                "line 2: the key `years` is not known; known are `year`",
            ),
            (
                "year = 'a'",
                "baris 1: isinya teks \"a\", seharusnya bilangan bulat mulai dari 0",
                "line 1: this holds the text \"a\", and should hold a whole number from 0",
            ),
        ] {
            let said = fault(&toml::from_str::<Plan>(text).unwrap_err(), text);
            assert_eq!((said.id.as_str(), said.en.as_str()), (id, en));
        }
        let said = fault(&toml::from_str::<Plan>("").unwrap_err(), "");
        assert!(said.id.contains("kunci `year` belum ada"), "{said:?}");
        let said = fault(&toml::from_str::<Plan>("year =").unwrap_err(), "year =");
        assert!(said.id.starts_with("baris 1: bukan TOML yang benar"), "{said:?}");
    }
}
