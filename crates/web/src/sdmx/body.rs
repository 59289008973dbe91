//! Bodies that are written while they are read, so that no file has to fit into memory.

use std::io::{self, Write};

use axum::body::{Body, Bytes};
use futures::StreamExt;
use publication::PublicationError;
use tokio::sync::mpsc;

type Chunk = Result<Bytes, io::Error>;

/// Chunks under way at most; a slow reader slows the writer down.
const UNDER_WAY: usize = 4;

/// A body whose bytes a blocking function writes.
///
/// If the reader goes away, the next write fails and the function ends. If the function fails,
/// the connection breaks off, so that half a file is not taken for a whole one.
pub(super) fn written_by<F>(write: F) -> Body
where
    F: FnOnce(&mut dyn Write) -> Result<(), PublicationError> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel::<Chunk>(UNDER_WAY);
    tokio::task::spawn_blocking(move || {
        let mut out = Sender(sender);
        if let Err(error) = write(&mut out) {
            let gone = matches!(&error, PublicationError::Render(cause) if cause.kind() == io::ErrorKind::BrokenPipe);
            if !gone {
                tracing::error!(%error, "a file could not be written to the end");
            }
            // Nobody may be listening any more, and that is all right.
            let _ = out.0.blocking_send(Err(io::Error::other("the file could not be written to the end")));
        }
    });
    let chunks = futures::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    // Compression asks once more after the end.
    Body::from_stream(chunks.fuse())
}

struct Sender(mpsc::Sender<Chunk>);

impl Write for Sender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let chunk = Ok(Bytes::copy_from_slice(bytes));
        self.0.blocking_send(chunk).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
