use super::IndicatorSet;

fn repository(path: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

fn messages(text: &str) -> Vec<String> {
    let errors = IndicatorSet::parse("indicators.toml", text).unwrap_err();
    errors.into_iter().map(|error| error.to_string()).collect()
}

const GOOD: &str = r#"
[[input]]
code = "rejected"
label = { id = "Cacat", en = "Rejected" }
unit = "output"

[[input]]
code = "produced"
label = { id = "Diproduksi", en = "Produced" }
unit = "output"

[[indicator]]
code = "defect-rate"
version = 1
label = { id = "Cacat", en = "Defects" }
definition = { id = "…", en = "…" }
formula = "rejected / produced"
unit = "percent"
unit_label = { id = "%", en = "%" }
better = "lower"
semantic = "magnitude"
comparison = "percent"
verification = ["company-records"]
stages = ["baseline", "final"]
plausible = [0, 60]
source = { id = "…", en = "…" }
"#;

#[test]
fn the_indicators_of_the_programme_are_sound_and_at_most_twelve_are_core() {
    let text = repository("programmes/score-id/indicators.toml");
    let set = IndicatorSet::parse("indicators.toml", &text).unwrap();
    assert_eq!(set.current().filter(|indicator| indicator.core).count(), 12);
    assert!(set.current().count() > 20);
    for indicator in set.current() {
        for text in [&indicator.label, &indicator.definition, &indicator.unit_label, &indicator.source] {
            assert!(!text.id.is_empty() && !text.en.is_empty(), "{}", indicator.code);
        }
    }
    let used: Vec<&str> = set
        .current()
        .filter_map(|i| i.formula.as_ref())
        .flat_map(|f| f.inputs())
        .map(String::as_str)
        .collect();
    for input in set.inputs() {
        assert!(used.contains(&input.code.as_str()), "nobody asks for `{}`", input.code);
    }
}

#[test]
fn a_definition_without_what_it_needs_is_refused_and_all_is_told_at_once() {
    assert!(IndicatorSet::parse("indicators.toml", GOOD).is_ok());
    for (good, bad, expected) in [
        (
            "unit = \"percent\"",
            "unit = \"rupiah/person\"",
            "gives a bare number, but rupiah per person is promised",
        ),
        ("rejected / produced", "rejected / worker", "There is no input `worker`"),
        ("\"defect-rate\"", "\"Defect rate\"", "lower-case words joined by hyphens"),
        ("[0, 60]", "[60, 0]", "from a lower to a higher number"),
        ("[\"company-records\"]", "[]", "by which means"),
        ("[\"baseline\", \"final\"]", "[\"final\", \"follow-up-6\"]", "without a baseline"),
        ("comparison = \"percent\"", "comparison = \"counts\"", "only counts of events"),
        ("semantic = \"magnitude\"", "semantic = \"share-of-enterprises\"", "is a yes or no and has none"),
        ("code = \"produced\"", "code = \"rejected\"", "input `rejected` stands twice"),
        ("code = \"produced\"", "code = \"period\"", "is the length of the period"),
        ("better = \"lower\"\n", "", "line 12: the key `better` is missing"),
        ("semantic = \"magnitude\"\n", "", "the key `semantic` is missing"),
        ("version = 1", "version = 0", "counted from 1"),
    ] {
        let all = messages(&GOOD.replace(good, bad)).join("\n");
        assert!(all.contains(expected), "{bad}: {all}");
    }
    let entry = &GOOD[GOOD.find("[[indicator]]").unwrap()..];
    let many: String = (0..13)
        .map(|n| {
            entry
                .replace("defect-rate", &format!("rate-{n}"))
                .replace("version = 1", "version = 1\ncore = true")
        })
        .collect();
    let inputs = &GOOD[..GOOD.find("[[indicator]]").unwrap()];
    assert_eq!(
        messages(&format!("{inputs}{many}")),
        ["indicators.toml: 13 indicators are core, at most 12 may be: make the others optional"]
    );
}

#[test]
fn the_newest_version_is_current_and_old_ones_stay_readable() {
    let entry = &GOOD[GOOD.find("[[indicator]]").unwrap()..];
    let second = entry.replace("version = 1", "version = 2").replace("[0, 60]", "[0, 40]");
    let set = IndicatorSet::parse("indicators.toml", &format!("{GOOD}{second}")).unwrap();
    assert_eq!(set.get("defect-rate").unwrap().version, 2);
    assert_eq!(set.current().count(), 1);
    assert_eq!(set.version("defect-rate", 1).unwrap().plausible, (0.0, 60.0));
    assert_eq!(set.versions("defect-rate").len(), 2);
    assert_eq!(set.get("nothing"), None);
}
