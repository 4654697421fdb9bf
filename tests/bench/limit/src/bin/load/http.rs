//! As much of an HTTP client as the load needs, and no more work than that: one connection, kept alive.

use std::time::{Duration, Instant};

use limit::Outcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Servers close what nobody uses: between two turns of a subject the others have theirs.
const STALE: Duration = Duration::from_secs(3);

/// An answer.
#[derive(Default)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    /// The values of a header.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.lines().filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The first of them.
    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    /// The status as it was expected, or the whole answer as an error.
    pub fn expect(self, status: u16, what: &str) -> Outcome<Self> {
        if self.status == status {
            return Ok(self);
        }
        let body: String = self.body.chars().take(300).collect();
        Err(format!("{what}: {} instead of {status}: {body}", self.status).into())
    }
}

/// A connection to one origin.
pub struct Connection {
    host: String,
    /// Open, and unused since then.
    stream: Option<(TcpStream, Instant)>,
    unread: Vec<u8>,
}

impl Connection {
    /// To `host:port`; connects when it is used.
    pub fn to(host: &str) -> Self {
        Self { host: host.to_owned(), stream: None, unread: Vec::new() }
    }

    /// Sends a request and reads its answer. `headers` are whole lines.
    pub async fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Outcome<Answer> {
        let length = if method == "POST" { format!("content-length: {}\r\n", body.len()) } else { String::new() };
        let request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n{headers}{length}\r\n{body}", self.host);
        let mut stream = match self.stream.take().filter(|(_, since)| since.elapsed() < STALE) {
            Some((stream, _)) => stream,
            None => self.connect().await?,
        };
        stream.write_all(request.as_bytes()).await?;
        let answer = self.read(&mut stream).await?;
        if !answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            self.stream = Some((stream, Instant::now()));
        }
        Ok(answer)
    }

    async fn connect(&mut self) -> Outcome<TcpStream> {
        self.unread.clear();
        let stream = TcpStream::connect(&self.host).await.map_err(|error| format!("{}: {error}", self.host))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    async fn read(&mut self, stream: &mut TcpStream) -> Outcome<Answer> {
        let end = loop {
            if let Some(end) = find(&self.unread, b"\r\n\r\n") {
                break end;
            }
            self.more(stream).await?;
        };
        let head = String::from_utf8_lossy(self.unread.get(..end).unwrap_or_default()).into_owned();
        self.unread.drain(..end + 4);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no HTTP answer")?;
        let mut answer = Answer { status, head, body: String::new() };
        if answer.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            answer.body = self.chunks(stream).await?;
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse()?;
            answer.body = self.take(stream, length).await?;
        }
        Ok(answer)
    }

    async fn chunks(&mut self, stream: &mut TcpStream) -> Outcome<String> {
        let mut body = String::new();
        loop {
            let end = loop {
                if let Some(end) = find(&self.unread, b"\r\n") {
                    break end;
                }
                self.more(stream).await?;
            };
            let size = self.take(stream, end + 2).await?;
            let size = usize::from_str_radix(size.trim(), 16)?;
            let chunk = self.take(stream, size + 2).await?;
            if size == 0 {
                return Ok(body);
            }
            body.push_str(chunk.get(..size).unwrap_or_default());
        }
    }

    async fn take(&mut self, stream: &mut TcpStream, length: usize) -> Outcome<String> {
        while self.unread.len() < length {
            self.more(stream).await?;
        }
        Ok(String::from_utf8(self.unread.drain(..length).collect())?)
    }

    async fn more(&mut self, stream: &mut TcpStream) -> Outcome<()> {
        self.unread.reserve(16 * 1024);
        match stream.read_buf(&mut self.unread).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
