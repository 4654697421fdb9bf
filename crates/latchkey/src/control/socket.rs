use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Reply;

/// The longest command.
const LONGEST: u64 = 256 * 1024;

/// Where a command's replies go.
pub type Answer = mpsc::Sender<Reply>;

/// The socket of a running server.
pub struct Control {
    listener: UnixListener,
    path: PathBuf,
}

/// Makes the socket, for its owner alone. One that a server left behind is replaced.
pub async fn listen(path: &Path) -> anyhow::Result<Control> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    if UnixStream::connect(path).await.is_ok() {
        bail!("{}: another server answers there already", path.display());
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot replace {}", path.display()));
        }
        _ => {}
    }
    let listener = UnixListener::bind(path).with_context(|| format!("cannot make the socket {}", path.display()))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(Control { listener, path: path.to_owned() })
}

impl Control {
    /// Carries out commands until stopped; those that have begun are finished.
    pub async fn serve<C, F>(self, execute: impl Fn(C, Answer) -> F + Clone + Send + 'static, stop: CancellationToken)
    where
        C: DeserializeOwned + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let mut running = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => if let Ok((stream, _)) = accepted {
                    let execute = execute.clone();
                    running.spawn(async move {
                        if let Err(error) = answer(stream, execute).await {
                            tracing::warn!(%error, "a command was broken off");
                        }
                    });
                },
                Some(_) = running.join_next() => {}
            }
        }
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "the socket was gone already");
        }
        while running.join_next().await.is_some() {}
    }
}

async fn answer<C, F>(stream: UnixStream, execute: impl Fn(C, Answer) -> F) -> anyhow::Result<()>
where
    C: DeserializeOwned,
    F: Future<Output = ()> + Send + 'static,
{
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(LONGEST)).read_line(&mut line).await?;
    let (sender, mut replies) = mpsc::channel(16);
    match serde_json::from_str(&line) {
        // A task of its own: a caller that goes away does not stop half a command.
        Ok(command) => drop(tokio::spawn(execute(command, sender))),
        Err(error) => {
            let refusal = format!("the server does not know this command ({error}); is it another version?");
            sender.send(Reply::Refused(refusal)).await?;
            drop(sender);
        }
    }
    while let Some(reply) = replies.recv().await {
        write.write_all(format!("{}\n", serde_json::to_string(&reply)?).as_bytes()).await?;
    }
    write.shutdown().await?;
    Ok(())
}

/// Sends a command to the server behind a socket; `None` if nobody listens.
pub async fn ask(path: &Path, command: &impl Serialize) -> anyhow::Result<Option<mpsc::Receiver<Reply>>> {
    let stream = match UnixStream::connect(path).await {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error).with_context(|| format!("cannot open the socket {}", path.display())),
    };
    let (read, mut write) = stream.into_split();
    write.write_all(format!("{}\n", serde_json::to_string(command)?).as_bytes()).await?;
    let (sender, replies) = mpsc::channel(16);
    tokio::spawn(async move {
        // Held until the answer is read: closing it would end the conversation.
        let _write = write;
        let mut lines = BufReader::new(read).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let reply = serde_json::from_str(&line).unwrap_or_else(|error| Reply::Refused(error.to_string()));
            if sender.send(reply).await.is_err() {
                break;
            }
        }
    });
    Ok(Some(replies))
}
