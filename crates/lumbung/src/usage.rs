//! A command that was written wrongly: exit status 2, with the reason in the reader's language.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use domain::language::Language;

use crate::cli::Cli;

const WRONG_USAGE: u8 = 2;

/// Reads the command line; otherwise says what is wrong with it, or the help that was asked for.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    Cli::try_parse_from(&arguments).map_err(|error| {
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            // Nobody is left to tell if the help cannot be written.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        match wanted_language(&arguments, std::env::var("LUMBUNG_LANG").ok()) {
            Language::Id => eprintln!("lumbung: {}", indonesian(&error)),
            Language::En => {
                let _ = error.print();
            }
        }
        ExitCode::from(WRONG_USAGE)
    })
}

/// The language, although the rest of the command line could not be read.
fn wanted_language(arguments: &[OsString], environment: Option<String>) -> Language {
    let mut texts = arguments.iter().filter_map(|argument| argument.to_str());
    let mut wanted = None;
    while let Some(text) = texts.next() {
        match text.strip_prefix("--lang") {
            Some("") => wanted = texts.next(),
            Some(rest) => wanted = rest.strip_prefix('=').or(wanted),
            None => {}
        }
    }
    wanted.or(environment.as_deref()).and_then(Language::parse).unwrap_or_default()
}

fn indonesian(error: &clap::Error) -> String {
    let told = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStrs(texts)) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    };
    let (argument, value) = (told(ContextKind::InvalidArg), told(ContextKind::InvalidValue));
    let said = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("belum lengkap: {argument}"),
        ErrorKind::UnknownArgument => format!("`{argument}` tidak dikenal"),
        ErrorKind::InvalidSubcommand => {
            format!("tidak ada perintah `{}`", told(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} memerlukan isi"),
        ErrorKind::InvalidValue => {
            format!(
                "`{value}` tidak dapat dipakai untuk {argument}; pilihannya: {}",
                told(ContextKind::ValidValue)
            )
        }
        ErrorKind::ValueValidation => format!("`{value}` tidak dapat dipakai untuk {argument}"),
        ErrorKind::ArgumentConflict => {
            format!("{argument} tidak dapat dipakai bersama {}", told(ContextKind::PriorArg))
        }
        _ => "sebutkan perintahnya".to_owned(),
    };
    format!("{said}.\nLihat `lumbung --help`, atau `lumbung PERINTAH --help` untuk contohnya.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_command_is_explained_in_indonesian() {
        for (line, expected) in [
            ("lumbung relase", "tidak ada perintah `relase`."),
            ("lumbung export --data-dir d", "belum lengkap: <RELEASE>."),
            ("lumbung export r --data-dir d --loud", "`--loud` tidak dikenal."),
            (
                "lumbung snapshot list --data-dir d --format xml",
                "`xml` tidak dapat dipakai untuk --format <FORMAT>; pilihannya: table, json, csv.",
            ),
            (
                "lumbung simulate --enterprises many --output o",
                "`many` tidak dapat dipakai untuk --enterprises <N>.",
            ),
            ("lumbung snapshot list --data-dir d --format", "--format <FORMAT> memerlukan isi."),
        ] {
            let Err(error) = Cli::try_parse_from(line.split(' ')) else { panic!("{line} was understood") };
            assert_eq!(indonesian(&error).lines().next(), Some(expected), "{line}");
        }
    }

    #[test]
    fn the_language_is_found_in_a_line_that_cannot_be_read() {
        let of = |line: &str, environment: Option<&str>| {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            wanted_language(&arguments, environment.map(str::to_owned))
        };
        assert_eq!(of("lumbung relase --lang en", None), Language::En);
        assert_eq!(of("lumbung --lang=en relase", Some("id")), Language::En);
        assert_eq!(of("lumbung relase", Some("en")), Language::En);
        assert_eq!(of("lumbung relase", None), Language::Id);
    }
}
