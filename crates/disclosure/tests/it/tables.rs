//! Anybody's table: read, protected, written; and refused in words that help.

use std::path::Path;

use disclosure::{ProtectionPlan, protect, table};

const PLAN: &str = "
[protection]
threshold = 3
p_percent = 10
[table]
contributors = \"n\"
[[table.dimension]]
column = \"activity\"
hierarchy = \"activity.csv\"
[[table.dimension]]
column = \"region\"
[[table.measure]]
column = \"turnover\"
largest = \"max1\"
second_largest = \"max2\"
holding = \"top\"
";

const HIERARCHY: &str = "child,parent\nA,Total\nB,Total\nA1,A\nA2,A\nB1,B\nB2,B\n";

const TABLE: &str = "activity,region,turnover,n,max1,max2,top
A1,E,10,1,10,0,h1
A1,W,40,9,8,7,h2
A2,E,60,9,9,8,h3
A2,W,70,9,9,8,h4
B1,E,50,9,9,8,h5
B1,W,30,9,6,5,h6
B2,E,20,9,4,3,h7
B2,W,90,9,15,12,h8
A,E,70,10,10,9,h1
A,W,110,18,9,8,h4
B,E,70,18,9,8,h5
B,W,120,18,15,12,h8
A1,Total,50,10,10,8,h1
A2,Total,130,18,9,9,h3
B1,Total,80,18,9,8,h5
B2,Total,110,18,15,12,h8
A,Total,180,28,10,9,h1
B,Total,190,36,15,12,h8
Total,E,140,28,10,9,h1
Total,W,230,36,15,12,h8
Total,Total,370,64,15,12,h8
";

/// Runs a table and gives the CSV that comes out, or what was said.
fn run(table: &str, hierarchy: &str, plan: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("table.csv"), table).expect("written");
    std::fs::write(folder.path().join("activity.csv"), hierarchy).expect("written");
    let outcome = (|| {
        let cube = table::read(&folder.path().join("table.csv"), plan, folder.path())?;
        let (protected, _) = protect(cube, &ProtectionPlan::parse(plan)?, None, &())?;
        let mut out = Vec::new();
        table::write(&protected, plan, &mut out)?;
        Ok::<_, disclosure::DisclosureError>(String::from_utf8(out).expect("UTF-8"))
    })();
    let path = |folder: &Path| format!("{}/", folder.display());
    outcome.unwrap_or_else(|error| error.to_string()).replace(&path(folder.path()), "")
}

#[test]
fn a_table_is_written_with_its_status() {
    insta::assert_snapshot!(run(TABLE, HIERARCHY, PLAN));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let cases = [
        ("a circle", run(TABLE, "child,parent\nA,B\nB,A\nA1,A\nA2,A\nB1,B\nB2,B\n", PLAN)),
        ("a missing child", run(TABLE, "child,parent\nA,Total\nB,Total\nA1,A\nA2,A\nB1,B\n", PLAN)),
        ("a missing parent", run(TABLE, "child,parent\nA,Total\nA1,A\nA2,A\nB1,B\nB2,B\n", PLAN)),
        ("not a sum", run(&TABLE.replace("Total,W,230", "Total,W,231"), HIERARCHY, PLAN)),
        ("twice", run(&format!("{TABLE}A1,E,10,1,10,0,h1\n"), HIERARCHY, PLAN)),
        ("text in a number", run(&TABLE.replace("A1,W,40,", "A1,W,empat puluh,"), HIERARCHY, PLAN)),
        ("half a count", run(&TABLE.replace("A1,W,40,9", "A1,W,40,9.5"), HIERARCHY, PLAN)),
        ("no such column", run(&TABLE.replace("region", "daerah"), HIERARCHY, PLAN)),
        ("a missing margin", run(&TABLE.replace("A,E,70,10,10,9,h1\n", ""), HIERARCHY, PLAN)),
        ("no rows", run("activity,region,turnover,n,max1,max2,top\n", HIERARCHY, PLAN)),
        ("no rule", run(TABLE, HIERARCHY, &PLAN.replace("threshold = 3\np_percent = 10\n", ""))),
        ("an unknown key", run(TABLE, HIERARCHY, &PLAN.replace("threshold = 3", "treshold = 3"))),
    ];
    let said: Vec<String> = cases.iter().map(|(name, said)| format!("{name}: {said}")).collect();
    insta::assert_snapshot!(said.join("\n"));
}
