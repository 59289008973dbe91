//! What goes wrong with a request, told in the way of each edition of SDMX.

use serde_json::json;

use super::answer::{Answer, Body};
use super::request::{Api, Request};
use super::{negotiation, urn};
use crate::error::PublicationError;
use crate::format::xml::Xml;

/// A request that cannot be answered with what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) kind: Kind,
    pub(super) message: String,
}

/// Kinds of problems, each with its HTTP status and its SDMX code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    NoResults,
    Syntax,
    Semantic,
    NotAcceptable,
    NotImplemented,
    Internal,
}

impl Kind {
    /// REST 1.5 answers a request that is well written and means nothing with 403, REST 2 with 422.
    fn status(self, api: Api) -> u16 {
        match (self, api) {
            (Kind::NoResults, _) => 404,
            (Kind::Syntax, _) => 400,
            (Kind::Semantic, Api::V1) => 403,
            (Kind::Semantic, Api::V2) => 422,
            (Kind::NotAcceptable, _) => 406,
            (Kind::NotImplemented, _) => 501,
            (Kind::Internal, _) => 500,
        }
    }

    fn code(self) -> u16 {
        match self {
            Kind::NoResults => 100,
            Kind::Syntax | Kind::NotAcceptable => 140,
            Kind::Semantic => 150,
            Kind::Internal => 500,
            Kind::NotImplemented => 501,
        }
    }
}

impl Problem {
    pub(super) fn no_results(message: impl Into<String>) -> Self {
        Problem { kind: Kind::NoResults, message: message.into() }
    }

    pub(super) fn syntax(message: impl Into<String>) -> Self {
        Problem { kind: Kind::Syntax, message: message.into() }
    }

    pub(super) fn semantic(message: impl Into<String>) -> Self {
        Problem { kind: Kind::Semantic, message: message.into() }
    }

    pub(super) fn not_implemented(message: impl Into<String>) -> Self {
        Problem { kind: Kind::NotImplemented, message: message.into() }
    }

    pub(super) fn not_acceptable() -> Self {
        let message = "none of the accepted media types can be given; use `Accept: */*` for the usual one";
        Problem { kind: Kind::NotAcceptable, message: message.into() }
    }

    /// The answer that tells it.
    pub(super) fn answer(&self, request: &Request<'_>) -> Answer {
        let status = self.kind.status(request.api);
        let json = negotiation::wants_json(request.api, request.accept);
        let (media_type, bytes) = match json {
            true => ("application/json", self.json()),
            false => ("application/xml", self.xml(request.api)),
        };
        Answer { status, media_type: media_type.into(), headers: Vec::new(), body: Body::Bytes(bytes) }
    }

    fn json(&self) -> Vec<u8> {
        let problem = json!({
            "errors": [{ "code": self.kind.code(), "title": self.message, "detail": self.message }],
        });
        let mut bytes = problem.to_string().into_bytes();
        bytes.push(b'\n');
        bytes
    }

    fn xml(&self, api: Api) -> Vec<u8> {
        let mut bytes = Vec::new();
        let edition = if api == Api::V1 { "v2_1" } else { "v3_0" };
        let of = |part: &str| format!("http://www.sdmx.org/resources/sdmxml/schemas/{edition}/{part}");
        let written = Xml::new(&mut bytes).and_then(|mut xml| {
            xml.open("mes:Error", &[("xmlns:mes", &of("message")), ("xmlns:com", &of("common"))])?;
            xml.open("mes:ErrorMessage", &[("code", &self.kind.code().to_string())])?;
            xml.text("com:Text", &[("xml:lang", "en")], &self.message)?;
            xml.finish()
        });
        debug_assert!(written.is_ok(), "writing into memory does not fail");
        bytes
    }
}

impl From<PublicationError> for Problem {
    fn from(error: PublicationError) -> Self {
        match error {
            PublicationError::NoRelease { .. } | PublicationError::NoDataset { .. } => {
                Problem::no_results(error.to_string())
            }
            PublicationError::Selection(_) => Problem::semantic(error.to_string()),
            // What is broken inside is for the log of the server, not for strangers.
            _ => Problem {
                kind: Kind::Internal,
                message: "the data could not be read; try again later".into(),
            },
        }
    }
}

/// The flow that was asked for does not exist.
pub(super) fn no_flow(id: &str) -> Problem {
    Problem::no_results(format!("there is no {}", urn("datastructure.Dataflow", id, "*")))
}
