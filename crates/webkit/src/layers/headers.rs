use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::Kit;

/// A page's Content Security Policy where it isn't the usual one. Goes into the response's extensions:
/// `(Extension(ContentSecurityPolicy::default().form_action("https://app.example")), page)`.
///
/// The usual one allows nothing inline and nothing from elsewhere, and lets nobody frame the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentSecurityPolicy {
    form_action: String,
    frame_src: String,
    frame_ancestors: Option<String>,
    sealed: bool,
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

    /// For bytes that somebody else made, such as a picture: opened by itself, such an answer can load, run and submit nothing,
    /// and has no origin.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.sealed = true;
        self
    }

    fn header(&self) -> Option<HeaderValue> {
        if self.sealed {
            return Some(HeaderValue::from_static("default-src 'none'; sandbox"));
        }
        if *self == Self::default() {
            return Some(HeaderValue::from_static(USUAL));
        }
        HeaderValue::from_str(&self.text()).ok()
    }

    fn text(&self) -> String {
        let Self { form_action, frame_src, frame_ancestors, sealed: _ } = self;
        let frame_src = if frame_src.is_empty() { String::new() } else { format!("frame-src{frame_src}; ") };
        let ancestors = frame_ancestors.as_deref().unwrap_or("'none'");
        format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; {frame_src}form-action 'self'{form_action}; base-uri 'none'; frame-ancestors {ancestors}"
        )
    }
}

/// A source without what would end it: nobody adds a directive through an origin.
fn source(origin: &str) -> String {
    origin.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '\'' | '"')).collect()
}

/// Prepared, since nearly every answer has it.
const USUAL: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Sets the headers that a handler didn't set itself.
pub(super) async fn secure(State(kit): State<Kit>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let hsts = kit.is_secure() && !is_loopback(host);
    let mut response = next.run(request).await;
    let policy = response.extensions_mut().remove::<ContentSecurityPolicy>().unwrap_or_default();
    dress(response.headers_mut(), &policy, hsts);
    response
}

fn dress(headers: &mut HeaderMap, policy: &ContentSecurityPolicy, hsts: bool) {
    let framed = policy.frame_ancestors.is_some();
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
}

/// A public document that is the same for everyone: its headers are prepared once, and it is answered before any layer.
/// Browsers' applications may read it from anywhere (WEB-21).
#[derive(Debug, Clone)]
pub struct PublicDocument(HeaderMap);

impl PublicDocument {
    /// Of that content type, on the host of this origin.
    #[must_use]
    pub fn new(kit: &Kit, origin: &str, content_type: &'static str) -> Self {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
        dress(&mut headers, &ContentSecurityPolicy::default(), kit.is_secure() && !is_loopback(host));
        Self(headers)
    }

    /// The answer with this body.
    #[must_use]
    pub fn answer(&self, body: impl Into<Body>) -> Response {
        let mut response = Response::new(body.into());
        *response.headers_mut() = self.0.clone();
        response
    }
}

/// A browser that once got HSTS for `localhost` would refuse every other development server there.
fn is_loopback(host: &str) -> bool {
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
            assert_eq!(is_loopback(host), expected, "{host}");
        }
    }

    #[test]
    fn the_prepared_policy_is_the_usual_one() {
        assert_eq!(ContentSecurityPolicy::default().text(), USUAL);
    }

    #[test]
    fn an_origin_cannot_add_a_directive() {
        let policy = ContentSecurityPolicy::default().form_action("https://a.example; script-src *").header().unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("form-action 'self' https://a.examplescript-src*; base-uri"), "{policy}");
    }
}
