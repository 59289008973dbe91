//! The whole folder into one file and back.

use std::fs::File;
use std::io::{Read, Write};

use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Office, program, run};

#[test]
fn a_backup_comes_back_whole_and_verifies() {
    let office = Office::filled();
    let release = office.run(&["release", "toy"]).ok().trim().to_owned();
    let file = office.folder.path().join("backup.zip").display().to_string();
    let said = office.run(&["backup", &file]).ok();
    assert!(said.contains("Isinya rahasia"), "{said}");
    let again = office.run(&["backup", &file]).failed();
    assert!(again.contains("sudah ada dan tidak ditimpa"), "{again}");

    let tried = run(&["restore", &file, "--verify"]).ok();
    assert!(tried.contains("Semuanya utuh"), "{tried}");
    let other = office.folder.path().join("other").display().to_string();
    run(&["restore", &file, "--verify", "--data-dir", &other]).ok();
    let verified = run(&["verify", &release, "--data-dir", &other]).ok();
    assert!(verified.contains("hasil hitung ulang sama"), "{verified}");
    let exported = |folder: &str| run(&["export", &release, "--data-dir", folder]).ok();
    assert_eq!(exported(&other), exported(&office.data().display().to_string()));

    let full = run(&["restore", &file, "--data-dir", &other]).failed();
    assert!(full.contains("tidak kosong"), "{full}");
    let left: Vec<String> =
        super::names(office.folder.path()).into_iter().filter(|name| name.starts_with(".tmp")).collect();
    assert_eq!(left, Vec::<String>::new(), "the workshop is swept");
}

/// The same backup with one entry changed.
fn altered(original: &str, change: impl Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>) -> Vec<u8> {
    let mut archive = ZipArchive::new(File::open(original).unwrap()).unwrap();
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for position in 0..archive.len() {
        let mut entry = archive.by_index(position).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if let Some((name, bytes)) = change(&name, bytes) {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_backup_that_was_changed_cut_off_or_made_up_is_refused() {
    let office = Office::filled();
    let file = office.folder.path().join("backup.zip").display().to_string();
    office.run(&["backup", &file]).ok();
    let whole = std::fs::read(&file).unwrap();
    let other = |name: &str, bytes: Vec<u8>| Some((name.to_owned(), bytes));
    let cases = [
        ("cut", whole[..whole.len() / 2].to_vec(), "was cut off"),
        ("text", b"not a backup".to_vec(), "it is no backup"),
        (
            "changed",
            altered(&file, |name, bytes| match name {
                "lumbung.toml" => other(name, b"threads = 9\n".to_vec()),
                _ => other(name, bytes),
            }),
            "`lumbung.toml` is not what was backed up",
        ),
        (
            "missing",
            altered(&file, |name, bytes| if name == "lumbung.toml" { None } else { other(name, bytes) }),
            "a part of it is missing",
        ),
        (
            "added",
            altered(&file, |name, bytes| match name {
                "lumbung.toml" => other("../outside.toml", bytes),
                _ => other(name, bytes),
            }),
            "`../outside.toml` is not what was backed up",
        ),
    ];
    for (name, bytes, expected) in cases {
        let bad = office.file(&format!("{name}.zip"), bytes);
        let target = office.folder.path().join(name);
        let ended = program("en").args(["restore", &bad, "--data-dir"]).arg(&target).output().unwrap();
        let said = super::Ended::from(ended).failed();
        assert!(said.contains(expected), "{name}: {said}");
        assert!(!target.exists(), "{name}: nothing is written");
    }
    assert!(!office.folder.path().join("outside.toml").exists());
}

/// The names of the entries of a backup.
fn entries(file: &str) -> Vec<String> {
    let archive = ZipArchive::new(File::open(file).unwrap()).unwrap();
    archive.file_names().map(|name| name.unwrap().into_owned()).collect()
}

#[test]
fn the_key_for_personal_data_does_not_travel_with_the_data() {
    let office = Office::filled();
    let place = |name: &str| office.folder.path().join(name).display().to_string();
    let key = office.data().join("personal.key");
    let secret = std::fs::read_to_string(&key).unwrap();

    let file = place("without.zip");
    let said = office.run(&["backup", &file]).ok();
    assert!(said.contains("Kunci data pribadi tidak ikut") && said.contains("personal.key"), "{said}");
    assert!(!entries(&file).contains(&"personal.key".to_owned()), "{:?}", entries(&file));
    assert!(!std::fs::read(&file).unwrap().windows(64).any(|bytes| bytes == secret.as_bytes()));

    // Without its key the backup is whole, says what is missing, and makes no new key.
    let other = place("other");
    let said = run(&["restore", &file, "--verify", "--data-dir", &other]).ok();
    assert!(said.contains("Semuanya utuh") && said.contains("salin personal.key Anda"), "{said}");
    let doctor = run(&["doctor", "--data-dir", &other]).failed();
    assert!(doctor.contains("kunci data pribadi tidak ada"), "{doctor}");
    assert!(!std::path::Path::new(&other).join("personal.key").exists(), "never quietly replaced");
    std::fs::write(std::path::Path::new(&other).join("personal.key"), "0".repeat(64)).unwrap();
    let doctor = run(&["doctor", "--data-dir", &other]).failed();
    assert!(doctor.contains("bukan kunci folder ini"), "{doctor}");

    // With the key that was kept apart it is as it was; with another it is refused.
    let (whole, wrong) = (place("whole"), place("wrong.key"));
    let kept = key.display().to_string();
    run(&["restore", &file, "--key", &kept, "--verify", "--data-dir", &whole]).ok();
    run(&["doctor", "--data-dir", &whole]).ok();
    std::fs::write(&wrong, "1".repeat(64)).unwrap();
    let refused = run(&["restore", &file, "--key", &wrong, "--data-dir", &place("no")]).failed();
    assert!(refused.contains("bukan kunci dari cadangan ini"), "{refused}");
    assert!(!std::path::Path::new(&place("no")).exists());

    let file = place("with.zip");
    let said = office.run(&["backup", &file, "--with-key"]).ok();
    assert!(said.contains("dapat membaca nama"), "{said}");
    assert!(entries(&file).contains(&"personal.key".to_owned()));
    let both = place("both");
    run(&["restore", &file, "--verify", "--data-dir", &both]).ok();

    let mut open = std::fs::metadata(&key).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut open, 0o644);
    std::fs::set_permissions(&key, open).unwrap();
    let doctor = office.run(&["doctor"]).failed();
    assert!(doctor.contains("chmod 600"), "{doctor}");
}
