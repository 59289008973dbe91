use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::classification::Classification;

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

/// Names as registers have them: words that many share, slips, spaces left out, legal forms.
fn some_enterprise() -> impl Strategy<Value = Enterprise> {
    let word = prop_oneof![
        4 => proptest::sample::select(vec![
            "jaya", "Djaja", "raya", "makmur", "makmoer", "batik", "Batiek", "sari", "Sari2", "mubarok", "food",
            "mubarokfood", "PT", "UD.", "cipta", "karya", "mandiri", "Ma'mur", "x", "12", "13", "石", "phutra",
            "sumber rejeki abadi", "sumberrejeki", "perkasa", "prakasa",
        ]).prop_map(str::to_owned),
        1 => "[a-f]{1,9}",
    ];
    let name = proptest::collection::vec(word, 0..5).prop_map(|words| words.join(" "));
    let region = proptest::sample::select(vec!["", "3", "33", "3319", "3374", "3375", "51", "5171", "é1"]);
    let number = proptest::option::weighted(0.1, 0_u8..3);
    (name.clone(), name, region, number.clone(), number).prop_map(|(name, trade, region, nib, npwp)| {
        Enterprise {
            name,
            trade_name: trade,
            region: region.into(),
            nib: nib.and_then(|last| Nib::parse(&format!("912000311234{last}")).ok()),
            npwp: npwp.and_then(|last| Npwp::parse(&format!("01234567890123{last}")).ok()),
            ..Enterprise::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// The quick way finds what comparing each with each finds, no more, no less, and for the same reason.
    #[test]
    fn doubles_are_found_as_if_each_were_compared_with_each(
        all in proptest::collection::vec(some_enterprise(), 0..40),
    ) {
        let mut doubles = doubles::Doubles::default();
        for (at, one) in all.iter().enumerate() {
            let plain: Vec<(usize, Likeness)> = all[..at]
                .iter()
                .enumerate()
                .filter_map(|(number, other)| Some((number, likeness(one, other)?)))
                .collect();
            prop_assert_eq!(doubles.alike(one), plain);
            prop_assert_eq!(doubles.add(one), at);
        }
    }
}

fn regions() -> Classification {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../classifications");
    let file = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    Classification::parse(&file("regions.toml"), &file("regions.csv")).unwrap()
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_region_is_taken_by_its_code_or_by_a_name_that_is_one() {
    let regions = regions();
    let organisations = [];
    let lists =
        Read { activities: None, regions: Some(&regions), organisations: &organisations, this_year: 2026 };
    let region = |written: &str| {
        read(&values(&[("name", "CV Contoh"), ("region", written)]), &lists)
            .map(|read| read.enterprise.region)
    };
    for (written, code) in [
        ("3374", "3374"),
        ("3374 Kota Semarang", "3374"),
        ("Kota Semarang", "3374"),
        ("KAB. SEMARANG", "3322"),
        ("kabupaten semarang", "3322"),
        ("Rembang", "3317"),
    ] {
        assert_eq!(region(written).unwrap(), code, "{written}");
    }
    let either = region("Semarang").unwrap_err();
    assert!(either[0].message.id.contains("3322") && either[0].message.id.contains("3374"), "{either:?}");
    assert!(region("Atlantis").unwrap_err()[0].message.id.contains("bukan kode atau nama"));
}

#[test]
fn what_is_written_is_read_back_unchanged() {
    let organisations = ["blk".to_owned()];
    let lists = Read { activities: None, regions: None, organisations: &organisations, this_year: 2026 };
    let enterprise = Enterprise {
        name: "UD Batik \"Lasem\" Indah".into(),
        nib: Nib::parse("9120003112345").ok(),
        region: "3317".into(),
        founded: Some(1998),
        ownership: Some(Ownership::Sole),
        organisation: Some("blk".into()),
        union: Some(false),
        exports: Some(true),
        export_share: Some(12.5),
        buyers: vec!["Toko A".into(), "Toko B".into()],
        ..Enterprise::default()
    };
    let mut workforce = Workforce { year: 2025, sales: Some(1_250_000_000), ..Workforce::default() };
    workforce.permanent.female = Some(0);
    let back = read(&written(&enterprise, Some(&workforce)), &lists).unwrap();
    assert_eq!((back.enterprise.clone(), back.workforce), (enterprise.clone(), Some(workforce)));
    let known = batch::Known { enterprise, workforce: Some(workforce) };
    let row = |pairs: &[(&str, &str)]| batch::Row { number: 2, values: values(pairs) };
    let mut findings = Vec::new();
    let mut meaning =
        |pairs: &[(&str, &str)]| batch::meaning(&row(pairs), Some(&known), &lists, &mut findings);
    assert_eq!(meaning(&[]), batch::Meaning::Same, "columns that are left out change nothing");
    let batch::Meaning::Changed { enterprise: Some(changed), workforce: None } = meaning(&[("exports", "")])
    else {
        panic!("an emptied cell says unknown")
    };
    assert_eq!(changed.exports, None);
    let batch::Meaning::Changed { enterprise: None, workforce: Some(counted) } =
        meaning(&[("workforce_year", "2026"), ("permanent_male", "4")])
    else {
        panic!("another year")
    };
    assert_eq!(
        (counted.year, counted.sales),
        (2026, None),
        "the sales of the old year are not those of the new"
    );
    assert_eq!(meaning(&[("founded", "besok")]), batch::Meaning::Refused);
    assert_eq!(
        (findings[0].row, findings[0].column.as_str(), findings[0].value.as_str()),
        (2, "founded", "besok")
    );
}

#[test]
fn an_extract_says_in_its_own_words_what_the_register_asks() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../extracts/wlkp.toml");
    let text = std::fs::read_to_string(root).unwrap();
    let extract = Extract::parse(&text).unwrap();
    let mut row = values(&[("ownership", "perseroan  terbatas"), ("foreign_owned", "PMA"), ("union", "ada")]);
    extract.translate(&mut row);
    assert_eq!((row["ownership"].as_str(), row["foreign_owned"].as_str()), ("company", "ya"));
    assert_eq!(row["union"], "ada", "what the register reads itself stays");
    let wrong = Extract::parse(&text.replace("[values.union]", "[values.onion]")).unwrap_err();
    assert!(wrong.0.en.contains("`onion` is no field"), "{wrong}");
}
