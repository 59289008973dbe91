use domain::cube::Cube;

use super::*;

fn cube() -> Cube {
    let mut cube = testkit::cube::Recipe::of_about(200, 7).build();
    let last = cube.values.len() - 1;
    cube.values[last][0] = f64::NAN;
    cube
}

fn bits(column: &[f64]) -> Vec<u64> {
    column.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn nothing_is_lost_in_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cube.parquet");
    let before = cube();
    write(&before, &path, 2).unwrap();
    let after = read(&path).unwrap();
    assert_eq!(after.dimensions, before.dimensions);
    assert_eq!((&after.keys, &after.level_sets), (&before.keys, &before.level_sets));
    assert_eq!(after.measures, before.measures);
    assert_eq!(after.contributions, before.contributions);
    assert_eq!(after.provenance, before.provenance);
    for (before, after) in before.values.iter().zip(&after.values) {
        assert_eq!(bits(before), bits(after));
    }
    assert!(!path.with_extension("parquet.partial").exists());
}

#[test]
fn csv_has_a_row_a_cell_and_leaves_the_unavailable_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cube.csv");
    let cube = cube();
    write(&cube, &path, 1).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), cube.len() + 1);
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let at = header.iter().position(|name| *name == cube.measures.last().unwrap().code).unwrap();
    assert_eq!(text.lines().nth(1).unwrap().split(',').nth(at), Some(""));
}

#[test]
fn other_files_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let error = write(&cube(), &folder.path().join("cube.xlsx"), 1).unwrap_err();
    assert!(error.to_string().ends_with("the name of a cube must end in .parquet or .csv"), "{error}");
    assert!(read(&folder.path().join("absent.parquet")).is_err());
}
