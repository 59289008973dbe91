//! Measures that a plan defines itself.

use crate::build::{Enterprise, compute, plan, try_compute, value};

const PLAN: &str = r#"
[cube]
dataset = "TEST"
title = { id = "Uji", en = "Test" }
measures = ["YIELD", "AREA", "INDEX"]

[[cube.dimension]]
id = "year"
concept = "TIME_PERIOD"
label = { id = "Tahun", en = "Year" }
time = true

[[cube.dimension]]
id = "region"
concept = "REF_AREA"
label = { id = "Wilayah", en = "Region" }
levels = ["total", "province"]
column = "province"

[[cube.measure]]
code = "YIELD"
label = { id = "Hasil", en = "Yield" }
unit = { code = "T", label = { id = "ton per hektare", en = "tonnes per hectare" } }
definition = { id = "Hasil per luas", en = "Harvest over area" }
formula = "sum(harvest)/sum(area)"
compute = { kind = "ratio", numerator = "HARVEST", denominator = "AREA", scale = 1000.0 }
decimals = 1

[[cube.measure]]
code = "HARVEST"
label = { id = "Panen", en = "Harvest" }
unit = { code = "T", label = { id = "ton", en = "tonnes" } }
definition = { id = "Panen", en = "Harvest" }
formula = "sum(harvest)"
compute = { kind = "total", variable = "output" }
decimals = 0

[[cube.measure]]
code = "AREA"
label = { id = "Luas", en = "Area" }
unit = { code = "HAR", label = { id = "hektare", en = "hectares" } }
definition = { id = "Luas", en = "Area" }
formula = "sum(area)"
compute = { kind = "total", variable = "fixed_assets" }
decimals = 0

[[cube.measure]]
code = "INDEX"
label = { id = "Indeks", en = "Index" }
unit = { code = "IX", label = { id = "indeks", en = "index" } }
definition = { id = "Seperti diterbitkan", en = "As published" }
formula = "index"
compute = { kind = "value", variable = "labour_cost" }
decimals = 1
"#;

#[test]
fn totals_ratios_and_published_values_are_computed() {
    let rows = [
        Enterprise { labour_cost: Some(97.3), ..Enterprise::default() },
        Enterprise { id: "E2".into(), province: 53, assets: Some(0.0), ..Enterprise::default() },
    ];
    let cube = compute(&rows, PLAN).cube;
    let codes: Vec<&str> = cube.measures.iter().map(|measure| measure.code.as_str()).collect();
    assert_eq!(codes, ["YIELD", "AREA", "INDEX"]);
    assert_eq!(value(&cube, &["2024", "31"], "YIELD"), 500.0);
    assert_eq!(value(&cube, &["2024", "_T"], "YIELD"), 1000.0);
    assert!(value(&cube, &["2024", "53"], "YIELD").is_nan());
    assert_eq!(value(&cube, &["2024", "31"], "INDEX"), 97.3);
    assert!(value(&cube, &["2024", "_T"], "INDEX").is_nan());
    // The plan shows the area alone of its totals; nobody else's contributions are recorded.
    assert_eq!(cube.contributions.len(), 1);
}

#[test]
fn measures_that_lead_nowhere_are_refused() {
    let refuse = |from: &str, to: &str| {
        try_compute(&[Enterprise::default()], &plan(&PLAN.replace(from, to))).unwrap_err().to_string()
    };
    assert!(
        refuse("numerator = \"HARVEST\"", "numerator = \"HARVST\"").contains("(did you mean `HARVEST`?)")
    );
    assert!(refuse("variable = \"output\"", "variable = \"outputs\"").contains("(did you mean `output`?)"));
    insta::assert_snapshot!(
        refuse("numerator = \"HARVEST\"", "numerator = \"YIELD\""),
        @"[[cube.measure]] YIELD: the ratio is defined by itself"
    );
}
