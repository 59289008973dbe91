//! Whole files through the whole room: bytes in, summary, findings and rows out.

mod codes;
mod files;
mod laws;
mod mappings;
mod national;
mod numbers;
mod rules;
mod staging;
mod workbooks;

use std::path::{Path, PathBuf};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, UInt8Type, UInt64Type};
use domain::classification::Classification;
use domain::finding::{Finding, Severity};
use domain::survey::Survey;
use intake::findings::{Filter, page};
use intake::mapping::Mapping;
use intake::{FINDINGS_FILE, PreviousValues, ROWS_FILE, Summary, Task};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A small survey with one variable of every type.
pub const SURVEY: &str = r#"
    id = "toy"
    title = { id = "Contoh", en = "Toy" }
    description = { id = "", en = "" }
    source = { id = "", en = "" }
    unit = { id = "usaha", en = "enterprise" }
    key = ["firm", "year"]
    year = "year"
    variable = [
        { name = "firm", label = { id = "Usaha", en = "Firm" }, type = "text", required = true, access = "identifier", columns = ["Nama Usaha"] },
        { name = "year", label = { id = "Tahun", en = "Year" }, type = "year", required = true, access = "open" },
        { name = "activity", label = { id = "KBLI", en = "Activity" }, type = "code", classification = "KBLI2020", levels = ["division", "subclass"], access = "open" },
        { name = "region", label = { id = "Wilayah", en = "Region" }, type = "code", classification = "REGION", access = "open" },
        { name = "men", label = { id = "Laki-laki", en = "Men" }, type = "integer", access = "sensitive", columns = ["Tenaga Kerja Laki-laki"] },
        { name = "women", label = { id = "Perempuan", en = "Women" }, type = "integer", access = "sensitive", columns = ["Tenaga Kerja Perempuan"] },
        { name = "workers", label = { id = "Pekerja", en = "Workers" }, type = "integer", unit = { id = "orang", en = "persons" }, required = true, derive = "men + women", access = "sensitive" },
        { name = "turnover", label = { id = "Omzet", en = "Turnover" }, type = "number", unit = { id = "ribu rupiah", en = "thousand rupiah" }, required = true, access = "sensitive" },
        { name = "weight", label = { id = "Penimbang", en = "Weight" }, type = "number", default = 1.0, access = "open" },
    ]
    [[rule]]
    code = "R01"
    check = "range"
    variable = "workers"
    min = 0
    severity = "held"
    message = { id = "{workers} pekerja, paling sedikit {min}", en = "{workers} workers, at least {min}" }
    remedy = { id = "Perbaiki", en = "Correct it" }
    [[rule]]
    code = "R02"
    check = "unit-error"
    variable = "turnover"
    per = "workers"
    factor = 1000
    tolerance = 5
    severity = "held"
    message = { id = "{value}, {times} kali lazimnya; mungkin {likely}", en = "{value}, {times} times the usual; perhaps {likely}" }
    remedy = { id = "Periksa satuan", en = "Check the unit" }
    [[rule]]
    code = "R03"
    check = "hidiroglou-berthelot"
    variable = "turnover"
    u = 0.5
    a = 0.05
    c = 4
    severity = "warning"
    message = { id = "{value}, tahun lalu {previous}", en = "{value}, last year {previous}" }
    remedy = { id = "Tanyakan", en = "Ask" }
"#;

pub fn classification(id: &str, levels: &[&str], rows: &str) -> Classification {
    let levels: Vec<String> = levels
        .iter()
        .map(|level| format!("{{ id = \"{level}\", label = {{ id = \"{level}\", en = \"{level}\" }} }}"))
        .collect();
    let description = format!(
        "id = \"{id}\"\ntitle = {{ id = \"{id}\", en = \"{id}\" }}\nsource = {{ id = \"\", en = \"\" }}\nlevels = [{}]",
        levels.join(", ")
    );
    Classification::parse(&description, rows).unwrap()
}

/// A few codes of each classification.
pub fn classifications() -> [Classification; 3] {
    let kbli = ["section", "division", "subclass"];
    [
        classification(
            "KBLI2020",
            &kbli,
            "code,parent,level,label_id,label_en\nA,,section,Tani,Farming\n01,A,division,Tanaman,Crops\n\
             01111,01,subclass,Jagung,Maize\nC,,section,Industri,Manufacturing\n10,C,division,Makanan,Food\n\
             10710,10,subclass,Roti,Bread\n62,C,division,TI,IT\n62010,62,subclass,Pemrograman,Programming\n",
        ),
        classification(
            "KBLI2025",
            &kbli,
            "code,parent,level,label_id,label_en\nK,,section,TI,IT\n62,K,division,TI,IT\n\
             62105,62,subclass,Kecerdasan buatan,Artificial intelligence\n",
        ),
        classification(
            "REGION",
            &["province", "regency"],
            "code,parent,level,label_id,label_en,valid_from,valid_to,kemendagri\n\
             11,,province,Aceh,Aceh,,,11\n1101,11,regency,Simeulue,Simeulue,,,1109\n\
             1102,11,regency,Aceh Singkil,Aceh Singkil,,,1110\n1103,11,regency,Aceh Selatan,Aceh Selatan,,,1101\n\
             95,,province,Papua Selatan,South Papua,2022-07-25,,93\n",
        ),
    ]
}

/// Everything that a check left.
pub struct Outcome {
    pub summary: Summary,
    pub findings: Vec<Finding>,
    pub rows: Vec<RecordBatch>,
    pub folder: tempfile::TempDir,
}

pub struct Setting<'a> {
    pub survey: &'a str,
    pub mapping: &'a str,
    pub period: Option<i32>,
    pub previous: &'a dyn PreviousValues,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Setting { survey: SURVEY, mapping: "", period: None, previous: &() }
    }
}

/// Checks bytes against the small survey.
#[track_caller]
pub fn check(bytes: impl AsRef<[u8]>) -> Outcome {
    check_in(bytes.as_ref(), &Setting::default())
}

#[track_caller]
pub fn check_in(bytes: &[u8], setting: &Setting) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    std::fs::write(&source, bytes).unwrap();
    let classifications = classifications();
    check_file(&source, folder, setting, &classifications.each_ref())
}

#[track_caller]
pub fn check_file(
    source: &Path,
    folder: tempfile::TempDir,
    setting: &Setting,
    classifications: &[&Classification],
) -> Outcome {
    let survey = Survey::parse(setting.survey).unwrap();
    let mapping = Mapping::parse(setting.mapping, &survey).unwrap();
    let staging = folder.path().join("staging");
    let task = Task {
        source,
        file_name: "data.csv",
        survey: &survey,
        classifications,
        mapping: &mapping,
        previous: setting.previous,
        period: setting.period,
        staging: &staging,
        threads: 2,
    };
    let summary = intake::check(&task, &()).unwrap();
    assert_eq!(Summary::read(&staging).unwrap(), summary);
    let counts = summary.rows;
    assert_eq!(counts.received, counts.accepted + counts.warned + counts.held + counts.refused);
    let rows = rows_in(&staging.join(ROWS_FILE));
    let staged: usize = rows.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(staged as u64, counts.received - counts.refused);
    let findings = all_findings(&staging.join(FINDINGS_FILE));
    assert_eq!(findings.len() as u64, summary.findings);
    assert_eq!(summary.causes.iter().map(|cause| cause.count).sum::<u64>(), summary.findings);
    assert!(findings.is_sorted_by_key(|finding| finding.row), "findings stand in the order of rows");
    Outcome { summary, findings, rows, folder }
}

pub fn all_findings(path: &PathBuf) -> Vec<Finding> {
    page(path, 0, usize::MAX, &Filter::default()).unwrap().findings
}

fn rows_in(path: &Path) -> Vec<RecordBatch> {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    reader.map(Result::unwrap).collect()
}

impl Outcome {
    /// What was found, one line each: `row column rule severity`.
    pub fn found(&self) -> Vec<String> {
        let line = |finding: &Finding| {
            format!("{} {} {} {}", finding.row, finding.column, finding.rule, finding.severity.word())
        };
        self.findings.iter().map(line).collect()
    }

    /// Accepted, warned, held, refused.
    pub fn counts(&self) -> [u64; 4] {
        let rows = self.summary.rows;
        [rows.accepted, rows.warned, rows.held, rows.refused]
    }

    #[track_caller]
    pub fn finding(&self, rule: &str) -> &Finding {
        self.findings.iter().find(|finding| finding.rule == rule).unwrap_or_else(|| {
            panic!("no finding {rule} among {:#?}", self.found());
        })
    }

    /// A numeric column of all rows that are not refused.
    pub fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        let columns = self.rows.iter().map(|batch| {
            let column = batch.column_by_name(name).unwrap();
            let column = arrow::compute::cast(column, &arrow::datatypes::DataType::Float64).unwrap();
            column.as_primitive::<Float64Type>().iter().collect::<Vec<_>>()
        });
        columns.flatten().collect()
    }

    pub fn texts(&self, name: &str) -> Vec<Option<String>> {
        let columns = self.rows.iter().map(|batch| {
            let column = batch.column_by_name(name).unwrap().as_string::<i32>().clone();
            column.iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>()
        });
        columns.flatten().collect()
    }

    /// Row number and status of all rows that are not refused.
    pub fn statuses(&self) -> Vec<(u64, u8)> {
        let batches = self.rows.iter().map(|batch| {
            let rows = batch.column_by_name("_row").unwrap().as_primitive::<UInt64Type>();
            let status = batch.column_by_name("_status").unwrap().as_primitive::<UInt8Type>();
            rows.values().iter().copied().zip(status.values().iter().copied()).collect::<Vec<_>>()
        });
        batches.flatten().collect()
    }

    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}
