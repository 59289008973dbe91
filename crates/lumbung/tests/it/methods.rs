//! The pages of the methods: each has one, its example prints what the page shows, and its picture shows
//! the same.
//!
//! `LUMBUNG_WRITE_PAGES=1 cargo nextest run --release -p lumbung methods` writes what the examples print
//! into the pages, draws the pictures and makes the table of contents.

use std::path::{Path, PathBuf};

use methods::bench::{METHODS, Method};

use crate::{Ended, picture, program};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The arguments of an example as a shell would take them apart.
pub(crate) fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for sign in command.chars() {
        match (sign, quote) {
            (sign, Some(open)) if sign == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(sign);
                word.get_or_insert_default();
            }
            (' ', None) => words.extend(word.take()),
            (sign, _) => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    words
}

/// Where the example's output stands in a page: behind the command, between the fences.
fn output(page: &str, method: &Method) -> Option<std::ops::Range<usize>> {
    let command = page.find(&format!("lumbung stat {}\n", method.example))?;
    let fence = command + page[command..].find("```text\n")? + "```text\n".len();
    let end = fence + page[fence..].find("```")?;
    Some(fence..end)
}

/// The pages with what is wrong in them; with `LUMBUNG_WRITE_PAGES`, put right instead.
struct Pages {
    write: bool,
    wrong: Vec<String>,
}

impl Pages {
    fn holds(&mut self, path: &Path, found: &str, expected: &str) {
        if found == expected {
        } else if self.write {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, expected).unwrap();
        } else {
            self.wrong.push(format!("{} differs from:\n{expected}", path.display()));
        }
    }

    fn check(&mut self, method: &Method) -> Result<(), String> {
        let path = root().join(format!("docs/methods/{}.md", method.id));
        let page = std::fs::read_to_string(&path).map_err(|_| format!("there is no {}", path.display()))?;
        let range = output(&page, method)
            .ok_or_else(|| format!("{} does not show `lumbung stat {}`", path.display(), method.example))?;
        let printed = example(method, "table")?;
        let expected = format!("{}{printed}{}", &page[..range.start], &page[range.end..]);
        self.holds(&path, &page, &expected);
        let json = serde_json::from_str(&example(method, "json")?).map_err(|error| error.to_string())?;
        let Some(picture) = picture::draw(&json) else { return Ok(()) };
        let name = format!("pictures/{}.svg", method.id);
        if !page.contains(&name) {
            return Err(format!("{} does not show {name}", path.display()));
        }
        let path = root().join("docs/methods").join(name);
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        self.holds(&path, &found, &picture);
        Ok(())
    }
}

fn example(method: &Method, format: &str) -> Result<String, String> {
    let mut command = program("en");
    command.current_dir(root()).arg("stat").args(words(method.example)).args(["--format", format]);
    let ended = Ended::from(command.output().map_err(|error| error.to_string())?);
    if ended.code == Some(0) { Ok(ended.out) } else { Err(format!("{}: {}", method.id, ended.err)) }
}

/// Where the part of `docs/methods/README.md` begins that people write.
const WRITTEN: &str = "\n## Reference cases\n";

/// `docs/methods/README.md`: every method under its chapter, then what people wrote.
fn contents(found: &str) -> String {
    let mut text = String::from(
        "# The analyst's bench\n\nEvery method runs on anybody's CSV or Parquet file: `lumbung stat METHOD --input FILE`. \
         Each page says what the method answers, by which formula and default, and shows an example that the tests run.\n",
    );
    let mut chapter = None;
    for method in METHODS {
        if chapter != Some(method.group) {
            text.push_str(&format!("\n## {}\n\n", method.group.title()[1]));
            chapter = Some(method.group);
        }
        text.push_str(&format!("- [{}]({}.md): {}\n", method.title[1], method.id, method.question[1]));
    }
    text.push_str(found.find(WRITTEN).map_or("", |at| &found[at..]));
    text
}

#[test]
fn every_example_prints_what_its_page_shows() {
    let mut pages = Pages { write: std::env::var_os("LUMBUNG_WRITE_PAGES").is_some(), wrong: Vec::new() };
    for method in METHODS {
        if let Err(wrong) = pages.check(method) {
            pages.wrong.push(wrong);
        }
    }
    let path = root().join("docs/methods/README.md");
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    pages.holds(&path, &found, &contents(&found));
    assert!(pages.wrong.is_empty(), "{}", pages.wrong.join("\n"));
}
