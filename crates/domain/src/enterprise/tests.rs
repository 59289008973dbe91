use std::collections::BTreeMap;

use proptest::prelude::*;

use super::name::{index_words, is_near, keys, similarity, slips, words};
use super::*;

fn entry(fields: &[(&str, &str)]) -> Result<Entry, Vec<Fault>> {
    let organisations = ["blk".to_owned()];
    let lists = Read { activities: None, regions: None, organisations: &organisations, this_year: 2026 };
    let mut values: BTreeMap<String, String> =
        [("name", "CV Contoh"), ("region", "3319")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
    values.extend(fields.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())));
    read(&values, &lists)
}

#[test]
fn numbers_of_the_state_are_taken_as_people_write_them() {
    for (input, expected) in [
        ("9120.0031-12345", Some("9120003112345")),
        ("9120003112345", Some("9120003112345")),
        ("912000311234", None),
        ("91200031123456", None),
        ("0000000000000", None),
        ("91200031I2345", None),
        ("", None),
    ] {
        assert_eq!(Nib::parse(input).ok().as_ref().map(Nib::as_str), expected, "{input}");
    }
    for (input, expected) in [
        ("01.234.567.8-901.000", Some("012345678901000")),
        ("0012345678901000", Some("0012345678901000")),
        ("12345", None),
    ] {
        assert_eq!(Npwp::parse(input).ok().as_ref().map(Npwp::as_str), expected, "{input}");
    }
}

#[test]
fn fields_are_read_or_explained() {
    let read = entry(&[
        ("nib", "9120003112345"),
        ("founded", "1998"),
        ("ownership", "partnership"),
        ("union", "tidak"),
        ("exports", "ya"),
        ("export_share", "12,5"),
        ("buyers", "PT Satu; PT Dua ;"),
        ("organisation", "blk BLK Semarang 2"),
        ("workforce_year", "2025"),
        ("permanent_male", "12"),
        ("casual_female", "1.250"),
        ("sales", "Rp 1.250.000.000"),
        ("contact_phone", "+62 812-3456-7890"),
        ("contact_email", "Ibu@Usaha.co.id"),
    ])
    .unwrap();
    let enterprise = &read.enterprise;
    assert_eq!((enterprise.union, enterprise.bipartite, enterprise.exports), (Some(false), None, Some(true)));
    assert_eq!((enterprise.export_share, enterprise.organisation.as_deref()), (Some(12.5), Some("blk")));
    assert_eq!(enterprise.buyers, ["PT Satu", "PT Dua"]);
    let workforce = read.workforce.unwrap();
    assert_eq!((workforce.total(), workforce.male(), workforce.contract.male), (Some(1262), Some(12), None));
    assert_eq!(workforce.sales, Some(1_250_000_000));
    assert_eq!(read.contacts[0].email, "ibu@usaha.co.id");

    for (field, value, words) in [
        ("name", "  ", "Tulis nama usaha"),
        ("name", "---", "Tulis nama usaha"),
        ("region", "", "Pilih kabupaten"),
        ("nib", "123", "13 angka"),
        ("npwp", "abc", "15 atau 16 angka"),
        ("activity", "makanan", "KBLI 2020"),
        ("founded", "2027", "sampai 2026"),
        ("ownership", "raja", "Pilih salah satu"),
        ("union", "mungkin", "ya atau tidak"),
        ("export_share", "101", "antara 0 dan 100"),
        ("export_share", "NaN", "antara 0 dan 100"),
        ("organisation", "lain", "belum terdaftar"),
        ("permanent_male", "-3", "angka bulat"),
        ("permanent_male", "12.5", "angka bulat"),
        ("contract_female", "7", "Tulis tahun"),
        ("sales", "banyak", "rupiah penuh"),
        ("contact_phone", "telepon", "nomor telepon"),
        ("contact_email", "ibu@", "Tulis surel"),
    ] {
        let faults = entry(&[(field, value)]).unwrap_err();
        assert!(faults.iter().any(|fault| fault.message.id.contains(words)), "{field}={value}: {faults:?}");
    }
}

#[test]
fn nothing_said_is_not_zero() {
    let read = entry(&[("workforce_year", "2025")]).unwrap();
    assert_eq!(read.workforce, None);
    assert_eq!(read.contacts, []);
    assert_eq!(Workforce::default().total(), None);
}

#[test]
fn names_are_folded_to_what_they_sound_like() {
    for (name, expected) in [
        ("PT. Soekarno Djaja, Tbk", vec!["sukarno", "jaya"]),
        ("CV Mubarokfood Cipta Delicia", vec!["mubarokfod", "cipta", "delicia"]),
        ("UD", vec!["ud"]),
        ("", vec![]),
    ] {
        let folded: Vec<String> = words(name).into_iter().map(|word| word.replace("jaja", "jaya")).collect();
        assert_eq!(folded, expected, "{name}");
    }
    assert!(index_words("Mubarok Food").contains("mubarokfod"));
    assert_eq!(words("Chandra Phutra"), words("Candra Futra"));
}

#[test]
fn a_slip_of_the_pen_is_near_and_another_name_is_not() {
    for (typed, word, near) in [
        ("mubarok", "mubarokfod", true),
        ("mubarok", "mubarak", true),
        ("mubraok", "mubarok", true),
        ("sukasari", "sukosari", true),
        ("sukasari", "sumbersari", false),
        ("bali", "bala", true),
        ("bal", "bala", true),
        ("abc", "abd", false),
    ] {
        assert_eq!(is_near(typed, word), near, "{typed} {word}");
    }
}

#[test]
fn doubles_are_noticed_by_number_or_by_name_and_place() {
    let enterprise = |name: &str, region: &str, nib: &str| Enterprise {
        name: name.into(),
        region: region.into(),
        nib: Nib::parse(nib).ok(),
        ..Enterprise::default()
    };
    let one = enterprise("CV Mubarokfood Cipta Delicia", "3319", "9120003112345");
    for (other, expected) in [
        (enterprise("Apa Saja", "5101", "9120003112345"), "number"),
        (enterprise("Mubarok Food Cipta Delicia", "3319", ""), "name"),
        (enterprise("CV. MUBAROK FOOD CIPTA DELISIA", "3319", ""), "name"),
        (enterprise("Mubarokfood Cipta Delicia", "3374", ""), "name"),
        (enterprise("Mubarokfood Cipta Delicia", "5101", ""), "none"),
        (enterprise("Cipta Karya Mandiri", "3319", ""), "none"),
        (enterprise("Mubarok Tekstil", "3374", ""), "none"),
    ] {
        let found = match likeness(&one, &other) {
            Some(Likeness::SameNumber) => "number",
            Some(Likeness::Name(_)) => "name",
            None => "none",
        };
        assert_eq!(found, expected, "{} in {}", other.name, other.region);
    }
}

proptest! {
    /// Whatever the files hold, reading ends in an entry or in faults.
    #[test]
    fn reading_never_panics(values in proptest::collection::btree_map(
        proptest::sample::select(FIELDS.iter().map(|field| field.name.to_owned()).collect::<Vec<_>>()),
        ".{0,30}",
        0..8,
    )) {
        let lists = Read { activities: None, regions: None, organisations: &[], this_year: 2026 };
        let _ = read(&values, &lists);
    }

    #[test]
    fn likeness_of_names_is_symmetric_and_whole_for_the_same(one in ".{0,24}", other in ".{0,24}") {
        let (there, back) = (similarity(&one, &other), similarity(&other, &one));
        prop_assert!((0.0..=1.0).contains(&there), "{there}");
        prop_assert!((there - back).abs() < 1e-9);
        if !words(&one).is_empty() {
            prop_assert!((similarity(&one, &one) - 1.0).abs() < 1e-9);
        }
    }

    /// One slip in a word of more than three letters still finds it.
    #[test]
    fn one_slip_shares_a_key(word in "[a-p]{5,12}", at in 0_usize..5, letter in "[a-p]") {
        let filed = keys(&word);
        let mut typed: Vec<char> = word.chars().collect();
        typed[at] = letter.chars().next().unwrap();
        let typed: String = typed.into_iter().collect();
        prop_assert!(slips(&typed).iter().any(|key| filed.contains(key)), "{word} {typed}");
    }
}
