use super::*;

const HEADER: &str = r#"
    id = "KBLI2020"
    title = { id = "KBLI 2020", en = "KBLI 2020" }
    source = { id = "BPS", en = "BPS" }
    levels = [
        { id = "section", label = { id = "Kategori", en = "Section" } },
        { id = "division", label = { id = "Golongan pokok", en = "Division" } },
    ]"#;

#[test]
fn a_code_knows_its_ancestors_and_its_validity() {
    let kbli = Classification::parse(
        HEADER,
        "code,parent,level,label_id,label_en,valid_from,isic4\n\
         10,C,division,Makanan,Food,2020-09-24,10\n\
         C,,section,Industri,Manufacturing,,C\n",
    )
    .unwrap();
    let food = kbli.find("10").unwrap();
    let section = kbli.ancestor_at(food, 0).unwrap();
    assert_eq!(kbli.get(section).code, "C");
    assert!(!kbli.get(food).in_force("2020-01-01".parse().unwrap()));
    assert_eq!(kbli.get(food).other, [("isic4".to_owned(), "10".to_owned())]);
}

#[test]
fn a_damaged_classification_is_refused_with_the_row() {
    for (rows, expected) in [
        ("A,X,section,a,a", "classification `KBLI2020`, row 2: the parent `X` of `A` does not exist"),
        ("A,,section,a,a\nA,,section,b,b", "classification `KBLI2020`, row 3: the code `A` stands twice"),
        (
            "A,,planet,a,a",
            "classification `KBLI2020`, row 2: the level `planet` is not one of the classification's",
        ),
        ("A,B,section,a,a\nB,A,section,b,b", "classification `KBLI2020`: the code `A` is its own ancestor"),
    ] {
        let error = Classification::parse(HEADER, &format!("code,parent,level,label_id,label_en\n{rows}\n"))
            .unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

const SIZES: &str = r#"
    id = "SIZE_BPS"
    title = { id = "Ukuran", en = "Size" }
    source = { id = "BPS", en = "BPS" }
    levels = [{ id = "class", label = { id = "Kelas", en = "Class" } }]"#;

#[test]
fn a_number_finds_its_size_class() {
    let sizes = Classification::parse(
        SIZES,
        "code,parent,level,label_id,label_en,min,max\n\
         E1T4,,class,a,a,1,4\nE5T19,,class,b,b,5,19\nE20,,class,c,c,20,\n",
    )
    .unwrap();
    let scheme = sizes.size_scheme().unwrap().unwrap();
    for (persons, expected) in [
        (0.0, None),
        (f64::NAN, None),
        (-3.0, None),
        (1.0, Some("E1T4")),
        (4.0, Some("E1T4")),
        (4.5, Some("E5T19")),
        (19.0, Some("E5T19")),
        (20.0, Some("E20")),
        (1e9, Some("E20")),
    ] {
        let class = scheme.class_of(persons).map(|class| sizes.get(class).code.as_str());
        assert_eq!(class, expected, "{persons}");
    }
}

#[test]
fn bounds_that_contradict_each_other_are_refused() {
    for (rows, expected) in [
        (
            "A,,class,a,a,1,x",
            "classification `SIZE_BPS`, row 2: `x` in `max` is not a number like 20 or 2000000000",
        ),
        (
            "A,,class,a,a,1,4",
            "classification `SIZE_BPS`, row 2: the last class must be open: leave its `max` empty",
        ),
        (
            "A,,class,a,a,1,9\nB,,class,b,b,5,",
            "classification `SIZE_BPS`, row 3: the class `B` begins at 5, before the one above it ends (9)",
        ),
    ] {
        let text = format!("code,parent,level,label_id,label_en,min,max\n{rows}\n");
        let error = Classification::parse(SIZES, &text).unwrap().size_scheme().unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

proptest::proptest! {
    /// A larger enterprise never falls into a smaller class.
    #[test]
    fn classes_grow_with_the_number(small in 0.0..1e4f64, more in 0.0..1e4f64) {
        let codes = "code,parent,level,label_id,label_en,min,max\n\
                     A,,class,a,a,1,4\nB,,class,b,b,5,19\nC,,class,c,c,20,\n";
        let scheme = Classification::parse(SIZES, codes).unwrap().size_scheme().unwrap().unwrap();
        proptest::prop_assert!(scheme.class_of(small) <= scheme.class_of(small + more));
    }
}
