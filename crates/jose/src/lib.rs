//! Keys, signatures and JSON Web Tokens (RFC 7515, 7517, 7518, 7519). Pure: no clock, no database, no network.
//!
//! - [`SigningKey`] keeps its parsed key pair (parsing per signature costs more than the signature) and writes compact JWTs.
//! - [`verify()`] is **the one door for foreign tokens**: algorithm, key, signature, `typ`, `iss`, `aud` and times are
//!   checked in one place, by [`Expected`]; jsonwebtoken checks the signature. [`open()`] stops before the claims, for
//!   callers that must say which one is wrong and why.

mod algorithm;
mod jwk;
mod signing;
mod verify;

pub use algorithm::Algorithm;
pub use jwk::{Jwk, JwkSet, pem};
pub use signing::{KeyError, SigningKey, left_half_hash};
pub use verify::{Expected, JwtError, Type, open, peek, verify};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// base64url without padding (RFC 7515 §2).
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads what [`base64url`] wrote; none for anything else.
#[must_use]
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
