//! Errors in the words of whoever reads them: the room's own words in both languages.

use domain::language::{Language, Text};

use crate::words::Message;

/// What went wrong, in the reader's language.
pub(crate) fn words(error: &anyhow::Error, language: Language) -> String {
    text(error).get(language).to_owned()
}

/// What went wrong, in both languages; what a library says stays in its own.
pub(crate) fn text(error: &anyhow::Error) -> Text {
    for cause in error.chain() {
        if let Some(message) = cause.downcast_ref::<Message>() {
            return message.text();
        }
        if let Some(error) = cause.downcast_ref::<microdata::ArchiveError>() {
            return error.text();
        }
        if let Some(error) = cause.downcast_ref::<methods::bench::MethodError>() {
            return error.text();
        }
    }
    Text::same(format!("{error:#}"))
}

/// Did the work end because somebody asked it to?
pub(crate) fn is_cancellation(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(cause.downcast_ref::<Message>(), Some(Message::Cancelled))
            || matches!(
                cause.downcast_ref::<microdata::ArchiveError>(),
                Some(microdata::ArchiveError::Cancelled)
            )
            || matches!(cause.downcast_ref::<intake::IntakeError>(), Some(intake::IntakeError::Cancelled))
            || matches!(
                cause.downcast_ref::<statistics::StatisticsError>(),
                Some(statistics::StatisticsError::Cancelled)
            )
            || matches!(
                cause.downcast_ref::<disclosure::DisclosureError>(),
                Some(disclosure::DisclosureError::Cancelled)
            )
    })
}
