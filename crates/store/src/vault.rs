//! The vault: personal fields are encrypted before they enter the ledger.
//!
//! XChaCha20-Poly1305 under a key that lies beside the ledger and never in it. The nonce is a keyed
//! hash of what is encrypted and where it stands, so that no randomness is needed, none can repeat
//! by accident, and a text that is moved to another row does not open there.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::{Store, StoreError};

const NONCE: usize = 24;

/// Encrypts and opens personal fields.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    nonces: [u8; 32],
    digests: [u8; 32],
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Vault(…)")
    }
}

impl Vault {
    pub fn new(key: [u8; 32]) -> Self {
        let derive = |purpose: &str| blake3::derive_key(purpose, &key);
        Vault {
            cipher: XChaCha20Poly1305::new(&derive("lumbung 2026 personal fields").into()),
            nonces: derive("lumbung 2026 nonces of personal fields"),
            digests: derive("lumbung 2026 digests of personal fields"),
        }
    }

    /// Encrypts `plain`, to be opened at `place` alone: `person/<id>`.
    pub(crate) fn seal(&self, place: &str, plain: &str) -> Result<String, StoreError> {
        Ok(hex(&self.seal_bytes(place, plain.as_bytes())?))
    }

    pub(crate) fn open(&self, place: &str, sealed: &str) -> Result<String, StoreError> {
        let refuse = || StoreError::WrongKey { what: place.to_owned() };
        let plain = self.open_bytes(place, &unhex(sealed).ok_or_else(refuse)?)?;
        String::from_utf8(plain).map_err(|_| refuse())
    }

    /// The nonce, then what is encrypted.
    pub(crate) fn seal_bytes(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut hasher = blake3::Hasher::new_keyed(&self.nonces);
        hasher.update(&(place.len() as u64).to_le_bytes()).update(place.as_bytes()).update(plain);
        let mut nonce = [0; NONCE];
        hasher.finalize_xof().fill(&mut nonce);
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StoreError::Unreadable { what: format!("cannot encrypt {place}") })?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub(crate) fn open_bytes(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let refuse = || StoreError::WrongKey { what: place.to_owned() };
        let (nonce, text) = sealed.split_at_checked(NONCE).ok_or_else(refuse)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| refuse())?;
        let payload = Payload { msg: text, aad: place.as_bytes() };
        self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| refuse())
    }

    /// The same for the same text, and telling nothing to whoever lacks the key.
    pub(crate) fn digest(&self, what: &str, text: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.digests);
        hasher.update(what.as_bytes()).update(b"\0").update(text.as_bytes());
        hasher.finalize().to_hex().to_string()
    }
}

impl Store {
    /// Encrypts what names people and lies outside the ledger, to be opened at `place` alone.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.vault.as_ref().ok_or(StoreError::NoKey)?.seal_bytes(place, plain)
    }

    pub fn unseal(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.vault.as_ref().ok_or(StoreError::NoKey)?.open_bytes(place, sealed)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_at_its_place_with_its_key_and_nowhere_else() {
        let vault = Vault::new([7; 32]);
        let sealed = vault.seal("person/1", "Siti, 0812").unwrap();
        assert!(!sealed.contains("Siti"));
        assert_eq!(vault.open("person/1", &sealed).unwrap(), "Siti, 0812");
        assert!(vault.open("person/2", &sealed).is_err());
        assert!(Vault::new([8; 32]).open("person/1", &sealed).is_err());
        let mut changed = sealed.clone();
        changed.replace_range(60..61, if &sealed[60..61] == "0" { "1" } else { "0" });
        assert!(vault.open("person/1", &changed).is_err());
        for broken in ["", "zz", "abc", &sealed[..40]] {
            assert!(vault.open("person/1", broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn digests_depend_on_the_key_and_the_kind() {
        let vault = Vault::new([7; 32]);
        assert_eq!(vault.digest("email", "a@b.id"), vault.digest("email", "a@b.id"));
        assert_ne!(vault.digest("email", "a@b.id"), vault.digest("phone", "a@b.id"));
        assert_ne!(vault.digest("email", "a@b.id"), Vault::new([8; 32]).digest("email", "a@b.id"));
    }
}
