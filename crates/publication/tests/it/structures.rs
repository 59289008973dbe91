use publication::structure::Structure;

use crate::sample;
use crate::sdmx::{Asked, PLAIN, ask, body};

#[test]
fn codes_carry_their_edition_and_are_safe() {
    let cube = sample::cube();
    let structure = Structure::new(&cube.dataset, &cube.title, &cube.dimensions, &cube.measures);
    let ids: Vec<&str> = structure.key.iter().map(|dimension| dimension.id.as_str()).collect();
    assert_eq!(ids, ["FREQ", "REF_AREA", "MEASURE", "ACTIVITY"]);
    let codes = |dimension: usize| -> Vec<&str> {
        structure.key[dimension].codes.iter().map(|code| code.id.as_str()).collect()
    };
    assert_eq!(codes(1), ["ID", "ID31", "ID32", "ID3204"]);
    assert_eq!(codes(3), ["_T", "KBLI2020_C", "KBLI2020_10", "KBLI2020_G"]);
}

#[test]
fn hostile_codes_become_different_safe_ids() {
    let mut cube = sample::cube();
    for (member, code) in cube.dimensions[1].members.iter_mut().zip(["_T", "a b", "a.b", "é<&"]) {
        member.code = code.into();
    }
    cube.dimensions[1].classification = String::new();
    cube.dimensions[1].concept = "1 OBS_VALUE".into();
    cube.dimensions[2].concept = "MEASURE".into();
    let structure = Structure::new("9 x", &cube.title, &cube.dimensions, &cube.measures);
    assert_eq!(structure.dataset, "X9_x");
    let ids: Vec<&str> = structure.key.iter().map(|dimension| dimension.id.as_str()).collect();
    assert_eq!(ids, ["FREQ", "MEASURE", "X1_OBS_VALUE", "MEASURE_2"]);
    let codes: Vec<&str> = structure.key[2].codes.iter().map(|code| code.id.as_str()).collect();
    assert_eq!(codes, ["_T", "a_b", "a_b_2", "___"]);
}

#[test]
fn references_bring_what_belongs_together() {
    let (_folder, catalogue) = sample::catalogue();
    let names = |address: &str| -> Vec<String> {
        let text = body(ask(&catalogue, address, &PLAIN));
        let document = roxmltree::Document::parse(&text).unwrap();
        let structures = document.descendants().find(|node| node.tag_name().name() == "Structures").unwrap();
        structures
            .children()
            .filter(|node| node.is_element())
            .flat_map(|container| container.children().filter(|node| node.is_element()))
            .map(|node| format!("{} {}", node.tag_name().name(), node.attribute("id").unwrap()))
            .collect()
    };
    assert_eq!(names("v1/dataflow"), ["Dataflow NPD_TEST"]);
    assert_eq!(names("v1/dataflow?references=children"), ["Dataflow NPD_TEST", "DataStructure NPD_TEST"]);
    assert_eq!(
        names("v1/dataflow?references=parents"),
        [
            "Dataflow NPD_TEST",
            "Categorisation CAT_NPD_TEST",
            "ContentConstraint CC_NPD_TEST",
            "ProvisionAgreement PA_NPD_TEST"
        ]
    );
    insta::assert_snapshot!(names("v1/dataflow/NPD/NPD_TEST/latest?references=all").join("\n"), @r#"
DataProviderScheme DATA_PROVIDERS
Dataflow NPD_TEST
CategoryScheme TOPICS
Categorisation CAT_NPD_TEST
Codelist CL_CONF_STATUS
Codelist CL_DECIMALS
Codelist CL_FREQ
Codelist CL_KBLI2020
Codelist CL_NPD_TEST_MEASURE
Codelist CL_OBS_STATUS
Codelist CL_SYNTHETIC
Codelist CL_UNIT_MEASURE
Codelist CL_UNIT_MULT
Codelist CL_WILAYAH
ConceptScheme CONCEPTS
DataStructure NPD_TEST
ContentConstraint CC_NPD_TEST
ProvisionAgreement PA_NPD_TEST
"#);
    assert_eq!(
        names("v1/datastructure/all/NPD_TEST?references=dataflow"),
        ["Dataflow NPD_TEST", "DataStructure NPD_TEST"]
    );
}

#[test]
fn stubs_say_where_the_rest_is() {
    let (_folder, catalogue) = sample::catalogue();
    let text = body(ask(&catalogue, "v1/dataflow?detail=allstubs", &PLAIN));
    assert!(
        text.contains("structureURL=\"https://npd.example/sdmx/v1/dataflow/NPD/NPD_TEST/1.0\""),
        "{text}"
    );
    assert!(!text.contains("str:Structure>"), "{text}");
}

#[test]
fn a_part_of_a_code_list_says_that_it_is_one() {
    let (_folder, catalogue) = sample::catalogue();
    let text = body(ask(&catalogue, "v1/codelist/NPD/CL_KBLI2020/latest/KBLI2020_10", &PLAIN));
    assert!(text.contains("isPartial=\"true\"") && text.contains("id=\"KBLI2020_10\""), "{text}");
    assert!(!text.contains("KBLI2020_G") && !text.contains("str:Parent"), "{text}");
}

#[test]
fn names_come_in_both_languages_the_readers_first() {
    let (_folder, catalogue) = sample::catalogue();
    let text = body(ask(&catalogue, "v1/codelist/NPD/CL_KBLI2020", &Asked { language: Some("en"), ..PLAIN }));
    let english = text.find("All activities").unwrap();
    let indonesian = text.find("Semua lapangan usaha").unwrap();
    assert!(english < indonesian);
}
