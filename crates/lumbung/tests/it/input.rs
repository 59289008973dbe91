//! Files and plans that are wrong: said in words, nothing half-counted.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Office, PLAN, good_rows, names};

const HEADER: &str = "enterprise_id,year,activity,persons_engaged,turnover,intermediate_inputs\n";

/// An import must fail with these words in both languages, and leave the archive empty.
#[track_caller]
fn is_refused(name: &str, content: impl AsRef<[u8]>, id: &str, en: &str) {
    for (language, words) in [("id", id), ("en", en)] {
        let office = Office::open();
        let file = office.file(name, content.as_ref());
        let said = office.run_in(language, &["import", &file, "--survey", "toy"]).failed();
        assert!(said.contains(words), "{words} in {said}");
        assert_eq!(office.run(&["release", "toy"]).code, Some(1), "nothing was taken in");
        office.run(&["doctor"]).ok();
    }
}

#[test]
fn an_empty_file_is_refused() {
    is_refused("empty.csv", "", "Berkas kosong", "The file is empty");
}

/// The most memory, in MiB, that an import of so many MiB of rows holds at once.
fn memory_of_an_import(mebibytes: usize) -> usize {
    let office = Office::open();
    let path = office.file("large.csv", HEADER);
    let mut file = std::io::BufWriter::new(std::fs::OpenOptions::new().append(true).open(&path).unwrap());
    let (mut written, mut number) = (0, 0_u64);
    while written < mebibytes << 20 {
        let row = format!("E{number},2024,10710,{},{},400\n", 5 + number % 17, 900 + number % 101);
        file.write_all(row.as_bytes()).unwrap();
        (written, number) = (written + row.len(), number + 1);
    }
    file.flush().unwrap();
    let command = ["import", &path, "--survey", "toy", "--dry-run"];
    let mut child = office.command("id", &command).stdout(std::process::Stdio::null()).spawn().unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let held = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        most = most.max(held.and_then(|held| held.trim().parse().ok()).unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    most / 1024
}

/// What holds from 30 to 120 MiB holds to 3 GB: a block is read, checked, written and forgotten.
#[test]
fn memory_does_not_grow_with_the_file() {
    let (small, large) = (memory_of_an_import(30), memory_of_an_import(120));
    assert!(small > 0, "the memory was seen");
    assert!(large < small + 60, "{small} MiB for 30 MiB of rows, {large} MiB for 120");
}

#[test]
fn a_file_in_no_known_encoding_is_refused() {
    let mut bytes = vec![0x00, 0x01, 0xff, 0xfe, 0x00, 0x9c];
    bytes.extend([0x00, 0xd8].repeat(400));
    is_refused("noise.csv", bytes, "tidak dapat diterima", "cannot be taken in");
}

#[test]
fn an_old_windows_file_is_read_in_its_own_encoding() {
    let office = Office::open();
    let mut bytes = HEADER.replace("enterprise_id", "Nomor usaha").into_bytes();
    bytes.extend(b"CV Caf\xe9,2024,10710,4,100,40\n");
    let file = office.file("old.csv", bytes);
    let said = office.run(&["import", &file, "--survey", "toy", "--format", "csv"]).ok();
    assert!(said.contains("disimpan,1"), "{said}");
}

#[test]
fn a_zip_bomb_as_xlsx_is_refused() {
    let mut bytes = Cursor::new(Vec::new());
    let mut archive = ZipWriter::new(&mut bytes);
    archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..200 {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap();
    let (id, en) = ("Isi berkas terlalu besar ketika dibuka", "The file is too large when unpacked");
    is_refused("bomb.xlsx", bytes.into_inner(), id, en);
}

#[test]
fn a_kbli_2025_code_in_a_kbli_2020_survey_is_held_and_said() {
    let office = Office::open();
    // 01138 came with KBLI 2025.
    let text = format!("{HEADER}E1,2024,10710,4,100,40\nE2,2024,01138,4,100,40\n");
    let file = office.file("new.csv", text);
    let ended = office.run(&["import", &file, "--survey", "toy", "--format", "csv"]);
    let findings = findings(&office);
    assert!(findings.contains("other-edition,held") && findings.contains("(KBLI) 2025"), "{findings}");
    assert!(ended.ok().contains("disimpan,1"), "{findings}");
}

/// The findings of the only import.
fn findings(office: &Office) -> String {
    let imports = office.data().join("imports");
    let only = names(&imports).pop().expect("an import was made");
    std::fs::read_to_string(imports.join(only).join("findings.csv")).unwrap()
}

#[test]
fn a_held_row_is_confirmed_at_the_command_line_and_then_counts() {
    let office = Office::open();
    let text = format!("{HEADER}E1,2024,10710,4,100,40\nE2,2024,10710,-4,100,40\n");
    let file = office.file("held.csv", text);
    office.run(&["import", &file, "--survey", "toy"]).ok();
    let import = names(&office.data().join("imports")).pop().unwrap();
    let list = office.run(&["held", "list", "--import", &import, "--format", "csv"]).ok();
    assert!(list.contains("3,E2,2024,,"), "{list}");
    let shown = office.run(&["held", "show", "--import", &import, "--row", "3"]).ok();
    assert!(shown.contains("persons_engaged") && shown.contains("-4"), "{shown}");
    let wrong = office.run(&["held", "show", "--import", &import, "--row", "2"]).failed();
    assert!(wrong.contains("tidak ditahan"), "{wrong}");
    let silent = ["held", "confirm", "--import", &import, "--row", "3", "--reason", " "];
    assert!(office.run(&silent).failed().contains("tulis alasannya"));
    let asked = ["held", "confirm", "--import", &import, "--row", "3", "--reason", "sudah ditanyakan"];
    office.run(&asked).ok();
    let list = office.run(&["held", "list", "--import", &import, "--format", "csv"]).ok();
    assert!(list.contains("3,E2,2024,confirm,sudah ditanyakan"), "{list}");
    office.run(&["snapshot", "create", "--survey", "toy"]).ok();
    let snapshots = office.run(&["snapshot", "list", "--format", "csv"]).ok();
    assert!(snapshots.lines().nth(1).is_some_and(|line| line.ends_with(",2,1")), "{snapshots}");
}

#[test]
fn a_plan_that_names_a_missing_variable_says_which_and_what_there_is() {
    let office = Office::filled();
    let plan = PLAN.replace("column = \"activity\"", "column = \"activty\"");
    let file = office.file("misspelt.toml", &plan);
    let said = office.run(&["release", &file]).failed();
    assert!(said.contains("tidak punya kolom `activty` (maksudnya `activity`?)"), "{said}");
    let said = office.run_in("en", &["release", &file]).failed();
    assert!(said.contains("no column `activty` (did you mean `activity`?)"), "{said}");
    let unknown = office.file("unknown.toml", plan.replace("[cube]\n", "[cube]\ncolour = 3\n"));
    let said = office.run(&["release", &unknown]).failed();
    assert!(said.contains("baris 2: kunci `colour` tidak dikenal"), "{said}");
    assert_eq!(office.releases(), Vec::<String>::new());
}

#[test]
fn content_with_a_dangling_name_is_refused_with_its_file() {
    let office = Office::open();
    let plan = PLAN.replace("survey = \"toy\"", "survey = \"toys\"");
    std::fs::write(office.data().join("content/plans/toy.toml"), plan).unwrap();
    let said = office.run(&["snapshot", "list"]).failed();
    assert!(said.contains("plans/toy.toml: baris 29: [release] survei `toys` tidak ada"), "{said}");
}

#[test]
fn two_imports_at_once_both_arrive_and_the_same_file_counts_once() {
    let office = Office::open();
    let files = [
        office.file("a.csv", good_rows("A", 2023)),
        office.file("b.csv", good_rows("B", 2024)),
        office.file("c.csv", good_rows("A", 2023)),
    ];
    let running: Vec<_> = files
        .iter()
        .map(|file| {
            let mut command = office.command("id", &["import", file, "--survey", "toy"]);
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    for mut child in running {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    office.run(&["snapshot", "create", "--survey", "toy"]).ok();
    let snapshots = office.run(&["snapshot", "list", "--format", "csv"]).ok();
    assert!(snapshots.lines().nth(1).is_some_and(|line| line.ends_with(",2400,0")), "{snapshots}");
    office.run(&["doctor"]).ok();
}
