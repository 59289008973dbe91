//! Exit codes, languages, and output that nobody reads to the end.

use std::process::Command;

use super::{Ended, Office, program, run};

#[test]
fn done_is_0_failed_is_1_and_wrong_usage_is_2() {
    let office = Office::open();
    assert_eq!(office.run(&["snapshot", "list"]).code, Some(0));
    assert_eq!(office.run(&["snapshot", "show", "nothing"]).code, Some(1));
    assert_eq!(office.run(&["relase"]).code, Some(2));
    assert_eq!(run(&["--help"]).code, Some(0));
    assert_eq!(run(&["--version"]).code, Some(0));
}

#[test]
fn errors_speak_the_readers_language() {
    let office = Office::open();
    let missing = office.folder.path().join("nothing.csv").display().to_string();
    for (arguments, id, en) in [
        (
            &["import", &missing, "--survey", "toy"][..],
            "tidak ada; periksa letak",
            "does not exist; check where",
        ),
        (
            &["import", &missing, "--survey", "other"][..],
            "Survei `other` tidak dikenal",
            "There is no survey `other`",
        ),
        (&["release", "other"][..], "Rencana `other` tidak ada", "There is no plan `other`"),
        (&["export", "toy-9"][..], "rilis `toy-9` tidak ada", "there is no release `toy-9`"),
        (&["release", "toy"][..], "impor berkas dahulu", "import a file first"),
        (&["held", "list", "--import", "x"][..], "impor `x` tidak ada", "there is no import `x`"),
    ] {
        let said = office.run_in("id", arguments).failed();
        assert!(said.contains(id), "{arguments:?}: {said}");
        let said = office.run_in("en", arguments).failed();
        assert!(said.contains(en), "{arguments:?}: {said}");
    }
    let wrong: Ended = program("en").arg("relase").output().unwrap().into();
    assert!(wrong.err.contains("unrecognized subcommand"), "{wrong:?}");
    let wrong = run(&["relase"]);
    assert!(wrong.err.contains("tidak ada perintah `relase`"), "{wrong:?}");
    let english_by_option = run(&["--lang", "en", "doctor", "--data-dir", "/nowhere"]).failed();
    assert!(english_by_option.contains("is not a Lumbung data folder"), "{english_by_option}");
}

#[test]
fn a_reader_who_stops_reading_ends_an_export_quietly() {
    let office = Office::filled();
    let release = office.run(&["release", "toy"]).ok().trim().to_owned();
    let whole = office.run(&["export", &release, "--as", "sdmx-ml"]).ok();
    assert!(whole.len() > 70_000, "the pipe holds less than the export: {} bytes", whole.len());
    for format in ["csv", "sdmx-ml", "sdmx-json", "json-stat", "px"] {
        let mut shell = Command::new("bash");
        shell.args(["-c", "set -o pipefail; \"$@\" | head -c 100 >/dev/null", "bash"]);
        shell.arg(env!("CARGO_BIN_EXE_lumbung"));
        shell.args(["export", &release, "--as", format, "--data-dir"]).arg(office.data());
        let ended: Ended = shell.env("LUMBUNG_LANG", "id").output().unwrap().into();
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{format}");
    }
}
