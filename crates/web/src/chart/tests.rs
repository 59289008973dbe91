use domain::language::Language;

use super::line::{LineChart, Point, Series, Span};
use super::{Caption, Tone, bar, bullet, dumbbell, range};
use crate::speech::Speech;

const ID: Speech = Speech(Language::Id);

fn caption() -> Caption {
    Caption { id: "t".into(), title: "Judul & isi".into(), description: "Pesan <utama>".into() }
}

fn line(points: Vec<Point>) -> LineChart {
    LineChart {
        caption: caption(),
        series: vec![Series { name: "Hasil".into(), tone: Tone::Main, points }],
        spans: Vec::new(),
        reference: None,
        from_zero: false,
        decimals: 1,
    }
}

#[test]
fn a_missing_year_is_dashed_and_a_weak_source_hollow() {
    let mut points: Vec<Point> =
        [(2018, 82.6), (2019, 85.0), (2020, 83.5)].map(|(y, v)| Point::new(y, Some(v))).into();
    points.push(Point::new(2021, None));
    points.push(Point { weak: true, ..Point::new(2022, Some(86.55)) });
    let drawn = line(points).draw(ID);
    let svg = drawn.picture.to_string();
    assert_eq!(svg.matches("ln g-main dash").count(), 2, "one dash in each drawing");
    assert_eq!(svg.matches("f-paper g-main").count(), 2, "one ring in each drawing");
    assert_eq!(drawn.axis_starts_at, Some(82.0));
    insta::assert_snapshot!(drawn.picture.wide.marks.replace("><", ">\n<"), @r#"
    <line class="g-axis" x1="30" y1="270" x2="574" y2="270"/>
    <text class="end t3" x="22" y="274">82</text>
    <line class="g-grid" x1="30" y1="220" x2="574" y2="220"/>
    <text class="end t3" x="22" y="224">83</text>
    <line class="g-grid" x1="30" y1="170" x2="574" y2="170"/>
    <text class="end t3" x="22" y="174">84</text>
    <line class="g-grid" x1="30" y1="120" x2="574" y2="120"/>
    <text class="end t3" x="22" y="124">85</text>
    <line class="g-grid" x1="30" y1="70" x2="574" y2="70"/>
    <text class="end t3" x="22" y="74">86</text>
    <line class="g-grid" x1="30" y1="20" x2="574" y2="20"/>
    <text class="end t3" x="22" y="24">87</text>
    <text class="mid t3" x="38" y="292">2018</text>
    <text class="mid t3" x="170" y="292">2019</text>
    <text class="mid t3" x="302" y="292">2020</text>
    <text class="mid t3" x="434" y="292">2021</text>
    <text class="mid t3" x="566" y="292">2022</text>
    <path class="ln g-main" d="M38 240L170 120L302 195"/>
    <path class="ln g-main dash" d="M302 195L566 42.5"/>
    <circle class="f-paper g-main" stroke-width="2.5" cx="566" cy="42.5" r="5"/>
    <text class="tm" x="580" y="46.5">86,5</text>
    <circle class="f-main" cx="38" cy="240" r="3.5"/>
    <text class="t1 halo" x="34" y="260">82,6</text>
    "#);
}

#[test]
fn text_is_escaped_and_ids_differ_between_the_drawings() {
    let svg =
        line(vec![Point::new(2020, Some(1.0)), Point::new(2021, Some(2.0))]).draw(ID).picture.to_string();
    assert!(svg.contains("<title id=\"tw-t\">Judul &amp; isi</title>") && svg.contains("id=\"tn-d\""));
    assert!(svg.contains("Pesan &lt;utama&gt;"));
}

#[test]
fn nothing_known_is_a_picture_without_marks_and_no_panic() {
    for points in [
        vec![],
        vec![Point::new(2020, None)],
        vec![Point::new(2020, Some(f64::NAN))],
        vec![Point::new(2020, Some(0.0))],
    ] {
        let svg = line(points).draw(ID).picture.to_string();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
    let spans = LineChart {
        spans: vec![Span { from: 2010, to: 2013, value: 11.0, name: "Tahap I".into() }],
        ..line(vec![])
    };
    assert!(spans.draw(ID).picture.to_string().contains("11,0 Tahap I"));
}

#[test]
fn bars_start_at_zero_and_negative_ones_go_the_other_way() {
    let row = |name: &str, value| bar::Row { name: name.into(), value: Some(value), ..bar::Row::default() };
    let chart = bar::BarChart {
        caption: caption(),
        rows: vec![row("Naik", 10.0), row("Turun", -5.0)],
        reference: None,
        decimals: 0,
    };
    insta::assert_snapshot!(chart.draw(ID).wide.marks.replace("><", ">\n<"), @r#"
    <text class="t1 end" x="60" y="25">Naik</text>
    <text class="tm end" x="94" y="25">10</text>
    <rect class="f-main" x="301.3" y="14" width="386.7" height="13"/>
    <text class="t1 end" x="60" y="51">Turun</text>
    <text class="tm end" x="94" y="51">−5</text>
    <rect class="f-main" x="108" y="40" width="193.3" height="13"/>
    <line class="g-axis" x1="301.3" y1="4" x2="301.3" y2="60"/>
    "#);
}

#[test]
fn a_range_shows_median_middle_half_and_most() {
    let chart = range::RangeChart {
        caption: caption(),
        rows: vec![
            range::Row {
                name: "Makanan".into(),
                middle: Some(58.4),
                half: Some((31.2, 104.7)),
                most: Some((20.0, 150.0)),
                tone: Tone::Main,
            },
            range::Row { name: "Ditahan".into(), ..range::Row::default() },
        ],
        reference: Some((54.9, "keseluruhan 54,9".into())),
        decimals: 1,
    };
    let picture = chart.draw(ID);
    assert!(!picture.to_string().contains("Ditahan"), "a row without a value is not drawn");
    insta::assert_snapshot!(picture.wide.marks.replace("><", ">\n<"), @r#"
    <line class="g-axis" x1="114.8" y1="20" x2="114.8" y2="54"/>
    <text class="mid t3" x="114.8" y="12">0</text>
    <line class="g-grid" x1="209.6" y1="20" x2="209.6" y2="54"/>
    <text class="mid t3" x="209.6" y="12">25</text>
    <line class="g-grid" x1="304.5" y1="20" x2="304.5" y2="54"/>
    <text class="mid t3" x="304.5" y="12">50</text>
    <line class="g-grid" x1="399.4" y1="20" x2="399.4" y2="54"/>
    <text class="mid t3" x="399.4" y="12">75</text>
    <line class="g-grid" x1="494.3" y1="20" x2="494.3" y2="54"/>
    <text class="mid t3" x="494.3" y="12">100</text>
    <line class="g-grid" x1="589.1" y1="20" x2="589.1" y2="54"/>
    <text class="mid t3" x="589.1" y="12">125</text>
    <line class="g-grid" x1="684" y1="20" x2="684" y2="54"/>
    <text class="mid t3" x="684" y="12">150</text>
    <line class="g-alt dash thin" x1="323.1" y1="20" x2="323.1" y2="54"/>
    <text class="ta" x="328.1" y="67">keseluruhan 54,9</text>
    <text class="t1 end" x="60" y="43">Makanan</text>
    <text class="tm end" x="100.8" y="43">58,4</text>
    <line class="g-ctx whisker" x1="190.7" y1="39" x2="684" y2="39"/>
    <line class="g-ctx band" x1="233.2" y1="39" x2="512.1" y2="39"/>
    <circle class="f-main" cx="336.4" cy="39" r="5.5"/>
    "#);
}

#[test]
fn a_change_for_the_worse_has_the_counter_colour() {
    let chart = dumbbell::Dumbbell {
        caption: caption(),
        rows: vec![
            dumbbell::Row { name: "Naik".into(), before: 10.0, after: 20.0 },
            dumbbell::Row { name: "Turun".into(), before: 20.0, after: 10.0 },
        ],
        better_is_more: Some(true),
        decimals: 0,
    };
    let marks = chart.draw(ID).wide.marks;
    assert_eq!((marks.matches("g-main whisker").count(), marks.matches("g-alt whisker").count()), (1, 1));
}

#[test]
fn bars_in_cells_share_a_scale() {
    let marks = |svg: String| svg.split_once('>').map_or(String::new(), |(_, marks)| marks.to_owned());
    assert_eq!(
        marks(bar::in_cell(Some(50.0), 100.0, Tone::Main, Some(25.0))),
        "<rect class=\"f-main\" width=\"60\" height=\"10\"/>\
         <rect class=\"tick\" x=\"30\" width=\"0.7\" height=\"10\"/></svg>"
    );
    assert_eq!(
        marks(bullet::in_cell(None, 4.0, 5.0)),
        "<rect class=\"f-soft\" y=\"1\" width=\"120\" height=\"10\"/>\
         <rect class=\"f-alt\" x=\"96\" width=\"1.5\" height=\"12\"/></svg>"
    );
}
