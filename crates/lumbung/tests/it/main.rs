//! The whole program as its users meet it: the built binary, its exit codes, its words, and what it
//! leaves behind when the input is bad, the disk is full or somebody presses Ctrl-C.

mod analyses;
mod backup;
mod input;
mod interruption;
mod methods;
mod picture;
mod protect;
mod spoiled;
mod usage;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const SURVEY: &str = include_str!("survey.toml");
const PLAN: &str = include_str!("plan.toml");

/// How a command ended.
#[derive(Debug)]
struct Ended {
    /// `None`: by a signal.
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Ended {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    /// What it printed, if it ended well.
    #[track_caller]
    fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// What it complained about, with the exit code 1.
    #[track_caller]
    fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        self.err
    }
}

/// The program, in a language, with nothing inherited that could change what it does.
fn program(language: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lumbung"));
    command.env_remove("LUMBUNG_DATA").env_remove("DATABASE_URL").env("LUMBUNG_LANG", language);
    command.env("LUMBUNG_LOG", "off");
    command
}

/// Runs a command line in Indonesian.
fn run(arguments: &[&str]) -> Ended {
    program("id").args(arguments).output().expect("the program starts").into()
}

/// A data folder with a small survey and a small plan of its own.
struct Office {
    folder: TempDir,
}

impl Office {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let office = Office { folder };
        office.run(&["init", "--admin", "sari@example.go.id"]).ok();
        for (kind, text) in [("surveys", SURVEY), ("plans", PLAN)] {
            let content = office.data().join("content").join(kind);
            std::fs::create_dir_all(&content).expect("a folder for content");
            std::fs::write(content.join("toy.toml"), text).expect("content is written");
        }
        office
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file beside the data folder.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("the file is written");
        path.display().to_string()
    }

    /// A command line on this data folder.
    fn command(&self, language: &str, arguments: &[&str]) -> Command {
        let mut command = program(language);
        command.args(arguments).arg("--data-dir").arg(self.data());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.run_in("id", arguments)
    }

    fn run_in(&self, language: &str, arguments: &[&str]) -> Ended {
        self.command(language, arguments).output().expect("the program starts").into()
    }

    /// Takes in enough good rows for a release.
    fn filled() -> Self {
        let office = Office::open();
        let file = office.file("good.csv", good_rows("E", 2024));
        office.run(&["import", &file, "--survey", "toy"]).ok();
        office
    }

    /// What lies in the folder of releases, half-written ones included.
    fn releases(&self) -> Vec<String> {
        names(&self.data().join("releases"))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// 600 enterprises in nine activities, in a year and the one before.
fn good_rows(prefix: &str, year: u16) -> String {
    let activities = ["01111", "01113", "10710", "10731", "10732", "13111", "46100", "47111", "47112"];
    let mut text = "enterprise_id,year,activity,persons_engaged,turnover,intermediate_inputs\n".to_owned();
    for year in [year - 1, year] {
        for number in 0..600 {
            let activity = activities[number % activities.len()];
            let (persons, turnover) = (5 + number % 17, 900 + 13 * (number % 101));
            let inputs = turnover / 2;
            text.push_str(&format!("{prefix}{number},{year},{activity},{persons},{turnover},{inputs}\n"));
        }
    }
    text
}
