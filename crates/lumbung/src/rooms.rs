//! Opens the rooms of one data folder, once, for whoever works in it.

use std::path::Path;
use std::sync::Arc;

use domain::catalogue::Catalogue;
use domain::survey::Survey;
use microdata::Archive;
use store::Store;

use crate::content;
use crate::folder::Folder;
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

/// The clock of the whole program.
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A fresh id: UUIDv7, so that newer things sort after older ones.
pub(crate) fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
