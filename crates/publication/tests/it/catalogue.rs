use std::fs;

use publication::{Catalogue, Draft, PublicationError};

use crate::sample::{self, moment, now};

#[test]
fn a_release_is_found_by_dataset_by_id_and_by_day() {
    let (_folder, catalogue) = sample::catalogue();
    sample::publish(&catalogue, 2);
    let dataset = catalogue.dataset("npd_test", now()).unwrap();
    let ids: Vec<&str> = dataset.releases.iter().map(|release| release.manifest.id.as_str()).collect();
    assert_eq!(ids, ["npd_test-2", "npd_test-1"]);
    assert_eq!(catalogue.next_vintage("NPD_TEST"), (3, Some("npd_test-2".into())));
    let before = catalogue.as_of("NPD_TEST", moment("2026-02-01T00:00:00Z"), now()).unwrap();
    assert_eq!(before.manifest.id, "npd_test-1");
    assert!(catalogue.as_of("NPD_TEST", moment("2025-12-31T00:00:00Z"), now()).is_err());
}

#[test]
fn nothing_shows_before_its_embargo() {
    let (_folder, catalogue) = sample::catalogue();
    let mut manifest = sample::manifest(2);
    let until = moment("2026-07-01T02:00:00Z");
    manifest.embargo_until = Some(until);
    let cube = sample::protected().to_bytes();
    let draft = Draft { manifest, cube: &cube, confidential: &[], files: &[] };
    catalogue.publish(draft).unwrap();
    assert!(matches!(catalogue.release("npd_test-2", now()), Err(PublicationError::NoRelease { .. })));
    assert_eq!(catalogue.dataset("NPD_TEST", now()).unwrap().latest().manifest.id, "npd_test-1");
    assert_eq!(catalogue.dataset("NPD_TEST", until).unwrap().latest().manifest.id, "npd_test-2");
    assert!(catalogue.any_release("npd_test-2").is_ok());
}

#[test]
fn a_release_never_changes() {
    let (_folder, catalogue) = sample::catalogue();
    let cube = sample::protected().to_bytes();
    let again = Draft { manifest: sample::manifest(1), cube: &cube, confidential: &[], files: &[] };
    assert!(matches!(catalogue.publish(again), Err(PublicationError::Exists { .. })));
    let release = catalogue.release("npd_test-1", now()).unwrap();
    assert_eq!(catalogue.changed_files(&release).unwrap(), Vec::<String>::new());
    fs::write(release.folder.join("cube.lumbung"), "changed").unwrap();
    assert_eq!(catalogue.changed_files(&release).unwrap(), ["cube.lumbung"]);
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    let (_folder, catalogue) = sample::catalogue();
    for (id, file) in
        [("../evil", "a.csv"), ("npd_test-2", "../a.csv"), ("npd_test-2", "release.json"), ("", "a")]
    {
        let manifest = domain::release::Manifest { id: id.into(), ..sample::manifest(2) };
        let files: &[(&str, &[u8])] = &[(file, b"x")];
        let draft = Draft { manifest, cube: b"", confidential: &[], files };
        let refused = catalogue.publish(draft);
        assert!(
            matches!(refused, Err(PublicationError::Name { .. } | PublicationError::FileName { .. })),
            "{id} {file}"
        );
    }
}

#[test]
fn half_written_and_damaged_folders_do_not_hide_the_others() {
    let (folder, catalogue) = sample::catalogue();
    let releases = folder.path().join("releases");
    fs::create_dir(releases.join(".writing-npd_test-9-1")).unwrap();
    fs::create_dir(releases.join("npd_broken-1")).unwrap();
    fs::write(releases.join("npd_broken-1/release.json"), "{").unwrap();
    assert_eq!(catalogue.datasets(now()).len(), 1);
    assert_eq!(catalogue.damaged().len(), 1);
    let other = Catalogue::open(&releases).unwrap();
    sample::publish(&other, 2);
    assert_eq!(catalogue.dataset("NPD_TEST", now()).unwrap().releases.len(), 2, "seen without opening again");
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(folder.path()).unwrap();
    // A file in the way of the temporary folder stands for a disk that cannot be written.
    let blocked = folder.path().join(format!(".writing-npd_test-1-{}", std::process::id()));
    fs::write(&blocked, "in the way").unwrap();
    let cube = sample::protected().to_bytes();
    let draft = Draft { manifest: sample::manifest(1), cube: &cube, confidential: &[], files: &[] };
    assert!(matches!(catalogue.publish(draft), Err(PublicationError::Write { .. })));
    assert!(catalogue.all_releases().is_empty());
}

#[test]
fn a_damaged_cube_is_named_and_read_again_once_repaired() {
    let (_folder, catalogue) = sample::catalogue();
    let release = catalogue.release("npd_test-1", now()).unwrap();
    let path = release.folder.join("cube.lumbung");
    let good = fs::read(&path).unwrap();
    fs::write(&path, &good[..good.len() / 2]).unwrap();
    let error = catalogue.table(&release).err().expect("half a cube is no cube");
    assert!(error.to_string().starts_with("the release `npd_test-1` is damaged"), "{error}");
    fs::write(&path, &good).unwrap();
    assert_eq!(catalogue.table(&release).unwrap().dataset(), "NPD_TEST");
}
