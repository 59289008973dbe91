use std::collections::HashMap;

use domain::language::Language;

use super::{AreaMap, AreaValue, Geometry, round_breaks};
use crate::chart::Caption;
use crate::speech::Speech;

const ID: Speech = Speech(Language::Id);

fn geometry() -> Geometry {
    let areas: Vec<String> = (0..8)
        .map(|at| {
            format!(
                r#"{{"code":"{at}","path":"M{x} 10h20v20h-20z","centre":[{c},20]}}"#,
                x = at * 60,
                c = at * 60 + 10
            )
        })
        .collect();
    let text = r#"{"id":"batas 2022","en":"boundaries of 2022"}"#;
    Geometry::parse(&format!(
        r#"{{"width":500,"height":200,"vintage":{text},"source":{text},"areas":[{}]}}"#,
        areas.join(",")
    ))
    .unwrap()
}

fn map(geometry: &Geometry) -> AreaMap<'_> {
    let value = |at: i32| AreaValue {
        value: (at != 3).then_some(f64::from(at * 10 + 5)),
        name: format!("Provinsi {at}"),
        words: if at == 3 { "ditahan".into() } else { format!("Rp {}", at * 10 + 5) },
        href: format!("/provinces/{at}"),
    };
    AreaMap {
        caption: Caption { id: "m".into(), title: "Peta".into(), description: "Isi".into() },
        geometry,
        values: (0..8).map(|at| (at.to_string(), value(at))).collect::<HashMap<_, _>>(),
        breaks: vec![20.0, 40.0, 60.0],
        decimals: 0,
        without: "map-none",
    }
}

#[test]
fn a_province_without_a_value_is_hatched_and_has_its_own_class() {
    let geometry = geometry();
    let map = map(&geometry);
    let svg = map.element();
    assert!(svg.contains("fill=\"url(#m-hatch)\"") && svg.contains("<title>Provinsi 3: ditahan</title>"));
    let classes: Vec<String> = map
        .legend(ID)
        .iter()
        .map(|class| format!("{} {} {}", class.style, class.bounds, class.areas))
        .collect();
    insta::assert_snapshot!(classes.join("\n"), @r#"
    q1 <20 2
    q2 20–40 1
    q4 40–60 2
    q6 ≥60 2
    none belum ada data atau ditahan 1
    "#);
    assert_eq!(svg.matches("map-label").count(), 4, "two highest and two lowest are named");
}

#[test]
fn breaks_are_round_and_rise() {
    for values in [
        vec![
            11.1, 12.0, 16.0, 19.3, 21.0, 23.0, 25.0, 28.0, 31.0, 33.0, 36.0, 38.0, 45.0, 78.5, 83.1, 126.4,
            158.0,
        ],
        vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
        vec![5.0, 5.0, 5.0],
        vec![-3.0, 0.0, 2.0, 9.0],
        vec![],
    ] {
        let breaks = round_breaks(values.clone());
        assert!(breaks.len() <= 5, "{breaks:?}");
        assert!(breaks.windows(2).all(|pair| pair[0] < pair[1]), "{values:?} gave {breaks:?}");
    }
}
