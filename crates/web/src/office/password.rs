//! Passwords: hashed with argon2id, compared in constant time, a few at once.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::error::WebError;

/// Each hash takes 19 MiB and a moment of a processor: more at once would let strangers stop us.
const AT_ONCE: usize = 2;

/// Shortest password: length protects, rules about signs do not (NIST SP 800-63B).
pub(super) const LENGTH_MIN: usize = 12;
const LENGTH_MAX: usize = 200;
const DISTINCT_MIN: usize = 5;

/// Checked when there is no account or no password yet, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password", &[7; 16]));

/// Hashes and compares.
#[derive(Clone, Debug)]
pub(super) struct Passwords {
    room: Arc<Semaphore>,
}

/// Why a new password is not taken; the key of the sentence that says so.
pub(super) fn weakness(password: &str, email: &str) -> Option<&'static str> {
    let length = password.chars().count();
    let distinct = password.chars().collect::<std::collections::HashSet<_>>().len();
    let name = email.split('@').next().unwrap_or_default();
    if length < LENGTH_MIN {
        Some("office-password-short")
    } else if length > LENGTH_MAX {
        Some("office-password-long")
    } else if distinct < DISTINCT_MIN {
        Some("office-password-monotonous")
    } else if name.len() > 3 && password.to_lowercase().contains(name) {
        Some("office-password-name")
    } else {
        None
    }
}

impl Passwords {
    pub(super) fn new() -> Self {
        Passwords { room: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The PHC string of a password. `salt` is random.
    pub(super) async fn hash(&self, password: String, salt: [u8; 32]) -> Result<String, WebError> {
        self.run(move || hash_now(&password, &salt[..16])).await
    }

    /// Is this the password? Takes the same time whether or not there is one to compare with.
    pub(super) async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, WebError> {
        self.run(move || {
            let expected = hash.as_deref().unwrap_or(&NOBODY);
            let Ok(expected) = PasswordHash::new(expected) else { return false };
            let same = Argon2::default().verify_password(password.as_bytes(), &expected).is_ok();
            same && hash.is_some()
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, WebError> {
        let _place = self.room.acquire().await.map_err(WebError::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(WebError::internal)
    }
}

fn hash_now(password: &str, salt: &[u8]) -> String {
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt)
        .expect("16 bytes are a valid salt and the parameters are the library's own")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_told_why() {
        for (password, expected) in [
            ("pendek", Some("office-password-short")),
            ("aaaaaaaaaaaaaaaa", Some("office-password-monotonous")),
            ("Siti.Rahayu-2026", Some("office-password-name")),
            ("tiga ekor kerbau merah", None),
            ("παραγωγικότητα", None),
        ] {
            assert_eq!(weakness(password, "siti.rahayu@kemnaker.go.id"), expected, "{password}");
        }
        assert_eq!(weakness(&"xyzwv".repeat(50), "a@b.id"), Some("office-password-long"));
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_no_password_matches_nothing() {
        let passwords = Passwords::new();
        let hash = passwords.hash("tiga ekor kerbau".into(), [1; 32]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert!(passwords.matches("tiga ekor kerbau".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.matches("tiga ekor sapi".into(), Some(hash)).await.unwrap());
        assert!(!passwords.matches("nobody has this password".into(), None).await.unwrap());
        assert!(!passwords.matches("x".into(), Some("broken".into())).await.unwrap());
    }
}
