//! The shell of every page: head, navigation, language switch, synthetic strip, footer.
//!
//! A page is an askama template that extends `layout.html` and has a field `shell: Shell`.

use askama::Template;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use domain::language::Language;

use crate::assets;
use crate::error::WebError;
use crate::speech::Speech;
use crate::visit::Visit;

/// The places in the main navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Front,
    Datasets,
    Sectors,
    Provinces,
    Releases,
    Programmes,
    Methodology,
    Office,
    Nowhere,
}

/// One entry of the navigation or of the breadcrumbs.
#[derive(Clone, Debug)]
pub struct Link {
    pub href: String,
    pub label: String,
    pub current: bool,
}

/// Everything the layout needs to know of a page.
#[derive(Clone, Debug)]
pub struct Shell {
    pub speech: Speech,
    pub title: String,
    /// One sentence for search engines and link previews.
    pub description: String,
    pub nav: Vec<Link>,
    pub crumbs: Vec<Link>,
    /// Said in the amber strip on top; a page with synthetic data must have one.
    pub strip: Option<Strip>,
    /// The same page in the other language.
    pub other_language: Link,
    /// Who is signed in: the name shown at the top right.
    pub person: Option<String>,
    /// Sent to search engines? Work rooms and errors are not.
    pub indexed: bool,
    /// Reload every so many seconds while a job runs; works without script.
    pub refresh_seconds: Option<u32>,
}

/// What the amber strip says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strip {
    pub bold: String,
    pub rest: String,
}

const NAVIGATION: [(Place, &str, &str); 7] = [
    (Place::Front, "/", "nav-front"),
    (Place::Datasets, "/datasets", "nav-datasets"),
    (Place::Sectors, "/sectors", "nav-sectors"),
    (Place::Provinces, "/provinces", "nav-provinces"),
    (Place::Releases, "/releases", "nav-releases"),
    (Place::Programmes, "/programme", "nav-programmes"),
    (Place::Methodology, "/methodology", "nav-methodology"),
];

impl Shell {
    pub fn new(visit: &Visit, place: Place, title: impl Into<String>) -> Self {
        let speech = visit.speech;
        let other = match speech.language() {
            Language::Id => Speech(Language::En),
            Language::En => Speech(Language::Id),
        };
        let nav = NAVIGATION
            .iter()
            .map(|(here, path, key)| Link {
                href: speech.href(path),
                label: speech.t(key),
                current: *here == place,
            })
            .collect();
        Shell {
            speech,
            title: title.into(),
            description: speech.t("site-description"),
            nav,
            crumbs: Vec::new(),
            strip: None,
            other_language: Link {
                href: other.href(&visit.path),
                label: other.t("language-name"),
                current: false,
            },
            person: None,
            indexed: true,
            refresh_seconds: None,
        }
    }

    /// Adds the way back: the front page and the given steps; the last one is this page.
    pub fn with_crumbs<'a>(mut self, steps: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let speech = self.speech;
        self.crumbs = vec![Link { href: speech.href("/"), label: speech.t("nav-front"), current: false }];
        self.crumbs.extend(steps.into_iter().map(|(path, label)| Link {
            href: speech.href(path),
            label,
            current: false,
        }));
        if let Some(last) = self.crumbs.last_mut() {
            last.current = true;
        }
        self
    }

    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Puts the amber strip on the page: some of its numbers are synthetic.
    pub fn synthetic_if(mut self, synthetic: bool) -> Self {
        if synthetic {
            self.strip = Some(Strip {
                bold: self.speech.t("strip-synthetic-bold"),
                rest: self.speech.t("strip-synthetic"),
            });
        }
        self
    }

    pub fn t(&self, key: &str) -> String {
        self.speech.t(key)
    }

    pub fn href(&self, path: &str) -> String {
        self.speech.href(path)
    }

    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }
}

/// A public page, the same for every reader, kept for a minute by browsers and proxies.
pub fn public_page(page: &impl Template) -> Result<Response, WebError> {
    let html = page.render()?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=60")], Html(html)).into_response())
}

/// A page for one reader, kept by nobody.
pub fn private_page(page: &impl Template) -> Result<Response, WebError> {
    let html = page.render()?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response())
}
