use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::Kit;

/// A page's Content Security Policy where it isn't the usual one. Goes into the response's extensions:
/// `(Extension(ContentSecurityPolicy::default().form_action("https://app.example")), page)`.
///
/// The usual one allows nothing inline and nothing from elsewhere, and lets nobody frame the page.
#[derive(Debug, Clone, Default)]
pub struct ContentSecurityPolicy {
    form_action: String,
    frame_src: String,
    frame_ancestors: Option<String>,
}

impl ContentSecurityPolicy {
    /// Forms may go to this origin too: the `form_post` answer (OAuth 2.0 Form Post Response Mode §2).
    #[must_use]
    pub fn form_action(mut self, origin: &str) -> Self {
        self.form_action = format!("{} {}", self.form_action, source(origin));
        self
    }

    /// The page may frame this origin: front-channel logout.
    #[must_use]
    pub fn frame_src(mut self, origin: &str) -> Self {
        self.frame_src = format!("{} {}", self.frame_src, source(origin));
        self
    }

    /// This origin (or `*`) may frame the page: `check_session_iframe`.
    #[must_use]
    pub fn frame_ancestors(mut self, origin: &str) -> Self {
        self.frame_ancestors = Some(source(origin));
        self
    }

    fn header(&self) -> Option<HeaderValue> {
        let Self { form_action, frame_src, frame_ancestors } = self;
        let frame_src = if frame_src.is_empty() { String::new() } else { format!("frame-src{frame_src}; ") };
        let ancestors = frame_ancestors.as_deref().unwrap_or("'none'");
        let policy = format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; {frame_src}form-action 'self'{form_action}; base-uri 'none'; frame-ancestors {ancestors}"
        );
        HeaderValue::from_str(&policy).ok()
    }
}

/// A source without what would end it: nobody adds a directive through an origin.
fn source(origin: &str) -> String {
    origin.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '\'' | '"')).collect()
}

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Sets the headers that a handler didn't set itself.
pub(super) async fn secure(State(kit): State<Kit>, request: Request, next: Next) -> Response {
    let hsts = kit.is_secure() && !is_loopback(request.headers());
    let mut response = next.run(request).await;
    let policy = response.extensions_mut().remove::<ContentSecurityPolicy>().unwrap_or_default();
    let framed = policy.frame_ancestors.is_some();
    let headers = response.headers_mut();
    if let Some(policy) = policy.header() {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
    default(REFERRER_POLICY, "same-origin");
    default(PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()");
    default(OPENER_POLICY, "same-origin");
    default(CACHE_CONTROL, "no-store");
    if !framed {
        default(X_FRAME_OPTIONS, "DENY");
    }
    if hsts {
        default(STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
    response
}

/// A browser that once got HSTS for `localhost` would refuse every other development server there.
fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = if host.starts_with('[') {
        host.split(']').next().unwrap_or(host)
    } else {
        host.split(':').next().unwrap_or(host)
    };
    name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.") || name == "[::1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_recognised() {
        for (host, expected) in [
            ("localhost:8080", true),
            ("aurora.localhost", true),
            ("127.0.0.3:9000", true),
            ("[::1]:8080", true),
            ("id.example", false),
            ("localhost.example", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
            assert_eq!(is_loopback(&headers), expected, "{host}");
        }
    }

    #[test]
    fn an_origin_cannot_add_a_directive() {
        let policy = ContentSecurityPolicy::default().form_action("https://a.example; script-src *").header().unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("form-action 'self' https://a.examplescript-src*; base-uri"), "{policy}");
    }
}
