//! `lumbung remind`: one round of reminders by e-mail, for whoever runs no server all day.

use std::path::Path;
use std::sync::Arc;

use domain::language::Language;

use crate::jobs;
use crate::post::MailFault;
use crate::rooms::Rooms;
use crate::words::{Message, say, tell};

pub(super) async fn run(data_dir: &Path, language: Language) -> anyhow::Result<()> {
    let rooms = Rooms::open(data_dir).await?;
    let postman = rooms.folder.postman()?.ok_or(Message::Mail(MailFault::NotSet))?;
    let base_url = rooms.folder.settings.base_url.clone().unwrap_or_else(|| "http://127.0.0.1:8080".into());
    let round = jobs::remind(&rooms, Arc::new(postman), &base_url).await?;
    if let Some(reason) = round.failure {
        return Err(Message::Mail(MailFault::Waits { reason }).into());
    }
    tell(say(
        language,
        format!("{} pengingat terkirim.", round.sent),
        format!("{} reminders sent.", round.sent),
    ))?;
    Ok(())
}
