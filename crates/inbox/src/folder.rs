//! Messages on disk, one JSON file each, so that a demo that starts again still shows them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tracing::warn;

use crate::message::Message;

/// Reads what is there, oldest first; makes the folder if there is none. A file that can't be read is left alone.
pub fn load(folder: &Path) -> io::Result<Vec<Message>> {
    create(folder)?;
    let mut messages = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            match fs::read(&path).map(|bytes| serde_json::from_slice::<Message>(&bytes)) {
                Ok(Ok(message)) => messages.push(message),
                _ => warn!(path = %path.display(), "not a kept mail"),
            }
        }
    }
    messages.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(messages)
}

/// These mails open accounts: nobody else on the machine reads them.
fn create(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes one, in one step (a half-written file never has the name of a whole one).
pub async fn save(folder: &Path, message: &Message) {
    let path = path(folder, message);
    let unfinished = path.with_extension("part");
    let written = match serde_json::to_vec(message) {
        Ok(bytes) => tokio::fs::write(&unfinished, bytes).await,
        Err(error) => Err(error.into()),
    };
    if let Err(error) = match written {
        Ok(()) => tokio::fs::rename(&unfinished, &path).await,
        Err(error) => Err(error),
    } {
        warn!(path = %path.display(), %error, "a mail is not on disk; it stays in memory");
    }
}

/// Removes one.
pub async fn remove(folder: &Path, message: &Message) {
    if let Err(error) = tokio::fs::remove_file(path(folder, message)).await {
        warn!(%error, "an old mail could not be removed");
    }
}

fn path(folder: &Path, message: &Message) -> PathBuf {
    folder.join(format!("{}.json", message.id))
}
