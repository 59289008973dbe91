use calamine::{Data, Reader};
use domain::language::Language;
use publication::{FORMATS, Figure, Rendering, Selection, Table, format};

use crate::sample;

/// Renders the sample.
pub(crate) fn render(id: &str, table: &Table, selection: &Selection, language: Language) -> Vec<u8> {
    let manifest = sample::manifest(1);
    let mut bytes = Vec::new();
    let rendering = Rendering::new(&manifest, table, selection, language);
    format::find(id).unwrap().write(&rendering, &mut bytes).unwrap();
    bytes
}

fn text(id: &str, choices: &[(&str, &str)], language: Language) -> String {
    let table = sample::table();
    let selection = Selection::parse(&table, choices.iter().copied()).unwrap();
    String::from_utf8(render(id, &table, &selection, language)).unwrap()
}

#[test]
fn ids_and_endings_of_formats_differ() {
    let mut ids: Vec<&str> = FORMATS.iter().map(|format| format.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), FORMATS.len());
    assert!(format::find("png").err().unwrap().to_string().contains("csv, xlsx"));
}

#[test]
fn csv_is_tidy_and_says_why_a_figure_is_held_back() {
    let choices = [("activity", "G,C"), ("region", "31"), ("measure", "VALUE_ADDED,LP"), ("year", "2023")];
    insta::assert_snapshot!(text("csv", &choices, Language::Id), @r#"
Dataset,Rilis,TIME_PERIOD,Tahun,ACTIVITY (KBLI2020),Lapangan usaha,REF_AREA (WILAYAH),Wilayah,MEASURE,Ukuran,Satuan,Nilai,Status,OBS_STATUS,CONF_STATUS,Banyaknya perusahaan,Dasar harga,Data simulasi,Sumber
NPD_TEST,npd_test-1,2023,2023,C,"Industri ""pengolahan"", <besar & kecil>",31,DKI Jakarta,VALUE_ADDED,VALUE_ADDED,ribu rupiah,,ditahan: agar angka lain yang ditahan tidak dapat dihitung,Q,D,1-9,Harga konstan 2020,ya,"Survei contoh, simulasi"
NPD_TEST,npd_test-1,2023,2023,C,"Industri ""pengolahan"", <besar & kecil>",31,DKI Jakarta,LP,LP,rasio,,ditahan: agar angka lain yang ditahan tidak dapat dihitung,Q,D,1-9,Harga konstan 2020,ya,"Survei contoh, simulasi"
NPD_TEST,npd_test-1,2023,2023,G,Perdagangan,31,DKI Jakarta,VALUE_ADDED,VALUE_ADDED,ribu rupiah,,ditahan: terlalu sedikit perusahaan,Q,C,1-9,Harga konstan 2020,ya,"Survei contoh, simulasi"
NPD_TEST,npd_test-1,2023,2023,G,Perdagangan,31,DKI Jakarta,LP,LP,rasio,,ditahan: terlalu sedikit perusahaan,Q,C,1-9,Harga konstan 2020,ya,"Survei contoh, simulasi"
"#);
    insta::assert_snapshot!(text("csv", &choices, Language::En), @r#"
Dataset,Release,TIME_PERIOD,Year,ACTIVITY (KBLI2020),Activity,REF_AREA (WILAYAH),Region,MEASURE,Measure,Unit,Value,Status,OBS_STATUS,CONF_STATUS,Number of enterprises,Price basis,Simulated data,Source
NPD_TEST,npd_test-1,2023,2023,C,"Manufacturing, ""big & <small>""",31,DKI Jakarta,VALUE_ADDED,VALUE_ADDED,thousand rupiah,,held back: so that another figure held back cannot be worked out,Q,D,1-9,Constant 2020 prices,yes,"Sample survey, simulated"
NPD_TEST,npd_test-1,2023,2023,C,"Manufacturing, ""big & <small>""",31,DKI Jakarta,LP,LP,ratio,,held back: so that another figure held back cannot be worked out,Q,D,1-9,Constant 2020 prices,yes,"Sample survey, simulated"
NPD_TEST,npd_test-1,2023,2023,G,Trade,31,DKI Jakarta,VALUE_ADDED,VALUE_ADDED,thousand rupiah,,held back: too few enterprises,Q,C,1-9,Constant 2020 prices,yes,"Sample survey, simulated"
NPD_TEST,npd_test-1,2023,2023,G,Trade,31,DKI Jakarta,LP,LP,ratio,,held back: too few enterprises,Q,C,1-9,Constant 2020 prices,yes,"Sample survey, simulated"
"#);
}

#[test]
fn metadata_explains_measures_and_states() {
    insta::assert_snapshot!(text("metadata-csv", &[("measure", "LP")], Language::En), @r#"
Part,Item,Text
Release,Title,Sample productivity
Release,Release id,npd_test-1
Release,Created,2026-01-15T08:00:00Z
Release,Kind of data,"Simulated data: made by a program, not by real enterprises"
Release,Source,"Sample survey, simulated"
Release,Licence,CC BY 4.0
Release,Price basis,Constant 2020 prices
Release,Definition of quantiles,inverse-ecdf
Release,Note,For tests.
Release,Rule of confidentiality,Cells with fewer than 3 enterprise groups are hidden.
Release,Rule of confidentiality,A cell is hidden if another could estimate its largest enterprise to within 10 % (p % rule).
Release,Rule of confidentiality,Quantiles and deviations are shown only where at least 6 groups stand behind them.
Release,Rule of confidentiality,Further cells are hidden so that those values cannot be computed back by outside readers and enterprises that are alone in a cell.
Dimension,Year,2 codes
Dimension,Activity,KBLI2020: 4 codes
Dimension,Region,WILAYAH: 4 codes
Measure,LP,LP
Measure,LP,Unit: ratio
Measure,LP,A measure for tests
Measure,LP,Formula: sum(VALUE_ADDED)/sum(PERSONS_ENGAGED)
Status,A/F,shown
Status,Q/C,held back: too few enterprises
Status,Q/C,held back: one or two enterprises are nearly all of it
Status,Q/D,held back: so that another figure held back cannot be worked out
Status,Q/C,held back: too few enterprises for a distribution
Status,O/F,no data
Status,A line that is absent,no enterprise is in that cell
"#);
}

#[test]
fn sdmx_csv_has_the_columns_of_its_edition() {
    let choices = [("ACTIVITY", "_T"), ("REF_AREA", "ID,ID31"), ("MEASURE", "LP")];
    insta::assert_snapshot!(text("sdmx-csv-1.0", &choices, Language::En), @r#"
DATAFLOW,FREQ,REF_AREA,MEASURE,ACTIVITY,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS,NUMBER_ENTERPRISES,UNIT_MEASURE,UNIT_MULT,DECIMALS,BASE_PER,PRICE_BASIS,SOURCE,LICENCE,VINTAGE,SYNTHETIC
NPD:NPD_TEST(1.0),A,ID,LP,_T,2022,7.932203389830509,A,F,19,RT,0,0,2020,Constant 2020 prices,"Sample survey, simulated",CC BY 4.0,npd_test-1,Y
NPD:NPD_TEST(1.0),A,ID,LP,_T,2023,9.915254237288135,A,F,19,RT,0,0,2020,Constant 2020 prices,"Sample survey, simulated",CC BY 4.0,npd_test-1,Y
NPD:NPD_TEST(1.0),A,ID31,LP,_T,2022,16.276470588235295,A,F,7,RT,0,0,2020,Constant 2020 prices,"Sample survey, simulated",CC BY 4.0,npd_test-1,Y
NPD:NPD_TEST(1.0),A,ID31,LP,_T,2023,20.345588235294116,A,F,7,RT,0,0,2020,Constant 2020 prices,"Sample survey, simulated",CC BY 4.0,npd_test-1,Y
"#);
    insta::assert_snapshot!(text("sdmx-csv-2.0", &choices[..2], Language::En).lines().take(3).collect::<Vec<_>>().join("\n"), @r#"
STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,MEASURE,ACTIVITY,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS,NUMBER_ENTERPRISES,UNIT_MEASURE,UNIT_MULT,DECIMALS,BASE_PER,PRICE_BASIS,SOURCE,LICENCE,VINTAGE,SYNTHETIC
dataflow,NPD:NPD_TEST(1.0.0),I,A,ID,ENTERPRISES,_T,2022,19,A,F,19,ENT,0,0,2020,Constant 2020 prices,"Sample survey, simulated",CC BY 4.0,npd_test-1,Y
dataflow,NPD:NPD_TEST(1.0.0),I,A,ID,ENTERPRISES,_T,2023,19,A,F,19,ENT,0,0,2020,Constant 2020 prices,"Sample survey, simulated",CC BY 4.0,npd_test-1,Y
"#);
}

#[test]
fn json_stat_is_sparse_and_keeps_states_apart() {
    let choices = [("ACTIVITY", "G"), ("MEASURE", "VALUE_ADDED"), ("year", "2023")];
    insta::assert_snapshot!(text("json-stat", &choices, Language::En), @r#"{"version":"2.0","class":"dataset","label":"Sample productivity","source":"Sample survey, simulated","updated":"2026-01-15T08:00:00Z","note":["Simulated data: made by a program, not by real enterprises","Constant 2020 prices"],"id":["TIME_PERIOD","ACTIVITY","REF_AREA","MEASURE"],"size":[1,1,4,1],"role":{"time":["TIME_PERIOD"],"geo":["REF_AREA"],"metric":["MEASURE"]},"dimension":{"TIME_PERIOD":{"label":"Year","category":{"index":["2023"],"label":{"2023":"2023"}}},"ACTIVITY":{"label":"Activity","category":{"index":["KBLI2020_G"],"label":{"KBLI2020_G":"Trade"}}},"REF_AREA":{"label":"Region","category":{"index":["ID","ID31","ID32","ID3204"],"label":{"ID":"Indonesia","ID31":"DKI Jakarta","ID32":"West Java","ID3204":"Bandung"}}},"MEASURE":{"label":"Measure","category":{"index":["VALUE_ADDED"],"label":{"VALUE_ADDED":"VALUE_ADDED"},"unit":{"VALUE_ADDED":{"label":"thousand rupiah","decimals":0}},"note":{"VALUE_ADDED":["A measure for tests"]}}}},"extension":{"dataset":"NPD_TEST","release":"npd_test-1","licence":"CC BY 4.0","synthetic":true,"status":{"C":"Confidential statistical information (primary)","D":"Secondary confidentiality, so that others cannot be worked out","..":"no data"}},"value":{"0":1082.5},"status":{"1":"C","2":"D","3":"D"}}"#);
}

#[test]
fn px_writes_every_combination_and_keeps_states_apart() {
    let choices = [("ACTIVITY", "G"), ("MEASURE", "VALUE_ADDED"), ("year", "2023")];
    let text = text("px", &choices, Language::En);
    let (head, data) = text.split_once("DATA=\n").unwrap();
    for line in [
        "STUB=\"Year\",\n\"Activity\",\n\"Region\";",
        "HEADING=\"Measure\";",
        "CODES(\"Region\")=\"ID\",\n\"ID31\",\n\"ID32\",\n\"ID3204\";",
        "UNITS(\"VALUE_ADDED\")=\"thousand rupiah\";",
        "TIMEVAL(\"Year\")=TLIST(A1),\"2023\";",
    ] {
        assert!(head.contains(line), "{line} is not in\n{head}");
    }
    assert!(head.contains("Simulated data"), "{head}");
    assert!(!head.contains("KEYS"), "{head}");
    assert_eq!(data, "1082.5\n\"..\"\n\"...\"\n\"...\"\n;\n");
    assert!(head.lines().all(|line| line.chars().count() <= 256), "{head}");
}

#[test]
fn sdmx_ml_and_json_tell_the_same_figures() {
    let choices = [("ACTIVITY", "G"), ("REF_AREA", "31"), ("MEASURE", "VALUE_ADDED,LP")];
    for id in ["sdmx-ml-2.1-generic", "sdmx-ml-2.1", "sdmx-ml-3.0"] {
        let text = text(id, &choices, Language::En);
        let document = roxmltree::Document::parse(&text).unwrap();
        let observations = document.descendants().filter(|node| node.tag_name().name() == "Obs").count();
        assert_eq!(observations, 4, "{id}");
    }
    insta::assert_snapshot!(text("sdmx-ml-2.1", &choices, Language::En), @r#"
<?xml version="1.0" encoding="UTF-8"?>
<mes:StructureSpecificData xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common" xmlns:ss="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific" xmlns:ns1="urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=NPD:NPD_TEST(1.0):ObsLevelDim:TIME_PERIOD" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><mes:Header><mes:ID>npd_test-1</mes:ID><mes:Test>false</mes:Test><mes:Prepared>2026-01-15T08:00:00Z</mes:Prepared><mes:Sender id="NPD"><com:Name xml:lang="id">Basis Data Produktivitas Nasional</com:Name><com:Name xml:lang="en">National Productivity Database</com:Name></mes:Sender>
<mes:Structure structureID="NPD_TEST" namespace="urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=NPD:NPD_TEST(1.0):ObsLevelDim:TIME_PERIOD" dimensionAtObservation="TIME_PERIOD"><com:Structure><Ref agencyID="NPD" id="NPD_TEST" version="1.0" class="DataStructure"/></com:Structure>
</mes:Structure>
<mes:DataSetAction>Information</mes:DataSetAction><mes:DataSetID>npd_test-1</mes:DataSetID><mes:Source xml:lang="id">Survei contoh, simulasi</mes:Source><mes:Source xml:lang="en">Sample survey, simulated</mes:Source></mes:Header>
<mes:DataSet ss:structureRef="NPD_TEST" xsi:type="ns1:DataSetType" ss:action="Information" ss:dataScope="DataStructure" BASE_PER="2020" PRICE_BASIS="Constant 2020 prices" SOURCE="Sample survey, simulated" LICENCE="CC BY 4.0" VINTAGE="npd_test-1" SYNTHETIC="Y"><Series FREQ="A" REF_AREA="ID31" MEASURE="VALUE_ADDED" ACTIVITY="KBLI2020_G" UNIT_MEASURE="IDR" UNIT_MULT="3" DECIMALS="0"><Obs TIME_PERIOD="2022" OBS_STATUS="Q" CONF_STATUS="C" NUMBER_ENTERPRISES="1-9"/><Obs TIME_PERIOD="2023" OBS_STATUS="Q" CONF_STATUS="C" NUMBER_ENTERPRISES="1-9"/></Series>
<Series FREQ="A" REF_AREA="ID31" MEASURE="LP" ACTIVITY="KBLI2020_G" UNIT_MEASURE="RT" UNIT_MULT="0" DECIMALS="0"><Obs TIME_PERIOD="2022" OBS_STATUS="Q" CONF_STATUS="C" NUMBER_ENTERPRISES="1-9"/><Obs TIME_PERIOD="2023" OBS_STATUS="Q" CONF_STATUS="C" NUMBER_ENTERPRISES="1-9"/></Series>
</mes:DataSet>
</mes:StructureSpecificData>
"#);
    insta::assert_snapshot!(text("sdmx-json-2.0", &choices, Language::En).split("\"dataSets\":[{").nth(1).unwrap(), @r#""structure":0,"action":"Information","links":[{"rel":"structure","urn":"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=NPD:NPD_TEST(1.0.0)"},{"rel":"dataflow","urn":"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=NPD:NPD_TEST(1.0.0)"}],"attributes":["2020","Constant 2020 prices","Sample survey, simulated","CC BY 4.0","npd_test-1",1],"series":{"0:0:0:0":{"attributes":[1,6,0],"observations":{"0":[null,2,1,"1-9"],"1":[null,2,1,"1-9"]}},"0:0:1:0":{"attributes":[2,3,0],"observations":{"0":[null,2,1,"1-9"],"1":[null,2,1,"1-9"]}}}}]},"errors":[]}"#);
    insta::assert_snapshot!(text("sdmx-json-1.0", &choices, Language::En).split("\"dataSets\":[{").nth(1).unwrap(), @r#""action":"Information","links":[{"rel":"structure","urn":"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=NPD:NPD_TEST(1.0)"},{"rel":"dataflow","urn":"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=NPD:NPD_TEST(1.0)"}],"attributes":[0,0,0,0,0,1],"series":{"0:0:0:0":{"attributes":[1,6,0],"observations":{"0":[null,2,1,0],"1":[null,2,1,0]}},"0:0:1:0":{"attributes":[2,3,0],"observations":{"0":[null,2,1,0],"1":[null,2,1,0]}}}}]},"errors":[]}"#);
}

#[test]
fn a_workbook_is_read_back_to_the_same_figures() {
    let table = sample::table();
    let bytes = render("xlsx", &table, &Selection::all(), Language::Id);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["Baca dulu", "Data"]);
    let read_me = book.worksheet_range("Baca dulu").unwrap();
    assert!(read_me.cells().any(|(_, _, cell)| cell.to_string().starts_with("Data simulasi")));
    let data = book.worksheet_range("Data").unwrap();
    assert_eq!(data.height(), table.len() + 1);
    let header: Vec<String> = data.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let column = |start: &str| header.iter().position(|title| title.starts_with(start)).unwrap();
    let (year, activity, region) = (column("TIME_PERIOD"), column("ACTIVITY"), column("REF_AREA"));
    let first_measure = column("ENTERPRISES");
    for row in data.rows().skip(1) {
        let code =
            |column: usize, dimension: usize| table.dimensions()[dimension].member(&row[column].to_string());
        let key = [code(year, 0), code(activity, 1), code(region, 2)].map(Option::unwrap);
        let cell = table.find(&key).unwrap();
        for measure in 0..table.measures().len() {
            match (table.figure(cell, measure), &row[first_measure + measure]) {
                (Figure::Value(value), Data::Float(read)) => assert_eq!(value, *read),
                (Figure::Withheld(_), Data::String(mark)) => assert!(["C", "D"].contains(&mark.as_str())),
                (Figure::Missing, Data::String(mark)) => assert_eq!(mark, ".."),
                (figure, read) => panic!("{figure:?} was written as {read:?}"),
            }
        }
    }
}

#[test]
fn the_same_release_gives_the_same_bytes() {
    let table = sample::table();
    for format in FORMATS {
        let once = render(format.id(), &table, &Selection::all(), Language::Id);
        let again = render(format.id(), &table, &Selection::all(), Language::Id);
        assert!(once == again, "{}", format.id());
    }
}

#[test]
fn a_choice_that_names_nothing_is_refused_by_name() {
    let table = sample::table();
    let parse = |name, codes| Selection::parse(&table, [(name, codes)]).err().map(|error| error.to_string());
    assert_eq!(parse("activity", "C,X9").as_deref(), Some("`activity` has no code `X9`"));
    assert_eq!(
        parse("planet", "C").as_deref(),
        Some(
            "`planet` is neither a dimension nor a measure of this dataset: choose one of year, activity, region, measure"
        )
    );
    assert_eq!(parse("activity", "KBLI2020_C"), None);
    assert_eq!(parse("TIME_PERIOD", "2023"), None);
    assert_eq!(parse("REF_AREA", "ID3204"), None);
}
