//! `lumbung stat METHOD`: a method of the bench on anybody's file.
//!
//! The commands are not written here: every entry of `methods::METHODS` is one, with its arguments.

mod file;
mod print;

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};
use domain::language::Language;
use methods::bench::{Argument, Arguments, Group, Kind, Method, Value};

use crate::cli::Format;

/// What was asked: a method and what was given to it.
#[derive(Clone, Debug)]
pub(crate) struct StatCall {
    method: &'static Method,
    /// None for a method that reads no rows.
    input: Option<PathBuf>,
    by: Vec<String>,
    format: Format,
    given: Vec<(&'static Argument, String)>,
}

pub(super) fn run(call: &StatCall, language: Language) -> anyhow::Result<()> {
    let frame = call.input.as_deref().map(file::read).transpose()?.unwrap_or_default();
    let mut arguments = Arguments::default();
    for (argument, text) in &call.given {
        let value = match argument.kind {
            Kind::Flag => Value::Flag,
            Kind::File => Value::File(file::read(Path::new(text))?),
            _ => Value::Text(text.clone()),
        };
        arguments.insert(argument.name, value);
    }
    let outcome = methods::bench::run(call.method, &frame, &call.by, &arguments)?;
    print::outcome(&outcome, call.format, language)
}

impl FromArgMatches for StatCall {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        let method = Method::find(name).ok_or_else(missing)?;
        let mut given = Vec::new();
        for argument in method.arguments {
            if argument.kind == Kind::Flag {
                if matches.get_flag(argument.name) {
                    given.push((argument, String::new()));
                }
            } else if let Some(text) = matches.get_one::<String>(argument.name) {
                given.push((argument, text.clone()));
            }
        }
        Ok(StatCall {
            method,
            input: method.reads_rows().then(|| matches.get_one::<PathBuf>("input").cloned()).flatten(),
            by: match method.reads_rows() {
                true => matches.get_many::<String>("by").map(|by| by.cloned().collect()).unwrap_or_default(),
                false => Vec::new(),
            },
            format: matches.get_one::<Format>("format").copied().unwrap_or(Format::Table),
            given,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Subcommand for StatCall {
    fn augment_subcommands(command: Command) -> Command {
        let command = command
            .subcommand_required(true)
            .arg_required_else_help(true)
            .disable_help_subcommand(true)
            .override_help(contents());
        methods::METHODS.iter().fold(command, |command, method| command.subcommand(subcommand(method)))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        Method::find(name).is_some()
    }
}

/// `lumbung stat --help`: the table of contents.
fn contents() -> String {
    let mut text = String::from(
        "Meja analis: metode produktivitas yang angkanya dapat dipercaya / the analyst's bench\n\n\
         Usage: lumbung stat METHOD --input FILE [--by COLUMN] [--format table|json|csv] …\n",
    );
    let mut chapter: Option<Group> = None;
    for method in methods::METHODS {
        if chapter != Some(method.group) {
            let [id, en] = method.group.title();
            text.push_str(&format!("\n{id} / {en}\n"));
            chapter = Some(method.group);
        }
        let [id, en] = method.title;
        let title = if id == en { id.to_owned() } else { format!("{id} / {en}") };
        text.push_str(&format!("  {:<26} {title}\n", method.id));
        variants(method, &mut text);
    }
    text.push_str("\nlumbung stat METHOD --help: definisi, rumus, contoh / definition, arguments, example\n");
    text
}

/// What a method can be told to do, where there is much to choose from: a formula, a kind of effect, an
/// estimator.
fn variants(method: &Method, text: &mut String) {
    // The same in every survey method: said in its own help.
    const SHARED: [&str; 3] = ["errors", "lonely", "variance"];
    for argument in method.arguments.iter().filter(|argument| !SHARED.contains(&argument.name)) {
        let Kind::Choice(words) = argument.kind else { continue };
        if words.len() < 3 {
            continue;
        }
        let indent = " ".repeat(29);
        let mut line = format!("{indent}--{}", argument.name);
        for word in words {
            if line.chars().count() + word.len() + 1 > 110 {
                text.push_str(&line);
                text.push('\n');
                line = format!("{indent}   ");
            }
            line.push(' ');
            line.push_str(word);
        }
        text.push_str(&line);
        text.push('\n');
    }
}

fn subcommand(method: &'static Method) -> Command {
    let about = format!("{} / {}", method.title[0], method.title[1]);
    let long = format!(
        "{about}\n\n{}\n{}\n\nDefinisi: {}\nDefinition: {}\nSumber / source: {}",
        method.question[0], method.question[1], method.definition[0], method.definition[1], method.source
    );
    let command = Command::new(method.id)
        .about(about)
        .long_about(long)
        .after_help(format!("Contoh / example:\n  lumbung stat {}", method.example))
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(clap::value_parser!(Format))
                .default_value("table")
                .help("bentuk keluaran / form of the output"),
        );
    let command = if method.reads_rows() { command.args(of_rows()) } else { command };
    method.arguments.iter().fold(command, |command, argument| command.arg(flag(argument)))
}

/// What every method that reads rows asks for.
fn of_rows() -> [Arg; 2] {
    [
        Arg::new("input")
            .long("input")
            .value_name("FILE")
            .required(true)
            .value_parser(clap::value_parser!(PathBuf))
            .help("CSV atau Parquet dengan nama kolom / CSV or Parquet with named columns"),
        Arg::new("by")
            .long("by")
            .value_name("COLUMN,…")
            .value_delimiter(',')
            .help("hitung setiap kelompok / every group apart"),
    ]
}

fn flag(argument: &'static Argument) -> Arg {
    let mut help = format!("{} / {}", argument.help[0], argument.help[1]);
    let default = match argument.kind {
        Kind::Choice(words) => Some(words[0].to_owned()),
        Kind::Number(Some(value)) => Some(value.to_string()),
        Kind::Count(Some(value)) => Some(value.to_string()),
        Kind::Numbers([]) => None,
        Kind::Numbers(values) => Some(values.iter().map(f64::to_string).collect::<Vec<_>>().join(",")),
        _ => None,
    };
    if let Kind::Choice(words) = argument.kind {
        help.push_str(&format!(": {}", words.join(" | ")));
    }
    if let Some(default) = default {
        help.push_str(&format!(" [{default}]"));
    }
    let arg = Arg::new(argument.name).long(argument.name).required(argument.required).help(help);
    match argument.kind {
        Kind::Flag => arg.action(ArgAction::SetTrue),
        Kind::Choice(_) => arg.value_name("WORD"),
        Kind::Column => arg.value_name("EXPRESSION"),
        Kind::Columns => arg.value_name("EXPRESSION,…"),
        Kind::Formula => arg.value_name("y ~ x"),
        Kind::File => arg.value_name("FILE"),
        Kind::Number(_) => arg.value_name("NUMBER").allow_hyphen_values(true),
        Kind::Numbers(_) => arg.value_name("NUMBER,…").allow_hyphen_values(true),
        Kind::Count(_) => arg.value_name("N"),
        Kind::Word => arg.value_name("WORD"),
    }
}
