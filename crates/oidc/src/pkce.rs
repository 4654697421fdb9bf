//! Proof Key for Code Exchange (RFC 7636), S256 only: ties a code to whoever asked for it, so that a code stolen from a
//! log, a Referer or a custom scheme is worth nothing, and one slipped into another browser is refused.

use aws_lc_rs::digest::{SHA256, digest};

use crate::error::{ErrorCode, OAuthError};

/// The only method: `plain` gives the verifier away in the authorization request (RFC 9700 §2.1.1).
pub const METHOD: &str = "S256";

/// The challenge of a verifier (RFC 7636 §4.2).
#[must_use]
pub fn challenge_of(verifier: &str) -> String {
    jose::base64url(digest(&SHA256, verifier.as_bytes()).as_ref())
}

/// Whether `challenge` can be one of S256: 32 bytes, base64url without padding.
#[must_use]
pub fn is_challenge(challenge: &str) -> bool {
    challenge.len() == 43 && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether `verifier` is 43 to 128 unreserved characters (RFC 7636 §4.1).
#[must_use]
pub fn is_verifier(verifier: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved)
}

/// A verifier, hashed to be compared with a challenge: so that a decision where nothing may be hashed can be made on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(Option<String>);

impl Answer {
    /// Hashes a verifier. What is no verifier answers no challenge.
    #[must_use]
    pub fn of(verifier: &str) -> Self {
        Self(is_verifier(verifier).then(|| challenge_of(verifier)))
    }

    /// Whether it is of the verifier behind `challenge`. Compared plainly: both sides of the comparison are hashes, and the
    /// challenge was public to begin with.
    #[must_use]
    pub fn fits(&self, challenge: &str) -> bool {
        self.0.as_deref() == Some(challenge)
    }
}

/// Decides on a code's redemption from the challenge stored with it and the verifier that came.
///
/// # Errors
/// `invalid_grant` in all cases but two: neither came, or both and they fit. A verifier for a code without challenge
/// means that somebody took the challenge out of the authorization request (RFC 9700 §4.8.2, OA-07).
pub fn check_pkce(stored_challenge: Option<&str>, answer: Option<&Answer>) -> Result<(), OAuthError> {
    let refused = |detail: &str| {
        OAuthError::new(ErrorCode::InvalidGrant, "the code cannot be redeemed with this code_verifier")
            .with_detail(detail)
    };
    match (stored_challenge, answer) {
        (None, None) => Ok(()),
        (Some(challenge), Some(answer)) if answer.fits(challenge) => Ok(()),
        (Some(_), Some(_)) => Err(refused("PKCE: the verifier does not fit the challenge")),
        (Some(_), None) => Err(refused("PKCE: no verifier came")),
        (None, Some(_)) => Err(refused("PKCE: a verifier came for a code without challenge (downgrade)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn oa_07_only_the_verifier_of_the_challenge_fits() {
        let verify = |challenge: &str, verifier: &str| Answer::of(verifier).fits(challenge);
        assert!(verify(CHALLENGE, VERIFIER));
        for (challenge, verifier) in [
            (CHALLENGE, CHALLENGE),
            (VERIFIER, VERIFIER),
            (CHALLENGE, &VERIFIER[1..]),
            (CHALLENGE, ""),
            ("", VERIFIER),
            (&format!("{CHALLENGE}="), VERIFIER),
            (&challenge_of("short"), "short"),
            (&challenge_of(&"a".repeat(129)), &"a".repeat(129)),
            (&challenge_of(&"ü".repeat(30)), &"ü".repeat(30)),
        ] {
            assert!(!verify(challenge, verifier), "{challenge} {verifier}");
        }
        assert!(verify(&challenge_of(&"~".repeat(128)), &"~".repeat(128)));
    }

    #[test]
    fn oa_07_every_downgrade_is_refused_and_both_honest_cases_pass() {
        let check_pkce =
            |challenge: Option<&str>, verifier: Option<&str>| check_pkce(challenge, verifier.map(Answer::of).as_ref());
        assert_eq!(check_pkce(None, None), Ok(()));
        assert_eq!(check_pkce(Some(CHALLENGE), Some(VERIFIER)), Ok(()));
        let other = "a".repeat(43);
        for (challenge, verifier) in [
            (None, Some(VERIFIER)),
            (Some(CHALLENGE), None),
            (Some(CHALLENGE), Some(other.as_str())),
            (Some(VERIFIER), Some(VERIFIER)),
        ] {
            assert_eq!(check_pkce(challenge, verifier).unwrap_err().code(), ErrorCode::InvalidGrant);
        }
    }

    #[test]
    fn a_challenge_has_the_form_of_a_hash() {
        assert!(is_challenge(CHALLENGE));
        for bad in [
            "",
            "abc",
            &CHALLENGE[1..],
            &format!("{CHALLENGE}A"),
            &CHALLENGE.replace('-', "+"),
            &CHALLENGE.replace('-', "."),
        ] {
            assert!(!is_challenge(bad), "{bad}");
        }
    }
}
