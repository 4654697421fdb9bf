//! Forms with a file: `multipart/form-data` (RFC 7578), as far as browsers send it for the one form that we have. What is
//! written otherwise is refused; the body is in memory by then, and no longer than the route allows.

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;

use crate::layers::Clues;
use crate::{Failure, Kit, csrf};

/// One file that was posted from one of our own pages: a form of `multipart/form-data` with this browser's token in the field
/// `csrf`, which comes first, and the field `file`, and no other.
///
/// The route needs a `DefaultBodyLimit` above `MOST` bytes: a file between the two is told from one that fits, what is larger
/// still is a 413.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upload<const MOST: usize> {
    /// No file was chosen.
    Nothing,
    /// It has more than `MOST` bytes.
    TooLarge,
    /// What it holds. What its name and its sender say of it is not asked.
    File(Vec<u8>),
}

impl<const MOST: usize, S> FromRequest<S> for Upload<MOST>
where
    S: Send + Sync,
    Kit: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kit = Kit::from_ref(state);
        let (parts, body) = request.into_parts();
        let browser = Clues::of(&parts, &kit).context.browser;
        let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = content_type.and_then(boundary).map(str::to_owned);
        let boundary = boundary.ok_or_else(|| Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE))?;
        let bytes = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|rejection| Failure::new(rejection.status()))?;
        let file = file(&bytes, &boundary, |token| csrf::is_valid(&kit, &browser, token))?;
        Ok(match file.len() {
            0 => Self::Nothing,
            length if length > MOST => Self::TooLarge,
            _ => Self::File(file.to_vec()),
        })
    }
}

/// What stands between the parts (RFC 2046 §5.1.1), if this is such a form.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let (essence, parameters) = content_type.split_once(';')?;
    let boundary = parameters.trim().strip_prefix("boundary=")?.trim_matches('"');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    let fine = essence.trim().eq_ignore_ascii_case("multipart/form-data")
        && (1..=70).contains(&boundary.len())
        && boundary.bytes().all(plain);
    fine.then_some(boundary)
}

/// The file's bytes, after the check of the token: strangers learn nothing about a form.
fn file<'a>(body: &'a [u8], boundary: &str, is_valid: impl Fn(&str) -> bool) -> Result<&'a [u8], Failure> {
    let token = part(body, boundary, "csrf").and_then(|(token, rest)| Some((std::str::from_utf8(token).ok()?, rest)));
    let Some((_, rest)) = token.filter(|(token, _)| is_valid(token)) else { return Err(Failure::stale_form()) };
    let last = part(rest, boundary, "file");
    let end = format!("\r\n--{boundary}--");
    match last {
        Some((file, rest)) if rest.starts_with(end.as_bytes()) => Ok(file),
        _ => Err(Failure::unreadable_form()),
    }
}

/// The part that `rest` begins with, if it has this name, and what comes after it: the next delimiter, with its line break.
fn part<'a>(rest: &'a [u8], boundary: &str, name: &str) -> Option<(&'a [u8], &'a [u8])> {
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter has no line break before it.
    let after =
        rest.strip_prefix(delimiter.as_bytes()).or_else(|| rest.strip_prefix(delimiter.trim_start().as_bytes()))?;
    let after = after.strip_prefix(b"\r\n")?;
    let (headers, content) = cut(after, b"\r\n\r\n")?;
    let headers = std::str::from_utf8(headers).ok()?;
    let mut lines = headers.split("\r\n").filter_map(|line| line.split_once(": "));
    let (_, disposition) = lines.find(|(header, _)| header.eq_ignore_ascii_case("content-disposition"))?;
    let named = disposition.strip_prefix("form-data; name=\"")?.strip_prefix(name)?;
    if named != "\"" && !named.starts_with("\"; filename=\"") {
        return None;
    }
    let (value, _) = cut(content, delimiter.as_bytes())?;
    Some((value, content.get(value.len()..)?))
}

/// What stands before and after the first `mark`.
pub(crate) fn cut<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((bytes.get(..at)?, bytes.get(at + mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<u8>, StatusCode> {
        let body = body.replace('\n', "\r\n");
        file(body.as_bytes(), "x-1", |token| token == "good").map(<[u8]>::to_vec).map_err(|failure| failure.status())
    }

    const CSRF: &str = "--x-1\nContent-Disposition: form-data; name=\"csrf\"\n\ngood\n";
    const FILE: &str =
        "--x-1\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\nContent-Type: image/png\n\n";

    #[test]
    fn a_file_is_what_stands_between_its_delimiters() {
        for content in ["", "a", "--x-", "\n\n\n--x-\n\n", "--x-1--"] {
            let read = read(&format!("{CSRF}{FILE}{content}\n--x-1--\n"));
            assert_eq!(read.unwrap(), content.replace('\n', "\r\n").into_bytes(), "{content}");
        }
    }

    #[test]
    fn the_token_comes_first_and_nothing_else_is_taken() {
        for forged in [
            format!("{FILE}a\n--x-1--\n"),
            format!("{FILE}a\n{CSRF}--x-1--\n"),
            format!("{}{FILE}a\n--x-1--\n", CSRF.replace("good", "bad")),
            format!("{}{FILE}a\n--x-1--\n", CSRF.replace("csrf", "csrf2")),
            CSRF.to_owned(),
            String::new(),
        ] {
            assert_eq!(read(&forged), Err(StatusCode::FORBIDDEN), "{forged}");
        }
        for odd in [
            format!("{CSRF}--x-1--\n"),
            format!("{CSRF}{FILE}cut off"),
            format!("{CSRF}{FILE}a\n{FILE}b\n--x-1--\n"),
            format!("{CSRF}{}a\n--x-1--\n", FILE.replace("\"file\"", "\"files\"")),
            format!("{CSRF}{CSRF}{FILE}a\n--x-1--\n"),
        ] {
            assert_eq!(read(&odd), Err(StatusCode::BAD_REQUEST), "{odd}");
        }
    }

    #[test]
    fn a_boundary_is_plain() {
        assert_eq!(
            boundary("multipart/form-data; boundary=----WebKitFormBoundary7MA"),
            Some("----WebKitFormBoundary7MA")
        );
        assert_eq!(boundary("multipart/form-data; boundary=\"a b\""), None);
        for bad in [
            "multipart/form-data",
            "multipart/mixed; boundary=a",
            "multipart/form-data; boundary=",
            "text/plain; boundary=a",
        ] {
            assert_eq!(boundary(bad), None, "{bad}");
        }
    }
}
