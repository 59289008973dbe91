use super::{Arguments, Categories, Cell, Column, Frame, Method, MethodError, run};

fn frame() -> Frame {
    Frame::new(vec![
        ("sektor".into(), Column::Text(Categories::of(["a", "a", "b", "b"].map(Some)))),
        ("upah per bulan".into(), Column::Number(vec![1.0, 3.0, 5.0, f64::NAN])),
        ("select".into(), Column::Number(vec![1.0, 1.0, 2.0, 2.0])),
        ("kacau".into(), Column::Text(Categories::of(["1", "dua", "3", "4"].map(Some)))),
    ])
    .unwrap()
}

fn quantiles(value: &str, by: &[&str]) -> Result<super::Outcome, MethodError> {
    let by: Vec<String> = by.iter().map(|name| (*name).to_owned()).collect();
    let arguments = Arguments::default().with("value", value).with("probabilities", "0.5");
    run(Method::find("quantiles").unwrap(), &frame(), &by, &arguments)
}

#[test]
fn a_name_with_spaces_or_a_keyword_is_a_column() {
    assert_eq!(quantiles("upah per bulan", &[]).unwrap().tables[0].rows[0][1], Cell::Number(3.0));
    assert_eq!(quantiles("`upah per bulan` * 12", &[]).unwrap().tables[0].rows[0][1], Cell::Number(36.0));
    assert_eq!(quantiles("select", &[]).unwrap().used, 4);
}

#[test]
fn missing_values_are_counted() {
    let outcome = quantiles("log(upah per bulan)", &[]);
    assert!(matches!(outcome, Err(MethodError::UnknownColumn { .. } | MethodError::Expression { .. })));
    let outcome = quantiles("log(`upah per bulan` - 1)", &[]).unwrap();
    assert_eq!((outcome.rows, outcome.used, outcome.left_out), (4, 2, 2));
}

#[test]
fn text_in_a_number_column_names_its_row() {
    let error = quantiles("kacau", &[]).unwrap_err();
    assert_eq!(
        error.text().id,
        "kolom `kacau`, baris 2: `dua` bukan bilangan; tulis bilangan sebagai 1234.5"
    );
}

#[test]
fn groups_are_computed_apart_and_the_empty_one_is_said() {
    let outcome = quantiles("`upah per bulan` / (select - 1)", &["sektor"]).unwrap();
    assert_eq!(outcome.tables[0].columns[0].id, "sektor");
    assert_eq!(outcome.tables[0].rows, vec![vec!["b".into(), Cell::Number(0.5), Cell::Number(5.0)]]);
    assert!(outcome.notes[0].text.en.starts_with("a: no row is left"));
}

#[test]
fn every_method_is_found_by_its_word_and_says_where_it_comes_from() {
    let mut words: Vec<&str> = super::METHODS.iter().map(|method| method.id).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), super::METHODS.len(), "two methods have one word");
    for method in super::METHODS {
        assert!(method.source.len() > 3 && method.example.starts_with(method.id), "{}", method.id);
        let both = [method.title, method.question, method.definition];
        assert!(both.iter().flatten().all(|text| !text.is_empty()), "{}", method.id);
    }
    assert!(super::METHODS.is_sorted_by_key(|method| method.group), "the order of the chapters");
}
