//! What holds for every page: it is there in both languages, carries its strip, keeps the
//! security policy, has unique ids, and is light.

use std::collections::HashSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use super::TestApp;

const PAGES: &[&str] = &[
    "/",
    "/datasets",
    "/datasets/NPD_ENTERPRISE",
    "/datasets/NPD_MACRO",
    "/datasets/NPD_ENTERPRISE/table",
    "/datasets/NPD_ENTERPRISE/table?measure=LP_P50&rows=activity:section&columns=size:class",
    "/datasets/NPD_ENTERPRISE/table?rows=region:province",
    "/datasets/NPD_ENTERPRISE/table?rows=activity:division&columns=year&activity=C",
    "/datasets/NPD_MACRO/table?rows=activity:sector&columns=year",
    "/datasets/NPD_GRDP/table",
    "/datasets/NPD_GRDP/table?rows=region:regency&page=3",
    "/datasets/NPD_NATIONAL/table?rows=year",
    "/sectors",
    "/sectors/C",
    "/sectors/10",
    "/provinces",
    "/provinces/33",
    "/provinces/3374",
    "/sizes",
    "/distribution",
    "/map",
    "/releases",
    "/releases/npd_enterprise-1",
    "/releases/npd_enterprise-2",
    "/releases/npd_grdp-1",
    "/methodology",
    "/classifications",
    "/classifications/KBLI2020",
    "/classifications/REGION?parent=33",
    "/api",
];

fn addresses() -> impl Iterator<Item = String> {
    PAGES.iter().flat_map(|page| ["", "/en"].map(|prefix| format!("{prefix}{page}")))
}

#[tokio::test]
async fn every_page_is_there_in_both_languages() {
    let app = TestApp::shared();
    for address in addresses() {
        let answer = app.get(&address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
        let language = if address.starts_with("/en") { "<html lang=\"en\">" } else { "<html lang=\"id\">" };
        assert!(answer.body.contains(language), "{address}");
        assert_eq!(answer.body.matches("<h1>").count(), 1, "{address} has one h1");
    }
}

#[tokio::test]
async fn no_page_shows_synthetic_data_without_its_strip() {
    let app = TestApp::shared();
    let mut seen = 0;
    for address in addresses() {
        let page = app.get(&address).await.body;
        let main = page.split("<main").nth(1).expect("a page has a main part");
        let synthetic =
            main.contains("chip warn") || main.contains("SINTETIS") || main.contains("SYNTHETIC DATA");
        let synthetic = synthetic || address.contains("ENTERPRISE") || address.contains("npd_enterprise");
        // The words on the method explain the chip; they show no data.
        if synthetic && !address.contains("methodology") {
            assert!(page.contains("<aside class=\"strip\""), "{address} lacks the strip");
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} pages showed synthetic data");
    let real = app.get("/datasets/NPD_MACRO").await.body;
    assert!(!real.contains("<aside class=\"strip\""), "real data need no strip");
}

#[tokio::test]
async fn no_page_breaks_its_own_security_policy() {
    let app = TestApp::shared();
    for address in addresses() {
        let answer = app.get(&address).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert!(!answer.body.contains("style=\""), "{address} has an inline style");
        assert!(!answer.body.contains("<style"), "{address} has an inline style sheet");
        assert_eq!(
            answer.body.matches("<script").count(),
            answer.body.matches("<script src=\"/static/").count()
        );
        assert!(!answer.body.contains(" onclick"), "{address} has an inline handler");
    }
}

#[tokio::test]
async fn ids_are_unique_on_every_page() {
    let app = TestApp::shared();
    for address in addresses() {
        let page = app.get(&address).await.body;
        let mut seen = HashSet::new();
        for part in page.split(" id=\"").skip(1) {
            let id = part.split('"').next().unwrap_or_default();
            assert!(seen.insert(id.to_owned()), "{address} has the id `{id}` twice");
        }
    }
}

#[tokio::test]
async fn every_key_of_the_templates_was_translated() {
    let app = TestApp::shared();
    for address in addresses() {
        let page = app.get(&address).await.body;
        assert!(!page.contains("Unknown localization"), "{address}");
    }
}

/// HTML and style sheet and script, as they travel.
#[tokio::test]
async fn the_first_load_of_every_page_is_light() {
    let app = TestApp::shared();
    let weigh = async |address: &str| {
        let request =
            Request::get(address).header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap();
        let body = app.router().oneshot(request).await.unwrap().into_body();
        axum::body::to_bytes(body, usize::MAX).await.unwrap().len()
    };
    let style = weigh(crate::assets::address("lumbung.css")).await;
    let script = weigh(crate::assets::address("lumbung.js")).await;
    for address in addresses() {
        let total = weigh(&address).await + style + script;
        assert!(total < 100_000, "{address} weighs {total} bytes");
    }
}
