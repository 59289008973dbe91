//! What every handler can reach: the rooms, the configuration, the clock and the source of ids.
//!
//! The clock and the ids are handed in by the binary, so that tests decide what time it is.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::kept::Refreshing;

/// Gives the time, when asked.
pub type Clock = Box<dyn Fn() -> jiff::Timestamp + Send + Sync>;
/// Gives a fresh id (UUIDv7 text), when asked.
pub type IdSource = Box<dyn Fn() -> String + Send + Sync>;

/// Where the server stands.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder: blobs, imports, releases.
    pub data_dir: PathBuf,
    /// As the outside world reaches us, without a slash at the end: `https://npd.example.go.id`.
    pub base_url: String,
    /// How long a page waits for a newer result before it shows the one that was kept.
    pub patience: Duration,
}

impl Config {
    /// Are we reached over TLS? Then cookies are for TLS alone.
    pub fn secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// The rooms behind the front desk.
pub struct Rooms {
    pub config: Config,
    pub clock: Clock,
    pub ids: IdSource,
    /// Classifications, surveys, plans: what is content and not code.
    pub content: domain::catalogue::Catalogue,
    /// What was published.
    pub releases: publication::Catalogue,
    /// The shapes of the provinces; without them there are no maps.
    pub geometry: Option<crate::chart::map::Geometry>,
    /// What the office works with: the ledger, secrets, passwords.
    pub desk: crate::office::Desk,
    /// The post, if a mail server is set.
    pub post: Option<std::sync::Arc<dyn domain::mail::Postman>>,
    /// The press.
    pub paper: crate::paper::Paper,
}

/// A cheap handle on the [`Rooms`], as axum wants it.
#[derive(Clone)]
pub struct AppState {
    rooms: Arc<Rooms>,
    pub(crate) refreshing: Arc<Refreshing>,
    /// Which content results are computed by: what was kept under another one does not hold.
    pub(crate) yardstick: Arc<str>,
}

impl AppState {
    pub fn new(rooms: Rooms) -> Self {
        let yardstick = yardstick(&rooms.content).into();
        AppState { rooms: Arc::new(rooms), refreshing: Arc::default(), yardstick }
    }

    pub fn now(&self) -> jiff::Timestamp {
        (self.clock)()
    }

    /// The day it is in Western Indonesia, by which days are counted.
    pub fn today(&self) -> jiff::civil::Date {
        store::delivery::day(self.now())
    }

    pub fn new_id(&self) -> String {
        (self.ids)()
    }
}

impl Deref for AppState {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.rooms
    }
}

/// A mark of the definitions, prices and groups by which results of programmes are computed.
fn yardstick(content: &domain::catalogue::Catalogue) -> String {
    let mut hasher = DefaultHasher::new();
    for programme in content.programmes() {
        content.programme_files(&programme.id).hash(&mut hasher);
    }
    for deflator in content.deflators() {
        content.deflator_files(&deflator.id).for_each(|file| file.hash(&mut hasher));
    }
    for classification in content.classifications() {
        content.classification_files(&classification.id).for_each(|file| file.hash(&mut hasher));
    }
    format!("{:016x}", hasher.finish())
}
