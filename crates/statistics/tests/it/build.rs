//! Small files of enterprises, a plan for them, and a catalogue with the codes they use.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray};
use domain::catalogue::Catalogue;
use domain::cube::{Cube, Provenance};
use domain::plan::{CubePlan, Plan};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use statistics::{Computation, Input, StatisticsError};

#[derive(Clone, Debug)]
pub(crate) struct Enterprise {
    pub id: String,
    pub holding: Option<String>,
    pub year: Option<i32>,
    pub activity: &'static str,
    pub province: i32,
    pub district: i32,
    pub persons: Option<f64>,
    pub output: Option<f64>,
    pub inputs: Option<f64>,
    pub labour_cost: Option<f64>,
    pub hours: Option<f64>,
    pub assets: Option<f64>,
    pub weight: Option<f64>,
}

impl Default for Enterprise {
    fn default() -> Self {
        Enterprise {
            id: "E1".into(),
            holding: None,
            year: Some(2024),
            activity: "10",
            province: 31,
            district: 3171,
            persons: Some(2.0),
            output: Some(100.0),
            inputs: Some(40.0),
            labour_cost: Some(30.0),
            hours: Some(4000.0),
            assets: Some(200.0),
            weight: Some(1.0),
        }
    }
}

impl Enterprise {
    pub(crate) fn value_added(&self) -> Option<f64> {
        Some(self.output? - self.inputs?)
    }

    pub(crate) fn productivity(&self) -> Option<f64> {
        let persons = self.persons.filter(|persons| *persons >= 1.0 / 128.0)?;
        Some(self.value_added()? / persons)
    }
}

pub(crate) const PLAN: &str = r#"
[cube]
dataset = "TEST"
title = { id = "Uji", en = "Test" }
money = { code = "IDR", multiplier = 6, label = { id = "juta rupiah", en = "million rupiah" } }

[[cube.dimension]]
id = "year"
concept = "TIME_PERIOD"
label = { id = "Tahun", en = "Year" }
time = true
column = "year"

[[cube.dimension]]
id = "activity"
concept = "ACTIVITY"
label = { id = "Lapangan usaha", en = "Activity" }
classification = "ACT"
levels = ["total", "section", "division"]
column = "activity"

[[cube.dimension]]
id = "region"
concept = "REF_AREA"
label = { id = "Wilayah", en = "Region" }
levels = ["total", "province", "district"]
level_columns = { province = "province", district = "district" }

[[cube.dimension]]
id = "size"
concept = "SIZE"
label = { id = "Ukuran", en = "Size" }
classification = "SIZE"
levels = ["total", "class"]
variable = "persons_engaged"
"#;

pub(crate) fn plan(text: &str) -> CubePlan {
    Plan::parse(text).unwrap().cube.unwrap()
}

pub(crate) fn catalogue() -> Catalogue {
    let level = |id: &str| format!("{{ id = \"{id}\", label = {{ id = \"{id}\", en = \"{id}\" }} }}");
    let header = |id: &str, levels: String| {
        format!(
            "id = \"{id}\"\ntitle = {{ id = \"a\", en = \"a\" }}\nsource = {{ id = \"a\", en = \"a\" }}\nlevels = [{levels}]\n"
        )
    };
    let activity = "code,parent,level,label_id,label_en\nC,,section,c,c\n10,C,division,f,f\n11,C,division,b,b\n\
                    1011,10,class,m,m\nG,,section,g,g\n47,G,division,r,r\n";
    let size = "code,parent,level,label_id,label_en,min,max\nS1,,class,a,a,0,4\nS2,,class,b,b,5,19\nS3,,class,c,c,20,\n";
    let deflator = "id = \"price\"\ntitle = { id = \"a\", en = \"a\" }\nsource = { id = \"a\", en = \"a\" }\n\
                    reference_year = 2023\nclassification = \"ACT\"\n";
    let indices = "year,code,index\n2023,_T,100\n2024,_T,125\n2023,C,100\n2024,C,200\n";
    Catalogue::parse([
        (
            "classifications/act.toml",
            header("ACT", [level("section"), level("division"), level("class")].join(",")),
        ),
        ("classifications/act.csv", activity.to_owned()),
        ("classifications/size.toml", header("SIZE", level("class"))),
        ("classifications/size.csv", size.to_owned()),
        ("deflators/price.toml", deflator.to_owned()),
        ("deflators/price.csv", indices.to_owned()),
    ])
    .unwrap()
}

/// The class of a number of persons in the scheme of [`catalogue`].
pub(crate) fn size_of(persons: f64) -> Option<&'static str> {
    match persons {
        persons if persons < 0.0 => None,
        persons if persons <= 4.0 => Some("S1"),
        persons if persons <= 19.0 => Some("S2"),
        _ => Some("S3"),
    }
}

/// Writes enterprises as Parquet in row groups of a few rows each.
pub(crate) fn write(folder: &Path, name: &str, rows: &[Enterprise], group: usize) -> PathBuf {
    let number = |of: &dyn Fn(&Enterprise) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<Float64Array>())
    };
    let batch = RecordBatch::try_from_iter_with_nullable([
        (
            "enterprise_id",
            Arc::new(rows.iter().map(|r| Some(r.id.clone())).collect::<StringArray>()) as ArrayRef,
            true,
        ),
        (
            "holding_id",
            Arc::new(rows.iter().map(|r| r.holding.clone()).collect::<StringArray>()) as ArrayRef,
            true,
        ),
        ("year", Arc::new(rows.iter().map(|r| r.year).collect::<Int32Array>()) as ArrayRef, true),
        (
            "activity",
            Arc::new(rows.iter().map(|r| Some(r.activity)).collect::<StringArray>()) as ArrayRef,
            true,
        ),
        (
            "province",
            Arc::new(rows.iter().map(|r| Some(r.province)).collect::<Int32Array>()) as ArrayRef,
            true,
        ),
        (
            "district",
            Arc::new(rows.iter().map(|r| Some(r.district)).collect::<Int32Array>()) as ArrayRef,
            true,
        ),
        ("persons_engaged", number(&|row| row.persons), true),
        ("output", number(&|row| row.output), true),
        ("intermediate_inputs", number(&|row| row.inputs), true),
        ("labour_cost", number(&|row| row.labour_cost), true),
        ("hours_worked", number(&|row| row.hours), true),
        ("fixed_assets", number(&|row| row.assets), true),
        ("weight", number(&|row| row.weight), true),
    ])
    .unwrap();
    let path = folder.join(name);
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path
}

pub(crate) fn try_compute(rows: &[Enterprise], plan: &CubePlan) -> Result<Computation, StatisticsError> {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "rows.parquet", rows, 7);
    statistics::compute(&Input::files([path]), plan, &catalogue(), Provenance::default(), 2, &())
}

pub(crate) fn compute(rows: &[Enterprise], plan_text: &str) -> Computation {
    try_compute(rows, &plan(plan_text)).unwrap()
}

/// The value of a measure in the cell with the given codes.
pub(crate) fn value(cube: &Cube, codes: &[&str], measure: &str) -> f64 {
    let cell = cell(cube, codes).unwrap_or_else(|| panic!("no cell {codes:?}"));
    cube.values[cube.measure(measure).unwrap_or_else(|| panic!("no measure {measure}"))][cell]
}

pub(crate) fn cell(cube: &Cube, codes: &[&str]) -> Option<usize> {
    let key: Option<Vec<u32>> =
        cube.dimensions.iter().zip(codes).map(|(dimension, code)| dimension.member(code)).collect();
    cube.find(&key?)
}
