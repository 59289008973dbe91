//! Equality with DuckDB on generated enterprises. Needs `LUMBUNG_SHARED` (the folder with
//! `bench/gen.py`) and a Python with duckdb, numpy and pyarrow (`LUMBUNG_PYTHON`, else
//! `.venv/bin/python` at the root of the repository); says so and passes when they are absent.

use std::path::{Path, PathBuf};
use std::process::Command;

use domain::catalogue::Catalogue;
use domain::cube::Provenance;
use domain::plan::{CubePlan, Plan};
use statistics::Input;

fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python =
        std::env::var_os("LUMBUNG_PYTHON").map_or_else(|| root.join(".venv/bin/python"), PathBuf::from);
    let ready = Command::new(&python).args(["-c", "import duckdb, numpy, pyarrow"]).output();
    ready.is_ok_and(|output| output.status.success()).then_some(python)
}

pub(crate) fn bench_plan() -> CubePlan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/bench.toml");
    Plan::parse(&std::fs::read_to_string(path).unwrap()).unwrap().cube.unwrap()
}

pub(crate) fn no_catalogue() -> Catalogue {
    Catalogue::parse(std::iter::empty::<(&str, &str)>()).unwrap()
}

#[test]
fn every_cell_equals_that_of_duckdb() {
    let (Some(python), Some(shared)) = (python(), std::env::var_os("LUMBUNG_SHARED")) else {
        println!("skipped: needs LUMBUNG_SHARED and a Python with duckdb, numpy and pyarrow");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("enterprises.parquet");
    let generator = Path::new(&shared).join("bench/gen.py");
    let made = Command::new(&python).arg(generator).args(["30000", "2"]).arg(&data).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

    let computation = statistics::compute(
        &Input::files([&data]),
        &bench_plan(),
        &no_catalogue(),
        Provenance::default(),
        2,
        &(),
    )
    .unwrap();
    assert_eq!(computation.coverage.rows, computation.coverage.used);
    let cube = folder.path().join("cube.parquet");
    statistics::cube_file::write(&computation.cube, &cube, 2).unwrap();

    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/oracle.py");
    let compared = Command::new(&python).arg(oracle).arg(&data).arg(&cube).output().unwrap();
    let told = String::from_utf8_lossy(&compared.stdout);
    assert!(compared.status.success(), "{told}{}", String::from_utf8_lossy(&compared.stderr));
    println!("{told}");
}
