//! A way to look at the pages in a browser, and to measure them (not committed).
use std::collections::BTreeMap;
use super::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn serve() {
    let Ok(address) = std::env::var("LUMBUNG_LISTEN") else {
        println!("skipped: set LUMBUNG_LISTEN");
        return;
    };
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    axum::serve(listener, TestApp::shared().router()).await.unwrap();
}

#[tokio::test]
async fn measure() {
    if std::env::var("LUMBUNG_MEASURE").is_err() {
        return;
    }
    let app = TestApp::with(vec![super::data::large()]);
    for address in [
        "/", "/datasets", "/datasets/NPD_ENTERPRISE", "/datasets/NPD_ENTERPRISE/table", "/datasets/NPD_ENTERPRISE/table?measure=LP_P50&rows=activity:section&columns=size:class",
        "/datasets/NPD_ENTERPRISE/table?rows=region:regency", "/datasets/NPD_ENTERPRISE/table?rows=activity:division&columns=year",
        "/sectors/C", "/provinces/33", "/sizes", "/distribution", "/map", "/releases", "/releases/npd_enterprise-1",
    ] {
        let mut times = Vec::new();
        for _ in 0..60 {
            let start = std::time::Instant::now();
            let answer = app.get(address).await;
            assert!(answer.status.is_success(), "{address} {}", answer.status);
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        let first = times[0];
        times.sort_by(f64::total_cmp);
        println!("{address}: first {first:.1} median {:.2} p95 {:.2} max {:.2} ms", times[30], times[57], times[59]);
    }
    let _: BTreeMap<u8, u8> = BTreeMap::new();
}
