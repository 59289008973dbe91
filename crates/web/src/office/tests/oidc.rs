//! The identity provider's door, as far as it can be tried without one; `e2e/oidc.mjs` goes through a real
//! one.

use axum::http::StatusCode;
use domain::actor::Role;
use domain::language::Text;
use store::identities::{self, Identity};

use super::*;

fn provider(issuer: &str) -> crate::office::Oidc {
    let label = Text::new("SIAPkerja", "SIAPkerja");
    crate::office::Oidc::new(issuer.into(), "lumbung".into(), None, label).unwrap()
}

#[tokio::test]
async fn a_provider_that_does_not_answer_closes_its_own_door_only() {
    // Nobody listens on port 1.
    let office = TestOffice::open_with_oidc(provider("http://127.0.0.1:1")).await;
    office.signed_in("siti", Role::Statistician).await;
    let page = office.get(&Browser::default(), "/sign-in?next=/office/imports").await;
    assert!(page.body.contains("Masuk dengan SIAPkerja"), "{}", page.body);
    assert!(page.body.contains("/sign-in/oidc?next=%2Foffice%2Fimports"), "{}", page.body);
    let away = office.get(&Browser::default(), "/sign-in/oidc").await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(away.body.contains("SIAPkerja sedang tidak menjawab"), "{}", away.body);
    assert_eq!(
        office.sign_in("siti", PASSWORD).await.status,
        StatusCode::SEE_OTHER,
        "the other door is open"
    );
}

#[tokio::test]
async fn an_answer_that_belongs_to_no_visit_opens_nothing() {
    let office = TestOffice::open_with_oidc(provider("http://127.0.0.1:1")).await;
    for (cookie, query) in [
        ("", "code=x&state=y"),
        ("__Host-lumbung_oidc=a.b.c.%2Foffice", "code=x&state=other"),
        ("__Host-lumbung_oidc=a.b", "code=x&state=a"),
    ] {
        let browser = Browser { cookie: cookie.into(), ..Browser::default() };
        let answer = office.get(&browser, &format!("/sign-in/oidc/return?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{cookie} {query}");
        assert!(answer.body.contains("sudah terputus"), "{}", answer.body);
    }
    let browser = Browser { cookie: "__Host-lumbung_oidc=a.b.c.%2Foffice".into(), ..Browser::default() };
    let refused = office.get(&browser, "/sign-in/oidc/return?error=access_denied&state=a").await;
    assert!(refused.body.contains("tidak jadi masuk"), "{}", refused.body);
    let code = [("account", "siti"), ("until", "9999999999"), ("ticket", "0"), ("code", "123456")];
    let forged = office.post(&Browser::default(), "/sign-in/oidc/code", &code).await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST, "a ticket is signed");
    let none = TestOffice::open().await;
    assert_eq!(none.get(&Browser::default(), "/sign-in/oidc").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_identity_opens_the_account_that_was_invited_and_stays_bound_to_it() {
    let office = TestOffice::open().await;
    office.invite("admin", Role::Administrator).await;
    office.invite("siti", Role::Statistician).await;
    let email = |text: &str| Email::parse(text).unwrap();
    let ask = async |subject: &str, email: Option<&Email>| {
        let mut tx = office.store.begin(office.now()).await.unwrap();
        let identity = Identity { issuer: "https://id.example", subject, email };
        let account = identities::account(&mut tx, &identity).await.unwrap();
        tx.commit().await.unwrap();
        account.map(|account| account.id)
    };
    let (siti, other) = (email("siti@kemnaker.go.id"), email("orang@lain.id"));
    assert_eq!(ask("sub-1", None).await, None, "an address that is not verified proves nothing");
    assert_eq!(ask("sub-1", Some(&other)).await, None, "nobody invited them");
    assert_eq!(ask("sub-1", Some(&siti)).await.as_deref(), Some("siti"));
    assert_eq!(ask("sub-1", Some(&other)).await.as_deref(), Some("siti"), "the subject counts from now on");
    assert_eq!(ask("sub-2", Some(&siti)).await, None, "an address that changed hands opens nothing");
    let permit = Actor::operator().permit(ManageAccounts { account: "siti".into() }).unwrap();
    let mut tx = office.store.begin(office.now()).await.unwrap();
    accounts::set_disabled(&mut tx, &permit, true).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ask("sub-1", Some(&siti)).await, None, "closed here is closed");
}
