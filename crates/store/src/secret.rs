//! Secrets that are shown once and kept only as digests: links and session cookies.

use std::fmt;

/// 32 random bytes, made by the caller. Its text goes to the person, its digest to the ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Secret(bytes)
    }

    /// Reads the text of a link or cookie; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
        }
        Some(Secret(bytes))
    }

    /// The bytes themselves, for a key that is kept in a file.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// 64 hexadecimal digits: fit for a link, a cookie or a form field.
    pub fn text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What the ledger keeps. 256 random bits need no salt and no slow hash.
    pub(crate) fn digest(&self) -> String {
        blake3::hash(&self.0).to_hex().to_string()
    }
}

/// Secrets do not end up in logs.
impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}
