//! From a request to an answer: who answers it, and what stands around every answer.

use std::io::Write;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::problem::Problem;
use super::request::{Api, Request};
use super::{availability, data, schema, structure_query};
use crate::catalogue::Catalogue;
use crate::error::PublicationError;

/// What goes back to the caller.
pub struct Answer {
    pub status: u16,
    pub media_type: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Body,
}

type Writer = Box<dyn FnOnce(&mut dyn Write) -> Result<(), PublicationError> + Send>;

/// The bytes of an answer, or how to write them.
pub enum Body {
    Empty,
    Bytes(Vec<u8>),
    /// Written as it is read by the caller; may take long and block.
    Stream(Writer),
}

impl Answer {
    /// All bytes at once, for tests and small answers.
    pub fn into_bytes(self) -> Result<Vec<u8>, PublicationError> {
        match self.body {
            Body::Empty => Ok(Vec::new()),
            Body::Bytes(bytes) => Ok(bytes),
            Body::Stream(write) => {
                let mut bytes = Vec::new();
                write(&mut bytes)?;
                Ok(bytes)
            }
        }
    }
}

/// Answers a request for anything under `/sdmx/v1` or `/sdmx/v2`.
///
/// Reads from disk where a table is not yet in memory: blocking work.
pub fn answer(catalogue: &Catalogue, request: &Request<'_>) -> Answer {
    let answered = route(catalogue, request);
    let mut answer = match answered {
        Ok(answer) => answer,
        // "Nothing matches" is an error in REST 1.5 and an empty answer in REST 2.
        Err(problem) if problem.kind == super::problem::Kind::NoResults && is_data(request) => {
            match request.api {
                Api::V1 => problem.answer(request),
                Api::V2 => empty(204),
            }
        }
        Err(problem) => problem.answer(request),
    };
    answer.headers.push(("vary", "accept, accept-language, accept-encoding".into()));
    answer
}

fn is_data(request: &Request<'_>) -> bool {
    let segments = request.segments();
    segments
        .first()
        .is_some_and(|first| ["data", "availability", "availableconstraint"].contains(&first.as_str()))
}

fn empty(status: u16) -> Answer {
    Answer { status, media_type: String::new(), headers: Vec::new(), body: Body::Empty }
}

fn route(catalogue: &Catalogue, request: &Request<'_>) -> Result<Answer, Problem> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.api, segments.as_slice()) {
        (_, []) => Err(Problem::syntax("name a resource, such as `dataflow` or `data`")),
        (_, ["data", rest @ ..]) => data::answer(catalogue, request, rest),
        (Api::V1, ["availableconstraint", rest @ ..]) | (Api::V2, ["availability", rest @ ..]) => {
            availability::answer(catalogue, request, rest)
        }
        (_, ["schema", rest @ ..]) => schema::answer(catalogue, request, rest),
        (_, ["metadata", ..]) => Err(Problem::not_implemented("there are no reference metadata here")),
        (Api::V2, ["registration", ..]) => Err(Problem::not_implemented("this is not a registry")),
        (Api::V2, ["structure", rest @ ..]) => structure_query::answer(catalogue, request, rest),
        (Api::V1, rest) => structure_query::answer(catalogue, request, rest),
        (Api::V2, [first, ..]) => {
            let known = "structure, data, availability, schema";
            Err(Problem::syntax(format!("there is no resource `{first}`: choose one of {known}")))
        }
    }
}

/// What makes an answer the same as an earlier one.
pub(super) struct Freshness {
    etag: String,
    modified: Timestamp,
}

impl Freshness {
    /// Answers are the same while their releases, form and language are.
    pub(super) fn new(request: &Request<'_>, form: &str, releases: &[&str], modified: Timestamp) -> Self {
        let mut hash = blake3::Hasher::new();
        let language = super::language(request.accept_language).tag();
        let parts = [request.path, request.query, form, language, env!("CARGO_PKG_VERSION")];
        for part in parts.iter().chain(releases) {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        // Weak: a proxy may compress the bytes.
        Freshness { etag: format!("W/\"{}\"", &hash.finalize().to_hex()[..24]), modified }
    }

    /// "Not modified", if the caller has this answer already.
    pub(super) fn unchanged(&self, request: &Request<'_>) -> Option<Answer> {
        let same = match (request.if_none_match, request.if_modified_since) {
            (Some(tags), _) => {
                let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
                tags.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(&self.etag))
            }
            (None, Some(since)) => rfc2822::DateTimeParser::new()
                .parse_timestamp(since.replace("GMT", "+0000"))
                .is_ok_and(|since| self.modified.as_second() <= since.as_second()),
            (None, None) => false,
        };
        same.then(|| {
            let mut answer = empty(304);
            answer.headers = self.headers();
            answer
        })
    }

    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        let modified = self.modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        vec![
            ("etag", self.etag.clone()),
            ("last-modified", modified),
            ("cache-control", "public, max-age=60, must-revalidate".into()),
        ]
    }
}
