use super::*;

const SIZES: (&str, &str) = (
    "classifications/sizes.toml",
    r#"
    id = "SIZE"
    title = { id = "Ukuran", en = "Size" }
    source = { id = "BPS", en = "BPS" }
    levels = [{ id = "class", label = { id = "Kelas", en = "Class" } }]"#,
);
const SIZE_CODES: (&str, &str) = (
    "classifications/sizes.csv",
    "code,parent,level,label_id,label_en,min,max\nS,,class,Kecil,Small,1,19\nL,,class,Besar,Large,20,\n",
);
const SURVEY: &str = r#"
    id = "firms"
    title = { id = "a", en = "a" }
    description = { id = "a", en = "a" }
    source = { id = "a", en = "a" }
    unit = { id = "usaha", en = "enterprise" }
    key = ["year"]
    year = "year"
    [[variable]]
    name = "year"
    label = { id = "Tahun", en = "Year" }
    type = "year"
    access = "open"
    [[variable]]
    name = "persons_engaged"
    label = { id = "Pekerja", en = "Workers" }
    type = "number"
    access = "sensitive""#;
const PLAN: &str = r#"
    [cube]
    dataset = "FIRMS"
    title = { id = "a", en = "a" }
    [[cube.dimension]]
    id = "year"
    concept = "TIME_PERIOD"
    label = { id = "Tahun", en = "Year" }
    time = true
    column = "year"
    [[cube.dimension]]
    id = "size"
    concept = "SIZE"
    label = { id = "Ukuran", en = "Size" }
    classification = "SIZE"
    levels = ["total", "class"]
    variable = "persons_engaged"
    [release]
    survey = "firms""#;

fn read(survey: &str, plan: &str) -> Result<Catalogue, String> {
    Catalogue::parse([SIZES, SIZE_CODES, ("surveys/firms.toml", survey), ("plans/firms.toml", plan)])
        .map_err(|error| error.to_string())
}

#[test]
fn content_is_found_by_its_id_wherever_the_folder_lies() {
    let nested = SIZE_CODES.0.replace("class", "/opt/lumbung/class");
    let files = [(SIZES.0, SIZES.1), (nested.as_str(), SIZE_CODES.1), ("notes/readme.toml", "not content")];
    let catalogue = Catalogue::parse(files).unwrap();
    assert_eq!(catalogue.classification("SIZE").unwrap().codes.len(), 2);
    let files: Vec<_> = catalogue.classification_files("SIZE").map(|(path, _)| path).collect();
    assert_eq!(files, ["classifications/sizes.toml", "classifications/sizes.csv"]);
    assert!(catalogue.survey("firms").is_none());
}

#[test]
fn content_that_agrees_is_accepted() {
    let catalogue = read(SURVEY, PLAN).unwrap();
    assert_eq!(catalogue.plan("firms").unwrap().text, PLAN);
    assert_eq!(catalogue.surveys().count(), 1);
}

#[test]
fn a_name_that_leads_nowhere_is_told_with_its_file() {
    let check = |survey: &str, plan: &str, expected: &str| {
        let told = read(survey, plan).unwrap_err();
        // Every fault names a line of its file; which one is the business of `syntax`.
        let without_lines: Vec<String> = told
            .lines()
            .map(|fault| {
                let (file, rest) = fault.split_once(": line ").expect("the line is told");
                let (line, said) = rest.split_once(": ").expect("what is wrong follows the line");
                assert!(line.parse::<usize>().is_ok(), "{fault}");
                format!("{file}: {said}")
            })
            .collect();
        assert_eq!(without_lines.join("\n"), expected);
    };
    check(
        &SURVEY.replace("type = \"number\"", "type = \"code\"\nclassification = \"KBLI\""),
        PLAN,
        "surveys/firms.toml: `persons_engaged`: the classification `KBLI` does not exist",
    );
    check(
        SURVEY,
        &PLAN.replace("survey = \"firms\"", "survey = \"shops\""),
        "plans/firms.toml: [release] the survey `shops` does not exist",
    );
    check(
        SURVEY,
        &PLAN.replace("persons_engaged", "workers"),
        "plans/firms.toml: `workers` is not a variable of the survey `firms`",
    );
    check(
        SURVEY,
        &PLAN.replace("\"class\"]", "\"group\"]"),
        "plans/firms.toml: [cube] dimension size: `SIZE` has no level `group`",
    );
    check(
        SURVEY,
        &PLAN.replace(
            "dataset = \"FIRMS\"",
            "dataset = \"FIRMS\"\ncombinations = [[\"total\", \"class\"], [\"all\"]]",
        ),
        "plans/firms.toml: [cube] the combination [\"total\", \"class\"] must name 1 levels\n\
         plans/firms.toml: [cube] combination [\"all\"]: `size` has no level `all`",
    );
    check(
        SURVEY,
        &PLAN.replace("[release]", "[cube.prices]\ndeflator = \"cpi\"\n[release]"),
        "plans/firms.toml: [cube.prices] the deflator `cpi` does not exist",
    );
}

#[test]
fn a_file_without_its_partner_is_told() {
    let error = Catalogue::parse([SIZES]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "classifications/sizes.toml: has no table; write classifications/sizes.csv"
    );
    let error = Catalogue::parse([SIZE_CODES]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "classifications/sizes.csv: has no description; write classifications/sizes.toml"
    );
}

#[test]
fn an_id_belongs_to_one_file() {
    let copies =
        [SIZES, SIZE_CODES, ("classifications/two.toml", SIZES.1), ("classifications/two.csv", SIZE_CODES.1)];
    assert_eq!(
        Catalogue::parse(copies).unwrap_err().to_string(),
        "classifications/two.toml: the id `SIZE` is taken by another file; give this one an id of its own"
    );
}

#[test]
fn a_programme_tells_its_faults_in_both_languages_with_line_and_remedy() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes/");
    let folder = std::fs::read_dir(&root).unwrap().next().unwrap().unwrap().path();
    let id = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    for (file, from, to, line, id_words, en_words) in [
        ("targets.toml", "value = 200", "value = -1", true, "bukan angka di atas 0", "not a number above 0"),
        ("costs.toml", "basis = \"visit\"", "basis = \"hari\"", true, "tidak dikenal", "is not known"),
        ("certification.toml", "valid_months = 36", "valid_months = 0", false, "sekurangnya 1", "at least 1"),
        ("assertions.toml", "stated = \"workers\"", "stated = \"pekerja\"", true, "tambahkan", "add it"),
        ("indicators.toml", "unit = \"person*day\"", "unit = \"hari\"", true, "Satuan", "The unit"),
        ("aid.toml", "role = \"1\"", "role = \"\"", true, "harus 1, 2, 3", "must be 1, 2, 3"),
    ] {
        let text = read(file);
        assert!(text.contains(from), "{file}: {from}");
        let path = format!("programmes/{id}/{file}");
        let error = Catalogue::parse([(path.clone(), text.replacen(from, to, 1))]).unwrap_err();
        let own = error.0.iter().find(|fault| fault.path == path).expect("the file is named");
        assert!(own.message.id.contains(id_words) && own.message.en.contains(en_words), "{own:?}");
        assert_eq!(own.message.en.starts_with("line "), line, "{own:?}");
        assert_eq!(own.message.id.starts_with("baris "), line, "{own:?}");
    }
}
