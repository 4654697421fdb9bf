//! A form with a file of any size: `multipart/form-data` (RFC 7578) as browsers send it, read piece by piece. Nothing of the
//! file is kept: whoever takes a piece decides what stays of it.

use axum::body::{Body, BodyDataStream};
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use futures_util::StreamExt;

use crate::layers::Clues;
use crate::upload::{boundary, cut};
use crate::{Failure, Kit, csrf};

/// How much may stand before the file.
const LONGEST_HEAD: usize = 16 * 1024;

/// Why no further piece comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The file is larger than was to be taken.
    #[error("the file is too large")]
    TooLarge,
    /// The form ended in the middle, or the browser hung up.
    #[error("the form did not come as a whole")]
    Broken,
}

/// A form that was posted from one of our own pages: this browser's token in the field `csrf`, which comes first, then small
/// fields, and at last the field `file`. It is handed over as soon as the file begins.
pub struct FileStream {
    fields: Vec<(String, String)>,
    file_name: String,
    announced: Option<u64>,
    body: BodyDataStream,
    /// What has come and was not handed out.
    held: Vec<u8>,
    /// What ends the file.
    mark: Vec<u8>,
    most: u64,
    come: u64,
    has_ended: bool,
}

impl<S> FromRequest<S> for FileStream
where
    S: Send + Sync,
    Kit: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kit = Kit::from_ref(state);
        let (parts, body) = request.into_parts();
        let browser = Clues::of(&parts, &kit).context.browser;
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let boundary = header(CONTENT_TYPE).and_then(boundary);
        let boundary = boundary.ok_or_else(|| Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE))?;
        let mark = format!("\r\n--{boundary}").into_bytes();
        let announced = header(CONTENT_LENGTH).and_then(|length| length.parse().ok());
        begin(body, mark, announced, |token| csrf::is_valid(&kit, &browser, token)).await
    }
}

async fn begin(
    body: Body,
    mark: Vec<u8>,
    announced: Option<u64>,
    is_valid: impl Fn(&str) -> bool,
) -> Result<FileStream, Failure> {
    let (mut body, mut held) = (body.into_data_stream(), Vec::new());
    loop {
        if let Some(Head { fields, file_name, length }) = head(&held, &mark, &is_valid)? {
            held.drain(..length);
            let come = u64::try_from(held.len()).unwrap_or(u64::MAX);
            let (most, has_ended) = (u64::MAX, false);
            return Ok(FileStream { fields, file_name, announced, body, held, mark, most, come, has_ended });
        }
        let piece = body.next().await.and_then(Result::ok).filter(|_| held.len() <= LONGEST_HEAD);
        held.extend_from_slice(&piece.ok_or_else(Failure::unreadable_form)?);
    }
}

impl FileStream {
    /// Sets how many bytes are taken.
    ///
    /// # Errors
    /// [`StreamError::TooLarge`]: the browser says already that there are more.
    pub fn at_most(&mut self, bytes: u64) -> Result<(), StreamError> {
        self.most = bytes;
        // What is announced is the whole form.
        let room = bytes.saturating_add(u64::try_from(LONGEST_HEAD).unwrap_or(u64::MAX));
        if self.announced.is_some_and(|length| length > room) { Err(StreamError::TooLarge) } else { Ok(()) }
    }

    /// A field before the file.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What the browser says the file is called: foreign text.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The next piece of the file; none, if it has come as a whole.
    ///
    /// # Errors
    /// [`StreamError`].
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, StreamError> {
        while !self.has_ended {
            if let Some((file, rest)) = cut(&self.held, &self.mark) {
                // Two more bytes tell whether the form ends here, as it must.
                if let Some(end) = rest.get(..2) {
                    let (fine, file) = (end == b"--", file.to_vec());
                    self.has_ended = true;
                    self.held.clear();
                    return if fine { Ok(Some(file)) } else { Err(StreamError::Broken) };
                }
            } else if self.held.len() > self.mark.len() {
                let safe = self.held.len() - self.mark.len();
                return Ok(Some(self.held.drain(..safe).collect()));
            }
            let piece = self.body.next().await.and_then(Result::ok).ok_or(StreamError::Broken)?;
            self.come = self.come.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if self.come > self.most.saturating_add(u64::try_from(self.mark.len() + 8).unwrap_or(u64::MAX)) {
                return Err(StreamError::TooLarge);
            }
            self.held.extend_from_slice(&piece);
        }
        Ok(None)
    }

    /// Lets the rest go by, as much again as was to be taken: many browsers read no answer before they have said everything.
    pub async fn drain(mut self) {
        let end = self.come.saturating_add(self.most);
        while let Some(Ok(piece)) = self.body.next().await {
            self.come = self.come.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if self.come > end {
                return;
            }
        }
    }
}

/// What stands before the file.
struct Head {
    fields: Vec<(String, String)>,
    file_name: String,
    length: usize,
}

/// Reads it, if it has come as a whole. The token is checked first: strangers learn nothing about a form.
fn head(held: &[u8], mark: &[u8], is_valid: impl Fn(&str) -> bool) -> Result<Option<Head>, Failure> {
    let mut fields: Vec<(String, String)> = Vec::new();
    // The first delimiter has no line break before it.
    let mut mark_here = mark.get(2..).unwrap_or_default();
    let mut rest = held;
    loop {
        let delimited = [mark_here, b"\r\n"].concat();
        let Some(after) = rest.strip_prefix(delimited.as_slice()) else {
            return if delimited.starts_with(rest) { Ok(None) } else { Err(Failure::unreadable_form()) };
        };
        let Some((headers, content)) = cut(after, b"\r\n\r\n") else { return Ok(None) };
        let (name, file_name) = disposition(headers).ok_or_else(Failure::unreadable_form)?;
        if fields.is_empty() && name != "csrf" {
            return Err(Failure::stale_form());
        }
        if let Some(file_name) = file_name {
            let length = held.len() - content.len();
            return if name == "file" {
                Ok(Some(Head { fields, file_name, length }))
            } else {
                Err(Failure::unreadable_form())
            };
        }
        let Some((value, next)) = cut_before(content, mark) else { return Ok(None) };
        let value = std::str::from_utf8(value).map_err(|_| Failure::unreadable_form())?;
        if fields.is_empty() && !is_valid(value) {
            return Err(Failure::stale_form());
        }
        if fields.iter().any(|(known, _)| *known == name) {
            return Err(Failure::unreadable_form());
        }
        fields.push((name, value.to_owned()));
        (mark_here, rest) = (mark, next);
    }
}

/// What stands before the mark, and the rest with it.
fn cut_before<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (value, _) = cut(bytes, mark)?;
    Some((value, bytes.get(value.len()..)?))
}

/// A part's name, and its file's if it is one (RFC 7578 §4.2).
fn disposition(headers: &[u8]) -> Option<(String, Option<String>)> {
    let headers = String::from_utf8_lossy(headers);
    let mut lines = headers.split("\r\n").filter_map(|line| line.split_once(": "));
    let (_, disposition) = lines.find(|(header, _)| header.eq_ignore_ascii_case("content-disposition"))?;
    let named = disposition.strip_prefix("form-data; name=\"")?;
    let (name, rest) = named.split_once('"')?;
    let file =
        rest.strip_prefix("; filename=\"").and_then(|rest| rest.split_once('"')).map(|(file, _)| file.to_owned());
    Some((name.to_owned(), file))
}

#[cfg(test)]
mod tests;
