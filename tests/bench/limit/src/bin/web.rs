//! Servers that do only what cannot be avoided: `web PORT LOG SIZE…`.
//!
//! - `GET /hello`: 13 bytes; `GET /json/0`, `/json/1` …: a prepared body of the first, second … SIZE. Bare axum.
//! - `POST /token`: the *skeleton* of a code exchange. It parses the form, compares hashes of secret and code, has a record
//!   committed to LOG together with those of others (one `fdatasync` for all that wait), and signs two ES256 tokens.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use limit::Outcome;
use limit::signer::Signer;
use tokio::sync::oneshot;

/// As much as a write to a database's log: a page for each record of a group.
const RECORD: usize = 4096;
/// The log is written in turn, so that it does not grow.
const LOG: u64 = 16 << 20;
const GROUP: usize = 128;

struct Skeleton {
    secret: [u8; 32],
    code: [u8; 32],
    key: Signer,
    door: Sender<oneshot::Sender<bool>>,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, log, sizes @ ..] = arguments.as_slice() else { return Err("usage: web PORT LOG SIZE…".into()) };
    let mut app = Router::new().route("/hello", get(|| async { "Hello, World!" }));
    for (index, size) in sizes.iter().enumerate() {
        let body = Bytes::from(vec![b'x'; size.parse()?]);
        let answer = move || async move { ([(CONTENT_TYPE, "application/json")], body) };
        app = app.route(&format!("/json/{index}"), get(answer));
    }
    let app = app.route("/token", post(token)).with_state(Arc::new(skeleton(log)?));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    Ok(axum::serve(listener, app).await?)
}

fn skeleton(log: &str) -> Outcome<Skeleton> {
    let file = OpenOptions::new().create(true).truncate(true).write(true).open(log)?;
    file.write_all_at(&vec![0; usize::try_from(LOG)?], 0)?;
    file.sync_all()?;
    let (door, queue) = channel();
    std::thread::spawn(move || write(&file, &queue));
    Ok(Skeleton { secret: hash("the secret"), code: hash("the code"), key: Signer::named("es256")?, door })
}

/// One `fdatasync` for all that wait.
fn write(file: &File, queue: &Receiver<oneshot::Sender<bool>>) {
    let mut at = 0;
    while let Ok(first) = queue.recv() {
        let waiting: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(GROUP - 1)).collect();
        let records = vec![7; waiting.len() * RECORD];
        if at + records.len() as u64 > LOG {
            at = 0;
        }
        let kept = file.write_all_at(&records, at).and_then(|()| file.sync_data()).is_ok();
        at += records.len() as u64;
        for caller in waiting {
            let _gone = caller.send(kept);
        }
    }
}

fn hash(text: &str) -> [u8; 32] {
    digest(&SHA256, text.as_bytes()).as_ref().try_into().unwrap_or_default()
}

async fn token(State(skeleton): State<Arc<Skeleton>>, headers: HeaderMap, body: Bytes) -> Response {
    match exchange(&skeleton, &headers, &body).await {
        Some(tokens) => ([(CONTENT_TYPE, "application/json")], tokens).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn exchange(skeleton: &Skeleton, headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let form: Vec<_> = url::form_urlencoded::parse(body).collect();
    let field = |wanted: &str| form.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_ref());
    let authorization = headers.get(AUTHORIZATION)?.to_str().ok()?;
    verify_slices_are_equal(&hash(authorization.strip_prefix("Bearer ")?), &skeleton.secret).ok()?;
    verify_slices_are_equal(&hash(field("code")?), &skeleton.code).ok()?;
    let verifier = digest(&SHA256, field("code_verifier")?.as_bytes());
    let (caller, answer) = oneshot::channel();
    skeleton.door.send(caller).ok()?;
    answer.await.ok().filter(|kept| *kept)?;
    // As long as the product's own.
    let padding = limit::base64url(verifier.as_ref());
    let access = format!(r#"{{"iss":"http://localhost:8400","sub":"{padding}","padding":"{}"}}"#, "x".repeat(360));
    let id = format!(r#"{{"iss":"http://localhost:8400","sub":"{padding}","padding":"{}"}}"#, "x".repeat(260));
    let access = skeleton.key.token(r#"{"alg":"ES256","typ":"at+jwt","kid":"0123456789012345678901"}"#, &access).ok()?;
    let id = skeleton.key.token(r#"{"alg":"ES256","typ":"JWT","kid":"0123456789012345678901"}"#, &id).ok()?;
    Some(format!(r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":300,"id_token":"{id}"}}"#))
}
