use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri, Request, State};
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::Response;

use crate::Kit;
use crate::csrf::{self, Browser};

/// The reference id of a request: shown on error pages, in every log line of the request and as `X-Request-Id`.
/// Ten letters and digits that one can read out over the telephone; made here, never taken from the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    fn fresh(kit: &Kit) -> Self {
        // Crockford's alphabet: no I, L, O or U.
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let letters = kit
            .ambient()
            .bytes::<10>()
            .map(|byte| ALPHABET.get(usize::from(byte % 32)).copied().map_or('0', char::from));
        let text: String = letters.into_iter().collect();
        let (one, two) = text.split_at_checked(5).unwrap_or((&text, ""));
        Self(format!("{one}-{two}").into())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self("-".into())))
    }
}

/// What is known about a request before any handler runs.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) request_id: RequestId,
    pub(crate) browser: Browser,
}

/// What a [`crate::Visit`] is made of: the context, the address, and the few headers that matter.
pub(crate) struct Clues {
    pub(crate) context: Context,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
}

impl Clues {
    pub(crate) fn of(parts: &Parts, kit: &Kit) -> Self {
        let context = parts.extensions.get::<Context>().cloned().unwrap_or_else(|| Context {
            request_id: RequestId::fresh(kit),
            browser: Browser::of(kit, &parts.headers),
        });
        let uri = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let mut headers = HeaderMap::new();
        for name in [COOKIE, ACCEPT, ACCEPT_LANGUAGE] {
            for value in parts.headers.get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        Self { context, uri, headers }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Gives the request its id and its browser; sets the browser's cookie where the answer depends on it.
pub(super) async fn establish(State(kit): State<Kit>, mut request: Request, next: Next) -> Response {
    let request_id = RequestId::fresh(&kit);
    let browser = Browser::of(&kit, request.headers());
    request.extensions_mut().insert(request_id.clone());
    request.extensions_mut().insert(Context { request_id: request_id.clone(), browser: browser.clone() });
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&request_id.0) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    if browser.must_be_set() {
        csrf::cookie(&kit).set(browser.id(), Some(csrf::KEPT)).append_to(response.headers_mut());
    }
    response
}
