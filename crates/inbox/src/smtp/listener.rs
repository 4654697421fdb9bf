use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::data::Data;
use super::session::{Envelope, Session, Then};

/// The longest piece read at once; commands must fit in it.
const MAX_LINE: u64 = 4096;
/// How long a connection may be silent (a mailer keeps its connections for the next mail).
const IDLE: Duration = Duration::from_secs(300);
/// How long one mail may take.
const DATA_TIME: Duration = Duration::from_secs(60);
/// Connections at a time; further ones wait.
const MAX_CONNECTIONS: usize = 256;
/// Wrong commands after which a connection is closed.
const MAX_ERRORS: u32 = 20;

/// Accepts connections until cancelled; `keep` is awaited before a mail is acknowledged.
pub async fn listen<K, F>(listener: TcpListener, cancel: CancellationToken, keep: K)
where
    K: Fn(Envelope, Vec<u8>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ()> + Send,
{
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let accept = async {
            let slot = Arc::clone(&slots).acquire_owned().await.ok()?;
            Some((slot, listener.accept().await))
        };
        let Some(Some((slot, accepted))) = cancel.run_until_cancelled(accept).await else { return };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, most likely: let some be returned.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (cancel, keep) = (cancel.clone(), keep.clone());
        tokio::spawn(async move {
            if let Some(Err(error)) = cancel.run_until_cancelled(converse(stream, keep)).await {
                debug!(%error, "a mail connection broke off");
            }
            drop(slot);
        });
    }
}

type Stream = BufReader<BufWriter<TcpStream>>;

async fn converse<K, F>(stream: TcpStream, keep: K) -> io::Result<()>
where
    K: Fn(Envelope, Vec<u8>) -> F,
    F: Future<Output = ()>,
{
    let mut stream = BufReader::new(BufWriter::new(stream));
    let mut session = Session::default();
    let mut errors = 0;
    stream.write_all(b"220 inbox ESMTP\r\n").await?;
    stream.flush().await?;
    loop {
        let line = timeout(IDLE, piece(&mut stream)).await??;
        if line.is_empty() {
            return Ok(());
        }
        if !line.ends_with(b"\n") {
            // The rest of an overlong line could hold anything; it is not read as commands.
            stream.write_all(b"500 line too long\r\n").await?;
            return stream.flush().await;
        }
        let reply = session.command(String::from_utf8_lossy(&line).trim_end());
        errors += u32::from(reply.text.starts_with('5'));
        stream.write_all(reply.text.as_bytes()).await?;
        if reply.then == Then::Data {
            stream.flush().await?;
            let mail = timeout(DATA_TIME, mail(&mut stream)).await??;
            let envelope = session.take_envelope();
            let answer: &[u8] = match mail {
                Some(raw) => {
                    keep(envelope, raw).await;
                    b"250 kept\r\n"
                }
                None => b"552 too large\r\n",
            };
            stream.write_all(answer).await?;
        }
        // Commands sent together (RFC 2920) are answered together.
        if stream.buffer().is_empty() || reply.then == Then::Close {
            stream.flush().await?;
        }
        if reply.then == Then::Close || errors >= MAX_ERRORS {
            return stream.flush().await;
        }
    }
}

async fn mail(stream: &mut Stream) -> io::Result<Option<Vec<u8>>> {
    let mut data = Data::new();
    loop {
        let piece = piece(stream).await?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if data.take(&piece) {
            return Ok(data.finish());
        }
    }
}

/// Up to the next line feed, or as much as is read at once; empty at the end of the connection.
async fn piece(stream: &mut Stream) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    (&mut *stream).take(MAX_LINE).read_until(b'\n', &mut line).await?;
    Ok(line)
}
