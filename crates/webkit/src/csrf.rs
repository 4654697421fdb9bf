//! Synchronizer tokens without server state. The browser holds a random id in an `HttpOnly` cookie; a token is a
//! nonce and HMAC-SHA256(key, browser id, nonce). Another site can neither read the cookie nor compute the HMAC.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_lc_rs::hmac;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::layers::Clues;
use crate::{Cookie, Kit};

const NONCE: usize = 16;

/// How long a browser keeps its id.
pub(crate) const KEPT: Duration = Duration::from_secs(400 * 86_400);

/// A fresh token for this browser.
pub(crate) fn token(kit: &Kit, browser: &str) -> String {
    let nonce = kit.ambient().bytes::<NONCE>();
    let tag = hmac::sign(&key(kit), &input(browser, &nonce));
    URL_SAFE_NO_PAD.encode([&nonce, tag.as_ref()].concat())
}

/// Whether `token` was made for this browser; compared in constant time.
pub(crate) fn is_valid(kit: &Kit, browser: &str, token: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
    let Some((nonce, tag)) = bytes.split_at_checked(NONCE) else { return false };
    hmac::verify(&key(kit), &input(browser, nonce), tag).is_ok()
}

fn key(kit: &Kit) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, kit.csrf_key())
}

fn input(browser: &str, nonce: &[u8]) -> Vec<u8> {
    [b"latchkey csrf\0", browser.as_bytes(), b"\0", nonce].concat()
}

/// This browser: 128 random bits from its own cookie. What begins in one browser and must end there is bound to it.
/// As an extractor it also makes sure that the browser keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BrowserId(pub String);

impl<S> FromRequestParts<S> for BrowserId
where
    S: Sync,
    Kit: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let browser = Clues::of(parts, &Kit::from_ref(state)).context.browser;
        browser.remember();
        Ok(Self(browser.id().to_owned()))
    }
}

/// The browser of one request, known by its cookie or new.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    id: Arc<str>,
    is_new: bool,
    wanted: Arc<AtomicBool>,
}

impl Browser {
    /// By its cookie; a missing or odd one counts as new.
    pub(crate) fn of(kit: &Kit, headers: &axum::http::HeaderMap) -> Self {
        let known = cookie(kit).read(headers).filter(|id| {
            id.len() == 22 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
        let id = known.map_or_else(|| kit.ambient().identifier().into(), Into::into);
        Self { id, is_new: known.is_none(), wanted: Arc::default() }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Something in this response depends on the id. Without it no cookie is set: assets and tokens need none.
    pub(crate) fn remember(&self) {
        self.wanted.store(true, Ordering::Relaxed);
    }

    /// Whether the response must set the cookie.
    pub(crate) fn must_be_set(&self) -> bool {
        self.is_new && self.wanted.load(Ordering::Relaxed)
    }
}

/// The cookie that holds the browser's id.
pub(crate) fn cookie(kit: &Kit) -> Cookie {
    Cookie::new(kit, "browser")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::kit;

    #[test]
    fn a_token_is_good_for_its_browser_only() {
        let kit = kit();
        let mine = token(&kit, "browser-a");
        assert!(is_valid(&kit, "browser-a", &mine));
        assert!(!is_valid(&kit, "browser-b", &mine));
        for forged in ["", "AAAA", &mine[1..], &format!("{mine}AA"), &token(&kit, "browser-b")] {
            assert!(!is_valid(&kit, "browser-a", forged), "{forged}");
        }
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let kit = kit();
        assert_ne!(token(&kit, "browser-a"), token(&kit, "browser-a"));
    }
}
