//! The post: settings of the mail server, and the postman that speaks SMTP.

use std::time::Duration;

use domain::mail::{Letter, NotSent, Postman};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, SmtpTransport, Transport};
use serde::{Deserialize, Serialize};

use crate::words;

/// `[mail]` of `lumbung.toml`. Without it nothing is sent, and links are shown on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailSettings {
    /// `smtp.kantor.go.id`, or with a port: `smtp.kantor.go.id:587`.
    pub smtp: String,
    /// `Lumbung <lumbung@kantor.go.id>`.
    pub from: String,
    /// Absent: the server asks for no password. The password is `LUMBUNG_SMTP_PASSWORD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// TLS on the way to the server: always, unless the server is this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<bool>,
}

/// Where TLS begins with the first byte and not after a greeting.
const IMPLICIT_TLS_PORT: u16 = 465;
/// Where offices hand in their mail.
const SUBMISSION_PORT: u16 = 587;
const WAIT: Duration = Duration::from_secs(20);

/// Takes letters to one server.
pub(crate) struct SmtpPostman {
    transport: SmtpTransport,
    from: Mailbox,
}

impl SmtpPostman {
    /// Reads the settings; nothing is sent before they make sense.
    pub(crate) fn new(settings: &MailSettings, password: Option<String>) -> Result<Self, words::Message> {
        let bad = |why: MailFault| words::Message::Mail(why);
        let from: Mailbox =
            settings.from.parse().map_err(|_| bad(MailFault::From { given: settings.from.clone() }))?;
        let (host, port) = match settings.smtp.rsplit_once(':') {
            Some((host, port)) => match port.parse::<u16>() {
                Ok(port) => (host, port),
                Err(_) => return Err(bad(MailFault::Server { given: settings.smtp.clone() })),
            },
            None => (settings.smtp.as_str(), SUBMISSION_PORT),
        };
        let plain = host.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-".contains(letter));
        if host.is_empty() || !plain {
            return Err(bad(MailFault::Server { given: settings.smtp.clone() }));
        }
        let tls = match settings.tls.unwrap_or(true) {
            false if is_this_machine(host) => Tls::None,
            false => return Err(bad(MailFault::NoTls { host: host.to_owned() })),
            true => {
                let parameters = TlsParameters::new(host.to_owned())
                    .map_err(|_| bad(MailFault::Server { given: settings.smtp.clone() }))?;
                if port == IMPLICIT_TLS_PORT { Tls::Wrapper(parameters) } else { Tls::Required(parameters) }
            }
        };
        let mut transport = SmtpTransport::builder_dangerous(host).port(port).tls(tls).timeout(Some(WAIT));
        if let Some(user) = &settings.user {
            let password = password.ok_or_else(|| bad(MailFault::NoPassword))?;
            transport = transport.credentials(Credentials::new(user.clone(), password));
        }
        Ok(SmtpPostman { transport: transport.build(), from })
    }

    fn message(&self, letter: &Letter) -> Result<Message, NotSent> {
        let wrong = |reason: &str| NotSent { reason: reason.to_owned(), this_letter: true };
        let address: Address =
            letter.address.parse().map_err(|_| wrong("the address of the addressee is not one"))?;
        // Line ends in a name or subject could begin another header.
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let host = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(line(&letter.name)).filter(|name| !name.is_empty()), address))
            .subject(line(&letter.subject))
            .message_id(Some(format!("<{}@{host}>", letter.mark)))
            // So that no holiday answer comes back.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|error| wrong(&error.to_string()))
    }
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1")
}

impl Postman for SmtpPostman {
    fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        let message = self.message(letter)?;
        let sent = self.transport.send(&message);
        sent.map(drop).map_err(|error| NotSent {
            reason: without_addresses(&chain(&error)),
            this_letter: error.is_permanent(),
        })
    }
}

/// What failed and why, outermost first.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_said = inner.to_string();
        if !said.contains(&inner_said) {
            said = format!("{said}: {inner_said}");
        }
        cause = inner.source();
    }
    said
}

/// Mail servers like to repeat addresses; the ledger and the log need none.
fn without_addresses(said: &str) -> String {
    let words = said.split_whitespace().map(|word| if word.contains('@') { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// What is wrong with the settings of the post.
#[derive(Debug)]
pub(crate) enum MailFault {
    From {
        given: String,
    },
    Server {
        given: String,
    },
    NoTls {
        host: String,
    },
    NoPassword,
    NotSet,
    /// The server did not take a letter.
    Waits {
        reason: String,
    },
}

impl MailFault {
    pub(crate) fn text(&self) -> domain::language::Text {
        use domain::language::Text;
        match self {
            MailFault::From { given } => Text::new(
                format!(
                    "[mail] from = \"{given}\" bukan alamat. Tulis seperti Lumbung <lumbung@kantor.go.id>."
                ),
                format!(
                    "[mail] from = \"{given}\" is not an address. Write it like Lumbung <lumbung@office.go.id>."
                ),
            ),
            MailFault::Server { given } => Text::new(
                format!("[mail] smtp = \"{given}\" bukan nama server. Tulis seperti smtp.kantor.go.id:587."),
                format!("[mail] smtp = \"{given}\" is not a server. Write it like smtp.office.go.id:587."),
            ),
            MailFault::NoTls { host } => Text::new(
                format!("[mail] tls = false hanya boleh untuk localhost, bukan {host}. Hapus baris itu."),
                format!("[mail] tls = false is for localhost alone, not for {host}. Remove that line."),
            ),
            MailFault::NoPassword => Text::new(
                "[mail] user ada, tetapi kata sandinya tidak. Isi LUMBUNG_SMTP_PASSWORD.",
                "[mail] user is set, and its password is not. Set LUMBUNG_SMTP_PASSWORD.",
            ),
            MailFault::Waits { reason } => Text::new(
                format!(
                    "Server surel tidak menerima ({reason}). Tidak ada yang hilang: suratnya menunggu, coba lagi nanti."
                ),
                format!(
                    "The mail server did not take it ({reason}). Nothing is lost: the letters wait, try again later."
                ),
            ),
            MailFault::NotSet => Text::new(
                "Surel belum diatur. Tambahkan [mail] dengan smtp dan from ke lumbung.toml di folder data.",
                "Mail is not set up. Add [mail] with smtp and from to lumbung.toml in the data folder.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(smtp: &str, tls: Option<bool>) -> MailSettings {
        MailSettings { smtp: smtp.into(), from: "Lumbung <lumbung@kantor.go.id>".into(), user: None, tls }
    }

    #[test]
    fn tls_is_left_out_on_this_machine_alone() {
        assert!(SmtpPostman::new(&settings("localhost:2525", Some(false)), None).is_ok());
        assert!(SmtpPostman::new(&settings("smtp.kantor.go.id", None), None).is_ok());
        for wrong in ["smtp.kantor.go.id:25", "localhost.kantor.go.id"] {
            assert!(SmtpPostman::new(&settings(wrong, Some(false)), None).is_err(), "{wrong}");
        }
        for wrong in ["", ":25", "smtp kantor", "smtp.kantor.go.id:surel"] {
            assert!(SmtpPostman::new(&settings(wrong, None), None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn headers_are_encoded_and_nothing_can_add_one() {
        let postman = SmtpPostman::new(&settings("localhost:2525", Some(false)), None).unwrap();
        let letter = Letter {
            name: "Siti\r\nBcc: orang@lain.id".into(),
            address: "siti@kantor.go.id".into(),
            subject: "Kunjungan besok – UD “Batik”\r\nBcc: orang@lain.id".into(),
            body: "Salam,\n.\nkalimat panjang é".into(),
            mark: "visit-1".into(),
        };
        let message = String::from_utf8(postman.message(&letter).unwrap().formatted()).unwrap();
        let (head, _) = message.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc:")), "{head}");
        assert!(head.contains("Message-ID: <visit-1@kantor.go.id>"), "{head}");
        assert!(head.is_ascii(), "{head}");
        let bad = Letter { address: "bukan alamat".into(), ..letter };
        assert!(postman.message(&bad).is_err());
    }

    #[test]
    fn what_a_server_says_is_kept_without_addresses() {
        assert_eq!(without_addresses("550 <siti@kantor.go.id>: no such user"), "550 … no such user");
    }
}
