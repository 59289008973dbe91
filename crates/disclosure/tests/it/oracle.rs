//! Independent attackers in Python: HiGHS through scipy.

use std::path::PathBuf;
use std::process::Command;

use domain::cube::Cube;

/// The Python that has the packages, or `None` with a line that says so.
pub(crate) fn python(package: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python =
        std::env::var_os("LUMBUNG_PYTHON").map_or_else(|| root.join(".venv/bin/python"), PathBuf::from);
    let import = format!("import {package}");
    let there =
        Command::new(&python).args(["-c", &import]).output().is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: {} has no package {package} (set LUMBUNG_PYTHON)", python.display());
    }
    there.then_some(python)
}

/// Bounds that HiGHS derives for the wanted cells of the first measure.
pub(crate) fn intervals(
    python: &PathBuf,
    cube: &Cube,
    hidden: &[usize],
    wanted: &[usize],
    known: &[usize],
) -> Vec<(f64, f64)> {
    let all: Vec<usize> = (0..cube.len()).collect();
    let equations: Vec<Vec<(usize, f64)>> =
        crate::attacker::equations(cube, &all).into_iter().map(|row| row.into_iter().collect()).collect();
    let task = serde_json::json!({
        "values": cube.values[0], "hidden": hidden, "equations": equations, "wanted": wanted, "known": known,
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("task.json");
    std::fs::write(&path, task.to_string()).expect("written");
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/attacker.py");
    let output = Command::new(python).arg(script).arg(&path).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Vec<(Option<f64>, Option<f64>)> = serde_json::from_slice(&output.stdout).expect("an answer");
    answer.into_iter().map(|(low, high)| (low.expect("decided"), high.expect("decided"))).collect()
}
