//! What the benchmark's programs share: how a process is measured, how keys sign.

pub mod process;
pub mod signer;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What every program says when it cannot go on.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// base64url without padding.
#[must_use]
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The reverse.
///
/// # Errors
/// When it is no base64url.
pub fn from_base64url(text: &str) -> Outcome<Vec<u8>> {
    Ok(URL_SAFE_NO_PAD.decode(text)?)
}

/// The value below which `share` (0 to 1) of the sorted values lie.
#[must_use]
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index")]
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or(0.0)
}
