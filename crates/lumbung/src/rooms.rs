//! Opens the rooms of one data folder, once, for whoever works in it.

use std::path::Path;
use std::sync::Arc;

use domain::actor::Actor;
use domain::catalogue::Catalogue;
use domain::organisation::{Organisation, RecordOrganisation};
use domain::survey::Survey;
use microdata::Archive;
use rand::Rng;
use store::{Store, Vault};

use crate::content;
use crate::folder::Folder;
use crate::key::Key;
use crate::words::Message;

/// Everything a command or a job needs.
#[derive(Clone)]
pub(crate) struct Rooms {
    pub folder: Folder,
    pub content: Arc<Catalogue>,
    pub store: Store,
    pub archive: Arc<Archive>,
    pub releases: Arc<publication::Catalogue>,
}

impl Rooms {
    pub(crate) async fn open(data_dir: &Path) -> anyhow::Result<Self> {
        Self::of(Folder::open(data_dir)?).await
    }

    pub(crate) async fn of(folder: Folder) -> anyhow::Result<Self> {
        let content = Arc::new(content::catalogue(Some(folder.root()))?);
        let store = Store::open(&folder.database_url()).await?;
        // Without its key a folder opens all the same: statistics need none, and personal fields stay shut.
        let store = match folder.personal_key()? {
            Key::Ready(key) => store.with_vault(Vault::new(key)),
            Key::Missing | Key::Wrong => store,
        };
        record_organisations(&store, &content).await?;
        let archive = Arc::new(Archive::open(&folder.archive())?);
        let releases = Arc::new(publication::Catalogue::open(&folder.releases())?);
        Ok(Rooms { folder, content, store, archive, releases })
    }

    pub(crate) fn survey(&self, id: &str) -> anyhow::Result<&Survey> {
        self.content.survey(id).ok_or_else(|| {
            let known =
                self.content.surveys().map(|survey| survey.id.as_str()).collect::<Vec<_>>().join(", ");
            Message::UnknownSurvey { survey: id.to_owned(), known }.into()
        })
    }
}

/// The organisations that the programmes name are on record, unless somebody has put them there.
async fn record_organisations(store: &Store, content: &Catalogue) -> anyhow::Result<()> {
    let known = store::organisations::all(store).await?;
    let missing = content.organisations().filter(|named| known.iter().all(|known| known.id != named.id));
    let missing: Vec<Organisation> = missing.cloned().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut tx = store.begin(now()).await?;
    for organisation in missing {
        let permit = Actor::operator().permit(RecordOrganisation { organisation })?;
        store::organisations::record(&mut tx, &permit).await?;
    }
    Ok(tx.commit().await?)
}

/// The clock of the whole program.
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A fresh id: UUIDv7, so that newer things sort after older ones.
pub(crate) fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Unguessable bytes from the operating system, for links, sessions and keys.
pub(crate) fn secret_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
