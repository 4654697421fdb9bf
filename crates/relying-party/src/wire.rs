use std::pin::Pin;

use outbound::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use outbound::{OutboundError, Request, Response};
use serde_json::{Map, Value};
use url::Url;

use crate::fault::shown;
use crate::strict::{Strict, StrictObject};
use crate::{Endpoint, Fault, Problem};

/// What an answer should be.
pub(crate) const JSON: &str = "application/json";
pub(crate) const JWT: &str = "application/jwt";

/// Sends a request of a relying party's; the answer has a status of success.
pub(crate) async fn ask(http: &outbound::Client, at: Endpoint, request: Request) -> Result<Response, Fault> {
    succeeded(at, send(http, at, request).await?)
}

/// The same, with whatever status comes.
pub(crate) async fn send(http: &outbound::Client, at: Endpoint, request: Request) -> Result<Response, Fault> {
    let address = origin(&request.url);
    let sent: Pin<Box<dyn Future<Output = _> + Send + '_>> = Box::pin(http.send(request));
    sent.await.map_err(|error| Fault::at(at, problem(error, address)))
}

pub(crate) fn succeeded(at: Endpoint, response: Response) -> Result<Response, Fault> {
    let status = response.status;
    if status.is_success() {
        return Ok(response);
    }
    Err(Fault::at(
        at,
        match status.as_u16() {
            code @ 300..=399 => Problem::Moved(code),
            code @ (429 | 500..=599) => Problem::Away(format!("answers with status {code}")),
            code => Problem::Status(code),
        },
    ))
}

/// `GET` of one JSON object.
pub(crate) async fn get_object(http: &outbound::Client, at: Endpoint, url: Url) -> Result<Map<String, Value>, Fault> {
    let answer = ask(http, at, Request::get(url)).await?;
    content_type(at, &answer, JSON)?;
    object(at, &answer)
}

/// A request that asks for JSON with an access token (RFC 6750 §2.1).
pub(crate) fn with_token(at: Endpoint, url: Url, token: &str, accept: &'static str) -> Result<Request, Fault> {
    let request = Request::get(url).header(ACCEPT, HeaderValue::from_static(accept)).bearer(token);
    request.map_err(|_| Fault::at(at, Problem::NotJson("the access token is no header value".to_owned())))
}

/// The body as one JSON object without members stated twice.
pub(crate) fn object(at: Endpoint, answer: &Response) -> Result<Map<String, Value>, Fault> {
    serde_json::from_slice::<StrictObject>(&answer.body).map(|read| read.0).map_err(|error| not_json(at, &error))
}

/// The body as any JSON.
pub(crate) fn value(at: Endpoint, answer: &Response) -> Result<Value, Fault> {
    serde_json::from_slice::<Strict>(&answer.body).map(|read| read.0).map_err(|error| not_json(at, &error))
}

fn not_json(at: Endpoint, error: &serde_json::Error) -> Fault {
    // The place alone: the library's text can quote what it read.
    let what = if error.is_data() { "no object, or a member stated twice" } else { "no JSON" };
    Fault::at(at, Problem::NotJson(format!("{what}, at line {}, column {}", error.line(), error.column())))
}

/// What the answer says it is, without parameters; nothing if it does not say.
pub(crate) fn stated_type(answer: &Response) -> Option<String> {
    let value = answer.headers.get(CONTENT_TYPE)?.to_str().unwrap_or_default();
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// The answer says nothing else than `expected`. `application/jwk-set+json` and its like are JSON (RFC 6839 §3.1).
pub(crate) fn content_type(at: Endpoint, answer: &Response, expected: &'static str) -> Result<(), Fault> {
    match stated_type(answer) {
        Some(got) if got != expected && !(expected == JSON && got.ends_with("+json")) => {
            Err(Fault::at(at, Problem::ContentType { expected, got: shown(&got) }))
        }
        _ => Ok(()),
    }
}

fn origin(url: &Url) -> String {
    shown(&url.origin().ascii_serialization())
}

fn problem(error: OutboundError, address: String) -> Problem {
    match error {
        OutboundError::NotHttps(_) => Problem::Insecure(address),
        OutboundError::Address(_) => Problem::Address(address),
        OutboundError::Inside(_) => Problem::Inside(address),
        OutboundError::Timeout(_) => Problem::Slow,
        OutboundError::TooLarge(_, most) => Problem::TooLarge(most),
        OutboundError::Unreachable { reason, .. } => Problem::Away(shown(&reason)),
        OutboundError::Unreadable(reason) => Problem::NotJson(reason),
    }
}
