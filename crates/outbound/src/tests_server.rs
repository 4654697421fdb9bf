use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::{Client, Config, Origin};

/// A listener on loopback that counts who comes.
pub(crate) struct Server {
    pub port: u16,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(stream));
            }
        });
        Self { port, connections }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        format!("http://127.0.0.1:{}{path}", self.port).parse().unwrap()
    }

    /// A client for which this server is the one exception.
    pub(crate) fn client(&self) -> Client {
        self.client_within(Duration::from_secs(10))
    }

    /// The same, which waits so long.
    pub(crate) fn client_within(&self, timeout: Duration) -> Client {
        let exceptions = vec![Origin::of(&self.url("/")).unwrap()];
        Client::new(Config { exceptions, timeout, max_bytes: 10_000, ..Config::default() }).unwrap()
    }
}

/// One request, one answer by its path; the connection ends with it.
async fn answer(mut stream: TcpStream) {
    let mut request = vec![0; 4_096];
    let length = stream.read(&mut request).await.unwrap_or(0);
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let head = |more: &str| format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{more}\r\n");
    let sent = match path.as_str() {
        "/echo" => stream.write_all((head("Content-Type: text/plain\r\n") + &request).as_bytes()).await,
        "/redirect" => {
            let moved = "HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(moved.as_bytes()).await
        }
        "/announced" => stream.write_all(head("Content-Length: 10000000000\r\n").as_bytes()).await,
        "/exact" => stream.write_all((head("") + &"x".repeat(10_000)).as_bytes()).await,
        "/endless" => loop {
            if stream.write_all((head("") + &"x".repeat(4_000)).as_bytes()).await.is_err() {
                break Ok(());
            }
        },
        "/drip" => {
            let mut sent = stream.write_all(head("").as_bytes()).await;
            while sent.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
                sent = stream.write_all(b"x").await;
            }
            sent
        }
        "/silent" => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(())
        }
        "/garbage" => stream.write_all(b"\0\x01\x02 not http\r\n\r\n").await,
        _ => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}").await,
    };
    drop(sent);
}
