use axum::http::StatusCode;
use domain::actor::Role;

use super::*;

#[tokio::test]
async fn every_page_is_open_to_the_roles_it_is_for_and_to_no_other() {
    let office = TestOffice::open().await;
    let reader = office.signed_in("rudi", Role::Reader).await;
    let statistician = office.signed_in("siti", Role::Statistician).await;
    let administrator = office.signed_in("admin", Role::Administrator).await;
    let (everybody, statisticians, administrators) = ([200, 200, 200], [403, 200, 200], [403, 403, 200]);
    for (path, expected) in [
        ("/office", everybody),
        ("/office/account", everybody),
        ("/office/imports", statisticians),
        ("/office/imports/new", statisticians),
        ("/office/surveys/demo/template.csv", statisticians),
        ("/office/surveys/demo/template.xlsx", statisticians),
        ("/office/snapshots", statisticians),
        ("/office/releases", statisticians),
        ("/office/releases/new", statisticians),
        ("/office/jobs", statisticians),
        ("/office/accounts", administrators),
        ("/office/audit", administrators),
        ("/office/audit?verify=true", administrators),
    ] {
        for (language, browser) in
            ["", "/en"].iter().flat_map(|l| [(l, &reader), (l, &statistician), (l, &administrator)])
        {
            let answer = office.get(browser, &format!("{language}{path}")).await;
            let who =
                [&reader, &statistician, &administrator].iter().position(|b| b.cookie == browser.cookie);
            assert_eq!(answer.status.as_u16(), expected[who.unwrap()], "{language}{path} {who:?}");
        }
    }
    for path in ["/office/snapshots", "/office/releases", "/office/accounts"] {
        let fields = [
            ("survey", "demo"),
            ("plan", "demo"),
            ("email", "x@y.id"),
            ("name", "X"),
            ("role", "administrator"),
        ];
        let answer = office.post(&reader, path, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(office.upload(&reader, "demo", "a.csv", b"a,b\n1,2\n").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_administrator_opens_an_account_and_hands_over_the_link() {
    let office = TestOffice::open().await;
    let admin = office.signed_in("admin", Role::Administrator).await;
    let fields = [("email", "Siti@Kemnaker.go.id"), ("name", "Siti Rahayu"), ("role", "statistician")];
    let page = office.post(&admin, "/office/accounts", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let start = page.body.find("https://npd.example.go.id/sign-in/").expect("the link is shown");
    let link: String = page.body[start + 25..].chars().take_while(|c| *c != '"').collect();
    let set =
        office.post(&Browser::default(), &link, &[("password", PASSWORD), ("repeated", PASSWORD)]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);

    let twice = office.post(&admin, "/office/accounts", &fields).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    assert!(
        twice.body.contains("sudah mempunyai akun") && twice.body.contains("Siti Rahayu"),
        "what was typed stays"
    );

    let email = Email::parse("siti@kemnaker.go.id").unwrap();
    let siti = accounts::find_by_email(&office.store, &email).await.unwrap().unwrap();
    let siti_here = Browser { cookie: set.cookie().unwrap(), ..Browser::default() };
    assert_eq!(office.get(&siti_here, "/office/imports").await.status, StatusCode::OK);
    let here = format!("/office/accounts/{}", siti.id);
    let refused = office.post(&admin, &here, &[("role", "trainer")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("pilih lembaganya"), "{}", refused.body);
    office.post(&admin, &here, &[("role", "funder"), ("programme", "demo")]).await;
    let page = office.get(&admin, &here).await;
    assert!(page.body.contains("Penyandang dana: demo"), "{}", page.body);
    let statistician = page.body.split("/grants/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    office.post(&admin, &format!("{here}/grants/{statistician}/withdraw"), &[]).await;
    let refused = office.get(&siti_here, "/office/imports").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "at once");
    assert!(refused.body.contains("Peran Anda tidak memperbolehkan ini"), "{}", refused.body);
    office.post(&admin, &format!("/office/accounts/{}/disable", siti.id), &[]).await;
    assert_eq!(office.get(&siti_here, "/office").await.status, StatusCode::SEE_OTHER, "signed out at once");
    let back = office.sign_in("siti", PASSWORD).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);

    let log = office.get(&admin, "/office/audit?verify=true").await;
    for words in [
        "menambah akun",
        "menonaktifkan akun",
        "memberi peran",
        "mencabut peran",
        "Rantai utuh",
        "Petugas server",
    ] {
        assert!(log.body.contains(words), "{words}");
    }
}

#[tokio::test]
async fn the_last_administrator_cannot_be_locked_out() {
    let office = TestOffice::open().await;
    let admin = office.signed_in("admin", Role::Administrator).await;
    let answer = office.post(&admin, "/office/accounts/admin/disable", &[]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("administrator terakhir"), "{}", answer.body);
    assert_eq!(office.get(&admin, "/office").await.status, StatusCode::OK);
}
