//! A small release with everything that matters: held-back cells, missing values, hostile words.

use disclosure::{ProtectedCube, ProtectionPlan, protect};
use domain::cube::{Cube, Dimension, Provenance};
use domain::language::Text;
use domain::release::{Manifest, QualityReport, SnapshotReference};
use jiff::Timestamp;
use publication::{Catalogue, Draft, Release, Table};
use testkit::cube::{Respondent, additive, count, hierarchy, quantile, ratio, tabulate, time};

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment written in a test")
}

/// The day on which the tests take place.
pub(crate) fn now() -> Timestamp {
    moment("2026-06-01T00:00:00Z")
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn label(dimension: &mut Dimension, labels: &[(&str, &str, &str)]) {
    for member in &mut dimension.members {
        if let Some((_, id, en)) = labels.iter().find(|(code, _, _)| *code == member.code) {
            member.label = Text::new(*id, *en);
        }
    }
}

/// Two years, two sections, two provinces of which one has a regency.
pub(crate) fn dimensions() -> Vec<Dimension> {
    let mut activity = hierarchy(
        "activity",
        "ACTIVITY",
        &["total", "section", "division"],
        &[("C".to_owned(), strings(&["10"])), ("G".to_owned(), Vec::new())],
    );
    activity.classification = "KBLI2020".into();
    activity.label = Text::new("Lapangan usaha", "Activity");
    label(
        &mut activity,
        &[
            ("_T", "Semua lapangan usaha", "All activities"),
            ("C", "Industri \"pengolahan\", <besar & kecil>", "Manufacturing, \"big & <small>\""),
            ("10", "Makanan", "Food"),
            ("G", "Perdagangan", "Trade"),
        ],
    );
    let mut region = hierarchy(
        "region",
        "REF_AREA",
        &["total", "province", "regency"],
        &[("31".to_owned(), Vec::new()), ("32".to_owned(), strings(&["3204"]))],
    );
    region.classification = "WILAYAH".into();
    region.label = Text::new("Wilayah", "Region");
    label(
        &mut region,
        &[
            ("_T", "Indonesia", "Indonesia"),
            ("31", "DKI Jakarta", "DKI Jakarta"),
            ("32", "Jawa Barat", "West Java"),
            ("3204", "Bandung", "Bandung"),
        ],
    );
    vec![time(&strings(&["2022", "2023"])), activity, region]
}

/// The unprotected cube. In section G of Jakarta stands a single enterprise.
pub(crate) fn cube() -> Cube {
    let dimensions = dimensions();
    let place =
        |code: &str, dimension: usize| dimensions[dimension].member(code).expect("a code of the sample");
    let mut respondents = Vec::new();
    let mut holding = 0;
    for (year, growth) in [("2022", 1.0), ("2023", 1.25)] {
        for (activity, region, count, size) in
            [("10", "31", 6, 100.0), ("10", "3204", 7, 40.0), ("G", "31", 1, 731.0), ("G", "3204", 5, 20.0)]
        {
            for at in 0..count {
                holding += 1;
                let value = (size + f64::from(at) * 3.5) * growth;
                respondents.push(Respondent {
                    members: vec![place(year, 0), place(activity, 1), place(region, 2)],
                    holding,
                    values: vec![value, f64::from(10 + at)],
                });
            }
        }
    }
    let measures = vec![
        count("ENTERPRISES"),
        additive("VALUE_ADDED"),
        additive("PERSONS_ENGAGED"),
        ratio("LP", "VALUE_ADDED", "PERSONS_ENGAGED"),
        quantile("VALUE_ADDED_P50", 0.5),
    ];
    let mut cube = tabulate("NPD_TEST", dimensions, measures, &respondents);
    cube.title = Text::new("Produktivitas contoh", "Sample productivity");
    cube.provenance = Provenance {
        synthetic: true,
        source: Text::new("Survei contoh, simulasi", "Sample survey, simulated"),
        licence: "CC BY 4.0".into(),
        snapshot: "sample-1".into(),
        price_basis: Text::new("Harga konstan 2020", "Constant 2020 prices"),
        quantile_definition: "inverse-ecdf".into(),
    };
    cube
}

/// Few contributors and dominant ones are protected.
pub(crate) fn plan() -> ProtectionPlan {
    ProtectionPlan {
        threshold: Some(3),
        p_percent: Some(10.0),
        quantile_contributors_min: 6,
        ..Default::default()
    }
}

pub(crate) fn protected() -> ProtectedCube {
    protect(cube(), &plan(), None, &()).expect("the sample can be protected").0
}

pub(crate) fn table() -> Table {
    Table::new(protected())
}

pub(crate) fn manifest(vintage: u32) -> Manifest {
    Manifest {
        id: format!("npd_test-{vintage}"),
        dataset: "NPD_TEST".into(),
        vintage,
        title: Text::new("Produktivitas contoh", "Sample productivity"),
        note: Text::new("Untuk uji coba.", "For tests."),
        created_at: moment(&format!("2026-0{vintage}-15T08:00:00Z")),
        embargo_until: None,
        supersedes: (vintage > 1).then(|| format!("npd_test-{}", vintage - 1)),
        synthetic: true,
        source: Text::new("Survei contoh, simulasi", "Sample survey, simulated"),
        licence: "CC BY 4.0".into(),
        plan: String::new(),
        snapshot: SnapshotReference {
            id: "sample-1".into(),
            survey: "sample".into(),
            taken_at: moment("2026-01-01T00:00:00Z"),
            checksum: String::new(),
        },
        classifications: Vec::new(),
        files: Vec::new(),
        quality: QualityReport::default(),
        program: "0.1.0".into(),
    }
}

/// Publishes a vintage of the sample.
pub(crate) fn publish(catalogue: &Catalogue, vintage: u32) -> Release {
    let cube = protected().to_bytes();
    let confidential: &[(&str, &[u8])] = &[("proof.lumbung", b"proof")];
    let draft = Draft { manifest: manifest(vintage), cube: &cube, confidential, files: &[] };
    catalogue.publish(draft).expect("the sample can be published")
}

/// A catalogue with the sample's first vintage, in a folder that goes with the test.
pub(crate) fn catalogue() -> (tempfile::TempDir, Catalogue) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let catalogue = Catalogue::open(folder.path().join("releases")).expect("an empty catalogue");
    publish(&catalogue, 1);
    (folder, catalogue)
}
