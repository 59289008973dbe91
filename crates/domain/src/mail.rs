//! Letters by e-mail, and whoever can send them. What a letter says is decided elsewhere.

/// A letter to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub name: String,
    pub address: String,
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The same letter sent twice bears the same mark, so that a mailbox may show it once.
    pub mark: String,
}

/// A letter did not leave the house; it may be tried again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the letter was not sent: {reason}")]
pub struct NotSent {
    /// As the mail server or the network said it; without addresses.
    pub reason: String,
    /// The server refused this letter, such as for its address; others may still be taken.
    pub this_letter: bool,
}

/// Whoever takes letters to the mail server. Waits until the server has taken the letter.
pub trait Postman: Send + Sync {
    /// # Errors
    ///
    /// [`NotSent`] if the server cannot be reached or refuses.
    fn send(&self, letter: &Letter) -> Result<(), NotSent>;
}

/// Which letters somebody wants beside those that were asked for, such as a sign-in link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Of the own work; yes, unless one said no.
    pub reminders: bool,
    /// When an enterprise asks or answers in the peer network; no, unless one said yes.
    pub questions: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Choice { reminders: true, questions: false }
    }
}
