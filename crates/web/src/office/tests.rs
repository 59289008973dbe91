//! The office as a visitor meets it: whole router, real SQL in memory, no socket.

mod doors;
mod exchange;
mod factor;
mod files;
mod held;
mod oidc;
mod people;
mod register;
mod road;
mod roles;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use domain::actor::{Actor, Grant, ManageAccounts, Role};
use domain::catalogue::Catalogue;
use domain::mail::Postman;
use jiff::{SignedDuration, Timestamp};
use store::accounts::{self, Email, NewAccount};
use store::{Secret, Store, links};
use tempfile::TempDir;
use tower::ServiceExt;

use super::Desk;
use crate::state::{AppState, Config, Rooms};

const PASSWORD: &str = "tiga ekor kerbau merah";
const SURVEY: &str = include_str!("tests/survey.toml");
const PLAN: &str = include_str!("tests/plan.toml");

/// A whole server in memory, and the folder it keeps files in.
pub(crate) struct TestOffice {
    router: axum::Router,
    pub(crate) store: Store,
    folder: TempDir,
    minutes: Arc<AtomicI64>,
    held_rows: Arc<held::OneHeldRow>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    fn cookie(&self) -> Option<String> {
        let cookie = self.headers.get(header::SET_COOKIE)?.to_str().unwrap();
        Some(cookie.split(';').next().unwrap().to_owned())
    }

    /// The synchroniser token of the first form on the page.
    fn form_token(&self) -> String {
        let mark = "name=\"form_token\" value=\"";
        let start = self.body.find(mark).expect("the page has a form") + mark.len();
        self.body[start..start + 64].to_owned()
    }
}

/// Somebody with a browser: the cookie, and the token of its forms.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    cookie: String,
    form_token: String,
}

fn start() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

impl TestOffice {
    async fn open() -> Self {
        Self::open_at("https://npd.example.go.id").await
    }

    /// An office with content of its own, such as a programme.
    pub(crate) async fn open_with(content: Catalogue) -> Self {
        Self::furnish("https://npd.example.go.id", content).await
    }

    /// An office that knows an identity provider.
    async fn open_with_oidc(oidc: super::Oidc) -> Self {
        let content = Catalogue::parse([("surveys/demo.toml", SURVEY), ("plans/demo.toml", PLAN)]).unwrap();
        Self::furnish_with("https://npd.example.go.id", content, Some(oidc), None).await
    }

    async fn open_at(base_url: &str) -> Self {
        let content = Catalogue::parse([("surveys/demo.toml", SURVEY), ("plans/demo.toml", PLAN)]).unwrap();
        Self::furnish(base_url, content).await
    }

    async fn furnish(base_url: &str, content: Catalogue) -> Self {
        Self::furnish_with(base_url, content, None, None).await
    }

    /// An office whose mail goes to a postman of the test.
    pub(crate) async fn open_with_post(content: Catalogue, post: Arc<dyn Postman>) -> Self {
        Self::furnish_with("https://npd.example.go.id", content, None, Some(post)).await
    }

    async fn furnish_with(
        base_url: &str,
        content: Catalogue,
        oidc: Option<super::Oidc>,
        post: Option<Arc<dyn Postman>>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open("sqlite::memory:").await.unwrap().with_vault(store::Vault::new([9; 32]));
        let minutes = Arc::new(AtomicI64::new(0));
        let clock = minutes.clone();
        let held_rows = Arc::new(held::OneHeldRow::default());
        let (ids, secrets) = (AtomicU64::new(1), AtomicU64::new(1));
        let mut desk = Desk::new(
            store.clone(),
            Box::new(move || {
                *blake3::hash(&secrets.fetch_add(1, Ordering::Relaxed).to_le_bytes()).as_bytes()
            }),
            held_rows.clone(),
        );
        desk.upload_bytes_max = 100_000;
        desk.oidc = oidc;
        let app = AppState::new(Rooms {
            geometry: None,
            config: Config {
                data_dir: folder.path().to_owned(),
                base_url: base_url.to_owned(),
                patience: std::time::Duration::from_secs(60),
            },
            clock: Box::new(move || start() + SignedDuration::from_mins(clock.load(Ordering::Relaxed))),
            ids: Box::new(move || format!("id-{:06}", ids.fetch_add(1, Ordering::Relaxed))),
            content,
            desk,
            post,
            paper: crate::testing::paper(),
            releases: publication::Catalogue::open(folder.path().join("releases")).unwrap(),
        });
        TestOffice { router: crate::router(app), store, folder, minutes, held_rows }
    }

    fn later(&self, minutes: i64) {
        self.minutes.fetch_add(minutes, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Timestamp {
        start() + SignedDuration::from_mins(self.minutes.load(Ordering::Relaxed))
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, browser: &Browser, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, &browser.cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as the browser's own page would.
    pub(crate) async fn post(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("form_token", browser.form_token.as_str())];
        all.extend(fields);
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, "npd.example.go.id")
            .header(header::ORIGIN, "https://npd.example.go.id")
            .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0")
            .header(header::COOKIE, &browser.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(crate::address::query(all))).unwrap()).await
    }

    /// Uploads a file through the form.
    async fn upload(&self, browser: &Browser, survey: &str, name: &str, content: &[u8]) -> Answer {
        let mut body = Vec::new();
        for (field, value) in
            [("form_token", browser.form_token.as_str()), ("survey", survey), ("period", "")]
        {
            body.extend(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        body.extend(
            format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
                .bytes(),
        );
        body.extend(content);
        body.extend(b"\r\n--edge--\r\n");
        let request = Request::builder()
            .method(Method::POST)
            .uri("/office/imports")
            .header(header::ORIGIN, "https://npd.example.go.id")
            .header(header::COOKIE, &browser.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a photo with its small fields through the form.
    pub(crate) async fn send_photo(
        &self,
        browser: &Browser,
        path: &str,
        fields: &[(&str, &str)],
        photo: &[u8],
    ) -> Answer {
        let mut body = Vec::new();
        for (field, value) in [&[("form_token", browser.form_token.as_str())], fields].concat() {
            let head =
                format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend(head.bytes());
        }
        body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"IMG_1.jpg\"\r\n");
        body.extend(b"Content-Type: image/jpeg\r\n\r\n");
        body.extend(photo);
        body.extend(b"\r\n--edge--\r\n");
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::ORIGIN, "https://npd.example.go.id")
            .header(header::COOKIE, &browser.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A file as it lies on the disk of the server.
    pub(crate) fn blob(&self, digest: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join("blobs").join(digest)).unwrap()
    }

    /// Opens an account and gives its sign-in link.
    async fn invite(&self, id: &str, role: Role) -> String {
        self.invite_with(id, Grant::everywhere(role)).await
    }

    async fn invite_with(&self, id: &str, grant: Grant) -> String {
        let permit = Actor::operator().permit(ManageAccounts { account: id.into() }).unwrap();
        let email = Email::parse(&format!("{id}@kemnaker.go.id")).unwrap();
        let secret = Secret::from_bytes(*blake3::hash(id.as_bytes()).as_bytes());
        let mut tx = self.store.begin(self.now()).await.unwrap();
        let grant_id = format!("grant-{id}");
        let new = NewAccount { email, name: id.to_uppercase(), grant_id, grant };
        accounts::add(&mut tx, &permit, &new).await.unwrap();
        links::issue(&mut tx, &permit, &secret, self.now() + SignedDuration::from_hours(72)).await.unwrap();
        tx.commit().await.unwrap();
        format!("/sign-in/{}", secret.text())
    }

    /// Opens an account, sets its password through the link and is signed in.
    async fn signed_in(&self, id: &str, role: Role) -> Browser {
        self.signed_in_with(id, Grant::everywhere(role)).await
    }

    /// The same for somebody whose role counts in some places only.
    pub(crate) async fn signed_in_with(&self, id: &str, grant: Grant) -> Browser {
        let link = self.invite_with(id, grant).await;
        let fields = [("password", PASSWORD), ("repeated", PASSWORD)];
        let answer = self.post(&Browser::default(), &link, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let mut browser = Browser { cookie: answer.cookie().unwrap(), form_token: String::new() };
        browser.form_token = self.get(&browser, "/office/account").await.form_token();
        browser
    }

    async fn sign_in(&self, id: &str, password: &str) -> Answer {
        let email = format!("{id}@kemnaker.go.id");
        let fields = [("email", email.as_str()), ("password", password), ("next", "/office/imports")];
        self.post(&Browser::default(), "/sign-in", &fields).await
    }
}
