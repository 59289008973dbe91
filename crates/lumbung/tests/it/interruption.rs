//! A release that is stopped, or that finds no room on the disk: all of it or nothing.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Ended, Office};

/// What shells report for a program that Ctrl-C ended, by itself or by the signal.
const INTERRUPTED: [Option<i32>; 2] = [Some(130), None];

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "the signal was sent");
}

fn release(office: &Office) -> Child {
    let mut command = office.command("id", &["release", "toy"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// Whatever happened: nothing is half-made, and the next release is.
fn the_next_one_works(office: &Office) {
    let half: Vec<String> = office.releases().into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(half, Vec::<String>::new());
    office.run(&["doctor"]).ok();
    let made = office.run(&["release", "toy"]).ok();
    office.run(&["verify", made.trim()]).ok();
}

#[test]
fn ctrl_c_while_a_release_waits_ends_it_with_130_and_leaves_nothing() {
    let office = Office::filled();
    // Somebody else writes in the archive, so that the release has to wait for them.
    let lock = File::options().create(true).append(true).open(office.data().join("archive/.lock")).unwrap();
    lock.lock().unwrap();
    let child = release(&office);
    std::thread::scope(|scope| {
        // Long enough to be waiting; if the machine is slower, the signal comes earlier.
        scope.spawn(|| {
            let waits = || office.run(&["doctor"]).code == Some(0);
            assert!(waits());
            interrupt(&child);
        });
    });
    let ended: Ended = child.wait_with_output().unwrap().into();
    assert!(INTERRUPTED.contains(&ended.code), "{ended:?}");
    if ended.code == Some(130) {
        assert!(ended.err.contains("Dihentikan. Tidak ada yang tersimpan setengah jalan."), "{ended:?}");
    }
    assert_eq!(office.releases(), Vec::<String>::new());
    drop(lock);
    the_next_one_works(&office);
}

#[test]
fn a_release_whose_program_was_killed_is_taken_up_by_the_next_one() {
    let office = Office::filled();
    let lock = File::options().create(true).append(true).open(office.data().join("archive/.lock")).unwrap();
    lock.lock().unwrap();
    let mut child = release(&office);
    // Another one joins what is ordered; it can only end once the first is dead and nobody writes.
    let ordered = || office.run(&["doctor"]).code == Some(0);
    assert!(ordered());
    child.kill().unwrap();
    child.wait().unwrap();
    drop(lock);
    the_next_one_works(&office);
}

#[test]
fn ctrl_c_at_any_moment_of_a_release_leaves_all_of_it_or_nothing() {
    let office = Office::filled();
    for moment in 0..8_u64 {
        let child = release(&office);
        std::thread::sleep(Duration::from_millis(15 * moment * moment));
        // It may have ended by itself meanwhile: then there is nobody to interrupt.
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).output();
        let ended: Ended = child.wait_with_output().unwrap().into();
        assert!(ended.code == Some(0) || INTERRUPTED.contains(&ended.code), "{moment}: {ended:?}");
    }
    the_next_one_works(&office);
}

#[test]
fn a_full_disk_during_a_release_is_said_and_leaves_nothing() {
    let office = Office::filled();
    let releases = office.data().join("releases");
    // A tiny disk over the folder of releases, in a mount namespace of its own.
    const SCRIPT: &str = "mount -t tmpfs -o size=16k tmpfs \"$1\" || exit 77; shift
        \"$@\"; code=$?; echo \"left:$(ls -A \"$0\").\" >&2; exit $code";
    let mut shell = Command::new("unshare");
    shell.args(["--mount", "--map-root-user", "bash", "-c", SCRIPT]).arg(&releases).arg(&releases);
    shell.arg(env!("CARGO_BIN_EXE_lumbung")).args(["release", "toy", "--data-dir"]).arg(office.data());
    let ended: Option<Ended> = shell.env("LUMBUNG_LANG", "id").output().ok().map(Ended::from);
    match ended.filter(|ended| ended.code != Some(77) && !ended.err.contains("unshare:")) {
        Some(ended) => {
            let said = ended.failed();
            assert!(said.contains("Tidak ada yang terbit; kosongkan ruang"), "{said}");
            assert!(said.contains("left:."), "nothing is left: {said}");
        }
        None => {
            // No namespaces here: no file may grow beyond 64 kB instead, the ledger included.
            let mut shell = Command::new("bash");
            shell.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "bash"]);
            shell
                .arg(env!("CARGO_BIN_EXE_lumbung"))
                .args(["release", "toy", "--data-dir"])
                .arg(office.data());
            Ended::from(shell.output().unwrap()).failed();
        }
    }
    assert_eq!(office.releases(), Vec::<String>::new());
    assert_eq!(office.run(&["export", "toy-1"]).code, Some(1));
    the_next_one_works(&office);
}
