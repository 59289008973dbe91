//! `lumbung protect` on a table whose hierarchy is wrong.

use super::{Ended, program};

const PLAN: &str = "
[protection]
threshold = 3
p_percent = 10
[table]
contributors = \"n\"
[[table.dimension]]
column = \"activity\"
hierarchy = \"activity.csv\"
[[table.measure]]
column = \"turnover\"
largest = \"max1\"
second_largest = \"max2\"
";

const TABLE: &str = "activity,turnover,n,max1,max2
A1,10,1,10,0
A2,60,9,9,8
B1,50,9,9,8
B2,20,9,4,3
A,70,10,10,9
B,70,18,9,8
Total,140,28,10,9
";

/// Protects the table with a hierarchy; also whether an output file was left.
fn protect(hierarchy: &str, language: &str) -> (Ended, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("table.csv", TABLE), ("plan.toml", PLAN), ("activity.csv", hierarchy)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = program(language);
    command.current_dir(folder.path());
    command.args(["protect", "--input", "table.csv", "--plan", "plan.toml", "--output", "safe.csv"]);
    let ended = command.output().unwrap().into();
    (ended, std::fs::read_to_string(folder.path().join("safe.csv")).ok())
}

#[test]
fn a_good_table_is_protected() {
    let (ended, safe) = protect("child,parent\nA,Total\nB,Total\nA1,A\nA2,A\nB1,B\nB2,B\n", "id");
    assert!(ended.err.contains("peka"), "{ended:?}");
    ended.ok();
    let safe = safe.unwrap();
    assert!(safe.contains("A1,,") && safe.contains("Total,140"), "{safe}");
}

#[test]
fn a_hierarchy_that_goes_round_is_refused_by_name() {
    let (ended, safe) = protect("child,parent\nA,Total\nB,Total\nA1,A2\nA2,A1\nB1,B\nB2,B\n", "en");
    let said = ended.failed();
    assert!(said.contains("A1") || said.contains("A2"), "{said}");
    assert_eq!(safe, None, "nothing is written");
}

#[test]
fn a_code_that_the_hierarchy_lacks_is_named() {
    let (ended, safe) = protect("child,parent\nA,Total\nB,Total\nA1,A\nA2,A\nB1,B\n", "en");
    let said = ended.failed();
    assert!(said.contains("`B2` is not in the hierarchy"), "{said}");
    assert_eq!(safe, None, "nothing is written");
}
