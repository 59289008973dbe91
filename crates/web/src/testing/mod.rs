//! A whole front desk in memory: real router, real releases on a temporary disk, no socket.

mod data;
mod journeys;
mod pages;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use domain::document::{Document, NotPrinted, Printer};
use domain::held::{HeldCase, HeldPage, HeldRows};
use domain::language::Text;
use domain::release::{Manifest, QualityReport, SnapshotReference, YearCoverage};
use domain::survey::Survey;
use jiff::civil::Date;
use tower::ServiceExt;

use crate::chart::map::Geometry;
use crate::state::{AppState, Config, Rooms};

/// The front desk with the releases of [`data`].
#[derive(Clone)]
pub(crate) struct TestApp {
    router: Router,
    _folder: Arc<tempfile::TempDir>,
}

/// What came back.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The classifications as they stand in the repository; pages need no more of the content.
pub(crate) fn content() -> domain::catalogue::Catalogue {
    let mut files = Vec::new();
    for folder in ["classifications"] {
        for entry in std::fs::read_dir(repository().join(folder)).expect("the repository has its content") {
            let path = entry.expect("a folder can be listed").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if let Ok(text) = std::fs::read_to_string(&path) {
                files.push((format!("{folder}/{name}"), text));
            }
        }
    }
    domain::catalogue::Catalogue::parse(files).expect("the content of the repository is valid")
}

/// A desk with an empty ledger in memory, for pages that never ask it anything.
pub(crate) fn desk() -> crate::office::Desk {
    // On a thread of its own, because a test may be inside a runtime already.
    let opened = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be made").block_on(store::Store::open("sqlite::memory:"))
    });
    let store = opened.join().expect("the thread ends well").expect("an empty ledger opens");
    crate::office::Desk::new(store, Box::new(|| [7; 32]), Arc::new(NoHeldRows))
}

/// A press that shows what it was given: the document as JSON, and the names of its pictures.
pub(crate) struct PlainPrinter;

impl Printer for PlainPrinter {
    fn print(&self, document: &Document, on: Date) -> Result<Vec<u8>, NotPrinted> {
        let pictures: Vec<String> = document
            .pictures
            .iter()
            .map(|(name, bytes)| format!("{name} {}", blake3::hash(bytes).to_hex()))
            .collect();
        let code = document.body.code();
        let shown = serde_json::json!({ "code": code, "on": on, "document": document, "pictures": pictures });
        serde_json::to_vec_pretty(&shown).map_err(|error| NotPrinted { reason: error.to_string() })
    }
}

/// One turn at a press that shows what it was given.
pub(crate) fn paper() -> crate::paper::Paper {
    crate::paper::Paper::new(Arc::new(PlainPrinter), 1)
}

/// An archive in which nothing is held.
pub(crate) struct NoHeldRows;

impl HeldRows for NoHeldRows {
    fn held_page(&self, _: &Survey, _: &str, _: u64, _: usize) -> Result<HeldPage, Text> {
        Ok(HeldPage::default())
    }

    fn held_case(&self, _: &Survey, _: &str, _: u64) -> Result<Option<HeldCase>, Text> {
        Ok(None)
    }
}

impl TestApp {
    /// The shared app: releases are made once for all tests.
    pub(crate) fn shared() -> Self {
        static APP: OnceLock<TestApp> = OnceLock::new();
        APP.get_or_init(|| TestApp::with(data::releases())).clone()
    }

    /// An app with other releases, or none.
    pub(crate) fn with(releases: Vec<(Manifest, Vec<u8>)>) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder can be made"));
        let catalogue = publication::Catalogue::open(folder.path()).expect("an empty folder opens");
        for (manifest, cube) in releases {
            let draft = publication::Draft {
                manifest,
                cube: &cube,
                confidential: &[("proof.lumbung", b"x")],
                files: &[],
            };
            catalogue.publish(draft).expect("a good draft is published");
        }
        let geometry = std::fs::read_to_string(repository().join("geometry/provinces.json"))
            .ok()
            .map(|text| Geometry::parse(&text).expect("the geometry of the repository is valid"));
        let state = AppState::new(Rooms {
            config: Config {
                data_dir: folder.path().to_owned(),
                base_url: "https://npd.example".into(),
                patience: std::time::Duration::from_secs(60),
            },
            content: content(),
            releases: catalogue,
            geometry,
            desk: desk(),
            post: None,
            paper: paper(),
            clock: Box::new(|| "2026-11-24T02:00:00Z".parse().expect("a moment")),
            ids: Box::new(|| "01930000-0000-7000-8000-000000000001".to_owned()),
        });
        TestApp { router: crate::router(state), _folder: folder }
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        let request =
            Request::get(address).body(Body::empty()).expect("the address of a test can be asked for");
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body in memory can be read");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

/// A manifest as the binary would write it.
pub(crate) fn manifest(dataset: &str, vintage: u32, title: Text, source: Text, synthetic: bool) -> Manifest {
    let moment = |text: &str| text.parse::<jiff::Timestamp>().expect("a moment");
    Manifest {
        id: format!("{}-{vintage}", dataset.to_lowercase()),
        dataset: dataset.to_owned(),
        vintage,
        title,
        note: Text::default(),
        created_at: moment(&format!("2026-{:02}-01T03:00:00Z", 8 + vintage)),
        embargo_until: None,
        supersedes: (vintage > 1).then(|| format!("{}-{}", dataset.to_lowercase(), vintage - 1)),
        synthetic,
        source,
        licence: "CC BY 4.0".into(),
        plan: "[cube]\ndataset = \"…\"\n".into(),
        snapshot: SnapshotReference {
            id: "national-enterprise-2026-09-28".into(),
            survey: "national-enterprise".into(),
            taken_at: moment("2026-09-28T01:00:00Z"),
            checksum: "00".into(),
        },
        classifications: Vec::new(),
        files: Vec::new(),
        quality: QualityReport {
            rows_received: 12_480,
            rows_accepted: 12_031,
            rows_with_warnings: 210,
            rows_held: 310,
            rows_refused: 139,
            rows_imputed: 41,
            rows_confirmed: 12,
            coverage: vec![
                YearCoverage {
                    period: "2023".into(),
                    units: 6_020,
                    population: Some(41_250.4),
                    from_frame: false,
                    asked: None,
                },
                YearCoverage {
                    period: "2024".into(),
                    units: 6_011,
                    population: Some(42_000.0),
                    from_frame: true,
                    asked: Some(8_000),
                },
            ],
            variation_percent: vec![("2023".into(), Some(1.84)), ("2024".into(), None)],
            findings: vec![("R10".into(), 190), ("R05".into(), 120)],
            audit: Text::new("Setiap sel yang ditahan punya bukti.", "Every withheld cell has its proof."),
            audit_passed: true,
            ..QualityReport::default()
        },
        program: "lumbung 0.1.0".into(),
    }
}
