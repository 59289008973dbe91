//! The carrying: streams, headers, languages. What is answered is tested in `publication`.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use disclosure::{ProtectionPlan, protect};
use domain::language::Text;
use domain::release::{Manifest, QualityReport, SnapshotReference};
use jiff::Timestamp;
use publication::{Catalogue, Draft};
use testkit::cube::Recipe;
use tower::ServiceExt;

use super::routes;
use crate::state::{AppState, Config, Rooms};

/// The routes of this folder over one release, as at a day in 2026.
struct Shelf {
    routes: Router,
    _folder: tempfile::TempDir,
}

impl Shelf {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let releases = Catalogue::open(folder.path()).unwrap();
        let plan = ProtectionPlan { threshold: Some(3), p_percent: Some(10.0), ..Default::default() };
        let (cube, _) = protect(Recipe::of_about(300, 1).build(), &plan, None, &()).unwrap();
        let draft = Draft { manifest: manifest(), cube: &cube.to_bytes(), confidential: &[], files: &[] };
        releases.publish(draft).unwrap();
        let state = AppState::new(Rooms {
            geometry: None,
            config: Config {
                data_dir: folder.path().into(),
                base_url: "http://npd.test".into(),
                patience: std::time::Duration::from_secs(60),
            },
            clock: Box::new(|| "2026-06-01T00:00:00Z".parse().unwrap()),
            ids: Box::new(|| "id".into()),
            content: domain::catalogue::Catalogue::parse(Vec::<(&str, &str)>::new()).unwrap(),
            desk: crate::office::Desk::new(
                store::Store::open("sqlite::memory:").await.unwrap(),
                Box::new(|| [0; 32]),
                std::sync::Arc::new(crate::testing::NoHeldRows),
            ),
            releases,
            post: None,
            paper: crate::testing::paper(),
        });
        Shelf { routes: routes().with_state(state), _folder: folder }
    }

    async fn get(&self, address: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
        let mut request = Request::get(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.routes.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn manifest() -> Manifest {
    let moment: Timestamp = "2026-01-15T08:00:00Z".parse().unwrap();
    Manifest {
        id: "test_cube-1".into(),
        dataset: "TEST_CUBE".into(),
        vintage: 1,
        title: Text::new("Uji", "Test"),
        note: Text::default(),
        created_at: moment,
        embargo_until: None,
        supersedes: None,
        synthetic: true,
        source: Text::new("Simulasi", "Simulation"),
        licence: "CC BY 4.0".into(),
        plan: String::new(),
        snapshot: SnapshotReference {
            id: "s".into(),
            survey: "s".into(),
            taken_at: moment,
            checksum: String::new(),
        },
        classifications: Vec::new(),
        files: Vec::new(),
        quality: QualityReport::default(),
        program: "0.1.0".into(),
    }
}

#[tokio::test]
async fn anybodys_page_may_read_even_the_errors() {
    let shelf = Shelf::new().await;
    for (address, expected) in [
        ("/sdmx/v1/dataflow", 200),
        ("/sdmx/v1/dataflow/ALL/", 200),
        ("/sdmx/v1/data/NPD%2CTEST_CUBE%2C1.0/all", 200),
        ("/sdmx/v1/data/MISSING", 404),
        ("/sdmx/v1", 400),
        ("/sdmx/v2/data/dataflow/NPD/TEST_CUBE?c%5BTIME_PERIOD%5D=gt:2999", 204),
        ("/sdmx/v2/structure/dataflow", 200),
        ("/releases/test_cube-1/download.csv", 200),
        ("/releases/test_cube-1/download.exe", 404),
        ("/releases/test_cube-9/download.csv", 404),
        ("/releases/test_cube-1/release.json", 404),
        ("/datasets/test_cube/download.xlsx", 200),
        ("/datasets/TEST_CUBE/download.csv?planet=X", 400),
        ("/datasets/TEST_CUBE/download.csv?as_of=2025-01-01", 404),
        ("/datasets/TEST_CUBE/download.csv?as_of=2026-01-15", 200),
        ("/datasets/TEST_CUBE/download.csv?as_of=now", 400),
    ] {
        let (status, headers, _) = shelf.get(address, &[("origin", "https://elsewhere.example")]).await;
        assert_eq!(status.as_u16(), expected, "{address}");
        assert_eq!(headers["access-control-allow-origin"], "*", "{address}");
    }
}

#[tokio::test]
async fn a_download_is_narrowed_by_the_query_of_the_page() {
    let shelf = Shelf::new().await;
    let (_, headers, all) = shelf.get("/releases/test_cube-1/download.csv", &[]).await;
    assert_eq!(headers["content-disposition"], "attachment; filename=\"test_cube-1.csv\"");
    let (_, _, some) = shelf.get("/releases/test_cube-1/download.csv?measure=LP&REF_AREA=ID", &[]).await;
    assert!(some.lines().count() > 1 && some.lines().count() < all.lines().count() / 5);
    assert!(some.lines().skip(1).all(|line| line.contains(",LP,")));
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let shelf = Shelf::new().await;
    let (_, headers, _) = shelf.get("/sdmx/v1/data/TEST_CUBE", &[("accept-language", "*")]).await;
    let etag = headers["etag"].to_str().unwrap().to_owned();
    let (status, headers, body) =
        shelf.get("/sdmx/v1/data/TEST_CUBE", &[("accept-language", "*"), ("if-none-match", &etag)]).await;
    assert_eq!((status.as_u16(), body.as_str()), (304, ""));
    assert!(headers["vary"].to_str().unwrap().contains("accept-language"));
}
