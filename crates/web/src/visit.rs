//! A visit: who asks for which page in which language.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::Extensions;
use axum::http::request::Parts;
use domain::language::Language;

use crate::speech::Speech;

/// The page asked for, without the language, and the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    pub speech: Speech,
    /// Path and query without the language prefix: `/datasets?page=2`.
    pub path: String,
}

impl Visit {
    pub fn language(&self) -> Language {
        self.speech.language()
    }

    /// Left in the request by the front door; Indonesian if the request came in by the back.
    pub(crate) fn of(extensions: &Extensions, fallback: &str) -> Self {
        extensions
            .get::<Visit>()
            .cloned()
            .unwrap_or_else(|| Visit { speech: Speech(Language::Id), path: fallback.to_owned() })
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Visit::of(&parts.extensions, parts.uri.path()))
    }
}
