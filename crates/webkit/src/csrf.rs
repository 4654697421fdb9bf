//! Synchronizer tokens without server state. The browser holds a random id in an `HttpOnly` cookie; a token is a nonce, a
//! mark of the session that its page was made in, and HMAC-SHA256(key, browser id, nonce, mark). Another site can neither
//! read the cookie nor compute the HMAC. Whoever can set the cookie from a neighbouring host, and so has tokens for it, has
//! none that counts in the session of the person it was set for (WEB-02).

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
const MARK: usize = 16;

/// How long a browser keeps its id.
pub(crate) const KEPT: Duration = Duration::from_secs(400 * 86_400);

/// A fresh token for this browser and the session it is in.
pub(crate) fn token(kit: &Kit, browser: &Browser) -> String {
    let nonce = kit.ambient().bytes::<NONCE>();
    let start = [nonce.as_slice(), &mark(kit, browser)].concat();
    let tag = hmac::sign(&key(kit), &input(browser.id(), &start));
    URL_SAFE_NO_PAD.encode([&start, tag.as_ref()].concat())
}

/// Whether `token` was made for this browser, and in the session that it presents; compared in constant time. Without a
/// session there is nothing that a token from another could be used for: a page that saw one end goes on working.
pub(crate) fn is_valid(kit: &Kit, browser: &Browser, token: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
    let Some((start, tag)) = bytes.split_at_checked(NONCE + MARK) else { return false };
    let here = browser.session.is_none() || start.ends_with(&mark(kit, browser));
    hmac::verify(&key(kit), &input(browser.id(), start), tag).is_ok() && here
}

/// What tells one session from another, and nothing more.
fn mark(kit: &Kit, browser: &Browser) -> [u8; MARK] {
    let session = browser.session.as_deref().unwrap_or_default();
    let tag = hmac::sign(&key(kit), format!("session {session}").as_bytes());
    tag.as_ref().first_chunk().copied().unwrap_or_default()
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
    /// The value of the session cookie, whatever it opens.
    session: Option<Arc<str>>,
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
        let session = Cookie::new(kit, "session").read(headers).map(Into::into);
        Self { id, session, is_new: known.is_none(), wanted: Arc::default() }
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

    fn browser(id: &str, session: Option<&str>) -> Browser {
        Browser { id: id.into(), session: session.map(Into::into), is_new: false, wanted: Arc::default() }
    }

    #[test]
    fn a_token_is_good_for_its_browser_only() {
        let kit = kit();
        let (a, b) = (browser("browser-a", None), browser("browser-b", None));
        let mine = token(&kit, &a);
        assert!(is_valid(&kit, &a, &mine));
        assert!(!is_valid(&kit, &b, &mine));
        for forged in ["", "AAAA", &mine[1..], &format!("{mine}AA"), &token(&kit, &b)] {
            assert!(!is_valid(&kit, &a, forged), "{forged}");
        }
    }

    #[test]
    fn web_02_a_token_is_good_in_the_session_of_its_page_only() {
        let kit = kit();
        let sessions = [None, Some("one"), Some("another")].map(|session| browser("planted", session));
        for (made, page) in sessions.iter().enumerate() {
            let token = token(&kit, page);
            for (used, presents) in sessions.iter().enumerate() {
                // Who presents no session can do nothing in one.
                assert_eq!(
                    is_valid(&kit, presents, &token),
                    used == 0 || used == made,
                    "made in {made}, used in {used}"
                );
            }
        }
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let (kit, browser) = (kit(), browser("browser-a", None));
        assert_ne!(token(&kit, &browser), token(&kit, &browser));
    }
}
