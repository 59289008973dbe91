//! Full disks and sudden deaths: the archive is what it was before, or what it was to become.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::snapshots::content;
use super::staging::{Place, Row, meta, moment, stage, survey};
use crate::{Archive, ArchiveError, Decision, Disk, DiskFile, LocalDisk, Verdict};

/// A disk that asks before it does anything.
struct Asking<F>(Arc<F>);

impl<F> std::fmt::Debug for Asking<F> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Asking")
    }
}

/// Bytes about to be written (0 for everything else), and where.
trait MayI: Fn(u64, &Path) -> io::Result<()> + Send + Sync + 'static {}
impl<F: Fn(u64, &Path) -> io::Result<()> + Send + Sync + 'static> MayI for F {}

struct AskingFile<F> {
    may_i: Arc<F>,
    path: PathBuf,
    file: Box<dyn DiskFile>,
}

impl<F: MayI> Write for AskingFile<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.may_i)(bytes.len() as u64, &self.path)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl<F: MayI> DiskFile for AskingFile<F> {
    fn sync(&mut self) -> io::Result<()> {
        (self.may_i)(0, &self.path)?;
        self.file.sync()
    }
}

impl<F: MayI> Disk for Asking<F> {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        (self.0)(0, path)?;
        let file = LocalDisk.create(path)?;
        Ok(Box::new(AskingFile { may_i: Arc::clone(&self.0), path: path.to_owned(), file }))
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        (self.0)(0, path)?;
        LocalDisk.create_folder(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.0)(0, to)?;
        LocalDisk.rename(from, to)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        (self.0)(0, path)?;
        LocalDisk.sync_folder(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        LocalDisk.remove_folder(path)
    }
}

/// A disk with so many bytes left.
fn almost_full(bytes: u64) -> Arc<dyn Disk> {
    let left = AtomicU64::new(bytes);
    Arc::new(Asking(Arc::new(move |wanted: u64, _: &Path| {
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(wanted));
        taken.map(|_| ()).map_err(|_| io::ErrorKind::StorageFull.into())
    })))
}

/// Everything below a folder, with its bytes.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(everything(&path));
        } else {
            files.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    files
}

#[test]
fn a_full_disk_ends_an_append_and_a_snapshot_with_a_clear_error_and_changes_nothing() {
    let place = Place::new();
    let root = place.archive.root().to_owned();
    place.import("a", &[(1, 2023, 1.0, 0), (1, 2024, 1.0, 0)]);
    let staged = place.stage("b", &[(1, 2024, 2.0, 0), (2, 2023, 3.0, 0)]);
    let before = everything(&root);
    let mut full = 0;
    let mut work = |what: &dyn Fn(&Archive) -> Result<(), ArchiveError>| {
        for bytes in (0..).step_by(257) {
            let archive = Archive::open_on(&root, almost_full(bytes)).unwrap();
            match what(&archive) {
                Ok(()) => return,
                Err(error) => {
                    assert!(matches!(error, ArchiveError::Full { .. }), "{error}");
                    assert!(error.to_string().starts_with("the disk is full at "), "{error}");
                    assert!(error.text().id.starts_with("Penyimpanan penuh di "));
                    assert_eq!(everything(&root), before, "with {bytes} bytes left");
                    full += 1;
                }
            }
        }
    };
    work(&|archive| archive.create_snapshot(&survey(), moment(), &()).map(|_| ()));
    std::fs::remove_dir_all(root.join("test-enterprise/snapshots")).unwrap();
    work(&|archive| archive.append(&staged, &survey(), &meta("b"), &()).map(|_| ()));
    assert!(full > 20, "the disk was full {full} times only");
    let snapshot = place.archive.create_snapshot(&survey(), moment(), &()).unwrap();
    assert_eq!(snapshot.manifest().counts.current, 3);
}

#[test]
fn opening_never_sweeps_what_a_living_writer_is_writing() {
    let place = Place::new();
    let root = place.archive.root().to_owned();
    let staged = place.stage("a", &[(1, 2024, 1.0, 0)]);
    let opened = Arc::new(AtomicU64::new(0));
    let (count, elsewhere) = (Arc::clone(&opened), root.clone());
    let disk = Asking(Arc::new(move |_: u64, path: &Path| {
        // Someone opens the archive in the midst of every step.
        let there = elsewhere.join(".tmp/a").is_dir();
        Archive::open(&elsewhere).map_err(io::Error::other)?;
        assert_eq!(elsewhere.join(".tmp/a").is_dir(), there, "swept at {}", path.display());
        count.fetch_add(u64::from(there), Ordering::Relaxed);
        Ok(())
    }));
    let archive = Archive::open_on(&root, Arc::new(disk)).unwrap();
    archive.append(&staged, &survey(), &meta("a"), &()).unwrap();
    assert!(opened.load(Ordering::Relaxed) > 5);
    assert_eq!(archive.imports(&survey().id).unwrap().len(), 1);
}

/// Tells the child of the next test which folder to work in.
const CHILD: &str = "LUMBUNG_TEST_ARCHIVE";
const IMPORTS: u32 = 60;

/// Import `number`: forty enterprises, most of which earlier imports have too, and a held one.
fn rows_of(number: u32) -> Vec<Row> {
    let accepted = (0..40).map(|n| (number * 3 + n + 1, 2023 + (n % 2) as i32, f64::from(number), 0));
    accepted.chain([(5_000 + number, 2024, f64::from(number), 2)]).collect()
}

/// Imports, decides and takes snapshots, asking before every step, until it is killed.
fn work_until_killed(folder: &Path) {
    let disk = Asking(Arc::new(|_: u64, _: &Path| {
        eprint!(".");
        io::stdin().read_exact(&mut [0])
    }));
    let survey = survey();
    let archive = Archive::open_on(&folder.join("archive"), Arc::new(disk)).unwrap();
    for number in archive.imports(&survey.id).unwrap().len() as u32..IMPORTS {
        let id = format!("i{number}");
        archive.append(&folder.join("staged").join(&id), &survey, &meta(&id), &()).unwrap();
        eprintln!("!imported {id}");
        let decision = Decision {
            id: format!("d{number}"),
            sequence: 0,
            survey: survey.id.clone(),
            import: id,
            rows: vec![42],
            verdict: Verdict::Confirm,
            reason: "confirmed".into(),
            decided_at: moment(),
            actor: "operator".into(),
        };
        let decision = archive.decide(&survey, decision, &()).unwrap();
        eprintln!("!decided {}", decision.id);
        let snapshot = archive.create_snapshot(&survey, moment(), &()).unwrap();
        eprintln!("!taken {}", snapshot.id());
    }
}

/// Lets the child do so many steps, then kills it. What it said it had done.
fn run_child(folder: &Path, steps: u32) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::crashes::death_at_any_moment_leaves_nothing_half_done", "--nocapture"])
        .env(CHILD, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answer = child.stdin.take().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut done = Vec::new();
    let mut line = Vec::new();
    let mut left = steps;
    loop {
        let mut byte = [0];
        if said.read(&mut byte).unwrap() == 0 {
            break;
        }
        match byte[0] {
            b'.' if line.is_empty() && left == 0 => {
                child.kill().unwrap();
                // Whatever it still said before it died.
                said.read_until(0, &mut line).unwrap();
                assert!(line.is_empty(), "it waits for an answer and says nothing");
                break;
            }
            b'.' if line.is_empty() => {
                left -= 1;
                answer.write_all(b"y").unwrap();
            }
            b'\n' => done.push(String::from_utf8(std::mem::take(&mut line)).unwrap()),
            byte => line.push(byte),
        }
    }
    child.wait().unwrap();
    assert!(done.iter().all(|line| line.starts_with('!')), "the child failed: {done:#?}");
    done
}

#[test]
fn death_at_any_moment_leaves_nothing_half_done() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return work_until_killed(Path::new(&folder));
    }
    let place = Place::new();
    for number in 0..IMPORTS {
        stage(&place.folder.path().join(format!("staged/i{number}")), &rows_of(number));
    }
    let mut steps = 1u32;
    let mut finished = (0, 0, 0);
    for round in 0..60u32 {
        // Every early step once, then steps all over a few imports.
        steps = if round < 20 { round } else { (steps * 37 + 11) % 211 };
        let done = run_child(place.folder.path(), steps);
        let count = |what: &str| done.iter().filter(|line| line.starts_with(what)).count();
        let promised =
            (finished.0 + count("!imported"), finished.1 + count("!decided"), finished.2 + count("!taken"));
        finished = check_invariants(&place, promised);
    }
    assert!(finished.0 > 10 && finished.2 > 5, "{finished:?}");
}

/// Nothing promised is missing, nothing is there in part. How many imports, decisions, snapshots.
fn check_invariants(place: &Place, promised: (usize, usize, usize)) -> (usize, usize, usize) {
    let survey = survey();
    let archive = Archive::open(place.archive.root()).unwrap();
    let leftovers = std::fs::read_dir(archive.root().join(".tmp")).map_or(0, Iterator::count);
    assert_eq!(leftovers, 0, "leftovers are swept");

    let imports = archive.imports(&survey.id).unwrap();
    assert!((promised.0..=promised.0 + 1).contains(&imports.len()));
    for (number, record) in imports.iter().enumerate() {
        assert_eq!((record.sequence, &*record.id), (number as u64 + 1, &*format!("i{number}")));
        assert_eq!((record.counts.received, record.counts.held), (41, 1));
        archive.verify_import(record).unwrap();
    }
    let next = meta(&format!("i{}", imports.len()));
    assert_eq!(archive.find_import(&survey.id, &next.source_blake3).unwrap(), None);

    let decisions = archive.decisions(&survey.id).unwrap();
    assert!(decisions.len() >= promised.1 && decisions.len() <= imports.len());
    let snapshots = archive.snapshots(&survey.id).unwrap();
    assert!(snapshots.len() >= promised.2 && snapshots.len() <= promised.2 + 1);
    for snapshot in &snapshots {
        snapshot.verify().unwrap();
        let mut model = BTreeMap::new();
        for number in 0..snapshot.manifest().imports.len() as u32 {
            let decided = snapshot.manifest().decisions.contains(&format!("d{number}"));
            for row in rows_of(number).iter().filter(|row| row.3 == 0 || decided) {
                model.insert((row.1, format!("E{:05}", row.0)), row.2);
            }
        }
        let mut rows = content(snapshot);
        rows.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let expected: Vec<_> = model.into_iter().map(|((year, id), value)| (year, id, value)).collect();
        assert_eq!(rows, expected);
    }
    (imports.len(), decisions.len(), snapshots.len())
}
