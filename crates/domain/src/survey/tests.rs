use super::*;

const SURVEY: &str = r#"
    id = "toy"
    title = { id = "Contoh", en = "Toy" }
    description = { id = "", en = "" }
    source = { id = "", en = "" }
    unit = { id = "usaha", en = "enterprise" }
    key = ["firm", "year"]
    year = "year"
    [[variable]]
    name = "firm"
    label = { id = "Usaha", en = "Firm" }
    type = "text"
    access = "identifier"
    [[variable]]
    name = "year"
    label = { id = "Tahun", en = "Year" }
    type = "year"
    access = "open"
    [[variable]]
    name = "workers"
    label = { id = "Pekerja", en = "Workers" }
    type = "integer"
    access = "sensitive"
    [[rule]]
    code = "R01"
    check = "range"
    variable = "workers"
    min = 0
    severity = "held"
    message = { id = "{workers} < {min}", en = "{workers} < {min}" }
    remedy = { id = "Perbaiki", en = "Correct it" }
"#;

#[test]
fn a_survey_is_read_with_its_rules() {
    let survey = Survey::parse(SURVEY).unwrap();
    assert_eq!(survey.rules[0].check, Check::Range { variable: "workers".into(), min: Some(0.0), max: None });
    assert_eq!(survey.unit_key().collect::<Vec<_>>(), ["firm"]);
}

#[test]
fn a_survey_that_contradicts_itself_is_refused_with_the_place() {
    for (from, to, expected) in [
        ("\"toy\"", "\"Toy 1\"", "survey `Toy 1`: file: the id `Toy 1` may hold only a-z, 0-9 and hyphens"),
        (
            "variable = \"workers\"",
            "variable = \"men\"",
            "survey `toy`: rule R01: `men` is no number of this survey",
        ),
        ("{workers} < {min}", "{men}", "survey `toy`: rule R01: `{men}` stands for nothing"),
        (
            "year = \"year\"",
            "year = \"firm\"",
            "survey `toy`: file: `year` names `firm`, which is no year variable",
        ),
        ("name = \"workers\"", "name = \"firm\"", "survey `toy`: variable firm: the name stands twice"),
        ("[\"firm\"", "[\"nib\"", "survey `toy`: file: the key names `nib`, which is no variable"),
    ] {
        let error = Survey::parse(&SURVEY.replace(from, to)).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_misspelt_parameter_of_a_rule_is_refused() {
    assert!(Survey::parse(&SURVEY.replace("min = 0", "minimum = 0")).is_err());
}

#[test]
fn a_derivation_is_a_signed_sum() {
    let survey = Survey::parse(
        &SURVEY.replace("type = \"integer\"", "type = \"integer\"\nderive = \"year - workers\""),
    );
    assert_eq!(
        survey.unwrap().variables[2].derivation(),
        [(1.0, "year".to_owned()), (-1.0, "workers".to_owned())]
    );
}
