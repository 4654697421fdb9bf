use std::fmt::{Debug, Display};
use std::time::Duration;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::Message;

/// What a handler returns.
pub type Result<T> = std::result::Result<T, Failure>;

/// A request that ends on an error page, or as `application/problem+json` (RFC 9457) under `/api/`. The page says what
/// happened, whether anything was lost, what to do next, and a reference id that the log has too.
#[derive(Debug, Clone)]
pub struct Failure(Box<Told>);

/// What the page tells. Where something is `None`, the status's own text stands (`error-404-title` and so on).
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) title: Option<Message>,
    pub(crate) detail: Option<Message>,
    pub(crate) lost: Message,
    pub(crate) next: Option<(String, Message)>,
    pub(crate) code: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

impl Failure {
    /// Any status, with its own text.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        let lost = Message::new(if status.is_server_error() { "error-perhaps-lost" } else { "error-nothing-lost" });
        Self(Box::new(Told { status, title: None, detail: None, lost, next: None, code: None, retry_after: None }))
    }

    /// 404: no such page, or not for you to know (DESIGN §4.8).
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND)
    }

    /// 403, with the reason.
    #[must_use]
    pub fn forbidden(detail: impl Into<Message>) -> Self {
        Self::new(StatusCode::FORBIDDEN).detail(detail)
    }

    /// 400, with what is wrong.
    #[must_use]
    pub fn bad_request(detail: impl Into<Message>) -> Self {
        Self::new(StatusCode::BAD_REQUEST).detail(detail)
    }

    /// 409: someone else was faster.
    #[must_use]
    pub fn conflict(detail: impl Into<Message>) -> Self {
        Self::new(StatusCode::CONFLICT).detail(detail)
    }

    /// 410: it was there once; a link that was used or has ended.
    #[must_use]
    pub fn gone(detail: impl Into<Message>) -> Self {
        Self::new(StatusCode::GONE).detail(detail)
    }

    /// 429 with `Retry-After` (RFC 9110 §10.2.3).
    #[must_use]
    pub fn too_many(retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS).retry_after(retry_after)
    }

    /// 503 with `Retry-After`.
    #[must_use]
    pub fn unavailable(retry_after: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE).retry_after(retry_after)
    }

    /// 500. Logs the error with its chain; the page shows the reference id alone.
    #[must_use]
    pub fn internal(error: impl Display + Debug) -> Self {
        tracing::error!(error = %error, chain = ?error, "internal error");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// 403: the form's token is missing, old or another browser's.
    pub(crate) fn stale_form() -> Self {
        Self::forbidden("error-stale-form").title("error-stale-form-title")
    }

    /// 400: a form that none of our pages sends.
    pub(crate) fn unreadable_form() -> Self {
        Self::bad_request("error-unreadable-form")
    }

    /// Another headline.
    #[must_use]
    pub fn title(mut self, title: impl Into<Message>) -> Self {
        self.0.title = Some(title.into());
        self
    }

    /// Another explanation.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Message>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// What was lost, where it isn't the usual "nothing was changed".
    #[must_use]
    pub fn lost(mut self, lost: impl Into<Message>) -> Self {
        self.0.lost = lost.into();
        self
    }

    /// What to do next: a link (a path of this server, or a configured address) and its words.
    #[must_use]
    pub fn next(mut self, href: impl Into<String>, label: impl Into<Message>) -> Self {
        self.0.next = Some((href.into(), label.into()));
        self
    }

    /// A protocol's error code (RFC 6749 §4.1.2.1), shown with the stable id `error-code`.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// When it is worth trying again.
    #[must_use]
    pub fn retry_after(mut self, retry_after: Duration) -> Self {
        self.0.retry_after = Some(retry_after);
        self
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub(crate) fn told(&self) -> &Told {
        &self.0
    }
}

impl IntoResponse for Failure {
    /// An empty answer that carries the failure; the middleware of [`crate::layers()`] draws the page, since it knows who looks.
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        if let Some(wait) = self.0.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response.extensions_mut().insert(self);
        response
    }
}
