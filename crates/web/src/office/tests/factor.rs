use axum::http::StatusCode;
use domain::actor::Role;
use store::second_factor::{code_at, unbase32};

use super::*;

/// The secret as the page shows it.
fn second_factor_on(page: &str) -> String {
    let shown = page.split("id=\"secret\" readonly value=\"").nth(1).expect("the page shows a secret");
    shown.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_code_from_the_app_is_asked_for_once_it_is_set_up() {
    let office = TestOffice::open().await;
    let siti = office.signed_in("siti", Role::Statistician).await;
    let page = office.post(&siti, "/office/account/factor", &[]).await;
    let secret = unbase32(&second_factor_on(&page.body));
    assert_eq!(secret.len(), 20, "{}", page.body);
    let wrong = office.post(&siti, "/office/account/factor/confirm", &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let shown = second_factor_on(&wrong.body);
    assert_eq!(unbase32(&shown), secret, "a slip does not cost the secret");
    assert_eq!(office.sign_in("siti", PASSWORD).await.status, StatusCode::SEE_OTHER, "does not count yet");
    let code = code_at(&secret, office.now());
    let right = office.post(&siti, "/office/account/factor/confirm", &[("code", &code)]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);

    let asked = office.sign_in("siti", PASSWORD).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.body.contains("Kode enam angka") && asked.cookie().is_none());
    let enter = async |code: &str| {
        let fields = [("email", "siti@kemnaker.go.id"), ("password", PASSWORD), ("code", code)];
        office.post(&Browser::default(), "/sign-in", &fields).await
    };
    assert_eq!(enter(&code).await.status, StatusCode::FORBIDDEN, "a code works once");
    office.later(1);
    let code = code_at(&secret, office.now());
    let entered = enter(&code).await;
    assert!(entered.status == StatusCode::SEE_OTHER && entered.cookie().is_some());

    let admin = office.signed_in("admin", Role::Administrator).await;
    office.post(&admin, "/office/accounts/siti/factor", &[]).await;
    assert_eq!(office.sign_in("siti", PASSWORD).await.status, StatusCode::SEE_OTHER, "phone lost, taken off");
    let log = office.get(&admin, "/office/audit").await;
    assert!(log.body.contains("memasang kode") && log.body.contains("mematikan kode"));
}

#[tokio::test]
async fn a_stolen_cookie_is_refused_after_revocation() {
    let office = TestOffice::open().await;
    let here = office.signed_in("siti", Role::Statistician).await;
    let stolen = office.sign_in("siti", PASSWORD).await.cookie().unwrap();
    let thief = Browser { cookie: stolen, form_token: here.form_token.clone() };
    assert_eq!(office.get(&thief, "/office/imports").await.status, StatusCode::OK);
    let page = office.get(&here, "/office/account").await;
    let session =
        page.body.split("/office/account/sessions/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    office.post(&here, &format!("/office/account/sessions/{session}/end"), &[]).await;
    assert_eq!(office.get(&thief, "/office/imports").await.status, StatusCode::SEE_OTHER, "to the sign-in");
    assert_eq!(office.get(&here, "/office/imports").await.status, StatusCode::OK);
}
