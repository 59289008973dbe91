//! Static files: style sheets, the little script, the icon. Addresses carry a hash of the
//! content, so that browsers may keep a file for ever and still see every change at once.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One file as it is served.
struct Asset {
    content_type: &'static str,
    bytes: &'static [u8],
}

/// The style sheet is written in parts by meaning and served as one file.
const STYLE: &str = concat!(
    include_str!("../static/css/tokens.css"),
    include_str!("../static/css/base.css"),
    include_str!("../static/css/shell.css"),
    include_str!("../static/css/picture.css"),
    include_str!("../static/css/table.css"),
    include_str!("../static/css/parts.css"),
    include_str!("../static/css/form.css"),
    include_str!("../static/css/desk.css"),
    include_str!("../static/css/field.css"),
    include_str!("../static/css/paper.css"),
);

const FILES: &[(&str, &str, &[u8])] = &[
    ("lumbung.css", "text/css; charset=utf-8", STYLE.as_bytes()),
    ("lumbung.js", "text/javascript; charset=utf-8", include_bytes!("../static/lumbung.js")),
    ("office.js", "text/javascript; charset=utf-8", include_bytes!("../static/office.js")),
    ("field.js", "text/javascript; charset=utf-8", include_bytes!("../static/field.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../static/icon.svg")),
];

/// Files by their hashed names.
static SERVED: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(name, content_type, bytes)| (hashed(name, bytes), Asset { content_type, bytes }))
        .collect()
});

/// Addresses by plain names.
static ADDRESSES: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    FILES.iter().map(|(name, _, bytes)| (*name, format!("/static/{}", hashed(name, bytes)))).collect()
});

fn hashed(name: &str, bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    format!("{stem}-{}.{extension}", &hash[..12])
}

/// The address of a static file by its plain name; the root if there is no such file.
pub(crate) fn address(name: &str) -> &'static str {
    ADDRESSES.get(name).map_or("/", String::as_str)
}

/// `GET /static/{name}`.
pub(crate) async fn serve(Path(name): Path<String>) -> Response {
    match SERVED.get(&name) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.content_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_changes_with_the_content() {
        assert!(address("lumbung.css").starts_with("/static/lumbung-"));
        assert_ne!(hashed("a.css", b"one"), hashed("a.css", b"two"));
        assert!(SERVED.contains_key(address("icon.svg").trim_start_matches("/static/")));
    }
}
