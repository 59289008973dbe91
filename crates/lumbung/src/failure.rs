//! Errors in the words of whoever reads them: the room's own words in both languages.

use std::error::Error;
use std::io;

use domain::language::{Language, Text};

use crate::words::Message;

/// What went wrong, in the reader's language.
pub(crate) fn words(error: &anyhow::Error, language: Language) -> String {
    text(error).get(language).to_owned()
}

/// What went wrong, in both languages; what a library says stays in its own.
pub(crate) fn text(error: &anyhow::Error) -> Text {
    for cause in error.chain() {
        if let Some(told) = told_by_a_room(cause) {
            return told;
        }
        if let Some(cause) = cause.downcast_ref::<io::Error>() {
            return of_the_system(error, cause);
        }
        if let Some(error) = cause.downcast_ref::<methods::bench::MethodError>() {
            return error.text();
        }
    }
    Text::same(format!("{error:#}"))
}

/// The words of the room in which it went wrong.
fn told_by_a_room(cause: &(dyn Error + 'static)) -> Option<Text> {
    if let Some(error) = cause.downcast_ref::<Message>() {
        return Some(error.text());
    }
    if let Some(error) = cause.downcast_ref::<domain::actor::Refused>() {
        return Some(error.text());
    }
    if let Some(error) = cause.downcast_ref::<domain::plan::PlanError>() {
        return Some(error.text());
    }
    if let Some(error) = cause.downcast_ref::<domain::catalogue::CatalogueError>() {
        return Some(error.text());
    }
    if let Some(error) = cause.downcast_ref::<store::StoreError>() {
        return Some(error.text());
    }
    if let Some(error) = cause.downcast_ref::<intake::IntakeError>() {
        return Some(error.text());
    }
    if let Some(error) = cause.downcast_ref::<microdata::ArchiveError>() {
        return Some(error.text());
    }
    if let Some(error) = cause.downcast_ref::<statistics::StatisticsError>() {
        return Some(error.text());
    }
    if let Some(error) = cause.downcast_ref::<disclosure::DisclosureError>() {
        return Some(error.text());
    }
    cause.downcast_ref::<publication::PublicationError>().map(publication::PublicationError::text)
}

/// What the operating system refused, with the path or address it happened at.
fn of_the_system(error: &anyhow::Error, cause: &io::Error) -> Text {
    let (id, en) = match cause.kind() {
        io::ErrorKind::NotFound => (
            "tidak ada; periksa letak dan ejaannya",
            "does not exist; check where it is and how it is spelled",
        ),
        io::ErrorKind::PermissionDenied => {
            ("tidak boleh dibuka; periksa hak Anda", "may not be opened; check your rights to it")
        }
        io::ErrorKind::IsADirectory => ("adalah folder, bukan berkas", "is a folder, not a file"),
        io::ErrorKind::AddrInUse => (
            "sudah dipakai program lain; pilih alamat lain dengan --listen",
            "is in use by another program; choose another address with --listen",
        ),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => (
            "tidak muat: penyimpanan penuh; kosongkan ruang, lalu coba lagi",
            "does not fit: the disk is full; free some space and try again",
        ),
        _ => return Text::same(format!("{error:#}")),
    };
    // Without a context the error says nothing but itself.
    let place = error.to_string();
    if place == cause.to_string() {
        return Text::new(format!("berkas {id} ({cause})"), format!("a file {en} ({cause})"));
    }
    Text::new(format!("`{place}` {id}"), format!("`{place}` {en}"))
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
            || matches!(
                cause.downcast_ref::<publication::PublicationError>(),
                Some(publication::PublicationError::Cancelled)
            )
    })
}

/// Did the reader of our output stop reading, as `head` does? That is no failure.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
