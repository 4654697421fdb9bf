use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::OutboundError;

/// What is sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The address.
    pub url: Url,
    /// The headers; `Host`, `Content-Length` and `User-Agent` come by themselves.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// What came back, whatever its status: a redirect or an error status is an answer too.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, at most [`Config::max_bytes`](crate::Config::max_bytes) long.
    pub body: Vec<u8>,
}

impl Request {
    /// Any method, without headers and body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Vec::new() }
    }

    /// `GET`, asking for JSON.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url).header(ACCEPT, HeaderValue::from_static("application/json"))
    }

    /// `POST` of a form (`application/x-www-form-urlencoded`), as token endpoints and back-channel logout take it.
    #[must_use]
    pub fn form<K: AsRef<str>, V: AsRef<str>>(url: Url, fields: impl IntoIterator<Item = (K, V)>) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        Self { body: body.into_bytes(), ..Self::new(Method::POST, url) }.header(CONTENT_TYPE, content_type)
    }

    /// `POST` of JSON.
    ///
    /// # Errors
    /// When the value has no JSON form.
    pub fn json<T: Serialize>(url: Url, value: &T) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_vec(value)?;
        let content_type = HeaderValue::from_static("application/json");
        Ok(Self { body, ..Self::new(Method::POST, url) }.header(CONTENT_TYPE, content_type))
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: reqwest::header::HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets a bearer token (RFC 6750 §2.1), marked as sensitive so that no debug output shows it (OA-26).
    ///
    /// # Errors
    /// When the token holds characters that no header may carry.
    pub fn bearer(self, token: &str) -> Result<Self, OutboundError> {
        let mut value = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| OutboundError::Unreadable("the bearer token is no header value".to_owned()))?;
        value.set_sensitive(true);
        Ok(self.header(AUTHORIZATION, value))
    }
}

impl Response {
    /// Reads the body as JSON, whatever the status and the content type say.
    ///
    /// # Errors
    /// [`OutboundError::Unreadable`] names the place, never the content.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, OutboundError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| OutboundError::Unreadable(format!("line {}, column {}", error.line(), error.column())))
    }
}

/// From the `openidconnect` crate's `HttpRequest`.
impl TryFrom<http::Request<Vec<u8>>> for Request {
    type Error = OutboundError;

    fn try_from(request: http::Request<Vec<u8>>) -> Result<Self, OutboundError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|error| OutboundError::Address(error.to_string()))?;
        Ok(Self { method: parts.method, url, headers: parts.headers, body })
    }
}

/// To the `openidconnect` crate's `HttpResponse`.
impl From<Response> for http::Response<Vec<u8>> {
    fn from(response: Response) -> Self {
        let mut converted = Self::new(response.body);
        *converted.status_mut() = response.status;
        *converted.headers_mut() = response.headers;
        converted
    }
}
