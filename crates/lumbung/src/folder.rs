//! The data folder: one place with everything in it, and its settings `lumbung.toml`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::key::{self, Key};
use crate::post::{MailSettings, SmtpPostman};

/// Settings of an installation. Every one has a default that works.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The ledger: absent means `ledger.sqlite` in the folder; or `postgres://…`.
    pub database_url: Option<String>,
    /// As readers reach the server, for links in messages and files.
    pub base_url: Option<String>,
    /// Threads for statistics; 0 means as many as the machine has.
    pub threads: usize,
    /// Where people may sign in besides here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcSettings>,
    /// The mail server; absent: nothing is sent, links are shown on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailSettings>,
}

/// `[oidc]`: an identity provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OidcSettings {
    pub issuer: String,
    pub client_id: String,
    /// The file with the secret, from the data folder on; absent for a provider that asks for none.
    pub client_secret_file: Option<PathBuf>,
    /// On the button: the name of the provider.
    pub label: domain::language::Text,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { database_url: None, base_url: None, threads: 0, oidc: None, mail: None }
    }
}

/// A data folder that exists.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    pub settings: Settings,
}

impl Folder {
    /// Opens a folder that `init` or `demo` has made.
    pub(crate) fn open(root: &Path) -> anyhow::Result<Self> {
        let path = root.join("lumbung.toml");
        if !path.is_file() {
            bail!(crate::words::Message::NoDataFolder { folder: root.display().to_string() });
        }
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut settings: Settings = toml::from_str(&text).with_context(|| path.display().to_string())?;
        // The environment wins: secrets such as a database password do not belong in a file.
        if let Ok(url) = std::env::var("DATABASE_URL") {
            settings.database_url = Some(url);
        }
        Ok(Folder { root: root.to_owned(), settings })
    }

    /// Makes a new folder; refuses one that is in use.
    pub(crate) fn create(root: &Path) -> anyhow::Result<Self> {
        if root.join("lumbung.toml").exists() {
            bail!(crate::words::Message::FolderInUse { folder: root.display().to_string() });
        }
        for part in ["archive", "blobs", "imports", "releases"] {
            let path = root.join(part);
            std::fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        }
        let text = toml::to_string(&Settings::default())?;
        std::fs::write(root.join("lumbung.toml"), text).with_context(|| root.display().to_string())?;
        Self::open(root)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn database_url(&self) -> String {
        match &self.settings.database_url {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.root.join("ledger.sqlite").display()),
        }
    }

    /// The identity provider, with its secret read.
    pub(crate) fn oidc(&self) -> anyhow::Result<Option<web::office::Oidc>> {
        let Some(oidc) = self.settings.oidc.clone() else { return Ok(None) };
        let secret = match &oidc.client_secret_file {
            Some(file) => {
                let path = self.root.join(file);
                let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                Some(text.trim().to_owned())
            }
            None => None,
        };
        let provider = web::office::Oidc::new(oidc.issuer, oidc.client_id, secret, oidc.label);
        Ok(Some(provider.map_err(|error| anyhow::anyhow!("lumbung.toml, [oidc]: {error}"))?))
    }

    /// The key for personal fields, as far as it is there.
    pub(crate) fn personal_key(&self) -> anyhow::Result<Key> {
        key::of(&self.root)
    }

    /// Whoever takes letters to the mail server, if one is set.
    pub(crate) fn postman(&self) -> anyhow::Result<Option<SmtpPostman>> {
        let password = std::env::var("LUMBUNG_SMTP_PASSWORD").ok();
        let mail = self.settings.mail.as_ref();
        Ok(mail.map(|mail| SmtpPostman::new(mail, password)).transpose()?)
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    pub(crate) fn releases(&self) -> PathBuf {
        self.root.join("releases")
    }

    pub(crate) fn blob(&self, blake3: &str) -> PathBuf {
        self.root.join("blobs").join(blake3)
    }

    pub(crate) fn import(&self, id: &str) -> PathBuf {
        self.root.join("imports").join(id)
    }

    pub(crate) fn threads(&self) -> usize {
        match self.settings.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }
}
