use std::convert::Infallible;
use std::time::Duration;

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};

use crate::Kit;

/// A cookie of this server: `HttpOnly`, `SameSite=Lax`, `Path=/`, no `Domain`; over https also `Secure` and named
/// `__Host-…`, so that no neighbouring host can set it (draft-ietf-httpbis-rfc6265bis §4.1.3.2).
#[derive(Debug, Clone)]
pub struct Cookie {
    name: String,
    secure: bool,
    same_site: &'static str,
}

impl Cookie {
    /// The cookie `<prefix>_<name>`; `name` is a plain word.
    #[must_use]
    pub fn new(kit: &Kit, name: &str) -> Self {
        let host = if kit.is_secure() { "__Host-" } else { "" };
        Self { name: format!("{host}{}_{name}", kit.cookie_prefix()), secure: kit.is_secure(), same_site: "Lax" }
    }

    /// Sent on same-site requests only, links from elsewhere included.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.same_site = "Strict";
        self
    }

    /// The full name, prefixes included; `tower-sessions` takes it too.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value in a request. Where a name comes twice, none of them counts: one may be an intruder's.
    #[must_use]
    pub fn read<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let mut values = headers
            .get_all(COOKIE)
            .into_iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name)
            .map(|(_, value)| value);
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// Sets it: until `max_age` has passed, or for the browser's session. The value is plain ASCII without `;`.
    #[must_use]
    pub fn set(&self, value: &str, max_age: Option<Duration>) -> SetCookie {
        let Self { name, same_site, .. } = self;
        let secure = if self.secure { "; Secure" } else { "" };
        let max_age = max_age.map(|age| format!("; Max-Age={}", age.as_secs())).unwrap_or_default();
        SetCookie(format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{max_age}"))
    }

    /// Deletes it.
    #[must_use]
    pub fn clear(&self) -> SetCookie {
        self.set("", Some(Duration::ZERO))
    }
}

/// One `Set-Cookie` header, as a part of a response: `(cookie.set("…", None), see_other("/"))`.
#[derive(Debug, Clone)]
pub struct SetCookie(String);

impl SetCookie {
    pub(crate) fn append_to(&self, headers: &mut HeaderMap) {
        match HeaderValue::from_str(&self.0) {
            Ok(value) => {
                headers.append(SET_COOKIE, value);
            }
            Err(_) => tracing::error!("a cookie's value has characters that no header may carry; it was not set"),
        }
    }
}

impl IntoResponseParts for SetCookie {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        self.append_to(parts.headers_mut());
        Ok(parts)
    }
}
