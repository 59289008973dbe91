use axum::http::StatusCode;
use domain::actor::Role;

use super::*;

#[tokio::test]
async fn a_link_sets_the_password_and_the_password_opens_the_desk() {
    let office = TestOffice::open().await;
    let link = office.invite("siti", Role::Statistician).await;
    let page = office.get(&Browser::default(), &link).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("siti@kemnaker.go.id"), "{}", page.body);

    let weak =
        office.post(&Browser::default(), &link, &[("password", "pendek"), ("repeated", "pendek")]).await;
    assert_eq!(weak.status, StatusCode::BAD_REQUEST);
    assert!(weak.body.contains("terlalu pendek"));

    let fields = [("password", PASSWORD), ("repeated", PASSWORD)];
    let set = office.post(&Browser::default(), &link, &fields).await;
    assert_eq!((set.status, set.location()), (StatusCode::SEE_OTHER, "/office"));
    let again = office.post(&Browser::default(), &link, &fields).await;
    assert_eq!(again.status, StatusCode::GONE, "a link works once");

    let answer = office.sign_in("siti", PASSWORD).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/office/imports"));
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    for part in ["__Host-lumbung_session=", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let browser = Browser { cookie: answer.cookie().unwrap(), form_token: String::new() };
    let desk = office.get(&browser, "/office").await;
    assert_eq!(desk.status, StatusCode::OK);
    assert!(desk.body.contains("Selamat bekerja, SITI"), "{}", desk.body);
    assert_eq!(desk.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn without_tls_the_cookie_is_plain_so_that_the_demo_works() {
    let office = TestOffice::open_at("http://127.0.0.1:8080").await;
    office.invite("siti", Role::Reader).await;
    let link = format!("/sign-in/{}", Secret::from_bytes(*blake3::hash(b"siti").as_bytes()).text());
    let request = axum::http::Request::post(&link)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::ORIGIN, "http://127.0.0.1:8080")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = crate::address::query([("password", PASSWORD), ("repeated", PASSWORD)]);
    let answer = office.send(request.body(Body::from(body)).unwrap()).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("lumbung_session=") && !cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_to_and_comes_back() {
    let office = TestOffice::open().await;
    for (path, expected) in [
        ("/office", "/sign-in?next=%2Foffice"),
        ("/office/imports?survey=demo", "/sign-in?next=%2Foffice%2Fimports%3Fsurvey%3Ddemo"),
        ("/en/office/audit", "/en/sign-in?next=%2Foffice%2Faudit"),
    ] {
        let answer = office.get(&Browser::default(), path).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, expected));
    }
    let forged =
        Browser { cookie: format!("__Host-lumbung_session={}", "0".repeat(64)), ..Browser::default() };
    assert_eq!(office.get(&forged, "/office").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_account_are_answered_alike() {
    let office = TestOffice::open().await;
    office.signed_in("siti", Role::Statistician).await;
    office.invite("budi", Role::Reader).await;
    let mut bodies = Vec::new();
    for id in ["siti", "nobody", "budi"] {
        let answer = office.sign_in(id, "kata sandi yang keliru").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{id}");
        assert!(answer.cookie().is_none());
        bodies.push(answer.body.replace(id, "…"));
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[0], bodies[2]);
}

#[tokio::test]
async fn guessing_is_braked_even_for_the_right_password() {
    let office = TestOffice::open().await;
    office.signed_in("siti", Role::Statistician).await;
    for _ in 0..5 {
        assert_eq!(office.sign_in("siti", "kata sandi yang keliru").await.status, StatusCode::FORBIDDEN);
    }
    let braked = office.sign_in("siti", PASSWORD).await;
    assert_eq!(braked.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(braked.body.contains("10.15\u{a0}WIB"), "{}", braked.body);
    office.later(16);
    assert_eq!(office.sign_in("siti", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn forms_from_elsewhere_are_refused() {
    let office = TestOffice::open().await;
    let browser = office.signed_in("siti", Role::Statistician).await;
    let forged = Browser { form_token: "0".repeat(64), ..browser.clone() };
    let missing = Browser { form_token: String::new(), ..browser.clone() };
    for forged in [forged, missing] {
        let answer = office.post(&forged, "/office/snapshots", &[("survey", "demo")]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.contains("sebelum Anda masuk terakhir kali"), "{}", answer.body);
    }
    for (name, value) in
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")]
    {
        let body = crate::address::query([("form_token", browser.form_token.as_str()), ("survey", "demo")]);
        let request = Request::post("/office/snapshots")
            .header(name, value)
            .header(header::HOST, "npd.example.go.id")
            .header(header::COOKIE, &browser.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = office.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}: {value}");
    }
    assert!(store::jobs::list(&office.store, None, 10).await.unwrap().rows.is_empty());
    let own = office.post(&browser, "/office/snapshots", &[("survey", "demo")]).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stolen_cookie_is_worth_nothing_after_signing_out() {
    let office = TestOffice::open().await;
    let browser = office.signed_in("siti", Role::Statistician).await;
    let stolen = browser.clone();
    let out = office.post(&browser, "/sign-out", &[]).await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/"));
    assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(office.get(&stolen, "/office").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn one_device_can_sign_another_out_and_a_new_password_does_so_too() {
    let office = TestOffice::open().await;
    let here = office.signed_in("siti", Role::Statistician).await;
    let there =
        Browser { cookie: office.sign_in("siti", PASSWORD).await.cookie().unwrap(), ..Browser::default() };
    let page = office.get(&here, "/office/account").await;
    let mark = "/office/account/sessions/";
    let start = page.body.find(mark).expect("the other session can be ended");
    let path: String = page.body[start..].chars().take_while(|c| *c != '"').collect();
    assert_eq!(office.post(&here, &path, &[]).await.location(), "/office/account?done=session");
    assert_eq!(office.get(&there, "/office").await.status, StatusCode::SEE_OTHER);

    let there =
        Browser { cookie: office.sign_in("siti", PASSWORD).await.cookie().unwrap(), ..Browser::default() };
    let new = "lima ekor kuda hitam";
    let wrong = [("current", "bukan ini kata sandinya"), ("password", new), ("repeated", new)];
    assert_eq!(office.post(&here, "/office/account/password", &wrong).await.status, StatusCode::BAD_REQUEST);
    let right = [("current", PASSWORD), ("password", new), ("repeated", new)];
    assert_eq!(
        office.post(&here, "/office/account/password", &right).await.location(),
        "/office/account?done=password"
    );
    assert_eq!(office.get(&here, "/office").await.status, StatusCode::OK);
    assert_eq!(office.get(&there, "/office").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.sign_in("siti", PASSWORD).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.sign_in("siti", new).await.status, StatusCode::SEE_OTHER);
}
