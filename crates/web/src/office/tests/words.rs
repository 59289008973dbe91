use std::collections::BTreeSet;

/// The keys of a message file.
fn keys(text: &'static str) -> BTreeSet<&'static str> {
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
        .collect()
}

#[test]
fn the_office_says_everything_in_both_languages() {
    let id = keys(include_str!("../../../../../locales/id/office.ftl"));
    let en = keys(include_str!("../../../../../locales/en/office.ftl"));
    assert!(id.len() > 200);
    assert_eq!(id.symmetric_difference(&en).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn every_word_that_the_office_asks_for_exists() {
    let known: BTreeSet<&str> = keys(include_str!("../../../../../locales/id/office.ftl"))
        .union(&keys(include_str!("../../../../../locales/id/shell.ftl")))
        .copied()
        .collect();
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut asked = BTreeSet::new();
    for (folder, mark) in [("templates/office", "t(\""), ("src/office", "t(\""), ("src/office", "with(\"")] {
        for file in std::fs::read_dir(manifest.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            for piece in text.split(mark).skip(1) {
                let key: String = piece.chars().take_while(|c| *c != '"').collect();
                if key.starts_with("office-") && !key.contains('{') {
                    asked.insert(key);
                }
            }
        }
    }
    let missing: Vec<_> = asked.iter().filter(|key| !known.contains(key.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new());
}
