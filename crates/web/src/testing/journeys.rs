//! What readers do, and what hostile readers try.

use axum::http::{StatusCode, header};

use super::{TestApp, data};

/// The text between two marks.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(part, _)| part)
}

/// A page without its markup, one line a row or paragraph.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for character in html.replace("</td>", " |").replace("</th>", " |").replace("</tr>", "\n").chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            '\u{a0}' if !inside => text.push('_'),
            other if !inside => text.push(other),
            _ => {}
        }
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_reader_sees_which_cells_are_held_back_and_why() {
    let app = TestApp::shared();
    let page = app
        .get("/datasets/NPD_ENTERPRISE/table?rows=activity:division&columns=size:class&year=2024")
        .await
        .body;
    let table = between(&page, "<tbody>", "</tbody>");
    assert!(table.contains("<td class=\"n sup\"><span><abbr title="), "held cells are hatched and named");
    assert!(table.contains("<td class=\"n\">–</td>"), "true zeros are dashes");
    assert!(page.contains("Undang-undang melindungi data setiap usaha"), "the reason stands below");
    // Nothing held has a number in its cell.
    for cell in table.split("<td class=\"n sup\">").skip(1) {
        let cell = cell.split("</td>").next().unwrap_or_default();
        assert!(!words(cell).chars().any(|c| c.is_ascii_digit()), "{cell}");
    }
}

#[tokio::test]
async fn a_table_of_real_data_reads_as_it_should() {
    let app = TestApp::shared();
    let page = app.get("/en/datasets/NPD_MACRO/table?rows=activity:sector&year=2020").await.body;
    let heading = words(between(&page, "<h1>", "</h1>"));
    assert_eq!(heading, "Value added per worker by sector, 2020");
    insta::assert_snapshot!(words(between(&page, "<tbody>", "</tbody>")), @r#"
    Agriculture, forestry and fishing |47.9 | |
    Mining, electricity, gas and water |496.0 | |
    Manufacturing |158.1 | |
    Construction |177.9 | |
    Trade, hotels and restaurants |64.4 | |
    Transport, storage and communication |204.8 | |
    Other services: finance, property, business, government, education, health |119.1 | |
    All |103.4 | |
    "#);
}

#[tokio::test]
async fn the_front_page_says_what_the_numbers_say() {
    let app = TestApp::shared();
    let page = app.get("/").await.body;
    let told = [
        between(&page, "<p class=\"fig-label\">", "</p>"),
        between(&page, "<p class=\"fig-big\">", "</p>"),
        between(&page, "<p class=\"lead\">", "</p>"),
        between(&page, "<h2 class=\"chart-title\">", "</h2>"),
        between(&page, "<section id=\"where\">\n<h2>", "</h2>"),
        between(&page, "<section id=\"what\">\n<h2>", "</h2>"),
    ];
    insta::assert_snapshot!(told.map(words).join("\n"), @r#"
    Produktivitas menurut Kemnaker–BPS, Indonesia, 2022
    Rp_86,55 juta setahun
    Naik 4,8% dalam 4 tahun, atau sekitar 1,2% setahun, setelah kenaikan harga dikeluarkan.
    Produktivitas tenaga kerja naik 28% sejak 2011
    Di mana? DKI Jakarta paling tinggi (Rp_158_juta), Papua Pegunungan paling rendah (Rp_11,1_juta)
    Dalam bidang apa? Sekitar 56% pekerja berada di bidang yang hasilnya di bawah rata-rata
    "#);
}

#[tokio::test]
async fn a_front_page_without_any_release_says_so() {
    let app = TestApp::with(Vec::new());
    for page in ["/", "/datasets", "/releases", "/sectors", "/provinces", "/sizes", "/map", "/api"] {
        let answer = app.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
    }
    assert!(app.get("/").await.body.contains("Belum ada rilis"));
}

#[tokio::test]
async fn an_address_with_a_release_keeps_showing_that_vintage() {
    let app = TestApp::shared();
    let old = app.get("/datasets/NPD_ENTERPRISE/table?rows=year&release=npd_enterprise-1").await.body;
    let new = app.get("/datasets/NPD_ENTERPRISE/table?rows=year").await.body;
    assert_ne!(between(&old, "<tbody>", "</tbody>"), between(&new, "<tbody>", "</tbody>"));
    let replaced = app.get("/releases/npd_enterprise-1").await.body;
    assert!(replaced.contains("Rilis ini sudah diganti"));
    let unknown = app.get("/datasets/NPD_ENTERPRISE/table?release=npd_grdp-1").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_quality_page_tells_coverage_response_and_every_rule() {
    let app = TestApp::shared();
    let page = words(&app.get("/releases/npd_enterprise-2").await.body);
    for said in [
        "41.250 (perkiraan dari bobot)",
        "tidak dicatat",
        "42.000 (kerangka)",
        "75,1",
        "12 kemudian dibenarkan",
        "R10",
        "190",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    let english = words(&app.get("/en/releases/npd_enterprise-2").await.body);
    for said in ["41,250 (estimated from weights)", "not recorded", "75.1", "12 confirmed since"] {
        assert!(english.contains(said), "{said} in {english}");
    }
}

#[tokio::test]
async fn hostile_addresses_never_make_the_server_fail() {
    let app = TestApp::shared();
    let long = "x".repeat(5_000);
    let values = [
        "",
        "-",
        "%00",
        "%FF%FE",
        "..%2f..%2fetc",
        "NaN",
        "-1",
        "18446744073709551616",
        "LP",
        "_T",
        "%3Cscript%3E",
        "activity",
        "activity:",
        "activity:nix",
        ":section",
        "year",
        "region:province",
        "'%20or%201=1",
        long.as_str(),
    ];
    let names = [
        "measure", "rows", "columns", "activity", "year", "region", "page", "release", "parent", "q", "on",
        "limit", "level",
    ];
    let mut told = 0;
    for page in [
        "/datasets/NPD_ENTERPRISE/table",
        "/datasets/NPD_NATIONAL/table",
        "/datasets/NPD_GRDP/table.svg",
        "/map",
        "/classifications/REGION",
        "/api/v1/classifications/KBLI2020",
        "/",
    ] {
        for name in names {
            for value in values {
                let address = format!("{page}?{name}={value}&rows=year&{name}={value}");
                let answer = app.get(&address).await;
                assert!(!answer.status.is_server_error(), "{address} gave {}", answer.status);
                assert!(!answer.body.contains("<script>"), "{address} repeats markup");
                told += 1;
            }
        }
    }
    for path in
        ["/datasets/%00", "/releases/..%2f..", "/sectors/_T", "/provinces/%3Cb%3E", "/en/en", "/static/x.css"]
    {
        let answer = app.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(told > 1_000);
}

#[tokio::test]
async fn errors_keep_their_head_and_name_a_reference() {
    let app = TestApp::shared();
    let page = app.get("/en/datasets/NOTHING").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let main = words(between(&page.body, "<main id=\"main\">", "</main>"));
    assert!(main.starts_with("There is no such page\nNo page, dataset or code has that name."), "{main}");
    assert!(main.ends_with("Reference number: 01930000-0000-7000-8000-000000000001"), "{main}");
    let problem = app.get("/api/v1/classifications/KBLI2020?level=planet").await;
    assert_eq!(problem.headers[header::CONTENT_TYPE], "application/problem+json");
    let told: serde_json::Value = serde_json::from_str(&problem.body).expect("a problem is JSON");
    assert_eq!((&told["status"], &told["title"]), (&400.into(), &"Bad Request".into()));
    let levels = "section, division, group, class, subclass";
    assert_eq!(told["detail"], format!("Tingkat “planet” tidak ada; pilih salah satu: {levels}."));
    let unknown = app.get("/datasets/NPD_MACRO/table?measure=WAGES").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(unknown.body.contains("“WAGES” tidak dikenal sebagai measure"));
}

#[tokio::test]
async fn a_picture_travels_with_its_title_unit_and_source() {
    let app = TestApp::shared();
    for query in [
        "rows=year",
        "measure=LP_P50&rows=activity:section",
        "rows=region:province",
        "rows=size:class&columns=year",
    ] {
        let answer = app.get(&format!("/en/datasets/NPD_ENTERPRISE/table.svg?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "image/svg+xml");
        assert!(answer.body.contains("SYNTHETIC DATA. Source: Simulated register"), "{query}");
        assert!(!answer.body.contains("class="), "{query} depends on a style sheet");
        assert!(
            answer.body.contains("#0b5563") || answer.body.contains("#104862"),
            "{query} has colours of its own"
        );
    }
}

#[tokio::test]
async fn pickers_get_codes_in_both_languages() {
    let app = TestApp::shared();
    let answer = app.get("/api/v1/classifications/KBLI2020?level=division&q=food").await;
    let told: serde_json::Value = serde_json::from_str(&answer.body).expect("pickers get JSON");
    let codes = told["codes"].as_array().expect("a list of codes");
    let said: Vec<String> =
        codes.iter().map(|code| format!("{} {}", code["code"], code["label"]["id"])).collect();
    assert_eq!(said, ["\"10\" \"Industri makanan\"", "\"56\" \"Penyediaan makanan dan minuman\""]);
    let day = app.get("/api/v1/classifications/REGION?level=province&on=2022-01-01").await.body;
    assert_eq!(day.matches("\"code\"").count(), 34);
}

#[tokio::test]
async fn static_files_are_kept_for_ever_and_pages_for_a_minute() {
    let app = TestApp::shared();
    let style = app.get(crate::assets::address("lumbung.css")).await;
    assert_eq!(style.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(app.get("/").await.headers[header::CACHE_CONTROL], "public, max-age=60");
    assert_eq!(app.get("/healthz").await.body, "ok\n");
}

#[tokio::test]
async fn a_release_under_embargo_is_not_there() {
    let (mut manifest, cube) = data::enterprises(1, 60);
    manifest.embargo_until = Some("2027-01-01T00:00:00Z".parse().expect("a moment"));
    let app = TestApp::with(vec![(manifest, cube)]);
    for page in ["/datasets/NPD_ENTERPRISE", "/releases/npd_enterprise-1", "/datasets/NPD_ENTERPRISE/table"] {
        assert_eq!(app.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    assert!(!app.get("/").await.body.contains("NPD_ENTERPRISE"));
}
